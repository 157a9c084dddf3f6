"""A partner over HTTP who switches his address off, or wishes to be asked later, gets what he wants."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from orderwire.flow.distribute import health
from orderwire.records import Attempt, Delivery, Endpoint, Partner
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, due
from tests.servers.channels.http_peer import Peer, Said

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def hook(peer: Peer) -> Endpoint:
    """The one supplier's only endpoint, with a single shard, so that all travels in one batch."""
    Endpoint.objects.update(active=False)
    given: dict[str, Any] = {"url": peer.url, "allow_private": True, "secrets": [SECRET], "timeout": 5}
    made = factories.endpoint(Partner.objects.get(role="supplier"), channel="webhook", format="order_json", **given)
    Endpoint.objects.filter(pk=made.pk).update(max_parallel=1)
    made.refresh_from_db()
    return made


def test_an_address_that_is_switched_off_rests_and_nothing_more_of_the_batch_goes_there(out: Path) -> None:
    with Peer(Said(200), Said(410), Said(200)) as peer:
        endpoint = hook(peer)
        orders = [road.approved(number=f"N-{n}") for n in range(4)]
        drain(endpoint)
        assert [len(peer.documents()), peer.connects] == [2, 1]
        states = [Delivery.objects.get(order=o).state for o in orders]
        assert sorted(states) == ["accepted", "failed", "ready", "ready"]
        endpoint.refresh_from_db()
        assert endpoint.paused_until == health.FOREVER and "switched off for good (410)" in endpoint.pause_reason
        assert road.kinds().count("endpoint.paused") == 1
        drain(endpoint)
        assert len(peer.documents()) == 2, "it rests until a person looked"
        assert Attempt.objects.filter(outcome="refused").count() == 1

        health.resume(endpoint.pk, actor="user:ines")
        drain(endpoint)
        assert len(peer.documents()) == 4


def test_a_partners_wish_when_to_come_back_is_kept_and_the_id_stays(out: Path) -> None:
    with Peer(Said(429, headers={"Retry-After": "7200"}), Said(trouble="cut"), Said(200)) as peer:
        endpoint = hook(peer)
        delivery = Delivery.objects.get(order=road.approved())
        drain(endpoint)
        delivery.refresh_from_db()
        assert delivery.state == "retry" and delivery.due_at is not None
        assert delivery.due_at > timezone.now() + timedelta(seconds=7000)
        for state in ("retry", "accepted"):
            due()
            drain(endpoint)
            delivery.refresh_from_db()
            assert delivery.state == state
        assert delivery.duplicate, "the second try may have arrived"
        assert len({one.headers["webhook-id"] for one in peer.documents()}) == 1
        stored = endpoint.versions.get().config
        assert SECRET not in str(stored) and "secret" in stored["secrets"][0]


def test_a_dead_partner_opens_the_breaker(out: Path) -> None:
    with Peer() as peer:
        pass
    endpoint = hook(peer)
    order = road.approved()
    for _ in range(3):
        Delivery.objects.filter(order=order).update(due_at=timezone.now())
        drain(endpoint)
    endpoint.refresh_from_db()
    assert endpoint.failures == 3 and "could not be reached" in endpoint.pause_reason
