"""Approve: a revision may leave only when enough persons said yes to exactly its content, or a trusted source says that
this happened there. Enforced here, so that every door gets the same refusal."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from orderwire.document.amount import Amount
from orderwire.document.money import totals
from orderwire.document.order import Order as Document
from orderwire.document.states import OrderState
from orderwire.flow import Refused, in_force, route
from orderwire.flow.approved import BY_POLICY, approved, left
from orderwire.flow.find import Look
from orderwire.formats import Approval as Claim
from orderwire.governance import approval as rules
from orderwire.governance.changes import ChangePolicy, judge_amendment
from orderwire.governance.trust import trusts
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.ledger.entry import LONGEST, Event
from orderwire.records import Approval, EndpointVersion, Order, Revision, User
from orderwire.records.write import ApprovalRow

Accepted = Collection[tuple[str | None, str]]
"""Differences of an answer, by line (None: of the order) and field, that the policy accepted."""


@dataclass(frozen=True)
class Arrival:
    """What a document's own approval is worth: the state it starts in, the row and the event that say so."""

    state: OrderState
    approval: ApprovalRow | None
    event: Event


def arrival(document: Document, sha256: str, *, source: str, claim: Claim | None, look: Look) -> Arrival:
    """Judge an order that comes in. It is approved when `source` is trusted for it, else it waits for approval here."""
    policy = look.policy
    total = Amount(totals(document).total, document.currency)
    verdict = trusts(policy, source=source, total=total, given=claim, now=timezone.now())
    if not verdict.allowed or claim is None:
        needed = rules.required_approvals(policy, rules.case(document, bound_to=sha256))
        reason = needed.reason if claim is None else f"{needed.reason}; {verdict.reason}"
        return Arrival(
            OrderState.PENDING_APPROVAL, None, events.ApprovalRequested(approvers=needed.persons, reason=reason)
        )
    at = datetime.datetime.fromisoformat(claim.at)
    row = ApprovalRow(
        revision_sha256=sha256,
        decision=Approval.Decision.GRANTED.value,
        approver=claim.approver,
        user_id=None,
        source=source,
        reference=claim.reference or "",
        reason=verdict.reason,
        approved_at=at,
    )
    external = events.ApprovalExternal(
        sha256=sha256, source=source, approver=claim.approver, approved_at=at.isoformat(), reference=claim.reference
    )
    return Arrival(OrderState.APPROVED, row, external)


def amended(
    order: Order,
    document: Document,
    sha256: str,
    *,
    source: str,
    claim: Claim | None,
    look: Look,
    accepted: Accepted = (),
) -> Arrival:
    """Judge the next version of an order: a trusted source says yes to it as to a new one, and what was approved once
    may change as far as the policy of changes lets it."""
    came = arrival(document, sha256, source=source, claim=claim, look=look)
    known = approved(order)
    if came.state is OrderState.APPROVED or known is None:
        return came
    policy = look.changes
    baseline, before = (Document.model_validate_json(bytes(r.content)) for r in (known.baseline, known.newest))
    if document.model_copy(update={"revision": baseline.revision}) == baseline:
        again = f"It says again what version {baseline.revision} said, which {known.by} approved."
        return _by_policy(policy, sha256, baseline, again)
    judged = judge_amendment(
        policy,
        baseline=baseline,
        before=before,
        after=document,
        rates=look.policy.exchange,
        accepted=accepted,
        approved_by=known.by,
        thresholds=look.policy.thresholds,
    )
    assert isinstance(came.event, events.ApprovalRequested)
    if judged.needs_approval:
        reason = " ".join([*judged.reasons, f"{came.event.reason[:1].upper()}{came.event.reason[1:]}."])
        return Arrival(came.state, None, came.event.model_copy(update={"reason": reason[:LONGEST]}))
    inside = f"Within what {policy.name} (version {policy.version}) lets pass since version {baseline.revision}."
    return _by_policy(policy, sha256, baseline, inside)


def _by_policy(policy: ChangePolicy, sha256: str, baseline: Document, reason: str) -> Arrival:
    row = ApprovalRow(
        revision_sha256=sha256,
        decision=Approval.Decision.GRANTED.value,
        approver=f"Policy {policy.name} {policy.version}"[:160],
        user_id=None,
        source=f"{BY_POLICY}changes",
        reference=policy.sha256,
        reason=reason,
        approved_at=timezone.now(),
    )
    told = events.ApprovalByPolicy(sha256=sha256, baseline=baseline.revision, policy=policy.sha256, reason=reason)
    return Arrival(OrderState.APPROVED, row, told)


def may(order: Order, user: User) -> rules.Verdict:
    """Whether this person may approve the order's current version now, with the reason in words."""
    if order.state != OrderState.PENDING_APPROVAL:
        return rules.Verdict(False, "This order does not wait for approval.")
    return _verdict(order, order.revisions.get(number=order.revision), user)


def grant(order_id: int, *, user: User, sha256: str, reason: str = "") -> Order:
    """Record a yes to exactly the content with this fingerprint; the last yes plans the order. Raises Refused."""
    with transaction.atomic():
        order, revision = _waiting(order_id, sha256)
        verdict = _verdict(order, revision, user)
        if not verdict.allowed:
            raise Refused(verdict.reason, kind="not_allowed")
        _record(revision, user, Approval.Decision.GRANTED, reason)
        granted = events.ApprovalGranted(
            sha256=revision.sha256, complete=not verdict.missing, reason=reason or verdict.reason
        )
        append(granted, actor=f"user:{user.username}", order=order, subjects={"revision": revision.pk})
        if verdict.missing:
            _told(order, f"Approved by {user.shown_name}, {verdict.missing} more needed")
        else:
            document = Document.model_validate_json(bytes(revision.content))
            route.plan(order, revision, document, actor=f"user:{user.username}")
    return order


def refuse(order_id: int, *, user: User, sha256: str, reason: str) -> Order:
    """Record a no; the order does not leave. Raises Refused for who could not approve it, or without a reason."""
    if not reason.strip():
        raise Refused("A refusal needs a reason.", remedy="Write one sentence for the person who made the order.")
    with transaction.atomic():
        order, revision = _waiting(order_id, sha256)
        verdict = _verdict(order, revision, user)
        if not verdict.allowed:
            raise Refused(verdict.reason, kind="not_allowed")
        _record(revision, user, Approval.Decision.REFUSED, reason)
        order.state, order.reason = OrderState.REFUSED, reason
        order.save(update_fields=["state", "reason"])
        _told(order, f"Not approved by {user.shown_name}")
        refused = events.ApprovalRefused(reason=reason)
        append(refused, actor=f"user:{user.username}", order=order, subjects={"revision": revision.pk})
        in_force.undone(order, revision, actor=f"user:{user.username}", reason=reason)
    return order


def account_closed(user: User, *, actor: str) -> tuple[str, ...]:
    """What this person approved and nobody was sent yet waits for another's yes: whoever is gone cannot answer for it.
    What left stays approved, for that was right when it was done. Returns the numbers of the orders."""
    given = Approval.objects.filter(
        user=user,
        decision=Approval.Decision.GRANTED,
        revision__number=F("revision__order__revision"),
        revision__order__state__in=[OrderState.APPROVED, OrderState.HELD],
    )
    waits = []
    for revision in Revision.objects.filter(pk__in=given.values("revision")).order_by("pk"):
        with transaction.atomic():
            order = Order.objects.select_for_update().get(pk=revision.order_id)
            if order.revision != revision.number or Revision.objects.filter(left("pk"), pk=revision.pk).exists():
                continue
            order.state, order.reason, order.delivery_state = OrderState.PENDING_APPROVAL, "", None
            order.save(update_fields=["state", "reason", "delivery_state"])
            _told(order, f"The account of {user.shown_name}, who approved it, was closed")
            reason = f"The account of {user.shown_name}, who approved it, was closed before it was sent."
            append(events.ApprovalVoided(reason=reason), actor=actor, order=order, subjects={"revision": revision.pk})
            waits.append(order.number)
    return tuple(waits)


def _waiting(order_id: int, sha256: str) -> tuple[Order, Revision]:
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise Refused("There is no such order.", kind="not_found")
    revision = order.revisions.get(number=order.revision)
    if revision.sha256 != sha256:
        raise Refused("The order changed since you looked at it.", remedy="Look at the new version.", kind="conflict")
    if order.state != OrderState.PENDING_APPROVAL:
        raise Refused("This order does not wait for approval.", kind="conflict")
    return order, revision


def _verdict(order: Order, revision: Revision, user: User) -> rules.Verdict:
    document = Document.model_validate_json(bytes(revision.content))
    policy = Look().policy
    needed = rules.required_approvals(policy, rules.case(document, bound_to=revision.sha256))
    groups = user.roles | ({"administrators"} if user.is_superuser else frozenset())
    person = rules.Person(user.username, user.shown_name, groups, active=user.is_active and user.partner_id is None)
    prior = [
        rules.Approval(username, sha256)
        for username, sha256 in revision.approvals.filter(
            decision=Approval.Decision.GRANTED, user__is_active=True
        ).values_list("user__username", "revision_sha256")
    ]
    creator = revision.created_by.partition(":")[2]
    return rules.may_approve(policy, needed, person, prior=prior, creator=creator, involved=_involved(order, revision))


def _involved(order: Order, revision: Revision) -> dict[str, str]:
    """Who must not approve it (segregation of duties): whoever wrote the addresses that this supplier's orders go to,
    and who wrote down the supplier's words that this version takes over."""
    answer = revision.decides
    found = {}
    if answer is not None and answer.means and answer.actor.startswith("user:"):
        found[answer.actor.partition(":")[2]] = "recorded the answer that it takes over"
    if order.supplier_id is not None:
        current = EndpointVersion.objects.filter(endpoint__partner_id=order.supplier_id, created_by__startswith="user:")
        names = current.extra(where=["ow_endpoint_version.number = ow_endpoint.version"]).select_related("endpoint")
        found |= {version.created_by.partition(":")[2]: "changed the supplier's address" for version in names}
    return found


def _record(revision: Revision, user: User, decision: Approval.Decision, reason: str) -> None:
    Approval.objects.create(
        revision=revision,
        revision_sha256=revision.sha256,
        decision=decision,
        approver=user.shown_name,
        user=user,
        reason=reason,
        approved_at=timezone.now(),
    )


def _told(order: Order, headline: str) -> None:
    order.last_event, order.changed_at = headline[:200], timezone.now()
    order.save(update_fields=["last_event", "changed_at"])
