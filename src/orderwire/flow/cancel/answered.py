"""The supplier's word about a cancellation: it, and not our asking, ends what the buyer owes.

In an answer that agrees in part, a line that is rejected stays with its quantity (the whole line where none is named),
a changed one with the quantity that it names, and all others are cancelled.
"""

import datetime
import hashlib
from decimal import Decimal
from typing import Literal

from django.db import transaction
from django.utils import timezone

from orderwire import engine
from orderwire.document.canonical import canonical_bytes
from orderwire.document.codes import PIECES
from orderwire.document.order import Order as Document
from orderwire.document.response import HeaderStatus, LineStatus, Response
from orderwire.document.states import CANCELLATION_TRANSITIONS, CancellationState, DeliveryState, OrderState
from orderwire.flow import NotYet, Refused
from orderwire.flow.cancel import travel
from orderwire.flow.cancel.back import back
from orderwire.flow.cancel.clocks import DUE
from orderwire.flow.cancel.reached import locked, reached, recipient, to_supplier
from orderwire.flow.cancel.record import about, ended, readable, told
from orderwire.flow.left import LEFT
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import AnswerLink, Cancellation, Delivery, Order
from orderwire.records import Response as Row

_S = CancellationState
_ENDED = (_S.SETTLED, _S.WITHDRAWN)
_STAYS = (LineStatus.REJECTED, LineStatus.CHANGED, LineStatus.BACKORDERED, LineStatus.PENDING)


def answered(order: Order, response: Response, row: Row) -> Cancellation:
    """Take the answer to the newest cancellation of the whole order. The caller holds the lock on the order and has
    kept the answer as `row`, whose state and version are set here. Raises NotYet where no cancellation was asked."""
    found = meant(order, response)
    if found is None:
        text = f"{order.supplier_name} answers a cancellation of order {order.number}, and none was asked for."
        raise NotYet(text, number=order.number)
    row.revision, row.decided_at = found.revision, timezone.now()
    state = _verdict(response)
    if state is None or found.state in _ENDED or _repeats(found, state, response):
        row.state = Row.State.RECEIVED if state is None else Row.State.DECIDED
        if found.state in _ENDED and state is not None:
            row.problem = f"The cancellation is {_S(found.state).label.lower()} already; nothing changed."
        row.save()
        told(order, f"{order.supplier_name} wrote about the cancellation")
        return found
    row.state = Row.State.ACCEPTED if state is _S.ACCEPTED else Row.State.DECIDED
    row.save()
    _take(found, order, state, response, row)
    return found


def reply(
    cancellation_id: int,
    *,
    outcome: Literal["accepted", "refused"],
    charge: Decimal | None = None,
    reason: str = "",
    actor: str,
    link: AnswerLink | None = None,
) -> Cancellation:
    """What a person says on a page: the supplier himself, or the buyer on his behalf. `charge` is in the order's
    currency. Raises Refused where the cancellation was taken back or settled, and for a link of another order."""
    with transaction.atomic():
        found = Cancellation.objects.filter(pk=cancellation_id).first()
        if found is None:
            raise Refused("There is no such cancellation.", kind="not_found")
        order = locked(found.order_id)
        found.refresh_from_db()
        if link is not None and link.order_id != order.pk:
            raise Refused("This link is for another order.", kind="not_allowed")
        if found.state in _ENDED or found.state == _S.NEVER_LEFT:
            text = f"The cancellation is {_S(found.state).label.lower()}, so there is nothing to answer any more."
            raise Refused(text, remedy="Call the buyer where that surprises you.", kind="conflict")
        if charge is not None and (charge < 0 or outcome == "refused"):
            raise Refused("Only a yes can have a price, and it is not below zero.", remedy="Correct the amount.")
        document = Document.model_validate_json(bytes(found.revision.content))
        response = Response(
            order_number=document.number,
            release_number=document.release_number,
            answers="cancellation",
            revision=found.revision.number,
            status=HeaderStatus.ACCEPTED if outcome == "accepted" else HeaderStatus.REJECTED,
            answered=datetime.datetime.now(datetime.UTC).date(),
            charge=charge or None,
            reason=readable(reason) or None,
            test=order.test,
        )
        row = Row.objects.create(
            order=order,
            revision=found.revision,
            supplier=order.supplier,
            link=link,
            content=response.model_dump(mode="json", exclude_defaults=True),
            meaning_sha256=hashlib.sha256(canonical_bytes(response)).hexdigest(),
            status=response.status.value,
            state=Row.State.DECIDED,
            source="link" if link else "here",
            actor=actor,
        )
        return answered(order, response, row)


def meant(order: Order, response: Response) -> Cancellation | None:
    """The cancellation that an answer speaks of: the one it names, else the newest of the whole order."""
    found = Cancellation.objects.filter(order=order, scope=Cancellation.Scope.ORDER).order_by("-number")
    named = (response.change_number or "").rpartition("-C")[2]
    if named.isascii() and named.isdigit() and len(named) < 6:
        exactly = found.filter(number=int(named)).first()
        if exactly is not None:
            return exactly
    return found.first()


def remaining(order: Document, response: Response) -> dict[str, Decimal]:
    """By line of the order what the supplier still delivers, where he agrees in part. Empty where that is not clear: he
    keeps a line that the order does not have, or counts in another unit."""
    lines = {line.number: line for line in order.lines}
    rest: dict[str, Decimal] = {}
    for answer in response.lines:
        line = lines.get(answer.number or "") or next(
            (each for each in order.lines if answer.supplier_part and each.supplier_part == answer.supplier_part), None
        )
        if answer.status in _STAYS:
            if line is None or not (answer.unit in (None, line.unit) or {answer.unit, line.unit} <= PIECES):
                return {}
            said = line.quantity if answer.quantity is None else answer.quantity
            rest[line.number] = min(line.quantity, rest.get(line.number, Decimal(0)) + said)
    return {number: quantity for number, quantity in rest.items() if quantity > 0}


def _verdict(response: Response) -> CancellationState | None:
    """None where he only says that it arrived."""
    match response.status:
        case HeaderStatus.RECEIVED:
            return None
        case HeaderStatus.REJECTED:
            return _S.REFUSED
        case HeaderStatus.ACCEPTED_WITH_CHANGES if response.lines or not response.charge:
            return _S.PARTLY
        case _:
            return _S.ACCEPTED_AT_COST if response.charge else _S.ACCEPTED


def _repeats(found: Cancellation, state: CancellationState, response: Response) -> bool:
    """Whether he says what he said last, in whatever words: another price or other lines are another answer."""
    if state != found.state or found.response is None:
        return False
    before = Response.model_validate(found.response.content)
    return all(getattr(before, name) == getattr(response, name) for name in ("charge", "currency", "lines"))


def _take(found: Cancellation, order: Order, state: CancellationState, response: Response, row: Row) -> None:
    before = _S(found.state)
    if before is _S.NEVER_LEFT:  # an answer proves that he has it
        found.state = _S.ASKED
        found.save(update_fields=["state"])
    assert state == found.state or state in CANCELLATION_TRANSITIONS[_S(found.state)]
    found.state, found.response, found.answered_at = state, row, timezone.now()
    found.answer = response.reason or ""
    found.cost = response.charge or None
    found.currency = (response.currency or order.currency)[:3] if response.charge else ""
    found.save()
    travel.clocks_stop(order, DUE)
    told_so = events.CancellationAnswered(
        state=state.value, cost=found.cost, currency=found.currency or None, reason=found.answer or None
    )
    append(told_so, actor=row.actor, order=order, subjects={**about(found), "response": row.pk})
    _proven(found, order, row)
    # He agreed before; where it had never left, only we had ended it.
    name, again = order.supplier_name, order.state == OrderState.CANCELLED and before is not _S.NEVER_LEFT
    if state is not _S.REFUSED and order.state not in (OrderState.CANCELLING, OrderState.CANCELLED):
        travel.tell(found, (d for d in reached(order) if not to_supplier(d)))  # they heard that it is in force
        engine.defer_sweep()
    if state is _S.ACCEPTED:
        agreed = f"{name} agreed to the cancellation"
        travel.stop(order, Delivery.Kind.ORDER, actor=row.actor, reason=agreed)
        travel.stop(order, Delivery.Kind.CANCELLATION, actor=row.actor, reason=agreed, suppliers_only=True)
        ended(order, f"{agreed}.", actor=row.actor)
    elif state is _S.REFUSED and not again:
        if order.state in (OrderState.CANCELLING, OrderState.CANCELLED):
            back(found, order, actor=row.actor, headline=f"{name} refused the cancellation", suppliers=False)
    else:
        if order.state not in (OrderState.CANCELLING, OrderState.CANCELLED):  # he refused at first, and it was in force
            Cancellation.objects.filter(pk=found.pk).update(was=order.state)
            travel.stop(order, Delivery.Kind.ORDER, actor=row.actor, reason="The order is being cancelled.")
        order.state = OrderState.CANCELLING
        told(order, f"{name} {'now ' if again else ''}answered the cancellation: {state.label.lower()}")


def _proven(found: Cancellation, order: Order, row: Row) -> None:
    """Who answers the cancellation has it."""
    sent = Delivery.objects.filter(LEFT, order=order, kind=Delivery.Kind.CANCELLATION, says__cancellation=found.pk)
    for delivery in sent.select_related("leg__recipient", "endpoint__partner"):
        if recipient(delivery).pk == order.supplier_id and delivery.state not in (
            DeliveryState.SENDING,
            DeliveryState.ANSWERED,
            DeliveryState.CANCELLED,
        ):
            delivery.state, delivery.due_at, delivery.proven_at = DeliveryState.ANSWERED, None, timezone.now()
            delivery.save(update_fields=["state", "due_at", "proven_at", "changed_at"])
            settled = events.DeliverySettled(state=delivery.state, reason="The cancellation was answered.")
            subjects = {**about(found), "delivery": delivery.pk, "response": row.pk}
            append(settled, actor=row.actor, order=order, subjects=subjects)
