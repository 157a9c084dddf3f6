"""No older version of an order is sent once a newer one is planned."""

from pathlib import Path

import pytest
from django.utils import timezone

from orderwire.document.states import DeliveryState
from orderwire.flow import hold
from orderwire.flow.distribute.result import Outcome, Result, record
from orderwire.records import (
    Attempt,
    Endpoint,
)
from tests.database.flow import road
from tests.database.flow.distribute.kit import claimed, died, drain, draining, due, lapsed, made, orders_in, place

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_version_that_waits_for_another_try_is_replaced_and_never_sent(out: Path, tmp_path: Path) -> None:
    out.rename(tmp_path / "away")
    order = road.approved()
    drain()
    assert road.states(order) == ["retry"]
    road.approved(revision=2)
    (tmp_path / "away").rename(out)
    Endpoint.objects.update(paused_until=None)
    due()
    drain()
    assert (road.states(order), orders_in(out)) == (["superseded", "accepted"], [("4500071791", 2)])


def test_a_version_that_is_being_sent_when_the_next_is_planned_is_not_tried_again(out: Path) -> None:
    order = road.approved()
    (old,) = claimed()
    road.approved(revision=2)
    again = Result(
        old, Outcome.UNAVAILABLE, "folder away", state=DeliveryState.RETRY, due_at=timezone.now(), failures=1
    )
    record("folder", [again])
    drain()
    assert (road.states(order), orders_in(out)) == (["superseded", "accepted"], [("4500071791", 2)])
    assert road.kinds(order).count("delivery.superseded") == 1
    order.refresh_from_db()
    assert order.delivery_state == "accepted"


def test_a_version_that_is_made_ready_when_the_next_is_planned_does_not_start(out: Path) -> None:
    order = road.approved()
    (old,) = claimed()
    where = place()
    batch = made(where, [old])
    road.approved(revision=2)
    assert draining._intended(where, batch) == []
    drain()
    assert (road.states(order), orders_in(out)) == (["superseded", "accepted"], [("4500071791", 2)])


@pytest.mark.parametrize("started", [False, True])
def test_a_dead_workers_version_is_not_sent_after_the_next_was_planned(started: bool, out: Path) -> None:
    order = road.approved()
    died(started=started)
    road.approved(revision=2)
    lapsed()
    drain()
    drain()
    assert (road.states(order), orders_in(out)) == (["superseded", "accepted"], [("4500071791", 2)])
    assert Attempt.objects.order_by("pk")[0].outcome == ("unknown" if started else "not_started")


def test_an_order_that_is_stopped_while_its_document_is_made_does_not_start(out: Path) -> None:
    order = road.approved()
    (ours,) = claimed()
    where = place()
    batch = made(where, [ours])
    hold.hold(order.pk, actor="user:ines", reason="Stop!")
    assert draining._intended(where, batch) == []
    assert not Attempt.objects.exists()
    drain()
    assert (road.states(order), orders_in(out)) == (["ready"], [])
    hold.resume(order.pk, actor="user:ines")
    drain()
    assert orders_in(out) == [("4500071791", 1)]
