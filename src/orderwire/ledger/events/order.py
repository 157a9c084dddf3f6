"""Events of an order itself: its versions, their approval and plan, and what is ordered from somebody else."""

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


class OrderKept(Event, kind="order.kept", about=("revision",)):
    """A version is kept and not sent: it came after a newer one, or while the order is being cancelled."""

    number: int
    sha256: str
    source: Words
    reason: Words


class AmendmentProposed(Event, kind="amendment.proposed", about=("revision",)):
    """A person made a new version here, on top of version `base`. `differs` names the first fields."""

    base: int
    reason: Words
    differs: tuple[Words, ...]


class ApprovalByPolicy(Event, kind="approval.by_policy", about=("revision",)):
    """The change is so small that the policy allows it without another approval; `reason` says by which rules.

    `baseline` is the version that a person, or a trusted source, approved last; `policy` is the policy's fingerprint.
    """

    sha256: str
    baseline: int
    policy: str
    reason: Words


class NeedOpened(Event, kind="need.opened", about=("revision", "need")):
    """An open quantity goes back to the pool, to be ordered from another supplier."""

    line: Words
    quantity: Amount
    reason: Words


class NeedOrdered(Event, kind="need.ordered", about=("need",)):
    """The quantity was ordered from another supplier."""

    order: Words


class NeedClosed(Event, kind="need.closed", about=("need",)):
    """Nobody needs the quantity any more."""

    reason: Words
