"""The rule set: a published decision table as typed, immutable data, read from YAML that people write."""

import datetime
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import Field, PlainSerializer, field_validator, model_validator

from orderwire.document.base import Label, Text
from orderwire.routing.cell import Cell
from orderwire.routing.facts import SCHEMA
from orderwire.yaml_file import Written, load

_DELAY = re.compile(r"(\d{1,4}) ?(min|h|d)")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS = {"min": 1, "h": 60, "d": 24 * 60}

Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
Recipient = Annotated[str, Field(pattern=r"^(supplier|group:[a-z0-9][a-z0-9_.-]{0,63})$")]


class HitPolicy(StrEnum):
    """What counts when several rules fit (DMN 1.5 section 8.2.8).

    unique: exactly one may fit; first: the first in the file; priority: the one with the highest priority, which no
    other may share; collect: all of them together.
    """

    UNIQUE = "unique"
    FIRST = "first"
    PRIORITY = "priority"
    COLLECT = "collect"


class Via(Written):
    """Which endpoint of the recipient: by its name, or the best-ranked one with this channel and format."""

    endpoint: Label | None = None
    channel: Word | None = None
    format: Word | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.endpoint and (self.channel or self.format):
            raise ValueError("names an endpoint and also a channel or format; keep one")
        return self


def _via(value: Any) -> Any:
    return {} if value == "preferred" else value


class LegRule(Written):
    """What one recipient gets.

    `to`: supplier, or group:NAME inside the house. `via`: preferred (best rank), an endpoint, a channel, a format.
    `fallback`: next (the recipient's other endpoints by rank), none, or a list of ways in their order. `prices: false`
    leaves prices out. `delay`: 30 min, 2 h or 1 d after the approval. `answer_within`: working days; where it is
    absent no answer is asked. `required: false`: a recipient without endpoint is left out instead of holding the order.
    """

    to: Recipient
    purpose: Literal["order", "copy"] = "order"
    via: Via = Via()
    fallback: Literal["next", "none"] | tuple[Via, ...] = "next"
    profile: Mapping[str, Any] = Field(default_factory=dict)
    prices: bool = True
    delay: Annotated[datetime.timedelta, PlainSerializer(lambda d: f"{d // datetime.timedelta(minutes=1)} min")] = (
        datetime.timedelta()
    )
    answer_within: Annotated[int, Field(ge=1, le=60)] | None = None
    required: bool = True

    @field_validator("via", mode="before")
    @classmethod
    def _preferred(cls, value: Any) -> Any:
        return _via(value)

    @field_validator("fallback", mode="before")
    @classmethod
    def _ladder(cls, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return tuple(Via.model_validate(_via(v)) for v in value)
        if value not in ("next", "none"):
            raise ValueError("is neither next nor none nor a list of ways")
        return value

    @field_validator("delay", mode="before")
    @classmethod
    def _duration(cls, value: Any) -> Any:
        match = _DELAY.fullmatch(value) if isinstance(value, str) else None
        if not match:
            raise ValueError("is not a delay; write it like 30 min, 2 h or 1 d")
        return datetime.timedelta(minutes=int(match[1]) * _UNITS[match[2]])

    @model_validator(mode="after")
    def _purpose(self) -> Self:
        if self.answer_within and (self.to != "supplier" or self.purpose != "order"):
            raise ValueError("asks for an answer, which only the supplier can give to an order; remove answer_within")
        return self


class Rule(Written):
    """One row: when all its cells fit, its legs are carried out, or the order is held with the reason `hold`.

    `when: always` fits every order; `otherwise: true` fits when no other rule does. `valid_from` and `valid_to` are the
    first and the last day on which the row is in force.
    """

    id: Word
    title: Label
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    priority: Annotated[int, Field(ge=0, le=10_000)] = 0
    when: tuple[Cell, ...] = Field((), max_length=50)
    always: bool = Field(False, alias="always")
    otherwise: bool = False
    then: tuple[LegRule, ...] = Field((), max_length=50)
    hold: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _conditions(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or not isinstance(value.get("when"), str):
            return value
        if value["when"] != "always":
            raise ValueError("when is a list of facts with what they must be, or the word always")
        return {**{k: v for k, v in value.items() if k != "when"}, "always": True}

    @field_validator("when", mode="before")
    @classmethod
    def _cells(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValueError("is a list of facts with what they must be, like 'currency: EUR'")
        return {name: _cell(name, asked) for name, asked in value.items()}

    @field_validator("valid_from", "valid_to", mode="before")
    @classmethod
    def _day(cls, value: Any) -> Any:
        if isinstance(value, str) and not _ISO_DATE.fullmatch(value):
            raise ValueError(f"{value!r} is not a date; write it like 2026-11-30")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.when) + self.always + self.otherwise != 1:
            raise ValueError("needs exactly one of when (with at least one fact), 'when: always' and 'otherwise: true'")
        if bool(self.then) == bool(self.hold):
            raise ValueError("needs either then (who gets the order) or hold (why it is stopped)")
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError(f"ends on {self.valid_to}, before it starts on {self.valid_from}")
        return self

    def in_force(self, day: datetime.date) -> bool:
        """True on the days from valid_from to valid_to, both included."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)
