"""Cancelling races sending (fault 17): an order never reaches the wire after it is cancelled without a cancellation
that follows it, and is never called cancelled while the supplier may have it and nobody tells him."""

import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from orderwire import channels, plugins
from orderwire.channels import Parcel, Proof, Receipt, Refused, Unavailable, Unknown
from orderwire.flow import cancel, distribute
from orderwire.records import Delivery, Endpoint, Order
from tests.database.flow import road
from tests.database.flow.distribute.kit import draining, due, lapsed

pytestmark = pytest.mark.django_db(transaction=True)

THOROUGH = os.environ.get("ORDERWIRE_HYPOTHESIS") == "thorough"
INTERLEAVINGS = 10_000 if THOROUGH else 300
THREADED = 200 if THOROUGH else 20
AT_ONCE = 20
"""Orders that travel in one batch, each with a cancellation at its own moment."""

OUTCOMES = ("ok", "ok", "refused", "unavailable", "unknown", "unknown_lost", "death_before", "death_after")


class Killed(BaseException):
    """The worker is gone: nothing of it runs any more, as after kill -9."""


@dataclass
class Sink:
    """A channel whose partner writes down what reaches him, and what the order was called at that moment."""

    resendable: bool
    at: Callable[[str], None]
    outcome: Callable[[Parcel], str]
    has: list[tuple[str, str]] = field(default_factory=list)
    kind: str = "folder"
    label: str = "Sink"
    version: str = "1"
    config_model: Any = None
    for_people: bool = False
    receives: bool = False
    batch: int = AT_ONCE
    retry: tuple[int, ...] = (0, 0, 0, 0, 0, 0)

    def __post_init__(self) -> None:
        self.config_model = plugins.channel("folder").config_model

    def timeout(self, config: Any) -> float:
        return 1

    @contextmanager
    def open(self, config: Any) -> Iterator[channels.Session]:
        yield self

    def send(self, parcel: Parcel) -> Receipt:
        """The moments before and after the bytes are moments at which somebody may cancel, or the worker may die."""
        self.at("before_bytes")
        outcome = self.outcome(parcel)
        cancels = b"orderwire/cancellation/" in parcel.files[0].content
        what = (parcel.reference, "cancellation" if cancels else "order")
        if outcome == "death_before":
            raise Killed
        if outcome == "refused":
            raise Refused("no")
        if outcome == "unavailable":
            raise Unavailable("later")
        if outcome != "unknown_lost":
            self.has.append(what)
        self.at("after_bytes")
        if outcome == "death_after":
            raise Killed
        if outcome.startswith("unknown"):
            raise Unknown("no word")
        return Receipt(Proof.HANDED_OVER, "taken")


@dataclass
class Story:
    """One batch of orders: a worker, the moments of its work, and who cancels which order at which of them."""

    sink: Sink
    pending: dict[int, list[int]]
    moment: int = 0

    def at(self, _place: str) -> None:
        """One more moment has come."""
        for order_id in self.pending.pop(self.moment, []):
            cancel.ask(order_id, actor="user:ines", code="other")
        self.moment += 1
        honest(self.sink)


def honest(sink: Sink) -> None:
    """Nobody calls an order cancelled that its supplier has (nobody answers in these stories)."""
    with_him = {number for number, kind in sink.has if kind == "order"}
    lied = Order.objects.filter(number__in=with_him, state="cancelled").values_list("number", flat=True)
    assert not list(lied)


@pytest.fixture
def seller(config: Path, tmp_path: Path) -> Any:
    """A supplier with one endpoint of one shard."""
    found = road.supplier(tmp_path / "out")
    Endpoint.objects.update(max_parallel=1)
    return found


def play(round_: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> Sink:
    """A batch of orders, cancelled at random moments of random faults; then everything calms down."""
    chance = random.Random(seed)
    calm = False
    sink = Sink(
        resendable=bool(round_ % 2),
        at=lambda place: story.at(place),
        outcome=lambda _parcel: "ok" if calm else chance.choice(OUTCOMES),
    )
    with monkeypatch.context() as patch:
        original = plugins.channel
        patch.setattr(plugins, "channel", lambda kind: sink if kind == "folder" else original(kind))
        patch.setattr(draining, "failpoint", lambda place: story.at(place))
        intended = draining._intended
        patch.setattr(draining, "_intended", lambda *how: (story.at("prepared"), intended(*how))[1])
        orders = [road.approved(number=f"R{round_}-{n}") for n in range(AT_ONCE)]
        pending: dict[int, list[int]] = {}
        for order in orders:
            pending.setdefault(chance.randrange(4 * AT_ONCE), []).append(order.pk)
        story = Story(sink, pending)
        for turn in range(24):
            calm = turn >= 8
            if calm:
                for waiting in pending.values():
                    for order_id in waiting:
                        cancel.ask(order_id, actor="user:ines", code="other")
                pending.clear()
            once(story)
            lapsed()
            due()
            Delivery.objects.filter(state="failed", kind="cancellation").update(state="ready", due_at=timezone.now())
            if calm and not Delivery.objects.filter(state__in=["ready", "retry", "sending"]).exists():
                break
        else:
            pytest.fail("It does not come to rest.")
    return sink


def once(story: Story) -> None:
    """One worker until it has nothing to do, or is killed."""
    endpoint = Endpoint.objects.get()
    Endpoint.objects.update(paused_until=None, failures=0)
    try:
        distribute.drain(endpoint.pk, 0)
    except Killed:
        story.moment += 1


def judge(sink: Sink, orders: Any) -> dict[str, int]:
    """What the supplier has, beside what we say."""
    counts = {"never left": 0, "asked back": 0}
    for order in orders:
        has = [kind for number, kind in sink.has if number == order.number]
        if "order" in has:
            assert order.state == "cancelling", (order.number, has)
            assert has[-1] == "cancellation", (order.number, has)
            assert "order" not in has[has.index("cancellation") :], (order.number, has)
            counts["asked back"] += 1
        elif order.state == "cancelled":
            assert not has, (order.number, has)
            counts["never left"] += 1
        else:  # it may have arrived for all we know, and so he was told
            assert order.state == "cancelling" and has[-1:] == ["cancellation"], (order.number, order.state, has)
            counts["asked back"] += 1
    return counts


def test_an_order_that_left_is_asked_back_and_one_that_did_not_never_leaves(
    seller: Any, monkeypatch: pytest.MonkeyPatch, tell: Callable[[str], None]
) -> None:
    totals = {"never left": 0, "asked back": 0}
    for round_ in range(INTERLEAVINGS // AT_ONCE):
        sink = play(round_, 17_000 + round_, monkeypatch)
        orders = Order.objects.filter(number__startswith=f"R{round_}-")
        for name, count in judge(sink, orders).items():
            totals[name] += count
    assert sum(totals.values()) == INTERLEAVINGS
    assert min(totals.values()) > INTERLEAVINGS // 20, totals
    tell(f"cancel races send: {INTERLEAVINGS:,} interleavings, {totals}, 0 violations")


def test_two_threads_that_send_and_cancel_at_once_leave_nothing_in_between(
    seller: Any, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    endpoint, chance = Endpoint.objects.get(), random.Random(18)
    seen: set[str] = set()
    totals = {"cancelled": 0, "cancelling": 0}
    for n in range(THREADED):
        order = road.approved(number=f"T-{n}")
        pause = chance.random() * chance.choice((0.02, 0.2))
        together(
            lambda: distribute.drain(endpoint.pk, 0),
            lambda order=order, pause=pause: (  # type: ignore[misc]
                time.sleep(pause),
                cancel.ask(order.pk, actor="user:ines", code="other"),
            ),
        )
        for _ in range(2):
            distribute.drain(endpoint.pk, 0)
        order.refresh_from_db()
        totals[order.state] += 1
        new = {p.name for p in (tmp_path / "out").iterdir() if p.name[0] != "."} - seen
        seen |= new
        kinds = sorted(json.loads((tmp_path / "out" / name).read_text())["schema"].split("/")[1] for name in new)
        assert kinds == ([] if order.state == "cancelled" else ["cancellation", "order"]), (n, order.state, kinds)
    tell(f"cancel races send in threads: {THREADED} rounds, {totals}, 0 violations")


def together(*work: Callable[[], object]) -> None:
    """Each in a thread of its own, all at once; what one of them raises is raised here."""
    barrier, failures = threading.Barrier(len(work)), list[BaseException]()

    def run(what: Callable[[], object]) -> None:
        try:
            barrier.wait()
            what()
        except BaseException as failure:  # noqa: BLE001 - handed to the test's own thread
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
