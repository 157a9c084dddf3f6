"""Parcels of a batch: what was rendered once is kept, and every try sends the same bytes."""

import json
import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import connection, transaction

from orderwire.channels import File, Parcel
from orderwire.document.order import Order
from orderwire.document.response import Response
from orderwire.document.states import DeliveryState
from orderwire.flow import DATABASE_AWAY, suppress
from orderwire.flow.distribute.claimed import Claimed, Place
from orderwire.flow.distribute.recipients import whole
from orderwire.flow.distribute.render import Desk, Made, NotSendable, answer_url, check, render
from orderwire.flow.distribute.said import COUNTERS, answering
from orderwire.flow.feed import told
from orderwire.flow.remind import letters
from orderwire.flow.token import token
from orderwire.formats.letter import Letter, Proposal, compose, compose_cancellation
from orderwire.records import Blob, Delivery, Revision
from orderwire.records.blob import keep_all

POISONOUS = 3
"""Times that the sender died while making this very parcel; then it is held, so that its neighbors go on."""

FAULT = "Its document could not be made because of a fault of ours. Report it, then send again."

KEEP = """
update ow_delivery d set parcel = v.parcel, failures = 0
from unnest(%s::bigint[], %s::int[], %s::jsonb[]) as v(id, fence, parcel)
where d.id = v.id and d.fence = v.fence
"""

logger = logging.getLogger(__name__)


def parcels(place: Place, claimed: list[Claimed]) -> tuple[list[tuple[Claimed, Parcel]], list[tuple[Claimed, str]]]:
    """What can be sent, and what cannot with the reason. New parcels are committed when this returns."""
    held: list[tuple[Claimed, str]] = []
    made: list[tuple[Claimed, Made]] = []
    claimed = [c for c in claimed if _sendable(place, c, held)]
    fresh = [c for c in claimed if c.parcel is None]
    desk = Desk.of(place, fresh) if fresh else None
    for c in fresh:
        assert desk is not None
        try:
            if c.was == DeliveryState.SENDING:
                _suspect(c)
                new = render(desk, c)
                _keep([(c, new)])
            else:
                new = render(desk, c)
            made.append((c, new))
        except NotSendable as failure:
            held.append((c, str(failure)))
        except DATABASE_AWAY:
            raise
        except Exception:
            logger.exception("Delivery %s could not be made", c.id)
            held.append((c, FAULT))
    _keep(made)
    files = _kept_files([c for c in claimed if c.parcel is not None])
    for c, new in made:
        c.parcel, files[c.id] = new.kept, new.files
    batch: list[tuple[Claimed, Parcel]] = []
    for c in claimed:
        try:
            if c.id in files:
                batch.append((c, _parcel(place, c, files[c.id])))
        except NotSendable as failure:
            held.append((c, str(failure)))
        except DATABASE_AWAY:
            raise
        except Exception:
            logger.exception("The letter of delivery %s could not be made", c.id)
            held.append((c, FAULT))
    return _sparing(place, batch), held


def _sparing(place: Place, batch: list[tuple[Claimed, Parcel]]) -> list[tuple[Claimed, Parcel]]:
    """Each with the addresses that nothing is sent to any more, be they of the endpoint or of the parcel alone."""
    named = suppress.addresses({"endpoint": place.config.model_dump(), "own": [parcel.to for _, parcel in batch]})
    never = tuple(sorted(suppress.suppressed(named)))
    return [(c, replace(parcel, never=never)) for c, parcel in batch]


def _sendable(place: Place, c: Claimed, held: list[tuple[Claimed, str]]) -> bool:
    """Asked before every try, also of what was rendered long ago: the address may have changed since."""
    try:
        if c.kind != Delivery.Kind.FUNCTIONAL_ACK:
            check(place, c)
    except NotSendable as failure:
        held.append((c, str(failure)))
        return False
    return True


def _suspect(c: Claimed) -> None:
    """A sender died with this among its claims. Counted beforehand, so that the next one knows whether it was this."""
    if c.failures >= POISONOUS:
        raise NotSendable(f"Making its document stopped the sender {c.failures} times. Report it to us.")
    Delivery.objects.filter(pk=c.id, fence=c.fence).update(failures=c.failures + 1)
    c.failures = 0


def _keep(made: list[tuple[Claimed, Made]]) -> None:
    if not made:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        keep_all((file.content, file.media_type, new.secret) for _, new in made for file in new.files)
        ids, fences = [c.id for c, _ in made], [c.fence for c, _ in made]
        cursor.execute(KEEP, [ids, fences, [json.dumps(new.kept) for _, new in made]])


def _kept_files(claimed: Iterable[Claimed]) -> dict[int, tuple[File, ...]]:
    """The files of deliveries that were rendered at an earlier try."""
    named: dict[int, list[dict[str, Any]]] = {c.id: (c.parcel or {})["files"] for c in claimed}
    if not named:
        return {}
    blobs = Blob.objects.in_bulk({f["sha256"] for files in named.values() for f in files})
    return {
        id: tuple(File(f["filename"], f["media_type"], blobs[f["sha256"]].open_bytes()) for f in files)
        for id, files in named.items()
    }


def _notice(c: Claimed) -> Parcel:
    """A reminder says what is true now, at every try."""
    posted = letters.letter(c.id)
    if posted is None:
        raise NotSendable("Nobody waits any more for what it would say.")
    said = posted.letter
    return Parcel(
        message_id=c.message_id,
        files=(),
        subject=said.subject,
        text=said.text,
        html=said.html,
        language=posted.language,
        reference=c.order_number or "",
        duplicate=c.duplicate,
        to=posted.to,
        token=token(c.id),
    )


def _status(place: Place, c: Claimed) -> Parcel:
    """How the order stands now, at every try. Two different states of it are two documents for the partner."""
    made = told.made(place.version, c.order_id or 0)
    if made is None:
        raise NotSendable("The order did not come from this system, so nothing is told to it.")
    c.told = made.meaning
    return Parcel(
        message_id=f"{c.message_id}.{made.digest}",
        files=(made.file,),
        reference=c.order_number or "",
        duplicate=c.duplicate,
    )


def _parcel(place: Place, c: Claimed, files: tuple[File, ...]) -> Parcel:
    if c.kind == Delivery.Kind.NOTICE:
        return _notice(c)
    if c.kind == Delivery.Kind.STATUS:
        return _status(place, c)
    letter = _letter(place, c) if place.channel.for_people and c.content else None
    return Parcel(
        message_id=c.message_id,
        files=files,
        subject=letter.subject if letter else "",
        text=letter.text if letter else "",
        html=letter.html if letter else "",
        language=(c.parcel or {}).get("language", "en"),
        reference=c.order_number or "",
        duplicate=c.duplicate,
        to=tuple(c.says.get("to", ())),
        token=token(whole(c)) if c.order_id else "",
    )


def _letter(place: Place, c: Claimed) -> Letter:
    kept = c.parcel or {}
    texts = {"timezone": kept.get("time_zone", "UTC"), **answering(c.says)}
    if kept.get("answer_by"):
        texts["answer_by"] = kept["answer_by"]
        texts["answer_url"] = answer_url(place, c, kept["answer_by"])
    order = Order.model_validate_json(bytes(c.content or b""))
    how: dict[str, Any] = {
        "language": kept.get("language", "en"),
        "links": texts,
        "attached": [f["filename"] for f in kept["files"]],
        "duplicate": c.duplicate,
        "prices": bool(c.prices),
    }
    if cancels := kept.get("cancels"):
        return compose_cancellation(order, reason=cancels["reason"], asks=cancels["asks"], **how)
    replaces = kept.get("replaces")
    how |= {"before": _version(c, replaces) if replaces else None, "proposal": _proposal(c)}
    return compose(order, kept="keeps" in c.says, replaces=replaces, **how)


def _version(c: Claimed, number: int) -> Order:
    """An earlier version of the order that a letter compares with."""
    content = Revision.objects.values_list("content", flat=True).get(order=c.order_id, number=number)
    return Order.model_validate_json(bytes(content))


def _proposal(c: Claimed) -> Proposal | None:
    """What the supplier answered, where the buyer offers him something else."""
    if COUNTERS not in c.says:
        return None
    answer = Revision.objects.select_related("decides__revision").get(pk=c.revision_id or 0).decides
    if answer is None or answer.revision is None:
        return None
    return Proposal(
        held=Order.model_validate_json(bytes(answer.revision.content)),
        answer=Response.model_validate(answer.standing or answer.content),
        decisions=tuple(answer.decisions),
    )
