"""Interchanges that come in: each is answered as its standard asks, and one that comes again does nothing twice."""

import json
from pathlib import Path
from typing import Any

import pytest

from orderwire import plugins
from orderwire.flow import receive
from orderwire.flow.distribute.numbers import Numbers, WriteContext
from orderwire.formats.x12 import X12
from orderwire.records import Delivery, Endpoint, Event, Message, Order, Partner
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.test_receive import PARTNER, envelope, orders, outcomes, take, texts
from tests.pure.formats.x12 import support

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def partner(config: Path, tmp_path: Path) -> Partner:
    return road.supplier(tmp_path / "out")


BAD_TOTAL = [s.replace("AMT*TT*25", "AMT*TT*26") for s in support.BASE]
OTHER = [s.replace("PO-1", "PO-2") for s in support.BASE]
NO_DATE = [s.replace("BEG*00*SA*PO-1**20260102", "BEG*00*SA*PO-3") for s in support.BASE]


def reply(message: Message) -> str:
    assert message.reply is not None
    return message.reply.open_bytes().decode()


@pytest.mark.parametrize(
    "sets, codes, state",
    [
        ([support.message(*support.BASE)], ["AK5*A", "AK9*A*1*1*1"], "processed"),
        (
            [support.message(*NO_DATE, control="0001"), support.message(*OTHER, control="0002")],
            ["AK2*850*0001", "AK5*R", "AK2*850*0002", "AK5*A", "AK9*P*2*2*1"],
            "partly",
        ),
        ([support.message(*NO_DATE)], ["AK3*BEG*2", "AK4*5", "AK5*R", "AK9*R*1*1*0"], "refused"),
        ([support.message(*support.BASE, count=99)], ["AK5*R*4", "AK9*R*1*1*0"], "refused"),
    ],
)
def test_an_850_is_answered_by_a_997_with_the_right_codes(sets: list[list[str]], codes: list[str], state: str) -> None:
    message = take(support.interchange(*sets))
    assert message.state == state, texts(message)
    place = 0
    for code in codes:
        place = reply(message).find(code, place)
        assert place >= 0, f"{code} is not in its place in {reply(message)}"
    assert "AK1*PO*7" in reply(message)
    assert not Delivery.objects.filter(kind="functional_ack").exists(), "nobody to send it to is known"


@pytest.mark.parametrize(
    ("written", "instead"), [(b"*ZZ*BUYER", b"*~Z*BUYER"), (b"*000000007*0", b"*" + b"9" * 60 + b"*0")]
)
def test_an_envelope_that_nobody_can_answer_is_told_and_not_tried_for_ever(
    written: bytes, instead: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    content = support.order_file()
    assert written in content
    message = take(content.replace(written, instead))
    assert message.state != "stored"
    assert "fault of ours" not in texts(message) and not caplog.text
    assert texts(message)


@pytest.fixture
def plant(tmp_path: Path) -> Endpoint:
    """A house partner whose endpoint brings orders and takes 997s."""
    partner = Partner.objects.create(number="plant", name="Plant 7", role="internal")
    return road.desk(partner, tmp_path / "plant", format="x12")


def test_the_997_goes_back_to_the_endpoint_that_brought_the_file(plant: Endpoint) -> None:
    message = take(support.order_file(), endpoint=plant, source="folder:plant")
    ack = Delivery.objects.get(kind="functional_ack")
    assert (ack.endpoint, ack.state, ack.order) == (plant, "ready", None)
    assert ack.parcel is not None
    assert message.reply_id == ack.parcel["files"][0]["sha256"]
    first = reply(message)
    assert first.index("SELLER") < first.index("BUYER"), "it travels the other way"

    again = receive.process(Message.objects.get(pk=message.pk))
    assert Delivery.objects.filter(kind="functional_ack").count() == 1, "answered once, however often it is processed"
    assert reply(again) == first


def test_the_same_interchange_again_is_a_duplicate_and_does_nothing_twice(plant: Endpoint) -> None:
    first = take(support.order_file(), endpoint=plant, source="folder:plant")
    second = take(support.order_file(), endpoint=plant, source="folder:plant")
    assert (first.state, second.state, outcomes(second)) == ("processed", "duplicate", ["duplicate"])
    assert second.documents[0]["first_message"] == first.pk
    assert (Order.objects.count(), road.kinds().count("order.duplicate")) == (1, 0)
    assert Event.objects.get(kind="message.duplicate").data["first"] == str(first.pk)


@pytest.mark.parametrize(("kind", "profile"), [("edifact", {}), ("cxml", {}), ("ubl", {"sbdh": True}), ("x12", {})])
def test_every_envelope_tells_a_repetition_whatever_the_file_is_called(
    kind: str, profile: dict[str, Any], plant: Endpoint
) -> None:
    document, numbers = factories.document("A", supplier=PARTNER, buyer=PARTNER), WriteContext(Numbers("test"))
    content = plugins.format(kind).write(document, profile, numbers).content
    first, second = (take(content, endpoint=plant, name=name) for name in ("a.dat", "b.dat"))
    assert (outcomes(first), outcomes(second)) == (["created"], ["duplicate"]), texts(first)


def test_an_interchange_that_was_refused_may_come_again(plant: Endpoint, config: Path) -> None:
    (config / "policy.yaml").write_text("limits: [")
    first = take(support.order_file(), endpoint=plant, source="folder:plant")
    road.trusting(config)
    second = take(support.order_file(), endpoint=plant, source="folder:plant")
    assert (first.state, second.state, orders()) == ("refused", "processed", {"PO-1"})
    assert take(support.order_file(), endpoint=plant, source="folder:plant").state == "duplicate"


def test_the_same_control_number_with_other_content_does_not_pass_as_new(plant: Endpoint) -> None:
    take(support.order_file(), endpoint=plant, source="folder:plant")
    second = take(support.order_file(*OTHER), endpoint=plant, source="folder:plant")
    assert second.state == "duplicate"
    assert orders() == {"PO-1"}


def test_nobody_uses_up_the_control_numbers_of_another(partner: Partner, plant: Endpoint) -> None:
    """A supplier who writes the buyer's name into ISA06 does not make the buyer's next file a duplicate."""
    theirs = take(support.order_file(), endpoint=Endpoint.objects.get(partner=partner), source="folder:S1")
    assert theirs.state == "refused"
    ours = take(support.order_file(), endpoint=plant, source="folder:plant")
    assert (ours.state, orders()) == ("processed", {"PO-1"})


def test_a_suppliers_endpoint_cannot_bring_orders(partner: Partner) -> None:
    endpoint = Endpoint.objects.get(partner=partner)
    message = take(json.dumps([envelope("A"), envelope("B")]).encode(), endpoint=endpoint, source="folder:S1")
    assert (message.state, outcomes(message)) == ("refused", ["refused", "refused"])
    assert "A supplier's endpoint cannot bring orders. Send it from the buying system." in texts(message)
    assert not Order.objects.exists()


def test_a_997_is_never_answered_by_a_997(plant: Endpoint) -> None:
    answered = take(support.order_file(), endpoint=plant, source="folder:plant")
    message = take(reply(answered).encode(), endpoint=plant, source="folder:plant")
    assert message.reply is None
    assert X12().read(reply(answered).encode(), {}).acks == ()
