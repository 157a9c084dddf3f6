"""Events of what leaves: deliveries, what proves them, reminders."""

import datetime

from orderwire.ledger.entry import Event, Words


class DeliveryAttempted(Event, kind="delivery.attempted", about=("delivery", "attempt")):
    """We are about to send: `message_id` and the payload's hash are durable before the first byte leaves."""

    number: int
    channel: str
    message_id: Words
    sha256: str


class DeliveryAccepted(Event, kind="delivery.accepted", about=("delivery",)):
    """The partner's system took the bytes over. `proof` is the step proven, `text` the partner's own word.

    `sent_sha256` is the hash of the bytes on the wire where they are kept, `evidence_sha256` of what came back.
    """

    proof: str
    text: Words
    external_id: Words | None = None
    sent_sha256: str | None = None
    evidence_sha256: str | None = None


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


class DeliveryWithdrawn(Event, kind="delivery.withdrawn", about=("delivery",)):
    """Not tried any more on this way: the next endpoint of the fallback ladder, `endpoint`, takes its place."""

    reason: Words
    endpoint: str


class DeliveryUnproven(Event, kind="delivery.unproven", about=("delivery",)):
    """Handed over, and no proof of receipt came in the time that the endpoint sets; that is no refusal."""

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


class NoticeQueued(Event, kind="notice.queued", about=("revision",)):
    """A reminder or an escalation is on its way: the `step` of the rules, to whom, in which language."""

    step: Words
    to: Words
    language: str


class NoticeStopped(Event, kind="notice.stopped", about=("revision",)):
    """A reminder was not sent: it is not needed any more, was skipped after a standstill, or nobody is on record whom
    it could reach. Then `remedy` says what a person should do."""

    step: Words
    reason: Words
    remedy: Words | None = None
