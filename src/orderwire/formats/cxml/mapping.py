"""Which document carries which of our fields where, for the reference page."""

from orderwire.document.states import DocumentType
from orderwire.formats import DocumentForm

_VERSIONS = "1.2.063 written, every 1.2 read"
_HEAD = {
    "kind": "OrderRequestHeader@orderType", "issued": "OrderRequestHeader@orderDate",
    "valid_from": "OrderRequestHeader@effectiveDate", "valid_to": "OrderRequestHeader@expirationDate",
    "currency": "Total/Money@currency", "buyer": "BillTo, BusinessPartner soldTo where another pays",
    "buyer.name": "Address/Name", "buyer.identifiers": "Address@addressID (the buyer's number), IdReference",
    "buyer.address": "Address/PostalAddress", "buyer.contact.name": "PostalAddress/DeliverTo",
    "buyer.contact.email": "Address/Email", "buyer.contact.phone": "Address/Phone",
    "supplier": "Contact supplierCorporate; To where there is none", "ship_to": "ShipTo", "bill_to": "BillTo",
    "payment_terms": "PaymentTerm, one more with Discount for early payment",
    "payment_terms.days": "PaymentTerm@payInNumberOfDays",
    "payment_terms.discount_percent": "PaymentTerm/Discount/DiscountPercent@percent",
    "payment_terms.discount_days": "@payInNumberOfDays of the PaymentTerm with Discount",
    "payment_terms.basis": "PaymentTerm/Extrinsic basis", "payment_terms.percent": "PaymentTerm/Extrinsic percent",
    "payment_terms.months": "PaymentTerm/Extrinsic months",
    "payment_terms.end_of_month": "PaymentTerm/Extrinsic endOfMonth",
    "payment_terms.due": "PaymentTerm/Extrinsic dueDate", "payment_terms.text": "PaymentTerm/Extrinsic text",
    "incoterm.code": "TermsOfDelivery/TransportTerms", "incoterm.place": "TermsOfDelivery/Comments Place",
    "incoterm.year": "TermsOfDelivery/Comments Incoterms",
    "references": "@agreementID, @parentAgreementID, @requisitionID, SupplierOrderInfo, IdReference",
    "notes.text": "Comments", "notes.subject": "Comments@type",
    "allowances_charges": "Total/Modifications; Shipping for freight",
}  # fmt: skip
_LINE = {
    "number": "ItemOut@lineNumber", "description": "ItemDetail/Description",
    "quantity": "ItemOut@quantity; BlanketItemDetail/MaxQuantity", "unit": "ItemDetail/UnitOfMeasure",
    "price": "ItemDetail/UnitPrice/Money", "price_basis": "ItemDetail/PriceBasisQuantity@quantity",
    "buyer_part": "ItemID/BuyerPartID", "supplier_part": "ItemID/SupplierPartID", "gtin": "ItemID/IdReference EAN-13",
    "category": "ItemDetail/Classification", "schedules.quantity": "ScheduleLine@quantity",
    "schedules.requested": "ItemOut@requestedDeliveryDate, ScheduleLine@requestedDeliveryDate",
    "schedules.ship_to": "ItemOut/ShipTo, ScheduleLine/ShipTo", "taxes.kind": "Tax/TaxDetail@category",
    "taxes.percent": "Tax/TaxDetail@percentageRate",
    "taxes.category": "Tax/TaxDetail@exemptDetail, Extrinsic taxCategory",
    "taxes.exemption": "Tax/TaxDetail/TaxExemption/ExemptReason",
    "allowances_charges": "UnitPrice/Modifications of scope LineItem; Shipping for freight",
    "accounts.cost_center": "Distribution/Accounting/Segment CostCenter",
    "accounts.gl_account": "Distribution/Accounting/Segment GLAccount",
    "accounts.project": "Distribution/Accounting/Segment Project",
    "accounts.percent": "Distribution/Accounting/Segment Percentage",
    "references": "MasterAgreementIDInfo and @agreementItemNumber, @requisitionID, ItemID/IdReference",
    "notes": "ItemOut/Comments",
}  # fmt: skip
_CHANGE = {
    "order_number": "OrderRequestHeader@orderID", "release_number": "Extrinsic releaseNumber",
    "revision": "OrderRequestHeader@orderVersion", "number": "Extrinsic changeNumber",
    "sequence": "Extrinsic changeSequence", "issued": "Extrinsic changeDate", "reason": "Comments Reason",
    "code": "OrderRequestHeader@type", "test": "Request@deploymentMode",
}  # fmt: skip
_ANSWER = {
    "order_number": "OrderReference@orderID", "answers": "Extrinsic answers", "revision": "Extrinsic orderVersion",
    "release_number": "Extrinsic releaseNumber", "change_number": "Extrinsic changeNumber",
    "sequence": "Extrinsic changeSequence", "number": "ConfirmationHeader@confirmID",
    "status": "ConfirmationHeader@type", "code": "ConfirmationHeader@type",
    "answered": "ConfirmationHeader@noticeDate", "supplier": "Contact supplierCorporate", "contact": "Contact sales",
    "supplier_order_number": "IdReference supplierReference", "currency": "Money@currency, Extrinsic currency",
    "charge": "Extrinsic charge",
    "reason": "Comments", "test": "Request@deploymentMode", "lines.number": "ConfirmationItem@lineNumber",
    "lines.status": "ConfirmationStatus@type, ItemIn", "lines.code": "ConfirmationStatus@type",
    "lines.quantity": "ConfirmationStatus@quantity", "lines.unit": "ConfirmationStatus/UnitOfMeasure",
    "lines.price": "ConfirmationStatus/UnitPrice, ItemIn/ItemDetail/UnitPrice",
    "lines.price_basis": "ItemIn/ItemDetail/PriceBasisQuantity@quantity",
    "lines.promised": "ConfirmationStatus@deliveryDate", "lines.ships": "ConfirmationStatus@shipmentDate",
    "lines.substitute_part": "ConfirmationStatus/ItemIn/ItemID/SupplierPartID",
    "lines.supplier_part": "ConfirmationStatus/Extrinsic supplierPartID",
    "lines.buyer_part": "ConfirmationStatus/Extrinsic buyerPartID", "lines.gtin": "ConfirmationStatus/Extrinsic gtin",
    "lines.reason": "ConfirmationStatus/Comments",
}  # fmt: skip
_NOTICE = {
    "number": "ShipNoticeHeader@shipmentID", "order_number": "OrderReference@orderID",
    "release_number": "Extrinsic releaseNumber", "issued": "ShipNoticeHeader@noticeDate",
    "shipped": "ShipNoticeHeader@shipmentDate", "expected": "ShipNoticeHeader@deliveryDate",
    "supplier": "Contact shipFrom", "buyer": "Contact buyerCorporate", "ship_to": "Contact shipTo",
    "carrier": "ShipControl/CarrierIdentifier", "tracking": "ShipControl/ShipmentIdentifier",
    "packages": "Extrinsic numberOfPackages", "code": "ShipNoticeHeader@operation", "test": "Request@deploymentMode",
    "lines.order_number": "ShipNoticePortion/OrderReference@orderID", "lines.number": "ShipNoticeItem@lineNumber",
    "lines.release_number": "ShipNoticeItem/Extrinsic releaseNumber", "lines.quantity": "ShipNoticeItem@quantity",
    "lines.unit": "ShipNoticeItem/UnitOfMeasure", "lines.supplier_part": "ItemID/SupplierPartID",
    "lines.buyer_part": "ItemID/BuyerPartID", "lines.gtin": "ItemID/IdReference EAN-13",
    "lines.description": "ShipNoticeItemDetail/Description", "lines.ordered": "OrderedQuantity@quantity",
    "lines.open": "ShipNoticeItem/Extrinsic openQuantity", "lines.lot": "Batch/SupplierBatchID",
    "lines.country_of_origin": "Batch@originCountryCode",
}  # fmt: skip
_RECEIPT = {
    "number": "ReceiptRequestHeader@receiptID", "received": "ReceiptRequestHeader@receiptDate",
    "code": "ReceiptRequestHeader@operation", "ship_notice": "ShipNoticeIDInfo@shipNoticeID",
    "order_number": "OrderReference@orderID, OrderIDInfo@orderID", "test": "Request@deploymentMode",
    "lines.number": "ReceiptItemReference@lineNumber", "lines.received": "ReceiptItem@quantity of type received",
    "lines.rejected": "ReceiptItem@quantity of type returned", "lines.unit": "UnitRate/UnitOfMeasure",
    "lines.code": "ReceiptItem@type", "lines.reason": "ReceiptItem/Comments",
    "lines.description": "ReceiptItemReference/Description", "lines.supplier_part": "ItemID/SupplierPartID",
    "lines.buyer_part": "ItemID/BuyerPartID", "lines.gtin": "ItemID/IdReference EAN-13",
    "lines.order_number": "OrderReference@orderID of a further ReceiptOrder",
}  # fmt: skip
_ADVICE = {
    "status": "Status@code, DocumentStatus@type", "code": "Status@code", "reason": "Status",
    "document_number": "DocumentReference@payloadID", "order_number": "DocumentStatus/DocumentInfo@documentID",
    "number": "Extrinsic adviceID", "issued": "Extrinsic adviceDate", "document_kind": "Extrinsic documentKind",
    "interchange_control": "Extrinsic interchangeControl", "group_control": "Extrinsic groupControl",
    "set_control": "Extrinsic setControl", "test": "Request@deploymentMode",
    "details.code": "ItemStatus@code", "details.line": "ReferenceDocumentInfo@lineNumber",
    "details.text": "ItemStatus/Comments", "details.field": "ReferenceDocumentInfo/Extrinsic field",
    "details.value": "ReferenceDocumentInfo/Extrinsic value",
}  # fmt: skip


def _form(name: str, kind: DocumentType, mapping: dict[str, str], *, written: bool = True) -> DocumentForm:
    return DocumentForm(name, kind, _VERSIONS, read=True, written=written, mapping=mapping)


DOCUMENTS = (
    _form("OrderRequest new", DocumentType.ORDER, {
        "number": "OrderRequestHeader@orderID", "revision": "OrderRequestHeader@orderVersion",
        "release_number": "Extrinsic releaseNumber", "test": "Request@deploymentMode", **_HEAD,
        **{f"lines.{field}": place for field, place in _LINE.items()},
    }),
    _form("OrderRequest update", DocumentType.CHANGE, {
        **_CHANGE, "confirms": "Extrinsic confirms", **{f"head.{field}": place for field, place in _HEAD.items()},
        "lines.number": "ItemOut@lineNumber", "lines.reason": "ItemOut/Comments Reason",
        "lines.action": "ItemOut@operation, @isItemChanged, Extrinsic LineAction",
        **{f"lines.line.{field}": place for field, place in _LINE.items()},
    }),
    _form("OrderRequest delete", DocumentType.CANCELLATION, {
        **_CHANGE, "order_issued": "OrderRequestHeader@orderDate", "buyer": "BillTo",
        "supplier": "Contact supplierCorporate", "currency": "Total/Money@currency",
    }),
    _form("ConfirmationRequest", DocumentType.RESPONSE, _ANSWER),
    _form("ShipNoticeRequest", DocumentType.SHIP_NOTICE, _NOTICE),
    _form("ReceiptRequest", DocumentType.RECEIPT, _RECEIPT, written=False),
    _form("StatusUpdateRequest", DocumentType.APPLICATION_ADVICE, _ADVICE),
    _form("Response", DocumentType.FUNCTIONAL_ACK, {
        "status": "Status@code", "code": "Status@code", "reason": "Status",
    }),
)  # fmt: skip
