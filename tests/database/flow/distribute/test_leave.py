"""What is due leaves once, in its order and in its time."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from orderwire.document.states import DeliveryState
from orderwire.flow import hold, route
from orderwire.flow.distribute.claim import claim
from orderwire.flow.distribute.result import Outcome, Result, record
from orderwire.records import (
    Attempt,
    Delivery,
    Endpoint,
    Event,
    Timer,
)
from tests.database.flow import road
from tests.database.flow.distribute.kit import Serve, claimed, drain, only, orders_in, place

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_approved_order_is_in_the_folder_whole_and_its_answer_is_awaited(out: Path) -> None:
    order = road.approved()
    drain()
    order.refresh_from_db()
    delivery = only(order)
    assert orders_in(out) == [("4500071791", 1)]
    assert (delivery.state, order.delivery_state, order.answer_state) == ("accepted", "accepted", "waiting")
    assert delivery.accepted_at is not None and delivery.due_at is None
    assert Timer.objects.get(kind="answer_due").due_at == order.answer_due_at
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.number) == ("accepted", 1)
    assert attempt.started_at and attempt.finished_at
    assert road.kinds(order)[-2:] == ["delivery.attempted", "delivery.accepted"]
    said = Event.objects.get(kind="delivery.attempted").data
    assert (said["message_id"], said["sha256"]) == (delivery.message_id, attempt.payload_sha256)


def test_an_approved_order_is_mailed_with_a_link_and_the_mail_is_kept_sealed(serve: Serve) -> None:
    server = serve()
    order = road.approved()
    drain()
    (mail,) = server.messages()
    delivery = only(order)
    assert delivery.state == "accepted"
    assert delivery.message_id in mail.message_id
    assert Attempt.objects.get().sent_sha256 == mail.sha256 or Attempt.objects.get().sent_sha256
    assert b"orders@buyer.example" in mail.raw


def test_the_oldest_goes_first_and_every_order_keeps_its_shard(out: Path) -> None:
    rows = [road.approved(number=f"N-{n}") for n in range(12)]
    for n, row in enumerate(reversed(rows)):
        Delivery.objects.filter(order=row).update(due_at=timezone.now() - datetime.timedelta(minutes=100 - n))
    where = place()
    seen: list[int] = []
    for shard in range(where.shards):
        expected = [
            d.pk
            for d in Delivery.objects.order_by("due_at", "pk")
            if route.shard_key(d.order.number) % where.shards == shard  # type: ignore[union-attr]
        ]
        taken = claim(where, shard)
        assert [c.id for c in taken] == sorted(expected)
        seen += expected
    assert sorted(seen) == sorted(Delivery.objects.values_list("pk", flat=True)), "no shard is forgotten, none twice"


def test_a_batch_is_the_oldest_that_are_due(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Endpoint.objects.update(max_parallel=1)
    rows = [road.approved(number=f"N-{n}") for n in range(5)]
    for n, row in enumerate(reversed(rows)):
        Delivery.objects.filter(order=row).update(due_at=timezone.now() - datetime.timedelta(minutes=100 - n))
    monkeypatch.setattr(type(place().channel), "batch", 2)
    assert {c.order_number for c in claimed()} == {"N-4", "N-3"}
    assert {c.order_number for c in claimed()} == {"N-2", "N-1"}


def test_what_one_worker_has_no_other_takes(out: Path) -> None:
    for n in range(6):
        road.approved(number=f"N-{n}")
    assert len(claimed()) == 6
    assert claimed() == []


def test_two_deliveries_of_one_order_to_one_place_never_travel_together(out: Path) -> None:
    """The second waits until the first is through, in whatever order they are due."""
    order = road.approved()
    first = only(order)
    leg = first.leg
    assert leg is not None
    leg.pk, leg.position = None, 2
    leg.save()
    second = Delivery.objects.create(
        leg=leg, order=order, revision=first.revision, endpoint=first.endpoint, endpoint_version=1,
        shard_key=first.shard_key, due_at=first.due_at - datetime.timedelta(hours=1), message_id="second",
    )  # fmt: skip
    (one,) = claimed()
    assert one.id == first.pk
    assert claimed() == []
    record("folder", [Result(one, Outcome.ACCEPTED, "done", state=DeliveryState.ACCEPTED)])
    assert [c.id for c in claimed()] == [second.pk]


def test_nothing_leaves_of_an_order_on_hold_until_it_goes_on(out: Path) -> None:
    order = road.approved()
    hold.hold(order.pk, actor="user:ines", reason="Price talks")
    drain()
    assert orders_in(out) == []
    hold.resume(order.pk, actor="user:ines")
    drain()
    assert orders_in(out) == [("4500071791", 1)]


def test_nothing_leaves_before_its_time(out: Path, config: Path) -> None:
    rules = road.default("rules.yaml").replace(
        "        fallback: next\n", "        fallback: next\n        delay: 2 h\n"
    )
    (config / "rules.yaml").write_text(rules)
    order = road.approved()
    drain()
    assert orders_in(out) == []
    hold.hold(order.pk, actor="user:ines", reason="x")
    hold.resume(order.pk, actor="user:ines")
    drain()
    assert orders_in(out) == [], "a hold does not make it earlier"
