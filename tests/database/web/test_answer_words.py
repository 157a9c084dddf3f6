"""Every language says everything, with the same values, and every text is used."""

import datetime
import re
import string
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.base import plain
from orderwire.web.answer import entry
from orderwire.web.answer.words import LANGUAGES, texts

WEB = Path(str(files("orderwire.web")))
TODAY = datetime.date(2026, 11, 18)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_text_with_the_same_values(language: str) -> None:
    english: dict[str, Any] = texts("en")._texts
    here: dict[str, Any] = texts(language)._texts
    assert here.keys() == english.keys()
    rules = texts(language).words.locale.plural_form
    for key, text in english.items():
        if isinstance(text, dict):
            needed = {rules(n) for n in range(200)}
            assert needed <= here[key].keys(), key
            wanted = fields(text["other"])
            assert all(fields(form) <= wanted for form in here[key].values()), key
            assert fields(here[key]["other"]) == wanted, key
        else:
            assert fields(here[key]) == fields(text), key


def test_every_text_is_used() -> None:
    places = [*WEB.glob("answer/*.py"), *WEB.glob("portal/*.py"), *WEB.glob("templates/answer/*.html")]
    used = "".join(place.read_text() for place in [*places, *WEB.glob("templates/portal/*.html")])
    for key in texts("en")._texts:
        assert re.search(rf"""t\.{key}\b|["']{key}["']""", used), key


def test_templates_ask_for_no_text_that_is_not_there() -> None:
    known = texts("en")._texts.keys() | {"language", "direction", "words"}
    for place in [*WEB.glob("templates/answer/*.html"), *WEB.glob("templates/portal/*.html")]:
        assert set(re.findall(r"\bt\.(\w+)", place.read_text())) <= known, place


def test_an_unknown_language_is_english() -> None:
    assert texts("tlh").language == "en"
    assert texts("de-AT").language == "de"


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.decimals("0", "999999999", places=4, allow_nan=False, allow_infinity=False))
def test_a_number_that_we_show_is_read_back_as_it_was(language: str, value: Decimal) -> None:
    t = texts(language)
    assert entry.number(t.field(value, 2), t) == value
    assert entry.number(t.words.number(value).strip("\u2068\u2069"), t) == Decimal(plain(value))


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("en", "1,250.5", "1250.5"), ("en", "1.250,5", "1250.5"), ("en", "61,2", "61.2"), ("en", "1,250", "1250"),
        ("de", "1.250,5", "1250.5"), ("de", "61.20", "61.20"), ("de", "1.250", "1250"), ("de", "1,250", "1.250"),
        ("fr", "1 250,5", "1250.5"), ("fr", "1\u202f250,5", "1250.5"), ("ar", "١٢٥٠٫٥", "1250.5"),
        ("ru", "1\u00a0250,5", "1250.5"), ("ru", "61.20", "61.20"), ("en", "1'250", "1250"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(language: str, typed: str, meant: str) -> None:
    assert entry.number(typed, texts(language)) == Decimal(meant)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_understood_or_refused_in_words(typed: str) -> None:
    t = texts("en")
    for read in (
        lambda: entry.number(typed, t),
        lambda: entry.date(typed, t, today=TODAY),
        lambda: entry.text(typed, t, longest=20),
    ):
        try:
            read()
        except entry.Wrong as failure:
            assert len(str(failure)) > 10
