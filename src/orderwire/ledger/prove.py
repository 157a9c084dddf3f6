"""Proves the ledger: every sealed event is still what was sealed, every head is signed, and nothing was taken out."""

import datetime
import json
from collections.abc import Iterator
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
        bad = _first_contradiction(_heads())
    position, problem = bad or (None, None)
    return Verdict(events, sealed, bad is None, position, problem)


def include(event_id: int) -> Inclusion | None:
    """The proof for one event under the newest head, or None while it is not sealed."""
    leaf = Leaf.objects.filter(event_id=event_id).first()
    head = TreeHead.objects.order_by("-size").first()
    if leaf is None or head is None or leaf.position >= head.size:
        return None
    tree = Tree(bytes(h) for h in Leaf.objects.order_by("position").values_list("hash", flat=True).iterator())
    return Inclusion(
        leaf.position,
        bytes(leaf.hash),
        tree.inclusion(leaf.position, head.size),
        keys.TreeHead(head.size, bytes(head.root), head.at, head.key_id),
        bytes(head.signature),
        bytes(head.public_key),
    )


def _heads() -> dict[int, tuple[bytes, str]]:
    """Size -> (root, what is wrong with the head or empty), of the stored heads and of the exported checkpoints."""
    own = _own_key()
    heads: dict[int, tuple[bytes, str]] = {}
    for head in TreeHead.objects.order_by("size"):
        signed = keys.TreeHead(head.size, bytes(head.root), head.at, head.key_id)
        good = keys.verify(signed, bytes(head.signature), bytes(head.public_key))
        wrong = "" if good else "its signature is wrong"
        if good and own and bytes(head.public_key) != own:
            wrong = "it is signed by another key than ours"
        heads[head.size] = (bytes(head.root), wrong)
    file = ledger_folder() / "checkpoints.jsonl"
    for line in file.read_text().splitlines() if file.exists() else []:
        try:
            record = json.loads(line)
            size, root, time = record["size"], bytes.fromhex(record["root"]), record["time"]
            signed = keys.TreeHead(size, root, datetime.datetime.fromisoformat(time), record["key_id"])
            good = keys.verify(signed, bytes.fromhex(record["signature"]), own or bytes.fromhex(record["public_key"]))
        except (ValueError, KeyError):
            continue  # a line cut short by a crash is no evidence for or against
        if not good:
            continue
        if size not in heads:
            heads[size] = (root, "")
        elif heads[size][0] != root:
            heads[size] = (root, "it contradicts the exported checkpoint")
    return heads


def _own_key() -> bytes | None:
    file = ledger_folder() / "signing-key.pem"
    return keys.load(file).public if file.exists() else None


def _first_contradiction(heads: dict[int, tuple[bytes, str]]) -> tuple[int | None, str] | None:
    frontier, proven = Frontier(), 0
    for position, stored, row in _rows():
        if position != frontier.size:
            return frontier.size, f"leaf {frontier.size} is missing"
        if row is None:
            return position, f"the event of leaf {position} was deleted"
        digest = leaf_of(row)
        if digest != stored:
            return position, f"event {row[0]} (leaf {position}) is not what was sealed"
        frontier = frontier.extended([digest])
        if frontier.size in heads:
            root, wrong = heads.pop(frontier.size)
            if wrong:
                return position, f"the head over {frontier.size} leaves: {wrong}"
            if frontier.root() != root:
                return proven, f"a leaf from {proven} to {position} is not what was sealed: the signed root differs"
            proven = frontier.size
    if heads:
        return frontier.size, f"leaf {frontier.size} is missing: a signed head covers {max(heads)} leaves"
    if frontier.size != proven:
        return proven, f"leaves from {proven} on stand under no signed head"
    return None


def _rows() -> Iterator[tuple[int, bytes, tuple[Any, ...] | None]]:
    with connection.connection.cursor(name="ledger") as cursor:  # server side: the ledger may not fit into memory
        cursor.execute(
            f"select l.position, l.hash, {COLUMNS} from ow_leaf l left join ow_event e on e.id = l.event_id"
            " order by l.position"
        )
        for position, digest, *event in cursor:
            yield position, bytes(digest), tuple(event) if event[0] is not None else None
