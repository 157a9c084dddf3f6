"""The status of an order as it is told to the system that the order came from: who holds which version, what the
supplier answered, what arrived, and what needs a person."""

import datetime
from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from orderwire.document.base import Code, Date, Document, Exact, Label, Text, plain
from orderwire.document.codes import unit_word
from orderwire.document.order import LineNumber, OrderNumber, Revision
from orderwire.document.states import AnswerState, CancellationState, DeliveryState, OrderState

MEDIA_TYPE: Final = "application/vnd.orderwire.status+json"

Count = Annotated[Exact, Field(ge=0)]


class ConfirmedPart(Document):
    """A part of a line that stands as answered: so many, promised for this day. `price` is for the line's price basis;
    None: as ordered."""

    quantity: Count
    promised: Date | None = None
    price: Count | None = None


class LineStanding(Document):
    """How one line stands, all quantities in its `unit`. `confirmed` is empty while the supplier has not answered."""

    number: LineNumber
    ordered: Count
    unit: Code
    confirmed: tuple[ConfirmedPart, ...] = ()
    rejected: Count = Decimal(0)
    shipped: Count = Decimal(0)
    received: Count = Decimal(0)
    reason: Text | None = None


class OrderStatus(Document):
    """What is true of an order at `changed_at`. `sequence` rises: a status with a lower one is older.

    `external_id` is the record of the system that is told. `version` is the newest here, `held` the newest that the
    supplier is known to have (None: none), `proven` how that is known. `attention` are sentences on what needs a
    person; `url` is the order's page.
    """

    number: OrderNumber
    release_number: Label | None = None
    external_id: Label
    sequence: Annotated[int, Field(ge=0)]
    changed_at: datetime.datetime
    version: Revision
    state: OrderState
    delivery: DeliveryState | None = None
    channel: Label | None = None
    held: Revision | None = None
    proven: Label | None = None
    answer: AnswerState
    answered: datetime.datetime | None = None
    answer_reason: Text | None = None
    supplier_order_number: Label | None = None
    cancellation: CancellationState | None = None
    attention: tuple[Text, ...] = ()
    url: Label | None = None
    lines: tuple[LineStanding, ...] = ()


def sentences(status: OrderStatus) -> tuple[str, ...]:
    """The status in words, for a system that can only show text: one line each, the same for the same status."""
    said = [f"Order: {status.state.label}, version {status.version}."]
    if status.delivery is not None:
        by = f" by {status.channel}" if status.channel else ""
        said.append(f"Delivery{by}: {status.delivery.label}.")
    if status.held is not None:
        said.append(f"The supplier holds version {status.held} ({status.proven}).")
    number = f", their order {status.supplier_order_number}" if status.supplier_order_number else ""
    because = f" ({status.answer_reason})" if status.answer_reason else ""
    said.append(f"Answer: {status.answer.label}{number}{because}.")
    if status.cancellation is not None:
        said.append(f"Cancellation: {status.cancellation.label}.")
    said += [line for standing in status.lines if (line := _line(standing))]
    said += [f"To do: {text}" for text in status.attention]
    if status.url:
        said.append(status.url)
    return tuple(said)


def _line(line: LineStanding) -> str:
    unit = unit_word(line.unit)
    said = [_part(part, unit) for part in line.confirmed]
    said += [
        f"{plain(quantity)} {unit} {word}"
        for word, quantity in (("rejected", line.rejected), ("shipped", line.shipped), ("received", line.received))
        if quantity
    ]
    if line.reason:
        said.append(line.reason)
    return f"Line {line.number} ({plain(line.ordered)} {unit}): {'; '.join(said)}." if said else ""


def _part(part: ConfirmedPart, unit: str) -> str:
    day = f" for {part.promised}" if part.promised else ""
    price = f" at {plain(part.price)}" if part.price is not None else ""
    return f"{plain(part.quantity)} {unit} confirmed{day}{price}"
