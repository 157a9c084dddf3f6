"""A worker that dies leaves no silent loss and no knowing duplicate."""

from pathlib import Path
from typing import Any

import pytest

from orderwire import channels
from orderwire.document.states import DeliveryState
from orderwire.flow import cancel
from orderwire.flow.distribute.result import Outcome, Result, record
from orderwire.records import (
    Attempt,
    Delivery,
)
from orderwire.testing.smtp import Rule
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


def test_who_is_first_after_another_dropped_out_is_marked_as_started(serve: Serve) -> None:
    """Without that mark a worker's death would look as if nothing had left, and the mail would be sent twice."""
    server = serve()
    dropped, sent = road.approved(number="D-1"), road.approved(number="D-2")
    Delivery.objects.update(shard_key=1)
    where = place()
    batch = made(where, claimed())
    cancel.ask(dropped.pk, actor="user:ines", code="mistake")
    assert [c.order_id for c, _ in draining._intended(where, batch)] == [sent.pk]
    assert Attempt.objects.get().started_at is not None
    lapsed()
    drain()
    assert (only(sent).state, only(dropped).state, len(server.messages())) == ("in_doubt", "cancelled", 0)


def test_a_worker_that_died_in_the_middle_of_an_order_that_is_cancelled_meanwhile_asks_it_back(out: Path) -> None:
    order = road.approved()
    died(started=True)
    cancel.ask(order.pk, actor="user:ines", code="mistake")
    drain()
    order.refresh_from_db()
    carrying, cancelling = Delivery.objects.filter(order=order).order_by("pk")
    assert (order.state, carrying.state, cancelling.state) == ("cancelling", "cancelled", "accepted")
    assert "may have arrived" in carrying.reason


def test_a_worker_that_died_before_the_first_byte_of_an_order_that_is_cancelled_meanwhile_leaves_nothing(
    serve: Serve,
) -> None:
    server = serve()
    order = road.approved()
    died(started=False)
    cancel.ask(order.pk, actor="user:ines", code="mistake")
    drain()
    order.refresh_from_db()
    assert (order.state, only(order).state, len(server.messages())) == ("cancelled", "cancelled", 0)


def test_a_clear_no_to_the_last_try_ends_an_order_that_is_being_cancelled(serve: Serve) -> None:
    """The first byte had left when it was cancelled; the server refused, so the supplier has nothing to agree to."""
    serve(Rule("rcpt", "550 5.1.1 nobody", times=1))
    order = road.approved()
    where = place()
    batch = draining._intended(where, made(where, claimed()))
    cancel.ask(order.pk, actor="user:ines", code="mistake")
    order.refresh_from_db()
    assert order.state == "cancelling"
    with where.channel.open(where.config) as session:
        draining._send_each(where, session, batch)
    order.refresh_from_db()
    assert (order.state, order.cancellations.get().state) == ("cancelled", "never_left")
    assert list(order.deliveries.order_by("pk").values_list("state", flat=True)) == ["cancelled", "cancelled"]
