"""One decision of all that an answer says otherwise, in one transaction, and what follows from it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from orderwire.document.order import Order as Document
from orderwire.document.response import Response as Answer
from orderwire.document.states import AnswerState, OrderState
from orderwire.flow import Refused, amend, cancel, evidence, hold, in_force
from orderwire.flow.decide.again import send_again
from orderwire.flow.decide.choice import LineDecision, chosen
from orderwire.flow.decide.outcome import Outcome, outcome
from orderwire.ledger.append import append
from orderwire.ledger.entry import Subject
from orderwire.ledger.events import AnswerAccepted, AnswerDecided, AnswerInsisted
from orderwire.records import Order, Response, Revision

_DECIDABLE = (OrderState.APPROVED, OrderState.HELD, OrderState.REFUSED)


@dataclass(frozen=True)
class Decided:
    """What became of a decision: `revision` is the version that tells it (None: the supplier keeps the one he has),
    `state` the order's from now on (pending_approval: the decision waits for somebody's yes)."""

    response: Response
    revision: int | None
    state: str


def decide(response_id: int, *, actor: str, decisions: Sequence[LineDecision], reason: str = "") -> Decided:
    """Decide an open answer to the version in force, every line of it; `reason` goes to the supplier, and is asked for
    where the buyer insists or counters.

    What changes becomes one new version; it is approved by policy or waits for a person, then goes to the supplier.
    Only insisting sends the same version again. Raises Refused: not open any more (conflict), a line undecided, or
    nothing would be left of the order though nobody wants it elsewhere.
    """
    with transaction.atomic():
        order, row, revision = _open(response_id)
        held = Document.model_validate_json(bytes(revision.content))
        choices = chosen(held, row.differences, decisions)
        if not reason.strip() and any(d.choice in ("insist", "counter") for d in choices.values()):
            raise Refused("Whoever insists, or offers something else, needs a reason.", remedy="The supplier reads it.")
        made = outcome(held, Answer.model_validate(row.standing or row.content), choices)
        if made.document is None and not made.needs:
            text = f"{order.supplier_name} declined; there is nothing to accept."
            raise Refused(text, remedy="Insist, order it elsewhere, or cancel the order.", kind="conflict")
        row.state, row.decided_at, row.decided_by = Response.State.DECIDED, timezone.now(), actor
        row.decisions = _kept(choices.values(), made, reason)
        row.save(update_fields=["state", "decided_at", "decided_by", "decisions"])
        told = _carry_out(order, row, revision, held, made, actor=actor, reason=reason)
        counts = Counter(d.choice for d in choices.values())
        event = AnswerDecided(
            accepted=counts["accept"],
            countered=counts["counter"],
            insisted=counts["insist"],
            resourced=counts["resource"],
            told=told,
            reason=reason or None,
        )
        append(event, actor=actor, order=order, subjects=_about(row))
        order.refresh_from_db()
        return Decided(row, told, order.state)


def _open(response_id: int) -> tuple[Order, Response, Revision]:
    """The answer with its order, locked. Raises Refused where there is nothing to decide."""
    known = Response.objects.filter(pk=response_id, order__isnull=False).first()
    if known is None or known.order_id is None:
        raise Refused("There is no such answer.", kind="not_found")
    order = Order.objects.select_for_update().get(pk=known.order_id)
    row = Response.objects.select_related("revision").get(pk=response_id)
    newest = order.revisions.get(number=order.revision)
    again = order.state == OrderState.REFUSED and newest.decides_id == row.pk
    if row.state != Response.State.OPEN or row.revision is None or not (again or row.revision_id == newest.pk):
        remedy = "Load the order again; a later answer or a colleague's decision may be there."
        raise Refused("This answer is not open for a decision.", remedy=remedy, kind="conflict")
    if order.state not in _DECIDABLE or hold.by_hand(order):
        label = OrderState(order.state).label.lower()
        remedy = "Resume it first." if order.state == OrderState.HELD else "Wait until that is settled."
        raise Refused(f"The order is {label}, so no answer to it is decided.", remedy=remedy, kind="conflict")
    return order, row, row.revision


def _kept(decisions: Iterable[LineDecision], made: Outcome, reason: str) -> list[dict[str, Any]]:
    """The decisions as they are stored, with what is to be ordered elsewhere and who has to speak next."""
    kept = []
    for each in decisions:
        row = each.as_json()
        if each.line in made.needs:
            row["need"] = made.needs[each.line].model_dump(mode="json", exclude_defaults=True)
        if each.line in made.asks:
            row["asks"] = True
        if reason:
            row["reason"] = reason
        kept.append(row)
    return kept


def _carry_out(
    order: Order, row: Response, revision: Revision, held: Document, made: Outcome, *, actor: str, reason: str
) -> int | None:
    """The version that says so, or the same one again. Returns the number of the new version."""
    if made.document is None:
        in_force.open_needs(order, row, actor=actor)
        order.answer_state, order.answer_due_at = AnswerState.WAITING, None
        order.save(update_fields=["answer_state", "answer_due_at"])
        cancel.ask(order.pk, actor=actor, code="elsewhere", reason=reason)
        return None
    if made.document == held and order.revision == revision.number:
        if not made.asks:
            order.answer_state = AnswerState.ACCEPTED
            order.save(update_fields=["answer_state"])
            append(AnswerAccepted(differences=len(row.differences)), actor=actor, order=order, subjects=_about(row))
            evidence.told(order, f"The differences of {order.supplier_name} were accepted")
            return None
        send_again(order, revision, actor=actor, reason=reason)
        append(AnswerInsisted(reason=reason), actor=actor, order=order, subjects=_about(row))
        evidence.told(order, f"Insisted on the order; {order.supplier_name} should answer again")
        return None
    why = reason or f"As decided on the answer of {order.supplier_name}"
    created = amend.propose(
        order.pk,
        made.document,
        base=revision.number,
        actor=actor,
        reason=why,
        decides=row,
        accepted=_by_policy(row),
    )
    return created.revision


def _by_policy(row: Response) -> list[tuple[str | None, str]]:
    """The differences that the policy accepted and that are accepted: their size was judged when the answer came."""
    taken = {d["line"] for d in row.decisions if d["choice"] == "accept"}
    return [
        (d.get("line"), d["field"]) for d in row.differences if d.get("verdict") == "accept" and d.get("line") in taken
    ]


def _about(row: Response) -> dict[Subject, int | str]:
    return {"revision": row.revision_id or 0, "response": row.pk}
