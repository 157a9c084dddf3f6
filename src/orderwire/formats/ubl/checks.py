"""Peppol's rules that bite, over a document's elements: strict on what we write, warnings on what we read.

The rules are those of Peppol BIS 3 (T01, T114 and the common ones); a finding ends with the rule's name.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice

from stdnum import ean
from stdnum.au import abn
from stdnum.be import vat as be_vat
from stdnum.it import codicefiscale, iva
from stdnum.no import orgnr as no_orgnr
from stdnum.se import orgnr as se_orgnr

from orderwire.document.base import plain
from orderwire.formats.pieces import country
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.tables import CUSTOMIZATIONS, EAS, RULES, TAX_CATEGORIES
from orderwire.formats.ubl.tree import Element, every, first, is_peppol, label, tag, text
from orderwire.formats.xml import MAX_FINDINGS, Faults, local

_SLACK = Decimal("0.02")
_AMOUNTS = ("Amount", "TaxAmount", "LineExtensionAmount", "PriceAmount", "BaseAmount", "TaxExclusiveAmount",
            "TaxInclusiveAmount", "AllowanceTotalAmount", "ChargeTotalAmount", "PayableAmount")  # fmt: skip
_SCHEME_CHECKS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "0088": ("R040", ean.is_valid), "0192": ("R041", no_orgnr.is_valid), "0208": ("R043", be_vat.is_valid),
    "0210": ("R045", codicefiscale.is_valid), "9907": ("R046", codicefiscale.is_valid),
    "0211": ("R047", lambda value: iva.is_valid(value.removeprefix("IT"))),
    "9906": ("R048", lambda value: iva.is_valid(value.removeprefix("IT"))),
    "0007": ("R049", se_orgnr.is_valid), "0151": ("R050", abn.is_valid),
}  # fmt: skip
"""Identifiers with a check digit, by scheme, with the number of the common rule."""
_PLACES = {
    "BuyerCustomerParty": "buyer", "SellerSupplierParty": "supplier", "AccountingCustomerParty": "bill_to",
    "PartyTaxScheme": "identifiers", "EndpointID": "identifiers", "PartyIdentification": "identifiers",
    "PartyLegalEntity": "identifiers", "AllowanceCharge": "allowances_charges", "TaxCategory": "tax",
    "ClassifiedTaxCategory": "taxes", "PriceAmount": "price", "BaseQuantity": "price_basis", "Quantity": "quantity",
    "AnticipatedMonetaryTotal": "totals", "DocumentCurrencyCode": "currency", "ItemClassificationCode": "category",
    "AccountingCost": "accounts", "Delivery": "ship_to",
}  # fmt: skip
"""Our field for an element, so that a refusal names it."""


@dataclass(frozen=True)
class Broken:
    """A rule that a document breaks: its number (R024; a common one begins with COMMON-), where and what."""

    rule: str
    element: Element
    text: str


def strict(root: Element, fit: Fit) -> None:
    """Every broken rule stops the writing."""
    if fit.peppol:
        for broken in check(root):
            fit.stop(field_of(broken.element), _name(broken, fit.transaction).lower(), _words(broken, fit.transaction))


def lenient(root: Element, faults: Faults) -> None:
    """Every broken rule of a Peppol document is a warning."""
    customization = label(root, "cbc:CustomizationID") or ""
    if is_peppol(root):
        known = (key for key, value in CUSTOMIZATIONS.items() if customization.startswith((f"{value}:", value)))
        transaction = max(known, key=lambda key: len(CUSTOMIZATIONS[key]), default="Order")
        for broken in islice(check(root), 2 * MAX_FINDINGS):
            faults.warning(_name(broken, transaction).lower(), broken.element, _words(broken, transaction))


def _name(broken: Broken, transaction: str) -> str:
    return f"PEPPOL-{broken.rule}" if broken.rule.startswith("COMMON") else f"PEPPOL-{RULES[transaction]}-{broken.rule}"


def _words(broken: Broken, transaction: str) -> str:
    return f"{broken.text} ({_name(broken, transaction)})"


def field_of(element: Element) -> str:
    """Our field for an element: lines[10].allowances_charges[2], buyer.identifiers."""
    steps: list[str] = []
    at: Element | None = element
    while at is not None:
        name = local(at)
        if name == "OrderLine":
            return ".".join([f"lines[{label(at, 'cac:LineItem/cbc:ID') or '?'}]", *reversed(steps)])
        if name in _PLACES and not (steps and steps[-1] == _PLACES[name]):
            step = _PLACES[name]
            parent = at.getparent()
            if name == "AllowanceCharge" and parent is not None:
                step += f"[{every(parent, 'cac:AllowanceCharge').index(at) + 1}]"
            steps.append(step)
        at = at.getparent()
    return ".".join(reversed(steps)) or "document"


def check(root: Element) -> Iterator[Broken]:
    """Every rule that the document breaks."""
    orders = local(root) in ("Order", "OrderChange")
    yield from chain(_empty(root), _identifiers(root), _line_numbers(root))
    if orders:
        yield from chain(_endpoints(root), _amounts(root), _charges(root), _taxes(root), _lines(root), _totals(root))
    elif local(root) == "OrderResponse":
        yield from _names(root)


def _value(element: Element | None, path: str | None = None) -> Decimal | None:
    found = text(element, path) if path else text(element)
    try:
        value = Decimal(found) if found and len(found) <= 60 else None
    except ArithmeticError:
        return None
    return value if value is not None and value.is_finite() and value.adjusted() < 20 else None


def _empty(root: Element) -> Iterator[Broken]:
    for element in root.iter():
        if not len(element) and not text(element):
            yield Broken("COMMON-R001", element, f"{local(element)} is empty; leave it out or fill it")


def _identifiers(root: Element) -> Iterator[Broken]:
    for element in root.iter(tag("cbc:EndpointID"), tag("cbc:ID"), tag("cbc:CompanyID")):
        scheme, value = element.get("schemeID") or "", text(element) or ""
        if local(element) == "EndpointID" and scheme not in EAS:
            yield Broken("COMMON-R004", element, f"the scheme {scheme or 'of the endpoint'} is not one of the EAS list")
        rule, valid = _SCHEME_CHECKS.get(scheme, ("", None))
        if valid is not None and not valid(value):
            yield Broken(
                f"COMMON-{rule}",
                element,
                f"{value[:40]} is no number of scheme {scheme}: its check digit or form is wrong",
            )
    for element in every(root, ".//cac:PartyTaxScheme"):
        prefix = (label(element, "cbc:CompanyID") or "")[:2]
        vat = label(element, "cac:TaxScheme/cbc:ID") == "VAT"
        if vat and prefix != "EL" and not (prefix.isupper() and country(prefix)):
            yield Broken("R026", element, "a VAT number begins with the code of its country, like DE or EL")


def _endpoints(root: Element) -> Iterator[Broken]:
    for role in ("BuyerCustomerParty", "SellerSupplierParty"):
        element = first(root, f"cac:{role}")
        if element is not None and first(element, "cac:Party/cbc:EndpointID") is None:
            told = (
                f"{_PLACES[role]} has no electronic address; give it an identifier eas:NNNN or name it in the profile"
            )
            yield Broken("B00001", element, told)


def _names(root: Element) -> Iterator[Broken]:
    yield from _endpoints(root)
    for role, rule in (("BuyerCustomerParty", "R001"), ("SellerSupplierParty", "R002")):
        party = first(root, f"cac:{role}/cac:Party")
        named = text(party, "cac:PartyLegalEntity/cbc:RegistrationName") or text(
            party, "cac:PartyIdentification/cbc:ID"
        )
        if party is not None and not named:
            yield Broken(rule, party, "the party has neither its registered name nor an identifier")


def _line_numbers(root: Element) -> Iterator[Broken]:
    items = every(root, "cac:OrderLine/cac:LineItem")
    count = Counter(label(item, "cbc:ID") for item in items)
    rule = "R003" if local(root) == "OrderResponse" else "R001"
    for item in items:
        if count[number := label(item, "cbc:ID")] > 1:
            yield Broken(rule, item, f"the line number {number} stands on several lines; each needs its own")


def _amounts(root: Element) -> Iterator[Broken]:
    currency = label(root, "cbc:DocumentCurrencyCode")
    for element in root.iter(*(tag(f"cbc:{name}") for name in _AMOUNTS)):
        if currency and element.get("currencyID") not in (None, currency):
            yield Broken(
                "R003", element, f"{local(element)} is in {element.get('currencyID')}, the document in {currency}"
            )
        decimals = (text(element) or "").partition(".")[2]
        if len(decimals) > 2 and not any(local(at) == "Price" for at in element.iterancestors()):
            yield Broken("R028", element, f"{local(element)} has {len(decimals)} decimals; two are allowed")


def _charges(root: Element) -> Iterator[Broken]:
    for element in chain(
        every(root, "cac:AllowanceCharge"), every(root, "cac:OrderLine/cac:LineItem/cac:AllowanceCharge")
    ):
        value, base = _value(element, "cbc:Amount"), _value(element, "cbc:BaseAmount")
        percent = _value(element, "cbc:MultiplierFactorNumeric")
        if percent is not None and base is None:
            yield Broken("R020", element, "has a percentage but not the base that it is of")
        if base is not None and percent is None:
            yield Broken("R021", element, "has a base but not the percentage")
        if (
            value is not None
            and base is not None
            and percent is not None
            and abs(value - base * percent / 100) > _SLACK
        ):
            yield Broken("R022", element, "the amount is not the percentage of the base")
        if not text(element, "cbc:AllowanceChargeReason") and not text(element, "cbc:AllowanceChargeReasonCode"):
            yield Broken("R023", element, "has neither a reason nor a code of one; say why")
        if value is not None and value < 0:
            yield Broken("R032", element, "is negative; an allowance is deducted by its kind")


def _taxes(root: Element) -> Iterator[Broken]:
    for element in root.iter(tag("cac:TaxCategory"), tag("cac:ClassifiedTaxCategory")):
        category, percent = label(element, "cbc:ID"), _value(element, "cbc:Percent")
        if percent is None and category != "O":
            yield Broken("R029", element, f"tax category {category} has no rate")
        if category == "S" and percent is not None and percent <= 0:
            yield Broken("R030", element, "the standard rate (S) is above 0; use Z (zero) or E (exempt)")
        if category not in TAX_CATEGORIES:
            yield Broken("B00002", element, f"{category} is not a tax category of UNCL 5305")


def _lines(root: Element) -> Iterator[Broken]:
    for item in every(root, "cac:OrderLine/cac:LineItem"):
        quantity, price = _value(item, "cbc:Quantity"), _value(item, "cac:Price/cbc:PriceAmount")
        if quantity is not None and quantity < 0:
            yield Broken("R004", item, "has a negative quantity")
        if price is not None and price < 0:
            yield Broken("R005", item, "has a negative price")
        basis = _value(item, "cac:Price/cbc:BaseQuantity")
        if basis is not None and basis <= 0:
            yield Broken("R025", item, "the quantity that the price is for is not above 0")
        stated = _value(item, "cbc:LineExtensionAmount") or Decimal(0)
        worth = (Decimal(1) if quantity is None else quantity) * (price or Decimal(0)) / (basis or Decimal(1))
        worth += _sum(item, "true") - _sum(item, "false")
        if abs(stated - worth) > _SLACK:
            told = f"LineExtensionAmount is {plain(stated)}, quantity x price makes {plain(round(worth, 4))}"
            yield Broken("R024", item, told)


def _sum(parent: Element, charge: str) -> Decimal:
    items = (e for e in every(parent, "cac:AllowanceCharge") if label(e, "cbc:ChargeIndicator") == charge)
    return sum((_value(item, "cbc:Amount") or Decimal(0) for item in items), Decimal(0))


def _totals(root: Element) -> Iterator[Broken]:
    total = first(root, "cac:AnticipatedMonetaryTotal")
    if total is None:
        return

    def of(name: str) -> Decimal:
        return _value(total, f"cbc:{name}") or Decimal(0)

    amounts = (_value(e) for e in every(root, "cac:OrderLine/cac:LineItem/cbc:LineExtensionAmount"))
    lines = sum((value for value in amounts if value is not None), Decimal(0))
    allowances, charges = of("AllowanceTotalAmount"), of("ChargeTotalAmount")
    net, gross = _value(total, "cbc:TaxExclusiveAmount"), _value(total, "cbc:TaxInclusiveAmount")
    due = of("LineExtensionAmount") - allowances + charges
    net = due if net is None else net
    for rule, wrong, told in (
        ("R006", of("PayableAmount") < 0, "PayableAmount is negative"),
        ("R007", of("LineExtensionAmount") < 0, "LineExtensionAmount is negative"),
        (
            "R008",
            of("LineExtensionAmount") != lines,
            f"LineExtensionAmount is {plain(of('LineExtensionAmount'))}, the lines add up to {plain(lines)}",
        ),
        (
            "R009",
            allowances != _sum(root, "false"),
            f"AllowanceTotalAmount is {plain(allowances)}, the allowances add up to {plain(_sum(root, 'false'))}",
        ),
        (
            "R010",
            charges != _sum(root, "true"),
            f"ChargeTotalAmount is {plain(charges)}, the charges add up to {plain(_sum(root, 'true'))}",
        ),
        (
            "R011",
            net != due,
            f"TaxExclusiveAmount is {plain(net)}, lines + charges - allowances make {plain(due)}",
        ),
    ):
        if wrong:
            yield Broken(rule, total, told)
    if gross is not None:
        tax = _value(root, "cac:TaxTotal/cbc:TaxAmount")
        payable = gross - of("PrepaidAmount") + of("PayableRoundingAmount")
        if of("PayableAmount") != payable:
            made = f"TaxInclusiveAmount - PrepaidAmount + PayableRoundingAmount make {plain(payable)}"
            yield Broken("R016", total, f"PayableAmount is {plain(of('PayableAmount'))}, {made}")
        if tax is not None and gross != net + tax:
            made = f"TaxExclusiveAmount + TaxAmount make {plain(net + tax)}"
            yield Broken("R017", total, f"TaxInclusiveAmount is {plain(gross)}, {made}")
