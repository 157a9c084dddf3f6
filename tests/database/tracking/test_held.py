"""Which version the supplier holds, as screens say it, and with how many queries."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from orderwire.document.holding import Answer, Facts, Goods, Sent, holding
from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow.holding import holding as of
from orderwire.flow.holding import holdings, recipients
from orderwire.records import Order, Receipt
from orderwire.tracking.held import held, in_short
from tests.database import factories

NOW = datetime.datetime(2026, 5, 4, 9, tzinfo=datetime.UTC)


def said(*sent: Sent, newest: int = 1, **more: Any) -> str | None:
    found = held(holding(Facts("Acme Bearings Inc.", newest, sent, **more)), "Acme Bearings Inc.")
    return str(found) if found else None


FIRST = Sent(1, NOW, left=True, handed_over=NOW)
PROVEN = Sent(1, NOW, left=True, proven=NOW)
SECOND = Sent(2, NOW, left=True)


@pytest.mark.parametrize(
    ("sent", "newest", "words"),
    [
        ((), 1, None),
        ((Sent(1, NOW, left=True),), 1, "Acme Bearings may hold version 1; nothing proves it"),
        ((FIRST,), 1, "Version 1, the only one, is handed over; receipt not proven"),
        ((PROVEN,), 1, "Acme Bearings holds version 1, the only one"),
        ((PROVEN,), 2, "Acme Bearings holds version 1; version 2 is not sent yet"),
        ((PROVEN, SECOND), 2, "Acme Bearings holds version 1; version 2 is not proven"),
        ((PROVEN, SECOND), 3, "Acme Bearings holds version 1; version 2 is not proven, version 3 is not sent yet"),
    ],
)
def test_the_sentence_says_what_is_held_and_how_well_it_is_proven(sent: Any, newest: int, words: str | None) -> None:
    assert said(*sent, newest=newest) == words


@pytest.mark.parametrize(
    ("state", "delivery", "words"),
    [
        (OrderState.PENDING_APPROVAL, None, "waits for approval and is not sent"),
        (OrderState.REFUSED, None, "was not approved and is not sent"),
        (OrderState.APPROVED, DeliveryState.READY, "is not sent yet"),
        (OrderState.APPROVED, DeliveryState.FAILED, "was not delivered"),
        (OrderState.CANCELLED, None, "was not sent"),
    ],
)
def test_a_version_that_never_left_is_told_with_the_reason(
    state: OrderState, delivery: DeliveryState | None, words: str
) -> None:
    found = held(holding(Facts("Acme", 2, (PROVEN,))), "Acme", state=state, delivery=delivery)
    assert str(found) == f"Acme holds version 1; version 2 {words}"


def test_what_needs_a_look_beyond_the_sentence_stands_in_notes() -> None:
    facts = Facts("Acme", 1, (), answers=(Answer(1, NOW, named=False),), goods=(Goods("shipment", "ASN", NOW),))
    found = held(holding(facts), "Acme")
    assert found and str(found) == "Acme holds no version that is proven" and found.warn
    assert found.notes == ("Shipment ASN was sent when Acme had been sent nothing.",)


@pytest.mark.django_db
def test_a_refused_newer_version_leaves_the_older_one_with_its_proof() -> None:
    order = factories.order()
    first = factories.delivery(order, state=DeliveryState.DELIVERED, accepted_at=timezone.now())
    for kind, number, hours in (("functional_ack", "7:0001:rejected", 1), ("functional_ack", "7:0001:accepted", 2)):
        at = first.created_at + datetime.timedelta(hours=hours)
        Receipt.objects.create(delivery=first, kind=kind, external_id=number, at=at)
    factories.revision(order, factories.document(order.number, revision=2))
    factories.delivery(order, to=first.endpoint, state=DeliveryState.FAILED)
    found = of(order)
    assert (found.version, found.proof_level, found.possibly) == (1, 3, None)
    assert in_short([order]) == {order.pk: "holds 1 of 2"}


@pytest.mark.django_db
def test_everybody_who_gets_the_order_holds_his_own_version() -> None:
    order = factories.order()
    copy = factories.endpoint(factories.supplier("Receiving", role="internal"))
    factories.delivery(order, state=DeliveryState.SENDING)
    factories.delivery(order, to=copy, state=DeliveryState.DELIVERED, primary=False)
    found = recipients(order)
    assert found[copy.partner_id].version == 1
    assert order.supplier_id is not None
    assert (found[order.supplier_id].version, found[order.supplier_id].possibly) == (None, 1)


@pytest.mark.django_db
def test_a_list_asks_as_often_as_one_order(django_assert_max_num_queries: Any) -> None:
    for _ in range(4):
        order = factories.order(factories.document(f"N{_}"))
        factories.delivery(order)
    with django_assert_max_num_queries(5):
        found = holdings(Order.objects.all())
    assert [h.version for h in found.values()] == [1, 1, 1, 1]
