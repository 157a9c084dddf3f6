"""Days late and early are counted piece by piece, the first that comes for the first that is wanted."""

import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orderwire.governance.changes.schedule import Part, shift

DAY = datetime.date(2026, 3, 1)
days = st.integers(0, 40).map(lambda n: DAY + datetime.timedelta(n))
parts = st.lists(st.tuples(days, st.integers(1, 6).map(Decimal)), max_size=4)


def pieces(given_parts: list[Part]) -> list[datetime.date]:
    return sorted(day for day, quantity in given_parts if day for _ in range(int(quantity)))


@given(parts, parts)
def test_the_shift_is_that_of_laying_the_pieces_side_by_side(wanted: list[Part], coming: list[Part]) -> None:
    pairs = list(zip(pieces(wanted), pieces(coming), strict=False))
    found = shift(wanted, coming)
    assert found.late == max([0, *((day - due).days for due, day in pairs)])
    assert found.early == max([0, *((due - day).days for due, day in pairs)])
    assert not found.undated and not found.dated


@given(parts, parts, st.integers(0, 9))
def test_what_comes_later_is_never_less_late(wanted: list[Part], coming: list[Part], more: int) -> None:
    later = [(day and day + datetime.timedelta(more), quantity) for day, quantity in coming]
    assert shift(wanted, later).late >= shift(wanted, coming).late


def test_a_total_that_comes_on_the_last_day_is_late_for_the_first_part() -> None:
    first, last = DAY, DAY + datetime.timedelta(31)
    assert shift([(first, Decimal(10)), (last, Decimal(10))], [(last, Decimal(20))]).late == 31


def test_days_that_are_not_known_are_told_apart() -> None:
    assert shift([(DAY, Decimal(1))], [(None, Decimal(1))]).undated
    assert shift([(None, Decimal(1))], [(DAY, Decimal(1))]).dated
    assert shift([(None, Decimal(1))], [(None, Decimal(1))]) == shift([], [])
