"""The change between two revisions leads from one to the other, whole or as delta."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.order import Line, Order, Schedule
from orderwire.document.order_change import (
    DoesNotFit,
    HeadPart,
    LineAction,
    LineChange,
    LinePart,
    OrderChange,
    applied,
    between,
)
from orderwire.document.party import Party
from orderwire.document.terms import Note
from tests.pure.family import revisions


def order(*lines: Line) -> Order:
    party = Party(name="A")
    return Order(
        number="PO-1", issued=datetime.date(2026, 1, 2), currency="EUR", buyer=party, supplier=party, lines=lines
    )


def line(number: str, quantity: str = "10", **more: object) -> Line:
    return Line.model_validate(
        {"number": number, "description": "Bolt", "quantity": quantity, "unit": "C62", "price": "2"}
        | {"schedules": [{"quantity": quantity, "requested": "2026-02-01"}]}
        | more
    )


def change(*lines: LineChange, form: str = "delta") -> OrderChange:
    return OrderChange.model_validate({"order_number": "PO-1", "form": form, "lines": lines})


@given(revisions(), st.sampled_from(["full", "delta"]))
def test_a_change_makes_the_new_revision_of_the_old_one(pair: tuple[Order, Order], form: str) -> None:
    old, new = pair
    made = applied(between(old, new, form), old)  # type: ignore[arg-type]
    assert made.model_copy(update={"lines": ()}) == new.model_copy(update={"lines": ()})
    assert {item.number: item for item in made.lines} == {item.number: item for item in new.lines}


def test_a_delta_says_only_what_differs_and_a_full_change_says_every_line() -> None:
    old, new = order(line("1"), line("2"), line("3")), order(line("1"), line("2", "5"), line("4"))
    delta = between(old, new, "delta")
    assert [(item.number, item.action) for item in delta.lines] == [
        ("2", LineAction.CHANGED),
        ("4", LineAction.ADDED),
        ("3", LineAction.DELETED),
    ]
    assert [item.number for item in between(old, new, "full").lines] == ["1", "2", "4", "3"]


def test_a_part_changes_only_what_it_says() -> None:
    part = LinePart(quantity=Decimal(4), requested=datetime.date(2026, 3, 1))
    made = applied(change(LineChange(number="1", action=LineAction.CHANGED, part=part)), order(line("1"), line("2")))
    assert made.revision == 2
    assert made.lines[0] == line("1", "4", schedules=[{"quantity": "4", "requested": "2026-03-01"}])
    assert made.lines[1] == line("2")


def test_a_part_of_the_header_changes_only_what_it_says() -> None:
    held = order(line("1"))
    part = HeadPart(ship_to=Party(name="Hall 3"), notes=(Note(text="Gate 4"),))
    made = applied(OrderChange(order_number="PO-1", form="delta", head_part=part), held)
    assert made == held.model_copy(update={"revision": 2, "ship_to": part.ship_to, "notes": part.notes})


def test_a_full_change_drops_the_lines_that_it_does_not_state() -> None:
    made = applied(change(LineChange(number="2", line=line("2")), form="full"), order(line("1"), line("2")))
    assert [item.number for item in made.lines] == ["2"]


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (LineChange(number="9", action=LineAction.DELETED), "the order has no such line; it has 1, 2"),
        (LineChange(number="1", action=LineAction.ADDED, line=line("1")), "has it already"),
        (LineChange(number="9", part=LinePart(price=Decimal(1))), "the order has no such line"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_line(item: LineChange, told: str) -> None:
    with pytest.raises(DoesNotFit, match=told):
        applied(change(item), order(line("1"), line("2")))


def test_a_new_quantity_for_one_of_several_schedules_is_refused() -> None:
    parts = tuple(Schedule(quantity=Decimal(5)) for _ in range(2))
    held = order(line("1").model_copy(update={"schedules": parts}))
    with pytest.raises(DoesNotFit, match="state them all"):
        applied(change(LineChange(number="1", part=LinePart(quantity=Decimal(4)))), held)


def test_a_change_that_leaves_no_line_is_refused() -> None:
    with pytest.raises(DoesNotFit, match="lines"):
        applied(change(LineChange(number="1", action=LineAction.DELETED)), order(line("1")))
