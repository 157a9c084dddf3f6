"""How many days later or earlier goods come, when both sides may name several days."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from orderwire.document.order import Line, Schedule
from orderwire.document.party import Party

Part = tuple[datetime.date | None, Decimal]


@dataclass(frozen=True)
class Shift:
    """The most days that any piece comes `late` and `early`. Where a day is not known on one side it counts in
    `undated` (wanted for a day, none given) or `dated` (a day is given, none was wanted)."""

    late: int = 0
    early: int = 0
    undated: bool = False
    dated: bool = False


def shift(wanted: Iterable[Part], given: Iterable[Part]) -> Shift:
    """The first piece that comes counts for the first that is wanted; pieces more than wanted are not compared."""
    late = early = 0
    undated = dated = False
    for due, day in _pairs(_sorted(wanted), _sorted(given)):
        if due is not None and day is not None:
            late, early = max(late, (day - due).days), max(early, (due - day).days)
        undated |= due is not None and day is None
        dated |= due is None and day is not None
    return Shift(late, early, undated, dated)


def parts(schedules: Iterable[Schedule]) -> list[Part]:
    """The days and quantities of schedule lines."""
    return [(s.requested, s.quantity) for s in schedules]


def places(line: Line) -> frozenset[Party | None]:
    """Where the goods of a line go, whoever is to be called there; None is the place of the whole order."""
    return frozenset(_by_place(line))


def moved(before: Line, after: Line) -> Shift:
    """How far the dates of a line moved, at each place by itself where it goes to several."""
    old, new = _by_place(before), _by_place(after)
    if {*old} != {*new}:
        return shift(parts(before.schedules), parts(after.schedules))
    found = [shift(parts(old[place]), parts(new[place])) for place in old]
    return Shift(
        max(s.late for s in found),
        max(s.early for s in found),
        any(s.undated for s in found),
        any(s.dated for s in found),
    )


def redirected(before: Line, after: Line) -> bool:
    """Whether another quantity goes to one of several places."""
    old, new = (
        {place: sum((s.quantity for s in each), Decimal(0)) for place, each in _by_place(line).items()}
        for line in (before, after)
    )
    return len({*old, *new}) > 1 and old != new


def _by_place(line: Line) -> dict[Party | None, list[Schedule]]:
    found: dict[Party | None, list[Schedule]] = defaultdict(list)
    for schedule in line.schedules:
        place = schedule.ship_to
        found[place and place.model_copy(update={"contact": None})].append(schedule)
    return dict(found)


def _sorted(parts: Iterable[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: (part[0] is None, part[0] or datetime.date.min))


def _pairs(wanted: list[Part], given: list[Part]) -> Iterable[tuple[datetime.date | None, datetime.date | None]]:
    """Days that belong together, by counting pieces on both sides."""
    i = j = 0
    due_left = wanted[0][1] if wanted else Decimal(0)
    day_left = given[0][1] if given else Decimal(0)
    while i < len(wanted) and j < len(given):
        taken = min(due_left, day_left)
        if taken > 0:
            yield wanted[i][0], given[j][0]
        due_left, day_left = due_left - taken, day_left - taken
        if due_left <= 0:
            i += 1
            due_left = wanted[i][1] if i < len(wanted) else Decimal(0)
        if day_left <= 0:
            j += 1
            day_left = given[j][1] if j < len(given) else Decimal(0)
