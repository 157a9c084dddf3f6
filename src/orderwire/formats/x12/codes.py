"""Codes of the sets around an order, in our own words: acknowledgments, advice, ship notice, receipt, invoice.

Numbers in comments are those of the data elements. Only what the product uses; the codes of the order itself are in
`tables`.
"""

from collections.abc import Mapping
from typing import Final

from orderwire.document.advice import AdviceStatus
from orderwire.document.functional import FunctionalStatus

# 715 and 717: what became of a group (AK901) and of a set (AK501, IK501).
ACK_WORDS: Final[Mapping[str, str]] = {
    "A": "accepted", "E": "accepted, errors noted", "P": "partly accepted", "R": "rejected",
    "M": "rejected, authentication failed", "W": "rejected, failed its assurance check",
    "X": "rejected, could not be decrypted",
}  # fmt: skip

# 716: errors of a group (AK905 and after).
GROUP_TRAILER_MISSING, GROUP_CONTROL, GROUP_COUNT, GROUP_CONTROL_TWICE = "3", "4", "5", "19"
GROUP_ERRORS: Final[Mapping[str, str]] = {
    "1": "this kind of group is not supported", "2": "this version is not supported", "3": "the trailer GE is missing",
    "4": "GS06 and GE02 differ", "5": "GE01 counts other sets than there are",
    "6": "the control number is not as the standard asks", "19": "the control number stands on two groups",
}  # fmt: skip

# 718: errors of a set (AK502, IK502 and after).
SET_ERRORS: Final[Mapping[str, str]] = {
    "1": "this set is not supported", "2": "the trailer SE is missing", "3": "ST02 and SE02 differ",
    "4": "SE01 counts other segments than there are", "5": "segments have errors",
    "6": "the set id is missing or invalid", "7": "the control number is missing or invalid",
    "23": "the control number stands on two sets of the group", "I5": "the implementation's rules are broken",
}  # fmt: skip

# 720 and 620: errors of a segment (AK304, IK304).
SEGMENT_ERRORS: Final[Mapping[str, str]] = {
    "1": "unknown segment", "2": "unexpected segment", "3": "mandatory segment missing", "4": "loop repeated too often",
    "5": "segment used too often", "6": "not part of this set", "7": "out of sequence", "8": "elements have errors",
}  # fmt: skip

# 723 and 621: errors of an element (AK403, IK403).
ELEMENT_ERRORS: Final[Mapping[str, str]] = {
    "1": "mandatory element missing", "2": "conditional element missing", "3": "too many elements", "4": "too short",
    "5": "too long", "6": "invalid character", "7": "invalid code", "8": "invalid date", "9": "invalid time",
    "10": "excluded by another element", "12": "too many repetitions", "13": "too many components",
}  # fmt: skip

# I17 and I18: what became of an interchange (TA104), and why (TA105).
INTERCHANGE_WORDS: Final[Mapping[str, str]] = {
    "A": "accepted", "E": "accepted, errors noted", "R": "rejected",
}  # fmt: skip
INTERCHANGE_CODES: Final[Mapping[FunctionalStatus, str]] = {
    FunctionalStatus.ACCEPTED: "A", FunctionalStatus.ACCEPTED_WITH_ERRORS: "E", FunctionalStatus.REJECTED: "R",
}  # fmt: skip
NO_ERROR: Final = "000"
INTERCHANGE_NOTES: Final[Mapping[str, str]] = {
    "000": "no error", "001": "ISA13 and IEA02 differ", "002": "the standard of ISA11 is not supported",
    "003": "this version of the envelope is not supported", "004": "invalid segment terminator",
    "005": "invalid kind of sender id", "006": "invalid sender id", "007": "invalid kind of receiver id",
    "008": "invalid receiver id", "009": "unknown receiver id", "010": "invalid kind of authorization",
    "011": "invalid authorization", "012": "invalid kind of security information",
    "013": "invalid security information", "014": "invalid date", "015": "invalid time", "016": "invalid standard",
    "017": "invalid version", "018": "invalid control number", "019": "ISA14 is neither 0 nor 1",
    "020": "the test indicator is neither P nor T", "021": "IEA01 counts other groups than there are",
    "022": "invalid control structure", "023": "the file ends too early", "024": "invalid content",
    "025": "the control number came before", "026": "invalid element separator", "027": "invalid component separator",
}  # fmt: skip
INTERCHANGE_NOTE_OF: Final[Mapping[str, str]] = {
    "no-set": "024", "gs-missing": "022", "interchange-control": "001", "group-count": "021", "iea-missing": "023",
    "usage": "020", "ack-requested": "019", "isa16-blank": "027",
}  # fmt: skip
"""Code of a finding about the interchange -> what a TA1 says of it; the first one that holds is told."""

# 110: what an application made of a set (OTI01): T for the set, I for an item of it, G, B for groups of them.
ADVICE: Final[Mapping[str, AdviceStatus]] = {
    "A": AdviceStatus.ACCEPTED, "C": AdviceStatus.ACCEPTED_WITH_ERRORS, "E": AdviceStatus.ACCEPTED_WITH_ERRORS,
    "P": AdviceStatus.ACCEPTED_WITH_ERRORS, "R": AdviceStatus.REJECTED,
}  # fmt: skip
"""By the second letter of the code."""
ADVICE_CODES: Final[Mapping[AdviceStatus, str]] = {
    AdviceStatus.ACCEPTED: "TA", AdviceStatus.ACCEPTED_WITH_ERRORS: "TE", AdviceStatus.REJECTED: "TR",
}  # fmt: skip
ITEM_ADVICE_CODES: Final[Mapping[AdviceStatus, str]] = {
    AdviceStatus.ACCEPTED: "IA", AdviceStatus.ACCEPTED_WITH_ERRORS: "IE", AdviceStatus.REJECTED: "IR",
}  # fmt: skip
ADVICE_SCOPES: Final[Mapping[str, str]] = {"T": "set", "I": "item", "G": "group", "B": "batch"}
ADVICE_WORDS: Final[Mapping[str, str]] = {
    f"{scope}{result}": f"{of}: {words}"
    for scope, of in ADVICE_SCOPES.items()
    for result, words in (("A", "accepted"), ("C", "accepted with changes"), ("E", "accepted with errors"),
                          ("P", "partly accepted"), ("R", "rejected"))
}  # fmt: skip

# 647: what an application has to complain of (TED01).
OTHER_REASON: Final = "024"
ADVICE_REASONS: Final[Mapping[str, str]] = {
    "006": "duplicate", "007": "missing data", "008": "out of range", "009": "invalid date", "010": "totals differ",
    "011": "does not match", "012": "invalid combination", "024": "other reason", "848": "incorrect data",
    "ZZZ": "as agreed between the two",
}  # fmt: skip

# 353, as far as it opens a ship notice.
SHIP_NOTICE_PURPOSES: Final[Mapping[str, str]] = {
    "00": "original", "01": "cancellation", "04": "change", "05": "replace", "06": "confirmation", "07": "duplicate",
    "14": "advance notice", "22": "information copy",
}  # fmt: skip

# 735: levels of a ship notice (HL03).
LEVELS: Final[Mapping[str, str]] = {
    "S": "shipment", "O": "order", "T": "shipping tare", "P": "package", "I": "item", "F": "component",
}  # fmt: skip
HL_PACKAGES: Final = frozenset({"T", "P"})
HL_COMPONENT: Final = "F"

# 374: dates of shipment, receipt, payment.
DEPARTURE_DATES: Final = frozenset({"011", "370"})
ARRIVAL_DATES: Final = frozenset({"017", "067", "371"})
RECEIPT_DATES: Final = frozenset({"050", "035"})
DUE_DATES: Final = frozenset({"814"})

# 128: numbers by which a shipment is found, and by which a receipt names it; 88: marks of packages that carriers scan.
TRACKING_REFERENCES: Final[Mapping[str, str]] = {
    "2I": "tracking number", "CN": "carrier's reference", "BM": "bill of lading", "AW": "air waybill",
    "MB": "master bill of lading", "WY": "rail waybill",
}  # fmt: skip
TRACKING_MARKS: Final[Mapping[str, str]] = {"CP": "package number of the carrier", "GM": "SSCC-18 of the package"}
SHIPMENT_REFERENCES: Final[Mapping[str, str]] = {
    "SI": "shipper's number for the shipment", "PK": "packing list", "BM": "bill of lading", "MA": "ship notice",
}  # fmt: skip

# 412: the condition of what was received (RCD08 and after).
RECEIVING_CONDITIONS: Final[Mapping[str, str]] = {
    "01": "damaged", "02": "short", "03": "over", "04": "with a quality problem", "05": "of the wrong product",
    "06": "in a container that is not standard", "07": "in good condition", "08": "rejected", "09": "on hold",
    "10": "scrapped", "12": "over and returned", "13": "without a ship notice, not booked",
    "14": "without a ship notice, booked",
}  # fmt: skip
REFUSED_CONDITIONS: Final = frozenset({"01", "04", "05", "08", "10", "12"})
"""Conditions under which a quantity counts as refused where no quantity is returned (RCD04)."""

# 640: kinds of invoice (BIG07).
CREDIT_NOTES: Final = frozenset({"CR", "CN"})
INVOICE_KINDS: Final[Mapping[str, str]] = {
    "DI": "invoice", "CI": "consolidated invoice", "CN": "credit note", "CR": "credit memo", "DR": "debit memo",
    "FB": "final bill", "PR": "product or service", "PP": "prepaid invoice", "ME": "memorandum",
    "RA": "request for credit",
}  # fmt: skip

# 522: amounts (AMT01).
LINE_AMOUNTS: Final = frozenset({"1", "N"})
NET_AMOUNTS: Final = frozenset({"N", "1"})
TAX_AMOUNTS: Final = frozenset({"T"})
