"""A partner who takes so many in a minute gets no more, from all senders together, and nobody waits in vain for him."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from orderwire.flow import distribute
from orderwire.records import Delivery, Drain, Endpoint
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, orders_in
from tests.database.flow.test_cancel_race import together

pytestmark = pytest.mark.django_db(transaction=True)


def hour_passes() -> None:
    Endpoint.objects.update(slot_at=timezone.now() - datetime.timedelta(hours=1))


def test_only_so_many_leave_and_the_rest_stays_due(out: Path) -> None:
    Endpoint.objects.update(per_minute=24)
    for n in range(6):
        road.approved(number=f"N-{n}")
    drain()
    assert len(orders_in(out)) == 2, "a twelfth of a minute's parcels, and then one every few seconds"
    assert Delivery.objects.filter(state="ready", due_at__lte=timezone.now()).count() == 4
    drain()
    assert len(orders_in(out)) == 2
    hour_passes()
    drain()
    assert len(orders_in(out)) == 4, "a long rest saves up no more than a twelfth"


def test_the_sweep_asks_for_no_drain_before_the_next_slot(out: Path) -> None:
    Endpoint.objects.update(per_minute=1)
    for n in range(3):
        road.approved(number=f"N-{n}")
    drain()
    distribute.sweep()
    assert Drain.objects.count() == 0
    hour_passes()
    distribute.sweep()
    assert Drain.objects.count() > 0


def test_shards_that_send_at_once_share_the_slots(out: Path) -> None:
    Endpoint.objects.update(per_minute=36, max_parallel=4)
    for n in range(40):
        road.approved(number=f"N-{n}")
    (endpoint,) = Endpoint.objects.all()
    together(*(lambda shard=shard: distribute.drain(endpoint.pk, shard) for shard in range(4)))  # type: ignore[misc]
    assert len(orders_in(out)) == 3


def test_without_a_limit_nothing_is_counted(out: Path) -> None:
    for n in range(6):
        road.approved(number=f"N-{n}")
    drain()
    assert len(orders_in(out)) == 6 and Endpoint.objects.get().slot_at is None
