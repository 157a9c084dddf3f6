"""From rows to documents: each row to the document and line that it belongs to, each fault with its row and column."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from orderwire.document.finding import Finding, error, has_errors, info, warning
from orderwire.formats import ReadDocument
from orderwire.formats.table import values
from orderwire.formats.table.answers import settled
from orderwire.formats.table.cells import RawRow, bad_value, filled_cells
from orderwire.formats.table.columns import ANSWER, DOCUMENT, FORMS, Column, Form, Level, bare
from orderwire.formats.table.documents import Gathered, Line, understood
from orderwire.formats.table.headings import Headings, faults, headings, under_a_title
from orderwire.formats.table.profile import TableProfile

MAX_BROKEN = 1000
"""Documents that cannot be used, after which the rest of a file is not tried."""


@dataclass
class _Reader:
    profile: TableProfile
    place: str
    headings: Headings
    mark: values.Mark
    documents: dict[tuple[Form, str], Gathered] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    current: Gathered | None = None


def read_rows(
    rows: Iterable[RawRow], profile: TableProfile, *, place: str = "", limit: int = 1_000_000
) -> tuple[tuple[ReadDocument, ...], tuple[Finding, ...]]:
    """The documents of a table and what is wrong with the table itself. The first row that is not blank is the heading,
    or the first with headings that we know under a title.

    `place` stands before "row 3", for the name of a sheet. Rows beyond `limit` are an error.
    """
    sheet = place.strip(", ") or "file"
    above, filled = under_a_title(
        (row for row in rows if any(values.text_of(cell).strip() for cell in row.cells) or row.problem), profile
    )
    first = next(filled, None)
    if first is None:
        return (), (error("empty", sheet, "holds no rows; give a heading and rows"),)
    found = headings(first.cells, profile)
    findings = [first.problem] if first.problem else []
    if above:
        text = f"what stands above the headings in row {first.number} is not read"
        findings.append(info("above-headings", f"{place}{_rows(above[0].number, above[-1].number)}", text))
    kept: list[tuple[RawRow, Form]] = []
    for row in filled:
        if len(kept) == limit:
            return (), (*findings, error("too-large", sheet, f"has more than {limit:,} rows; split it"))
        form = found.form(row.cells)
        if form is not None:
            kept.append((row, form))
            continue
        words = ", ".join(f.word for f in FORMS)
        text = f"{found.word(row.cells)[:60]!r} is no document we know; write one of {words}, or name the column anew"
        findings.append(error("bad-value", f"{place}row {row.number}, column {DOCUMENT.name}", text))
    rows_are = {form for _, form in kept} or {found.document}
    used = [form for form in FORMS if form in rows_are]
    problems = faults(found, used, f"{place}row {first.number}", profile)
    findings = problems + findings
    if has_errors(problems) or first.problem:
        return (), _bounded(findings)
    numeric = [n for n in range(len(found.names)) if any(_is_number(found.columns[form][n]) for form in used)]
    cells = [row.cells[n] for row, _ in kept for n in numeric if n < len(row.cells)]
    reader = _Reader(profile, place, found, profile.decimal or values.decimal_mark(cells), findings=findings)
    if not profile.decimal and reader.mark == "." and (cell := values.doubtful(cells)):
        text = f"{cell!r} is read with a decimal point; set decimal to a comma in the profile if it means thousands"
        findings.append(warning("decimal-guessed", sheet, text))
    for row, form in kept:
        _take(reader, form, row)
    if not kept and not has_errors(findings):
        reader.findings.append(error("empty", sheet, "holds a heading and no rows"))
    documents = _understood(reader)
    return tuple(documents), _bounded(reader.findings)


def _understood(reader: _Reader) -> list[ReadDocument]:
    """The documents that the rows make; after many that cannot be used the rest is not tried."""
    documents: list[ReadDocument] = []
    broken = 0
    for gathered in reader.documents.values():
        for column, value in _defaults(reader.profile, gathered.form, "header").items():
            gathered.cells.setdefault(column, (value, gathered.first_row))
        if broken == MAX_BROKEN:
            text = f"{broken:,} documents of the file cannot be used; those from here on were not tried: correct these"
            reader.findings.append(error("too-many-broken", f"{reader.place}row {gathered.first_row}", text))
            break
        document = understood(gathered, lambda first, last: f"{reader.place}{_rows(first, last)}")
        broken += document is None
        documents.append(
            ReadDocument(
                gathered.form.document,
                document,
                gathered.number(document),
                _bounded(gathered.findings),
                document.test if document else False,
            )
        )
    return documents


def _is_number(column: Column | None) -> bool:
    return column is not None and column.kind == "number"


def _bounded(findings: list[Finding]) -> tuple[Finding, ...]:
    """At most 200 findings, errors first when there are more."""
    if len(findings) <= 200:
        return tuple(findings)
    errors_first = sorted(findings, key=lambda finding: finding.severity != "error")
    severity = error if errors_first[200].severity == "error" else warning
    return (*errors_first[:200], severity("more", "file", f"and {len(findings) - 200} more findings like these"))


def _rows(first: int, last: int) -> str:
    return f"row {first}" if first == last else f"rows {first} to {last}"


def _take(reader: _Reader, form: Form, row: RawRow) -> None:
    """Adds one row to the document and line that it belongs to."""
    where = f"{reader.place}row {row.number}"
    columns = reader.headings.columns[form]
    cells, unread = filled_cells(form, columns, row, reader.profile, reader.mark)
    cut = [(c, text) for c, text in cells.items() if c.kind == "text" and "E+" in text and values.CUT.fullmatch(text)]
    gathered = _document(reader, form, cells.pop(form.by_name[form.key], None), row, where)
    if gathered is None:
        text = f"has no {form.key}, nor has a row above it; fill it in"
        reader.findings.append(error("missing", f"{where}, column {form.key}", text))
        return
    gathered.last_row = row.number
    gathered.findings += [bad_value(column, where, text) for column, text in unread]
    for column, text in cut:
        told = f"{text!r} is a long number that a spreadsheet cut; format the column as text and fill it in anew"
        gathered.findings.append(warning("cut-number", f"{where}, column {column.name}", told))
    if row.problem:
        gathered.findings.append(row.problem)
        return
    if any(values.text_of(cell).strip() for cell in row.cells[len(columns) :]):
        text = f"has {len(row.cells)} cells under {len(columns)} headings; is a delimiter not quoted?"
        gathered.findings.append(error("too-many-cells", where, text))
    if form is ANSWER and settled(columns, cells):
        gathered.assumed.append(row.number)
    header = {c: v for c, v in cells.items() if c.level in ("header", "check")}
    if len(header) == len(cells):
        _merge(gathered.cells, header, row, where, gathered)
        return
    _on_its_line(form, gathered, header, cells)
    _merge(gathered.cells, header, row, where, gathered)
    if reader.profile.defaults:
        cells = {**_defaults(reader.profile, form, "line"), **_defaults(reader.profile, form, "schedule"), **cells}
    line_cells = {c: v for c, v in cells.items() if c.level == "line"}
    line = gathered.lines.setdefault(_line_key(form, columns, line_cells, row, where, gathered), Line())
    again = gathered.contents.setdefault(frozenset(c for c in cells.items() if c[0] not in header), row.number)
    if again != row.number:
        text = f"is the same as row {again}; both are counted: remove one if it slipped in twice"
        gathered.findings.append(warning("duplicate-row", where, text))
    line.schedules.append((row.number, {c: v for c, v in cells.items() if c.level == "schedule"}))
    _merge(line.cells, line_cells, row, where, gathered)


def _document(reader: _Reader, form: Form, key: str | None, row: RawRow, where: str) -> Gathered | None:
    """The document of a row: by its key, or the one above where the cell is empty."""
    if key is None:
        return reader.current if reader.current and reader.current.form is form else None
    key = key.strip()
    gathered = reader.documents.get((form, key))
    if gathered is None:
        gathered = reader.documents[form, key] = Gathered(form, key, row.number)
    elif gathered is not reader.current:
        text = f"{form.word} {key[:60]!r} goes on here after other documents; its rows were put together"
        gathered.findings.append(warning("rows-apart", where, text))
    reader.current = gathered
    return gathered


def _on_its_line(form: Form, gathered: Gathered, header: dict[Column, str], cells: dict[Column, str]) -> None:
    """A value that may differ from line to line moves to the line where it is not that of the first row."""
    for column in [column for column in header if column.on_line]:
        known = gathered.cells.get(column)
        if known and known[0] != header[column]:
            cells.setdefault(form.by_name[column.on_line or ""], header.pop(column))


def _line_key(
    form: Form,
    columns: Iterable[Column | None],
    cells: dict[Column, str],
    row: RawRow,
    where: str,
    gathered: Gathered,
) -> str:
    """What rows of one line share: its number, or the row itself where each row is a line."""
    if not form.grouped:
        return str(row.number)
    column = form.by_name["line_number"]
    if column not in cells:
        if column in columns:
            gathered.findings.append(error("missing", f"{where}, column line_number", "is missing; number each line"))
        cells[column] = str(len(gathered.lines) + 1)
    return cells[column]


def _defaults(profile: TableProfile, form: Form, level: Level) -> dict[Column, str]:
    columns = ((form.by_name.get(name), value) for name, value in profile.defaults.items())
    return {
        column: (column.words or {}).get(bare(value), value)
        for column, value in columns
        if column and column.level == level
    }


def _merge(
    known: dict[Column, tuple[str, int]], cells: dict[Column, str], row: RawRow, where: str, gathered: Gathered
) -> None:
    """Cells that belong to the whole document or line stand on one row or are the same on all."""
    for column, text in cells.items():
        value, first = known.setdefault(column, (text, row.number))
        if value != text:
            other = f"is {text[:60]!r} here and {value[:60]!r} in row {first}; make them the same"
            gathered.findings.append(error("conflict", f"{where}, column {column.name}", other))
