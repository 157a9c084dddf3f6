"""How times, ages, money and people are said. Times are in the reader's zone unless a place is named."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from django.utils import timezone

from orderwire.document.money import exponent, rounded

_HOUR = 3600
_DAY = 24 * _HOUR


@dataclass(frozen=True)
class Money:
    """An amount ready to print: "42,685.00" and USD. `whole` where the currency has no decimals."""

    value: Decimal
    currency: str

    @property
    def text(self) -> str:
        """Digits with thousands apart, as many decimals as the currency has."""
        return f"{rounded(self.value, self.currency):,f}"

    @property
    def whole(self) -> bool:
        """True for a currency without decimals, such as JPY."""
        return exponent(self.currency) == 1

    def __str__(self) -> str:
        return f"{self.currency}\u00a0{self.text}"


def age(span: datetime.timedelta) -> str:
    """How long, in two units at most: 42 min, 4 h 15 min, 26 h, 2 d 1 h, 16 d."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return "a moment"
    if seconds < _HOUR:
        return f"{seconds // 60} min"
    if seconds < 10 * _HOUR:
        minutes = seconds % _HOUR // 60
        return f"{seconds // _HOUR} h {minutes} min" if minutes else f"{seconds // _HOUR} h"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR} h"
    days, hours = seconds // _DAY, seconds % _DAY // _HOUR
    return f"{days} d {hours} h" if hours and days < 14 else f"{days} d"


def brief_age(span: datetime.timedelta) -> str:
    """As `age`, without minutes beside hours: 42 min, 4 h, 26 h, 2 d 1 h."""
    hours = int(span.total_seconds()) // _HOUR
    return f"{hours} h" if 1 <= hours < 10 else age(span)


def when(
    at: datetime.datetime,
    *,
    now: datetime.datetime | None = None,
    zone: datetime.tzinfo | None = None,
    clock: bool = True,
    brief: bool = False,
) -> str:
    """14:02, yesterday 14:02, Tue 14:02, tomorrow 17:00, 9 Dec 14:02, 9 Dec ’27 14:02.

    Without `clock`: today, Tuesday…; `brief` names neighboring days by weekday as well, for narrow columns.
    """
    zone = zone or timezone.get_current_timezone()
    local, today = at.astimezone(zone), (now or timezone.now()).astimezone(zone).date()
    hour = f"{local:%H:%M}"
    match (local.date() - today).days:
        case 0:
            return hour if clock else "today"
        case -1 if not brief:
            name = "yesterday"
        case 1 if not brief:
            name = "tomorrow"
        case days if -7 < days < 7:
            name = f"{local:%a}" if clock else f"{local:%A}"
        case _:
            name = day(local.date(), today)
    return f"{name} {hour}" if clock else name


def sentence_time(at: datetime.datetime, *, now: datetime.datetime, zone: datetime.tzinfo | None = None) -> str:
    """As `when`, to stand in a sentence: "today 14:02", "on Tuesday 14:02", "on 9 Dec 14:02"."""
    zone = zone or timezone.get_current_timezone()
    local = at.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    hour = f"{local:%H:%M}"
    if abs(days) <= 1:
        return f"{('yesterday', 'today', 'tomorrow')[days + 1]} {hour}"
    return f"on {local:%A} {hour}" if abs(days) < 7 else f"on {day(local.date(), now.date())} {hour}"


def day(date: datetime.date, today: datetime.date | None = None) -> str:
    """9 Dec, with the year where it is another: 15 Jan ’27."""
    today = today or timezone.localdate()
    return f"{date.day} {date:%b}" + ("" if date.year == today.year else f" ’{date:%y}")


def place(zone_name: str) -> str:
    """The town that a time zone is named after: America/Chicago -> Chicago; empty for UTC and the like."""
    return zone_name.rsplit("/", 1)[-1].replace("_", " ") if "/" in zone_name else ""


def due(at: datetime.datetime, zone_name: str, *, now: datetime.datetime) -> str:
    """A due time in the place of whoever must keep it: "tomorrow 17:00 in Chicago"."""
    town = place(zone_name)
    text = when(at, now=now, zone=ZoneInfo(zone_name))
    text = f"today {text}" if text[0].isdigit() and text[2:3] == ":" else text
    return f"{text} in {town}" if town else f"{text} UTC"


def short(name: str) -> str:
    """The name by which people call a company in a sentence: its first two words without the legal form."""
    words = [w for w in name.replace(",", " ").split() if w.rstrip(".").lower() not in _LEGAL]
    while words and words[-1] in _AND:
        words.pop()
    return " ".join(words[: 3 if words[1:2] and words[1] in _AND else 2]) or name


_AND = ("&", "+", "und", "and", "et", "y", "e")


_LEGAL = {"inc", "ltd", "llc", "gmbh", "ag", "kg", "co", "corp", "sa", "s.a", "srl", "s.r.l", "sas", "bv", "b.v", "nv",
          "oy", "ab", "as", "a/s", "sp", "z", "o.o", "plc", "limited", "company", "se", "spa"}  # fmt: skip


def split_number(number: str) -> tuple[str, str]:
    """An order number as (part that neighbours share, own part)."""
    return (number[:-5], number[-5:]) if len(number) > 6 and number.isalnum() else ("", number)


def plural(count: int, one: str, many: str | None = None) -> str:
    """1 line, 3 lines."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def ordinal(count: int) -> str:
    """second, third; 4th from there on."""
    return {1: "first", 2: "second", 3: "third"}.get(count, f"{count}th")


def language(tag: str) -> str:
    """The English name of a language: zh -> Chinese, pt-BR -> Brazilian Portuguese."""
    names = Locale("en").languages
    return str(names.get(tag.replace("-", "_")) or names.get(tag.partition("-")[0].lower()) or tag)


def capped(count: int, cap: int) -> str:
    """A capped count: 217, or 1,000+ where there are more."""
    return f"{cap:,}+" if count > cap else f"{count:,}"


def decide_words(differences: Sequence[Mapping[str, Any]]) -> str:
    """What a button to an answer says: "Decide 5 differences", one for each line that differs."""
    count = len({d.get("line") for d in differences})
    declined = any(d.get("field") == "order" for d in differences)
    return f"Decide {plural(count, 'difference')}" if count and not declined else "Decide what to do"
