"""The partner's application speaks (X12 824, EDIFACT APERAK, cXML StatusUpdate, UBL ApplicationResponse): it took our
document, or it refused it for its content. That is more than "it parsed" and less than the supplier's answer."""

from collections.abc import Iterator

from django.db import transaction

from orderwire.document.advice import AdviceStatus, ApplicationAdvice
from orderwire.document.finding import Finding, warning
from orderwire.flow import evidence
from orderwire.flow.acknowledge.match import sent
from orderwire.flow.acknowledge.sent import only_a_test, set_control, under_control, under_payload
from orderwire.ledger.events import ReceiptApplicationAdvice
from orderwire.records import Delivery, Message, Order, Partner


def advised(advice: ApplicationAdvice, *, partner: Partner | None, message: Message) -> tuple[Finding, ...]:
    """Find the delivery, keep the receipt, and raise or fail the delivery. Returns what a person should know of it."""
    where = f"advice {advice.number or ''}".strip()
    if partner is None:
        return (warning("unknown-sender", where, "speaks of a document, but we do not know who sent this"),)
    with transaction.atomic():
        delivery = _delivery(advice, partner)
        if delivery is None:
            text = f"is about a document that we did not send to {partner.name}; ask them which order they mean"
            return (warning("unknown-document", where, text),)
        return tuple(_apply(advice, delivery, message, where))


def _delivery(advice: ApplicationAdvice, partner: Partner) -> Delivery | None:
    """By the control numbers or the payloadID that the advice gives, else what was sent last of the order it names."""
    for kind, number in (("GS", advice.group_control), ("ISA", advice.interchange_control),
                         ("UNB", advice.interchange_control)):  # fmt: skip
        found = under_control(kind, number, partner) if number else []
        bare = (advice.set_control or "").lstrip("0")
        fitting = [row for row in found if not bare or set_control(row).lstrip("0") == bare]
        if fitting:
            return fitting[-1]
    if advice.document_number and (found := under_payload(advice.document_number, partner)):
        return found[-1]
    names = {number for number in (advice.order_number, advice.document_number) if number}
    order = Order.objects.filter(number__in=names, supplier=partner).order_by("-pk").first()
    return sent(order).first() if order else None


def _apply(advice: ApplicationAdvice, delivery: Delivery, message: Message, where: str) -> Iterator[Finding]:
    if delivery.order_id is None:
        return
    order = Order.objects.select_for_update(no_key=True).get(pk=delivery.order_id)
    if advice.test and not order.test:
        yield only_a_test(where, order)
        return
    yield from evidence.judged(
        delivery,
        order,
        good=advice.status is not AdviceStatus.REJECTED,
        kind="application_advice",
        external_id=f"{advice.number or message.pk}:{advice.status.value}",
        event=ReceiptApplicationAdvice(status=advice.status.value, code=advice.code, text=" ".join(_words(advice))),
        message=message,
        took="took the order in",
    )


def _words(advice: ApplicationAdvice) -> Iterator[str]:
    yield {
        AdviceStatus.RECEIVED: "Their application has the order and has not judged it yet.",
        AdviceStatus.ACCEPTED: "Their application took the order in.",
        AdviceStatus.ACCEPTED_WITH_ERRORS: "Their application took the order in, but has remarks.",
        AdviceStatus.REJECTED: "Their application refused the order.",
    }[advice.status]
    if advice.reason:
        yield advice.reason
    for detail in advice.details[:10]:
        place = f"Line {detail.line}: " if detail.line else f"{detail.field}: " if detail.field else ""
        code = f" (code {detail.code})" if detail.code else ""
        yield f"{place}{detail.text or 'no reason given'}{code}."
