"""The words, numbers and dates of a printed order in the supplier's language.

Fixed texts are data (`texts/<language>.json`); the shapes of numbers and dates and the names of countries are Babel's.
"""

import datetime
import json
import re
from decimal import Decimal
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_location
from babel.languages import get_official_languages

from orderwire.document.base import plain
from orderwire.document.codes import unit_word
from orderwire.document.money import exponent

LANGUAGES = ("ar", "de", "el", "en", "es", "fr", "it", "nl", "pl", "ru", "uk", "zh")
DEFAULT = "en"

_COMMA = {"ar": "، ", "zh": "，"}
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufefc]")
_REMOVED = dict.fromkeys(map(ord, "\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")) | {
    ord("\t"): " "
}
"""Marks that change the reading order of what follows: a text must not rearrange the page around it."""


@lru_cache(256)
def words(language: str | None, country: str | None = None) -> "Words":
    """Words for a language tag such as de, en-US or zh-TW; without a region the supplier's country decides where
    the language is an official one there. An unknown language gives English."""
    parts = (language or DEFAULT).replace("_", "-").split("-")
    base = parts[0].lower()
    if base not in LANGUAGES:
        return words(DEFAULT, country)
    region = next((p.upper() for p in parts[1:] if len(p) == 2), None)
    if region is None and country and base in get_official_languages(country, de_facto=True):
        region = country
    fallback = "150" if base == DEFAULT else None  # English as written in Europe: day before month
    for territory in filter(None, (region, fallback)):
        try:
            return Words(base, region, Locale(base, territory))
        except UnknownLocaleError:
            continue
    return Words(base, region, Locale(base))


class Words:
    """One language with the habits of one country. Without state besides what is read once."""

    def __init__(self, language: str, territory: str | None, locale: Locale):
        self.language = language
        self.territory = territory
        self.locale = locale
        self.rtl = locale.text_direction == "rtl"
        text = files(__package__).joinpath(f"texts/{language}.json").read_text("utf-8")
        self.texts: dict[str, Any] = json.loads(text)
        symbols = locale.number_symbols["latn"]
        self._separators = str.maketrans({",": symbols["group"], ".": symbols["decimal"]})
        self._percent: str = locale.percent_formats[None].pattern.replace("#,##0", "{}")

    @cached_property
    def tag(self) -> str:
        """BCP 47 tag of the document, as far as a reader needs it."""
        return f"{self.language}-{self.territory}" if self.territory else self.language

    def text(self, key: str, **values: object) -> str:
        """A fixed text; `key` may go down by dots ("columns.line"). Raises KeyError for a key that is not there."""
        found = self.texts
        for part in key.split("."):
            found = found[part]
        return str(found).format(**values) if values else str(found)

    def known(self, group: str, key: str, otherwise: str) -> str:
        """A word of a group, or `otherwise` where the group has none."""
        return str(self.texts[group].get(key, otherwise))

    def count(self, key: str, n: int, **values: object) -> str:
        """A text with a number, in the plural form that the language wants for it."""
        forms = self.texts[key]
        form = forms.get(self.locale.plural_form(n), forms["other"])
        return str(form).format(n=self.number(Decimal(n)), **values)

    def number(self, value: Decimal) -> str:
        """An exact number with all its digits and no more."""
        return self._localized(plain(value))

    def amount(self, value: Decimal, currency: str) -> str:
        """An amount with the decimals of its currency, without the currency."""
        return self._localized(format(value, f".{-int(exponent(currency).as_tuple().exponent)}f"))

    def price(self, value: Decimal, currency: str) -> str:
        """A price: at least the decimals of its currency, more where it has more."""
        digits = -int(exponent(currency).as_tuple().exponent)
        has = -int(value.as_tuple().exponent)
        return self._localized(format(value, f".{max(digits, has, 0)}f"))

    def percent(self, value: Decimal) -> str:
        """A percentage such as 2 % or 2%."""
        return self._percent.format(self.number(value))

    def money(self, value: Decimal, currency: str) -> str:
        """An amount with its currency code in front, kept on one line."""
        return f"{currency}\xa0{self.amount(value, currency)}"

    def date(self, value: datetime.date) -> str:
        """A date with the month in words, where the language has that."""
        return _date(value, "long", str(self.locale))

    def short_date(self, value: datetime.date) -> str:
        """A date as short as it can be without being mistaken."""
        return _date(value, "medium", str(self.locale))

    def moment(self, value: str, zone: str | None = None) -> str:
        """An ISO 8601 date or date-time in words, with its place; any other text stays as it is.

        `zone` is an IANA name such as Europe/Madrid; without it the offset is printed.
        """
        try:
            when = datetime.datetime.fromisoformat(value)
        except ValueError:
            return value
        if "T" not in value and " " not in value:
            return format_date(when.date(), "full", self.locale)
        place = f"UTC{when.strftime('%z')[:3]}:{when.strftime('%z')[3:5]}" if when.tzinfo else ""
        if when.tzinfo and zone and (known := _zone(zone)):
            when = when.astimezone(known)
            place = self.place(zone)
        return self.join(format_date(when.date(), "full", self.locale), self._clock(when), place)

    def short_moment(self, when: datetime.datetime, zone: str) -> str:
        """An aware moment as short as it can be, told in `zone` (IANA name; else UTC), which is not named."""
        local = when.astimezone(_zone(zone) or datetime.UTC)
        return self.join(self.short_date(local.date()), self._clock(local))

    def place(self, zone: str) -> str:
        """Whose time it is, such as Madrid time."""
        known = zone if _zone(zone) else "UTC"
        return self.text("local_time", place=get_timezone_location(known, self.locale, return_city=True))

    def _clock(self, when: datetime.datetime) -> str:
        return format_time(when, "short" if self.territory in ("US", "CA") else "HH:mm", locale=self.locale)

    def unit(self, code: str) -> str:
        """A unit of UN/ECE Recommendation 20 in plain words, or its code."""
        return self.known("units", code, unit_word(code))

    def country(self, code: str) -> str:
        """The name of a country, or its code."""
        return str(self.locale.territories.get(code, code))

    def pages(self) -> list[str]:
        """What stands before, between and behind the page's number and how many there are."""
        return re.split(r"\{pages?\}", self.text("page"))

    def join(self, *parts: str) -> str:
        """Parts that are not empty, with this language's comma between them."""
        return _COMMA.get(self.language, ", ").join(filter(None, parts))

    def own(self, text: str) -> str:
        """Text of the order, as it is, kept apart from its surroundings where reading directions meet."""
        text = text.translate(_REMOVED)
        if self.rtl or _RTL.search(text):
            return "\n".join(f"\u2068{line}\u2069" for line in text.split("\n"))
        return text

    def _localized(self, digits: str) -> str:
        whole, point, rest = digits.lstrip("-").partition(".")
        text = f"{int(whole):,}{point}{rest}".translate(self._separators)
        return self.own(f"−{text}") if digits.startswith("-") else text


@lru_cache(4096)
def _date(value: datetime.date, length: Literal["long", "medium"], locale: str) -> str:
    return format_date(value, length, locale)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
