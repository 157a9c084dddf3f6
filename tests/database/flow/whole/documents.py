"""What buyers and suppliers write in the stories: versions, answers, decisions, receipts of their translators."""

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from orderwire import plugins
from orderwire.document.order import Order as Document
from orderwire.document.order_change import LinePart
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.flow import (
    evidence,
    links,
)
from orderwire.flow.create import create
from orderwire.flow.decide import LineDecision
from orderwire.flow.distribute.numbers import Numbers, WriteContext
from orderwire.formats import Content
from orderwire.ledger.events import ReceiptFunctionalAck
from orderwire.records import AnswerLink, Delivery, Message, Order
from orderwire.records import Response as Answer
from tests.database import factories
from tests.database.flow import road

CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "price up": lambda d: d["lines"][0].update(price=d["lines"][0]["price"] * Decimal("1.2")),
    "price up a little": lambda d: d["lines"][0].update(price=d["lines"][0]["price"] * Decimal("1.005")),
    "price down": lambda d: d["lines"][-1].update(price=d["lines"][-1]["price"] * Decimal("0.9")),
    "less": lambda d: _quantity(d["lines"][0], d["lines"][0]["quantity"] - 5),
    "more": lambda d: _quantity(d["lines"][0], d["lines"][0]["quantity"] + 5),
    "a day later": lambda d: d["lines"][0]["schedules"][0].update(
        requested=d["lines"][0]["schedules"][0]["requested"] + datetime.timedelta(days=1)
    ),
    "a note": lambda d: d.update(notes=(*d.get("notes", ()), {"text": f"Note {len(d.get('notes', ()))}"})),
    "a line less": lambda d: d.update(lines=d["lines"][:1]),
}
"""What a buyer changes."""


def _quantity(line: dict[str, Any], quantity: Decimal) -> None:
    quantity = max(quantity, Decimal(1))
    line.update(quantity=quantity, schedules=[line["schedules"][0] | {"quantity": quantity}])


class GoodsNumber:
    """Numbers of what has one of its own, never twice."""

    last = 0

    @classmethod
    def next(cls) -> int:
        cls.last += 1
        return cls.last


def content(order: Order, version: int) -> Document:
    return Document.model_validate_json(bytes(order.revisions.get(number=version).content))


def linked(delivery: Delivery) -> AnswerLink:
    """The link in the mail that carried this."""
    with transaction.atomic():
        return links.make(delivery, answer_by=None, recipient="sales@example.com")[0]


def editable(document: Document) -> dict[str, Any]:
    """The order as plain values that keep their types."""
    lines = [{**dict(line), "schedules": [dict(s) for s in line.schedules]} for line in document.lines]
    return {**dict(document), "lines": lines}


def bring(document: Document, **how: Any) -> Any:
    return create(document, **({"source": road.SOURCE, "actor": road.ACTOR, "approval": road.claim()} | how))


def written_as(document: Content) -> bytes:
    return plugins.format("order_json").write(document, {}, WriteContext(Numbers("test"))).content


def functional(delivery: Delivery, good: bool) -> None:
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=delivery.order_id)
        delivery = Delivery.objects.select_related("revision", "leg__recipient", "endpoint").get(pk=delivery.pk)
        event = ReceiptFunctionalAck(status="accepted" if good else "rejected", text="" if good else "Segment missing")
        number = GoodsNumber.next()
        message: Message = factories.message()
        list(
            evidence.judged(
                delivery, order, good=good, kind="functional_ack",
                external_id=f"{number}:1:{'accepted' if good else 'rejected'}", event=event, message=message,
                took="took it",
            )
        )  # fmt: skip


def said(document: Document, kind: str, revision: int | None) -> Response:
    """What a supplier answers to this version."""
    first, last = document.lines[0], document.lines[-1]
    day = first.schedules[0].requested or datetime.date.today()
    half = first.quantity / 2

    def one(line: Any = first, status: str = "changed", **fields: Any) -> LineAnswer:
        return LineAnswer(number=line.number, status=LineStatus(status), **fields)

    lines: tuple[LineAnswer, ...] = ()
    status, more = "accepted_with_changes", {}
    match kind:
        case "yes" | "received" | "declined":
            status = {"yes": "accepted", "received": "received", "declined": "rejected"}[kind]
        case "price":
            lines = (one(price=first.price * Decimal("1.3")),)
        case "price within":
            lines = (one(price=first.price * Decimal("1.002")),)
        case "short":
            lines = (one(quantity=half),)
        case "short within":
            lines = (one(quantity=first.quantity * Decimal("0.99")),)
        case "late":
            lines = (one(promised=day + datetime.timedelta(days=9)),)
        case "split":
            lines = (one(quantity=half, promised=day),
                     one(quantity=first.quantity - half, promised=day + datetime.timedelta(days=9)))  # fmt: skip
        case "line declined":
            lines = (one(last, "rejected"),)
        case "one line only":
            lines = (one(status="accepted"),)
        case "charge":
            more = {"charge": Decimal(50), "reason": "Pallets"}
        case "substitute":
            lines = (one(status="substituted", substitute_part="MG2"),)
        case "contradiction":
            status, lines = "accepted", (one(last, "rejected"),)
        case "foreign line":
            lines = (LineAnswer(number="990", status=LineStatus.ADDED, quantity=Decimal(1)),)
    return Response(
        order_number=document.number, revision=revision, number=f"A{GoodsNumber.next()}", status=HeaderStatus(status),
        answered=datetime.date.today(), lines=lines, **more,
    )  # fmt: skip


def about_cancellation(document: Document, word: str) -> Response:
    """What a supplier answers to a cancellation."""
    more: dict[str, Any] = {"status": HeaderStatus.ACCEPTED}
    match word:
        case "refused":
            more = {"status": HeaderStatus.REJECTED, "reason": "It is on the lorry"}
        case "at cost":
            more["charge"] = Decimal(350)
        case "partly":
            more = {"status": HeaderStatus.ACCEPTED_WITH_CHANGES}
        case "partly a line":
            line = LineAnswer(number=document.lines[0].number, status=LineStatus.CHANGED, quantity=Decimal(7))
            more = {"status": HeaderStatus.ACCEPTED_WITH_CHANGES, "lines": (line,)}
        case "received":
            more = {"status": HeaderStatus.RECEIVED}
    return Response(order_number=document.number, answers="cancellation", number=f"A{GoodsNumber.next()}", **more)


def choices(row: Answer, choice: str) -> Sequence[LineDecision]:
    """The same for every line, or one after the other."""
    lines = list(dict.fromkeys(d.get("line") for d in row.differences)) or [None]
    mixed = ("accept", "insist", "resource")
    found = []
    for n, line in enumerate(lines):
        this: Any = mixed[n % 3] if choice == "mixed" else choice
        counter = LinePart(price=Decimal("11.11")) if this == "counter" else None
        found.append(LineDecision(line, this, counter))
    return found
