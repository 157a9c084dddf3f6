"""What two versions of an order differ in by measure, held against tolerances: the total, and every line by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from orderwire.document.amount import Amount, Rates
from orderwire.document.money import totals
from orderwire.document.order import Line, Order
from orderwire.governance.changes import schedule, step
from orderwire.governance.changes.limit import Step, stand
from orderwire.governance.changes.policy import Tolerances


@dataclass(frozen=True)
class Excess:
    """What is beyond its tolerance, of the total (`line` None) or of a line.

    `what` is total, price, quantity, date, or line for one that is new or gone. `direction` is up, down, late or early
    with `size` and `allowed` in words; it is empty where the two cannot be compared, and `size` says why.
    """

    what: str
    line: str | None
    direction: str
    size: str
    allowed: str = ""


def total(limits: Tolerances, old: Order, new: Order, rates: Rates) -> Iterator[Excess]:
    """The total where it went further than it may, taxes included."""
    was, now = (Amount(totals(order).total, order.currency) for order in (old, new))
    value = rates.exact(now, was.currency)
    if value is None:
        yield Excess("total", None, "", f"there is no rate from {now.currency} to {was.currency}")
    elif way := step.amount(Fraction(was.value), value, was.currency):
        yield from _judged(limits, "total", None, way, rates)


def lines(limits: Tolerances, old: Order, new: Order, rates: Rates) -> Iterator[Excess]:
    """Each line of both versions: price, quantity and dates where they went further than they may."""
    after = {line.number: line for line in new.lines}
    same_money = old.currency == new.currency
    for line in old.lines:
        if line.number in after:
            yield from line_excess(limits, line, after[line.number], rates, old.currency if same_money else None)


def line_excess(limits: Tolerances, old: Line, new: Line, rates: Rates, currency: str | None) -> Iterator[Excess]:
    """One line. `currency` None: the versions have different ones, so that prices cannot be compared."""
    if old.unit != new.unit:
        yield Excess("quantity", old.number, "", f"{old.unit} became {new.unit}")
        return
    if currency is None:
        if step.unit_price(old) or step.unit_price(new):
            yield Excess("price", old.number, "", "it is in another currency")
    else:
        units = Fraction(max(old.quantity, new.quantity))
        if way := step.price(old, step.unit_price(new), units, currency):
            yield from _judged(limits, "price", old.number, way, rates)
    if way := step.quantity(old.quantity, new.quantity):
        yield from _judged(limits, "quantity", old.number, way, rates)
    yield from _dates(limits, old, new, rates)


def presence(limits: Tolerances, old: Order, new: Order, rates: Rates) -> Iterator[Excess]:
    """Lines that are new, or gone, as their whole quantity."""
    before, after = ({line.number: line for line in order.lines} for order in (old, new))
    for number in [*before, *(n for n in after if n not in before)]:
        if (number in before) != (number in after):
            was = before[number].quantity if number in before else Decimal(0)
            now = after[number].quantity if number in after else Decimal(0)
            if way := step.quantity(was, now):
                for excess in _judged(limits, "quantity", number, way, rates):
                    yield replace(excess, what="line")


def _dates(limits: Tolerances, old: Line, new: Line, rates: Rates) -> Iterator[Excess]:
    moved = schedule.moved(old, new)
    if moved.undated or moved.dated:
        yield Excess("date", old.number, "", "one of the two is not known")
    for direction, days in (("late", moved.late), ("early", moved.early)):
        if days:
            yield from _judged(limits, "date", old.number, step.Way(direction, Step(days=days)), rates)


def _judged(limits: Tolerances, what: str, line: str | None, way: step.Way, rates: Rates) -> Iterator[Excess]:
    found = stand(limits.limit(what, way.direction), way.step, rates)
    if not found.inside:
        yield Excess(what, line, way.direction, found.size, found.allowed)
