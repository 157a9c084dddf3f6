"""The order is in force after all: it goes back to where it was, what was stopped is planned again, and whoever was
told that it is cancelled gets the newest version once more."""

from orderwire import engine
from orderwire.document.order import Order as Document
from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow import approve, hold, route
from orderwire.flow.cancel import travel
from orderwire.flow.cancel.reached import reached, recipient, to_supplier
from orderwire.flow.cancel.record import told
from orderwire.flow.find import Look
from orderwire.flow.left import LEFT
from orderwire.ledger.append import append
from orderwire.records import Cancellation, Delivery, Order, Revision


def back(row: Cancellation, order: Order, *, actor: str, headline: str, suppliers: bool) -> None:
    """The caller holds the lock and writes the event. `suppliers`: they believe that the order is cancelled, so they
    are told too, and not only colleagues."""
    stopped = "The order is in force again."
    travel.stop(order, Delivery.Kind.CANCELLATION, actor=actor, reason=stopped)
    newest = order.revisions.get(number=order.revision)
    if order.state == OrderState.CANCELLED:
        order.state = OrderState.CANCELLING
        order.save(update_fields=["state"])
    may_leave = _may_leave(row, newest)
    if may_leave:
        _in_force(order, newest, was=OrderState(row.was), actor=actor)
    else:
        _waits(row, order, newest, actor=actor)
    told(order, headline)
    if may_leave:
        _remind(row, order, newest, suppliers=suppliers)
    engine.defer_sweep()


def _may_leave(row: Cancellation, newest: Revision) -> bool:
    """Whether the newest version has all the approval that it needs."""
    if newest.created_at > row.asked_at:  # it came while the order was being cancelled, and was kept
        return newest.approvals.filter(revision_sha256=newest.sha256, decision="granted").exists()
    return row.was in (OrderState.APPROVED, OrderState.HELD)


def _waits(row: Cancellation, order: Order, newest: Revision, *, actor: str) -> None:
    if newest.created_at <= row.asked_at:
        order.state, order.reason = OrderState(row.was), ""
        return
    document = Document.model_validate_json(bytes(newest.content))
    judged = approve.arrival(document, newest.sha256, source=order.source, claim=None, look=Look())
    append(judged.event, actor=actor, order=order, subjects={"revision": newest.pk})
    order.state, order.reason = OrderState.PENDING_APPROVAL, ""


def _in_force(order: Order, newest: Revision, *, was: OrderState, actor: str) -> None:
    plan = newest.plans.order_by("-pk").first()
    stopped = newest.deliveries.filter(kind=Delivery.Kind.ORDER, state=DeliveryState.CANCELLED)
    if plan is None or plan.problem or stopped.exists():
        may_have = {recipient(d).pk for d in reached(order) if d.revision_id == newest.pk}
        made = route.plan(order, newest, Document.model_validate_json(bytes(newest.content)), actor=actor)
        new = newest.deliveries.filter(leg__plan=made)
        new.filter(leg__recipient__in=may_have).update(duplicate=True)
    else:
        order.state, order.reason = OrderState.APPROVED, ""
    if was is OrderState.HELD and order.state == OrderState.APPROVED:
        order.state = OrderState.HELD
        if hold.by_hand(order):
            order.deliveries.filter(state=DeliveryState.READY).update(due_at=None)
        else:
            order.state = OrderState.APPROVED


def _remind(row: Cancellation, order: Order, newest: Revision, *, suppliers: bool) -> None:
    """Whoever was told gets the whole order again; a version that is on its way to him anyway says it."""
    sent = Delivery.objects.filter(LEFT, order=order, kind=Delivery.Kind.CANCELLATION, says__cancellation=row.pk)
    sent = sent.select_related("leg__recipient", "endpoint").order_by("-pk")
    last = {recipient(d).pk: d for d in reversed(sent) if suppliers or not to_supplier(d)}
    coming = newest.deliveries.filter(
        kind=Delivery.Kind.ORDER, state=DeliveryState.READY, leg__recipient__in=last
    ).select_related("leg__recipient")
    for delivery in coming:
        delivery.says = {**delivery.says, "keeps": row.pk}
        delivery.save(update_fields=["says"])
        last.pop(recipient(delivery).pk, None)
    travel.repeat(row, last.values(), newest.pk)
