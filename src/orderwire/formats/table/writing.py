"""From a document to a table: the columns that it needs, and a row of cells for each schedule line."""

from collections.abc import Iterator
from dataclasses import dataclass

from orderwire.document.finding import Finding, has_errors
from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.formats import CannotCarry, Content
from orderwire.formats.table.carry import carried, rows_of
from orderwire.formats.table.columns import ORDER, Column, Form
from orderwire.formats.table.profile import TableProfile


@dataclass(frozen=True)
class Table:
    """A table to write: columns with the heading that the partner wants, rows of texts in our own form."""

    form: Form
    name: str
    columns: tuple[Column, ...]
    headings: tuple[str, ...]
    rows: tuple[dict[Column, str], ...]
    findings: tuple[Finding, ...]

    def cells(self) -> Iterator[list[str]]:
        """The text of each cell, row by row, empty where a row has none."""
        return ([row.get(column, "") for column in self.columns] for row in self.rows)


def table_of(document: Content, profile: TableProfile, format: str) -> Table:
    """The table of a document. Raises CannotCarry where it would lose what the profile does not let go."""
    projected, findings = carried(document, profile.on_loss, format)
    if has_errors(findings):
        raise CannotCarry(findings)
    form, found = rows_of(projected)
    rows = tuple(found)
    if isinstance(projected, Order):
        total = {ORDER.by_name["order_total"]: str(totals(projected).total)}
        rows = tuple({**row, **total} for row in rows)
    used = set().union(*rows)
    columns = tuple(column for column in form.columns if column in used)
    theirs = {ours: name for name, ours in reversed(profile.columns.items())}
    headings = tuple(theirs.get(column.name, column.name) for column in columns)
    return Table(form, _name(form, projected), columns, headings, rows, findings)


def _name(form: Form, document: Content) -> str:
    """The order's number, and for other documents what they are."""
    number = str(getattr(document, "order_number", None) or getattr(document, "number", None))
    return number if form is ORDER else f"{number}-{form.word.replace(' ', '-')}"
