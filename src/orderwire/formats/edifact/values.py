"""Elements as values and back: numbers, dates and periods."""

import datetime
import re
from decimal import Decimal
from functools import lru_cache

from orderwire.document.base import plain

_CODE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/ -")
_NUMBER = re.compile(r"(-?)(\d*)[.,]?(\d*)(-?)", re.ASCII)


@lru_cache(maxsize=8192)
def number(text: str) -> Decimal | None:
    """A numeric value (ISO 9735, 10): digits with an optional decimal mark, point or comma, and sign; None if not."""
    text = text.strip(" ")
    match = _NUMBER.fullmatch(text) if len(text) <= 40 else None
    if match is None or not (match[2] or match[3]) or (match[1] and match[4]):
        return None
    whole, rest = match[2].lstrip("0") or "0", match[3].rstrip("0")
    if len(whole) > 15 or len(rest) > 9:
        return None
    value = Decimal(f"{match[1] or match[4]}{whole}.{rest}" if rest else (match[1] or match[4]) + whole)
    return value if value else Decimal(0)


@lru_cache(maxsize=8192)
def date(text: str, form: str = "102") -> datetime.date | None:
    """The day of a 2380 by its 2379; the first day of a period. None when it is not one."""
    text = text.strip(" ")
    digits = text[:8] if form in ("718", "719") else text
    if form in ("615", "616"):
        return _monday(text if form == "616" else "20" + text)
    if form in ("101", "201", "301", "713", "717", "3"):
        digits = ("19" if text >= "70" else "20") + text[:6]
    elif form == "2":
        digits = ("19" if text[4:6] >= "70" else "20") + text[4:6] + text[2:4] + text[:2]
    elif form == "4":
        digits = text[4:8] + text[2:4] + text[:2]
    elif form in ("609", "610"):
        digits = (text if form == "610" else "20" + text)[:6] + "01"
    if not (digits.isascii() and digits[:8].isdigit() and len(digits) >= 8):
        return None
    try:
        return datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _monday(text: str) -> datetime.date | None:
    """The first day of a week of ISO 8601, CCYYWW."""
    if not (len(text) == 6 and text.isascii() and text.isdigit()):
        return None
    try:
        return datetime.date.fromisocalendar(int(text[:4]), int(text[4:]), 1)
    except ValueError:
        return None


def period_end(text: str, form: str) -> datetime.date | None:
    """The last day of a period in format 718 (CCYYMMDD-CCYYMMDD), with or without its hyphen."""
    digits = text.strip(" ").replace("-", "")
    return date(digits[8:16]) if form == "718" and len(digits) == 16 else None


@lru_cache(maxsize=8192)
def day(value: datetime.date) -> str:
    """CCYYMMDD, format 102."""
    return f"{value.year:04d}{value.month:02d}{value.day:02d}"


def text_of(value: Decimal) -> str:
    """A document's decimal with a point: as `plain`, but quick for the usual ones (documents hold them normalized)."""
    text = str(value)
    return plain(value) if "E" in text else text


def codeword(value: str) -> str | None:
    """A code as documents hold it: at most 35 letters, digits and plain marks; None where it is none."""
    value = value[:35].strip()
    return value if value and set(value) <= _CODE else None
