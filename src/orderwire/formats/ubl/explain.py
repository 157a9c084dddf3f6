"""A UBL file piece by piece, in words: each element that holds a value, and what its codes mean."""

import re
from collections.abc import Iterator

from babel import Locale

from orderwire.document.codes import UNIT_WORDS, UNITS
from orderwire.formats import Explained
from orderwire.formats.ubl.sbdh import unwrap
from orderwire.formats.ubl.tables import (
    ADVICE_READ,
    ANSWER_READ,
    CHANGE_READ,
    CUSTOMIZATIONS,
    EAS,
    LINE_READ,
    ORDER_TYPES,
    PROCESSES,
    TAX_CATEGORIES,
)
from orderwire.formats.ubl.tree import Element
from orderwire.formats.xml import local, parse

_WORDS = {
    "ID": "number", "CustomizationID": "specification", "ProfileID": "process", "UBLVersionID": "UBL version",
    "IssueDate": "day of issue", "EndpointID": "electronic address", "CompanyID": "registered number",
    "PayableAmount": "amount to pay", "LineExtensionAmount": "amount without tax", "PriceAmount": "price",
    "BaseQuantity": "the price is for", "MultiplierFactorNumeric": "percentage", "ChargeIndicator": "is a charge",
    "ProfileExecutionID": "run", "LineID": "line", "Percent": "rate in percent", "PostalZone": "postal code",
    "CountrySubentity": "region", "IdentificationCode": "country", "ElectronicMail": "e-mail",
}  # fmt: skip
_PARENTS = {
    "BuyerCustomerParty": "buyer", "SellerSupplierParty": "supplier", "AccountingCustomerParty": "invoice to",
    "DeliveryParty": "receiver", "DeliveryLocation": "place of delivery", "OrderReference": "order",
    "BuyersItemIdentification": "buyer's part", "SellersItemIdentification": "supplier's part",
    "StandardItemIdentification": "GTIN", "Contract": "contract", "RequestedDeliveryPeriod": "requested",
    "PromisedDeliveryPeriod": "promised", "AllowanceCharge": "allowance or charge", "TaxTotal": "tax in all",
    "AnticipatedMonetaryTotal": "total", "LineItem": "line", "PaymentTerms": "payment",
    "DeliveryTerms": "delivery terms",
    "OrderLine": "line", "PartyTaxScheme": "tax number", "OrderDocumentReference": "other order",
    "QuotationDocumentReference": "quotation", "OriginatorDocumentReference": "requisition",
    "AdditionalDocumentReference": "more", "SellerSubstitutedLineItem": "substitute",
    "ClassifiedTaxCategory": "tax", "TaxCategory": "tax", "TaxScheme": "kind of tax", "DocumentReference": "document",
}  # fmt: skip
_CURRENCIES = Locale("en").currencies


def explain(content: bytes, limit: int) -> tuple[Explained, ...]:
    """The first `limit` elements with a value, in their order; nothing where the file is no XML."""
    root, _ = parse(content)
    if root is None:
        return ()
    documents, _, _ = unwrap(root)
    found: list[Explained] = []
    for document, element in _leaves(root, documents):
        if len(found) >= limit:
            break
        found.append(_explained(document, element))
    return tuple(found)


def _leaves(root: Element, documents: list[Element]) -> Iterator[tuple[int | None, Element]]:
    index = {document: position for position, document in enumerate(documents)}
    inside: int | None = None
    for element in root.iter("*"):
        if element in index:
            inside = index[element]
        elif inside is not None and not any(at in index for at in element.iterancestors()):
            inside = None
        if not len(element) and ((element.text or "").strip() or element in index):
            yield inside, element


def _explained(document: int | None, element: Element) -> Explained:
    name, text = local(element), " ".join((element.text or "").split())
    codes = tuple(_codes(element, name, text))
    about = [words for at in element.iterancestors() if (words := _PARENTS.get(local(at)))]
    words = _WORDS.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    said = ", ".join(dict.fromkeys([*reversed(about), words]))
    means = next((meaning for where, _, meaning in codes if where == name), None)
    value = means or text
    units = next((meaning for where, _, meaning in codes if where.endswith("@unitCode")), None)
    units = units or element.get("currencyID")
    return Explained(
        document=document,
        place=f"line {element.sourceline or '?'}",
        text=f"{name} {text}".strip()[:500],
        words=f"{said}: {value}{' ' + units if units else ''}"[:500] if value else said,
        codes=codes,
    )


def _codes(element: Element, name: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Each code of an element with its words; a code that we do not know is not explained."""
    known: dict[str, str] = {}
    parent = element.getparent()
    holder = local(parent) if parent is not None else ""
    if name == "OrderTypeCode":
        known = ORDER_TYPES
    elif name == "OrderResponseCode":
        known = {code: status.value.replace("_", " ") for code, status in ANSWER_READ.items()}
    elif name == "ResponseCode":
        known = {code: status.value.replace("_", " ") for code, status in ADVICE_READ.items()}
    elif name == "LineStatusCode":
        change = local(element.getroottree().getroot()) == "OrderChange" or any(
            local(at) == "OrderChange" for at in element.iterancestors()
        )
        known = {code: action.value for code, action in (CHANGE_READ if change else LINE_READ).items()}
    elif name == "CustomizationID":
        known = {value: f"Peppol {key}" for key, value in CUSTOMIZATIONS.items()}
    elif name == "ProfileID":
        known = {value: f"Peppol {key.replace('_', ' ')}" for key, value in PROCESSES.items()}
    elif name == "DocumentCurrencyCode":
        known = dict(_CURRENCIES)
    elif name == "ID" and holder in ("TaxCategory", "ClassifiedTaxCategory"):
        known = TAX_CATEGORIES
    elif name == "ChargeIndicator":
        known = {"true": "charge", "false": "allowance"}
    elif name == "IdentificationCode":
        known = dict(Locale("en").territories)
    if text in known:
        yield name, text, known[text]
    unit, scheme = element.get("unitCode"), element.get("schemeID")
    if unit in UNITS:
        yield f"{name}@unitCode", unit, UNIT_WORDS.get(unit, unit)
    if scheme in EAS:
        words = {"0088": "GLN", "0060": "D-U-N-S number", "0160": "GTIN"}.get(
            scheme, f"electronic address scheme {scheme}"
        )
        yield f"{name}@schemeID", scheme, words
