"""What comes in: headers (SBDH), strangers' faults, hostile files, and the viewer's words."""

import datetime
from decimal import Decimal

import pytest

from orderwire.document.fulfillment import ShipNotice
from orderwire.document.order import Order
from orderwire.document.response import LineStatus, Response
from orderwire.document.states import DocumentType
from orderwire.formats import Identity, ReadDocument
from orderwire.testing.formats import FixedContext
from tests.pure.formats.ubl.support import FORMAT, ORDER, PEPPOL, changed, with_line

HEADED = {"sbdh": True, "country": "SE"}
CONTENT = FORMAT.write(ORDER, {}, FixedContext()).content


def read(content: bytes) -> ReadDocument:
    """The only document of a file."""
    (found,) = FORMAT.read(content, {}).documents
    return found


def replaced(old: str, new: str) -> ReadDocument:
    """The order read with a piece of its XML replaced."""
    assert old.encode() in CONTENT
    return read(CONTENT.replace(old.encode(), new.encode()))


def test_a_header_is_written_and_taken_off() -> None:
    written = FORMAT.write(ORDER, {**PEPPOL, **HEADED, "sender": None, "receiver": None, "test": False}, FixedContext())
    found = read(written.content)
    assert found.document == ORDER
    assert found.identity == Identity("0088:7300010000001", "0088:7350053850019", written.controls["sbdh"])
    assert found.envelope["processid"] == "urn:fdc:peppol.eu:poacc:bis:ordering:3"
    assert found.envelope["documentid"].endswith("::Order##urn:fdc:peppol.eu:poacc:trns:order:3::2.1")
    assert found.envelope["country_c1"] == "SE"


def test_each_sending_has_an_identity_of_its_own() -> None:
    context = FixedContext()
    profile = {**HEADED, "sender": "0088:1", "receiver": "0088:2"}
    first, second = (FORMAT.write(ORDER, profile, context).controls["sbdh"] for _ in range(2))
    assert first != second


def test_without_a_header_there_is_no_identity() -> None:
    assert read(CONTENT).identity is None


def test_an_answer_travels_from_the_seller_to_the_buyer() -> None:
    answer = Response.model_validate({
        "order_number": "PO-1", "status": "accepted", "answered": "2026-11-22", "supplier": ORDER.supplier,
    })  # fmt: skip
    found = read(FORMAT.write(answer, {"sbdh": True, "receiver": "0088:7300010000001"}, FixedContext()).content)
    assert found.identity is not None
    assert (found.identity.sender, found.identity.receiver) == ("0088:7350053850019", "0088:7300010000001")


def test_a_header_around_nothing_is_said() -> None:
    space = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    result = FORMAT.read(f'<StandardBusinessDocument xmlns="{space}"/>'.encode(), {})
    assert [f.code for f in result.findings] == ["empty"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<cbc:IssueDate>2026-11-22<", "<cbc:IssueDate>22.11.2026<", "bad-date"),
        (' unitCode="C62"', "", "unit-missing"),
        ("<cbc:ID>10</cbc:ID>", "<cbc:ID>10/1</cbc:ID>", "line-number"),
        ("<cbc:PayableAmount", "<cbc:PayableAmount", ""),
    ],
)
def test_faults_that_can_be_forgiven_are_warnings(old: str, new: str, code: str) -> None:
    found = replaced(old, new)
    if code == "bad-date":
        assert not found.usable
    else:
        assert found.usable, found.findings
    assert not code or code in {f.code for f in found.findings}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<cbc:Quantity unitCode=", "<cbc:MinimumQuantity unitCode=", "not-well-formed"),
        ('unitCode="C62">100<', 'unitCode="C62">0<', "quantity"),
        ('unitCode="C62">100<', 'unitCode="QQQ">100<', "unit-unknown"),
        (
            "</cbc:PriceAmount>",
            '</cbc:PriceAmount><cbc:BaseQuantity unitCode="XBX">10</cbc:BaseQuantity>',
            "price-unit",
        ),
        ('<cbc:PriceAmount currencyID="SEK">', '<cbc:PriceAmount currencyID="EUR">', "peppol-t01-r003"),
        ('<cbc:PriceAmount currencyID="SEK">0.125', '<cbc:PriceAmount currencyID="SEK">-1', "peppol-t01-r005"),
        ("<cbc:DocumentCurrencyCode>SEK<", "<cbc:DocumentCurrencyCode>KRONOR<", "currency"),
        ("<cbc:ID>PO-1</cbc:ID>", "", "missing"),
    ],
)
def test_faults_that_change_the_deal_refuse_the_document(old: str, new: str, words: str) -> None:
    content = CONTENT.replace(old.encode(), new.encode())
    assert content != CONTENT
    result = FORMAT.read(content, {})
    findings = [*result.findings, *(f for d in result.documents for f in d.findings)]
    assert not any(document.usable for document in result.documents)
    assert words in {f.code for f in findings}, findings


@pytest.mark.parametrize(
    ("charge", "code"),
    [
        ('<cbc:Amount currencyID="SEK">5</cbc:Amount>', "charge-indicator"),
        (
            '<cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:Amount currencyID="EUR">5</cbc:Amount>',
            "currency-mixed",
        ),
    ],
)
def test_a_charge_without_its_sign_or_in_another_currency_refuses_the_order(charge: str, code: str) -> None:
    spoiled = f"<cac:AllowanceCharge>{charge}</cac:AllowanceCharge><cac:AnticipatedMonetaryTotal>"
    found = replaced("<cac:AnticipatedMonetaryTotal>", spoiled)
    assert not found.usable and code in {f.code for f in found.findings}


@pytest.mark.parametrize(
    ("name", "theirs", "ours"),
    [("LineExtensionAmount of line 10", "12.5", "12.5"), ("PayableAmount", "15.63", "15.63")],
)
def test_an_amount_that_does_not_add_up_is_told_with_both_figures(name: str, theirs: str, ours: str) -> None:
    element = name.partition(" ")[0]
    found = replaced(f'<cbc:{element} currencyID="SEK">{theirs}<', f'<cbc:{element} currencyID="SEK">99<')
    told = [f.text for f in found.findings if f.code == "total-differs"]
    assert f"{name} is 99 but what the order says makes {ours}, which counts" in told


def test_what_is_not_kept_stands_twice_or_is_a_copy_is_said() -> None:
    said = b"<cbc:ID>PO-2</cbc:ID><cbc:CopyIndicator>true</cbc:CopyIndicator><cbc:Priority>high</cbc:Priority>"
    content = CONTENT.replace(b"<cbc:ID>PO-1</cbc:ID>", b"<cbc:ID>PO-1</cbc:ID>" + said)
    found = read(content)
    assert found.usable and {"twice", "copy", "not-kept"} <= {f.code for f in found.findings}


def test_a_unit_as_partners_write_it_is_read_with_a_warning() -> None:
    found = replaced('unitCode="C62">100<', 'unitCode="PCS">100<')
    assert isinstance(found.document, Order) and found.document.lines[0].unit == "H87"
    assert "unit" in {f.code for f in found.findings}


def test_an_answer_that_contradicts_itself_is_told() -> None:
    answer = Response.model_validate({
        "order_number": "PO-1", "status": "accepted", "answered": "2026-11-22",
        "lines": [{"number": "10", "status": "rejected"}],
    })  # fmt: skip
    found = read(FORMAT.write(answer, {}, FixedContext()).content)
    assert "mixed-answer" in {f.code for f in found.findings}


def test_broken_lines_without_end_are_not_looked_at_one_by_one() -> None:
    start, end = CONTENT.index(b"<cac:OrderLine>"), CONTENT.index(b"</Order>")
    found = read(CONTENT[:start] + b"<cac:OrderLine/>" * 3000 + CONTENT[end:])
    assert not found.usable and len(found.findings) < 400


def test_dates_with_a_zone_are_read_without_it() -> None:
    found = replaced("<cbc:IssueDate>2026-11-22<", "<cbc:IssueDate>2026-11-22+01:00<")
    assert isinstance(found.document, Order) and found.document.issued == datetime.date(2026, 11, 22)


def test_a_line_without_price_takes_it_from_its_amount() -> None:
    start, end = CONTENT.index(b"<cac:Price>"), CONTENT.index(b"</cac:Price>") + len(b"</cac:Price>")
    found = read(CONTENT[:start] + CONTENT[end:])
    assert isinstance(found.document, Order)
    assert (found.document.lines[0].price, found.document.lines[0].price_basis) == (Decimal("12.5"), Decimal(100))


def test_a_factor_below_one_is_a_percentage_too() -> None:
    order = with_line(allowances_charges=({"kind": "allowance", "percent": "20", "reason": "bulk"},))
    content = FORMAT.write(order, {}, FixedContext()).content
    found = read(content.replace(b"<cbc:MultiplierFactorNumeric>20<", b"<cbc:MultiplierFactorNumeric>0.2<"))
    assert found.document == order


def test_a_test_order_is_marked_and_known_again() -> None:
    found = read(FORMAT.write(changed(test=True), {}, FixedContext()).content)
    assert found.test and isinstance(found.document, Order) and found.document.test


def test_everything_on_a_test_connection_is_a_test() -> None:
    (found,) = FORMAT.read(CONTENT, {"test": True}).documents
    assert found.test


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b"<a>" * 5000,
        b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>',
        b'<Order xmlns="urn:example:other"/>',
        b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>',
        CONTENT.replace(b">100<", b">" + b"9" * 5000 + b"<"),
        CONTENT.replace(b">100<", b">1e999999999<"),
        CONTENT.replace(b"<cbc:ID>10<", b"<cbc:ID>" + b"x" * 100_000 + b"<"),
        CONTENT.replace(b"Bolt M8", b"\xc2\x85\xef\xbf\xbf"),
    ],
)
def test_hostile_and_foreign_files_give_findings(content: bytes) -> None:
    result = FORMAT.read(content, {})
    findings = [*result.findings, *(f for d in result.documents for f in d.findings)]
    assert findings and all(f.where and len(f.text) <= 500 for f in findings)


def test_an_invoice_is_refused_by_name() -> None:
    found = read(b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>')
    assert found.type is DocumentType.UNKNOWN and "Invoice" in found.findings[0].text


def test_a_part_that_comes_later_is_a_second_answer() -> None:
    answer = Response.model_validate({
        "order_number": "PO-1", "status": "accepted_with_changes", "answered": "2026-11-22",
        "lines": [{"number": "10", "status": "changed", "quantity": "60", "unit": "C62"}],
    })  # fmt: skip
    content = FORMAT.write(answer, {}, FixedContext()).content
    later = b'<cbc:MaximumBackorderQuantity unitCode="C62">40</cbc:MaximumBackorderQuantity>'
    found = read(content.replace(b">60</cbc:Quantity>", b">60</cbc:Quantity>" + later))
    assert isinstance(found.document, Response)
    told = [(line.number, line.status, line.quantity) for line in found.document.lines]
    assert told == [("10", LineStatus.CHANGED, 60), ("10", LineStatus.BACKORDERED, 40)]


@pytest.mark.parametrize(
    ("stated", "basis", "told"),
    [('unitCode="C62">100', 100, ""), (">100", 100, ""), ('unitCode="MIL">1', 1, "price-unit"),
     (">0", None, "price-basis")],
)  # fmt: skip
def test_the_price_of_an_answer_is_for_as_many_as_it_says(stated: str, basis: int | None, told: str) -> None:
    line = {"number": "10", "status": "changed", "quantity": 60, "unit": "C62", "price": 5, "price_basis": 100}
    answer = Response.model_validate({
        "order_number": "PO-1", "status": "accepted_with_changes", "answered": "2026-11-22", "lines": [line],
    })  # fmt: skip
    content = FORMAT.write(answer, {}, FixedContext()).content
    ours = b'<cbc:BaseQuantity unitCode="C62">100<'
    assert ours in content
    found = read(content.replace(ours, f"<cbc:BaseQuantity {stated}<".replace(" >", ">").encode()))
    assert isinstance(found.document, Response)
    assert (found.document.lines[0].price, found.document.lines[0].price_basis) == (5, basis)
    assert {finding.code for finding in found.findings} & {"price-unit", "price-basis"} == ({told} if told else set())


def test_a_despatch_advice_says_what_is_on_its_way() -> None:
    content = b"""<DespatchAdvice xmlns="urn:oasis:names:specification:ubl:schema:xsd:DespatchAdvice-2"
     xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
     xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
     <cbc:ID>D-1</cbc:ID><cbc:IssueDate>2026-11-22</cbc:IssueDate>
     <cac:OrderReference><cbc:ID>PO-1</cbc:ID></cac:OrderReference>
     <cac:DespatchSupplierParty><cac:Party><cac:PartyName><cbc:Name>Seller</cbc:Name></cac:PartyName></cac:Party>
     </cac:DespatchSupplierParty><cac:DeliveryCustomerParty/>
     <cac:Shipment><cbc:ID>1</cbc:ID><cac:Consignment><cbc:ID>1</cbc:ID><cac:CarrierParty><cac:PartyName>
     <cbc:Name>Fast</cbc:Name></cac:PartyName></cac:CarrierParty></cac:Consignment>
     <cac:Delivery><cbc:TrackingID>T-9</cbc:TrackingID><cac:EstimatedDeliveryPeriod>
     <cbc:EndDate>2026-11-25</cbc:EndDate></cac:EstimatedDeliveryPeriod><cac:Despatch>
     <cbc:ActualDespatchDate>2026-11-23</cbc:ActualDespatchDate></cac:Despatch></cac:Delivery>
     <cac:TransportHandlingUnit><cbc:ID>SSCC1</cbc:ID></cac:TransportHandlingUnit></cac:Shipment>
     <cac:DespatchLine><cbc:ID>1</cbc:ID><cbc:DeliveredQuantity unitCode="C62">60</cbc:DeliveredQuantity>
     <cbc:OutstandingQuantity>40</cbc:OutstandingQuantity><cac:OrderLineReference><cbc:LineID>10</cbc:LineID>
     </cac:OrderLineReference><cac:Item><cbc:Name>Bolt</cbc:Name></cac:Item></cac:DespatchLine></DespatchAdvice>"""
    notice = read(content).document
    assert isinstance(notice, ShipNotice)
    assert (notice.number, notice.order_number, notice.carrier, notice.packages) == ("D-1", "PO-1", "Fast", 1)
    assert notice.tracking == ("T-9", "SSCC1")
    assert (notice.shipped, notice.expected) == (datetime.date(2026, 11, 23), datetime.date(2026, 11, 25))
    assert (notice.lines[0].number, notice.lines[0].quantity, notice.lines[0].open) == ("10", 60, 40)


def test_the_viewer_says_each_value_in_words_at_its_line() -> None:
    pieces = FORMAT.explain(CONTENT, 1000)
    said = {piece.text: piece for piece in pieces}
    assert said["OrderTypeCode 220"].codes == (("OrderTypeCode", "220", "order"),)
    assert said["Quantity 100"].codes == (("Quantity@unitCode", "C62", "unit"),)
    assert said["Quantity 100"].words == "line, quantity: 100 unit"
    assert said["DocumentCurrencyCode SEK"].words == "document currency code: Swedish Krona"
    assert all(piece.place.startswith("line ") and piece.document == 0 for piece in pieces)
    headed = FORMAT.write(ORDER, {**HEADED, "sender": "0088:1", "receiver": "0088:2"}, FixedContext()).content
    assert {piece.document for piece in FORMAT.explain(headed, 1000)} == {None, 0}
    assert len(FORMAT.explain(headed, 3)) == 3
