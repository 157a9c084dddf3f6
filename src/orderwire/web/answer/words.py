"""The page's texts in the supplier's language: one JSON file a language, all with the same keys.

Numbers, dates and units are said by the same module as on the printed order, so that both read alike.
"""

import datetime
import json
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from babel.dates import format_skeleton
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orderwire.document.base import plain
from orderwire.document.codes import PIECES
from orderwire.formats.pdf.words import Words, words

LANGUAGES = {
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano", "nl": "Nederlands",
    "pl": "Polski", "el": "Ελληνικά", "uk": "Українська", "ru": "Русский", "zh": "中文", "ar": "العربية",
}  # fmt: skip


class Texts:
    """One language. Calling it gives a text with its values filled in, safe to print."""

    do_not_call_in_templates = True

    def __init__(self, language: str, country: str = ""):
        self.words: Words = words(language, country or None)
        self.language = language
        self.direction = "rtl" if self.words.rtl else "ltr"
        self._texts = _catalogue(language)
        self.decimal_sign = self.words.locale.number_symbols["latn"]["decimal"]

    def __call__(self, key: str, **values: object) -> SafeString:
        """A text; values are escaped. Raises KeyError for a key that is not there."""
        return format_html(self._texts[key], **self._apart(values)) if values else SafeString(self._texts[key])

    def __getitem__(self, key: str) -> SafeString:
        """For templates: {{ t.accept }}."""
        return self(key)

    def count(self, key: str, n: int, **values: object) -> SafeString:
        """A text with a number, in the plural form that the language wants."""
        forms = self._texts[key]
        form = forms.get(self.words.locale.plural_form(n), forms["other"])
        return format_html(form, **self._apart({"n": self.words.number(Decimal(n)), **values}))

    def _apart(self, values: dict[str, object]) -> dict[str, object]:
        """Where the text runs from right to left, values keep their own direction and do not reorder their
        neighbors."""
        if self.direction == "ltr":
            return values
        return {name: format_html("\u2068{}\u2069", value) for name, value in values.items()}

    def field(self, value: Decimal, digits: int = 0) -> str:
        """A number as it stands in an input: no thousands separators, at least `digits` decimals."""
        own = len(plain(value).partition(".")[2])
        return f"{value:.{max(own, digits)}f}".replace(".", self.decimal_sign)

    def day(self, value: datetime.date) -> str:
        """A date; the year only when it is another than this one."""
        if value.year != datetime.date.today().year:
            return self.words.date(value)
        return format_skeleton("MMMMd", value, locale=self.words.locale).replace(" ", "\u00a0")

    def unit(self, code: str, quantity: Decimal) -> str:
        """A unit as it stands in a sentence: 100 pieces, 40 kg."""
        if code not in PIECES:
            return self.words.unit(code)
        forms: dict[str, str] = self._texts["pieces"]
        return forms.get(self.words.locale.plural_form(quantity), forms["other"])

    def money(self, value: Decimal, currency: str) -> SafeString:
        """An amount with its currency before it, small."""
        return format_html('<span class="amt"><i>{}</i>{}</span>', currency, self.words.amount(value, currency))

    def moment(self, at: datetime.datetime, time_zone: str) -> str:
        """A time in the supplier's place."""
        return self.words.moment(at.isoformat(), time_zone)


@lru_cache
def texts(language: str, country: str = "") -> Texts:
    """Texts for a language tag; English where we do not have the language."""
    base = language.replace("_", "-").split("-")[0].lower()
    return Texts(base if base in LANGUAGES else "en", country)


@lru_cache
def _catalogue(language: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__package__).joinpath(f"texts/{language}.json").read_text("utf-8"))
    return found
