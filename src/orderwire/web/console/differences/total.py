"""What the order would cost: as it is, with everything accepted, and as the buyer has it now."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from orderwire.document.money import line_amount, totals
from orderwire.document.order import Order
from orderwire.tracking.beside import Beside, signed
from orderwire.tracking.words import Money
from orderwire.web.console.differences.choices import Choice


@dataclass(frozen=True)
class Figure:
    """An amount, and how it differs from the order's."""

    money: Money
    change: Decimal

    @property
    def delta(self) -> str:
        """ "+269.89", or nothing."""
        return signed(Money(self.change, self.money.currency))


def ordered(order: Order) -> Figure:
    """The order's total."""
    return Figure(Money(totals(order).total, order.currency), Decimal(0))


def accepted(order: Order, rows: Iterable[Beside]) -> Figure:
    """With everything accepted."""
    return _figure(order, sum((row.money.value for row in rows if row.money), Decimal(0)))


def as_chosen(order: Order, found: Iterable[Choice]) -> Figure:
    """As the buyer has it now; what is not decided stays as ordered."""
    return _figure(order, sum((_change(choice, order.currency) for choice in found), Decimal(0)))


def _change(choice: Choice, currency: str) -> Decimal:
    money = choice.row.money.value if choice.row.money else Decimal(0)
    line = choice.row.line
    if choice.chosen == "accept":
        return money
    if choice.chosen == "counter" and choice.offer and line:
        offered = line.model_copy(update={"quantity": choice.offer.quantity, "price": choice.offer.price})
        return line_amount(offered, currency) - line_amount(line, currency)
    return Decimal(0)


def _figure(order: Order, change: Decimal) -> Figure:
    total = totals(order).total
    return Figure(Money(total + change, order.currency), change)
