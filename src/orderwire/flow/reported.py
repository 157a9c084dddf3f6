"""What comes back by itself about a parcel: a bounce, an asynchronous MDN, a status; and what people wrote in reply.

A report counts only for whom it is proven: by our signed token, or because the partner's own connection brought it.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from orderwire.channels import Note, Proof, Report
from orderwire.document.finding import Finding, warning
from orderwire.document.states import DELIVERY_TRANSITIONS, DeliveryState
from orderwire.flow import evidence
from orderwire.flow.compared import compared
from orderwire.flow.distribute.recipients import addresses, reached
from orderwire.flow.left import REST_OF
from orderwire.flow.suppress import suppress
from orderwire.flow.token import delivery_of
from orderwire.ledger.append import append, notify
from orderwire.ledger.events import DeliveryFailed, ReceiptDelivered
from orderwire.records import Blob, Delivery, DeliveryRecipient, Endpoint, Letter, Message, Order, Suppression
from orderwire.records.blob import keep

_S = DeliveryRecipient.State
_DEAD = re.compile(r"5\.(0\.0|1\.(?![78]$)\d+|2\.1)|")
"""Statuses (RFC 3463) by which an address takes no mail at all, or nothing more exact is said. A full mailbox, a size
or a rule is about this mail; 5.1.7 and 5.1.8 are about our own address."""


def report(message: Message, said: Report, endpoint: Endpoint | None) -> dict[str, Any]:
    """Apply one report; what became of it as the message remembers it."""
    told: dict[str, Any] = {"type": "report", "number": said.address or said.message_id, "findings": []}
    delivery = _meant(said.token, said.message_id, endpoint) or _receipted(said, endpoint)
    if delivery is None:
        text = f"speaks of nothing that we sent to {endpoint.partner if endpoint else 'anybody'}: {said.text}"[:500]
        return told | {"outcome": "unproven", "findings": [asdict(warning("unproven", "report", text))]}
    said = compared(said, delivery)
    with transaction.atomic():
        known = delivery.order_id
        order = Order.objects.select_for_update(no_key=True).get(pk=known) if known else None
        findings = list(_applied(message, said, delivery, order))
    number = order.number if order is not None else None
    return told | {"outcome": "used", "number": number, "findings": [asdict(f) for f in findings]}


def _meant(token: str, message_id: str, endpoint: Endpoint | None) -> Delivery | None:
    """The delivery that is spoken of: of this very partner, unless our own token names it."""
    known = Delivery.objects.select_related("revision", "leg", "endpoint")
    if token:
        found = known.filter(pk=delivery_of(token) or 0).first()
    elif message_id and endpoint is not None:
        found = known.filter(message_id=message_id, endpoint__partner=endpoint.partner_id).order_by("-pk").first()
    else:
        return None
    return known.get(pk=found.says[REST_OF]) if found is not None and REST_OF in found.says else found


def _receipted(said: Report, endpoint: Endpoint | None) -> Delivery | None:
    """The delivery to this partner that has a receipt of this id: the partner's own name for it."""
    if endpoint is None or said.token or said.message_id or not said.external_id:
        return None
    known = Delivery.objects.select_related("revision", "leg", "endpoint")
    mine = known.filter(endpoint__partner=endpoint.partner_id, receipts__external_id=said.external_id[:200])
    return mine.order_by("-pk").first()


def _applied(message: Message, said: Report, delivery: Delivery, order: Order | None) -> Iterator[Finding]:
    address, ours = _recipient(delivery, said.address)
    if said.complaint:
        _complained(message, said, delivery, order, address)
    elif said.proof is not None:
        _arrived(message, said, delivery, order, address)
    else:
        new = _receipt(message, said, delivery, order, kind="bounced" if said.final else "delayed")
        if new and said.final:
            yield from _came_back(said, delivery, order, address, dead=ours)
        elif new:
            _note_down(delivery, address, _S.LATER, said)
            _tell(order, said.text)


def _recipient(delivery: Delivery, address: str) -> tuple[str, bool]:
    """Which of our recipients is meant, and whether it is named as we wrote to it. A system behind an address may name
    another: where there is one recipient it is that one, else nobody knows which."""
    known = addresses(delivery)
    if address.lower() in known:
        return address.lower(), True
    return (next(iter(known)) if len(known) == 1 else ""), False


def _came_back(said: Report, delivery: Delivery, order: Order | None, address: str, *, dead: bool) -> Iterator[Finding]:
    _note_down(delivery, address, _S.BOUNCED, said)
    if dead and _DEAD.fullmatch(said.code):
        suppress(address, Suppression.Why.BOUNCE, said.text, delivery)
    if reached(delivery):
        _tell(order, f"Came back from {address or 'a recipient'}: {said.text}")
        return
    if order is None:
        _letter_failed(delivery, said.text)
        return
    yield from evidence.disprove(delivery, order, said.text, headline=f"Came back: {said.text}")


def _letter_failed(delivery: Delivery, text: str) -> None:
    """A letter about several orders did not arrive: a person decides what becomes of it."""
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if DeliveryState.FAILED in DELIVERY_TRANSITIONS[DeliveryState[row.state.upper()]]:
        row.state, row.reason, row.due_at = DeliveryState.FAILED, text, None
        row.save(update_fields=["state", "reason", "due_at", "changed_at"])
        append(DeliveryFailed(reason=text), actor="system:worker", subjects={"delivery": row.pk})


def _complained(message: Message, said: Report, delivery: Delivery, order: Order | None, address: str) -> None:
    """The mail arrived; its reader called it unwanted. Nothing goes there until somebody has talked to him."""
    if not address:
        known = addresses(delivery)
        address = next(iter(known)) if len(known) == 1 else ""
    if _receipt(message, said, delivery, order, kind="complaint"):
        if address:
            suppress(address, Suppression.Why.COMPLAINT, said.text, delivery)
        _tell(order, f"{said.text}. Nothing more is sent there; talk to them")


def _arrived(message: Message, said: Report, delivery: Delivery, order: Order | None, address: str) -> None:
    """What is proven for one whose mail came back is kept, and changes nothing."""
    bounced = address and delivery.recipients.filter(address=address, state=_S.BOUNCED).exists()
    if not bounced:
        _note_down(delivery, address, _S.DELIVERED if said.proof is Proof.DELIVERED else _S.TAKEN, said)
    if said.proof is not Proof.DELIVERED or bounced or order is None:
        _receipt(message, said, delivery, order, kind=str(said.proof))
        return
    blob = _evidence(message, said)
    if evidence.prove(
        delivery,
        order=order,
        state=DeliveryState.DELIVERED,
        kind="delivered",
        external_id=said.external_id,
        text=said.text,
        actor="system:worker",
        blob=blob,
    ):
        event = ReceiptDelivered(means=said.text, sha256=blob.sha256)
        append(event, actor="system:worker", order=order, subjects=evidence.about(delivery))
        _tell(order, said.text)


def _receipt(message: Message, said: Report, delivery: Delivery, order: Order | None, *, kind: str) -> bool:
    """Keep it; False where the same was said before."""
    external_id = said.external_id or f"{said.address} {message.pk}".strip()
    return evidence.prove(
        delivery,
        order=order,
        state=None,
        kind=kind,
        external_id=external_id,
        text=said.text,
        actor="system:worker",
        blob=_evidence(message, said),
    )


def _evidence(message: Message, said: Report) -> Blob:
    return Blob.objects.get(pk=keep(said.evidence)) if said.evidence else message.blob


def _note_down(delivery: Delivery, address: str, state: DeliveryRecipient.State, said: Report) -> None:
    """The latest word about one recipient; that it is late or on its way says nothing once it came back or arrived."""
    if not address:
        return
    settled = delivery.recipients.filter(address=address, state__in=(_S.BOUNCED, _S.DELIVERED)).exists()
    if state not in (_S.LATER, _S.TAKEN) or not settled:
        DeliveryRecipient.objects.update_or_create(
            delivery=delivery,
            address=address,
            defaults={"state": state, "code": said.code[:40], "text": said.text, "at": timezone.now()},
        )


def _tell(order: Order | None, text: str) -> None:
    """The latest event in words, and the order's pages hear of it."""
    if order is not None:
        evidence.told(order, text)
        notify([order.pk])


def note(message: Message, said: Note, endpoint: Endpoint | None) -> dict[str, Any]:
    """Keep what a person wrote, with the order that it speaks of where that is known. Without `endpoint` anybody could
    have written it: the mail that it answers is a hint then, and no proof."""
    delivery = _meant(said.token, "", endpoint) or _meant("", said.message_id, endpoint)
    if delivery is None and endpoint is None and said.message_id:
        ids = (said.message_id, said.message_id.rpartition("@")[0])
        delivery = Delivery.objects.filter(message_id__in=ids, order__isnull=False).order_by("pk").first()
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
        if new:
            _tell(order, f"{said.sender} wrote about it"[:200])
    return {"type": "letter", "number": order.number if order else None, "outcome": "kept", "findings": []}
