"""A reminder's timer runs out: its letters are queued, and the timer of the next step is set."""

import datetime
import logging
import uuid
import zlib
from collections.abc import Iterable

from django.db import connection
from django.utils import timezone

from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow import ladder
from orderwire.flow.remind.desk import desk
from orderwire.flow.remind.turn import Call, Skipped
from orderwire.flow.remind.waiting import OPEN, Waiting, waiting
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.locks import Lock
from orderwire.records import Delivery, Notice, Order, Timer
from orderwire.yaml_file import Unreadable

PATIENCE = datetime.timedelta(minutes=10)
"""After which a file that cannot be used is looked at again."""
REST = datetime.timedelta(hours=1)
"""After which an order that is stopped is looked at again."""
ACTOR = "system:worker"

logger = logging.getLogger(__name__)


def fire(timer: Timer, order: Order) -> None:
    """Carry out the turn of a timer. The caller holds the lock on the order.

    Nothing happens where the answer came, the order was stopped, or it was asked anew: that has a timer of its own.
    """
    found = waiting([order]).get(order.pk)
    if found is None or not concerns(timer, found):
        if _rests(timer, order):
            Timer.objects.create(kind=timer.kind, order=order, due_at=timezone.now() + REST, data=timer.data)
        return
    try:
        table = desk([found.supplier.pk])
    except Unreadable as failure:
        logger.warning("reminders.yaml cannot be used, reminders wait: %s", failure)
        Timer.objects.create(kind=timer.kind, order=order, due_at=timezone.now() + PATIENCE, data=timer.data)
        return
    lock()
    turn = table.turn(found, datetime.datetime.fromisoformat(timer.data["at"]), timezone.now())
    skip(found, turn.skipped)
    queue(found, turn.calls, actor=ACTOR)
    if turn.following is not None:
        follow(found, turn.following)


def concerns(timer: Timer, found: Waiting) -> bool:
    """Whether a timer was set for what is waited for now."""
    about: tuple[str | None, int | None] = (timer.data.get("due"), timer.data.get("cancellation"))
    return about == (ladder.instant(found.due), found.cancellation_id)


def _rests(timer: Timer, order: Order) -> bool:
    """The order is stopped, but may go on, and then the same answer is awaited still."""
    due = order.answer_due_at
    if due is None or timer.data.get("due") != ladder.instant(due) or timer.data.get("cancellation"):
        return False
    return bool(order.answer_state in OPEN and order.state in (OrderState.HELD, OrderState.CANCELLING))


def follow(found: Waiting, following: ladder.Round) -> None:
    """Set the timer of this round."""
    ladder.timer(
        ladder.kept(following), order_id=found.order.pk, due=found.due, cancellation_id=found.cancellation_id
    ).save()


def lock() -> None:
    """Until the end of the transaction nobody else places letters."""
    with connection.cursor() as cursor:
        # Who places letters sees all others: two at once would each start a letter to the same person.
        cursor.execute("select pg_advisory_xact_lock(%s)", [Lock.REMIND])


def skip(found: Waiting, skipped: Iterable[Skipped]) -> None:
    """Say in the ledger what was not sent, and what a person should do."""
    for each in skipped:
        event = events.NoticeStopped(step=each.rung.step.id, reason=each.reason, remedy=each.remedy or None)
        append(event, actor=ACTOR, order=found.order, subjects={"revision": found.revision.pk})


def queue(found: Waiting, calls: Iterable[Call], *, actor: str) -> None:
    """Put the letters on their way; a letter to the same person that has not left takes this order along."""
    for call in calls:
        delivery = _joined(call, found) or _new(call, found)
        call.mail.delivery_id = delivery.pk
        Notice.objects.create(
            order=found.order,
            revision=found.revision,
            cancellation=found.cancellation,
            delivery=delivery,
            step=call.rung.step.id,
            turn=call.rung.turn,
            to=call.rung.step.to,
            recipient=call.target.address,
            language=call.target.language,
            queued_at=timezone.now(),
        )
        queued = events.NoticeQueued(step=call.rung.step.id, to=call.target.address, language=call.target.language)
        append(
            queued,
            actor=actor,
            order=found.order,
            subjects={"revision": found.revision.pk, "delivery": delivery.pk},
        )


def _joined(call: Call, found: Waiting) -> Delivery | None:
    """The waiting letter, unless it is leaving this very moment."""
    if call.mail.delivery_id is None:
        return None
    waiting_now = Delivery.objects.select_for_update(skip_locked=True).filter(
        pk=call.mail.delivery_id, state=DeliveryState.READY, tries=0
    )
    delivery = waiting_now.first()
    if delivery is not None and delivery.order_id not in (None, found.order.pk):
        delivery.order = delivery.revision = None
        delivery.save(update_fields=["order", "revision", "changed_at"])
    return delivery


def _new(call: Call, found: Waiting) -> Delivery:
    return Delivery.objects.create(
        kind=Delivery.Kind.NOTICE,
        order=found.order,
        revision=found.revision,
        endpoint_id=call.target.way.endpoint_id,
        endpoint_version=call.target.way.version,
        shard_key=zlib.crc32(call.target.address.encode()) & 0x7FFFFFFF,
        due_at=call.mail.at,
        message_id=f"notice-{uuid.uuid4().hex}",
        says={
            "to": [call.target.address],
            "at": ladder.instant(call.mail.at),
            "time_zone": call.target.time_zone,
        },
    )
