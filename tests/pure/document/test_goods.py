"""What was confirmed, shipped and received of a line: schedule lines add up, nothing is lost and nothing hidden."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.answered import Part
from orderwire.document.goods import LineGoods, Moved, goods, why_not
from orderwire.document.order import Line, Schedule

TODAY = datetime.date(2026, 6, 10)


def day(n: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=n)


def line(*schedules: tuple[Any, Any], **fields: Any) -> Line:
    """A line in pieces, wanted in these quantities on these days from today."""
    made = tuple(Schedule(quantity=q, requested=None if n is None else day(n)) for q, n in schedules)
    given: dict[str, Any] = {
        "number": "10", "description": "Seal", "quantity": sum(s.quantity for s in made), "unit": "H87", "price": 1,
        "schedules": made,
    }  # fmt: skip
    return Line(**(given | fields))


def sent(quantity: Any, on: int | None = 0, **fields: Any) -> Moved:
    return Moved("shipped", "ASN-1", Decimal(quantity), on=None if on is None else day(on), **fields)


def came(quantity: Any, on: int | None = 0, **fields: Any) -> Moved:
    return Moved("received", "R-1", Decimal(quantity), on=None if on is None else day(on), **fields)


def found(of: Line, *moved: Moved, promised: tuple[Part, ...] | None = None) -> LineGoods:
    return goods(of, moved, promised, today=TODAY)


def test_what_is_shipped_fills_the_schedule_line_that_is_needed_first() -> None:
    told = found(line((40, 9), (60, 2)), sent(70))
    assert [(s.needed, s.shipped, s.open) for s in told.schedules] == [(day(2), 60, 0), (day(9), 10, 30)]
    assert (told.shipped, told.open, told.received) == (70, 30, 0)


def test_goods_that_were_announced_and_came_count_once() -> None:
    told = found(line((100, 2)), sent(60), came(60), sent(40))
    assert (told.shipped, told.received, told.supplied, told.open) == (100, 60, 100, 0)


def test_what_was_rejected_is_open_again_until_it_is_replaced() -> None:
    told = found(line((100, 2)), sent(100), came(100, rejected=Decimal(10)))
    assert (told.rejected, told.supplied, told.open) == (10, 90, 10)
    assert found(line((100, 2)), sent(110), came(110, rejected=Decimal(10))).open == 0


def test_more_than_confirmed_is_told_in_percent_and_stands_on_the_last_schedule_line() -> None:
    told = found(line((50, 1), (50, 5)), sent(99), promised=(Part(Decimal(90), None),))
    assert (told.confirmed, told.difference, told.percent) == (90, 9, Decimal("10.0"))
    over = found(line((50, 1), (50, 5)), sent(130))
    assert (over.difference, over.percent, over.open) == (30, Decimal("30.0"), 0)
    assert [s.shipped for s in over.schedules] == [50, 80]


def test_late_is_counted_against_the_day_that_was_confirmed() -> None:
    promise = (Part(Decimal(100), day(-3)),)
    assert found(line((100, -8)), promised=promise).late == 3
    assert found(line((100, -8))).late == 8
    assert found(line((100, -8)), came(100, -2), promised=promise).late == 1
    assert found(line((100, -8)), sent(100, -4), promised=promise).late == 0
    assert found(line((100, None))).late == 0


def test_an_answer_in_two_parts_gives_each_schedule_line_its_day() -> None:
    told = found(line((60, 1), (40, 2)), promised=(Part(Decimal(70), day(3)), Part(Decimal(30), day(1))))
    assert [(s.confirmed, s.promised) for s in told.schedules] == [(60, day(3)), (40, day(3))]


@pytest.mark.parametrize(
    ("moved", "why"),
    [
        (sent(5, unit="KGM"), "has the unit kg, the order has piece; it is not counted."),
        (sent(0), "says that nothing was shipped."),
        (sent(-5), "is below zero; it is not counted."),
        (sent(10_001), "more than 100 times what is ordered"),
        (came(5, rejected=Decimal(6)), "was received and 6 rejected, which is more"),
    ],
)
def test_what_cannot_be_counted_is_told_and_changes_no_sum(moved: Moved, why: str) -> None:
    told = found(line((100, 2)), moved, sent(40))
    assert (told.shipped, told.received, told.open) == (40, 0, 60)
    [text] = told.uncounted
    assert why in text and text.startswith(moved.number)


def test_pieces_are_pieces_under_each_of_their_codes() -> None:
    assert why_not(line((100, 2)), sent(5, unit="EA")) is None


amounts = st.decimals(-5, 300, places=2)
moves = st.builds(
    Moved,
    st.sampled_from(["shipped", "received"]),
    st.sampled_from(["A", "B"]),
    amounts,
    st.sampled_from(["", "H87", "EA", "KGM"]),
    st.one_of(st.just(Decimal(0)), amounts),
    st.none() | st.integers(-20, 20).map(day),
)
lines = st.lists(
    st.tuples(st.decimals("0.01", 200, places=2), st.none() | st.integers(-20, 20)), min_size=1, max_size=5
).map(lambda rows: line(*rows))
promises = st.none() | st.lists(
    st.builds(Part, st.decimals(0, 200, places=2), st.none() | st.integers(-20, 20).map(day)), max_size=4
).map(tuple)


@given(lines, st.lists(moves, max_size=8), promises, st.randoms(use_true_random=False))
def test_schedule_lines_add_up_and_nothing_is_lost(of: Line, moved: list[Moved], promised: Any, random: Any) -> None:
    told = goods(of, moved, promised, today=TODAY)
    for name in ("ordered", "shipped", "received", "rejected", "open"):
        assert sum(getattr(s, name) for s in told.schedules) == getattr(told, name)
        assert all(getattr(s, name) >= 0 for s in told.schedules)
    counted = [m for m in moved if why_not(of, m) is None]
    assert told.shipped == sum(m.quantity for m in counted if m.kind == "shipped")
    assert told.received == sum(m.quantity for m in counted if m.kind == "received")
    assert told.rejected == sum(m.rejected for m in counted if m.kind == "received")
    assert len(told.uncounted) == len(moved) - len(counted)
    assert told.open == max(told.ordered - told.supplied, 0)
    assert told.open + told.supplied >= told.ordered
    if promised is None:
        assert told.confirmed is None and all(s.confirmed is None for s in told.schedules)
    else:
        assert told.confirmed == sum(p.quantity for p in promised)
        assert sum(s.confirmed or 0 for s in told.schedules) == told.confirmed
    assert told.difference == told.supplied - told.expected
    shuffled = list(moved)
    random.shuffle(shuffled)
    assert goods(of, shuffled, promised, today=TODAY) == told


@given(lines, st.lists(moves, max_size=5), moves)
def test_more_goods_never_open_more_unless_they_are_rejected(of: Line, moved: list[Moved], more: Moved) -> None:
    before = goods(of, moved, None, today=TODAY)
    after = goods(of, [*moved, replace(more, rejected=Decimal(0))], None, today=TODAY)
    assert after.open <= before.open
