"""Each document that came in goes to its verb: who may bring what, and what becomes of it, as plain JSON."""

from dataclasses import asdict
from typing import Any

from orderwire.document.advice import ApplicationAdvice
from orderwire.document.cancellation import REASONS, Cancellation
from orderwire.document.finding import info, warning
from orderwire.document.fulfillment import Invoice, Receipt, ShipNotice
from orderwire.document.functional import FunctionalAck
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import Response
from orderwire.document.states import CancellationState
from orderwire.flow import NotYet, Refused, acknowledge, amend, cancel, create, fulfill
from orderwire.flow.create import Created
from orderwire.flow.feed import counterpart
from orderwire.formats import Content, ReadDocument
from orderwire.records import Message, Partner
from orderwire.records import Order as Row

BY_HAND = ("console", "cli")
"""Sources by which a person brings files. An answer among them is the word of the order's supplier; a program must say
whose it is."""


def hand_over(message: Message, found: ReadDocument, content: Content, ahead: dict[str, Created]) -> dict[str, Any]:
    """What the document's verb says. `ahead` are orders of the same file that were created already, by number.

    Raises Refused.
    """
    partner = message.endpoint.partner if message.endpoint else None
    how: dict[str, Any] = {"source": message.source, "actor": message.actor, "message": message}
    match content:
        case Order():
            _from_buyer(message, "orders")
            return _told(_ordered(message, found, content, ahead, how))
        case OrderChange():
            _from_buyer(message, "changes")
            return _told(amend.amend(content, approval=found.approval, **how))
        case Cancellation():
            _from_buyer(message, "cancellations")
            return _cancelled(content, message, found.external_id)
        case Response():
            if partner is None and message.source in BY_HAND:
                how |= {"source": acknowledge.SOURCE, "means": "file"}
            answer = acknowledge.take(content, supplier=partner, **how)
            return {"outcome": answer.state, "order_id": answer.order_id, "response_id": answer.pk}
        case FunctionalAck():
            noticed = acknowledge.functional(content, partner=partner, message=message)
            return {"outcome": content.status.value, "findings": [asdict(f) for f in noticed]}
        case ApplicationAdvice():
            noticed = acknowledge.advised(content, partner=partner, message=message)
            return {"outcome": content.status.value, "findings": [asdict(f) for f in noticed]}
        case ShipNotice():
            return _goods(fulfill.shipped(content, partner=partner, **how))
        case Receipt():
            return _goods(fulfill.received(content, partner=partner, **how))
        case Invoice():
            return _kept(content, partner)


def of_supplier(message: Message) -> bool:
    """Whether a supplier's endpoint brought it."""
    return message.endpoint is not None and message.endpoint.partner.role == Partner.Role.SUPPLIER


def _from_buyer(message: Message, what: str) -> None:
    if of_supplier(message):
        raise Refused(f"A supplier's endpoint cannot bring {what}.", remedy="Send it from the buying system.")


def _ordered(
    message: Message, found: ReadDocument, content: Order, ahead: dict[str, Created], how: dict[str, Any]
) -> Created:
    """A new order, or a version of one; the system that brought it is told how it stands from now on."""
    erp = counterpart.of_erp(message)
    if erp is not None and found.external_id:
        return counterpart.take(content, found.external_id, endpoint=erp, approval=found.approval, **how)
    made = ahead.pop(create.number_of(content), None)
    made = made or create.create(content, approval=found.approval, **how)
    endpoint = message.endpoint
    if endpoint is not None and made.outcome in ("created", "revised") and counterpart.told(endpoint.current):
        counterpart.keep(made.order_id, made.number, endpoint=endpoint, message=message, revision=made.revision)
    return made


def _told(made: Created) -> dict[str, Any]:
    told: dict[str, Any] = {
        "outcome": made.outcome,
        "order_id": made.order_id,
        "revision": made.revision,
        "state": made.state,
    }
    where = f"{made.number} version {made.revision}"
    if made.outcome == "late":
        told["findings"] = [asdict(info("late", where, "is kept and not sent: a newer version was here before it"))]
    if made.outcome == "not_sent":
        text = "is kept and not sent, because the order is cancelled or being cancelled; a new order needs a new number"
        told["findings"] = [asdict(warning("not-sent", where, text))]
    if made.outcome == "conflict":
        told["changes"] = [asdict(change) for change in made.changes[:100]]
    return told


def _cancelled(content: Cancellation, message: Message, external_id: str | None) -> dict[str, Any]:
    """The buying system withdraws an order as a whole; what may be with the supplier is asked back. A record of an ERP
    that was never an order here leaves nothing to ask back."""
    name = create.kept_as(content.order_number, content.release_number)
    erp = counterpart.of_erp(message)
    if erp is not None and external_id:
        known = counterpart.find(erp, external_id)
        if known is None:
            return {"outcome": "kept", "findings": [asdict(info("never-here", name, "was never sent from here"))]}
        if counterpart.overtaken(known, message):
            return {"outcome": "duplicate", "order_id": known.order_id}
        counterpart.keep(
            known.order_id, external_id, endpoint=erp, message=message, revision=known.revision or known.order.revision
        )
    order = Row.objects.filter(number=name).first()
    if order is None:
        text = f"Order {name} is not known here, so nothing can be cancelled."
        raise NotYet(text, number=name, remedy="Check its number, or send the order.")
    if order.test != content.test:
        raise Refused(f"Order {name} is {'a test' if order.test else 'a real'} order, its cancellation is not.")
    before = cancel.whole(order)
    if before is not None and before.state == CancellationState.REFUSED:
        text = "was asked before, and the supplier refused; ask again or keep the order, on its page"
        return {"outcome": "duplicate", "order_id": order.pk, "findings": [asdict(warning("refused", name, text))]}
    code = content.code if content.code and content.code in REASONS else "other"
    row = cancel.ask(order.pk, actor=message.actor, code=code, reason=content.reason or "", message=message)
    told = {"order_id": order.pk, "cancellation_id": row.pk}
    if before is not None and before.pk == row.pk and row.message_id != message.pk:
        return told | {"outcome": "duplicate"}
    if row.state == CancellationState.NEVER_LEFT:
        return told | {"outcome": "cancelled"}
    found = info("cancelling", name, f"{order.supplier_name} may have it and is asked; it ends with their answer")
    return told | {"outcome": "cancelling", "findings": [asdict(found)]}


def _goods(kept: fulfill.Kept) -> dict[str, Any]:
    first = kept.orders[0].pk if kept.orders else None
    told = {"outcome": kept.outcome, "order_id": first, "goods_id": kept.document.pk}
    return told | {"findings": [asdict(finding) for finding in kept.findings]}


def _kept(content: Invoice, partner: Partner | None) -> dict[str, Any]:
    """Kept beside its order; it changes nothing of it."""
    pairs = [(content.order_number, content.release_number)]
    pairs += [(ln.order_number, ln.release_number or content.release_number) for ln in content.lines]
    numbers = list(dict.fromkeys(create.kept_as(number, release) for number, release in pairs if number))
    orders = Row.objects.filter(number__in=numbers, test=content.test)
    if partner is not None and partner.role == Partner.Role.SUPPLIER:
        orders = orders.filter(supplier=partner)
    ours = {order.number: order.pk for order in orders}
    known = [number for number in numbers if number in ours]
    foreign = [number for number in numbers if number not in ours]
    told: dict[str, Any] = {"outcome": "kept", "order_id": ours[known[0]] if known else None}
    found = []
    if known:
        found.append(info("kept", content.number, f"is kept with order {_some(known)} and changes nothing"))
    if foreign or not known:
        kind = "test order" if content.test else "order"
        text = f"names {_some(foreign) or 'no order'}, which is no {kind} of this partner here"
        found.append(warning("unknown-order", content.number, text))
    return told | {"findings": [asdict(finding) for finding in found]}


def _some(numbers: list[str]) -> str:
    return ", ".join(numbers[:5]) + (f" and {len(numbers) - 5} more" if len(numbers) > 5 else "")
