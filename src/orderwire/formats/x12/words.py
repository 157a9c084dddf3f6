"""What each segment and element that we use says, in our own words, for the viewer; codes come from the same tables
that readers and writers use. Numbers in comments are those of the data elements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from orderwire.formats.x12 import codes, order_codes, tables

Table = Mapping[str, str]

# 374, 128, 98, 235, 1300, 365, 479, 143: words of the codes that lead to fields of ours.
DATES: Final[Table] = {
    "002": "delivery requested", "007": "effective", "010": "shipment requested", "011": "shipped",
    "017": "delivery estimated", "035": "delivered", "036": "expiration", "050": "received",
    "067": "delivery scheduled", "068": "shipment scheduled", "074": "delivery requested for (prior to)",
    "092": "contract effective", "093": "contract expiration", "106": "required by", "150": "service begins",
    "151": "service ends", "193": "period begins", "194": "period ends", "196": "begins", "197": "ends",
    "118": "pick-up requested", "369": "departure estimated", **tables.BOUND_DATES,
    "370": "departed", "371": "arrival estimated", "814": "payment due",
}  # fmt: skip
REFERENCES: Final[Table] = {
    **{code: kind.replace("_", " ") for code, kind in tables.REFERENCE_READ.items()},
    **{code: f"party's {scheme}" for code, scheme in tables.PARTY_REF_SCHEMES.items()},
    **codes.TRACKING_REFERENCES, **codes.SHIPMENT_REFERENCES,
    "PO": "purchase order", "V0": "version of the order", "LI": "line of the order", "LT": "lot",
}  # fmt: skip
PARTIES: Final[Table] = {
    **{code: role.replace("_", " ") for code, role in tables.PARTY_ENTITIES.items()}, "SF": "ship from",
    "RE": "party to be paid",
}  # fmt: skip
PARTS: Final[Table] = {
    **dict.fromkeys(tables.BUYER_PARTS, "buyer's part"), **dict.fromkeys(tables.SUPPLIER_PARTS, "supplier's part"),
    **{code: f"GTIN-{length}" for code, length in tables.GTINS.items()}, tables.CATEGORY_PART: "category",
    "PO": "purchase order", "PL": "line of the order", "LT": "lot", "CH": "country of origin",
}  # fmt: skip
CHARGES: Final[Table] = {
    "C310": "discount", "D240": "freight", "D500": "handling", "D980": "insurance", "F050": "something else",
    "G580": "packing",
}  # fmt: skip
CONTACTS: Final[Table] = {"TE": "telephone", "EM": "e-mail", "FX": "fax"}
GROUP_KINDS: Final[Table] = {
    "PO": "orders", "PR": "answers to orders", "PC": "changes of orders", "CA": "answers to changes",
    "SH": "ship notices", "IN": "invoices", "RC": "receipts", "AG": "application advice",
    "FA": "functional acknowledgments",
}  # fmt: skip
SETS: Final[Table] = {
    "850": "purchase order", "855": "answer to an order", "860": "change of an order", "865": "answer to a change",
    "856": "ship notice", "810": "invoice", "861": "receipt", "824": "application advice",
    "997": "functional acknowledgment", "999": "implementation acknowledgment",
}  # fmt: skip
_PURPOSE = ("purpose", {**order_codes.PURPOSES, **codes.SHIP_NOTICE_PURPOSES})
_ORDER_KIND = ("kind", order_codes.KINDS)
_ANSWER = ("answer", {code: item.words for code, item in order_codes.ANSWERS.items()})
_BASES = {code: f"price for {plain}" for code, plain in tables.PRICE_BASIS.items()} | {
    code: f"price for {count} {measure}" for code, (measure, count) in tables.PRICE_BY_MEASURE.items()
}
_AGAINST = {**dict.fromkeys(tables.PRICE_PER_ONE, "price for one"), **_BASES}
_SET = ("set", SETS)


@dataclass(frozen=True)
class Segment:
    """What a segment says; `elements` by number, with the table of their codes where they are codes. From `pairs` on,
    qualifiers of `table` and values alternate."""

    words: str
    elements: Mapping[int, str | tuple[str, Table]] = field(default_factory=dict)
    pairs: int = 0
    table: Table = field(default_factory=dict)


SEGMENTS: Final[Mapping[str, Segment]] = {
    "ISA": Segment("The interchange begins", {
        6: "sender", 8: "receiver", 9: "date", 10: "time", 12: "version", 13: "control number",
        14: ("acknowledgment", {"0": "not asked", "1": "asked"}), 15: ("usage", {"P": "live", "T": "test"}),
    }),
    "GS": Segment("A group begins", {
        1: ("of", GROUP_KINDS), 2: "sender", 3: "receiver", 4: "date", 5: "time", 6: "control number", 8: "version",
    }),
    "ST": Segment("A transaction set begins", {1: _SET, 2: "control number"}),
    "SE": Segment("The transaction set ends", {1: "segments", 2: "control number"}),
    "GE": Segment("The group ends", {1: "sets", 2: "control number"}),
    "IEA": Segment("The interchange ends", {1: "groups", 2: "control number"}),
    "BEG": Segment("Order", {1: _PURPOSE, 2: _ORDER_KIND, 3: "number", 4: "release", 5: "date", 6: "contract"}),
    "BCH": Segment("Change of an order", {
        1: _PURPOSE, 2: _ORDER_KIND, 3: "order", 4: "release", 5: "change", 6: "date of the order", 11: "date",
    }),
    "BAK": Segment("Answer to an order", {
        1: _PURPOSE, 2: _ANSWER, 3: "order", 4: "date of the order", 5: "release", 8: "supplier's order", 9: "date",
    }),
    "BCA": Segment("Answer to a change", {
        1: _PURPOSE, 2: _ANSWER, 3: "order", 4: "release", 5: "change", 6: "date of the order", 8: "supplier's order",
    }),
    "CUR": Segment("Currency", {1: ("of the", PARTIES), 2: "currency"}),
    "REF": Segment("Reference", {1: ("to", REFERENCES), 2: "number", 3: "words"}),
    "PER": Segment("Contact", {2: "name"}, 3, CONTACTS),
    "FOB": Segment("Delivery terms", {3: "place", 5: "term"}),
    "SAC": Segment("Allowance or charge", {
        1: ("it is", {"A": "an allowance", "C": "a charge", "N": "no allowance or charge"}),
        2: ("for", CHARGES), 5: "amount in hundredths",
        7: "percent", 15: "words",
    }),
    "ITD": Segment("Payment terms", {
        1: ("kind", tables.TERMS_KINDS),
        2: ("days count from", tables.TERMS_BASIS_READ), 3: "discount percent", 5: "discount days", 6: "due",
        7: "net days", 12: "words",
    }),
    "DTM": Segment("Date", {1: ("of", DATES), 2: "day"}),
    "N9": Segment("Reference or note", {1: ("to", REFERENCES), 2: "number", 3: "words"}),
    "MSG": Segment("Text", {1: "says"}),
    "MTX": Segment("Text", {2: "says"}),
    "NTE": Segment("Note", {2: "says"}),
    "N1": Segment("Party", {
        1: ("role", PARTIES), 2: "name", 3: ("identified by", tables.PARTY_ID_SCHEMES), 4: "number",
    }),
    "N2": Segment("More of the name", {1: "name", 2: "name"}),
    "N3": Segment("Street", {1: "line", 2: "line"}),
    "N4": Segment("Town", {1: "city", 2: "state", 3: "postal code", 4: "country"}),
    "PO1": Segment("Line", {
        1: "number", 2: "quantity", 3: "unit", 4: "price", 5: ("basis", _AGAINST),
    }, 6, PARTS),
    "POC": Segment("Changed line", {
        1: "number", 2: ("change", {code: item.words for code, item in order_codes.LINE_CODES.items()}),
        3: "quantity", 4: "left to receive", 5: "unit", 6: "price", 7: ("basis", _AGAINST),
    }, 8, PARTS),
    "ACK": Segment("Answer to the line", {
        1: ("answer", {code: item.words for code, item in order_codes.LINE_REPLIES.items()}), 2: "quantity", 3: "unit",
        4: ("date of", DATES), 5: "day",
    }, 7, PARTS),
    "PID": Segment("Description", {5: "says"}),
    "CTP": Segment("Price", {3: "price", 4: "for a quantity of", 5: "unit"}),
    "SCH": Segment("Schedule", {1: "quantity", 2: "unit", 5: ("date of", DATES), 6: "day"}),
    "TXI": Segment("Tax", {1: ("kind", tables.TAX_READ), 2: "amount", 3: "percent"}),
    "CTT": Segment("Count", {1: "lines", 2: "sum of the quantities"}),
    "AMT": Segment("Amount", {1: ("of", {"TT": "the whole", "1": "the lines", "N": "net", "T": "tax"}), 2: "amount"}),
    "TDS": Segment("Total in hundredths", {1: "amount"}),
    "AK1": Segment("About the group", {1: ("of", GROUP_KINDS), 2: "control number", 3: "version"}),
    "AK2": Segment("About the set", {1: _SET, 2: "control number"}),
    **{name: Segment("Fault in a segment", {
        1: "segment", 2: "place", 3: "loop", 4: ("fault", codes.SEGMENT_ERRORS),
    }) for name in ("AK3", "IK3")},
    **{name: Segment("Fault in an element", {
        1: "place", 3: ("fault", codes.ELEMENT_ERRORS), 4: "value",
    }) for name in ("AK4", "IK4")},
    **{name: Segment("The set is", {
        1: ("result", codes.ACK_WORDS), **dict.fromkeys(range(2, 7), ("fault", codes.SET_ERRORS)),
    }) for name in ("AK5", "IK5")},
    "AK9": Segment("The group is", {
        1: ("result", codes.ACK_WORDS), 2: "sets announced", 3: "sets received", 4: "sets accepted",
        **dict.fromkeys(range(5, 10), ("fault", codes.GROUP_ERRORS)),
    }),
    "CTX": Segment("Where in the document", {1: "place", 2: "segment", 3: "position"}),
    "TA1": Segment("About the interchange", {
        1: "control number", 2: "date", 3: "time", 4: ("result", codes.INTERCHANGE_WORDS),
        5: ("reason", codes.INTERCHANGE_NOTES),
    }),
    "BGN": Segment("Application advice", {1: _PURPOSE, 2: "number", 3: "date"}),
    "OTI": Segment("The document is", {
        1: ("result", codes.ADVICE_WORDS),
        2: ("named by", {"PO": "purchase order", "LI": "line", "TN": "its number"}), 3: "number",
        8: "group", 9: "set", 10: ("set", SETS),
    }),
    "TED": Segment("Fault", {
        1: ("reason", codes.ADVICE_REASONS), 2: "says", 3: "segment", 5: "element", 7: "value",
    }),
    "BSN": Segment("Ship notice", {1: _PURPOSE, 2: "number", 3: "date"}),
    "HL": Segment("Level", {1: "number", 2: "part of", 3: ("it is", codes.LEVELS)}),
    "TD1": Segment("Packages", {2: "count"}),
    "TD3": Segment("Vehicle", {3: "number"}),
    "TD5": Segment("Carrier", {3: "code", 5: "name"}),
    "PRF": Segment("Order", {1: "number", 2: "release"}),
    "LIN": Segment("Item", {1: "number"}, 2, PARTS),
    "SN1": Segment("Shipped", {2: "quantity", 3: "unit", 5: "ordered"}),
    "MAN": Segment("Mark of a package", {1: ("it is", codes.TRACKING_MARKS), 2: "mark"}),
    "BRA": Segment("Receipt", {1: "number", 2: "date", 3: _PURPOSE}),
    "RCD": Segment("Received", {
        1: "number", 2: "received", 3: "unit", 4: "returned",
        **dict.fromkeys(range(6, 19, 3), "in question"),
        **dict.fromkeys(range(8, 21, 3), ("condition", codes.RECEIVING_CONDITIONS)),
    }),
    "BIG": Segment("Invoice", {
        1: "date", 2: "number", 4: "order", 5: "release", 7: ("kind", codes.INVOICE_KINDS),
    }),
    "IT1": Segment("Invoiced", {
        1: "number", 2: "quantity", 3: "unit", 4: "price", 5: ("basis", _AGAINST),
    }, 6, PARTS),
}  # fmt: skip
"""By segment id."""
