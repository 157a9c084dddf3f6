"""Reads RECADV: what the receiver says arrived, what of it he refuses, and why."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from orderwire.document.fulfillment import Receipt
from orderwire.formats.edifact.codes_around import (
    ACCEPTED,
    DAMAGED,
    DISCREPANCIES,
    RECEIVED,
    RECEIVED_DATES,
    REFUSED,
    SHIP_NOTICE_REFERENCES,
    SHIPPED,
)
from orderwire.formats.edifact.envelope import RawMessage
from orderwire.formats.edifact.faults import MISSING, Faults
from orderwire.formats.edifact.found import Found
from orderwire.formats.edifact.fulfilled import FulfilledReader, Line
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import at
from orderwire.formats.edifact.values import codeword

_ZERO = Decimal(0)


def read(message: RawMessage, profile: EdifactProfile, faults: Faults) -> Found:
    """The receipt and its number."""
    reader = ReceiptReader(message, profile, faults)
    reader.walk()
    return Found(reader.receipt(), reader.fields.get("number") or None)


class ReceiptReader(FulfilledReader):
    """BGM, the head, then CPS with LIN, one for each line received."""

    silent = frozenset({"CPS", "PAC", "PCI", "GIN", "LOC", "CTA", "COM", "TOD", "TDT", "EQD", "SEL", "CDI", "INP",
                        "DOC", "ALI", "FTX", "CUX", "EQA"})  # fmt: skip

    def __init__(self, message: RawMessage, profile: EdifactProfile, faults: Faults):
        super().__init__(message, profile, faults)
        self._differences: dict[str, Decimal] = {}
        self._references: dict[str, str] = {}

    def receipt(self) -> Receipt | None:
        """The receipt; None where the faults have an error."""
        notice = next((self._references[code] for code in SHIP_NOTICE_REFERENCES if code in self._references), None)
        return self.build(Receipt, received=self.day(RECEIVED_DATES), ship_notice=notice)

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        return {"RFF": self._rff, "QVR": self._qvr}

    def _rff(self) -> None:
        code, value = at(self.segment, 1), at(self.segment, 1, 1)[:200]
        if self.order():
            return
        if code in SHIP_NOTICE_REFERENCES and self.line is None and value:
            self._references.setdefault(code, value)
        else:
            self.faults.not_kept(f"RFF+{code[:3]}")

    def _qvr(self) -> None:
        """A difference with what it is counted against (6063), the kind (4221) and the reason (C960)."""
        if self.line is None:
            self.faults.not_kept("QVR")
            return
        kind, reason = at(self.segment, 2), at(self.segment, 3, 3) or at(self.segment, 3)
        self.line.setdefault("code", codeword(kind or at(self.segment, 3)))
        words = "; ".join(filter(None, (DISCREPANCIES.get(kind, ""), reason[:200])))
        if words:
            self.line["reason"] = "; ".join(filter(None, (self.line.get("reason"), words)))[:4000]
        if at(self.segment, 1):
            difference = self.quantity(1, 0, signed=True)
            if difference is not None:
                self._differences.setdefault(at(self.segment, 1, 1), difference)

    def close(self, line: Line) -> None:
        said, differences = self.quantities, self._differences
        self._differences = {}
        refused = [said[code] for code in REFUSED if code in said] or [said[code] for code in DAMAGED if code in said]
        refused = refused or [abs(differences[code]) for code in (*REFUSED, *DAMAGED) if code in differences]
        accepted = next((said[code] for code in ACCEPTED if code in said), None)
        received = next((said[code] for code in RECEIVED if code in said), None)
        if received is None and (accepted is not None or refused):
            received = (accepted or _ZERO) + sum(refused, _ZERO)
        if received is None:
            sent = next((code for code in SHIPPED if code in said), None)
            received = None if sent is None else max(said[sent] + differences.get(sent, _ZERO), _ZERO)
        if received is None:
            text = "the line has no received quantity (QTY+48 or 194); ask the partner for it"
            self.faults.error("no-quantity", text, ack=MISSING)
            return
        line["received"] = received
        line["rejected"] = sum(refused, _ZERO) if refused else None
