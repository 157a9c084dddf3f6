"""What waits for an address that the partner has switched off (HTTP 410, an answer like it) does not wait: it goes the
next way. A pause that a person made moves nothing."""

from django.db import connection, transaction

from orderwire.document.states import DeliveryState
from orderwire.flow.fallback import chain
from orderwire.flow.fallback.climb import move
from orderwire.flow.fallback.lead import WORKER
from orderwire.records import Delivery, Endpoint, Order

AT_ONCE = 100
REASON = "The partner has switched this address off."

_WAITING = f"""
select d.id, d.order_id from ow_endpoint e
join ow_delivery d on d.endpoint_id = e.id and d.state in ('ready', 'retry') and d.due_at is not null
join ow_leg l on l.id = d.leg_id
where e.gone and d.kind in ('order', 'cancellation') and exists (
  select 1 from unnest(l.ladder) with ordinality w(id, place) join ow_endpoint n on n.id = w.id
  join ow_partner p on p.id = n.partner_id
  where n.active and not n.gone and p.active and w.place <= coalesce(array_length(l.ladder_versions, 1), 0)
    and w.place > coalesce(array_position(l.ladder, d.endpoint_id), 0))
order by d.due_at, d.id limit {AT_ONCE}
"""


def leave() -> None:
    """One round, each delivery by itself; a busy one waits for the next round."""
    if not Endpoint.objects.filter(gone=True).exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        found = cursor.fetchall()
    for delivery_id, order_id in found:
        with transaction.atomic():
            order = Order.objects.select_for_update(skip_locked=True).filter(pk=order_id).first()
            if order is None:
                continue
            rows = Delivery.objects.select_for_update(of=("self",)).select_related("leg__recipient", "revision")
            delivery = rows.get(pk=delivery_id)
            waits = delivery.state in (DeliveryState.READY, DeliveryState.RETRY) and chain.wanted(delivery, order)
            way = chain.next_way(delivery) if waits else None
            if way is not None and not any(d.state in chain.LIVE for d in chain.others(delivery)):
                move(delivery, order, way, actor=WORKER, reason=REASON)
