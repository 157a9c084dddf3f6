"""From rows to orders: headings to columns, rows to the order and line that they belong to, each fault with its row
and column."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from orderwire.document.finding import Finding, error, has_errors, warning
from orderwire.document.states import DocumentType
from orderwire.formats import ReadDocument
from orderwire.formats.table import values
from orderwire.formats.table.columns import BY_NAME, Column, Level, column_for
from orderwire.formats.table.orders import Gathered, Line, document
from orderwire.formats.table.profile import TableProfile
from orderwire.formats.table.values import Cell

REQUIRED = (
    "order_number", "order_date", "currency", "buyer_name", "supplier_name", "description", "quantity", "unit", "price",
)  # fmt: skip


@dataclass(frozen=True)
class RawRow:
    """One row as the file has it, counted from 1. `problem` says why its cells cannot be trusted."""

    number: int
    cells: Sequence[Cell]
    problem: Finding | None = None


@dataclass
class _Reader:
    profile: TableProfile
    place: str
    columns: list[Column | None]
    mark: values.Mark
    orders: dict[str, Gathered] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    current: Gathered | None = None


def read_rows(
    rows: Iterable[RawRow], profile: TableProfile, *, place: str = "", limit: int = 1_000_000
) -> tuple[tuple[ReadDocument, ...], tuple[Finding, ...]]:
    """The orders of a table and what is wrong with the table itself. The first row that is not blank is the heading.

    `place` stands before "row 3", for the name of a sheet. Rows beyond `limit` are an error.
    """
    filled = (row for row in rows if any(values.text_of(cell).strip() for cell in row.cells) or row.problem)
    heading = next(filled, None)
    if heading is None:
        return (), (error("empty", place.strip(", ") or "file", "holds no rows; give a heading and rows"),)
    columns, findings = _headings(heading, profile, place)
    if has_errors(findings):
        return (), _bounded(findings)
    kept: list[RawRow] = []
    for row in filled:
        if len(kept) == limit:
            text = f"has more than {limit:,} rows; split it"
            return (), (*findings, error("too-large", place.strip(", ") or "file", text))
        kept.append(row)
    numeric = [n for n, column in enumerate(columns) if column and column.kind == "number"]
    mark = profile.decimal or values.decimal_mark(row.cells[n] for row in kept for n in numeric if n < len(row.cells))
    reader = _Reader(profile, place, columns, mark, findings=findings)
    for row in kept:
        _take(reader, row)
    if not kept:
        reader.findings.append(error("empty", place.strip(", ") or "file", "holds a heading and no rows"))
    documents = []
    for gathered in reader.orders.values():
        for column, value in _defaults(profile, "order").items():
            gathered.cells.setdefault(column, (value, gathered.first_row))
        order = document(gathered, lambda first, last: f"{place}{_rows(first, last)}")
        test = order.test if order else False
        number = gathered.number if gathered.number.isprintable() and len(gathered.number) <= 35 else None
        documents.append(ReadDocument(DocumentType.ORDER, order, number, _bounded(gathered.findings), test))
    return tuple(documents), _bounded(reader.findings)


def heading_columns(cells: Sequence[Cell], profile: TableProfile) -> list[Column | None]:
    """The column of each heading, None where it is not one of ours. The profile's word counts before ours."""
    theirs = {name.strip().lower(): BY_NAME[ours] for name, ours in profile.columns.items()}
    mapped = set(theirs.values())

    def meaning(heading: str) -> Column | None:
        own = column_for(heading)
        return theirs.get(heading.strip().lower()) or (None if own in mapped else own)

    return [meaning(values.text_of(cell)) for cell in cells]


def _bounded(findings: list[Finding]) -> tuple[Finding, ...]:
    """At most 200 findings, errors first when there are more."""
    if len(findings) <= 200:
        return tuple(findings)
    errors_first = sorted(findings, key=lambda finding: finding.severity != "error")
    severity = error if errors_first[200].severity == "error" else warning
    return (*errors_first[:200], severity("more", "file", f"and {len(findings) - 200} more findings like these"))


def _rows(first: int, last: int) -> str:
    return f"row {first}" if first == last else f"rows {first} to {last}"


def _headings(heading: RawRow, profile: TableProfile, place: str) -> tuple[list[Column | None], list[Finding]]:
    columns = heading_columns(heading.cells, profile)
    findings: list[Finding] = []
    seen: set[Column] = set()
    where = f"{place}row {heading.number}"
    if heading.problem:
        findings.append(heading.problem)
    for n, (column, cell) in enumerate(zip(columns, heading.cells, strict=True)):
        name = values.text_of(cell).strip()[:60]
        if column is None and name:
            text = f"heading {name!r} is not one we know, its column is ignored; rename it or map it in the profile"
            findings.append(warning("unknown-column", f"{where}, column {n + 1}", text))
        elif column is not None and column in seen:
            text = f"heading {name!r} means {column.name}, which another column has already; remove one"
            findings.append(error("duplicate-column", f"{where}, column {n + 1}", text))
        elif column is not None:
            seen.add(column)
    for required in REQUIRED:
        if BY_NAME[required] not in seen and required not in profile.defaults:
            text = f"there is no column {required}; add it, or map one of your headings to it in the profile"
            findings.append(error("missing-column", where, text))
    return columns, findings


def _take(reader: _Reader, row: RawRow) -> None:
    """Adds one row to the order and line that it belongs to."""
    problems: list[Finding] = []
    where = f"{reader.place}row {row.number}"
    cells = dict(_cells(reader, row, where, problems.append))
    gathered = _order(reader, cells.pop(BY_NAME["order_number"], None), row, where)
    if gathered is None:
        text = "has no order_number, nor has a row above it; fill it in"
        reader.findings.append(error("missing", f"{where}, column order_number", text))
        return
    gathered.last_row = row.number
    gathered.findings += problems
    if row.problem:
        gathered.findings.append(row.problem)
        return
    if any(values.text_of(cell).strip() for cell in row.cells[len(reader.columns) :]):
        text = f"has {len(row.cells)} cells under {len(reader.columns)} headings; is a delimiter not quoted?"
        gathered.findings.append(error("too-many-cells", where, text))
    header = {c: v for c, v in cells.items() if c.level in ("order", "check")}
    _merge(gathered.cells, header, row, where, gathered)
    if len(header) == len(cells):
        return
    cells = {**_defaults(reader.profile, "line"), **_defaults(reader.profile, "schedule"), **cells}
    line_cells = {c: v for c, v in cells.items() if c.level == "line"}
    schedule = {c: v for c, v in cells.items() if c.level == "schedule"}
    number = line_cells.get(BY_NAME["line_number"])
    if number is None:
        if BY_NAME["line_number"] in reader.columns:
            gathered.findings.append(error("missing", f"{where}, column line_number", "is missing; number each line"))
        number = str(len(gathered.lines) + 1)
        line_cells[BY_NAME["line_number"]] = number
    line = gathered.lines.setdefault(number, Line())
    again = line.contents.setdefault(frozenset(cells.items()), row.number)
    if again != row.number:
        text = f"is the same as row {again}; both are counted: remove one if it slipped in twice"
        gathered.findings.append(warning("duplicate-row", where, text))
    line.schedules.append((row.number, schedule))
    _merge(line.cells, line_cells, row, where, gathered)


def _order(reader: _Reader, number: str | None, row: RawRow, where: str) -> Gathered | None:
    """The order of a row: by its number, or the one above where the cell is empty."""
    if number is None:
        return reader.current
    number = number.strip()
    gathered = reader.orders.get(number)
    if gathered is None:
        gathered = reader.orders[number] = Gathered(number, row.number)
    elif gathered is not reader.current:
        text = f"order {number[:60]!r} goes on here after other orders; its rows were put together"
        gathered.findings.append(warning("rows-apart", where, text))
    reader.current = gathered
    return gathered


def _defaults(profile: TableProfile, level: Level) -> dict[Column, str]:
    return {BY_NAME[name]: value for name, value in profile.defaults.items() if BY_NAME[name].level == level}


def _cells(reader: _Reader, row: RawRow, where: str, report: Callable[[Finding], None]) -> Iterator[tuple[Column, str]]:
    """The filled cells of a row as text: numbers and dates in our own form. What cannot be read is reported."""
    for column, cell in zip(reader.columns, row.cells, strict=False):
        text = values.text_of(cell)
        if column is None or not text.strip():
            continue
        try:
            if column.kind == "number":
                text = values.number(cell, reader.mark, sure=reader.profile.decimal is not None)
            elif column.kind == "date":
                text = values.date(cell, reader.profile.date_format)
        except ValueError as failure:
            report(error("bad-value", f"{where}, column {column.name}", str(failure)))
            continue
        yield column, text


def _merge(
    known: dict[Column, tuple[str, int]], cells: dict[Column, str], row: RawRow, where: str, gathered: Gathered
) -> None:
    """Cells that belong to the whole order or line stand on one row or are the same on all."""
    for column, text in cells.items():
        value, first = known.setdefault(column, (text, row.number))
        if value != text:
            other = f"is {text[:60]!r} here and {value[:60]!r} in row {first}; make them the same"
            gathered.findings.append(error("conflict", f"{where}, column {column.name}", other))
