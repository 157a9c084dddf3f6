"""The cancellation of a whole order (X12 860 BCH01 01, EDIFACT ORDCHG 1, UBL OrderCancellation, cXML delete).
A line is cancelled by an order change that deletes it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from orderwire.document.base import Code, Date, Document, Label, Text
from orderwire.document.order import Line, Order, OrderNumber, Revision, Schedule
from orderwire.document.party import Party

REASONS: Final[Mapping[str, str]] = {
    "not_needed": "No longer needed",
    "duplicate": "Ordered twice",
    "mistake": "Ordered by mistake",
    "price": "The price is not agreed",
    "late": "The delivery is too late",
    "no_answer": "The order was not answered",
    "supplier": "The supplier asked for it",
    "elsewhere": "Ordered from somebody else",
    "project": "The project or customer order ended",
    "quality": "The quality is not as agreed",
    "other": "Another reason",
}
"""Why an order is cancelled. None of the standards has codes for it in a cancellation (X12 860 BCH, EDIFACT ORDCHG BGM,
UBL CancellationNote, cXML delete), so the words travel as text: MSG, FTX, CancellationNote, Comments."""


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


def without(order: Order, withdrawn: Mapping[str, Decimal]) -> Order:
    """The order with less of these lines, in the units of the lines: what is wanted last is given up first.

    Raises ValueError for a line that is not there, for more than the line has, and where nothing would be left.
    """
    lines = {line.number: line for line in order.lines}
    if unknown := withdrawn.keys() - lines.keys():
        raise ValueError(f"the order has no line {min(unknown)}")
    left = [_less(line, withdrawn.get(line.number, Decimal(0))) for line in order.lines]
    if not any(left):
        raise ValueError("nothing of the order would be left; cancel it as a whole")
    return Order.model_validate({**order.model_dump(), "lines": [line for line in left if line is not None]})


def _less(line: Line, withdrawn: Decimal) -> Line | None:
    rest = line.quantity - withdrawn
    if withdrawn < 0 or rest < 0:
        raise ValueError(f"line {line.number} has {line.quantity}, and {withdrawn} cannot be taken from it")
    if not withdrawn:
        return line
    schedules: list[Schedule] = []
    for schedule in line.schedules:
        part = min(schedule.quantity, rest - sum((s.quantity for s in schedules), Decimal(0)))
        if part > 0:
            schedules.append(schedule.model_copy(update={"quantity": part}))
    return line.model_copy(update={"quantity": rest, "schedules": tuple(schedules)}) if schedules else None
