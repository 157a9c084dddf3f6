"""The LIN group of ORDRSP: what the supplier answers to one line, in one part or in several."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus
from orderwire.formats.edifact import notes
from orderwire.formats.edifact.faults import BAD_CHARACTER, BAD_VALUE, TOO_MANY, Faults
from orderwire.formats.edifact.line import is_gtin
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import Segment, at
from orderwire.formats.edifact.tables import LINE_ANSWERS, PRODUCTS, PROMISED, SHIPS
from orderwire.formats.edifact.units import priced, rec20
from orderwire.formats.edifact.values import number

__all__ = ["INSTRUCTIONS", "LINE_ANSWERS", "AnswerReader"]

_L = LineStatus
_UNANSWERED: Final[Mapping[HeaderStatus, LineStatus]] = {
    HeaderStatus.ACCEPTED: _L.ACCEPTED, HeaderStatus.ACCEPTED_WITH_CHANGES: _L.CHANGED,
    HeaderStatus.REJECTED: _L.REJECTED, HeaderStatus.RECEIVED: _L.PENDING,
}  # fmt: skip
"""What a line without 1229 means: what the header says of all."""
INSTRUCTIONS: Final[Mapping[str, LineStatus]] = {"BK": _L.BACKORDERED, "IS": _L.SUBSTITUTED, "P1": _L.PENDING}
"""4493 of SCC, where 1229 says only that the line is changed."""
_QUANTITIES = ("113", "12", "131", "170", "1", "21")
"""6063 from the surest promise to the mere repetition of what was ordered."""


class AnswerReader:
    """Gathers one LIN group; `answers()` closes it."""

    def __init__(self, segment: Segment, position: int, profile: EdifactProfile):
        self.position, self.profile = position, profile
        self.code = at(segment, 2)
        self.instruction = ""
        self.ftx: list[notes.Ftx] = []
        self.reasons: list[str] = []
        self._number = at(segment, 1)
        self._fields: dict[str, Any] = {}
        self._quantities: dict[str, tuple[Decimal, str | None]] = {}
        self._parts: list[dict[str, Any]] = []
        self._net = False
        self._price: tuple[Decimal, Decimal | None, str] | None = None
        if value := at(segment, 3):
            self._product(at(segment, 3, 1) or "EN", value)

    def _product(self, code: str, value: str) -> None:
        field = PRODUCTS.get(code)
        if field == "number":
            self._number = value
        elif field in ("buyer_part", "supplier_part", "gtin") and (field != "gtin" or is_gtin(value)):
            self._fields.setdefault(field, value[:200])

    def pia(self, segment: Segment) -> None:
        """Numbers of the product, or of the one that comes in its place (4347 3)."""
        for element in segment[2:]:
            value = element[0].strip()
            if value and at(segment, 1) in ("3", "6"):
                self._fields.setdefault("substitute_part", value[:200])
            elif value and at(segment, 1) in ("1", "5"):
                self._product(element[1].strip() if len(element) > 1 else "", value)

    def rff(self, code: str, value: str, line: str) -> bool:
        """RFF+ON:order:line or RFF+LI: the line of the order, where LIN counts by itself."""
        known = line if code == "ON" else line or value if code == "LI" else ""
        if known:
            self._number = known
        return bool(known)

    def qty(self, segment: Segment, faults: Faults, group: str) -> None:
        """A quantity of the line, or of a part of it in the group of SCC or LOC."""
        said, unit = at(segment, 1, 1), at(segment, 1, 2)
        value = number(said)
        if value is None or value < 0:
            text = f"QTY 6060 is {said[:20]!r}; expected a number of 0 or more"
            faults.error("bad-number", text, 1, 2, ack=BAD_CHARACTER, value=said)
            return
        known = rec20(unit, self.profile.units) if unit else None
        if unit and known is None:
            text = f"QTY 6411, the unit, is {unit[:10]!r}, which we do not know; add it to the profile's units"
            faults.error("unit-unknown", text, 1, 3, ack=BAD_VALUE, value=unit)
        if group in ("SCC", "LOC"):
            self._parts.append({"quantity": value, "unit": known, "kind": at(segment, 1)})
        elif self._quantities.setdefault(at(segment, 1), (value, known)) != (value, known):
            text = (
                f"QTY+{at(segment, 1)[:3]} stands twice in one line; the first counts. Parts belong behind SCC or LOC"
            )
            faults.warning("quantity-twice", text, 1, 2, ack=TOO_MANY, value=said)

    def dtm(self, code: str, when: datetime.date, group: str) -> bool:
        """A date of the line or of its last part. False where it says something else."""
        field = "ships" if code in SHIPS else "promised" if code in PROMISED else None
        if field is None:
            return False
        target = self._parts[-1] if group in ("SCC", "LOC") and self._parts else self._fields
        if code in ("2", "10", "63", "64"):  # often only a repetition of what was asked for
            target.setdefault(field, when)
        else:
            target[field] = when
        return True

    def pri(self, segment: Segment, faults: Faults) -> None:
        """The price, net before gross, and for how many it is."""
        code, said, basis = at(segment, 1), at(segment, 1, 1), at(segment, 1, 4)
        value, per = number(said), number(basis) if basis else None
        if value is None or value < 0 or (basis and (per is None or per <= 0)):
            faults.error(
                "bad-number", f"PRI 5118 is {said[:20]!r}; expected a price", 1, 2, ack=BAD_CHARACTER, value=said
            )
        elif not self._net and code in ("AAA", "CAL", "INV", "AAB"):
            self._net = code != "AAB"
            self._price = (value, per, at(segment, 1, 5))

    def _priced(self, faults: Faults) -> None:
        """The price, and for how many of the line's unit it is where PRI says so."""
        if self._price is None:
            return
        value, said, priced_in = self._price
        units = [*(unit for _, unit in self._quantities.values()), *(part["unit"] for part in self._parts)]
        per = said
        if priced_in:
            per = priced(said or Decimal(1), priced_in, next(filter(None, units), None), self.profile.units)
        if priced_in and per is None:
            text = f"the price is per {priced_in[:10]} but the answer is in another unit; use one unit for both"
            faults.error("price-unit", text, ack=BAD_VALUE, value=priced_in)
            return
        self._fields.update(price=value, price_basis=per)

    def answers(self, header: HeaderStatus, faults: Faults, version: str) -> list[LineAnswer]:
        """The answers to the line; a backorder beside a promise is an answer of its own."""
        faults.at, faults.segment = self.position, "LIN"
        self._priced(faults)
        fields = self._fields
        status = self._status(header)
        texts = [*self.reasons, *filter(None, [notes.words(self.ftx, version)])]
        common = {
            **fields, "number": self._number[:200] or None, "reason": "\n".join(texts)[:4000].strip() or None,
            "code": self.code or None, "status": status,
        }  # fmt: skip
        found: list[dict[str, Any]] = []
        for part in self._parts:
            kind = part.pop("kind")
            found.append({**common, **part, **({"status": _L.BACKORDERED} if kind == "83" else {})})
        promised = next((self._quantities[code] for code in _QUANTITIES if code in self._quantities), None)
        rest = self._quantities.get("83")
        if rest is not None and (promised is None or "113" in self._quantities or "12" in self._quantities):
            waiting = {**common, "quantity": rest[0], "unit": rest[1], "status": _L.BACKORDERED}
            found = [waiting] if promised is None else [*found, waiting]
        if not self._parts and promised is not None:
            found.insert(0, {**common, "quantity": promised[0], "unit": promised[1]})
        answers = []
        for item in found or [common]:
            try:
                answers.append(LineAnswer.model_validate(item))
            except ValidationError as failure:
                faults.extend(from_validation(failure))
        return answers

    def _status(self, header: HeaderStatus) -> LineStatus:
        status = LINE_ANSWERS.get(self.code) or _UNANSWERED[header]
        if status is _L.CHANGED and self.instruction in INSTRUCTIONS:
            return INSTRUCTIONS[self.instruction]
        if status in (_L.CHANGED, _L.ACCEPTED) and "substitute_part" in self._fields:
            return _L.SUBSTITUTED
        return status
