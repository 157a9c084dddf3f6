"""Changes and cancellations as rows of a table."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.document.order import Order
from orderwire.document.order_change import HeadPart, LineChange, LinePart, OrderChange, applied, between
from orderwire.document.party import Party
from orderwire.document.terms import Note
from tests.pure.family import revisions
from tests.pure.formats.test_table import CSV, found, only, read, written


@given(revisions(), st.sampled_from(["full", "delta"]))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_change_that_travelled_as_a_table_makes_the_same_revision(pair: tuple[Order, Order], form: Any) -> None:
    old, new = (CSV.project(order, {"on_loss": "accept"})[0] for order in pair)
    assert isinstance(old, Order) and isinstance(new, Order)
    again = only(OrderChange, written(between(old, new, form), {"on_loss": "accept"}))
    after = applied(again, old)
    assert {line.number: line for line in after.lines} == {line.number: line for line in new.lines}
    assert after.head == new.head


def test_lines_of_a_change_may_be_stated_in_part() -> None:
    change = only(
        OrderChange, "PO,line,action,qty,requested,reason", "PO-1,10,change,5,2026-03-01,less", "PO-1,20,delete,,,"
    )
    assert (change.form, change.head) == ("delta", None)
    assert change.lines == (
        LineChange(
            number="10", action="changed", part=LinePart(quantity=Decimal(5), requested="2026-03-01"), reason="less",
            code="change",
        ),
        LineChange(number="20", action="deleted", code="delete"),
    )  # fmt: skip
    assert only(OrderChange, written(change, {})) == change


def test_a_part_that_says_as_much_as_a_line_stays_a_part() -> None:
    part = LinePart(description="Bolt", quantity=Decimal(5), unit="C62", price=Decimal(1))
    change = OrderChange(order_number="1", form="delta", lines=(LineChange(number="10", part=part),))
    assert only(OrderChange, written(change, {})) == change


def test_what_names_the_order_in_a_change_does_not_change_its_header() -> None:
    change = only(OrderChange, "PO,buyer,supplier,line,action,qty", "PO-1,Northwind,Acme,10,changed,5")
    assert change.head is None
    change = only(OrderChange, "PO,PO date,buyer,ship_to,line,action", "PO-1,2026-01-31,Northwind,Dock 4,10,deleted")
    assert (str(change.order_issued), change.head) == ("2026-01-31", None)
    assert change.head_part == HeadPart(ship_to=Party(name="Dock 4"))
    result = read("PO,header_stated,ship_to,line,action", "PO-1,whole,Dock 4,10,deleted")
    assert ("missing", "row 2, column order_date") in found(result)
    result = read("PO,ship_to_city,line,action", "PO-1,Ulm,10,deleted")
    assert ("missing", "row 2, column ship_to_name") in found(result)


@pytest.mark.parametrize(
    "part",
    [
        HeadPart(),
        HeadPart(buyer=Party(name="N"), currency="EUR"),
        HeadPart(notes=(Note(text="late"),), valid_to=datetime.date(2026, 5, 1)),
    ],
)
def test_a_header_that_is_stated_in_part_stays_so(part: HeadPart) -> None:
    day = datetime.date(2026, 1, 31)
    change = OrderChange(order_number="1", form="delta", order_issued=day, head_part=part)
    assert only(OrderChange, written(change, {})) == change


def test_an_added_line_that_is_not_whole_names_its_row() -> None:
    result = read("PO,line,action,qty", "PO-1,10,deleted,", "PO-1,20,new,5")
    assert found(result)[-1] == ("value-error", "row 3")
    assert "line 20 is added but not stated whole" in result.documents[0].findings[-1].text
