"""A report changes no more than it proves: whose address it is, how final it is, and whether it was said before."""

import json
from typing import Any

import pytest

from orderwire.channels import Proof, Report
from orderwire.flow import reported
from orderwire.flow.token import token
from orderwire.records import Delivery, DeliveryRecipient, Event, Message, Order, Receipt, Suppression
from orderwire.tracking import attention
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db

US = "sales@supplier.example"


@pytest.fixture
def sent() -> Delivery:
    """An order that a mail server took for one address."""
    delivery = factories.delivery(factories.order())
    taken(delivery, US)
    return delivery


def taken(delivery: Delivery, *addresses: str) -> None:
    for address in addresses:
        DeliveryRecipient.objects.create(delivery=delivery, address=address, state="taken", at=delivery.created_at)


def say(delivery: Delivery, text: str = "It came back", **said: Any) -> dict[str, Any]:
    given = {"token": token(delivery.pk), "address": US, "code": "5.1.1"} | said
    return reported.report(factories.message(), Report(text, **given), None)


def now(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    return delivery.state


def fate(delivery: Delivery, address: str = US) -> str:
    return DeliveryRecipient.objects.get(delivery=delivery, address=address).state


@pytest.mark.parametrize("code", ["5.1.1", "5.1.10", "5.2.1", "5.0.0", ""])
def test_an_address_that_takes_no_mail_is_suppressed(sent: Delivery, code: str) -> None:
    say(sent, code=code)
    assert (now(sent), fate(sent)) == ("failed", "bounced")
    assert Suppression.objects.get().address == US


@pytest.mark.parametrize("code", ["5.2.2", "4.2.2", "4.4.7", "5.3.4", "5.7.1", "5.1.7", "5.1.8"])
def test_a_full_mailbox_a_size_or_a_rule_fails_this_mail_and_no_other(sent: Delivery, code: str) -> None:
    say(sent, code=code)
    assert (now(sent), fate(sent)) == ("failed", "bounced")
    assert not Suppression.objects.exists()


def test_the_same_report_changes_nothing_twice(sent: Delivery) -> None:
    say(sent, final=False, code="4.4.1", external_id="r1")
    assert (now(sent), fate(sent)) == ("accepted", "later")
    say(sent, external_id="r2")
    say(sent, external_id="r2")
    assert Receipt.objects.count() == 2
    assert Event.objects.filter(kind="delivery.failed").count() == 1


def test_after_it_came_back_nothing_makes_it_delivered(sent: Delivery) -> None:
    say(sent)
    say(sent, proof=Proof.DELIVERED, code="2.0.0")
    assert (now(sent), fate(sent)) == ("failed", "bounced")
    assert not Event.objects.filter(kind="receipt.delivered").exists()


def test_what_was_delivered_may_still_come_back_and_is_not_late_any_more(sent: Delivery) -> None:
    say(sent, proof=Proof.DELIVERED, code="2.0.0")
    assert (now(sent), fate(sent)) == ("delivered", "delivered")
    say(sent, final=False, code="4.4.1")
    assert fate(sent) == "delivered"
    say(sent)
    assert (now(sent), fate(sent)) == ("failed", "bounced")


def test_handed_on_to_a_system_that_reports_no_more_proves_no_delivery(sent: Delivery) -> None:
    say(sent, proof=Proof.HANDED_OVER, code="2.0.0")
    assert (now(sent), fate(sent)) == ("accepted", "taken")


def test_a_complaint_fails_nothing_and_stops_the_next_mail(sent: Delivery) -> None:
    say(sent, "sales@supplier.example reported our mail as abuse", complaint=True, address="", code="")
    assert now(sent) == "accepted"
    (stopped,) = Suppression.objects.all()
    assert (stopped.address, stopped.why, stopped.delivery_id) == (US, "complaint", sent.pk)
    assert Event.objects.get(kind="address.suppressed").data["why"] == "complaint"
    assert "talk to them" in Order.objects.get().last_event


def test_an_address_behind_ours_fails_the_mail_and_blocks_nobody(sent: Delivery) -> None:
    say(sent, address="bob.miller@supplier.example")
    assert (now(sent), fate(sent)) == ("failed", "bounced")
    assert not Suppression.objects.exists()


def test_whoever_has_a_mark_can_block_no_address_that_the_mail_did_not_go_to(sent: Delivery) -> None:
    taken(sent, "copy@supplier.example")
    for victim in ("orders@other-supplier.example", "ines@buyer.example"):
        say(sent, address=victim)
        say(sent, address=victim, complaint=True)
    assert now(sent) == "accepted" and not Suppression.objects.exists()
    assert set(DeliveryRecipient.objects.values_list("address", flat=True)) == {US, "copy@supplier.example"}


def test_whoever_has_the_mark_of_a_mail_in_doubt_can_block_only_where_it_went(sent: Delivery) -> None:
    """Its broken connection left nothing written down about its recipients."""
    sent.recipients.all().delete()
    config = {"recipients": [US, "b@supplier.example"], "from_address": "orders@buyer.example"}
    road.forge("ow_endpoint_version", "update ow_endpoint_version set config = %s", json.dumps(config))
    road.forge("ow_delivery", "update ow_delivery set state = 'in_doubt'")
    for victim in ("orders@other-supplier.example", "orders@buyer.example"):
        say(sent, address=victim, complaint=True)
        say(sent, address=victim)
    assert not Suppression.objects.exists()
    say(sent)
    assert Suppression.objects.get().address == US
    assert now(sent) == "in_doubt", "the other may have it"
    say(sent, address="b@supplier.example", external_id="b")
    assert now(sent) == "failed"


def test_a_letter_about_several_orders_that_comes_back_waits_for_a_person(sent: Delivery) -> None:
    notice = Delivery.objects.create(
        kind="notice",
        endpoint=sent.endpoint,
        endpoint_version=1,
        shard_key=1,
        state="accepted",
        message_id="notice-2",
        says={"to": ["boss@supplier.example"]},
    )
    taken(notice, "boss@supplier.example")
    say(notice, "The mailbox is full.", address="boss@supplier.example", code="5.2.2")
    assert now(notice) == "failed" and notice.reason == "The mailbox is full."
    assert notice in attention.deliveries()
    say(notice, "The mailbox is full.", address="boss@supplier.example", code="5.2.2")
    assert Event.objects.filter(kind="delivery.failed").count() == 1


def test_a_report_about_who_was_reached_later_is_about_the_whole_delivery(sent: Delivery) -> None:
    assert sent.order is not None
    later = factories.delivery(
        sent.order, to=sent.endpoint, primary=False, says={"rest_of": sent.pk, "to": ["b@supplier.example"]}
    )
    taken(sent, "b@supplier.example")
    say(later, address="b@supplier.example")
    assert (now(sent), now(later), fate(sent, "b@supplier.example")) == ("accepted", "accepted", "bounced")
    say(sent)
    assert now(sent) == "failed"


def test_a_reminder_that_comes_back_suppresses_its_address(sent: Delivery) -> None:
    notice = Delivery.objects.create(
        kind="notice",
        endpoint=sent.endpoint,
        endpoint_version=1,
        shard_key=1,
        state="accepted",
        message_id="notice-1",
        says={"to": ["boss@supplier.example"]},
    )
    taken(notice, "boss@supplier.example")
    told = say(notice, address="boss@supplier.example")
    assert told["outcome"] == "used" and Suppression.objects.get().address == "boss@supplier.example"
    assert now(sent) == "accepted"


def test_a_report_without_a_mark_of_ours_is_kept_and_changes_nothing(sent: Delivery) -> None:
    for mark in ("", "1-aaaaaaaaaaaaaaaa", f"{sent.pk}-aaaaaaaaaaaaaaaa"):
        told = say(sent, token=mark, message_id=sent.message_id)
        assert told["outcome"] == "unproven" and told["findings"][0]["code"] == "unproven"
    assert now(sent) == "accepted" and not Receipt.objects.exists() and Message.objects.count() == 3
