"""Totals: written as document/money.py derives them, and compared with what a document states."""

from decimal import Decimal

from orderwire.document.base import plain
from orderwire.document.money import rounded, totals
from orderwire.document.order import Order
from orderwire.document.terms import AllowanceCharge
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.tree import Element, amount, first, group, number
from orderwire.formats.xml import Faults


def put_totals(root: Element, order: Order, fit: Fit) -> None:
    """TaxTotal, where a tax applies, and AnticipatedMonetaryTotal."""
    sums, currency = totals(order), order.currency
    taxed = any(line.taxes for line in order.lines) or any(item.tax for item in order.allowances_charges)
    if taxed:
        amount(group(root, "cac:TaxTotal"), "cbc:TaxAmount", sums.tax, currency)
    net = sums.lines + sums.adjustments
    total = group(root, "cac:AnticipatedMonetaryTotal")
    amount(total, "cbc:LineExtensionAmount", sums.lines, currency)
    amount(total, "cbc:TaxExclusiveAmount", net, currency)
    if taxed:
        amount(total, "cbc:TaxInclusiveAmount", sums.total, currency)
    for kind, name in (("allowance", "AllowanceTotalAmount"), ("charge", "ChargeTotalAmount")):
        items = [item for item in order.allowances_charges if item.kind == kind]
        if items:
            amount(
                total, f"cbc:{name}", sum((_worth(item, sums.lines, currency) for item in items), Decimal(0)), currency
            )
    amount(total, "cbc:PayableAmount", sums.total, currency)


def _worth(item: AllowanceCharge, base: Decimal, currency: str) -> Decimal:
    value = item.amount if item.amount is not None else base * (item.percent or Decimal(0)) / 100
    return rounded(value, currency)


def compare_totals(root: Element, order: Order, faults: Faults) -> None:
    """A warning for each stated total that differs from the derived one; ours count."""
    sums = totals(order)
    stated = first(root, "cac:AnticipatedMonetaryTotal")
    for name, ours, rule in (
        ("LineExtensionAmount", sums.lines, "R008"),
        ("TaxExclusiveAmount", sums.lines + sums.adjustments, "R011"),
    ):
        theirs = number(stated, f"cbc:{name}", faults)
        if stated is not None and theirs is not None and theirs != ours:
            text = f"{name} is {plain(theirs)} but the lines make {plain(ours)}, which counts (PEPPOL-T01-{rule})"
            faults.warning("total-differs", stated, text)
