"""Codes of the messages around an order (CONTRL, APERAK, DESADV, RECADV), in our own words.

Numbers are those of the data elements of UN/EDIFACT (D.96A, D.01B) and of ISO 9735.
"""

from collections.abc import Mapping
from typing import Final

from orderwire.document.advice import AdviceStatus
from orderwire.document.functional import FunctionalStatus

_F, _A = FunctionalStatus, AdviceStatus

# 0083: what became of an interchange, a group or a message. 1, 2, 3, 5 and 6 are of syntax version 1 and only read.
ACTIONS: Final[Mapping[str, FunctionalStatus]] = {
    "4": _F.REJECTED, "7": _F.ACCEPTED, "8": _F.ACCEPTED, "1": _F.ACCEPTED, "2": _F.ACCEPTED_WITH_ERRORS,
    "3": _F.PARTIAL, "5": _F.ACCEPTED, "6": _F.REJECTED,
}  # fmt: skip
ACTION_WORDS: Final[Mapping[str, str]] = {
    "1": "acknowledged", "2": "acknowledged, errors were found", "3": "something below is rejected", "4": "rejected",
    "5": "interchange frame accepted", "6": "interchange frame rejected",
    "7": "acknowledged, except for what is named as rejected", "8": "received, not yet checked",
}  # fmt: skip

# 0085: what is wrong.
SYNTAX_ERRORS: Final[Mapping[str, str]] = {
    "2": "syntax version or character set not supported", "7": "not the receiver that was meant",
    "12": "value not allowed", "13": "missing", "14": "value not supported here", "15": "not supported here",
    "16": "too many elements or components", "17": "no agreement covers this", "18": "error without a reason",
    "19": "wrong decimal mark", "20": "character cannot serve as a delimiter", "21": "character not in the set",
    "22": "wrong delimiter", "23": "sender not known", "24": "too old", "25": "tests are not supported",
    "26": "received before", "27": "security not supported", "28": "references in header and trailer differ",
    "29": "count differs from what was received", "30": "groups and messages mixed", "31": "two kinds in one group",
    "32": "nothing inside", "33": "stands outside a message", "34": "nesting not allowed",
    "35": "too many repetitions", "36": "too many repetitions of a group", "37": "letters where digits belong",
    "38": "no digit before the decimal mark", "39": "too long", "40": "too short", "45": "separator at the end",
    "46": "character set not supported", "48": "elements that depend on each other do not fit",
}  # fmt: skip

# 1225 and 4343 of an APERAK: what became of the document. 1001 312 and 313 say it where neither does.
ADVICE_FUNCTIONS: Final[Mapping[str, AdviceStatus]] = {
    "27": _A.REJECTED, "12": _A.REJECTED, "48": _A.REJECTED, "63": _A.REJECTED,
    "29": _A.ACCEPTED, "44": _A.ACCEPTED, "32": _A.ACCEPTED, "6": _A.ACCEPTED,
    "28": _A.ACCEPTED_WITH_ERRORS, "30": _A.ACCEPTED_WITH_ERRORS, "34": _A.ACCEPTED_WITH_ERRORS,
    "45": _A.ACCEPTED_WITH_ERRORS,
}  # fmt: skip
ADVICE_RESPONSES: Final[Mapping[str, AdviceStatus]] = {
    "AB": _A.RECEIVED, "AP": _A.ACCEPTED, "CA": _A.ACCEPTED_WITH_ERRORS, "RE": _A.REJECTED, "AJ": _A.RECEIVED,
    "AC": _A.ACCEPTED_WITH_ERRORS, "AD": _A.ACCEPTED, "UT": _A.REJECTED, "US": _A.REJECTED,
}  # fmt: skip
ADVICE_RESPONSE_CODES: Final[Mapping[AdviceStatus, str]] = {
    _A.RECEIVED: "AB", _A.ACCEPTED: "AP", _A.ACCEPTED_WITH_ERRORS: "CA", _A.REJECTED: "RE",
}  # fmt: skip
ADVICE_NAMES: Final[Mapping[str, AdviceStatus]] = {"312": _A.ACCEPTED, "313": _A.REJECTED}
ADVICE_NAME_WORDS: Final[Mapping[str, str]] = {
    "294": "application acknowledgement and error report", "305": "application error and acknowledgement",
    "312": "acknowledgement", "313": "application error",
}  # fmt: skip
OWN_ERROR: Final = "ZZZ"
"""9321 has no list of its own; this one says: as agreed, or not said."""

# 1153 in APERAK: what it is about.
ADVICE_REFERENCES: Final[Mapping[str, str]] = {
    "ON": "order_number", "ACW": "document_number", "AGO": "document_number", "INO": "interchange_control",
    "ACE": "interchange_control", "TN": "set_control",
}  # fmt: skip
ADVICE_REFERENCE_CODES: Final[Mapping[str, str]] = {
    "order_number": "ON", "document_number": "ACW", "interchange_control": "INO", "set_control": "TN",
}  # fmt: skip
# 1001 in the DOC of an APERAK (D.01B): kinds of document by the name of their message.
ADVISED_DOCUMENTS: Final[Mapping[str, str]] = {
    "220": "ORDERS", "230": "ORDCHG", "231": "ORDRSP", "351": "DESADV", "632": "RECADV", "380": "INVOIC",
}  # fmt: skip
ADVISED_DOCUMENT_CODES: Final[Mapping[str, str]] = {name: code for code, name in ADVISED_DOCUMENTS.items()}

# 2005 in DESADV and RECADV, the best first.
SHIPPED_DATES: Final = ("11", "133", "200")
EXPECTED_DATES: Final = ("17", "132", "191", "67", "2")
RECEIVED_DATES: Final = ("50", "310", "35")

# 1153: numbers of orders, ship notices and transport documents.
ORDER_REFERENCES: Final = ("ON", "CO")
SHIP_NOTICE_REFERENCES: Final = ("AAK", "AAU", "DQ")
TRACKING_REFERENCES: Final = frozenset({"CN", "AAS", "BM", "CRN", "AAM"})
RELEASE_REFERENCES: Final = ("RE", "COF")
LOT_REFERENCES: Final = frozenset({"BT"})
TRACKING_IDENTITIES: Final = frozenset({"BJ", "AW"})
"""7405: the number of a handling unit (SSCC)."""
LOT_IDENTITIES: Final = frozenset({"BX"})
IDENTITY_WORDS: Final[Mapping[str, str]] = {
    "BJ": "SSCC", "AW": "SSCC", "BX": "lot", "BN": "serial number", "ML": "label",
}  # fmt: skip

# 7075: a level of packing, the outermost first.
PACKING_LEVELS: Final[Mapping[str, int]] = {"3": 0, "4": 0, "2": 2, "1": 3}
NO_LEVEL: Final = 1
PACKING_WORDS: Final[Mapping[str, str]] = {
    "1": "inner packing", "2": "intermediate packing", "3": "outer packing", "4": "packing without levels",
}  # fmt: skip

# 6063: what a quantity is.
SHIPPED: Final = ("12", "46", "1")
ORDERED: Final = ("21",)
OPEN: Final = ("83",)
RECEIVED: Final = ("48",)
ACCEPTED: Final = ("194",)
REFUSED: Final = ("195", "196")
DAMAGED: Final = ("124",)

# 4221: discrepancies that promise what is missing.
STILL_TO_COME: Final = frozenset({"BP", "BK", "AS", "NS", "OF", "OM", "SS"})
DISCREPANCIES: Final[Mapping[str, str]] = {
    "AA": "discontinued by the wholesaler", "AB": "no longer made", "AC": "more than ordered",
    "AD": "out of stock at the maker", "AE": "delivered but not advised", "AF": "arrived damaged",
    "AG": "delivered too late", "BK": "back order", "BP": "partial, the rest follows",
    "CA": "partial", "CC": "complete", "CM": "complete, with more", "CP": "partial, nothing follows",
    "CS": "complete, with a substitute", "IC": "item cancelled", "IS": "substitute for what was ordered",
    "NS": "not made yet, scheduled", "OF": "sent to the factory", "OM": "sent to the factory", "OP": "out of print",
    "OS": "out of stock, force majeure", "OW": "out of stock at the wholesaler", "RA": "rationed",
    "SS": "split shipment", "ZZZ": "as agreed",
}  # fmt: skip

# 7143: numbers that name a lot, not a product.
LOT_TYPES: Final = frozenset({"NB", "BB"})

# 3035: who is who in DESADV and RECADV.
SUPPLIER_PARTIES: Final = ("SU", "SE", "CZ", "SF", "SH")
BUYER_PARTIES: Final = ("BY", "OB", "IV")
SHIP_TO_PARTIES: Final = ("DP", "ST", "UC", "CN")
CARRIER_PARTIES: Final = ("CA", "FW")
