"""A person stops an order, and lets it go on where it stopped."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from orderwire.flow import Refused, hold
from orderwire.records import Delivery, Order
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(config: Path, tmp_path: Path) -> None:
    road.supplier(tmp_path / "out")


def test_a_held_order_waits_and_says_why() -> None:
    order = road.approved()
    held = hold.hold(order.pk, actor="user:ines", reason="Price talks")
    assert (held.state, held.reason, held.last_event) == ("held", "Price talks", "On hold: Price talks")
    assert Delivery.objects.get().due_at is None
    assert road.kinds(order)[-1] == "order.held"


def test_a_resumed_order_is_due_at_once() -> None:
    order = road.approved()
    hold.hold(order.pk, actor="user:ines", reason="Price talks")
    resumed = hold.resume(order.pk, actor="user:jens", reason="Settled")
    assert (resumed.state, resumed.reason) == ("approved", "")
    due = Delivery.objects.get().due_at
    assert due is not None and due <= timezone.now()
    assert road.kinds(order)[-1] == "order.resumed"


def test_a_resumed_order_still_waits_for_its_hour() -> None:
    order = road.approved()
    later = timezone.now() + datetime.timedelta(hours=5)
    road.forge("ow_leg", "update ow_leg set dispatch_at = %s", later)
    hold.hold(order.pk, actor="user:ines", reason="x")
    hold.resume(order.pk, actor="user:ines")
    assert Delivery.objects.get().due_at == later


def test_what_is_out_is_not_sent_again_by_going_on() -> None:
    order = road.approved()
    Delivery.objects.update(state="sending")
    Delivery.objects.update(state="accepted", due_at=None)
    hold.hold(order.pk, actor="user:ines", reason="x")
    hold.resume(order.pk, actor="user:ines")
    assert (Delivery.objects.get().state, Delivery.objects.get().due_at) == ("accepted", None)


def test_a_reason_of_any_length_is_kept_whole() -> None:
    order = road.approved()
    hold.hold(order.pk, actor="user:ines", reason="x" * 3000)
    assert len(Order.objects.get().reason) == 3000


@pytest.mark.parametrize("verb", ["hold", "resume"])
def test_the_wrong_moment_is_refused_and_changes_nothing(verb: str) -> None:
    order = road.waiting() if verb == "hold" else road.approved()
    before = road.everything()
    with pytest.raises(Refused) as refused:
        if verb == "hold":
            hold.hold(order.pk, actor="user:ines", reason="x")
        else:
            hold.resume(order.pk, actor="user:ines")
    assert refused.value.kind == "conflict"
    assert road.everything() == before


def test_an_order_that_is_not_there_is_not_found() -> None:
    for verb in (lambda: hold.hold(404, actor="user:ines", reason="x"), lambda: hold.resume(404, actor="user:ines")):
        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.kind == "not_found"


def test_an_order_without_a_plan_does_not_go_on_by_itself() -> None:
    order = road.approved(factories.document(test=True))
    with pytest.raises(Refused, match=r"test order.*Put that right, then plan the order again"):
        hold.resume(order.pk, actor="user:ines")
