"""Hold and resume: a person stops an order, and it goes on only when a person says so. One that only its plan holds
goes on with a better plan (`route`)."""

from django.db import transaction
from django.utils import timezone

from orderwire import engine
from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow import Refused
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Event, Order

WAITING = (DeliveryState.READY, DeliveryState.RETRY)


def hold(order_id: int, *, actor: str, reason: str) -> Order:
    """Nothing of the order leaves from now on; what is being sent this moment may still arrive. Raises Refused."""
    with transaction.atomic():
        order = _locked(order_id)
        if order.state != OrderState.APPROVED:
            raise Refused("Only an approved order can be put on hold.", kind="conflict")
        _stop(order, actor=actor, reason=reason)
    return order


def by_hand(order: Order) -> bool:
    """Whether a held order waits for a person's word, and not only for a plan that can be carried out."""
    if order.state != OrderState.HELD:
        return False
    stops = (events.OrderHeld.kind, events.OrderResumed.kind, events.PlanHeld.kind)
    last = Event.objects.filter(order=order, kind__in=stops).order_by("-pk").first()
    return last is None or last.kind == events.OrderHeld.kind


def _stop(order: Order, *, actor: str, reason: str) -> None:
    order.state, order.reason = OrderState.HELD, reason
    order.deliveries.filter(state__in=WAITING).update(due_at=None)
    _save(order, f"On hold: {reason}")
    append(events.OrderHeld(reason=reason), actor=actor, order=order)


def resume(order_id: int, *, actor: str, reason: str = "") -> Order:
    """The order goes on where it stopped: one that was not approved waits for approval again, one without a plan that
    can be carried out waits for that. Raises Refused, also where nobody but the plan holds it."""
    with transaction.atomic():
        order = _locked(order_id)
        if order.state != OrderState.HELD:
            raise Refused("The order is not on hold.", kind="conflict")
        planned = order.revisions.get(number=order.revision).plans.order_by("-id").first()
        if planned is None or planned.problem:
            if not by_hand(order):
                problem = planned.problem if planned else "The order has no plan."
                raise Refused(problem, remedy="Put that right, then plan the order again.", kind="conflict")
            order.state = OrderState.HELD if planned else OrderState.PENDING_APPROVAL
            order.reason = planned.problem if planned else ""
            _save(order, f"Held: {planned.problem}" if planned else "Waits for approval")
            append(events.OrderResumed(reason=reason or None), actor=actor, order=order)
            return order
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
