"""What an operator sets about an endpoint at once: whether it is used, how it ranks, how fast it may go; and orders
that were planned for an earlier address planned again."""

from dataclasses import dataclass, fields

from django.db import transaction
from django.db.models import F, Q, QuerySet

from orderwire import engine
from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow import Refused, route
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Delivery, Endpoint, Order

MOST = 500
"""Orders that one call plans again; the rest is told."""


@dataclass(frozen=True)
class Operated:
    """How an endpoint is used. `per_minute` None: as fast as they go."""

    active: bool
    rank: int
    max_parallel: int
    per_minute: int | None

    @classmethod
    def of(cls, endpoint: Endpoint) -> "Operated":
        """As it stands."""
        return cls(endpoint.active, endpoint.rank, endpoint.max_parallel, endpoint.per_minute)


def adjust(endpoint_id: int, wanted: Operated, *, actor: str) -> Endpoint:
    """Set it from now on. Raises Refused for a value that cannot be."""
    if not (0 <= wanted.rank <= 1000 and 1 <= wanted.max_parallel <= 64):
        raise Refused("Its place is from 0 to 1000, and 1 to 64 orders may travel at once.", remedy="Correct either.")
    if wanted.per_minute is not None and not 1 <= wanted.per_minute <= 100_000:
        raise Refused("From 1 to 100,000 may leave in a minute.", remedy="Correct it, or leave it empty.")
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update(no_key=True).filter(pk=endpoint_id).first()
        if endpoint is None:
            raise Refused("There is no such endpoint.", kind="not_found")
        now = Operated.of(endpoint)
        changed = tuple(f.name for f in fields(Operated) if getattr(now, f.name) != getattr(wanted, f.name))
        if changed:
            for name in changed:
                setattr(endpoint, name, getattr(wanted, name))
            endpoint.save(update_fields=changed)
            told = events.EndpointChanged(version=endpoint.version, changed=changed)
            append(told, actor=actor, subjects={"partner": endpoint.partner_id, "endpoint": endpoint.pk})
            engine.defer_sweep()
    return endpoint


def planned_before(endpoint: Endpoint) -> QuerySet[Order]:
    """Orders whose newest version still waits to leave to an earlier address of this endpoint, or to one out of use."""
    old = Q(endpoint_version__lt=endpoint.version) if endpoint.active else Q()
    waiting = Delivery.objects.filter(
        old,
        endpoint=endpoint,
        kind=Delivery.Kind.ORDER,
        state__in=(DeliveryState.READY, DeliveryState.RETRY, DeliveryState.HELD, DeliveryState.FAILED),
        revision__number=F("order__revision"),
    )
    states = (OrderState.APPROVED, OrderState.HELD)
    return Order.objects.filter(pk__in=waiting.values("order"), state__in=states).order_by("pk")


def plan_again(endpoint_id: int, *, actor: str) -> tuple[int, list[str]]:
    """Plan each of them for what is in use now, at most MOST: how many were, and why the others were not."""
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    done, refused = 0, []
    for order in planned_before(endpoint)[:MOST]:
        try:
            route.replan(order.pk, actor=actor)
            done += 1
        except Refused as refusal:
            refused.append(f"{order.number}: {refusal}")
    return done, refused
