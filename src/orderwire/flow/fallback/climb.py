"""Climb: the earlier delivery is withdrawn and the next way takes its place, in one transaction, the order locked."""

from django.db import transaction
from django.utils import timezone

from orderwire import engine
from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.flow import Refused
from orderwire.flow.fallback import another, chain, rest
from orderwire.flow.fallback.lead import WORKER, about, follow, hand_over
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Delivery, Endpoint, Order

_BY_HAND = (
    DeliveryState.READY,
    DeliveryState.RETRY,
    DeliveryState.IN_DOUBT,
    DeliveryState.HELD,
    DeliveryState.FAILED,
    DeliveryState.ACCEPTED,
)
_CALL = "There is no other way left on which it could be sent: call them, or add an endpoint and plan the order again."


def failed(delivery: Delivery, order: Order) -> None:
    """A delivery that just failed goes the next way by itself, where there is one. The caller holds the lock on the
    order and on the delivery."""
    if not chain.wanted(delivery, order):
        return
    proven = next((d for d in chain.before(delivery) if d.state in chain.PROVEN), None)
    if proven is not None:
        drop(delivery, proven, order)
        return
    taken = next((d for d in chain.after(delivery) if d.state in chain.LIVE), None)
    if taken is not None:
        _place_is_taken(delivery, taken, order)
        return
    if any(d.state in chain.LIVE for d in chain.others(delivery)):
        return
    way = chain.next_way(delivery)
    if way is not None:
        move(delivery, order, way, actor=WORKER, reason=delivery.reason)
    elif delivery.leg is not None and delivery.leg.ladder:
        delivery.reason = f"{delivery.reason} {_CALL}".strip()
        delivery.save(update_fields=["reason", "changed_at"])


def ended(delivery_ids: list[int]) -> None:
    """What became of tries that were written down a moment ago, in the same transaction, which has locked their
    orders."""
    found = Delivery.objects.select_for_update(of=("self",)).filter(pk__in=delivery_ids, order__isnull=False)
    for delivery in found.select_related("leg__recipient", "revision").order_by("pk"):
        order = Order.objects.get(deliveries=delivery)
        if delivery.state == DeliveryState.FAILED:
            failed(delivery, order)
        elif delivery.state == DeliveryState.CANCELLED and delivery.primary and chain.UNNEEDED in delivery.says:
            _lead_again(Delivery.objects.get(pk=delivery.says[chain.UNNEEDED]), delivery, order)


def climb(delivery_id: int, *, actor: str, reason: str, endpoint_id: int | None = None) -> Delivery:
    """A person sends it another way, also what is in doubt or was handed over and is said to be missing. Gives the
    delivery that takes its place; without `endpoint_id`, one of `another.ways`, the plan says which. Raises Refused."""
    with transaction.atomic():
        delivery, order = _locked(delivery_id)
        if delivery.state not in _BY_HAND:
            text = f"It cannot go another way while it is {DeliveryState(delivery.state).label.lower()!r}."
            raise Refused(text, remedy="Look at what became of it.", kind="conflict")
        if not chain.wanted(delivery, order):
            raise Refused("This is not to be sent any more.", remedy="Send the newest version.", kind="conflict")
        if any(d.state in chain.LIVE for d in chain.others(delivery)):
            text = "It went, or goes, to them another way already."
            raise Refused(text, remedy="Look at the order's other deliveries.", kind="conflict")
        if endpoint_id is None:
            way = chain.next_way(delivery)
        else:
            way = next((each for each in another.ways(delivery) if each[0].pk == endpoint_id), None)
        if way is None:
            remedy = "Add an endpoint, or let the rules name one to fall back to, and plan the order again."
            raise Refused("The plan knows no other way to them.", remedy=remedy, kind="conflict")
        return move(delivery, order, way, actor=actor, reason=reason)


def move(delivery: Delivery, order: Order, way: tuple[Endpoint, int], *, actor: str, reason: str) -> Delivery:
    """Withdraw `delivery` and send the same over `way`; marked as a duplicate where the earlier one may have arrived.

    A version that was approved and is not the address's newest any more is held right before sending.
    """
    endpoint, version = way
    now = timezone.now()
    later = delivery.state == DeliveryState.READY and delivery.due_at is not None and delivery.due_at > now
    due = None if order.state == OrderState.HELD else delivery.due_at if later else now
    new = Delivery(
        kind=delivery.kind,
        leg=delivery.leg,
        order=order,
        revision=delivery.revision,
        endpoint=endpoint,
        endpoint_version=version,
        shard_key=delivery.shard_key,
        due_at=due,
        duplicate=chain.may_have_arrived(delivery),
        message_id=_message_id(delivery, endpoint),
        says={**delivery.says, chain.INSTEAD_OF: delivery.pk},
    )
    delivery.state, delivery.due_at = DeliveryState.WITHDRAWN, None
    delivery.save(update_fields=["state", "due_at", "changed_at"])
    new.save()
    rest.stop(delivery, order, actor=actor)
    withdrawn = events.DeliveryWithdrawn(reason=reason, endpoint=endpoint.name)
    append(withdrawn, actor=actor, order=order, subjects=about(delivery))
    resent = events.DeliveryResent(reason=reason, same_id=False, endpoint=endpoint.name)
    append(resent, actor=actor, order=order, subjects=about(new))
    if delivery.primary:
        hand_over(delivery, new)
        _clock_waits(order)
        follow(new, order, f"Sent another way, to {endpoint.name}: {reason}")
    engine.defer_sweep()
    return new


def drop(delivery: Delivery, proven: Delivery, order: Order) -> None:
    """What took the place of a delivery that arrived after all does not leave any more."""
    reason = "The earlier sending arrived after all."
    delivery.state, delivery.due_at, delivery.reason = DeliveryState.CANCELLED, None, reason
    delivery.save(update_fields=["state", "due_at", "reason", "changed_at"])
    append(events.DeliveryCancelled(reason=reason), actor=WORKER, order=order, subjects=about(delivery))
    if delivery.primary:
        _lead_again(proven, delivery, order)


def _place_is_taken(delivery: Delivery, by: Delivery, order: Order) -> None:
    """It was proven, and now it is refused after all: what went another way meanwhile counts again."""
    row = Delivery.objects.select_for_update(of=("self",)).select_related("revision", "endpoint").get(pk=by.pk)
    delivery.state = DeliveryState.WITHDRAWN
    delivery.save(update_fields=["state", "changed_at"])
    withdrawn = events.DeliveryWithdrawn(reason=delivery.reason, endpoint=row.endpoint.name)
    append(withdrawn, actor=WORKER, order=order, subjects=about(delivery))
    if row.says.pop(chain.UNNEEDED, None):
        row.save(update_fields=["says"])
    if delivery.primary:
        hand_over(delivery, row)
        follow(row, order, delivery.reason)


def _lead_again(proven: Delivery, delivery: Delivery, order: Order) -> None:
    hand_over(delivery, proven)
    follow(proven, order, "The earlier sending arrived after all")


def _clock_waits(order: Order) -> None:
    """Nothing proves that he was asked: the time for his answer starts when the new way took the order over."""
    if order.answer_state in (AnswerState.WAITING, AnswerState.OVERDUE):
        order.answer_state, order.answer_due_at = AnswerState.NOT_ASKED, None
        order.save(update_fields=["answer_state", "answer_due_at"])


def _message_id(delivery: Delivery, endpoint: Endpoint) -> str:
    if delivery.kind == Delivery.Kind.CANCELLATION:
        return f"cancel.{delivery.says['cancellation']}.{delivery.pk}.{endpoint.pk}"
    assert delivery.revision is not None  # only such are wanted
    return f"{delivery.revision.sha256[:24]}.{endpoint.pk}.{delivery.pk}"


def _locked(delivery_id: int) -> tuple[Delivery, Order]:
    order_id = Delivery.objects.filter(pk=delivery_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise Refused("There is no such delivery of an order.", kind="not_found")
    order = Order.objects.select_for_update().get(pk=order_id)
    found = Delivery.objects.select_for_update(of=("self",)).select_related("leg__recipient", "revision")
    return found.get(pk=delivery_id), order
