"""A limit as people write it, and how a step in one direction stands to it, in words.

Limits include themselves. What cannot be compared (no rate) is neither inside nor beyond.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from orderwire.document.amount import Amount, Rates
from orderwire.document.base import plain
from orderwire.document.money import exponent

_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?")
_MONEY = re.compile(r"[A-Za-z]{2,4} ?\d")
_FINEST = 9


@dataclass(frozen=True)
class Limit:
    """How far something may go: by `percent`, `amount`, `number` (in the line's unit) and `days`, of which all that are
    given must hold. `unlimited` allows everything, and a limit without any of them nothing."""

    percent: Decimal | None = None
    amount: Amount | None = None
    number: Decimal | None = None
    days: int | None = None
    unlimited: bool = False

    def __str__(self) -> str:
        """As it is written in the file."""
        if self.unlimited:
            return "any"
        amount = f"{self.amount.currency} {plain(self.amount.value)}" if self.amount else None
        parts = [
            None if self.percent is None else f"{plain(self.percent)} %",
            amount,
            None if self.number is None else plain(self.number),
            None if self.days is None else f"{self.days} days",
        ]
        return " and ".join(filter(None, parts)) or "none"


NOTHING = Limit()


@dataclass(frozen=True)
class Step:
    """How far something went in one direction, each measure zero or more.

    `percent` None: a percentage of nothing, which is beyond every one. Measures that do not apply are absent.
    """

    percent: Fraction | None = None
    amount: Amount | None = None
    number: Decimal | None = None
    days: int | None = None


@dataclass(frozen=True)
class Stand:
    """Whether a step is inside its limit (None: cannot be told); in words how far it went and what was allowed, by the
    measures that made it so."""

    inside: bool | None
    size: str
    allowed: str


def stand(limit: Limit, step: Step, rates: Rates) -> Stand:
    """How this step stands to this limit."""
    if limit.unlimited:
        return Stand(True, _size(step), "any is allowed")
    found: list[tuple[bool | None, str, str]] = []
    if limit.percent is not None:
        within = step.percent is not None and step.percent <= Fraction(limit.percent)
        found.append((within, percent(step.percent, limit.percent), f"limit {plain(limit.percent)} %"))
    if limit.amount is not None and step.amount is not None:
        found.append(_money(limit.amount, step.amount, rates))
    if limit.number is not None and step.number is not None:
        found.append((step.number <= limit.number, _figure(step.number), f"limit {_figure(limit.number)}"))
    if limit.days is not None and step.days is not None:
        found.append((step.days <= limit.days, _days(step.days), f"limit {limit.days}"))
    if not found:
        return Stand(False, _size(step), "none is allowed")
    results = [within for within, _, _ in found]
    inside = False if False in results else None if None in results else True
    told = [part for part in found if part[0] is inside][: 1 if inside else None]
    first, *more = told
    return Stand(inside, first[1], ", and ".join([first[2], *(f"{size}, {allowed}" for _, size, allowed in more)]))


def percent(value: Fraction | None, limit: Decimal | None = None) -> str:
    """'4.1 %', with as many decimals as tell it from the limit; None is 'from nothing'."""
    if value is None:
        return "from nothing"
    against = None if limit is None else Fraction(limit)
    for digits in range(1, _FINEST + 1):
        shown = _decimal(value, digits)
        if (shown or not value) and (against is None or _side(Fraction(shown), against) == _side(value, against)):
            return f"{_figure(shown)} %"
    return f"a little {'more' if against is None or value > against else 'less'} than {plain(limit or Decimal(0))} %"


def _side(value: Fraction, limit: Fraction) -> int:
    return (value > limit) - (value < limit)


def parsed(text: str, *measures: str) -> Limit:
    """'2 % and EUR 50', '3 days', '10', 'any' or 'none', with these measures. Raises ValueError with the remedy."""
    if text == "any":
        return Limit(unlimited=True)
    if text == "none":
        return NOTHING
    found: dict[str, Any] = {}
    for part in text.split(" and "):
        name, value = _part(part.strip(), measures)
        if name not in measures:
            raise ValueError(f"{part.strip()!r} cannot be a limit here; write {_examples(measures)}, any or none")
        if name in found:
            raise ValueError(f"{text!r} has two limits of one kind; keep the lower")
        found[name] = value
    return Limit(**found)


def reader(*measures: str) -> Callable[[Any], Limit]:
    """What reads a limit of these measures from a file."""

    def read(value: Any) -> Limit:
        if isinstance(value, Limit):
            return value
        if not isinstance(value, str):
            raise ValueError(f"is not a limit; write {_examples(measures)}, any or none")
        return parsed(value.strip(), *measures)

    return read


def _part(text: str, measures: tuple[str, ...]) -> tuple[str, Any]:
    for ending, name in (("%", "percent"), ("days", "days"), ("day", "days")):
        if text.endswith(ending):
            number = text.removesuffix(ending).strip()
            if not _NUMBER.fullmatch(number) or (name == "days" and not number.isdigit()):
                raise ValueError(f"{text!r} is not a limit; write it like {_EXAMPLES[name]}")
            return name, int(number) if name == "days" else Decimal(number)
    if _NUMBER.fullmatch(text):
        return "number", Decimal(text)
    if not _MONEY.match(text):
        raise ValueError(f"{text!r} is not a limit; write {_examples(measures)}, any or none")
    return "amount", Amount.parse(text)


_EXAMPLES = {"percent": "2 %", "amount": "EUR 50", "number": "10", "days": "3 days"}


def _examples(measures: tuple[str, ...]) -> str:
    return ", ".join(_EXAMPLES[name] for name in measures)


def _money(limit: Amount, step: Amount, rates: Rates) -> tuple[bool | None, str, str]:
    value = rates.exact(step, limit.currency)
    if value is None:
        missing = f"limit {limit}, and there is no rate from {step.currency} to {limit.currency}"
        return None, str(step), missing
    return value <= Fraction(limit.value), str(step), f"limit {limit}"


def _size(step: Step) -> str:
    """The measure that says most."""
    if step.days is not None:
        return _days(step.days)
    if step.percent is not None:
        return percent(step.percent)
    return str(step.amount) if step.amount else _figure(step.number) if step.number is not None else percent(None)


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days:,} days"


def _figure(value: Decimal) -> str:
    return f"{value:,.{len(plain(value).partition('.')[2])}f}"


def _decimal(value: Fraction, digits: int) -> Decimal:
    """Half away from zero, for a value of zero or more."""
    return Decimal(_half_up(value * 10**digits)) / Decimal(10**digits)


def money(value: Fraction, currency: str) -> Amount:
    """A value of zero or more, rounded to the currency's minor unit."""
    unit = exponent(currency)
    return Amount(Decimal(_half_up(value / Fraction(unit))) * unit, currency)


def _half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
