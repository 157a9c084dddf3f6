"""A table for people: each row in words, and what each column means for the reference."""

from collections.abc import Iterable, Iterator
from typing import get_args

from orderwire.document.base import Document
from orderwire.document.codes import unit_word
from orderwire.document.order import Line
from orderwire.document.order_change import HeadPart, LinePart
from orderwire.formats import DocumentForm, Explained
from orderwire.formats.table.cells import RawRow
from orderwire.formats.table.columns import DOCUMENT, LONGEST, Column, Form, bare
from orderwire.formats.table.headings import Headings, headings
from orderwire.formats.table.profile import TableProfile
from orderwire.formats.table.values import text_of

_WIDEST = 1000


def explained(rows: Iterable[RawRow], profile: TableProfile, place: str = "") -> Iterator[Explained]:
    """Each row that is not blank; the first is the heading. `place` stands before "row 3", as in findings."""
    found: Headings | None = None
    documents: dict[tuple[Form, str], int] = {}
    for row in rows:
        texts = [text_of(cell).strip() for cell in row.cells]
        if not any(texts):
            continue
        where, shown = f"{place}row {row.number}", " | ".join(texts)[:_WIDEST]
        if found is None:
            found = headings(row.cells, profile)
            known = ", ".join(column.name for column in found.columns[found.document] if column)
            words = f"headings of: {found.document.word}: {known}" if known else "headings: none that we know"
            yield Explained(None, where, shown, words)
            continue
        form = found.form(row.cells)
        if form is None:
            yield Explained(None, where, shown, f"{found.word(row.cells)[:60]!r} is no document that we know")
            continue
        named = {column: text for column, text in zip(found.columns[form], texts, strict=False) if column and text}
        above = next((key for kind, key in reversed(documents) if kind is form), "")
        key = named.get(form.by_name[form.key], above)
        yield Explained(
            documents.setdefault((form, key), len(documents)),
            where,
            shown,
            "; ".join(f"{column.name.replace('_', ' ')} {text[:60]}" for column, text in named.items())
            or "no known column",
            tuple(_codes(named)),
        )


def _codes(named: dict[Column, str]) -> Iterator[tuple[str, str, str]]:
    for column, text in named.items():
        if column.name == "unit":
            yield column.name, text, unit_word(text)
        elif column.words is not None and column is not DOCUMENT:
            yield column.name, text, column.words.get(bare(text[:LONGEST]), "no word we know").replace("_", " ")


def described(form: Form, format: str) -> DocumentForm:
    """A document as a table, for the reference page."""
    mapping: dict[str, str] = {}
    for column in form.columns:
        for path in fields_of(form, column):
            mapping[path] = f"{mapping[path]}, {column.name}" if path in mapping else column.name
    return DocumentForm(f"{form.title} as {format}", form.document, "1", read=True, written=True, mapping=mapping)


def fields_of(form: Form, column: Column) -> Iterator[str]:
    """The fields of the document that a column fills: one, and in a change that of a part that states it too."""
    path = field_of(form, column)
    if path is None:
        return
    yield path
    if path == "head.issued":
        yield "order_issued"
    for whole, part, model in (
        ("head.", "head_part.", HeadPart),
        ("lines.line.", "lines.part.", LinePart),
        ("lines.line.schedules.", "lines.part.", LinePart),
    ):
        inner = path.removeprefix(whole)
        if inner != path and inner.partition(".")[0] in model.model_fields:
            yield part + inner


def field_of(form: Form, column: Column) -> str | None:
    """The field of the document that a column fills, None for a column that is only for the table."""
    if column.level == "check":
        return None
    steps = [step for step in column.path if isinstance(step, str)]
    for name, value in (("identifiers", "value"), ("references", "number")):
        if name in steps:
            steps = [*steps[: steps.index(name) + 1], value]
    if column.level == "header":
        return ".".join(steps) if steps[0] in form.model.model_fields else None
    line = _items(form.model, "lines")
    inner = ["lines"]
    if "line" in line.model_fields and (column.level == "schedule" or steps[0] not in line.model_fields):
        inner, line = [*inner, "line"], Line
    if column.level == "schedule":
        inner, line = [*inner, "schedules"], _items(line, "schedules")
    return ".".join([*inner, *steps]) if steps[0] in line.model_fields else None


def _items(model: type[Document], name: str) -> type[Document]:
    """The model of the items of a list."""
    inner: type[Document] = get_args(model.model_fields[name].annotation)[0]
    return inner
