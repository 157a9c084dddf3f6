"""Who has the order, or may have it: what may have left counts as left until the contrary is known."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from orderwire.document.states import DeliveryState
from orderwire.flow import Refused
from orderwire.records import Attempt, Delivery, Order, Partner

_AT_THEIRS = (
    DeliveryState.IN_DOUBT,
    DeliveryState.ACCEPTED,
    DeliveryState.DELIVERED,
    DeliveryState.OPENED,
    DeliveryState.ANSWERED,
)
_TRIED = Attempt.objects.filter(
    Q(outcome__in=[Attempt.Outcome.ACCEPTED, Attempt.Outcome.UNKNOWN]) | Q(outcome=None),
    delivery=OuterRef("pk"),
    started_at__isnull=False,
)
LEFT = (
    Q(state__in=[state.value for state in _AT_THEIRS])
    | Q(accepted_at__isnull=False)
    | Q(proven_at__isnull=False)
    | Exists(_TRIED)
)
"""Deliveries of which bytes left, or may have left: a try that began counts until it is known how it ended."""


def locked(order_id: int) -> Order:
    """The order, locked before anything of it is looked at: who sends it now waits, or was first. Raises Refused."""
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise Refused("There is no such order.", kind="not_found")
    return order


def reached(order: Order) -> tuple[Delivery, ...]:
    """For each recipient who has the order or may have it the delivery of the newest version, suppliers first."""
    found = Delivery.objects.filter(LEFT, order=order, kind=Delivery.Kind.ORDER).select_related(
        "leg__recipient", "endpoint", "revision"
    )
    newest: dict[int, Delivery] = {}
    for delivery in found.order_by("-revision__number", "-primary", "-pk"):
        newest.setdefault(recipient(delivery).pk, delivery)
    return tuple(sorted(newest.values(), key=lambda d: (not to_supplier(d), d.pk)))


def recipient(delivery: Delivery) -> Partner:
    """Who gets a delivery of an order."""
    return delivery.leg.recipient if delivery.leg else delivery.endpoint.partner


def to_supplier(delivery: Delivery) -> bool:
    """Whether it goes to somebody who must agree, and not to colleagues."""
    return recipient(delivery).role == Partner.Role.SUPPLIER


def with_suppliers(deliveries: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """Those that went to suppliers."""
    return tuple(d for d in deliveries if to_supplier(d))
