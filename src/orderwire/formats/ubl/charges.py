"""Allowances, charges and taxes, on the order and on its lines, with the amounts that document/money.py derives."""

from collections.abc import Iterable
from decimal import Decimal

from pydantic import ValidationError

from orderwire.document.base import plain
from orderwire.document.finding import from_validation
from orderwire.document.money import allowance_total, exponent
from orderwire.document.order import CURRENCIES
from orderwire.document.terms import AllowanceCharge, Tax
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.tables import TAX_CATEGORIES
from orderwire.formats.ubl.texts import LONGEST
from orderwire.formats.ubl.tree import Element, amount, every, first, group, label, number, put, text
from orderwire.formats.xml import Faults

_SLACK = Decimal("0.02")
_INDICATOR = {"true": "charge", "1": "charge", "false": "allowance", "0": "allowance"}


def put_charges(parent: Element, items: Iterable[AllowanceCharge], base: Decimal, where: str, fit: Fit) -> None:
    """AllowanceCharge for each item; `base` is the amount that percentages are of."""
    for position, item in enumerate(items, 1):
        at = f"{where}[{position}]"
        element = group(parent, "cac:AllowanceCharge")
        put(element, "cbc:ChargeIndicator", "true" if item.kind == "charge" else "false")
        put(element, "cbc:AllowanceChargeReasonCode", item.code)
        put(element, "cbc:AllowanceChargeReason", item.reason)
        if item.percent is not None:
            put(element, "cbc:MultiplierFactorNumeric", plain(item.percent))
            worth = allowance_total([item], base, fit.currency)
            amount(element, "cbc:Amount", worth if item.kind == "charge" else -worth, fit.currency)
            amount(element, "cbc:BaseAmount", base, fit.currency)
        elif item.amount is not None:
            amount(element, "cbc:Amount", item.amount, fit.currency)
        if item.tax:
            put_tax(element, "cac:TaxCategory", item.tax, f"{at}.tax", fit)


def put_taxes(item: Element, taxes: tuple[Tax, ...], where: str, fit: Fit) -> None:
    """ClassifiedTaxCategory of a line's item; Peppol takes one."""
    if fit.peppol and len(taxes) > 1:
        others = ", ".join(f"{tax.kind} {plain(tax.percent)} %" for tax in taxes[1:])
        fit.lose(
            where,
            f"Peppol carries one tax for a line; {others} is left out",
            commercial=True,
            said=f"{where}: {others}",
        )
        taxes = taxes[:1]
    for tax in taxes:
        put_tax(item, "cac:ClassifiedTaxCategory", tax, where, fit)


def put_tax(parent: Element, name: str, tax: Tax, where: str, fit: Fit) -> None:
    """One tax category with its rate."""
    if fit.peppol and tax.kind != "VAT":
        words = f"{tax.kind} {plain(tax.percent)} %"
        fit.lose(where, f"Peppol carries VAT only; {words} is left out", commercial=True, said=f"{where}: {words}")
        return
    if fit.peppol and tax.category not in TAX_CATEGORIES:
        fit.stop(where, "tax-category", f"{tax.category} is not one of {', '.join(TAX_CATEGORIES)}; correct it")
    element = group(parent, name)
    put(element, "cbc:ID", tax.category)
    put(element, "cbc:Percent", plain(tax.percent))
    if tax.exemption and fit.peppol:
        fit.lose(f"{where}.exemption", "Peppol carries no reason for an exemption", said=f"{where}: {tax.exemption}")
    elif tax.exemption:
        put(element, "cbc:TaxExemptionReason", tax.exemption)
    put(group(element, "cac:TaxScheme"), "cbc:ID", tax.kind)


def read_charges(parent: Element, currency: str | None, faults: Faults) -> list[AllowanceCharge]:
    """Allowances and charges with exact amounts in the currency of the document; one that says neither amount nor
    percentage, or not which of the two it is, is an error."""
    found = []
    for element in every(parent, "cac:AllowanceCharge"):
        if faults.full:
            break
        indicator = (label(element, "cbc:ChargeIndicator") or "").lower()
        if indicator not in _INDICATOR:
            told = f"says {indicator[:20]!r} for ChargeIndicator, so neither charge (true) nor allowance (false)"
            faults.error("charge-indicator", element, told)
            continue
        money = first(element, "cbc:Amount")
        if money is not None and currency and money.get("currencyID", currency) != currency:
            stated = money.get("currencyID", "")[:10]
            told = f"the amount is in {stated} but the document in {currency}; state one currency"
            faults.error("currency-mixed", money, told)
            continue
        value, factor = number(element, "cbc:Amount", faults), number(element, "cbc:MultiplierFactorNumeric", faults)
        base = number(element, "cbc:BaseAmount", faults)
        percent = _percent(element, value, factor, base, faults) if factor is not None else None
        reason = " ".join(filter(None, (label(r) for r in every(element, "cbc:AllowanceChargeReason"))))
        values = {
            "kind": _INDICATOR[indicator],
            "amount": value if percent is None else None,
            "percent": percent,
            "code": label(element, "cbc:AllowanceChargeReasonCode", 35),
            "reason": reason[:200].strip() or None,
            "tax": read_tax(first(element, "cac:TaxCategory"), faults),
        }
        try:
            found.append(AllowanceCharge.model_validate(values))
        except ValidationError as failure:
            text = from_validation(failure)[0].text
            faults.error("allowance-amount", element, f"cannot be used, the total would be wrong: {text}")
    return found


def _percent(
    element: Element, value: Decimal | None, factor: Decimal, base: Decimal | None, faults: Faults
) -> Decimal | None:
    """The percentage that a factor means: 20, or with some senders 0.2; None where the amount is another."""
    if value is None or base is None:
        if value is not None:
            faults.warning("peppol-t01-r020", element, "has a percentage without its base; the amount is read")
            return None
        return factor
    stated = first(element, "cbc:Amount")
    currency = stated.get("currencyID") if stated is not None else None
    slack = max(_SLACK, exponent(currency) / 2) if currency in CURRENCIES else _SLACK
    for percent in (factor, factor * 100):
        if 0 <= percent <= 100 and abs(base * percent / 100 - value) <= slack:
            return percent
    text = f"{plain(value)} is not {plain(factor)} % of {plain(base)}; the amount is read (PEPPOL-T01-R022)"
    faults.warning("peppol-t01-r022", element, text)
    return None


def read_taxes(item: Element, goods: Element, faults: Faults) -> list[Tax]:
    """The taxes of a line: those of its item, else those of its TaxTotal, where senders of plain UBL state them."""
    stated = every(goods, "cac:ClassifiedTaxCategory") or every(item, "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory")
    return [tax for e in stated if (tax := read_tax(e, faults)) is not None]


def read_tax(element: Element | None, faults: Faults) -> Tax | None:
    """One tax category; None, with a warning, where it cannot be kept."""
    if element is None:
        return None
    values = {
        "kind": label(element, "cac:TaxScheme/cbc:ID", 35) or "VAT",
        "category": label(element, "cbc:ID") or "S",
        "percent": number(element, "cbc:Percent", faults) or Decimal(0),
        "exemption": (text(element, "cbc:TaxExemptionReason") or "")[:LONGEST].strip() or None,
    }
    try:
        return Tax.model_validate(values)
    except ValidationError as failure:
        faults.warning("tax", element, f"is not kept: {from_validation(failure)[0].text}")
        return None
