"""The cancellation of a whole order (X12 860 BCH01 01, EDIFACT ORDCHG 1, UBL OrderCancellation, cXML delete).
A line is cancelled by an order change that deletes it."""

from typing import Annotated

from pydantic import Field

from orderwire.document.base import Code, Date, Document, Label, Text
from orderwire.document.order import OrderNumber, Revision
from orderwire.document.party import Party


class Cancellation(Document):
    """Asks the supplier not to deliver the order. `revision` is the one the buyer believes he holds.

    `number` is the cancellation's own, `sequence` counts it among the changes of the order. Parties, currency and the
    day of the order are there for the standards that repeat them.
    """

    order_number: OrderNumber
    release_number: Label | None = None
    revision: Revision | None = None
    number: Label | None = None
    sequence: Annotated[int, Field(ge=1, le=99999)] | None = None
    issued: Date | None = None
    order_issued: Date | None = None
    buyer: Party | None = None
    supplier: Party | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    reason: Text | None = None
    code: Code | None = None
    test: bool = False
