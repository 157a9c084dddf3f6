"""A task of the inbox: what is to be done about which order, why, since when, how much money, and the one action."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from django.utils import timezone

from orderwire.document.amount import Amount, Rates
from orderwire.document.states import Mark, Tone
from orderwire.records import Order
from orderwire.tracking.words import Money, brief_age, due, when

Group = Literal["past", "today", "none"]
GROUPS: tuple[tuple[Group, str], ...] = (("past", "Past due"), ("today", "Due today"), ("none", "No clock running"))


@dataclass(frozen=True)
class Task:
    """One thing to do. `post` is empty where the action only opens `url`; else it is the words sent with the form."""

    mark: Mark
    tone: Tone
    title: str
    why: str
    since: datetime.datetime
    label: str
    url: str
    group: Group = "none"
    post: bool = False
    order: Order | None = None
    about: str = ""
    open_url: str = ""
    money: Money | None = None
    aside: str = ""
    due_at: datetime.datetime | None = None
    zone: str = "UTC"
    fields: dict[str, str] = field(default_factory=dict)
    key: str = ""

    def age(self, now: datetime.datetime) -> str:
        """How long it waits or is late."""
        return (
            f"{brief_age(now - self.due_at)} late" if self.due_at and self.due_at < now else brief_age(now - self.since)
        )

    def clock(self, now: datetime.datetime) -> str:
        """Since when, or when it was due in the place of whoever is late."""
        if self.due_at and self.due_at < now:
            return f"due {due(self.due_at, self.zone, now=now)}"
        return f"since {when(self.since, now=now)}"

    def weight(self, now: datetime.datetime, rates: Rates) -> Decimal:
        """Money times hours waiting."""
        hours = Decimal(max(1, int((now - (self.due_at or self.since)).total_seconds() // 3600)))
        if self.money is None:
            return hours
        exact = rates.exact(Amount(self.money.value, self.money.currency), rates.base)
        value = Decimal(exact.numerator) / Decimal(exact.denominator) if exact is not None else self.money.value
        return (value + 1) * hours


@dataclass(frozen=True)
class Pile:
    """One group of tasks."""

    title: str
    tasks: list[Task]


def day_of(since: datetime.datetime, now: datetime.datetime) -> Group:
    """The group of what is due on the day it came up."""
    return "past" if timezone.localdate(since) < timezone.localdate(now) else "today"


def money_of(order: Order) -> Money:
    """What an order is worth."""
    return Money(order.total, order.currency)


def ended(text: str) -> str:
    """A sentence with its full stop."""
    text = " ".join(text.split())
    return text if not text or text[-1] in ".!?”" else f"{text}."
