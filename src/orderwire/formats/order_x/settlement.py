"""Taxes, allowances and charges, and the derived totals."""

from collections.abc import Sequence
from decimal import Decimal

from pydantic import ValidationError

from orderwire.document.base import plain
from orderwire.document.money import allowance_total, exponent
from orderwire.document.terms import AllowanceCharge, Tax
from orderwire.formats.order_x.fit import Fit
from orderwire.formats.order_x.tables import ALLOWANCES, CHARGES, TAX_CATEGORIES, TAXES
from orderwire.formats.order_x.tree import Element, Reading, flag, leaf, node


def taxes(items: Sequence[Tax], where: str, fit: Fit) -> tuple[Tax, ...]:
    """The one tax that a line can have."""
    if not items:
        return ()
    if not fit.comfort or len(items) > 1:
        text = "a line has one tax; the others are left out" if fit.comfort else "lines have no tax; it is left out"
        said = f"{where}: " + ", ".join(f"{tax.kind} {tax.category} {plain(tax.percent)}%" for tax in items)
        fit.lose(where, text, commercial=True, said=said)
    return (_tax(items[0], f"{where}[1]", fit),) if fit.comfort else ()


def _tax(tax: Tax, where: str, fit: Fit) -> Tax:
    if tax.kind not in TAXES:
        fit.lose(f"{where}.kind", f"{tax.kind} has no code (5153); OTH is written", commercial=True)
        tax = tax.model_copy(update={"kind": "OTH"})
    if tax.category not in TAX_CATEGORIES:
        fit.stop(
            f"{where}.category", "tax-category", f"{tax.category} is not a category that {fit.format} knows (5305)"
        )
    if tax.exemption is not None and not fit.extended:
        fit.lose(f"{where}.exemption", "the reason of an exemption is left out", said=f"{where}: {tax.exemption}")
        tax = tax.model_copy(update={"exemption": None})
    return tax


def adjustments(items: Sequence[AllowanceCharge], where: str, fit: Fit) -> tuple[AllowanceCharge, ...]:
    """Allowances and charges as the level carries them."""
    kept = []
    for position, item in enumerate(items, 1):
        at = f"{where}[{position}]"
        if not fit.comfort:
            fit.lose(at, f"the {item.kind} is left out", commercial=True, said=f"{at}: {_in_words(item)}")
            continue
        if item.code is not None and item.code not in (ALLOWANCES if item.kind == "allowance" else CHARGES):
            fit.lose(f"{at}.code", f"{item.code} is not a code of the {item.kind}s' list; it is left out")
            item = item.model_copy(update={"code": None})
        if item.tax is not None and (tax := _tax(item.tax, f"{at}.tax", fit)) is not item.tax:
            item = item.model_copy(update={"tax": tax})
        kept.append(item)
    return tuple(kept)


def _in_words(item: AllowanceCharge) -> str:
    much = plain(item.amount) if item.amount is not None else f"{plain(item.percent or Decimal(0))}%"
    return " ".join(filter(None, (item.kind, much, item.reason)))


def write_tax(parent: Element, name: str, tax: Tax) -> None:
    """Kind, reason of an exemption, category and rate."""
    at = node(parent, name)
    leaf(at, "TypeCode", tax.kind)
    leaf(at, "ExemptionReason", tax.exemption)
    leaf(at, "CategoryCode", tax.category)
    leaf(at, "RateApplicablePercent", plain(tax.percent))


def write_adjustments(parent: Element, items: Sequence[AllowanceCharge], base: Decimal, currency: str) -> None:
    """Each with its amount; a percentage with what it is taken of."""
    for item in items:
        at = node(parent, "SpecifiedTradeAllowanceCharge")
        flag(at, "ChargeIndicator", item.kind == "charge")
        amount = item.amount
        if item.percent is not None:
            leaf(at, "CalculationPercent", plain(item.percent))
            leaf(at, "BasisAmount", plain(base))
            amount = abs(allowance_total([item], base, currency))
        leaf(at, "ActualAmount", plain(amount or Decimal(0)))
        leaf(at, "ReasonCode", item.code)
        leaf(at, "Reason", item.reason)
        if item.tax is not None:
            write_tax(at, "CategoryTradeTax", item.tax)


def read_taxes(at: Element | None, reading: Reading, name: str = "ApplicableTradeTax") -> tuple[Tax, ...]:
    """Every tax named there; one that makes no sense is told and left out."""
    found = []
    for element in reading.all(at, name):
        kind, category = reading.label(element, "TypeCode"), reading.label(element, "CategoryCode")
        rate = reading.number(element, "RateApplicablePercent")
        rate = reading.number(element, "ApplicablePercent") if rate is None else rate
        fields = {
            "kind": kind,
            "category": category,
            "percent": rate,
            "exemption": reading.text(element, "ExemptionReason"),
        }
        try:
            found.append(Tax.model_validate({key: value for key, value in fields.items() if value is not None}))
        except ValidationError as failure:
            told = f"is not a tax that we understand ({failure.errors()[0]['msg']}); it is left out"
            reading.faults.warning("tax", element, told)
    return tuple(found)


def read_adjustments(at: Element | None, reading: Reading) -> tuple[AllowanceCharge, ...]:
    """Allowances and charges; where both a percentage and an amount stand, the percentage."""
    found = []
    for element in reading.all(at, "SpecifiedTradeAllowanceCharge"):
        percent, amount = reading.number(element, "CalculationPercent"), reading.number(element, "ActualAmount")
        reading.skip(element, "BasisAmount", "SequenceNumeric")
        tax = read_taxes(element, reading, "CategoryTradeTax")
        fields = {
            "kind": "charge" if reading.yes(element, "ChargeIndicator") else "allowance",
            "percent": percent,
            "amount": amount if percent is None else None,
            "code": reading.label(element, "ReasonCode"),
            "reason": reading.label(element, "Reason"),
            "tax": tax[0] if tax else None,
        }
        try:
            found.append(AllowanceCharge.model_validate(fields))
        except ValidationError as failure:
            told = f"is not understood ({failure.errors()[0]['msg']}); correct it"
            reading.faults.error("allowance-charge", element, told)
    return tuple(found)


def write_totals(
    parent: Element, lines: Decimal, items: Sequence[AllowanceCharge], tax: Decimal, currency: str
) -> None:
    """The monetary summation: everything derived from lines, allowances and charges, and tax."""
    at = node(parent, "SpecifiedTradeSettlementHeaderMonetarySummation")
    charges = allowance_total([i for i in items if i.kind == "charge"], lines, currency)
    allowances = -allowance_total([i for i in items if i.kind == "allowance"], lines, currency)
    leaf(at, "LineTotalAmount", _money(lines, currency))
    leaf(at, "ChargeTotalAmount", _money(charges, currency) if charges else None)
    leaf(at, "AllowanceTotalAmount", _money(allowances, currency) if allowances else None)
    net = lines + charges - allowances
    leaf(at, "TaxBasisTotalAmount", _money(net, currency))
    leaf(at, "TaxTotalAmount", _money(tax, currency), currencyID=currency)
    leaf(at, "GrandTotalAmount", _money(net + tax, currency))


def _money(amount: Decimal, currency: str) -> str:
    digits = -int(exponent(currency).as_tuple().exponent)
    return f"{amount:.{digits}f}"
