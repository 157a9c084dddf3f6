"""One line as it is edited: what stands in its fields, what is wrong with them, and the line that they make."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.order import Line, Schedule
from orderwire.tracking.figures import digits
from orderwire.web.answer import entry
from orderwire.web.answer.words import texts

MAX_DAYS = 20
_NEW = ("number", "description", "part", "unit")
Read = TypeVar("Read")


@dataclass
class When:
    """So much on that day, as text."""

    quantity: str
    day: str
    errors: dict[str, str] = field(default_factory=dict)


@dataclass
class Edit:
    """The fields of a line. `line` is the one that is edited, None for a new one; `key` names its fields.

    `made` is the line that they make: None where it is deleted, or while something is wrong.
    """

    line: Line | None
    key: str
    currency: str
    days: list[When]
    price: str = ""
    gone: bool = False
    number: str = ""
    description: str = ""
    part: str = ""
    unit: str = "C62"
    errors: dict[str, str] = field(default_factory=dict)
    made: Line | None = None

    @classmethod
    def of(cls, line: Line, currency: str) -> "Edit":
        """As the line stands."""
        t = texts("en")
        days = [When(t.field(s.quantity), s.requested.isoformat() if s.requested else "") for s in line.schedules]
        return cls(line, line.number, currency, days, t.field(line.price, digits(currency)), made=line)

    @classmethod
    def new(cls, key: str, number: str, currency: str, day: str) -> "Edit":
        """An empty line."""
        return cls(None, key, currency, [When("", day)], number=number)

    @property
    def name(self) -> str:
        """The number of the line."""
        return self.line.number if self.line else self.number

    @property
    def wrong(self) -> int:
        """How many fields are wrong."""
        return len(self.errors) + sum(len(day.errors) for day in self.days)

    @property
    def changed(self) -> bool:
        """True where it is not as it stood."""
        return self.line is None or self.gone or self.wrong > 0 or self.made != self.line

    def read(self, data: Mapping[str, str]) -> None:
        """Take what was posted."""
        found = [(data.get(f"q.{self.key}.{at}"), data.get(f"d.{self.key}.{at}", "")) for at in range(MAX_DAYS)]
        self.days = [When(quantity[:40], day[:40]) for quantity, day in found if quantity is not None] or self.days
        self.price = data.get(f"price.{self.key}", self.price)[:40]
        self.gone = f"gone.{self.key}" in data
        for name in _NEW if self.line is None else ():
            setattr(self, name, data.get(f"{name}.{self.key}", getattr(self, name))[:300])

    def check(self, today: datetime.date) -> None:
        """Fill `made` and the errors."""
        self.errors, self.made = {}, None
        for day in self.days:
            day.errors = {}
        if self.gone:
            return
        placed = [self._when(day, today) for day in self.days]
        price = self._take("price", lambda: entry.number(self.price, texts("en")))
        new = {} if self.line else self._new()
        if self.wrong or price is None:
            return
        schedules = tuple(Schedule(quantity=q, requested=d, ship_to=self._place(at, d)) for at, (q, d) in
                          enumerate(placed))  # fmt: skip
        said: dict[str, Any] = {"price": price, "schedules": schedules, "quantity": sum(q for q, _ in placed)}
        kept = {name: getattr(self.line, name) for name in Line.model_fields} if self.line else {}
        try:
            self.made = Line.model_validate(kept | new | said)
        except ValidationError as failure:
            first = from_validation(failure)[0]
            self.errors["line"] = f"{first.where}: {first.text}" if first.where else first.text

    def _when(self, day: When, today: datetime.date) -> tuple[Decimal, datetime.date | None]:
        t, quantity, on = texts("en"), Decimal(1), None
        try:
            quantity = entry.number(day.quantity, t)
            if quantity == 0:
                raise entry.Wrong("Write more than 0, or delete the line.")
        except entry.Wrong as failure:
            day.errors["quantity"] = str(failure)
        try:
            kept = (
                {s.requested.isoformat(): s.requested for s in self.line.schedules if s.requested} if self.line else {}
            )
            if text := day.day.strip():
                on = kept.get(text) or entry.date(text, t, today=today)
        except entry.Wrong as failure:
            day.errors["day"] = str(failure)
        return quantity, on

    def _new(self) -> dict[str, Any]:
        t = texts("en")
        said = {"unit": self.unit.strip(), "number": self.number.strip()}
        given: dict[str, Any] = {
            "description": self._take("description", lambda: entry.text(self.description, t, longest=300)),
            "buyer_part": self._take("part", lambda: entry.text(self.part, t, longest=100, one_line=True)),
        }
        if given["description"] is None and "description" not in self.errors:
            self.errors["description"] = "Write what is ordered."
        return said | given

    def _place(self, at: int, day: datetime.date | None) -> Any:
        """Where a part goes to: as that of the same day did, else as the one in its place, else as the last."""
        if self.line is None:
            return None
        same = [s for s in self.line.schedules if s.requested == day]
        return (same[0] if same else self.line.schedules[min(at, len(self.line.schedules) - 1)]).ship_to

    def _take(self, name: str, read: Callable[[], Read]) -> Read | None:
        try:
            return read()
        except entry.Wrong as failure:
            self.errors[name] = str(failure)
            return None
