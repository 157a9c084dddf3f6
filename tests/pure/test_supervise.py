"""A child that keeps dying is started ever more slowly, one that ran for a while soon."""

import sys

import pytest

from orderwire import supervise
from orderwire.supervise import Child


class Clock:
    """The monotonic clock, set by hand."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


def waits(child: Child, clock: Clock) -> float:
    """How long after its death a child is due, in tenths of a second."""
    assert child.process is not None
    child.process.wait(10)
    died = clock.now
    while not child.due():
        clock.now += 0.1
    return round(clock.now - died, 1)


def test_a_child_that_dies_at_once_is_started_ever_more_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(supervise, "time", clock)
    child, waited = Child("dies", [sys.executable, "-c", ""]), []
    for _ in range(9):
        child.start()
        waited.append(waits(child, clock))
        child.deaths += 1
    assert [int(w * 2) / 2 for w in waited] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]

    child.start()
    clock.now += 60
    assert waits(child, clock) < 1
