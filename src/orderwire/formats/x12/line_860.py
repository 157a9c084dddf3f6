"""The POC loop of the 860: what becomes of one line, stated whole or in part.

POC03 is the quantity as it now is. POC04, the quantity left to receive, is never used: partners put the old one there.
"""

import datetime
from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.order_change import LineAction, LineChange, LinePart
from orderwire.formats.x12.faults import BAD_CODE, MISSING, Faults
from orderwire.formats.x12.line_850 import LineReader
from orderwire.formats.x12.order_codes import LINE_CODES, LineCode
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.tables import WEIGHTY
from orderwire.formats.x12.values import number

_WORDS = {"quantity": "a quantity in POC03", "price": "a price in POC06", "requested": "a date in DTM or SCH"}


class ChangedLine(LineReader):
    """Gathers one POC loop; `change()` closes it."""

    name: ClassVar[str] = "POC"
    places: ClassVar[Sequence[int]] = (0, 1, 3, 5, 6, 7)

    def __init__(self, segment: list[str], count: int, faults: Faults, profile: X12Profile, component: str):
        segment = [*segment, *[""] * 8]
        self.code = segment[2].strip()
        self.to_nothing = number(segment[3]) == 0
        quantity = "" if self.to_nothing else segment[3]
        unit = segment[5].split(component)[0] if component else segment[5]
        self._priced = segment[7].strip()
        super().__init__(
            ["POC", segment[1], quantity, unit, segment[6], segment[7], *segment[8:]], count, faults, profile
        )
        left = number(segment[4])
        if left is not None and left != self.quantity and self.code not in ("DI", "NC"):
            text = (
                f"POC04 ({segment[4]}) is what is left to receive, or at some partners the old quantity; it is not used"
            )
            faults.info("left-to-receive", text, 4)

    @property
    def meaning(self) -> LineCode | None:
        """What POC02 says, None where it is no code that we know."""
        return LINE_CODES.get(self.code)

    def change(self, faults: Faults, default: datetime.date | None) -> LineChange | None:
        """What becomes of the line; None where an error was reported. `default` is the header's requested date."""
        faults.at, faults.segment = self.position, "POC"
        meaning = self.meaning
        if meaning is None:
            text = (
                f"POC02 {self.code!r} does not say what becomes of line {self.number}; expected AI, DI, CA or another"
            )
            self._refuse(faults, text)
        if meaning is None or not self._sound:
            return None
        action = self._action(meaning, faults, default)
        if action is None:
            return None
        values: dict[str, Any] = {"number": self.number, "action": action, "code": self.code}
        if action is not LineAction.DELETED and self._stated(meaning, action):
            values["line"] = self.line(faults, default)
            notes = self.reasons
            if values["line"] is None:
                return None
        else:
            values["part"] = self._part(faults, meaning, action, default)
            notes = (*self.reasons, *self.notes)
        values["reason"] = "\n".join(note.text for note in notes)[:4000].strip() or None
        if self._sound and action is LineAction.CHANGED and not (values.get("line") or values.get("part") or notes):
            self._refuse(faults, f"POC02 {self.code} changes line {self.number}, but nothing says how")
        if not self._sound:
            return None
        try:
            return LineChange.model_validate(values)
        except ValidationError as failure:
            faults.extend(from_validation(failure))
            return None

    def _action(self, meaning: LineCode, faults: Faults, default: datetime.date | None) -> LineAction | None:
        """What POC02 means here; None, with an error, where the line lacks what the code announces."""
        if self.to_nothing and (self.code == "CA" or "quantity" in meaning.needs):
            text = f"POC03 takes line {self.number} to 0; it is read as deleted"
            faults.warning("quantity-zero", text, 3)
            return LineAction.DELETED
        dated = bool(self.requested or default or any(when for _, when, _ in self.schedules))
        if self.code == "CT" and not dated:
            text = f"POC02 CT announces new dates of line {self.number} but there are none; read as no change"
            faults.warning("dates-missing", text, 2)
            return LineAction.UNCHANGED
        if self.code == "RC":
            text = f"POC02 RC rejects a change of line {self.number}; the line stays as it was"
            faults.warning("change-rejected", text, 2)
        has = {"quantity": self.quantity is not None, "price": self.price is not None, "requested": dated}
        missing = [_WORDS[name] for name in _WORDS if name in meaning.needs and not has[name]]
        if missing:
            told = f"POC02 {self.code} ({meaning.words}) of line {self.number} needs {' and '.join(missing)}"
            self._refuse(faults, f"{told}; ask the partner for it")
            return None
        return meaning.action

    def _stated(self, meaning: LineCode, action: LineAction) -> bool:
        """True where the loop states the line whole, so that what it does not say is not there."""
        if self.quantity is None or self.unit is None or self.price is None:
            return False
        if action is LineAction.UNCHANGED:
            return bool(self.pids)
        if self.code == "RZ" or action is LineAction.ADDED or (self.pids and not meaning.partial):
            return True
        return bool(self.taxes or self.allowances_charges or self.stores or self._placed())

    def _placed(self) -> bool:
        return len(self.schedules) > 1 or any(place for _, _, place in self.schedules)

    def _part(
        self, faults: Faults, meaning: LineCode, action: LineAction, default: datetime.date | None
    ) -> LinePart | None:
        """What the loop says, None where it says nothing; of a deleted line only what names it."""
        if action is LineAction.ADDED:
            text = f"line {self.number} is added without quantity, unit and price; ask the partner for them"
            self._refuse(faults, text)
        elif action is LineAction.CHANGED and (self._placed() or self.taxes or self.allowances_charges):
            what = "where or when its parts are wanted" if self._placed() else "taxes, allowances or charges"
            text = f"line {self.number} says {what} but not quantity, unit and price; ask the partner to state it whole"
            self._refuse(faults, text)
        if not self._sound or action is LineAction.UNCHANGED:
            return None
        values: dict[str, Any] = {}
        self._products(values, faults)
        if self.references or "category" in values:
            faults.not_kept("POC references and category of a line in part")
        if action is LineAction.CHANGED:
            values |= {"quantity": self.quantity, "unit": self.unit, "price": self.price}
            if self.price is not None and (self._priced or self.basis != 1):
                values["price_basis"] = self.basis
            if self.stores:
                faults.not_kept("SDQ", WEIGHTY["SDQ"])
            if self.pids:
                values["description"] = self._described(values, faults)
            values["requested"] = self.requested or (default if "requested" in meaning.needs else None)
            for quantity, when, _ in self.schedules:
                values["requested"] = when or values["requested"]
                values["quantity"] = self.quantity or quantity
        said = {name: values[name] for name in LinePart.model_fields if values.get(name) is not None}
        return LinePart.model_validate(said) if said else None

    def _unnumbered(self, count: int, faults: Faults) -> None:
        self.number = str(count)
        self._refuse(faults, "POC01, the line number, is missing; nothing says which line this is", 1)

    def _fail(self, faults: Faults, code: str, text: str, element: int, ack: str, value: str) -> None:
        if value.strip():  # a change need not state every value
            super()._fail(faults, code, text, element, ack, value)

    def _refuse(self, faults: Faults, text: str, element: int = 2) -> None:
        self._sound = False
        known = self.code if element == 2 else ""
        faults.error("line-change", text, element, ack=BAD_CODE if known else MISSING, value=known)
