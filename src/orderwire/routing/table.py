"""The rule set: a published decision table as typed, immutable data, read from YAML that people write."""

import datetime
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import Field, PlainSerializer, field_serializer, field_validator, model_serializer, model_validator

from orderwire.document.base import Label, Text
from orderwire.routing.cell import Cell
from orderwire.routing.facts import SCHEMA
from orderwire.routing.index import Index, build
from orderwire.yaml_file import Written, load

_DELAY = re.compile(r"(\d{1,4}) ?(min|h|d)")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS = {"min": 1, "h": 60, "d": 24 * 60}

Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
_RECIPIENT = re.compile(r"supplier|group:[a-z0-9][a-z0-9_.-]{0,63}")


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
    """Which endpoint of the recipient: by its name, or the best-ranked one with this channel and format.

    Written as a mapping, or as the word preferred (any, by rank) or, in a fallback, next (all others, by rank).
    """

    endpoint: Label | None = None
    channel: Word | None = None
    format: Word | None = None
    others: bool = False

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        return {"preferred": {}, "next": {"others": True}}.get(value, value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.endpoint) + bool(self.channel or self.format) + self.others > 1:
            raise ValueError("names an endpoint and also a channel or format; keep one")
        return self

    @model_serializer
    def _as_written(self) -> str | dict[str, str]:
        if self.others:
            return "next"
        named = {"endpoint": self.endpoint, "channel": self.channel, "format": self.format}
        return {name: value for name, value in named.items() if value} or "preferred"


class LegRule(Written):
    """What one recipient gets.

    `to`: supplier, or group:NAME inside the house. `purpose`: order, or copy (a group's default). `via`: preferred, an
    endpoint, a channel, a format. `fallback`: next (the recipient's other endpoints by rank), none, or a list of ways
    in their order. `profile` overrides the endpoint's. `prices: false` leaves prices out. `delay`: 30 min, 2 h or 1 d
    after the approval. `answer_within`: working days; where it is absent no answer is asked. `answer: line`: only an
    answer to every line is one; document (default): one to the order as a whole is enough. `required: false`: where the
    recipient has no endpoint the leg is left out, instead of holding the order.
    """

    to: str
    purpose: Literal["order", "copy"]
    via: Via = Via()
    fallback: tuple[Via, ...] = (Via(others=True),)
    profile: Mapping[str, Any] = Field(default_factory=dict)
    prices: bool = True
    delay: Annotated[datetime.timedelta, PlainSerializer(lambda d: f"{d // datetime.timedelta(minutes=1)} min")] = (
        datetime.timedelta()
    )
    answer_within: Annotated[int, Field(ge=1, le=60)] | None = None
    answer: Literal["document", "line"] = "document"
    required: bool = True

    @model_validator(mode="before")
    @classmethod
    def _default_purpose(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and "purpose" not in value:
            return {**value, "purpose": "order" if value.get("to") == "supplier" else "copy"}
        return value

    @field_validator("to")
    @classmethod
    def _recipient(cls, to: str) -> str:
        if not _RECIPIENT.fullmatch(to):
            raise ValueError(
                f"{to!r} is no recipient; write supplier, or group: and the name of a group, in small letters"
            )
        return to

    @field_validator("fallback", mode="before")
    @classmethod
    def _ladder(cls, value: Any) -> Any:
        return {"next": ["next"], "none": []}.get(value, [value]) if isinstance(value, str) else value

    @field_validator("via")
    @classmethod
    def _chosen(cls, via: Via) -> Via:
        if via.others:
            raise ValueError("next is for a fallback; write preferred for the best-ranked endpoint")
        return via

    @field_validator("delay", mode="before")
    @classmethod
    def _duration(cls, value: Any) -> Any:
        match = _DELAY.fullmatch(value) if isinstance(value, str) else None
        if not match:
            raise ValueError("is not a delay; write it like 30 min, 2 h or 1 d")
        return datetime.timedelta(minutes=int(match[1]) * _UNITS[match[2]])

    @model_validator(mode="after")
    def _answer(self) -> Self:
        if self.answer_within and (self.to != "supplier" or self.purpose != "order"):
            raise ValueError("only the supplier can answer, and only to an order; remove answer_within")
        if self.answer == "line" and not self.answer_within:
            raise ValueError("says answer: line and no answer_within; say within how many working days")
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
    when: Annotated[dict[str, Cell], Field(max_length=50)] | None = None
    otherwise: bool = False
    then: tuple[LegRule, ...] = Field((), max_length=50)
    hold: Text | None = None

    @field_validator("when", mode="before")
    @classmethod
    def _cells(cls, value: Any) -> Any:
        if value == "always":
            return {}
        if not isinstance(value, Mapping) or not value:
            raise ValueError("is the word always, or facts with what they must be, like 'currency: EUR'")
        return {name: _cell(name, asked) for name, asked in value.items()}

    @field_serializer("when", when_used="unless-none")
    def _when_as_written(self, when: dict[str, Cell]) -> Any:
        return {name: cell.as_written() for name, cell in when.items()} or "always"

    @field_validator("valid_from", "valid_to", mode="before")
    @classmethod
    def _day(cls, value: Any) -> Any:
        if isinstance(value, str) and not _ISO_DATE.fullmatch(value):
            raise ValueError(f"{value!r} is not a date; write it like 2026-11-30")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.when is not None) + self.otherwise != 1:
            raise ValueError("needs either when (facts, or the word always) or 'otherwise: true'")
        if bool(self.then) == bool(self.hold):
            raise ValueError("needs either then (who gets the order) or hold (why it is stopped)")
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError(f"ends on {self.valid_to}, before it starts on {self.valid_from}")
        return self

    def in_force(self, day: datetime.date) -> bool:
        """True on the days from valid_from to valid_to, both included."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class RuleSet(Written):
    """One version of a decision table. `facts` is the version of the list of facts that it was written for."""

    name: Label
    version: Annotated[int, Field(ge=1)] = 1
    facts: Literal[1] = 1
    hit: HitPolicy
    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=2000)]

    @field_validator("facts", mode="before")
    @classmethod
    def _known_facts(cls, value: Any) -> Any:
        if str(value) != str(SCHEMA):
            raise ValueError(f"was written for version {value} of the facts; this program knows version {SCHEMA}")
        return SCHEMA

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        twice = [rule for rule, n in Counter(rule.id for rule in self.rules).items() if n > 1]
        if twice:
            raise ValueError(f"two rules have the id {twice[0]}; each needs its own")
        rest = [rule.id for rule in self.rules if rule.otherwise]
        if len(rest) > 1:
            raise ValueError(f"{rest[0]} and {rest[1]} both say otherwise; keep one")
        return self

    def to_json(self) -> dict[str, Any]:
        """Plain JSON from which `from_json` makes an equal rule set."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True)

    def to_yaml(self) -> str:
        """The file as a person would write it, without comments."""
        return yaml.safe_dump(self.to_json(), sort_keys=False, allow_unicode=True, width=110)

    @cached_property
    def sha256(self) -> str:
        """Identity of this version: SHA-256 of its canonical JSON."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def index(self) -> Index:
        """The rules with conditions, made ready to be tested; made once."""
        return build(
            (place, rule.when.values(), (rule.valid_from, rule.valid_to))
            for place, rule in enumerate(self.rules)
            if rule.when is not None
        )

    def rule(self, rule_id: str) -> tuple[int, Rule]:
        """The rule and its place in the file, counted from 1. Raises KeyError."""
        for place, rule in enumerate(self.rules, 1):
            if rule.id == rule_id:
                return place, rule
        raise KeyError(rule_id)


def from_yaml(text: str, name: str = "rules.yaml") -> RuleSet:
    """Read a rule set that a person wrote. Raises yaml_file.Unreadable: line, rule, cell and remedy of each error."""
    return load(text, RuleSet, name)


def from_json(kept: Mapping[str, Any]) -> RuleSet:
    """The rule set that `to_json` gave. Raises pydantic.ValidationError for anything else."""
    return RuleSet.model_validate(kept)


def _cell(name: str, asked: Any) -> Any:
    if isinstance(asked, Cell):
        return asked
    return {**asked, "fact": name} if isinstance(asked, Mapping) else {"fact": name, "in": asked}
