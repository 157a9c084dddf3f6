"""What an answer changes against the version that it answers, line by line: in words and money for the buyer, in values
for the policy. Values that are absent mean "as ordered". A date is different when more is promised for a day than was
asked for it.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderwire.document.agreed import schedules
from orderwire.document.amount import Amount
from orderwire.document.answered import Part, coming, kept, matched, other_days
from orderwire.document.base import plain
from orderwire.document.codes import PIECES, unit_word
from orderwire.document.money import exponent, line_amount, rounded
from orderwire.document.order import CURRENCIES, Line, Order
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response


@dataclass(frozen=True)
class Difference:
    """One difference. `line` is the order's line number, None for the order as a whole or a line it does not have.

    `money` is what it adds to the order's total, in the order's currency; None where that is not a matter of money.
    `before` and `after` are the values of a quantity (in the line's unit) or a price (for its price basis). `due` and
    `promised` are the last days, `days` how much later that is (earlier: negative), `parts` what comes when, with the
    days that stay as ordered. `currency` is that of a charge.
    """

    line: str | None
    field: str
    ordered: str
    answered: str
    text: str
    money: Decimal | None = None
    reason: str | None = None
    before: Decimal | None = None
    after: Decimal | None = None
    due: datetime.date | None = None
    promised: datetime.date | None = None
    days: int | None = None
    parts: tuple[Part, ...] = ()
    currency: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For storing; decimals as text, days as ISO 8601, absent facts left out."""
        row: dict[str, Any] = {"line": self.line, "field": self.field, "ordered": self.ordered}
        row |= {"answered": self.answered, "text": self.text}
        amounts = {"money": self.money, "before": self.before, "after": self.after}
        row |= {name: plain(value) for name, value in amounts.items() if value is not None}
        days = {"due": self.due, "promised": self.promised}
        row |= {name: day.isoformat() for name, day in days.items() if day}
        row |= {name: text for name, text in (("reason", self.reason), ("currency", self.currency)) if text}
        if self.days is not None:
            row["days"] = self.days
        if self.parts:
            dated = [(plain(p.quantity), p.day.isoformat() if p.day else None) for p in self.parts]
            row["parts"] = [{"quantity": quantity, "date": day} for quantity, day in dated]
        return row


@dataclass(frozen=True)
class Comparison:
    """`answers` are the answers to each line of the order, `foreign` those that fit no line. `declined`: the order or
    all of its lines."""

    differences: tuple[Difference, ...]
    answers: tuple[tuple[Line, tuple[LineAnswer, ...]], ...]
    foreign: tuple[LineAnswer, ...]
    declined: bool


def compare(order: Order, response: Response) -> Comparison:
    """Everything that the answer says otherwise than the order."""
    answered, foreign = matched(order, response)
    differences: list[Difference] = []
    same_money = response.currency in (None, order.currency)
    if not same_money:
        text = f"The answer is in {response.currency}, the order in {order.currency}."
        differences.append(Difference(None, "currency", order.currency, response.currency or "", text))
    if response.charge and not _charged(order, response.charge, same_money):
        differences.append(_charge(order, response, response.charge))
    declined_lines = 0
    for line, answers in answered:
        found = list(_line(order, line, answers, same_money))
        differences += found
        declined_lines += any(d.field == "line" for d in found)
    for answer in foreign:
        name = next(filter(None, (answer.number, answer.supplier_part, answer.buyer_part, answer.gtin)), "without name")
        text = f"The answer has a line {name}, which the order does not have."
        differences.append(Difference(None, "line", "", str(name), text, reason=answer.reason))
    if response.status is HeaderStatus.REJECTED and not kept(response.lines):
        total = -sum((line_amount(line, order.currency) for line in order.lines), Decimal(0))
        text = "The whole order is declined."
        differences = [Difference(None, "order", "", "declined", text, total, response.reason)]
        return Comparison(tuple(differences), answered, foreign, True)
    return Comparison(tuple(differences), answered, foreign, declined_lines == len(order.lines))


def _charged(order: Order, charge: Decimal, same_money: bool) -> bool:
    """Whether the order has this charge already: it was agreed to before, and his answers go on naming it."""
    return same_money and any(c.kind == "charge" and c.amount == charge for c in order.allowances_charges)


def _charge(order: Order, response: Response, charge: Decimal) -> Difference:
    currency = response.currency or order.currency
    asked = Amount(charge, currency) if currency in CURRENCIES else f"{currency} {plain(charge)}"
    money = charge if currency == order.currency else None
    text = f"{asked} is asked for agreeing."
    return Difference(None, "charge", "", str(asked), text, money, response.reason, after=charge, currency=currency)


def _line(order: Order, line: Line, answers: Sequence[LineAnswer], same_money: bool) -> Iterator[Difference]:
    n = line.number
    reason = "; ".join(dict.fromkeys(a.reason for a in answers if a.reason)) or None
    parts = kept(answers)
    if not parts:
        money = -line_amount(line, order.currency)
        text = f"Line {n} cannot be supplied."
        ordered = f"{_figure(line.quantity)} {unit_word(line.unit)}"
        yield Difference(n, "line", ordered, "0", text, money, reason, line.quantity, Decimal(0))
        return
    yield from _part(line, parts, reason)
    other = min({a.unit for a in parts if a.unit} - {line.unit}, default=None)
    if other:
        text = f"Line {n} is answered in {unit_word(other)}, ordered in {unit_word(line.unit)}."
        yield Difference(n, "unit", line.unit, other, text, reason=reason)
    quantity = line.quantity
    if not other:
        found = coming(line, answers)
        quantity = sum((part.quantity for part in found), Decimal(0))
        if quantity != line.quantity:
            money = rounded((quantity - line.quantity) * line.price / line.price_basis, order.currency)
            word = "more" if quantity > line.quantity else "fewer" if line.unit in PIECES else "less"
            off = _figure(abs(quantity - line.quantity))
            text = f"Line {n}: {_figure(quantity)} instead of {_figure(line.quantity)}, {off} {word} than ordered."
            ordered, answered = plain(line.quantity), plain(quantity)
            yield Difference(n, "quantity", ordered, answered, text, money, reason, line.quantity, quantity)
        if other_days(line, found):
            yield _dates(line, found, reason)
    yield from _price(order, line, parts, quantity, reason, same_money)
    for status, words in ((LineStatus.BACKORDERED, "on back order"), (LineStatus.PENDING, "not decided yet")):
        # A back order with its day is that day's difference, if it is one.
        if any(a.status is status and (status is LineStatus.PENDING or not (a.promised or a.ships)) for a in parts):
            yield Difference(n, "status", "", status.value, f"Line {n} is {words}.", reason=reason)


def _price(
    order: Order, line: Line, parts: Sequence[LineAnswer], quantity: Decimal, reason: str | None, same_money: bool
) -> Iterator[Difference]:
    """The highest price that is named; it is worth money where the answer is in our currency and unit."""
    prices = {price for a in parts if (price := a.price_for(line.price_basis)) is not None} - {line.price}
    if not prices:
        return
    price = max(prices)
    same = same_money and all(a.unit in (None, line.unit) for a in parts)
    change = rounded((price - line.price) * quantity / line.price_basis, order.currency) if same else None
    digits = -int(exponent(order.currency).as_tuple().exponent)
    text = f"Line {line.number}: price {_figure(price, digits)} instead of {_figure(line.price, digits)}."
    ordered, answered = plain(line.price), plain(price)
    before, after = (line.price, price) if same else (None, None)
    yield Difference(line.number, "price", ordered, answered, text, change, reason, before, after)


def _part(line: Line, parts: Sequence[LineAnswer], reason: str | None) -> Iterator[Difference]:
    asked = line.supplier_part or line.buyer_part or line.gtin or ""
    own = {line.supplier_part, line.buyer_part, line.gtin}
    for other in dict.fromkeys(a.substitute_part for a in parts if a.substitute_part not in (None, *own)):
        text = f"Line {line.number}: part {other} instead of {asked or 'the one ordered'}."
        yield Difference(line.number, "part", asked, other or "", text, reason=reason)
    if any(a.status is LineStatus.SUBSTITUTED and not a.substitute_part for a in parts):
        text = f"Line {line.number}: another part, which the answer does not name."
        yield Difference(line.number, "part", asked, "", text, reason=reason)
    for name, word in (("buyer_part", "our part"), ("supplier_part", "their part"), ("gtin", "GTIN")):
        ordered = getattr(line, name)
        # Beside a substitute the part of theirs that is named is the one which it replaces.
        named = (getattr(a, name) for a in parts if name == "buyer_part" or not a.substitute_part)
        for other in dict.fromkeys(named):
            if ordered and other and other != ordered:
                text = f"Line {line.number} names {word} {other}, the order {ordered}."
                yield Difference(line.number, "part", ordered, other, text, reason=reason)


def _dates(line: Line, parts: Sequence[Part], reason: str | None) -> Difference:
    asked: dict[datetime.date | None, Decimal] = defaultdict(Decimal)
    for schedule in line.schedules:
        asked[schedule.requested] += schedule.quantity
    given: dict[datetime.date, Decimal] = defaultdict(Decimal)
    for part in parts:
        if part.day is not None and part.quantity:
            given[part.day] += part.quantity
    ordered, answered = _days({d: q for d, q in asked.items() if d}), _days(given)
    last, due = max(given), max((d for d in asked if d), default=None)
    days = (last - due).days if due else None
    which = "the last " if len(given) > 1 else ""
    late = f", {which}{_count(days, 'day')} later" if days and days > 0 else ""
    text = f"Line {line.number}: {answered} instead of {ordered}{late}."
    comes = tuple(Part(schedule.quantity, schedule.requested) for schedule in schedules(line, parts))
    return Difference(
        line.number, "date", ordered, answered, text, reason=reason, due=due, promised=last, days=days, parts=comes
    )


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
