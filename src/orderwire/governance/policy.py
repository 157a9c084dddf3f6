"""The approval policy as written: limits of people and groups, how many approve, who stays apart, whom we trust."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PlainSerializer, PlainValidator, field_validator, model_validator

from orderwire.document.amount import Amount, Rates
from orderwire.document.base import Exact, Label, plain
from orderwire.document.order import CURRENCIES
from orderwire.yaml_file import Written, load

UNLIMITED: Literal["unlimited"] = "unlimited"


def _amount(value: Any) -> Amount:
    if isinstance(value, Amount):
        return value
    if not isinstance(value, str):
        raise ValueError("is not an amount; write it like EUR 50000")
    return Amount.parse(value)


def _upper(value: Any) -> Amount | Literal["unlimited"]:
    return UNLIMITED if value == UNLIMITED else _amount(value)


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _written(amount: Amount | str) -> str:
    return f"{amount.currency} {plain(amount.value)}" if isinstance(amount, Amount) else amount


Money = Annotated[Amount, PlainValidator(_amount), PlainSerializer(_written)]
Upper = Annotated[Amount | Literal["unlimited"], PlainValidator(_upper), PlainSerializer(_written)]
Word = Annotated[str, Field(pattern=r"^\S(.{0,98}\S)?$")]
Words = Annotated[tuple[Word, ...], Field(max_length=500)]


class Scope(Written):
    """What a row is about: orders of these buying entities, with these categories; empty means all."""

    entities: Words = ()
    categories: Words = ()

    @field_validator("entities", "categories", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return _one_or_many(value)


class Limit(Scope):
    """Up to which total (inclusive) a group or one person may approve.

    With `categories` it holds only for orders of which every line is in one of them. Several limits of one person do
    not add up: one of them must cover the whole order.
    """

    group: Word | None = None
    person: Word | None = None
    up_to: Upper

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if (self.group is None) == (self.person is None):
            raise ValueError("needs either group or person")
        return self


class Approvers(Scope):
    """How many different persons must approve from this total on (inclusive).

    With `categories` it holds for orders of which any line is in one of them. The highest number that holds counts.
    """

    start: Money = Field(alias="from")
    persons: Annotated[int, Field(ge=1, le=10)]


class TrustedSource(Written):
    """A system that may deliver orders already approved there: up to a total, by these approvers, with a reference."""

    source: Word
    up_to: Upper = UNLIMITED
    approvers: Words = ()
    reference_required: bool = True

    @field_validator("approvers", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return _one_or_many(value)


class RateTable(Written):
    """What one unit of a currency is worth in the base currency."""

    base: str = "EUR"
    per_unit: dict[str, Exact] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        for currency in (self.base, *self.per_unit):
            if currency not in CURRENCIES:
                raise ValueError(f"{currency!r} is not an ISO 4217 currency code such as EUR or USD")
        for currency, rate in self.per_unit.items():
            if rate <= 0:
                raise ValueError(f"the rate of {currency} is {rate}; it must be more than zero")
        return self


class Policy(Written):
    """One version of the approval policy. Without a limit that covers an order, nobody may approve it."""

    name: Label
    version: Annotated[int, Field(ge=1)] = 1
    limits: Annotated[tuple[Limit, ...], Field(min_length=1, max_length=1000)]
    approvers: Annotated[tuple[Approvers, ...], Field(max_length=100)] = ()
    never_approve: Words = ()
    trusted_sources: Annotated[tuple[TrustedSource, ...], Field(max_length=100)] = ()
    rates: RateTable = RateTable()

    @field_validator("never_approve", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return _one_or_many(value)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        twice = [name for name, n in Counter(s.source for s in self.trusted_sources).items() if n > 1]
        if twice:
            raise ValueError(f"the trusted source {twice[0]} stands twice; keep one")
        both = {limit.group for limit in self.limits} & set(self.never_approve)
        if both:
            raise ValueError(
                f"the group {min(filter(None, both))} has a limit but stands under never_approve; keep one"
            )
        return self

    @cached_property
    def exchange(self) -> Rates:
        """The rates in the form that compares amounts."""
        return Rates(self.rates.base, self.rates.per_unit)

    @cached_property
    def thresholds(self) -> tuple[Amount, ...]:
        """Every amount at which somebody's authority ends or more persons must approve."""
        ends = [limit.up_to for limit in self.limits] + [source.up_to for source in self.trusted_sources]
        amounts = [end for end in ends if isinstance(end, Amount)] + [row.start for row in self.approvers]
        return tuple(dict.fromkeys(amounts))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON from which `from_json` makes an equal policy."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True)

    @cached_property
    def sha256(self) -> str:
        """Identity of this version: SHA-256 of its canonical JSON."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def from_yaml(text: str, name: str = "policy.yaml") -> Policy:
    """Read a policy that a person wrote. Raises yaml_file.Unreadable with the line and remedy of each error."""
    return load(text, Policy, name)


def from_json(kept: Mapping[str, Any]) -> Policy:
    """The policy that `to_json` gave. Raises pydantic.ValidationError for anything else."""
    return Policy.model_validate(kept)
