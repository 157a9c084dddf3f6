"""The partner's translator speaks (X12 997, 999, TA1, EDIFACT CONTRL): our bytes parsed, or they did not. It says
nothing about the business, and is itself never acknowledged."""

from collections.abc import Iterator

from django.db import transaction

from orderwire.document.finding import Finding, info, warning
from orderwire.document.functional import FunctionalAck, FunctionalStatus, TransactionStatus
from orderwire.flow import evidence
from orderwire.flow.acknowledge.sent import only_a_test, set_control, under_control
from orderwire.ledger.events import ReceiptFunctionalAck
from orderwire.records import Delivery, Message, Order, Partner

_GOOD = (FunctionalStatus.ACCEPTED, FunctionalStatus.ACCEPTED_WITH_ERRORS)


def functional(ack: FunctionalAck, *, partner: Partner | None, message: Message) -> tuple[Finding, ...]:
    """Find the delivery by its control numbers, keep the receipt, and raise or fail the delivery.

    Returns what a person should know of it: it fits nothing of ours, came before, or contradicts a proof. It may come
    late, twice or out of turn.
    """
    if ack.group_control is None:
        text = "does not say what it answers; nothing done"
        remark = info if ack.status in _GOOD else warning
        reason = f": {ack.reason}" if ack.reason else ""
        return (remark("unnamed", f"{ack.group_kind} acknowledgment", text + reason),)
    where = f"group {ack.group_control}"
    if partner is None:
        return (
            warning("unknown-sender", where, "acknowledges a group, but we do not know who sent this; nothing done"),
        )
    if ack.group_kind == "FA":
        return (info("ack-of-ack", where, "acknowledges our own acknowledgment; that needs no answer"),)
    with transaction.atomic():
        found = under_control(ack.group_kind, ack.group_control, partner)
        if not found:
            text = f"acknowledges a group that we did not send to {partner.name}; ask them what they received"
            return (warning("unknown-group", where, text),)
        return tuple(finding for delivery in found for finding in _apply(ack, delivery, message, where))


def _apply(ack: FunctionalAck, delivery: Delivery, message: Message, where: str) -> Iterator[Finding]:
    if delivery.order_id is None:
        return
    order = Order.objects.select_for_update(no_key=True).get(pk=delivery.order_id)
    if ack.test and not order.test:
        yield only_a_test(where, order)
        return
    control = set_control(delivery)
    one = next((t for t in ack.transactions if t.control.lstrip("0") == control.lstrip("0")), None)
    status = one.status if one else ack.status
    yield from evidence.judged(
        delivery,
        order,
        good=status in _GOOD,
        kind="functional_ack",
        external_id=f"{ack.group_control}:{control}:{status.value}",
        event=ReceiptFunctionalAck(
            status=status.value, code=(one.code if one else ack.code) or None, text=" ".join(_words(ack, one, status))
        ),
        message=message,
        took="took the order",
    )


def _words(ack: FunctionalAck, one: TransactionStatus | None, status: FunctionalStatus) -> Iterator[str]:
    yield {
        FunctionalStatus.ACCEPTED: "Their system accepted the bytes.",
        FunctionalStatus.ACCEPTED_WITH_ERRORS: "Their system accepted the bytes, but found errors.",
        FunctionalStatus.PARTIAL: "Their system rejected part of the group.",
        FunctionalStatus.REJECTED: "Their system rejected the bytes.",
    }[status]
    for segment in (one.errors if one else ())[:10]:
        places = ", ".join(
            f"element {e.position} (code {e.code}{f', value {e.value}' if e.value else ''})" for e in segment.elements
        )
        code = f" (code {segment.code})" if segment.code else ""
        yield f"Segment {segment.position} {segment.segment}{code}{': ' + places if places else ''}."
    codes = one.error_codes if one else ack.error_codes
    if codes:
        yield f"Codes: {', '.join(codes)}."
