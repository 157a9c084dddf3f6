"""Reminders that are not needed any more are taken off the road before they leave; the ledger says why."""

from django.db import connection, transaction
from django.utils import timezone

from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.flow.remind.fire import ACTOR, lock
from orderwire.flow.remind.wanted import NOTICE_WANTED, still
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Delivery, Notice, Order

UNSENT = (DeliveryState.READY, DeliveryState.RETRY, DeliveryState.HELD, DeliveryState.FAILED)
NOT_NEEDED = "It is not needed any more."

NEEDLESS = f"""
select n.id, n.order_id from ow_delivery d join ow_notice n on n.delivery_id = d.id
where d.kind = 'notice' and d.state in ('ready', 'retry', 'held', 'failed')
  and n.stopped_at is null and not ({NOTICE_WANTED})
order by n.order_id, n.id limit 500
"""

EMPTY = f"""
select d.id from ow_delivery d
where d.kind = 'notice' and d.state in ('ready', 'retry', 'held', 'failed')
  and not exists (select 1 from ow_notice n where n.delivery_id = d.id and {NOTICE_WANTED})
limit 500
"""


def tidy() -> None:
    """Stop every queued reminder of an order that was answered, stopped or replaced, and every letter that has nothing
    left to say; a busy order waits for the next round."""
    for notice_id, order_id in _found(NEEDLESS):
        with transaction.atomic():
            order = Order.objects.select_for_update(skip_locked=True).filter(pk=order_id).first()
            notice = Notice.objects.select_for_update().filter(pk=notice_id, stopped_at=None).first()
            if order is not None and notice is not None and notice_id not in still(notice.delivery_id):
                _stop(notice, order)
    for (delivery_id,) in _found(EMPTY):
        with transaction.atomic():
            lock()
            _end(delivery_id)


def _found(statement: str) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows: list[tuple[int, ...]] = cursor.fetchall()
        return rows


def _stop(notice: Notice, order: Order) -> None:
    notice.stopped_at = timezone.now()
    notice.save(update_fields=["stopped_at"])
    stopped = events.NoticeStopped(step=notice.step, reason=_why(notice, order))
    append(stopped, actor=ACTOR, order=order, subjects={"revision": notice.revision_id})


def _end(delivery_id: int) -> None:
    """Under the lock of who places letters, since no order may join the letter now."""
    delivery = Delivery.objects.select_for_update(skip_locked=True).filter(pk=delivery_id, state__in=UNSENT).first()
    if delivery is not None and not still(delivery_id):
        delivery.state, delivery.due_at, delivery.reason = DeliveryState.CANCELLED, None, NOT_NEEDED
        delivery.save(update_fields=["state", "due_at", "reason", "changed_at"])
        append(events.DeliveryCancelled(reason=NOT_NEEDED), actor=ACTOR, subjects={"delivery": delivery.pk})


def _why(notice: Notice, order: Order) -> str:
    if notice.cancellation is not None:
        return f"{order.supplier_name} need not answer the cancellation any more."
    if order.state != OrderState.APPROVED:
        return f"The order is not in force ({OrderState[order.state.upper()].label.lower()})."
    if notice.revision.number != order.revision:
        return f"Version {order.revision} takes its place."
    return f"{order.supplier_name} answered ({AnswerState[order.answer_state.upper()].label.lower()})."
