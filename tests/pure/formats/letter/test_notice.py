"""The letter that reminds, in every language: it says what waits, until when and where to answer, in both bodies."""

import dataclasses
import datetime
import json
import string
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.order import Order
from orderwire.formats.letter import Letter
from orderwire.formats.letter.notice import Reminded, compose
from orderwire.formats.pdf.words import LANGUAGES
from tests.pure.formats.letter.test_letter import TAGS, Reader, order
from tests.pure.orders import orders

DUE = datetime.datetime(2026, 11, 18, 16, 0, tzinfo=datetime.UTC)
URL = "https://buyer.example/a/x?k=1&y=2"


def reminded(**changes: Any) -> Reminded:
    given: dict[str, Any] = {"order": order(), "due": DUE, "supplier": "Rheintalguss", "country": "DE", "url": URL}
    return Reminded(**(given | changes))


def letter(*items: Reminded, language: str = "en") -> Letter:
    return compose(items or (reminded(),), language=language, time_zone="Europe/Berlin")


def bodies(found: Letter) -> tuple[str, str]:
    return found.text.replace("\xa0", " "), Reader(found.html).text.replace("\xa0", " ")


def test_before_the_answer_is_due_it_says_until_when_and_where_to_answer() -> None:
    found = letter()
    by = "Please answer by Wednesday, 18 November 2026, 17:00, Berlin time"
    assert found.subject == f"Reminder: Purchase order 4500071791 from Nordhaven Pumpen GmbH. {by}"
    for text in bodies(found):
        for said in (
            "We have no answer from you yet to Purchase order 4500071791.",
            "Please accept, change or decline.",
            by,
            "EUR 55,080.00",
            "Ines Albrecht, +49 421 5550 142",
        ):
            assert said in text
        assert "This is reminder" not in text
    assert URL in found.text


def test_a_german_supplier_reads_german_when_it_is_late_and_how_often_he_was_reminded() -> None:
    found = letter(reminded(late=True, reminders=1), language="de")
    assert found.subject.startswith(
        "Erinnerung: Bestellung 4500071791 von Nordhaven Pumpen GmbH. Die Antwort war fällig"
    )
    for text in bodies(found):
        assert "Dies ist Erinnerung 2." in text
        assert "Mittwoch, 18. November 2026, 17:00, Ortszeit Berlin" in text


def test_several_orders_stand_in_one_list_each_with_its_own_link() -> None:
    second = reminded(order=order(number="B-2", revision=3), url="https://buyer.example/a/z")
    found = letter(reminded(), second)
    assert found.subject == "Reminder: orders waiting for your answer: 2"
    for text in bodies(found):
        assert "4500071791" in text and "B-2" in text and "version 3" in text
    links = [attributes.get("href") for tag, attributes in Reader(found.html).tags if tag == "a"]
    assert links == [URL, "https://buyer.example/a/z"]
    assert URL in found.text and "https://buyer.example/a/z" in found.text


def test_who_answers_by_a_system_is_told_so_and_gets_no_link() -> None:
    found = letter(reminded(url=""))
    for text in bodies(found):
        assert "Please answer the way you always do, by EDI or in the portal." in text
    assert not [tag for tag, _ in Reader(found.html).tags if tag == "a"]


def test_prices_that_the_reader_must_not_see_are_nowhere() -> None:
    for text in bodies(letter(reminded(prices=False))):
        assert "EUR" not in text and "55,080" not in text


def test_the_house_reads_who_has_not_answered_and_how_often_he_was_reminded() -> None:
    told = reminded(escalation=True, reminders=3, late=True, url="https://buyer.example/orders/7/")
    found = letter(told)
    assert found.subject == "No answer from Rheintalguss: Purchase order 4500071791"
    for text in bodies(found):
        for said in (
            "Rheintalguss has not answered Purchase order 4500071791.",
            "Reminders so far: 3.",
            "Open the order",
        ):
            assert said in text
        assert "Please accept" not in text
    assert letter(told, told).subject == "No answer from suppliers: 2 orders"


def test_a_cancellation_without_an_answer_is_told_apart_from_an_order() -> None:
    found = letter(reminded(cancellation=True), language="de")
    assert "Stornierung der Bestellung 4500071791" in found.subject


def test_a_test_order_can_not_be_mistaken() -> None:
    found = letter(reminded(order=order(test=True)))
    assert found.subject.startswith("[Test] ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_places(language: str) -> None:
    def read(tag: str) -> dict[str, str]:
        found: dict[str, str] = json.loads(
            files("orderwire.formats.letter").joinpath(f"notices/{tag}.json").read_text("utf-8")
        )
        return found

    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    own, english = read(language), read("en")
    assert {key: places(text) for key, text in own.items()} == {key: places(text) for key, text in english.items()}
    for items in ((reminded(),), (reminded(late=True), reminded(cancellation=True)), (reminded(escalation=True),)):
        found = compose(items, language=language, time_zone="Asia/Shanghai")
        assert f'lang="{language}' in found.html and "4500071791" in found.subject + found.text
        assert "{" not in found.subject and "{" not in found.text


@given(orders(), st.sampled_from(LANGUAGES), st.booleans(), st.booleans())
def test_no_text_of_an_order_is_ever_markup_and_both_bodies_say_the_same(
    document: Order, language: str, escalation: bool, late: bool
) -> None:
    item = reminded(order=document, escalation=escalation, late=late, reminders=1)
    found = compose((item, dataclasses.replace(item, prices=False)), language=language, time_zone="UTC")
    read = Reader(found.html)
    assert {tag for tag, _ in read.tags} <= TAGS
    assert found.subject.isprintable() or all(c.isprintable() or c in "\u200e\u200f" for c in found.subject)
    assert len(found.subject.splitlines()) == 1
    written = "".join(found.text.split())
    shown = "".join(" ".join(read.words).split())
    assert "".join(document.number.split())[:20] in written
    assert "".join(document.number.split())[:20] in shown
