"""From the gathered cells of one document to the document, its findings at the row and column they come from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from orderwire.document.finding import Finding, error, from_validation
from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.document.response import Response
from orderwire.formats import Content
from orderwire.formats.table.answers import told
from orderwire.formats.table.columns import Column, Form, Level
from orderwire.formats.table.parts import decimal, joined
from orderwire.formats.table.shape import fields

Placed = dict[Column, tuple[str, int]]
"""Cells with the row each was first seen in."""

Rows = Callable[[int, int], str]
"""Words a place from a first and a last row."""


@dataclass
class Line:
    """The cells of one line and its schedule lines as (row, cells)."""

    cells: Placed = field(default_factory=dict)
    schedules: list[tuple[int, dict[Column, str]]] = field(default_factory=list)


@dataclass
class Gathered:
    """All that the rows of a table say about one document; `contents` has the row in which each was first seen,
    `assumed` the rows of an answer that have no status of their own."""

    form: Form
    key: str
    first_row: int
    last_row: int = 0
    cells: Placed = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    contents: dict[frozenset[tuple[Column, str]], int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    assumed: list[int] = field(default_factory=list)

    def number(self, document: Content | None) -> str | None:
        """The number of the order, else the document's own, where it could be made out."""
        text = getattr(document, "order_number", None) or self.key
        return text if text.isprintable() and len(text) <= 35 else None


def understood(gathered: Gathered, rows: Rows) -> Content | None:
    """The document, or None with its findings added."""
    form = gathered.form
    header = {column: text for column, (text, _) in gathered.cells.items() if column.level == "header"}
    header[form.by_name[form.key]] = gathered.key
    lines = [
        (
            fields({column: text for column, (text, _) in line.cells.items()}),
            [fields(schedule) for _, schedule in line.schedules],
        )
        for line in gathered.lines.values()
    ]
    try:
        document = form.model.model_validate(joined(form.document, fields(header), lines))
    except ValidationError as failure:
        known = {finding.where for finding in gathered.findings}
        for finding in from_validation(failure, lambda loc: _place(loc, gathered, rows)):
            if finding.where not in known:
                gathered.findings.append(finding)
                known.add(finding.where)
        return None
    if isinstance(document, Order):
        _check_total(document, gathered, rows)
    if isinstance(document, Response):
        assumed = rows(gathered.assumed[0], gathered.assumed[-1]) if gathered.assumed else None
        gathered.findings += told(document, gathered.cells, rows(gathered.first_row, gathered.last_row), assumed)
    return document


def _check_total(order: Order, gathered: Gathered, rows: Rows) -> None:
    stated = gathered.cells.get(gathered.form.by_name["order_total"])
    if stated and decimal(stated[0]) != totals(order).total:
        text = (
            f"totals do not add up: stated is {stated[0]}, the lines give {totals(order).total} {order.currency}; "
            "correct the total or the lines"
        )
        gathered.findings.append(error("totals-differ", f"{rows(stated[1], stated[1])}, column order_total", text))


def _place(loc: Sequence[str | int], gathered: Gathered, rows: Rows) -> str:
    """The row and column that a path of the document comes from; the rows of document or line for a path without."""
    level: Level = "header"
    placed, default = gathered.cells, (gathered.first_row, gathered.last_row)
    lines = list(gathered.lines.values())
    if loc[:1] == ("order_issued",):
        loc = ("head", "issued")
    elif loc[:1] == ("head_part",):
        loc = ("head", *loc[1:])
    if loc[:1] == ("lines",) and len(loc) > 1 and int(loc[1]) < len(lines):
        line = lines[int(loc[1])]
        level, placed, loc = "line", line.cells, loc[2:]
        default = (line.schedules[0][0], line.schedules[-1][0])
        if loc[:1] in (("line",), ("part",)):
            loc = loc[1:]
        if loc[:1] == ("schedules",) and len(loc) > 1:
            row, cells = line.schedules[int(loc[1])]
            level, loc, default = "schedule", loc[2:], (row, row)
            placed = {column: (text, row) for column, text in cells.items()}
        elif gathered.form.grouped and loc[:1] in (("quantity",), ("requested",)):
            level = "schedule"
    column = max(
        gathered.form.by_field.get((level, loc[0]), ()) if loc else (),
        key=lambda column: (_common(column.path, loc), column in placed),
        default=None,
    )
    if column is None:
        return rows(*default)
    row = placed[column][1] if column in placed else default[0]
    return f"{rows(row, row)}, column {column.name}"


def _common(path: Sequence[str | int], loc: Sequence[str | int]) -> int:
    """How many steps two paths share at their start."""
    return next((n for n, (a, b) in enumerate(zip(path, loc, strict=False)) if a != b), min(len(path), len(loc)))
