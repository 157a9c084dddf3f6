"""Codes of X12 that the product uses, in our own words. Numbers in comments are those of the data elements."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from orderwire.document.functional import FunctionalStatus
from orderwire.document.response import HeaderStatus, LineStatus
from orderwire.document.states import DocumentType

# 143 and 479: the sets that belong to an order's life, what they are, and their functional group.
SETS: Final[Mapping[str, DocumentType]] = {
    "850": DocumentType.ORDER, "855": DocumentType.RESPONSE, "860": DocumentType.CHANGE,
    "865": DocumentType.RESPONSE, "875": DocumentType.ORDER, "876": DocumentType.CHANGE,
    "997": DocumentType.FUNCTIONAL_ACK, "999": DocumentType.FUNCTIONAL_ACK,
    "824": DocumentType.APPLICATION_ADVICE, "856": DocumentType.SHIP_NOTICE, "861": DocumentType.RECEIPT,
    "810": DocumentType.INVOICE,
}  # fmt: skip
GROUPS: Final[Mapping[str, str]] = {
    "850": "PO",
    "855": "PR",
    "860": "PC",
    "865": "CA",
    "997": "FA",
    "999": "FA",
    "824": "AG",
}

# 98: parties of the order; BS is two of them.
SUPPLIER_ENTITIES: Final = frozenset({"SU", "SE", "VN"})
PARTY_ENTITIES: Final[Mapping[str, str]] = {
    "BY": "buyer", "SU": "supplier", "SE": "supplier", "VN": "supplier", "ST": "ship_to", "BT": "bill_to",
}  # fmt: skip

# 66: identifiers that stand in N103/N104; 128: those that need a REF in the N1 loop.
PARTY_ID_SCHEMES: Final[Mapping[str, str]] = {
    "1": "duns", "9": "duns4", "UL": "gln", "91": "supplier", "92": "buyer", "FI": "tax",
}  # fmt: skip
PARTY_ID_CODES: Final[Mapping[str, str]] = {scheme: code for code, scheme in PARTY_ID_SCHEMES.items()}
PARTY_REF_SCHEMES: Final[Mapping[str, str]] = {"VX": "vat", "TJ": "tax"}
PARTY_REF_CODES: Final[Mapping[str, str]] = {scheme: code for code, scheme in PARTY_REF_SCHEMES.items()}

# 128: references to documents. Kinds without a code of their own go as ZZ with the kind in words.
REFERENCE_KINDS: Final[Mapping[str, str]] = {
    "CT": "contract", "BC": "blanket", "RQ": "requisition", "PR": "quotation", "VN": "sales_order", "P4": "project",
}  # fmt: skip
REFERENCE_CODES: Final[Mapping[str, str]] = {kind: code for code, kind in REFERENCE_KINDS.items()}
REFERENCE_READ: Final[Mapping[str, str]] = {**REFERENCE_KINDS, "Q1": "quotation", "CO": "sales_order"}

# 336: kinds of payment terms (ITD01).
TERMS_KINDS: Final[Mapping[str, str]] = {
    "01": "basic", "02": "end of month", "03": "fixed date", "04": "deferred or installment",
    "05": "discount not applicable", "08": "basic discount offered", "09": "proximo", "10": "instant",
    "12": "10 days after the end of the month", "14": "agreed before",
}  # fmt: skip
MONTHLY_TERMS: Final = frozenset({"04", "09", "12"})
"""Kinds whose days our terms cannot count."""

# 333: from when the days of ITD count.
TERMS_BASIS: Final[Mapping[str, str]] = {
    "1": "shipment", "2": "delivery", "3": "invoice", "4": "fixed", "5": "invoice_receipt", "09": "order",
    "15": "goods_receipt",
}  # fmt: skip
TERMS_BASIS_CODES: Final[Mapping[str, str]] = {basis: code for code, basis in TERMS_BASIS.items()}
TERMS_BASIS_READ: Final[Mapping[str, str]] = {
    **TERMS_BASIS, "": "invoice", "01": "shipment", "02": "delivery", "03": "invoice", "04": "fixed",
    "05": "invoice_receipt", "8": "invoice", "08": "invoice", "9": "order",
}  # fmt: skip

# 639: prices for more than one unit, and codes that mean a price per one.
PRICE_BASIS: Final[Mapping[str, Decimal]] = {
    "HP": Decimal(100), "TP": Decimal(1000), "PN": Decimal(10), "LC": Decimal(100), "LM": Decimal(1000),
    "QH": Decimal(100), "HT": Decimal(100000), "TC": Decimal(100), "WC": Decimal(100), "QS": Decimal(1000),
    "TM": Decimal(1000), "WM": Decimal(1000), "TT": Decimal(10000),
}  # fmt: skip
PRICE_BASIS_CODES: Final[Mapping[Decimal, str]] = {Decimal(10): "PN", Decimal(100): "HP", Decimal(1000): "TP"}
PRICE_PER_ONE: Final = frozenset({
    "PE", "UM", "CT", "QE", "TE", "CA", "NT", "NC", "ST", "WH", "PR", "NS", "CP", "EA", "LE", "QT", "FX", "ES", "DI",
    "DR", "WE", "FO", "DP",
})  # fmt: skip
PRICE_BY_MEASURE: Final[Mapping[str, tuple[str, Decimal]]] = {
    "PP": ("LBR", Decimal(1)), "PF": ("FOT", Decimal(1)), "PK": ("KGM", Decimal(1)), "PG": ("GRM", Decimal(1)),
    "PL": ("LTR", Decimal(1)), "ML": ("MLT", Decimal(1)), "PO": ("ONZ", Decimal(1)), "PT": ("STN", Decimal(1)),
    "PY": ("YRD", Decimal(1)), "HF": ("FOT", Decimal(100)), "TF": ("FOT", Decimal(1000)),
    "PS": ("FTK", Decimal(1000)), **dict.fromkeys(("PD", "LD", "QD", "TD", "WD"), ("DZN", Decimal(1))),
}  # fmt: skip
"""Code -> measure (UN/ECE Rec 20) and how much of it; whatever the line counts in."""
RETAIL_PRICES: Final = frozenset({"RE", "RS", "RT", "SR", "RC", "RD", "RM"})

# 236: prices of a line that are not what the buyer pays (CTP02).
OTHER_PRICES: Final = frozenset({"RES", "MSR", "RTL"})

# 235: product identifiers.
BUYER_PARTS: Final = ("BP", "IN", "CB", "SK", "PI")
SUPPLIER_PARTS: Final = ("VP", "VN", "VC", "VA")
GTINS: Final[Mapping[str, int]] = {"UP": 12, "EN": 13, "UK": 14, "EO": 8, "UA": 12}
GTIN_CODES: Final[Mapping[int, str]] = {8: "EO", 12: "UP", 13: "EN", 14: "UK"}
CATEGORY_PART: Final = "CC"

# 374: dates.
REQUESTED_DATES: Final = frozenset({"002", "106", "074", "017"})
SHIP_DATES: Final = frozenset({"010", "011", "068", "118", "369", "370"})
BOUND_DATES: Final[Mapping[str, str]] = {
    "001": "cancel after", "015": "promotion starts", "037": "ship not before", "038": "ship no later than",
    "061": "cancel if not delivered by", "063": "do not deliver after", "064": "do not deliver before",
    "177": "cancel", "175": "cancel if not shipped by", "077": "requested for delivery in the week of",
}  # fmt: skip
"""Dates that bound a delivery; kept as notes, as a schedule has one date."""
LATEST_DELIVERY, LATEST_SHIPMENT = "063", "038"
VALID_FROM, VALID_TO = "007", "036"
"""From when and until when a blanket order may be drawn on (effective and expiration date), as we write them."""
VALIDITY: Final[Mapping[str, str]] = {
    **dict.fromkeys((VALID_FROM, "092", "150", "193", "196"), "valid_from"),
    **dict.fromkeys((VALID_TO, "093", "151", "194", "197"), "valid_to"),
}
PROMISED_DATES: Final = frozenset({"002", "017", "067", "106", "074", "371"})

# 1300 against UNCL 5189 (allowances) and 7161 (charges); others travel as "sac:" and the code.
CHARGE_CODES: Final[Mapping[str, str]] = {"FC": "D240", "95": "C310", "PC": "G580", "HD": "D500", "IN": "D980"}
OTHER_CHARGE: Final = "F050"
CHARGE_READ: Final[Mapping[str, str]] = {code: uncl for uncl, code in CHARGE_CODES.items()}

# 963: kinds of tax.
TAX_CODES: Final[Mapping[str, str]] = {"VAT": "VA", "GST": "GS"}
TAX_READ: Final[Mapping[str, str]] = {code: kind for kind, code in TAX_CODES.items()}

# 587 and 668: what we write for each meaning of an answer (BAK02, ACK01).
ANSWER_CODES: Final[Mapping[HeaderStatus, tuple[str, str]]] = {
    HeaderStatus.ACCEPTED: ("AK", "AD"), HeaderStatus.ACCEPTED_WITH_CHANGES: ("AC", "AC"),
    HeaderStatus.REJECTED: ("RJ", "RD"), HeaderStatus.RECEIVED: ("AH", "AH"),
}  # fmt: skip
"""BAK02 that we write: without lines, with lines."""

_L = LineStatus
LINE_ANSWER_CODES: Final[Mapping[LineStatus, str]] = {
    _L.ACCEPTED: "IA", _L.CHANGED: "IC", _L.BACKORDERED: "IB", _L.SUBSTITUTED: "IS", _L.PENDING: "IH",
    _L.REJECTED: "IR",
}  # fmt: skip

# 715 and 717: functional acknowledgment of a group and of a set.
_F = FunctionalStatus
FUNCTIONAL: Final[Mapping[str, FunctionalStatus]] = {
    "A": _F.ACCEPTED, "E": _F.ACCEPTED_WITH_ERRORS, "P": _F.PARTIAL, "R": _F.REJECTED, "M": _F.REJECTED,
    "W": _F.REJECTED, "X": _F.REJECTED,
}  # fmt: skip
FUNCTIONAL_CODES: Final[Mapping[FunctionalStatus, str]] = {
    _F.ACCEPTED: "A", _F.ACCEPTED_WITH_ERRORS: "E", _F.PARTIAL: "P", _F.REJECTED: "R",
}  # fmt: skip

NOT_SUPPORTED: Final = "1"
SEGMENTS_IN_ERROR: Final = "5"

# Segments without a field of ours that change what is ordered, for how much, when or on which terms.
WEIGHTY: Final[Mapping[str, str]] = {
    "SLN": "what the line is made of", "FOB": "who pays or bears the carriage", "CSH": "sales conditions",
    "DIS": "a discount", "TXI": "a tax without a percentage", "PO3": "a quantity or price that differs",
    "QTY": "a quantity", "SAC": "a charge or allowance", "SDQ": "quantities for several places",
}  # fmt: skip
# 98: parties that say where goods go; the order has no place for them.
PLACES: Final[Mapping[str, str]] = {
    "Z7": "the place that the goods are marked for", "DA": "the delivery address", "UC": "the ultimate consignee",
    "CN": "the consignee", "MA": "whom the goods are meant for", "WH": "the warehouse",
    "BY": "for whom it is ordered", "ST": "another place of delivery",
}  # fmt: skip
