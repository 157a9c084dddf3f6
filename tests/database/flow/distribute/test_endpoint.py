"""A place that cannot be reached rests and comes back; a person's pause is his."""

import datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from orderwire.flow import distribute
from orderwire.flow.distribute import health
from orderwire.records import (
    Attempt,
    Delivery,
    Drain,
    Endpoint,
    Event,
)
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, due, only, orders_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_three_failed_connections_open_the_breaker_and_the_next_good_one_closes_it(out: Path) -> None:
    out.rmdir()
    orders = [road.approved(number=f"N-{n}") for n in range(3)]
    for n in range(3):
        Delivery.objects.exclude(order=orders[n]).filter(state="ready").update(due_at=None)
        Delivery.objects.filter(order=orders[n]).update(due_at=timezone.now())
        drain()
    endpoint = Endpoint.objects.get()
    assert endpoint.failures == 3
    assert endpoint.paused_until is not None
    assert 5 < (endpoint.paused_until - timezone.now()).total_seconds() <= 15 * 1.2
    assert "is not there" in endpoint.pause_reason
    assert road.kinds().count("endpoint.paused") == 1
    due()
    drain()
    assert Attempt.objects.count() == 3, "nothing is tried while the endpoint rests"

    out.mkdir()
    Endpoint.objects.update(paused_until=timezone.now() - datetime.timedelta(seconds=1))
    drain()
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.paused_until, endpoint.pause_reason) == (0, None, "")
    assert endpoint.last_success_at is not None
    assert road.kinds().count("endpoint.resumed") == 1
    assert len(orders_in(out)) == 3


def test_a_rest_doubles_to_a_quarter_of_an_hour_and_a_persons_pause_is_never_shortened(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "JITTER", 0)
    endpoint = Endpoint.objects.get()
    rests = []
    for _ in range(12):
        health.missed(endpoint.pk, "away")
        endpoint.refresh_from_db()
        rests.append(endpoint.paused_until and round((endpoint.paused_until - timezone.now()).total_seconds()))
    assert rests == [None, None, 15, 30, 60, 120, 240, 480, 900, 900, 900, 900]
    distribute.pause(endpoint.pk, actor="user:ines", reason="They move house")
    health.missed(endpoint.pk, "away")
    health.reached(endpoint.pk)
    endpoint.refresh_from_db()
    assert endpoint.paused_until == health.FOREVER


def test_a_paused_endpoint_gets_nothing_until_it_is_resumed(out: Path) -> None:
    endpoint = Endpoint.objects.get()
    distribute.pause(endpoint.pk, actor="user:ines", reason="They move house")
    road.approved()
    distribute.sweep()
    drain()
    assert (orders_in(out), Drain.objects.count()) == ([], 0)
    distribute.resume_endpoint(endpoint.pk, actor="user:ines")
    drain()
    assert len(orders_in(out)) == 1
    assert [k for k in road.kinds() if k.startswith("endpoint")] == ["endpoint.paused", "endpoint.resumed"]


def test_settings_that_the_channel_cannot_use_pause_the_endpoint_with_the_reason(out: Path) -> None:
    endpoint = Endpoint.objects.get()
    order = road.approved()
    with transaction.atomic():
        road.forge("ow_endpoint_version", "update ow_endpoint_version set config = '{\"out\": 7}'")
    drain()
    endpoint.refresh_from_db()
    assert endpoint.paused_until == health.FOREVER
    assert "settings cannot be used: out:" in endpoint.pause_reason
    assert road.states(order) == ["ready"]


def test_one_dead_partner_does_not_keep_another_waiting(out: Path, tmp_path: Path) -> None:
    road.supplier(tmp_path / "other", "Other")
    dead = [road.approved(number=f"N-{n}") for n in range(3)]
    alive = road.approved(number="A", supplier=factories.document().supplier.model_copy(update={"name": "Other"}))
    out.rmdir()
    drain()
    assert {only(row).state for row in dead} == {"retry"}
    assert only(alive).state == "accepted"


def test_a_997_is_delivered_like_anything_else(out: Path) -> None:
    from orderwire.records.blob import keep

    endpoint = Endpoint.objects.get()
    file = {"filename": "997.edi", "media_type": "application/edi-x12", "sha256": keep(b"ISA*997~")}
    ack = Delivery.objects.create(
        kind="functional_ack", endpoint=endpoint, endpoint_version=1, shard_key=5, due_at=timezone.now(),
        message_id="ack.1.1", parcel={"files": [file], "controls": {}},
    )  # fmt: skip
    drain()
    ack.refresh_from_db()
    assert (ack.state, [path.read_bytes() for path in out.iterdir()]) == ("accepted", [b"ISA*997~"])
    assert Event.objects.get(kind="delivery.accepted").subjects == {"delivery": str(ack.pk)}
    distribute.resend(ack.pk, actor="user:ines", reason="They lost it")
    drain()
    ack.refresh_from_db()
    assert (ack.state, ack.tries) == ("accepted", 2)
