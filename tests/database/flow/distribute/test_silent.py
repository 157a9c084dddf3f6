"""Places that do not answer keep few senders busy, however many there are: others leave beside them (fault 65)."""

from pathlib import Path

import pytest

from orderwire.flow import distribute
from orderwire.flow.distribute import health
from orderwire.flow.distribute.sweep import SUSPECTS
from orderwire.records import Drain, Endpoint, Partner
from tests.database.flow import road
from tests.database.flow.distribute.kit import mailbox
from tests.database.flow.fallback.conftest import sink as sink
from tests.database.flow.fallback.kit import Ways, ways

pytestmark = pytest.mark.django_db(transaction=True)


def asked() -> set[int]:
    """The endpoints of which the sweep asks a drain."""
    Drain.objects.all().delete()
    distribute.sweep()
    return set(Drain.objects.values_list("endpoint_id", flat=True))


def to(endpoint: Endpoint, number: str) -> None:
    made = road.approved(number=number)
    made.deliveries.update(endpoint=endpoint)


def test_of_many_silent_places_only_two_are_tried_at_once_and_others_all(out: Path) -> None:
    good = Endpoint.objects.get()
    silent = [mailbox(25, Partner.objects.get(), host=f"10.0.0.{n}") for n in range(6)]
    for n, endpoint in enumerate(silent):
        to(endpoint, f"S-{n}")
        health.missed(endpoint.pk, "No answer.")
    to(good, "G-1")
    found = asked()
    assert good.pk in found and len(found - {good.pk}) == SUSPECTS
    distribute.sweep()
    assert Drain.objects.count() == SUSPECTS + 1, "no more while these are tried"


def test_a_host_that_does_not_answer_is_suspect_for_all_its_endpoints_until_one_works_again(out: Path) -> None:
    same = [mailbox(25, Partner.objects.get(), host="relay.example") for _ in range(5)]
    for n, endpoint in enumerate(same):
        to(endpoint, f"S-{n}")
    assert len(asked()) == 5
    health.missed(same[0].pk, "No answer.")
    assert len(asked()) == SUSPECTS
    health.reached(same[1].pk)
    assert len(asked()) == 5


def test_an_endpoint_that_failed_is_tried_by_one_shard_only(sink: Ways, tmp_path: Path) -> None:
    (edi,) = ways(tmp_path, "edi")
    Endpoint.objects.update(max_parallel=8)
    for n in range(30):
        road.approved(number=f"N-{n}")
    health.missed(edi.pk, "No answer.")
    asked()
    assert Drain.objects.count() == 1
    health.reached(edi.pk)
    asked()
    assert Drain.objects.count() > 4
