"""The columns that CSV and XLSX share."""

from collections import Counter
from pathlib import Path

from orderwire.formats.table import COLUMNS, column_for
from orderwire.formats.table.reference import page


def test_no_heading_means_two_columns() -> None:
    headings = Counter(heading for column in COLUMNS for heading in (column.name, *column.aliases))
    assert [heading for heading, n in headings.items() if n > 1] == []


def test_case_blanks_and_punctuation_of_a_heading_do_not_matter() -> None:
    for heading in ("order_number", "Order Number", " PO-Number ", "po.no", "PO"):
        column = column_for(heading)
        assert column is not None and column.name == "order_number"
    assert column_for("colour") is None and column_for("") is None


def test_the_page_of_the_manual_is_in_step_with_the_columns() -> None:
    published = Path(__file__).parents[3] / "docs/reference/table-columns.md"
    again = "run `python -m orderwire.formats.table.reference docs/reference/table-columns.md`"
    assert published.read_text() == page(), again
