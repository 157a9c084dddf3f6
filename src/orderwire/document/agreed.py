"""The order as the supplier's answer makes it: what the buyer orders from now on where he takes an answer."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from orderwire.document.answered import Part, arrival, coming, kept, matched, other_days
from orderwire.document.finding import place
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.party import Party
from orderwire.document.response import LineAnswer, LineStatus, Response


class CannotSay(ValueError):
    """The answer does not say enough to make it the order. `line` is the order's line number; None: the order."""

    def __init__(self, line: str | None, reason: str):
        super().__init__(f"Line {line} {reason}" if line else reason)
        self.line, self.reason = line, reason


def order_as_answered(order: Order, response: Response, lines: Collection[str] | None = None) -> Order:
    """The order with these lines as answered; None: with all of them. Lines that are not answered stay as they are.

    The revision number stays: the next one is the caller's. Raises CannotSay, for `lines` None also where the answer
    has lines of its own, and where nothing of the order would be left.
    """
    answered, foreign = matched(order, response)
    if lines is None and foreign:
        name = foreign[0].number or foreign[0].supplier_part or foreign[0].buyer_part or "without a name"
        raise CannotSay(None, f"The answer has a line {name}, and does not say enough of it to order it.")
    taken = {line.number: answers for line, answers in answered if lines is None or line.number in lines}
    other_money = response.currency if response.currency != order.currency else None
    made = []
    for line in order.lines:
        answers = taken.get(line.number, ())
        if other_money and any(a.price is not None for a in kept(answers)):
            raise CannotSay(line.number, f"is priced in {other_money}, and the order is in {order.currency}.")
        new = as_answered(line, answers) if answers else line
        if new is not None:
            made.append(new)
    if not made:
        raise CannotSay(None, "Nothing of the order would be left.")
    try:
        return Order.model_validate({**order.model_dump(), "lines": made})
    except ValidationError as failure:
        raise CannotSay(None, f"The answer makes no valid order: {_words(failure)}.") from failure


def as_answered(line: Line, answers: Sequence[LineAnswer]) -> Line | None:
    """The line as the answers to it make it; None where nothing of it comes.

    Raises CannotSay where that is undecided, unknown, or more than one line can hold.
    """
    parts = kept(answers)
    if not parts:
        return None
    _decided(line, answers)
    changes: dict[str, Any] = _part(line, parts)
    units = {a.unit or line.unit for a in parts}
    if len(units) > 1:
        raise CannotSay(line.number, "is answered in mixed units.")
    unit = units.pop()
    changes |= _in_unit(line, parts, unit) if unit != line.unit else _amounts(line, answers)
    if not changes.get("quantity", line.quantity):
        return None
    if not changes:
        return line
    try:
        return Line.model_validate({**line.model_dump(), **changes})
    except ValidationError as failure:
        raise CannotSay(line.number, f"as answered is no valid line: {_words(failure)}.") from failure


def _decided(line: Line, answers: Sequence[LineAnswer]) -> None:
    for answer in answers:
        match answer.status:
            case LineStatus.PENDING:
                raise CannotSay(line.number, "is not decided yet.")
            case LineStatus.BACKORDERED if answer.promised is None and answer.ships is None:
                raise CannotSay(line.number, "is on back order without a date.")
            case LineStatus.SUBSTITUTED if answer.substitute_part is None:
                raise CannotSay(line.number, "is to be another part, which the answer does not name.")
    if len(kept(answers)) < len(answers) and all(a.quantity is None for a in answers):
        raise CannotSay(line.number, "is both accepted and declined, and no quantities tell how much of it.")


def _part(line: Line, parts: Sequence[LineAnswer]) -> dict[str, Any]:
    """Our own part number stays: it says what we need, not what is delivered for it."""
    other = next((a.buyer_part for a in parts if line.buyer_part and a.buyer_part not in (None, line.buyer_part)), None)
    if other:
        raise CannotSay(line.number, f"is answered for our part {other}, and we ordered {line.buyer_part}.")
    own = {line.supplier_part, line.buyer_part, line.gtin}
    substitutes = {a.substitute_part if a.substitute_part not in own else None for a in parts}
    if len(substitutes) > 1:
        raise CannotSay(line.number, "is to be several parts, and a line is for one.")
    if substitute := substitutes.pop():
        gtins = {a.gtin for a in parts} - {None, line.gtin}
        return {"supplier_part": substitute, "gtin": gtins.pop() if len(gtins) == 1 else None}
    changes = {}
    for name in ("supplier_part", "gtin"):
        names = {getattr(a, name) or getattr(line, name) for a in parts if not a.substitute_part}
        if len(names) > 1:
            raise CannotSay(line.number, "is to be several parts, and a line is for one.")
        if names and getattr(line, name) and (new := names.pop()) != getattr(line, name):
            changes[name] = new
    return changes


def _amounts(line: Line, answers: Sequence[LineAnswer]) -> dict[str, Any]:
    """Quantity, days and price in the unit of the line."""
    changes: dict[str, Any] = {}
    parts = kept(answers)
    prices = {price if (price := a.price_for(line.price_basis)) is not None else line.price for a in parts}
    if len(prices) > 1:
        raise CannotSay(line.number, "has several prices, and a line has one.")
    if (price := prices.pop()) != line.price:
        changes["price"] = price
    found = coming(line, answers)
    if len({p.day for p, a in zip(found, parts, strict=True) if a.quantity is None}) > 1:
        raise CannotSay(line.number, "does not say how much comes on which day.")
    quantity = sum((p.quantity for p in found), Decimal(0))
    if quantity != line.quantity or other_days(line, found):
        changes["quantity"] = quantity
        changes["schedules"] = schedules(line, found)
    return changes


def schedules(line: Line, parts: Sequence[Part]) -> list[Schedule]:
    """The parts as schedule lines. Each takes its place, and so where it goes to, from those that were asked for: the
    same day first, then what has no day the earliest. What is more than ordered goes where the last of it goes."""
    asked = sorted(line.schedules, key=lambda s: _sooner(s.requested))
    free = [schedule.quantity for schedule in asked]
    planned = sorted(parts, key=lambda part: (part.day is not None, _sooner(part.day)))
    left = [part.quantity for part in planned]
    made: dict[tuple[datetime.date | None, Party | None], Decimal] = defaultdict(Decimal)
    for same_day in (True, False):
        for n, part in enumerate(planned):
            for index, schedule in enumerate(asked):
                if not same_day or schedule.requested == part.day:
                    used = min(free[index], left[n])
                    free[index] -= used
                    left[n] -= used
                    made[part.day or schedule.requested, schedule.ship_to] += used
    for part, more in zip(planned, left, strict=True):
        made[part.day or asked[-1].requested, asked[-1].ship_to] += more
    found = sorted(made.items(), key=lambda item: _sooner(item[0][0]))
    return [Schedule(quantity=q, requested=day, ship_to=to) for (day, to), q in found if q]


def _sooner(day: datetime.date | None) -> datetime.date:
    return day or datetime.date.max


def _in_unit(line: Line, parts: Sequence[LineAnswer], unit: str) -> dict[str, Any]:
    """Another unit can be ordered where quantity and price are given in it, and one place and day take it all."""
    if any(a.quantity is None or a.price is None for a in parts):
        raise CannotSay(line.number, f"is answered in {unit} without its quantity and price in that unit.")
    bases = {a.price_basis for a in parts}
    basis = bases.pop() or (Decimal(1) if line.price_basis == 1 else None)
    prices = {a.price for a in parts}
    if bases or len(prices) > 1 or basis is None:
        raise CannotSay(line.number, f"is answered in {unit} without one price and what it is for.")
    places = {(s.requested, s.ship_to.model_dump_json() if s.ship_to else None) for s in line.schedules}
    days = [arrival(line, a) for a in parts]
    if len({where for _, where in places}) > 1 or (None in days and len(places) > 1):
        raise CannotSay(line.number, f"is answered in {unit}, and does not say how much comes when and where.")
    made: dict[datetime.date | None, Decimal] = defaultdict(Decimal)
    for answer, day in zip(parts, days, strict=True):
        made[day or line.schedules[0].requested] += answer.quantity or Decimal(0)
    where = line.schedules[0].ship_to
    placed = [Schedule(quantity=q, requested=d, ship_to=where) for d, q in made.items() if q]
    total = sum(made.values(), Decimal(0))
    return {"unit": unit, "quantity": total, "price": prices.pop(), "price_basis": basis, "schedules": placed}


def _words(failure: ValidationError) -> str:
    first = failure.errors()[0]
    return f"{place(first['loc'])}: {first['msg']}"
