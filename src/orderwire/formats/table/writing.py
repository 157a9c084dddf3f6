"""From an order to a table: the columns that it needs, and a row of cells for each schedule line."""

from collections.abc import Iterator
from dataclasses import dataclass

from orderwire.document.finding import Finding, has_errors
from orderwire.document.money import totals
from orderwire.formats import CannotCarry, Content
from orderwire.formats.table.columns import BY_NAME, COLUMNS, Column
from orderwire.formats.table.profile import TableProfile
from orderwire.formats.table.shape import carried, rows_of


@dataclass(frozen=True)
class Table:
    """A table to write: columns with the heading that the partner wants, rows of texts in our own form."""

    number: str
    columns: tuple[Column, ...]
    headings: tuple[str, ...]
    rows: tuple[dict[Column, str], ...]
    findings: tuple[Finding, ...]

    def cells(self) -> Iterator[list[str]]:
        """The text of each cell, row by row, empty where a row has none."""
        return ([row.get(column, "") for column in self.columns] for row in self.rows)


def table_of(document: Content, profile: TableProfile, format: str) -> Table:
    """The table of an order. Raises CannotCarry where a table would change what the order is worth."""
    order, findings = carried(document, format)
    if has_errors(findings):
        raise CannotCarry(findings)
    total = {BY_NAME["order_total"]: str(totals(order).total)}
    rows = tuple({**row.order, **total, **row.line, **row.schedule} for row in rows_of(order))
    used = set().union(*rows)
    columns = tuple(column for column in COLUMNS if column in used)
    theirs = {ours: name for name, ours in reversed(profile.columns.items())}
    headings = tuple(theirs.get(column.name, column.name) for column in columns)
    return Table(order.number, columns, headings, rows, findings)
