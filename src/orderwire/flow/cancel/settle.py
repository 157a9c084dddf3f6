"""Settle: the buyer's last word where the supplier did not simply agree, and the way back before he answered."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from orderwire import engine
from orderwire.document.base import plain
from orderwire.document.cancellation import without
from orderwire.document.order import Order as Document
from orderwire.document.response import Response
from orderwire.document.states import CANCELLATION_WAITS, CancellationState, OrderState
from orderwire.flow import Refused, amend
from orderwire.flow.cancel import travel
from orderwire.flow.cancel.answered import remaining
from orderwire.flow.cancel.back import back
from orderwire.flow.cancel.clocks import DUE, start
from orderwire.flow.cancel.reached import locked, reached, with_suppliers
from orderwire.flow.cancel.record import about, ended, told, words
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Cancellation, Delivery, Order, Revision

_S = CancellationState


class Choice(StrEnum):
    """What the buyer may decide."""

    ACCEPT_COST = "accept_cost"
    KEEP = "keep"
    ASK_AGAIN = "ask_again"
    ACCEPT_PART = "accept_part"


CHOICES: Mapping[CancellationState, frozenset[Choice]] = {
    _S.ACCEPTED_AT_COST: frozenset({Choice.ACCEPT_COST, Choice.KEEP}),
    _S.PARTLY: frozenset({Choice.ACCEPT_PART, Choice.KEEP}),
    _S.REFUSED: frozenset({Choice.KEEP, Choice.ASK_AGAIN}),
}
"""By state of a cancellation of the whole order; a refused one of lines can only be kept, and nobody is asked again
about an order of which nothing left."""


def choices(row: Cancellation) -> frozenset[Choice]:
    """What the buyer may decide about this cancellation now."""
    found = CHOICES.get(_S(row.state), frozenset())
    if row.scope != Cancellation.Scope.ORDER:
        return found & {Choice.KEEP}
    return found if Choice.ASK_AGAIN not in found or with_suppliers(reached(row.order)) else found - {Choice.ASK_AGAIN}


def settle(cancellation_id: int, *, choice: str, actor: str, reason: str = "") -> Cancellation:
    """accept_cost: the order ends and the cost is kept; keep: the order stays in force; ask_again: the supplier is
    asked once more; accept_part: what he does not cancel becomes the next version. Raises Refused at any other time."""
    with transaction.atomic():
        row, order = _both(cancellation_id)
        if choice not in choices(row):
            may = ", ".join(sorted(choices(row)))
            text = f"A cancellation that is {_S(row.state).label.lower()!r} cannot be settled by {choice!r}."
            remedy = f"Choose {may}." if may else "There is nothing to settle."
            raise Refused(text, remedy=remedy, kind="conflict")
        match Choice(choice):
            case Choice.ACCEPT_COST:
                cost = f"{plain(row.cost or Decimal(0))} {row.currency}"
                _settled(row, order, f"The cost of {cost} is accepted. {reason}".strip(), actor=actor)
                stopped = "The cancellation is settled."
                travel.stop(order, Delivery.Kind.CANCELLATION, actor=actor, reason=stopped, suppliers_only=True)
                ended(order, f"{words(row)} (cost {cost})", actor=actor)
            case Choice.KEEP:
                _keep(row, order, reason=reason, actor=actor)
            case Choice.ASK_AGAIN:
                _again(row, order, reason=reason, actor=actor)
            case Choice.ACCEPT_PART:
                _part(row, order, reason=reason, actor=actor)
    return row


def withdraw(cancellation_id: int, *, actor: str, reason: str = "") -> Cancellation:
    """Take a cancellation back before it is answered: the order is in force, and who was told otherwise gets the newest
    version again. Raises Refused after an answer."""
    with transaction.atomic():
        row, order = _both(cancellation_id)
        if row.state == _S.WITHDRAWN:
            return row
        if row.state not in CANCELLATION_WAITS:
            remedy = "Settle it instead." if choices(row) else "Create a new order where you need the goods after all."
            text = f"The cancellation is {_S(row.state).label.lower()}, so it cannot be taken back."
            raise Refused(text, remedy=remedy, kind="conflict")
        why = reason or "The order is needed after all."
        row.state, row.settled_by, row.settled_at = _S.WITHDRAWN, actor, timezone.now()
        row.save()
        append(events.CancellationWithdrawn(reason=why), actor=actor, order=order, subjects=about(row))
        if row.scope == Cancellation.Scope.LINES:
            _undo(row, order, why, actor=actor)
        else:
            travel.clocks_stop(order, DUE)
            back(row, order, actor=actor, headline="The cancellation was taken back", suppliers=True)
    return row


def _both(cancellation_id: int) -> tuple[Cancellation, Order]:
    order_id = Cancellation.objects.filter(pk=cancellation_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise Refused("There is no such cancellation.", kind="not_found")
    order = locked(order_id)
    return Cancellation.objects.select_related("revision", "response").get(pk=cancellation_id), order


def _settled(row: Cancellation, order: Order, why: str, *, actor: str) -> None:
    row.state, row.settled_by, row.settled_at = _S.SETTLED, actor, timezone.now()
    row.save()
    append(events.CancellationSettled(reason=why), actor=actor, order=order, subjects=about(row))


def _keep(row: Cancellation, order: Order, *, reason: str, actor: str) -> None:
    """A supplier who refused knows that the order stands; one who agreed under conditions must be told."""
    refused = row.state == _S.REFUSED
    why = reason or f"The order is kept: {order.supplier_name} {'refused' if refused else 'agreed only in part'}."
    _settled(row, order, why, actor=actor)
    if row.scope == Cancellation.Scope.LINES:
        _undo(row, order, why, actor=actor)
    elif order.state == OrderState.CANCELLING:
        back(row, order, actor=actor, headline="The order is kept", suppliers=not refused)
    else:
        told(order, "The order is kept")


def _again(row: Cancellation, order: Order, *, reason: str, actor: str) -> None:
    if order.state not in (OrderState.CANCELLING, OrderState.CANCELLED):
        row.was = order.state
    row.state, row.response, row.answered_at, row.answer = _S.ASKED, None, None, ""
    row.asked_by, row.asked_at, row.reason = actor, timezone.now(), reason or row.reason
    left = reached(order)
    row.revision = with_suppliers(left)[0].revision or row.revision
    row.save()
    asked = events.CancellationAsked(scope=row.scope, code=row.code, reason=words(row))
    append(asked, actor=actor, order=order, subjects=about(row))
    travel.stop(order, Delivery.Kind.ORDER, actor=actor, reason="The order is being cancelled.")
    order.state, order.reason = OrderState.CANCELLING, words(row)
    told(order, f"{order.supplier_name} is asked again to cancel")
    start(row, order, with_suppliers(left)[0])
    travel.tell(row, left)
    engine.defer_sweep()


def _part(row: Cancellation, order: Order, *, reason: str, actor: str) -> None:
    """What the supplier still delivers is the next version of the order, and all else is cancelled."""
    newest = order.revisions.get(number=order.revision)
    document = Document.model_validate_json(bytes(newest.content))
    response = Response.model_validate(row.response.content if row.response else {})
    rest = remaining(document, response)
    if not rest:
        text = "The answer does not say what is still delivered."
        raise Refused(text, remedy="Ask the supplier, then keep the order and cancel lines of it.", kind="conflict")
    gone = {line.number: line.quantity - rest.get(line.number, Decimal(0)) for line in document.lines}
    why = reason or f"{order.supplier_name} cancels a part of the order."
    row.lines = [{"line": number, "quantity": plain(quantity)} for number, quantity in gone.items() if quantity]
    _settled(row, order, why, actor=actor)
    travel.stop(order, Delivery.Kind.CANCELLATION, actor=actor, reason="The cancellation is settled.")
    order.state, order.reason = OrderState(row.was) if row.was != OrderState.REFUSED else OrderState.APPROVED, ""
    told(order, "The cancellation of a part is accepted")
    amend.propose(order.pk, without(document, gone), base=newest.number, actor=actor, reason=why)


def _undo(row: Cancellation, order: Order, why: str, *, actor: str) -> None:
    """The version that has less is followed by one that says again what was before it; where another was made since,
    that one says what is ordered."""
    if row.revision.number != order.revision:
        told(order, "The cancellation of a part is closed")
        return
    before: Revision = order.revisions.filter(number__lt=row.revision.number).latest("number")
    amend.take_back(order.pk, before.number, actor=actor, reason=why)
