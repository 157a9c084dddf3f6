"""What comes before the order it speaks of waits for it, and is used when it comes."""

from pathlib import Path
from typing import Any

import pytest

from orderwire import plugins
from orderwire.document.order_change import LineAction, LineChange, LinePart, OrderChange
from orderwire.flow import catch_up, receive
from orderwire.flow.distribute.numbers import Numbers, WriteContext
from orderwire.formats import Content
from orderwire.records import Early, Message, Order
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def supplier(config: Path, tmp_path: Path) -> Any:
    return road.supplier(tmp_path / "out")


def take(document: Content) -> Message:
    content = plugins.format("order_json").write(document, {}, WriteContext(Numbers("test"))).content
    return receive.receive(content, name="in.json", source=road.SOURCE, actor=road.ACTOR)


def change(revision: int) -> OrderChange:
    part = LineChange(number="10", action=LineAction.CHANGED, part=LinePart(price=f"{revision}.75"))
    return OrderChange(order_number="A", form="delta", revision=revision, lines=(part,))


def test_changes_that_come_before_their_order_and_out_of_turn_are_applied_in_turn() -> None:
    messages = [take(change(3)), take(change(2))]
    assert [m.state for m in messages] == ["partly", "partly"]
    assert {m.documents[0]["outcome"] for m in messages} == {"waiting"}
    assert catch_up.catch_up() == 0
    road.bring(factories.document("A"))
    while catch_up.catch_up():
        pass
    order = Order.objects.get()
    assert (order.revision, order.revisions.count()) == (3, 3)
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.documents[0]["outcome"]) == ("processed", "revised")
    assert not Early.objects.filter(used_at=None).exists()
    assert "message.waited" in road.kinds()


def test_what_waits_is_one_row_however_often_the_file_is_read() -> None:
    message = take(change(2))
    receive.process(message)
    assert Early.objects.count() == 1


def test_what_cannot_be_used_when_its_order_comes_says_why() -> None:
    message = take(change(2).model_copy(update={"test": True}))
    road.bring(factories.document("A"))
    assert catch_up.catch_up() == 1
    message.refresh_from_db()
    assert message.state == "refused"
    assert "A test change cannot change the real order A" in message.documents[0]["findings"][0]["text"]
