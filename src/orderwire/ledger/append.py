"""The only writer of events: in the same transaction as the transition, and with a word to the open pages."""

from collections.abc import Iterable, Mapping

from django.db import connection, transaction
from django.utils import timezone

from orderwire.ledger.entry import Entry, Event, Subject, entry
from orderwire.records import Event as EventRow
from orderwire.records import Order

CHANNEL = "orderwire"
"""PostgreSQL notification channel of live pages; the payload is an order's id, or empty for "look around"."""


def append(
    event: Event, *, actor: str, order: Order | None = None, subjects: Mapping[Subject, str | int] | None = None
) -> None:
    """Record one event of the current transaction. Raises ValueError where it could not be proven later."""
    row = entry(event, at=timezone.now(), actor=actor, order=order.number if order else None, subjects=subjects)
    append_all([(row, order.pk if order else None)])


def append_all(rows: Iterable[tuple[Entry, int | None]]) -> None:
    """Record several events at once, each with the primary key of its order."""
    records = [
        EventRow(
            at=row.at,
            kind=row.kind,
            actor=row.actor,
            order_id=order_id,
            order_number=row.order,
            subjects=dict(row.subjects),
            data=dict(row.data),
        )
        for row, order_id in rows
    ]
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event belongs into the transaction of what it tells of")
    EventRow.objects.bulk_create(records)
    notify({record.order_id for record in records})


def notify(order_ids: Iterable[int | None]) -> None:
    """Tell open pages which orders changed, when the transaction commits; many orders become one general word."""
    ids = {str(order_id) for order_id in order_ids if order_id is not None}
    payloads = sorted(ids) if 0 < len(ids) <= 20 else [""]
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, p) from unnest(%s::text[]) p", [CHANNEL, payloads])
