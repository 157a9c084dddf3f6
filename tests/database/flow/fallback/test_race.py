"""Never two live orders: refusals, receipts that come late or twice, people, clocks and dying workers in any order."""

import contextlib
import random
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from orderwire.flow import Refused, distribute, fallback
from orderwire.records import Attempt, Delivery, Endpoint, Order, Timer
from tests.database.flow import road
from tests.database.flow.distribute.kit import due, lapsed
from tests.database.flow.fallback.kit import Killed, Ways, came_back, proven, ways
from tests.database.flow.test_cancel_race import together

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("edi", "mail", "portal")
WAITS = ("ready", "retry", "held", "sending", "in_doubt", "accepted", "failed")
PROVEN = ("delivered", "opened", "answered")
SAID = ("ok", "ok", "refused", "later", "unknown", "lost", "death_before", "death_after")
STEPS = ("drain", "drain", "drain", "back", "back", "twice", "proof", "proof", "overdue", "climb", "due", "gone")


class Story:
    """One order on three ways, and everything that can happen to it, one step after the other."""

    def __init__(self, sink: Ways, order: Order, chance: random.Random):
        self.sink, self.order, self.chance = sink, order, chance
        self.proven_at: list[int] = []

    def any(self, *states: str) -> Delivery | None:
        found = list(Delivery.objects.filter(order=self.order, state__in=states or ("accepted", "withdrawn", *PROVEN)))
        found = [d for d in found if d.accepted_at or d.attempts.exists()]
        return self.chance.choice(found) if found else None

    def step(self, what: str) -> None:
        match what:
            case "drain":
                Endpoint.objects.update(paused_until=None, failures=0)
                for endpoint in Endpoint.objects.order_by("pk"):
                    try:
                        distribute.drain(endpoint.pk, 0)
                    except Killed:
                        lapsed()
            case "back" | "twice":
                if delivery := self.any():
                    for _ in range(1 + (what == "twice")):
                        came_back(delivery)
            case "proof":
                if delivery := self.any():
                    proven(delivery, self.chance.choice(PROVEN), external_id=str(self.chance.random()))
                    self.proven_at.append(len(self.sink.has))
            case "overdue":
                Timer.objects.filter(kind="receipt_due", fired_at=None).update(due_at=timezone.now())
                distribute.sweep()
            case "climb":
                if delivery := self.any("failed", "in_doubt", "accepted", "withdrawn", *PROVEN):
                    with contextlib.suppress(Refused):
                        fallback.climb(delivery.pk, actor="user:ines", reason="They ask for it")
            case "due":
                due()
            case "gone":
                Endpoint.objects.filter(name=self.chance.choice(NAMES)).update(gone=self.chance.random() < 0.7)
                distribute.sweep()

    def judge(self) -> None:
        """One delivery waits at most, one stands for the order, and what is there twice says so."""
        rows = list(Delivery.objects.filter(order=self.order).order_by("pk"))
        states = [row.state for row in rows]
        assert sum(state in WAITS for state in states) <= 1, states
        assert sum(row.primary for row in rows) == 1, states
        (lead,) = [row for row in rows if row.primary]
        assert lead.state not in ("withdrawn", "cancelled"), states
        self.order.refresh_from_db()
        assert lead.state == "sending" or self.order.delivery_state == lead.state, states
        known = {row.pk for row in rows}
        assert all(row.says.get("instead_of") in known for row in rows[1:]), "one chain"
        for n, row in enumerate(rows):
            earlier = Attempt.objects.filter(delivery__in=rows[:n], started_at__isnull=False)
            if earlier.filter(outcome__in=["accepted", "unknown"]).exists() or earlier.filter(outcome=None).exists():
                assert row.duplicate, "an earlier one may have arrived"
        copies = [what for what in self.sink.has if what[1] == self.order.number]
        assert [duplicate for _, _, duplicate in copies[1:]] == [True] * len(copies[1:]), copies


def play(sink: Ways, seed: int, steps: list[str], *, resendable: bool, number: str) -> Story:
    """The steps, judged after each; then all is calm: nothing is left to be sent."""
    chance = random.Random(seed)
    sink.resendable, sink.has = resendable, []
    sink.said = {name: [chance.choice(SAID) for _ in range(4)] for name in NAMES}
    Endpoint.objects.update(gone=False, paused_until=None, failures=0)
    story = Story(sink, road.approved(number=number), chance)
    for what in steps:
        story.step(what)
        story.judge()
    sink.said = {}
    Endpoint.objects.update(gone=False)
    for _ in range(4):
        lapsed()
        due()
        story.step("drain")
        story.judge()
    assert not Delivery.objects.filter(order=story.order, state__in=["ready", "retry", "sending"]).exists()
    return story


@pytest.mark.parametrize("resendable", [False, True])
def test_never_two_live_orders(sink: Ways, tmp_path: Path, resendable: bool, tell: Callable[[str], None]) -> None:
    ways(tmp_path, *NAMES, receipt_minutes=60)
    Endpoint.objects.update(max_parallel=1)
    stories, ends = 0, dict[str, int]()

    @given(st.integers(0, 2**32), st.lists(st.sampled_from(STEPS), min_size=1, max_size=14))
    def explore(seed: int, steps: list[str]) -> None:
        nonlocal stories
        stories += 1
        story = play(sink, seed, steps, resendable=resendable, number=f"N{resendable}-{stories}")
        ends[story.order.delivery_state or ""] = ends.get(story.order.delivery_state or "", 0) + 1

    explore()
    tell(f"fallback races: {stories} stories, {ends}, 0 with two live orders")


def test_a_worker_and_two_reports_at_once_leave_one_live_order(
    sink: Ways, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    ways(tmp_path, *NAMES, receipt_minutes=60)
    Endpoint.objects.update(max_parallel=1)
    mail = Endpoint.objects.get(name="mail")
    ends: dict[str, int] = {}
    for n in range(12):
        sink.has = []
        order = road.approved(number=f"T-{n}")
        distribute.drain(Endpoint.objects.get(name="edi").pk, 0)
        first = Delivery.objects.get(order=order)
        together(
            lambda first=first: came_back(first, "first"),  # type: ignore[misc]
            lambda first=first: came_back(first, "second"),  # type: ignore[misc]
            lambda first=first, n=n: proven(first, external_id=str(n)),  # type: ignore[misc]
            lambda: distribute.drain(mail.pk, 0),
        )
        distribute.drain(mail.pk, 0)
        Story(sink, order, random.Random(n)).judge()
        rows = Delivery.objects.filter(order=order).order_by("pk").values_list("state", flat=True)
        ends[" ".join(rows)] = ends.get(" ".join(rows), 0) + 1
    tell(f"fallback in threads: {ends}, 0 with two live orders")


def test_a_climb_is_whole_or_not_at_all(sink: Ways, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies in the middle of it: as if it had not begun; the next one ends it."""
    ways(tmp_path, *NAMES)
    sink.said, sink.resendable = {"edi": ["refused", "refused"]}, True
    order = road.approved()
    with monkeypatch.context() as patch:

        def dies(*_: object, **__: object) -> None:
            raise Killed

        patch.setattr(import_module("orderwire.flow.fallback.climb"), "hand_over", dies)
        with pytest.raises(Killed):
            for shard in (0, 1):
                distribute.drain(Endpoint.objects.get(name="edi").pk, shard)
    assert [d.state for d in Delivery.objects.all()] == ["sending"]
    lapsed()
    for endpoint in Endpoint.objects.order_by("pk"):
        for shard in (0, 1):
            distribute.drain(endpoint.pk, shard)
    assert [d.state for d in Delivery.objects.order_by("pk")] == ["withdrawn", "accepted"]
    assert len(sink.has) == 1 and order.number
