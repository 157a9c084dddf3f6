"""Codes of the order, its changes and its answers with what each says, in our own words. Numbers are data elements.

Reader, writer and viewer use the same words; what a code means to our documents stands beside it.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from orderwire.document.order_change import LineAction
from orderwire.document.response import HeaderStatus, LineStatus

# 353: purpose (BEG01, BCH01, BAK01, BCA01).
PURPOSES: Final[Mapping[str, str]] = {
    "00": "original", "01": "cancellation", "02": "addition", "03": "deletion", "04": "change", "05": "replacement",
    "06": "confirmation", "07": "duplicate", "11": "response", "15": "re-submission", "16": "proposed",
    "17": "cancel, to be reissued", "18": "reissue", "19": "change that the seller initiated", "22": "information copy",
    "24": "draft", "54": "reply", "ZZ": "mutually defined",
}  # fmt: skip
ORDERS: Final = frozenset({"00", "05", "06", "07", "15", "16", "18", "22", "24"})
"""Purposes that may open an 850 which is an order."""
CANCELLATIONS: Final = frozenset({"01", "03", "17"})
"""Purposes that withdraw the whole order."""

# 92: kind of order (BEG02, BCH02).
KINDS: Final[Mapping[str, str]] = {
    "SA": "stand-alone order", "NE": "new order", "KN": "purchase order", "BK": "blanket order, quantity firm",
    "BE": "blanket order, quantity estimated", "KB": "blanket purchase agreement", "RL": "release or delivery order",
    "BL": "bailment", "CF": "confirmation", "CN": "consigned order", "CP": "change to an order",
    "CR": "change to a release", "DS": "drop shipment", "EO": "emergency order", "IN": "information copy",
    "OS": "special order", "RE": "reorder", "RO": "rush order", "RR": "repair and return", "SP": "sample order",
    "SS": "supply or service order", "ST": "standing order", "TR": "termination", "ZZ": "mutually defined",
}  # fmt: skip
BLANKETS: Final = frozenset({"BK", "BE", "KB"})
RELEASES: Final = frozenset({"RL", "CR"})
NOT_LIVE: Final = frozenset({"CF", "IN", "RR", "CP", "CR"})
"""Kinds that in an 850 may ask for no new delivery."""


# 670: what becomes of a line (POC02).
class LineCode(NamedTuple):
    """`needs` are the values (quantity, price, date) that the code announces; `partial` where the code names what
    changes, so that all else stays as it was."""

    words: str
    action: LineAction
    needs: frozenset[str] = frozenset()
    partial: bool = False


_CHANGED = LineAction.CHANGED
_Q, _P, _D = "quantity", "price", "requested"
LINE_CODES: Final[Mapping[str, LineCode]] = {
    "AI": LineCode("line added", LineAction.ADDED),
    "CA": LineCode("line changed", _CHANGED),
    "CF": LineCode("the order sent before is cancelled", LineAction.DELETED),
    "CT": LineCode("dates changed", _CHANGED, frozenset({_D}), True),
    "DI": LineCode("line deleted", LineAction.DELETED),
    "MU": LineCode("several values changed", _CHANGED, partial=True),
    "NC": LineCode("line unchanged", LineAction.UNCHANGED),
    "PC": LineCode("price changed", _CHANGED, frozenset({_P}), True),
    "PQ": LineCode("price and quantity changed", _CHANGED, frozenset({_P, _Q}), True),
    "PR": LineCode("price and dates changed", _CHANGED, frozenset({_P, _D}), True),
    "QD": LineCode("quantity decreased", _CHANGED, frozenset({_Q}), True),
    "QI": LineCode("quantity increased", _CHANGED, frozenset({_Q}), True),
    "RB": LineCode("all dates replaced", _CHANGED, frozenset({_D}), True),
    "RC": LineCode("change of the line rejected", LineAction.UNCHANGED),
    "RE": LineCode("item replaced", _CHANGED),
    "RQ": LineCode("dates and quantity changed", _CHANGED, frozenset({_D, _Q}), True),
    "RS": LineCode("dates changed", _CHANGED, frozenset({_D}), True),
    "RZ": LineCode("all values replaced", _CHANGED),
}


# 587: the answer as a whole (BAK02, BCA02).
class Answer(NamedTuple):
    """What the code says of the whole order."""

    words: str
    status: HeaderStatus


_H = HeaderStatus
ANSWERS: Final[Mapping[str, Answer]] = {
    "AC": Answer("accepted with detail and change", _H.ACCEPTED_WITH_CHANGES),
    "AD": Answer("accepted with detail, no change", _H.ACCEPTED),
    "AE": Answer("accepted, only exceptions in detail", _H.ACCEPTED_WITH_CHANGES),
    "AH": Answer("on hold", _H.RECEIVED),
    "AK": Answer("accepted, no detail or change", _H.ACCEPTED),
    "AP": Answer("accepted", _H.ACCEPTED),
    "AT": Answer("accepted", _H.ACCEPTED),
    "NA": Answer("no answer needed", _H.RECEIVED),
    "RD": Answer("rejected with detail", _H.REJECTED),
    "RF": Answer("rejected, only exceptions in detail", _H.REJECTED),
    "RJ": Answer("rejected, no detail", _H.REJECTED),
    "RO": Answer("rejected with a counter offer", _H.ACCEPTED_WITH_CHANGES),
    "ZZ": Answer("mutually defined", _H.RECEIVED),
}


# 668: the answer to a line (ACK01).
class LineReply(NamedTuple):
    """What the code says of a line or a part of it."""

    words: str
    status: LineStatus


_L = LineStatus
LINE_REPLIES: Final[Mapping[str, LineReply]] = {
    "AA": LineReply("accepted, forwarded to another location", _L.ACCEPTED),
    "AC": LineReply("accepted and shipped", _L.ACCEPTED),
    "AR": LineReply("accepted and released for shipment", _L.ACCEPTED),
    "BP": LineReply("shipped in part, the rest backordered", _L.CHANGED),
    "DR": LineReply("accepted, date rescheduled", _L.CHANGED),
    "IA": LineReply("accepted", _L.ACCEPTED),
    "IB": LineReply("backordered", _L.BACKORDERED),
    "IC": LineReply("accepted, changes made", _L.CHANGED),
    "ID": LineReply("deleted", _L.REJECTED),
    "IE": LineReply("accepted, price pending", _L.PENDING),
    "IF": LineReply("on hold, incomplete description", _L.PENDING),
    "IH": LineReply("on hold", _L.PENDING),
    "IP": LineReply("accepted, price changed", _L.CHANGED),
    "IQ": LineReply("accepted, quantity changed", _L.CHANGED),
    "IR": LineReply("rejected", _L.REJECTED),
    "IS": LineReply("accepted, item substituted", _L.SUBSTITUTED),
    "IW": LineReply("on hold, waiver required", _L.PENDING),
    "R1": LineReply("rejected, not a contract item", _L.REJECTED),
    "R2": LineReply("rejected, invalid item number", _L.REJECTED),
    "R3": LineReply("rejected, invalid unit", _L.REJECTED),
    "R4": LineReply("rejected, contract item not available", _L.REJECTED),
    "R5": LineReply("rejected, order it in another way", _L.REJECTED),
    "R6": LineReply("rejected, order it in another way", _L.REJECTED),
    "R7": LineReply("rejected, order it in another way", _L.REJECTED),
    "R8": LineReply("rejected, order it in another way", _L.REJECTED),
    "SP": LineReply("accepted, schedule date pending", _L.PENDING),
}
