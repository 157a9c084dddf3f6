"""Who has the order, or may have it: what may have left counts as left until the contrary is known."""

from collections.abc import Sequence

from orderwire.flow import Refused
from orderwire.flow.left import LEFT
from orderwire.records import Delivery, Order, Partner


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
