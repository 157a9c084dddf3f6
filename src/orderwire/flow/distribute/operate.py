"""What a person does to a delivery: send again, or say what became of one in doubt."""

from django.db import connection, transaction
from django.utils import timezone

from orderwire import engine
from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow import Refused
from orderwire.flow.awaited import ask
from orderwire.flow.distribute.leave import OVER
from orderwire.flow.fallback import rest
from orderwire.flow.fallback.chain import UNNEEDED, may_have_arrived
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.ledger.entry import Subject
from orderwire.records import Delivery, Order

IS_OVER = f"select {OVER} from ow_delivery d left join ow_order o on o.id = d.order_id where d.id = %s"


def resend(delivery_id: int, *, actor: str, reason: str) -> Delivery:
    """Send the same bytes again now. Marked as possible duplicate where an earlier try may have arrived.

    Raises flow.Refused while it is being sent, when a newer version replaced it, or when the order is not approved.
    """
    with transaction.atomic():
        delivery, order = _locked(delivery_id)
        if delivery.state in (DeliveryState.SENDING, DeliveryState.READY):
            raise Refused("It is on its way already.", remedy="Wait for the result.", kind="conflict")
        if delivery.state == DeliveryState.WITHDRAWN:
            raise Refused("It was sent another way.", remedy="Send that delivery again.", kind="conflict")
        if delivery.state in (DeliveryState.SUPERSEDED, DeliveryState.CANCELLED):
            raise Refused(
                "This version is not to be sent any more.", remedy="Send the newest version.", kind="conflict"
            )
        _may_leave(delivery, order)
        delivery.duplicate = may_have_arrived(delivery)
        if delivery.state == DeliveryState.HELD:
            delivery.parcel = None
            if delivery.kind != Delivery.Kind.ORDER:  # an order is bound to the address that was approved with it
                delivery.endpoint_version = delivery.endpoint.version
        _ready(delivery)
        if order is not None:
            rest.stop(delivery, order, actor=actor)
        append(
            events.DeliveryResent(reason=reason, same_id=True),
            actor=actor,
            order=order,
            subjects=_subjects(delivery),
        )
        _follow(delivery, order, "To be sent again")
    return delivery


def settle_doubt(delivery_id: int, *, arrived: bool, actor: str, reason: str = "") -> Delivery:
    """Close a doubt: it arrived (somebody asked the supplier), or send it again, marked as possible duplicate. What is
    not wanted any more, because the order is being cancelled, is not sent again."""
    with transaction.atomic():
        delivery, order = _locked(delivery_id)
        if delivery.state != DeliveryState.IN_DOUBT:
            raise Refused("There is no doubt to settle any more.", kind="conflict")
        if arrived:
            delivery.state, delivery.due_at, delivery.reason = DeliveryState.ACCEPTED, None, ""
            delivery.accepted_at = timezone.now()
            delivery.save()
            text = reason or "The supplier says that it arrived."
            ask(delivery, order)
        elif order and _over(delivery):
            delivery.state, delivery.due_at = DeliveryState.CANCELLED, None
            text = delivery.reason = reason or "It did not arrive, and is not needed any more."
            delivery.save()
        else:
            delivery.duplicate = True
            _ready(delivery)
            text = reason or "Sent again, marked as a possible duplicate."
        settled = events.DeliverySettled(state=delivery.state, reason=text)
        append(settled, actor=actor, order=order, subjects=_subjects(delivery))
        again = "To be sent again, marked" if delivery.state == DeliveryState.READY else "It did not arrive"
        _follow(delivery, order, "It arrived" if arrived else again)
    return delivery


def _may_leave(delivery: Delivery, order: Order | None) -> None:
    if order is None or delivery.kind == Delivery.Kind.STATUS:
        return
    if delivery.kind == Delivery.Kind.CANCELLATION:
        if _over(delivery):
            text = "The cancellation was taken back or answered, so there is nothing to tell any more."
            raise Refused(text, remedy="Send the newest version where the order is in force.", kind="conflict")
        return
    if delivery.revision and delivery.revision.number < order.revision:
        raise Refused("A newer version took its place.", remedy="Send the newest version.", kind="conflict")
    if order.state != OrderState.APPROVED:
        raise Refused("The order is not approved now.", remedy="Resume or approve it first.", kind="conflict")


def _over(delivery: Delivery) -> bool:
    """Nothing will ever make it leave by itself (`leave.OVER`): an order that is cancelled, a cancellation of one that
    is in force, or that was answered."""
    with connection.cursor() as cursor:
        cursor.execute(IS_OVER, [delivery.pk])
        return bool(cursor.fetchone()[0])


def _locked(delivery_id: int) -> tuple[Delivery, Order | None]:
    known = Delivery.objects.filter(pk=delivery_id).values_list("order_id", flat=True).first()
    order = Order.objects.select_for_update().get(pk=known) if known else None
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise Refused("There is no such delivery.", kind="not_found")
    return delivery, order


def _ready(delivery: Delivery) -> None:
    delivery.state, delivery.due_at = DeliveryState.READY, timezone.now()
    delivery.failures, delivery.reason, delivery.by_hand = 0, "", True
    delivery.says.pop(UNNEEDED, None)  # whoever asks for it wants it all the same
    delivery.save()
    engine.defer_sweep()


def _follow(delivery: Delivery, order: Order | None, headline: str) -> None:
    if order and delivery.primary and delivery.revision and delivery.revision.number == order.revision:
        order.delivery_state, order.last_event, order.changed_at = delivery.state, headline, timezone.now()
        order.save(update_fields=["delivery_state", "last_event", "changed_at"])


def _subjects(delivery: Delivery) -> dict[Subject, str | int]:
    about: dict[Subject, str | int] = {"delivery": delivery.pk}
    if delivery.revision_id:
        about["revision"] = delivery.revision_id
    return about
