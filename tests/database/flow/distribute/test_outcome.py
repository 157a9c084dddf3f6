"""Whatever the other side says, or does not say, is written down and settled."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from orderwire.flow import Refused, distribute, hold
from orderwire.records import (
    Attempt,
    Endpoint,
    EndpointVersion,
    Event,
    Timer,
)
from orderwire.testing.smtp import Rule
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import Serve, drain, due, lapsed, mailbox, only, orders_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_absent_folder_is_tried_again_by_the_schedule_until_a_person_must_act(out: Path) -> None:
    out.rmdir()
    version = EndpointVersion.objects.get()
    with transaction.atomic():
        road.forge(
            "ow_endpoint_version", "update ow_endpoint_version set retry = '{60, 600}' where id = %s", version.pk
        )
    order = road.approved()
    waits = []
    for _ in range(2):
        drain()
        delivery = only(order)
        assert delivery.state == "retry" and delivery.due_at is not None
        waits.append((delivery.due_at - timezone.now()).total_seconds())
        due()
        Endpoint.objects.update(paused_until=None)
    assert 45 < waits[0] < 75 and 470 < waits[1] < 725
    drain()
    order.refresh_from_db()
    assert (only(order).state, order.delivery_state) == ("failed", "failed")
    assert "is not there. Create or mount it Given up after 3 tries." in only(order).reason
    assert road.kinds(order)[-6:] == [
        "delivery.attempted", "delivery.retry", "delivery.attempted", "delivery.retry", "delivery.attempted",
        "delivery.failed",
    ]  # fmt: skip
    assert [a.outcome for a in Attempt.objects.order_by("pk")] == ["unavailable"] * 3


def test_a_recipient_that_the_server_does_not_know_is_a_failure_for_a_person(serve: Serve) -> None:
    serve(Rule("rcpt", "550 5.1.1 no such user"))
    order = road.approved()
    drain()
    order.refresh_from_db()
    delivery = only(order)
    assert (delivery.state, order.delivery_state, order.answer_state) == ("failed", "failed", "not_asked")
    assert "no such user" in delivery.reason
    assert Attempt.objects.get().outcome == "refused"
    assert Event.objects.get(kind="delivery.failed").data["code"]


def test_a_greylisting_server_gets_the_same_mail_later(serve: Serve) -> None:
    server = serve(Rule("rcpt", "451 4.7.1 later", times=1))
    order = road.approved()
    drain()
    assert (only(order).state, only(order).failures) == ("retry", 1)
    first = only(order).parcel
    due()
    drain()
    assert only(order).state == "accepted"
    assert len(server.messages()) == 1
    assert only(order).parcel == first, "made once, sent as it was"
    assert not only(order).duplicate


def test_a_mail_whose_fate_is_unknown_is_in_doubt_and_never_sent_again_by_itself(serve: Serve) -> None:
    server = serve(Rule("taken", "cut", times=1))
    order = road.approved()
    drain()
    order.refresh_from_db()
    assert (only(order).state, order.delivery_state, order.answer_state) == ("in_doubt", "in_doubt", "not_asked")
    assert Attempt.objects.get().outcome == "unknown"
    due()
    lapsed()
    drain()
    assert len(server.messages()) == 1


def test_a_doubt_ends_when_somebody_says_it_arrived_and_the_answer_is_awaited(serve: Serve) -> None:
    server = serve(Rule("taken", "cut", times=1))
    order = road.approved()
    drain()
    settled = distribute.settle_doubt(only(order).pk, arrived=True, actor="user:ines", reason="Marta called")
    order.refresh_from_db()
    assert (settled.state, order.delivery_state, order.answer_state) == ("accepted", "accepted", "waiting")
    assert order.answer_due_at is not None and Timer.objects.get(kind="answer_due").due_at == order.answer_due_at
    assert road.kinds(order)[-2:] == ["delivery.in_doubt", "delivery.settled"]
    drain()
    assert len(server.messages()) == 1
    with pytest.raises(Refused, match="no doubt to settle"):
        distribute.settle_doubt(settled.pk, arrived=False, actor="user:ines")


def test_a_doubt_may_be_settled_by_sending_again_marked_and_with_the_same_id(serve: Serve) -> None:
    server = serve(Rule("taken", "cut", times=1))
    order = road.approved()
    drain()
    distribute.settle_doubt(only(order).pk, arrived=False, actor="user:ines")
    drain()
    first, second = server.messages()
    assert first.message_id == second.message_id
    assert (only(order).state, only(order).duplicate) == ("accepted", True)
    assert first.raw != second.raw, "the second says that it may be one too many"


def test_sending_again_keeps_the_id_and_the_bytes_and_marks_the_copy(serve: Serve) -> None:
    server = serve()
    order = road.approved()
    drain()
    before = only(order).parcel
    distribute.resend(only(order).pk, actor="user:ines", reason="They lost it")
    assert road.kinds(order)[-1] == "delivery.resent"
    with pytest.raises(Refused, match="on its way already"):
        distribute.resend(only(order).pk, actor="user:ines", reason="again")
    drain()
    first, second = server.messages()
    assert (first.message_id, only(order).parcel) == (second.message_id, before)
    assert (only(order).state, only(order).duplicate, only(order).tries) == ("accepted", True, 2)


def test_sending_again_after_a_refusal_is_no_duplicate(serve: Serve) -> None:
    server = serve(Rule("rcpt", "550 5.1.1 no such user", times=1))
    order = road.approved()
    drain()
    distribute.resend(only(order).pk, actor="user:ines", reason="They made the mailbox")
    drain()
    assert len(server.messages()) == 1
    assert not only(order).duplicate


def test_the_same_file_again_into_a_folder_is_there_once(out: Path) -> None:
    order = road.approved()
    drain()
    distribute.resend(only(order).pk, actor="user:ines", reason="They lost it")
    drain()
    assert orders_in(out) == [("4500071791", 1)]


@pytest.mark.parametrize("state", ["hold", "newer version", "replaced"])
def test_what_must_not_leave_is_not_sent_again_either(state: str, out: Path) -> None:
    order = road.approved()
    if state != "replaced":
        drain()
    old = only(order)
    if state == "hold":
        hold.hold(order.pk, actor="user:ines", reason="x")
    else:
        road.approved(revision=2)
    with pytest.raises(Refused, match=r"not approved now|newer version|not to be sent any more"):
        distribute.resend(old.pk, actor="user:ines", reason="please")


def test_a_delivery_that_is_not_there_is_not_found() -> None:
    for verb in (distribute.resend, lambda pk, **how: distribute.settle_doubt(pk, arrived=True, actor=how["actor"])):
        with pytest.raises(Refused) as refused:
            verb(404, actor="user:ines", reason="x")  # type: ignore[operator]
        assert refused.value.kind == "not_found"


def test_where_the_operator_prefers_it_a_mail_of_unknown_fate_is_sent_again_marked(serve: Serve, settings: Any) -> None:
    settings.ORDERWIRE_EMAIL_IN_DOUBT = "resend"
    server = serve(Rule("taken", "cut", times=1))
    order = road.approved()
    drain()
    assert (only(order).state, only(order).duplicate) == ("retry", True)
    due()
    drain()
    assert (only(order).state, len(server.messages())) == ("accepted", 2)


def test_a_channel_that_fails_before_it_is_connected_leaves_no_doubt(caplog: pytest.LogCaptureFixture) -> None:
    mailbox(25, host="mail..example")  # Python finds such a name only when it looks it up
    order = road.approved()
    drain()
    assert (only(order).state, only(order).reason) == ("retry", "No connection because of a fault of ours. Report it.")
    assert "failed to connect" in caplog.text


def test_a_channel_with_a_fault_of_its_own_leaves_a_doubt_only_where_a_copy_would_hurt(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from orderwire.channels.email.session import MailSession
    from orderwire.channels.folder.outbox import Outbox

    def broken(self: Any, parcel: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(MailSession, "send", broken)
    monkeypatch.setattr(Outbox, "send", broken)
    serve()
    road.supplier(tmp_path / "out", "Other")
    mailed = road.approved()
    filed = road.approved(number="F-1", supplier=factories.document().supplier.model_copy(update={"name": "Other"}))
    drain()
    assert (only(mailed).state, only(filed).state) == ("in_doubt", "retry")
    assert "fault of ours" in only(mailed).reason
    assert caplog.text.count("failed on delivery") == 2
