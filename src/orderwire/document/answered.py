"""What an answer speaks of: which line of the order, and how much of it comes when. Absent values mean "as ordered"."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from orderwire.document.find_line import PARTS, LineIndex
from orderwire.document.order import Line, Order
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response

_KEYS = (*((name, name) for name in PARTS), ("substitute_part", "supplier_part"))
"""By what an answer without a line number is matched: its field, and that of the line."""


@dataclass(frozen=True)
class Part:
    """So much of a line, in the line's unit, on that day; None: on the days that were asked for."""

    quantity: Decimal
    day: datetime.date | None


def matched(
    order: Order, response: Response
) -> tuple[tuple[tuple[Line, tuple[LineAnswer, ...]], ...], tuple[LineAnswer, ...]]:
    """The lines that are answered with what is said to each, and the answers that fit no line.

    By line number (leading zeros aside), else by the one part that fits. A line that is not named where the order as a
    whole is declined, is declined with it.
    """
    index = LineIndex(order.lines)
    found: dict[str, list[LineAnswer]] = defaultdict(list)
    foreign = []
    for answer in response.lines:
        hit = index.find(answer.number, ((name, getattr(answer, field)) for field, name in _KEYS))
        if hit is None or answer.status is LineStatus.ADDED:
            foreign.append(answer)
        else:
            found[hit.number].append(answer)
    if response.status is HeaderStatus.REJECTED:
        for number in (line.number for line in order.lines):
            if number not in found:
                answer = LineAnswer(number=number, status=LineStatus.REJECTED, reason=response.reason)
                found[number] = [answer]
    return tuple((line, tuple(found[line.number])) for line in order.lines if line.number in found), tuple(foreign)


def kept(answers: Sequence[LineAnswer]) -> tuple[LineAnswer, ...]:
    """The answers to a line that do not decline."""
    return tuple(a for a in answers if a.status is not LineStatus.REJECTED)


def coming(line: Line, answers: Sequence[LineAnswer]) -> tuple[Part, ...]:
    """What comes of a line that is answered in its own unit, as the answer lists it.

    A part without a quantity is all that the other parts, declined ones too, do not speak of; of several, the one
    promised last.
    """
    parts = kept(answers)
    given = sum((a.quantity for a in parts if a.quantity is not None), Decimal(0))
    gone = sum((a.quantity or Decimal(0) for a in answers if a.status is LineStatus.REJECTED), Decimal(0))
    rest = max(line.quantity - gone - given, Decimal(0))
    days = [arrival(line, a) for a in parts]
    open_ends = [i for i, a in enumerate(parts) if a.quantity is None]
    last = max(open_ends, key=lambda i: days[i] or datetime.date.min, default=None)
    return tuple(
        Part(a.quantity if a.quantity is not None else rest if i == last else Decimal(0), days[i])
        for i, a in enumerate(parts)
    )


def arrival(line: Line, answer: LineAnswer) -> datetime.date | None:
    """The day of arrival, or that of shipping where it is later than every day on which it should be there."""
    if answer.promised is not None:
        return answer.promised
    asked = [s.requested for s in line.schedules]
    if answer.ships is None or None in asked or answer.ships <= max(d for d in asked if d):
        return None
    return answer.ships


def other_days(line: Line, parts: Sequence[Part]) -> bool:
    """Whether more is promised for a day than was asked for it. Lines without a day leave it to the supplier."""
    asked: dict[datetime.date | None, Decimal] = defaultdict(Decimal)
    for schedule in line.schedules:
        asked[schedule.requested] += schedule.quantity
    given: dict[datetime.date, Decimal] = defaultdict(Decimal)
    for part in parts:
        if part.day is not None and part.quantity:
            given[part.day] += part.quantity
    extra = sum((p.quantity for p in parts), Decimal(0)) - line.quantity
    room = asked.get(None, Decimal(0)) + max(extra, Decimal(0))
    over = sum((max(amount - asked.get(day, Decimal(0)), Decimal(0)) for day, amount in given.items()), Decimal(0))
    elsewhere = any(day not in asked for day in given) and None not in asked
    return over > room or elsewhere
