"""A worker that dies leaves no silent loss and no knowing duplicate."""

from pathlib import Path
from typing import Any

import pytest

from orderwire import channels
from orderwire.document.states import DeliveryState
from orderwire.flow.distribute.result import Outcome, Result, record
from orderwire.records import (
    Attempt,
    Delivery,
)
from tests.database.flow import road
from tests.database.flow.distribute.kit import (
    Serve,
    claimed,
    died,
    drain,
    draining,
    lapsed,
    made,
    only,
    orders_in,
    place,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_that_died_before_the_first_byte_leaves_no_doubt(serve: Serve) -> None:
    server = serve()
    order = road.approved()
    died(started=False)
    drain()
    assert (only(order).state, only(order).duplicate, len(server.messages())) == ("accepted", False, 1)
    assert [a.outcome for a in Attempt.objects.order_by("pk")] == ["not_started", "accepted"]


def test_a_worker_that_died_in_the_middle_of_a_mail_leaves_a_doubt(serve: Serve) -> None:
    server = serve()
    order = road.approved()
    died(started=True)
    drain()
    assert (only(order).state, len(server.messages())) == ("in_doubt", 0)
    assert Attempt.objects.get().outcome == "unknown"


def test_where_the_operator_prefers_it_a_mail_in_doubt_goes_out_marked(serve: Serve, settings: Any) -> None:
    settings.ORDERWIRE_EMAIL_IN_DOUBT = "resend"
    server = serve()
    order = road.approved()
    died(started=True)
    drain()
    assert (only(order).state, only(order).duplicate, len(server.messages())) == ("accepted", True, 1)


def test_a_worker_that_died_while_writing_files_is_followed_by_one_that_writes_them(out: Path) -> None:
    order = road.approved()
    died(started=True)
    drain()
    assert (only(order).state, orders_in(out)) == ("accepted", [("4500071791", 1)])


def test_a_worker_that_wakes_up_after_its_lease_changes_nothing(out: Path) -> None:
    order = road.approved()
    (late,) = claimed()
    lapsed()
    drain()
    before = only(order)
    late.attempt_id = 0
    record("folder", [Result(late, Outcome.REFUSED, "too late", state=DeliveryState.FAILED)])
    assert (only(order).state, only(order).changed_at) == ("accepted", before.changed_at)
    assert "delivery.failed" not in road.kinds(order)


def test_a_worker_that_wakes_up_while_another_sends_changes_nothing(out: Path) -> None:
    order = road.approved()
    (late,) = claimed()
    lapsed()
    (current,) = claimed()
    assert current.fence == late.fence + 1
    record("folder", [Result(late, Outcome.REFUSED, "too late", state=DeliveryState.FAILED)])
    assert (only(order).state, road.kinds(order)[-1]) == ("sending", "plan.made")
    assert draining._intended(place(), made(place(), [late])) == [], "nor does it start"
    assert only(order).state == "sending"
    record("folder", [Result(current, Outcome.ACCEPTED, "done", state=DeliveryState.ACCEPTED)])
    assert only(order).state == "accepted"


def test_a_worker_without_lease_does_not_start_to_send(out: Path) -> None:
    order = road.approved()
    (late,) = claimed()
    late.lease_ends = 0.0
    where = place()
    batch = draining._intended(where, made(where, [late]))
    with where.channel.open(where.config) as session:
        draining._send_together(where, session, batch)
    assert (only(order).state, orders_in(out)) == ("ready", [])
    assert Attempt.objects.get().outcome == "not_started"


def test_an_answer_that_comes_while_we_still_send_is_not_taken_back(out: Path) -> None:
    order = road.approved()
    (ours,) = claimed()
    Delivery.objects.update(state="answered", due_at=None)
    receipt = channels.Receipt(channels.Proof.HANDED_OVER, "written")
    record("folder", [Result(ours, Outcome.ACCEPTED, "written", state=DeliveryState.ACCEPTED, receipt=receipt)])
    order.refresh_from_db()
    assert (only(order).state, order.delivery_state) == ("answered", "answered")
