"""What a person typed becomes a number or a date, or a sentence that says what to write instead."""

import calendar
import datetime
import re
import unicodedata
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

from orderwire.document.base import Label, Text
from orderwire.web.answer.words import Texts

FARTHEST = datetime.timedelta(days=5 * 366)
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,9})?")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SPACES = dict.fromkeys(map(ord, " \u00a0\u2009\u202f'’"))
_TEXT: TypeAdapter[str] = TypeAdapter(Text)
_LABEL: TypeAdapter[str] = TypeAdapter(Label)


class Wrong(ValueError):
    """What stands in a field cannot be used; the text says so in the supplier's language."""


def number(raw: str, t: Texts) -> Decimal:
    """A number as written in the supplier's country; a point or comma of another country is understood where it can
    only mean one thing. Raises Wrong."""
    text = "".join(_digit(c) for c in raw.strip()).translate(_SPACES).replace("٫", ".").replace("٬", "")
    point, other = (",", ".") if t.decimal_sign == "," else (".", ",")
    if point in text and other in text:
        # Both appear: the last one is the decimal sign, whatever the country.
        if text.rindex(other) > text.rindex(point):
            point, other = other, point
        text = _ungrouped(text, other, point)
    elif other in text:
        # Three digits after it and a thousands separator of this country: 1.250 is 1250 in Germany.
        alone = text.count(other) == 1 and not re.search(rf"^\d{{1,3}}{re.escape(other)}\d{{3}}$", text)
        text = text.replace(other, point) if alone else _ungrouped(text, other, point)
    text = text.replace(point, ".")
    if not _NUMBER.fullmatch(text):
        raise Wrong(t("e_number", value=_short(raw), example=t.field(Decimal("1250.5"))))
    return Decimal(text)


def date(raw: str, t: Texts, *, today: datetime.date) -> datetime.date:
    """A day from today on, as year-month-day (what a browser's date field sends). Raises Wrong."""
    text = "".join(_digit(c) for c in raw.strip())
    found = _DATE.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= 12 or not 1 <= int(found[1]) <= 9998:
        raise Wrong(t("e_date", value=_short(raw), example=today.isoformat()))
    year, month, day = (int(part) for part in found.groups())
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise Wrong(t.count("e_month", last))
    chosen = datetime.date(year, month, day)
    if chosen < today:
        raise Wrong(t("e_past", date=t.day(chosen)))
    if chosen > today + FARTHEST:
        raise Wrong(t("e_far", date=t.day(chosen)))
    return chosen


def text(raw: str, t: Texts, *, longest: int, one_line: bool = False) -> str | None:
    """A text, None where there is none. Raises Wrong for one that is too long or cannot be sent."""
    given = raw.strip()
    if not given:
        return None
    if len(given) > longest:
        raise Wrong(t("e_long", n=longest))
    try:
        return (_LABEL if one_line else _TEXT).validate_python(given)
    except ValidationError as failure:
        raise Wrong(t("e_text")) from failure


def _ungrouped(text: str, separator: str, point: str) -> str:
    """Without thousands separators, where they stand in the right places; else as it was, to be refused."""
    whole, sign, rest = text.partition(point)
    if re.fullmatch(rf"\d{{1,3}}(?:{re.escape(separator)}\d{{3}})+", whole):
        return whole.replace(separator, "") + sign + rest
    return "?"


def _digit(char: str) -> str:
    """Arabic, Persian and full-width digits are digits too."""
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def _short(raw: str) -> str:
    return raw.strip()[:40]
