"""Less of an order, and whether it is still owed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.cancellation import REASONS, without
from orderwire.document.commitment import committed
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.party import Party
from orderwire.document.states import CancellationState, OrderState
from orderwire.formats.letter import reason_words

SIZES = st.lists(st.integers(1, 50), min_size=1, max_size=4)


def order(*lines: list[int]) -> Order:
    """Lines 1, 2, … with schedule lines of these sizes."""
    made = tuple(
        Line(
            number=str(n),
            description="Seal",
            quantity=Decimal(sum(sizes)),
            unit="H87",
            price=Decimal(1),
            schedules=tuple(Schedule(quantity=Decimal(size)) for size in sizes),
        )
        for n, sizes in enumerate(lines, 1)
    )
    parties = {"buyer": Party(name="B"), "supplier": Party(name="S")}
    return Order(number="A", issued="2026-03-01", currency="EUR", lines=made, **parties)


@given(SIZES, SIZES, st.data())
def test_what_is_left_and_what_is_withdrawn_are_what_was_ordered(
    one: list[int], two: list[int], data: st.DataObject
) -> None:
    before = order(one, two)
    gone = {"1": Decimal(data.draw(st.integers(0, sum(one)))), "2": Decimal(data.draw(st.integers(0, sum(two) - 1)))}
    after = {line.number: line for line in without(before, gone).lines}
    for line in before.lines:
        left = after.get(line.number)
        assert (left.quantity if left else 0) + gone[line.number] == line.quantity
        if left:  # what is wanted first stays
            sizes = [s.quantity for s in left.schedules]
            assert sizes[:-1] == [s.quantity for s in line.schedules][: len(sizes) - 1]
            assert sizes[-1] <= line.schedules[len(sizes) - 1].quantity


@pytest.mark.parametrize(
    ("gone", "why"),
    [({"9": 1}, "no line 9"), ({"1": 6}, "cannot be taken"), ({"1": -1}, "cannot be taken"), ({"1": 5}, "as a whole")],
)
def test_what_cannot_be_withdrawn_is_told(gone: dict[str, int], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        without(order([2, 3]), {number: Decimal(quantity) for number, quantity in gone.items()})


def test_the_answer_ends_the_commitment_and_never_the_asking() -> None:
    for cancellation in CancellationState:
        assert committed(OrderState.CANCELLING, cancellation)
        assert not committed(OrderState.CANCELLED, cancellation)
    assert committed(OrderState.APPROVED)
    assert not committed(OrderState.PENDING_APPROVAL)
    assert committed(OrderState.PENDING_APPROVAL, CancellationState.REFUSED), "he holds an earlier version"


def test_every_reason_is_said_in_every_language() -> None:
    languages = ("ar", "de", "el", "en", "es", "fr", "it", "nl", "pl", "ru", "uk", "zh")
    for code, words in REASONS.items():
        said = {language: reason_words(code, language) for language in languages}
        assert said["en"] == words
        assert len(set(said.values())) == len(languages), code
