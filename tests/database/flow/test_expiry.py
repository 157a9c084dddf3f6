"""Certificates that end are told of in time, each step once, until they are replaced (fault 24)."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from orderwire import plugins
from orderwire.channels import Expiry
from orderwire.flow import expiry
from orderwire.locks import Lock
from orderwire.records import Endpoint, Event, Timer, User
from orderwire.tracking import attention, inbox
from tests.database import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`ends(days, …)` says when the certificates of the folder channel end."""
    channel = plugins.channel("folder")
    found: list[Expiry] = []
    monkeypatch.setattr(type(channel), "expiries", lambda _self, _config: tuple(found), raising=False)
    factories.endpoint(factories.supplier(), channel="folder", format="order_json", out="/out")

    def say(*days: float) -> None:
        found[:] = [
            Expiry(f"their certificate {n}", NOW + datetime.timedelta(days=each)) for n, each in enumerate(days)
        ]

    return say


def told() -> list[int]:
    return [event.data["days"] for event in Event.objects.filter(kind="endpoint.expires").order_by("pk")]


def test_each_step_is_told_once_and_the_end_too(ends: Callable[..., None]) -> None:
    ends(61.5)
    for day in range(64):
        expiry.look(NOW + datetime.timedelta(days=day))
        expiry.look(NOW + datetime.timedelta(days=day, hours=1))
    assert told() == [60, 30, 14, 7, 1, 0]
    assert Timer.objects.filter(kind="expiry_alarm", stopped_at=None).count() == 1, "one task for one certificate"


def test_what_was_replaced_is_no_task_any_more(ends: Callable[..., None]) -> None:
    ends(5)
    expiry.look(NOW)
    assert attention.expiring().count() == 1
    ends(700)
    expiry.look(NOW)
    assert attention.expiring().count() == 0 and told() == [7]


def test_several_certificates_and_one_that_is_over(ends: Callable[..., None]) -> None:
    ends(20, -3, 400)
    expiry.look(NOW)
    assert sorted(told()) == [0, 30]
    Endpoint.objects.update(active=False)
    expiry.look(NOW)
    assert attention.expiring().count() == 0, "nobody is told of an address that is not used"


def test_it_stands_in_the_inbox(ends: Callable[..., None]) -> None:
    ends(5, -3)
    expiry.look(NOW)
    tasks = [t for pile in inbox.piles(User.objects.create_user("ines")) for t in pile.tasks]
    assert sorted(t.title for t in tasks) == ["A certificate or key ends soon", "A certificate or key has ended"]
    assert any("Nothing is sent there until it is replaced" in t.why for t in tasks)


def test_a_channel_that_breaks_stops_nobody_and_tells_no_secret(
    ends: Callable[..., None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: Any) -> Any:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(type(plugins.channel("folder")), "expiries", breaks)
    expiry.look(NOW)
    assert "RuntimeError" in caplog.text and "hunter2" not in caplog.text and told() == []


@pytest.mark.django_db(transaction=True)
def test_a_look_that_another_process_kept_us_from_is_made_later(
    ends: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "_looked", [])
    ends(5)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [Lock.EXPIRE])
        expiry.daily()
        assert told() == []
        cursor.execute("select pg_advisory_unlock(%s)", [Lock.EXPIRE])
    other.close()
    expiry.daily()
    assert told() == [7]
    ends(0.5)
    expiry.daily()
    assert told() == [7], "once a day"
