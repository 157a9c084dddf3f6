"""Seals the ledger: orders the settled events, extends the Merkle tree, signs its head and exports it as checkpoint.

An event is settled when its transaction id is below the oldest transaction still running in this database; so nothing
can appear before what is sealed, and writers never wait for each other.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from orderwire.ledger.entry import Entry
from orderwire.ledger.keys import SigningKey, load
from orderwire.ledger.merkle import Frontier, leaf_hash
from orderwire.locks import Lock
from orderwire.records import Leaf, TreeHead

COLUMNS = "e.id, e.kind, e.at, e.actor, e.order_number, e.subjects::text, e.data::text"
CHUNK = 2000

# After a restore into another cluster transaction ids start low again: an event above all of them was not written here.
# Each condition is one that the index on xid answers: this runs every two seconds, however long the ledger is.
SETTLED = f"""
    select {COLUMNS} from ow_event e
    where (e.xid >= %(since)s::text::xid8 and e.xid < %(horizon)s::text::xid8
           or e.xid > pg_snapshot_xmax(pg_current_snapshot()))
      and not exists (select 1 from ow_leaf l where l.event_id = e.id)
    order by e.id
"""


RUNNING = """
    select backend_xid::text::bigint from pg_stat_activity
    where datname = current_database() and backend_xid is not null
    union all select transaction::text::bigint from pg_prepared_xacts where database = current_database()
"""
"""Ids, 32 bits of them, of this database's transactions that may still write; other databases hold up nothing."""


def ledger_folder() -> Path:
    """Where the signing key and the exported checkpoints lie."""
    folder = Path(settings.DATA) / "ledger"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def signing_key() -> SigningKey:
    """The key that signs tree heads. Raises KeyProblem."""
    return load(ledger_folder() / "signing-key.pem")


def leaf_of(row: tuple[Any, ...]) -> bytes:
    """The leaf hash of an event row (COLUMNS)."""
    _, kind, at, actor, order, subjects, data = row
    return leaf_hash(Entry(kind, at, actor, order, json.loads(subjects), json.loads(data)).leaf_bytes())


def seal() -> int:
    """Seal what is settled; returns how many events that were. Does nothing while another sealer works."""
    key = signing_key()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [Lock.SEAL])
        if not cursor.fetchone()[0]:
            return 0
        head = TreeHead.objects.order_by("-size").first()
        frontier = Frontier.from_bytes(head.size, bytes(head.frontier)) if head else Frontier()
        before = frontier.size
        newest, horizon = _horizon(cursor)
        # A horizon that this cluster has not reached yet is another cluster's, and says nothing of this one's events.
        since = head.horizon if head and head.horizon <= newest else 0
        cursor.execute(SETTLED, {"since": str(since), "horizon": str(horizon)})
        for chunk in _chunks(cursor):
            hashes = [leaf_of(row) for row in chunk]
            Leaf.objects.bulk_create(
                Leaf(position=frontier.size + i, event_id=row[0], hash=digest)
                for i, (row, digest) in enumerate(zip(chunk, hashes, strict=True))
            )
            frontier = frontier.extended(hashes)
        if frontier.size == before:
            return 0
        signed, signature = key.sign(size=frontier.size, root=frontier.root(), time=timezone.now())
        TreeHead.objects.create(
            size=signed.size,
            root=signed.root,
            frontier=frontier.to_bytes(),
            horizon=horizon,
            at=signed.time,
            key_id=signed.key_id,
            public_key=key.public,
            signature=signature,
        )
    line = {**json.loads(signed.to_bytes()), "signature": signature.hex(), "public_key": key.public.hex()}
    with (ledger_folder() / "checkpoints.jsonl").open("a") as file:
        file.write(json.dumps(line, sort_keys=True) + "\n")
    return frontier.size - before


def _horizon(cursor: Any) -> tuple[int, int]:
    """The next transaction id, and the id below which every transaction of this database has ended.

    Asked in this order and before the events are read: what runs was counted, what was not counted is younger.
    """
    cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text, pg_stat_clear_snapshot()")
    newest = int(cursor.fetchone()[0])
    cursor.execute(RUNNING)
    behind = ((newest - xid + 2**31) % 2**32 - 2**31 for (xid,) in cursor.fetchall())  # negative: begun meanwhile
    return newest, newest - max(0, *behind, 0)


def _chunks(cursor: Any) -> Iterator[list[tuple[Any, ...]]]:
    while chunk := cursor.fetchmany(CHUNK):
        yield chunk
