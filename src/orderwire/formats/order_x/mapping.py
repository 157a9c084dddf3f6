"""Where each of our fields stands in the standard, for the reference page; tests write a document and look there."""

from orderwire.document.states import DocumentType
from orderwire.formats import DocumentForm

_DOCUMENT, _DEAL = "ExchangedDocument", "SupplyChainTradeTransaction"
_AGREEMENT, _DELIVERY = "ApplicableHeaderTradeAgreement", "ApplicableHeaderTradeDelivery"
_MONEY, _ITEM = "ApplicableHeaderTradeSettlement", "IncludedSupplyChainTradeLineItem"
_ADDITIONAL = f"{_AGREEMENT}/AdditionalReferencedDocument (from comfort)"
_COMFORT, _EXTENDED = "(from comfort)", "(extended)"

_HEAD = {
    "kind": f"{_DOCUMENT}/Name",
    "issued": f"{_DOCUMENT}/IssueDateTime",
    "valid_from": f"{_DOCUMENT}/EffectiveSpecifiedPeriod/StartDateTime {_COMFORT}",
    "valid_to": f"{_DOCUMENT}/EffectiveSpecifiedPeriod/EndDateTime {_COMFORT}",
    "currency": f"{_MONEY}/OrderCurrencyCode",
    "buyer": f"{_AGREEMENT}/BuyerTradeParty",
    "supplier": f"{_AGREEMENT}/SellerTradeParty",
    "ship_to": f"{_DELIVERY}/ShipToTradeParty",
    "bill_to": f"{_MONEY}/InvoiceeTradeParty {_COMFORT}",
    "payment_terms": f"{_MONEY}/SpecifiedTradePaymentTerms/Description, in words {_COMFORT}",
    "incoterm.code": f"{_AGREEMENT}/ApplicableTradeDeliveryTerms/DeliveryTypeCode",
    "incoterm.place": f"{_AGREEMENT}/ApplicableTradeDeliveryTerms/RelevantTradeLocation/Name {_COMFORT}",
    "incoterm.year": f"{_AGREEMENT}/ApplicableTradeDeliveryTerms/Description {_COMFORT}",
    "references": f"{_AGREEMENT}/…ReferencedDocument; a second of a kind in AdditionalReferencedDocument {_COMFORT}",
    "notes": f"{_DOCUMENT}/IncludedNote",
    "allowances_charges": f"{_MONEY}/SpecifiedTradeAllowanceCharge {_COMFORT}",
}
_LINE = {
    "number": f"{_ITEM}/AssociatedDocumentLineDocument/LineID",
    "description": f"{_ITEM}/SpecifiedTradeProduct/Name; further lines in Description {_COMFORT}",
    "quantity": f"{_ITEM}/SpecifiedLineTradeDelivery/RequestedQuantity",
    "unit": "RequestedQuantity/@unitCode",
    "price": f"{_ITEM}/SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount",
    "price_basis": f"{_ITEM}/SpecifiedLineTradeAgreement/NetPriceProductTradePrice/BasisQuantity",
    "buyer_part": f"{_ITEM}/SpecifiedTradeProduct/BuyerAssignedID",
    "supplier_part": f"{_ITEM}/SpecifiedTradeProduct/SellerAssignedID",
    "gtin": f"{_ITEM}/SpecifiedTradeProduct/GlobalID, schemeID 0160",
    "category": f"{_ITEM}/SpecifiedTradeProduct/DesignatedProductClassification/ClassCode {_COMFORT}",
    "schedules.requested": f"{_ITEM}/SpecifiedLineTradeDelivery/RequestedDeliverySupplyChainEvent {_COMFORT}; "
    f"{_DELIVERY}/RequestedDeliverySupplyChainEvent where there is one date",
    "schedules.quantity": f"RequestedDeliverySupplyChainEvent/UnitQuantity {_EXTENDED}",
    "schedules.ship_to": f"{_ITEM}/SpecifiedLineTradeDelivery/ShipToTradeParty, one for a line {_EXTENDED}",
    "taxes": f"{_ITEM}/SpecifiedLineTradeSettlement/ApplicableTradeTax, one for a line {_COMFORT}",
    "allowances_charges": f"{_ITEM}/SpecifiedLineTradeSettlement/SpecifiedTradeAllowanceCharge {_COMFORT}",
    "accounts": f"{_ITEM}/SpecifiedLineTradeSettlement/ReceivableSpecifiedTradeAccountingAccount {_COMFORT}",
    "references": f"{_ITEM}/SpecifiedLineTradeAgreement/…ReferencedDocument",
    "notes": f"{_ITEM}/AssociatedDocumentLineDocument/IncludedNote",
}
_OWN = {
    "release_number": f"{_ADDITIONAL}, ReferenceTypeCode PS",
    "revision": f"{_ADDITIONAL}, ReferenceTypeCode PP",
}
_SEQUENCE = {"sequence": f"{_ADDITIONAL}, ReferenceTypeCode AGJ"}
_TEST = {"test": "ExchangedDocumentContext/TestIndicator"}
_ORDER_NUMBER = {"order_number": f"{_AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID"}
_REASON = {"reason": f"{_DOCUMENT}/IncludedNote, SubjectCode CHG"}
_CHANGED = {
    "number": f"{_DOCUMENT}/ID",
    "issued": f"{_DOCUMENT}/IssueDateTime",
    "code": f"{_DOCUMENT}/PurposeCode",
    **_ORDER_NUMBER, **_OWN, **_SEQUENCE, **_REASON, **_TEST,
}  # fmt: skip

ORDER = {"number": f"{_DOCUMENT}/ID", **_HEAD, **_OWN, **_TEST} | {f"lines.{key}": at for key, at in _LINE.items()}
CHANGE = (
    _CHANGED
    | {"form": f"{_DOCUMENT}/PurposeCode (4, 6 delta, 5 full)", "confirms": f"{_DOCUMENT}/PurposeCode 6"}
    | {f"head.{key}": at for key, at in _HEAD.items()}
    | {"head.issued": f"{_AGREEMENT}/BuyerOrderReferencedDocument/FormattedIssueDateTime {_EXTENDED}"}
    | {f"lines.line.{key}": at for key, at in _LINE.items()}
    | {
        "lines.number": f"{_ITEM}/SpecifiedLineTradeAgreement/BuyerOrderReferencedDocument/LineID",
        "lines.action": f"{_ITEM}/AssociatedDocumentLineDocument/LineStatusCode",
        "lines.code": f"{_ITEM}/AssociatedDocumentLineDocument/LineStatusCode",
        "lines.reason": f"{_ITEM}/AssociatedDocumentLineDocument/IncludedNote, SubjectCode CHG",
    }
)
CANCELLATION = _CHANGED | {
    "order_issued": f"{_AGREEMENT}/BuyerOrderReferencedDocument/FormattedIssueDateTime {_EXTENDED}",
    "buyer": f"{_AGREEMENT}/BuyerTradeParty",
    "supplier": f"{_AGREEMENT}/SellerTradeParty",
    "currency": f"{_MONEY}/OrderCurrencyCode",
}
_ANSWER = f"{_ITEM}/AssociatedDocumentLineDocument"
RESPONSE = {
    **_ORDER_NUMBER, **_OWN, **_SEQUENCE, **_TEST,
    "number": f"{_DOCUMENT}/ID",
    "answers": f"{_DOCUMENT}/Name",
    "change_number": f"{_AGREEMENT}/PreviousOrderChangeReferencedDocument/IssuerAssignedID",
    "status": f"{_DOCUMENT}/PurposeCode",
    "code": f"{_DOCUMENT}/PurposeCode",
    "answered": f"{_DOCUMENT}/IssueDateTime",
    "supplier": f"{_AGREEMENT}/SellerTradeParty",
    "supplier_order_number": f"{_AGREEMENT}/SellerOrderReferencedDocument/IssuerAssignedID {_COMFORT}",
    "currency": f"{_MONEY}/OrderCurrencyCode",
    "charge": f"{_MONEY}/SpecifiedTradeAllowanceCharge/ActualAmount {_COMFORT}",
    "reason": f"{_DOCUMENT}/IncludedNote",
    "contact": f"{_AGREEMENT}/SellerTradeParty/DefinedTradeContact/PersonName",
    "lines.number": f"{_ITEM}/SpecifiedLineTradeAgreement/BuyerOrderReferencedDocument/LineID",
    "lines.status": f"{_ANSWER}/LineStatusCode",
    "lines.code": f"{_ANSWER}/LineStatusCode",
    "lines.quantity": f"{_ITEM}/SpecifiedLineTradeDelivery/AgreedQuantity",
    "lines.unit": "AgreedQuantity/@unitCode",
    "lines.price": f"{_ITEM}/SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount",
    "lines.price_basis": f"{_ITEM}/SpecifiedLineTradeAgreement/NetPriceProductTradePrice/BasisQuantity",
    "lines.promised": f"{_ITEM}/SpecifiedLineTradeDelivery/RequestedDeliverySupplyChainEvent {_COMFORT}",
    "lines.ships": f"{_ITEM}/SpecifiedLineTradeDelivery/RequestedDespatchSupplyChainEvent {_COMFORT}",
    "lines.buyer_part": f"{_ITEM}/SpecifiedTradeProduct/BuyerAssignedID",
    "lines.supplier_part": f"{_ITEM}/SpecifiedTradeProduct/SellerAssignedID",
    "lines.gtin": f"{_ITEM}/SpecifiedTradeProduct/GlobalID",
    "lines.substitute_part": f"{_ITEM}/SpecifiedTradeProduct/SellerAssignedID beside a SubstitutedReferencedProduct",
    "lines.reason": f"{_ANSWER}/IncludedNote",
}  # fmt: skip
INVOICE = {
    "number": f"{_DOCUMENT}/ID",
    "kind": f"{_DOCUMENT}/TypeCode",
    "code": f"{_DOCUMENT}/TypeCode",
    "issued": f"{_DOCUMENT}/IssueDateTime",
    "order_number": f"{_AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID",
    "due": f"{_MONEY}/SpecifiedTradePaymentTerms/DueDateDateTime",
    "supplier": f"{_AGREEMENT}/SellerTradeParty",
    "buyer": f"{_AGREEMENT}/BuyerTradeParty",
    "currency": f"{_MONEY}/InvoiceCurrencyCode",
    "net": f"{_MONEY}/SpecifiedTradeSettlementHeaderMonetarySummation/TaxBasisTotalAmount",
    "tax": f"{_MONEY}/SpecifiedTradeSettlementHeaderMonetarySummation/TaxTotalAmount",
    "total": f"{_MONEY}/SpecifiedTradeSettlementHeaderMonetarySummation/GrandTotalAmount",
    "lines.order_number": f"{_ITEM}/SpecifiedLineTradeAgreement/BuyerOrderReferencedDocument/IssuerAssignedID",
    "lines.number": f"{_ITEM}/SpecifiedLineTradeAgreement/BuyerOrderReferencedDocument/LineID",
    "lines.quantity": f"{_ITEM}/SpecifiedLineTradeDelivery/BilledQuantity",
    "lines.price": f"{_ITEM}/SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount",
    "lines.amount": f"{_ITEM}/SpecifiedLineTradeSettlement/…/LineTotalAmount",
}

_VERSIONS = "Order-X 1.0 (D20B), basic, comfort, extended"


def _form(name: str, kind: DocumentType, mapping: dict[str, str], *, written: bool = True) -> DocumentForm:
    versions = _VERSIONS if written else "Factur-X 1.0, ZUGFeRD 1 and 2, XRechnung CII (CrossIndustryInvoice)"
    return DocumentForm(name, kind, versions, read=True, written=written, mapping=mapping)


DOCUMENTS = (
    _form("Order (220)", DocumentType.ORDER, ORDER),
    _form("Order change (230, purpose 4 or 5)", DocumentType.CHANGE, CHANGE),
    _form("Order cancellation (230, purpose 1)", DocumentType.CANCELLATION, CANCELLATION),
    _form("Order response (231), as XML alone", DocumentType.RESPONSE, RESPONSE),
    _form("Invoice", DocumentType.INVOICE, INVOICE, written=False),
)
