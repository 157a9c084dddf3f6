"""The ways on which one thing is told to one recipient: which is next, which of them still counts."""

from collections.abc import Iterator

from orderwire.document.states import CANCELLATION_WAITS, CancellationState, DeliveryState, OrderState
from orderwire.flow.left import LEFT, REST_OF
from orderwire.records import Cancellation, Delivery, Endpoint, Order, Partner

INSTEAD_OF, UNNEEDED = "instead_of", "unneeded"
"""Of `Delivery.says`: which delivery this one takes the place of; which one was proven while this was being sent."""

PROVEN = (DeliveryState.DELIVERED, DeliveryState.OPENED, DeliveryState.ANSWERED)
LIVE = (
    DeliveryState.READY,
    DeliveryState.SENDING,
    DeliveryState.RETRY,
    DeliveryState.IN_DOUBT,
    DeliveryState.HELD,
    DeliveryState.ACCEPTED,
    *PROVEN,
)
"""States of a delivery that is on its way, may have arrived, or did: no second one may leave beside it."""

_KINDS = (Delivery.Kind.ORDER, Delivery.Kind.CANCELLATION)
_TOLD = (OrderState.CANCELLING, OrderState.CANCELLED)
_TAKEN_BACK = (CancellationState.REFUSED, CancellationState.WITHDRAWN)


def others(delivery: Delivery) -> list[Delivery]:
    """All other deliveries that tell the same recipient the same, the oldest first. The caller holds the order."""
    if delivery.leg is None:
        return []
    found = Delivery.objects.filter(
        order=delivery.order_id,
        kind=delivery.kind,
        revision=delivery.revision_id,
        leg__recipient=delivery.leg.recipient_id,
        leg__purpose=delivery.leg.purpose,
    ).exclude(pk=delivery.pk)
    return [d for d in found.select_related("leg").order_by("pk") if _what(d) == _what(delivery)]


def after(delivery: Delivery) -> Iterator[Delivery]:
    """Those that took its place, one after the other."""
    places = {delivery.pk}
    for other in others(delivery):
        if other.says.get(INSTEAD_OF) in places:
            places.add(other.pk)
            yield other


def before(delivery: Delivery) -> Iterator[Delivery]:
    """Those whose place it took, the latest first."""
    known = {other.pk: other for other in others(delivery)}
    while (other := known.get(delivery.says.get(INSTEAD_OF, 0))) is not None:
        yield other
        delivery = other


def that_left(delivery: Delivery) -> Delivery:
    """This one, or where it has not left, the one before it that may have."""
    earlier = list(before(delivery)) if INSTEAD_OF in delivery.says else []
    ways = [delivery.pk, *(each.pk for each in earlier)]
    left = set(Delivery.objects.filter(LEFT, pk__in=ways).values_list("pk", flat=True)) if earlier else set()
    return next((each for each in (delivery, *earlier) if each.pk in left), delivery)


def next_way(delivery: Delivery) -> tuple[Endpoint, int] | None:
    """The next endpoint of the ladder that can be used, and the version of it that was approved with the plan. After a
    way that a person chose beside the ladder, it goes on where it was left."""
    leg = delivery.leg
    if leg is None:
        return None
    ways = list(zip(leg.ladder, leg.ladder_versions, strict=False))  # a plan of an earlier release has no versions
    tried = [delivery.endpoint_id, *(each.endpoint_id for each in before(delivery))]
    at = max((leg.ladder.index(id) + 1 for id in tried if id in leg.ladder), default=0)
    usable = Endpoint.objects.filter(active=True, gone=False, partner__active=True).in_bulk([id for id, _ in ways[at:]])
    return next(((usable[id], version) for id, version in ways[at:] if id in usable), None)


def wanted(delivery: Delivery, order: Order) -> bool:
    """Whether it is still to reach its recipient: an order that is in force, or on hold, in its newest version; a
    cancellation that he has not answered. Where only some of his addresses are left, he has it."""
    if delivery.kind not in _KINDS or delivery.leg is None or delivery.revision is None or REST_OF in delivery.says:
        return False
    if delivery.kind == Delivery.Kind.ORDER:
        in_force = order.state in (OrderState.APPROVED, OrderState.HELD)
        return in_force and delivery.revision.number == order.revision
    row = Cancellation.objects.get(pk=delivery.says["cancellation"])
    if delivery.leg.recipient.role == Partner.Role.SUPPLIER:
        return order.state == OrderState.CANCELLING and row.state in CANCELLATION_WAITS
    return order.state in _TOLD and row.state not in _TAKEN_BACK


def may_have_arrived(delivery: Delivery) -> bool:
    """Whether the next copy of it has to say that it is one."""
    all_of_it = [delivery.pk, *(other.pk for other in others(delivery))]
    return delivery.duplicate or Delivery.objects.filter(LEFT, pk__in=all_of_it).exists()


def _what(delivery: Delivery) -> dict[str, object]:
    return {name: value for name, value in delivery.says.items() if name not in (INSTEAD_OF, UNNEEDED)}
