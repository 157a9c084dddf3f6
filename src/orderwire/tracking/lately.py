"""What went by itself since yesterday, and what happened just now: the inbox's margin."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from orderwire.document.states import DeliveryState
from orderwire.records import Delivery, Event, Message, Order, Response, Revision
from orderwire.tracking.counted import capped_counts
from orderwire.tracking.people import names
from orderwire.tracking.telling import tell
from orderwire.tracking.told import Teller, Told
from orderwire.tracking.words import short, when

CAP = 1000
_TAKEN = [DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.OPENED, DeliveryState.ANSWERED]
_NEWS = ("answer.", "receipt.", "delivery.accepted", "delivery.failed", "delivery.retry", "delivery.in_doubt",
         "order.created", "approval.granted", "approval.external")  # fmt: skip


@dataclass(frozen=True)
class News:
    """One thing that just happened to an order."""

    told: Told
    time: str
    order_id: int | None
    number: str


def handled(since: datetime.datetime) -> list[tuple[str, int, str]]:
    """What needed nobody: words, how many (capped) and the address of the orders behind the number. One statement."""
    accepted = Response.objects.filter(state=Response.State.ACCEPTED, received_at__gte=since)
    found = capped_counts(
        {
            "in": Order.objects.filter(changed_at__gte=since, created_at__gte=since),
            "sent": Delivery.objects.filter(state__in=_TAKEN, changed_at__gte=since, accepted_at__gte=since),
            "proven": Delivery.objects.filter(state__in=_TAKEN[1:], changed_at__gte=since, proven_at__gte=since),
            "answers": accepted,
            "again": Message.objects.filter(state=Message.State.DUPLICATE, received_at__gte=since),
        },
        CAP,
    )
    return [
        ("Orders came in", found["in"], "?view=all"),
        ("Deliveries handed over", found["sent"], "?view=all"),
        ("Receipt proven", found["proven"], "?view=all&state=delivery_state:delivered"),
        ("Answers unchanged, closed", found["answers"], "?view=all&state=answer_state:accepted"),
        ("Files seen before, ignored", found["again"], ""),
    ]


def news(limit: int = 6) -> list[News]:
    """The newest events that a buyer cares about. Five queries at most."""
    newest = Event.objects.filter(order__isnull=False).select_related("order").order_by("-id")[:80]
    events: list[Event] = []
    seen: set[int | None] = set()
    for event in newest:
        if event.kind.startswith(_NEWS) and event.order_id not in seen and len(events) < limit:
            seen.add(event.order_id)
            events.append(event)
    people = names(event.actor for event in events)
    told_of = {str(pk) for event in events if (pk := event.subjects.get("revision"))}
    versions = {str(pk): n for pk, n in Revision.objects.filter(pk__in=told_of).values_list("pk", "number")}
    now = timezone.now()
    return [
        News(
            tell(e, Teller(people, short(e.order.supplier_name) if e.order else "", versions, {})),
            when(e.at, now=now),
            e.order_id,
            e.order_number or "",
        )
        for e in events
    ]
