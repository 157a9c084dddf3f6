"""The LIN group of ORDERS and ORDCHG: one line with its numbers, description, schedules, price and places."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.order import Account, Line, Schedule
from orderwire.document.order_change import LinePart
from orderwire.document.terms import AllowanceCharge, Reference, Tax
from orderwire.formats.construct import build, build_schedule
from orderwire.formats.edifact import notes, parts
from orderwire.formats.edifact.faults import BAD_CHARACTER, BAD_VALUE, MISSING, Faults
from orderwire.formats.edifact.limits import limits
from orderwire.formats.edifact.parties import PartyReader
from orderwire.formats.edifact.places import Place
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import Segment, at
from orderwire.formats.edifact.tables import PRODUCTS
from orderwire.formats.edifact.units import priced, rec20
from orderwire.formats.edifact.values import number

ITEM_WIDTH = 2
"""Components of text in IMD."""
_ZERO, _ONE = Decimal(0), Decimal(1)
_NET = frozenset({"AAA", "CAL", "INV"})
_ACCOUNTS = {"AWE": "cost_center", "ADE": "gl_account"}


class LineReader:
    """Gathers one LIN group; `line()` or `part()` closes it. Errors are reported at the segment where they stand."""

    # Class attributes stand for what most lines do not have, so that a plain line costs little.
    quantity: Decimal | None = None
    price: Decimal | None = None
    unit: str | None = None
    amount: Decimal | None = None
    basis = _ONE
    requested: datetime.date | None = None
    allowances_charges: Sequence[AllowanceCharge] = ()
    ftx: Sequence[notes.Ftx] = ()
    references: Sequence[Reference] = ()
    taxes: Sequence[Tax] = ()
    parties: Sequence[PartyReader] = ()
    items: Sequence[Sequence[str]] = ()
    schedules: Sequence[list[Any]] = ()
    accounts: dict[str, str] | None = None
    place: Place | None = None
    _sound = True
    gross: Decimal | None = None
    free: tuple[Decimal, str] | None = None
    net = False
    _counted = ""
    _priced_in = ""

    def __init__(self, segment: Segment, position: int, profile: EdifactProfile):
        self.position, self.profile = position, profile
        self.number, self.action = segment[1][0].strip(), at(segment, 2) if len(segment) > 2 else ""
        self.products: dict[str, str] = {}
        if len(segment) > 3 and (value := at(segment, 3)):
            self.product(at(segment, 3, 1) or "EN", value)

    def put(self, name: str, item: object) -> None:
        """Append to a list attribute that most lines do not have."""
        known: list[object] = getattr(self, name)
        if known:
            known.append(item)
        else:
            setattr(self, name, [item])

    def pia(self, segment: Segment, faults: Faults) -> None:
        """Numbers of the product."""
        if segment[1][0] not in ("1", "5"):
            faults.not_kept(f"PIA+{at(segment, 1)}")
            return
        for element in segment[2:]:
            value = element[0].strip()
            if value:
                self.product(element[1].strip() if len(element) > 1 else "", value)

    def product(self, code: str, value: str) -> None:
        """Take a product number by its 7143; the first of a kind counts."""
        field = PRODUCTS.get(code)
        if field == "number":
            self.number = value
        elif field is None or field in self.products or (field == "gtin" and not is_gtin(value)):
            kept = code if code.isascii() and code.isalnum() else "ZZZ"
            self.put("references", Reference(kind="other", number=value[:200], code=f"item:{kept[:30]}"))
        else:
            self.products[field] = value[:200]

    def qty(self, segment: Segment, faults: Faults, group: str) -> None:
        """The quantity of the line, or of a schedule in the group of SCC or LOC."""
        code, said, unit = [part.strip() for part in (*segment[1], "", "")[:3]]
        value = number(said)
        if group in ("SCC", "LOC", "part"):
            if value is None or value <= 0:
                self._fail(faults, "quantity", f"QTY 6060 is {said[:20]!r}; expected a number above 0", 1, 2, said)
            else:
                self.put("schedules", [value, None, self.place if group == "LOC" else None])
            return
        if code == "192" and value is not None and value > 0:
            self.free = (value, unit)
            return
        if code not in ("21", "1") or (self.quantity is not None and code != "21"):
            faults.not_kept(f"QTY+{code}")
            return
        if self._counted == "21" and value != self.quantity:
            text = f"QTY+21 says {said[:20]!r} after {self.quantity}; a line has one ordered quantity"
            self._fail(faults, "quantity", text, 1, 2, said, BAD_VALUE)
            return
        self._counted = code
        if value is None or value <= 0:
            text = f"QTY 6060, the quantity, is {said[:20]!r}; expected a number above 0"
            self._fail(faults, "quantity", text, 1, 2, said)
            return
        self.quantity = value
        if unit:
            self.unit = rec20(unit, self.profile.units)
            if self.unit is None:
                text = f"QTY 6411, the unit, is {unit[:10]!r}, which we do not know; add it to the profile's units"
                self._fail(faults, "unit-unknown", text, 1, 3, unit, BAD_VALUE)

    def pri(self, segment: Segment, faults: Faults) -> None:
        """The price; a net price counts more than a gross one."""
        code, said = at(segment, 1), at(segment, 1, 1)
        value = number(said)
        if (code not in _NET and code != "AAB") or (code in _NET and self.net) or (code == "AAB" and self.gross):
            faults.not_kept(f"PRI+{code}")
            return
        if value is None or value < 0:
            text = f"PRI 5118, the price, is {said[:20]!r}; expected a number of 0 or more"
            self._fail(faults, "price", text, 1, 2, said)
            return
        if code == "AAB":
            self.gross = value
            if self.net:
                return
        self.price, self.net, self.basis, self._priced_in = value, code in _NET, _ONE, ""
        if len(segment[1]) < 4:
            return
        if basis := at(segment, 1, 4):
            per = number(basis)
            if per is None or per <= 0:
                text = f"PRI 5284, the quantity of the price, is {basis[:20]!r}; expected a number above 0"
                self._fail(faults, "price-basis", text, 1, 5, basis)
            else:
                self.basis = per
        self._priced_in = at(segment, 1, 5)

    def account(self, code: str, value: str) -> bool:
        """Take an account of RFF. False where the qualifier names none."""
        field = _ACCOUNTS.get(code)
        if field is None or not value:
            return False
        self.accounts = {field: value[:200], **(self.accounts or {})}
        return True

    def _fail(
        self, faults: Faults, code: str, text: str, element: int, component: int, value: str, ack: str = BAD_CHARACTER
    ) -> None:
        self._sound = False
        faults.error(code, text, element, component, ack=ack if value else MISSING, value=value)

    def line(
        self, faults: Faults, version: str, default: datetime.date | None, taxes: Sequence[Tax] = ()
    ) -> Line | None:
        """The line; None where an error was reported. `default` is the header's requested date, `taxes` its taxes."""
        faults.at, faults.segment = self.position, "LIN"
        if self.unit is None and self.quantity is not None:
            self.unit = self.profile.default_unit
        if self._sound:
            self._complete(faults)
            self._free(faults)
        if not self._sound or self.quantity is None or self.price is None or self.unit is None:
            return None
        schedules: tuple[Schedule, ...] | None
        if self.schedules or self.parties:
            schedules = self._scheduled(faults, default)
            if schedules is None:
                return None
        else:
            schedules = (build_schedule(self.quantity, self.requested or default, None),)
        values: dict[str, Any] = {
            "number": self.number, "quantity": self.quantity, "unit": self.unit, "price": self.price,
            "price_basis": self.basis, "schedules": schedules, **self.products,
        }  # fmt: skip
        values["description"] = self.described(version) or self._nameless(faults)
        if self.ftx:
            values["notes"] = notes.read(self.ftx, version)
        taxes = self.taxes or taxes
        if taxes or self.allowances_charges or self.references:
            values.update(taxes=tuple(taxes), allowances_charges=tuple(self.allowances_charges))
            values["references"] = tuple(self.references)
        if self.accounts:
            values["accounts"] = (Account(**self.accounts),)
        try:
            return build(values)
        except ValidationError as failure:
            faults.extend(from_validation(failure))
            return None

    def _free(self, faults: Faults) -> None:
        """What comes free beside the ordered quantity stands in a note: the buyer expects it, and pays nothing."""
        if self.free is not None and self.quantity is not self.free[0]:
            words = f"Free of charge beside the ordered quantity: {self.free[0]:f} {self.free[1]}".strip()
            self.put("ftx", ("AAI", [words]))
            faults.remark("free-goods", f"line {self.number}: QTY+192 is kept as a note of the line", "QTY+192")

    def _net_price(self, faults: Faults) -> None:
        """A net price has its allowances in it (EANCOM, PRI 5125 AAA); where a gross price stands beside it, surely."""
        if self.gross is not None and not self.net:
            text = f"line {self.number}: PRI+AAB is a gross price and no net price is given; allowances may be missing"
            faults.remark("gross-price", text, "PRI+AAB")
        elif self.gross is not None and self.gross != self.price and self.allowances_charges:
            said = "; ".join(_told(item) for item in self.allowances_charges)
            self.put("ftx", ("AAI", [f"Gross price {self.gross:f}; in the net price: {said}"]))
            text = (
                f"line {self.number}: gross and net price are given, so that its ALC are in the price; kept as a note"
            )
            faults.remark("allowance-in-price", text, "ALC")
            self.allowances_charges = ()

    def _complete(self, faults: Faults) -> None:
        if self.quantity is None and self.free is not None and not self.price:
            self.quantity, self.price = self.free[0], self.price or _ZERO
            self.unit = rec20(self.free[1], self.profile.units) if self.free[1] else self.profile.default_unit
        if self.gross is not None:
            self._net_price(faults)
        if self.quantity is None:
            text = f"line {self.number} has no ordered quantity (QTY+21)"
            self._fail(faults, "quantity", text, 0, 0, "")
        elif self.price is None and self.amount is not None:
            self.price, self.basis = self.amount, self.quantity
        elif self.price is None:
            text = f"line {self.number} has no price (PRI+AAA, or MOA+203); a price is needed, 0 where it is free"
            self._fail(faults, "price", text, 0, 0, "")
        else:
            self._per_unit(faults)

    def _per_unit(self, faults: Faults) -> None:
        """The quantity of the price in the unit of the line."""
        if self.price is None or not self._priced_in:
            return
        basis = priced(self.basis, self._priced_in, self.unit, self.profile.units)
        if basis is None:
            other = f"the quantity is in {self.unit}" if self.unit else "the line does not say its unit"
            text = f"the price is per {self._priced_in[:10]} but {other}; use one unit for both"
            self._fail(faults, "price-unit", text, 0, 0, self._priced_in, BAD_VALUE)
        else:
            self.basis = basis

    def part(self, faults: Faults, version: str) -> LinePart | None:
        """What a change says of a line without saying all; None where it says nothing or an error was reported."""
        faults.at, faults.segment = self.position, "LIN"
        self._per_unit(faults)
        if not self._sound:
            return None
        unsaid = {
            "schedules": self.schedules, "places of delivery": self.parties, "allowances and charges":
            self.allowances_charges, "taxes": self.taxes, "references": self.references, "accounts": self.accounts,
            "notes": self.ftx, "free goods": self.free,
        }  # fmt: skip
        if lost := [name for name, value in unsaid.items() if value]:
            text = f"line {self.number} changes in part; its {', '.join(lost)} are left out; look at them"
            faults.warning("change-part", text)
        values = {name: value for name, value in self.products.items() if name != "category"}
        said: dict[str, Any] = {
            **values, "description": self.described(version) or None, "quantity": self.quantity, "unit": self.unit,
            "price": self.price, "price_basis": self.basis if self.basis != _ONE else None, "requested": self.requested,
        }  # fmt: skip
        try:
            part = LinePart(**said)
        except ValidationError as failure:
            faults.extend(from_validation(failure))
            return None
        return None if part == LinePart() else part

    @property
    def whole(self) -> bool:
        """True where a change says enough of the line to stand alone."""
        return bool(self.quantity and self.unit and self.price is not None and self.items)

    def described(self, version: str) -> str:
        """The description of all IMD segments."""
        items = self.items
        if len(items) == 1 and len(items[0]) == 1:
            return items[0][0].strip()
        return parts.text(items, limits(version).item, ITEM_WIDTH)[:4000].strip()

    def _nameless(self, faults: Faults) -> str:
        known = self.products
        text = known.get("supplier_part") or known.get("buyer_part") or known.get("gtin") or f"line {self.number}"
        faults.info("description", f"line {self.number} has no description (IMD); {text!r} stands for it")
        return text

    def _scheduled(self, faults: Faults, default: datetime.date | None) -> tuple[Schedule, ...] | None:
        default = self.requested or default
        assert self.quantity is not None
        readers = self.parties
        known = [(reader, party) for reader in readers if (party := reader.party(faults)) is not None]
        common = known[0][1] if known and not any(item[2] for item in self.schedules) else None
        if len(known) > 1 and common:
            text = "several places of delivery but no LOC says how much goes where; the first is taken for all"
            faults.warning("place", text)
        if not self.schedules:
            return (build_schedule(self.quantity, default, common),)
        total, found = _ZERO, []
        for quantity, when, place in self.schedules:
            total += quantity
            found.append(build_schedule(quantity, when, place.party(known) if place else common))
        rest = self.quantity - total
        if rest < 0:
            text = f"line {self.number}: its parts add up to {total:f} but {self.quantity:f} is ordered; correct either"
            self._fail(faults, "schedule-sum", text, 0, 0, f"{self.quantity:f}", BAD_VALUE)
            return None
        if rest:
            faults.info("schedule-rest", f"line {self.number}: {rest:f} of {self.quantity:f} has no date of its own")
            found.append(build_schedule(rest, default, common))
        return tuple(found)


def _told(item: AllowanceCharge) -> str:
    size = f"{item.percent:f} %" if item.percent is not None else f"{item.amount or 0:f}"
    return " ".join(part for part in (item.kind, item.code, size, item.reason) if part)


def is_gtin(value: str) -> bool:
    """True for the digits of a GTIN-8, -12, -13 or -14."""
    return len(value) in (8, 12, 13, 14) and value.isascii() and value.isdigit()
