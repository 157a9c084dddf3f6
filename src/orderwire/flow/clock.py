"""When things are due: working days, public holidays and office hours in the recipient's own place."""

import datetime
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

FARTHEST = 366
"""Days without a working day among them, at most; a calendar that has more of them is none."""
DAY = datetime.timedelta(days=1)


class Place(Protocol):
    """What of a partner decides when he works."""

    time_zone: str
    country: str
    region: str
    weekend: list[int]
    opens: datetime.time
    closes: datetime.time


@dataclass(frozen=True)
class Calendar:
    """The working days and office hours of one place.

    `weekend` are days of rest (ISO: 1 Monday … 7 Sunday). Public holidays are those of `country` (ISO 3166-1) and
    `region` (ISO 3166-2 without the country); no country, or one that nobody keeps a list of, has none. Raises
    ValueError where nobody would ever work.
    """

    zone: ZoneInfo
    weekend: frozenset[int] = frozenset({6, 7})
    opens: datetime.time = datetime.time(8)
    closes: datetime.time = datetime.time(17)
    country: str = ""
    region: str = ""

    def __post_init__(self) -> None:
        if self.weekend >= frozenset(range(1, 8)) or self.opens >= self.closes:
            raise ValueError("a calendar needs a working day in the week, and must open before it closes")

    def works(self, day: datetime.date) -> bool:
        """Whether this is a working day there; a day that the calendar left out (Samoa, 30 December 2011) is none."""
        if day.isoweekday() in self.weekend or day in holidays(self.country, self.region, day.year):
            return False
        return self.opening(day).date() == day

    def shift(self, day: datetime.date, working_days: int) -> datetime.date:
        """So many working days after the day, or before it; with 0 the day itself, or the first working day after."""
        if working_days == 0:
            return day if self.works(day) else self.shift(day, 1)
        step = DAY if working_days > 0 else -DAY
        for _ in range(abs(working_days)):
            for _ in range(FARTHEST):
                day += step
                if self.works(day):
                    break
        return day

    def opening(self, day: datetime.date) -> datetime.datetime:
        """When the office opens that day. An hour that comes twice counts the first time; one that the clock leaves
        out is as long after the change as it would have been."""
        return self._at(day, self.opens, fold=0)

    def closing(self, day: datetime.date) -> datetime.datetime:
        """When the office closes that day. An hour that comes twice counts the second time."""
        return max(self._at(day, self.closes, fold=0), self._at(day, self.closes, fold=1), key=_instant)

    def _at(self, day: datetime.date, time: datetime.time, *, fold: int) -> datetime.datetime:
        wall = datetime.datetime.combine(day, time, tzinfo=self.zone).replace(fold=fold)
        return wall.astimezone(datetime.UTC).astimezone(self.zone)


def zone(name: str) -> ZoneInfo:
    """The time zone of this IANA name, UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def calendar(partner: Place) -> Calendar:
    """The partner's calendar."""
    return Calendar(
        zone(partner.time_zone),
        frozenset(partner.weekend),
        partner.opens,
        partner.closes,
        partner.country,
        partner.region,
    )


def due(start: datetime.datetime, *, working_days: int, calendar: Calendar) -> datetime.datetime:
    """Closing time there, that many working days after `start`; with 0 the next closing time of a working day."""
    day = start.astimezone(calendar.zone).date()
    if working_days == 0 and calendar.works(day) and _instant(calendar.closing(day)) < _instant(start):
        day += DAY
    return _closing(calendar, day, working_days)


@lru_cache(maxsize=4096)
def _closing(calendar: Calendar, day: datetime.date, working_days: int) -> datetime.datetime:
    """Asked for every order that is sent, and the same for all that a supplier gets on one day."""
    return calendar.closing(calendar.shift(day, working_days))


def next_open(at: datetime.datetime, calendar: Calendar) -> datetime.datetime:
    """This moment where the office is open, else the next opening."""
    day = at.astimezone(calendar.zone).date()
    if calendar.works(day):
        if _instant(at) <= _instant(calendar.opening(day)):
            return calendar.opening(day)
        if _instant(at) < _instant(calendar.closing(day)):
            return at
    return calendar.opening(calendar.shift(day, 1))


@lru_cache(maxsize=256)
def regions(country: str) -> tuple[str, ...]:
    """The regions (ISO 3166-2 without the country) of which the holidays are known; none for an unknown country."""
    from holidays import list_supported_countries

    return tuple(sorted(list_supported_countries().get(country, ())))


@lru_cache(maxsize=4096)
def holidays(country: str, region: str, year: int) -> frozenset[datetime.date]:
    """The public holidays there in that year; of the whole country where the region is not known."""
    if not country:
        return frozenset()
    from holidays import country_holidays  # 0.1 s that only those pay who need it

    for subdivision in (region or None, None):
        try:
            return frozenset(country_holidays(country, subdiv=subdivision, years=year))
        except NotImplementedError:
            continue
    return frozenset()


def _instant(at: datetime.datetime) -> datetime.datetime:
    """For comparing: times of one zone compare by the wall clock, which an hour that comes twice leads astray."""
    return at.astimezone(datetime.UTC)
