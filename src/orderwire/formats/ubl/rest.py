"""What an Order says that our documents have no field for: a remark for each, so that nothing is lost silently."""

from collections import Counter

from orderwire.formats.ubl.tree import Element, every, first, label
from orderwire.formats.xml import Faults, local

_HEADER = """
    UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID SalesOrderID UUID IssueDate IssueTime
    OrderTypeCode Note DocumentCurrencyCode PricingCurrencyCode CustomerReference AccountingCost AccountingCostCode
    LineCountNumeric ValidityPeriod QuotationDocumentReference OrderDocumentReference OriginatorDocumentReference
    CatalogueReference AdditionalDocumentReference Contract ProjectReference Signature BuyerCustomerParty
    SellerSupplierParty OriginatorCustomerParty AccountingCustomerParty Delivery DeliveryTerms PaymentTerms
    AllowanceCharge TaxTotal AnticipatedMonetaryTotal OrderLine CopyIndicator
"""
_LINE = "LineItem OrderLineReference CatalogueLineReference QuotationLineReference DocumentReference Note"
_ITEM = """
    ID LineStatusCode Quantity LineExtensionAmount TotalTaxAmount AccountingCost AccountingCostCode Note Delivery
    AllowanceCharge Price Item TaxTotal UUID
"""
_GOODS = """
    Description Name BuyersItemIdentification SellersItemIdentification ManufacturersItemIdentification
    StandardItemIdentification CommodityClassification ClassifiedTaxCategory AdditionalItemProperty
"""
_KNOWN = {name: frozenset(words.split()) for name, words in (
    ("Order", _HEADER), ("OrderLine", _LINE), ("LineItem", _ITEM), ("Item", _GOODS),
)}  # fmt: skip
_TOLD_ONCE = "ID IssueDate OrderTypeCode DocumentCurrencyCode Quantity LineExtensionAmount Price Item LineItem"
_ONCE = frozenset(_TOLD_ONCE.split())


def remark(root: Element, faults: Faults) -> None:
    """A remark for each element of header, lines and items that is not kept; a warning where one stands twice."""
    if (label(root, "cbc:CopyIndicator") or "").lower() in ("true", "1"):
        told = "is marked as a copy (CopyIndicator); see that the original was not already acted on"
        faults.warning("copy", root, told)
    _children(root, faults)
    for element in every(root, "cac:OrderLine"):
        _children(element, faults)
        item = first(element, "cac:LineItem")
        goods = first(item, "cac:Item")
        for part in (item, goods):
            if part is not None:
                _children(part, faults)
        kinds = every(goods, "cac:CommodityClassification")
        if len(kinds) > 1:
            faults.info("not-kept", kinds[1], "a line has one category; the first is read")


def _children(parent: Element, faults: Faults) -> None:
    known = _KNOWN[local(parent)]
    seen: Counter[str] = Counter()
    for child in parent:
        name = local(child)
        seen[name] += 1
        if seen[name] == 2 and name in _ONCE:
            faults.warning("twice", child, f"{name} stands twice; the first is read")
        if name not in known and (len(child) or (child.text or "").strip()):
            value = "" if len(child) else f" {(child.text or '').strip()[:80]!r}"
            faults.info("not-kept", child, f"{name}{value} is not kept")
