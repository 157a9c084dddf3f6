"""The PO1 loop of the 850: one line with its description, schedules, taxes, allowances and identifiers."""

import datetime
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.order import Line, Schedule
from orderwire.document.party import Party
from orderwire.document.terms import AllowanceCharge, Note, Reference, Tax
from orderwire.formats.construct import build, build_schedule
from orderwire.formats.pieces import rejoin
from orderwire.formats.x12.faults import BAD_CHARACTER, BAD_CODE, BAD_DATE, MISSING, Faults
from orderwire.formats.x12.parties import PartyReader, store
from orderwire.formats.x12.price_basis import price_basis
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.tables import (
    BUYER_PARTS,
    CATEGORY_PART,
    CHARGE_READ,
    GTINS,
    OTHER_CHARGE,
    OTHER_PRICES,
    REQUESTED_DATES,
    SHIP_DATES,
    SUPPLIER_PARTS,
    TAX_READ,
)
from orderwire.formats.x12.units import rec20
from orderwire.formats.x12.values import date, number

DESCRIPTION = 80
"""Longest PID05 (DE 352)."""
_ONE = Decimal(1)
_ZERO = Decimal(0)
_CENT = Decimal("0.01")


_PRODUCT_FIELDS = {
    **dict.fromkeys(BUYER_PARTS, "buyer_part"), **dict.fromkeys(SUPPLIER_PARTS, "supplier_part"),
    **dict.fromkeys(GTINS, "gtin"), CATEGORY_PART: "category",
}  # fmt: skip


def put(target: object, name: str, item: object) -> None:
    """Append to a list attribute that most objects do not have."""
    known: list[object] = getattr(target, name)
    if known:
        known.append(item)
    else:
        setattr(target, name, [item])


class LineReader:
    """Gathers one PO1 loop; `line()` closes it. Errors are reported at the segment where they stand.

    `name` is the segment that opens the loop and `places` where it has the elements of PO1.
    """

    name: ClassVar[str] = "PO1"
    places: ClassVar[Sequence[int]] = (0, 1, 2, 3, 4, 5)

    # Class attributes stand for what most lines do not have, so that a plain line costs little.
    requested: datetime.date | None = None
    allowances_charges: Sequence[AllowanceCharge] = ()
    notes: Sequence[Note] = ()
    reasons: Sequence[Note] = ()
    references: Sequence[Reference] = ()
    taxes: Sequence[Tax] = ()
    pids: Sequence[list[str]] = ()
    schedules: Sequence[tuple[Decimal, datetime.date | None, Party | None]] = ()
    stores: Sequence[tuple[str, str, str, str]] = ()
    _sound = True

    def __init__(self, segment: list[str], count: int, faults: Faults, profile: X12Profile):
        self.position = faults.at
        segment = segment if len(segment) > 5 else [*segment, "", "", "", "", ""]
        self.number = segment[1].strip()
        if not self.number:
            self._unnumbered(count, faults)
        quantity = number(segment[2])
        if quantity is None or quantity <= 0:
            text = f"the quantity, is {segment[2]!r}; expected a number above 0"
            self._fail(faults, "quantity", text, 2, BAD_CHARACTER, segment[2])
        self.quantity = quantity
        self._unit_code = segment[3].strip()
        self.unit = rec20(self._unit_code, profile.units)
        if self.unit is None:
            text = f"the unit, is {segment[3]!r}, which we do not know; correct it or add it to the profile's units"
            self._fail(faults, "unit-unknown", text, 3, BAD_CODE, segment[3])
        elif len(self._unit_code) == 3 and self.unit == self._unit_code:
            text = f"the unit {self.unit} is of Recommendation 20, not of X12; it was read all the same"
            faults.warning("unit-foreign", text, self.places[3], ack=BAD_CODE, value=self.unit)
        self.price, self.basis = number(segment[4]), _ONE
        code = segment[5].strip()
        if self.price is None and segment[4].strip():
            text = f"the price, is {segment[4]!r}; expected a number"
            self._fail(faults, "bad-number", text, 4, BAD_CHARACTER, segment[4])
        elif self.price is not None and self.price < 0:
            text = f"the price, is {segment[4]}; it may not be negative"
            self._fail(faults, "price", text, 4, BAD_CHARACTER, segment[4])
        elif self.price is None and code == "NC":
            self.price = _ZERO
        if code:
            self.basis = price_basis(code, self.unit, self.places[5], faults)
        self._ids = segment

    def _unnumbered(self, count: int, faults: Faults) -> None:
        self.number = str(count)
        text = f"{self.name}01, the line number, is missing; the line was numbered {count}"
        faults.warning("line-number", text, 1)

    def _fail(self, faults: Faults, code: str, text: str, element: int, ack: str, value: str) -> None:
        """What is wrong with an element of the segment that opens the line; `element` is that of PO1."""
        self._sound = False
        place = self.places[element]
        told = f"{self.name}{place:02d}, {text}"
        faults.error(code, told, place, ack=ack if value.strip() else MISSING, value=value)

    def add(self, segment: list[str], faults: Faults, component: str) -> bool:
        """Take a CTP or TXI. False when it has no place in a line."""
        if segment[0] == "CTP":
            if len(segment) > 7 and segment[7].strip() not in ("", "1"):
                text = f"CTP07 multiplies the price by {segment[7][:20]}; the price was read without it"
                faults.warning("price-multiplier", text, 7)
            return self._ctp(segment, component)
        found = tax(segment, faults)
        if found is not None:
            put(self, "taxes", found)
        return found is not None

    def _ctp(self, segment: list[str], component: str) -> bool:
        """A net price for a quantity of its own, where PO104 has none."""
        if self.price is not None or len(segment) < 4 or segment[2].strip() in OTHER_PRICES:
            return False
        self.price = number(segment[3])
        basis = number(segment[4]) if len(segment) > 4 else None
        unit = segment[5].split(component)[0] if len(segment) > 5 and component else self._unit_code
        if basis is not None and basis > 0 and unit.strip() in ("", self._unit_code):
            self.basis = basis
        return self.price is not None and self.price >= 0

    def schedule(self, segment: list[str], faults: Faults, place: Party | None = None) -> None:
        """Take one SCH."""
        segment = segment if len(segment) > 6 else [*segment, "", "", "", "", "", ""]
        quantity, when = number(segment[1]), date(segment[6])
        if quantity is None or quantity <= 0:
            text = f"SCH01 is {segment[1]!r}; expected a number above 0"
            self._unscheduled(faults, "quantity", text, 1, BAD_CHARACTER, segment[1])
            return
        if self._unit_code and segment[2].strip() not in ("", self._unit_code):
            text = f"SCH02 is {segment[2]!r} but the line is ordered in {self._unit_code!r}; use one unit"
            self._unscheduled(faults, "schedule-unit", text, 2, BAD_CODE, segment[2])
        if when is None and segment[6].strip():
            text = f"SCH06 is {segment[6]!r}; expected a date as CCYYMMDD"
            self._unscheduled(faults, "bad-date", text, 6, BAD_DATE, segment[6])
        if segment[5] not in REQUESTED_DATES and when is not None:
            kind = "a ship date" if segment[5] in SHIP_DATES else "not a delivery date"
            faults.warning("schedule-date", f"SCH05 {segment[5]!r} is {kind}; it was read as the date of delivery", 5)
        put(self, "schedules", (quantity, when, place))

    def distribute(self, segment: list[str]) -> None:
        """Take one SDQ: unit, qualifier, then pairs of a place and its quantity."""
        for place, quantity in zip(segment[3:23:2], [*segment, ""][4:24:2], strict=False):
            if place.strip() or quantity.strip():
                put(self, "stores", (segment[1].strip(), segment[2], place, quantity))

    def _unscheduled(self, faults: Faults, code: str, text: str, element: int, ack: str, value: str) -> None:
        self._sound = False
        faults.error(code, text, element, ack=ack if value.strip() else MISSING, value=value)

    def deliver(self, reader: PartyReader, faults: Faults) -> None:
        """Take the N1 loop of the line: N1*ST is the place of its own SCH segments, or of all that is not scheduled."""
        place = reader.party(faults) if reader.entity == "ST" else None
        if not reader.schedules and place:
            put(self, "schedules", (_ZERO, None, place))
        at, segment = faults.at, faults.segment
        for faults.at, sch in reader.schedules:
            faults.segment = "SCH"
            self.schedule(sch, faults, place)
        faults.at, faults.segment = at, segment

    def line(self, faults: Faults, default: datetime.date | None) -> Line | None:
        """The line; None where an error was reported. `default` is the header's requested date."""
        faults.at, faults.segment = self.position, self.name
        if self.price is None and self._sound:
            text = f"the price of line {self.number}, and CTP03 are empty; a price is needed, 0 where it is free"
            self._fail(faults, "price", text, 4, MISSING, "")
        if not self._sound or self.quantity is None or self.price is None or self.unit is None:
            return None
        schedules = self._scheduled(faults, default)
        if schedules is None:
            return None
        values: dict[str, Any] = {
            "number": self.number, "quantity": self.quantity, "unit": self.unit, "price": self.price,
            "price_basis": self.basis, "schedules": schedules,
        }  # fmt: skip
        if len(self._ids) > 6:
            self._products(values, faults)
        values["description"] = self._described(values, faults)
        if self.taxes or self.allowances_charges or self.references or self.notes:
            values.update(taxes=tuple(self.taxes), allowances_charges=tuple(self.allowances_charges))
            values.update(references=tuple(self.references), notes=tuple(self.notes))
        try:
            return build(values)
        except ValidationError as failure:
            faults.extend(from_validation(failure))
            return None

    def _scheduled(self, faults: Faults, default: datetime.date | None) -> tuple[Schedule, ...] | None:
        default = self.requested or default
        assert self.quantity is not None
        if self.stores and (places := self._distributed(faults, self.quantity, default)):
            return places
        if not self.schedules:
            return (build_schedule(self.quantity, default, None),)
        total, place, known = _ZERO, None, []
        for quantity, when, where in self.schedules:
            if quantity:
                total += quantity
                known.append(build_schedule(quantity, when, where))
            else:
                place = where
        rest = self.quantity - total
        if rest < 0:
            text = f"the quantity, is {self.quantity:f} but the SCH of line {self.number} add up to {total:f}"
            self._fail(faults, "schedule-sum", text, 2, BAD_CODE, f"{self.quantity:f}")
            return None
        if rest:
            if known:
                faults.info(
                    "schedule-rest", f"line {self.number}: {rest:f} of {self.quantity:f} has no date of its own"
                )
            known.append(build_schedule(rest, default, place))
        return tuple(known)

    def _distributed(
        self, faults: Faults, ordered: Decimal, default: datetime.date | None
    ) -> tuple[Schedule, ...] | None:
        """One schedule for each place of SDQ; None, with a warning, where SDQ and the line do not say the same."""
        found, total = [], _ZERO
        for unit, qualifier, place, said in self.stores:
            quantity, party = number(said), store(qualifier, place)
            if unit not in ("", self._unit_code) or quantity is None or quantity < 0 or party is None:
                break
            total += quantity
            if quantity:
                found.append(build_schedule(quantity, default, party))
        else:
            if total == ordered and not self.schedules:
                return tuple(found)
        text = (
            f"line {self.number}: the quantities for each place in SDQ "
            + ("stand beside SCH or N1" if self.schedules else f"do not add up to {ordered:f} {self._unit_code}")
            + "; they are not kept, ask the partner which counts"
        )
        faults.warning("places-differ", text)
        return None

    def _products(self, values: dict[str, Any], faults: Faults) -> None:
        ids = self._ids
        other: list[tuple[str, str]] = []
        for at in range(6, len(ids) - 1, 2):
            code, value = ids[at], ids[at + 1].strip(" ")
            field = _PRODUCT_FIELDS.get(code)
            if not value:
                continue
            if field is None or field in values or (field == "gtin" and not _is_gtin(value)):
                other.append((code, value[:200]))
            else:
                values[field] = value[:200]
        for code, value in other:
            if code.isascii() and code.isalnum():
                put(self, "references", Reference(kind="other", number=value, code=f"item:{code[:30]}"))
            else:
                faults.not_kept(f"{self.name} identifier")

    def _described(self, values: dict[str, Any], faults: Faults) -> str:
        if len(self.pids) == 1:
            text = self.pids[0][5].strip(" ")
        else:
            lines: list[list[str]] = []
            for pid in self.pids:
                if pid[2] or not lines:
                    lines.append([pid[5]])
                else:
                    lines[-1].append(pid[5])
            text = "\n".join(rejoin(parts, DESCRIPTION).rstrip(" ") for parts in lines).strip()
        if not text:
            text = (
                values.get("supplier_part") or values.get("buyer_part") or values.get("gtin") or f"line {self.number}"
            )
            faults.info("description", f"line {self.number} has no description (PID05); {text!r} stands for it")
        return text


def _is_gtin(value: str) -> bool:
    return len(value) in (8, 12, 13, 14) and value.isascii() and value.isdigit()


def tax(segment: list[str], faults: Faults) -> Tax | None:
    """TXI; None where it has no percentage."""
    code, _, percent, _, _, exempt = [*segment, "", "", "", "", "", ""][1:7]
    value = number(percent) if percent.strip() else _ZERO if exempt == "1" else None
    if value is None or not 0 <= value <= 100 or not code.strip():
        return None
    category = "E" if exempt == "1" else "S" if value else "Z"
    try:
        return Tax(kind=TAX_READ.get(code, code), category=category, percent=value)
    except ValidationError:
        faults.warning("tax", f"TXI01 {code!r} is not a kind of tax", 1, ack=BAD_CODE, value=code)
        return None


def allowance(segment: list[str], faults: Faults) -> AllowanceCharge | None:
    """SAC; None, with an error, where it says neither an amount nor a percentage that we can keep."""
    kind, code, _, own, amount, _, percent = [*segment, *[""] * 7][1:8]
    words = segment[15].strip() if len(segment) > 15 else ""
    if kind == "N":
        faults.info("no-charge", "SAC01 N announces that there is no allowance or charge")
        return None
    if kind not in ("A", "C"):
        faults.error(
            "allowance-kind", f"SAC01 is {kind!r}; expected A (allowance) or C (charge)", 1, ack=BAD_CODE, value=kind
        )
        return None
    if not any(segment[at].strip() for at in (5, 7, 8) if at < len(segment)):
        said = (
            f"SAC*{kind}*{code} states neither an amount nor a rate; it is not in the total, agree it with the partner"
        )
        faults.warning("allowance-unstated", f"{said}{f': {words[:80]}' if words else ''}", 5)
        return None
    value, share = None, None
    if amount.strip():
        value = number(amount)
        if value is not None and "." in amount:
            text = f"SAC05 {amount!r} has a point although cents are implied; read as {amount}"
            faults.warning("implied-decimals", text, 5, ack=BAD_CHARACTER, value=amount)
        elif value is not None:
            value = number(f"{value.scaleb(-2):f}")
    elif percent.strip():
        share = number(percent)
    elif len(segment) > 10 and (rate := number(segment[8])) is not None and (times := number(segment[10])) is not None:
        value = number(f"{(rate * times).quantize(_CENT, ROUND_HALF_UP):f}")
    if (value is None or value < 0) and (share is None or not 0 <= share <= 100):
        text = "SAC has neither an amount in SAC05 nor a percentage in SAC07 that can be read; the total would be wrong"
        faults.error("allowance-amount", text, 5, ack=BAD_CHARACTER if amount else "2", value=amount)
        return None
    if code:
        uncl = None if code == OTHER_CHARGE else CHARGE_READ.get(code, f"sac:{code}")
    else:
        uncl = own.strip() or None
    try:
        return AllowanceCharge(
            kind="allowance" if kind == "A" else "charge",
            amount=value,
            percent=share,
            code=uncl,
            reason=words[:200] or None,
        )
    except ValidationError as failure:
        faults.extend(from_validation(failure))
        return None
