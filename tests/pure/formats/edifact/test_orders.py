"""ORDERS, ORDCHG and ORDRSP as partners send them: what is understood, what is forgiven, what is refused and why."""

import datetime
from decimal import Decimal

import pytest

from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import Severity
from orderwire.document.order import Order
from orderwire.document.order_change import LineAction, OrderChange
from orderwire.document.response import HeaderStatus, LineStatus, Response
from orderwire.document.states import DocumentType
from orderwire.formats import ReadDocument
from tests.pure.formats.edifact.files import FORMAT, codes, file, message

HEAD = ("BGM+220+PO-1+9", "DTM+137:20260102:102", "NAD+BY+4012345000009::9", "NAD+SU+5412345000013::9", "CUX+2:EUR:9")
LINE = ("LIN+1++4012345123456:EN", "PIA+1+A-1:IN", "IMD+F++:::Bolt", "QTY+21:10:PCE", "PRI+AAA:2.5")
TAIL = ("UNS+S", "CNT+2:1")


def read(*segments: str, kind: str = "ORDERS", version: str = "D:96A:UN:EAN008", **profile: object) -> ReadDocument:
    (found,) = FORMAT.read(file(message(*segments, kind=kind, version=version)), profile).documents
    return found


def order(*segments: str, **profile: object) -> Order:
    found = read(*segments, **profile)
    assert isinstance(found.document, Order) and found.usable, found.findings
    return found.document


def base(**new: str) -> list[str]:
    """The base order with segments replaced by tag; an empty one is left out."""
    rows = [new.get(row.split("+")[0], row) for row in (*HEAD, *LINE, *TAIL)]
    return [row for row in rows if row]


def test_a_plain_order_is_understood() -> None:
    found = order(*base())
    line = found.lines[0]
    assert (found.number, found.issued, found.currency) == ("PO-1", datetime.date(2026, 1, 2), "EUR")
    assert found.buyer.identifier("gln") == "4012345000009"
    assert (line.gtin, line.buyer_part, line.unit, line.price) == ("4012345123456", "A-1", "H87", Decimal("2.5"))
    assert read(*base()).findings == ()


def test_terms_texts_and_places_are_understood() -> None:
    found = order(
        *HEAD[:2], "DTM+2:202603011200:203", "FTX+DEL+++To gate 4:and ring", "RFF+CT:C-9", "DTM+171:20251201:102",
        *HEAD[2:4], "RFF+VA:BE0123", "CTA+OC+:Ann", "COM+ann@x.example:EM", "NAD+DP+++Plant 2+Way 1+Ulm++89073+DE",
        "TAX+7+VAT+++:::19+S", "CUX+2:EUR:9", "PAT+1++5:3:D:30", "PAT+22++5:3:D:10", "PCD+12:2", "TOD+3++DAP",
        "LOC+1+:::Ulm", "ALC+C++++FC:::Freight", "MOA+8:25", *LINE, *TAIL,
    )  # fmt: skip
    assert found.notes[0].subject == "Delivery" and found.notes[0].text == "To gate 4 and ring"
    assert (found.references[0].kind, found.references[0].date) == ("contract", datetime.date(2025, 12, 1))
    assert found.supplier.identifier("vat") == "BE0123" and found.supplier.contact is not None
    assert found.ship_to is not None and found.ship_to.address is not None and found.ship_to.address.city == "Ulm"
    terms = found.payment_terms[0]
    assert (terms.days, terms.discount_percent, terms.discount_days) == (30, Decimal(2), 10)
    assert found.incoterm is not None and (found.incoterm.code, found.incoterm.place) == ("DAP", "Ulm")
    assert (found.allowances_charges[0].amount, found.allowances_charges[0].code) == (Decimal(25), "FC")
    assert found.lines[0].taxes[0].percent == 19
    assert found.lines[0].schedules[0].requested == datetime.date(2026, 3, 1)


@pytest.mark.parametrize(
    "parts",
    [("SCC+1", "QTY+21:4:PCE", "DTM+2:20260301:102", "QTY+21:6:PCE", "DTM+2:20260401:102"),
     ("LOC+7+401::92:Ulm", "QTY+11:4", "DTM+2:20260301:102", "LOC+7+402::92:Bonn", "QTY+11:6", "DTM+2:20260401:102")],
)  # fmt: skip
def test_parts_of_a_line_are_schedules(parts: tuple[str, ...]) -> None:
    schedules = order(*HEAD, *LINE, *parts, *TAIL).lines[0].schedules
    assert [s.quantity for s in schedules] == [4, 6]
    assert [s.requested and s.requested.month for s in schedules] == [3, 4]
    assert [s.ship_to and s.ship_to.name for s in schedules] in ([None, None], ["Ulm", "Bonn"])


def test_the_numbers_of_the_two_directories_are_both_understood() -> None:
    assert order(*base(BGM="BGM+220+PO-1:2+5")).revision == 2
    assert order(*HEAD[:2], "RFF+ON:PO-1::3", *HEAD[2:], *LINE, *TAIL).revision == 3


def test_a_decimal_comma_and_a_price_for_a_hundred_are_understood() -> None:
    line = order(*base(PRI="PRI+AAA:12,50:::100:PCE")).lines[0]
    assert (line.price, line.price_basis) == (Decimal("12.5"), 100)


def test_an_amount_stands_for_a_price_that_is_not_given() -> None:
    line = order(*base(PRI="MOA+203:25")).lines[0]
    assert (line.price, line.price_basis) == (25, 10)


@pytest.mark.parametrize(
    ("new", "code"),
    [({"UNS": ""}, "uns-missing"), ({"CUX": ""}, "currency-assumed"), ({"DTM": ""}, "date-assumed"),
     ({"BGM": "BGM+220+PO-1+7"}, "function"), ({"BGM": "BGM+351+PO-1+9"}, "document-name"),
     ({"LIN": "LIN+"}, "line-number"), ({"IMD": ""}, "description"), ({"PRI": "PRI+AAB:2.5"}, "gross-price"),
     ({"BGM": "BGM+226+PO-1+9"}, "release-of-nothing"), ({"BGM": "BGM+220+PO-1+5"}, "revision-unknown"),
     ({"CNT": "MOA+79:26"}, "total-differs"), ({"CUX": "CUX+2:EUR:9'TSR+1"}, "not-kept")],
)  # fmt: skip
def test_what_is_forgiven_is_said(new: dict[str, str], code: str) -> None:
    found = read(*base(**new))
    segments = "'".join(base(**new)).count("'") + 1
    if segments != len(base(**new)):
        found = read(*"'".join(base(**new)).split("'"))
    assert isinstance(found.document, Order) and found.usable
    assert code in codes(found.findings)


@pytest.mark.parametrize(
    ("new", "where", "code"),
    [({"QTY": "QTY+21:ten:PCE"}, "segment 10 QTY element 1.2", "quantity"),
     ({"QTY": "QTY+21:10:ZQX"}, "segment 10 QTY element 1.3", "unit-unknown"),
     ({"PRI": ""}, "segment 7 LIN", "price"),
     ({"PRI": "PRI+AAA:2.5:::1:KGM"}, "segment 7 LIN", "price-unit"),
     ({"DTM": "DTM+137:20261301:102"}, "segment 3 DTM element 1.2", "bad-date"),
     ({"CUX": "CUX+2:EURO:9"}, "segment 6 CUX element 1.2", "currency"),
     ({"CNT": "CNT+2:2"}, "segment 13 CNT element 1.2", "line-count"),
     ({"BGM": "BGM+220++9"}, "segment 2 BGM element 2.1", "number-missing"),
     ({"BGM": "DTM+4:20260101:102"}, "segment 14 BGM", "segment-missing")],
)  # fmt: skip
def test_what_is_refused_names_its_place(new: dict[str, str], where: str, code: str) -> None:
    found = read(*base(**new))
    assert not found.usable
    assert (code, where) in {(f.code, f.where) for f in found.findings}, found.findings


def test_parts_that_exceed_the_line_are_refused() -> None:
    found = read(*HEAD, *LINE, "SCC+1", "QTY+21:11:PCE", *TAIL)
    assert "schedule-sum" in codes(found.findings) and not found.usable


def test_only_the_broken_message_is_refused_and_its_neighbors_go_on() -> None:
    good, bad = message(*base(), kind="ORDERS"), message(*base(PRI=""), kind="ORDERS", control="2")
    first, second, third = FORMAT.read(file(good, bad, message(*base(), kind="ORDERS", control="3")), {}).documents
    assert (first.usable, second.usable, third.usable) == (True, False, True)


def test_a_sub_line_is_not_ordered_twice() -> None:
    found = read(*HEAD, *LINE, "LIN+2++4012345123463:EN+1:1", "QTY+21:5:PCE", *TAIL)
    assert isinstance(found.document, Order) and len(found.document.lines) == 1
    assert "sub-line" in codes(found.findings)


def test_an_orders_with_function_1_is_a_cancellation() -> None:
    found = read(*base(BGM="BGM+220+PO-1+1"))
    assert found.type is DocumentType.CANCELLATION and isinstance(found.document, Cancellation)


CHANGE = ("BGM+230+CH-1+4", "DTM+137:20260110:102", "FTX+CHG+++Need less", "RFF+ON:PO-1", "RFF+PP:2")


def test_a_change_says_what_becomes_of_lines() -> None:
    found = read(
        *CHANGE, "LIN+1+3", "QTY+21:4:EA", "LIN+2+2", "LIN+3+1++", "PIA+5+A-9:IN", "IMD+F++:::Nut", "QTY+21:5:EA",
        "PRI+AAA:1", "UNS+S", kind="ORDCHG",
    )  # fmt: skip
    change = found.document
    assert isinstance(change, OrderChange) and found.usable, found.findings
    assert (change.order_number, change.number, change.sequence, change.form) == ("PO-1", "CH-1", 2, "delta")
    assert change.reason == "Need less" and change.head is None
    first, second, third = change.lines
    assert first.part is not None and first.part.quantity == 4 and first.code == "3"
    assert second.action is LineAction.DELETED and second.part is None
    assert third.line is not None and third.line.description == "Nut"


def test_a_change_with_an_order_name_and_no_order_reference_is_understood() -> None:
    found = read("BGM+220+PO-1+4", "DTM+137:20260110:102", "LIN+1+2", "UNS+S", kind="ORDCHG")
    assert isinstance(found.document, OrderChange) and found.document.order_number == "PO-1"


def test_an_added_line_must_be_stated_whole() -> None:
    found = read(*CHANGE, "LIN+9+1", "QTY+21:5:EA", "UNS+S", kind="ORDCHG")
    assert "line-incomplete" in codes(found.findings) and not found.usable


def test_part_of_a_header_changes_only_that() -> None:
    found = read(*CHANGE, "NAD+DP+++Plant 3", "LIN+1+2", "UNS+S", kind="ORDCHG").document
    assert isinstance(found, OrderChange) and found.head is None and found.head_part is not None
    assert found.head_part.ship_to is not None and found.head_part.buyer is None


def test_a_cancellation_names_the_order() -> None:
    found = read("BGM+230+CN-1+1", "DTM+137:20260110:102", "RFF+ON:PO-1", "UNS+S", kind="ORDCHG")
    assert found.type is DocumentType.CANCELLATION
    assert isinstance(found.document, Cancellation) and found.document.order_number == "PO-1"


def answer(bgm: str, *lines: str) -> Response:
    found = read(bgm, "DTM+137:20260110:102", "RFF+ON:PO-1", "NAD+SU+5412345000013::9", *lines, "UNS+S", kind="ORDRSP")
    assert isinstance(found.document, Response) and found.usable, found.findings
    return found.document


@pytest.mark.parametrize(
    ("bgm", "status", "code"),
    [("BGM+231+A-1+29", "accepted", "29"), ("BGM+231+A-1+4", "accepted_with_changes", "4"),
     ("BGM+231+A-1+27", "rejected", "27"), ("BGM+231+A-1+9+AP", "accepted", "9:AP"),
     ("BGM+231+A-1+9+RE", "rejected", "9:RE"), ("BGM+231+A-1+9+CA", "accepted_with_changes", "9:CA"),
     ("BGM+231+A-1+9", "received", "9"), ("BGM+231+A-1+30", "accepted_with_changes", "30")],
)  # fmt: skip
def test_the_answer_as_a_whole_keeps_its_code(bgm: str, status: str, code: str) -> None:
    found = answer(bgm)
    assert (found.status, found.code) == (HeaderStatus(status), code)


def test_a_line_promised_in_parts_has_several_answers_and_the_rest_is_back_ordered() -> None:
    lines = answer(
        "BGM+231+A-1+4", "LIN+1+3", "QTY+21:10:EA", "QTY+83:3:EA", "PRI+AAA:3", "SCC+1", "QTY+113:4:EA",
        "DTM+69:20260301:102", "QTY+113:3:EA", "DTM+69:20260401:102",
    ).lines  # fmt: skip
    assert [(line.status, line.quantity) for line in lines] == [(LineStatus.CHANGED, 4), (LineStatus.CHANGED, 3)]
    lines = answer("BGM+231+A-1+4", "LIN+1+3", "QTY+113:7:EA", "QTY+83:3:EA", "FTX+ACD+++Out of stock").lines
    assert [(line.status, line.quantity) for line in lines] == [(LineStatus.CHANGED, 7), (LineStatus.BACKORDERED, 3)]
    assert {line.reason for line in lines} == {"Out of stock"}


def test_the_line_of_the_order_counts_and_not_that_of_the_answer() -> None:
    (line,) = answer("BGM+231+A-1+4", "LIN+1+6++4012345123456:EN", "QTY+12:5:EA", "RFF+ON:PO-1:30").lines
    assert (line.number, line.quantity, line.code) == ("30", 5, "6")


def test_a_substitute_and_the_reason_for_it_are_understood() -> None:
    (line,) = answer("BGM+231+A-1+4", "LIN+1+3", "PIA+3+S-2:SA", "QTY+113:5:EA", "AJT+49", "PRI+AAA:7:::10").lines
    assert (line.status, line.substitute_part, line.price, line.price_basis) == (LineStatus.SUBSTITUTED, "S-2", 7, 10)
    assert line.reason == "Substitute product (AJT 49)"


def test_accepted_over_a_rejected_line_is_accepted_with_changes() -> None:
    found = read("BGM+231+A-1+29", "DTM+137:20260110:102", "RFF+ON:PO-1", "LIN+1+7", "UNS+S", kind="ORDRSP")
    assert isinstance(found.document, Response)
    assert found.document.status is HeaderStatus.ACCEPTED_WITH_CHANGES
    assert "mixed-answer" in codes(found.findings)


def test_charges_of_an_answer_add_up_and_those_of_a_line_or_in_percent_are_told() -> None:
    head = ("BGM+231+A-1+29", "DTM+137:20260110:102", "RFF+ON:PO-1")
    charges = ("ALC+C", "MOA+8:5", "ALC+C", "MOA+23:2.5")
    for whole, line in ((charges, ("ALC+C", "MOA+8:9")), ((*charges, "ALC+C", "PCD+2:3"), ())):
        found = read(*head, *whole, "LIN+1+5", *line, "UNS+S", kind="ORDRSP")
        assert isinstance(found.document, Response) and found.document.charge == Decimal("7.5")
        (told,) = [f for f in found.findings if f.where.endswith("ALC")]
        assert (told.code, told.severity) == ("not-kept", Severity.WARNING)


def test_an_answer_that_names_no_order_is_refused() -> None:
    found = read("BGM+231+A-1+29", "DTM+137:20260110:102", "UNS+S", kind="ORDRSP")
    assert "number-missing" in codes(found.findings) and not found.usable


def test_each_segment_is_explained_with_its_codes_in_words() -> None:
    pieces = FORMAT.explain(file(message(*base(), kind="ORDERS"), message(*base(), kind="ORDERS", control="2")), 100)
    by_place = {(piece.document, piece.place): piece for piece in pieces}
    bgm = by_place[0, "segment 2"]
    assert bgm.codes == (("BGM 1001", "220", "order"), ("BGM 1225", "9", "original"))
    assert by_place[1, "segment 10"].words == "quantity: ordered, 10 PCE"
    assert pieces[0].document is None and pieces[-1].text.startswith("UNZ")
    assert "not a code that we know" in FORMAT.explain(file(message("BGM+999", kind="ORDERS")), 9)[2].codes[0]
