"""A functional acknowledgment proves that our bytes were understood, or fails the delivery with the reason in words."""

from typing import Any

import pytest
from django.db import connection
from django.db.models.fields.json import KT

from orderwire.document.functional import (
    ElementError,
    FunctionalAck,
    FunctionalStatus,
    SegmentError,
    TransactionStatus,
)
from orderwire.document.states import AnswerState, DeliveryState
from orderwire.flow.acknowledge import functional
from orderwire.records import Delivery, Event, Order, Timer
from tests.database import factories

pytestmark = pytest.mark.django_db
CONTROLS = {"controls": {"isa": "000000007", "gs": "7", "st": "0001"}}


@pytest.fixture
def sent() -> Delivery:
    row = factories.order()
    to = factories.endpoint(row.supplier, channel="folder", format="x12")
    return factories.delivery(row, to=to, parcel=CONTROLS)


def ack(status: str = "accepted", *, group: str = "7", **fields: Any) -> FunctionalAck:
    return FunctionalAck(group_kind="PO", group_control=group, status=FunctionalStatus(status), **fields)


def rejected_set() -> tuple[TransactionStatus, ...]:
    element = ElementError(position=2, code="7", value="XX")
    errors = (SegmentError(segment="PO1", position=9, code="8", elements=(element,)),)
    return (TransactionStatus(kind="850", control="0001", status=FunctionalStatus.REJECTED, errors=errors),)


def give(delivery: Delivery, content: FunctionalAck) -> list[str]:
    partner = delivery.endpoint.partner
    found = functional(content, partner=partner, message=factories.message(to=delivery.endpoint))
    delivery.refresh_from_db()
    delivery.order.refresh_from_db()
    return [finding.code for finding in found]


@pytest.mark.parametrize("group", ["7", "000000007", "0007"])
def test_accepted_proves_the_receipt(sent: Delivery, group: str) -> None:
    assert give(sent, ack(group=group)) == []
    assert (sent.state, sent.order.delivery_state) == ("delivered", "delivered")
    assert sent.receipts.get().blob is not None
    event = Event.objects.get()
    assert (event.kind, event.data["status"]) == ("receipt.functional_ack", "accepted")


def test_accepted_with_errors_says_so(sent: Delivery) -> None:
    give(sent, ack("accepted_with_errors", error_codes=("5",)))
    assert sent.state == "delivered"
    assert sent.receipts.get().text == "Their system accepted the bytes, but found errors. Codes: 5."


def test_rejected_fails_the_delivery_with_the_reason_in_words(sent: Delivery) -> None:
    give(sent, ack("rejected", transactions=rejected_set()))
    assert (sent.state, sent.order.delivery_state) == ("failed", "failed")
    reason = "Their system rejected the bytes. Segment 9 PO1 (code 8): element 2 (code 7, value XX)."
    assert sent.reason == reason
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == [
        "receipt.functional_ack",
        "delivery.failed",
    ]


def test_a_group_accepted_in_part_is_judged_by_our_own_set(sent: Delivery) -> None:
    good = TransactionStatus(kind="850", control="1", status=FunctionalStatus.ACCEPTED)
    give(sent, ack("partial", transactions=(good,)))
    assert sent.state == "delivered"
    give(sent, ack("partial", transactions=rejected_set()))
    assert sent.state == "failed"


def test_the_same_acknowledgment_twice_is_one_effect(sent: Delivery) -> None:
    give(sent, ack())
    assert give(sent, ack()) == ["seen-before"]
    assert (sent.receipts.count(), Event.objects.count()) == (1, 1)


def test_a_rejection_after_the_answer_takes_nothing_back(sent: Delivery) -> None:
    sent.state = DeliveryState.ANSWERED
    sent.save()
    assert give(sent, ack("rejected")) == ["rejected-late"]
    assert sent.state == "answered"


def test_a_late_acceptance_after_a_rejection_counts(sent: Delivery) -> None:
    give(sent, ack("rejected"))
    give(sent, ack())
    assert sent.state == "delivered"


def test_a_doubt_is_settled_by_the_acknowledgment() -> None:
    unsure = factories.delivery(factories.order(), state=DeliveryState.IN_DOUBT, parcel=CONTROLS)
    give(unsure, ack())
    assert unsure.state == "delivered"
    assert Event.objects.filter(kind="delivery.settled").exists()


def test_when_a_doubt_is_settled_by_proof_the_wait_for_the_answer_begins() -> None:
    parcel = CONTROLS | {"answer_by": "2030-01-02T17:00:00+00:00"}
    unsure = factories.delivery(factories.order(), state=DeliveryState.IN_DOUBT, parcel=parcel)
    Order.objects.update(answer_state=AnswerState.NOT_ASKED)
    give(unsure, ack())
    order = Order.objects.get()
    assert (order.answer_state, order.answer_due_at.isoformat()) == ("waiting", parcel["answer_by"])
    assert Timer.objects.get(kind="answer_due").delivery == unsure


def test_what_fits_nothing_of_ours_is_a_finding_and_changes_nothing(sent: Delivery) -> None:
    assert give(sent, ack(group="8")) == ["unknown-group"]
    assert give(sent, FunctionalAck(group_kind="FA", group_control="7", status=FunctionalStatus.ACCEPTED)) == [
        "ack-of-ack"
    ]
    other = functional(ack(), partner=factories.supplier("Other"), message=factories.message())
    nobody = functional(ack(), partner=None, message=factories.message())
    assert [other[0].code, nobody[0].code] == ["unknown-group", "unknown-sender"]
    sent.refresh_from_db()
    assert (sent.state, Event.objects.count()) == ("accepted", 0)
    assert Delivery.objects.count() == 1


def test_the_delivery_is_found_by_an_index(sent: Delivery) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    rows = Delivery.objects.filter(parcel__controls__has_key="gs").alias(group=KT("parcel__controls__gs"))
    assert "ow_delivery_by_group" in rows.filter(group__in=["7", "8"]).explain()
