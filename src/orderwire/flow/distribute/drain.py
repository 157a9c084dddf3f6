"""One drain: send what is due on one shard of one endpoint, batch after batch, for a bounded time.

claim (committed) → render → attempts (committed before the first byte) → send → results. No transaction is open
while the network is used.
"""

import hashlib
import logging
import random
import time
from contextlib import ExitStack
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from orderwire.channels import Gone, Parcel, Refused, Session, Unavailable, Unknown
from orderwire.document.states import DeliveryState
from orderwire.flow import DATABASE_AWAY
from orderwire.flow.discreet import discreet, silenced
from orderwire.flow.distribute import health
from orderwire.flow.distribute.claim import claim
from orderwire.flow.distribute.claimed import BadSettings, Claimed, Place
from orderwire.flow.distribute.failpoint import failpoint
from orderwire.flow.distribute.leave import NOT_REPLACED, WANTED
from orderwire.flow.distribute.parcels import parcels
from orderwire.flow.distribute.result import ACTOR, LOCK_ORDERS, STATE_OF_PROOF, Outcome, Result, record
from orderwire.ledger import events
from orderwire.ledger.append import append_all
from orderwire.ledger.entry import Entry, entry
from orderwire.records import Drain, EndpointVersion

JITTER = 0.2
AWAY = 0.5
"""Seconds between two tries to write down a result while the database is away."""

logger = logging.getLogger(__name__)

INSERT_ATTEMPTS = f"""
insert into ow_attempt (delivery_id, number, fence, trigger, message_id, payload_sha256, intent_at, started_at,
                        code, text, sent_sha256)
select d.id, v.tries, v.fence, case when d.by_hand then 'manual' else 'scheduled' end,
       d.message_id, v.sha256, now(),
       case when %s or row_number() over (order by v.place) = 1 then now() end, '', '', ''
from unnest(%s::bigint[], %s::int[], %s::int[], %s::text[]) with ordinality as v(id, fence, tries, sha256, place)
join ow_delivery d on d.id = v.id and d.fence = v.fence and d.state = 'sending'
left join ow_order o on o.id = d.order_id
left join ow_revision r on r.id = d.revision_id
where {WANTED} and {NOT_REPLACED}
order by v.id
returning delivery_id, id
"""

Batch = list[tuple[Claimed, Parcel]]


def drain(endpoint_id: int, shard: int) -> None:
    """Send everything due on this shard; ends when nothing is due, the endpoint is paused, or time is up.

    A third of the lease's margin is the time, so that one endpoint cannot keep a slot for itself.
    """
    ends = time.monotonic() + settings.ORDERWIRE_LEASE_MARGIN / 3
    try:
        while time.monotonic() < ends:
            version = health.ready(endpoint_id)
            if version is None or not _one_batch(version, shard):
                return
    finally:
        Drain.objects.filter(endpoint_id=endpoint_id, shard=shard).delete()


def _one_batch(version: EndpointVersion, shard: int) -> bool:
    """One batch; False when no more is due or the partner cannot be reached."""
    try:
        place = Place.of(version)
    except BadSettings as failure:
        health.pause(version.endpoint_id, reason=str(failure))
        return False
    failpoint(f"{version.channel}.before_claim")
    claimed = claim(place, shard)
    failpoint(f"{version.channel}.after_claim")
    if not claimed:
        return False
    batch = _prepared(place, claimed)
    if not batch:
        return True
    batch = _intended(place, batch)
    if not batch:
        return True
    failpoint(f"{version.channel}.after_attempt")
    send = _send_together if place.channel.resendable else _send_each
    with ExitStack() as stack:
        try:
            with discreet(place.config):
                session = stack.enter_context(place.channel.open(place.config))
        except (Unavailable, Refused) as failure:
            _not_connected(place, batch, failure)
            return False
        except Exception:
            logger.exception("Channel %s failed to connect to endpoint %s", place.channel.kind, place.endpoint_id)
            _not_connected(place, batch, Unavailable("No connection because of a fault of ours. Report it."))
            return False
        send(place, session, batch)
    return len(claimed) == place.channel.batch  # fewer were due, so nothing is left; the next sweep is a second away


def _prepared(place: Place, claimed: list[Claimed]) -> Batch:
    batch, held = parcels(place, claimed)
    if held:
        results = [Result(c, Outcome.HELD, reason, state=DeliveryState.HELD) for c, reason in held]
        record(place.channel.kind, results)
    return batch


def _intended(place: Place, batch: Batch) -> Batch:
    """The attempt rows, committed before the first byte; who lost the fence or the order's yes meanwhile drops out.

    The first that is left is marked as started here, the others one by one (all at once where a resend does no harm).
    """
    hashes = [_payload_hash(parcel) for _, parcel in batch]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK_ORDERS, [[c.order_id for c, _ in batch if c.order_id]])
        cursor.execute(
            INSERT_ATTEMPTS,
            [
                place.channel.resendable,
                [c.id for c, _ in batch],
                [c.fence for c, _ in batch],
                [c.tries for c, _ in batch],
                hashes,
            ],
        )
        ids: dict[int, int] = dict(cursor.fetchall())
        for c, _ in batch:
            c.attempt_id = ids.get(c.id, 0)
        append_all(_attempted(place, c, sha256) for (c, _), sha256 in zip(batch, hashes, strict=True) if c.attempt_id)
    if stopped := [c for c, _ in batch if not c.attempt_id]:
        record(place.channel.kind, [_stopped(c) for c in stopped])
    return [(c, parcel) for c, parcel in batch if c.attempt_id]


def _stopped(c: Claimed) -> Result:
    text = "The order was stopped or replaced before the first byte."
    return Result(c, Outcome.NOT_STARTED, text, state=DeliveryState.READY, due_at=timezone.now())


def _rests(c: Claimed) -> Result:
    text = "The partner has switched this address off; it waits until somebody looked."
    return Result(c, Outcome.NOT_STARTED, text, state=DeliveryState.READY, due_at=timezone.now())


def _attempted(place: Place, c: Claimed, sha256: str) -> tuple[Entry, int | None]:
    event = events.DeliveryAttempted(number=c.tries, channel=place.channel.kind, message_id=c.message_id, sha256=sha256)
    about = {**c.subjects, "attempt": c.attempt_id}
    return entry(event, at=timezone.now(), actor=ACTOR, order=c.order_number, subjects=about), c.order_id


def _payload_hash(parcel: Parcel) -> str:
    digest = hashlib.sha256()
    for file in parcel.files:
        digest.update(hashlib.sha256(file.content).digest())
    return digest.hexdigest()


def _send_together(place: Place, session: Session, batch: Batch) -> None:
    """Re-sendable channels: one result write for the batch; a crash before it is settled by sending again."""
    results: list[Result] = []
    gone = False
    for c, parcel in batch:
        results.append(_rests(c) if gone else _try(place, session, c, parcel))
        gone = gone or results[-1].gone
    failpoint(f"{place.channel.kind}.before_result")
    _write_down(place, results)
    health.reached(place.endpoint_id)


def _send_each(place: Place, session: Session, batch: Batch) -> None:
    """Channels where a resend could double: a result per message, which also marks the next one as started."""
    starts = True
    for index, (c, parcel) in enumerate(batch):
        result = _try(place, session, c, parcel) if starts else _stopped(c)
        following = batch[index + 1][0] if index + 1 < len(batch) else None
        failpoint(f"{place.channel.kind}.before_result")
        starts = _write_down(place, [result], start_next=following)
    health.reached(place.endpoint_id)


def _write_down(place: Place, results: list[Result], *, start_next: Claimed | None = None) -> bool:
    """What became of a send is known only here: a database that is away is waited for while the lease lasts."""
    while True:
        try:
            return record(place.channel.kind, results, start_next=start_next)
        except DATABASE_AWAY as failure:
            if min(r.claimed.time_left() for r in results) < AWAY:
                raise
            logger.warning("A result cannot be written down (%s); trying again", failure)
            connection.close()
            time.sleep(AWAY)


def _try(place: Place, session: Session, c: Claimed, parcel: Parcel) -> Result:
    if c.time_left() < place.channel.timeout(place.config):
        text = "There was no time left to send it safely; it goes out with the next batch."
        return Result(c, Outcome.NOT_STARTED, text, state=DeliveryState.READY, due_at=timezone.now())
    try:
        with discreet(place.config):
            receipt = silenced(session.send(parcel), place.config)
    except Unavailable as failure:
        return _again(place, c, failure)
    except Refused as failure:
        gone = isinstance(failure, Gone)
        if gone:
            health.pause(place.endpoint_id, reason=failure.reason, gone=True)
        return Result(c, Outcome.REFUSED, failure.reason, failure.code, DeliveryState.FAILED, gone=gone)
    except Unknown as failure:
        return _unknown(place, c, failure.reason)
    except Exception:
        logger.exception("Channel %s failed on delivery %s", place.channel.kind, c.id)
        text = "The channel failed because of a fault of ours; what it had sent by then is not known."
        return _unknown(place, c, text)
    return Result(c, Outcome.ACCEPTED, receipt.text, state=STATE_OF_PROOF[receipt.proof], receipt=receipt)


def _unknown(place: Place, c: Claimed, text: str) -> Result:
    """It may have arrived: sent again by the schedule and marked, or left to a person."""
    if not place.sends_again(c):
        return Result(c, Outcome.UNKNOWN, text, state=DeliveryState.IN_DOUBT)
    c.duplicate = True
    return _again(place, c, Unavailable(text), Outcome.UNKNOWN)


def _again(place: Place, c: Claimed, failure: Unavailable, outcome: Outcome = Outcome.UNAVAILABLE) -> Result:
    """The retry schedule is data: so many seconds after each failure in a row, then a person decides."""
    schedule = place.version.retry or place.channel.retry
    if c.failures >= len(schedule):
        text = f"{failure.reason} Given up after {c.failures + 1} tries."
        return Result(c, outcome, text, failure.code, DeliveryState.FAILED, failures=c.failures + 1)
    wait = schedule[c.failures] * random.uniform(1 - JITTER, 1 + JITTER)
    if failure.retry_after:
        wait = max(wait, failure.retry_after.total_seconds())
    due = timezone.now() + timedelta(seconds=wait)
    return Result(c, outcome, failure.reason, failure.code, DeliveryState.RETRY, due, c.failures + 1)


def _not_connected(place: Place, batch: Batch, failure: Unavailable | Refused) -> None:
    """No connection, so nothing of the batch left; the breaker keeps the rest of the backlog from trying."""
    if isinstance(failure, Refused):
        results = [Result(c, Outcome.REFUSED, failure.reason, failure.code, DeliveryState.FAILED) for c, _ in batch]
    else:
        results = [_again(place, c, failure) for c, _ in batch]
    _write_down(place, results)
    health.missed(place.endpoint_id, failure.reason)
