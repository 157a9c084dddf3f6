"""An order as a table, one row a schedule line: what the formats csv and xlsx share. Columns by name, several orders
in one table by their number."""

from orderwire.formats.table.columns import COLUMNS, Column, column_for
from orderwire.formats.table.explain import explained, order_form
from orderwire.formats.table.profile import TableProfile
from orderwire.formats.table.rows import RawRow, heading_columns, read_rows
from orderwire.formats.table.shape import carried
from orderwire.formats.table.writing import table_of

__all__ = [
    "COLUMNS", "Column", "RawRow", "TableProfile", "carried", "column_for", "explained", "heading_columns",
    "order_form", "read_rows", "table_of",
]  # fmt: skip
