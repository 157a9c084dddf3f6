"""How an order stands now, as the system that it came from is told."""

import datetime
import hashlib
from collections.abc import Iterator
from decimal import Decimal

from django.conf import settings

from orderwire.document.answered import matched
from orderwire.document.goods import LineGoods
from orderwire.document.order import Line
from orderwire.document.order import Order as Document
from orderwire.document.response import LineStatus
from orderwire.document.response import Response as Answer
from orderwire.document.states import AnswerState, CancellationState, DeliveryState, OrderState
from orderwire.document.status import ConfirmedPart, LineStanding, OrderStatus
from orderwire.flow.goods import computed_from, confirmed
from orderwire.flow.holding import holding
from orderwire.ledger.events import OrderDuplicate
from orderwire.records import Cancellation, Counterpart, Delivery, Event, Order, Response, Revision

_NEWS = frozenset({"sequence", "changed_at"})
"""What differs between two looks at an order of which nothing changed."""

_STUCK = (DeliveryState.FAILED, DeliveryState.IN_DOUBT, DeliveryState.HELD)


def status_of(counterpart: Counterpart) -> OrderStatus:
    """What is true now."""
    order = counterpart.order
    document = Document.model_validate_json(
        bytes(Revision.objects.values_list("content", flat=True).get(order=order, number=order.revision))
    )
    answer = _answer(order)
    held = holding(order)
    cancellation = order.cancellations.order_by("-number").first()
    return OrderStatus(
        number=document.number,
        release_number=document.release_number,
        external_id=counterpart.external_id,
        sequence=_sequence(order),
        changed_at=order.changed_at,
        version=order.revision,
        state=OrderState(order.state),
        delivery=DeliveryState(order.delivery_state) if order.delivery_state else None,
        channel=order.channel or None,
        held=held.version,
        proven=held.how if held.version is not None else None,
        answer=AnswerState(order.answer_state),
        answered=answer[0].received_at if answer else None,
        answer_reason=answer[1].reason if answer else None,
        supplier_order_number=answer[1].supplier_order_number if answer else None,
        cancellation=CancellationState(cancellation.state) if cancellation else None,
        attention=tuple(_attention(order, cancellation)),
        url=f"{settings.ORDERWIRE_URL}/orders/{order.pk}/",
        lines=tuple(_lines(order, document, answer[1] if answer else None)),
    )


def meaning(status: OrderStatus) -> str:
    """SHA-256 of what a status says, the same while nothing changed."""
    return hashlib.sha256(status.model_dump_json(exclude=set(_NEWS)).encode()).hexdigest()


def _sequence(order: Order) -> int:
    """The last event that is news: that it was tried to tell, or that the ERP repeated itself, is none. So another try
    is known there as the same status."""
    own = {str(row) for row in order.deliveries.filter(kind=Delivery.Kind.STATUS).values_list("pk", flat=True)}
    rows = Event.objects.filter(order=order).exclude(kind=OrderDuplicate.kind).order_by("-pk")
    found = (pk for pk, about in rows.values_list("pk", "subjects").iterator() if about.get("delivery") not in own)
    return next(found, 0)


def _answer(order: Order) -> tuple[Response, Answer] | None:
    """The newest answer to the newest version, with all that it left standing."""
    rows = Response.objects.filter(order=order, revision__number=order.revision)
    for row in rows.exclude(state=Response.State.SUPERSEDED).order_by("-pk")[:20]:
        said = Answer.model_validate(row.standing or row.content)
        if said.answers != "cancellation":
            return row, said
    return None


def _lines(order: Order, document: Document, answer: Answer | None) -> Iterator[LineStanding]:
    promised = confirmed(order, document)
    given = {line.number: answers for line, answers in matched(document, answer)[0]} if answer else {}
    for line, moved in zip(document.lines, computed_from(order, document).lines, strict=True):
        answers = given.get(line.number, ())
        prices = {price for a in answers if (price := a.price_for(line.price_basis)) is not None}
        price = min(prices) if len(prices) == 1 else None
        parts = tuple(
            ConfirmedPart(quantity=part.quantity, promised=part.day or _asked(line), price=price)
            for part in promised.get(line.number, ())
        )
        declined = [a for a in answers if a.status is LineStatus.REJECTED]
        yield LineStanding(
            number=line.number,
            ordered=line.quantity,
            unit=line.unit,
            confirmed=parts,
            rejected=sum((line.quantity if a.quantity is None else a.quantity for a in declined), Decimal(0)),
            **_moved(moved),
            reason=next((a.reason for a in answers if a.reason), None),
        )


def _moved(goods: LineGoods) -> dict[str, Decimal]:
    return {"shipped": goods.shipped, "received": goods.received}


def _asked(line: Line) -> datetime.date | None:
    """The day that was asked for, where there is one: what is promised without a day is promised for that."""
    days = {schedule.requested for schedule in line.schedules}
    return next(iter(days)) if len(days) == 1 else None


def _attention(order: Order, cancellation: Cancellation | None) -> Iterator[str]:
    """What a person has to do here, in sentences."""
    if order.state == OrderState.PENDING_APPROVAL:
        yield f"Version {order.revision} waits for approval in Orderwire."
    if order.state in (OrderState.HELD, OrderState.REFUSED):
        yield order.reason or OrderState(order.state).label
    if order.state == OrderState.APPROVED and order.reason and order.delivery_state is None:
        yield order.reason
    if order.state in (OrderState.APPROVED, OrderState.HELD):
        stuck = Delivery.objects.filter(order=order, primary=True, revision__number=order.revision, state__in=_STUCK)
        for row in stuck.order_by("pk")[:3]:
            yield f"{DeliveryState(row.state).label}: {row.reason}" if row.reason else DeliveryState(row.state).label
        if order.answer_state == AnswerState.DIFFERENT:
            yield "The supplier's answer differs from the order; decide on it in Orderwire."
        if order.answer_state == AnswerState.REJECTED:
            yield "The supplier declined the order."
        if order.answer_state == AnswerState.OVERDUE:
            yield "The supplier has not answered in time."
    if cancellation is not None:
        state = CancellationState(cancellation.state)
        if state.open and state is not CancellationState.ASKED:
            yield f"The cancellation needs a decision: {state.label.lower()}."
