"""Records for tests, made directly: an order to a supplier as it stands after approval, with a delivery on its way."""

import datetime
import itertools
from decimal import Decimal
from typing import Any

from django.utils import timezone

from orderwire.document.canonical import canonical_bytes, fingerprint
from orderwire.document.money import line_amount, totals
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.party import Address, Contact, Party
from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.records import (
    Approval,
    Blob,
    Delivery,
    Endpoint,
    EndpointVersion,
    Leg,
    Message,
    OrderLine,
    Partner,
    Plan,
    Revision,
)
from orderwire.records import Order as OrderRow
from orderwire.records.blob import keep

_count = itertools.count(1)
NEED_BY = datetime.date.today() + datetime.timedelta(days=30)


def line(number: str = "10", **fields: Any) -> Line:
    """100 pieces at 12.50, wanted on one day."""
    quantity = Decimal(fields.pop("quantity", 100))
    given: dict[str, Any] = {
        "number": number,
        "description": f"Mechanical seal {number}",
        "quantity": quantity,
        "unit": "H87",
        "price": Decimal("12.50"),
        "schedules": (Schedule(quantity=quantity, requested=fields.pop("requested", NEED_BY)),),
    }
    return Line(**(given | fields))


def document(number: str = "4500071791", *, lines: tuple[Line, ...] | None = None, **fields: Any) -> Order:
    """An order document with two lines unless given."""
    given: dict[str, Any] = {
        "number": number,
        "issued": datetime.date.today(),
        "currency": "EUR",
        "buyer": Party(name="Nordhaven Pumpen GmbH", contact=Contact(name="Ines Albrecht", email="ines@example.com")),
        "supplier": Party(name="Tecnosellos"),
        "ship_to": Party(name="Nordhaven, hall 3", address=Address(city="Bremen", country="DE")),
        "lines": lines or (line("10", supplier_part="MG1/28"), line("20", quantity=60, price=Decimal("118"))),
    }
    return Order(**(given | fields))


def supplier(name: str = "Tecnosellos", **fields: Any) -> Partner:
    """A supplier."""
    return Partner.objects.create(number=f"S{next(_count)}", name=name, **fields)


def endpoint(partner: Partner, *, channel: str = "email", format: str = "pdf", **config: Any) -> Endpoint:
    """An endpoint with its first version."""
    made = Endpoint.objects.create(partner=partner, name=f"{channel} {next(_count)}")
    EndpointVersion.objects.create(endpoint=made, number=1, channel=channel, format=format, config=config)
    return made


def order(
    content: Order | None = None, *, partner: Partner | None = None, state: OrderState = OrderState.APPROVED
) -> OrderRow:
    """An order with its first revision, lines and, where it is approved, the approval."""
    content = content or document()
    partner = partner or supplier()
    name = content.number + (f"/{content.release_number}" if content.release_number else "")
    row = OrderRow.objects.create(
        number=name,
        state=OrderState.DRAFT,
        supplier=partner,
        created_by="user:ines",
        source="test",
        test=content.test,
        revision=content.revision,
        kind=content.kind,
        supplier_name=partner.name,
        buyer_name=content.buyer.name,
        currency=content.currency,
        total=totals(content).total,
        line_count=len(content.lines),
        changed_at=timezone.now(),
    )
    revision(row, content, approved=state is OrderState.APPROVED)
    if state is not OrderState.DRAFT:
        row.state = state
        row.save()
    return row


def revision(row: OrderRow, content: Order, *, approved: bool = True, **fields: Any) -> Revision:
    """One more revision of an order, which becomes its current one."""
    made = Revision.objects.create(
        order=row,
        number=content.revision,
        content=canonical_bytes(content),
        sha256=fingerprint(content),
        currency=content.currency,
        total=totals(content).total,
        created_by="user:ines",
        **fields,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            revision=made, position=n, number=item.number, description=item.description, quantity=item.quantity,
            unit=item.unit, price=item.price, price_basis=item.price_basis, amount=line_amount(item, content.currency),
        )
        for n, item in enumerate(content.lines, 1)
    )  # fmt: skip
    if approved:
        Approval.objects.create(
            revision=made,
            revision_sha256=made.sha256,
            decision=Approval.Decision.GRANTED,
            approver="Ines Albrecht",
            source="test",
            approved_at=timezone.now(),
        )
    row.revision = content.revision
    row.save()
    return made


def delivery(
    row: OrderRow,
    *,
    to: Endpoint | None = None,
    state: DeliveryState = DeliveryState.ACCEPTED,
    revision: int | None = None,
    primary: bool = True,
    prices: bool = True,
    **fields: Any,
) -> Delivery:
    """A delivery of a revision (the current one) to the order's supplier, which waits for an answer."""
    assert row.supplier is not None
    to = to or endpoint(row.supplier)
    content = row.revisions.get(number=revision or row.revision)
    plan = Plan.objects.create(revision=content, binding="0" * 64)
    leg = Leg.objects.create(
        plan=plan,
        position=1,
        recipient=to.partner,
        purpose="order",
        endpoint=to,
        endpoint_version=1,
        answer_required=True,
        answer_due_days=2,
        prices=prices,
    )
    made = Delivery.objects.create(
        leg=leg,
        order=row,
        revision=content,
        endpoint=to,
        endpoint_version=1,
        primary=primary,
        shard_key=1,
        state=state,
        message_id=f"test-{next(_count)}@orderwire",
        **fields,
    )
    if primary:
        row.delivery_state, row.answer_state = state, AnswerState.WAITING
        row.save()
    return made


def message(content: bytes = b"ISA", *, to: Endpoint | None = None) -> Message:
    """Bytes that came in."""
    blob = Blob.objects.get(pk=keep(content + str(next(_count)).encode()))
    return Message.objects.create(blob=blob, name="in.edi", source="folder", endpoint=to, actor="system:worker")
