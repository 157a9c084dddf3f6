"""Order changes and cancellations as a supplier gets them by mail, and the validity of blanket orders."""

import datetime
from typing import Any

import pytest

from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Order
from orderwire.document.order_change import LineChange, LinePart, OrderChange, between
from orderwire.document.response import Response
from orderwire.formats import CannotCarry, Written
from orderwire.formats.pdf import Pdf
from orderwire.formats.pdf.cancelled import cancellation_content
from orderwire.formats.pdf.words import LANGUAGES, words
from tests.pure.formats.pdf.sample import LINKS, Printing, line, order, reader, words_of

OLD = order(lines=[line(10), line(20, description="O-ring 40 x 3"), line(30, description="Flange gasket")])
_NOW = OLD.model_dump(mode="json") | {"revision": 3}
_NOW["lines"] = [
    _NOW["lines"][0] | {"price": "59.9"},
    _NOW["lines"][1],
    line(40, description="Sealing paste"),
]
NEW = Order.model_validate(_NOW)
CANCELLED = Cancellation(
    order_number="4500071791",
    revision=2,
    issued=datetime.date(2026, 11, 22),
    order_issued=datetime.date(2026, 11, 16),
    buyer=OLD.buyer,
    supplier=OLD.supplier,
    reason="The project was stopped.",
)


def _printed(document: Any, links: dict[str, str] | None = None, **profile: Any) -> Written:
    return Pdf().write(document, profile, Printing({**LINKS, **(links or {})}))


def test_a_full_change_is_the_new_order_with_its_marks_and_its_total() -> None:
    text = words_of(_printed(between(OLD, NEW, "full")))
    for said in (
        "Order change 2",
        "Version 3",
        "The whole order is stated again",
        "changed",
        "new",
        "removed",
        "Total",
    ):
        assert said in text, said
    total = sum(item.quantity * item.price for item in NEW.lines)
    assert f"{total:,.2f}" in text, "the sum of the lines that stay"


def test_a_changed_line_shows_no_old_value_that_nobody_told() -> None:
    lines = between(OLD, NEW, "delta").lines[:1]
    text = words_of(_printed(between(OLD, NEW, "delta").model_copy(update={"lines": lines})))
    assert "59.90" in text
    assert "61.20" not in text


def test_with_the_version_that_the_supplier_holds_old_values_stand_before_the_new() -> None:
    change = between(OLD, NEW, "delta")
    text = words_of(_printed(change, {"previous": OLD.model_dump_json()}))
    assert text.index("61.20") < text.index("59.90")
    assert "Total" in text, "the new order is known as a whole"


def test_changed_lines_alone_have_no_total() -> None:
    text = words_of(_printed(between(OLD, NEW, "delta")))
    assert "Lines that are not named stay as they are." in text
    assert "Total" not in text
    assert "Fingerprint" not in text


def test_what_is_said_of_a_line_in_part_is_printed() -> None:
    head = OLD.head
    part = LinePart.model_validate({"quantity": "7", "requested": "2026-12-24"})
    items = (LineChange(number="10", part=part), LineChange(number="20", action="deleted"))
    change = OrderChange(order_number=OLD.number, form="delta", head=head, lines=items, reason="Less is needed.")
    text = words_of(_printed(change))
    for said in ("24 Dec 2026", "removed", "Less is needed."):
        assert said in text, said
    held = words_of(_printed(change, {"previous": OLD.model_dump_json()}))
    assert "Mechanical seal" in held


def test_a_change_without_header_is_refused_until_the_version_before_is_known() -> None:
    change = between(OLD, NEW, "delta").model_copy(update={"head": None})
    with pytest.raises(CannotCarry, match="state the header"):
        _printed(change)
    assert _printed(change, {"previous": OLD.model_dump_json()}).content


def test_a_previous_version_that_is_none_is_told() -> None:
    with pytest.raises(CannotCarry) as refused:
        _printed(between(OLD, NEW, "full"), {"previous": "{}"})
    assert [f.code for f in refused.value.findings] == ["bad-previous"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_changes_and_cancellations_are_tagged_pages_in_every_language(language: str) -> None:
    for document in (between(OLD, NEW, "full"), CANCELLED):
        pdf = reader(_printed(document, {"previous": OLD.model_dump_json()}, language=language))
        assert "/StructTreeRoot" in pdf.trailer["/Root"]
        assert pdf.trailer["/Root"]["/Lang"].startswith(language)


def test_a_cancellation_is_one_clear_page() -> None:
    written = _printed(CANCELLED)
    text = words_of(written)
    sentence = "We cancel order 4500071791. Please do not deliver it."
    for said in ("Order cancellation", sentence, "The project was stopped.", "Tecnosellos Ibérica", "22 November 2026"):
        assert said in text, said
    assert len(reader(written).pages) == 1
    assert written.filename == "4500071791-cancellation-v2.pdf"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cancellation_asks_for_no_other_dates_or_prices(language: str) -> None:
    data = cancellation_content(CANCELLED, words(language), {"answer_url": "https://o.example/a/1"})
    lead, rest = data["answer"]["how"]
    assert lead
    assert rest in (".", "。")


def test_a_cancellation_of_nobody_is_refused() -> None:
    with pytest.raises(CannotCarry, match="name the buyer"):
        _printed(CANCELLED.model_copy(update={"buyer": None}))


def test_an_answer_is_not_printed() -> None:
    with pytest.raises(CannotCarry, match="only orders, changes and cancellations"):
        _printed(Response.model_construct())


@pytest.mark.parametrize(
    ("validity", "said"),
    [
        ({"valid_from": "2027-01-01", "valid_to": "2027-12-31"}, "1 January 2027 to 31 December 2027"),
        ({"valid_from": "2027-01-01"}, "from 1 January 2027"),
        ({"valid_to": "2027-12-31"}, "until 31 December 2027"),
    ],
)
def test_a_blanket_order_says_how_long_it_holds(validity: dict[str, str], said: str) -> None:
    text = words_of(_printed(order(kind="blanket", **validity)))
    assert "Validity" in text
    assert said in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_version_that_takes_up_the_proposal_says_so_and_asks_for_nothing(language: str) -> None:
    spoken = words(language, "ES")
    told = {**LINKS, "agrees": "yes", "proposed_on": "2026-11-20"}
    said = spoken.text("takes_up.dated", date=spoken.date(datetime.date(2026, 11, 20)))
    for document in (NEW, between(OLD, NEW, "full"), between(OLD, NEW, "delta")):
        written = Pdf().write(document, {"language": language}, Printing(told))
        text = _joined(words_of(written))
        if language != "ar":  # letters of a word come out of a PDF in their joined shapes
            assert _joined(said) in text
        assert _joined(spoken.text("answer_by")) not in text
        assert "o.nordhaven.example" not in text


def test_a_proposal_without_a_day_is_taken_up_all_the_same() -> None:
    written = Pdf().write(NEW, {}, Printing({"agrees": "yes"}))
    said = "This version takes up your proposal; nothing is left to answer."
    assert _joined(said) in _joined(words_of(written))


def test_an_order_that_takes_nothing_up_says_nothing_of_it() -> None:
    assert "proposal" not in words_of(_printed(NEW))


def _joined(text: str) -> str:
    return "".join(text.split())
