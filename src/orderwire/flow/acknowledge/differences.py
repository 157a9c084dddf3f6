"""What an answer changes against the version that it answers, line by line, in words and money for the buyer.

Values that are absent mean "as ordered". A date is different when more is promised for a day than was asked for it.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderwire.document.base import plain
from orderwire.document.codes import PIECES, unit_word
from orderwire.document.money import exponent, line_amount, rounded
from orderwire.document.order import Line, Order
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response


@dataclass(frozen=True)
class Difference:
    """One difference. `line` is the order's line number, None for the order as a whole or a line it does not have.

    `money` is what it adds to the order's total, in the order's currency; None where that is not a matter of money.
    """

    line: str | None
    field: str
    ordered: str
    answered: str
    text: str
    money: Decimal | None = None
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For storing; decimals as text, absent facts left out."""
        row = {"line": self.line, "field": self.field, "ordered": self.ordered, "answered": self.answered}
        row["text"] = self.text
        if self.money is not None:
            row["money"] = plain(self.money)
        if self.reason:
            row["reason"] = self.reason
        return row


@dataclass(frozen=True)
class Comparison:
    """`problems` are contradictions that only a person can settle; `answers` the answers to each line of the order,
    `foreign` those that fit no line. `declined`: the order or all of its lines."""

    differences: tuple[Difference, ...]
    problems: tuple[str, ...]
    answers: tuple[tuple[Line, tuple[LineAnswer, ...]], ...]
    foreign: tuple[LineAnswer, ...]
    declined: bool


def compare(order: Order, response: Response) -> Comparison:
    """Everything that the answer says otherwise than the order."""
    matched, foreign = _match(order, response)
    differences: list[Difference] = []
    problems: list[str] = []
    if response.currency and response.currency != order.currency:
        text = f"The answer is in {response.currency}, the order in {order.currency}."
        differences.append(Difference(None, "currency", order.currency, response.currency, text))
        problems.append(text)
    same_money = not response.currency or response.currency == order.currency
    declined_lines = 0
    for line, answers in matched:
        found = list(_line(order, line, answers, same_money))
        differences += found
        declined_lines += any(d.field == "line" for d in found)
        if found and all(a.status is LineStatus.ACCEPTED for a in answers):
            problems.append(f"Line {line.number} says accepted, yet differs.")
        if not found and any(a.status is LineStatus.CHANGED for a in answers):
            problems.append(f"Line {line.number} says changed, yet nothing differs.")
    for answer in foreign:
        name = next(filter(None, (answer.number, answer.supplier_part, answer.buyer_part, answer.gtin)), "without name")
        text = f"The answer has a line {name}, which the order does not have."
        differences.append(Difference(None, "line", "", str(name), text, reason=answer.reason))
        problems.append(text)
    all_lines = declined_lines == len(order.lines)
    declined = response.status is HeaderStatus.REJECTED and not any(
        a.status is not LineStatus.REJECTED for a in response.lines
    )
    if declined:
        total = -sum((line_amount(line, order.currency) for line in order.lines), Decimal(0))
        text = "The whole order is declined."
        differences = [Difference(None, "order", "", "declined", text, total, response.reason)]
    else:
        problems += _header(response, differences)
    return Comparison(tuple(differences), tuple(problems), matched, foreign, declined or all_lines)


def _header(response: Response, differences: list[Difference]) -> Iterator[str]:
    """Contradictions between what the head and the lines say."""
    match response.status:
        case HeaderStatus.ACCEPTED if differences:
            yield "The answer says accepted as ordered, yet its lines differ."
        case HeaderStatus.ACCEPTED_WITH_CHANGES if not differences:
            yield "The answer says accepted with changes, yet nothing differs from the order."
        case HeaderStatus.REJECTED:
            yield "The answer says declined, yet some of its lines are not."
        case HeaderStatus.RECEIVED if differences:
            yield "The answer says received and undecided, yet its lines differ."


def _match(
    order: Order, response: Response
) -> tuple[tuple[tuple[Line, tuple[LineAnswer, ...]], ...], tuple[LineAnswer, ...]]:
    """Answers by the line they are about: by number (leading zeros aside), else by the one part that fits."""
    numbers = {line.number: line for line in order.lines}
    bare: dict[str, list[Line]] = defaultdict(list)
    parts: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in order.lines:
        bare[line.number.lstrip("0")].append(line)
        for key in _parts(line):
            parts[key].append(line)
    found: dict[str, list[LineAnswer]] = defaultdict(list)
    foreign = []
    for answer in response.lines:
        hit = numbers.get(answer.number or "")
        if hit is None and answer.number:
            alike = bare.get(answer.number.lstrip("0"), [])
            hit = alike[0] if len(alike) == 1 else None
        for key in _parts(answer) if hit is None else ():
            alike = parts.get(key, [])
            if len(alike) == 1:
                hit = alike[0]
                break
        if hit is None or answer.status is LineStatus.ADDED:
            foreign.append(answer)
        else:
            found[hit.number].append(answer)
    matched = tuple((line, tuple(found[line.number])) for line in order.lines if line.number in found)
    return matched, tuple(foreign)


def _parts(item: Line | LineAnswer) -> list[tuple[str, str]]:
    return [
        (name, value) for name in ("buyer_part", "supplier_part", "gtin") if (value := getattr(item, name)) is not None
    ]


def _line(order: Order, line: Line, answers: tuple[LineAnswer, ...], same_money: bool) -> Iterator[Difference]:
    n = line.number
    reason = "; ".join(dict.fromkeys(a.reason for a in answers if a.reason)) or None
    refused = [a for a in answers if a.status is LineStatus.REJECTED]
    kept = [a for a in answers if a.status is not LineStatus.REJECTED]
    if not kept:
        money = -line_amount(line, order.currency)
        text = f"Line {n} cannot be supplied."
        yield Difference(n, "line", f"{_figure(line.quantity)} {unit_word(line.unit)}", "0", text, money, reason)
        return
    yield from _part(line, kept, reason)
    units = {a.unit for a in kept if a.unit} - {line.unit}
    quantity = line.quantity
    if units:
        other = min(units)
        text = f"Line {n} is answered in {unit_word(other)}, ordered in {unit_word(line.unit)}."
        yield Difference(n, "unit", line.unit, other, text, reason=reason)
    else:
        quantity = _quantity(line, kept, refused)
        if quantity != line.quantity:
            money = rounded((quantity - line.quantity) * line.price / line.price_basis, order.currency)
            word = "more" if quantity > line.quantity else "fewer" if line.unit in PIECES else "less"
            off = _figure(abs(quantity - line.quantity))
            text = f"Line {n}: {_figure(quantity)} instead of {_figure(line.quantity)}, {off} {word} than ordered."
            yield Difference(n, "quantity", plain(line.quantity), plain(quantity), text, money, reason)
        yield from _dates(line, kept, quantity, reason)
    prices = {price for a in kept if (price := a.price_for(line.price_basis)) is not None} - {line.price}
    if prices:
        other_price = max(prices)
        digits = -int(exponent(order.currency).as_tuple().exponent)
        change = rounded((other_price - line.price) * quantity / line.price_basis, order.currency)
        text = f"Line {n}: price {_figure(other_price, digits)} instead of {_figure(line.price, digits)}."
        yield Difference(
            n, "price", plain(line.price), plain(other_price), text, change if same_money else None, reason
        )
    for status, words in ((LineStatus.BACKORDERED, "on back order"), (LineStatus.PENDING, "not decided yet")):
        if any(a.status is status for a in kept):
            yield Difference(n, "status", "", status.value, f"Line {n} is {words}.", reason=reason)


def _quantity(line: Line, kept: list[LineAnswer], refused: list[LineAnswer]) -> Decimal:
    """What will come. Where one part has no quantity, it is all that the other parts do not speak of."""
    given = sum((a.quantity for a in kept if a.quantity is not None), Decimal(0))
    if all(a.quantity is not None for a in kept):
        return given
    gone = sum((a.quantity for a in refused if a.quantity is not None), Decimal(0))
    return max(line.quantity - gone, given)


def _part(line: Line, kept: list[LineAnswer], reason: str | None) -> Iterator[Difference]:
    asked = line.supplier_part or line.buyer_part or line.gtin or ""
    for other in dict.fromkeys(a.substitute_part for a in kept if a.substitute_part):
        text = f"Line {line.number}: part {other} instead of {asked or 'the one ordered'}."
        yield Difference(line.number, "part", asked, other, text, reason=reason)
    if any(a.status is LineStatus.SUBSTITUTED and not a.substitute_part for a in kept):
        text = f"Line {line.number}: another part, which the answer does not name."
        yield Difference(line.number, "part", asked, "", text, reason=reason)
    for name, word in (("buyer_part", "our part"), ("supplier_part", "their part"), ("gtin", "GTIN")):
        ordered = getattr(line, name)
        for other in dict.fromkeys(getattr(a, name) for a in kept):
            if ordered and other and other != ordered:
                text = f"Line {line.number} names {word} {other}, the order {ordered}."
                yield Difference(line.number, "part", ordered, other, text, reason=reason)


def _dates(line: Line, kept: list[LineAnswer], quantity: Decimal, reason: str | None) -> Iterator[Difference]:
    asked: dict[datetime.date | None, Decimal] = defaultdict(Decimal)
    for schedule in line.schedules:
        asked[schedule.requested] += schedule.quantity
    given: dict[datetime.date, Decimal] = defaultdict(Decimal)
    for answer in kept:
        day = answer.promised
        if day is None and answer.ships and None not in asked and answer.ships > max(d for d in asked if d):
            day = answer.ships  # leaves after the day on which it should be there
        if day is not None:
            given[day] += answer.quantity if answer.quantity is not None else quantity
    room = asked.get(None, Decimal(0)) + max(quantity - line.quantity, Decimal(0))
    over = sum((max(amount - asked.get(day, Decimal(0)), Decimal(0)) for day, amount in given.items()), Decimal(0))
    elsewhere = any(day not in asked for day in given) and None not in asked
    if over <= room and not elsewhere:
        return
    ordered, answered = _days({d: q for d, q in asked.items() if d}), _days(given)
    last, due = max(given), max((d for d in asked if d), default=None)
    part = "the last " if len(given) > 1 else ""
    late = f", {part}{_count((last - due).days, 'day')} later" if due and last > due else ""
    text = f"Line {line.number}: {answered} instead of {ordered}{late}."
    yield Difference(line.number, "date", ordered, answered, text, reason=reason)


def _days(days: dict[datetime.date, Decimal]) -> str:
    if len(days) == 1:
        return _day(next(iter(days)))
    return ", ".join(f"{_figure(amount)} on {_day(day)}" for day, amount in sorted(days.items())) or "no date"


def _day(day: datetime.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _count(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def _figure(value: Decimal, digits: int = 0) -> str:
    """As people read a number: 1,200 or 84.50 where the currency has two digits."""
    own = len(plain(value).partition(".")[2])
    return f"{value:,.{max(own, digits)}f}"
