"""What senders of the trade write beside the textbook: nothing that costs money or goods is lost or read wrongly."""

import datetime
from decimal import Decimal

import pytest

from orderwire.document.order import Line, Order
from orderwire.formats import ReadDocument
from orderwire.formats.edifact import order_body
from orderwire.formats.edifact.units import converted
from tests.pure.formats.edifact.files import FORMAT, codes, file, message

HEAD = ("BGM+220+PO-1+9", "DTM+137:20261122:102")
PARTIES = ("NAD+BY+1::9", "NAD+SU+2::9", "CUX+2:EUR:9")
ITEM = ("LIN+1++4012345123456:EN", "IMD+F++:::Bolt")


def _read(*segments: str, head: tuple[str, ...] = HEAD, parties: tuple[str, ...] = PARTIES) -> ReadDocument:
    (found,) = FORMAT.read(file(message(*head, *parties, *segments, "UNS+S", kind="ORDERS")), {}).documents
    return found


def _order(found: ReadDocument) -> Order:
    assert isinstance(found.document, Order) and found.usable, found.findings
    return found.document


def _line(*segments: str) -> Line:
    return _order(_read(*ITEM, *segments)).lines[0]


def test_parts_of_a_line_stand_in_the_line_itself() -> None:
    line = _line("QTY+21:30:PCE", "QTY+11:10:PCE", "DTM+2:20261201:102", "QTY+11:20:PCE", "DTM+2:20261215:102",
                 "PRI+AAA:1")  # fmt: skip
    assert [(int(part.quantity), part.requested and part.requested.day) for part in line.schedules] == [
        (10, 1),
        (20, 15),
    ]


@pytest.mark.parametrize(
    ("price", "quantity", "basis"),
    [
        ("12.5:::100:PCE", "2500:PCE", "100"),
        ("12.5::NTP:1:MIL", "2500:PCE", "1000"),
        ("12.5:::1:C62", "10:EA", "1"),
        ("3.99:::1000:GRM", "12.345:KGM", "1"),
        ("950:::1:TNE", "500:KGM", "1000"),
    ],
)
def test_a_price_in_another_unit_of_the_same_kind_is_converted(price: str, quantity: str, basis: str) -> None:
    line = _line(f"QTY+21:{quantity}", f"PRI+AAA:{price}")
    assert line.price_basis == Decimal(basis)
    assert line.price == Decimal(price.split(":")[0])


def test_a_price_that_cannot_be_converted_exactly_refuses_the_line() -> None:
    assert converted(Decimal(1), "H87", "KGM") is None
    assert converted(Decimal(1), "H87", "DZN") is None
    found = _read(*ITEM, "QTY+21:10:CT", "PRI+AAA:1.20:::1:PCE")
    assert "price-unit" in codes(found.findings) and not found.usable


def test_two_ordered_quantities_of_one_line_refuse_it() -> None:
    found = _read(*ITEM, "QTY+21:4:PCE", "PRI+AAA:1", "QTY+21:9:PCE")
    assert "quantity" in codes(found.findings) and not found.usable


def test_goods_that_come_free_stand_in_a_note() -> None:
    found = _read(*ITEM, "QTY+21:12:PCE", "QTY+192:1:PCE", "PRI+AAA:1")
    (note,) = _order(found).lines[0].notes
    assert "1 PCE" in note.text and "free-goods" in codes(found.findings)


def test_a_line_of_free_goods_alone_is_ordered_for_nothing() -> None:
    line = _line("QTY+192:1:PCE")
    assert (line.quantity, line.unit, line.price) == (1, "H87", 0)


def test_an_allowance_between_gross_and_net_price_is_not_taken_twice() -> None:
    found = _read(*ITEM, "QTY+21:4:PCE", "PRI+AAB:10", "PRI+AAA:9", "ALC+A++++TD", "PCD+1:10")
    line = _order(found).lines[0]
    assert line.price == 9 and not line.allowances_charges
    assert "TD 10 %" in line.notes[0].text and "allowance-in-price" in codes(found.findings)


@pytest.mark.parametrize("prices", [("PRI+AAA:9", "PRI+AAB:10"), ("PRI+AAB:10", "PRI+AAA:9")])
def test_a_net_price_counts_before_and_behind_a_gross_one(prices: tuple[str, str]) -> None:
    found = _read(*ITEM, "QTY+21:4:PCE", *prices)
    assert _order(found).lines[0].price == 9
    assert "gross-price" not in codes(found.findings)


@pytest.mark.parametrize(
    ("value", "day"),
    [("202649:616", "2026-11-30"), ("2649:615", "2026-11-30"), ("2612:609", "2026-12-01"), ("2612010800:301",
     "2026-12-01"), ("20261201-20261207:718", "2026-12-01")],
)  # fmt: skip
def test_days_weeks_and_months_are_read_as_their_first_day(value: str, day: str) -> None:
    assert _line("QTY+21:1:PCE", f"DTM+2:{value}", "PRI+AAA:1").schedules[0].requested == datetime.date.fromisoformat(
        day
    )


@pytest.mark.parametrize("week", ["202660", "20264", "2026xx"])
def test_a_week_that_is_none_is_told(week: str) -> None:
    assert "bad-date" in codes(_read(*ITEM, "QTY+21:1:PCE", f"DTM+2:{week}:616", "PRI+AAA:1").findings)


def test_the_first_of_two_requested_days_counts_and_the_other_is_told() -> None:
    found = _read(*ITEM, "QTY+21:1:PCE", "DTM+64:20261201:102", "DTM+63:20261210:102", "PRI+AAA:1")
    assert _order(found).lines[0].schedules[0].requested == datetime.date(2026, 12, 1)
    assert any("DTM+63" in finding.where for finding in found.findings)


def test_a_date_without_a_value_is_forgiven() -> None:
    found = _read(*ITEM, "QTY+21:1:PCE", "DTM+2::102", "PRI+AAA:1")
    assert found.usable and "date-empty" in codes(found.findings)


def test_the_count_of_lines_may_count_parts_of_lines() -> None:
    parts = ("LIN+2++4012345123456:EN+1:1", "QTY+21:2:PCE", "UNS+S", "CNT+2:2")
    assert len(_order(_read(*ITEM, "QTY+21:1:PCE", "PRI+AAA:1", *parts)).lines) == 1


def test_a_vendor_is_the_supplier() -> None:
    found = _read(*ITEM, "QTY+21:1:PCE", "PRI+AAA:1", parties=("NAD+BY+1::9", "NAD+VN+2::92++V Ltd", "CUX+2:EUR:9"))
    assert _order(found).supplier.name == "V Ltd"


def test_lines_of_an_address_that_have_no_place_are_told() -> None:
    parties = ("NAD+BY+1::9+Gate 4:Hall 2+Buyer+Street 1+City", *PARTIES[1:])
    found = _read(*ITEM, "QTY+21:1:PCE", "PRI+AAA:1", parties=parties)
    assert any("NAD C058" in finding.where for finding in found.findings)


def test_a_name_in_components_that_are_too_long_keeps_its_blanks() -> None:
    name = "A very long name of a company which is:wide"
    found = _read(*ITEM, "QTY+21:1:PCE", "PRI+AAA:1", parties=(f"NAD+BY+1::9++{name}", *PARTIES[1:]))
    assert _order(found).buyer.name == name.replace(":", " ")


def test_an_asterisk_in_syntax_four_is_text() -> None:
    unb = "UNB+UNOY:4+4012345000094:14+5412345000176:14+20261122:1405+4711"
    segments = ("LIN+1", "IMD+F++:::Plate 2*3", "QTY+21:1:PCE", "PRI+AAA:1", "UNS+S")
    (found,) = FORMAT.read(file(message(*HEAD, *PARTIES, *segments, kind="ORDERS"), unb=unb), {}).documents
    assert _order(found).lines[0].description == "Plate 2*3"


def test_a_part_of_a_message_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_body, "_MOST", 20)
    monkeypatch.setattr(order_body, "_LINES", 3)
    plain = (*ITEM, "QTY+21:1:PCE", "PRI+AAA:1")
    assert _read(*plain * 3).findings and "too-many" not in codes(_read(*plain).findings)
    assert "too-many" in codes(_read(*plain, *("ALC+C", "MOA+8:1") * 20).findings)
    assert "too-many" in codes(_read(*plain * 5).findings)


def test_an_amount_of_a_line_that_does_not_follow_from_its_price_is_told() -> None:
    wrong = _read(*ITEM, "QTY+21:10:PCE", "MOA+203:100", "PRI+AAA:10", "ALC+A++++DI", "PCD+1:10")
    right = _read(*ITEM, "QTY+21:10:PCE", "MOA+203:90", "PRI+AAA:10", "ALC+A++++DI", "PCD+1:10")
    assert "line-amount" in codes(wrong.findings) and "line-amount" not in codes(right.findings)


def _about(kind: str, *segments: str) -> ReadDocument:
    head = ("BGM+230+C-1+4", "DTM+137:20261122:102", "RFF+ON:PO-1", *PARTIES)
    (found,) = FORMAT.read(file(message(*head, *segments, "UNS+S", kind=kind)), {}).documents
    return found


@pytest.mark.parametrize(
    "said",
    [("SCC+1", "QTY+21:2:PCE", "DTM+2:20261201:102"), ("FTX+AAI+++look",), ("ALC+A++++DI", "PCD+1:5"),
     ("TAX+7+VAT+++:::19+S",), ("RFF+CT:1",), ("RFF+AWE:1",), ("NAD+DP+1::9",)],
)  # fmt: skip
def test_what_a_change_of_a_line_cannot_keep_is_told(said: tuple[str, ...]) -> None:
    found = _about("ORDCHG", "LIN+1+3", "QTY+21:2:PCE", *said)
    assert found.usable and "change-part" in codes(found.findings)


def test_a_date_for_the_whole_order_is_told_where_a_change_has_no_place_for_it() -> None:
    found = _about("ORDCHG", "DTM+2:20261201:102", "FTX+AAI+++later")
    assert found.usable and "head-date" in codes(found.findings)


def test_the_price_of_a_change_is_per_a_unit_that_it_says() -> None:
    unsure = _about("ORDCHG", "LIN+1+3", "PRI+AAA:5:::1:MIL")
    assert "price-unit" in codes(unsure.findings) and not unsure.usable
    sure = _about("ORDCHG", "LIN+1+3", "QTY+21:5:PCE", "PRI+AAA:5:::1:MIL")
    assert sure.document is not None and sure.document.model_dump()["lines"][0]["part"]["price_basis"] == "1000"
    assert _about("ORDCHG", "LIN+1+3", "PRI+AAA:5:::100:PCE").usable


@pytest.mark.parametrize(
    ("price", "basis"),
    [("5:::1:MIL", "1000"), ("5::::MIL", "1000"), ("5:::100:PCE", "100"), ("5:::3", "3"), ("5", None)],
)
def test_the_price_of_an_answer_is_for_as_many_of_its_unit_as_it_says(price: str, basis: str | None) -> None:
    found = _about("ORDRSP", "LIN+1+3", "QTY+113:1000:PCE", f"PRI+AAA:{price}")
    assert found.document is not None
    (line,) = found.document.model_dump()["lines"]
    assert (line["price"], line["price_basis"]) == ("5", basis)


def test_an_answer_priced_in_another_unit_is_refused() -> None:
    found = _about("ORDRSP", "LIN+1+3", "QTY+113:1000:PCE", "PRI+AAA:5:::1:KGM")
    assert "price-unit" in codes(found.findings) and not found.usable


def test_an_answer_cannot_be_priced_for_none() -> None:
    found = _about("ORDRSP", "LIN+1+3", "QTY+113:1000:PCE", "PRI+AAA:5:::0")
    assert "bad-number" in codes(found.findings) and not found.usable


def test_a_second_quantity_of_an_answer_is_told() -> None:
    found = _about("ORDRSP", "LIN+1+3", "QTY+113:10:PCE", "QTY+113:20:PCE")
    assert "quantity-twice" in codes(found.findings)


def test_a_note_whose_code_is_longer_than_a_subject_does_not_stop_the_file() -> None:
    head = (*HEAD, f"FTX+{'A' * 300}+++Handle with care")
    found = _read(*ITEM, "QTY+21:1:PCE", "PRI+AAA:3", head=head)
    assert [(len(note.subject or ""), note.text) for note in _order(found).notes] == [(200, "Handle with care")]


def test_two_places_of_one_name_are_told_apart_by_their_number() -> None:
    line = _line("QTY+21:2:PCE", "LOC+7+:::Hall", "QTY+11:1:PCE", "LOC+7+4012345000009::9:Hall", "QTY+11:1:PCE",
                 "PRI+AAA:1", "NAD+DP+4012345000009::9++Hall")  # fmt: skip
    assert [bool(part.ship_to and part.ship_to.identifiers) for part in line.schedules] == [False, True]
