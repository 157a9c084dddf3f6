"""One order as a row of the list, worded in Python so that the template only prints."""

import datetime
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.records import Order
from orderwire.tracking.channels import by_channel
from orderwire.tracking.held import in_short
from orderwire.tracking.words import Money, brief_age, day, plural, when
from orderwire.web.parts import amount, number, word


@dataclass(frozen=True)
class Row:
    """What the list prints. `run` of an axis: the wire to the next is solid, or dashed where the step is not done."""

    id: int
    name: str
    url: str
    number: SafeString
    supplier: str
    country: str
    order: SafeString
    order_open: bool
    delivery: SafeString
    delivery_open: bool
    answer: SafeString
    channel: str
    total: SafeString
    total_text: str
    currency: str
    need_by: str
    time: str
    event: str
    test: bool
    held: str
    stamp: str


_HANDED = "Handed over by "
_DONE = {DeliveryState.DELIVERED, DeliveryState.OPENED, DeliveryState.ANSWERED}


def row(order: Order, now: datetime.datetime, held: str = "") -> Row:
    """The row of an order from `tracking.orders.page`; `held` are words on the version that the supplier holds."""
    money = Money(order.total, order.currency)
    state = OrderState(order.state)
    delivery = DeliveryState(order.delivery_state) if order.delivery_state else None
    return Row(
        id=order.pk,
        name=order.number,
        url=reverse("order", args=[order.pk]),
        number=number(order.number),
        supplier=order.supplier_name,
        country=order.supplier.country if order.supplier else "",
        order=word(state.label, state.mark, state.tone),
        order_open=state not in (OrderState.APPROVED, OrderState.CLOSED),
        delivery=_delivery(order, delivery, now),
        delivery_open=delivery not in _DONE,
        answer=_answer(order, now),
        channel=order.channel,
        total=amount(money),
        total_text=str(order.total),
        currency=order.currency,
        need_by=day(order.need_by, now.date()) if order.need_by else "–",
        time=when(order.changed_at, now=now, brief=True),
        event=_event(order),
        test=order.test,
        held=held,
        stamp=order.changed_at.isoformat(),
    )


def rows(orders: list[Order]) -> list[Row]:
    """The rows of a page."""
    now = timezone.localtime()
    held = in_short(orders)
    return [row(order, now, held.get(order.pk, "")) for order in orders]


def _delivery(order: Order, state: DeliveryState | None, now: datetime.datetime) -> SafeString:
    if state is None:
        return word("Not sent", "none")
    tries = getattr(order, "tries", None) or 0
    if state in (DeliveryState.SENDING, DeliveryState.RETRY) and tries > 1:
        return word(f"Sending, try {tries}", state.mark, state.tone)
    if state is DeliveryState.SUPERSEDED:
        return word("Replaced", state.mark, state.tone)
    return word(state.label, state.mark, state.tone)


def _answer(order: Order, now: datetime.datetime) -> SafeString:
    state = AnswerState(order.answer_state)
    due, sent = order.answer_due_at, getattr(order, "sent_at", None)
    if state in (AnswerState.WAITING, AnswerState.OVERDUE) and due and due < now:
        return word(f"Overdue {brief_age(now - due)}", "late", "warn")
    if state is AnswerState.WAITING and sent:
        return word(f"Waiting {_brief(now - sent)}".strip(), state.mark, state.tone)
    if state is AnswerState.DIFFERENT and (count := getattr(order, "differing", None)):
        return word(plural(count, "difference"), state.mark, state.tone)
    if state is AnswerState.RECEIVED:
        return word("Received", state.mark, state.tone)
    return word(state.label, state.mark, state.tone)


def _event(order: Order) -> str:
    """The latest event without the supplier's name, which stands in the same row."""
    if order.last_event.startswith(_HANDED):
        return f"Handed over {by_channel(order.last_event.removeprefix(_HANDED))}"
    rest = order.last_event.removeprefix(order.supplier_name)
    if rest == order.last_event or rest[:1] not in (" ", "'"):
        return order.last_event
    return f"Their {rest[3:]}" if rest.startswith("'s ") else rest[1:2].upper() + rest[2:]


def _brief(span: datetime.timedelta) -> str:
    return "" if span < datetime.timedelta(minutes=1) else brief_age(span)
