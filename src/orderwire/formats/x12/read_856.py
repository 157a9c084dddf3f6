"""Reads the 856 ship notice: the hierarchy of shipment, orders, packages and items as lines that know their order."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from orderwire.document.fulfillment import ShipNotice, ShippedLine
from orderwire.document.states import DocumentType
from orderwire.formats.x12.codes import (
    ARRIVAL_DATES,
    DEPARTURE_DATES,
    HL_COMPONENT,
    HL_PACKAGES,
    SHIP_NOTICE_PURPOSES,
    TRACKING_MARKS,
    TRACKING_REFERENCES,
)
from orderwire.formats.x12.elements import parts
from orderwire.formats.x12.envelope import Marks
from orderwire.formats.x12.faults import Faults
from orderwire.formats.x12.fulfilled import SUPPLIER, FulfilledReader, reading
from orderwire.formats.x12.profile import X12Profile

_MANY = 1000
"""Tracking numbers kept."""


class ShipNoticeReader(FulfilledReader):
    """BSN, then HL loops: S shipment, O order, T and P packages, I items; each knows its parent by HL02."""

    __slots__ = ("_lading", "_level", "_levels", "_packages", "_tracking")

    opening = "BSN"
    silent = frozenset({"MEA", "PKG", "PAL", "FOB", "PER", "SLN", "PO4", "CUR", "TD4", "SAC", "N2", "N3", "N4"})

    def __init__(self, marks: Marks, profile: X12Profile, faults: Faults, *, test: bool):
        super().__init__(marks, profile, faults, test=test)
        self._levels: dict[str, dict[str, Any]] = {}
        self._level: dict[str, Any] = {"kind": "S"}
        self._tracking: dict[str, None] = {}
        self._packages = 0
        self._lading: int | None = None
        self.counted = 0

    def document(self, segments: Sequence[str]) -> ShipNotice | None:
        """The ship notice; None where the faults have an error."""
        self.walk(segments)
        for line in self.lines:
            if "quantity" not in line:
                self.faults.remark("no-quantity", "an item has a LIN but no quantity shipped (SN1); it was left out")
        self.lines = [line for line in self.lines if "quantity" in line]
        self._order_of_all()
        packages = self._packages or self._lading
        return self.build(
            ShipNotice, ShippedLine, supplier=self.party(*SUPPLIER, "SF"), buyer=self.party("BY", "BT"),
            ship_to=self.party("ST"), tracking=tuple(self._tracking), packages=packages,
        )  # fmt: skip

    def _order_of_all(self) -> None:
        """One order for all lines stands on the document; several stand on their lines."""
        orders = {(line.get("order_number"), line.get("release_number")) for line in self.lines}
        if not self.lines:
            orders = {(level.get("order_number"), level.get("release_number")) for level in self._levels.values()}
            orders.discard((None, None))
        if len(orders) == 1:
            ((number, release),) = orders
            if number is not None:
                self.fields.setdefault("order_number", number)
                self.fields.setdefault("release_number", release)
            for line in self.lines:
                line.pop("order_number", None)
                line.pop("release_number", None)

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        return {
            "BSN": self._bsn, "DTM": self._dtm, "HL": self._hl, "TD1": self._td1, "TD3": self._td3, "TD5": self._td5,
            "REF": self._ref, "PRF": self._prf, "LIN": self._lin, "SN1": self._sn1, "MAN": self._man,
            "PID": self._pid, "CTT": self.number_of_lines,
        }  # fmt: skip

    def _bsn(self) -> None:
        purpose = self.text(1)
        if purpose not in SHIP_NOTICE_PURPOSES:
            known = ", ".join(SHIP_NOTICE_PURPOSES)
            self.faults.warning("purpose", f"BSN01 {purpose!r} is unusual in a ship notice; expected {known}", 1)
        elif purpose != "00":
            words = f"BSN01 {purpose} marks this ship notice as {SHIP_NOTICE_PURPOSES[purpose]}; look before you act"
            self.faults.warning("purpose", words, 1)
        self.fields |= {"number": self.needed(2, "the number of the shipment"), "issued": self.date(3)}
        self.fields["code"] = self.code(1)

    def _hl(self) -> None:
        self.line = None
        self.counted = (self.counted or 0) + 1
        own, parent, kind = self.text(1), self.text(2), self.text(3)
        above = self._levels.get(parent)
        if parent and above is None:
            words = f"HL02 names the level {parent!r}, which does not stand before; taken as part of the last one"
            self.faults.warning("hl-parent", words, 2, ack="7", value=parent)
            above = self._level
        self._level = {**(above or {}), "kind": kind}
        if own:
            self._levels[own] = self._level
        if kind in HL_PACKAGES:
            self._packages += 1

    def _prf(self) -> None:
        self._level["order_number"] = self.needed(1, "the number of the order")
        self._level["release_number"] = self.text(2) or None
        if self.line is not None:
            self.line |= {key: self._level[key] for key in ("order_number", "release_number") if self._level[key]}

    def _item(self) -> dict[str, Any] | None:
        """The line that is open; None inside a component, which is no line of an order."""
        if self._level["kind"] == HL_COMPONENT:
            self.faults.not_kept(f"{self.faults.segment}*{HL_COMPONENT}")
            return None
        if self.line is None:
            return self.start(
                order_number=self._level.get("order_number"), release_number=self._level.get("release_number")
            )
        return self.line

    def _lin(self) -> None:
        line = self._item()
        if line is None:
            return
        if {"buyer_part", "supplier_part", "gtin"} & set(line):
            self.line = None
            line = self._item() or line
        pairs = self.pairs(2)
        named = {**parts(pairs), "number": pairs.get("PL") or self.text(1), "lot": pairs.get("LT")}
        if pairs.get("PO"):
            named["order_number"] = pairs["PO"]
        line |= {key: value for key, value in named.items() if value}
        if pairs.get("CH"):
            line["country_of_origin"] = pairs["CH"]

    def _sn1(self) -> None:
        line = self._item()
        if line is None:
            return
        if "quantity" in line:
            self.faults.warning("segment-twice", "SN1 stands twice for one item; the first one counts", ack="5")
            return
        quantity = self.number(2)
        if quantity is None:
            self.needed(2, "the quantity shipped")
            return
        line["quantity"] = quantity
        line["unit"] = self.unit(3)
        line["ordered"] = self.number(5)
        if "number" not in line and self.text(1):
            line["number"] = self.text(1)

    def _dtm(self) -> None:
        code = self.text(1)
        if self.line is None and code in DEPARTURE_DATES:
            self.fields.setdefault("shipped", self.date(2))
        elif self.line is None and code in ARRIVAL_DATES:
            self.fields.setdefault("expected", self.date(2))
        else:
            self.faults.not_kept("DTM")

    def _td1(self) -> None:
        count = self.number(2)
        if count is not None and self._level["kind"] == "S" and count == int(count):
            self._lading = (self._lading or 0) + int(count)

    def _td3(self) -> None:
        self._track(self.text(3))

    def _td5(self) -> None:
        carrier = self.text(5) or self.text(3)
        if carrier:
            self.fields.setdefault("carrier", carrier)

    def _ref(self) -> None:
        code, value = self.text(1), self.text(2)
        if code in TRACKING_REFERENCES:
            self._track(value)
        elif code == "LT" and self.line is not None:
            self.put("lot", value)
        elif code == "LI" and self.line is not None and value:
            self.line["number"] = value
        elif code == "PO" and value and "order_number" not in self._level:
            self._level["order_number"] = value
        else:
            self.faults.not_kept(f"REF*{code}")

    def _man(self) -> None:
        if self.text(1) in TRACKING_MARKS:
            self._track(self.text(2))
        else:
            self.faults.not_kept(f"MAN*{self.text(1)}")

    def _pid(self) -> None:
        if self.line is not None:
            self.put("description", self.text(5))

    def _track(self, value: str) -> None:
        if value and len(self._tracking) < _MANY:
            self._tracking.setdefault(value)


read = reading(DocumentType.SHIP_NOTICE, ShipNoticeReader)
