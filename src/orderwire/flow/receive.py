"""Receive: every inbound byte enters here. The bytes are stored durably first; then they are read, looked up as
duplicates, and each document goes its own way. One bad document stops none of its neighbors."""

import datetime
import hashlib
import logging
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from orderwire import plugins, reading
from orderwire.channels import File
from orderwire.document.finding import Finding, error, from_validation, has_errors, place, warning
from orderwire.document.order import Order
from orderwire.flow import DATABASE_AWAY, NotYet, Refused, create, early
from orderwire.flow.distribute.numbers import Numbers, WriteContext
from orderwire.flow.distribute.numbers import scope as control_scope
from orderwire.flow.hand_over import hand_over, of_supplier
from orderwire.flow.reply import reply
from orderwire.formats import CannotCarry, ReadDocument, ReadResult
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Endpoint, Interchange, Message
from orderwire.records.blob import keep

TOGETHER = 200
"""Orders of one file that are written in one transaction."""

_FAULT = "a fault of ours; it is kept and can be processed again"

_NOT_ALL_USED = (Message.State.REFUSED, Message.State.PARTLY)
"""Sent again, after somebody put right what was wrong, it is no repetition."""

logger = logging.getLogger(__name__)


def receive(content: bytes, *, name: str, source: str, actor: str, endpoint: Endpoint | None = None) -> Message:
    """Store and process one file or call. The message tells what became of each document.

    Raises Refused only where nothing can be stored: too large or empty.
    """
    message = store(content, name=name, source=source, actor=actor, endpoint=endpoint)
    return process(message)


def store(
    content: bytes,
    *,
    name: str,
    source: str,
    actor: str,
    endpoint: Endpoint | None = None,
    transport: str = "",
    parent: Message | None = None,
) -> Message:
    """Keep the bytes; once this returns the sender may forget them. `transport` is the channel whose own bytes they are
    (`flow.hear`), `parent` the message that this file was in. Raises Refused."""
    if not content:
        raise Refused("The file is empty.", remedy="Send it again.")
    if len(content) > settings.ORDERWIRE_MAX_UPLOAD:
        limit = settings.ORDERWIRE_MAX_UPLOAD // 1024 // 1024
        raise Refused(f"The file is larger than {limit} MiB.", remedy="Split it.")
    with transaction.atomic():
        sha256 = keep(content)
        name = str(_storable(name))[:255]
        message = Message.objects.create(
            blob_id=sha256,
            name=name,
            source=source,
            actor=actor,
            endpoint=endpoint,
            transport=transport,
            parent=parent,
        )
        stored = events.MessageStored(source=source, sha256=sha256, size=len(content))
        append(stored, actor=actor, subjects={"message": message.pk})
    return message


def process(message: Message) -> Message:
    """Read a stored message and act on it. May run again after a crash: what was done already is a duplicate then."""
    try:
        return _processed(message)
    except DATABASE_AWAY:
        raise
    except Exception:  # refused with its bytes kept, for it would fail again and again
        logger.exception("Message %s could not be processed", message.pk)
        message.state, message.settled_at = Message.State.REFUSED, timezone.now()
        message.findings = [asdict(error("internal", "file", f"could not be processed because of {_FAULT}"))]
    with transaction.atomic():
        message.save(update_fields=["state", "settled_at", "findings"])
        refused = events.MessageRefused(findings=(message.findings[0]["text"],))
        append(refused, actor=message.actor, subjects={"message": message.pk})
    return message


def _processed(message: Message) -> Message:
    profile = _profiles(message.endpoint)
    result = read(message)
    message.format = result.format
    unseen = _unseen(message, result)
    ahead = _created_together(message, [document for document, repeats in unseen if not repeats])
    outcomes = [_dispatch(message, position, found, ahead) for position, found in enumerate(unseen)]
    with transaction.atomic():
        message.reply_id = Message.objects.select_for_update().get(pk=message.pk).reply_id
        message.documents = _storable(outcomes)
        message.findings = _storable([asdict(f) for f in result.findings])
        message.state = end(result, outcomes)
        message.settled_at = timezone.now()
        _reply(message, result, profile)
        message.save()
        if message.state == Message.State.REFUSED:
            refused = events.MessageRefused(findings=tuple(_errors(result, outcomes))[:20])
            append(refused, actor=message.actor, subjects={"message": message.pk})
    return message


def read(message: Message) -> ReadResult:
    """What a kept message holds, read by the surest format with the profile of the endpoint that brought it."""
    content = message.blob.open_bytes()
    found, findings = reading.detect(content)
    if found is None:
        return reading.read(content)
    return reading.read_as(found, content, _profiles(message.endpoint).get(found.kind, {}), findings)


def unfinished() -> list[Message]:
    """Messages that were stored and whose processing stopped with its process."""
    before = timezone.now() - datetime.timedelta(seconds=60)
    return list(Message.objects.filter(state=Message.State.STORED, received_at__lt=before).order_by("id")[:50])


def _profiles(endpoint: Endpoint | None) -> dict[str, Any]:
    return dict(endpoint.current.profile) if endpoint else {}


def _unseen(message: Message, result: ReadResult) -> list[tuple[ReadDocument, str | None]]:
    """Each document with the id of the earlier message whose interchange it repeats, if it does."""
    seen: dict[tuple[str, str, str], str | None] = {}
    documents: list[tuple[ReadDocument, str | None]] = []
    for document in result.documents:
        named = document.identity
        if named is None or not named.control:
            documents.append((document, None))
            continue
        # Only the same sender repeats himself: nobody uses up the numbers of another by writing his name.
        identity = (f"{named.sender}@{message.source}"[:80], named.receiver[:80], _control(named.control))
        if identity not in seen:
            sender, receiver, control = identity
            first, new = Interchange.objects.select_related("message").get_or_create(
                format=result.format, sender=sender, receiver=receiver, control=control, defaults={"message": message}
            )
            if not new and first.message.state in _NOT_ALL_USED:
                first.message = message
                first.save(update_fields=["message"])
            seen[identity] = None if first.message_id == message.pk else str(first.message_id)
            if seen[identity]:
                with transaction.atomic():
                    append(
                        events.MessageDuplicate(first=str(first.message_id)),
                        actor=message.actor,
                        subjects={"message": message.pk},
                    )
        documents.append((document, seen[identity]))
    return documents


def errors(message: Message) -> list[str]:
    """What was wrong with a processed message, each with its place."""
    found = [*message.findings, *(f for outcome in message.documents for f in outcome.get("findings", []))]
    return [f"{f['where']}: {f['text']}" for f in found if f["severity"] == "error"]


def _control(text: str) -> str:
    """A control number as it is kept: payloadIDs can be far longer than those of EDI."""
    return text if len(text) <= 40 else hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:40]


def _created_together(message: Message, documents: list[ReadDocument]) -> dict[str, create.Created]:
    """The new orders of a file with many, written some hundred at a time; by number. Whatever cannot go this way, for
    any reason, goes one by one afterwards and gets its own answer there."""
    orders = [
        create.Incoming(document.document, document.approval)
        for document in documents
        if document.usable and isinstance(document.document, Order)
    ]
    created: dict[str, create.Created] = {}
    if len(orders) < 2 or of_supplier(message):
        return created
    for start in range(0, len(orders), TOGETHER):
        part = orders[start : start + TOGETHER]
        try:
            created |= create.create_new(part, source=message.source, actor=message.actor, message=message)
        except Refused:
            return created
        except Exception:
            logger.exception("Message %s: orders from number %s on go one by one", message.pk, start + 1)
    return created


def _dispatch(
    message: Message, position: int, found: tuple[ReadDocument, str | None], ahead: dict[str, create.Created]
) -> dict[str, Any]:
    """Hand one document to its verb; what it says, or why it cannot be used, as plain JSON."""
    document, repeats = found
    outcome: dict[str, Any] = {"type": document.type.value, "number": document.number, "test": document.test}
    findings = list(document.findings)
    if repeats:
        outcome |= {"outcome": "duplicate", "first_message": int(repeats)}
    elif not document.usable or document.document is None:
        outcome["outcome"] = "refused"
    else:
        try:
            outcome |= hand_over(message, document, document.document, ahead)
        except NotYet as failure:
            early.wait(message, position, failure)
            findings.append(warning("not-yet", failure.number, f"{failure.reason} It is used as soon as that is here."))
            outcome["outcome"] = "waiting"
        except Refused as failure:
            findings.append(error(failure.kind.replace("_", "-"), document.number or "document", str(failure)))
            outcome["outcome"] = "refused"
        except DATABASE_AWAY:  # the message stays as it was stored, and is read again
            raise
        except Exception:
            logger.exception("Message %s: a document could not be processed", message.pk)
            text = f"could not be processed because of {_FAULT}"
            findings.append(error("internal", document.number or "document", text))
            outcome["outcome"] = "failed"
    outcome["findings"] = [asdict(f) for f in findings] + outcome.get("findings", [])
    return outcome


def end(result: ReadResult, outcomes: list[dict[str, Any]]) -> Message.State:
    """The state of a message from what became of its documents."""
    kinds = {outcome["outcome"] for outcome in outcomes}
    if not outcomes or kinds <= {"refused", "conflict", "failed"}:
        return Message.State.REFUSED
    if kinds == {"duplicate"}:
        return Message.State.DUPLICATE
    if kinds & {"refused", "conflict", "failed", "waiting", "not_sent"} or has_errors(result.findings):
        return Message.State.PARTLY
    return Message.State.PROCESSED


def _errors(result: ReadResult, outcomes: list[dict[str, Any]]) -> list[str]:
    texts = [_told(f) for f in result.findings]
    for outcome in outcomes:
        texts += [f"{f['where']}: {f['text']}" for f in outcome["findings"] if f["severity"] == "error"]
        texts += [f"{outcome['number']}: {change['path']} differs" for change in outcome.get("changes", [])]
    return texts


def _storable(value: Any) -> Any:
    """What partners write may hold code points that no database text takes; they are shown as U+FFFD."""
    if isinstance(value, str):
        return "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in value)
    if isinstance(value, dict):
        return {_storable(k): _storable(v) for k, v in value.items()}
    return [_storable(v) for v in value] if isinstance(value, list | tuple) else value


def _told(finding: Finding) -> str:
    return f"{finding.where}: {finding.text}"


def _reply(message: Message, result: ReadResult, profiles: dict[str, Any]) -> None:
    """The functional acknowledgments that the standard asks for: kept, and sent where we know the sender's endpoint."""
    if not result.acks or message.reply_id:  # answered already
        return
    fmt = plugins.format(result.format)
    endpoint = message.endpoint
    scope = control_scope(fmt.kind, endpoint.partner_id) if endpoint else f"{fmt.kind}:{message.source}"
    written = []
    for ack, address in result.acks:
        try:
            written.append(fmt.write(ack, {**profiles.get(fmt.kind, {}), **address}, WriteContext(Numbers(scope))))
        except CannotCarry as failure:
            message.findings += _storable([asdict(f) for f in failure.findings])
        except ValidationError as failure:  # the sender's own envelope, turned around, is none
            wrong = from_validation(failure, lambda path: f"acknowledgment {place(path)}")
            message.findings += _storable([asdict(f) for f in wrong])
    if not written:
        return
    message.reply_id = keep(b"".join(w.content for w in written), fmt.media_type)
    for number, w in enumerate(written, 1):
        if endpoint is None:
            break
        file = File(w.filename, w.media_type, w.content)
        reply(endpoint, f"ack.{message.pk}.{number}", (file,), controls=w.controls)
