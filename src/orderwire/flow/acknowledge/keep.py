"""Keep an answer to a version of an order: what it comes to, beside what the supplier said before, and what follows."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from orderwire.document.order import Order as OrderDocument
from orderwire.document.response import HeaderStatus, Response
from orderwire.document.states import AnswerState, OrderState
from orderwire.flow import cancel, decide, evidence
from orderwire.flow.acknowledge.came import Came
from orderwire.flow.acknowledge.conclude import conclude, prove, untried
from orderwire.flow.acknowledge.contradictions import contradictions
from orderwire.flow.acknowledge.differences import Comparison, compare
from orderwire.flow.acknowledge.judged import judged
from orderwire.flow.acknowledge.match import deliveries
from orderwire.flow.acknowledge.meaning import meaning
from orderwire.flow.acknowledge.standing import merged, speaks_of_all
from orderwire.ledger.append import append
from orderwire.ledger.events import AnswerDuplicate, AnswerReceived
from orderwire.records import Leg, Order, Revision
from orderwire.records import Response as Row

IN_FORCE = (OrderState.APPROVED, OrderState.HELD, OrderState.CANCELLING)
"""Whoever is asked to cancel may still confirm what he was sent: his two answers do not touch each other."""

_COUNTS = (Row.State.ACCEPTED, Row.State.OPEN, Row.State.DECIDED, Row.State.OLD_VERSION, Row.State.RECEIVED)
_REPLACED = (Row.State.ACCEPTED, Row.State.OPEN, Row.State.OLD_VERSION, Row.State.RECEIVED)


@dataclass(frozen=True)
class Found:
    """What an answer comes to. `whole` is all that the supplier has said, of which `response` may be a part; `late`: a
    newer one is here already."""

    document: OrderDocument
    whole: Response
    comparison: Comparison
    sha256: str
    adds: bool
    late: bool


def same_as_before(again: Row) -> bool:
    """Whether an answer that waits for its version waits on: that is not on its way yet, or the order is not in force.
    Or all is decided by now."""
    if again.order is None or again.revision is None:
        return False
    settled = again.state not in (Row.State.OPEN, Row.State.OLD_VERSION, Row.State.RECEIVED)
    in_force = again.order.state in IN_FORCE
    return settled or not in_force or not deliveries(again.order).filter(revision=again.revision).exists()


def fits(response: Response, order: Order, revision: Revision, adds: bool, came: Came) -> Row:
    document = OrderDocument.model_validate_json(bytes(revision.content))
    before = _before(order, revision, came)
    said_before = Response.model_validate(before.standing or before.content) if before else None
    late = said_before is not None and _older(response, said_before)
    whole = response
    if adds and said_before is not None:
        whole = merged(document, *((response, said_before) if late else (said_before, response)))
    comparison = compare(document, whole)
    sha256 = meaning(whole, revision=revision.number, order=document, comparison=comparison)
    earlier = _same(response, sha256, order, revision, late and not adds, came)
    if earlier is not None:
        return repeated(earlier, order, came)
    found = Found(document, whole, comparison, sha256, adds, late and not adds)
    return _keep(response, order, revision, found, came)


def _before(order: Order, revision: Revision, came: Came) -> Row | None:
    """The answer to this version that counts; a mere receipt is none."""
    rows = Row.objects.filter(order=order, revision=revision, state__in=_COUNTS).exclude(pk=came.own)
    rows = rows.exclude(content__contains={"answers": "cancellation"}).exclude(
        state=Row.State.RECEIVED, status=HeaderStatus.RECEIVED
    )
    return rows.order_by("-pk").first()


def _older(response: Response, before: Response) -> bool:
    """Whether it was written on a day before that of the answer that counts."""
    return response.answered is not None and before.answered is not None and response.answered < before.answered


def _same(response: Response, sha256: str, order: Order, revision: Revision, late: bool, came: Came) -> Row | None:
    """The earlier answer that this one only repeats: the one that counts, or a replay of an older document."""
    rows = Row.objects.filter(order=order, revision=revision).exclude(pk=came.own)
    last = rows.filter(state__in=_COUNTS).order_by("-pk").first()
    if last is not None and last.meaning_sha256 == sha256:
        # The buyer insisted: the same answer again is the supplier's answer to that, once it may have reached him.
        insisted = last.state == Row.State.DECIDED and order.answer_state != AnswerState.ACCEPTED
        sent = evidence.delivery_for(order, revision_id=revision.pk, supplier_id=order.supplier_id or 0)
        if not insisted or untried(sent):
            return last
    if response.number is None and not late:
        return None
    return rows.filter(content=content_of(response)).order_by("-pk").first()


def repeated(earlier: Row, order: Order, came: Came) -> Row:
    """The same again: nothing changes, and nothing waits for it."""
    subjects = came.subjects(response=earlier.pk)
    append(AnswerDuplicate(source=came.source), actor=came.actor, order=order, subjects=subjects)
    if came.again is not None:
        came.keep(order=order, revision=earlier.revision, state=Row.State.SUPERSEDED, waits=False, problem="")
    return earlier


def content_of(response: Response) -> dict[str, Any]:
    """The answer as it is stored."""
    return response.model_dump(mode="json", exclude_defaults=True)


def _keep(response: Response, order: Order, revision: Revision, found: Found, came: Came) -> Row:
    current = revision.number == order.revision
    on = timezone.localdate(came.again.received_at) if came.again else timezone.localdate()
    never_sent = not deliveries(order).filter(revision=revision).exists()
    problems = [c.text for c in contradictions(found.document, found.whole, found.comparison, on=on)]
    problems += _doubts(order, revision, current, never_sent)
    state, answer = _verdict(found, bool(problems), current, _by_line(order, revision))
    if not found.late and answer is not AnswerState.RECEIVED:
        earlier = Row.objects.filter(order=order, revision=revision, state__in=_REPLACED).exclude(pk=came.own)
        earlier.exclude(content__contains={"answers": "cancellation"}).update(state=Row.State.SUPERSEDED, waits=False)
    first = came.again is None or came.again.order_id is None
    assert order.supplier is not None  # the answer is his
    row = came.keep(
        order=order,
        revision=revision,
        supplier=order.supplier,
        content=content_of(response),
        standing=content_of(found.whole) if found.adds else None,
        meaning_sha256=found.sha256,
        status=found.whole.status.value,
        state=state,
        differences=judged(found.document, found.comparison.differences, supplier=order.supplier),
        problem=" ".join(problems),
        waits=current and (never_sent or order.state not in IN_FORCE),
    )
    subjects = came.subjects(revision=revision.pk, response=row.pk)
    if first:
        said = {"status": response.status.value, "source": came.source, "means": came.means or None}
        append(AnswerReceived(**said, current=current), actor=came.actor, order=order, subjects=subjects)
    prove(order, revision, row, came)
    if found.late:
        evidence.told(order, f"An older answer of {order.supplier_name} came late")
    elif state is Row.State.RECEIVED and answer is not AnswerState.RECEIVED:
        evidence.told(order, f"{order.supplier_name} answered some of the lines")
    elif current and order.state in IN_FORCE:
        conclude(order, row, answer, came, subjects)
    else:
        evidence.told(order, f"{order.supplier_name} answered version {revision.number}")
    if state in (Row.State.ACCEPTED, Row.State.OPEN, Row.State.OLD_VERSION) and not problems:
        cancel.revision_answered(order, revision, answer, row)
    if decide.by_policy(row) is not None:
        row.refresh_from_db()
    return row


def _doubts(order: Order, revision: Revision, current: bool, never_sent: bool) -> list[str]:
    """Why even a plain yes needs a person."""
    doubts = []
    if order.state not in IN_FORCE and current:
        doubts.append(f"The order is not in force ({OrderState[order.state.upper()].label.lower()}).")
    if never_sent:
        doubts.append(f"Version {revision.number} was never sent to {order.supplier_name}.")
    return doubts


def _by_line(order: Order, revision: Revision) -> bool:
    """Whether the plan asks this supplier for an answer to every line."""
    legs = Leg.objects.filter(plan__revision=revision, recipient=order.supplier, answer_required=True)
    return legs.filter(answer_level=Leg.Level.LINE).exists()


def _verdict(found: Found, problems: bool, current: bool, by_line: bool) -> tuple[Row.State, AnswerState]:
    """The state of the answer, and of the order where the answer is to its current version."""
    answer = AnswerState.ACCEPTED
    if found.comparison.declined:
        answer = AnswerState.REJECTED
    elif found.comparison.differences or problems:
        answer = AnswerState.DIFFERENT
    elif found.whole.status is HeaderStatus.RECEIVED and not found.whole.lines:
        answer = AnswerState.RECEIVED
    if found.late:
        return Row.State.SUPERSEDED, answer
    partly = by_line and not found.comparison.declined and not speaks_of_all(found.document, found.whole)
    if answer is AnswerState.RECEIVED or partly:
        return Row.State.RECEIVED, answer
    if not current:
        return Row.State.OLD_VERSION, answer
    return (Row.State.ACCEPTED if answer is AnswerState.ACCEPTED else Row.State.OPEN), answer
