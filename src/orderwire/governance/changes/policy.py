"""The policy of changes as written: what suppliers may answer, what buyers may change, how far both may drift."""

import hashlib
import json
from collections import Counter
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PlainSerializer, PlainValidator, field_validator, model_validator

from orderwire.document.base import Label
from orderwire.document.order import Kind, Order
from orderwire.governance.changes.fields import known_names
from orderwire.governance.changes.limit import NOTHING, Limit, parsed, reader
from orderwire.governance.policy import Scope, Words
from orderwire.yaml_file import Written, load, suggestion

Share = Annotated[Limit, PlainValidator(reader("percent", "amount")), PlainSerializer(str)]
Count = Annotated[Limit, PlainValidator(reader("percent", "number")), PlainSerializer(str)]
Days = Annotated[Limit, PlainValidator(reader("days")), PlainSerializer(str)]
AnyLimit = Annotated[Limit, PlainValidator(reader("percent", "amount", "number", "days")), PlainSerializer(str)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]


class Attribute(StrEnum):
    """What of an order an answer can differ in."""

    PRICE = "price"
    QUANTITY = "quantity"
    DATE = "date"
    CHARGE = "charge"
    UNIT = "unit"
    CURRENCY = "currency"
    TERMS = "terms"
    SUBSTITUTION = "substitution"
    BACKORDER = "backorder"
    LINE = "line"
    ADDED = "added"


MEASURES = {
    Attribute.PRICE: ("percent", "amount"),
    Attribute.QUANTITY: ("percent", "number"),
    Attribute.DATE: ("days",),
    Attribute.CHARGE: ("percent", "amount"),
}
"""The attributes that have limits, and in which measures."""

NEVER_ACCEPTED = frozenset({Attribute.UNIT, Attribute.CURRENCY, Attribute.ADDED})
"""What an answer says in another unit or currency, or of a line that was not ordered, cannot be compared."""


class Row(Scope):
    """One row of `answers`: whom and what it is about, and either limits or a plain `verdict`.

    Empty lists mean all. `orders` are beginnings of order numbers; `categories` those of the line. A direction without
    limit allows nothing. Inside the limits an answer is accepted, beyond them it is what `beyond` says.
    """

    id: Id
    attribute: Annotated[tuple[Attribute, ...], Field(max_length=len(Attribute))]
    suppliers: Words = ()
    supplier_categories: Words = ()
    orders: Words = ()
    kinds: Annotated[tuple[Kind, ...], Field(max_length=3)] = ()
    up: AnyLimit | None = None
    down: AnyLimit | None = None
    late: AnyLimit | None = None
    early: AnyLimit | None = None
    beyond: Literal["ask", "reject"] = "ask"
    verdict: Literal["accept", "ask", "reject"] | None = None

    @field_validator("attribute", "suppliers", "supplier_categories", "orders", "kinds", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if not self.attribute:
            raise ValueError(f"attribute is empty; give one of {', '.join(Attribute)}")
        limits = {name: limit for name in ("up", "down", "late", "early") if (limit := getattr(self, name)) is not None}
        if bool(limits) == (self.verdict is not None):
            raise ValueError("needs either limits or a verdict (accept, ask or reject), and not both")
        if self.verdict == "accept" and (wrong := NEVER_ACCEPTED & set(self.attribute)):
            raise ValueError(f"{min(wrong)} cannot be accepted by itself; write ask or reject")
        for attribute in self.attribute if limits else ():
            words = ("late", "early") if attribute is Attribute.DATE else ("up", "down")
            if attribute not in MEASURES:
                raise ValueError(f"{attribute} has no limits; write verdict: accept, ask or reject")
            if wrong_word := sorted(set(limits) - set(words)):
                raise ValueError(f"{attribute} has the limits {words[0]} and {words[1]}, not {wrong_word[0]}")
            for limit in limits.values():
                parsed(str(limit), *MEASURES[attribute])
        return self

    def limit(self, direction: str) -> Limit:
        """The limit for up, down, late or early."""
        found: Limit | None = getattr(self, direction)
        return NOTHING if found is None else found


class ShareLimits(Written):
    """How far an amount may go up and down."""

    up: Share = NOTHING
    down: Share = NOTHING


class CountLimits(Written):
    """How far a quantity may go up and down."""

    up: Count = NOTHING
    down: Count = NOTHING


class DayLimits(Written):
    """How many calendar days later and earlier."""

    late: Days = NOTHING
    early: Days = NOTHING


class Tolerances(Written):
    """How far total, unit price, line quantity and dates may go; what is left out may not change."""

    total: ShareLimits = ShareLimits()
    price: ShareLimits = ShareLimits()
    quantity: CountLimits = CountLimits()
    date: DayLimits = DayLimits()

    def limit(self, attribute: str, direction: str) -> Limit:
        """The limit of total, price, quantity or date for up, down, late or early."""
        found: Limit = getattr(getattr(self, attribute), direction)
        return found


class Amendments(Written):
    """Which fields the buyer may change without a new approval. The longest name that fits a field decides; `always`
    wins over `free` and over tolerances. What is not named needs approval."""

    free: Words = ()
    always: Words = ()
    tolerances: Tolerances = Tolerances()

    @field_validator("free", "always", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("free", "always")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in known_names():
                raise ValueError(f"an order has no field {name!r}.{suggestion(name, known_names())[:400]}")
        return names


class ChangePolicy(Written):
    """One version of the policy of changes. An empty one accepts nothing and lets nothing pass."""

    name: Label
    version: Annotated[int, Field(ge=1)] = 1
    answers: Annotated[tuple[Row, ...], Field(max_length=1000)] = ()
    amendments: Amendments = Amendments()
    drift: Tolerances = Tolerances()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        twice = [name for name, n in Counter(row.id for row in self.answers).items() if n > 1]
        if twice:
            raise ValueError(f"the row {twice[0]} stands twice; give each row its own id")
        return self

    @cached_property
    def sha256(self) -> str:
        """Identity of this version: SHA-256 of its canonical JSON."""
        content = self.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def from_yaml(text: str, name: str = "changes.yaml") -> ChangePolicy:
    """Read a policy that a person wrote. Raises yaml_file.Unreadable with the line and remedy of each error."""
    return load(text, ChangePolicy, name)


def entity(order: Order) -> str:
    """The buying entity: its number (scheme buyer, gln, duns) or its name, as the approval policy counts it."""
    return next(filter(None, (order.buyer.identifier(s) for s in ("buyer", "gln", "duns"))), order.buyer.name)
