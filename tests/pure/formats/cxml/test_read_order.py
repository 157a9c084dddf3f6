"""What senders of OrderRequests really do is forgiven with a warning, and what cannot be used is refused in words."""

import datetime
from decimal import Decimal

import pytest
from lxml import etree

from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Order
from orderwire.document.order_change import LineAction, OrderChange
from orderwire.formats import ReadDocument
from orderwire.formats.cxml.profile import parse
from orderwire.formats.cxml.tree import Reading
from tests.pure.formats.cxml.support import BILL_TO, FORMAT, ITEM, TOTAL, codes, document, order_request


def read(content: bytes, **profile: object) -> ReadDocument:
    (found,) = FORMAT.read(content, profile).documents
    return found


def order(content: bytes) -> Order:
    found = read(content)
    assert found.usable and isinstance(found.document, Order), found.findings
    return found.document


def test_a_plain_order_without_document_type_is_read() -> None:
    found = order(order_request())
    assert (found.number, found.currency, found.buyer.name) == ("PO-1", "USD", "Buyer Inc")
    assert found.issued == datetime.date(2026, 1, 31)
    (line,) = found.lines
    assert (line.number, line.quantity, line.price, line.category) == ("1", Decimal(10), Decimal("2.5"), "31161500")


def test_the_supplier_is_known_by_to_where_nothing_names_it() -> None:
    supplier = order(order_request()).supplier
    assert supplier.name == "AN02"
    assert [(i.scheme, i.value) for i in supplier.identifiers] == [("networkid", "AN02")]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", (2026, 3, 1)), ("2026-03-01T23:59:59-08:00", (2026, 3, 1)), ("20260301", (2026, 3, 1)),
        ("2026-03-01T00:00:00+14:00", (2026, 3, 1)), ("2026-03-01T10:00:00.123Z", (2026, 3, 1)),
        ("2026-03-01 10:00", (2026, 3, 1)), ("2026-03-01T10:00:00+0100", (2026, 3, 1)),
    ],
)  # fmt: skip
def test_a_date_is_the_calendar_day_that_the_sender_wrote(text: str, day: tuple[int, int, int]) -> None:
    found = order(order_request(items=ITEM.replace("<ItemOut ", f'<ItemOut requestedDeliveryDate="{text}" ')))
    assert found.lines[0].schedules[0].requested == datetime.date(*day)


def test_a_date_that_is_none_is_left_out_with_a_warning_and_one_that_is_needed_is_an_error() -> None:
    found = read(order_request(items=ITEM.replace("<ItemOut ", '<ItemOut requestedDeliveryDate="03/01/2026" ')))
    assert found.usable and "bad-date" in codes(found.findings)
    missing = read(order_request('orderDate=""'))
    assert not missing.usable and "date-missing" in codes(missing.findings)


def test_empty_and_extra_attributes_are_no_fault() -> None:
    found = read(order_request('requisitionID="" agreementID="" myOwn="x" shipComplete="yes"'))
    assert found.usable and isinstance(found.document, Order)
    assert found.document.references == ()


def test_a_delivery_date_of_the_header_is_for_lines_without_one() -> None:
    found = order(order_request('requestedDeliveryDate="2026-04-01T12:00:00Z"'))
    assert found.lines[0].schedules[0].requested == datetime.date(2026, 4, 1)


def test_schedule_lines_and_what_they_leave() -> None:
    part = (
        '<ScheduleLine quantity="4" requestedDeliveryDate="2026-05-01"><UnitOfMeasure>EA</UnitOfMeasure></ScheduleLine>'
    )
    found = order(order_request(items=ITEM.replace("</ItemOut>", f"{part}</ItemOut>")))
    assert [(s.quantity, s.requested) for s in found.lines[0].schedules] == [
        (Decimal(4), datetime.date(2026, 5, 1)), (Decimal(6), None),
    ]  # fmt: skip
    more = read(order_request(items=ITEM.replace("</ItemOut>", f"{part * 3}</ItemOut>")))
    assert not more.usable and any("add up" in f.text for f in more.findings)


def test_a_test_is_a_test_and_so_is_any_mode_that_we_do_not_know() -> None:
    assert read(order_request(request='<Request deploymentMode="test">')).test
    odd = read(order_request(request='<Request deploymentMode="staging">'))
    assert odd.test and "deployment-mode" in codes(odd.findings)
    assert isinstance(odd.document, Order) and odd.document.test
    assert not read(order_request()).test


def test_a_repeated_payload_has_the_same_identity() -> None:
    first, second = read(order_request()), read(order_request())
    assert first.identity == second.identity is not None
    assert first.identity and first.identity.control == "1@b" and first.identity.sender == "NetworkID:AN01"


def test_a_missing_payload_id_is_a_warning_and_no_identity() -> None:
    found = read(order_request().replace(b'payloadID="1@b"', b""))
    assert found.usable and found.identity is None and "payload-id" in codes(found.findings)


def test_a_total_that_does_not_add_up_is_a_warning_with_its_place() -> None:
    found = read(order_request(head=TOTAL.replace("25", "26") + BILL_TO))
    (warned,) = [f for f in found.findings if f.code == "total-differs"]
    assert found.usable and warned.where.endswith("OrderRequestHeader/Total") and warned.where.startswith("line ")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<UnitOfMeasure>EA</UnitOfMeasure>", "<UnitOfMeasure>WHAT</UnitOfMeasure>", "unit-unknown"),
        ("<UnitOfMeasure>EA</UnitOfMeasure>", "", "unit-missing"),
        ('quantity="10"', 'quantity="ten"', "bad-number"), ('quantity="10"', "", "quantity-missing"),
        (">2.5<", ">2,5<", "bad-number"), (">2.5<", "><", "price-missing"),
        ('currency="USD">2.5', 'currency="EUR">2.5', "currency-mixed"),
        ("<ItemOut ", '<ItemOut isReturn="yes" ', "return"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_used_is_an_error_with_its_place(old: str, new: str, code: str) -> None:
    assert old in ITEM
    found = read(order_request(items=ITEM.replace(old, new)))
    assert not found.usable
    (wrong,) = [f for f in found.findings if f.severity == "error"]
    assert wrong.code == code and "/ItemOut" in wrong.where


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<UnitOfMeasure>EA<", "<UnitOfMeasure>PCE<", "unit"), (">2.5<", ">1,002.50<", "bad-number"),
        (' lineNumber="1"', "", "line-number"), ('<Description xml:lang="en">Bolt</Description>', "", "description"),
        ("<ItemOut ", '<ItemOut operation="block" ', "blocked"),
    ],
)  # fmt: skip
def test_a_fault_of_a_line_that_does_no_harm_is_a_warning(old: str, new: str, code: str) -> None:
    assert old in ITEM
    found = read(order_request(items=ITEM.replace(old, new)))
    assert found.usable, found.findings
    assert code in {f.code for f in found.findings if f.severity == "warning"}


def test_a_unit_of_the_partner_is_mapped_by_the_profile() -> None:
    found = read(order_request(items=ITEM.replace(">EA<", ">STK<")), units={"H87": "STK"})
    assert isinstance(found.document, Order) and found.document.lines[0].unit == "H87"


def test_a_price_basis_is_counted_in_the_unit_of_the_line() -> None:
    unit = "<UnitOfMeasure>XBX</UnitOfMeasure></PriceBasisQuantity>"
    basis = f'<PriceBasisQuantity quantity="10" conversionFactor="0.1">{unit}'
    found = order(order_request(items=ITEM.replace("<Classification", f"{basis}<Classification", 1)))
    assert found.lines[0].price_basis == 100
    endless = basis.replace('"0.1"', '"3"')
    line = order(order_request(items=ITEM.replace("<Classification", f"{endless}<Classification", 1))).lines[0]
    assert (line.price, line.price_basis) == (Decimal("7.5"), 10)
    odd = basis.replace('"0.1"', '"0"')
    refused = read(order_request(items=ITEM.replace("<Classification", f"{odd}<Classification", 1)))
    assert not refused.usable and "price-basis" in codes(refused.findings)


SHIPPING = '<Shipping><Money currency="{}">5</Money><Description xml:lang="en">Truck</Description></Shipping>'
TAX = '<Tax><Money currency="USD">2</Money><Description xml:lang="en">Sales tax</Description></Tax>'


def test_freight_in_another_currency_refuses_the_order() -> None:
    found = read(order_request(head=TOTAL + BILL_TO + SHIPPING.format("EUR")))
    assert not found.usable and "currency-mixed" in codes(found.findings)


def test_a_tax_of_the_whole_order_is_told_and_explains_the_total() -> None:
    found = read(order_request(head=TOTAL.replace("25<", "32<") + BILL_TO + SHIPPING.format("USD") + TAX))
    assert found.usable and codes(found.findings) == {"tax-whole"}


def test_parts_of_a_set_negative_quantities_and_schedules_in_another_unit_are_told() -> None:
    part = ITEM.replace('lineNumber="1"', 'lineNumber="1" parentLineNumber="7"')
    assert "composite" in codes(read(order_request(items=part)).findings)
    negative = read(order_request(items=ITEM.replace('quantity="10"', 'quantity="-10"')))
    assert [f.text for f in negative.findings if f.code == "quantity"] == [
        "the quantity -10 is not above 0; correct it"
    ]
    schedule = '<ScheduleLine quantity="10"><UnitOfMeasure>XBX</UnitOfMeasure></ScheduleLine></ItemOut>'
    assert "schedule-unit" in codes(read(order_request(items=ITEM.replace("</ItemOut>", schedule))).findings)


def test_the_short_name_in_a_description_is_not_said_twice() -> None:
    named = ITEM.replace(">Bolt<", "><ShortName>Bolt</ShortName>Bolt M8<")
    assert order(order_request(items=named)).lines[0].description == "Bolt M8"


def test_the_key_of_a_shop_is_kept_and_written_again() -> None:
    key = "<SupplierPartAuxiliaryID>basket 7</SupplierPartAuxiliaryID></ItemID>"
    found = order(order_request(items=ITEM.replace("</ItemID>", key)))
    (reference,) = found.lines[0].references
    assert (reference.code, reference.number) == ("SupplierPartAuxiliaryID", "basket 7")


def test_accounts_that_share_by_amounts_are_read_as_percent() -> None:
    one = (
        '<Distribution><Accounting name="x"><Segment type="Cost Center" id="{0}" description="c"/></Accounting>'
        '<Charge><Money currency="USD">{1}</Money></Charge></Distribution>'
    )
    items = ITEM.replace("</ItemOut>", f"{one.format('A', 5)}{one.format('B', 20)}</ItemOut>")
    accounts = order(order_request(items=items)).lines[0].accounts
    assert [(a.cost_center, a.percent) for a in accounts] == [("A", Decimal(20)), ("B", Decimal(80))]


def test_a_modification_of_the_unit_price_is_not_taken_for_one_of_the_line() -> None:
    change = (
        "<Modifications><Modification><AdditionalDeduction><DeductionPercent percent='10'/></AdditionalDeduction>"
        "</Modification></Modifications></UnitPrice>"
    )
    found = read(order_request(items=ITEM.replace("</UnitPrice>", change)))
    assert found.usable and "price-modification" in codes(found.findings)
    assert isinstance(found.document, Order) and found.document.lines[0].allowances_charges == ()


def test_a_release_names_its_agreement() -> None:
    found = order(order_request('orderType="release" agreementID="C-1"'))
    assert found.kind == "release" and [(r.kind, r.number) for r in found.references] == [("blanket", "C-1")]
    bare = read(order_request('orderType="release"'))
    assert bare.usable and "release" in codes(bare.findings)
    named = ITEM.replace("</ItemOut>", '<MasterAgreementIDInfo agreementID="C-2"/></ItemOut>')
    assert order(order_request('orderType="release"', items=named)).kind == "release"


def test_a_blanket_order_has_limits_and_days() -> None:
    item = ITEM.replace("ItemDetail>", "BlanketItemDetail>").replace('quantity="10"', 'quantity="1"')
    item = item.replace("<UnitPrice>", "<MaxQuantity>500</MaxQuantity><UnitPrice>")
    found = order(
        order_request('orderType="blanket" effectiveDate="2026-01-01" expirationDate="2026-12-31"', items=item)
    )
    assert found.kind == "blanket" and found.lines[0].quantity == 500
    assert (found.valid_from, found.valid_to) == (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
    amount = item.replace("<MaxQuantity>500</MaxQuantity>", "").replace("UnitPrice>", "MaxAmount>")
    assert order(order_request('orderType="blanket"', items=amount)).lines[0].price == Decimal("2.5")


def test_payment_terms_with_a_discount_are_one_part() -> None:
    terms = (
        '<PaymentTerm payInNumberOfDays="10"><Discount><DiscountPercent percent="2"/></Discount></PaymentTerm>'
        '<PaymentTerm payInNumberOfDays="30"/>'
    )
    (part,) = order(order_request(head=TOTAL + BILL_TO + terms)).payment_terms
    assert (part.days, part.discount_days, part.discount_percent) == (30, 10, Decimal(2))


def test_an_update_is_a_change_in_full_that_names_the_order_before() -> None:
    previous = '<DocumentReference payloadID="0@b"/>'
    gone = ITEM.replace('lineNumber="1"', 'lineNumber="2" operation="delete"')
    changed = ITEM.replace("<ItemOut ", '<ItemOut isItemChanged="yes" ')
    found = read(order_request('type="update" orderVersion="3"', head=TOTAL + BILL_TO + previous, items=changed + gone))
    assert found.usable and isinstance(found.document, OrderChange)
    assert (found.document.form, found.document.revision, found.document.code) == ("full", 3, "update")
    assert [line.action for line in found.document.lines] == [LineAction.CHANGED, LineAction.DELETED]
    assert found.envelope["reference_payload"] == "0@b"


def test_an_update_that_names_no_order_before_is_read_with_a_warning() -> None:
    found = read(order_request('type="update"'))
    assert found.usable and "previous-payload" in codes(found.findings)


def test_a_delete_is_a_cancellation_whatever_its_lines_say() -> None:
    comments = "<Comments>Budget cut</Comments>"
    found = read(order_request('type="delete"', head=TOTAL + BILL_TO + comments, items="<ItemOut quantity='x'/>"))
    assert found.usable and isinstance(found.document, Cancellation)
    assert (found.document.order_number, found.document.reason) == ("PO-1", "Budget cut")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (order_request('type="create"'), "order-type"), (order_request(items=""), "lines-missing"),
        (order_request('orderID=" "'), "number-missing"), (document("<OrderRequest/>"), "header-missing"),
        (document(""), "empty"), (document("<OrderRequest/><OrderRequest/>"), "several"),
        (document("<InvoiceDetailRequest/>"), "not-supported"), (document("<Whatever/>"), "not-supported"),
    ],
)  # fmt: skip
def test_what_is_no_order_is_refused_in_words(content: bytes, code: str) -> None:
    found = read(content)
    assert not found.usable and code in codes(found.findings)


def test_entities_and_other_roots_are_refused() -> None:
    bomb = b'<!DOCTYPE cXML [<!ENTITY a "b">]>' + order_request()
    assert codes(FORMAT.read(bomb, {}).findings) == {"entities"}
    assert [a.code for a, _ in FORMAT.read(bomb, {}).acks] == ["406"]
    (found,) = FORMAT.read(b"<Order/>", {}).documents
    assert codes(found.findings) == {"not-supported"}


def test_a_namespace_that_cxml_does_not_have_is_forgiven() -> None:
    result = FORMAT.read(order_request().replace(b"<cXML ", b'<cXML xmlns="urn:x" '), {})
    assert result.documents[0].usable and codes(result.findings) == {"namespace"}


def test_every_request_is_answered_by_a_response_and_nothing_else_is() -> None:
    assert [(a.code, a.group_control) for a, _ in FORMAT.read(order_request(), {}).acks] == [("200", "1@b")]
    assert [a.code for a, _ in FORMAT.read(order_request(items=""), {}).acks] == ["400"]
    assert [a.code for a, _ in FORMAT.read(document("<ProfileRequest/>"), {}).acks] == ["450"]
    response = b'<cXML payloadID="2@b" timestamp="x"><Response><Status code="200" text="OK"/></Response></cXML>'
    assert FORMAT.read(response, {}).acks == ()


@pytest.mark.parametrize("text", ["1e5", "--1", "1.2.3", "１２", "9" * 30, "NaN"])
def test_a_number_that_is_none_is_an_error(text: str) -> None:
    reading = Reading(parse({}))
    assert reading.number(text, etree.Element("Money"), "Money") is None
    assert codes(reading.findings) == {"bad-number"}
