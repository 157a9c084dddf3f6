"""What leaves and what does not because of a cancellation: open deliveries stop, who may have the order is told."""

from collections.abc import Iterable

from django.utils import timezone

from orderwire.document.states import DeliveryState
from orderwire.flow.cancel.reached import to_supplier
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.ledger.entry import Subject
from orderwire.records import Cancellation, Delivery, Notice, Order, Timer

STOPS = (DeliveryState.READY, DeliveryState.RETRY, DeliveryState.HELD, DeliveryState.FAILED)
"""What is being sent this moment ends by itself (`distribute.leave`), and a doubt stays one."""

OFF = "The address was switched off. Tell them in another way, or switch it on and send this again."


def stop(order: Order, kind: Delivery.Kind, *, actor: str, reason: str, suppliers_only: bool = False) -> None:
    """Nothing of this kind that is not out yet leaves any more. The caller holds the lock on the order."""
    found = Delivery.objects.select_for_update(of=("self",)).filter(order=order, kind=kind, state__in=STOPS)
    for delivery in found.select_related("leg__recipient", "endpoint__partner", "revision").order_by("pk"):
        if suppliers_only and not to_supplier(delivery):
            continue
        delivery.state, delivery.due_at, delivery.reason = DeliveryState.CANCELLED, None, reason
        delivery.save(update_fields=["state", "due_at", "reason", "changed_at"])
        about: dict[Subject, str | int] = {"delivery": delivery.pk, "revision": delivery.revision_id or 0}
        append(events.DeliveryCancelled(reason=reason), actor=actor, order=order, subjects=about)
        if delivery.primary and delivery.revision and delivery.revision.number == order.revision:
            order.delivery_state = delivery.state
            order.save(update_fields=["delivery_state"])


def tell(cancellation: Cancellation, reached: Iterable[Delivery]) -> None:
    """One delivery of the cancellation for each recipient, where the order went, after the order itself."""
    for before in reached:
        sent = Delivery.objects.filter(
            order=cancellation.order_id, endpoint=before.endpoint_id, kind=Delivery.Kind.CANCELLATION
        ).count()
        active = before.endpoint.active
        Delivery.objects.create(
            kind=Delivery.Kind.CANCELLATION,
            leg=before.leg,
            order_id=cancellation.order_id,
            revision=before.revision,
            endpoint=before.endpoint,
            endpoint_version=before.endpoint.version,
            shard_key=before.shard_key,
            state=DeliveryState.READY if active else DeliveryState.HELD,
            reason="" if active else OFF,
            due_at=timezone.now() if active else None,
            message_id=f"cancel.{cancellation.pk}.{before.pk}.{sent + 1}",
            says={"cancellation": cancellation.pk},
        )


def repeat(cancellation: Cancellation, told: Iterable[Delivery], revision_id: int) -> None:
    """The order goes out once more to whoever was told that it is cancelled, because it is in force."""
    for delivery in told:
        Delivery.objects.create(
            kind=Delivery.Kind.ORDER,
            leg=delivery.leg,
            order_id=cancellation.order_id,
            revision_id=revision_id,
            endpoint=delivery.endpoint,
            endpoint_version=delivery.endpoint.version,
            shard_key=delivery.shard_key,
            due_at=timezone.now(),
            message_id=f"keep.{cancellation.pk}.{delivery.pk}",
            says={"keeps": cancellation.pk},
        )


def clocks_stop(order: Order, *kinds: str) -> None:
    """These clocks of the order run no longer; none named: all of them, with the reminders that did not leave yet."""
    running = Timer.objects.filter(order=order, fired_at=None, stopped_at=None)
    (running.filter(kind__in=kinds) if kinds else running).update(stopped_at=timezone.now())
    if not kinds:
        Notice.objects.filter(order=order, stopped_at=None, delivery__accepted_at=None).update(
            stopped_at=timezone.now()
        )
