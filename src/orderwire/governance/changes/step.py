"""Steps from one value to another: which way it went and how far, exact."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from orderwire.document.order import Line
from orderwire.governance.changes.limit import Step, money

HUNDRED = Fraction(100)


@dataclass(frozen=True)
class Way:
    """One step and its direction: up or down, late or early."""

    direction: str
    step: Step


def price(line: Line, new: Fraction, quantity: Fraction, currency: str) -> Way | None:
    """From a line's price for one unit to a new one; its amount is the effect on so many units. None: no step."""
    old = unit_price(line)
    if new == old:
        return None
    effect = money(abs(new - old) * quantity, currency)
    return Way(_direction(old, new), Step(percent=_share(old, new), amount=effect))


def quantity(old: Decimal, new: Decimal) -> Way | None:
    """From one quantity to another of the same unit."""
    before, after = Fraction(old), Fraction(new)
    if before == after:
        return None
    return Way(_direction(before, after), Step(percent=_share(before, after), number=abs(new - old)))


def amount(old: Fraction, new: Fraction, currency: str) -> Way | None:
    """From one amount to another in the same currency."""
    if old == new:
        return None
    return Way(_direction(old, new), Step(percent=_share(old, new), amount=money(abs(new - old), currency)))


def unit_price(line: Line) -> Fraction:
    """The price of one unit."""
    return Fraction(line.price) / Fraction(line.price_basis)


def _direction(old: Fraction, new: Fraction) -> str:
    return "up" if new > old else "down"


def _share(old: Fraction, new: Fraction) -> Fraction | None:
    """How much of the old value the step is, in percent; None where that was nothing or less."""
    return HUNDRED * abs(new - old) / old if old > 0 else None
