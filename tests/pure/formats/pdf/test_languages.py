"""Each language: its own words and shapes of numbers, and texts of the order in any script beside them."""

import json
import string
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest

from orderwire.formats import CannotCarry
from orderwire.formats.pdf import Pdf
from orderwire.formats.pdf.fonts import coverage, uncovered
from orderwire.formats.pdf.words import LANGUAGES, words
from tests.pure.formats.pdf.sample import LINKS, line, order, printed, reader, words_of

SEEN = {
    "ar": ("يرجى الرد قبل", "إسبانيا", "قطعة", "119,340.00"),
    "de": ("Bestellung", "9. Dezember 2026", "119.340,00", "2 % innerhalb von 14 Tagen, 60 Tage netto"),
    "el": ("Παραγγελία", "9 Δεκεμβρίου 2026", "119.340,00", "Ισπανία"),
    "en": ("Purchase order", "9 December 2026", "119,340.00", "Spain"),
    "es": ("Pedido", "9 de diciembre de 2026", "119.340,00", "España"),
    "fr": ("Commande", "9 décembre 2026", "119 340,00", "Espagne"),
    "it": ("Ordine di acquisto", "9 dicembre 2026", "119.340,00", "Spagna"),
    "nl": ("Inkooporder", "9 december 2026", "119.340,00", "Spanje"),
    "pl": ("Zamówienie", "9 grudnia 2026", "119 340,00", "Hiszpania"),
    "ru": ("Заказ", "9 декабря 2026", "119 340,00", "Испания"),
    "uk": ("Замовлення", "9 грудня 2026", "119 340,00", "Іспанія"),
    "zh": ("采购订单", "2026年12月9日", "119,340.00", "西班牙"),
}
ITEMS = ("Mechanical seal", "Φλάντζα", "Сальник", "机械密封", "سدادة")
PLURALS = {"zero", "one", "two", "few", "many", "other"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_speaks_its_language_and_keeps_the_order_as_it_is(language: str) -> None:
    changed = order(lines=[line(10 * n, description=item, price="204") for n, item in enumerate(ITEMS, 1)])
    text = words_of(printed(changed, language=language)).replace(" ", "")
    for said in (
        *ITEMS,
        *SEEN[language],
        "Tecnosellos Ibérica S.L.",
        "TS-102860",
        "Calle E 27",
        "ines@nordhaven.example",
    ):
        assert said.replace(" ", "") in text, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_blanks(language: str) -> None:
    assert _shape(_texts(language)) == _shape(_texts("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_plural_forms_that_it_needs_and_can_be_drawn(language: str) -> None:
    needed = {words(language).locale.plural_form(n) for n in range(200)}
    for key in ("items", "net", "months", "discount"):
        assert needed <= set(_texts(language)[key]), key
    assert uncovered([json.dumps(_texts(language), ensure_ascii=False)]) == set()


def test_arabic_runs_from_the_right() -> None:
    places: dict[str, float] = {}
    page = reader(printed(order(), language="ar")).pages[0]

    def note(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        if text.strip():
            places.setdefault(text.strip(), cm[4] + tm[4])

    page.extract_text(visitor_text=note)
    number = next(x for text, x in places.items() if "6,120.00" in text)
    part = next(x for text, x in places.items() if "MG1/28" in text)
    assert number < part


@pytest.mark.parametrize(
    ("tag", "country", "date"),
    [
        ("en", "ES", "9 December 2026"),
        ("en", "US", "December 9, 2026"),
        ("en-US", "ES", "December 9, 2026"),
        ("de_DE", None, "9. Dezember 2026"),
        ("zh-Hant-TW", None, "2026年12月9日"),
        ("tlh", "ES", "9 December 2026"),
        (None, None, "9 December 2026"),
    ],
)
def test_a_language_tag_gives_its_dates_and_an_unknown_one_gives_english(
    tag: str | None, country: str | None, date: str
) -> None:
    assert words(tag, country).date(order().lines[0].schedules[0].requested or order().issued) == date


def test_the_country_of_the_supplier_decides_how_figures_look() -> None:
    assert words("es", "MX").number(Decimal("1234.5")) == "1,234.5"
    assert words("es", "ES").number(Decimal("1234.5")) == "1.234,5"


def test_the_profile_goes_before_the_context_for_the_language() -> None:
    links = LINKS | {"language": "fr"}
    assert "Commande" in words_of(printed(order(), links=links))
    assert "Bestellung" in words_of(printed(order(), links=links, language="de"))


def test_a_time_that_is_not_iso_8601_stays_as_it_is() -> None:
    text = words_of(printed(order(), links=LINKS | {"answer_by": "Friday noon", "timezone": "Nowhere/Land"}))
    assert "Friday noon" in text
    assert "15:42, UTC+01:00" in text


def test_a_script_without_a_font_is_refused_with_field_and_character() -> None:
    changed = order(lines=[line(description="ปั๊ม 5"), line(20, notes=[{"text": "ok שלום"}])])
    with pytest.raises(CannotCarry) as refused:
        printed(changed)
    first, second = refused.value.findings
    assert (first.code, first.where) == ("no-glyph", "lines[1].description")
    assert "ป (U+0E1B)" in first.text
    assert second.where == "lines[2].notes[1].text"
    assert Pdf().project(changed, {})[1] == refused.value.findings


def test_an_internal_note_may_be_in_any_script() -> None:
    assert printed(order(notes=[{"subject": "internal", "text": "ช้า"}])).findings[0].code == "not-printed"


def test_a_link_without_a_font_is_refused_too() -> None:
    with pytest.raises(CannotCarry) as refused:
        printed(order(), links=LINKS | {"approved_by": "สมชาย"})
    assert [f.where for f in refused.value.findings] == ["links.approved_by"]


def test_the_fonts_cover_what_they_are_there_for() -> None:
    drawn = coverage()
    for text in ("Łódź", "Ελλάδα", "Україна", "مرحبا", "北京臺灣", "ひらがな", "한국어", "€£¥₴₺₹×−·"):
        assert {ord(char) for char in text} <= drawn, text


def test_no_plane_of_private_or_unassigned_characters_is_thought_drawn() -> None:
    assert uncovered(["\ue0ff\U000f0000\u0378"]) == {"\ue0ff", "\U000f0000", "\u0378"}


def _texts(language: str) -> dict[str, Any]:
    return dict(json.loads(files("orderwire.formats.pdf").joinpath(f"texts/{language}.json").read_text("utf-8")))


def _shape(value: Any) -> Any:
    """The keys of a catalogue and the blanks of its texts; plural forms count as one text."""
    if isinstance(value, str):
        return frozenset(name for _, name, _, _ in string.Formatter().parse(value) if name)
    if "other" in value and set(value) <= PLURALS:
        return frozenset().union(*(_shape(form) for form in value.values()))
    return {key: _shape(item) for key, item in value.items()}
