"""Codes and identifiers of UBL and Peppol BIS 3: what the writers write, the readers know and the viewer explains."""

from typing import Final

from orderwire.document.advice import AdviceStatus
from orderwire.document.order_change import LineAction
from orderwire.document.response import HeaderStatus, LineStatus

_TRNS: Final = "urn:fdc:peppol.eu:poacc:trns:"
_BIS: Final = "urn:fdc:peppol.eu:poacc:bis:"
PEPPOL: Final = "urn:fdc:peppol.eu:poacc:"

CUSTOMIZATIONS = {
    "Order": f"{_TRNS}order:3", "OrderChange": f"{_TRNS}order_change:3",
    "OrderCancellation": f"{_TRNS}order_cancellation:3", "OrderResponse": f"{_TRNS}order_response:3",
    "OrderResponseAdvanced": f"{_TRNS}order_response_advanced:3", "OrderAgreement": f"{_TRNS}order_agreement:3",
    "ApplicationResponse": f"{_TRNS}mlr:3",
}  # fmt: skip
"""CustomizationID of each Peppol transaction."""
PROCESSES = {
    "order_only": f"{_BIS}order_only:3", "ordering": f"{_BIS}ordering:3",
    "advanced_ordering": f"{_BIS}advanced_ordering:3", "order_agreement": f"{_BIS}order_agreement:3",
    "mlr": f"{_BIS}mlr:3",
}  # fmt: skip
"""ProfileID of each Peppol process."""
FIXED_PROCESS = {
    "OrderChange": "advanced_ordering", "OrderCancellation": "advanced_ordering", "OrderResponse": "ordering",
    "OrderResponseAdvanced": "advanced_ordering", "OrderAgreement": "order_agreement", "ApplicationResponse": "mlr",
}  # fmt: skip
"""Transactions that belong to one process; an Order goes with the process of the profile."""
RULES = {
    "Order": "T01", "OrderChange": "T114", "OrderCancellation": "T115", "OrderResponse": "T76",
    "OrderResponseAdvanced": "T116", "OrderAgreement": "T110", "ApplicationResponse": "T71",
}  # fmt: skip
"""How the rules of a transaction are called: PEPPOL-T01-R024."""

ORDER_KINDS = {"standard": "220", "blanket": "221", "release": "226"}
ORDER_TYPES = {
    "105": "purchase order", "220": "order", "221": "blanket order", "224": "rush order", "226": "call-off order",
    "227": "consignment order", "228": "sample order", "258": "standing order", "402": "cross dock order",
}  # fmt: skip
"""OrderTypeCode (UNCL 1001)."""
PEPPOL_ORDER_TYPES = frozenset({"105", "220", "221", "226", "227", "402"})

CHANGE_CODES = {
    LineAction.ADDED: "1", LineAction.DELETED: "2", LineAction.CHANGED: "3", LineAction.UNCHANGED: "4",
}  # fmt: skip
CHANGE_READ = {code: action for action, code in CHANGE_CODES.items()} | {
    "74": LineAction.CHANGED, "Added": LineAction.ADDED, "Cancelled": LineAction.DELETED,
    "Revised": LineAction.CHANGED, "NoStatus": LineAction.UNCHANGED,
}  # fmt: skip
"""LineStatusCode in an OrderChange: UNCL 1229, or the words of UBL's own list."""

ANSWER_CODES = {
    HeaderStatus.RECEIVED: "AB", HeaderStatus.ACCEPTED: "AP", HeaderStatus.ACCEPTED_WITH_CHANGES: "CA",
    HeaderStatus.REJECTED: "RE",
}  # fmt: skip
ANSWER_READ = {code: status for status, code in ANSWER_CODES.items()} | {
    "AC": HeaderStatus.ACCEPTED_WITH_CHANGES, "AD": HeaderStatus.ACCEPTED, "AJ": HeaderStatus.RECEIVED,
    "27": HeaderStatus.REJECTED, "29": HeaderStatus.ACCEPTED, "30": HeaderStatus.ACCEPTED_WITH_CHANGES,
}  # fmt: skip
"""OrderResponseCode: UNCL 4343; UNCL 1225 in older documents."""

LINE_CODES = {
    LineStatus.ADDED: "1", LineStatus.CHANGED: "3", LineStatus.ACCEPTED: "5", LineStatus.REJECTED: "7",
    LineStatus.BACKORDERED: "3", LineStatus.SUBSTITUTED: "3", LineStatus.PENDING: "52",
}  # fmt: skip
LINE_READ = {
    "1": LineStatus.ADDED, "3": LineStatus.CHANGED, "5": LineStatus.ACCEPTED, "7": LineStatus.REJECTED,
    "52": LineStatus.PENDING, "6": LineStatus.CHANGED, "24": LineStatus.CHANGED, "23": LineStatus.CHANGED,
    "4": LineStatus.ACCEPTED, "2": LineStatus.REJECTED, "10": LineStatus.REJECTED, "21": LineStatus.REJECTED,
    "37": LineStatus.REJECTED, "42": LineStatus.REJECTED, "Added": LineStatus.ADDED,
    "Cancelled": LineStatus.REJECTED, "Revised": LineStatus.CHANGED, "Disputed": LineStatus.PENDING,
    "NoStatus": LineStatus.PENDING,
}  # fmt: skip
"""LineStatusCode in an answer; 42: what a change asks for comes too late, the goods are delivered."""
PEPPOL_LINE_CODES = frozenset({"1", "3", "5", "7", "42"})

ADVICE_CODES = {
    AdviceStatus.RECEIVED: "AB", AdviceStatus.ACCEPTED: "AP", AdviceStatus.ACCEPTED_WITH_ERRORS: "CA",
    AdviceStatus.REJECTED: "RE",
}  # fmt: skip
ADVICE_READ = {code: status for status, code in ADVICE_CODES.items()}

SCHEMES = {"gln": "GLN", "duns": "DUNS"}
PEPPOL_SCHEMES = {"gln": "0088", "duns": "0060"}
SCHEMES_READ = {"0088": "gln", "GLN": "gln", "EAN": "gln", "0060": "duns", "DUNS": "duns"}
"""schemeID of PartyIdentification and our word for it; Peppol takes only numbers of ISO 6523."""
GTIN_SCHEMES = frozenset({"0160", "GTIN", "GTIN-8", "GTIN-12", "GTIN-13", "GTIN-14", "EAN", "UPC", "SRV"})

_EAS = """
    0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184
    0188 0190 0191 0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209 0210 0211
    0212 0213 0215 0216 0217 0218 0219 0220 0221 0225 0230 0235 0240 9901 9906 9907 9910 9913 9914 9915
    9918 9919 9920 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938
    9939 9940 9941 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951 9952 9953 9955 9957 9959
"""
EAS = frozenset(_EAS.split())
"""Electronic address schemes (EAS) that an EndpointID may name."""

REFERENCES = {
    "contract": "Contract", "blanket": "Blanket order", "requisition": "Requisition", "quotation": "Quotation",
    "sales_order": "Sales order", "project": "Project", "catalog": "Catalogue",
}  # fmt: skip
"""DocumentType of a reference that has no element of its own at its place."""
REVISION, RELEASE, SEQUENCE, ORDER_DATE, FORM = "Revision", "Release", "Sequence", "Order date", "Form of the change"
CHANGE, CANCELLATION, ATTACHMENT, TYPE = "Order change", "Order cancellation", "Attachment", "Order type"
UNDATED, CONFIRMS = "Issue date", "Confirmation of the answer"
FACTS = frozenset({REVISION, RELEASE, SEQUENCE, ORDER_DATE, FORM, CHANGE, CANCELLATION, TYPE, UNDATED, CONFIRMS})
"""DocumentType of AdditionalDocumentReferences whose ID is a fact that UBL 2.1 has no element for."""

TAX_CATEGORIES = {
    "S": "standard rate", "Z": "zero rated", "E": "exempt", "AE": "reverse charge", "G": "export", "O": "not taxed",
    "K": "intra-community", "L": "Canary Islands", "M": "Ceuta and Melilla", "B": "transferred",
}  # fmt: skip
"""UNCL 5305, as far as Peppol uses it."""
TERM_EVENTS = {
    "order": "1", "invoice": "5", "invoice_receipt": "9", "goods_receipt": "21", "shipment": "25", "delivery": "29",
    "fixed": "66",
}  # fmt: skip
"""ReferenceEventCode of payment terms (UNCL 2475)."""
