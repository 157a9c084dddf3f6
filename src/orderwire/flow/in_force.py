"""What happens when a version that tells a decision comes into force, or is not approved: the supplier's word counts
from then on, and what is ordered elsewhere goes to the pool; or the answer is open again."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from orderwire.document.states import AnswerState, OrderState
from orderwire.ledger.append import append
from orderwire.ledger.entry import Subject
from orderwire.ledger.events import AnswerAccepted, AnswerReopened, NeedClosed, NeedOpened
from orderwire.records import Need, Order, Response, Revision


def says(revision: Revision) -> dict[str, Any]:
    """What the deliveries of a version say of the answer that it decides: that we agree to it, or what we want instead.

    A version that agrees asks for no answer; one that counters asks for one, whatever the plan says.
    """
    answer = revision.decides
    if answer is None:
        return {}
    if not asks(answer.decisions):
        return {"agrees": answer.pk}
    return {"counters": answer.pk, "reason": next((d["reason"] for d in answer.decisions if d.get("reason")), "")}


def asks(decisions: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the supplier has to say something again."""
    return any(d.get("asks") for d in decisions)


def begins(order: Order, revision: Revision, *, actor: str) -> None:
    """The version is approved and planned: what it agrees to closes the loop. The same again changes nothing."""
    answer = revision.decides
    if answer is None:
        return
    open_needs(order, answer, actor=actor)
    if not asks(answer.decisions) and order.answer_state == AnswerState.NOT_ASKED:
        order.answer_state = AnswerState.ACCEPTED
        order.save(update_fields=["answer_state"])
        event = AnswerAccepted(differences=len(answer.differences))
        append(event, actor=actor, order=order, subjects={"revision": revision.pk, "response": answer.pk})


def open_needs(order: Order, answer: Response, *, actor: str) -> None:
    """What the decision takes from this supplier goes to the pool, once."""
    assert answer.revision is not None
    there = set(_needs(order, answer).values_list("line", flat=True))
    for decided in answer.decisions:
        line = decided.get("need")
        if line is None or decided["line"] in there:
            continue
        need = Need.objects.create(
            order=order,
            revision=answer.revision,
            line=line["number"],
            content=line,
            quantity=Decimal(line["quantity"]),
            reason=decided.get("reason", ""),
            opened_by=actor,
            opened_at=timezone.now(),
        )
        opened = NeedOpened(line=need.line, quantity=need.quantity, reason=need.reason)
        append(opened, actor=actor, order=order, subjects={"revision": answer.revision.pk, "need": need.pk})


def _needs(order: Order, answer: Response) -> QuerySet[Need]:
    """What the last decision of this answer put into the pool."""
    return Need.objects.filter(order=order, revision=answer.revision_id or 0, opened_at__gte=answer.decided_at)


def replaced(order: Order, revision: Revision, *, actor: str, by: int) -> None:
    """Another version follows this one. A decision that it told and that never came into force was none: its answer
    stays with the version that it answered."""
    held = order.state == OrderState.HELD and not revision.plans.filter(problem="").exists()
    if held or order.state == OrderState.PENDING_APPROVAL:
        undone(order, revision, actor=actor, reason=f"Version {by} came before version {revision.number} was in force.")


def undone(order: Order, revision: Revision, *, actor: str, reason: str) -> None:
    """The version is not approved: its answer needs another decision. What went to the pool for an approval that was
    void later leaves it, unless it is ordered already."""
    answer = revision.decides
    if answer is None or answer.state != Response.State.DECIDED:
        return
    for need in _needs(order, answer).filter(state=Need.State.OPEN):
        need.state, need.closed_by, need.closed_at = Need.State.CLOSED, actor, timezone.now()
        need.save(update_fields=["state", "closed_by", "closed_at"])
        append(NeedClosed(reason=reason), actor=actor, order=order, subjects={"need": need.pk})
    answer.state, answer.decisions, answer.decided_at, answer.decided_by = Response.State.OPEN, [], None, ""
    answer.save(update_fields=["state", "decisions", "decided_at", "decided_by"])
    order.answer_state = _undecided(answer)
    order.save(update_fields=["answer_state"])
    about: dict[Subject, int] = {"revision": answer.revision_id or 0, "response": answer.pk}
    append(AnswerReopened(reason=reason), actor=actor, order=order, subjects=about)


def _undecided(answer: Response) -> AnswerState:
    """Where the order stood before the answer was decided: all of it was declined, or something differs."""
    assert answer.revision is not None
    gone = [d for d in answer.differences if d["field"] == "line" and d.get("line") is not None]
    whole = any(d["field"] == "order" for d in answer.differences)
    return AnswerState.REJECTED if whole or len(gone) == answer.revision.lines.count() else AnswerState.DIFFERENT
