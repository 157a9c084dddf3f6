"""A late supplier is reminded in his own language, once, by a real mail server; his answer stops it."""

import datetime
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from orderwire import engine
from orderwire.document.response import HeaderStatus, Response
from orderwire.document.states import AnswerState
from orderwire.flow import acknowledge, remind
from orderwire.flow.distribute import drain, sweep
from orderwire.records import Delivery, Event, Notice, Order, Partner, Timer
from orderwire.testing.smtp import MailServer
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[MailServer]:
    with MailServer(tmp_path / "mails.jsonl") as server:
        yield server


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Sweep, and do at once what the worker would do."""
    wanted: list[tuple[int, int]] = []
    monkeypatch.setattr(engine, "defer_drains", lambda shards: wanted.extend(shards))
    monkeypatch.setattr(engine, "defer_sweep", lambda: None)

    def once() -> None:
        sweep()
        sweep()
        while wanted:
            drain(*wanted.pop())

    return once


@pytest.fixture
def house(settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    settings.ORDERWIRE_CONFIG = folder
    road.trusting(folder)


def by_mail(partner: Partner, server: MailServer, to: str) -> None:
    factories.endpoint(
        partner, channel="email", format="pdf", host="127.0.0.1", port=server.port, security="none",
        from_address="einkauf@nordhaven.example", recipients=[to],
    )  # fmt: skip


def late(order: Order, *, days: int = 1) -> None:
    """As if the answer had been due so many days ago and the clocks had run since."""
    order.refresh_from_db()
    assert order.answer_due_at is not None
    back = timezone.now() - datetime.timedelta(days=days) - order.answer_due_at
    order.answer_due_at += back
    order.save()
    for timer in Timer.objects.filter(order=order, fired_at=None):
        timer.due_at += back
        for name in ("due", "at"):
            if name in timer.data:
                moved = datetime.datetime.fromisoformat(timer.data[name]) + back
                timer.data[name] = moved.astimezone(datetime.UTC).isoformat()
        timer.save()


def open_always(partner: Partner) -> None:
    """Nobody sleeps, so that a test may run at any hour."""
    partner.opens, partner.closes, partner.weekend = datetime.time(0), datetime.time(23, 59, 59), []
    partner.save()


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_german_supplier_gets_one_reminder_in_german_and_his_answer_ends_it(
    house: None, mail: MailServer, work: Callable[[], None]
) -> None:
    partner = factories.supplier(
        "Rheintalguss", language="de", time_zone="Europe/Berlin", contact_email="export@rheintal.example"
    )
    open_always(partner)
    by_mail(partner, mail, "orders@rheintal.example")
    document = factories.document(supplier=factories.Party(name="Rheintalguss"))
    order = road.approved(document)
    work()
    assert [m.rcpt_to for m in mail.messages()] == [("orders@rheintal.example",)]

    late(order)
    work()
    work()
    assert [m.rcpt_to for m in mail.messages()][1:] == [("export@rheintal.example",)]
    reminder = read(mail.messages()[1].raw)
    assert reminder["Subject"].startswith(f"Erinnerung: Bestellung {order.number} von Nordhaven Pumpen GmbH")
    assert reminder["Content-Language"] == "de"
    body = reminder.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "haben wir noch keine Antwort von Ihnen" in text and "/a/" in text and "EUR" in text
    assert Notice.objects.count() == 1

    acknowledge.take(
        Response(order_number=order.number, status=HeaderStatus.ACCEPTED),
        supplier=partner,
        source="api",
        actor="api:erp",
    )
    order.refresh_from_db()
    assert order.answer_state == AnswerState.ACCEPTED and remind.preview() == []
    Timer.objects.filter(fired_at=None).update(due_at=timezone.now())
    work()
    assert len(mail.messages()) == 2


def test_what_waits_to_go_out_when_the_answer_comes_is_not_sent(
    house: None, mail: MailServer, work: Callable[[], None]
) -> None:
    partner = factories.supplier("Rheintalguss", contact_email="export@rheintal.example")
    by_mail(partner, mail, "orders@rheintal.example")
    order = road.approved(factories.document(supplier=factories.Party(name="Rheintalguss")))
    work()
    (notice,) = remind.now(order.pk, actor="user:ines")
    acknowledge.take(
        Response(order_number=order.number, status=HeaderStatus.ACCEPTED),
        supplier=partner,
        source="api",
        actor="api:erp",
    )
    work()
    notice.refresh_from_db()
    assert len(mail.messages()) == 1 and notice.stopped_at is not None
    assert Delivery.objects.get(kind="notice").state == "cancelled"
    assert Event.objects.get(kind="notice.stopped").data["reason"] == "Rheintalguss answered (accepted)."
