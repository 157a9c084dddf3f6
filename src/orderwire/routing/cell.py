"""One cell of the table: what it asks of one fact, in words, and as a test that says yes, no or cannot tell."""

import datetime
import json
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from orderwire.document.amount import Amount, Rates
from orderwire.routing.facts import FACTS, Fact, FactType, Value
from orderwire.yaml_file import Written, suggestion

Test = Callable[[Any, Rates], bool | None]
"""True: fits; False: does not; None: cannot be told, because the fact is not known or a rate is missing."""

_OPERATORS: dict[FactType, frozenset[str]] = {
    FactType.TEXT: frozenset({"in", "not_in", "prefix"}),
    FactType.TEXTS: frozenset({"in", "not_in", "prefix"}),
    FactType.AMOUNT: frozenset({"min", "max"}),
    FactType.NUMBER: frozenset({"in", "not_in", "min", "max"}),
    FactType.DATE: frozenset({"in", "not_in", "min", "max"}),
    FactType.FLAG: frozenset({"in"}),
}
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Cell(Written):
    """A condition on one fact. Values are text as written, normalized; bounds are inclusive.

    `in`: is one of; `not_in`: is none of; `prefix`: begins with one of; of a fact with several words, any one counts
    for `in` and `prefix`, and none may be in `not_in`. `is_set: true` together with another condition makes a fact
    that is not known a plain no, where it would otherwise hold the order.
    """

    fact: str
    one_of: tuple[str, ...] | None = Field(None, alias="in", min_length=1, max_length=2000)
    none_of: tuple[str, ...] | None = Field(None, alias="not_in", min_length=1, max_length=2000)
    prefix: tuple[str, ...] | None = Field(None, min_length=1, max_length=2000)
    minimum: str | None = Field(None, alias="min")
    maximum: str | None = Field(None, alias="max")
    is_set: bool | None = None

    @field_validator("one_of", "none_of", "prefix", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        """JSON may say true and 12 where YAML has text."""
        items = value if isinstance(value, list | tuple) else [value]
        return [json.dumps(item) if isinstance(item, bool | int) else item for item in items]

    @field_validator("fact")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in FACTS:
            raise ValueError(f"there is no fact {name!r}.{suggestion(name, FACTS)}")
        return name

    @model_validator(mode="after")
    def _fits_the_type(self) -> Self:
        fact = FACTS[self.fact]
        used = {
            info.alias or name
            for name, info in type(self).model_fields.items()
            if name not in ("fact", "is_set") and getattr(self, name) is not None
        }
        if wrong := used - _OPERATORS[fact.type]:
            can = ", ".join(sorted(_OPERATORS[fact.type] | {"is_set"}))
            raise ValueError(f"{fact.name} is of type {fact.type}, which has no {min(wrong)!r}; it has {can}")
        if not used and self.is_set is None:
            raise ValueError("asks nothing; give a value, or in, not_in, prefix, min, max or is_set")
        if used and self.is_set is False:
            raise ValueError("is_set: false cannot stand with another condition; remove one")
        if len(used) > 1 and used != {"min", "max"}:
            raise ValueError(f"asks {' and '.join(sorted(used))} at once; keep one, or make two rules of it")
        for name in ("one_of", "none_of"):
            if values := getattr(self, name):
                object.__setattr__(self, name, tuple(_normal(fact.type, v) for v in values))
        for name in ("minimum", "maximum"):
            if (bound := getattr(self, name)) is not None:
                object.__setattr__(self, name, _normal(fact.type, bound))
        if self.minimum is not None and self.maximum is not None:
            _ordered(fact, self.minimum, self.maximum)
        return self

    def as_written(self) -> Any:
        """The cell as it stands in the file, after the fact's name."""
        asked = self.model_dump(mode="json", by_alias=True, exclude={"fact"}, exclude_none=True)
        return asked["in"] if asked.keys() == {"in"} else asked

    def test(self) -> Test:
        """The cell as a function of the fact's value."""
        kind = FACTS[self.fact].type
        asked = self._asked(kind)
        if self.is_set is None:
            return asked
        many = kind is FactType.TEXTS
        if asked is _always:
            wanted = self.is_set
            return lambda value, rates: (bool(value) if many else value is not None) is wanted
        return lambda value, rates: asked(value, rates) if value is not None and not (many and not value) else False

    def words(self) -> str:
        """What is asked, after the fact's label: 'is DE, AT or CH'."""
        fact = FACTS[self.fact]
        if fact.type is FactType.FLAG and self.one_of:
            return "yes" if self.one_of == ("true",) else "no"
        if self.one_of:
            return f"is {listed(self.one_of, 'or')}"
        if self.none_of:
            return f"is not {listed(self.none_of, 'or')}"
        if self.prefix:
            return f"begins with {listed(self.prefix, 'or')}"
        if self.minimum is None and self.maximum is None:
            return "is known" if self.is_set else "is not known"
        low, high = (_readable(fact.type, bound) for bound in (self.minimum, self.maximum))
        if low and high:
            return f"is from {low} to {high}"
        return (
            f"is {low} or {'later' if fact.type is FactType.DATE else 'more'}"
            if low
            else (f"is {high} or {'earlier' if fact.type is FactType.DATE else 'less'}")
        )

    def _asked(self, kind: FactType) -> Test:
        if self.prefix is not None:
            return _begins(self.prefix, kind)
        if self.one_of is not None:
            return _is_one_of(frozenset(typed(kind, v) for v in self.one_of), kind)
        if self.none_of is not None:
            return _negated(_is_one_of(frozenset(typed(kind, v) for v in self.none_of), kind))
        if self.minimum is None and self.maximum is None:
            return _always
        return _between(*(None if b is None else typed(kind, b) for b in (self.minimum, self.maximum)))


def typed(kind: FactType, text: str) -> Value:
    """A value as written, typed. Raises ValueError with the remedy."""
    match kind:
        case FactType.AMOUNT:
            return Amount.parse(text)
        case FactType.NUMBER:
            if not _NUMBER.fullmatch(text):
                raise ValueError(f"{text!r} is not a number; write it like 12 or 12.5")
            return Decimal(text)
        case FactType.DATE:
            if not _DATE.fullmatch(text):
                raise ValueError(f"{text!r} is not a date; write it like 2026-11-30")
            return datetime.date.fromisoformat(text)
        case FactType.FLAG:
            if text not in ("true", "false"):
                raise ValueError(f"{text!r} is neither true nor false")
            return text == "true"
        case FactType.TEXT | FactType.TEXTS:
            if not text:
                raise ValueError("is empty; remove it, or ask is_set: false")
            return text


def listed(items: tuple[str, ...], last: str) -> str:
    """'DE, AT or CH'."""
    return f"{', '.join(items[:-1])} {last} {items[-1]}" if len(items) > 1 else items[0]


def _normal(kind: FactType, text: str) -> str:
    value = typed(kind, text)
    return f"{value.currency} {value.value}" if isinstance(value, Amount) else text


def _readable(kind: FactType, bound: str | None) -> str:
    return "" if bound is None else str(Amount.parse(bound)) if kind is FactType.AMOUNT else bound


def _ordered(fact: Fact, minimum: str, maximum: str) -> None:
    low, high = typed(fact.type, minimum), typed(fact.type, maximum)
    if isinstance(low, Amount) and isinstance(high, Amount):
        if low.currency != high.currency:
            raise ValueError(f"min is in {low.currency} and max in {high.currency}; use one currency")
        low, high = low.value, high.value
    if low > high:  # type: ignore[operator]
        raise ValueError(f"min {minimum} is more than max {maximum}; nothing can be between them")


def _always(value: Any, rates: Rates) -> bool | None:
    return True


def _is_one_of(values: frozenset[Value], kind: FactType) -> Test:
    if kind is FactType.TEXTS:
        return lambda value, rates: None if value is None else not values.isdisjoint(value)
    return lambda value, rates: None if value is None else value in values


def _negated(test: Test) -> Test:
    def negated(value: Any, rates: Rates) -> bool | None:
        result = test(value, rates)
        return None if result is None else not result

    return negated


def _begins(prefixes: tuple[str, ...], kind: FactType) -> Test:
    if kind is FactType.TEXTS:
        return lambda value, rates: None if value is None else any(word.startswith(prefixes) for word in value)
    return lambda value, rates: None if value is None else value.startswith(prefixes)


def _between(low: Any, high: Any) -> Test:
    if isinstance(low, Amount) or isinstance(high, Amount):
        return _amount_between(low, high)
    if high is None:
        return lambda value, rates: None if value is None else value >= low
    if low is None:
        return lambda value, rates: None if value is None else value <= high
    return lambda value, rates: None if value is None else low <= value <= high


def _amount_between(low: Amount | None, high: Amount | None) -> Test:
    bound = low if low is not None else high
    assert bound is not None
    currency = bound.currency
    least, most = (None if b is None else b.value for b in (low, high))

    def between(value: Amount | None, rates: Rates) -> bool | None:
        if value is None:
            return None
        amount: Any = value.value
        if value.currency != currency:
            amount = rates.exact(value, currency)
            if amount is None:
                return None
            return (least is None or amount >= Fraction(least)) and (most is None or amount <= Fraction(most))
        return (least is None or amount >= least) and (most is None or amount <= most)

    return between
