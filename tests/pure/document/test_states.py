"""The three axes: every state can be left or is an end, and no arrow leads out of its own table."""

from collections.abc import Mapping
from typing import Any

import pytest

from orderwire.document.states import (
    ANSWER_TRANSITIONS,
    CANCELLATION_TRANSITIONS,
    DELIVERY_TRANSITIONS,
    ORDER_TRANSITIONS,
    AnswerState,
    CancellationState,
    DeliveryState,
    OrderState,
)

TABLES = [(OrderState, ORDER_TRANSITIONS), (DeliveryState, DELIVERY_TRANSITIONS), (AnswerState, ANSWER_TRANSITIONS),
          (CancellationState, CANCELLATION_TRANSITIONS)]  # fmt: skip


@pytest.mark.parametrize(("states", "table"), TABLES)
def test_every_state_has_its_row_and_arrows_lead_to_states_of_the_same_axis(
    states: Any, table: Mapping[Any, Any]
) -> None:
    assert set(table) == set(states)
    for old, arrows in table.items():
        assert all(type(new) is states for new in arrows)
        assert old not in arrows, "staying is always allowed and needs no arrow"


@pytest.mark.parametrize(("states", "table"), TABLES)
def test_every_state_where_work_remains_can_be_left_for_one_where_none_does(
    states: Any, table: Mapping[Any, Any]
) -> None:
    done = {state for state in states if not state.open}
    for state in states:
        reached, more = {state}, {state}
        while more:
            more = {new for old in more for new in table[old]} - reached
            reached |= more
        assert reached & done, state


@pytest.mark.parametrize(("states", "table"), TABLES)
def test_every_state_but_the_first_can_be_entered(states: Any, table: Mapping[Any, Any]) -> None:
    _, *others = states
    assert set(others) <= {new for arrows in table.values() for new in arrows}


def test_states_are_words_with_labels() -> None:
    for states, _ in TABLES:
        labels = [state.label for state in states]
        assert len(set(labels)) == len(labels)
        assert all(label[0].isupper() for label in labels)
        assert all(str(state) == state.value and state.value.replace("_", "").isalpha() for state in states)


def test_a_cancelled_order_only_comes_back_where_the_supplier_has_it_after_all_and_must_be_asked() -> None:
    assert ORDER_TRANSITIONS[OrderState.CANCELLED] == {OrderState.CANCELLING}


def test_proof_is_never_taken_back_to_in_doubt() -> None:
    proven = (DeliveryState.DELIVERED, DeliveryState.OPENED, DeliveryState.ANSWERED)
    assert not any(DeliveryState.IN_DOUBT in DELIVERY_TRANSITIONS[state] for state in proven)
