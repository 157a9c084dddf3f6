"""Whatever went out once, and however it is sent again, the next copy says that it is one; nothing goes where it was
tried in vain, and what waits for some addresses alone does not leave beside another way."""

import datetime
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from orderwire.flow import Refused, distribute, fallback, route
from orderwire.records import Delivery, Endpoint, Order, Timer
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain
from tests.database.flow.fallback.kit import Ways, trips, ways
from tests.database.flow.fallback.test_race import NAMES, SAID, STEPS, Story

pytestmark = pytest.mark.django_db(transaction=True)


BY_HAND = ("resend", "plan", "settle")


def newest(order: Order) -> Delivery:
    return Delivery.objects.filter(order=order).latest("pk")


def unproven() -> None:
    """The time for the receipt has passed a moment ago."""
    Timer.objects.filter(kind="receipt_due").update(due_at=timezone.now() - datetime.timedelta(seconds=1))
    distribute.sweep()


def test_what_nobody_proved_in_time_is_marked_when_a_person_sends_it_again(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", receipt_minutes=60)
    order = road.approved()
    drain()
    unproven()
    assert trips(order) == [("edi", "failed")]
    distribute.resend(newest(order).pk, actor="user:ines", reason="Once more")
    drain()
    assert sink.has == [("edi", order.number, False), ("edi", order.number, True)]


def test_what_nobody_proved_in_time_is_marked_when_it_is_planned_again(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", receipt_minutes=60)
    order = road.approved()
    drain()
    unproven()
    route.replan(order.pk, actor="user:ines")
    drain()
    assert sink.has == [("edi", order.number, False), ("edi", order.number, True)]


@pytest.mark.parametrize("resendable", [False, True])
def test_whoever_sends_plans_and_decides_again_no_second_copy_is_unmarked(
    sink: Ways, tmp_path: Path, resendable: bool, tell: Callable[[str], None]
) -> None:
    ways(tmp_path, *NAMES, receipt_minutes=60)
    Endpoint.objects.update(max_parallel=1)
    stories, copies, again = 0, 0, 0

    @given(st.integers(0, 2**32), st.lists(st.sampled_from((*STEPS, *BY_HAND)), min_size=4, max_size=16))
    def explore(seed: int, steps: list[str]) -> None:
        nonlocal stories, copies, again
        stories += 1
        chance = random.Random(seed)
        sink.resendable, sink.has = resendable, []
        sink.said = {name: [chance.choice(SAID) for _ in range(4)] for name in NAMES}
        Endpoint.objects.update(gone=False, paused_until=None, failures=0)
        story = Story(sink, road.approved(number=f"M{resendable}-{stories}"), chance)
        for what in ("drain", *steps, "due", "drain", "drain"):
            if what in BY_HAND:
                story.step("due")
                story.step("drain")
                again += by_hand(story, what)
            else:
                story.step(what)
            mine = [duplicate for _, number, duplicate in sink.has if number == story.order.number]
            assert all(mine[1:]), (what, sink.has)
            assert Delivery.objects.filter(order=story.order, primary=True).exclude(state="superseded").count() == 1
        copies += len(mine)

    explore()
    tell(f"sent again by hand: {stories} stories, {again} decisions, {copies} copies, 0 unmarked after the first")
    assert again > stories / 4


def by_hand(story: Story, what: str) -> bool:
    """A person sends again, plans again or decides a doubt; whether that was allowed."""
    delivery = story.any("failed", "in_doubt", "accepted", "held", "withdrawn", "delivered", "opened", "answered")
    if delivery is None:
        return False
    try:
        match what:
            case "resend":
                distribute.resend(delivery.pk, actor="user:ines", reason="Once more")
            case "plan":
                route.replan(story.order.pk, actor="user:ines")
            case "settle":
                distribute.settle_doubt(delivery.pk, arrived=story.chance.random() < 0.5, actor="user:ines")
    except Refused:
        return False
    return True


def test_a_way_that_a_person_chose_does_not_lead_back_to_those_that_failed(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", "mail")
    sink.said = {"edi": ["refused"], "mail": ["refused"], "phone": ["refused"]}
    order = road.approved()
    drain()
    drain()
    phone = factories.endpoint(
        Endpoint.objects.get(name="edi").partner, channel="folder", format="order_json", out=str(tmp_path / "phone")
    )
    fallback.climb(newest(order).pk, actor="user:ines", reason="By phone", endpoint_id=phone.pk)
    drain()
    assert [state for _, state in trips(order)] == ["withdrawn", "withdrawn", "failed"] and not sink.has
