"""Take in one answer: find its order and version, say what it changes, and close the loop or ask the buyer."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from orderwire.document.order import Order as OrderDocument
from orderwire.document.response import HeaderStatus, Response
from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.flow import evidence
from orderwire.flow.acknowledge.contradictions import contradictions
from orderwire.flow.acknowledge.differences import Comparison, compare
from orderwire.flow.acknowledge.match import NoMatch, deliveries, order_for, revision_for
from orderwire.flow.acknowledge.meaning import digest, meaning
from orderwire.ledger.append import append
from orderwire.ledger.entry import Subject
from orderwire.ledger.events import (
    AnswerAccepted,
    AnswerDifferent,
    AnswerDuplicate,
    AnswerReceived,
    AnswerRejected,
    AnswerUnmatched,
)
from orderwire.records import AnswerLink, Message, Order, Partner, Revision, Timer
from orderwire.records import Response as Row

_CURRENT = (Row.State.ACCEPTED, Row.State.OPEN, Row.State.DECIDED, Row.State.OLD_VERSION, Row.State.RECEIVED)
_REPLACED = (Row.State.ACCEPTED, Row.State.OPEN, Row.State.OLD_VERSION, Row.State.RECEIVED)
_UNANSWERED = (AnswerState.NOT_ASKED, AnswerState.WAITING, AnswerState.OVERDUE, AnswerState.RECEIVED)


@dataclass(frozen=True)
class _Came:
    """How an answer came in."""

    source: str
    actor: str
    message: Message | None
    link: AnswerLink | None

    def subjects(self, **more: int) -> dict[Subject, int]:
        found: dict[Subject, int] = {**more}  # type: ignore[dict-item]
        if self.message is not None:
            found["message"] = self.message.pk
        return found


def take(
    response: Response,
    *,
    supplier: Partner | None,
    source: str,
    actor: str,
    message: Message | None = None,
    link: AnswerLink | None = None,
) -> Row:
    """Keep the answer of `supplier` (None: the sender is not known) and do what it means.

    Returns the answer as kept; for a repeated one, the first. What fits no order is kept as unmatched; nothing here
    raises for the content of an answer, and nothing changes what was ordered. Serialized by a lock on the order.
    """
    came = _Came(source, actor, message, link)
    with transaction.atomic():
        try:
            found = order_for(response, supplier=supplier, link=link)
            order = Order.objects.select_for_update(no_key=True).get(pk=found.pk)
            revision = revision_for(order, response, link=link)
        except NoMatch as failure:
            return _unmatched(response, supplier, str(failure), came)
        document = OrderDocument.model_validate_json(bytes(revision.content))
        comparison = compare(document, response)
        sha256 = meaning(response, revision=revision.number, order=document, comparison=comparison)
        earlier = _same(response, sha256, order, revision)
        if earlier is not None:
            event = AnswerDuplicate(source=source)
            append(event, actor=actor, order=order, subjects=came.subjects(response=earlier.pk))
            return earlier
        return _keep(response, order, revision, comparison, sha256, came)


def _unmatched(response: Response, supplier: Partner | None, problem: str, came: _Came) -> Row:
    content = response.model_dump(mode="json", exclude_defaults=True)
    sha256 = digest({"supplier": supplier.pk if supplier else None, **content})
    earlier = Row.objects.filter(state=Row.State.UNMATCHED, meaning_sha256=sha256).first()
    if earlier is not None:
        append(AnswerDuplicate(source=came.source), actor=came.actor, subjects=came.subjects(response=earlier.pk))
        return earlier
    row = Row.objects.create(
        supplier=supplier,
        message=came.message,
        link=came.link,
        content=content,
        meaning_sha256=sha256,
        status=response.status.value,
        state=Row.State.UNMATCHED,
        problem=problem,
        source=came.source,
        actor=came.actor,
    )
    append(AnswerUnmatched(reason=problem), actor=came.actor, subjects=came.subjects(response=row.pk))
    return row


def _same(response: Response, sha256: str, order: Order, revision: Revision) -> Row | None:
    """The earlier answer that this one only repeats: the one that counts, or a replay of an older document."""
    rows = Row.objects.filter(order=order, revision=revision)
    last = rows.filter(state__in=_CURRENT).order_by("-pk").first()
    if last is not None and last.meaning_sha256 == sha256:
        # The buyer insisted: the same answer again is the supplier's answer to that.
        insisted = last.state == Row.State.DECIDED and order.answer_state != AnswerState.ACCEPTED
        if not insisted:
            return last
    if response.number is None:
        return None
    content = response.model_dump(mode="json", exclude_defaults=True)
    return rows.filter(meaning_sha256=sha256, content=content).order_by("-pk").first()


def _keep(
    response: Response, order: Order, revision: Revision, comparison: Comparison, sha256: str, came: _Came
) -> Row:
    current = revision.number == order.revision
    document = OrderDocument.model_validate_json(bytes(revision.content))
    contradicts = contradictions(document, response, comparison, on=timezone.localdate())
    problems = [*(found.text for found in contradicts), *_doubts(order, revision, current)]
    state, answer = _verdict(response, comparison, bool(problems), current)
    earlier = Row.objects.filter(order=order, revision=revision)
    if state is not Row.State.RECEIVED:
        earlier.filter(state__in=_REPLACED).update(state=Row.State.SUPERSEDED)
    row = Row.objects.create(
        order=order,
        revision=revision,
        supplier=order.supplier,
        message=came.message,
        link=came.link,
        content=response.model_dump(mode="json", exclude_defaults=True),
        meaning_sha256=sha256,
        status=response.status.value,
        state=state,
        differences=[d.as_json() for d in comparison.differences],
        problem=" ".join(problems),
        source=came.source,
        actor=came.actor,
    )
    subjects = came.subjects(revision=revision.pk, response=row.pk)
    received = AnswerReceived(status=response.status.value, source=came.source, current=current)
    append(received, actor=came.actor, order=order, subjects=subjects)
    _prove(order, revision, row, came)
    if current and order.state in (OrderState.APPROVED, OrderState.HELD):
        _conclude(order, row, answer, comparison, came, subjects)
    else:
        evidence.told(order, f"{order.supplier_name} answered version {revision.number}")
    return row


def _doubts(order: Order, revision: Revision, current: bool) -> list[str]:
    """Why even a plain yes needs a person."""
    doubts = []
    if order.state not in (OrderState.APPROVED, OrderState.HELD) and current:
        doubts.append(f"The order is not in force ({OrderState[order.state.upper()].label.lower()}).")
    if not deliveries(order).filter(revision=revision).exists():
        doubts.append(f"Version {revision.number} was never sent to {order.supplier_name}.")
    return doubts


def _verdict(
    response: Response, comparison: Comparison, problems: bool, current: bool
) -> tuple[Row.State, AnswerState]:
    """The state of the answer, and of the order where the answer is to its current version."""
    answer = AnswerState.ACCEPTED
    if comparison.declined:
        answer = AnswerState.REJECTED
    elif comparison.differences or problems:
        answer = AnswerState.DIFFERENT
    elif response.status is HeaderStatus.RECEIVED:
        answer = AnswerState.RECEIVED
    if answer is AnswerState.RECEIVED:
        return Row.State.RECEIVED, answer
    if not current:
        return Row.State.OLD_VERSION, answer
    return (Row.State.ACCEPTED if answer is AnswerState.ACCEPTED else Row.State.OPEN), answer


def _prove(order: Order, revision: Revision, row: Row, came: _Came) -> None:
    """Who answers has the order: the link's delivery, and the primary one, are proven."""
    undecided = row.state == Row.State.RECEIVED
    state = DeliveryState.DELIVERED if undecided else DeliveryState.ANSWERED
    text = f"{order.supplier_name} {'confirmed the receipt' if undecided else 'answered'}."
    primary = evidence.delivery_for(order, revision_id=revision.pk, supplier_id=order.supplier_id or 0)
    linked = came.link.delivery if came.link else None
    for delivery in dict.fromkeys(filter(None, (linked, primary))):
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


def _conclude(
    order: Order, row: Row, answer: AnswerState, comparison: Comparison, came: _Came, subjects: dict[Subject, int]
) -> None:
    """What the answer does to the order: its state, its clock and the word about it."""
    count = len(comparison.differences)
    name = order.supplier_name
    if answer is AnswerState.RECEIVED:
        if order.answer_state in _UNANSWERED:
            order.answer_state = answer
            order.save(update_fields=["answer_state"])
        evidence.told(order, f"{name} confirmed the receipt")
        return
    order.answer_state = answer
    order.save(update_fields=["answer_state"])
    Timer.objects.filter(order=order, kind="answer_due", fired_at=None, stopped_at=None).update(
        stopped_at=timezone.now()
    )
    if answer is AnswerState.ACCEPTED:
        append(AnswerAccepted(), actor=came.actor, order=order, subjects=subjects)
        evidence.told(order, f"{name} accepted the order")
    elif answer is AnswerState.REJECTED:
        reason = str(row.content.get("reason") or next((d.reason for d in comparison.differences if d.reason), ""))
        append(AnswerRejected(reason=reason or None), actor=came.actor, order=order, subjects=subjects)
        evidence.told(order, f"{name} declined the order")
    else:
        summary = tuple(d.text for d in comparison.differences[:5])
        append(AnswerDifferent(differences=count, summary=summary), actor=came.actor, order=order, subjects=subjects)
        word = "1 difference" if count == 1 else f"{count} differences" if count else "something to settle"
        evidence.told(order, f"{name} answered with {word}")
