"""May this be answered? The first row of `answers` that fits a difference decides, and says why.

What cannot be told (another unit or currency, no rate, no date) is a question for the buyer and never accepted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from orderwire.document.amount import NO_RATES, Amount, Rates
from orderwire.document.money import totals
from orderwire.document.order import CURRENCIES, Line, Order
from orderwire.governance.changes import schedule, step
from orderwire.governance.changes.deviation import Deviation, Verdict, Word
from orderwire.governance.changes.limit import Step, stand
from orderwire.governance.changes.policy import MEASURES, Attribute, ChangePolicy, Row, entity

_ATTRIBUTES = {
    "price": Attribute.PRICE,
    "quantity": Attribute.QUANTITY,
    "date": Attribute.DATE,
    "charge": Attribute.CHARGE,
    "unit": Attribute.UNIT,
    "currency": Attribute.CURRENCY,
    "terms": Attribute.TERMS,
    "payment_terms": Attribute.TERMS,
    "incoterm": Attribute.TERMS,
    "part": Attribute.SUBSTITUTION,
    "line": Attribute.LINE,
    "order": Attribute.LINE,
}

_PLAIN = {
    Attribute.UNIT: "Answered in another unit",
    Attribute.CURRENCY: "Answered in another currency",
    Attribute.TERMS: "Other terms",
    Attribute.SUBSTITUTION: "Another part",
    Attribute.BACKORDER: "On back order",
    Attribute.LINE: "Declined",
    Attribute.ADDED: "A line that was not ordered",
    Attribute.PRICE: "Another price",
    Attribute.QUANTITY: "Another quantity",
    Attribute.DATE: "Another date",
    Attribute.CHARGE: "A charge",
}
_VERDICTS = {"accept": "accepted", "ask": "asked", "reject": "rejected"}
_HARSHER = ("accept", "ask", "reject")


@dataclass(frozen=True)
class _Case:
    """What all differences of one answer share. `other_unit` are lines answered in another unit."""

    order: Order
    lines: dict[str, Line]
    quantities: dict[str, Decimal]
    other_unit: frozenset[str | None]
    other_money: bool
    supplier: str
    supplier_categories: frozenset[str]
    rates: Rates


class _Untold(Exception):
    """Why it cannot be told, as a sentence."""


def judge_answer(
    policy: ChangePolicy,
    order: Order,
    deviations: Sequence[Deviation],
    *,
    supplier_number: str,
    supplier_categories: Iterable[str] = (),
    rates: Rates = NO_RATES,
) -> tuple[Verdict, ...]:
    """One verdict for each difference, in their order. `order` is the version that was answered."""
    case = _Case(
        order,
        {line.number: line for line in order.lines},
        {d.line: d.answered for d in deviations if d.field == "quantity" and d.line and type(d.answered) is Decimal},
        frozenset(d.line for d in deviations if d.field == "unit"),
        any(d.field == "currency" for d in deviations),
        supplier_number,
        frozenset(supplier_categories),
        rates,
    )
    return tuple(_judge(policy, case, deviation) for deviation in deviations)


def _judge(policy: ChangePolicy, case: _Case, deviation: Deviation) -> Verdict:
    attribute = _attribute(case, deviation)
    if attribute is None:
        return Verdict("ask", "", "Only a person can decide this.")
    row = next((row for row in policy.answers if _fits(row, case, deviation, attribute)), None)
    if row is None:
        return Verdict("ask", "", f"{_PLAIN[attribute]}: the policy has no row for this.")
    try:
        steps = list(_steps(case, deviation, attribute)) if attribute in MEASURES else []
    except _Untold as reason:
        return Verdict("reject" if row.verdict == "reject" else "ask", row.id, str(reason))
    if row.verdict is not None:
        return Verdict(row.verdict, row.id, f"{_PLAIN[attribute]}: always {_VERDICTS[row.verdict]}.")
    verdicts = [_limited(row, case, template, way) for template, way in steps]
    if not verdicts:
        return Verdict("ask", row.id, f"{_PLAIN[attribute]}, but nothing that can be measured.")
    return max(verdicts, key=lambda verdict: _HARSHER.index(verdict.verdict))


def _limited(row: Row, case: _Case, template: str, way: step.Way) -> Verdict:
    found = stand(row.limit(way.direction), way.step, case.rates)
    verdict: Word = "accept" if found.inside else "ask" if found.inside is None else row.beyond
    return Verdict(verdict, row.id, f"{template.format(found.size)}, {found.allowed}.")


def _attribute(case: _Case, deviation: Deviation) -> Attribute | None:
    if deviation.line is not None and deviation.line not in case.lines:
        return Attribute.ADDED if deviation.field == "line" else None
    if deviation.field == "line" and deviation.line is None:
        return Attribute.ADDED
    if deviation.field == "status":
        return Attribute.BACKORDER if deviation.answered == "backordered" else None
    return _ATTRIBUTES.get(deviation.field)


def _fits(row: Row, case: _Case, deviation: Deviation, attribute: Attribute) -> bool:
    order, line = case.order, case.lines.get(deviation.line or "")
    concerned = [line] if line else order.lines
    return (
        attribute in row.attribute
        and (not row.suppliers or case.supplier in row.suppliers)
        and (not row.supplier_categories or not case.supplier_categories.isdisjoint(row.supplier_categories))
        and (not row.categories or all((each.category or "") in row.categories for each in concerned))
        and (not row.orders or order.number.startswith(row.orders))
        and (not row.kinds or order.kind in row.kinds)
        and (not row.entities or entity(order) in row.entities)
    )


def _steps(case: _Case, deviation: Deviation, attribute: Attribute) -> Iterator[tuple[str, step.Way]]:
    """The steps that a difference consists of, each with the words around its size. Raises _Untold."""
    if attribute is Attribute.CHARGE:
        yield _charge(case, deviation)
        return
    line = case.lines.get(deviation.line or "")
    if line is None:
        raise _Untold("It does not say for which line.")
    if line.number in case.other_unit:
        raise _Untold(f"{_PLAIN[attribute]}, and the line is answered in another unit.")
    if attribute is Attribute.DATE:
        yield from _dates(line, deviation)
        return
    value = deviation.answered
    if type(value) is not Decimal or not value.is_finite() or value < 0:
        raise _Untold(f"{_PLAIN[attribute]}, which is not known.")
    if attribute is Attribute.QUANTITY:
        if way := step.quantity(line.quantity, value):
            yield ("{} more" if way.direction == "up" else "{} short"), way
        return
    if case.other_money or (deviation.currency or case.order.currency) != case.order.currency:
        raise _Untold("The price is in another currency.")
    units = Fraction(max(line.quantity, case.quantities.get(line.number, line.quantity)))
    if way := step.price(line, Fraction(value) / Fraction(line.price_basis), units, case.order.currency):
        yield f"Price {way.direction} {{}}", way


def _charge(case: _Case, deviation: Deviation) -> tuple[str, step.Way]:
    value, currency = deviation.answered, deviation.currency or case.order.currency
    if type(value) is not Decimal or not value.is_finite() or value < 0:
        raise _Untold("A charge, which is not known.")
    if currency not in CURRENCIES:
        raise _Untold("A charge in a currency that is not known.")
    asked = Amount(value, currency)
    total = case.rates.exact(Amount(totals(case.order).total, case.order.currency), currency)
    if total is None:
        raise _Untold(f"A charge of {asked}, and there is no rate from {case.order.currency} to {currency}.")
    if total <= 0:
        raise _Untold(f"A charge of {asked} on an order that is worth nothing.")
    return "Charge of {}", step.Way("up", Step(percent=step.HUNDRED * Fraction(value) / total, amount=asked))


def _dates(line: Line, deviation: Deviation) -> Iterator[tuple[str, step.Way]]:
    given = deviation.answered
    if given is None or isinstance(given, Decimal | str) or not given:
        raise _Untold("Another date, which is not known.")
    moved = schedule.shift(schedule.parts(line.schedules), given)
    if moved.undated:
        raise _Untold("For a part of it no date is known.")
    for direction, days in (("late", moved.late), ("early", moved.early)):
        if days:
            yield f"{{}} {direction}", step.Way(direction, Step(days=days))
