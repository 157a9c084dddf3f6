"""Ask: the buyer cancels an order, or a part of it. What never left ends at once; whoever may have it is asked."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from orderwire import engine
from orderwire.document.cancellation import REASONS
from orderwire.document.states import CancellationState, OrderState
from orderwire.flow import Refused
from orderwire.flow.cancel import part, travel
from orderwire.flow.cancel.clocks import start
from orderwire.flow.cancel.moved import nothing_moved
from orderwire.flow.cancel.reached import locked, reached, with_suppliers
from orderwire.flow.cancel.record import about, ended, readable, told, whole, words
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Cancellation, Delivery, Message, Order

_STOPPED = "The order was cancelled before it left."


def ask(
    order_id: int,
    *,
    actor: str,
    code: str,
    reason: str = "",
    lines: Mapping[str, Decimal | None] | None = None,
    message: Message | None = None,
) -> Cancellation:
    """Cancel the whole order, or the quantities of `lines` (None: all that is open of the line).

    `code` is one of document.cancellation.REASONS, `reason` more words; the supplier reads both. Where nothing left the
    order is cancelled at once, else it is CANCELLING, and still committed, until the supplier answers. Asked again it
    gives the same cancellation. Raises Refused: goods are under way, the supplier refused already, another code.
    """
    if code not in REASONS:
        raise Refused(f"There is no reason {code!r} to cancel.", remedy=f"Choose one of {', '.join(REASONS)}.")
    reason = readable(reason)
    with transaction.atomic():
        order = locked(order_id)
        if lines is not None:
            wanted = part.quantities(order, lines)
            if not part.is_all(order, wanted):
                asked = part.same(order, wanted)
                return asked or part.ask(order, wanted, actor=actor, code=code, reason=reason, message=message)
        return standing(order) or _whole(order, actor=actor, code=code, reason=reason, message=message)


def standing(order: Order) -> Cancellation | None:
    """The cancellation of the whole order that is under way, or ended it. Raises Refused where none can follow."""
    last = whole(order)
    if order.state in (OrderState.CANCELLING, OrderState.CANCELLED):
        if last is None:
            raise Refused("The order is cancelled already.", kind="conflict")
        return last
    if last is not None and last.state == CancellationState.REFUSED:
        raise Refused(
            f"{order.supplier_name} refused to cancel this order{f': {last.answer}' if last.answer else '.'}",
            remedy="Ask again about that cancellation, or keep the order.",
            kind="conflict",
        )
    if order.state == OrderState.CLOSED:
        raise Refused("The order is closed, so it cannot be cancelled.", remedy="Open it again first.", kind="conflict")
    return None


def _whole(order: Order, *, actor: str, code: str, reason: str, message: Message | None) -> Cancellation:
    if message is None:  # a person can choose the rest; a system has decided, and the supplier says what is left
        nothing_moved(order)
    left = reached(order)
    theirs = with_suppliers(left)
    revision = (theirs[0].revision if theirs else None) or order.revisions.get(number=order.revision)
    now = timezone.now()
    row = Cancellation.objects.create(
        order=order,
        revision=revision,
        number=order.cancellations.count() + 1,
        scope=Cancellation.Scope.ORDER,
        code=code,
        reason=reason,
        state=CancellationState.ASKED if theirs else CancellationState.NEVER_LEFT,
        was=order.state,
        asked_by=actor,
        asked_at=now,
        message=message,
    )
    why = words(row)
    asked = events.CancellationAsked(scope=row.scope, code=code, reason=why)
    append(asked, actor=actor, order=order, subjects=about(row))
    part.overtaken(order, actor=actor)
    travel.stop(order, Delivery.Kind.ORDER, actor=actor, reason=_STOPPED)
    if theirs:
        order.state, order.reason = OrderState.CANCELLING, why
        start(row, order, theirs[0])
        told(order, f"{order.supplier_name} is asked to cancel")
    else:
        append(events.CancellationNeverLeft(reason=why), actor=actor, order=order, subjects=about(row))
        ended(order, why, actor=actor)
    travel.tell(row, left)
    engine.defer_sweep()
    return row
