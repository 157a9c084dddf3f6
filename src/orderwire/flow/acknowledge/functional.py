"""The partner's translator speaks (X12 997): our bytes parsed, or they did not. It says nothing about the business,
and is itself never acknowledged."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models.fields.json import KT

from orderwire.document.finding import Finding, info, warning
from orderwire.document.functional import FunctionalAck, FunctionalStatus, TransactionStatus
from orderwire.document.states import DELIVERY_TRANSITIONS, DeliveryState
from orderwire.flow.acknowledge import evidence
from orderwire.ledger.append import append
from orderwire.ledger.entry import Subject
from orderwire.ledger.events import DeliveryFailed, ReceiptFunctionalAck
from orderwire.records import Delivery, Message, Order, Partner

_GOOD = (FunctionalStatus.ACCEPTED, FunctionalStatus.ACCEPTED_WITH_ERRORS)


def functional(ack: FunctionalAck, *, partner: Partner | None, message: Message) -> tuple[Finding, ...]:
    """Find the delivery by its control numbers, keep the receipt, and raise or fail the delivery.

    Returns what a person should know of it: it fits nothing of ours, came before, or contradicts a proof. It may come
    late, twice or out of turn.
    """
    where = f"group {ack.group_control}"
    if partner is None:
        return (
            warning("unknown-sender", where, "acknowledges a group, but we do not know who sent this; nothing done"),
        )
    if ack.group_kind == "FA":
        return (info("ack-of-ack", where, "acknowledges our own acknowledgment; that needs no answer"),)
    with transaction.atomic():
        found = _deliveries(ack, partner)
        if not found:
            text = f"acknowledges a group that we did not send to {partner.name}; ask them what they received"
            return (warning("unknown-group", where, text),)
        return tuple(finding for delivery in found for finding in _apply(ack, delivery, message, where))


def _deliveries(ack: FunctionalAck, partner: Partner) -> list[Delivery]:
    """Deliveries of the acknowledged group; partners strip or add leading zeros."""
    bare = ack.group_control.lstrip("0") or "0"
    spellings = {ack.group_control, bare, bare.zfill(9), bare.zfill(4)}
    rows = Delivery.objects.filter(parcel__controls__has_key="gs", endpoint__partner=partner)
    rows = rows.alias(group=KT("parcel__controls__gs")).filter(group__in=spellings).select_related("order")
    newest: dict[str, Delivery] = {}
    for row in rows.order_by("pk"):  # control numbers start again after the last one: the newest set counts
        newest[str(row.parcel["controls"].get("st", "")) if row.parcel else ""] = row
    return list(newest.values())


def _apply(ack: FunctionalAck, delivery: Delivery, message: Message, where: str) -> Iterator[Finding]:
    if delivery.order_id is None:
        return
    order = Order.objects.select_for_update(no_key=True).get(pk=delivery.order_id)
    control = str(delivery.parcel["controls"].get("st", "")) if delivery.parcel else ""
    one = next((t for t in ack.transactions if t.control.lstrip("0") == control.lstrip("0")), None)
    status = one.status if one else ack.status
    good = status in _GOOD
    words = " ".join(_words(ack, one, status))
    new = evidence.prove(
        delivery,
        order=order,
        state=DeliveryState.DELIVERED if good else None,
        kind="functional_ack",
        external_id=f"{ack.group_control}:{control}:{status.value}",
        text=words,
        actor="system:worker",
        blob=message.blob,
    )
    if not new:
        yield info("seen-before", where, "says what an earlier acknowledgment said; nothing changed")
        return
    subjects: dict[Subject, int] = {**evidence.about(delivery), "message": message.pk}
    event = ReceiptFunctionalAck(status=status.value, code=(one.code if one else ack.code) or None, text=words)
    append(event, actor="system:worker", order=order, subjects=subjects)
    if good:
        evidence.told(order, f"{order.supplier_name}'s system took the order")
    else:
        yield from _fail(delivery, order, words)


def _fail(delivery: Delivery, order: Order, words: str) -> Iterator[Finding]:
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if DeliveryState.FAILED not in DELIVERY_TRANSITIONS[DeliveryState[row.state.upper()]]:
        label = DeliveryState[row.state.upper()].label.lower()
        text = f"rejects what is proven otherwise (delivery {row.pk} is {label}); the delivery stays"
        yield warning("rejected-late", f"delivery {row.pk}", text)
        return
    row.state, row.reason, row.due_at = DeliveryState.FAILED, words, None
    row.save(update_fields=["state", "reason", "due_at", "changed_at"])
    evidence.mirror(row, order)
    append(DeliveryFailed(reason=words), actor="system:worker", order=order, subjects=evidence.about(row))
    evidence.told(order, f"{order.supplier_name}'s system rejected the order")


def _words(ack: FunctionalAck, one: TransactionStatus | None, status: FunctionalStatus) -> Iterator[str]:
    yield {
        FunctionalStatus.ACCEPTED: "Their system accepted the bytes.",
        FunctionalStatus.ACCEPTED_WITH_ERRORS: "Their system accepted the bytes, but found errors.",
        FunctionalStatus.PARTIAL: "Their system rejected part of the group.",
        FunctionalStatus.REJECTED: "Their system rejected the bytes.",
    }[status]
    for segment in (one.errors if one else ())[:10]:
        places = ", ".join(
            f"element {e.position} (code {e.code}{f', value {e.value}' if e.value else ''})" for e in segment.elements
        )
        code = f" (code {segment.code})" if segment.code else ""
        yield f"Segment {segment.position} {segment.segment}{code}{': ' + places if places else ''}."
    codes = one.error_codes if one else ack.error_codes
    if codes:
        yield f"Codes: {', '.join(codes)}."
