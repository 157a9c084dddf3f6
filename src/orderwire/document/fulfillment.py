"""What happens to an order after the answer, as far as tracking and finance need it: ship notice, receipt, invoice."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field

from orderwire.document.base import Code, Date, Document, Exact, Label, Text
from orderwire.document.party import Party

Amount = Exact
Count = Annotated[Exact, Field(ge=0)]


class Purpose(StrEnum):
    """What a ship notice or a receipt does to what was said before under its number."""

    ORIGINAL = "original"
    REPLACEMENT = "replacement"
    CANCELLATION = "cancellation"


PURPOSES: Final[Mapping[str, Purpose]] = {
    "01": Purpose.CANCELLATION, "04": Purpose.REPLACEMENT, "05": Purpose.REPLACEMENT,
    "1": Purpose.CANCELLATION, "4": Purpose.REPLACEMENT, "5": Purpose.REPLACEMENT,
    "delete": Purpose.CANCELLATION, "update": Purpose.REPLACEMENT,
}  # fmt: skip
"""X12 353 (BSN01, BRA03), EDIFACT 1225 (BGM), cXML operation. Every other code says something for the first time, or
repeats it. A change (04, 4) says all lines anew, as every document here is read as a whole."""


class _FulfilledLine(Document):
    """Which line of which order: `number` is the line number of the order; without it the parts identify the line.

    `order_number` is None where the document's own holds.
    """

    order_number: Label | None = None
    release_number: Label | None = None
    number: Label | None = None
    buyer_part: Label | None = None
    supplier_part: Label | None = None
    gtin: Label | None = None
    description: Text | None = None


class ShippedLine(_FulfilledLine):
    """How much of a line is in the shipment; `open` is what the supplier says is still to come."""

    quantity: Count
    unit: Code | None = None
    ordered: Count | None = None
    open: Count | None = None
    lot: Label | None = None
    country_of_origin: Label | None = None


class ShipNotice(Document):
    """The supplier says what is on its way (X12 856, EDIFACT DESADV, cXML ShipNoticeRequest, UBL DespatchAdvice).

    `code` is the purpose in the standard's own code; `packages` counts the handling units.
    """

    number: Label
    order_number: Label | None = None
    release_number: Label | None = None
    issued: Date | None = None
    shipped: Date | None = None
    expected: Date | None = None
    supplier: Party | None = None
    buyer: Party | None = None
    ship_to: Party | None = None
    carrier: Label | None = None
    tracking: tuple[Label, ...] = ()
    packages: Annotated[int, Field(ge=0)] | None = None
    code: Code | None = None
    test: bool = False
    lines: tuple[ShippedLine, ...] = ()

    @property
    def purpose(self) -> Purpose:
        """What its code means for what was said before under its number."""
        return PURPOSES.get(self.code or "", Purpose.ORIGINAL)


class ReceivedLine(_FulfilledLine):
    """How much of a line was received and how much of that is refused; `code` says why in the standard's own code."""

    received: Count
    rejected: Count | None = None
    unit: Code | None = None
    reason: Text | None = None
    code: Code | None = None


class Receipt(Document):
    """The receiver says what arrived (X12 861, EDIFACT RECADV, UBL ReceiptAdvice, cXML ReceiptRequest).

    `code` is the purpose in the standard's own code.
    """

    number: Label
    order_number: Label | None = None
    release_number: Label | None = None
    ship_notice: Label | None = None
    issued: Date | None = None
    received: Date | None = None
    supplier: Party | None = None
    buyer: Party | None = None
    ship_to: Party | None = None
    code: Code | None = None
    test: bool = False
    lines: tuple[ReceivedLine, ...] = ()

    @property
    def purpose(self) -> Purpose:
        """What its code means for what was said before under its number."""
        return PURPOSES.get(self.code or "", Purpose.ORIGINAL)


class InvoicedLine(_FulfilledLine):
    """What is charged for a line; amount = quantity x price / price_basis where the document does not say it."""

    quantity: Exact
    unit: Code | None = None
    price: Amount | None = None
    price_basis: Annotated[Exact, Field(gt=0)] = Decimal(1)
    amount: Amount | None = None


class Invoice(Document):
    """What the supplier charges (X12 810), as far as finance matches it with orders.

    `total` is what is to be paid, `net` the goods without tax, all in `currency`.
    """

    number: Label
    kind: Literal["invoice", "credit_note"] = "invoice"
    order_number: Label | None = None
    release_number: Label | None = None
    issued: Date | None = None
    due: Date | None = None
    supplier: Party | None = None
    buyer: Party | None = None
    currency: Code | None = None
    net: Amount | None = None
    tax: Amount | None = None
    total: Amount | None = None
    code: Code | None = None
    test: bool = False
    lines: tuple[InvoicedLine, ...] = ()
