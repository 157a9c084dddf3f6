"""Proves the ledger: every sealed event is still what was sealed, every head is signed, and nothing was taken out."""

import datetime
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from orderwire.ledger import keys
from orderwire.ledger.merkle import Frontier, Tree, verify_inclusion
from orderwire.ledger.seal import COLUMNS, leaf_of, ledger_folder
from orderwire.records import Leaf, TreeHead


@dataclass(frozen=True)
class Verdict:
    """`events` recorded, `sealed` of them in the tree, `ok` when nothing contradicts; else `problem` in words.

    `first_bad` is the position of the first leaf that is not what was sealed, as exactly as the heads allow.
    """

    events: int
    sealed: int
    ok: bool
    first_bad: int | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Inclusion:
    """Evidence that an event is the leaf at `position` under a signed head; an outsider checks it with `holds`."""

    position: int
    leaf: bytes
    proof: tuple[bytes, ...]
    head: keys.TreeHead
    signature: bytes
    public_key: bytes

    def holds(self) -> bool:
        """True when the signature and the path to the root are right."""
        return keys.verify(self.head, self.signature, self.public_key) and verify_inclusion(
            leaf=self.leaf, index=self.position, size=self.head.size, proof=self.proof, root=self.head.root
        )


def verify() -> Verdict:
    """Read the whole ledger and check it against its signed heads and the exported checkpoints."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute("select (select count(*) from ow_event), (select count(*) from ow_leaf)")
        events, sealed = cursor.fetchone()
        bad = contradiction()
    position, problem = bad or (None, None)
    return Verdict(events, sealed, bad is None, position, problem)


def contradiction() -> tuple[int | None, str] | None:
    """What cannot be, as this transaction sees it: the leaf's position where there is one, and why."""
    return _first_bad_leaf(_heads()) or _unsealed_behind() or _differing_records()


def include(event_id: int) -> Inclusion | None:
    """The proof for one event under the newest head, or None while it is not sealed."""
    return include_all([event_id]).get(event_id)


def include_all(event_ids: Iterable[int]) -> dict[int, Inclusion]:
    """The proofs for several events under the newest head, by event; those that are not sealed yet are missing."""
    head = TreeHead.objects.order_by("-size").first()
    leaves = Leaf.objects.filter(event__in=list(event_ids), position__lt=head.size if head else 0)
    if head is None or not (found := list(leaves)):
        return {}
    tree = Tree(bytes(h) for h in Leaf.objects.order_by("position").values_list("hash", flat=True).iterator())
    return {
        leaf.event_id: Inclusion(
            leaf.position,
            bytes(leaf.hash),
            tree.inclusion(leaf.position, head.size),
            keys.TreeHead(head.size, bytes(head.root), head.at, head.key_id),
            bytes(head.signature),
            bytes(head.public_key),
        )
        for leaf in found
    }


@dataclass(frozen=True)
class _Head:
    """A stored or exported head: its root, what is wrong with it or empty, and the frontier kept to go on from."""

    root: bytes
    wrong: str = ""
    frontier: bytes | None = None


def _heads() -> dict[int, _Head]:
    """The stored heads and the exported checkpoints, by size."""
    own = _own_key()
    heads: dict[int, _Head] = {}
    for head in TreeHead.objects.order_by("size"):
        signed = keys.TreeHead(head.size, bytes(head.root), head.at, head.key_id)
        good = keys.verify(signed, bytes(head.signature), bytes(head.public_key))
        wrong = "" if good else "its signature is wrong"
        if good and own and bytes(head.public_key) != own:
            wrong = "it is signed by another key than ours"
        heads[head.size] = _Head(bytes(head.root), wrong, bytes(head.frontier))
    file = ledger_folder() / "checkpoints.jsonl"
    for line in file.read_text().splitlines() if file.exists() else []:
        try:
            record = json.loads(line)
            size, root, time = record["size"], bytes.fromhex(record["root"]), record["time"]
            signed = keys.TreeHead(size, root, datetime.datetime.fromisoformat(time), record["key_id"])
            good = keys.verify(signed, bytes.fromhex(record["signature"]), own or bytes.fromhex(record["public_key"]))
        except (ValueError, KeyError, TypeError):
            continue  # a line cut short by a crash is no evidence for or against
        if not good:
            continue
        if size not in heads:
            heads[size] = _Head(root, "it was deleted; the exported checkpoints have it")
        elif heads[size].root != root:
            heads[size] = _Head(root, "it contradicts the exported checkpoint")
    return heads


def _own_key() -> bytes | None:
    file = ledger_folder() / "signing-key.pem"
    return keys.load(file).public if file.exists() else None


def _first_bad_leaf(heads: dict[int, _Head]) -> tuple[int, str] | None:
    frontier, proven = Frontier(), 0
    for position, stored, row, order in _rows():
        if position != frontier.size:
            return frontier.size, f"leaf {frontier.size} is missing"
        if row is None:
            return position, f"the event of leaf {position} was deleted"
        digest = leaf_of(row)
        if digest != stored:
            return position, f"event {row[0]} (leaf {position}) is not what was sealed"
        if order != row[4]:
            return position, f"event {row[0]} (leaf {position}) was sealed for order {row[4]}, and stands with {order}"
        frontier = frontier.extended([digest])
        if head := heads.pop(frontier.size, None):
            if head.wrong:
                return position, f"the head over {frontier.size} leaves: {head.wrong}"
            if frontier.root() != head.root:
                return proven, f"a leaf from {proven} to {position} is not what was sealed: the signed root differs"
            if head.frontier != frontier.to_bytes():
                return position, f"the head over {frontier.size} leaves: its frontier is not that of the leaves"
            proven = frontier.size
    if heads:
        return frontier.size, f"leaf {frontier.size} is missing: a signed head covers {max(heads)} leaves"
    if frontier.size != proven:
        return proven, f"leaves from {proven} on stand under no signed head"
    return None


BEHIND = """
select e.id from ow_event e, (select horizon from ow_tree_head order by size desc limit 1) h
where e.xid < h.horizon::text::xid8 and h.horizon::text::xid8 <= pg_snapshot_xmax(pg_current_snapshot())
  and not exists (select 1 from ow_leaf l where l.event_id = e.id)
order by e.id limit 1
"""


def _unsealed_behind() -> tuple[None, str] | None:
    """An event that claims to be older than what is sealed was not there when that was sealed."""
    with connection.cursor() as cursor:
        cursor.execute(BEHIND)
        found = cursor.fetchone()
    return (None, f"event {found[0]} was put behind the sealed part of the ledger") if found else None


REVISIONS = """
select l.position, coalesce(e.order_number, o.number), coalesce(e.data ->> 'number', r.number::text)
from (select * from ow_event where kind = 'order.created') e
full join ow_revision r on r.id::text = e.subjects ->> 'revision'
left join ow_order o on o.id = r.order_id
left join ow_leaf l on l.event_id = e.id
where r.id is null or e.id is null or e.order_id is distinct from r.order_id
  or e.data ->> 'sha256' <> r.sha256 or encode(sha256(r.content), 'hex') <> r.sha256
  or e.data ->> 'number' <> r.number::text
order by e.id nulls last limit 1
"""

APPROVALS = """
select o.number, r.number
from (select revision_id::text as revision, revision_sha256 as sha256, decision, count(*) as n from ow_approval
      group by 1, 2, 3) a
full join (select subjects ->> 'revision' as revision, coalesce(data ->> 'sha256', '') as sha256,
                  case when kind = 'approval.refused' then 'refused' else 'granted' end as decision, count(*) as n
           from ow_event
           where kind in ('approval.granted', 'approval.external', 'approval.by_policy', 'approval.refused')
           group by 1, 2, 3) e
  on e.revision = a.revision and e.decision = a.decision and (e.sha256 = a.sha256 or e.decision = 'refused')
left join ow_revision r on r.id::text = coalesce(a.revision, e.revision)
left join ow_order o on o.id = r.order_id
where a.n is distinct from e.n
order by r.id limit 1
"""


def _differing_records() -> tuple[int | None, str] | None:
    """What the ledger says of versions and approvals is what their tables say."""
    with connection.cursor() as cursor:
        cursor.execute(REVISIONS)
        if found := cursor.fetchone():
            position, order, number = found
            return position, f"version {number} of order {order} is not what the ledger says was created"
        cursor.execute(APPROVALS)
        if found := cursor.fetchone():
            return None, f"the approvals of version {found[1]} of order {found[0]} are not those that the ledger has"
    return None


def _rows() -> Iterator[tuple[int, bytes, tuple[Any, ...] | None, str | None]]:
    with connection.connection.cursor(name="ledger") as cursor:  # server side: the ledger may not fit into memory
        cursor.execute(
            f"select l.position, l.hash, o.number, {COLUMNS} from ow_leaf l left join ow_event e on e.id = l.event_id"
            " left join ow_order o on o.id = e.order_id order by l.position"
        )
        for position, digest, order, *event in cursor:
            yield position, bytes(digest), tuple(event) if event[0] is not None else None, order
