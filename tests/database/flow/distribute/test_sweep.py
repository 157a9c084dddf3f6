"""Each shard with something due is asked once, and every clock fires once."""

import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from orderwire.document.party import Party
from orderwire.document.response import HeaderStatus, Response
from orderwire.flow import acknowledge, distribute, hold
from orderwire.flow.decide import decide, every_line
from orderwire.records import (
    Delivery,
    Drain,
    Endpoint,
    Order,
    Timer,
)
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, orders_in, place

pytestmark = pytest.mark.django_db(transaction=True)


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = 'drain' and status = 'todo'")
        return int(cursor.fetchone()[0])


def test_many_places_with_a_long_backlog_do_not_keep_the_others_waiting(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("orderwire.flow.distribute.sweep"), "AT_ONCE", 1)
    Endpoint.objects.update(max_parallel=1)
    road.supplier(tmp_path / "other", "Other")
    road.approved()
    road.approved(number="O-1", supplier=Party(name="Other"))
    distribute.sweep()
    distribute.sweep()
    assert Drain.objects.count() == 2


@pytest.fixture
def _no_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")


@pytest.mark.usefixtures("_no_jobs")
def test_each_shard_with_something_due_is_asked_once(out: Path) -> None:
    for n in range(10):
        road.approved(number=f"N-{n}")
    for _ in range(3):
        distribute.sweep()
    assert (jobs(), Drain.objects.count()) == (2, 2)


@pytest.mark.usefixtures("_no_jobs")
def test_lost_jobs_are_asked_for_again_when_their_time_is_up(out: Path) -> None:
    road.approved()
    distribute.sweep()
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    distribute.sweep()
    assert jobs() == 0
    Drain.objects.update(queued_until=timezone.now() - datetime.timedelta(seconds=1))
    distribute.sweep()
    assert (jobs(), Drain.objects.count()) == (1, 1)


@pytest.mark.usefixtures("_no_jobs")
@pytest.mark.parametrize("why", ["hold", "unapproved next version", "not yet", "inactive", "done"])
def test_nobody_is_asked_for_what_cannot_leave(why: str, out: Path) -> None:
    order = road.approved()
    if why == "hold":
        hold.hold(order.pk, actor="user:ines", reason="x")
        Delivery.objects.update(state="ready", due_at=timezone.now())
    elif why == "unapproved next version":
        road.waiting(factories.document(revision=2, lines=(factories.line(price=99),)))
    elif why == "not yet":
        Delivery.objects.update(due_at=timezone.now() + datetime.timedelta(hours=1))
    elif why == "inactive":
        Endpoint.objects.update(active=False)
    else:
        drain()
    distribute.sweep()
    assert jobs() == 0


def test_a_drain_ends_and_says_so_when_nothing_is_due(out: Path) -> None:
    road.approved()
    distribute.sweep()
    drain()
    assert not Drain.objects.exists()


def test_a_drain_without_time_ends_and_leaves_the_rest_due(out: Path, settings: Any) -> None:
    settings.ORDERWIRE_LEASE_MARGIN = 0
    road.approved()
    drain()
    assert orders_in(out) == []
    settings.ORDERWIRE_LEASE_MARGIN = 60
    drain()
    assert len(orders_in(out)) == 1


def test_a_drain_sends_more_than_one_batch(out: Path) -> None:
    Endpoint.objects.update(max_parallel=1)
    batch = place().channel.batch
    for n in range(batch + 3):
        road.approved(number=f"N-{n}")
    distribute.drain(Endpoint.objects.get().pk, 0)
    assert len(orders_in(out)) == batch + 3


def overdue(order: Order) -> None:
    due = timezone.now() - datetime.timedelta(seconds=1)
    Timer.objects.filter(order=order).update(due_at=due)
    Order.objects.filter(pk=order.pk).update(answer_due_at=due)


def test_a_clock_fires_once_and_marks_the_answer_overdue(out: Path) -> None:
    order = road.approved()
    drain()
    distribute.sweep()
    order.refresh_from_db()
    assert order.answer_state == "waiting"
    overdue(order)
    for _ in range(3):
        distribute.sweep()
    order.refresh_from_db()
    assert (order.answer_state, order.last_event) == ("overdue", "No answer in time")
    assert road.kinds(order).count("answer.overdue") == 1


def test_a_supplier_with_whom_the_buyer_insists_can_be_late_again(out: Path) -> None:
    order = road.approved()
    drain()
    said = Response(order_number=order.number, status=HeaderStatus.REJECTED)
    answer = acknowledge.take(said, supplier=order.supplier, source="portal", actor="supplier:S1")
    decide(answer.pk, actor="user:ines", decisions=every_line(answer.differences, "insist"), reason="You promised")
    drain()
    order.refresh_from_db()
    assert order.answer_state == "waiting"
    overdue(order)
    distribute.sweep()
    order.refresh_from_db()
    assert order.answer_state == "overdue"


def test_a_clock_that_was_stopped_or_answered_stays_silent(out: Path) -> None:
    order = road.approved()
    drain()
    overdue(order)
    Order.objects.update(answer_state="accepted")
    distribute.sweep()
    order.refresh_from_db()
    assert order.answer_state == "accepted"
    assert "answer.overdue" not in road.kinds(order)


def test_the_clock_of_an_older_version_says_nothing_about_the_newer(out: Path) -> None:
    order = road.approved()
    drain()
    overdue(order)
    road.approved(revision=2)
    drain()
    distribute.sweep()
    order.refresh_from_db()
    assert (order.revision, order.answer_state) == (2, "waiting")


def test_a_person_who_has_the_order_open_does_not_stop_the_other_clocks(out: Path) -> None:
    busy, free = road.approved(number="BUSY"), road.approved(number="FREE")
    drain()
    overdue(busy)
    overdue(free)
    from concurrent.futures import ThreadPoolExecutor

    def sweeping() -> None:
        distribute.sweep()
        connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as thread:
        Order.objects.select_for_update().get(pk=busy.pk)
        thread.submit(sweeping).result(20)
    assert {o.number: o.answer_state for o in Order.objects.all()} == {"BUSY": "waiting", "FREE": "overdue"}
    distribute.sweep()
    busy.refresh_from_db()
    assert busy.answer_state == "overdue"


def test_control_numbers_are_never_given_out_twice(out: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from orderwire.flow.distribute.numbers import Numbers

    def some(block: int) -> list[int]:
        try:
            numbers = Numbers("x12:1", block)
            return [numbers.take("isa") for _ in range(100)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        given = [number for part in threads.map(some, [1, 1, 4, 20, 25, 50, 100, 1]) for number in part]
    assert sorted(given) == list(range(1, 801))
    with connection.cursor() as cursor:
        cursor.execute("update ow_control_number set last = 999999997")
    left = Numbers("x12:1", 2)
    assert [left.take("isa") for _ in range(4)] == [999999998, 999999999, 1, 2], "nine digits, then from the start"
