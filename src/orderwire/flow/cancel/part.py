"""A part of an order is cancelled by its next version, which has less; the answer to that version settles it."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils import timezone

from orderwire.document.base import plain
from orderwire.document.cancellation import without
from orderwire.document.order import Order as Document
from orderwire.document.states import CANCELLATION_WAITS, AnswerState, CancellationState
from orderwire.flow import Refused, amend
from orderwire.flow.cancel.moved import moved
from orderwire.flow.cancel.reached import reached, with_suppliers
from orderwire.flow.cancel.record import about, words
from orderwire.flow.goods import open_lines
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Cancellation, Message, Order, Response, Revision


def quantities(order: Order, lines: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    """How much of each line is to be cancelled. Raises Refused for a line that is not there, and for too much."""
    still, found = open_lines(order.pk), {}
    if not lines:
        raise Refused("Nothing is named that is to be cancelled.", remedy="Name lines, or cancel the whole order.")
    for number, wanted in lines.items():
        if number not in still:
            raise Refused(
                f"Of line {number} nothing is open.",
                remedy=f"Open lines: {', '.join(still) or 'none'}.",
                kind="conflict",
            )
        found[number] = still[number] if wanted is None else wanted
        if not 0 < found[number] <= still[number]:
            text = f"Of line {number}, {plain(still[number])} is open, and {plain(found[number])} was to be cancelled."
            raise Refused(text, remedy="Cancel at most what is open.", kind="conflict")
    return found


def is_all(order: Order, wanted: Mapping[str, Decimal]) -> bool:
    """Whether that leaves nothing of the order."""
    return not moved(order) and open_lines(order.pk) == wanted


def ask(
    order: Order, wanted: Mapping[str, Decimal], *, actor: str, code: str, reason: str, message: Message | None
) -> Cancellation:
    """Make the version that has less. Raises Refused where the order takes no new version now."""
    said = [{"line": number, "quantity": plain(quantity)} for number, quantity in wanted.items()]
    theirs = with_suppliers(reached(order))
    newest = order.revisions.get(number=order.revision)
    document = without(Document.model_validate_json(bytes(newest.content)), wanted)
    row = Cancellation(
        order=order,
        number=order.cancellations.count() + 1,
        scope=Cancellation.Scope.LINES,
        lines=said,
        code=code,
        reason=reason,
        state=CancellationState.ASKED if theirs else CancellationState.NEVER_LEFT,
        was=order.state,
        asked_by=actor,
        asked_at=timezone.now(),
        message=message,
    )
    made = amend.propose(order.pk, document, base=newest.number, actor=actor, reason=f"Cancelled in part. {words(row)}")
    row.revision = order.revisions.get(number=made.revision)
    row.save()
    lines = tuple(f"{each['quantity']} of line {each['line']}" for each in said)
    asked = events.CancellationAsked(scope=row.scope, code=code, reason=words(row), lines=lines)
    append(asked, actor=actor, order=order, subjects=about(row))
    if not theirs:
        append(events.CancellationNeverLeft(reason=words(row)), actor=actor, order=order, subjects=about(row))
    return row


def same(order: Order, wanted: Mapping[str, Decimal]) -> Cancellation | None:
    """The open cancellation that asked for just this, where nothing followed it."""
    said = [{"line": number, "quantity": plain(quantity)} for number, quantity in wanted.items()]
    found = Cancellation.objects.filter(
        order=order, scope=Cancellation.Scope.LINES, state__in=CANCELLATION_WAITS, lines=said
    )
    return found.filter(revision__number=order.revision).first()


def overtaken(order: Order, *, actor: str) -> None:
    """The whole order is cancelled now, so nobody waits for a word about a part of it."""
    unsettled = (*CANCELLATION_WAITS, CancellationState.REFUSED)
    for row in Cancellation.objects.filter(order=order, scope=Cancellation.Scope.LINES, state__in=unsettled):
        row.state = CancellationState.WITHDRAWN
        row.save(update_fields=["state"])
        withdrawn = events.CancellationWithdrawn(reason="The whole order is cancelled.")
        append(withdrawn, actor=actor, order=order, subjects=about(row))


def revision_answered(order: Order, revision: Revision, answer: AnswerState, row: Response) -> None:
    """The supplier answered a version: what it, or an earlier one, withdrew is agreed, or it is refused; what this
    version orders again is not withdrawn any more. Called by `acknowledge` for every answer that concludes; the caller
    holds the lock on the order."""
    found = Cancellation.objects.filter(order=order, scope=Cancellation.Scope.LINES, state__in=CANCELLATION_WAITS)
    if answer is AnswerState.ACCEPTED:
        state, found = CancellationState.ACCEPTED, found.filter(revision__number__lte=revision.number)
    elif answer is AnswerState.REJECTED:
        state, found = CancellationState.REFUSED, found.filter(revision=revision)
    else:
        return
    for cancellation in found.select_related("revision"):
        if _orders_again(cancellation, revision):
            cancellation.state = CancellationState.WITHDRAWN
            cancellation.save(update_fields=["state"])
            withdrawn = events.CancellationWithdrawn(reason=f"Version {revision.number} orders it again.")
            append(withdrawn, actor=row.actor, order=order, subjects=about(cancellation))
            continue
        cancellation.state, cancellation.response, cancellation.answered_at = state, row, timezone.now()
        cancellation.answer = str(row.content.get("reason") or "")
        cancellation.save()
        told = events.CancellationAnswered(state=state.value, reason=cancellation.answer or None)
        append(told, actor=row.actor, order=order, subjects=about(cancellation))


def _orders_again(cancellation: Cancellation, revision: Revision) -> bool:
    """Whether a later version has more of a line than the one that took some of it away."""
    before, now = (dict(r.lines.values_list("number", "quantity")) for r in (cancellation.revision, revision))
    zero = Decimal(0)
    return any(now.get(each["line"], zero) > before.get(each["line"], zero) for each in cancellation.lines)
