"""What comes back by itself about a parcel: a bounce, an asynchronous MDN, a status; and what people wrote in reply.

A report counts only for whom it is proven: by our signed token, or because the partner's own connection brought it.
"""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from orderwire.channels import Note, Report
from orderwire.document.finding import warning
from orderwire.document.states import DeliveryState
from orderwire.flow import evidence
from orderwire.flow.token import delivery_of
from orderwire.ledger.append import append
from orderwire.ledger.events import ReceiptDelivered
from orderwire.records import Blob, Delivery, DeliveryRecipient, Endpoint, Letter, Message, Order, Suppression
from orderwire.records.blob import keep

_S = DeliveryRecipient.State


def report(message: Message, said: Report, endpoint: Endpoint) -> dict[str, Any]:
    """Apply one report; what became of it as the message remembers it."""
    told: dict[str, Any] = {"type": "report", "number": said.address or said.message_id, "findings": []}
    delivery = _meant(said.token, said.message_id, endpoint)
    if delivery is None or delivery.order_id is None:
        text = f"speaks of nothing that we sent to {endpoint.partner}: {said.text}"[:500]
        return told | {"outcome": "unproven", "findings": [asdict(warning("unproven", "report", text))]}
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=delivery.order_id)
        findings = list(_applied(message, said, delivery, order))
    return told | {"outcome": "used", "number": order.number, "findings": [asdict(f) for f in findings]}


def _meant(token: str, message_id: str, endpoint: Endpoint) -> Delivery | None:
    """The delivery that is spoken of: of this very partner, unless our own token names it."""
    known = Delivery.objects.select_related("revision", "leg", "endpoint")
    if token:
        return known.filter(pk=delivery_of(token) or 0).first()
    if not message_id:
        return None
    return known.filter(message_id=message_id, endpoint__partner=endpoint.partner_id).order_by("-pk").first()


def _applied(message: Message, said: Report, delivery: Delivery, order: Order) -> Any:
    blob = Blob.objects.get(pk=keep(said.evidence)) if said.evidence else message.blob
    if said.proof is not None:
        _recipient(delivery, said, _S.DELIVERED)
        new = evidence.prove(
            delivery,
            order=order,
            state=DeliveryState.DELIVERED,
            kind="delivered",
            external_id=said.external_id,
            text=said.text,
            actor="system:worker",
            blob=blob,
        )
        if new:
            event = ReceiptDelivered(means=said.text, sha256=blob.sha256)
            append(event, actor="system:worker", order=order, subjects=evidence.about(delivery))
            evidence.told(order, said.text)
        return
    evidence.prove(
        delivery,
        order=order,
        state=None,
        kind="bounced" if said.final else "delayed",
        external_id=said.external_id or f"{said.address} {message.pk}".strip(),
        text=said.text,
        actor="system:worker",
        blob=blob,
    )
    _recipient(delivery, said, _S.BOUNCED if said.final else _S.LATER)
    if not said.final:
        evidence.told(order, said.text)
        return
    if said.address:
        suppress(said.address, Suppression.Why.BOUNCE, said.text, delivery)
    if not delivery.recipients.filter(state__in=(_S.TAKEN, _S.DELIVERED, _S.LATER)).exists():
        yield from evidence.disprove(delivery, order, said.text)
    else:
        evidence.told(order, f"Came back from {said.address}: {said.text}")


def _recipient(delivery: Delivery, said: Report, state: DeliveryRecipient.State) -> None:
    if said.address:
        DeliveryRecipient.objects.update_or_create(
            delivery=delivery,
            address=said.address.lower(),
            defaults={"state": state, "code": said.code[:40], "text": said.text, "at": timezone.now()},
        )


def suppress(address: str, why: Suppression.Why, text: str, delivery: Delivery | None) -> None:
    """Nothing is sent to this address any more, until a person lifts it."""
    Suppression.objects.get_or_create(
        address=address.lower(), lifted_at=None, defaults={"why": why, "text": text, "delivery": delivery}
    )


def note(message: Message, said: Note, endpoint: Endpoint) -> dict[str, Any]:
    """Keep what a person wrote, with the order that it speaks of where that is known."""
    delivery = _meant(said.token, "", endpoint) or _meant("", said.message_id, endpoint)
    order = delivery.order if delivery is not None else None
    with transaction.atomic():
        _, new = Letter.objects.get_or_create(
            message=message,
            defaults={
                "order": order,
                "delivery": delivery,
                "sender": said.sender[:320],
                "subject": said.subject[:400],
                "text": said.text,
                "proven": bool(delivery_of(said.token)),
            },
        )
        if new and order is not None:
            evidence.told(order, f"{said.sender} wrote about it"[:200])
    return {"type": "letter", "number": order.number if order else None, "outcome": "kept", "findings": []}
