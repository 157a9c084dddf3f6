"""Codes of cXML 1.2 that the product uses, in our own words; reader, writer, explanation and reference share them."""

from collections.abc import Mapping
from typing import Final

from orderwire.document.advice import AdviceStatus
from orderwire.document.functional import FunctionalStatus
from orderwire.document.response import LineStatus
from orderwire.document.states import DocumentType

# What a Request or Message may hold: our document type, or why it is refused.
REQUESTS: Final[Mapping[str, DocumentType]] = {
    "OrderRequest": DocumentType.ORDER,
    "ConfirmationRequest": DocumentType.RESPONSE,
    "ShipNoticeRequest": DocumentType.SHIP_NOTICE,
    "ReceiptRequest": DocumentType.RECEIPT,
    "StatusUpdateRequest": DocumentType.APPLICATION_ADVICE,
}
FULFILL: Final = frozenset({"ConfirmationRequest", "ShipNoticeRequest", "ReceiptRequest"})
"""Requests whose document type is Fulfill.dtd; the others are in cXML.dtd."""
NOT_READ: Final[Mapping[str, str]] = {
    "ProfileRequest": "asks what this server can do; the connection answers it, it is no order document",
    "PunchOutSetupRequest": "opens a shopping session (PunchOut); no order is placed until an OrderRequest comes",
    "PunchOutOrderMessage": "brings a shopping basket back (PunchOut); it is no order, the OrderRequest is",
    "ProviderSetupRequest": "opens a session at a service; it is no order document",
    "QuoteMessage": "is a quotation; order from it in your own system",
    "QuoteRequest": "asks for a quotation; it is no order",
    "InvoiceDetailRequest": "is an invoice, which is not read from cXML; ask for X12 810 or enter it in finance",
    "CatalogUploadRequest": "brings a catalog; it is no order document",
    "Index": "is a catalog; it is no order document",
    "Supplier": "describes a supplier; it is no order document",
    "Contract": "is a catalog of contract prices; it is no order document",
    "MasterAgreementRequest": "sets up a master agreement; send the blanket order as an OrderRequest",
    "ProductActivityMessage": "reports stock and forecasts; it is no order document",
    "SalesOrderRequest": "is the supplier's own order; ask for a ConfirmationRequest",
    "ServiceEntryRequest": "reports services done, which is not read",
    "CopyRequest": "is a copy for information and must not be processed; ask for the document itself",
    "ProfileResponse": "tells what a server can do; it is no order document",
    "PunchOutSetupResponse": "answers a shopping session (PunchOut); it is no order document",
}

ORDER_TYPES: Final[Mapping[str, str]] = {
    "regular": "order", "blanket": "blanket order", "release": "release from an agreement",
    "stockTransport": "stock transport order", "stockTransportRelease": "release of a stock transport agreement",
}  # fmt: skip
ORDER_KINDS: Final[Mapping[str, str]] = {
    "regular": "standard", "blanket": "blanket", "release": "release", "stockTransport": "standard",
    "stockTransportRelease": "release",
}  # fmt: skip
KIND_TYPES: Final[Mapping[str, str]] = {"standard": "regular", "blanket": "blanket", "release": "release"}
OPERATIONS: Final[Mapping[str, str]] = {
    "new": "new", "update": "replaces the earlier one", "delete": "cancels the earlier one",
    "block": "the line is blocked",
}  # fmt: skip

# IdReference and Identity domains, by their lower-case spelling.
DOMAINS: Final[Mapping[str, str]] = {
    "gln": "GLN", "duns": "DUNS", "duns4": "DUNS+4", "vat": "vatID", "tax": "taxID", "networkid": "NetworkID",
}  # fmt: skip
SCHEMES: Final[Mapping[str, str]] = {domain.lower(): scheme for scheme, domain in DOMAINS.items()} | {
    "ean": "gln", "iln": "gln", "suppliertaxid": "tax", "buyertaxid": "tax", "suppliervatid": "vat",
    "buyervatid": "vat",
}  # fmt: skip
REFERENCE_DOMAINS: Final[Mapping[str, str]] = {
    "contract": "contractID", "blanket": "blanketOrderID", "requisition": "requisitionID", "quotation": "quotationID",
    "sales_order": "supplierReference", "project": "projectID", "catalog": "catalogID", "other": "other",
}  # fmt: skip
REFERENCE_KINDS: Final[Mapping[str, str]] = {domain.lower(): kind for kind, domain in REFERENCE_DOMAINS.items()}
GTIN_DOMAINS: Final = frozenset({"ean-13", "ean13", "eanid", "gtin", "upc", "upcid", "upc-a"})

# TransportTerms/@value in words, where partners do not write the Incoterm itself.
TRANSPORT_TERMS: Final[Mapping[str, str]] = {
    "free-carrier": "FCA", "freecarrier": "FCA", "costandfreight": "CFR", "costinsuranceandfreight": "CIF",
    "deliveredatfrontier": "DAF", "deliveredatplace": "DAP", "deliveredatterminal": "DAT",
    "deliveredatplaceunloaded": "DPU",
    "delivereddutypaid": "DDP", "delivereddutyunpaid": "DDU", "exworks": "EXW", "ex-works": "EXW",
    "freeonboard": "FOB",
    "freealongsideship": "FAS", "carriagepaidto": "CPT", "carriageandinsurancepaidto": "CIP",
}  # fmt: skip

# ConfirmationHeader/@type and ConfirmationStatus/@type.
HEADER_ANSWERS: Final[Mapping[str, str]] = {
    "accept": "accepts the whole order", "allDetail": "tells of every line", "detail": "tells of the lines it names",
    "backordered": "the whole order is backordered", "except": "accepts all but the lines it names",
    "reject": "declines the whole order", "requestToPay": "asks for payment first", "replace": "replaces items",
}  # fmt: skip
LINE_ANSWERS: Final[Mapping[str, LineStatus]] = {
    "accept": LineStatus.ACCEPTED, "allDetail": LineStatus.CHANGED, "detail": LineStatus.CHANGED,
    "backordered": LineStatus.BACKORDERED, "reject": LineStatus.REJECTED, "unknown": LineStatus.PENDING,
    "requestToPay": LineStatus.PENDING,
}  # fmt: skip
LINE_ANSWER_WORDS: Final[Mapping[str, str]] = {
    "accept": "accepted as ordered", "allDetail": "as told here", "detail": "accepted with changes",
    "backordered": "backordered", "reject": "declined", "unknown": "not decided yet",
    "requestToPay": "payment asked for first",
}  # fmt: skip
LINE_ANSWER_CODES: Final[Mapping[LineStatus, str]] = {
    LineStatus.ACCEPTED: "accept", LineStatus.CHANGED: "detail", LineStatus.SUBSTITUTED: "detail",
    LineStatus.BACKORDERED: "backordered", LineStatus.REJECTED: "reject", LineStatus.PENDING: "unknown",
}  # fmt: skip
# Status/@code, as HTTP counts them.
STATUS_WORDS: Final[Mapping[str, str]] = {
    "200": "OK", "201": "Accepted", "204": "No Content", "280": "Forwarded", "281": "Forwarded by Unreliable Transport",
    "400": "Bad Request", "401": "Unauthorized", "402": "Payment Required", "403": "Forbidden",
    "406": "Not Acceptable", "409": "Conflict", "412": "Precondition Failed", "417": "Expectation Failed",
    "423": "Locked", "450": "Not Implemented", "475": "Signature Required", "476": "Signature Verification Failed",
    "477": "Signature Unacceptable", "500": "Internal Server Error", "550": "Unable to Reach Server",
    "551": "Unable to Forward Request", "560": "Temporary Server Error",
}  # fmt: skip
FUNCTIONAL_CODES: Final[Mapping[FunctionalStatus, str]] = {
    FunctionalStatus.ACCEPTED: "200", FunctionalStatus.REJECTED: "400",
}  # fmt: skip
ADVICE_CODES: Final[Mapping[AdviceStatus, str]] = {
    AdviceStatus.RECEIVED: "201", AdviceStatus.ACCEPTED: "200", AdviceStatus.ACCEPTED_WITH_ERRORS: "200",
    AdviceStatus.REJECTED: "400",
}  # fmt: skip


def functional_status(code: str) -> FunctionalStatus:
    """What a Status code says of our bytes: 2xx accepted, anything else rejected."""
    return FunctionalStatus.ACCEPTED if code.startswith("2") else FunctionalStatus.REJECTED


def advice_status(code: str) -> AdviceStatus:
    """What a Status code says of our document: 200 and 204 accepted, other 2xx on its way, anything else rejected."""
    if code in ("200", "204"):
        return AdviceStatus.ACCEPTED
    return AdviceStatus.RECEIVED if code.startswith("2") else AdviceStatus.REJECTED
