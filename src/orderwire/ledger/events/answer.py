"""Events of what suppliers say and send: answers, cancellations, goods; and the links through which they answer."""

import datetime

from orderwire.ledger.entry import Amount, Event, Words


class AnswerReceived(Event, kind="answer.received", about=("revision", "response")):
    """The supplier's answer is kept, for the revision it names. `status` is its header status.

    `current` tells whether that revision was the newest. `means` is how the buyer heard of it who recorded it for the
    supplier: phone, mail …
    """

    status: str
    source: Words
    current: bool
    means: Words | None = None


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


class AnswerReopened(Event, kind="answer.reopened", about=("revision", "response")):
    """What was decided of an answer did not come into force; it needs another decision."""

    reason: Words


class LinkCreated(Event, kind="link.created", about=("revision", "partner")):
    """A supplier's answer link was made; only its hash is kept."""

    expires_at: datetime.datetime


class LinkRevoked(Event, kind="link.revoked", about=("revision", "partner")):
    """A supplier's answer link works no longer."""

    reason: Words


class AnswerDecided(Event, kind="answer.decided", about=("revision", "response")):
    """The buyer, or the policy, decided the lines of an answer; `told` is the version that tells the supplier."""

    accepted: int = 0
    countered: int = 0
    insisted: int = 0
    resourced: int = 0
    told: int | None = None
    reason: Words | None = None


class CancellationAsked(Event, kind="cancellation.asked", about=("revision", "cancellation")):
    """The buyer asks the supplier to withdraw the order or some lines; nothing is released before he agrees."""

    scope: str
    code: str
    reason: Words
    lines: tuple[Words, ...] = ()


class CancellationNeverLeft(Event, kind="cancellation.never_left", about=("revision", "cancellation")):
    """Nothing of the order had left, so it ends without anybody being asked."""

    reason: Words


class CancellationAnswered(Event, kind="cancellation.answered", about=("revision", "cancellation")):
    """The supplier agrees, refuses, agrees in part or at a cost. `state` is the cancellation's from now on."""

    state: str
    cost: Amount | None = None
    currency: str | None = None
    reason: Words | None = None


class CancellationOverdue(Event, kind="cancellation.overdue", about=("revision", "cancellation")):
    """No word about the cancellation came by `due_at`."""

    due_at: datetime.datetime


class CancellationWithdrawn(Event, kind="cancellation.withdrawn", about=("revision", "cancellation")):
    """The buyer keeps the order after all."""

    reason: Words


class CancellationSettled(Event, kind="cancellation.settled", about=("revision", "cancellation")):
    """The buyer agreed to what the supplier asked, or to keep what he refused to cancel."""

    reason: Words


class GoodsShipped(Event, kind="goods.shipped", about=("goods",)):
    """The supplier says what is on its way."""

    number: Words
    lines: int


class GoodsReceived(Event, kind="goods.received", about=("goods",)):
    """The receiver says what arrived."""

    number: Words
    lines: int


class GoodsReplaced(Event, kind="goods.replaced", about=("goods",)):
    """A ship notice or receipt was corrected or taken back; what it said counts no longer."""

    number: Words
