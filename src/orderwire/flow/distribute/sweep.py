"""The only scheduler: finds shards with something due and asks for a drain of each; fires clocks that ran out.

One sweep at a time over all machines. A lost drain is asked for again when its row in `ow_drain` runs out,
which is longer than a drain lasts.
"""

import datetime
import logging
import time
from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from orderwire import engine
from orderwire.document.states import AnswerState
from orderwire.flow import DATABASE_AWAY, expiry, fallback, ladder
from orderwire.flow.awaited import remind
from orderwire.flow.distribute.leave import WANTED
from orderwire.flow.remind import tidy
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.locks import Lock
from orderwire.records import Order, Timer

AT_ONCE = 500
LONGEST = 5
"""Seconds for clocks in one round."""
PATIENCE = datetime.timedelta(minutes=10)
"""After which a clock that could not be fired is tried again."""

logger = logging.getLogger(__name__)

Verb = Callable[[Timer, Order], None]
VERBS = {
    "answer_due": (__name__, "answer_overdue"),
    "remind": ("orderwire.flow.remind", "fire"),
    "receipt_due": ("orderwire.flow.fallback", "overdue"),
    "cancellation_due": ("orderwire.flow.cancel.clocks", "overdue"),
}
"""The verb of each kind of clock. Named and not imported: the verbs may themselves distribute what they decide."""

SUSPECTS = 2
"""Drains at a time, over all machines, of places that did not answer last time: they may hang until their timeouts, and
would keep the senders from everybody else. It is also how many of a silent host's partners come back at once."""

HOST = "coalesce(v.config->>'host', substring(v.config->>'url' from '^[a-z]+://(?:[^@/]*@)?([^/:?#]+)'))"
"""The machine behind an endpoint: where it does not answer one of its endpoints, it may answer none."""

# A loose index scan: one step per endpoint that has anything open, however long its backlog is. Order and offset keep
# the planner from reading all backlogs to see whether a shard has anything due.
DUE_SHARDS = f"""
with recursive busy as (
  (select endpoint_id from ow_delivery where state in ('ready', 'retry', 'sending') order by endpoint_id limit 1)
  union all
  select (select d.endpoint_id from ow_delivery d
          where d.state in ('ready', 'retry', 'sending') and d.endpoint_id > busy.endpoint_id
          order by d.endpoint_id limit 1)
  from busy where busy.endpoint_id is not null
), failing as materialized (
  select e.id, {HOST} as host, e.last_failure_at
  from ow_endpoint e join ow_endpoint_version v on v.endpoint_id = e.id and v.number = e.version
  where e.failures > 0
), hosts as materialized (
  select e.id, {HOST} as host, e.last_success_at
  from ow_endpoint e join ow_endpoint_version v on v.endpoint_id = e.id and v.number = e.version
  where exists (select 1 from failing)
), silent as materialized (
  select distinct f.host from failing f
  where not exists (select 1 from hosts h where h.host = f.host and h.last_success_at > f.last_failure_at)
), suspects as materialized (
  select id from failing union select h.id from hosts h join silent using (host)
), shards as (
  select e.id as endpoint_id, s.shard, e.id in (select id from suspects) as suspect,
         row_number() over (partition by e.id order by s.shard) as place, e.paused_until
  from busy join ow_endpoint e on e.id = busy.endpoint_id
  cross join lateral generate_series(0, e.max_parallel - 1) as s(shard)
  where e.active and coalesce(e.paused_until, '-infinity') <= now() and coalesce(e.slot_at, '-infinity') <= now()
    and not exists (select 1 from ow_drain a
                    where a.endpoint_id = e.id and a.shard = s.shard and a.queued_until > now())
    and exists (select 1 from ow_delivery d left join ow_order o on o.id = d.order_id
                where d.endpoint_id = e.id and d.state in ('ready', 'retry', 'sending') and d.due_at <= now()
                  and mod(d.shard_key, e.max_parallel) = s.shard
                  and (d.state = 'sending' or {WANTED})
                order by d.due_at, d.id offset 0)
), probes as (
  select s.endpoint_id, s.shard from shards s
  where s.suspect and s.place = 1
    and not exists (select 1 from ow_drain a where a.endpoint_id = s.endpoint_id and a.queued_until > now())
  order by s.paused_until nulls first, s.endpoint_id
  limit greatest(0, {SUSPECTS} - (select count(*) from ow_drain a
                                  where a.endpoint_id in (select id from suspects) and a.queued_until > now()))
), chosen as (
  (select endpoint_id, shard from shards where not suspect order by endpoint_id, shard limit %(limit)s)
  union all select endpoint_id, shard from probes
)
insert into ow_drain (endpoint_id, shard, queued_until)
select endpoint_id, shard, now() + make_interval(secs => %(lease)s) from chosen
order by endpoint_id, shard
on conflict (endpoint_id, shard) do update set queued_until = excluded.queued_until
  where ow_drain.queued_until <= now()
returning endpoint_id, shard
"""


def sweep() -> None:
    """One round. Does nothing while another sweep runs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [Lock.SWEEP])
        if not cursor.fetchone()[0]:
            return
        cursor.execute(DUE_SHARDS, {"lease": settings.ORDERWIRE_LEASE_MARGIN, "limit": AT_ONCE})
        engine.defer_drains(cursor.fetchall())
    fallback.leave()
    _fire_timers()
    tidy()
    expiry.daily()


def _fire_timers() -> None:
    """Each clock by itself, for a bounded time, so that a burst of them keeps no order waiting. One that cannot be
    fired comes again later, and the others go on."""
    ends = time.monotonic() + LONGEST
    due = Timer.objects.filter(due_at__lte=timezone.now(), fired_at__isnull=True, stopped_at__isnull=True)
    for timer_id, order_id in due.order_by("due_at", "pk").values_list("pk", "order_id")[:AT_ONCE]:
        if time.monotonic() > ends:
            return
        try:
            _fire(timer_id, order_id)
        except DATABASE_AWAY:
            raise
        except Exception:
            logger.exception("Timer %s of order %s could not be fired", timer_id, order_id)
            Timer.objects.filter(pk=timer_id).update(due_at=timezone.now() + PATIENCE)


def _fire(timer_id: int, order_id: int | None) -> None:
    """The order is locked before its clock, as by everybody. A busy one waits for the next round."""
    with transaction.atomic():
        order = Order.objects.select_for_update(skip_locked=True).filter(pk=order_id).first() if order_id else None
        timer = Timer.objects.select_for_update(skip_locked=True).filter(pk=timer_id).first()
        if (order is None and order_id) or timer is None or timer.fired_at or timer.stopped_at:
            return
        timer.fired_at = timezone.now()
        timer.save(update_fields=["fired_at"])
        if order is not None:
            _verb(timer.kind)(timer, order)


def _verb(kind: str) -> Verb:
    """What a clock of this kind starts."""
    module, name = VERBS[kind]
    verb: Verb = getattr(import_module(module), name)
    return verb


def answer_overdue(timer: Timer, order: Order) -> None:
    """The time for an answer is over; that the order was received is none. Who was not reminded yet is from now on."""
    due = order.answer_due_at
    if order.answer_state not in (AnswerState.WAITING, AnswerState.RECEIVED) or due is None or due > timezone.now():
        return  # answered, or asked again meanwhile: by a newer version, or by a buyer who insists
    order.answer_state, order.changed_at, order.last_event = AnswerState.OVERDUE, timezone.now(), "No answer in time"
    order.save(update_fields=["answer_state", "changed_at", "last_event"])
    overdue = events.AnswerOverdue(due_at=due)
    revision_id = order.revisions.values_list("pk", flat=True).get(number=order.revision)
    append(overdue, actor="system:worker", order=order, subjects={"revision": revision_id})
    if not Timer.objects.filter(order=order, kind=ladder.KIND, data__due=ladder.instant(due)).exists():
        remind(order, due)
