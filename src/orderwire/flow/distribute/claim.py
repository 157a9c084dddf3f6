"""Takes due deliveries of one shard, a few at a time, under a lease and a fence. Nobody else has them meanwhile.

A delivery found "sending" after its lease ended belongs to a worker that died: what its last try left behind is
settled here, before anything is sent again.
"""

import time

from django.conf import settings
from django.db import connection, transaction

from orderwire.document.states import DeliveryState
from orderwire.flow.distribute import pace
from orderwire.flow.distribute.claimed import Claimed, Place
from orderwire.flow.distribute.leave import WANTED
from orderwire.flow.distribute.result import Outcome, Result, record

CLAIM = f"""
with picked as (
  select d.id, d.state as was
  from ow_delivery d left join ow_order o on o.id = d.order_id
  where d.endpoint_id = %(endpoint)s
    and d.state in ('ready', 'retry', 'sending') and d.due_at <= now()
    and mod(d.shard_key, %(shards)s) = %(shard)s
    and (d.state = 'sending' or {WANTED})
    and not exists (
      select 1 from ow_delivery older
      where older.order_id = d.order_id and older.endpoint_id = d.endpoint_id and older.id < d.id
        and older.state in ('ready', 'retry', 'sending') and older.kind not in ('notice', 'status'))
  order by d.due_at, d.id
  limit %(batch)s
  for update of d skip locked
), claimed as (
  update ow_delivery d
  set state = 'sending', fence = d.fence + 1, tries = d.tries + 1, changed_at = now(),
      due_at = now() + make_interval(secs => %(lease)s)
  from picked where d.id = picked.id
  returning d.*, picked.was
)
select c.id, c.kind, c.says, c.fence, c.tries, c.failures, c.message_id, c.duplicate, c.parcel, c.primary, c.was,
       c.endpoint_version, e.version, e.partner_id,
       c.order_id, o.number, c.revision_id, r.number, r.sha256, r.content,
       exists (select 1 from ow_approval a where a.revision_id = r.id and a.revision_sha256 = r.sha256
                 and a.decision = 'granted'),
       v.receipt_minutes, l.prices, l.profile, l.answer_required, l.answer_due_days, l.recipient_id,
       t.id, t.started_at
from claimed c
join ow_endpoint e on e.id = c.endpoint_id
left join ow_endpoint_version v on v.endpoint_id = c.endpoint_id and v.number = c.endpoint_version
left join ow_order o on o.id = c.order_id
left join ow_revision r on r.id = c.revision_id
left join ow_leg l on l.id = c.leg_id
left join ow_attempt t on t.delivery_id = c.id and t.outcome is null
order by c.id
"""


def claim(place: Place, shard: int) -> list[Claimed]:
    """The next due deliveries of the shard, oldest first, never two revisions of one order, no more than the partner
    takes in a minute; committed on return.

    The lease lasts a margin longer than the longest single send; a batch stops when less than one send is left.
    """
    lease = place.channel.timeout(place.config) + settings.ORDERWIRE_LEASE_MARGIN
    started = time.monotonic()
    paced = place.version.endpoint.per_minute is not None
    with transaction.atomic(), connection.cursor() as cursor:
        batch = pace.slots(place.endpoint_id, place.channel.batch) if paced else place.channel.batch
        cursor.execute(
            CLAIM,
            {
                "endpoint": place.endpoint_id,
                "shards": place.shards,
                "shard": shard,
                "batch": batch,
                "lease": lease,
            },
        )
        claimed = [Claimed(*row) for row in cursor.fetchall()]
        if paced:
            pace.took(place.endpoint_id, len(claimed))
    for c in claimed:
        c.lease_ends = started + lease
    gone = _settle(place, [c for c in claimed if c.open_attempt is not None])
    return [c for c in claimed if c.id not in gone]


def _settle(place: Place, doubtful: list[Claimed]) -> set[int]:
    """What a dead worker left: not started means nothing left this machine; else the channel's kind decides.

    Returns the ids that are not to be sent.
    """
    results: list[Result] = []
    gone: set[int] = set()
    for c in doubtful:
        c.attempt_id = c.open_attempt or 0
        if c.open_started is None:
            results.append(Result(c, Outcome.NOT_STARTED, "The sender stopped before the first byte.", keep_claim=True))
        elif place.sends_again(c):
            c.duplicate = True
            text = "The sender stopped in the middle; it goes out again under the same id."
            results.append(Result(c, Outcome.UNKNOWN, text, keep_claim=True))
        else:
            gone.add(c.id)
            text = "The connection broke while it was sent. It may have arrived; sending again could reach them twice."
            results.append(Result(c, Outcome.UNKNOWN, text, state=DeliveryState.IN_DOUBT))
    if results:
        record(place.channel.kind, results)
    return gone
