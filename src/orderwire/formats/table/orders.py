"""From the gathered cells of one order to the order, its findings at the row and column that they come from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from pydantic import ValidationError

from orderwire.document.finding import Finding, error, from_validation
from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.formats.table.columns import BY_NAME, COLUMNS, Column, Level
from orderwire.formats.table.shape import fields

Placed = dict[Column, tuple[str, int]]
"""Cells with the row each was first seen in."""


@dataclass
class Line:
    """The cells of one line, its schedule lines as (row, cells), and the row in which each content was first seen."""

    cells: Placed = field(default_factory=dict)
    schedules: list[tuple[int, dict[Column, str]]] = field(default_factory=list)
    contents: dict[frozenset[tuple[Column, str]], int] = field(default_factory=dict)


@dataclass
class Gathered:
    """All that the rows of a table say about one order."""

    number: str
    first_row: int
    last_row: int = 0
    cells: Placed = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def document(gathered: Gathered, rows: Callable[[int, int], str]) -> Order | None:
    """The order, or None with its findings added. `rows` words a place from a first and last row."""
    header = {column: text for column, (text, _) in gathered.cells.items() if column.level == "order"}
    lines = [
        {
            **fields({column: text for column, (text, _) in line.cells.items()}),
            "quantity": _sum(line),
            "schedules": [fields(schedule) for _, schedule in line.schedules],
        }
        for line in gathered.lines.values()
    ]
    try:
        order = Order.model_validate({**fields(header), "number": gathered.number, "lines": lines})
    except ValidationError as failure:
        known = {finding.where for finding in gathered.findings}
        for finding in from_validation(failure, lambda loc: _place(loc, gathered, rows)):
            if finding.where not in known:
                gathered.findings.append(finding)
                known.add(finding.where)
        return None
    stated = gathered.cells.get(BY_NAME["order_total"])
    if stated and _decimal(stated[0]) != totals(order).total:
        text = (
            f"totals do not add up: stated is {stated[0]}, the lines give {totals(order).total} {order.currency}; "
            "correct the total or the lines"
        )
        gathered.findings.append(error("totals-differ", f"{rows(stated[1], stated[1])}, column order_total", text))
    return order


def _sum(line: Line) -> str | None:
    """The quantity of a line: what its schedule lines add up to; None where one of them is no number."""
    texts = [schedule.get(BY_NAME["quantity"], "") for _, schedule in line.schedules]
    parts = [_decimal(text) for text in texts]
    return format(sum((p for p in parts if p is not None), Decimal(0)), "f") if None not in parts else None


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _place(loc: Sequence[str | int], gathered: Gathered, rows: Callable[[int, int], str]) -> str:
    """The row and column that a path of the order comes from; the rows of the order or line for a path without."""
    level: Level = "order"
    placed, default = gathered.cells, (gathered.first_row, gathered.last_row)
    if loc[:1] == ("lines",) and len(loc) > 1:
        line = list(gathered.lines.values())[int(loc[1])]
        level, placed, loc = "line", line.cells, loc[2:]
        default = (line.schedules[0][0], line.schedules[-1][0])
        if loc[:1] == ("schedules",) and len(loc) > 1:
            row, cells = line.schedules[int(loc[1])]
            level, placed, loc, default = (
                "schedule",
                {column: (text, row) for column, text in cells.items()},
                loc[2:],
                (row, row),
            )
        elif loc[:1] == ("quantity",):
            level = "schedule"
    column = max(
        (column for column in COLUMNS if column.level == level),
        key=lambda column: (_common(column.path, loc), column in placed),
    )
    if not _common(column.path, loc):
        return rows(*default)
    row = placed[column][1] if column in placed else default[0]
    return f"{rows(row, row)}, column {column.name}"


def _common(path: Sequence[str | int], loc: Sequence[str | int]) -> int:
    """How many steps two paths share at their start."""
    return next((n for n, (a, b) in enumerate(zip(path, loc, strict=False)) if a != b), min(len(path), len(loc)))
