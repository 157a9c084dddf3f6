"""The reminders as written: an ordered ladder of steps, whom each speaks to, how often and for which orders."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, PlainValidator, field_validator, model_validator

from orderwire.document.amount import Amount, Rates
from orderwire.document.base import Label
from orderwire.governance.policy import Money, Words
from orderwire.yaml_file import Written, load

Subject = Literal["order", "cancellation"]
SUPPLIERS = ("supplier", "second_contact")
"""Steps that speak to the supplier; all others speak to the buyer's own house."""
_WHEN = re.compile(r"due(?:\s*([+-])\s*(\d{1,3}))?")


def _days(value: Any) -> int:
    if isinstance(value, int):
        return value
    found = _WHEN.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError("is no time; write due - 1, due or due + 2 (working days before or after the answer is due)")
    return int(f"{found[1] or '+'}{found[2] or 0}")


Days = Annotated[int, PlainValidator(_days)]
Group = Annotated[str, Field(pattern=r"^group:\S(.{0,78}\S)?$")]
To = Annotated[str, Field(pattern=r"^(supplier|second_contact|buyer|manager|group:\S(.{0,78}\S)?)$")]


class Step(Written):
    """One step of the ladder. `at` is in working days from the day that the answer is due; with `every` it is repeated
    after so many working days, `at_most` times in all. Conditions that are empty hold always."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
    at: Days
    to: To
    say: Literal["reminder", "escalation"]
    every: Annotated[int, Field(ge=1, le=60)] | None = None
    at_most: Annotated[int, Field(ge=1, le=20)] = 1
    of: Annotated[tuple[Subject, ...], Field(min_length=1)] = ("order", "cancellation")
    suppliers: Words = ()
    categories: Words = ()
    total_from: Money | None = None
    never_opened: bool = False

    @field_validator("of", "suppliers", "categories", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _repeated(self) -> Self:
        if (self.every is None) != (self.at_most == 1):
            raise ValueError("every and at_most go together: every: 2 and at_most: 3 repeat it twice")
        said = "reminder" if self.to in SUPPLIERS else "escalation"
        if self.say != said:
            raise ValueError(f"to {self.to} write say: {said}; the supplier is reminded, the house is told")
        return self


class Reminders(Written):
    """The whole ladder. `mail_through` names the group of the house whose mail server carries what cannot go through
    the supplier's own e-mail endpoint; `manager` is who `to: manager` means."""

    name: Label
    version: Annotated[int, Field(ge=1)] = 1
    mail_through: Group | None = None
    manager: Group | None = None
    steps: Annotated[tuple[Step, ...], Field(max_length=50)] = ()

    @cached_property
    def ladders(self) -> Mapping[Subject, tuple["Rung", ...]]:
        """Every turn of every step about an order and about a cancellation, the earliest first, as written where two
        fall on one day."""
        return {of: self._ladder(of) for of in get_args(Subject)}

    def _ladder(self, of: Subject) -> tuple["Rung", ...]:
        found = [
            Rung(step, turn, step.at + (turn - 1) * (step.every or 0))
            for step in self.steps
            if of in step.of
            for turn in range(1, step.at_most + 1)
        ]
        return tuple(sorted(found, key=lambda rung: rung.days))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        twice = [name for name, n in Counter(step.id for step in self.steps).items() if n > 1]
        if twice:
            raise ValueError(f"the step {twice[0]} stands twice; give each its own id")
        if self.manager is None and any(step.to == "manager" for step in self.steps):
            raise ValueError("a step speaks to the manager, but nobody is; add manager: group:NAME")
        return self


@dataclass(frozen=True)
class Situation:
    """What of an unanswered order or cancellation decides which steps hold for it."""

    of: Subject
    supplier: str
    categories: frozenset[str]
    total: Amount
    opened: bool


@dataclass(frozen=True)
class Rung:
    """One turn of a step, `days` working days from the day that the answer is due."""

    step: Step
    turn: int
    days: int


def holds(step: Step, situation: Situation, rates: Rates) -> bool:
    """Whether the step's conditions hold. A total without a rate counts as large: better one reminder too many."""
    if step.suppliers and situation.supplier not in step.suppliers:
        return False
    if step.categories and not situation.categories & set(step.categories):
        return False
    if step.never_opened and situation.opened:
        return False
    if step.total_from is None:
        return True
    total = rates.exact(situation.total, step.total_from.currency)
    return total is None or total >= step.total_from.value


def from_yaml(text: str, name: str = "reminders.yaml") -> Reminders:
    """Read what a person wrote. Raises yaml_file.Unreadable with the line and remedy of each error."""
    return load(text, Reminders, name)
