"""Waiting for the supplier's answer begins when it is known that the order arrived, however late that becomes known."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from orderwire.document.states import AnswerState
from orderwire.flow import clock, ladder
from orderwire.governance.reminding import Subject
from orderwire.records import Cancellation, Delivery, Order, Timer


def ask(delivery: Delivery, order: Order | None) -> None:
    """From now on the supplier's answer is awaited, as it would have been had the connection not broken.

    The caller holds the lock on the order. Does nothing where no answer is asked, or one is awaited or here.
    """
    text = (delivery.parcel or {}).get("answer_by")
    current = order and delivery.revision and delivery.revision.number == order.revision
    if order and current and delivery.primary and text and order.answer_state == AnswerState.NOT_ASKED:
        due = datetime.datetime.fromisoformat(text)
        order.answer_state, order.answer_due_at = AnswerState.WAITING, due
        order.save(update_fields=["answer_state", "answer_due_at"])
        Timer.objects.bulk_create(timers(delivery.parcel or {}, due, order_id=order.pk, delivery_id=delivery.pk))


def timers(parcel: Mapping[str, Any], due: datetime.datetime, *, order_id: int, delivery_id: int) -> list[Timer]:
    """The clocks that start when a parcel was taken over: of the answer, and of the first reminder."""
    found = [Timer(kind="answer_due", order_id=order_id, delivery_id=delivery_id, due_at=due)]
    if parcel.get("remind"):
        found.append(ladder.timer(parcel["remind"], order_id=order_id, due=due, delivery_id=delivery_id))
    return found


def remind(order: Order, due: datetime.datetime, *, cancellation: Cancellation | None = None) -> None:
    """Start the reminders for an answer that is due then: to the order's current version, or to its cancellation.

    For those who ask without sending a parcel first (the buyer insists, a cancellation); inside their transaction.
    """
    assert order.supplier is not None  # somebody was asked
    about: Subject = "cancellation" if cancellation else "order"
    found = ladder.first(about, due, clock.calendar(order.supplier), after=timezone.now())
    if found:
        ladder.timer(
            found, order_id=order.pk, due=due, cancellation_id=cancellation.pk if cancellation else None
        ).save()
