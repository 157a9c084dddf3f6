"""Reads the 861 receiving advice: what arrived of which order, and what of it is refused."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from orderwire.document.fulfillment import Receipt, ReceivedLine
from orderwire.document.states import DocumentType
from orderwire.formats.x12.codes import RECEIPT_DATES, RECEIVING_CONDITIONS, REFUSED_CONDITIONS, SHIPMENT_REFERENCES
from orderwire.formats.x12.elements import parts
from orderwire.formats.x12.fulfilled import SUPPLIER, FulfilledReader, reading

_ZERO = Decimal(0)


class ReceiptReader(FulfilledReader):
    """BRA, then RCD loops, one for each line received."""

    __slots__ = ()

    opening = "BRA"
    silent = frozenset({"PER", "FOB", "TD1", "TD3", "TD5", "MEA", "CUR", "SLN", "PO4", "N2", "N3", "N4", "TD4"})

    def document(self, segments: Sequence[str]) -> Receipt | None:
        """The receipt; None where the faults have an error."""
        self.walk(segments)
        return self.build(
            Receipt, ReceivedLine, supplier=self.party(*SUPPLIER, "SF"), buyer=self.party("BY", "BT"),
            ship_to=self.party("ST"),
        )  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        return {
            "BRA": self._bra, "REF": self._ref, "DTM": self._dtm, "PRF": self._prf, "RCD": self._rcd, "LIN": self._lin,
            "PID": self._pid, "CTT": self.number_of_lines,
        }  # fmt: skip

    def _bra(self) -> None:
        self.fields |= {
            "number": self.needed(1, "the number of the receipt"), "issued": self.date(2), "code": self.code(3),
        }  # fmt: skip
        if self.text(3) not in ("", "00"):
            words = f"BRA03 is {self.text(3)}, not 00 (original): this receipt is about an earlier one"
            self.faults.warning("purpose", words, 3)

    def _prf(self) -> None:
        self.put("order_number", self.needed(1, "the number of the order"))
        self.put("release_number", self.text(2))

    def _ref(self) -> None:
        code, value = self.text(1), self.text(2)
        if code == "PO":
            self.put("order_number", value)
        elif code == "LI" and self.line is not None and value:
            self.line["number"] = value
        elif code in SHIPMENT_REFERENCES and self.line is None:
            self.put("ship_notice", value)
        else:
            self.faults.not_kept(f"REF*{code}")

    def _dtm(self) -> None:
        if self.text(1) in RECEIPT_DATES and self.line is None:
            self.fields.setdefault("received", self.date(2))
        else:
            self.faults.not_kept("DTM")

    def _rcd(self) -> None:
        line = self.start(number=self.text(1))
        received, returned = self.number(2), self.number(4)
        line["received"] = received if received is not None else returned or _ZERO
        line["unit"] = self.unit(3) if self.text(2) else self.unit(5)
        refused = returned
        for at in range(6, 19, 3):
            condition, questioned = self.text(at + 2), self.number(at)
            if not condition:
                continue
            line.setdefault("code", self.code(at + 2))
            words = RECEIVING_CONDITIONS.get(condition)
            if words is None:
                text = f"the receiving condition {condition!r} is not known; nothing was counted as refused for it"
                self.faults.warning("condition", text, at + 2)
            elif questioned is not None:
                line["reason"] = "; ".join(filter(None, (line.get("reason"), f"{self.text(at)} {words}")))
            if condition in REFUSED_CONDITIONS and questioned is not None and returned is None:
                refused = (refused or _ZERO) + questioned
        line["rejected"] = refused

    def _lin(self) -> None:
        if self.line is None:
            self.faults.not_kept("LIN")
            return
        pairs = self.pairs(2)
        self.line |= parts(pairs)
        number = pairs.get("PL") or self.text(1)
        if number:
            self.line["number"] = number
        if pairs.get("PO"):
            self.line["order_number"] = pairs["PO"]

    def _pid(self) -> None:
        if self.line is not None:
            self.put("description", self.text(5))


read = reading(DocumentType.RECEIPT, ReceiptReader)
