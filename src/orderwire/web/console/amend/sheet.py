"""The whole form: the lines that are shown, the header's fields, and the version that they make."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.order import Line, Order
from orderwire.document.party import Address, Party
from orderwire.document.terms import Note
from orderwire.web.console.amend.line import MAX_DAYS, Edit, When

SHOWN, ADDED = 100, 20
"""Lines that are shown at once beside those that were changed, and lines that one version may add here."""

PLACE = (
    ("name", "Name"),
    ("street", "Street"),
    ("postal_code", "Postal code"),
    ("city", "City"),
    ("country", "Country"),
)


@dataclass
class Sheet:
    """`base` is the version that is edited. `notes` are texts; `errors` those of the header and of the whole."""

    base: Order
    lines: list[Edit]
    added: list[Edit] = field(default_factory=list)
    place: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    find: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, base: Order) -> "Sheet":
        """As the version stands."""
        lines = [Edit.of(line, base.currency) for line in base.lines]
        return cls(base, lines, place=_place(base.ship_to), notes=[note.text for note in base.notes])

    @classmethod
    def read(cls, base: Order, data: Mapping[str, str], today: datetime.date) -> "Sheet":
        """From what was posted; lines and fields that are not there stay as they are."""
        sheet = cls.of(base)
        sheet.find = data.get("find", "")[:80].replace("\x00", "")
        for edit in sheet.lines:
            if f"price.{edit.key}" in data:
                edit.read(data)
                edit.check(today)
        for at in range(ADDED):
            if f"price.new{at}" in data and f"gone.new{at}" not in data:
                edit = Edit.new(f"new{at}", "", base.currency, "")
                edit.read(data)
                edit.check(today)
                sheet.added.append(edit)
        sheet.place = {
            name: data.get(f"place.{name}", sheet.place[name])[:200].replace("\x00", "") for name, _ in PLACE
        }
        if "notes" in data:
            sheet.notes = [data.get(f"note.{at}", "")[:4000].replace("\x00", "") for at in range(_count(data["notes"]))]
        sheet._step(data)
        return sheet

    def _step(self, data: Mapping[str, str]) -> None:
        """What a button asks for: another day, one less, a line as it stood, a new line."""
        for at, edit in enumerate([*self.lines, *self.added]):
            if data.get("day") == edit.key and len(edit.days) < MAX_DAYS:
                edit.days.append(When("", ""))
            elif data.get("less", "").rpartition(".")[0] == edit.key:
                place = data["less"].rpartition(".")[2]
                if place.isdecimal() and int(place) < len(edit.days) > 1:
                    del edit.days[int(place)]
            elif data.get("back") == edit.key and edit.line:
                self.lines[at] = Edit.of(edit.line, self.base.currency)
        if data.get("step") == "line" and len(self.added) < ADDED:
            taken = {edit.key for edit in self.added}
            key = next(f"new{at}" for at in range(ADDED) if f"new{at}" not in taken)
            days = {s.requested for line in self.base.lines for s in line.schedules if s.requested}
            day = max(days).isoformat() if len(days) == 1 else ""
            self.added.append(Edit.new(key, self._next(), self.base.currency, day))
        if data.get("step") == "note":
            self.notes.append("")

    def _next(self) -> str:
        """The next number, in the steps that the order's own numbers have."""
        numbers = [int(e.name) for e in [*self.lines, *self.added] if e.name.isdecimal() and e.name.isascii()]
        step = 10 if numbers and all(n % 10 == 0 for n in numbers) else 1
        return str(max(numbers, default=0) + step)

    @property
    def shown(self) -> list[Edit]:
        """What was changed, and the first lines that fit the search."""
        q = self.find.strip().lower()
        fitting = [e for e in self.lines if e.line and (not q or q in _text(e.line))][:SHOWN]
        keys = {e.key for e in fitting}
        return [e for e in self.lines if e.changed or e.key in keys]

    @property
    def hidden(self) -> int:
        """Lines that are not shown."""
        return len(self.lines) - len(self.shown)

    @property
    def wrong(self) -> int:
        """How many fields are wrong."""
        return len(self.errors) + sum(e.wrong for e in [*self.lines, *self.added])

    def after(self, revision: int) -> Order | None:
        """The version that the fields make; None while one is wrong, `errors` says which."""
        self.errors = {}
        made = [e.made for e in [*self.lines, *self.added] if e.made]
        if not made and not self.wrong:
            self.errors["all"] = "An order has at least one line. To end it, cancel the order."
        head = self._head()
        if self.wrong:
            return None
        kept = {name: getattr(self.base, name) for name in Order.model_fields}
        try:
            return Order.model_validate(kept | head | {"lines": tuple(made), "revision": revision})
        except ValidationError as failure:
            first = from_validation(failure)[0]
            self.errors["all"] = f"{first.where}: {first.text}" if first.where else first.text
            return None

    def _head(self) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if self.place != _place(self.base.ship_to):
            try:
                said["ship_to"] = self._ship_to()
            except ValidationError as failure:
                first = from_validation(failure)[0]
                self.errors[f"place.{first.where.rpartition('.')[2]}"] = first.text
        if self.notes != [note.text for note in self.base.notes]:
            subjects = [note.subject for note in self.base.notes]
            try:
                said["notes"] = tuple(
                    Note(text=text.strip(), subject=subjects[at] if at < len(subjects) else None)
                    for at, text in enumerate(self.notes)
                    if text.strip()
                )
            except ValidationError as failure:
                self.errors["notes"] = from_validation(failure)[0].text
        return said

    def _ship_to(self) -> Party | None:
        given = {name: value.strip() for name, value in self.place.items()}
        if not any(given.values()):
            return None
        old = self.base.ship_to
        address = old.address if old and old.address else Address()
        lines = tuple(part.strip() for part in given["street"].split(",") if part.strip())
        changed = {
            "lines": lines,
            **{name: given[name] or None for name in ("city", "postal_code")},
            "country": given["country"].upper() or None,
        }
        made = Address.model_validate(dict(address) | changed)
        return Party.model_validate((dict(old) if old else {}) | {"name": given["name"], "address": made})


def _place(party: Party | None) -> dict[str, str]:
    address = party.address if party else None
    return {
        "name": party.name if party else "",
        "street": ", ".join(address.lines) if address else "",
        "postal_code": (address.postal_code or "") if address else "",
        "city": (address.city or "") if address else "",
        "country": (address.country or "") if address else "",
    }


def _text(line: Line) -> str:
    facts = (line.number, line.description, line.buyer_part, line.supplier_part, line.gtin)
    return " ".join(f for f in facts if f).lower()


def _count(text: str) -> int:
    return min(int(text), 50) if text.isdecimal() and text.isascii() and len(text) < 4 else 0
