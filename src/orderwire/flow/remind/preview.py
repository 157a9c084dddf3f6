"""What will be sent when, if nobody answers: the ladder's turns in advance, decided by what sends them."""

import datetime
import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils import timezone

from orderwire.document.states import CANCELLATION_WAITS, OrderState
from orderwire.flow import ladder
from orderwire.flow.remind.desk import desk
from orderwire.flow.remind.fire import concerns
from orderwire.flow.remind.turn import Desk, Skipped, Turn
from orderwire.flow.remind.waiting import OPEN, Waiting, waiting
from orderwire.records import Notice, Order, Timer

_UNSENT = ("ready", "retry", "sending")


@dataclass(frozen=True)
class Ahead:
    """One letter ahead. `problem` says why a step reaches nobody, or why it will be left out; then there is no address.

    `queued` is true for what is on its way already. `words` is a sentence for the buyer.
    """

    order: int
    number: str
    step: str
    turn: int
    to: str
    address: str
    at: datetime.datetime
    language: str
    words: str
    problem: str = ""
    queued: bool = False


def preview(order_ids: Collection[int] | None = None) -> list[Ahead]:
    """What these orders, or all that wait, will send, the earliest first.

    With `order_ids` other orders' letters to the same people are left out of account unless they are queued: a letter
    may then move by an hour. Raises Unreadable where reminders.yaml cannot be used.
    """
    asked = Q(state=OrderState.APPROVED, answer_state__in=OPEN) | Q(
        state=OrderState.CANCELLING, cancellations__state__in=CANCELLATION_WAITS
    )
    orders = Order.objects.filter(asked) if order_ids is None else Order.objects.filter(asked, pk__in=order_ids)
    found = waiting(list(orders.distinct()))
    if not found:
        return []
    table = desk({w.supplier.pk for w in found.values()})
    ahead = [*_queued(found), *_simulated(found, table)]
    return sorted(ahead, key=lambda each: (each.at, each.order, each.step, each.turn))


def _queued(found: dict[int, Waiting]) -> Iterator[Ahead]:
    rows = Notice.objects.filter(order__in=found, stopped_at=None, delivery__state__in=_UNSENT).select_related(
        "delivery"
    )
    for row in rows:
        w = found[row.order_id]
        yield Ahead(
            order=row.order_id,
            number=w.order.number,
            step=row.step,
            turn=row.turn,
            to=row.to,
            address=row.recipient,
            at=datetime.datetime.fromisoformat(row.delivery.says["at"]),
            language=row.language,
            words=_words(row.to, row.recipient, w),
            queued=True,
        )


def _simulated(found: dict[int, Waiting], table: Desk) -> Iterator[Ahead]:
    """Let the timers fire in their order, without waiting for them."""
    live = Timer.objects.filter(order__in=found, kind=ladder.KIND, fired_at=None, stopped_at=None).order_by("pk")
    heap = [
        (timer.due_at, timer.pk, found[timer.order_id], datetime.datetime.fromisoformat(timer.data["at"]))
        for timer in live
        if timer.order_id is not None and concerns(timer, found[timer.order_id])
    ]
    heapq.heapify(heap)
    start, later = timezone.now(), max((pk for _, pk, _, _ in heap), default=0)
    while heap:
        due_at, _, w, planned = heapq.heappop(heap)
        turn = table.turn(w, planned, max(due_at, start))
        yield from _told(w, turn)
        if turn.following is not None:
            later += 1
            heapq.heappush(heap, (turn.following.at - ladder.AHEAD, later, w, turn.following.at))


def _told(w: Waiting, turn: Turn) -> Iterator[Ahead]:
    for call in turn.calls:
        step = call.rung.step
        yield Ahead(
            order=w.order.pk,
            number=w.order.number,
            step=step.id,
            turn=call.rung.turn,
            to=step.to,
            address=call.target.address,
            at=call.mail.at,
            language=call.target.language,
            words=_words(step.to, call.target.address, w),
        )
    for each in turn.skipped:
        yield replace(_nobody(w, each), problem=f"{each.reason} {each.remedy}".strip())


def _nobody(w: Waiting, each: Skipped) -> Ahead:
    step = each.rung.step
    return Ahead(
        order=w.order.pk,
        number=w.order.number,
        step=step.id,
        turn=each.rung.turn,
        to=step.to,
        address="",
        at=each.at,
        language="",
        words="Nobody is told",
    )


def _words(to: str, address: str, w: Waiting) -> str:
    """A sentence for a list."""
    about = f"cancellation of {w.order.number}" if w.cancellation else f"order {w.order.number}"
    if to in ("supplier", "second_contact"):
        who = w.supplier.name if to == "supplier" else f"the second contact of {w.supplier.name}"
        return f"Reminds {who} ({address}) of {about}"
    who = {"buyer": "the buyer", "manager": "the manager"}.get(to, f"the group {to.removeprefix('group:')}")
    return f"Tells {who} ({address}) that {w.supplier.name} has not answered {about}"
