"""What retailers, car makers and distributors put into an order beside the plain case: nothing of weight is lost."""

import datetime
from decimal import Decimal

import pytest

from orderwire.document.finding import Severity
from orderwire.document.fulfillment import Invoice
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import Response
from orderwire.document.terms import Note, TermsPart
from orderwire.formats import ReadDocument
from tests.pure.formats.x12.support import BASE, FORMAT, codes, interchange, message

HEAD, LINE, PID = BASE[:4], BASE[4], BASE[5]
MARCH = datetime.date(2026, 3, 5)


def read(*segments: str, kind: str = "850", group: str = "PO", beg: str = "") -> ReadDocument:
    """One set; an 850 gets the usual header, `beg` in place of its BEG."""
    head = (beg or HEAD[0], *HEAD[1:]) if kind == "850" else ()
    (found,) = FORMAT.read(interchange(message(*head, *segments, kind=kind), group=group), {}).documents
    return found


def order(*segments: str, beg: str = "") -> Order:
    found = read(*segments, beg=beg)
    assert isinstance(found.document, Order) and found.usable, found.findings
    return found.document


def warned(found: ReadDocument) -> set[str]:
    """The codes of warnings, without the currency that is assumed."""
    return {f.code for f in found.findings if f.severity is Severity.WARNING}


def test_quantities_by_store_become_schedules_with_their_place() -> None:
    (line,) = order("DTM*002*20260305", LINE, PID, "SDQ*EA*92*0012*4*0034*5", "SDQ*EA*54*0056*1*0078*0").lines
    assert [(s.quantity, s.requested, s.ship_to and s.ship_to.name) for s in line.schedules] == [
        (4, MARCH, "0012"), (5, MARCH, "0034"), (1, MARCH, "0056"),
    ]  # fmt: skip
    first, _, last = (s.ship_to for s in line.schedules)
    assert first is not None and first.identifier("buyer") == "0012"
    assert last is not None and last.identifier("n103:54") == "0056"


@pytest.mark.parametrize(
    "segments",
    [
        ("SDQ*EA*92*0012*4",), ("SDQ*CA*92*0012*10",), ("SDQ*EA*92*0012*x*0013*10",), ("SDQ*EA*92*0012",),
        ("SDQ*EA*92*0012*10", "SCH*10*EA***002*20260305"), ("SDQ*EA*ü*0012*10",),
    ],
)  # fmt: skip
def test_quantities_by_store_that_do_not_fit_the_line_are_a_warning(segments: tuple[str, ...]) -> None:
    found = read(LINE, PID, *segments)
    assert isinstance(found.document, Order)
    assert "places-differ" in warned(found)
    assert [s.ship_to for s in found.document.lines[0].schedules] == [None]


def test_a_change_takes_quantities_by_store() -> None:
    found = read("BCH*04*SA*PO-1***20260102", "POC*1*QI*10**EA*2.5**BP*A", "SDQ*EA*92*1*4*2*6", kind="860", group="PC")
    assert isinstance(found.document, OrderChange)
    (change,) = found.document.lines
    assert change.line is not None and len(change.line.schedules) == 2
    part = read("BCH*04*SA*PO-1***20260102", "POC*1*QI*10**EA", "SDQ*EA*92*1*4*2*6", kind="860", group="PC")
    assert part.usable and "not-kept" in warned(part)


@pytest.mark.parametrize(
    ("unit", "code", "basis"),
    [
        ("EA", "TM", 1000), ("EA", "QS", 1000), ("EA", "TC", 100), ("EA", "TT", 10000), ("EA", "PD", 12),
        ("DZ", "PD", 1), ("LB", "PP", 1), ("FT", "HF", 100), ("EA", "PE", 1),
    ],
)  # fmt: skip
def test_the_price_basis_is_that_of_the_code_and_unit(unit: str, code: str, basis: int) -> None:
    found = read(f"PO1*1*10*{unit}*2.5*{code}*BP*A", PID)
    assert isinstance(found.document, Order) and not warned(found)
    assert found.document.lines[0].price_basis == basis


@pytest.mark.parametrize("code", ["PP", "HF", "RE", "XY"])
def test_a_price_that_is_not_for_the_unit_of_the_line_is_a_warning(code: str) -> None:
    assert warned(read(f"PO1*1*10*EA*2.5*{code}*BP*A", PID)) == {"price-basis"}


def test_a_retail_price_is_not_what_the_buyer_pays() -> None:
    (line,) = order("PO1*1*10*EA***BP*A", "CTP*RS*RES*9.99", "CTP*WS*UCP*2.5", PID).lines
    assert line.price == Decimal("2.5")
    assert read("PO1*1*10*EA***BP*A", "CTP*RS*RES*9.99", PID).usable is False
    assert "price-multiplier" in warned(read("PO1*1*10*EA***BP*A", "CTP**LPR*10***DIS*.85", PID))


@pytest.mark.parametrize(
    ("dates", "requested", "notes"),
    [
        (
            ("064*20260301", "063*20260305"),
            MARCH,
            ["Do not deliver before 2026-03-01", "Do not deliver after 2026-03-05"],
        ),
        (("037*20260301", "038*20260305"), MARCH, ["Ship not before 2026-03-01", "Ship no later than 2026-03-05"]),
        (("063*20260309", "002*20260305"), MARCH, ["Do not deliver after 2026-03-09"]),
        (("002****RD8*20260301-20260305",), MARCH, ["002: from 2026-03-01 to 2026-03-05"]),
        (("002****D8*20260305",), MARCH, []),
        (("001*20260320",), None, ["Cancel after 2026-03-20"]),
    ],
)  # fmt: skip
def test_windows_of_dates_are_kept_in_header_and_line(
    dates: tuple[str, ...], requested: datetime.date | None, notes: list[str]
) -> None:
    rows = [f"DTM*{date}" for date in dates]
    header, line = order(*rows, LINE, PID), order(LINE, PID, *rows)
    assert header.lines[0].schedules[0].requested == line.lines[0].schedules[0].requested == requested
    expected = tuple(Note(text=text, subject="Dates") for text in notes)
    assert header.notes == line.lines[0].notes == expected


def test_a_period_bounds_a_blanket_order() -> None:
    found = order("DTM*007****RD8*20260101-20261231", LINE, PID, beg="BEG*00*BK*BL-1**20260102")
    assert (found.valid_from, found.valid_to) == (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))


def test_a_date_segment_without_a_date_is_a_warning() -> None:
    assert warned(read("DTM*002", LINE, PID)) == {"date-missing"}


@pytest.mark.parametrize(
    "terms",
    ["ITD*14", "ITD*12*3*****10", "ITD*08*3*2*20260201***30", "ITD*08*3*****30*500", "ITD*04*3*****30***1000"],
)
def test_terms_of_payment_that_cannot_be_kept_are_a_warning(terms: str) -> None:
    assert "terms" in warned(read(terms, LINE, PID))


def test_terms_of_payment_that_say_nothing_are_not_due_at_once() -> None:
    assert order("ITD*14", LINE, PID).payment_terms == ()
    assert order("ITD*14***********Per contract", LINE, PID).payment_terms == (TermsPart(text="Per contract"),)
    assert order("ITD*05*3*****45", LINE, PID).payment_terms == (TermsPart(days=45),)


def test_one_party_may_be_billed_and_delivered_to() -> None:
    found = order("N1*BS*Plant*92*77", LINE, PID)
    assert found.ship_to is not None and found.ship_to == found.bill_to and found.ship_to.identifier("buyer") == "77"


@pytest.mark.parametrize(
    "segments",
    [
        ("N1*ST*A*92*1", "N1*ST*B*92*2", LINE, PID), ("N1*ST*DC*92*1", "N1*Z7*Store*92*2", LINE, PID),
        ("FOB*CC", LINE, PID), ("CSH*N", LINE, PID), (LINE, PID, "SLN*1**I*2*EA*1.2"), ("TXI*ST*12.5", LINE, PID),
        (LINE, PID, "PO3*PC*20260101*CUP*2.6**10*EA"), (LINE, PID, "QTY*38*100"), (LINE, PID, "ITD*01*3*****30"),
    ],
)  # fmt: skip
def test_what_weighs_and_has_no_place_is_a_warning(segments: tuple[str, ...]) -> None:
    found = read(*segments)
    assert found.usable and warned(found) == {"not-kept"}


def test_schedules_of_another_party_of_a_line_are_kept() -> None:
    rows = ("N1*BY*Store*92*1", "SCH*4*EA***002*20260301", "N1*BY*Store*92*2", "SCH*6*EA***002*20260305")
    (line,) = order(LINE, PID, *rows).lines
    assert [(s.quantity, s.ship_to) for s in line.schedules] == [(4, None), (6, None)]


def test_a_charge_by_rate_is_counted_and_one_without_an_amount_told() -> None:
    found = read(LINE, PID, "SAC*C*B000****3**.05*EA*10", "SAC*C*D240***********FREIGHT COLLECT")
    assert isinstance(found.document, Order) and warned(found) == {"allowance-unstated"}
    assert [c.percent or c.amount for c in found.document.lines[0].allowances_charges] == [Decimal("0.5")]


def answer(*segments: str) -> ReadDocument:
    return read("BAK*00*AC*PO-1*20260102", *segments, kind="855", group="PR")


def test_dates_of_an_answer_hold_for_all_lines_a_line_or_a_part() -> None:
    first = ("PO1*1*10*EA*2", "DTM*067*20260401", "ACK*IA*10*EA", "PO1*2*5*EA*1", "ACK*IA")
    others = ("PO1*3*5*EA*1", "ACK*IB*5*EA", "DTM*371*20260305", "PO1*4*5*EA*1", "ACK*IA*5*EA*369*20260305")
    found = answer("DTM*067*20260501", *first, *others)
    assert isinstance(found.document, Response)
    assert [line.promised and line.promised.month for line in found.document.lines] == [4, 5, 3, 5]
    assert found.document.lines[3].ships == MARCH


def test_an_answer_takes_the_price_of_ctp_and_the_charge_of_sac_and_tells_of_other_prices() -> None:
    found = answer("PO1*1*10*EA", "CTP**MSR*9", "CTP**UCP*2.75", "ACK*IP*10*EA")
    assert isinstance(found.document, Response) and found.document.lines[0].price == Decimal("2.75")
    assert "not-kept" in warned(answer("PO1*1*10*EA*2", "CTP**UCP*3", "ACK*IP*10*EA"))
    charged = answer("SAC*C*D240***1250", "PO1*1*10*EA*2", "ACK*IA")
    assert isinstance(charged.document, Response) and charged.document.charge == Decimal("12.5")
    assert "not-kept" not in codes(answer("PO1*1*10*EA*2", "CTP**UCP*2", "ACK*IA").findings)


def test_an_invoice_takes_the_price_of_ctp_and_the_basis_per_thousand() -> None:
    found = read("BIG*20260301*INV-1*20260102*PO-1", "CUR*SE*USD", "IT1*1*10*EA***BP*A", "CTP**UCP*2.5",
                 "IT1*2*1000*EA*25*TM*BP*B", "TDS*5000", kind="810", group="IN")  # fmt: skip
    assert isinstance(found.document, Invoice) and not warned(found)
    first, second = found.document.lines
    assert (first.price, second.price_basis) == (Decimal("2.5"), 1000)
