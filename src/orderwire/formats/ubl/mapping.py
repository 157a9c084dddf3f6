"""Which field of ours goes where, for the reference page of this format."""

from collections.abc import Mapping

from orderwire.document.states import DocumentType
from orderwire.formats import DocumentForm

_HEAD: Mapping[str, str] = {
    "kind": "OrderTypeCode (220, 221, 226)",
    "currency": "DocumentCurrencyCode",
    "valid_from": "ValidityPeriod/StartDate (plain UBL)",
    "valid_to": "ValidityPeriod/EndDate",
    "buyer": "BuyerCustomerParty/Party",
    "buyer.name": "PartyName/Name, in Peppol PartyLegalEntity/RegistrationName as well",
    "buyer.identifiers": "EndpointID (eas:NNNN), PartyIdentification/ID, PartyTaxScheme (vat, tax), "
    "PartyLegalEntity (company)",
    "buyer.address": "PostalAddress: StreetName, AdditionalStreetName, AddressLine, CityName, PostalZone, "
    "CountrySubentity, Country",
    "buyer.contact": "Contact: Name, Telephone, ElectronicMail",
    "supplier": "SellerSupplierParty/Party",
    "ship_to": "Delivery: DeliveryLocation (ID, Address), DeliveryParty",
    "bill_to": "AccountingCustomerParty/Party",
    "payment_terms": "PaymentTerms: Note in words that read back, percentages and dates in plain UBL",
    "incoterm": "DeliveryTerms: ID, SpecialTerms, DeliveryLocation/ID",
    "references": "Contract, OrderDocumentReference, QuotationDocumentReference, OriginatorDocumentReference, "
    "SalesOrderID, CustomerReference, AccountingCost, AdditionalDocumentReference",
    "notes": "Note, with its subject as #subject#",
    "allowances_charges": "AllowanceCharge",
    "allowances_charges.code": "AllowanceChargeReasonCode",
    "allowances_charges.percent": "MultiplierFactorNumeric with BaseAmount",
    "allowances_charges.tax": "TaxCategory",
    "attachments": "AdditionalDocumentReference/Attachment/ExternalReference with DocumentHash (plain UBL)",
}
_LINE: Mapping[str, str] = {
    "number": "LineItem/ID",
    "description": "Item/Name, a longer text in Item/Description",
    "quantity": "Quantity",
    "unit": "Quantity@unitCode",
    "price": "Price/PriceAmount",
    "price_basis": "Price/BaseQuantity",
    "buyer_part": "Item/BuyersItemIdentification/ID",
    "supplier_part": "Item/SellersItemIdentification/ID",
    "gtin": "Item/StandardItemIdentification/ID",
    "category": "Item/CommodityClassification/ItemClassificationCode",
    "schedules": "LineItem/Delivery: Quantity, RequestedDeliveryPeriod (Peppol: one)",
    "schedules.ship_to": "LineItem/Delivery: DeliveryLocation, DeliveryParty (plain UBL)",
    "taxes": "Item/ClassifiedTaxCategory",
    "allowances_charges": "LineItem/AllowanceCharge",
    "accounts": "LineItem/AccountingCost",
    "references": "OrderLineReference (blanket with line), DocumentReference (plain UBL)",
    "notes": "OrderLine/Note",
}
_FACT = "AdditionalDocumentReference/ID with DocumentType "
_TEST = "ProfileExecutionID TEST (plain UBL)"


def _under(prefix: str, fields: Mapping[str, str]) -> dict[str, str]:
    return {f"{prefix}.{field}": place for field, place in fields.items()}


_ABOUT = {"number": "ID", "issued": "IssueDate", "test": _TEST}
_ORDER = {**_HEAD, **_ABOUT, "revision": f"{_FACT}Revision", "release_number": f"{_FACT}Release",
          "lines": "OrderLine", **_under("lines", _LINE)}  # fmt: skip
_CHANGE = {
    **_ABOUT, "order_number": "OrderReference/ID", "sequence": "SequenceNumberID", "reason": "Note #Reason#",
    "revision": f"{_FACT}Revision", "release_number": f"{_FACT}Release", "form": f"{_FACT}Form of the change (full)",
    "confirms": f"{_FACT}Confirmation of the answer",
    "head.issued": "OrderReference/IssueDate", "order_issued": "OrderReference/IssueDate",
    "head_part": "the elements of the header, as far as they are stated",
    **_under("head", _HEAD), "lines.number": "LineItem/ID",
    "lines.action": "LineItem/LineStatusCode (1, 2, 3, 4)", "lines.code": "LineItem/LineStatusCode",
    "lines.reason": "OrderLine/Note #Reason#", **_under("lines.line", _LINE),
}  # fmt: skip
_CANCELLATION = {
    **_ABOUT, "order_number": "OrderReference/ID", "order_issued": "OrderReference/IssueDate",
    "reason": "CancellationNote", "buyer": "BuyerCustomerParty/Party", "supplier": "SellerSupplierParty/Party",
    "revision": f"{_FACT}Revision", "release_number": f"{_FACT}Release", "sequence": f"{_FACT}Sequence",
}  # fmt: skip
_RESPONSE = {
    "number": "ID", "answered": "IssueDate", "test": _TEST, "order_number": "OrderReference/ID",
    "status": "OrderResponseCode (AB, AP, CA, RE)", "code": "OrderResponseCode", "reason": "Note",
    "answers": f"{_FACT}Order change or Order cancellation", "change_number": "OrderChangeDocumentReference (Peppol)",
    "supplier_order_number": "SalesOrderID", "currency": "DocumentCurrencyCode",
    "charge": "AllowanceCharge/Amount (plain UBL)",
    "supplier": "SellerSupplierParty/Party", "contact": "SellerSupplierParty/SellerContact/Name",
    "revision": f"{_FACT}Revision", "release_number": f"{_FACT}Release", "sequence": f"{_FACT}Sequence",
    "lines.number": "OrderLineReference/LineID", "lines.status": "LineItem/LineStatusCode",
    "lines.code": "LineItem/LineStatusCode",
    "lines.quantity": "LineItem/Quantity, what comes later MaximumBackorderQuantity", "lines.unit": "@unitCode",
    "lines.price": "LineItem/Price/PriceAmount", "lines.price_basis": "LineItem/Price/BaseQuantity",
    "lines.promised": "LineItem/Delivery/PromisedDeliveryPeriod",
    "lines.ships": "LineItem/Delivery/Despatch/EstimatedDespatchDate (plain UBL)",
    "lines.buyer_part": "Item/BuyersItemIdentification/ID", "lines.supplier_part": "Item/SellersItemIdentification/ID",
    "lines.gtin": "Item/StandardItemIdentification/ID", "lines.substitute_part": "SellerSubstitutedLineItem/Item",
    "lines.reason": "LineItem/Note",
}  # fmt: skip
_SIMPLE = {
    "number": "ID", "answered": "IssueDate", "test": _TEST, "order_number": "OrderReference/ID",
    "status": "AcceptedIndicator", "reason": "RejectionNote or Note", "supplier": "SellerSupplierParty/Party",
    "supplier_order_number": "OrderReference/SalesOrderID",
}  # fmt: skip
_ADVICE = {
    **_ABOUT, "status": "DocumentResponse/Response/ResponseCode (AB, AP, CA, RE)", "reason": "Response/Description",
    "code": "DocumentResponse/Response/ResponseCode", "document_number": "DocumentReference/ID",
    "document_kind": "DocumentReference/DocumentTypeCode", "order_number": "DocumentReference of type Order",
    "interchange_control": "DocumentReference of type Interchange", "group_control": "DocumentReference of type Group",
    "set_control": "DocumentReference of type Set", "details.line": "LineResponse/LineReference/LineID",
    "details.code": "LineResponse/Response/Status/StatusReasonCode",
    "details.text": "LineResponse/Response/Description",
    "details.field": "LineResponse/Response/ReferenceID", "details.value": "LineResponse/Response/Status/Text",
}  # fmt: skip
_PARTIES = {"supplier": "SellerSupplierParty, else DespatchSupplierParty",
            "buyer": "BuyerCustomerParty, else DeliveryCustomerParty"}  # fmt: skip
_FULFILLED = {
    "lines.number": "OrderLineReference/LineID", "lines.order_number": "OrderLineReference/OrderReference/ID",
    "lines.buyer_part": "Item/BuyersItemIdentification/ID", "lines.supplier_part": "Item/SellersItemIdentification/ID",
    "lines.gtin": "Item/StandardItemIdentification/ID", "lines.description": "Item/Name and Description",
}  # fmt: skip
_SHIP_NOTICE = {
    **_ABOUT, **_PARTIES, **_FULFILLED, "order_number": "OrderReference/ID",
    "shipped": "Shipment/Delivery/Despatch/ActualDespatchDate",
    "expected": "Shipment/Delivery/EstimatedDeliveryPeriod", "ship_to": "Shipment/Delivery, else DeliveryCustomerParty",
    "carrier": "Shipment/Consignment/CarrierParty",
    "tracking": "TrackingID, CarrierAssignedID, TransportHandlingUnit/ID",
    "packages": "Shipment/TotalTransportHandlingUnitQuantity", "code": "DespatchAdviceTypeCode",
    "lines.quantity": "DeliveredQuantity", "lines.unit": "DeliveredQuantity@unitCode",
    "lines.open": "OutstandingQuantity, else BackorderQuantity", "lines.lot": "Item/ItemInstance/LotIdentification",
    "lines.country_of_origin": "Item/OriginCountry",
}  # fmt: skip
_RECEIPT = {
    **_ABOUT, **_PARTIES, **_FULFILLED, "order_number": "OrderReference/ID", "code": "ReceiptAdviceTypeCode",
    "ship_notice": "DespatchDocumentReference/ID", "received": "Shipment/Delivery/ActualDeliveryDate, ReceivedDate",
    "ship_to": "DeliveryCustomerParty", "lines.received": "ReceivedQuantity", "lines.rejected": "RejectedQuantity",
    "lines.unit": "ReceivedQuantity@unitCode", "lines.reason": "RejectReason, Note, ShortQuantity",
    "lines.code": "RejectReasonCode, ShortageActionCode",
}  # fmt: skip


def _form(
    name: str, kind: DocumentType, mapping: Mapping[str, str], versions: str, *, written: bool = True
) -> DocumentForm:
    return DocumentForm(name, kind, versions, read=True, written=written, mapping=mapping)


_BOTH = "UBL 2.0 to 2.3 read, 2.1 written"
DOCUMENTS = (
    _form("Order", DocumentType.ORDER, _ORDER, f"{_BOTH}; Peppol BIS 3 T01"),
    _form("OrderChange", DocumentType.CHANGE, _CHANGE, f"{_BOTH}; Peppol BIS 3 T114"),
    _form("OrderCancellation", DocumentType.CANCELLATION, _CANCELLATION, f"{_BOTH}; Peppol BIS 3 T115"),
    _form("OrderResponse", DocumentType.RESPONSE, _RESPONSE, f"{_BOTH}; Peppol BIS 3 T76, T116, T110 (agreement)"),
    _form("OrderResponseSimple", DocumentType.RESPONSE, _SIMPLE, _BOTH),
    _form("ApplicationResponse", DocumentType.APPLICATION_ADVICE, _ADVICE, f"{_BOTH}; Peppol T71"),
    _form("DespatchAdvice", DocumentType.SHIP_NOTICE, _SHIP_NOTICE, "UBL 2.0 to 2.3, Peppol T16", written=False),
    _form("ReceiptAdvice", DocumentType.RECEIPT, _RECEIPT, "UBL 2.0 to 2.3", written=False),
)
"""The documents that this format speaks."""
