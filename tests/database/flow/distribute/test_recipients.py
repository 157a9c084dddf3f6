"""One mail to several addresses: who has it gets no second, who may get it later gets it alone, the dead nothing."""

import datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from django.utils import timezone

from orderwire.channels import Report
from orderwire.flow import Refused, fallback, remind, reported, route, suppress
from orderwire.flow.fallback import chain
from orderwire.flow.token import token
from orderwire.records import AnswerLink, Delivery, DeliveryRecipient, Endpoint, Event, Order, Partner, Suppression
from orderwire.testing.smtp import Rule
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import Serve, drain, due, orders_in

pytestmark = pytest.mark.django_db(transaction=True)

THREE = ["a@supplier.example", "b@supplier.example", "c@supplier.example"]


def fates(order: Order) -> dict[str, str]:
    """The delivery's recipients by the first letter of their address."""
    return {r.address[0]: r.state for r in DeliveryRecipient.objects.filter(delivery=whole(order))}


def whole(order: Order) -> Delivery:
    return Delivery.objects.get(order=order, says={})


def rest(order: Order) -> Delivery:
    return Delivery.objects.exclude(says={}).get(order=order)


def test_one_is_unknown_one_comes_later_and_the_third_is_not_asked_again(serve: Serve) -> None:
    server = serve(
        Rule("rcpt", "550 5.1.1 who?", match="b@"),
        Rule("rcpt", "451 4.7.1 later", match="c@", times=2),
        recipients=THREE,
        return_path="po@buyer.example",
    )
    order = road.approved()
    drain()
    first = whole(order)
    order.refresh_from_db()
    assert (first.state, order.delivery_state, order.answer_state) == ("accepted", "accepted", "waiting")
    assert fates(order) == {"a": "taken", "b": "refused", "c": "later"}
    second = rest(order)
    assert (second.state, second.primary, second.failures, second.message_id) == ("retry", False, 1, first.message_id)
    assert second.due_at is not None and second.due_at > timezone.now() + datetime.timedelta(seconds=250)
    for _ in range(3):
        due()
        drain()
    second.refresh_from_db()
    assert second.state == "accepted" and fates(order) == {"a": "taken", "b": "refused", "c": "taken"}
    assert [m.rcpt_to for m in server.messages()] == [("a@supplier.example",), ("c@supplier.example",)]
    before, after = (message_from_bytes(m.raw) for m in server.messages())
    assert before["Message-ID"] == after["Message-ID"]
    assert {m.mail_from for m in server.messages()} == {f"po+{token(first.pk)}@buyer.example"}
    assert [p.get_payload() for p in before.walk() if p.get_filename()] == [
        p.get_payload() for p in after.walk() if p.get_filename()
    ]
    assert AnswerLink.objects.get().delivery_id == first.pk, "one answer link, whoever of them uses it"
    assert Delivery.objects.filter(order=order).count() == 2


def test_the_schedule_of_who_comes_later_ends_and_says_so_without_touching_the_others(serve: Serve) -> None:
    server = serve(Rule("rcpt", "451 4.7.1 later", match="c@"), recipients=[THREE[0], THREE[2]])
    road.forge("ow_endpoint_version", "update ow_endpoint_version set retry = '{60, 60}' where channel = 'email'")
    order = road.approved()
    drain()
    for _ in range(4):
        due()
        drain()
    assert (whole(order).state, rest(order).state) == ("accepted", "failed")
    assert "Given up after 3 tries" in rest(order).reason
    assert fates(order) == {"a": "taken", "c": "refused"}
    order.refresh_from_db()
    assert chain.wanted(whole(order), order) and not chain.wanted(rest(order), order), "the supplier has it"
    assert len(server.messages()) == 1
    order.refresh_from_db()
    assert order.delivery_state == "accepted"


def test_a_cancelled_order_is_not_sent_to_who_would_come_later(serve: Serve) -> None:
    server = serve(Rule("rcpt", "451 4.7.1 later", match="c@", times=1), recipients=[THREE[0], THREE[2]])
    order = road.approved()
    drain()
    Order.objects.filter(pk=order.pk).update(state="cancelling")
    due()
    drain()
    assert [m.rcpt_to for m in server.messages()] == [("a@supplier.example",)]


def test_a_dead_address_gets_nothing_until_a_person_lifts_it(serve: Serve) -> None:
    server = serve(recipients=["A@supplier.example", "b@supplier.example"])
    dead("a@supplier.example")
    order = road.approved()
    drain()
    assert server.messages()[0].rcpt_to == ("b@supplier.example",)
    assert fates(order) == {"a": "refused", "b": "taken"}
    dead("b@supplier.example")
    second = road.approved(number="2")
    drain()
    failed = whole(second)
    assert failed.state == "failed" and len(server.messages()) == 1
    assert "came back for good" in failed.reason and "lift the block" in failed.reason
    suppress.lift(" B@supplier.example", actor="user:ines", reason="They made the mailbox anew")
    assert Event.objects.get(kind="address.lifted").data["reason"] == "They made the mailbox anew"
    assert Suppression.objects.get(address="b@supplier.example").lifted_by == "user:ines"
    third = road.approved(number="3")
    drain()
    assert whole(third).state == "accepted"
    with pytest.raises(Refused, match="Nothing keeps mail from"):
        suppress.lift("b@supplier.example", actor="user:ines", reason="again")


def test_a_reminder_goes_to_no_dead_address_either(serve: Serve) -> None:
    server = serve(recipients=["a@supplier.example"])
    order = road.approved()
    drain()
    assert order.supplier is not None
    Partner.objects.filter(pk=order.supplier.pk).update(contact_email="desk@supplier.example")
    Order.objects.filter(pk=order.pk).update(answer_due_at=timezone.now())
    dead("desk@supplier.example")
    remind.now(order.pk, actor="user:ines")
    drain()
    reminder = Delivery.objects.get(kind=Delivery.Kind.NOTICE)
    assert reminder.state == "failed" and "came back for good" in reminder.reason
    assert len(server.messages()) == 1


def test_who_would_get_it_later_gets_nothing_beside_another_way(serve: Serve, tmp_path: Path) -> None:
    server = serve(Rule("rcpt", "451 4.7.1 later", match="c@", times=1), recipients=[THREE[0], THREE[2]])
    road.desk(Endpoint.objects.get().partner, tmp_path / "out")
    order = road.approved()
    drain()
    portal = Endpoint.objects.latest("pk").pk
    fallback.climb(whole(order).pk, actor="user:ines", reason="They ask for it there", endpoint_id=portal)
    due()
    drain()
    assert [m.rcpt_to for m in server.messages()] == [("a@supplier.example",)]
    assert Delivery.objects.get(order=order, says__has_key="rest_of").state == "cancelled"
    assert len(orders_in(tmp_path / "out")) == 1


def test_a_new_plan_leaves_who_comes_later_on_his_way(serve: Serve, tmp_path: Path) -> None:
    server = serve(Rule("rcpt", "451 4.7.1 later", match="c@", times=1), recipients=[THREE[0], THREE[2]])
    order = road.approved()
    drain()
    with pytest.raises(Refused, match="sent already"):
        route.replan(order.pk, actor="user:ines")
    due()
    drain()
    assert [m.rcpt_to for m in server.messages()] == [("a@supplier.example",), ("c@supplier.example",)]


def test_when_the_last_address_says_no_the_order_came_back(serve: Serve, tmp_path: Path) -> None:
    serve(
        Rule("rcpt", "451 4.7.1 later", match="c@", times=1),
        Rule("rcpt", "550 5.1.1 who?", match="c@"),
        recipients=[THREE[0], THREE[2]],
        return_path="po@buyer.example",
    )
    order = road.approved()
    drain()
    said = Report("No such address", token=token(whole(order).pk), address=THREE[0], code="5.1.1")
    reported.report(factories.message(), said, None)
    assert whole(order).state == "accepted", "the second may still get it"
    due()
    drain()
    order.refresh_from_db()
    assert (whole(order).state, order.delivery_state) == ("failed", "failed")
    assert "who?" in whole(order).reason


def dead(address: str) -> None:
    Suppression.objects.create(address=address, why=Suppression.Why.BOUNCE)


def test_a_dead_address_is_known_however_its_domain_is_written(serve: Serve) -> None:
    server = serve(recipients=["a@b\u00fccher.example", "b@supplier.example"])
    dead("a@xn--bcher-kva.example")
    road.approved()
    drain()
    assert server.messages()[0].rcpt_to == ("b@supplier.example",)
