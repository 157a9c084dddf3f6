"""Whoever owns the database and changes the past is found out, and the first bad leaf is named."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from orderwire.flow import approve, hold
from orderwire.ledger import prove
from orderwire.records import Event, Leaf, TreeHead
from tests.database import factories
from tests.database.flow import road
from tests.database.ledger.settled import sealed

pytestmark = pytest.mark.django_db(transaction=True)
GUARDED = ("ow_event", "ow_leaf", "ow_tree_head", "ow_revision", "ow_approval")


@pytest.fixture
def leaves(config: Path, settings: Any, tmp_path: Path) -> int:
    """A ledger of real orders, sealed in several steps; gives the number of leaves."""
    settings.DATA = tmp_path / "data"
    road.supplier(tmp_path / "out")
    ines = road.person("ines", "finance-leads")
    for number in range(8):
        order = road.approved(number=f"A-{number}")
        hold.hold(order.pk, actor="user:ines", reason="Price talks")
        waits = road.waiting(factories.document(f"B-{number}"))
        if number % 2:
            approve.grant(waits.pk, user=ines, sha256=road.sha256(waits))
        else:
            approve.refuse(waits.pk, user=ines, sha256=road.sha256(waits), reason="Too dear")
        sealed()
    assert prove.verify().problem is None
    return int(Leaf.objects.count())


def run(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


@pytest.fixture
def owner(leaves: int) -> Iterator[int]:
    """The owner of the database with every guard switched off; all is undone in the end."""
    with transaction.atomic():
        for table in GUARDED:
            run(f"alter table {table} disable trigger user")
        with connection.cursor() as cursor:
            cursor.execute(
                "select conrelid::regclass::text, conname from pg_constraint where conrelid = any(%s::regclass[])"
                " and contype = 'f' or confrelid = any(%s::regclass[]) and contype = 'f'",
                [list(GUARDED), list(GUARDED)],
            )
            for table, name in cursor.fetchall():
                cursor.execute(f"alter table {table} drop constraint if exists {name}")
        run("alter table ow_leaf drop constraint if exists ow_leaf_event_id_key")
        yield leaves
        transaction.set_rollback(True)


Tamper = Callable[[random.Random, int], int | None]
"""Does one bad thing and returns the position that must be named, or None where any word will do."""


def _event(at: int) -> str:
    return f"id = (select event_id from ow_leaf where position = {at})"


def change_event(lots: random.Random, size: int) -> int:
    at = lots.randrange(size)
    change = lots.choice(
        (
            "at = at + interval '1 microsecond'", "actor = actor || 'x'", "kind = 'order.closed'",
            "order_number = 'X' || order_number", "order_number = null", "data = data || '{\"new\": 1}'",
            "data = '{}'", "subjects = subjects || '{\"partner\": \"7\"}'", "order_id = null",
            "order_id = (select max(id) + 1 from ow_order)",
            "order_id = (select min(id) from ow_order where id <> order_id)",
        )
    )  # fmt: skip
    rows = run(f"update ow_event set {change} where {_event(at)} and (order_id is not null or {_order_free(change)})")
    return at if rows else change_event(lots, size)


def _order_free(change: str) -> str:
    return "false" if change.startswith("order_") else "true"


def delete_event(lots: random.Random, size: int) -> int:
    at = lots.randrange(size)
    run(f"delete from ow_event where {_event(at)}")
    return at


def change_leaf(lots: random.Random, size: int) -> int:
    at = lots.randrange(size)
    run("update ow_leaf set hash = %s where position = %s", lots.randbytes(32), at)
    return at


def delete_leaf(lots: random.Random, size: int) -> int:
    at = lots.randrange(size)
    run("delete from ow_leaf where position = %s", at)
    return at


def cut_the_tail(lots: random.Random, size: int) -> int:
    """The newest events, their leaves and heads are gone; the exported checkpoints remember."""
    at = lots.randrange(size)
    run("delete from ow_event where id in (select event_id from ow_leaf where position >= %s)", at)
    run("delete from ow_leaf where position >= %s", at)
    run("delete from ow_tree_head where size > %s", at)
    return at


def add_a_leaf(lots: random.Random, size: int) -> int:
    run(
        "insert into ow_leaf (position, event_id, hash) select %s, event_id, hash from ow_leaf where position = 0", size
    )
    return size


def swap_events(lots: random.Random, size: int) -> int:
    one, other = sorted(lots.sample(range(size), 2))
    run(
        "update ow_leaf l set event_id = o.event_id from ow_leaf o"
        " where (l.position, o.position) in ((%s, %s), (%s, %s))",
        one, other, other, one,
    )  # fmt: skip
    return one


def put_an_event_behind(lots: random.Random, size: int) -> None:
    run(
        "insert into ow_event (at, kind, actor, subjects, data, xid) select at, 'order.closed', actor, '{}', '{}', xid"
        " from ow_event order by id limit 1"
    )


def _head(lots: random.Random) -> int:
    return int(lots.choice(list(TreeHead.objects.values_list("size", flat=True))))


def change_head(lots: random.Random, size: int) -> int:
    at = _head(lots)
    column = lots.choice(("root", "signature", "public_key", "frontier"))
    run(f"update ow_tree_head set {column} = %s where size = %s", lots.randbytes(32), at)
    return at - 1


def change_what_a_head_says(lots: random.Random, size: int) -> int:
    at = _head(lots)
    change = lots.choice(("at = at + interval '1 second'", "key_id = 'f00f'"))
    run(f"update ow_tree_head set {change} where size = %s", at)
    return at - 1


def delete_head(lots: random.Random, size: int) -> int:
    at = _head(lots)
    run("delete from ow_tree_head where size = %s", at)
    return at - 1


def change_a_version(lots: random.Random, size: int) -> int:
    """The content of an order, with a fingerprint that fits it."""
    event = lots.choice(list(Event.objects.filter(kind="order.created")))
    fits = lots.choice(("", ", sha256 = encode(sha256(content || ' '), 'hex')"))
    run(f"update ow_revision set content = content || ' ' {fits} where id = %s", int(event.subjects["revision"]))
    return int(event.leaf.position)


def delete_a_version(lots: random.Random, size: int) -> int:
    event = lots.choice(list(Event.objects.filter(kind="order.created")))
    run("delete from ow_revision where id = %s", int(event.subjects["revision"]))
    return int(event.leaf.position)


def add_a_version(lots: random.Random, size: int) -> None:
    columns = "content, sha256, currency, total, created_by, created_at"
    run(
        f"insert into ow_revision (order_id, number, {columns}) select order_id, 99, {columns} from ow_revision"
        " order by random() limit 1"
    )


def forge_an_approval(lots: random.Random, size: int) -> None:
    columns = "revision_id, revision_sha256, decision, source, reference, reason, approved_at, recorded_at"
    run(f"insert into ow_approval (approver, {columns}) select 'Mallory', {columns} from ow_approval limit 1")


def turn_a_no_into_a_yes(lots: random.Random, size: int) -> None:
    run("update ow_approval set decision = 'granted' where decision = 'refused'")


def delete_an_approval(lots: random.Random, size: int) -> None:
    run("delete from ow_approval where id = (select id from ow_approval order by random() limit 1)")


TAMPERS: tuple[Tamper, ...] = (
    change_event, delete_event, change_leaf, delete_leaf, cut_the_tail, add_a_leaf, swap_events, put_an_event_behind,
    change_head, change_what_a_head_says, delete_head, change_a_version, delete_a_version, add_a_version,
    forge_an_approval, turn_a_no_into_a_yes, delete_an_approval,
)  # fmt: skip


def test_a_thousand_random_changes_of_the_past_are_all_found(owner: int) -> None:
    lots = random.Random(7)
    for number in range(1000):
        tamper = TAMPERS[number % len(TAMPERS)]
        saved = transaction.savepoint()
        named = tamper(lots, owner)
        found = prove.contradiction()
        assert found is not None, f"{tamper.__name__} ({number}) was not found"
        assert named is None or found[0] == named, f"{tamper.__name__} ({number}): {found} instead of {named}"
        assert found[1]
        transaction.savepoint_rollback(saved)
    assert prove.contradiction() is None


def test_two_events_that_changed_places_with_their_hashes_are_named_as_a_range(owner: int) -> None:
    lots = random.Random(11)
    sizes = [0, *sorted(TreeHead.objects.values_list("size", flat=True))]
    for _ in range(100):
        saved = transaction.savepoint()
        one, other = sorted(lots.sample(range(owner), 2))
        run("update ow_leaf set position = position + 100000 where position in (%s, %s)", one, other)
        run("update ow_leaf set position = %s where position = %s", other, one + 100000)
        run("update ow_leaf set position = %s where position = %s", one, other + 100000)
        start = max(size for size in sizes if size <= one)
        end = min(size for size in sizes if size > one) - 1
        found = prove.contradiction()
        assert found == (start, f"a leaf from {start} to {end} is not what was sealed: the signed root differs")
        transaction.savepoint_rollback(saved)


def test_a_changed_event_whose_hash_was_made_to_fit_is_named_as_a_range(owner: int) -> None:
    """Who knows how leaves are made still cannot sign the root."""
    from orderwire.ledger.seal import COLUMNS, leaf_of

    run(f"update ow_event set actor = 'user:mallory' where {_event(5)}")
    with connection.cursor() as cursor:
        cursor.execute(f"select {COLUMNS} from ow_event e where {_event(5)}")
        digest = leaf_of(cursor.fetchone())
    run("update ow_leaf set hash = %s where position = 5", digest)
    found = prove.contradiction()
    assert found is not None and "the signed root differs" in found[1]
    assert found[0] is not None and found[0] <= 5


def test_a_head_signed_by_another_key_is_not_ours(leaves: int, tmp_path: Path) -> None:
    (tmp_path / "data" / "ledger" / "signing-key.pem").rename(tmp_path / "kept.pem")
    order = road.approved(number="LATER")
    hold.hold(order.pk, actor="user:ines", reason="x")
    sealed()
    (tmp_path / "kept.pem").replace(tmp_path / "data" / "ledger" / "signing-key.pem")
    verdict = prove.verify()
    assert not verdict.ok
    assert verdict.problem is not None and "another key" in verdict.problem


def test_a_whole_ledger_rolled_back_contradicts_the_checkpoints(leaves: int) -> None:
    half = TreeHead.objects.order_by("size")[3].size
    with transaction.atomic():
        road.forge("ow_leaf", "delete from ow_leaf where position >= %s", half)
        road.forge("ow_tree_head", "delete from ow_tree_head where size > %s", half)
    verdict = prove.verify()
    assert (verdict.ok, verdict.first_bad) == (False, half)
    assert verdict.problem == f"leaf {half} is missing: a signed head covers {leaves} leaves"


def test_a_ledger_swapped_for_another_contradicts_the_checkpoints(leaves: int, tmp_path: Path) -> None:
    """A copy that was sealed anew, with the same key, but with one event less."""
    with transaction.atomic():
        for table in ("ow_leaf", "ow_tree_head"):
            road.forge(table, f"delete from {table}")
        road.forge("ow_event", "delete from ow_event where id = (select max(id) from ow_event)")
    exported = tmp_path / "data" / "ledger" / "checkpoints.jsonl"
    before = exported.read_text()
    sealed()
    exported.write_text(before)
    verdict = prove.verify()
    assert not verdict.ok
    assert verdict.problem is not None


def test_verify_says_how_much_is_sealed(leaves: int) -> None:
    road.approved(number="NEW")
    verdict = prove.verify()
    assert (verdict.events, verdict.sealed, verdict.ok) == (leaves + 3, leaves, True)
