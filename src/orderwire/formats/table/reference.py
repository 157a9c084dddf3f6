"""The page of the manual on columns, generated from them: `python -m orderwire.formats.table.reference FILE`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from orderwire.formats.table.columns import DOCUMENT, FORMS, ORDER, Column, Form
from orderwire.formats.table.explain import field_of
from orderwire.formats.table.profile import TableProfile

HEAD = """# Columns of CSV and XLSX

The first row that is not blank has the headings. Their case, blanks and punctuation do not matter, nor does the order
of the columns. What belongs to the whole document or line stands on each of its rows or on one of them. Dates are
ISO 8601, numbers have a decimal point, unless the profile says more. A street of several lines is one cell of several
lines.

Which document a row is stands in the column `document`: {words}. Where there is none, the headings tell: a table with
`line_action` is of changes, one with `line_status` of answers. A column that no document here has is told and not read.

A heading of the last column of these tables means its field only where no other heading of the table means it better.
"""


def page() -> str:
    """The page as Markdown."""
    text = HEAD.format(words=", ".join(f"`{form.word}`" for form in FORMS))
    for form in FORMS:
        text += f"\n## {form.title}\n\n{form.about}\n\n{_needs(form)}\n\n"
        columns = list(_own(form))
        if form.model is not ORDER.model and len(columns) + 1 < len(form.columns):
            text += (
                "Besides these there are the columns of an order that are not in this table, with the same names.\n\n"
            )
        text += "| column | fills | also called | also, for want of a better |\n|---|---|---|---|\n"
        for column in columns:
            fills = f"`{_field(form, column)}`" if field_of(form, column) else _TABLE[column.name]
            text += f"| `{column.name}` | {fills} | {', '.join(column.aliases)} | {', '.join(column.weak)} |\n"
        text += "".join(_words(columns))
    text += "\n## Profile keys\n\n| key | meaning |\n|---|---|\n"
    for name, key in TableProfile.model_fields.items():
        text += f"| `{name}` | {key.description} |\n"
    return text


_TABLE = {
    "order_total": "checked against the derived total",
    "header_stated": "whether the header of the order is stated `whole` or in `part`; without it as said above",
    "line_stated": "whether the line is stated `whole` or in `part`; without it whole where nothing misses",
    "backordered_quantity": "another answer to the line, `backordered`: `lines.quantity`",
    "backordered_date": "another answer to the line, `backordered`: `lines.promised`",
}


def _own(form: Form) -> Iterator[Column]:
    """The columns of a document; those that a change shares with an order are listed there."""
    for column in form.columns:
        shared = ORDER.by_name.get(column.name)
        if column is not DOCUMENT and (
            form is ORDER or shared is None or (column is not shared and column.path[0] != "head")
        ):
            yield column


def _needs(form: Form) -> str:
    groups = [" or ".join(f"`{name}`" for name in group) for group in form.needs]
    return "Needed: " + ", ".join(groups) + "."


def _words(columns: list[Column]) -> Iterator[str]:
    """The words of each column that holds a choice."""
    for column in columns:
        if column.words:
            ours: dict[str, list[str]] = {}
            for word, meaning in column.words.items():
                ours.setdefault(meaning, []).extend([word] if word != meaning else [])
            choices = "; ".join(f"`{our}`" + (f" ({', '.join(words)})" if words else "") for our, words in ours.items())
            yield f"\n`{column.name}` is one of {choices}.\n"


def _field(form: Form, column: Column) -> str:
    """The field with the position of a repeated one and the kind of a reference."""
    kinds = {step for step in column.path if isinstance(step, str)} & {"identifiers", "references"}
    steps = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in column.path).lstrip(".")
    path = field_of(form, column) or ""
    if not kinds and not any(isinstance(step, int) for step in column.path):
        return path
    plain = ".".join(step for step in column.path if isinstance(step, str))
    if kinds:
        plain = plain.rsplit(".", 1)[0] + (".value" if "identifiers" in kinds else ".number")
    return path.removesuffix(plain) + steps


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
