"""The time in which a partner's system proves what it took over (`EndpointVersion.receipt_minutes`): a clock that
starts when it was handed over, and stops with the proof."""

import datetime
from collections.abc import Iterable

from django.utils import timezone

from orderwire.document.states import DeliveryState
from orderwire.flow.fallback import chain
from orderwire.flow.fallback.climb import failed
from orderwire.flow.fallback.lead import WORKER, about, follow
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Delivery, Order, Timer

KIND = "receipt_due"
AWAY = datetime.timedelta(minutes=10)
"""A clock that rings so late rang while nobody was here: receipts that came meanwhile are still to be read."""


def windows(handed_over: Iterable[tuple[int, int, int]]) -> None:
    """Start the clocks of deliveries that were handed over a moment ago: (delivery, order, minutes)."""
    rows = list(handed_over)
    if not rows:
        return
    now = timezone.now()
    Timer.objects.filter(kind=KIND, delivery__in=[d for d, _, _ in rows], fired_at=None, stopped_at=None).update(
        stopped_at=now
    )
    Timer.objects.bulk_create(
        Timer(
            kind=KIND,
            delivery_id=d,
            order_id=o,
            due_at=now + datetime.timedelta(minutes=minutes),
            data={"minutes": minutes},
        )
        for d, o, minutes in rows
    )


def proven(delivery: Delivery) -> None:
    """The clock runs no longer."""
    Timer.objects.filter(kind=KIND, delivery=delivery, fired_at=None, stopped_at=None).update(stopped_at=timezone.now())


def overdue(timer: Timer, order: Order) -> None:
    """No proof came in time: it counts as failed, and goes the next way. That the partner was handed something stays
    true: this is no refusal (`holding`). What was replaced or ended meanwhile stays as it is."""
    now = timezone.now()
    if now - timer.due_at > AWAY:
        timer.fired_at, timer.due_at = None, now + AWAY
        timer.save(update_fields=["fired_at", "due_at"])
        return
    found = Delivery.objects.select_for_update(of=("self",)).select_related("leg__recipient", "revision")
    delivery = found.get(timers=timer)
    if delivery.state != DeliveryState.ACCEPTED or not chain.wanted(delivery, order):
        return
    words = f"No receipt came within {_span(int(timer.data['minutes']))}."
    delivery.state, delivery.reason = DeliveryState.FAILED, words
    delivery.save(update_fields=["state", "reason", "changed_at"])
    append(events.DeliveryUnproven(reason=words), actor=WORKER, order=order, subjects=about(delivery))
    follow(delivery, order, words)
    failed(delivery, order)


def _span(minutes: int) -> str:
    """ "4 hours", "90 minutes"."""
    count, word = (minutes // 60, "hour") if minutes % 60 == 0 and minutes else (minutes, "minute")
    return f"{count} {word}{'' if count == 1 else 's'}"
