"""The buyer closes an answer that differs: take it as answered, or insist and wait for another one."""

import datetime

from django.db import transaction
from django.utils import timezone

from orderwire.document.states import AnswerState
from orderwire.flow import Refused, evidence
from orderwire.ledger.append import append
from orderwire.ledger.entry import Subject
from orderwire.ledger.events import AnswerAccepted, AnswerInsisted
from orderwire.records import Order, Response, Timer

AGAIN_DAYS = 2
"""Days that the supplier gets to answer again where the plan says nothing."""


def decide(response_id: int, *, actor: str, accept: bool, reason: str = "") -> Response:
    """Decide an open answer to the current version. `reason` is asked for where the buyer insists.

    Taking the differences closes the loop; the order itself stays as it was (docs/known-limits.md).
    Raises Refused for an answer that is not open, or that declines and so leaves nothing to accept.
    """
    with transaction.atomic():
        known = Response.objects.filter(pk=response_id, order__isnull=False).first()
        if known is None or known.order_id is None:
            raise Refused("There is no such answer.", kind="not_found")
        order = Order.objects.select_for_update(no_key=True).get(pk=known.order_id)
        row = Response.objects.select_related("revision").get(pk=response_id)
        if row.state != Response.State.OPEN or row.revision is None or row.revision.number != order.revision:
            remedy = "Load the order again; a later answer or a colleague's decision may be there."
            raise Refused("This answer is not open for a decision.", remedy=remedy, kind="conflict")
        if accept and order.answer_state != AnswerState.DIFFERENT:
            text = f"{order.supplier_name} declined; there is nothing to accept."
            raise Refused(text, remedy="Insist with a reason, or cancel the order.", kind="conflict")
        if not accept and not reason.strip():
            raise Refused("Insisting needs a reason.", remedy="Say what the supplier should do.")
        now = timezone.now()
        row.state, row.decided_at = Response.State.DECIDED, now
        row.save(update_fields=["state", "decided_at"])
        subjects: dict[Subject, int] = {"revision": row.revision.pk, "response": row.pk}
        if accept:
            order.answer_state = AnswerState.ACCEPTED
            event = AnswerAccepted(differences=len(row.differences))
            append(event, actor=actor, order=order, subjects=subjects)
            evidence.told(order, f"The differences of {order.supplier_name} were accepted")
        else:
            order.answer_state = AnswerState.WAITING
            order.answer_due_at = now + datetime.timedelta(days=_days(order, row.revision.pk))
            Timer.objects.create(kind="answer_due", order=order, due_at=order.answer_due_at)
            append(AnswerInsisted(reason=reason), actor=actor, order=order, subjects=subjects)
            evidence.told(order, f"Insisted on the order; {order.supplier_name} should answer again")
        order.save(update_fields=["answer_state", "answer_due_at"])
        return row


def _days(order: Order, revision_id: int) -> int:
    delivery = evidence.delivery_for(order, revision_id=revision_id, supplier_id=order.supplier_id or 0)
    days = delivery.leg.answer_due_days if delivery and delivery.leg else None
    return days if days is not None else AGAIN_DAYS
