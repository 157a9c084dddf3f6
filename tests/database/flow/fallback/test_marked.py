"""Whatever went out once, and however it is sent again, the next copy says that it is one; nothing goes where it was
tried in vain, and what waits for some addresses alone does not leave beside another way."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from orderwire.flow import distribute, fallback, route
from orderwire.records import Delivery, Endpoint, Order, Timer
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain
from tests.database.flow.fallback.kit import Ways, trips, ways

pytestmark = pytest.mark.django_db(transaction=True)


def newest(order: Order) -> Delivery:
    return Delivery.objects.filter(order=order).latest("pk")


def unproven() -> None:
    """The time for the receipt has passed a moment ago."""
    Timer.objects.filter(kind="receipt_due").update(due_at=timezone.now() - datetime.timedelta(seconds=1))
    distribute.sweep()


def test_what_nobody_proved_in_time_is_marked_when_a_person_sends_it_again(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", receipt_minutes=60)
    order = road.approved()
    drain()
    unproven()
    assert trips(order) == [("edi", "failed")]
    distribute.resend(newest(order).pk, actor="user:ines", reason="Once more")
    drain()
    assert sink.has == [("edi", order.number, False), ("edi", order.number, True)]


def test_what_nobody_proved_in_time_is_marked_when_it_is_planned_again(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", receipt_minutes=60)
    order = road.approved()
    drain()
    unproven()
    route.replan(order.pk, actor="user:ines")
    drain()
    assert sink.has == [("edi", order.number, False), ("edi", order.number, True)]


def test_a_way_that_a_person_chose_does_not_lead_back_to_those_that_failed(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", "mail")
    sink.said = {"edi": ["refused"], "mail": ["refused"], "phone": ["refused"]}
    order = road.approved()
    drain()
    drain()
    phone = factories.endpoint(
        Endpoint.objects.get(name="edi").partner, channel="folder", format="order_json", out=str(tmp_path / "phone")
    )
    fallback.climb(newest(order).pk, actor="user:ines", reason="By phone", endpoint_id=phone.pk)
    drain()
    assert [state for _, state in trips(order)] == ["withdrawn", "withdrawn", "failed"] and not sink.has
