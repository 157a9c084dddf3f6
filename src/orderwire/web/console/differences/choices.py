"""What the buyer has chosen for each line: read from the form and checked."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from orderwire.document.order import Line
from orderwire.document.order_change import LinePart
from orderwire.flow.decide import Choice as Way
from orderwire.flow.decide import LineDecision
from orderwire.tracking.beside import Beside
from orderwire.tracking.figures import digits
from orderwire.web.answer import entry
from orderwire.web.answer.words import texts
from orderwire.web.console.differences.answered import Answered

WAYS = {"accept": "Accept", "counter": "Counter", "insist": "Insist", "resource": "Re-source"}
_BY_POLICY = {"accept": "accept", "reject": "insist"}


@dataclass
class Choice:
    """The choice for one row, with its fields as text. `barred`: ways that cannot be taken, and why; `offer`: what the
    fields of a counter-proposal say beyond what was ordered; `elsewhere`: what somebody else is to deliver."""

    row: Beside
    at: int
    chosen: str
    quantity: str = ""
    price: str = ""
    day: str = ""
    picked: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    offer: LinePart | None = None
    barred: dict[str, str] = field(default_factory=dict)
    elsewhere: str = ""

    @property
    def key(self) -> str:
        """The row in the names of its fields; no line number is a star."""
        return self.row.number or "*"

    @property
    def ways(self) -> list[tuple[str, str, bool, bool]]:
        """Value, word, whether chosen, whether it cannot be chosen."""
        return [(way, word, way == self.chosen, way in self.barred) for way, word in WAYS.items()]

    @property
    def decision(self) -> LineDecision | None:
        """What flow is told; nothing while it is not chosen, or a field is wrong. To offer what was ordered is to
        insist."""
        if not self.chosen or self.errors:
            return None
        if self.chosen != "counter":
            return LineDecision(self.row.number, cast(Way, self.chosen))
        if self.offer is None:
            return LineDecision(self.row.number, "insist")
        return LineDecision(self.row.number, "counter", self.offer)

    @property
    def hint(self) -> str:
        """Why the answer cannot simply be taken, where that is so."""
        return self.barred.get("accept", "") if self.row.line else ""

    def choose(self, way: str) -> None:
        """Choose a way where it fits; else leave it as it is."""
        if way in WAYS and way not in self.barred:
            self.chosen = way


def fresh(rows: Iterable[Beside], answer: Answered) -> list[Choice]:
    """As the policy has it: what it settles is chosen, what needs a person is not."""
    return [_fresh(row, at, answer) for at, row in enumerate(rows)]


def _fresh(row: Beside, at: int, answer: Answered) -> Choice:
    choice = Choice(row, at, "", barred=answer.barred(row))
    choice.choose(_BY_POLICY.get(row.verdict, ""))
    if (line := row.line) is not None:
        t = texts("en")
        days = {s.requested for s in line.schedules if s.requested}
        choice.quantity, choice.price = t.field(line.quantity), t.field(line.price, digits(answer.order.currency))
        choice.day = min(days).isoformat() if len(days) == 1 and len(line.schedules) == 1 else ""
    return choice


def read(rows: Iterable[Beside], data: Mapping[str, Any], picked: Iterable[str], answer: Answered) -> list[Choice]:
    """From what was posted; `picked` are the rows that are ticked."""
    found, ticked, every = fresh(rows, answer), set(picked), data.get("all") == "yes"
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


def check(found: Iterable[Choice], answer: Answered, today: datetime.date) -> bool:
    """Read the offers and try every choice; what is wrong stands beside it. True where nothing is."""
    right = True
    for choice in found:
        choice.errors, choice.offer = {}, None
        choice.elsewhere = answer.elsewhere(choice.row) if choice.chosen == "resource" else ""
        if choice.chosen == "counter" and choice.row.line:
            _offer(choice, choice.row.line, today)
        if choice.decision and (problem := answer.problem(choice.row, choice.decision)):
            choice.errors["choice"] = problem
        right = right and not choice.errors
    return right


def _offer(choice: Choice, line: Line, today: datetime.date) -> None:
    t = texts("en")
    said: dict[str, Any] = {}
    try:
        quantity = entry.number(choice.quantity, t)
        if quantity == 0:
            raise entry.Wrong("Write more than 0, or re-source the line.")
        if quantity != line.quantity:
            said["quantity"] = quantity
    except entry.Wrong as failure:
        choice.errors["quantity"] = str(failure)
    try:
        price = entry.number(choice.price, t)
        if price != line.price:
            said["price"] = price
    except entry.Wrong as failure:
        choice.errors["price"] = str(failure)
    try:
        days = {s.requested for s in line.schedules}
        kept = {d.isoformat() for d in days if d}
        if (text := choice.day.strip()) and (text not in kept or len(days) > 1):
            said["requested"] = entry.date(text, t, today=today)
    except entry.Wrong as failure:
        choice.errors["day"] = str(failure)
    if not choice.errors and said:
        choice.offer = LinePart.model_validate(said)
