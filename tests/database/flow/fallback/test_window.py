"""A receipt that does not come in its time sends the order another way; one that comes stops the clock."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from orderwire.channels import Proof
from orderwire.flow import distribute
from orderwire.flow.holding import holding
from orderwire.records import Delivery, Event, Order, Timer
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain
from tests.database.flow.fallback.kit import Ways, came_back, proven, trips, ways

pytestmark = pytest.mark.django_db(transaction=True)


def clocks() -> list[Timer]:
    return list(Timer.objects.filter(kind="receipt_due").order_by("pk"))


def later() -> None:
    """The time for the receipt is over."""
    Timer.objects.filter(kind="receipt_due").update(due_at=timezone.now() - datetime.timedelta(seconds=1))
    distribute.sweep()


def test_without_a_receipt_in_its_time_the_order_goes_another_way_and_that_is_no_refusal(
    sink: Ways, tmp_path: Path
) -> None:
    ways(tmp_path, "edi", "mail", receipt_minutes=240)
    order = road.approved()
    drain()
    (clock,) = clocks()
    assert 239 * 60 < (clock.due_at - timezone.now()).total_seconds() <= 240 * 60
    distribute.sweep()
    assert trips(order) == [("edi", "accepted")], "not before its time"
    later()
    assert trips(order) == [("edi", "withdrawn"), ("mail", "ready")]
    unproven = Event.objects.get(kind="delivery.unproven")
    assert unproven.data["reason"] == "No receipt came within 4 hours."
    order = Order.objects.get()
    held = holding(order)
    assert (held.version, held.how) == (1, "handed over, receipt not proven"), "their system did take it"
    drain()
    assert sink.has[-1] == ("mail", order.number, True)
    assert len(clocks()) == 1, "the second way expects no receipt"


def test_a_time_that_ended_while_nobody_was_here_leaves_some_to_read_what_came(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", "mail", receipt_minutes=60)
    order = road.approved()
    drain()
    Timer.objects.filter(kind="receipt_due").update(due_at=timezone.now() - datetime.timedelta(hours=5))
    distribute.sweep()
    assert trips(order) == [("edi", "accepted")]
    (clock,) = clocks()
    assert clock.fired_at is None and timezone.now() < clock.due_at
    later()
    assert trips(order) == [("edi", "withdrawn"), ("mail", "ready")]


def test_a_receipt_stops_the_clock(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", "mail", receipt_minutes=90)
    order = road.approved()
    drain()
    proven(Delivery.objects.get())
    assert clocks()[0].stopped_at is not None
    later()
    assert trips(order) == [("edi", "delivered")]


def test_who_proves_at_once_and_who_expects_nothing_has_no_clock(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path / "a", "edi", receipt_minutes=90)
    sink.proof = Proof.DELIVERED
    road.approved()
    drain()
    assert Delivery.objects.get().state == "delivered" and clocks() == []


def test_sent_again_the_time_begins_again(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", receipt_minutes=90)
    road.approved()
    drain()
    distribute.resend(Delivery.objects.get().pk, actor="user:ines", reason="They ask for it")
    drain()
    first, second = clocks()
    assert first.stopped_at is not None and second.stopped_at is None


def test_with_no_other_way_it_fails_and_a_person_is_told(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", receipt_minutes=1)
    order = road.approved()
    drain()
    later()
    assert trips(order) == [("edi", "failed")]
    assert Delivery.objects.get().reason == "No receipt came within 1 minute."
    order.refresh_from_db()
    assert order.delivery_state == "failed"


def test_a_clock_that_runs_out_after_a_refusal_moves_nothing(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", "mail", "portal", receipt_minutes=90)
    order = road.approved()
    drain()
    came_back(Delivery.objects.get())
    later()
    assert trips(order) == [("edi", "withdrawn"), ("mail", "ready")]
