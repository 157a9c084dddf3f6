"""X12 segments in words (names as in the transaction set tables of ASC X12 850, 855, 860, 865 and 997)."""

from dataclasses import dataclass

MOST = 4000

NAMES = {
    "ISA": "Interchange begins",
    "IEA": "Interchange ends",
    "GS": "Group begins",
    "GE": "Group ends",
    "TA1": "Interchange acknowledgment",
    "ST": "Document begins",
    "SE": "Document ends",
    "BEG": "Purchase order",
    "BAK": "Answer to a purchase order",
    "BCH": "Change of a purchase order",
    "BCA": "Answer to a change",
    "AK1": "Acknowledges a group",
    "AK2": "Acknowledges a document",
    "AK3": "Segment in error",
    "AK4": "Element in error",
    "AK5": "Verdict on the document",
    "AK9": "Verdict on the group",
    "CUR": "Currency",
    "REF": "Reference",
    "PER": "Contact",
    "TAX": "Tax reference",
    "FOB": "Delivery term",
    "ITD": "Payment terms",
    "DTM": "Date",
    "TD5": "Carrier",
    "N9": "Note follows",
    "MSG": "Text",
    "N1": "Party",
    "N2": "Party, more names",
    "N3": "Street",
    "N4": "Town",
    "SAC": "Allowance or charge",
    "PO1": "Line",
    "POC": "Line changed",
    "PID": "Description",
    "PO4": "Packing",
    "CTP": "Price",
    "SCH": "Schedule line",
    "ACK": "Answer to the line",
    "SDQ": "Quantity per place",
    "TXI": "Tax",
    "SLN": "Part of a line",
    "CTT": "Totals",
    "AMT": "Amount",
    "QTY": "Quantity",
    "MEA": "Measure",
    "TDS": "Total",
    "PAM": "Amount of a period",
    "LIN": "Part identification",
}
"""Segment ids and what they are."""


@dataclass(frozen=True)
class Segment:
    """One segment: its id, its name in words, its elements, and its raw form with the terminator."""

    id: str
    words: str
    elements: str
    raw: str


def segments(text: str) -> tuple[Segment, ...]:
    """The segments of an interchange, by the separators that its ISA declares (ISA is 106 characters long)."""
    text = text.lstrip("\ufeff \r\n")
    if len(text) < 106:
        return ()
    element, terminator = text[3], text[105]
    if element.isalnum() or terminator.isalnum():
        return ()
    found = []
    for part in text.split(terminator, MOST)[:MOST]:
        raw = part.strip("\r\n")
        if not raw:
            continue
        name, *values = raw.split(element)
        shown = " · ".join(v.strip() for v in values if v.strip())
        found.append(Segment(name, NAMES.get(name, "Segment"), shown, raw + terminator))
    return tuple(found)
