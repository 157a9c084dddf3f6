"""Hold and resume: a person stops an approved order, and lets it go on."""

from django.db import transaction
from django.utils import timezone

from orderwire import engine
from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow import Refused
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Order

WAITING = (DeliveryState.READY, DeliveryState.RETRY)


def hold(order_id: int, *, actor: str, reason: str) -> Order:
    """Nothing of the order leaves from now on; what is being sent this moment may still arrive. Raises Refused."""
    with transaction.atomic():
        order = _locked(order_id)
        if order.state != OrderState.APPROVED:
            raise Refused("Only an approved order can be put on hold.", kind="conflict")
        order.state, order.reason = OrderState.HELD, reason
        order.deliveries.filter(state__in=WAITING).update(due_at=None)
        _save(order, f"On hold: {reason}")
        append(events.OrderHeld(reason=reason), actor=actor, order=order)
    return order


def resume(order_id: int, *, actor: str, reason: str = "") -> Order:
    """The order goes on where it stopped. Raises Refused, also where it still has no plan."""
    with transaction.atomic():
        order = _locked(order_id)
        if order.state != OrderState.HELD:
            raise Refused("The order is not on hold.", kind="conflict")
        planned = order.revisions.get(number=order.revision).plans.order_by("-id").first()
        if planned is None or planned.problem:
            problem = planned.problem if planned else "The order has no plan."
            raise Refused(problem, remedy="Put that right, then plan the order again.", kind="conflict")
        order.state, order.reason = OrderState.APPROVED, ""
        now = timezone.now()
        for delivery in order.deliveries.filter(state__in=WAITING, due_at=None).select_related("leg"):
            wanted = delivery.leg.dispatch_at if delivery.leg else None
            delivery.due_at = max(now, wanted) if wanted else now
            delivery.save(update_fields=["due_at", "changed_at"])
        _save(order, "Resumed")
        append(events.OrderResumed(reason=reason or None), actor=actor, order=order)
        engine.defer_sweep()
    return order


def _locked(order_id: int) -> Order:
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise Refused("There is no such order.", kind="not_found")
    return order


def _save(order: Order, headline: str) -> None:
    order.changed_at, order.last_event = timezone.now(), headline[:200]
    order.save(update_fields=["state", "reason", "changed_at", "last_event"])
