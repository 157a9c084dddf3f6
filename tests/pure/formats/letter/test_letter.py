"""The letter in every language: both bodies say the same, nothing of an order is ever markup, nothing is loaded."""

import datetime
import json
import re
import string
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.order import Line, Order, Schedule
from orderwire.document.party import Address, Contact, Party
from orderwire.formats.letter import Letter, compose, compose_cancellation
from orderwire.formats.pdf.words import LANGUAGES, words
from tests.pure.orders import orders

LINKS = {
    "answer_url": "https://buyer.example/a/x?k=1&y=2",
    "answer_by": "2026-11-20T17:00:00+01:00",
    "timezone": "Europe/Madrid",
}
TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "div", "p", "span", "h1", "b", "a", "br",
    "table", "caption", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


def order(lines: int = 9, **changes: Any) -> Order:
    given = {
        "number": "4500071791",
        "issued": datetime.date(2026, 11, 18),
        "currency": "EUR",
        "buyer": Party(
            name="Nordhaven Pumpen GmbH",
            address=Address(lines=("Überseestraße 114",), city="Bremen", postal_code="28217", country="DE"),
            contact=Contact(name="Ines Albrecht", phone="+49 421 5550 142"),
        ),
        "supplier": Party(name="Tecnosellos Ibérica S.L.", contact=Contact(name="Marta Gil")),
        "lines": tuple(
            Line(
                number=str(10 * n),
                description=f"Mechanical seal MG1/{n}",
                quantity=Decimal(100),
                unit="C62",
                price=Decimal("61.20"),
                schedules=(Schedule(quantity=Decimal(100), requested=datetime.date(2026, 12, 9)),),
            )
            for n in range(1, lines + 1)
        ),
    }
    return Order.model_validate({**given, **changes})


class Reader(HTMLParser):
    """Tags, attributes and words of a page."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def letter(language: str = "en", **changes: Any) -> Letter:
    given = {"links": LINKS, "attached": ["4500071791-v1.pdf"], **changes}
    return compose(given.pop("order", order()), language=language, **given)


def test_it_says_who_asks_what_by_when_and_what_to_do() -> None:
    found = letter()
    by = "Please answer by Friday, 20 November 2026, 17:00, Madrid time"
    assert found.subject == f"Purchase order 4500071791 from Nordhaven Pumpen GmbH. {by}"
    for text in (found.text.replace("\xa0", " "), Reader(found.html).text.replace("\xa0", " ")):
        for said in (
            "Nordhaven Pumpen GmbH",
            "For Tecnosellos Ibérica S.L., Marta Gil",
            "We order 9 items for EUR 55,080.00, to arrive by 9 December 2026. Please accept, change or decline.",
            by,
            "Answer the order",
            "Opening it accepts nothing.",
            "Items 1 to 5 of 9",
            "Mechanical seal MG1/5",
            "The other items",
            "24,480.00",
            "Ines Albrecht, +49 421 5550 142",
            "4500071791-v1.pdf",
            "We never change bank details",
        ):
            assert said in text
        assert "MG1/6" not in text
    assert LINKS["answer_url"] in found.text
    links = [attributes.get("href") for tag, attributes in Reader(found.html).tags if tag == "a"]
    assert links == [LINKS["answer_url"]]


def test_a_new_version_says_which_one_it_replaces() -> None:
    found = letter(order=order(revision=3))
    assert "4500071791 from Nordhaven Pumpen GmbH, version 3" in found.subject
    for text in (found.text, Reader(found.html).text):
        assert "This is version 3. It replaces version 2; please work only from this one." in text
    assert "replaces version 1" in letter(order=order(revision=3), replaces=1).text
    assert "replaces" not in letter().text


def test_a_possible_duplicate_says_so_first_of_all() -> None:
    found = letter(duplicate=True)
    assert found.subject.startswith("[Possible duplicate] Purchase order")
    for text in (found.text, Reader(found.html).text):
        assert "please carry it out once" in text


def test_a_test_order_can_not_be_mistaken() -> None:
    found = letter(order=order(test=True))
    assert found.subject.startswith("[Test] ")
    assert "Nothing is ordered" in found.text and "Nothing is ordered" in found.html


def test_a_recipient_without_prices_sees_no_amount_and_no_currency() -> None:
    found = letter(prices=False)
    for text in (found.subject, found.text, Reader(found.html).text):
        assert not re.search(r"EUR|6[.,]?120|61[.,]2|55[.,]?080|24[.,]?480", text)
    assert "We order 9 items, to arrive by" in found.text
    assert "Mechanical seal MG1/1: 100" in found.text


def test_without_an_answer_page_there_is_no_button() -> None:
    found = letter(links={})
    assert "Answer the order" not in found.text + found.html
    assert not [tag for tag, _ in Reader(found.html).tags if tag == "a"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", " https://x.example"])
def test_a_link_that_is_no_web_address_is_an_error(url: str) -> None:
    with pytest.raises(ValueError, match="not a web address"):
        letter(links={"answer_url": url})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_places(language: str) -> None:
    def fields(text: str | dict[str, str]) -> set[str | None]:
        said = text["other"] if isinstance(text, dict) else text
        return {name for _, name, _, _ in string.Formatter().parse(said) if name is not None}

    english, own = (
        json.loads(files("orderwire.formats.letter").joinpath(f"texts/{code}.json").read_text("utf-8"))
        for code in ("en", language)
    )
    assert {key: fields(text) for key, text in own.items()} == {key: fields(text) for key, text in english.items()}
    needed = {words(language).locale.plural_form(n) for n in range(200)}
    assert all(needed <= text.keys() for text in own.values() if isinstance(text, dict))
    assert language == "en" or not [k for k, v in own.items() if v == english[k] and k not in ("subject", "test_mark")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_composes_and_names_the_same_facts(language: str) -> None:
    found = letter(language, order=order(revision=2), duplicate=True)
    read = Reader(found.html)
    assert read.tags[0] == ("html", {"lang": read.tags[0][1]["lang"], "dir": "rtl" if language == "ar" else "ltr"})
    for text in (found.subject, found.text, read.text):
        assert "4500071791" in text and "Nordhaven Pumpen GmbH" in text
    assert not re.search(r"[{}]", found.subject + found.text + read.text)


def test_an_unknown_language_is_english() -> None:
    assert letter("tlh") == letter("en")


@given(orders(), st.sampled_from(LANGUAGES), st.text(max_size=40))
def test_nothing_of_an_order_becomes_markup_and_nothing_is_loaded(order: Order, language: str, name: str) -> None:
    found = compose(order, language=language, links=LINKS, attached=[name, '"><script src=//x>'], duplicate=True)
    read = Reader(found.html)
    assert {tag for tag, _ in read.tags} <= TAGS
    for tag, attributes in read.tags:
        assert not {"src", "onclick", "background", "srcset"} & set(attributes)
        assert tag == "a" or "href" not in attributes
    assert "url(" not in found.html and "@import" not in found.html
    assert found.subject.isprintable() and len(found.subject) < 400
    assert all(char == "\n" or ord(char) >= 32 for char in found.text)


def _hostile() -> Iterator[str]:
    yield '"><img src=x onerror=alert(1)>'
    yield "</title><script>alert(1)</script>"
    yield "<b>bold</b> &amp; {brand} %s {0.__class__}"
    yield "\u202egnp.exe"


@pytest.mark.parametrize("name", list(_hostile()))
def test_a_hostile_name_is_shown_as_text(name: str) -> None:
    found = letter(order=order(buyer=Party(name=name), supplier=Party(name=name)))
    shown = name.replace("\u202e", "")
    assert shown in found.subject and shown in found.text and shown in Reader(found.html).text
    assert "\u202e" not in found.subject + found.text + found.html


def test_a_very_long_order_gives_a_short_letter() -> None:
    found = letter(order=order(lines=3000))
    assert len(found.html) < 30_000
    assert "Items 1 to 5 of 3000" in found.text


def cancellation(language: str = "en", **changes: Any) -> Letter:
    how: dict[str, Any] = {"language": language, "links": LINKS, "reason": "Ordered twice", "asks": True}
    return compose_cancellation(order(3), **how | changes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cancellation_says_what_it_is_first_and_how_to_agree(language: str) -> None:
    made, usual = cancellation(language), letter(language)
    texts = json.loads(files("orderwire.formats.letter").joinpath(f"texts/{language}.json").read_text("utf-8"))
    opening = texts["subject_cancel"].partition("{")[0].strip()
    assert opening in made.subject and opening not in usual.subject
    for said in (texts["cancel_ask"], texts["cancel_please"], texts["cancel_button"], "Ordered twice"):
        assert said in made.text, said
    assert texts["please"] not in made.text


def test_colleagues_are_told_of_a_cancellation_and_not_asked() -> None:
    told = cancellation(asks=False, links={})
    assert "The supplier has been asked to agree." in told.text
    assert "Answer the cancellation" not in told.text


def test_an_order_that_is_in_force_again_says_so_first_of_all() -> None:
    assert "We take our cancellation back" in letter(kept=True).text
    assert "We take our cancellation back" not in letter().text
