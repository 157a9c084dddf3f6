"""What the decisions make of a version: the document that says all of them, and what must be ordered elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from orderwire.document.agreed import CannotSay, as_answered
from orderwire.document.answered import kept, matched
from orderwire.document.finding import from_validation
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.order_change import LinePart
from orderwire.document.response import LineAnswer, Response
from orderwire.document.terms import AllowanceCharge
from orderwire.flow import Refused
from orderwire.flow.decide.choice import LineDecision

LABEL = 200
"""Characters that the words of a charge may have."""


@dataclass
class Outcome:
    """`document` is None where no line is left. `needs` are the lines, each with its open quantity, that go back to the
    pool. `asks`: the lines on which the supplier has to say something again."""

    document: Order | None
    needs: dict[str, Line] = field(default_factory=dict)
    asks: set[str | None] = field(default_factory=set)


def outcome(order: Order, response: Response, decisions: Mapping[str | None, LineDecision]) -> Outcome:
    """Apply the decisions to the version that was answered. For every line: what it still orders plus what goes back to
    the pool is what was ordered before, unless the buyer took or offered another quantity.

    Raises Refused for a counter-proposal that is no valid line.
    """
    answers = {line.number: said for line, said in matched(order, response)[0]}
    made = Outcome(None)
    lines: list[Line] = []
    for line in order.lines:
        decision = decisions.get(line.number)
        match decision.choice if decision else None:
            case "accept":
                now = _agreed(order, response, line, answers)
            case "counter":
                now = _countered(line, decision.counter if decision and decision.counter else LinePart())
                made.asks.add(line.number)
            case "insist":
                now = line
                made.asks.add(line.number)
            case "resource":
                now = _resourced(line, _confirmed(order, response, line, answers), made)
            case _:
                now = line
        if now is not None:
            lines.append(now)
    head = _whole(order, response, decisions[None], made) if None in decisions else {}
    if lines:
        made.document = _valid(order, head | {"lines": tuple(lines)})
    return made


def _agreed(order: Order, response: Response, line: Line, answers: Mapping[str, Sequence[LineAnswer]]) -> Line | None:
    """The line as the supplier answered it. Raises Refused where that is not clear enough to order it so."""
    said = answers.get(line.number, ())
    if response.currency not in (None, order.currency) and any(a.price is not None for a in kept(said)):
        reason = f"Line {line.number} is priced in {response.currency}, and the order is in {order.currency}."
        raise Refused(reason, remedy="Insist, or make a counter-proposal.")
    try:
        return as_answered(line, said) if said else line
    except CannotSay as failure:
        raise Refused(str(failure), remedy="Insist, or make a counter-proposal.") from failure


def _confirmed(
    order: Order, response: Response, line: Line, answers: Mapping[str, Sequence[LineAnswer]]
) -> Line | None:
    """What he may hold himself bound to: where that is not clear, such as a back order without a day, all of it."""
    try:
        return _agreed(order, response, line, answers)
    except Refused:
        return line


def _whole(order: Order, response: Response, decision: LineDecision, made: Outcome) -> dict[str, Any]:
    """What becomes of the head, for what names no line: a charge that the supplier asks for becomes a part of it;
    another currency, or a line that was not ordered, cannot."""
    foreign = matched(order, response)[1]
    other_money = response.currency not in (None, order.currency)
    if decision.choice == "insist":
        made.asks.add(None)
        return {}
    if decision.choice != "accept" or foreign or other_money:
        raise Refused(
            "What concerns the order as a whole, and not one of its lines, cannot become a part of it.",
            remedy="Insist with a reason, or make a new version of the order.",
        )
    if not response.charge:
        return {}
    charge = AllowanceCharge(
        kind="charge", amount=response.charge, reason=" ".join((response.reason or "").split())[:LABEL] or None
    )
    return {"allowances_charges": (*order.allowances_charges, charge)}


def _resourced(line: Line, agreed: Line | None, made: Outcome) -> Line | None:
    """The line as the supplier confirmed it, the rest goes back to the pool. Where all of it comes, only in part later
    than on the last day that was asked for, the late part leaves. Where nothing of it is open, or he speaks of another
    unit, the whole line leaves. What he promised and is to leave he is asked to give up."""
    if agreed is not None and (punctual := _in_time(line, agreed)):
        made.needs[line.number] = part_of(line, line.quantity - punctual.quantity)
        made.asks.add(line.number)
        return punctual
    open_quantity = line.quantity - (agreed.quantity if agreed else Decimal(0))
    if agreed is None or agreed.unit != line.unit or open_quantity <= 0:
        made.needs[line.number] = line
        if agreed is not None:
            made.asks.add(line.number)
        return None
    made.needs[line.number] = part_of(line, open_quantity)
    return agreed


def _in_time(line: Line, agreed: Line) -> Line | None:
    """What comes by the last day asked, where that is less than all and nothing but the days differs."""
    asked = [s.requested for s in line.schedules if s.requested]
    if agreed.model_copy(update={"schedules": line.schedules}) != line or len(asked) < len(line.schedules):
        return None
    punctual = tuple(s for s in agreed.schedules if s.requested and s.requested <= max(asked))
    quantity = sum((s.quantity for s in punctual), Decimal(0))
    if not 0 < quantity < line.quantity:
        return None
    return agreed.model_copy(update={"quantity": quantity, "schedules": punctual})


def part_of(line: Line, quantity: Decimal) -> Line:
    """So much of a line, out of its last schedules."""
    schedules: list[Schedule] = []
    left = quantity
    for schedule in reversed(line.schedules):
        if left > 0:
            schedules.insert(0, schedule.model_copy(update={"quantity": min(left, schedule.quantity)}))
            left -= schedules[0].quantity
    return line.model_copy(update={"quantity": quantity, "schedules": tuple(schedules)})


def _countered(line: Line, counter: LinePart) -> Line:
    """The line with the values that the buyer offers. Raises Refused where that is no line."""
    said = {name: value for name, value in counter if value is not None}
    requested = said.pop("requested", None)
    if "quantity" in said or requested:
        if len(line.schedules) > 1 and requested is None:
            reason = f"Line {line.number} is wanted on several days; a new quantity does not say when."
            raise Refused(reason, remedy="Offer a day as well, or change the schedules in a new version of the order.")
        first = line.schedules[0]
        quantity = said.get("quantity", line.quantity)
        said["schedules"] = (
            Schedule(quantity=quantity, requested=requested or first.requested, ship_to=first.ship_to),
        )
    try:
        made = Line.model_validate({name: getattr(line, name) for name in Line.model_fields} | said)
    except ValidationError as failure:
        found = from_validation(failure)[0]
        raise Refused(f"Line {line.number} as you offer it: {found.text}", remedy="Correct the values.") from failure
    if made == line:
        raise Refused(
            f"Line {line.number} as you offer it is what was ordered.", remedy="Insist, or offer something else."
        )
    return made


def _valid(order: Order, changes: dict[str, Any]) -> Order:
    try:
        return Order.model_validate({name: getattr(order, name) for name in Order.model_fields} | changes)
    except ValidationError as failure:
        found = from_validation(failure)[0]
        raise Refused(f"The order as decided: {found.text}", remedy="Correct the values.") from failure
