"""Every kind of event: the published contract of what the ledger remembers, one class a kind.

Kinds and facts are only ever added; what is sealed is never reinterpreted. How an event becomes a row and a leaf
is told in `entry.py`. A delivery's events name its revision too, where it carries one (a 997 does not).
"""

import datetime

from orderwire.ledger.entry import Amount, Event, Words


class OrderCreated(Event, kind="order.created", about=("revision",)):
    """A new revision exists. `source` is the door or file it came through; `sha256` is the revision's identity."""

    number: int
    sha256: str
    source: Words
    currency: str
    total: Amount
    lines: int
    test: bool = False


class OrderDuplicate(Event, kind="order.duplicate", about=("revision",)):
    """The same revision came again with the same content; nothing changed."""

    source: Words


class OrderConflict(Event, kind="order.conflict", about=("revision",)):
    """The same revision number came with other content; nothing changed. `differs` names the first fields."""

    sha256: str
    source: Words
    differs: tuple[Words, ...]


class OrderHeld(Event, kind="order.held"):
    """A person or a rule stopped the order."""

    reason: Words


class OrderResumed(Event, kind="order.resumed"):
    """A person let a held order go on."""

    reason: Words | None = None


class OrderCancelled(Event, kind="order.cancelled"):
    """The buyer withdrew the order."""

    reason: Words


class OrderClosed(Event, kind="order.closed"):
    """Nothing is open any more."""

    reason: Words | None = None


class OrderReopened(Event, kind="order.reopened"):
    """A closed order is open again."""

    reason: Words


class ApprovalRequested(Event, kind="approval.requested", about=("revision",)):
    """The revision waits for approval: `approvers` persons are needed, and `reason` says by which limits."""

    approvers: int
    reason: Words


class ApprovalGranted(Event, kind="approval.granted", about=("revision",)):
    """One person approved exactly this content. `complete` is True when no other approval is missing.

    `sha256` is the revision's, `recipients` the fingerprint of the endpoint versions that the approval is bound to.
    """

    sha256: str
    recipients: str | None = None
    complete: bool
    reason: Words


class ApprovalRefused(Event, kind="approval.refused", about=("revision",)):
    """An approver said no."""

    reason: Words


class ApprovalExternal(Event, kind="approval.external", about=("revision",)):
    """The order arrived approved from a trusted source, with the approver, time and reference that the source gave."""

    sha256: str
    source: Words
    approver: Words
    approved_at: Words
    reference: Words | None = None


class ApprovalVoided(Event, kind="approval.voided", about=("revision",)):
    """An approval counts no longer, because what it was bound to changed."""

    reason: Words


class PlanMade(Event, kind="plan.made", about=("revision",)):
    """It is decided who gets this revision. `rules` are the ids that hit, `sha256` is the rule set version's."""

    rule_set: str
    version: int
    sha256: str
    rules: tuple[str, ...]
    legs: tuple[Words, ...]


class PlanHeld(Event, kind="plan.held", about=("revision",)):
    """No plan could be made; a person must decide. Nothing was sent."""

    problems: tuple[Words, ...]


class DeliveryAttempted(Event, kind="delivery.attempted", about=("delivery", "attempt")):
    """We are about to send: `message_id` and the payload's hash are durable before the first byte leaves."""

    number: int
    channel: str
    message_id: Words
    sha256: str


class DeliveryAccepted(Event, kind="delivery.accepted", about=("delivery",)):
    """The partner's system took the bytes over. `proof` is the step proven, `text` the partner's own word."""

    proof: str
    text: Words
    external_id: Words | None = None


class DeliveryRetry(Event, kind="delivery.retry", about=("delivery",)):
    """An attempt failed and nothing was taken over; the next one starts at `next_at`."""

    reason: Words
    code: Words | None = None
    next_at: datetime.datetime


class DeliveryFailed(Event, kind="delivery.failed", about=("delivery",)):
    """Refused by the partner, or tried to the end of the schedule; a person must act."""

    reason: Words
    code: Words | None = None


class DeliveryHeld(Event, kind="delivery.held", about=("delivery",)):
    """Stopped before sending until a person decides."""

    reason: Words


class DeliveryInDoubt(Event, kind="delivery.in_doubt", about=("delivery",)):
    """Bytes may or may not have arrived."""

    reason: Words


class DeliverySettled(Event, kind="delivery.settled", about=("delivery",)):
    """A doubt was settled by rule, evidence or a person. `state` is the delivery's state from now on."""

    state: str
    reason: Words


class DeliverySuperseded(Event, kind="delivery.superseded", about=("delivery",)):
    """Not sent, because a newer revision takes its place."""

    by_revision: int


class DeliveryCancelled(Event, kind="delivery.cancelled", about=("delivery",)):
    """Not sent, because a person or a cancellation stopped it."""

    reason: Words


class DeliveryResent(Event, kind="delivery.resent", about=("delivery",)):
    """To be sent again at somebody's wish, or over the next endpoint of the fallback ladder.

    `same_id` is True where the partner can recognize the duplicate.
    """

    reason: Words
    same_id: bool
    endpoint: str | None = None


class ReceiptDelivered(Event, kind="receipt.delivered", about=("revision", "delivery")):
    """The recipient's system proved the arrival (signed MDN, delivery status notification).

    `sha256` is the hash of the evidence.
    """

    means: Words
    sha256: str | None = None


class ReceiptFunctionalAck(Event, kind="receipt.functional_ack", about=("revision", "delivery", "message")):
    """The partner's translator accepted or rejected the bytes; says nothing about the business."""

    status: str
    code: Words | None = None
    text: Words | None = None


class ReceiptApplicationAdvice(Event, kind="receipt.application_advice", about=("revision", "delivery", "message")):
    """The partner's application took the document in, or refused its content; it is not the supplier's answer."""

    status: str
    code: Words | None = None
    text: Words | None = None


class ReceiptOpened(Event, kind="receipt.opened", about=("revision", "delivery")):
    """A person opened the order on the answer page or in the portal."""

    means: Words


class AnswerReceived(Event, kind="answer.received", about=("revision", "response")):
    """The supplier's answer is kept, for the revision it names. `status` is its header status.

    `current` tells whether that revision was the newest.
    """

    status: str
    source: Words
    current: bool


class AnswerAccepted(Event, kind="answer.accepted", about=("revision", "response")):
    """The supplier accepts the order unchanged, or the buyer accepted his differences.

    `differences` counts what the buyer accepted.
    """

    differences: int = 0


class AnswerDifferent(Event, kind="answer.different", about=("revision", "response")):
    """The supplier accepts with changes; the buyer must decide. `summary` names the first differences."""

    differences: int
    summary: tuple[Words, ...]


class AnswerRejected(Event, kind="answer.rejected", about=("revision", "response")):
    """The supplier declines the order or all of its lines."""

    reason: Words | None = None


class AnswerOverdue(Event, kind="answer.overdue", about=("revision",)):
    """No answer came by `due_at`."""

    due_at: datetime.datetime


class AnswerUnmatched(Event, kind="answer.unmatched", about=("response",)):
    """An answer names no order of ours, or another supplier's; a person must look."""

    reason: Words


class AnswerDuplicate(Event, kind="answer.duplicate", about=("response",)):
    """An answer that says the same as the one we have came again; nothing changed."""

    source: Words


class AnswerInsisted(Event, kind="answer.insisted", about=("revision", "response")):
    """The buyer did not take the supplier's differences and waits for another answer."""

    reason: Words


class LinkCreated(Event, kind="link.created", about=("revision", "partner")):
    """A supplier's answer link was made; only its hash is kept."""

    expires_at: datetime.datetime


class LinkRevoked(Event, kind="link.revoked", about=("revision", "partner")):
    """A supplier's answer link works no longer."""

    reason: Words


class MessageStored(Event, kind="message.stored", about=("message",)):
    """Bytes came in and are kept before anybody understood them."""

    source: Words
    sha256: str
    size: int


class MessageRefused(Event, kind="message.refused", about=("message",)):
    """What came in could not be used. `findings` are the first errors with their places."""

    findings: tuple[Words, ...]


class MessageDuplicate(Event, kind="message.duplicate", about=("message",)):
    """The same bytes, or the same interchange, came before; nothing changed. `first` is the earlier message's id."""

    first: str


class EndpointChanged(Event, kind="endpoint.changed", about=("partner", "endpoint")):
    """An endpoint has a new version. `changed` names the fields, never secret values."""

    version: int
    changed: tuple[Words, ...]


class EndpointPaused(Event, kind="endpoint.paused", about=("partner", "endpoint")):
    """Nothing is sent to this endpoint until it is resumed: by a person, or after too many failures."""

    reason: Words


class EndpointResumed(Event, kind="endpoint.resumed", about=("partner", "endpoint")):
    """Sending to this endpoint goes on."""

    reason: Words | None = None


class RulesPublished(Event, kind="rules.published"):
    """A rule set or policy version is in force from now on."""

    name: str
    version: int
    sha256: str
    drafted_by: Words | None = None
