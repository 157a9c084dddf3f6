"""No older version of an order is sent once a newer one is planned."""

import contextlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event as Signal
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from orderwire.channels.email.session import MailSession
from orderwire.document.states import DeliveryState
from orderwire.flow import Refused, distribute, evidence, hold
from orderwire.flow.distribute.result import Outcome, Result, record
from orderwire.records import Attempt, Delivery, Endpoint, EndpointVersion, Order
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import (
    Serve,
    claimed,
    died,
    drain,
    draining,
    due,
    lapsed,
    made,
    orders_in,
    place,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_version_that_waits_for_another_try_is_replaced_and_never_sent(out: Path, tmp_path: Path) -> None:
    out.rename(tmp_path / "away")
    order = road.approved()
    drain()
    assert road.states(order) == ["retry"]
    road.approved(revision=2)
    (tmp_path / "away").rename(out)
    Endpoint.objects.update(paused_until=None)
    due()
    drain()
    assert (road.states(order), orders_in(out)) == (["superseded", "accepted"], [("4500071791", 2)])


def test_a_version_that_is_being_sent_when_the_next_is_planned_is_not_tried_again(out: Path) -> None:
    order = road.approved()
    (old,) = claimed()
    road.approved(revision=2)
    again = Result(
        old, Outcome.UNAVAILABLE, "folder away", state=DeliveryState.RETRY, due_at=timezone.now(), failures=1
    )
    record("folder", [again])
    drain()
    assert (road.states(order), orders_in(out)) == (["superseded", "accepted"], [("4500071791", 2)])
    assert road.kinds(order).count("delivery.superseded") == 1
    order.refresh_from_db()
    assert order.delivery_state == "accepted"


def test_a_version_that_is_made_ready_when_the_next_is_planned_does_not_start(out: Path) -> None:
    order = road.approved()
    (old,) = claimed()
    where = place()
    batch = made(where, [old])
    road.approved(revision=2)
    assert draining._intended(where, batch) == []
    drain()
    assert (road.states(order), orders_in(out)) == (["superseded", "accepted"], [("4500071791", 2)])


@pytest.mark.parametrize("started", [False, True])
def test_a_dead_workers_version_is_not_sent_after_the_next_was_planned(started: bool, out: Path) -> None:
    order = road.approved()
    died(started=started)
    road.approved(revision=2)
    lapsed()
    drain()
    drain()
    assert (road.states(order), orders_in(out)) == (["superseded", "accepted"], [("4500071791", 2)])
    assert Attempt.objects.order_by("pk")[0].outcome == ("unknown" if started else "not_started")


def test_an_order_that_is_stopped_while_its_document_is_made_does_not_start(out: Path) -> None:
    order = road.approved()
    (ours,) = claimed()
    where = place()
    batch = made(where, [ours])
    hold.hold(order.pk, actor="user:ines", reason="Stop!")
    assert draining._intended(where, batch) == []
    assert not Attempt.objects.exists()
    drain()
    assert (road.states(order), orders_in(out)) == (["ready"], [])
    hold.resume(order.pk, actor="user:ines")
    drain()
    assert orders_in(out) == [("4500071791", 1)]


def test_an_order_that_is_stopped_while_its_neighbors_are_mailed_does_not_start(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve()
    Endpoint.objects.update(max_parallel=1)
    orders = [road.approved(number=f"N-{n}") for n in range(3)]
    true_send = MailSession.send

    def stopping(self: Any, parcel: Any) -> Any:
        if parcel.reference == "N-0":
            hold.hold(orders[1].pk, actor="user:ines", reason="x")
        return true_send(self, parcel)

    monkeypatch.setattr(MailSession, "send", stopping)
    drain()
    assert [road.states(order) for order in orders] == [["accepted"], ["ready"], ["accepted"]]
    hold.resume(orders[1].pk, actor="user:ines")
    drain()
    assert (road.states(orders[1]), len(server.messages())) == (["accepted"], 3)


@pytest.mark.parametrize("channel", ["folder", "email"])
def test_people_and_workers_at_one_order_never_wait_for_each_other(channel: str, tmp_path: Path, serve: Serve) -> None:
    """Twenty versions come in while a person holds and resumes the order and a worker drains: no deadlock, and no
    older version is tried after a newer one."""
    if channel == "folder":
        road.supplier(tmp_path / "out")
    else:
        serve()
    order, done, faults = road.approved(), Signal(), []

    def repeated(act: Callable[[], object]) -> None:
        try:
            while not done.is_set():
                with contextlib.suppress(Refused):
                    act()
        except Exception as fault:  # noqa: BLE001 - reported by the test
            faults.append(fault)
        finally:
            connection.close()

    def stop_and_go() -> None:
        hold.hold(order.pk, actor="user:ines", reason="x")
        hold.resume(order.pk, actor="user:ines")
        done.wait(0.02)

    def again() -> None:
        delivery = Delivery.objects.filter(order=order).latest("pk")
        distribute.resend(delivery.pk, actor="user:jens", reason="x")
        done.wait(0.02)

    with ThreadPoolExecutor(3) as threads:
        running = [threads.submit(repeated, act) for act in (drain, stop_and_go, again)]
        revision = 2
        while revision <= 20 and not faults:
            with contextlib.suppress(Refused):  # it is on hold just now
                road.bring(factories.document(revision=revision))
                revision += 1
        done.set()
        for each in running:
            each.result(30)
    assert faults == []
    if Order.objects.get(pk=order.pk).state == "held":
        hold.resume(order.pk, actor="user:ines")
    drain()
    tried = list(Attempt.objects.order_by("pk").values_list("delivery__revision__number", flat=True))
    assert tried == sorted(tried)
    assert road.states(order)[-1] == "accepted"


def asked_for(form: str) -> None:
    old = Endpoint.objects.get().current
    EndpointVersion.objects.create(
        endpoint=old.endpoint, number=2, channel=old.channel, format=old.format, config=old.config,
        profile={"order_json": {"change": form}},
    )  # fmt: skip
    Endpoint.objects.update(version=2)


@pytest.mark.parametrize("form", ["full", "delta"])
def test_who_holds_an_earlier_version_gets_the_change_in_the_form_of_his_profile(out: Path, form: str) -> None:
    first = road.approved()
    drain()
    asked_for(form)
    lines = (factories.line("10", supplier_part="MG1/28", price="13"), factories.line("20", quantity=60, price="118"))
    road.approved(revision=2, lines=lines)
    drain()
    assert road.states(first) == ["accepted", "accepted"]
    [change] = [body for path in out.iterdir() if (body := json.loads(path.read_text()))["type"] == "change"]
    named = [(line["number"], line["action"]) for line in change["change"]["lines"]]
    assert named == [("10", "changed"), ("20", "unchanged")][: 2 if form == "full" else 1]
    assert (change["change"]["revision"], change["change"]["sequence"]) == (2, 1)


def test_who_holds_nothing_gets_the_order_whatever_its_version(out: Path) -> None:
    asked_for("delta")
    road.approved(revision=3)
    drain()
    assert orders_in(out) == [("4500071791", 3)]


def test_who_refused_the_earlier_version_gets_the_order(out: Path) -> None:
    order = road.approved()
    drain()
    with transaction.atomic():
        list(evidence.disprove(Delivery.objects.get(order=order), order, "Their system rejected the bytes."))
    asked_for("delta")
    road.approved(revision=2)
    drain()
    assert orders_in(out) == [("4500071791", 1), ("4500071791", 2)]


def test_a_system_that_saw_the_order_only_as_another_format_gets_the_order(out: Path) -> None:
    road.approved()
    drain()
    road.forge("ow_endpoint_version", "update ow_endpoint_version set format = 'pdf' where number = %s", 1)
    asked_for("delta")
    road.forge("ow_endpoint_version", "update ow_endpoint_version set format = 'order_json' where number = %s", 2)
    road.approved(revision=2)
    drain()
    assert orders_in(out) == [("4500071791", 1), ("4500071791", 2)]
