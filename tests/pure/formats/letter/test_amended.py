"""The letters after the first version: what changed, that we agree, what we offer instead, that we insist, and that an
order is to be cancelled or stands again; in every language."""

import datetime
import html
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.order import Line, Order, Schedule
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.formats.letter import Letter, Proposal, compose, compose_cancellation
from orderwire.formats.letter.amended import LINES
from orderwire.formats.letter.changes import compared, offered
from orderwire.formats.pdf.words import LANGUAGES, words
from tests.pure.formats.letter.test_letter import LINKS, TAGS, Reader, order
from tests.pure.orders import orders

HOSTILE = '"><img src=x onerror=alert(1)></title><script>'
DAY = datetime.date(2026, 12, 9)


def line(given: Line, **changes: Any) -> Line:
    """The line with other values; its one schedule follows."""
    quantity = Decimal(changes.pop("quantity", given.quantity))
    day = changes.pop("requested", given.schedules[0].requested)
    schedule = Schedule(quantity=quantity, requested=day)
    return given.model_copy(update={"quantity": quantity, "schedules": (schedule,)} | changes)


def second(before: Order, **changes: Any) -> Order:
    """Version 2: line 10 costs less and is fewer, line 30 is gone, line 100 is new."""
    one, two, _, *rest = before.lines
    new = two.model_copy(update={"number": "100", "description": "Gasket"})
    lines = (line(one, quantity=80, price=Decimal("59.90")), two, *rest, new)
    return before.model_copy(update={"revision": 2, "lines": lines} | changes)


def letter(language: str = "en", *, before: Order | None = None, now: Order | None = None, **how: Any) -> Letter:
    before = before or order(lines=5)
    given = {"language": language, "links": LINKS, "attached": ["4500071791-change-v2.pdf"], "before": before, **how}
    return compose(now or second(before), **given)


def both(found: Letter) -> tuple[str, str]:
    """The two bodies with plain spaces and without marks of direction."""
    cleaned = (
        re.sub("[\u2066-\u2069]", "", text).replace("\xa0", " ") for text in (found.text, Reader(found.html).text)
    )
    return next(cleaned), next(cleaned)


def test_a_new_version_names_every_change_old_before_new() -> None:
    found = letter()
    assert found.subject.startswith("Version 2 of order 4500071791: 4 changes, Nordhaven Pumpen GmbH. Please answer by")
    for text in both(found):
        for said in (
            "This is version 2. It replaces version 1",
            "What changes from version 1",
            "80 unit",
            "59.90",
            "Mechanical seal MG1/3, removed",
            "Gasket, new",
            "All other lines stay as they are.",
            "Answer version 2",
        ):
            assert said in text
        assert "MG1/4" not in text  # it stays as it is
    assert "Quantity: 100 unit → 80 unit; Price: 61.20 → 59.90" in both(found)[0]
    assert re.search(r"<del[^>]*>61\.20</del> <ins[^>]*>59\.90</ins>", found.html)


def test_the_total_moves_with_the_lines() -> None:
    assert "Total: EUR 30,600.00 → EUR 29,272.00" in both(letter())[0]


def test_a_date_that_moves_is_one_change() -> None:
    before = order(lines=2)
    now = before.model_copy(
        update={"revision": 2, "lines": (line(before.lines[0], requested=datetime.date(2026, 12, 21)), before.lines[1])}
    )
    found = letter(before=before, now=now)
    assert "4500071791: 1 change," in found.subject
    assert "Arrives: 9 December 2026 → 21 December 2026" in both(found)[0]


def test_a_long_change_names_the_first_lines_and_how_many_more() -> None:
    before = order(lines=60)
    lines = tuple(line(each, quantity=99) for each in before.lines)
    found = letter(before=before, now=before.model_copy(update={"revision": 2, "lines": lines}))
    for text in both(found):
        assert f"MG1/{LINES}" in text and f"MG1/{LINES + 1}" not in text
        assert "And 40 more in the attachment." in text
    assert len(found.html) < 40_000


def test_a_head_that_changes_is_named_by_what_it_is() -> None:
    before = order(lines=2)
    party = before.supplier.model_copy(update={"name": "Nordhaven, hall 4"})
    now = before.model_copy(update={"revision": 2, "ship_to": party})
    found = letter(before=before, now=now)
    assert "1 change," in found.subject
    assert all("Deliver to" in text and "hall 4" in text for text in both(found))


def test_who_must_not_see_prices_sees_none_of_them_old_or_new() -> None:
    found = letter(prices=False)
    assert "3 changes" in found.subject
    for text in (found.subject, *both(found)):
        assert not re.search(r"EUR|61[.,]2|59[.,]9|30[.,]600|29[.,]272", text)


def test_a_version_that_agrees_asks_for_nothing() -> None:
    found = letter(links={"agrees": "yes", "timezone": "Europe/Madrid"})
    assert found.subject == "We agree: version 2 of order 4500071791, Nordhaven Pumpen GmbH"
    for text in both(found):
        assert "We agree to your proposal." in text
        assert "Please accept" not in text and "Answer version" not in text
    assert not [tag for tag, _ in Reader(found.html).tags if tag == "a"]


def proposal(held: Order) -> Proposal:
    said = LineAnswer(
        number="10", status=LineStatus.CHANGED, price=Decimal("64.00"), promised=datetime.date(2026, 12, 30)
    )
    gone = LineAnswer(number="20", status=LineStatus.REJECTED)
    answer = Response(
        order_number=held.number, revision=1, status=HeaderStatus.ACCEPTED_WITH_CHANGES, lines=(said, gone)
    )
    return Proposal(held, answer, ({"line": "10", "choice": "counter"}, {"line": "20", "choice": "insist"}))


def test_a_counter_proposal_says_what_was_not_taken_what_is_offered_and_why() -> None:
    before = order(lines=5)
    links = LINKS | {"counters": "Our customer pays no more."}
    found = letter(before=before, links=links, proposal=proposal(before))
    assert "Version 2 of order 4500071791: 4 changes" in found.subject
    for text in both(found):
        for said in ("Your proposal and our offer", "could not take everything", "Our customer pays no more."):
            assert said in text
    plain = both(found)[0]
    assert "Arrives: 30 December 2026 → 9 December 2026; Price: 64.00 → 59.90" in plain
    assert "Quantity: 0 → 100 unit" in plain


def test_only_what_was_refused_stands_in_the_offer() -> None:
    held = order(lines=3)
    given = proposal(held)
    now = second(order(lines=5))
    w = words("en")
    assert [c.number for c in offered(held, given.answer, given.decisions[:1], now, w, prices=True)] == ["10"]
    assert offered(held, given.answer, ({"line": "10", "choice": "accept"},), now, w, prices=True) == ()
    kinds = {t.label for c in offered(held, given.answer, given.decisions, now, w, prices=False) for t in c.turns}
    assert kinds == {"Quantity", "Arrives"}


def test_insisting_gives_the_reason_and_is_no_possible_duplicate() -> None:
    links = LINKS | {"insists": "The frame agreement says 61.20."}
    found = letter(now=order(), before=None, links=links, duplicate=True)
    assert found.subject.startswith("Please answer again: order 4500071791, Nordhaven")
    for text in both(found):
        assert "The frame agreement says 61.20." in text
        assert "not a second one" in text
        assert "whether this mail reached you" not in text


@pytest.mark.parametrize("case", ["counters", "insists"])
def test_words_of_the_buyer_are_one_bounded_line_apart_from_the_rest(case: str) -> None:
    found = letter(links=LINKS | {case: "as\nagreed \u202e" + "x" * 3000}, duplicate=False)
    for text in both(found):
        assert "as agreed x" in text and "\u202e" not in text
        assert text.count("x" * 900) == 1 and "x" * 1000 not in text


def cancelled(language: str = "en", **how: Any) -> Letter:
    given = {"reason": "Ordered twice: see 4711", "asks": True, "links": LINKS, "language": language, **how}
    return compose_cancellation(given.pop("order", order()), **given)


def test_who_is_asked_to_cancel_reads_it_in_the_subject_and_why_in_the_letter() -> None:
    found = cancelled()
    assert found.subject.startswith("We ask you to cancel order 4500071791, Nordhaven Pumpen GmbH. Please answer by")
    for text in both(found):
        assert "Ordered twice: see 4711" in text and "Answer the cancellation" in text
    told = cancelled(asks=False, links={}, prices=False)
    assert told.subject.startswith("Cancellation: ")
    assert "Answer the cancellation" not in told.text and "EUR" not in told.text + told.html


def test_an_order_that_stands_again_says_so_first() -> None:
    found = compose(order(), language="en", links=LINKS, kept=True)
    assert found.subject.startswith("Order 4500071791 stands: we take our cancellation back, Nordhaven")
    assert all("Please deliver it once." in text for text in both(found))


CASES: Mapping[str, Mapping[str, Any]] = {
    "changed": {},
    "agrees": {"links": {"agrees": "yes"}},
    "counters": {"links": LINKS | {"counters": HOSTILE}, "proposal": proposal(order(lines=5))},
    "insists": {"links": LINKS | {"insists": HOSTILE}, "now": order(), "duplicate": True},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_every_letter_says_its_facts_in_every_language(language: str, case: str) -> None:
    found = letter(language, **CASES[case])
    read = Reader(found.html)
    assert read.tags[0][1]["dir"] == ("rtl" if language == "ar" else "ltr")
    for text in (found.subject, *both(found)):
        assert "4500071791" in text and "Nordhaven Pumpen GmbH" in text
        assert not re.search(r"\{\w*\}", text)
    if case != "insists":
        assert "2" in found.subject
        for text in both(found):
            assert re.search("59[.,]90", text) and "Gasket" in text
    if case in ("counters", "insists"):
        assert HOSTILE in both(found)[0]
        assert html.escape(HOSTILE) in found.html.replace("\u2068", "").replace("\u2069", "")
    assert {tag for tag, _ in read.tags} <= TAGS | {"del", "ins"}
    english = letter("en", **CASES[case])
    assert language == "en" or found.subject != english.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_asks_to_cancel_and_takes_it_back(language: str) -> None:
    kept = compose(order(test=True), language=language, links=LINKS, kept=True)
    for found in (cancelled(language, reason=HOSTILE, duplicate=True), kept):
        assert "4500071791" in found.subject
        assert {tag for tag, _ in Reader(found.html).tags} <= TAGS
        assert not re.search(r"\{\w*\}", found.subject + found.text)


@given(orders(), orders(), st.sampled_from(LANGUAGES), st.booleans())
def test_any_two_versions_make_a_letter_that_is_only_text(
    before: Order, now: Order, language: str, prices: bool
) -> None:
    found = letter(language, before=before, now=now.model_copy(update={"revision": 2}), prices=prices)
    assert {tag for tag, _ in Reader(found.html).tags} <= TAGS | {"del", "ins"}
    assert found.subject.isprintable()
    assert all(char == "\n" or ord(char) >= 32 for char in found.text)


@given(orders())
def test_the_same_version_changes_nothing(given: Order) -> None:
    assert compared(given, given, words("en"), prices=True) == ()
