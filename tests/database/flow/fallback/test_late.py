"""A proof that comes after the order went another way: what has not left stays here, what left stays true."""

from pathlib import Path

import pytest

from orderwire.flow import evidence
from orderwire.flow.holding import holding
from orderwire.records import Delivery, Endpoint, Event, Order
from tests.database.flow import road
from tests.database.flow.distribute.kit import claimed, drain, due, lapsed
from tests.database.flow.fallback.kit import Ways, came_back, proven, trips, ways

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(sink: Ways, tmp_path: Path) -> Order:
    """Handed over by EDI, then said to have come back; it waits to leave by mail."""
    ways(tmp_path, "edi", "mail", "portal")
    made = road.approved()
    drain()
    came_back(Delivery.objects.get())
    return made


def first() -> Delivery:
    return Delivery.objects.earliest("pk")


def test_what_has_not_left_is_not_sent(order: Order, sink: Ways) -> None:
    proven(first())
    drain()
    assert trips(order) == [("edi", "delivered"), ("mail", "cancelled")] and len(sink.has) == 1
    order.refresh_from_db()
    assert first().primary and order.delivery_state == "delivered"
    assert order.answer_state == "waiting", "the time for his answer runs as printed on what he has"
    assert Event.objects.get(kind="delivery.cancelled").data["reason"] == "The earlier sending arrived after all."


def test_what_was_handed_over_stays_and_does_not_climb_when_it_fails(order: Order, sink: Ways) -> None:
    drain()
    proven(first())
    assert trips(order) == [("edi", "delivered"), ("mail", "accepted")]
    order.refresh_from_db()
    assert holding(order).how == "receipt proven"
    came_back(Delivery.objects.latest("pk"))
    drain()
    assert trips(order) == [("edi", "delivered"), ("mail", "cancelled")] and len(sink.has) == 2
    order.refresh_from_db()
    assert first().primary and order.delivery_state == "delivered"


def test_what_is_being_sent_at_that_moment_is_not_tried_again(
    order: Order, sink: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink.said = {"mail": ["later", "ok"]}
    plain = sink.send

    def send(parcel: object) -> object:
        proven(first())
        return plain(parcel)  # type: ignore[arg-type]

    monkeypatch.setattr(sink, "send", send)
    drain()
    due()
    drain()
    assert trips(order) == [("edi", "delivered"), ("mail", "cancelled")] and len(sink.has) == 1
    order.refresh_from_db()
    assert first().primary and order.delivery_state == "delivered"


def test_a_dead_worker_leaves_nothing_that_is_sent_after_the_proof(order: Order, sink: Ways) -> None:
    sink.resendable = True
    Endpoint.objects.exclude(name="mail").update(active=False)
    mail = Endpoint.objects.get(name="mail")
    claimed(mail)
    assert trips(order)[-1] == ("mail", "sending")
    proven(first())
    lapsed()
    drain(mail)
    assert trips(order) == [("edi", "delivered"), ("mail", "cancelled")] and len(sink.has) == 1


def test_an_answer_proves_what_left_and_not_what_waits(order: Order, sink: Ways) -> None:
    assert order.supplier_id is not None
    revision = order.revisions.get()
    assert evidence.delivery_for(order, revision_id=revision.pk, supplier_id=order.supplier_id) == first()
    drain()
    assert evidence.delivery_for(order, revision_id=revision.pk, supplier_id=order.supplier_id) != first()


def test_two_withdrawn_ways_and_the_first_arrives(order: Order, sink: Ways) -> None:
    sink.said = {"mail": ["refused"]}
    drain()
    assert trips(order)[-1][0] == "portal"
    waiting = trips(order)[-1][1]
    proven(first())
    expected = "cancelled" if waiting == "ready" else waiting
    assert trips(order) == [("edi", "delivered"), ("mail", "withdrawn"), ("portal", expected)]
    assert Delivery.objects.filter(primary=True).count() == 1
