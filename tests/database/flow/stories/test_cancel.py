"""A buyer cancels an order: it never leaves, or the supplier is asked, and his word decides."""

import json
from pathlib import Path
from typing import Any

import pytest

from orderwire.document.commitment import committed
from orderwire.document.response import Response
from orderwire.document.states import CancellationState, OrderState
from orderwire.flow import cancel
from orderwire.records import Cancellation, Delivery, Order, Timer
from orderwire.records import Response as Answer
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, only

pytestmark = pytest.mark.django_db(transaction=True)
INES = "user:ines"


@pytest.fixture
def out(config: Path, tmp_path: Path) -> Path:
    """The folder of the one supplier."""
    road.supplier(tmp_path / "out")
    return tmp_path / "out"


def sent_order(**fields: Any) -> Order:
    """An order that is in the supplier's folder."""
    order = road.approved(**fields)
    drain()
    return order


def in_folder(folder: Path) -> list[str]:
    """What kinds of documents lie there, in the order in which they were written."""
    files = sorted((p for p in folder.iterdir() if p.name[0] != "."), key=lambda p: p.stat().st_mtime_ns)
    return [json.loads(p.read_text())["schema"].split("/")[1] for p in files]


def document(folder: Path, kind: str) -> dict[str, Any]:
    (found,) = [d for p in folder.iterdir() if p.name[0] != "." for d in [json.loads(p.read_text())]
                if d["schema"].split("/")[1] == kind]  # fmt: skip
    return found[kind]


def answer(order: Order, status: str, **fields: Any) -> Cancellation:
    """The supplier's word, as `acknowledge.take` hands it on."""
    order.refresh_from_db()
    response = Response(order_number=order.number, answers="cancellation", status=status, **fields)
    row = Answer.objects.create(
        order=order, supplier=order.supplier, content=response.model_dump(mode="json", exclude_defaults=True),
        meaning_sha256="0" * 64, status=status, state="received", source="edi", actor="supplier:Tecnosellos",
    )  # fmt: skip
    with transaction.atomic():
        return cancel.answered(order, response, row)


def now(order: Order) -> tuple[str, list[str]]:
    """The order's state with those of its cancellations."""
    order.refresh_from_db()
    return order.state, [c.state for c in order.cancellations.order_by("number")]


def test_an_order_that_never_left_ends_at_once_and_never_leaves(out: Path) -> None:
    order = road.approved()
    cancel.ask(order.pk, actor=INES, code="mistake", reason="Wrong plant")
    drain()
    assert now(order) == ("cancelled", ["never_left"])
    assert list(out.iterdir()) == []
    assert only(order).state == "cancelled"
    assert order.reason == "Ordered by mistake: Wrong plant"
    assert road.kinds(order)[-4:] == [
        "cancellation.asked", "delivery.cancelled", "cancellation.never_left", "order.cancelled",
    ]  # fmt: skip


def test_an_order_that_is_with_the_supplier_ends_only_with_his_word(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="not_needed")
    assert now(order) == ("cancelling", ["asked"])
    assert committed(OrderState.CANCELLING, CancellationState.ASKED), "our asking releases nothing"
    drain()
    assert in_folder(out) == ["order", "cancellation"]
    said = document(out, "cancellation")
    assert (said["order_number"], said["revision"], said["reason"]) == (order.number, 1, "No longer needed")
    answer(order, "accepted")
    assert now(order) == ("cancelled", ["accepted"])
    assert not committed(OrderState.CANCELLED, CancellationState.ACCEPTED)
    assert Timer.objects.filter(order=order, stopped_at=None, fired_at=None).count() == 0
    assert Delivery.objects.get(kind="cancellation").state == "answered"
    assert Cancellation.objects.get().pk == row.pk


def test_the_second_click_asks_nobody_again(out: Path) -> None:
    order = sent_order()
    first = cancel.ask(order.pk, actor=INES, code="not_needed")
    second = cancel.ask(order.pk, actor="user:jens", code="price")
    assert (first.pk, second.code) == (second.pk, "not_needed")
    drain()
    assert in_folder(out) == ["order", "cancellation"]
