"""What the buyer has chosen for each line: read from the form, checked, added up."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from orderwire.tracking.beside import Beside
from orderwire.tracking.figures import digits
from orderwire.web.answer import entry
from orderwire.web.answer.words import texts

WAYS = {"accept": "Accept", "counter": "Counter", "insist": "Insist", "resource": "Re-source"}
_BY_POLICY = {"accept": "accept", "reject": "insist"}


@dataclass(frozen=True)
class Offer:
    """What the buyer proposes instead."""

    quantity: Decimal
    price: Decimal
    day: datetime.date | None


@dataclass
class Choice:
    """The choice for one row, with its fields as text. `off` are the ways that do not fit it, and why."""

    row: Beside
    at: int
    chosen: str
    quantity: str = ""
    price: str = ""
    day: str = ""
    picked: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    offer: Offer | None = None

    @property
    def key(self) -> str:
        """The row in the names of its fields; no line number is a star."""
        return self.row.number or "*"

    @property
    def off(self) -> tuple[str, ...]:
        """Ways that cannot be chosen: nothing can be countered, or ordered elsewhere, that is no line of the order."""
        if self.row.line is None:
            return ("counter", "accept") if self.row.declined else ("counter", "resource")
        return ("counter",) if self.row.declined else ()

    @property
    def ways(self) -> list[tuple[str, str, bool, bool]]:
        """Value, word, whether chosen, whether it cannot be chosen."""
        return [(way, word, way == self.chosen, way in self.off) for way, word in WAYS.items()]

    def choose(self, way: str) -> None:
        """Choose a way where it fits; else leave it as it is."""
        if way in WAYS and way not in self.off:
            self.chosen = way


def fresh(rows: Iterable[Beside], currency: str) -> list[Choice]:
    """As the policy has it: what it settles is chosen, what needs a person is not."""
    return [_fresh(row, at, currency) for at, row in enumerate(rows)]


def _fresh(row: Beside, at: int, currency: str) -> Choice:
    choice = Choice(row, at, "")
    choice.choose(_BY_POLICY.get(row.verdict, ""))
    if (line := row.line) is not None:
        t = texts("en")
        days = {s.requested for s in line.schedules if s.requested}
        choice.quantity, choice.price = t.field(line.quantity), t.field(line.price, digits(currency))
        choice.day = max(days).isoformat() if days else ""
    return choice


def read(rows: Iterable[Beside], data: Mapping[str, Any], picked: Iterable[str], currency: str) -> list[Choice]:
    """From what was posted; `picked` are the rows that are ticked."""
    found, ticked, every = fresh(rows, currency), set(picked), data.get("all") == "yes"
    for choice in found:
        choice.chosen, choice.picked = "", every or choice.key in ticked
        choice.choose(data.get(f"c.{choice.key}", ""))
        for name in ("quantity", "price", "day"):
            setattr(choice, name, data.get(f"{name}.{choice.key}", getattr(choice, name))[:40].replace("\x00", ""))
    return found


def bulk(found: Iterable[Choice], way: str) -> None:
    """One button for several rows: what the policy allows, or one way for all that are ticked."""
    for choice in found:
        if way == "policy":
            if choice.row.verdict == "accept":
                choice.choose("accept")
        elif choice.picked:
            choice.choose(way)


def check(found: Iterable[Choice], today: datetime.date) -> bool:
    """Read the offers; what is wrong stands beside the field. True where nothing is."""
    right = True
    for choice in found:
        choice.errors, choice.offer = {}, None
        if choice.chosen == "counter":
            _check(choice, today)
        right = right and not choice.errors
    return right


def _check(choice: Choice, today: datetime.date) -> None:
    t, line = texts("en"), choice.row.line
    quantity = price = Decimal(0)
    when = None
    try:
        quantity = entry.number(choice.quantity, t)
        if quantity == 0:
            raise entry.Wrong("Write more than 0, or re-source the line.")
    except entry.Wrong as failure:
        choice.errors["quantity"] = str(failure)
    try:
        price = entry.number(choice.price, t)
    except entry.Wrong as failure:
        choice.errors["price"] = str(failure)
    asked = {s.requested for s in line.schedules} if line else set()
    try:
        if choice.day.strip():
            kept = next((d for d in asked if d and d.isoformat() == choice.day.strip()), None)
            when = kept or entry.date(choice.day, t, today=today)
    except entry.Wrong as failure:
        choice.errors["day"] = str(failure)
    if not choice.errors:
        choice.offer = Offer(quantity, price, when)
