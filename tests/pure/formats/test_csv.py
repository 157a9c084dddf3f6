"""CSV as spreadsheets and old systems write it, and never a live formula in what we write."""

import csv
import io
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwire.document.order import Order
from orderwire.document.terms import AllowanceCharge
from orderwire.formats import CannotCarry, ReadResult
from orderwire.formats.csv import MAX_BYTES, Csv
from orderwire.testing import FixedContext, FormatConformance
from tests.pure.family import cancellations, changes, invoices, receipts, responses, ship_notices
from tests.pure.orders import orders

FORMAT = Csv()
HEADING = "order_number,order_date,currency,buyer_name,supplier_name,line_number,description,quantity,unit,price"
ROW = "PO-1,2026-01-31,EUR,Northwind,Acme,10,Bolt,12,C62,0.25"


class TestConformance(FormatConformance):
    kind = "csv"
    documents = st.one_of(orders(), changes(), cancellations(), responses(), ship_notices(), receipts(), invoices())
    examples = 30
    profiles = (
        {},
        {"delimiter": ";", "decimal": ",", "encoding": "utf-16"},
        {"columns": {"Bestellnummer": "order_number", "Menge": "quantity"}, "delimiter": "\t"},
        {"on_loss": "note"},
    )


def read(text: str | bytes, **profile: object) -> ReadResult:
    return FORMAT.read(text if isinstance(text, bytes) else text.encode(), profile)


def found(result: ReadResult) -> list[tuple[str, str]]:
    return [(f.code, f.where) for f in (*result.findings, *(f for d in result.documents for f in d.findings))]


def only_order(result: ReadResult) -> Order:
    [document] = result.documents
    assert document.usable, document.findings
    assert isinstance(document.document, Order)
    return document.document


def row(**cells: str) -> str:
    return ",".join({**dict(zip(HEADING.split(","), ROW.split(","), strict=True)), **cells}.values())


def test_one_row_is_an_order() -> None:
    order = only_order(read(f"{HEADING}\n{ROW}\n"))
    assert (order.number, order.lines[0].price, order.lines[0].quantity) == ("PO-1", Decimal("0.25"), 12)


def test_rows_of_one_line_are_its_schedule_lines() -> None:
    text = f"{HEADING},requested_date\n{ROW},2026-02-01\n{row(quantity='3')},2026-03-01\n"
    line = only_order(read(text)).lines[0]
    assert line.quantity == 15
    assert [str(s.requested) for s in line.schedules] == ["2026-02-01", "2026-03-01"]


def test_header_fields_may_be_given_once() -> None:
    order = only_order(read(f"{HEADING}\n{ROW}\n,,,,,20,Nut,5,C62,0.1\nPO-1,,,,,30,Washer,5,C62,0.1\n"))
    assert [line.number for line in order.lines] == ["10", "20", "30"]


def test_orders_whose_rows_are_apart_are_put_together_with_a_warning() -> None:
    text = "\n".join([HEADING, ROW, row(order_number="PO-2"), row(line_number="20")])
    result = read(text)
    assert [(d.number, d.usable, len(d.document.lines)) for d in result.documents if isinstance(d.document, Order)] == [
        ("PO-1", True, 2), ("PO-2", True, 1),
    ]  # fmt: skip
    assert found(result) == [("rows-apart", "row 4")]


def test_header_values_that_conflict_make_the_order_unusable_and_no_other() -> None:
    result = read("\n".join([HEADING, ROW, row(line_number="20", currency="USD"), row(order_number="PO-2")]))
    assert [d.usable for d in result.documents] == [False, True]
    assert found(result) == [("conflict", "row 3, column currency")]


def test_two_rows_of_one_line_number_with_different_prices_conflict() -> None:
    assert ("conflict", "row 3, column price") in found(read("\n".join([HEADING, ROW, row(price="0.26")])))


def test_a_row_that_stands_twice_is_counted_and_warned_about() -> None:
    result = read("\n".join([HEADING, ROW, ROW]))
    assert only_order(result).lines[0].quantity == 24
    assert found(result) == [("duplicate-row", "row 3")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_and_encoding_are_found_out(delimiter: str, encoding: str) -> None:
    content = f"{HEADING}\n{row(supplier_name='Müller')}\n".replace(",", delimiter).encode(encoding)
    assert only_order(read(content)).supplier.name == "Müller"
    assert FORMAT.sniff(content) > 50


def test_windows_1252_is_read_with_a_warning() -> None:
    result = read(f"{HEADING}\n{row(supplier_name='Müller')}\n".encode("cp1252"))
    assert only_order(result).supplier.name == "Müller"
    assert found(result) == [("encoding", "line 2")]


@pytest.mark.parametrize(
    ("texts", "prices"),
    [
        (("12,50", "1.234"), ("12.5", "1234")),
        (("1.234,5", "7"), ("1234.5", "7")),
        (("1,234.50", "2,000"), None),
        (("12.50", "3.25"), ("12.5", "3.25")),
        (("1,234", "7"), None),
        (("12,50", "12.50"), None),
    ],
)  # fmt: skip
def test_a_decimal_comma_is_taken_only_where_it_is_certain(
    texts: tuple[str, str], prices: tuple[str, str] | None
) -> None:
    rows = [row(price=texts[0]), row(price=texts[1], line_number="20")]
    head = HEADING.replace(",", ";")
    cells = [r.split(",") for r in rows]
    result = read("\n".join([head, *(";".join([*c[:9], ",".join(c[9:])]) for c in cells)]))
    if prices is None:
        assert any(code == "bad-value" for code, _ in found(result))
        assert not result.documents[0].usable
    else:
        assert [line.price for line in only_order(result).lines] == [Decimal(p) for p in prices]


def test_the_profile_says_what_a_number_and_a_date_mean() -> None:
    text = f"{HEADING}\n{row(order_date='31.01.2026', price='%', quantity='2')}".replace(",", ";").replace("%", "1,234")
    order = only_order(read(text, decimal=",", date_format="%d.%m.%Y"))
    assert (str(order.issued), order.lines[0].price) == ("2026-01-31", Decimal("1.234"))


def test_the_profile_maps_headings_and_fills_what_is_missing() -> None:
    text = "Ref,item,qty,uom,Preis\nPO-1,Bolt,12,C62,0.25\n"
    defaults = {"order_date": "2026-01-31", "currency": "EUR", "buyer_name": "N", "supplier_name": "A"}
    order = only_order(read(text, columns={"ref": "order_number", "Preis": "price"}, defaults=defaults))
    assert (order.number, order.lines[0].number, order.lines[0].price) == ("PO-1", "1", Decimal("0.25"))


def test_missing_unknown_and_doubled_columns_are_named() -> None:
    assert found(read("order_number,quantity,colour\nPO-1,1,red\n"))[0] == ("unknown-column", "row 1, column 3")
    assert ("missing-column", "row 1") in found(read("order_number,quantity\nPO-1,1\n"))
    assert ("duplicate-column", "row 1, column 11") in found(read(f"{HEADING},qty\n{ROW},1\n"))


def test_every_fault_has_its_row_and_column() -> None:
    text = "\n".join(
        [HEADING, row(quantity="many"), row(order_number="PO-2", unit="nonsense", order_date="31/01/2026")]
    )
    assert found(read(text)) == [
        ("bad-value", "row 2, column quantity"),
        ("value-error", "row 3, column order_date"),
        ("value-error", "row 3, column unit"),
    ]


def test_a_stated_total_is_checked() -> None:
    assert only_order(read(f"{HEADING},order_total\n{ROW},3.00\n"))
    result = read(f"{HEADING},order_total\n{ROW},3.01\n")
    assert found(result) == [("totals-differ", "row 2, column order_total")]
    assert "3.01" in result.documents[0].findings[0].text and "3.00 EUR" in result.documents[0].findings[0].text


def test_a_row_with_broken_quotes_spoils_its_own_order_only() -> None:
    text = "\n".join([HEADING, ROW, row(order_number="PO-2", description='"Bolt" M8'), row(order_number="PO-3")])
    result = read(text)
    assert [(d.number, d.usable) for d in result.documents] == [("PO-1", True), ("PO-2", False), ("PO-3", True)]
    assert ("csv-syntax", "row 3 (line 3)") in found(result)


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest() -> None:
    text = "\n".join([HEADING, ROW, row(order_number="PO-2", description='"Bolt'), row(order_number="PO-3")])
    assert [(d.number, d.usable) for d in read(text).documents] == [("PO-1", True), ("PO-2", False), ("PO-3", True)]


def test_a_row_longer_than_the_heading_is_an_error() -> None:
    assert ("too-many-cells", "row 2") in found(read(f"{HEADING}\n{ROW},5\n"))


def test_a_file_without_rows_says_so() -> None:
    assert found(read("\n\n")) == [("empty", "file")]
    assert found(read(f"{HEADING}\n")) == [("empty", "file")]


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    assert found(read(b"x" * (MAX_BYTES + 1))) == [("too-large", "file")]
    assert found(read("\n" * 1_000_001))[0] == ("too-large", "file")


def test_a_file_of_broken_rows_is_given_up_early() -> None:
    result = read(f"{HEADING}\n" + '"x"y,\n' * 10_000)
    assert len(found(result)) <= 202
    assert any("rest of the file" in f.text for f in result.findings)


DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


@given(orders(), st.sampled_from(["=1+1", "+49 7", "-5", "@SUM(A1)", "'=1", "''", "＝1", "'"]))
@settings(max_examples=20, deadline=None)
def test_no_cell_starts_a_formula_and_reading_gives_the_same_text(order: Order, text: str) -> None:
    order = order.model_copy(
        update={
            "allowances_charges": (),
            "supplier": order.supplier.model_copy(update={"name": text}),
            "lines": tuple(line.model_copy(update={"description": text}) for line in order.lines),
        }
    )
    written = FORMAT.write(order, {}, FixedContext())
    for cells in csv.reader(io.StringIO(written.content.decode("utf-8-sig"), newline="")):
        live = [cell for cell in cells if cell.startswith(DANGEROUS)]
        assert all(re.fullmatch(r"-[0-9.]+", cell) for cell in live), "only a negative number may start so"
    again = only_order(FORMAT.read(written.content, {}))
    assert again.supplier.name == text
    assert {line.description for line in again.lines} == {text}


def test_what_would_change_the_total_is_refused_and_not_left_out() -> None:
    order = only_order(read(f"{HEADING}\n{ROW}\n"))
    charge = AllowanceCharge(kind="charge", amount=Decimal(5))
    carried = FORMAT.write(order.model_copy(update={"allowances_charges": (charge,) * 3}), {}, FixedContext())
    assert only_order(read(carried.content)).allowances_charges == (charge,) * 3
    with pytest.raises(CannotCarry, match=r"the total would be 18.00, not 23.00"):
        FORMAT.write(order.model_copy(update={"allowances_charges": (charge,) * 4}), {}, FixedContext())


def test_a_text_that_the_wanted_encoding_lacks_is_refused() -> None:
    order = only_order(read(f"{HEADING}\n{row(description='螺栓')}\n"))
    with pytest.raises(CannotCarry, match="has no place in cp1252"):
        FORMAT.write(order, {"encoding": "cp1252"}, FixedContext())
