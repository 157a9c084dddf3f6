"""What came back about a delivery becomes a receipt and, where the state table allows it, the delivery's new state."""

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from orderwire.document.finding import Finding, info, warning
from orderwire.document.states import DELIVERY_TRANSITIONS, DeliveryState
from orderwire.flow import fallback
from orderwire.flow.awaited import ask
from orderwire.flow.cancel.later import surfaced
from orderwire.flow.left import REST_OF
from orderwire.ledger.append import append
from orderwire.ledger.entry import Subject
from orderwire.ledger.events import (
    DeliveryFailed,
    DeliverySettled,
    ReceiptApplicationAdvice,
    ReceiptFunctionalAck,
    ReceiptOpened,
)
from orderwire.records import Blob, Delivery, Message, Order, Receipt

_RANK = (DeliveryState.DELIVERED, DeliveryState.OPENED, DeliveryState.ANSWERED)
"""Proofs, the weaker first: a later weaker one is kept as a receipt and changes no state."""


def delivery_for(order: Order, *, revision_id: int, supplier_id: int) -> Delivery | None:
    """The delivery that an answer to this revision proves: the newest primary one to the supplier, else the newest;
    where that only takes the place of another and has not left, the one that has."""
    found = Delivery.objects.filter(
        order=order, revision_id=revision_id, leg__recipient_id=supplier_id, kind=Delivery.Kind.ORDER
    ).exclude(says__has_key=REST_OF)
    newest = found.select_related("leg").order_by("-primary", "-pk").first()
    return fallback.that_left(newest) if newest else None


def prove(
    delivery: Delivery,
    *,
    order: Order | None,
    state: DeliveryState | None,
    kind: str,
    external_id: str,
    text: str,
    actor: str,
    blob: Blob | None = None,
) -> bool:
    """Keep a receipt and raise the delivery to `state` (None: a receipt that proves nothing good). Only a delivery that
    is about no order, or about several, has none.

    False where the same receipt is already there.
    The caller holds the lock on the order. `reason` of the delivery stays: it tells of earlier trouble. Whoever turns
    out to have an order that is cancelled is told so.
    """
    now = timezone.now()
    _, new = Receipt.objects.get_or_create(
        delivery=delivery, kind=kind, external_id=external_id[:200], defaults={"text": text, "blob": blob, "at": now}
    )
    if new and state is not None and order is not None:
        row = Delivery.objects.select_for_update().get(pk=delivery.pk)
        old = DeliveryState[row.state.upper()]
        stronger = old not in _RANK or _RANK.index(state) > _RANK.index(old)
        if stronger and state in DELIVERY_TRANSITIONS[old]:
            row.state, row.due_at, row.proven_at = state, None, row.proven_at or now
            row.save(update_fields=["state", "due_at", "proven_at", "changed_at"])
            mirror(row, order)
            fallback.proven(row)
            if old is DeliveryState.WITHDRAWN:
                fallback.arrived(row, order)
            if old is DeliveryState.IN_DOUBT:
                ask(row, order)
                settled = DeliverySettled(state=state, reason=text)
                append(settled, actor=actor, order=order, subjects=about(row))
            surfaced(row, order, actor=actor)
    return new


def judged(
    delivery: Delivery,
    order: Order,
    *,
    good: bool,
    kind: str,
    external_id: str,
    event: ReceiptFunctionalAck | ReceiptApplicationAdvice,
    message: Message,
    took: str,
) -> Iterator[Finding]:
    """A system of the partner's took what we sent, or refused it: the receipt and its event, once, and the delivery's
    new state. `took` are the words for a yes."""
    words = event.text or ""
    new = prove(
        delivery,
        order=order,
        state=DeliveryState.DELIVERED if good else None,
        kind=kind,
        external_id=external_id,
        text=words,
        actor="system:worker",
        blob=message.blob,
    )
    if not new:
        yield info("seen-before", f"delivery {delivery.pk}", "was told the same before; nothing changed")
        return
    append(event, actor="system:worker", order=order, subjects={**about(delivery), "message": message.pk})
    if good:
        told(order, f"{order.supplier_name}'s system {took}")
    else:
        yield from disprove(delivery, order, words)


def disprove(delivery: Delivery, order: Order, words: str, *, headline: str = "") -> Iterator[Finding]:
    """The partner's system refuses what we sent: the delivery fails, unless something stronger is proven, and goes the
    next way where there is one."""
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("leg__recipient", "revision")
    row = rows.get(pk=delivery.pk)
    if row.state == DeliveryState.WITHDRAWN:
        append(DeliveryFailed(reason=words), actor="system:worker", order=order, subjects=about(row))
        yield info("withdrawn", f"delivery {row.pk}", "was sent another way already; nothing else changed")
        return
    if DeliveryState.FAILED not in DELIVERY_TRANSITIONS[DeliveryState[row.state.upper()]]:
        label = DeliveryState[row.state.upper()].label.lower()
        text = f"rejects what is proven otherwise (delivery {row.pk} is {label}); the delivery stays"
        yield warning("rejected-late", f"delivery {row.pk}", text)
        return
    row.state, row.reason, row.due_at = DeliveryState.FAILED, words, None
    row.save(update_fields=["state", "reason", "due_at", "changed_at"])
    mirror(row, order)
    append(DeliveryFailed(reason=words), actor="system:worker", order=order, subjects=about(row))
    told(order, headline or f"{order.supplier_name}'s system rejected the order")
    fallback.failed(row, order)


def opened(delivery: Delivery, *, order: Order, actor: str, means: str, external_id: str) -> None:
    """A person opened the order (`means`: answer page, portal); counted once for each `external_id`."""
    text = f"A person opened the order ({means})."
    known = prove(
        delivery,
        order=order,
        state=DeliveryState.OPENED,
        kind="opened",
        external_id=external_id,
        text=text,
        actor=actor,
    )
    if known:
        append(ReceiptOpened(means=means), actor=actor, order=order, subjects=about(delivery))
        told(order, f"{order.supplier_name} opened the order")


def seen(delivery_id: int, *, actor: str, means: str, external_id: str) -> None:
    """A person opened the order without a link, such as in the portal; counted once for each `external_id`."""
    with transaction.atomic():
        delivery = Delivery.objects.select_related("revision").get(pk=delivery_id)
        order = Order.objects.select_for_update(no_key=True).get(deliveries=delivery)
        opened(delivery, order=order, actor=actor, means=means, external_id=external_id)


def about(delivery: Delivery) -> dict[Subject, int]:
    """The ledger's subjects of a delivery that carries an order."""
    return {"revision": delivery.revision_id or 0, "delivery": delivery.pk}


def mirror(delivery: Delivery, order: Order) -> None:
    """The order repeats the state of its current revision's primary delivery."""
    if delivery.primary and delivery.revision and delivery.revision.number == order.revision:
        order.delivery_state = delivery.state
        order.save(update_fields=["delivery_state"])


def told(order: Order, what: str) -> None:
    """The latest event in words, for lists."""
    order.last_event, order.changed_at = what[:200], timezone.now()
    order.save(update_fields=["last_event", "changed_at"])
