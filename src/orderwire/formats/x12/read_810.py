"""Reads the 810 invoice as far as finance matches it with orders: who charges what, for which line of which order."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from orderwire.document.fulfillment import Invoice, InvoicedLine
from orderwire.document.order import CURRENCIES
from orderwire.document.states import DocumentType
from orderwire.formats.x12.codes import (
    CREDIT_NOTES,
    DUE_DATES,
    INVOICE_KINDS,
    LINE_AMOUNTS,
    NET_AMOUNTS,
    TAX_AMOUNTS,
)
from orderwire.formats.x12.elements import parts
from orderwire.formats.x12.envelope import Marks
from orderwire.formats.x12.faults import BAD_CODE, Faults
from orderwire.formats.x12.fulfilled import SUPPLIER, FulfilledReader, reading
from orderwire.formats.x12.price_basis import price_basis
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.tables import OTHER_PRICES, TERMS_BASIS_READ

_ZERO, _ONE = Decimal(0), Decimal(1)
_CENT = Decimal("0.01")
_FAR = 3660
"""Longest payment term that is counted, in days."""


class InvoiceReader(FulfilledReader):
    """BIG, then IT1 loops, then the amounts."""

    __slots__ = ("_charges", "_line_tax", "_net_days", "_tax")

    opening = "BIG"
    silent = frozenset({
        "PER", "FOB", "CAD", "ISS", "MEA", "PO4", "SLN", "TD1", "TD3", "TD5", "N2", "N3", "N4", "SDQ", "QTY", "NTE",
    })  # fmt: skip

    def __init__(self, marks: Marks, profile: X12Profile, faults: Faults, *, test: bool):
        super().__init__(marks, profile, faults, test=test)
        self._charges = _ZERO
        self._tax: Decimal | None = None
        self._line_tax = _ZERO
        self._net_days: int | None = None

    def document(self, segments: Sequence[str]) -> Invoice | None:
        """The invoice; None where the faults have an error."""
        self.walk(segments)
        if "total" not in self.fields and not self.faults.failed:
            self.faults.missing_segment("TDS", "TDS, the total, is missing; nothing says how much is to be paid")
        if self.faults.failed:
            return None
        fields = self.fields
        issued = fields.get("issued")
        if fields.get("due") is None and self._net_days is not None and issued is not None:
            fields["due"] = issued + datetime.timedelta(days=self._net_days)
        if "currency" not in fields:
            fields["currency"] = self.profile.default_currency
            self.faults.remark("currency", f"there is no CUR segment; {fields['currency']} is assumed", "invoice")
        if self._tax is None and self._line_tax:
            self._tax = self._line_tax
        if self._tax is not None:
            fields.setdefault("tax", self._tax)
        self._compare()
        return self.build(
            Invoice, InvoicedLine, supplier=self.party(*SUPPLIER, "RE", "SF"), buyer=self.party("BY", "BT"),
        )  # fmt: skip

    def _compare(self) -> None:
        """The total is what TDS says; it is only compared with the lines, since we never trust totals."""
        total = self.fields.get("total")
        if total is None or not self.lines:
            return
        amounts = [_amount(line) for line in self.lines]
        if any(amount is None for amount in amounts):
            return
        counted = sum((amount for amount in amounts if amount is not None), self._charges)
        taxed = counted + (self.fields.get("tax") or _ZERO)
        tolerance = _CENT * (len(amounts) + 1)
        if min(abs(abs(total) - abs(counted)), abs(abs(total) - abs(taxed))) > tolerance:
            text = f"TDS01 says {total} but lines, charges and taxes come to {taxed}; check before you pay"
            self.faults.remark("total", text, "TDS01")

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        return {
            "BIG": self._big, "CUR": self._cur, "REF": self._ref, "ITD": self._itd, "DTM": self._dtm, "IT1": self._it1,
            "CTP": self._ctp, "PID": self._pid, "TXI": self._txi, "TDS": self._tds, "SAC": self._sac, "AMT": self._amt,
            "CTT": self.number_of_lines,
        }  # fmt: skip

    def _big(self) -> None:
        kind = self.text(7)
        if kind and kind not in INVOICE_KINDS:
            words = f"BIG07 {kind!r} is not a kind of invoice we know; read as an invoice, look before you book it"
            self.faults.warning("invoice-kind", words, 7, ack=BAD_CODE, value=kind)
        self.fields |= {
            "number": self.needed(2, "the number of the invoice"), "issued": self.date(1), "code": self.code(7),
            "kind": "credit_note" if kind in CREDIT_NOTES else "invoice",
        }  # fmt: skip
        self.put("order_number", self.text(4))
        self.put("release_number", self.text(5))

    def _cur(self) -> None:
        code = self.text(2)
        if code in CURRENCIES:
            self.fields.setdefault("currency", code)
        else:
            self.faults.error("currency", f"CUR02 {code!r} is not an ISO 4217 currency; ask the supplier", 2,
                              ack=BAD_CODE, value=code)  # fmt: skip

    def _ref(self) -> None:
        code, value = self.text(1), self.text(2)
        if code == "PO":
            self.put("order_number", value)
        elif code == "LI" and self.line is not None and value:
            self.line["number"] = value
        else:
            self.faults.not_kept(f"REF*{code}")

    def _itd(self) -> None:
        if due := self.date(6):
            self.fields.setdefault("due", due)
        days = self.number(7)
        if days is None or days != int(days) or days > _FAR:
            return
        if TERMS_BASIS_READ.get(self.text(2)) == "invoice" and self._net_days is None:
            self._net_days = int(days)

    def _dtm(self) -> None:
        if self.text(1) in DUE_DATES and self.line is None:
            self.fields.setdefault("due", self.date(2))
        else:
            self.faults.not_kept("DTM")

    def _it1(self) -> None:
        pairs = self.pairs(6)
        quantity = self.number(2, signed=True)
        line = self.start(number=pairs.get("PL") or self.text(1), order_number=pairs.get("PO"), **parts(pairs))
        if quantity is None:
            self.needed(2, "the quantity invoiced")
        line |= {"quantity": quantity, "unit": self.unit(3), "price": self.number(4, signed=True)}
        line["price_basis"] = price_basis(self.text(5), line["unit"], 5, self.faults)

    def _ctp(self) -> None:
        """The price of a line whose IT104 is empty."""
        if self.line is not None and self.text(2) not in OTHER_PRICES and self.line["price"] is None:
            self.line["price"] = self.number(3)
        else:
            self.faults.not_kept("CTP")

    def _pid(self) -> None:
        if self.line is not None:
            self.put("description", self.text(5))

    def _txi(self) -> None:
        amount = self.number(2, signed=True)
        if amount is None:
            return
        if self.line is None:
            self._tax = (self._tax or _ZERO) + amount
        else:
            self._line_tax += amount

    def _tds(self) -> None:
        self.line = None
        total = self.cents(1)
        if total is None:
            self.needed(1, "the total")
        self.fields["total"] = total

    def _sac(self) -> None:
        """Charges and allowances count in the comparison of totals; an invoice of ours has no place for each."""
        amount = self.cents(5)
        if amount is not None:
            self._charges += -amount if self.text(1) == "A" else amount

    def _amt(self) -> None:
        code, amount = self.text(1), self.number(2, signed=True)
        if self.line is not None and code in LINE_AMOUNTS:
            self.put("amount", amount)
        elif self.line is None and code in NET_AMOUNTS:
            self.put("net", amount)
        elif self.line is None and code in TAX_AMOUNTS:
            self.put("tax", amount)
        else:
            self.faults.not_kept(f"AMT*{code}")


def _amount(line: dict[str, object]) -> Decimal | None:
    amount, quantity, price = line.get("amount"), line.get("quantity"), line.get("price")
    if isinstance(amount, Decimal):
        return amount
    basis = line.get("price_basis", _ONE)
    if isinstance(quantity, Decimal) and isinstance(price, Decimal) and isinstance(basis, Decimal):
        return quantity * price / basis
    return None


read = reading(DocumentType.INVOICE, InvoiceReader)
