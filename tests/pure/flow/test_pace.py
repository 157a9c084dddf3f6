"""No minute ever sees more parcels than the partner takes, and they are not fewer than they must be."""

import datetime
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.flow.distribute import health
from orderwire.flow.distribute.pace import Pace

START = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)


def sent(per_minute: int, looks: list[float], batch: int) -> list[datetime.datetime]:
    """When parcels leave where somebody looks after these pauses (seconds) and always has a batch to send."""
    pace, slot, now, left = Pace.of(per_minute), None, START, []
    for pause in looks:
        now += datetime.timedelta(seconds=pause)
        free, first = pace.free(slot, now)
        took = min(free, batch)
        if took:
            slot = first + pace.interval * took
            left += [now] * took
    return left


@given(
    st.integers(1, 3000),
    st.lists(st.floats(0, 120) | st.floats(0, 2), min_size=1, max_size=80),
    st.sampled_from([1, 10, 5000]),
)
def test_no_minute_sees_more_than_the_partner_takes(per_minute: int, looks: list[float], batch: int) -> None:
    left = sent(per_minute, looks, batch)
    for n, start in enumerate(left):
        within = sum(1 for at in left[n:] if at - start < datetime.timedelta(minutes=1))
        assert within <= per_minute


@pytest.mark.parametrize("per_minute", [30, 60, 600, 3000])
def test_who_looks_every_second_uses_nine_tenths_of_it(per_minute: int) -> None:
    left = sent(per_minute, [1.0] * 600, 5000)
    assert len(left) >= per_minute * 10 * 0.9


def test_after_an_outage_of_an_hour_partners_come_back_over_minutes_and_not_at_once(
    tell: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 partners fall silent in one second; each tries when its rest is over, until an hour has passed (fault 66)."""

    def peak(jitter: float) -> int:
        monkeypatch.setattr(health, "JITTER", jitter)
        random.seed(66)
        back: dict[int, int] = {}
        for _ in range(500):
            at, failures = random.random(), health.TRIP_AFTER
            while at < 3600:
                at += health.rest(failures).total_seconds()
                failures += 1
            back[int(at)] = back.get(int(at), 0) + 1
        return max(back.values())

    before, after = peak(0), peak(0.2)
    tell(f"500 partners after an hour: {after} in the busiest second with jitter, {before} without")
    assert before >= 250 and after <= 10
