"""What becomes known while, or after, an order is cancelled: that the last try did not arrive after all, or that
somebody has an order that we believed had never left."""

from orderwire import engine
from orderwire.document.states import CANCELLATION_WAITS, CancellationState, DeliveryState, OrderState
from orderwire.flow.cancel import travel
from orderwire.flow.cancel.clocks import DUE, start
from orderwire.flow.cancel.reached import reached, recipient, to_supplier, with_suppliers
from orderwire.flow.cancel.record import about, ended, told, whole, words
from orderwire.flow.left import LEFT
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Cancellation, Delivery, Order

_GONE = (DeliveryState.CANCELLED, DeliveryState.SUPERSEDED, DeliveryState.WITHDRAWN)
_WORKER = "system:worker"


def landed(order_id: int) -> None:
    """A try that was under way when the order was cancelled ended with a clear no. Where no supplier can have anything,
    nobody needs to be asked. The caller holds the lock on the order."""
    order = Order.objects.get(pk=order_id)
    row = whole(order)
    if order.state != OrderState.CANCELLING or row is None or row.state != CancellationState.ASKED:
        return
    asking = Delivery.objects.filter(order=order, kind=Delivery.Kind.CANCELLATION, says__cancellation=row.pk)
    under_way = asking.filter(LEFT) | asking.filter(state=DeliveryState.SENDING)
    if with_suppliers(reached(order)) or any(to_supplier(d) for d in under_way.select_related("leg__recipient")):
        return
    row.state = CancellationState.NEVER_LEFT
    row.save(update_fields=["state"])
    travel.clocks_stop(order, DUE)
    unneeded = "The order did not arrive, so there is nothing to cancel."
    travel.stop(order, Delivery.Kind.CANCELLATION, actor=_WORKER, reason=unneeded, suppliers_only=True)
    append(events.CancellationNeverLeft(reason=unneeded), actor=_WORKER, order=order, subjects=about(row))
    ended(order, words(row), actor=_WORKER)


def surfaced(delivery: Delivery, order: Order, *, actor: str) -> None:
    """It is proven that a recipient has the order (an answer, a 997, an opened page). Where the order is cancelled and
    he was never told, he is now; a supplier is asked. The caller holds the lock on the order."""
    if delivery.kind != Delivery.Kind.ORDER or order.state not in (OrderState.CANCELLING, OrderState.CANCELLED):
        return
    row = whole(order)
    if row is None or _told(row, delivery):
        return
    if to_supplier(delivery):
        if row.state not in (CancellationState.NEVER_LEFT, *CANCELLATION_WAITS):
            return
        if row.state == CancellationState.NEVER_LEFT:
            row.state, row.revision = CancellationState.ASKED, delivery.revision or row.revision
            row.save(update_fields=["state", "revision"])
            asked = events.CancellationAsked(scope=row.scope, code=row.code, reason=words(row))
            append(asked, actor=actor, order=order, subjects=about(row))
            order.state = OrderState.CANCELLING
            told(order, f"{order.supplier_name} has the order after all, and is asked to cancel")
            start(row, order, delivery)
    travel.tell(row, [delivery])
    engine.defer_sweep()


def mentioned(order: Order, *, actor: str) -> None:
    """The supplier speaks of the order (an answer, goods), and that proves no delivery: he has it all the same. He is
    asked on the way of the newest version that was planned for him. The caller holds the lock on the order."""
    to_him = order.deliveries.filter(leg__recipient=order.supplier_id, kind=Delivery.Kind.ORDER)
    planned = to_him.select_related("leg__recipient", "endpoint", "revision")
    newest = planned.order_by("-revision__number", "-primary", "-pk").first()
    if newest is not None:
        surfaced(newest, order, actor=actor)


def _told(row: Cancellation, delivery: Delivery) -> bool:
    """Whether the cancellation went, or goes, to this recipient."""
    sent = Delivery.objects.filter(kind=Delivery.Kind.CANCELLATION, says__cancellation=row.pk).exclude(state__in=_GONE)
    return sent.filter(leg__recipient=recipient(delivery)).exists()
