"""Excel workbooks: the same table with real numbers and dates, and files that are meant to hurt."""

import datetime
import io
import re
import struct
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from hypothesis import strategies as st

from orderwire.document.order import Order
from orderwire.formats import ReadResult
from orderwire.formats.xlsx import MAX_BYTES, Xlsx
from orderwire.formats.xlsx.archive import MAX_ENTRIES
from orderwire.testing import FixedContext, FormatConformance
from tests.pure.family import cancellations, changes, invoices, receipts, responses, ship_notices
from tests.pure.orders import orders

FORMAT = Xlsx()
HEADING = ("PO Number", "Order date", "Currency", "Buyer", "Supplier", "Line", "Description", "Qty", "Unit", "Price")
DAY = datetime.date(2026, 1, 31)
ROW: tuple[Any, ...] = (4500012345, DAY, "EUR", "Northwind", "Acme", 10, "Bolt", 12, "C62", 0.25)


class TestConformance(FormatConformance):
    kind = "xlsx"
    documents = st.one_of(orders(), changes(), cancellations(), responses(), ship_notices(), receipts(), invoices())
    profiles = ({}, {"sheet": "Bestellung", "columns": {"Menge": "quantity"}})


def workbook(*rows: tuple[Any, ...], more: Callable[[Any], None] | None = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet("Orders")
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
        if more:
            more(book)
    return out.getvalue()


def read(content: bytes, **profile: object) -> ReadResult:
    return FORMAT.read(content, profile)


def found(result: ReadResult) -> list[tuple[str, str]]:
    return [(f.code, f.where) for f in (*result.findings, *(f for d in result.documents for f in d.findings))]


def only_order(result: ReadResult) -> Order:
    [document] = result.documents
    assert document.usable, document.findings
    assert isinstance(document.document, Order)
    return document.document


def repacked(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def test_numbers_and_dates_of_excel_are_exact() -> None:
    order = only_order(read(workbook(HEADING, ROW)))
    assert (order.number, order.issued, order.lines[0].number) == ("4500012345", DAY, "10")
    assert (order.lines[0].price, order.lines[0].quantity) == (Decimal("0.25"), 12)


def test_a_workbook_is_for_people_too() -> None:
    order = only_order(read(workbook(HEADING, ROW)))
    written = FORMAT.write(order, {}, FixedContext())
    with zipfile.ZipFile(io.BytesIO(written.content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
    assert 'state="frozen"' in sheet and 'ySplit="1"' in sheet
    widths = [float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]
    assert len(set(widths)) > 1 and all(8 <= width <= 45 for width in widths)
    assert 'name="Orders"' in book
    [heading, first] = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(written.content)).get_sheet_by_index(0).to_python()
    )
    assert first[heading.index("order_date")] == DAY
    assert first[heading.index("price")] == 0.25


def test_a_supplier_s_answer_in_a_workbook_is_read() -> None:
    heading = ("PO Number", "Line", "Confirmed", "Confirmed Qty", "Promise Date", "Remarks")
    rows = ((4500012345, 10, True, 12, DAY, None), (4500012345, 20, "backorder", 5.5, DAY, "=late"))
    [found] = read(workbook(heading, *rows)).documents
    answer: Any = found.document
    assert found.usable, found.findings
    assert [(a.number, a.status.value, a.quantity, a.promised) for a in answer.lines] == [
        ("10", "accepted", 12, DAY), ("20", "backordered", Decimal("5.5"), DAY),
    ]  # fmt: skip


def test_a_fault_has_its_sheet_row_and_column() -> None:
    result = read(workbook(HEADING, ROW, (4500012346, DAY, "EUR", "N", "A", 10, "Nut", "many", "C62", 1)))
    assert [d.usable for d in result.documents] == [True, False]
    assert found(result) == [("bad-value", "sheet Orders, row 3, column quantity")]


def test_other_sheets_are_named_and_a_wanted_sheet_is_read() -> None:
    def second(book: Any) -> None:
        sheet = book.add_worksheet("Late")
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, ("PO-9", *ROW[1:]))

    content = workbook(HEADING, ROW, more=second)
    assert found(read(content)) == [("other-sheets", "sheet Orders")]
    assert only_order(read(content, sheet="Late")).number == "PO-9"
    assert found(read(content, sheet="Nowhere")) == [("unsafe-workbook", "file")]


def test_texts_stay_texts_and_numbers_beyond_excel_stay_exact() -> None:
    order = only_order(read(workbook(HEADING, ROW)))
    line = order.lines[0].model_copy(
        update={"description": "=1+1", "buyer_part": "007", "price": Decimal("0.123456789"), "supplier_part": "'=2"}
    )
    big = Decimal("123456789.123456789")
    line = line.model_copy(
        update={"quantity": big, "schedules": (line.schedules[0].model_copy(update={"quantity": big}),)}
    )
    written = FORMAT.write(order.model_copy(update={"lines": (line,)}), {}, FixedContext())
    assert only_order(read(written.content)).lines == (line,)
    with zipfile.ZipFile(io.BytesIO(written.content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"<f " not in sheet
    assert b"=1+1" in sheet


def test_a_zip_bomb_is_not_opened() -> None:
    bomb = repacked(workbook(HEADING, ROW), lambda name, data: data + b" " * 60_000_000 * ("sheet1" in name))
    assert len(bomb) < 200_000
    result = read(bomb)
    assert found(result) == [("unsafe-workbook", "file")]
    assert "zip bomb" in result.findings[0].text


def test_a_size_that_lies_is_found_out() -> None:
    content = workbook(HEADING, ROW)
    at = content.rindex(b"PK\x01\x02")
    lying = content[: at + 24] + struct.pack("<I", 10) + content[at + 28 :]
    result = read(lying)
    assert "unsafe-workbook" in dict(found(result)) or only_order(result)


def test_too_many_packed_files_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(MAX_ENTRIES + 1):
            archive.writestr(f"{n}.xml", b"")
    assert "packed files" in read(out.getvalue()).findings[0].text


@pytest.mark.parametrize(
    "cell", [b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', b'<row r="9999999"><c r="ZZZ1"/></row>']
)
def test_one_cell_far_out_does_not_fill_the_memory(cell: bytes) -> None:
    content = repacked(workbook(HEADING, ROW), lambda _, data: data.replace(b"</sheetData>", cell + b"</sheetData>"))
    assert "spans more than" in read(content).findings[0].text


def test_two_packed_files_of_one_name_are_refused() -> None:
    content = io.BytesIO(workbook(HEADING, ROW))
    with zipfile.ZipFile(content, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")
    assert "two packed files" in read(content.getvalue()).findings[0].text


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\0" * 18,
        b"\xd0\xcf\x11\xe0 old Excel",
        workbook(HEADING, ROW)[:-200],
        repacked(workbook(HEADING, ROW), lambda name, data: data[:-20] if "sheet1" in name else data),
        repacked(workbook(HEADING, ROW), lambda name, data: b"" if name == "xl/workbook.xml" else data),
    ],
    ids=["no-zip", "empty-zip", "old-xls", "cut-off", "cut-sheet", "no-workbook"],
)  # fmt: skip
def test_a_damaged_workbook_is_refused_with_the_remedy(content: bytes) -> None:
    result = read(content)
    assert found(result) == [("unsafe-workbook", "file")]
    assert "save it" in result.findings[0].text or "no sheet" in result.findings[0].text
    assert FORMAT.sniff(content) > 0


def test_an_opendocument_spreadsheet_is_told_by_name() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", "<x/>")
    (finding,) = read(out.getvalue()).findings
    assert "OpenDocument" in finding.text
    assert "save it as .xlsx" in finding.text


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    assert found(read(b"PK\x03\x04" + b"x" * MAX_BYTES)) == [("too-large", "file")]


def test_an_empty_sheet_says_so() -> None:
    assert found(read(workbook())) == [("empty", "sheet Orders")]
