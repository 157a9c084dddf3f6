"""Differences in terms a buyer can read."""

from hypothesis import given, settings
from hypothesis import strategies as st

from orderwire.document.change import FieldChange, changes
from orderwire.document.order import Order
from tests.pure.document.test_canonical import WHOLE
from tests.pure.orders import orders

ORDER = Order.model_validate_json(WHOLE)
LINE = ORDER.lines[0]


def lined(*numbers: str) -> Order:
    return ORDER.model_copy(update={"lines": tuple(LINE.model_copy(update={"number": n}) for n in numbers)})


@given(orders())
@settings(max_examples=15, deadline=None)
def test_an_order_does_not_differ_from_itself(order: Order) -> None:
    assert changes(order, order, ignore=frozenset()) == ()


def test_a_changed_field_of_a_line_is_named_by_the_number_of_the_line() -> None:
    old = lined("10", "20")
    new = old.model_copy(update={"lines": (old.lines[0], old.lines[1].model_copy(update={"description": "Nut"}))})
    assert changes(old, new) == (FieldChange("lines[20].description", "changed", "A", "Nut"),)


def test_lines_added_and_deleted_are_one_change_each() -> None:
    found = changes(lined("10", "20"), lined("10", "30"))
    assert [(c.path, c.kind) for c in found] == [("lines[20]", "deleted"), ("lines[30]", "added")]
    assert found[1].new["description"] == "A"


def test_items_of_other_lists_are_counted_from_one() -> None:
    new = ORDER.model_copy(update={"notes": (*ORDER.notes, ORDER.notes[0])})
    assert changes(ORDER, new) == (FieldChange("notes[2]", "added", None, {"text": "A"}),)


def test_lines_that_only_moved_are_a_change() -> None:
    assert changes(lined("10", "20"), lined("20", "10")) == (
        FieldChange("lines", "changed", ["10", "20"], ["20", "10"]),
    )


def test_a_line_put_in_between_moves_nothing() -> None:
    assert [c.path for c in changes(lined("10", "20"), lined("10", "15", "20"))] == ["lines[15]"]


def test_the_revision_number_alone_is_no_difference_unless_asked_for() -> None:
    new = ORDER.model_copy(update={"revision": 2})
    assert changes(ORDER, new) == ()
    assert changes(ORDER, new, ignore=frozenset()) == (FieldChange("revision", "added", None, 2),)


@given(orders(), st.sampled_from(["ship_to", "bill_to", "incoterm"]))
@settings(max_examples=15, deadline=None)
def test_what_is_taken_away_is_deleted(order: Order, field: str) -> None:
    found = changes(order, order.model_copy(update={field: None}))
    assert bool(found) == (getattr(order, field) is not None)
    assert all(c.kind == "deleted" and c.path.split(".")[0] == field for c in found)
