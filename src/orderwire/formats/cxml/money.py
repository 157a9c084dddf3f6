"""Amounts: Money, Tax with its details, and the Modifications that are allowances and charges."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from orderwire.document.base import plain
from orderwire.document.money import allowance_total, rounded
from orderwire.document.terms import AllowanceCharge, Tax
from orderwire.formats.cxml.fit import CxmlFit
from orderwire.formats.cxml.tree import LANG, Element, Reading, add, extrinsic, extrinsics
from orderwire.formats.xml import text_of

FREIGHT = "FC"
LINE = "LineItem"
"""Scope of a Modification that is of the line and not of its unit price."""
_EXEMPT = {"Z": "zeroRated", "E": "exempt"}
_EXEMPT_READ = {word: category for category, word in _EXEMPT.items()}
_MODIFICATION = frozenset({"OriginalPrice", "AdditionalDeduction", "AdditionalCost", "Tax", "ModificationDetail"})


def write_money(parent: Element, tag: str, amount: Decimal, currency: str) -> Element:
    """An element that holds Money, such as UnitPrice or Total."""
    made = add(parent, tag)
    add(made, "Money", plain(amount), currency=currency)
    return made


def fitted_taxes(taxes: tuple[Tax, ...], where: str, fit: CxmlFit) -> tuple[Tax, ...]:
    """Taxes as they come back: cXML writes their kinds in lower case."""
    found = tuple(tax.model_copy(update={"kind": tax.kind.upper()}) for tax in taxes)
    if found != taxes:
        fit.remark(where, "kinds of tax are read back in capitals")
    return found


def write_tax(parent: Element, taxes: tuple[Tax, ...], base: Decimal, currency: str, language: str) -> None:
    """One Tax with a TaxDetail for each; `base` is the taxable amount."""
    if not taxes:
        return
    amounts = [rounded(base * tax.percent / 100, currency) for tax in taxes]
    made = write_money(parent, "Tax", sum(amounts, Decimal(0)), currency)
    add(made, "Description", "Tax", lang=language)
    for tax, amount in zip(taxes, amounts, strict=True):
        attributes = {"category": tax.kind.lower(), "percentageRate": plain(tax.percent)}
        if tax.category in _EXEMPT:
            attributes["exemptDetail"] = _EXEMPT[tax.category]
        detail = add(made, "TaxDetail", **attributes)
        write_money(detail, "TaxableAmount", base, currency)
        write_money(detail, "TaxAmount", amount, currency)
        if tax.exemption:
            reason = add(detail, "TaxExemption", exemptCode=tax.category)
            add(reason, "ExemptReason", tax.exemption, lang=language)
        if tax.category not in ("S", *_EXEMPT):
            extrinsic(detail, "taxCategory", tax.category)


def read_taxes(element: Element | None, reading: Reading) -> tuple[Tax, ...]:
    """The taxes of a Tax element; one without a rate cannot be applied and is a warning."""
    found: list[Tax] = []
    if element is not None and element.find("TaxDetail") is None and (amount := reading.money(element, "Tax")[0]):
        reading.warning("tax-rate", element, f"the tax of {plain(amount)} has no rate (TaxDetail); it is left out")
    for detail in element.iterchildren("TaxDetail") if element is not None else ():
        percent = reading.number(detail.get("percentageRate"), detail, "percentageRate")
        if percent is None:
            reading.warning("tax-rate", detail, "the tax has no percentageRate; it is left out")
            continue
        named = text_of(extrinsics(detail).get("taxcategory"))
        category = named or _EXEMPT_READ.get(detail.get("exemptDetail") or "", "S")
        kind = (reading.code(reading.attribute(detail, "category"), detail) or "VAT").upper()
        exemption = reading.text(detail.find("TaxExemption/ExemptReason"))
        said = {"kind": kind, "category": category, "percent": percent, "exemption": exemption}
        if tax := reading.make(Tax, detail, said):
            found.append(tax)
    return tuple(found)


def is_shipping(item: AllowanceCharge) -> bool:
    """A freight charge that stands in Shipping."""
    plain_freight = item.kind == "charge" and item.code == FREIGHT and item.tax is None
    return plain_freight and item.amount is not None and item.amount > 0


def fitted_allowances(items: tuple[AllowanceCharge, ...], where: str, fit: CxmlFit) -> tuple[AllowanceCharge, ...]:
    """Allowances and charges as they come back: the freight charge of Shipping first."""
    kept = []
    for item in items:
        if item.tax is not None:
            (tax,) = fitted_taxes((item.tax,), f"{where}.tax", fit)
            item = item.model_copy(update={"tax": tax})
        kept.append(item)
    shipping = next((item for item in kept if is_shipping(item)), None)
    if shipping is not None:
        kept.remove(shipping)
        kept.insert(0, shipping)
    return tuple(kept)


def split(items: tuple[AllowanceCharge, ...]) -> tuple[AllowanceCharge | None, tuple[AllowanceCharge, ...]]:
    """What stands in Shipping, and what in Modifications."""
    return (items[0], items[1:]) if items and is_shipping(items[0]) else (None, items)


def write_shipping(parent: Element, item: AllowanceCharge | None, currency: str, language: str) -> None:
    """Shipping with the freight charge."""
    if item is not None and item.amount is not None:
        add(write_money(parent, "Shipping", item.amount, currency), "Description", item.reason or "", lang=language)


def write_modifications(
    parent: Element, items: Iterable[AllowanceCharge], base: Decimal, currency: str, language: str, scope: str | None
) -> None:
    """Modifications of `base`; `scope` LineItem says that they are of the line and not of its unit price."""
    items = tuple(items)
    if not items:
        return
    made = add(parent, "Modifications")
    for item in items:
        one = add(made, "Modification")
        if item.kind == "allowance":
            cost = add(one, "AdditionalDeduction")
            if item.amount is not None:
                write_money(cost, "DeductionAmount", item.amount, currency)
            else:
                add(cost, "DeductionPercent", percent=plain(item.percent or Decimal(0)))
        else:
            cost = add(one, "AdditionalCost")
            if item.amount is not None:
                add(cost, "Money", plain(item.amount), currency=currency)
            else:
                add(cost, "Percentage", percent=plain(item.percent or Decimal(0)))
        if item.tax is not None:
            write_tax(one, (item.tax,), abs(allowance_total([item], base, currency)), currency, language)
        detail = add(one, "ModificationDetail", name=item.kind.capitalize(), code=item.code, scope=scope)
        if item.reason:
            add(detail, "Description", item.reason, lang=language)


def amount_in(currency: str, element: Element | None, what: str, reading: Reading) -> Decimal | None:
    """The amount of an element in the currency of the order; an error where it is in another."""
    amount, stated = reading.money(element, what)
    if amount and stated not in (None, currency) and element is not None:
        text = f"{what} is in {stated}, the order in {currency}; an order has one currency, correct it"
        reading.error("currency-mixed", element, text)
        return None
    return amount


def read_shipping(element: Element | None, currency: str, reading: Reading) -> tuple[AllowanceCharge, ...]:
    """Shipping as a freight charge; nothing where it costs nothing."""
    amount = amount_in(currency, element, "Shipping", reading)
    if element is None or not amount:
        return ()
    if amount < 0:
        reading.error("bad-number", element, f"Shipping of {amount} is below zero; correct it")
        return ()
    reason = reading.label(element.find("Description"))
    return (AllowanceCharge(kind="charge", code=FREIGHT, amount=amount, reason=reason),)


def read_modifications(
    element: Element | None, currency: str, reading: Reading, *, scope: str | None
) -> tuple[AllowanceCharge, ...]:
    """Modifications of Total, or of a UnitPrice where they say that they are of the line (`scope`)."""
    found: list[AllowanceCharge] = []
    for one in element.findall("Modifications/Modification") if element is not None else ():
        if reading.full:
            break
        detail = one.find("ModificationDetail")
        if scope is not None and (detail is None or detail.get("scope") != scope):
            text = "a modification of the unit price is not kept; UnitPrice is read as the price that holds"
            reading.warning("price-modification", one, text)
        elif item := _modification(one, detail, currency, reading):
            found.append(item)
        reading.rest(one, _MODIFICATION)
    return tuple(found)


def _modification(one: Element, detail: Element | None, currency: str, reading: Reading) -> AllowanceCharge | None:
    kind: Literal["allowance", "charge"] = "allowance" if one.find("AdditionalDeduction") is not None else "charge"
    cost = one.find("AdditionalDeduction" if kind == "allowance" else "AdditionalCost")
    if cost is None:
        reading.warning("modification", one, "has neither AdditionalDeduction nor AdditionalCost; it is left out")
        return None
    rate = next(cost.iter("DeductionPercent", "Percentage"), None)
    percent = reading.number(rate.get("percent"), rate, "percent") if rate is not None else None
    place = cost.find("DeductionAmount") if kind == "allowance" else cost
    amount = amount_in(currency, place, "Modification", reading)
    name = reading.attribute(detail, "name") if detail is not None else None
    described = reading.label(description(detail, reading.profile.language)) if detail is not None else None
    reason = described or (name if name and name.lower() not in ("allowance", "charge") else None)
    code = reading.code(reading.attribute(detail, "code"), detail) if detail is not None else None
    taxes = read_taxes(one.find("Tax"), reading)
    return reading.make(AllowanceCharge, one, {
        "kind": kind, "amount": None if percent is not None else amount, "percent": percent, "code": code,
        "reason": reason, "tax": taxes[0] if taxes else None,
    })  # fmt: skip


def described(element: Element | None) -> tuple[Element | None, str | None]:
    """A Description with its own text, for `Reading.text`: a ShortName inside it says the same once more."""
    if element is None:
        return None, None
    own = "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
    return element, own or None


def description(parent: Element, language: str) -> Element | None:
    """The Description in our language, else the first that says something."""
    found = [d for d in parent.iterchildren("Description") if text_of(d)]
    return next((d for d in found if (d.get(LANG) or "").startswith(language)), found[0] if found else None)
