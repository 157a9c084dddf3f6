"""What decisions make of an order: nothing is lost, nothing is agreed twice, nothing differs where all is accepted."""

import datetime
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orderwire.document.agreed import as_answered
from orderwire.document.answered import matched
from orderwire.document.money import totals
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.order_change import LinePart
from orderwire.document.party import Party
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.flow import Refused
from orderwire.flow.acknowledge.differences import compare
from orderwire.flow.decide.choice import Choice, LineDecision, chosen, every_line
from orderwire.flow.decide.outcome import Outcome, outcome, part_of

DAY = datetime.date(2027, 3, 1)
LATER = datetime.date(2027, 3, 15)
QUANTITIES = st.integers(1, 400).map(lambda n: Decimal(n) / 4)
PRICES = st.integers(0, 20_000).map(lambda n: Decimal(n) / 100)
CHOICES: tuple[Choice, ...] = get_args(Choice)


@st.composite
def order(draw: Any) -> Order:
    """One to four lines, each wanted on one to three days."""
    lines = []
    for index in range(draw(st.integers(1, 4))):
        parts = draw(st.lists(QUANTITIES, min_size=1, max_size=3))
        schedules = tuple(
            Schedule(quantity=quantity, requested=DAY + datetime.timedelta(days=place))
            for place, quantity in enumerate(parts)
        )
        lines.append(
            Line(
                number=str(10 * (index + 1)),
                description="Seal",
                quantity=sum(parts, Decimal(0)),
                unit="KGM",
                price=draw(PRICES),
                schedules=schedules,
            )
        )
    buyer, supplier = Party(name="Nordhaven"), Party(name="Tecnosellos")
    return Order(number="45", issued=DAY, currency="EUR", buyer=buyer, supplier=supplier, lines=tuple(lines))


@st.composite
def answered(draw: Any) -> tuple[Order, Response]:
    """An order, and an answer to some of its lines: less, more, dearer, later, declined."""
    ordered = draw(order())
    said = []
    for line in draw(st.lists(st.sampled_from(ordered.lines), unique_by=lambda each: each.number)):
        if draw(st.integers(0, 4)) == 0:
            said.append(LineAnswer(number=line.number, status=LineStatus.REJECTED))
            continue
        said.append(
            LineAnswer(
                number=line.number,
                status=LineStatus.CHANGED,
                quantity=draw(st.none() | QUANTITIES),
                price=draw(st.none() | PRICES),
                promised=draw(st.sampled_from([None, LATER])),
            )
        )
    response = Response(order_number="45", status=HeaderStatus.ACCEPTED_WITH_CHANGES, lines=tuple(said))
    return ordered, response


def differing(ordered: Order, response: Response) -> list[dict[str, Any]]:
    return [difference.as_json() for difference in compare(ordered, response).differences]


@given(answered(), st.data())
def test_every_quantity_is_ordered_here_or_needed_elsewhere(pair: tuple[Order, Response], data: st.DataObject) -> None:
    """Sum law: for what is insisted on or ordered elsewhere, what stays plus what is needed is what was ordered; what
    is accepted is what the supplier confirmed."""
    ordered, response = pair
    found = differing(ordered, response)
    assume(found)
    choices: dict[str | None, Choice] = {
        each.line: data.draw(st.sampled_from(["accept", "insist", "resource"])) for each in every_line(found, "accept")
    }
    made = outcome(ordered, response, {line: LineDecision(line, choice) for line, choice in choices.items()})
    after = {line.number: line for line in made.document.lines} if made.document else {}
    answers = {line.number: said for line, said in matched(ordered, response)[0]}
    for line in ordered.lines:
        stays = after[line.number].quantity if line.number in after else Decimal(0)
        needed = made.needs[line.number].quantity if line.number in made.needs else Decimal(0)
        match choices.get(line.number):
            case "accept":
                agreed = as_answered(line, answers[line.number])
                assert (stays, needed) == (agreed.quantity if agreed else Decimal(0), Decimal(0))
            case "resource":
                assert stays + needed == line.quantity
                assert needed > 0
            case _:
                assert (after[line.number], needed) == (line, Decimal(0))
    assert set(made.asks) >= {line for line, choice in choices.items() if choice == "insist"}


@given(order(), st.data())
def test_of_a_line_that_comes_in_parts_only_the_late_part_is_needed_elsewhere(
    ordered: Order, data: st.DataObject
) -> None:
    """Sum law for a line that is confirmed in full, in part on its last day and in part after it."""
    line = ordered.lines[0]
    assume(line.quantity >= Decimal("0.5"))
    late = data.draw(st.integers(1, int(line.quantity * 4) - 1).map(lambda n: Decimal(n) / 4))
    parts = ((line.quantity - late, line.schedules[-1].requested), (late, LATER))
    said = [LineAnswer(number="10", status=LineStatus.CHANGED, quantity=q, promised=day) for q, day in parts]
    made = outcome(ordered, response(*said), {"10": LineDecision("10", "resource")})
    assert made.document is not None and made.asks == {"10"}
    stays = made.document.lines[0]
    assert (stays.quantity, made.needs["10"].quantity) == (line.quantity - late, late)
    assert sum(s.quantity for s in stays.schedules) == stays.quantity
    assert LATER not in {s.requested for s in stays.schedules}
    assert made.needs["10"].schedules[-1].requested == line.schedules[-1].requested
    Line.model_validate(stays.model_dump())


@pytest.mark.parametrize(
    "parts",
    [
        [(Decimal(100), LATER + datetime.timedelta(days=1))],
        [(Decimal(60), LATER), (Decimal(40), LATER)],
    ],
)
def test_a_line_that_is_late_as_a_whole_or_not_at_all_leaves_as_a_whole(
    parts: list[tuple[Decimal, datetime.date]],
) -> None:
    said = [LineAnswer(number="10", status=LineStatus.CHANGED, quantity=q, promised=day) for q, day in parts]
    made = outcome(ONE, response(*said), {"10": LineDecision("10", "resource")})
    assert (made.document, made.needs, made.asks) == (None, {"10": SEAL}, {"10"})


def test_a_dearer_line_leaves_as_a_whole_though_only_a_part_of_it_is_late() -> None:
    said = [
        LineAnswer(number="10", status=LineStatus.CHANGED, quantity=q, promised=day, price=Decimal(13))
        for q, day in ((Decimal(60), DAY), (Decimal(40), LATER + datetime.timedelta(days=1)))
    ]
    made = outcome(ONE, response(*said), {"10": LineDecision("10", "resource")})
    assert (made.document, made.needs) == (None, {"10": SEAL})


@given(answered())
def test_accepting_everything_leaves_no_difference_and_the_money_that_was_shown(pair: tuple[Order, Response]) -> None:
    ordered, response = pair
    found = differing(ordered, response)
    assume(found)
    made = outcome(ordered, response, chosen(ordered, found, every_line(found, "accept")))
    assert (made.needs, made.asks) == ({}, set())
    if made.document is None:
        assert all(difference["field"] == "line" for difference in found)
        return
    kept = {line.number for line in made.document.lines}
    left = response.model_copy(update={"lines": tuple(a for a in response.lines if a.number in kept)})
    assert compare(made.document, left).differences == ()
    shown = sum((Decimal(difference.get("money", 0)) for difference in found), Decimal(0))
    change = totals(made.document).total - totals(ordered).total
    assert abs(change - shown) <= Decimal("0.01") * len(found)  # each difference is rounded by itself


@given(order(), st.data())
def test_a_part_of_a_line_is_so_much_of_it_out_of_its_last_days(ordered: Order, data: st.DataObject) -> None:
    line = ordered.lines[0]
    quantity = data.draw(st.integers(1, int(line.quantity * 4)).map(lambda n: Decimal(n) / 4))
    part = part_of(line, quantity)
    assert part.quantity == quantity == sum(each.quantity for each in part.schedules)
    assert {each.requested for each in part.schedules} <= {each.requested for each in line.schedules}
    assert part.schedules[-1].requested == line.schedules[-1].requested
    Line.model_validate(part.model_dump())


@given(answered(), st.sampled_from(CHOICES))
def test_the_same_choice_for_all_is_an_outcome_or_a_refusal_that_says_what_to_do(
    pair: tuple[Order, Response], choice: Choice
) -> None:
    ordered, response = pair
    found = differing(ordered, response)
    assume(found)
    counter = LinePart(price=Decimal("1.23"), requested=LATER) if choice == "counter" else None
    decisions = [LineDecision(each.line, choice, counter) for each in every_line(found, choice)]
    try:
        made = outcome(ordered, response, chosen(ordered, found, decisions))
    except Refused as refused:
        assert refused.remedy
        return
    assert isinstance(made, Outcome)
    if choice == "insist":
        assert made.document == ordered
    if choice == "counter" and made.document:
        offered = [line for line in made.document.lines if line.number in made.asks]
        assert offered and {line.price for line in offered} == {Decimal("1.23")}


SEAL = Line(
    number="10",
    description="Seal",
    quantity=Decimal(100),
    unit="H87",
    price=Decimal("12.5"),
    schedules=(Schedule(quantity=Decimal(60), requested=DAY), Schedule(quantity=Decimal(40), requested=LATER)),
)
ONE = Order(
    number="45",
    issued=DAY,
    currency="EUR",
    buyer=Party(name="Nordhaven"),
    supplier=Party(name="Tecnosellos"),
    lines=(SEAL,),
)


def response(*lines: LineAnswer, **fields: Any) -> Response:
    return Response(order_number="45", status=HeaderStatus.ACCEPTED_WITH_CHANGES, lines=lines, **fields)


def test_a_charge_that_is_accepted_is_a_part_of_the_order() -> None:
    asked = response(charge=Decimal(35), reason="Short\nnotice")
    made = outcome(ONE, asked, {None: LineDecision(None, "accept")})
    assert made.document is not None
    assert totals(made.document).total == totals(ONE).total + 35
    assert made.document.allowances_charges[0].reason == "Short notice"


@pytest.mark.parametrize(
    "said, decision, reason",
    [
        (response(currency="USD"), LineDecision(None, "accept"), "order as a whole"),
        (response(LineAnswer(number="90", status=LineStatus.ADDED)), LineDecision(None, "accept"), "order as a whole"),
        (response(charge=Decimal(5)), LineDecision(None, "resource"), "order as a whole"),
        (
            response(LineAnswer(number="10", status=LineStatus.CHANGED, price=Decimal(14)), currency="USD"),
            LineDecision("10", "accept"),
            "priced in USD",
        ),
        (
            response(LineAnswer(number="10", status=LineStatus.PENDING)),
            LineDecision("10", "accept"),
            "not decided yet",
        ),
        (response(), LineDecision("10", "counter", LinePart(quantity=Decimal(80))), "wanted on several days"),
        (response(), LineDecision("10", "counter", LinePart(price=Decimal("12.5"))), "is what was ordered"),
        (response(), LineDecision("10", "counter", LinePart(unit="FURLONG")), "as you offer it"),
    ],
)
def test_what_cannot_become_the_order_is_refused_with_what_to_do(
    said: Response, decision: LineDecision, reason: str
) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        outcome(ONE, said, {decision.line: decision})
    assert refused.value.remedy


def test_a_counter_proposal_of_a_day_is_for_the_whole_line() -> None:
    made = outcome(ONE, response(), {"10": LineDecision("10", "counter", LinePart(requested=LATER))})
    assert made.document is not None
    assert made.document.lines[0].schedules == (Schedule(quantity=Decimal(100), requested=LATER),)
