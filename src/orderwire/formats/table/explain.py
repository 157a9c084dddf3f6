"""A table for people: each row in words, and what each column means for the reference."""

from collections.abc import Iterable, Iterator

from orderwire.document.codes import unit_word
from orderwire.document.states import DocumentType
from orderwire.formats import DocumentForm, Explained
from orderwire.formats.table.columns import COLUMNS, Column, Level
from orderwire.formats.table.profile import TableProfile
from orderwire.formats.table.rows import RawRow, heading_columns
from orderwire.formats.table.values import text_of

_WIDEST = 1000
_PREFIX: dict[Level, str] = {"order": "", "line": "lines.", "schedule": "lines.schedules."}


def explained(rows: Iterable[RawRow], profile: TableProfile, place: str = "") -> Iterator[Explained]:
    """Each row that is not blank; the first is the heading. `place` stands before "row 3", as in findings."""
    columns: list[Column | None] = []
    orders: dict[str, int] = {}
    for row in rows:
        texts = [text_of(cell).strip() for cell in row.cells]
        if not any(texts):
            continue
        where, shown = f"{place}row {row.number}", " | ".join(texts)[:_WIDEST]
        if not columns:
            columns = heading_columns(texts, profile)
            known = ", ".join(column.name for column in columns if column)
            yield Explained(None, where, shown, f"headings: {known or 'none that we know'}")
            continue
        named = {column.name: text for column, text in zip(columns, texts, strict=False) if column and text}
        number = named.get("order_number", next(reversed(orders), ""))
        unit = named.get("unit")
        yield Explained(
            orders.setdefault(number, len(orders)),
            where,
            shown,
            "; ".join(f"{name.replace('_', ' ')} {text[:60]}" for name, text in named.items()) or "no known column",
            (("unit", unit, unit_word(unit)),) if unit else (),
        )


def order_form(format: str) -> DocumentForm:
    """The order as a table, for the reference page."""
    mapping: dict[str, str] = {}
    for column in COLUMNS:
        if column.level == "check":
            continue
        steps = [step for step in column.path if isinstance(step, str)]
        if "identifiers" in steps:
            steps = [*steps[: steps.index("identifiers") + 1], "value"]
        if "references" in steps:
            steps = [*steps[: steps.index("references") + 1], "number"]
        path = _PREFIX[column.level] + ".".join(steps)
        mapping[path] = f"{mapping[path]}, {column.name}" if path in mapping else column.name
    return DocumentForm(f"Orders as {format}", DocumentType.ORDER, "1", read=True, written=True, mapping=mapping)
