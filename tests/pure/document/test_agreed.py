"""What an answer makes of an order: nothing differs between the two any more."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.agreed import CannotSay, as_answered, order_as_answered
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.party import Party
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.flow.acknowledge.differences import compare
from tests.pure.family import answers
from tests.pure.orders import dates, decimals, maybe, orders

DAY = datetime.date(2027, 3, 1)
LATER = DAY + datetime.timedelta(days=12)


def line(**fields: Any) -> Line:
    quantity = fields.pop("quantity", Decimal(100))
    asked = fields.pop("schedules", (Schedule(quantity=quantity, requested=DAY),))
    known = {"number": "10", "description": "Seal", "unit": "H87", "price": Decimal("12.5"), "supplier_part": "MG1"}
    return Line(**{**known, "quantity": quantity, "schedules": asked, **fields})


def said(status: str = "changed", **fields: Any) -> LineAnswer:
    return LineAnswer(number=fields.pop("number", "10"), status=LineStatus(status), **fields)


def order(*lines: Line) -> Order:
    buyer, supplier = Party(name="Nordhaven"), Party(name="Tecnosellos")
    return Order(number="45", issued=DAY, currency="EUR", buyer=buyer, supplier=supplier, lines=lines or (line(),))


def answer(*lines: LineAnswer, status: str = "accepted_with_changes", **fields: Any) -> Response:
    return Response(order_number="45", status=HeaderStatus(status), lines=lines, **fields)


@given(st.data())
def test_an_order_as_answered_differs_from_the_answer_in_nothing(data: st.DataObject) -> None:
    """Except for a part declined in figures beside one without: what is left depends on what was ordered."""
    document = data.draw(orders(max_lines=2))
    asked = data.draw(st.sampled_from(document.lines))
    kinds = st.sampled_from([LineStatus.ACCEPTED, LineStatus.CHANGED, LineStatus.BACKORDERED, LineStatus.SUBSTITUTED])
    parts = data.draw(
        st.lists(
            st.builds(
                LineAnswer,
                number=st.just(asked.number),
                status=kinds,
                quantity=maybe(decimals("0", "9999")),
                unit=st.sampled_from([None, asked.unit, "XBX"]),
                price=st.sampled_from([None, asked.price, Decimal("7.5")]),
                price_basis=st.sampled_from([None, Decimal(1), Decimal(100)]),
                promised=maybe(dates | st.sampled_from([s.requested for s in asked.schedules])),
                ships=maybe(dates),
                substitute_part=maybe(st.just("SUB-1")),
                supplier_part=st.sampled_from([None, asked.supplier_part]),
            ),
            min_size=1,
            max_size=3,
        )
    )
    response = answer(*parts)
    try:
        new = order_as_answered(document, response, {asked.number})
    except CannotSay as failure:
        assert failure.line == asked.number or "Nothing" in failure.reason or "no valid order" in failure.reason
        return
    left = compare(new, response).differences
    if any(ln.number == asked.number for ln in new.lines):
        assert left == ()
    assert [ln for ln in new.lines if ln.number != asked.number] == [
        ln for ln in document.lines if ln.number != asked.number
    ]


@pytest.mark.parametrize(
    ("parts", "how", "why"),
    [
        ([said("pending")], {}, "Line 10 is not decided yet."),
        ([said("backordered")], {}, "Line 10 is on back order without a date."),
        ([said("substituted")], {}, "Line 10 is to be another part, which the answer does not name."),
        ([said("accepted"), said("rejected")], {}, "Line 10 is both accepted and declined"),
        ([said(price=Decimal(13))], {"currency": "USD"}, "Line 10 is priced in USD, and the order is in EUR."),
        ([said(price=Decimal(13)), said(price=Decimal(14))], {}, "Line 10 has several prices"),
        ([said(promised=LATER), said(promised=DAY)], {}, "Line 10 does not say how much comes on which day."),
        ([said(quantity=Decimal(3), unit="XBX")], {}, "Line 10 is answered in XBX without its quantity and price"),
        ([said("added", number="99")], {}, "The answer has a line 99"),
        ([said("rejected")], {}, "Nothing of the order would be left."),
    ],
)
def test_what_an_answer_leaves_open_is_not_made_up(parts: list[LineAnswer], how: dict[str, Any], why: str) -> None:
    with pytest.raises(CannotSay) as failure:
        order_as_answered(order(), answer(*parts, **how))
    assert str(failure.value).startswith(why)


def test_a_day_that_was_asked_for_keeps_its_place() -> None:
    """Fewer come, on the later of two days: they go where that day was to go, not where the first one was."""
    north, south = Party(name="North"), Party(name="South")
    asked = line(schedules=(
        Schedule(quantity=Decimal(50), requested=DAY, ship_to=north),
        Schedule(quantity=Decimal(50), requested=LATER, ship_to=south),
    ))  # fmt: skip
    made = as_answered(asked, [said(quantity=Decimal(50), promised=LATER)])
    assert made is not None
    assert [(s.quantity, s.requested, s.ship_to) for s in made.schedules] == [(50, LATER, south)]


@given(orders(max_lines=2))
def test_a_plain_yes_makes_the_very_same_order(document: Order) -> None:
    plain = tuple(LineAnswer(number=ln.number, status=LineStatus.ACCEPTED) for ln in document.lines)
    assert order_as_answered(document, answer(*plain)) == document


@given(st.data())
def test_any_answer_makes_a_line_or_says_why_not(data: st.DataObject) -> None:
    asked = data.draw(orders(max_lines=1)).lines[0]
    found = data.draw(st.lists(answers(), min_size=1, max_size=3))
    try:
        made = as_answered(asked, found)
    except CannotSay as failure:
        assert failure.line == asked.number
        assert str(failure).endswith(".")
    else:
        assert made is None or made.number == asked.number
