"""The sealer takes every event once, whoever writes meanwhile, and what it sealed keeps its place."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event as Signal
from typing import Any

import pytest
from django.db import connection, transaction

from orderwire.ledger import events, prove
from orderwire.ledger.append import append
from orderwire.ledger.seal import SETTLED, seal
from orderwire.records import Event, Leaf, TreeHead
from tests.database.flow import road
from tests.database.ledger.settled import sealed, settled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def happened(count: int = 1, reason: str = "x") -> None:
    """That many events, each in its own transaction."""
    for _ in range(count):
        with transaction.atomic():
            append(events.OrderHeld(reason=reason), actor="user:ines")


def whole() -> bool:
    """Every event has exactly one leaf, positions have no gap, and the proof holds."""
    positions = list(Leaf.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(Event.objects.count()))
    verdict = prove.verify()
    assert verdict.problem is None
    return verdict.ok and verdict.sealed == verdict.events == len(positions)


def test_sealing_takes_what_happened_once() -> None:
    happened(3)
    assert (sealed(), seal()) == (3, 0)
    happened(2)
    assert sealed() == 2
    assert list(TreeHead.objects.order_by("size").values_list("size", flat=True)) == [3, 5]
    assert whole()


def test_an_empty_ledger_is_in_order() -> None:
    assert seal() == 0
    assert prove.verify() == prove.Verdict(0, 0, True)


def test_more_than_one_chunk_is_sealed_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderwire.ledger.seal.CHUNK", 3)
    happened(10)
    assert sealed() == 10
    assert list(Leaf.objects.order_by("position").values_list("event_id", flat=True)) == list(
        Event.objects.order_by("pk").values_list("pk", flat=True)
    )
    assert whole()


def test_an_event_that_was_written_first_but_committed_last_is_not_skipped() -> None:
    written, go = Signal(), Signal()

    def slow() -> None:
        with transaction.atomic():
            append(events.OrderHeld(reason="slow"), actor="user:ines")
            written.set()
            assert go.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(slow)
        assert written.wait(20)
        happened(3, "fast")
        assert seal() == 0, "nothing is settled while an earlier transaction runs"
        go.set()
        running.result()
    assert sealed() == 4
    assert Leaf.objects.get(position=0).event.data["reason"] == "slow"
    assert whole()


def test_writers_that_overlap_lose_nothing_and_what_is_sealed_keeps_its_place() -> None:
    done, enough, each, writers = Signal(), Signal(), 25, 6

    def write(number: int) -> None:
        lots = random.Random(number)
        try:
            for n in range(each * 40):
                if n >= each and enough.is_set():  # however slow the sealers are on this machine
                    break
                with transaction.atomic():
                    for _ in range(lots.randint(1, 3)):
                        append(events.OrderHeld(reason=f"{number}.{n}"), actor="user:ines")
                    time.sleep(lots.random() / 200)
                    if lots.random() < 0.1:
                        transaction.set_rollback(True)
        finally:
            connection.close()

    def sealing() -> int:
        rounds = 0
        try:
            while not done.is_set():
                before = list(Leaf.objects.order_by("position").values_list("event_id", flat=True))
                rounds += seal() > 0
                after = list(Leaf.objects.order_by("position").values_list("event_id", flat=True))
                assert after[: len(before)] == before
                if rounds > 3:
                    enough.set()
        finally:
            connection.close()
        return rounds

    with ThreadPoolExecutor(writers + 2) as threads:
        sealers = [threads.submit(sealing) for _ in range(2)]
        for wrote in [threads.submit(write, number) for number in range(writers)]:
            wrote.result()
        done.set()
        rounds = [sealer.result() for sealer in sealers]
    sealed()
    assert sum(rounds) > 3, "it sealed while they wrote"
    assert Event.objects.count() > each * writers
    assert whole()


def test_two_sealers_at_once_seal_once() -> None:
    happened(50)
    settled()
    with ThreadPoolExecutor(4) as threads:

        def one(_: int) -> int:
            try:
                return seal()
            finally:
                connection.close()

        assert sum(threads.map(one, range(4))) == 50
    assert whole()


def test_a_ledger_that_came_from_another_cluster_is_sealed_on() -> None:
    """Transaction ids start low again there: what was not sealed yet has a number from the future."""
    happened(4)
    sealed()
    happened(2, "restored")
    with connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000000")
        future = cursor.fetchone()[0]
    with transaction.atomic():
        change = "update ow_event set xid = %s::text::xid8 where data ->> 'reason' = 'restored'"
        road.forge("ow_event", change, str(future))
        road.forge("ow_tree_head", "update ow_tree_head set horizon = %s", future - 1)
    happened(1, "written here")
    assert sealed() == 3
    assert TreeHead.objects.latest("size").horizon < future - 1
    happened(1)
    assert sealed() == 1
    assert whole()


def test_what_is_sealed_already_is_not_read_again_at_every_round() -> None:
    happened(3)
    sealed()
    with transaction.atomic(), connection.cursor() as cursor:
        # So few rows are found without that index as fast, by statistics that may be made at any moment.
        cursor.execute("set local enable_seqscan = off; set local enable_indexscan = off")
        cursor.execute(f"explain {SETTLED}", {"since": "900", "horizon": "1000"})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "xid >= '900'" in plan.partition("Index Scan on ow_event_xid")[2]


def test_a_lost_checkpoint_file_is_no_contradiction(tmp_path: Path) -> None:
    happened(3)
    sealed()
    (tmp_path / "ledger" / "checkpoints.jsonl").unlink()
    assert whole()


def test_a_checkpoint_line_cut_short_by_a_crash_is_passed_over(tmp_path: Path) -> None:
    happened(3)
    sealed()
    file = tmp_path / "ledger" / "checkpoints.jsonl"
    with file.open("a") as lines:
        lines.write(file.read_text()[:60] + "\n[]\n12\nnull\n")
    assert whole()


def test_an_event_is_written_only_inside_the_transaction_of_its_transition() -> None:
    with pytest.raises(RuntimeError, match="belongs into the transaction"):
        append(events.OrderHeld(reason="x"), actor="user:ines")
    assert not Event.objects.exists()


def test_evidence_of_one_event_holds_by_itself() -> None:
    happened(9)
    sealed()
    for event in Event.objects.all():
        found = prove.include(event.pk)
        assert found is not None and found.holds()
    happened(1)
    assert prove.include(Event.objects.latest("pk").pk) is None
