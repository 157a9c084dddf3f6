"""Writes down how tries ended: attempt, delivery, receipts, clocks, events and the order's axes in one transaction.

Guarded by the fence: a worker that lost its lease changes nothing any more.
"""

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection, transaction
from django.utils import timezone

from orderwire.channels import Proof
from orderwire.channels import Receipt as Word
from orderwire.document.states import DeliveryState
from orderwire.flow import evidence, fallback
from orderwire.flow.awaited import timers
from orderwire.flow.cancel.later import landed
from orderwire.flow.distribute import recipients
from orderwire.flow.distribute.claimed import Claimed
from orderwire.flow.distribute.leave import NOT_REPLACED, OVER, WANTED
from orderwire.flow.fallback.chain import INSTEAD_OF
from orderwire.flow.feed import told
from orderwire.flow.left import REST_OF
from orderwire.ledger import events
from orderwire.ledger.append import append_all
from orderwire.ledger.entry import Entry, Event, entry
from orderwire.records import Delivery, Order, Receipt, Timer
from orderwire.records.blob import keep

ACTOR = "system:worker"


class Outcome(StrEnum):
    """How one try ended (records.Attempt.Outcome), or that the delivery never got that far."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"
    NOT_STARTED = "not_started"
    HELD = "held"


@dataclass(frozen=True)
class Result:
    """How one claimed delivery fared. `state` and `due_at` are what it is from now on.

    `keep_claim` only closes the attempt: the delivery stays ours and is sent next. `next_attempt` marks the attempt
    that starts right after this result is committed.
    """

    claimed: Claimed
    outcome: Outcome
    text: str
    code: str | None = None
    state: DeliveryState = DeliveryState.SENDING
    due_at: datetime.datetime | None = None
    failures: int = 0
    receipt: Word | None = None
    keep_claim: bool = False
    gone: bool = False


STATE_OF_PROOF = {
    Proof.SENT: DeliveryState.ACCEPTED,
    Proof.HANDED_OVER: DeliveryState.ACCEPTED,
    Proof.DELIVERED: DeliveryState.DELIVERED,
}

CLOSE_ATTEMPTS = """
update ow_attempt a set outcome = v.outcome, finished_at = now(), code = v.code, text = v.text, sent_sha256 = v.sent
from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[]) as v(id, outcome, code, text, sent)
where a.id = v.id and a.outcome is null
"""

START_ATTEMPT = f"""
update ow_attempt a set started_at = now()
from ow_delivery d left join ow_order o on o.id = d.order_id left join ow_revision r on r.id = d.revision_id
where a.id = %s and a.outcome is null and d.id = a.delivery_id
  and {WANTED} and {NOT_REPLACED}
"""

# An answer may have arrived while we were still sending: what is proven already is never taken back.
MOVE_DELIVERIES = """
update ow_delivery d
set state = case when d.state = 'sending' then v.state else d.state end,
    due_at = case when d.state = 'sending' then v.due_at end,
    by_hand = false, reason = v.reason, failures = v.failures, duplicate = v.duplicate, changed_at = now(),
    accepted_at = case when v.accepted then coalesce(d.accepted_at, now()) else d.accepted_at end
from unnest(%s::bigint[], %s::int[], %s::text[], %s::timestamptz[], %s::text[], %s::int[], %s::bool[], %s::bool[])
  as v(id, fence, state, due_at, reason, failures, duplicate, accepted)
where d.id = v.id and d.fence = v.fence and d.state in ('sending', 'delivered', 'opened', 'answered')
returning d.id, d.state
"""

# Everybody who changes an order locks it before its deliveries: the other way round, two would wait for each other.
LOCK_ORDERS = "select 1 from ow_order where id = any(%s) order by id for no key update"

# A newer version was planned while this one was being sent: what did not arrive is not tried again.
SUPERSEDE = """
update ow_delivery d
set state = 'superseded', due_at = null, changed_at = now(),
    reason = 'Replaced by the plan of version ' || o.revision || '.'
from ow_order o, ow_revision r
where d.id = any(%s) and d.state = any(%s) and o.id = d.order_id and r.id = d.revision_id and r.number < o.revision
  and exists (select 1 from ow_plan p join ow_revision n on n.id = p.revision_id
              where n.order_id = o.id and n.number = o.revision)
returning d.id, o.revision
"""
# Cancelled while it was being sent, or not wanted any more: what did not arrive is not tried again.
END = f"""
update ow_delivery d
set state = 'cancelled', due_at = null, changed_at = now(),
    reason = case when d.kind <> 'order' then 'It is not needed any more.'
                  when d.says ? 'unneeded' and d.says ? 'rest_of' then 'It goes to all addresses anew.'
                  when d.says ? 'unneeded' then 'The earlier sending arrived after all.'
                  when d.duplicate then 'The order is cancelled. An earlier try may have arrived.'
                  else 'The order was cancelled before it arrived.' end
from ow_delivery same left join ow_order o on o.id = same.order_id left join ow_revision r on r.id = same.revision_id
where d.id = any(%s) and d.state = any(%s) and same.id = d.id and {OVER}
returning d.id, d.reason
"""
UNSENT = ("ready", "retry", "held", "failed", "in_doubt")

MOVE_ORDERS = """
update ow_order o
set delivery_state = v.state, changed_at = now(), last_event = v.last_event,
    answer_state = case when v.asks and o.answer_state = 'not_asked' then 'waiting' else o.answer_state end,
    answer_due_at = case when v.asks and o.answer_state = 'not_asked' then v.due else o.answer_due_at end
from unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::bool[], %s::timestamptz[])
  as v(id, revision, state, last_event, asks, due)
where o.id = v.id and o.revision = v.revision
"""


def record(channel: str, results: list[Result], *, start_next: Claimed | None = None) -> bool:
    """Commit these results together; `start_next` is whose first byte follows (its attempt is marked as started).

    False where that attempt must not start: somebody took it for abandoned and closed it, or its order was stopped or
    replaced meanwhile.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        concerned = [*(r.claimed for r in results), *([start_next] if start_next else [])]
        cursor.execute(LOCK_ORDERS, [[c.order_id for c in concerned if c.order_id]])
        tried = [r for r in results if r.claimed.attempt_id and r.outcome is not Outcome.HELD]
        cursor.execute(
            CLOSE_ATTEMPTS,
            [
                [r.claimed.attempt_id for r in tried],
                [r.outcome.value for r in tried],
                [r.code or "" for r in tried],
                [r.text for r in tried],
                [_sent(r) for r in tried],
            ],
        )
        moved = [r for r in results if not r.keep_claim]
        if moved:
            _move(cursor, channel, moved)
        if start_next is not None:
            cursor.execute(START_ATTEMPT, [start_next.attempt_id])
            return bool(cursor.rowcount)
    return True


def _sent(result: Result) -> str:
    if result.receipt is None or result.receipt.sent is None:
        return ""
    return keep(result.receipt.sent, "message/rfc822", sealed=True)


def _move(cursor: object, channel: str, results: list[Result]) -> None:
    cursor.execute(  # type: ignore[attr-defined]
        MOVE_DELIVERIES,
        [
            [r.claimed.id for r in results],
            [r.claimed.fence for r in results],
            [r.state.value for r in results],
            [r.due_at for r in results],
            ["" if r.outcome is Outcome.ACCEPTED else r.text for r in results],
            [r.failures for r in results],
            [r.claimed.duplicate for r in results],
            [r.outcome is Outcome.ACCEPTED for r in results],
        ],
    )
    states: dict[int, str] = dict(cursor.fetchall())  # type: ignore[attr-defined]
    ours = [r for r in results if r.claimed.id in states]
    now = timezone.now()
    Receipt.objects.bulk_create(
        [
            Receipt(
                delivery_id=r.claimed.id,
                kind=r.receipt.proof.value,
                external_id=r.receipt.external_id[:200],
                text=r.receipt.text,
                blob_id=keep(r.receipt.evidence) if r.receipt.evidence else None,
                at=now,
            )
            for r in ours
            if r.receipt
        ],
        ignore_conflicts=True,
    )
    recipients.keep(channel, ((r.claimed, r.receipt) for r in ours if r.receipt and r.receipt.recipients), at=now)
    recipients.lost(((r.claimed, r.text) for r in ours if r.state is DeliveryState.FAILED), at=now)
    told.written({r.claimed.id: r.claimed.told for r in ours if r.outcome is Outcome.ACCEPTED and r.claimed.told})
    rows: list[tuple[Entry, int | None]] = []
    for r in ours:
        row = entry(_event(r), at=now, actor=ACTOR, order=r.claimed.order_number, subjects=r.claimed.subjects)
        rows.append((row, r.claimed.order_id))
    append_all(rows)
    unsent = [r for r in ours if states[r.claimed.id] in UNSENT]
    _end(cursor, unsent)
    _supersede(cursor, unsent)
    _move_orders(cursor, channel, [(r, states[r.claimed.id]) for r in ours if r.claimed.primary])
    fallback.windows(_windows(r for r in ours if states[r.claimed.id] == DeliveryState.ACCEPTED))
    if turned := [r.claimed.id for r in unsent if r.state is DeliveryState.FAILED or INSTEAD_OF in r.claimed.says]:
        fallback.ended(turned)
    _last_hope(r for r in ours if r.state is DeliveryState.FAILED and REST_OF in r.claimed.says)


def _last_hope(results: Iterable[Result]) -> None:
    """Who was to get it later does not; where the others' mail came back meanwhile, all of it did."""
    for r in results:
        whole = Delivery.objects.get(pk=recipients.whole(r.claimed))
        if not recipients.reached(whole):
            list(evidence.disprove(whole, Order.objects.get(deliveries=whole), r.text))


def _windows(results: Iterable[Result]) -> Iterator[tuple[int, int, int]]:
    """What was handed over on a way that is to prove its receipt in so many minutes."""
    for r in results:
        c = r.claimed
        if c.receipt_minutes is not None and c.order_id is not None and c.kind in ("order", "cancellation"):
            yield c.id, c.order_id, c.receipt_minutes


def _end(cursor: object, results: list[Result]) -> None:
    if not results:
        return
    ending = [state for state in UNSENT if state != "in_doubt"]
    cursor.execute(END, [[r.claimed.id for r in results], ending])  # type: ignore[attr-defined]
    ended: dict[int, str] = dict(cursor.fetchall())  # type: ignore[attr-defined]
    _tell(results, {id: events.DeliveryCancelled(reason=reason) for id, reason in ended.items()})
    for order_id in {r.claimed.order_id for r in results if r.claimed.id in ended and r.claimed.kind == "order"}:
        landed(order_id or 0)


def _supersede(cursor: object, results: list[Result]) -> None:
    if not results:
        return
    cursor.execute(SUPERSEDE, [[r.claimed.id for r in results], list(UNSENT)])  # type: ignore[attr-defined]
    newer: dict[int, int] = dict(cursor.fetchall())  # type: ignore[attr-defined]
    _tell(results, {id: events.DeliverySuperseded(by_revision=revision) for id, revision in newer.items()})


def _tell(results: list[Result], told: Mapping[int, Event]) -> None:
    now = timezone.now()
    append_all(
        (
            entry(
                told[r.claimed.id],
                at=now,
                actor=ACTOR,
                order=r.claimed.order_number,
                subjects=r.claimed.subjects,
            ),
            r.claimed.order_id,
        )
        for r in results
        if r.claimed.id in told
    )


def _move_orders(cursor: object, channel: str, results: list[tuple[Result, str]]) -> None:
    if not results:
        return
    asks = [(r, _answer_by(r)) for r, _ in results]
    cursor.execute(  # type: ignore[attr-defined]
        MOVE_ORDERS,
        [
            [r.claimed.order_id for r, _ in results],
            [r.claimed.revision for r, _ in results],
            [state for _, state in results],
            [_headline(r, channel) for r, _ in results],
            [due is not None for _, due in asks],
            [due for _, due in asks],
        ],
    )
    Timer.objects.bulk_create(
        timer
        for r, due in asks
        if due is not None and r.claimed.order_id is not None
        for timer in timers(r.claimed.parcel or {}, due, order_id=r.claimed.order_id, delivery_id=r.claimed.id)
    )


def _answer_by(result: Result) -> datetime.datetime | None:
    """When the answer is due, as it was printed; only where one is asked for and the order was taken over."""
    if result.outcome is not Outcome.ACCEPTED or not result.claimed.answer_required:
        return None
    text = (result.claimed.parcel or {}).get("answer_by")
    return datetime.datetime.fromisoformat(text) if text else None


def _headline(result: Result, channel: str) -> str:
    word = {
        Outcome.ACCEPTED: f"Handed over by {channel}",
        Outcome.REFUSED: f"Refused: {result.text}",
        Outcome.UNAVAILABLE: f"Not reached: {result.text}",
        Outcome.UNKNOWN: "May have arrived",
        Outcome.HELD: f"Held: {result.text}",
        Outcome.NOT_STARTED: "To send",
    }[result.outcome]
    return word[:200]


def _event(result: Result) -> Event:
    match result.state:
        case DeliveryState.ACCEPTED | DeliveryState.DELIVERED if result.receipt:
            word = result.receipt
            return events.DeliveryAccepted(
                proof=word.proof.value,
                text=word.text,
                external_id=word.external_id or None,
                sent_sha256=_hash(word.sent),
                evidence_sha256=_hash(word.evidence),
            )
        case DeliveryState.RETRY if result.due_at:
            return events.DeliveryRetry(reason=result.text, code=result.code, next_at=result.due_at)
        case DeliveryState.IN_DOUBT:
            return events.DeliveryInDoubt(reason=result.text)
        case DeliveryState.HELD:
            return events.DeliveryHeld(reason=result.text)
        case DeliveryState.READY:
            return events.DeliverySettled(state=result.state.value, reason=result.text)
        case _:
            return events.DeliveryFailed(reason=result.text, code=result.code)


def _hash(content: bytes | None) -> str | None:
    return hashlib.sha256(content).hexdigest() if content else None
