"""Codes of UN/EDIFACT (D.96A and D.01B) that the product uses, in our own words; numbers are those of data elements.

Each table is written once and used by readers, writers and the document viewer alike.
"""

from collections.abc import Mapping
from typing import Final

from orderwire.document.response import HeaderStatus, LineStatus
from orderwire.document.states import DocumentType

# 0065: the messages that belong to an order's life, and what they are.
MESSAGES: Final[Mapping[str, DocumentType]] = {
    "ORDERS": DocumentType.ORDER, "ORDCHG": DocumentType.CHANGE, "ORDRSP": DocumentType.RESPONSE,
    "CONTRL": DocumentType.FUNCTIONAL_ACK, "APERAK": DocumentType.APPLICATION_ADVICE,
    "DESADV": DocumentType.SHIP_NOTICE, "RECADV": DocumentType.RECEIPT, "INVOIC": DocumentType.INVOICE,
}  # fmt: skip

# 1001: kinds of document.
BLANKET, RELEASE, ORDER, CHANGE, ANSWER = "221", "226", "220", "230", "231"
DOCUMENT_NAMES: Final[Mapping[str, str]] = {
    "105": "purchase order", ORDER: "order", BLANKET: "blanket order", "224": "rush order", RELEASE: "call-off order",
    "227": "consignment order", "228": "sample order", CHANGE: "order change", ANSWER: "order response",
    "241": "delivery schedule", "245": "delivery release", "258": "standing order", "320": "acknowledgment of order",
    "351": "despatch advice", "402": "cross-docking order", "632": "goods receipt", "50E": "special order",
}  # fmt: skip
ORDER_NAMES: Final = frozenset({"105", "220", "221", "224", "226", "227", "228", "258", "402", "50E"})

# 1225: function of the message.
FUNCTIONS: Final[Mapping[str, str]] = {
    "1": "cancellation", "4": "change", "5": "replace", "6": "confirmation", "7": "duplicate", "9": "original",
    "16": "proposal", "27": "not accepted", "28": "accepted with changes in the heading",
    "29": "accepted without changes", "30": "accepted with changes in the lines", "31": "copy",
    "34": "accepted with changes", "42": "confirmation by other means", "46": "provisional", "53": "test",
}  # fmt: skip
CANCEL, DELTA, REPLACE, CONFIRM, DUPLICATE, ORIGINAL = "1", "4", "5", "6", "7", "9"

# 4343: answer as a whole; 1225 says it in EANCOM.
_H = HeaderStatus
ANSWER_WORDS: Final[Mapping[str, str]] = {
    "AB": "received", "AC": "accepted with changes, details given", "AD": "accepted, details given",
    "AI": "only the changes", "AJ": "pending", "AP": "accepted", "CA": "accepted on conditions",
    "NA": "no answer needed", "RE": "rejected",
}  # fmt: skip
ANSWERS: Final[Mapping[str, HeaderStatus]] = {
    "AB": _H.RECEIVED, "AC": _H.ACCEPTED_WITH_CHANGES, "AD": _H.ACCEPTED, "AI": _H.ACCEPTED_WITH_CHANGES,
    "AJ": _H.RECEIVED, "AP": _H.ACCEPTED, "CA": _H.ACCEPTED_WITH_CHANGES, "NA": _H.RECEIVED, "RE": _H.REJECTED,
}  # fmt: skip
FUNCTION_ANSWERS: Final[Mapping[str, HeaderStatus]] = {
    "4": _H.ACCEPTED_WITH_CHANGES, "27": _H.REJECTED, "28": _H.ACCEPTED_WITH_CHANGES, "29": _H.ACCEPTED,
    "30": _H.ACCEPTED_WITH_CHANGES, "34": _H.ACCEPTED_WITH_CHANGES, "6": _H.ACCEPTED, "42": _H.ACCEPTED,
    "44": _H.ACCEPTED, "45": _H.ACCEPTED_WITH_CHANGES, "12": _H.RECEIVED, "46": _H.RECEIVED, "63": _H.REJECTED,
}  # fmt: skip

# 1229: what becomes of a line, in a change and in an answer.
LINE_WORDS: Final[Mapping[str, str]] = {
    "1": "added", "2": "deleted", "3": "changed", "4": "no action", "5": "accepted", "6": "accepted with changes",
    "7": "not accepted", "9": "changes", "10": "not found", "11": "not changed", "21": "no delivery",
    "23": "change proposed", "24": "accepted with changes, no confirmation needed", "37": "canceled",
    "38": "replaced", "42": "already delivered", "52": "pending", "74": "reopened",
}  # fmt: skip
_L = LineStatus
LINE_ANSWERS: Final[Mapping[str, LineStatus]] = {
    "1": _L.ADDED, "2": _L.REJECTED, "3": _L.CHANGED, "4": _L.ACCEPTED, "5": _L.ACCEPTED, "6": _L.CHANGED,
    "7": _L.REJECTED, "9": _L.CHANGED, "10": _L.REJECTED, "11": _L.ACCEPTED, "21": _L.REJECTED, "23": _L.CHANGED,
    "24": _L.CHANGED, "37": _L.REJECTED, "38": _L.SUBSTITUTED, "42": _L.ACCEPTED, "52": _L.PENDING,
}  # fmt: skip

# 4493 in SCC: what 1229 alone cannot say of an answered line.
DELIVERY_INSTRUCTIONS: Final[Mapping[str, str]] = {
    "BK": "ship partial, rest back-ordered", "IS": "substitute item", "P1": "no schedule established",
    "P2": "as soon as possible", "SC": "ship complete", "SP": "ship partial, cancel the rest",
}  # fmt: skip

# 3035: parties.
PARTIES: Final[Mapping[str, str]] = {
    "BY": "buyer", "SU": "supplier", "SE": "supplier", "VN": "supplier", "DP": "ship_to", "ST": "ship_to",
    "CN": "ship_to", "IV": "bill_to",
}  # fmt: skip
PARTY_WORDS: Final[Mapping[str, str]] = {
    "BY": "buyer", "SU": "supplier", "SE": "seller", "VN": "vendor", "DP": "place of delivery",
    "ST": "ship to", "CN": "consignee", "IV": "bill to", "UC": "final recipient", "OB": "ordered by", "PR": "payer",
    "MS": "sender", "MR": "recipient",
    "SF": "ship from", "CA": "carrier",
}  # fmt: skip

# 3055: who gave an identifier; scheme of our identifiers.
AGENCIES: Final[Mapping[str, str]] = {"9": "gln", "91": "supplier", "92": "buyer", "16": "duns"}
AGENCY_CODES: Final[Mapping[str, str]] = {scheme: code for code, scheme in AGENCIES.items()}
AGENCY_WORDS: Final[Mapping[str, str]] = {
    "9": "GS1 (GLN)", "91": "number given by the supplier", "92": "number given by the buyer", "16": "D-U-N-S number",
}  # fmt: skip

# 1153 of a party, and of a document.
PARTY_REFERENCES: Final[Mapping[str, str]] = {"VA": "vat", "FC": "tax", "AHP": "tax"}
PARTY_REFERENCE_CODES: Final[Mapping[str, str]] = {"vat": "VA", "tax": "FC"}
OTHER_PARTY_REFERENCE: Final = "ACD"
REFERENCE_CODES: Final[Mapping[str, str]] = {
    "contract": "CT", "blanket": "BO", "requisition": "AGI", "quotation": "AAG", "sales_order": "VN", "project": "AEP",
    "catalog": "PL", "other": "ACE",
}  # fmt: skip
REFERENCES: Final[Mapping[str, str]] = {
    **{code: kind for kind, code in REFERENCE_CODES.items()}, "PR": "quotation", "BC": "contract",
}  # fmt: skip
REFERENCE_WORDS: Final[Mapping[str, str]] = {
    "CT": "contract", "BC": "buyer's contract", "BO": "blanket order", "AGI": "request", "AAG": "offer",
    "PR": "price quotation", "VN": "supplier's order number", "AEP": "project", "PL": "price list",
    "ACE": "related document", "ON": "order number", "PP": "number of the change", "RE": "release number",
    "LI": "line", "VA": "VAT number", "FC": "tax number", "AHP": "tax number", "ACD": "further number",
    "AWE": "cost center", "ADE": "account", "ACW": "earlier message", "AAK": "despatch advice", "CR": "customer's mark",
    "POR": "number of the answer", "AAU": "despatch note", "DQ": "delivery note", "CN": "carrier's number",
    "AAS": "transport document", "BM": "bill of lading", "CRN": "conveyance", "AAM": "waybill", "BT": "lot",
    "CO": "buyer's order number", "COF": "call-off", "ALO": "receiving advice", "INO": "interchange",
    "TN": "transaction", "AGO": "sender's reference to the message",
}  # fmt: skip

# 2005: dates.
REQUESTED: Final = frozenset({"2", "63", "64", "69", "76", "358", "359", "17", "67", "74"})
SHIP_REQUESTED: Final = frozenset({"10", "37", "200"})
PROMISED: Final = frozenset({"69", "67", "2", "17", "76", "358", "359", "63", "64"})
SHIPS: Final = frozenset({"79", "10", "11"})
DATE_WORDS: Final[Mapping[str, str]] = {
    "137": "date of the document", "4": "date of the order", "2": "delivery requested", "63": "delivery at the latest",
    "64": "delivery at the earliest", "69": "delivery promised", "67": "delivery as now scheduled",
    "76": "delivery scheduled", "17": "delivery estimated", "358": "delivery on or after",
    "359": "delivery on or before",
    "10": "shipment requested", "11": "despatched", "79": "shipment promised", "157": "valid from", "36": "valid until",
    "273": "valid in the period", "171": "date of the reference", "13": "net due date", "9": "processed",
    "50": "goods received", "35": "delivered", "200": "collection", "74": "delivery requested, forecast",
    "132": "arrival estimated", "133": "departure estimated", "191": "delivery expected", "310": "received",
    "94": "made",
}  # fmt: skip

# 6063, 5125, 5025, 5463, 4347, 7143.
QUANTITY_WORDS: Final[Mapping[str, str]] = {
    "21": "ordered", "1": "quantity", "12": "despatched", "113": "to be delivered", "83": "back-ordered",
    "192": "free goods", "59": "consumer units in a trade unit", "11": "part", "46": "delivered", "48": "received",
    "119": "short", "185": "refused", "194": "received and accepted", "145": "in stock", "131": "to deliver",
    "73": "outstanding", "195": "refused, goes back", "196": "refused, is destroyed", "124": "damaged",
    "52": "in one pack", "121": "too many",
}  # fmt: skip
PRICE_WORDS: Final[Mapping[str, str]] = {
    "AAA": "net price", "AAB": "gross price", "CAL": "price to calculate with", "INV": "invoice price",
    "INF": "for information", "AAE": "for information", "AAF": "for information",
}  # fmt: skip
AMOUNT_WORDS: Final[Mapping[str, str]] = {
    "8": "amount of the allowance or charge", "79": "total of the lines", "86": "total of the message",
    "203": "amount of the line", "23": "charge", "204": "allowance", "124": "tax", "125": "taxable", "128": "total",
}  # fmt: skip
PRODUCT_WORDS: Final[Mapping[str, str]] = {
    "EN": "GTIN", "UP": "UPC", "SRV": "GTIN", "IN": "buyer's part number", "BP": "buyer's part number",
    "SA": "supplier's part number", "VN": "supplier's part number", "VP": "supplier's part number",
    "MF": "manufacturer's part number", "CC": "commodity code", "PL": "buyer's line number", "IB": "ISBN",
    "GB": "buyer's product group", "NB": "lot", "SN": "serial number",
}  # fmt: skip
PRODUCTS: Final[Mapping[str, str]] = {
    "IN": "buyer_part", "BP": "buyer_part", "SA": "supplier_part", "VN": "supplier_part", "VP": "supplier_part",
    "EN": "gtin", "UP": "gtin", "SRV": "gtin", "CC": "category", "PL": "number",
}  # fmt: skip
PRODUCT_FUNCTIONS: Final[Mapping[str, str]] = {
    "1": "further number", "2": "could be substituted by", "3": "substituted by", "4": "substituted for",
    "5": "identifies the product",
}  # fmt: skip
ALLOWANCE_WORDS: Final[Mapping[str, str]] = {"A": "allowance", "C": "charge"}
SPECIAL_SERVICES: Final[Mapping[str, str]] = {
    "FC": "freight", "DI": "discount", "PC": "packing", "TD": "trade discount", "HD": "handling", "IN": "insurance",
    "ABK": "miscellaneous",
}  # fmt: skip

# 5153 and 5305 that both directories know.
TAXES: Final[Mapping[str, str]] = {
    "VAT": "value added tax", "GST": "goods and services tax", "EXC": "excise", "ENV": "environmental tax",
    "LOC": "local sales tax", "STT": "state sales tax", "OTH": "other tax", "IMP": "import tax",
}  # fmt: skip
TAX_CATEGORIES: Final[Mapping[str, str]] = {
    "S": "standard rate", "Z": "zero rate", "E": "exempt", "G": "free export", "O": "outside the scope of tax",
    "H": "higher rate", "A": "mixed rate",
}  # fmt: skip

# 2475: from when the days of PAT count.
TERMS_BASIS_CODES: Final[Mapping[str, str]] = {
    "invoice": "5", "invoice_receipt": "9", "goods_receipt": "21", "delivery": "29", "shipment": "25", "order": "1",
    "fixed": "66",
}  # fmt: skip
TERMS_BASIS: Final[Mapping[str, str]] = {
    **{code: basis for basis, code in TERMS_BASIS_CODES.items()}, "": "invoice", "7": "invoice", "69": "invoice",
    "67": "delivery", "23": "shipment", "24": "shipment", "45": "shipment", "81": "shipment", "72": "fixed",
    "82": "fixed",
}  # fmt: skip
TERMS_WORDS: Final[Mapping[str, str]] = {
    "1": "basic terms", "2": "end of month", "3": "fixed date", "21": "installment", "22": "discount",
    "8": "basic terms with discount", "7": "extended terms",
}  # fmt: skip
PERCENT_WORDS: Final[Mapping[str, str]] = {
    "1": "allowance", "2": "charge", "3": "allowance or charge", "7": "share of the invoice", "12": "discount",
}  # fmt: skip

# 4451: subjects of free text. "" is text without a subject of its own.
SUBJECTS: Final[Mapping[str, str]] = {
    "AAI": "", "PUR": "Purchasing", "DEL": "Delivery", "PAC": "Packing", "PKG": "Packaging", "AAB": "Payment terms",
    "INV": "Invoice", "SIN": "Special instructions", "TRA": "Transport", "ORI": "Order", "SUR": "Supplier",
    "TXD": "Tax", "AAR": "Delivery terms", "ACA": "Papers", "QIN": "Quality", "CUS": "Customs", "PRD": "Product",
    "ACD": "Reason", "CHG": "Change", "AAO": "Error", "AAP": "Answer", "ACB": "Additional information",
    "ZZZ": "Agreed between the partners",
}  # fmt: skip
SUBJECT_CODES: Final[Mapping[str, str]] = {words.lower(): code for code, words in SUBJECTS.items()}

# 4465 in AJT: why a supplier differs.
ADJUSTMENTS: Final[Mapping[str, str]] = {
    "1": "agreed settlement", "4": "short delivery", "5": "price query", "19": "trade discount", "32": "not delivered",
    "33": "late delivery", "43": "reason unknown", "49": "substitute product", "57": "price change", "58": "variation",
}  # fmt: skip

# Segments that we know, for the document viewer.
SEGMENTS: Final[Mapping[str, str]] = {
    "UNA": "delimiters", "UNB": "start of interchange", "UNG": "start of group", "UNH": "start of message",
    "UNT": "end of message", "UNE": "end of group", "UNZ": "end of interchange", "UNS": "section", "BGM": "document",
    "DTM": "date", "FTX": "text", "RFF": "reference", "NAD": "party", "LOC": "place", "CTA": "contact",
    "COM": "how to reach", "TAX": "tax", "CUX": "currency", "PAT": "payment terms", "PCD": "percentage",
    "MOA": "amount", "TOD": "delivery terms", "ALC": "allowance or charge", "SCC": "schedule", "LIN": "line",
    "PIA": "product number", "IMD": "description", "QTY": "quantity", "PRI": "price", "CNT": "control total",
    "AJT": "adjustment", "TDT": "transport", "PAC": "packages", "CPS": "packing level", "PCI": "marks",
    "GIN": "identity of goods", "MEA": "measure", "QVR": "quantity difference", "STS": "status", "ERC": "error",
    "UCI": "answer to interchange", "UCM": "answer to message", "UCS": "segment in error", "UCD": "element in error",
    "UCF": "answer to group", "DOC": "document", "RCS": "requirements", "ALI": "additional information",
    "GIR": "related numbers", "EQD": "equipment", "PAI": "payment instructions", "FII": "bank",
}  # fmt: skip
