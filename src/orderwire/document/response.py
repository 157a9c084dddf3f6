"""The supplier's answer: one lossless model for every way an answer comes in.

Meanings by standard: X12 855 BAK02/ACK01, EDIFACT ORDRSP BGM 4343 / LIN 1229, UBL OrderResponseCode,
cXML ConfirmationRequest type. The normalized meaning stands beside the original code, which is never dropped.
"""

from decimal import Context, Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from orderwire.document.base import Code, Date, Document, Exact, Label, Text, plain
from orderwire.document.party import Party

_EXACT = Context(prec=80)
_NINE = Decimal("1e-9")


class HeaderStatus(StrEnum):
    """What the answer says about the order as a whole."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    ACCEPTED_WITH_CHANGES = "accepted_with_changes"
    REJECTED = "rejected"


class LineStatus(StrEnum):
    """What the answer says about one part of one line."""

    ACCEPTED = "accepted"
    CHANGED = "changed"
    BACKORDERED = "backordered"
    SUBSTITUTED = "substituted"
    PENDING = "pending"
    REJECTED = "rejected"
    ADDED = "added"


class LineAnswer(Document):
    """One answer to one line; a line promised in several parts has several. Absent fields mean "as ordered".

    `number` is the line number of the order that is answered; None where the answer does not say,
    then buyer_part, supplier_part or gtin identify the line. `price` is for `price_basis` units; None: for as many as
    in the order. `code` is the partner's own code (ACK01, LIN 1229…).
    """

    number: Label | None = None
    status: LineStatus
    quantity: Annotated[Exact, Field(ge=0)] | None = None
    unit: Code | None = None
    price: Annotated[Exact, Field(ge=0)] | None = None
    price_basis: Annotated[Exact, Field(gt=0)] | None = None
    promised: Date | None = None
    ships: Date | None = None
    buyer_part: Label | None = None
    supplier_part: Label | None = None
    gtin: Label | None = None
    substitute_part: Label | None = None
    reason: Text | None = None
    code: Code | None = None

    def price_for(self, basis: Decimal) -> Decimal | None:
        """The price for so many units, as the order counts them, rounded to nine decimals."""
        if self.price is None or self.price_basis in (None, basis):
            return self.price
        exact = _EXACT.divide(_EXACT.multiply(self.price, basis), self.price_basis)
        return Decimal(plain(exact.quantize(_NINE, context=_EXACT)))


class Response(Document):
    """An answer to revision `revision` of order `order_number` (revision None: the answer does not say which).

    `answers` is the document that it answers; `change_number` and `sequence` are those of a change (X12 865). `charge`
    is what the supplier asks for agreeing (to a cancellation, to a change), in `currency` or else the order's.
    """

    order_number: Label
    answers: Literal["order", "change", "cancellation"] = "order"
    change_number: Label | None = None
    sequence: Annotated[int, Field(ge=1, le=99999)] | None = None
    revision: Annotated[int, Field(ge=1)] | None = None
    release_number: Label | None = None
    number: Label | None = None
    status: HeaderStatus
    code: Code | None = None
    answered: Date | None = None
    supplier: Party | None = None
    supplier_order_number: Label | None = None
    currency: Code | None = None
    reason: Text | None = None
    charge: Annotated[Exact, Field(ge=0)] | None = None
    contact: Label | None = None
    test: bool = False
    lines: tuple[LineAnswer, ...] = ()
