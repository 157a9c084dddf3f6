"""Totals: written as document/money.py derives them, and compared with what a document states."""

from decimal import Decimal

from orderwire.document.base import plain
from orderwire.document.money import line_amount, rounded, totals
from orderwire.document.order import Order
from orderwire.document.terms import AllowanceCharge
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.tree import Element, amount, every, first, group, is_peppol, number
from orderwire.formats.xml import Faults

_SLACK = Decimal("0.02")


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
    """A warning for each stated amount that differs from the derived one; ours count. What a rule of Peppol said of
    the same amount is not said again."""
    told = {finding.code for finding in faults.found}
    if not is_peppol(root):  # rule R024 compares the lines of Peppol's documents
        _compare_lines(root, order, faults)
    sums, stated = totals(order), first(root, "cac:AnticipatedMonetaryTotal")
    net, tax = sums.lines + sums.adjustments, _stated_tax(root, order.currency, faults)
    before_tax = {net}
    for name, ours, rule in (("LineExtensionAmount", sums.lines, "r008"), ("TaxExclusiveAmount", net, "r011")):
        theirs = number(stated, f"cbc:{name}", faults)
        if theirs is not None:
            before_tax.add(theirs)
        if stated is not None and theirs not in (None, ours) and f"peppol-t01-{rule}" not in told:
            _differs(stated, name, theirs, ours, faults)
    if tax is not None and tax != sums.tax:
        text = f"TaxAmount is {plain(tax)} but the taxes of lines and charges make {plain(sums.tax)}, which counts"
        faults.warning("total-differs", every(root, "cac:TaxTotal")[0], text)
    moved = (number(stated, "cbc:PayableRoundingAmount", faults) or 0) - (
        number(stated, "cbc:PrepaidAmount", faults) or 0
    )
    for name, extra, rule in (("TaxInclusiveAmount", Decimal(0), "r017"), ("PayableAmount", moved, "r016")):
        theirs = number(stated, f"cbc:{name}", faults)
        explained = {sums.total + extra, *(value + extra + more for value in before_tax for more in (0, tax or 0))}
        if stated is not None and theirs is not None and theirs not in explained and f"peppol-t01-{rule}" not in told:
            _differs(stated, name, theirs, sums.total + extra, faults)


def _compare_lines(root: Element, order: Order, faults: Faults) -> None:
    for element, line in zip(every(root, "cac:OrderLine"), order.lines, strict=True):
        item = first(element, "cac:LineItem")
        theirs, ours = number(item, "cbc:LineExtensionAmount", faults), line_amount(line, order.currency)
        if item is not None and theirs is not None and abs(theirs - ours) > _SLACK:
            _differs(item, f"LineExtensionAmount of line {line.number}", theirs, ours, faults)


def _stated_tax(root: Element, currency: str, faults: Faults) -> Decimal | None:
    """The tax of the document in its own currency, None where it states none."""
    amounts = [e for e in every(root, "cac:TaxTotal/cbc:TaxAmount") if e.get("currencyID", currency) == currency]
    values = [value for e in amounts if (value := number(e, None, faults)) is not None]
    return sum(values, Decimal(0)) if values else None


def _differs(place: Element, name: str, theirs: Decimal | None, ours: Decimal, faults: Faults) -> None:
    made = f"{name} is {plain(theirs or Decimal(0))} but what the order says makes {plain(ours)}, which counts"
    faults.warning("total-differs", place, made)
