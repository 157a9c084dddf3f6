"""The round that finds orders whose ERP may not know how they stand, and gives each one delivery of a status.

The ledger tells what changed: every transition is an event there, and sealed events have places without gaps. So a
round reads on from where the last one stopped, misses nothing that was written late, and costs nothing where nothing
happened. It may end anywhere: what is stale stays so until the ERP was told.
"""

import logging

from django.db import connection, transaction
from django.utils import timezone

from orderwire import engine
from orderwire.document.states import DeliveryState
from orderwire.flow import DATABASE_AWAY
from orderwire.flow.feed import counterpart
from orderwire.flow.feed.status import meaning, status_of
from orderwire.flow.route import shard_key
from orderwire.locks import Lock
from orderwire.records import ControlNumber, Counterpart, Delivery, Order, TreeHead

LEAVES = 20_000
"""Places in the ledger that one round reads at most."""
AT_ONCE = 200
"""Orders that one round looks at."""

_OPEN = (DeliveryState.READY, DeliveryState.SENDING, DeliveryState.RETRY)
_STUCK = (DeliveryState.IN_DOUBT, DeliveryState.HELD, DeliveryState.FAILED)

STALE = """
update ow_counterpart c set stale = true
from (select distinct e.order_id from ow_leaf l join ow_event e on e.id = l.event_id
      where l.position >= %s and l.position < %s and e.order_id is not null) changed
where c.order_id = changed.order_id and not c.stale
"""

logger = logging.getLogger(__name__)


def feed() -> None:
    """One round. Does nothing while another one runs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [Lock.FEED])
        if not cursor.fetchone()[0]:
            return
        _read_on(cursor)
        stale = list(Counterpart.objects.filter(stale=True).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    for pk in stale:
        try:
            _look(pk)
        except DATABASE_AWAY:
            raise
        except Exception:  # one order that cannot be said must not keep the others' ERPs in the dark
            logger.exception("The status of counterpart %s could not be made", pk)
            Counterpart.objects.filter(pk=pk).update(stale=False)


def _read_on(cursor: object) -> None:
    """What the ledger tells since the last round. A counterpart begins stale, so what was before it does not count."""
    size = TreeHead.objects.order_by("-size").values_list("size", flat=True).first() or 0
    mark, new = ControlNumber.objects.get_or_create(scope="feed", name="leaf", defaults={"last": size})
    upto = min(size, mark.last + LEAVES)
    if new or upto <= mark.last:
        return
    cursor.execute(STALE, [mark.last, upto])  # type: ignore[attr-defined]
    mark.last = upto
    mark.save(update_fields=["last"])


def _look(pk: int) -> None:
    """Whether the ERP knows how this order stands. The order is locked first, as by everybody."""
    with transaction.atomic():
        order_id = Counterpart.objects.values_list("order_id", flat=True).get(pk=pk)
        if not Order.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=order_id).exists():
            return  # busy: the next round comes
        found = Counterpart.objects.select_for_update(of=("self",)).select_related("endpoint", "order").get(pk=pk)
        found.stale = False
        found.save(update_fields=["stale"])
        version = found.endpoint.current
        if not found.endpoint.active or not counterpart.told(version):
            return
        if meaning(status_of(found)) != found.told_sha256:
            _tell(found)


def _tell(found: Counterpart) -> None:
    """One delivery says everything that is new: one that waits already will, one that failed is tried again."""
    sent = Delivery.objects.filter(endpoint=found.endpoint, order=found.order, kind=Delivery.Kind.STATUS)
    if sent.filter(state__in=_OPEN).exists():
        return
    stuck = sent.select_for_update().filter(state__in=_STUCK).order_by("-pk").first()
    if stuck is not None:
        stuck.state, stuck.due_at, stuck.failures, stuck.reason = DeliveryState.READY, timezone.now(), 0, ""
        stuck.save(update_fields=["state", "due_at", "failures", "reason", "changed_at"])
    else:
        identity = f"status.{found.pk}.{sent.count() + 1}"
        Delivery.objects.create(
            kind=Delivery.Kind.STATUS,
            endpoint=found.endpoint,
            endpoint_version=found.endpoint.version,
            order=found.order,
            shard_key=shard_key(found.order.number),
            due_at=timezone.now(),
            message_id=identity,
        )
    engine.defer_sweep()
