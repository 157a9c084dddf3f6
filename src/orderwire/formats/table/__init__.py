"""Documents as tables, one row a schedule line or an answered part: what the formats csv and xlsx share. Columns by
name, several documents in one table by their number."""

from orderwire.formats.table.base import TableFormat
from orderwire.formats.table.cells import RawRow
from orderwire.formats.table.columns import FORMS, Column, Form, known_heading
from orderwire.formats.table.headings import meant
from orderwire.formats.table.profile import TableProfile
from orderwire.formats.table.writing import Table

__all__ = ["FORMS", "Column", "Form", "RawRow", "Table", "TableFormat", "TableProfile", "known_heading", "meant"]
