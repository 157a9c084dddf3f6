"""What an answer does to the order: it proves that the version arrived, moves the answer's state, stops its clock."""

from django.utils import timezone

from orderwire.document.states import AnswerState, DeliveryState
from orderwire.flow import evidence
from orderwire.flow.acknowledge.came import Came
from orderwire.flow.cancel.later import mentioned
from orderwire.ledger.append import append
from orderwire.ledger.entry import Subject
from orderwire.ledger.events import AnswerAccepted, AnswerDifferent, AnswerRejected
from orderwire.records import Delivery, Order, Revision, Timer
from orderwire.records import Response as Row

_UNANSWERED = (AnswerState.NOT_ASKED, AnswerState.WAITING, AnswerState.OVERDUE, AnswerState.RECEIVED)


def prove(order: Order, revision: Revision, row: Row, came: Came) -> None:
    """Who answers a version has it: the link's delivery, and the primary one, are proven. One that nobody tried to send
    yet goes out all the same, for the answer cannot be to it."""
    undecided = row.state == Row.State.RECEIVED
    state = DeliveryState.DELIVERED if undecided else DeliveryState.ANSWERED
    text = f"{order.supplier_name} {'confirmed the receipt' if undecided else 'answered'}."
    primary = evidence.delivery_for(order, revision_id=revision.pk, supplier_id=order.supplier_id or 0)
    linked = came.link.delivery if came.link else None
    if primary is None and linked is None:  # a version that was never planned
        mentioned(order, actor=came.actor)
    for delivery in dict.fromkeys(filter(None, (linked, primary))):
        if delivery != linked and untried(delivery):
            continue
        evidence.prove(
            delivery,
            order=order,
            state=state,
            kind="answer",
            external_id=str(row.pk),
            text=text,
            actor=came.actor,
            blob=came.message.blob if came.message else None,
        )


def untried(delivery: Delivery | None) -> bool:
    """Whether nobody tried yet to send what is on its way."""
    return (
        delivery is not None
        and delivery.state in (DeliveryState.READY, DeliveryState.HELD)
        and not delivery.attempts.exists()
    )


def conclude(order: Order, row: Row, answer: AnswerState, came: Came, subjects: dict[Subject, int]) -> None:
    """The order's state of the answer, its clock and the word about it."""
    name = order.supplier_name
    if answer is AnswerState.RECEIVED:
        if order.answer_state in _UNANSWERED:
            order.answer_state = answer
            order.save(update_fields=["answer_state"])
        evidence.told(order, f"{name} confirmed the receipt")
        return
    order.answer_state = answer
    order.save(update_fields=["answer_state"])
    Timer.objects.filter(order=order, kind__in=("answer_due", "remind"), fired_at=None, stopped_at=None).exclude(
        data__has_key="cancellation"
    ).update(stopped_at=timezone.now())
    differences = row.differences
    if answer is AnswerState.ACCEPTED:
        append(AnswerAccepted(), actor=came.actor, order=order, subjects=subjects)
        evidence.told(order, f"{name} accepted the order")
    elif answer is AnswerState.REJECTED:
        reason = row.content.get("reason") or next((d["reason"] for d in differences if d.get("reason")), None)
        append(AnswerRejected(reason=reason), actor=came.actor, order=order, subjects=subjects)
        evidence.told(order, f"{name} declined the order")
    else:
        summary = tuple(d["text"] for d in differences[:5])
        count = len(differences)
        append(AnswerDifferent(differences=count, summary=summary), actor=came.actor, order=order, subjects=subjects)
        word = "1 difference" if count == 1 else f"{count} differences" if count else "something to settle"
        evidence.told(order, f"{name} answered with {word}")
