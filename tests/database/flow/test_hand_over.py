"""Every document of the family goes to its verb: changes and cancellations of the buying system, advice and fulfillment
of the supplier."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from orderwire import plugins
from orderwire.document.advice import AdviceDetail, AdviceStatus, ApplicationAdvice
from orderwire.document.cancellation import Cancellation
from orderwire.document.fulfillment import Receipt, ReceivedLine, ShipNotice, ShippedLine
from orderwire.document.functional import FunctionalAck, FunctionalStatus
from orderwire.document.order_change import LineAction, LineChange, LinePart, OrderChange, between
from orderwire.flow import Refused, approve, receive
from orderwire.flow.distribute.numbers import Numbers, WriteContext
from orderwire.formats import Content
from orderwire.records import Delivery, Message, Order
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def supplier(config: Path, tmp_path: Path) -> Any:
    return road.supplier(tmp_path / "out")


def take(document: Content, **how: Any) -> Message:
    content = plugins.format("order_json").write(document, {}, WriteContext(Numbers("test"))).content
    return receive.receive(content, **{"name": "in.json", "source": road.SOURCE, "actor": road.ACTOR} | how)


def outcome(message: Message) -> str:
    [document] = message.documents
    return str(document["outcome"])


def told(message: Message) -> str:
    return "\n".join(f"{f['where']}: {f['text']}" for d in message.documents for f in d["findings"])


def ordered(number: str = "A") -> Order:
    take(factories.document(number))
    return Order.objects.get(number=number)


def change(number: str = "A", **fields: Any) -> OrderChange:
    part = LineChange(number="10", action=LineAction.CHANGED, part=LinePart(price="0.75"))
    return OrderChange.model_validate({"order_number": number, "form": "delta", "lines": (part,)} | fields)


@pytest.mark.parametrize("form", ["full", "delta"])
def test_a_change_of_the_buying_system_is_the_next_version(form: Any) -> None:
    order = ordered()
    old = factories.document("A")
    new = old.model_copy(
        update={"revision": 2, "lines": (old.lines[0].model_copy(update={"price": 9}), *old.lines[1:])}
    )
    new = type(new).model_validate(new.model_dump())
    assert outcome(take(between(old, new, form))) == "revised"
    order.refresh_from_db()
    assert (order.revision, order.revisions.count()) == (2, 2)
    assert outcome(take(between(old, new, form))) == "duplicate"


def test_a_change_that_adds_and_deletes_lines_and_comes_again_changes_nothing() -> None:
    ordered()
    new = factories.line("30")
    items = (LineChange(number="20", action=LineAction.DELETED), LineChange(number="30", action="added", line=new))
    assert outcome(take(change(lines=items))) == "revised"
    assert outcome(take(change(lines=items))) == "duplicate"
    assert Order.objects.get().revision == 2


def test_a_change_without_a_version_follows_the_newest_and_again_changes_nothing() -> None:
    order = ordered()
    number = factories.document("A").lines[0].number
    item = LineChange(number=number, part=LinePart(price="0.75"))
    assert outcome(take(change(lines=(item,)))) == "revised"
    assert outcome(take(change(lines=(item,)))) == "duplicate"
    order.refresh_from_db()
    assert order.revision == 2


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"revision": 1}, "Number it 2 or later"),
        ({"test": True}, "A test change cannot change the real order A"),
        ({"lines": (LineChange(number="99", action=LineAction.DELETED),)}, "the order has no such line"),
    ],
)
def test_a_change_that_does_not_fit_is_refused_with_the_remedy(fields: dict[str, Any], why: str) -> None:
    order = ordered()
    message = take(change(**fields))
    assert outcome(message) == "refused"
    assert why in told(message)
    order.refresh_from_db()
    assert order.revision == 1


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"order_number": "B"}, "Order B is not known here"),
        ({"revision": 7}, "version 6 is not here"),
    ],
)
def test_a_change_of_what_is_not_here_yet_waits_for_it(fields: dict[str, Any], why: str) -> None:
    order = ordered()
    message = take(change(**fields))
    assert outcome(message) == "waiting"
    assert why in told(message)
    order.refresh_from_db()
    assert order.revision == 1


def cancelled(number: str = "A") -> Message:
    return take(Cancellation(order_number=number, reason="Project stopped"))


def test_the_buying_system_cancels_an_order_and_says_so_twice_for_one() -> None:
    order = road.approved(number="A")
    message = cancelled()
    assert (outcome(message), told(message)) == ("cancelled", "")
    assert outcome(cancelled()) == "duplicate"
    order.refresh_from_db()
    assert (order.state, order.reason) == ("cancelled", "Another reason: Project stopped")
    assert road.kinds(order).count("cancellation.asked") == 1


def test_what_may_be_with_the_supplier_is_asked_back() -> None:
    order = road.approved(number="A")
    Delivery.objects.update(state="sending")
    Delivery.objects.update(state="accepted", due_at=None, accepted_at=timezone.now())
    message = cancelled()
    assert (outcome(message), message.state) == ("cancelling", "processed")
    assert "it ends with their answer" in told(message)
    assert outcome(cancelled()) == "duplicate"
    assert Delivery.objects.get(kind="cancellation").order == order


def test_a_cancellation_waits_for_its_order() -> None:
    message = cancelled("B")
    assert outcome(message) == "waiting"
    assert "not known here" in told(message)


def test_a_cancelled_order_that_waited_for_approval_never_leaves() -> None:
    order = road.waiting(factories.document("A"))
    message = cancelled()
    assert (outcome(message), told(message)) == ("cancelled", "")
    with pytest.raises(Refused, match="does not wait"):
        approve.grant(order.pk, user=road.person("k", "approvers"), sha256=road.sha256(order), reason="")
    assert "is kept and not sent" in told(take(change()))
    assert outcome(cancelled()) == "duplicate"
    assert road.kinds(order).count("order.cancelled") == 1
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("state", ["held", "refused"])
def test_an_order_that_somebody_stopped_is_cancelled_too(state: str) -> None:
    order = road.waiting(factories.document("A"))
    Order.objects.update(state=state)
    assert outcome(cancelled()) == "cancelled"
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_a_supplier_brings_no_orders_changes_or_cancellations(supplier: Any) -> None:
    ordered()
    theirs = factories.endpoint(supplier, channel="folder", format="order_json")
    for document in (factories.document("B"), change(), Cancellation(order_number="A")):
        message = take(document, endpoint=theirs)
        assert outcome(message) == "refused"
        assert "supplier's endpoint cannot bring" in told(message)


def sent(**controls: str) -> Delivery:
    row = factories.order()
    to = factories.endpoint(row.supplier, channel="folder", format="x12")
    return factories.delivery(row, to=to, parcel={"controls": controls})


@pytest.mark.parametrize(
    ("kind", "controls"),
    [
        ("ISA", {"isa": "000000007", "gs": "3", "st": "0001"}),
        ("UNB", {"unb": "7", "unh": "1"}),
        ("UNG", {"unb": "9", "ung": "7", "unh": "1"}),
    ],
)
def test_interchanges_and_groups_are_found_by_their_own_number(kind: str, controls: dict[str, str]) -> None:
    delivery = sent(**controls)
    ack = FunctionalAck(group_kind=kind, group_control="7", status=FunctionalStatus.ACCEPTED)
    message = take(ack, endpoint=delivery.endpoint)
    delivery.refresh_from_db()
    assert (delivery.state, told(message)) == ("delivered", "")


def advice(status: AdviceStatus, **fields: Any) -> ApplicationAdvice:
    detail = AdviceDetail(code="024", text="Unknown part", line="10")
    return ApplicationAdvice(number="ADV-1", status=status, details=(detail,), **fields)


@pytest.mark.parametrize("fields", [{"group_control": "7", "set_control": "0001"}, {"order_number": "4500000001"}])
def test_an_application_that_refuses_fails_the_delivery_with_its_words(fields: dict[str, Any]) -> None:
    delivery = sent(gs="7", st="0001")
    if "order_number" in fields:
        fields = {"order_number": delivery.order.number}
    take(advice(AdviceStatus.REJECTED, **fields), endpoint=delivery.endpoint)
    delivery.refresh_from_db()
    words = "Their application refused the order. Line 10: Unknown part (code 024)."
    assert (delivery.state, delivery.reason) == ("failed", words)


def test_an_application_that_takes_the_order_in_proves_the_receipt_once() -> None:
    delivery = sent(gs="7", st="0001")
    accepted = advice(AdviceStatus.ACCEPTED, group_control="7", set_control="0001")
    take(accepted, endpoint=delivery.endpoint)
    assert "told the same before" in told(take(accepted, endpoint=delivery.endpoint))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.receipts.get().kind) == ("delivered", "application_advice")


def test_advice_about_nothing_of_ours_says_so() -> None:
    delivery = sent(gs="7", st="0001")
    found = take(advice(AdviceStatus.ACCEPTED, order_number="X"), endpoint=delivery.endpoint)
    assert "did not send" in told(found)
    assert "do not know who sent" in told(take(advice(AdviceStatus.ACCEPTED, order_number="X")))


def test_fulfillment_is_kept_with_its_order() -> None:
    delivery = sent(gs="7", st="0001")
    number, today = delivery.order.number, datetime.date(2026, 3, 1)
    notice = ShipNotice(
        number="SN-1", order_number=number, shipped=today, lines=(ShippedLine(number="10", quantity=5),)
    )
    receipt = Receipt(number="R-1", received=today, lines=(ReceivedLine(order_number="X", number="10", received=5),))
    kept, unknown = (take(document, endpoint=delivery.endpoint) for document in (notice, receipt))
    assert (outcome(kept), kept.documents[0]["order_id"]) == ("kept", delivery.order_id)
    assert outcome(unknown) == "refused" and "A supplier cannot say what arrived" in told(unknown)


def test_a_notice_for_several_orders_tells_which_of_them_are_not_of_this_partner() -> None:
    delivery = sent(gs="7", st="0001")
    other = road.bring(factories.document("OTHER")).number
    ours = delivery.order.number
    lines = tuple(ShippedLine(order_number=number, number="10", quantity=5) for number in (ours, other))
    message = take(ShipNotice(number="SN-2", lines=lines), endpoint=delivery.endpoint)
    assert message.documents[0]["order_id"] == delivery.order_id
    assert told(message) == (
        f"SN-2: is kept with order {ours}\nSN-2: names OTHER, which is no order of this partner here"
    )
    test = take(ShipNotice(number="SN-3", test=True, lines=lines), endpoint=delivery.endpoint)
    assert test.documents[0]["order_id"] is None


def test_advice_about_an_order_whose_newest_version_never_left_does_not_keep_it_from_leaving() -> None:
    delivery = sent(gs="7", st="0001")
    factories.revision(delivery.order, factories.document(delivery.order.number, revision=2))
    waits = factories.delivery(delivery.order, to=delivery.endpoint, state="ready", revision=2, accepted_at=None)
    take(advice(AdviceStatus.ACCEPTED, order_number=delivery.order.number), endpoint=delivery.endpoint)
    waits.refresh_from_db()
    delivery.refresh_from_db()
    assert (waits.state, delivery.state) == ("ready", "delivered")


def test_what_is_marked_as_a_test_proves_nothing_of_a_real_order() -> None:
    delivery = sent(gs="7", st="0001")
    ack = FunctionalAck(group_kind="PO", group_control="7", status=FunctionalStatus.ACCEPTED, test=True)
    found = advice(AdviceStatus.REJECTED, order_number=delivery.order.number, test=True)
    for document in (ack, found):
        assert "is marked as a test" in told(take(document, endpoint=delivery.endpoint))
    state = delivery.state
    delivery.refresh_from_db()
    assert delivery.state == state


def test_a_cxml_status_finds_its_delivery_by_the_payload_that_it_names() -> None:
    delivery = sent(payload="1.2@buyer.example")
    other = factories.delivery(
        delivery.order, to=delivery.endpoint, parcel={"controls": {"payload": "3.4@buyer.example"}}
    )
    take(advice(AdviceStatus.ACCEPTED, document_number="1.2@buyer.example"), endpoint=delivery.endpoint)
    delivery.refresh_from_db()
    other.refresh_from_db()
    assert (delivery.state, other.state) == ("delivered", "accepted")


@pytest.mark.parametrize(("status", "severity"), [("accepted", "info"), ("rejected", "warning")])
def test_an_acknowledgment_that_names_nothing_says_so(status: str, severity: str) -> None:
    delivery = sent(gs="7", st="0001")
    ack = FunctionalAck(group_kind="cXML", group_control=None, status=FunctionalStatus(status), reason="Bad header")
    message = take(ack, endpoint=delivery.endpoint)
    assert told(message) == "cXML acknowledgment: does not say what it answers; nothing done: Bad header"
    assert message.documents[0]["findings"][0]["severity"] == severity
