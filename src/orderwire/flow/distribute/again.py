"""Send again what failed since a time: after a partner's trouble is over, in one go. Shown first, then done."""

import datetime
from dataclasses import dataclass

from django.db.models import F, QuerySet

from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow import Refused
from orderwire.flow.distribute.operate import resend
from orderwire.records import Delivery

MOST = 1000
"""Deliveries in one call; the rest waits for the next one."""


@dataclass(frozen=True)
class Again:
    """What was found, the oldest first and at most MOST of it; `sent` of them are on their way again, `refused` says
    why others are not."""

    count: int
    found: tuple[Delivery, ...]
    sent: int = 0
    refused: tuple[str, ...] = ()


def failed_since(
    since: datetime.datetime, *, partner: str | None = None, endpoint: int | None = None
) -> QuerySet[Delivery]:
    """Deliveries that failed since then and are still to reach somebody: the newest version of an order in force, a
    cancellation of one that is being cancelled. `partner` is a partner's number."""
    found = Delivery.objects.filter(state=DeliveryState.FAILED, changed_at__gte=since)
    if partner is not None:
        found = found.filter(endpoint__partner__number=partner)
    if endpoint is not None:
        found = found.filter(endpoint=endpoint)
    orders = found.filter(
        kind=Delivery.Kind.ORDER, order__state=OrderState.APPROVED, revision__number=F("order__revision")
    )
    return orders | found.filter(kind=Delivery.Kind.CANCELLATION, order__state=OrderState.CANCELLING)


def resend_failed(
    since: datetime.datetime,
    *,
    actor: str,
    reason: str,
    partner: str | None = None,
    endpoint: int | None = None,
    dry_run: bool = True,
) -> Again:
    """Send again what failed, each in a transaction of its own; a dry run only counts and lists. How fast it leaves is
    the endpoint's pace."""
    wanted = failed_since(since, partner=partner, endpoint=endpoint)
    count = wanted.count()
    found = tuple(wanted.select_related("order", "endpoint__partner").order_by("changed_at", "pk")[:MOST])
    if dry_run:
        return Again(count, found)
    refused = []
    for delivery in found:
        try:
            resend(delivery.pk, actor=actor, reason=reason)
        except Refused as refusal:
            number = delivery.order.number if delivery.order else delivery.pk
            refused.append(f"{number}: {refusal}")
    return Again(count, found, len(found) - len(refused), tuple(refused))
