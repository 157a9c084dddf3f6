"""Whatever buyers, suppliers, networks and clocks do to an order, in any sequence: what is promised stays true."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.database.flow.whole import invariants
from tests.database.flow.whole.machine import Everything
from tests.database.flow.whole.world import World

pytestmark = pytest.mark.django_db(transaction=True)

THOROUGH = os.environ.get("ORDERWIRE_HYPOTHESIS") == "thorough"
STORIES, STEPS = (2000, 50) if THOROUGH else (20, 25)


def test_what_is_promised_stays_true_whatever_happens(
    config: Path, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    Everything.world = World.made(config, tmp_path)
    quietly = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    how = settings(
        max_examples=STORIES, stateful_step_count=STEPS, suppress_health_check=quietly, phases=[Phase.generate]
    )
    try:
        run_state_machine_as_test(Everything, settings=how)  # type: ignore[no-untyped-call]
    finally:
        done = sum(n for name, n in Everything.counts.items() if not name.endswith("(refused)"))
        ran = ", ".join(f"{name} {count:,}" for name, count in sorted(Everything.counts.items()))
        seen = f"{len(invariants.SEEN):,} situations looked at"
        tell(f"everything after sending: {Everything.stories} stories, {done:,} steps, {seen}: {ran}")
    never = [rule for rule in ("create", "approve", "send", "cancel", "propose") if not Everything.counts[rule]]
    assert not never, f"{never} never happened"
