"""The only scheduler: finds shards with something due and asks for a drain of each; fires clocks that ran out.

One sweep at a time over all machines. A lost drain is asked for again when its row in `ow_drain` runs out.
"""

from django.db import connection, transaction
from django.utils import timezone

from orderwire import engine
from orderwire.document.states import AnswerState
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Timer

SWEEP_LOCK = 7_301_002
AT_ONCE = 500
DRAIN_LEASE = 60
"""Seconds until a drain that left no word is asked for again; longer than a drain's own budget."""

# A loose index scan: one step per endpoint that has anything open, however long its backlog is.
DUE_SHARDS = """
with recursive busy as (
  (select endpoint_id from ow_delivery where state in ('ready', 'retry', 'sending') and due_at <= now()
   order by endpoint_id limit 1)
  union all
  select (select d.endpoint_id from ow_delivery d
          where d.state in ('ready', 'retry', 'sending') and d.due_at <= now() and d.endpoint_id > busy.endpoint_id
          order by d.endpoint_id limit 1)
  from busy where busy.endpoint_id is not null
), shards as (
  select e.id as endpoint_id, s.shard
  from busy join ow_endpoint e on e.id = busy.endpoint_id
  cross join lateral generate_series(0, e.max_parallel - 1) as s(shard)
  where e.active and coalesce(e.paused_until, '-infinity') <= now()
    and exists (select 1 from ow_delivery d
                where d.endpoint_id = e.id and d.state in ('ready', 'retry', 'sending') and d.due_at <= now()
                  and mod(d.shard_key, e.max_parallel) = s.shard)
)
insert into ow_drain (endpoint_id, shard, queued_until)
select endpoint_id, shard, now() + make_interval(secs => %(lease)s) from shards
order by endpoint_id, shard
limit %(limit)s
on conflict (endpoint_id, shard) do update set queued_until = excluded.queued_until
  where ow_drain.queued_until <= now()
returning endpoint_id, shard
"""


def sweep() -> None:
    """One round. Does nothing while another sweep runs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [SWEEP_LOCK])
        if not cursor.fetchone()[0]:
            return
        cursor.execute(DUE_SHARDS, {"lease": DRAIN_LEASE, "limit": AT_ONCE})
        engine.defer_drains(cursor.fetchall())
    _fire_timers()


def _fire_timers() -> None:
    now = timezone.now()
    with transaction.atomic():
        due = (
            Timer.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(due_at__lte=now, fired_at__isnull=True, stopped_at__isnull=True)
            .select_related("order", "delivery")
            .order_by("due_at")[:AT_ONCE]
        )
        for timer in due:
            timer.fired_at = now
            timer.save(update_fields=["fired_at"])
            if timer.kind == "answer_due":
                _answer_overdue(timer)


def _answer_overdue(timer: Timer) -> None:
    order = timer.order
    if order is None or order.answer_state != AnswerState.WAITING or timer.delivery is None:
        return
    order.answer_state, order.changed_at, order.last_event = AnswerState.OVERDUE, timezone.now(), "No answer in time"
    order.save(update_fields=["answer_state", "changed_at", "last_event"])
    append(
        events.AnswerOverdue(due_at=timer.due_at),
        actor="system:worker",
        order=order,
        subjects={"revision": timer.delivery.revision_id or 0},
    )
