"""How much of an order line was confirmed, shipped and received, how much is open, and what comes late: by line and by
schedule line.

What moved fills the schedule lines by date, the one needed first first; what is more than ordered stands on the last
one. So the schedule lines always add up to the line, and nothing that is too much is hidden.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from orderwire.document.answered import Part
from orderwire.document.base import plain
from orderwire.document.codes import PIECES, unit_word
from orderwire.document.order import Line, Schedule

ABSURD = 100
"""So many times what is ordered is a slip in the quantity or its unit, and no delivery."""

_NOTHING = Decimal(0)
Day = datetime.date | None


@dataclass(frozen=True)
class Moved:
    """So much of a line left the supplier or arrived, as document `number` says it. `rejected` of it was not taken.

    `unit` is empty where the document names none: then it is the line's.
    """

    kind: Literal["shipped", "received"]
    number: str
    quantity: Decimal
    unit: str = ""
    rejected: Decimal = _NOTHING
    on: Day = None


@dataclass(frozen=True)
class ScheduleGoods:
    """One schedule line. `promised` and `confirmed` are None where the supplier has not said anything that counts.

    `late` is by how many days the last of it came, or is awaited, after the day that is promised or else needed.
    """

    needed: Day
    promised: Day
    ordered: Decimal
    confirmed: Decimal | None
    shipped: Decimal
    received: Decimal
    rejected: Decimal
    open: Decimal
    late: int


@dataclass(frozen=True)
class LineGoods:
    """One line of the order, in its unit; quantities are the sums of its schedule lines.

    `supplied` is what was shipped or received, whichever is more, without what was rejected. `uncounted` says what was
    said of this line and cannot be counted, and why.
    """

    number: str
    unit: str
    ordered: Decimal
    confirmed: Decimal | None
    shipped: Decimal
    received: Decimal
    rejected: Decimal
    supplied: Decimal
    open: Decimal
    schedules: tuple[ScheduleGoods, ...]
    uncounted: tuple[str, ...] = ()

    @property
    def expected(self) -> Decimal:
        """What is confirmed, or ordered where nothing is."""
        return self.ordered if self.confirmed is None else self.confirmed

    @property
    def difference(self) -> Decimal:
        """What was supplied beyond what was confirmed; below zero: what is missing."""
        return self.supplied - self.expected

    @property
    def percent(self) -> Decimal | None:
        """The difference in percent of what was confirmed, one decimal; None where nothing was."""
        if not self.expected:
            return None
        return (self.difference * 100 / self.expected).quantize(Decimal("0.1"))

    @property
    def late(self) -> int:
        """By how many days the latest of its schedule lines is late."""
        return max(schedule.late for schedule in self.schedules)


def why_not(line: Line, moved: Moved) -> str | None:
    """Why a quantity of this line cannot be counted, in words; None where it can."""
    what = f"{moved.number}: {_figure(moved.quantity)} of line {line.number}"
    if moved.unit and moved.unit != line.unit and not {moved.unit, line.unit} <= PIECES:
        return f"{what} has the unit {unit_word(moved.unit)}, the order has {unit_word(line.unit)}; it is not counted."
    if moved.quantity < 0 or moved.rejected < 0:
        return f"{what} is below zero; it is not counted."
    if moved.quantity == 0:
        return f"{what} says that nothing was {moved.kind}."
    if moved.quantity > line.quantity * ABSURD:
        return f"{what} is more than {ABSURD} times what is ordered, surely a slip; it is not counted."
    if moved.rejected > moved.quantity:
        return f"{what} was {moved.kind} and {_figure(moved.rejected)} rejected, which is more; it is not counted."
    return None


def goods(line: Line, moved: Iterable[Moved], promised: Sequence[Part] | None, *, today: datetime.date) -> LineGoods:
    """What became of a line. `promised` are the parts that the supplier confirmed, None: nothing that counts."""
    all_ = sorted(moved, key=lambda m: (m.on or datetime.date.max, m.number, m.quantity, m.rejected, m.unit))
    told = [(each, why_not(line, each)) for each in all_]
    counted = [each for each, why in told if why is None]
    schedules = sorted(line.schedules, key=lambda s: s.requested or datetime.date.max)
    room = [s.quantity for s in schedules]
    shipped = _filled(room, [(m.on, m.quantity) for m in counted if m.kind == "shipped"])
    received = _filled(room, [(m.on, m.quantity) for m in counted if m.kind == "received"])
    refused = _filled(room, [(m.on, m.rejected) for m in counted if m.kind == "received"])
    gone = [_sum(parts) for parts in (_flat(shipped), _flat(received), _flat(refused))]
    supplied = max(max(gone[0], gone[1]) - gone[2], _NOTHING)
    used = [_sum(parts) for parts in _filled(room, [(None, supplied)])]
    parts = None if promised is None else _filled(room, [(p.day, p.quantity) for p in _by_day(promised)])
    made = tuple(
        _schedule(
            schedule,
            confirmed=None if parts is None else parts[i],
            shipped=shipped[i],
            received=received[i],
            rejected=_sum(refused[i]),
            open=max(schedule.quantity - used[i], _NOTHING),
            today=today,
        )
        for i, schedule in enumerate(schedules)
    )
    return LineGoods(
        number=line.number,
        unit=line.unit,
        ordered=line.quantity,
        confirmed=None if parts is None else _sum(_flat(parts)),
        shipped=gone[0],
        received=gone[1],
        rejected=gone[2],
        supplied=supplied,
        open=sum((s.open for s in made), _NOTHING),
        schedules=made,
        uncounted=tuple(why for _, why in told if why),
    )


_Portions = list[tuple[Day, Decimal]]


def _filled(room: Sequence[Decimal], portions: Iterable[tuple[Day, Decimal]]) -> list[_Portions]:
    """The portions, in their sequence, over the schedule lines; the last one takes what is left."""
    found: list[_Portions] = [[] for _ in room]
    free, at = list(room), 0
    for day, quantity in portions:
        left = quantity
        while left > 0:
            last = at == len(room) - 1
            used = left if last else min(left, free[at])
            if used:
                found[at].append((day, used))
                free[at] -= used
                left -= used
            if not last and free[at] <= 0:
                at += 1
    return found


def _schedule(
    schedule: Schedule,
    *,
    confirmed: _Portions | None,
    shipped: _Portions,
    received: _Portions,
    rejected: Decimal,
    open: Decimal,
    today: datetime.date,
) -> ScheduleGoods:
    days = [day or schedule.requested for day, _ in confirmed or ()]
    promised = max((day for day in days if day), default=None)
    due = promised or schedule.requested
    came = [day for day, _ in received or shipped if day]
    last = today if open else max(came, default=None)
    return ScheduleGoods(
        needed=schedule.requested,
        promised=promised,
        ordered=schedule.quantity,
        confirmed=None if confirmed is None else _sum(confirmed),
        shipped=_sum(shipped),
        received=_sum(received),
        rejected=rejected,
        open=open,
        late=max((last - due).days, 0) if last and due else 0,
    )


def _by_day(parts: Iterable[Part]) -> list[Part]:
    """The parts as they come; what has no day of its own comes as it was asked for, so first."""
    return sorted(parts, key=lambda p: (p.day is not None, p.day or datetime.date.max))


def _flat(portions: Iterable[_Portions]) -> _Portions:
    return [portion for part in portions for portion in part]


def _sum(portions: Iterable[tuple[Day, Decimal]]) -> Decimal:
    return sum((quantity for _, quantity in portions), _NOTHING)


def _figure(value: Decimal) -> str:
    """As people read it: 1,200.5."""
    return f"{value:,.{len(plain(value).partition('.')[2])}f}"
