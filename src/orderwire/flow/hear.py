"""Hear: kept bytes of a transport (a mail, a signed message, a record of an ERP) become documents for the readers,
reports about what we sent, and what people wrote. May run again after a crash: each part of it happens once."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from orderwire.channels import File, Heard, Hears, Parcel, Taken
from orderwire.document.finding import error, warning
from orderwire.flow import DATABASE_AWAY, Refused, receive, reported
from orderwire.flow.distribute.claimed import BadSettings, Place
from orderwire.flow.reply import reply
from orderwire.flow.token import delivery_of
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Delivery, Endpoint, Interchange, Message, Partner

logger = logging.getLogger(__name__)

Result = tuple[Heard, Taken]


def process(message: Message) -> Message:
    """What `receive.process` does, also for bytes that a transport brought as its own."""
    if message.transport:
        hear(message)
        return message
    return receive.process(message)


def hear(message: Message) -> Result:
    """What the message holds, and what became of it. The message is settled when this returns."""
    try:
        heard, taken = _heard(message)
    except DATABASE_AWAY:
        raise
    except Exception:  # refused with its bytes kept, for it would fail again and again
        logger.exception("Message %s could not be processed", message.pk)
        heard = Heard(refused="could not be processed because of a fault of ours; it is kept")
        taken = _refused(message, heard.refused)
    return heard, taken


def _heard(message: Message) -> Result:
    assert message.endpoint is not None  # whatever a transport brings came from an endpoint
    try:
        place = Place.of(message.endpoint.current)
    except BadSettings as failure:
        return Heard(refused=str(failure)), _refused(message, str(failure))
    if not isinstance(place.channel, Hears):
        text = f"the endpoint's channel {place.channel.label} does not read what came; set the former channel again"
        return Heard(refused=text), _refused(message, text)
    heard = place.channel.hear(message.blob.open_bytes(), place.config)
    if heard.refused:
        return heard, _refused(message, heard.refused, heard)
    with _alone(message, heard):
        return heard, _settled(message, heard, message.endpoint)


@contextmanager
def _alone(message: Message, heard: Heard) -> Iterator[None]:
    """A partner who loses patience sends the same again while the first is still being read: the second waits for it.
    The lock is the connection's, and ends with it."""
    if not heard.identity:
        yield
        return
    key = [f"{message.transport} {message.endpoint_id} {heard.identity}".encode(errors="surrogatepass").hex()]
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtextextended(%s, 0))", key)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", key)


def _settled(message: Message, heard: Heard, endpoint: Endpoint) -> Taken:
    first = _first(message, heard, endpoint)
    if first is not None and not _same(first, heard.files):
        text = f"repeats the id {heard.identity} of message {first.pk} with other content; send it under a new id"
        return replace(_refused(message, text), contradicts=True)
    return _repeated(message, first, heard) if first is not None else _used(message, heard, endpoint)


def _first(message: Message, heard: Heard, endpoint: Endpoint) -> Message | None:
    """The earlier message of the same sender that has this identity; one of a crash is no earlier one."""
    if not heard.identity:
        return None
    control = hashlib.sha256(heard.identity.encode(errors="surrogatepass")).hexdigest()[:40]
    seen, new = Interchange.objects.select_related("message").get_or_create(
        format=message.transport,
        sender=f"endpoint {endpoint.pk}" if heard.token is None else "anybody",
        receiver="",
        control=control,
        defaults={"message": message},
    )
    if new or seen.message_id == message.pk:
        return None
    used_up = heard.once and seen.message.documents
    if seen.message.state in (Message.State.STORED, Message.State.REFUSED) and not used_up:
        seen.message = message
        seen.save(update_fields=["message"])
        return None
    return seen.message


def _same(first: Message, files: tuple[File, ...]) -> bool:
    before = set(first.parts.values_list("blob_id", flat=True))
    return before == {hashlib.sha256(file.content).hexdigest() for file in files}


def _repeated(message: Message, first: Message, heard: Heard) -> Taken:
    """What was answered by itself afterwards is answered again, as it stood."""
    with transaction.atomic():
        message.state, message.settled_at, message.reply_id = Message.State.DUPLICATE, timezone.now(), first.reply_id
        message.save(update_fields=["state", "settled_at", "reply"])
        append(events.MessageDuplicate(first=str(first.pk)), actor=message.actor, subjects={"message": message.pk})
        if heard.later is not None:
            _later(message, heard.later, first)
    return Taken(good=True, message=first.pk, duplicate=True)


def _refused(message: Message, text: str, heard: Heard | None = None) -> Taken:
    with transaction.atomic():
        message.state, message.settled_at = Message.State.REFUSED, timezone.now()
        message.findings = [asdict(error("transport", message.name or "message", text))]
        message.save(update_fields=["state", "settled_at", "findings"])
        refused = events.MessageRefused(findings=(text,))
        append(refused, actor=message.actor, subjects={"message": message.pk})
        if heard is not None and heard.later is not None:
            _later(message, heard.later)
    return Taken(good=False, findings=(text,), message=message.pk)


def _used(message: Message, heard: Heard, endpoint: Endpoint) -> Taken:
    told: list[dict[str, Any]] = [reported.report(message, one, endpoint) for one in heard.reports]
    if heard.note is not None:
        told.append(reported.note(message, heard.note, endpoint if heard.token is None else None))
    wrong: list[str] = []
    brought_by = _brought_by(message, heard) if heard.files else None
    for position, file in enumerate(heard.files):
        outcome, text = _part(message, position, file, brought_by)
        told.append(outcome)
        wrong += text
    with transaction.atomic():
        message.documents, message.settled_at = told, timezone.now()
        message.state = _state(told)
        message.save(update_fields=["documents", "state", "settled_at"])
        if heard.later is not None:
            _later(message, heard.later)
    return Taken(good=not wrong, findings=tuple(wrong[:20]), message=message.pk)


@dataclass(frozen=True)
class _Sender:
    """Whose files these are."""

    endpoint: Endpoint | None
    source: str
    actor: str


def _brought_by(message: Message, heard: Heard) -> _Sender | None:
    """The partner at the other end of the connection; where anybody could have sent it, the supplier whom our token
    was given to, else nobody."""
    if heard.token is None:
        return _Sender(message.endpoint, message.source, message.actor)
    answered = Delivery.objects.select_related("endpoint__partner").filter(pk=delivery_of(heard.token) or 0).first()
    if answered is None or answered.endpoint.partner.role != Partner.Role.SUPPLIER:
        return None
    number = answered.endpoint.partner.number
    return _Sender(answered.endpoint, f"{message.transport}:{number}", f"supplier:{number}")


NOBODY = (
    "came in a mail that does not show who sent it, so it was not used. Ask the supplier to answer to the address that "
    "our mail asks replies for, or take the file in by hand once he confirmed it"
)


def _part(message: Message, position: int, file: File, sender: _Sender | None) -> tuple[dict[str, Any], list[str]]:
    """One file inside: a message of its own, so that everything known of files holds for it too."""
    name = file.filename or f"part {position + 1}"
    if sender is None:
        finding = asdict(warning("unproven", name, NOBODY))
        return {"type": "file", "number": name, "outcome": "unproven", "findings": [finding]}, [f"{name}: {NOBODY}"]
    part = message.parts.filter(blob=hashlib.sha256(file.content).hexdigest()).first()
    outcome: dict[str, Any] = {"type": "file", "number": name, "outcome": "refused", "findings": []}
    try:
        if part is None:
            part = receive.store(
                file.content,
                name=name,
                source=sender.source,
                actor=sender.actor,
                endpoint=sender.endpoint,
                parent=message,
            )
        part = receive.process(part) if part.state == Message.State.STORED else part
    except Refused as failure:
        outcome["findings"] = [asdict(warning("part", name, str(failure)))]
        return outcome, [f"{name}: {failure}"]
    outcome |= {"outcome": part.state, "message": part.pk}
    if part.state in (Message.State.PROCESSED, Message.State.DUPLICATE):
        return outcome, []
    return outcome, receive.errors(part)


def _state(told: list[dict[str, Any]]) -> Message.State:
    outcomes = {one["outcome"] for one in told}
    if not outcomes <= {"refused", "unproven"}:
        bad = outcomes & {"refused", "partly", "unproven"}
        return Message.State.PARTLY if bad else Message.State.PROCESSED
    return Message.State.REFUSED if outcomes else Message.State.PROCESSED


def _later(message: Message, parcel: Parcel, first: Message | None = None) -> None:
    """What the transport answers by itself afterwards, once; for a duplicate the same bytes that the first one got."""
    identity, endpoint = f"later.{message.pk}", message.endpoint
    if endpoint is None or Delivery.objects.filter(message_id=identity).exists():
        return
    before = Delivery.objects.filter(message_id=f"later.{first.pk}").first() if first is not None else None
    reply(endpoint, identity, parcel.files, to=parcel.to, like=before)
