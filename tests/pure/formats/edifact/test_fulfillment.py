"""DESADV and RECADV: what is on its way, what arrived, and of which line of which order."""

import datetime
from decimal import Decimal

import pytest

from orderwire.document.fulfillment import Receipt, ReceivedLine, ShipNotice, ShippedLine
from orderwire.formats import ReadDocument
from tests.pure.formats.edifact.files import FORMAT, NOTICE, codes, file, message, notice


def _read(*segments: str, kind: str = "DESADV") -> ReadDocument:
    (found,) = FORMAT.read(file(message(*segments, kind=kind)), {}).documents
    return found


def _notice(*segments: str) -> ShipNotice:
    document = _read(*segments).document
    assert isinstance(document, ShipNotice)
    return document


def _line(*segments: str) -> ShippedLine:
    """The line of a ship notice whose LIN is followed by these segments."""
    return _notice("BGM+351+DA-1+9", "RFF+ON:PO-1", "CPS+1", "LIN+1++4012345123456:EN", *segments).lines[0]


def _received(*segments: str) -> ReceivedLine:
    head = ("BGM+632+RA-1+9", "DTM+50:20261130:102", "RFF+ON:PO-1", "RFF+AAK:DA-1", "CPS+1", "LIN+1++A-1:IN")
    document = _read(*head, *segments, kind="RECADV").document
    assert isinstance(document, Receipt)
    assert (document.ship_notice, document.received) == ("DA-1", datetime.date(2026, 11, 30))
    return document.lines[0]


def test_a_ship_notice_names_its_dates_parties_and_line() -> None:
    found = _notice(*NOTICE)
    assert (found.number, found.order_number, found.code) == ("DA-1", "PO-1", "9")
    assert (found.issued, found.shipped, found.expected) == (
        datetime.date(2026, 11, 22),
        datetime.date(2026, 11, 23),
        datetime.date(2026, 11, 25),
    )
    assert found.supplier and found.supplier.identifier("gln") == "4012345000094"
    assert found.lines == (ShippedLine(number="7", gtin="4012345123456", quantity=Decimal(10), unit="H87"),)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (("DTM+132:20261201:102", "DTM+17:20261202:102"), datetime.date(2026, 12, 2)),
        (("DTM+2:20261203:102", "DTM+132:20261201:102"), datetime.date(2026, 12, 1)),
        (("DTM+2:202612031200:203",), datetime.date(2026, 12, 3)),
        ((), None),
    ],
)
def test_the_best_of_several_dates_counts(dates: tuple[str, ...], expected: datetime.date | None) -> None:
    assert _notice("BGM+351+1+9", *dates, "RFF+ON:PO-1").expected == expected


def test_several_orders_stand_on_their_lines_and_one_order_on_the_document() -> None:
    lines = ("LIN+1++A:IN", "QTY+12:1", "RFF+ON:PO-1:1", "LIN+2++B:IN", "QTY+12:2", "RFF+ON:PO-{}:2")
    two = _notice("BGM+351+1+9", *(s.format(2) for s in lines))
    assert two.order_number is None
    assert [(line.order_number, line.number) for line in two.lines] == [("PO-1", "1"), ("PO-2", "2")]
    one = _notice("BGM+351+1+9", *(s.format(1) for s in lines))
    assert one.order_number == "PO-1"
    assert [(line.order_number, line.number) for line in one.lines] == [(None, "1"), (None, "2")]


def test_two_orders_in_the_head_are_told() -> None:
    found = _read("BGM+351+1+9", "RFF+ON:PO-1", "RFF+ON:PO-2", "LIN+1++A:IN", "QTY+12:1")
    assert found.usable and "several-orders" in codes(found.findings)


def test_numbers_of_handling_units_and_transport_are_tracking() -> None:
    found = _notice(
        "BGM+351+1+9", "RFF+ON:PO-1", "RFF+CN:1Z999", "TDT+20+TRIP9+30+31+:::Fast Freight", "CPS+1", "PAC+1++201",
        "PCI+33E", "GIN+BJ+340123450000000018+340123450000000025", "GIN+ML+label",
    )  # fmt: skip
    assert found.tracking == ("1Z999", "TRIP9", "340123450000000018", "340123450000000025")
    assert (found.carrier, found.packages) == ("Fast Freight", 1)


@pytest.mark.parametrize(
    ("segments", "packages"),
    [
        (("CPS+1", "PAC+2++201", "CPS+2+1", "PAC+12++CT", "CPS+3+1", "PAC+12++CT"), 2),
        (("CPS+1", "CPS+2+1", "PAC+3++CT", "CPS+3+1", "PAC+4++CT"), 7),
        (("CPS+1++3", "PAC+1", "CPS+2++1", "PAC+3", "CPS+4++3", "PAC+1"), 2),
        (("CPS+1", "PAC+2", "CNT+11:9"), 9),
        (("CPS+1", "CPS+1+1", "PAC+2"), 2),
        ((), None),
    ],
)
def test_packages_are_counted_on_the_outermost_level(segments: tuple[str, ...], packages: int | None) -> None:
    assert _notice("BGM+351+1+9", "RFF+ON:PO-1", *segments).packages == packages


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (("QTY+12:8:KGM", "QTY+21:10:KGM", "QTY+83:2:KGM"), {"ordered": "10", "open": "2", "unit": "KGM"}),
        (("QTY+12:8", "QVR+-2:21+BP"), {"open": "2"}),
        (("QTY+12:8", "QVR+-2:21+CP"), {"open": None}),
        (("QTY+59:12", "QTY+12:8"), {"ordered": None}),
        (("QTY+46:8",), {}),
    ],
)
def test_quantities_of_a_line_by_their_qualifier(segments: tuple[str, ...], expected: dict[str, str | None]) -> None:
    said = _line(*segments).model_dump(mode="json")
    assert said["quantity"] == "8"
    assert {name: said[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("segments", "field", "value"),
    [
        (("GIN+BX+L-7",), "lot", "L-7"),
        (("RFF+BT:L-8",), "lot", "L-8"),
        (("PIA+1+L-9:NB",), "lot", "L-9"),
        (("PIA+5+V-1:SA+B-1:IN",), "supplier_part", "V-1"),
        (("PIA+1+30:PL",), "number", "30"),
        (("RFF+LI:40",), "number", "40"),
        (("ALI+CN",), "country_of_origin", "CN"),
        (("LOC+27+IT",), "country_of_origin", "IT"),
        (("IMD+F++:::Bolt:M8",), "description", "Bolt M8"),
        (("RFF+RE:R-2",), "release_number", "R-2"),
    ],
)
def test_what_a_line_says_of_itself(segments: tuple[str, ...], field: str, value: str | None) -> None:
    assert getattr(_line(*segments, "QTY+12:1"), field) == value


def test_a_release_of_all_lines_stands_on_the_document() -> None:
    found = _notice("BGM+351+1+9", "LIN+1++A:IN", "QTY+12:1", "RFF+ON:PO-1:1", "RFF+RE:R-2")
    assert (found.order_number, found.release_number) == ("PO-1", "R-2")


def test_a_line_that_nothing_names_goes_by_its_place() -> None:
    found = _read("BGM+351+1+9", "RFF+ON:PO-1", "LIN+3", "QTY+12:1")
    assert isinstance(found.document, ShipNotice)
    assert found.document.lines[0].number == "3"
    assert "line-number" in codes(found.findings)


@pytest.mark.parametrize(
    ("segments", "code"),
    [
        (("DTM+137:20261122:102", "RFF+ON:1"), "segment-missing"),
        (("BGM+351++9", "RFF+ON:1"), "missing"),
        (("BGM+351+1+9",), "segment-missing"),
        (("BGM+351+1+9", "LIN+1++A:IN"), "no-quantity"),
        (("BGM+351+1+9", "LIN+1++A:IN", "QTY+12:-1"), "bad-number"),
        (("BGM+351+1+9", "LIN+1++A:IN", "QTY+12:1:QQQ"), "unit-unknown"),
        (("BGM+351+1+9", "LIN+1++A:IN", "QTY+12:1", "CNT+2:2"), "line-count"),
    ],
)
def test_a_ship_notice_that_cannot_be_relied_on_is_refused(segments: tuple[str, ...], code: str) -> None:
    found = _read(*segments)
    assert not found.usable
    assert code in codes(found.findings)


def test_a_ship_notice_that_takes_itself_back_is_told_and_a_test_is_one() -> None:
    canceled = _read("BGM+351+1+1", "RFF+ON:PO-1")
    assert canceled.usable and "function" in codes(canceled.findings)
    assert _notice("BGM+351+1+53", "RFF+ON:PO-1").test


def test_a_bad_date_and_a_nameless_party_are_told_and_left_out() -> None:
    found = _read(*("DTM+11:20261399:102" if s.startswith("DTM+11") else s for s in NOTICE), "NAD+CA")
    assert isinstance(found.document, ShipNotice) and found.document.shipped is None
    assert {"bad-date"} <= codes(found.findings)


@pytest.mark.parametrize(
    ("segments", "received", "rejected", "code"),
    [
        (("QTY+48:10", "QTY+195:2"), "10", "2", None),
        (("QTY+194:8", "QTY+195:2", "QTY+196:1"), "11", "3", None),
        (("QTY+194:8", "QTY+124:2"), "10", "2", None),
        (("QTY+12:10", "QVR+-2:12+AF"), "8", None, "AF"),
        (("QTY+48:10", "QVR+-3:195+AF"), "10", "3", "AF"),
        (("QTY+12:10",), "10", None, None),
        (("QTY+12:1", "QVR+-2:12+AC"), "0", None, "AC"),
    ],
)
def test_what_arrived_and_what_is_refused(
    segments: tuple[str, ...], received: str, rejected: str | None, code: str | None
) -> None:
    said = _received(*segments).model_dump(mode="json")
    assert (said["received"], said["rejected"], said["code"]) == (received, rejected, code)


def test_a_discrepancy_says_its_reason_in_words() -> None:
    assert _received("QTY+48:10", "QVR+-3:195+AF+:::wet boxes").reason == "arrived damaged; wet boxes"


def test_a_receipt_without_a_quantity_is_refused() -> None:
    found = _read("BGM+632+RA-1+9", "LIN+1++A:IN", "QTY+21:4", kind="RECADV")
    assert not found.usable and "no-quantity" in codes(found.findings)


def test_a_ship_notice_is_known_again_by_its_interchange() -> None:
    (found,) = FORMAT.read(file(notice()), {}).documents
    assert found.identity is not None
    assert (found.identity.sender, found.identity.receiver, found.identity.control) == (
        "4012345000094",
        "5412345000176",
        "4711",
    )
