"""Reading with patience: strangers' documents, each forgiven fault told with its place, invoices of the family, and
the sample of the standard."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.document.order import Order
from orderwire.document.response import HeaderStatus, LineStatus
from orderwire.document.states import DocumentType
from orderwire.testing.formats import assert_sound, mutations
from tests.pure.formats.order_x.support import CORPUS, FORMAT, PLAIN, only, written
from tests.pure.formats.pdf.sample import line, order

XML = written(order(lines=[line(10), line(20)])).decode()


def _codes(document: Any) -> set[str]:
    return {finding.code for finding in document.findings}


def _with(*changes: tuple[str, str]) -> Any:
    text = XML
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return only(text.encode())


def test_the_sample_of_the_standard_is_read_and_written_again_without_a_change() -> None:
    path = CORPUS / "order-x-basic.xml"
    if not path.exists():
        pytest.skip("needs ../shared/corpus/order-x")
    document = only(path.read_bytes())
    assert document.usable, document.findings
    found = document.document
    assert (found.number, found.kind, len(found.lines)) == ("PO123456789", "release", 3)
    assert found.ship_to.name == "SHIP_TO_NAME"
    assert found.lines[1].price_basis == 2
    assert {schedule.requested.isoformat() for each in found.lines for schedule in each.schedules} == {"2020-04-15"}
    left = [f.where for f in document.findings if f.code == "not-kept"]
    assert any("ShipFromTradeParty" in where for where in left), "what has no place is told"
    for level in ("comfort", "extended"):
        assert only(written(found, level=level)).document == FORMAT.project(found, {**PLAIN, "level": level})[0]
    assert only(written(found)).document == found


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<ram:ChargeAmount>61.2<", "<ram:ChargeAmount>61,2<", "decimal-comma"),
        ('format="102">20261209', 'format="102">9.12.2026', "bad-date"),
        ("urn:order-x.eu:1p0:extended", "urn:example:own", "guideline"),
        ("<ram:CountryID>ES<", "<ram:CountryID>Spain<", "country"),
        ("<ram:TypeCode>220<", "<ram:TypeCode>380<", "type-code"),
        ('schemeID="0160">8412345002860<', 'schemeID="0160">84-1<', "gtin"),
        ("<ram:GrandTotalAmount>", "<ram:GrandTotalAmount>1", "total"),
    ],
)
def test_a_fault_that_can_be_forgiven_is_a_warning(old: str, new: str, code: str) -> None:
    document = _with((old, new))
    assert document.usable, document.findings
    assert code in _codes(document)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("<ram:OrderCurrencyCode>EUR<", "<ram:OrderCurrencyCode><", "currency"),
        ('unitCode="H87">100<', 'unitCode="QQQ">100<', "unit"),
        ("<ram:ChargeAmount>61.2<", "<ram:ChargeAmount>cheap<", "ChargeAmount"),
        ("<ram:Name>Mechanical seal MG1/28-G60</ram:Name>", "", "description"),
        ("<ram:PurposeCode>9<", "<ram:PurposeCode>1<", "ExchangedDocument"),
    ],
)
def test_what_an_order_cannot_do_without_is_an_error_at_its_place(old: str, new: str, where: str) -> None:
    document = _with((old, new))
    assert not document.usable
    errors = [f.where for f in document.findings if f.severity == "error"]
    assert any(where in place for place in errors), errors
    assert document.number == "4500071791"


def test_a_line_in_error_names_its_line_of_the_file() -> None:
    document = _with(("<ram:Name>Mechanical seal MG1/28-G60</ram:Name>", ""))
    assert all(f.where.startswith("line ") for f in document.findings if f.code == "missing")


def test_a_test_order_is_one() -> None:
    assert only(written(order(test=True))).test
    assert only(written(order(test=True))).document.test


@pytest.mark.parametrize(("code", "kind"), [("220", "standard"), ("221", "blanket"), ("226", "standard")])
def test_other_types_of_order_are_understood(code: str, kind: str) -> None:
    document = _with(("<ram:TypeCode>220<", f"<ram:TypeCode>{code}<"), ("<ram:Name>Purchase order</ram:Name>", ""),
                     ("ContractReferencedDocument", "OtherReferencedDocument"))  # fmt: skip
    assert document.document.kind == kind


def test_a_blanket_order_named_makes_a_release_of_an_order_without_a_name() -> None:
    document = _with(("<ram:Name>Purchase order</ram:Name>", ""), ("ContractReferenced", "BlanketOrderReferenced"))
    assert document.document.kind == "release"


def _answer(purpose: str, *lines: tuple[str, str]) -> Any:
    text = XML.replace("<ram:TypeCode>220<", "<ram:TypeCode>231<").replace(
        "<ram:PurposeCode>9<", f"<ram:PurposeCode>{purpose}<"
    )
    for number, code in lines:
        text = text.replace(
            f"<ram:LineID>{number}</ram:LineID>",
            f"<ram:LineID>{number}</ram:LineID><ram:LineStatusCode>{code}</ram:LineStatusCode>",
        )
    return only(text.encode())


@pytest.mark.parametrize(
    ("purpose", "status"),
    [("29", "accepted"), ("30", "accepted_with_changes"), ("27", "rejected"), ("12", "received")],
)
def test_an_answer_says_what_it_is_by_its_purpose(purpose: str, status: str) -> None:
    document = _answer(purpose, ("10", "5"), ("20", "7"))
    assert document.type is DocumentType.RESPONSE
    assert document.document.status is HeaderStatus(status)
    assert document.document.code == purpose
    assert [item.status for item in document.document.lines] == [LineStatus.ACCEPTED, LineStatus.REJECTED]
    assert [item.code for item in document.document.lines] == ["5", "7"]


def test_an_answer_without_a_clear_purpose_is_judged_by_its_lines_and_told() -> None:
    document = _answer("9", ("10", "7"), ("20", "7"))
    assert document.document.status is HeaderStatus.REJECTED
    assert "answer-unclear" in _codes(document)


def test_a_line_that_a_change_does_not_state_whole_is_taken_as_the_difference() -> None:
    change = XML.replace("<ram:TypeCode>220<", "<ram:TypeCode>230<").replace(
        "<ram:PurposeCode>9<", "<ram:PurposeCode>4<"
    )
    document = only(change.replace("<ram:Name>Mechanical seal MG1/28-G60</ram:Name>", "").encode())
    assert document.usable, document.findings
    assert {item.line for item in document.document.lines} == {None}
    assert document.document.lines[0].part.quantity == 100
    assert "line-in-part" in _codes(document)


INVOICE = """<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocument><ram:ID>R-1</ram:ID><ram:TypeCode>381</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20270115</udt:DateTimeString></ram:IssueDateTime>
</rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem>
<ram:SpecifiedTradeProduct><ram:Name>Seal</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement>
<ram:BuyerOrderReferencedDocument><ram:LineID>10</ram:LineID></ram:BuyerOrderReferencedDocument>
<ram:NetPriceProductTradePrice><ram:ChargeAmount>61.20</ram:ChargeAmount></ram:NetPriceProductTradePrice>
</ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery>
<ram:BilledQuantity unitCode="H87">100</ram:BilledQuantity>
</ram:SpecifiedLineTradeDelivery></ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Tecnosellos</ram:Name></ram:SellerTradeParty>
<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>4500071791</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>
</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxBasisTotalAmount>6120.00</ram:TaxBasisTotalAmount>
<ram:TaxTotalAmount currencyID="EUR">1162.80</ram:TaxTotalAmount><ram:GrandTotalAmount>7282.80</ram:GrandTotalAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""


def test_an_invoice_of_the_family_is_read_as_far_as_finance_needs_it() -> None:
    document = only(INVOICE.encode())
    assert document.type is DocumentType.INVOICE
    found = document.document
    assert (found.number, found.kind, found.order_number, str(found.total)) == (
        "R-1",
        "credit_note",
        "4500071791",
        "7282.8",
    )
    assert (found.lines[0].number, found.lines[0].quantity, found.lines[0].unit) == ("10", 100, "H87")


def test_zugferd_1_names_the_same_things_otherwise() -> None:
    old = INVOICE
    for new, name in (
        ("rsm:ExchangedDocument>", "rsm:HeaderExchangedDocument>"),
        ("rsm:SupplyChainTradeTransaction", "rsm:SpecifiedSupplyChainTradeTransaction"),
        ("ApplicableHeaderTrade", "ApplicableSupplyChainTrade"),
        ("SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation"),
        ("SpecifiedLineTrade", "SpecifiedSupplyChainTrade"),
        ("CrossIndustryInvoice", "CrossIndustryDocument"),
    ):
        old = old.replace(new, name)
    assert only(old.encode()).document == only(INVOICE.encode()).document


def test_xml_of_no_such_kind_and_no_xml_are_refused_with_the_reason() -> None:
    assert [f.code for f in FORMAT.read(b"<Order xmlns='urn:x'/>", {}).findings] == ["not-order-x"]
    assert [f.code for f in FORMAT.read(b"<a", {}).findings] == ["not-well-formed"]
    assert [f.code for f in FORMAT.read(b"", {}).findings][-1:] != []


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(mutations, min_size=1, max_size=4))
def test_damaged_xml_gives_findings_and_never_an_exception(changes: list[tuple[int, int, bytes]]) -> None:
    content = XML.encode()
    for at, gone, put in changes:
        at %= len(content) + 1
        content = content[:at] + put + content[at + gone :]
    assert 0 <= FORMAT.sniff(content) <= 100
    assert_sound(FORMAT.read(content, {}))
    assert len(FORMAT.explain(content, 30)) <= 30


def test_every_mapped_place_of_the_order_is_where_the_writer_puts_it() -> None:
    pieces = {piece.words.split(":")[0] for piece in FORMAT.explain(XML.encode(), 1000)}
    assert "supply chain trade transaction, applicable header trade settlement, order currency code" in pieces
    codes = {code for piece in FORMAT.explain(XML.encode(), 1000) for code in piece.codes}
    assert ("PurposeCode", "9", "original") in codes
    assert ("TypeCode", "220", "order") in codes


def test_sniffing_tells_the_family_from_other_xml() -> None:
    assert FORMAT.sniff(XML.encode()) == 95
    assert FORMAT.sniff(b"\xef\xbb\xbf" + INVOICE.encode()) == 95
    assert FORMAT.sniff(b"<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>") == 0
    assert FORMAT.sniff(XML.encode("utf-16")) == 95


def test_an_order_is_never_taken_for_more_than_it_says() -> None:
    found = only(XML.encode()).document
    assert isinstance(found, Order)
    assert found.revision == 1


def test_a_comma_that_may_part_thousands_is_no_number() -> None:
    xml = written(order()).replace(b"<ram:ChargeAmount>61.2<", b"<ram:ChargeAmount>1,000<")
    document = only(xml)
    assert not document.usable
    assert any(f.code == "bad-number" and "thousands" in f.text for f in document.findings)
