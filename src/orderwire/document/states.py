"""The three axes of an order, each an enum with one transition table; the database enforces the same tables.

Screens, groups and diagrams are computed from here. An arrow that is not in a table cannot happen.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, Self

Tone = Literal["quiet", "move", "ok", "warn", "bad"]
Mark = Literal["none", "move", "done", "ask", "late", "fail", "doubt", "held", "end"]


class DocumentType(StrEnum):
    """What a file can hold."""

    ORDER = "order"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    RESPONSE = "response"
    FUNCTIONAL_ACK = "functional_ack"
    APPLICATION_ADVICE = "application_advice"
    SHIP_NOTICE = "ship_notice"
    RECEIPT = "receipt"
    INVOICE = "invoice"
    UNKNOWN = "unknown"


class State(StrEnum):
    """A state with the word a person reads, the shape and tone of its mark, and whether work remains."""

    label: str
    mark: Mark
    tone: Tone
    open: bool

    def __new__(
        cls, value: str, label: str = "", mark: Mark = "none", tone: Tone = "quiet", is_open: bool = False
    ) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.mark, member.tone, member.open = label, mark, tone, is_open
        return member


class OrderState(State):
    """The buyer's side of an order."""

    DRAFT = "draft", "Draft", "none", "quiet", True
    PENDING_APPROVAL = "pending_approval", "To approve", "held", "warn", True
    REFUSED = "refused", "Not approved", "fail", "bad", True
    APPROVED = "approved", "Approved", "done", "quiet", True
    HELD = "held", "On hold", "held", "warn", True
    CANCELLING = "cancelling", "Cancelling", "move", "move", True
    CANCELLED = "cancelled", "Cancelled", "end", "quiet", False
    CLOSED = "closed", "Closed", "end", "quiet", False


class DeliveryState(State):
    """One leg carried out. A state says no more than the evidence."""

    READY = "ready", "To send", "none", "quiet", True
    SENDING = "sending", "Sending", "move", "move", True
    RETRY = "retry", "Trying again", "move", "move", True
    IN_DOUBT = "in_doubt", "In doubt", "doubt", "warn", True
    HELD = "held", "Held", "held", "warn", True
    FAILED = "failed", "Failed", "fail", "bad", True
    ACCEPTED = "accepted", "Handed over", "move", "quiet", False
    DELIVERED = "delivered", "Receipt proven", "done", "quiet", False
    OPENED = "opened", "Opened", "done", "quiet", False
    ANSWERED = "answered", "Answered", "done", "quiet", False
    SUPERSEDED = "superseded", "Replaced by a newer version", "end", "quiet", False
    CANCELLED = "cancelled", "Not sent", "end", "quiet", False
    WITHDRAWN = "withdrawn", "Sent another way", "end", "quiet", False


class AnswerState(State):
    """The supplier's side of an order."""

    NOT_ASKED = "not_asked", "Not asked", "none", "quiet", False
    WAITING = "waiting", "Waiting", "move", "move", True
    OVERDUE = "overdue", "Overdue", "late", "warn", True
    RECEIVED = "received", "Received, undecided", "move", "move", True
    ACCEPTED = "accepted", "Accepted", "done", "ok", False
    DIFFERENT = "different", "Differs", "ask", "warn", True
    REJECTED = "rejected", "Declined", "fail", "bad", True


class CancellationState(State):
    """A withdrawal of all or part of an order, which ends with the supplier's word, not with ours."""

    ASKED = "asked", "Asked", "move", "move", True
    OVERDUE = "overdue", "No answer in time", "late", "warn", True
    ACCEPTED = "accepted", "Agreed", "done", "quiet", False
    ACCEPTED_AT_COST = "accepted_at_cost", "Agreed at a cost", "ask", "warn", True
    PARTLY = "partly", "Agreed in part", "ask", "warn", True
    REFUSED = "refused", "Refused", "fail", "bad", True
    SETTLED = "settled", "Settled", "end", "quiet", False
    WITHDRAWN = "withdrawn", "Taken back", "end", "quiet", False
    NEVER_LEFT = "never_left", "Stopped before sending", "end", "quiet", False


_O, _D, _A, _C = OrderState, DeliveryState, AnswerState, CancellationState

ORDER_TRANSITIONS: Mapping[OrderState, frozenset[OrderState]] = {
    _O.DRAFT: frozenset({_O.PENDING_APPROVAL, _O.APPROVED, _O.HELD, _O.CANCELLED}),
    _O.PENDING_APPROVAL: frozenset({_O.APPROVED, _O.REFUSED, _O.HELD, _O.CANCELLING, _O.CANCELLED, _O.DRAFT}),
    _O.REFUSED: frozenset({_O.DRAFT, _O.PENDING_APPROVAL, _O.CANCELLING, _O.CANCELLED}),
    _O.APPROVED: frozenset({_O.HELD, _O.CANCELLING, _O.CANCELLED, _O.CLOSED, _O.PENDING_APPROVAL}),
    _O.HELD: frozenset({_O.APPROVED, _O.PENDING_APPROVAL, _O.CANCELLING, _O.CANCELLED}),
    _O.CANCELLING: frozenset({_O.CANCELLED, _O.APPROVED, _O.PENDING_APPROVAL, _O.REFUSED, _O.HELD}),
    # Evidence may come that the supplier has what we believed had never left: then he must be told.
    _O.CANCELLED: frozenset({_O.CANCELLING}),
    _O.CLOSED: frozenset({_O.APPROVED}),
}

_PROVEN = frozenset({_D.DELIVERED, _D.OPENED, _D.ANSWERED})
DELIVERY_TRANSITIONS: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    _D.READY: frozenset({_D.SENDING, _D.HELD, _D.SUPERSEDED, _D.CANCELLED, _D.WITHDRAWN}) | _PROVEN,
    _D.SENDING: frozenset({_D.ACCEPTED, _D.RETRY, _D.IN_DOUBT, _D.HELD, _D.FAILED, _D.READY}) | _PROVEN,
    _D.RETRY: frozenset({_D.SENDING, _D.HELD, _D.FAILED, _D.SUPERSEDED, _D.CANCELLED, _D.READY, _D.WITHDRAWN})
    | _PROVEN,
    _D.IN_DOUBT: frozenset({_D.READY, _D.ACCEPTED, _D.FAILED, _D.SUPERSEDED, _D.CANCELLED, _D.WITHDRAWN}) | _PROVEN,
    _D.HELD: frozenset({_D.READY, _D.FAILED, _D.SUPERSEDED, _D.CANCELLED, _D.WITHDRAWN}) | _PROVEN,
    _D.FAILED: frozenset({_D.READY, _D.SUPERSEDED, _D.CANCELLED, _D.WITHDRAWN}) | _PROVEN,
    _D.ACCEPTED: frozenset({_D.READY, _D.FAILED, _D.WITHDRAWN}) | _PROVEN,
    _D.DELIVERED: frozenset({_D.OPENED, _D.ANSWERED, _D.READY, _D.FAILED}),
    _D.OPENED: frozenset({_D.ANSWERED, _D.READY}),
    _D.ANSWERED: frozenset({_D.READY}),
    _D.SUPERSEDED: frozenset(_PROVEN),
    _D.CANCELLED: frozenset(_PROVEN),
    _D.WITHDRAWN: frozenset(_PROVEN),
}

ANSWER_TRANSITIONS: Mapping[AnswerState, frozenset[AnswerState]] = {
    state: frozenset(set(AnswerState) - {state}) for state in AnswerState
}
"""Every answer may follow every other: a supplier may correct himself, a new revision asks again."""

CANCELLATION_TRANSITIONS: Mapping[CancellationState, frozenset[CancellationState]] = {
    _C.ASKED: frozenset(set(_C) - {_C.ASKED, _C.SETTLED}),
    _C.OVERDUE: frozenset({_C.ACCEPTED, _C.ACCEPTED_AT_COST, _C.PARTLY, _C.REFUSED, _C.WITHDRAWN}),
    _C.ACCEPTED: frozenset({_C.REFUSED, _C.ACCEPTED_AT_COST, _C.PARTLY}),
    _C.ACCEPTED_AT_COST: frozenset({_C.SETTLED, _C.ACCEPTED, _C.REFUSED, _C.PARTLY, _C.WITHDRAWN}),
    _C.PARTLY: frozenset({_C.SETTLED, _C.ACCEPTED, _C.ACCEPTED_AT_COST, _C.REFUSED, _C.WITHDRAWN}),
    _C.REFUSED: frozenset({_C.ASKED, _C.ACCEPTED, _C.ACCEPTED_AT_COST, _C.PARTLY, _C.WITHDRAWN, _C.SETTLED}),
    _C.SETTLED: frozenset(),
    _C.WITHDRAWN: frozenset(),
    _C.NEVER_LEFT: frozenset({_C.ASKED}),
}
"""The supplier may correct himself until the buyer has settled the matter."""

CANCELLATION_WAITS = (_C.ASKED, _C.OVERDUE)
"""A cancellation waits for the supplier's word."""
