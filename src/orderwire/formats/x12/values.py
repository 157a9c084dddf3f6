"""Elements as values and back: numbers and dates."""

import datetime
import re
from decimal import Decimal
from functools import lru_cache

from orderwire.document.base import plain

_NUMBER = re.compile(r"(-?)(\d*)\.?(\d*)", re.ASCII)


@lru_cache(maxsize=8192)
def number(text: str) -> Decimal | None:
    """Type R: digits with an optional point and sign (X12.6 3.5.1.2); None when it is not one or out of range."""
    text = text.strip(" ")
    match = _NUMBER.fullmatch(text) if len(text) <= 40 else None
    if match is None or not (match[2] or match[3]):
        return None
    whole, rest = match[2].lstrip("0") or "0", match[3].rstrip("0")
    if len(whole) > 15 or len(rest) > 9:
        return None
    value = Decimal(f"{match[1]}{whole}.{rest}" if rest else match[1] + whole)
    return value if value else Decimal(0)


@lru_cache(maxsize=8192)
def date(text: str) -> datetime.date | None:
    """Type DT: CCYYMMDD, or YYMMDD before release 004010 (years 70 to 99 are 19xx); None when it is not one."""
    text = text.strip(" ")
    if not (text.isascii() and text.isdigit()) or len(text) not in (6, 8):
        return None
    if len(text) == 6:
        text = ("19" if text >= "70" else "20") + text
    try:
        return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def day(value: datetime.date) -> str:
    """CCYYMMDD."""
    return f"{value.year:04d}{value.month:02d}{value.day:02d}"


def text_of(value: Decimal) -> str:
    """A document's decimal as type R: as `plain`, but quick for the usual ones (a document holds them normalized)."""
    text = str(value)
    return plain(value) if "E" in text else text


def digits(text: str) -> int:
    """Length of a written number as X12 counts it: neither sign nor point."""
    return len(text) - text.count(".") - text.count("-")
