"""The buyer insists: the version that the supplier has goes to him again, marked as such and with the reason, and the
clock for his answer starts anew."""

from django.utils import timezone

from orderwire import engine
from orderwire.document.states import AnswerState, DeliveryState
from orderwire.flow import awaited, clock, evidence
from orderwire.ledger.append import append
from orderwire.ledger.events import DeliveryResent
from orderwire.records import Delivery, Order, Revision, Timer

AGAIN_DAYS = 2
"""Working days that the supplier gets to answer again where no plan says how many."""

_NOT_OUT = (DeliveryState.READY, DeliveryState.RETRY, DeliveryState.HELD, DeliveryState.FAILED, DeliveryState.IN_DOUBT)


def send_again(order: Order, revision: Revision, *, actor: str, reason: str) -> None:
    """Send what he has, or has not got yet, with the reason; his answer is awaited once it is out. Without a delivery
    to him it is awaited at once: the answer came some other way, and so does the buyer's word."""
    last = evidence.delivery_for(order, revision_id=revision.pk, supplier_id=order.supplier_id or 0)
    order.answer_state, order.answer_due_at = AnswerState.NOT_ASKED, None
    if last is None:
        _await(order)
    else:
        delivery = _unsent(last) if last.state in _NOT_OUT else _copy(last)
        delivery.says = {"insists": reason}
        delivery.save()
        order.delivery_state = delivery.state if delivery.primary else order.delivery_state
        append(
            DeliveryResent(reason=reason, same_id=delivery.pk == last.pk),
            actor=actor,
            order=order,
            subjects={"revision": revision.pk, "delivery": delivery.pk},
        )
        engine.defer_sweep()
    order.save(update_fields=["delivery_state", "answer_state", "answer_due_at"])


def _await(order: Order) -> None:
    assert order.supplier is not None  # somebody answered
    due = clock.due(timezone.now(), working_days=AGAIN_DAYS, calendar=clock.calendar(order.supplier))
    order.answer_state, order.answer_due_at = AnswerState.WAITING, due
    Timer.objects.create(kind="answer_due", order=order, due_at=due)
    awaited.remind(order, due)


def _unsent(delivery: Delivery) -> Delivery:
    """It has not arrived, as far as we know; it is made anew, for now it says more."""
    delivery.duplicate = delivery.duplicate or delivery.state == DeliveryState.IN_DOUBT
    delivery.state, delivery.due_at, delivery.parcel = DeliveryState.READY, timezone.now(), None
    delivery.failures, delivery.reason = 0, ""
    return delivery


def _copy(sent: Delivery) -> Delivery:
    """The same version to the same address as it is now, marked as a repetition: it is no second order."""
    Delivery.objects.filter(order=sent.order_id, revision=sent.revision_id, primary=True).update(primary=False)
    copies = Delivery.objects.filter(leg=sent.leg_id, kind=Delivery.Kind.ORDER).count()
    return Delivery(
        leg=sent.leg,
        order=sent.order,
        revision=sent.revision,
        endpoint=sent.endpoint,
        endpoint_version=sent.endpoint.version,
        primary=True,
        shard_key=sent.shard_key,
        due_at=timezone.now(),
        duplicate=True,
        message_id=f"{sent.message_id.split('+')[0]}+{copies}",
    )
