"""Amounts: Decimal only, one rounding rule, totals derived from the lines and never read from outside."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

from iso4217 import Currency

from orderwire.document.order import Line, Order
from orderwire.document.terms import AllowanceCharge

_EXACT = Context(prec=80)
"""Room for the product of two 24-digit numbers: the default 28 digits would round, or fail to round, large ones."""


@cache
def exponent(currency: str) -> Decimal:
    """The smallest amount of a currency (ISO 4217 minor unit): EUR 0.01, JPY 1, BHD 0.001."""
    digits = Currency(currency).exponent
    return Decimal(1).scaleb(-(digits if digits is not None else 2))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Commercial rounding (half away from zero) to the currency's minor unit."""
    return amount.quantize(exponent(currency), ROUND_HALF_UP, _EXACT)


def allowance_total(items: Iterable[AllowanceCharge], base: Decimal, currency: str) -> Decimal:
    """Charges minus allowances; a percentage is of `base` and rounded by itself (EN 16931 BR-DEC rules)."""
    total = Decimal(0)
    for item in items:
        amount = (
            item.amount
            if item.amount is not None
            else _EXACT.divide(_EXACT.multiply(base, item.percent or Decimal(0)), Decimal(100))
        )
        total += rounded(amount, currency) * (1 if item.kind == "charge" else -1)
    return total


def line_amount(line: Line, currency: str) -> Decimal:
    """Quantity x price / price basis, plus charges, minus allowances; each part rounded (Peppol R024)."""
    gross = _EXACT.multiply(line.quantity, line.price)
    if line.price_basis != 1:
        gross = _EXACT.divide(gross, line.price_basis)
    gross = rounded(gross, currency)
    items = line.allowances_charges
    return gross + allowance_total(items, gross, currency) if items else gross


@dataclass(frozen=True)
class Totals:
    """`lines` sum of line amounts, `adjustments` header charges minus allowances, `tax`, `total` payable."""

    lines: Decimal
    adjustments: Decimal
    tax: Decimal
    total: Decimal


def totals(order: Order) -> Totals:
    """Derive the totals of an order. Tax is rounded once per (kind, category, percent) as EN 16931 asks."""
    currency = order.currency
    taxable: dict[tuple[str, str, Decimal], Decimal] = defaultdict(Decimal)
    lines = Decimal(0)
    for line in order.lines:
        amount = line_amount(line, currency)
        lines += amount
        for tax in line.taxes:
            taxable[tax.kind, tax.category, tax.percent] += amount
    adjustments = allowance_total(order.allowances_charges, lines, currency)
    for item in order.allowances_charges:
        if item.tax:
            taxable[item.tax.kind, item.tax.category, item.tax.percent] += allowance_total([item], lines, currency)
    tax_total = sum((rounded(base * key[2] / 100, currency) for key, base in taxable.items()), Decimal(0))
    return Totals(lines, adjustments, tax_total, lines + adjustments + tax_total)
