"""The 850 as partners send it: what is kept, what is checked, and what the 997 answers."""

import datetime
from decimal import Decimal

import pytest

from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import Severity
from orderwire.document.order import Order
from orderwire.document.order_change import LineAction, OrderChange
from orderwire.document.states import DocumentType
from orderwire.document.terms import AllowanceCharge, Incoterm, Note, Reference, Tax, TermsPart
from orderwire.formats import ReadDocument
from tests.pure.formats.x12.support import BASE, FORMAT, codes, interchange, message, order_file, replaced, without


def read(*segments: str, version: str = "004010") -> ReadDocument:
    (found,) = FORMAT.read(interchange(message(*segments), version=version), {}).documents
    return found


def order(*segments: str) -> Order:
    found = read(*segments)
    assert isinstance(found.document, Order), found.findings
    return found.document


FULL = (
    "BEG*00*NE*PO-9**20260102*C-77", "CUR*BY*EUR", "REF*RQ*R-5**LI>3", "PER*BD*Ann Buyer*TE*555*EM*ann@buyer.example",
    "FOB*DF*OR*Rotterdam*01*FCA", "SAC*C*D240***1250**********Freight", "ITD*08*3*2**10**30", "DTM*002*20260301",
    "N9*L1*NOTE*Packing", "MSG*Use pallets.", "MSG*Stack two high", "MSG*at most.*LC",
    "N1*BY*Buyer Inc*UL*4012345000009", "N3*Street 1*Gate 2", "N4*Köln*NW*50667*DEU", "REF*VX*DE123",
    "N1*SE*Seller Ltd*1*123456789", "N1*ST*Plant*92*P1", "N1*BT*Accounts",
    "PO1*10*100*EA*250*HP*BP*A-1*VP*V-1*UP*012345678905*MG*M-1", "PID*F*08***Bolt M8", "TXI*VA**19",
    "SAC*A*C310****6*5", "SCH*60*EA***002*20260310", "SCH*40*EA***002*20260410",
    "PO1*20*3*CA*8", "PID*F****Nut", "N1*ST*Other plant*92*P2", "CTT*2*103", "AMT*TT*12",
)  # fmt: skip


def test_a_full_order_keeps_what_it_says() -> None:
    found = order(*FULL)
    assert (found.number, found.currency, found.issued) == ("PO-9", "EUR", datetime.date(2026, 1, 2))
    assert found.references == (
        Reference(kind="contract", number="C-77"),
        Reference(kind="requisition", number="R-5", line="3"),
    )
    assert found.incoterm == Incoterm(code="FCA", place="Rotterdam")
    assert found.allowances_charges == (
        AllowanceCharge(kind="charge", amount=Decimal("12.5"), code="FC", reason="Freight"),
    )
    assert found.payment_terms == (TermsPart(days=30, discount_percent=Decimal(2), discount_days=10),)
    assert found.notes == (Note(text="Use pallets.\nStack two high at most.", subject="Packing"),)
    buyer = found.buyer
    assert buyer.identifier("gln") == "4012345000009" and buyer.identifier("vat") == "DE123"
    assert buyer.address is not None and buyer.address.lines == ("Street 1", "Gate 2") and buyer.address.country == "DE"
    assert buyer.contact is not None and buyer.contact.email == "ann@buyer.example"
    assert found.supplier.identifier("duns") == "123456789"
    first, second = found.lines
    assert (first.price, first.price_basis, first.gtin, first.buyer_part) == (250, 100, "012345678905", "A-1")
    assert first.references == (Reference(kind="other", number="M-1", code="item:MG"),)
    assert first.taxes == (Tax(percent=Decimal(19)),)
    assert first.allowances_charges == (AllowanceCharge(kind="allowance", percent=Decimal(5), code="95"),)
    assert [s.requested for s in first.schedules] == [datetime.date(2026, 3, 10), datetime.date(2026, 4, 10)]
    assert second.unit == "XCS" and second.schedules[0].requested == datetime.date(2026, 3, 1)
    assert second.schedules[0].ship_to is not None and second.schedules[0].ship_to.identifier("buyer") == "P2"


def test_totals_that_do_not_add_up_are_a_warning() -> None:
    found = read(*FULL)
    assert [f.severity for f in found.findings if f.code == "total-differs"] == [Severity.WARNING]
    assert found.usable


@pytest.mark.parametrize(
    ("segments", "where", "code"),
    [
        (without("BEG"), "segment 9 BEG", "segment-missing"),
        (without("PO1", "PID", "CTT"), "segment 7 PO1", "segment-missing"),
        (replaced(BEG="BEG*00*SA***20260102"), "segment 2 BEG03", "number-missing"),
        (replaced(BEG="BEG*00*SA*PO-1**20261332"), "segment 2 BEG05", "bad-date"),
        (replaced(BEG="BEG*99*SA*PO-1**20260102"), "segment 2 BEG01", "purpose"),
        (replaced(CUR="CUR*BY*QQQ"), "segment 3 CUR02", "currency"),
        (replaced(PO1="PO1*1*10*QQ*2.5"), "segment 6 PO103", "unit-unknown"),
        (replaced(PO1="PO1*1**EA*2.5"), "segment 6 PO102", "quantity"),
        (replaced(PO1="PO1*1*1O*EA*2.5"), "segment 6 PO102", "quantity"),
        (replaced(PO1="PO1*1*-10*EA*2.5"), "segment 6 PO102", "quantity"),
        (replaced(PO1="PO1*1*10*EA*2,5"), "segment 6 PO104", "bad-number"),
        (replaced(PO1="PO1*1*10*EA"), "segment 6 PO104", "price"),
        (replaced(CTT="CTT*2*10"), "segment 8 CTT01", "line-count"),
        (replaced(CTT="CTT*1*11"), "segment 8 CTT02", "hash-total"),
        ([*BASE[:6], "SCH*11*EA***002*20260301", *BASE[6:]], "segment 6 PO102", "schedule-sum"),
        ([*BASE[:6], "SCH*10*KG***002*20260301", *BASE[6:]], "segment 8 SCH02", "schedule-unit"),
        ([*BASE[:6], "SCH*10*EA***002*2026031", *BASE[6:]], "segment 8 SCH06", "bad-date"),
        ([*BASE[:6], "SAC*C*D240***x", *BASE[6:]], "segment 8 SAC05", "allowance-amount"),
        ([*BASE[:4], BASE[4], BASE[4], "CTT*2*20"], "lines", "value-error"),
        (["BEG*00*SA*PO-1**20260102", *BASE], "segment 3 BEG", "segment-twice"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(segments: list[str], where: str, code: str) -> None:
    result = FORMAT.read(order_file(*segments), {})
    (found,) = result.documents
    assert not found.usable
    errors = {(f.where, f.code) for f in found.findings if f.severity is Severity.ERROR}
    assert (where, code) in errors or (code == "value-error" and code in codes(found.findings)), errors
    assert result.acks[0][0].transactions[0].code == "R"


@pytest.mark.parametrize(
    ("segments", "code"),
    [
        (without("CUR"), "currency-assumed"),
        (without("N1"), "party-assumed"),
        (replaced(PO1="PO1**10*EA*2.5"), "line-number"),
        (replaced(PO1="PO1*1*10*EA*2.5*Q9"), "price-basis"),
        (replaced(PO1="PO1*1*10*DZN*2.5"), "unit-foreign"),
        (replaced(BEG="BEG*07*SA*PO-1**20260102"), "purpose"),
        (replaced(BEG="BEG*00*QQ*PO-1**20260102"), "order-kind"),
        (replaced(AMT="AMT*TT*99"), "total-differs"),
        ([*BASE[:2], "SAC*C*D240***12.50", *BASE[2:7]], "implied-decimals"),
    ],
)
def test_what_can_be_lived_with_is_a_warning(segments: list[str], code: str) -> None:
    found = read(*segments)
    assert found.usable, found.findings
    assert code in {f.code for f in found.findings if f.severity is Severity.WARNING}


def test_the_997_names_segment_and_element() -> None:
    result = FORMAT.read(order_file(*replaced(PO1="PO1*1*10*QQ*2.5")), {})
    (status,) = result.acks[0][0].transactions
    assert status.error_codes == ("5",)
    (segment,) = status.errors
    assert (segment.segment, segment.position, segment.code) == ("PO1", 6, "8")
    assert [(e.position, e.code, e.value) for e in segment.elements] == [(3, "7", "QQ")]


def test_a_hash_total_of_digits_alone_is_accepted() -> None:
    assert read(*replaced(PO1="PO1*1*2.5*EA*10", CTT="CTT*1*25")).usable
    assert read(*replaced(PO1="PO1*1*2.5*EA*10", CTT="CTT*1*2.5")).usable


def test_dates_of_early_releases_have_two_digits_for_the_year() -> None:
    found = read(*replaced(BEG="BEG*00*SA*PO-1**980102"), version="003010")
    assert isinstance(found.document, Order) and found.document.issued == datetime.date(1998, 1, 2)


def test_a_release_names_its_blanket_order() -> None:
    found = order(*replaced(BEG="BEG*00*RL*BO-5*17*20260102"))
    assert (found.kind, found.number, found.release_number) == ("release", "BO-5-17", "17")
    assert found.references == (Reference(kind="blanket", number="BO-5"),)
    assert order(*replaced(BEG="BEG*00*BK*BO-5**20260102")).kind == "blanket"


def test_bare_segments_that_have_no_place_are_named_once() -> None:
    found = read(*BASE[:2], "TD5****X", "TD5****Y", *BASE[2:])
    assert [(f.where, f.severity) for f in found.findings if f.code == "not-kept"] == [("segment 4 TD5", Severity.INFO)]


@pytest.mark.parametrize("purpose", ["01", "03", "17"])
def test_an_850_that_withdraws_the_order_is_a_cancellation(purpose: str) -> None:
    found = read(*replaced(BEG=f"BEG*{purpose}*SA*PO-1**20260102"), "N9*ZZ*NOTE", "MSG*Plant closed")
    assert found.usable and found.type is DocumentType.CANCELLATION
    assert isinstance(found.document, Cancellation)
    assert (found.document.order_number, found.document.code) == ("PO-1", purpose)
    assert found.document.order_issued == datetime.date(2026, 1, 2) and found.document.currency == "USD"
    assert found.document.buyer is not None and found.document.reason == "Plant closed"
    assert {"purpose", "lines-not-kept"} <= codes(found.findings)


def test_an_850_that_adds_lines_is_a_change_that_leaves_the_others() -> None:
    found = read(*replaced(BEG="BEG*02*SA*PO-1**20260102"))
    assert found.usable and isinstance(found.document, OrderChange)
    assert found.document.form == "delta"
    assert [(line.number, line.action) for line in found.document.lines] == [("1", LineAction.ADDED)]


def test_an_850_that_changes_is_refused_until_the_profile_says_what_its_lines_are() -> None:
    content = order_file(*replaced(BEG="BEG*04*SA*PO-1**20260102"))
    result = FORMAT.read(content, {})
    (found,) = result.documents
    assert (found.type, found.document, found.number) == (DocumentType.CHANGE, None, "PO-1")
    assert result.acks[0][0].transactions[0].error_codes == ("1",)
    for form in ("full", "delta"):
        (found,) = FORMAT.read(content, {"changed_850": form}).documents
        assert isinstance(found.document, OrderChange) and found.usable
        assert found.document.form == form and found.document.lines[0].action is None
        assert found.document.head is not None and found.document.lines[0].line is not None


@pytest.mark.parametrize("purpose", ["05", "06", "07", "15", "16", "18", "22", "24"])
def test_every_other_purpose_opens_a_whole_order(purpose: str) -> None:
    found = read(*replaced(BEG=f"BEG*{purpose}*SA*PO-1**20260102"))
    assert found.usable and isinstance(found.document, Order)
    assert ("purpose" if purpose != "05" else "revision-unknown") in codes(found.findings)


@pytest.mark.parametrize(
    ("code", "kind", "severity"),
    [("SA", "standard", None), ("NE", "standard", None), ("KN", "standard", None), ("BK", "blanket", None),
     ("BE", "blanket", None), ("KB", "blanket", None), ("DS", "standard", Severity.INFO),
     ("CF", "standard", Severity.WARNING), ("IN", "standard", Severity.WARNING), ("CP", "standard", Severity.WARNING),
     ("RR", "standard", Severity.WARNING), ("TR", None, Severity.ERROR)],
)  # fmt: skip
def test_every_kind_of_order_is_understood(code: str, kind: str | None, severity: Severity | None) -> None:
    found = read(*replaced(BEG=f"BEG*00*{code}*PO-1**20260102"))
    assert found.usable is (kind is not None)
    if found.usable:
        assert isinstance(found.document, Order) and found.document.kind == kind
    assert [f.severity for f in found.findings if f.code == "order-kind"] == ([severity] if severity else [])


@pytest.mark.parametrize("codes_", [("007", "036"), ("092", "093"), ("196", "197")])
def test_a_blanket_order_says_how_long_it_may_be_drawn_on(codes_: tuple[str, str]) -> None:
    rows = [f"DTM*{codes_[0]}*20260101", f"DTM*{codes_[1]}*20261231"]
    found = order("BEG*00*BK*BO-5**20260102", *BASE[1:2], *rows, *BASE[2:])
    assert (found.valid_from, found.valid_to) == (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
    twice = read("BEG*00*BK*BO-5**20260102", *BASE[1:2], *rows, rows[0], *BASE[2:])
    assert twice.usable and "not-kept" in codes(twice.findings)


def test_a_profile_can_name_units_of_its_own() -> None:
    content = order_file(*replaced(PO1="PO1*1*10*QQ*2.5"))
    (found,) = FORMAT.read(content, {"units": {"KGM": "QQ"}}).documents
    assert isinstance(found.document, Order) and found.document.lines[0].unit == "KGM"
