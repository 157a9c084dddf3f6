"""Waiting for the supplier's answer begins when it is known that the order arrived, however late that becomes known."""

import datetime

from orderwire.document.states import AnswerState
from orderwire.records import Delivery, Order, Timer


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
        Timer.objects.create(kind="answer_due", order=order, delivery=delivery, due_at=due)
