"""Orders in every state, written by records directly: what the screens are tried on."""

import datetime
import hashlib
from decimal import Decimal
from typing import Any

from django.utils import timezone

from orderwire.document.canonical import canonical_bytes, fingerprint
from orderwire.document.money import line_amount, totals
from orderwire.document.order import Line, Schedule
from orderwire.document.order import Order as Document
from orderwire.document.party import Address, Party
from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import (
    Approval,
    Attempt,
    Delivery,
    Endpoint,
    EndpointVersion,
    Leg,
    Order,
    OrderLine,
    Partner,
    Plan,
    Receipt,
    Response,
    Revision,
    User,
)
from orderwire.records.blob import keep

LINES = (("104-2208", "Deep groove ball bearing", "600", "9.84"), ("104-7310", "Angular contact bearing, paired", "240",
         "61.35"), ("118-0015", "Shaft lock nut", "150", "6.42"))  # fmt: skip
X12 = (
    b"ISA*00*          *00*          *ZZ*NORDHAVEN      *ZZ*ACME           *261118*1402*U*00401*000000812*0*P*>~"
    b"GS*PO*NORDHAVEN*ACME*20261118*1402*812*X*004010~ST*850*0001~BEG*00*SA*4500071884**20261118~"
    b"PO1*10*600*EA*9.84**BP*104-2208~CTT*1~SE*5*0001~GE*1*812~IEA*1*000000812~"
)


def buyer(username: str = "ines", name: str = "Ines Albrecht", **fields: Any) -> User:
    """A person of the buying company."""
    first, _, last = name.partition(" ")
    user = User(username=username, first_name=first, last_name=last, is_staff=True, **fields)
    user.set_password("harbour-lantern-42")
    user.save()
    return user


def supplier(number: str = "S-100", name: str = "Acme Bearings Inc.", **fields: Any) -> Partner:
    """A supplier with one e-mail endpoint."""
    defaults = {"country": "US", "time_zone": "America/Chicago", "contact_email": "desk@acme.example"}
    partner = Partner.objects.create(number=number, name=name, **defaults | fields)
    endpoint(partner)
    return partner


def endpoint(partner: Partner, name: str = "order desk", channel: str = "email", fmt: str = "pdf") -> Endpoint:
    """One more way to reach a partner."""
    made = Endpoint.objects.create(partner=partner, name=name)
    mail = {"host": "mail.example", "from_address": "orders@nordhaven.example", "recipients": [partner.contact_email]}
    config = mail if channel == "email" else {}
    EndpointVersion.objects.create(endpoint=made, number=1, channel=channel, format=fmt, config=config)
    return made


def document(number: str, revision: int = 1, currency: str = "EUR", quantity: str | None = None) -> Document:
    """An order of three lines."""
    need = datetime.date(2026, 12, 9)
    lines = tuple(
        Line(
            number=str(10 * (at + 1)),
            description=text,
            quantity=Decimal(quantity or asked) if at == 0 else Decimal(asked),
            unit="EA",
            price=Decimal(price),
            buyer_part=part,
            schedules=(Schedule(quantity=Decimal(quantity or asked) if at == 0 else Decimal(asked), requested=need),),
        )
        for at, (part, text, asked, price) in enumerate(LINES)
    )
    return Document(
        number=number,
        revision=revision,
        issued=datetime.date(2026, 11, 17),
        currency=currency,
        buyer=Party(name="Nordhaven Pumpen GmbH"),
        supplier=Party(name="Acme Bearings Inc."),
        ship_to=Party(name="Plant 2", address=Address(city="Bremen", country="DE")),
        lines=lines,
    )


def revise(order: Order, content: Document, actor: str = "user:ines") -> Revision:
    """Store a document as a revision of an order, with its lines and its event."""
    revision = Revision.objects.create(
        order=order,
        number=content.revision,
        content=canonical_bytes(content),
        sha256=fingerprint(content),
        currency=content.currency,
        total=totals(content).total,
        created_by=actor,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            revision=revision,
            position=at,
            number=line.number,
            description=line.description,
            quantity=line.quantity,
            unit=line.unit,
            price=line.price,
            price_basis=line.price_basis,
            amount=line_amount(line, content.currency),
            need_by=line.schedules[0].requested,
            buyer_part=line.buyer_part or "",
        )
        for at, line in enumerate(content.lines)
    )
    created = events.OrderCreated(
        number=content.revision, sha256=revision.sha256, source="api", currency=content.currency, total=revision.total,
        lines=len(content.lines),
    )  # fmt: skip
    append(created, actor=actor, order=order, subjects={"revision": revision.pk})
    return revision


def order(
    number: str = "4500071884",
    *,
    partner: Partner | None = None,
    state: OrderState = OrderState.APPROVED,
    delivery: DeliveryState | None = DeliveryState.DELIVERED,
    answer: AnswerState = AnswerState.WAITING,
    hours_ago: float = 26,
    due_in: float | None = 25,
    currency: str = "EUR",
    reason: str = "",
    **fields: Any,
) -> Order:
    """An order in these states; approved ones have an approval, a plan and a delivery with one try."""
    partner = partner or Partner.objects.filter(number="S-100").first() or supplier()
    content = document(number, currency=currency)
    at = timezone.now() - datetime.timedelta(hours=hours_ago)
    made = Order.objects.create(
        number=number,
        state=state,
        supplier=partner,
        supplier_name=partner.name,
        buyer_name=content.buyer.name,
        created_by="user:ines",
        source="api",
        currency=currency,
        total=totals(content).total,
        line_count=len(content.lines),
        need_by=content.lines[0].schedules[0].requested,
        changed_at=at,
        reason=reason,
        channel="E-mail · PDF",
        last_event="Handed over by e-mail" if delivery else "Created",
        answer_state=answer,
        delivery_state=delivery,
        answer_due_at=timezone.now() + datetime.timedelta(hours=due_in) if due_in is not None else None,
        **fields,
    )
    revision = revise(made, content)
    if state in (OrderState.APPROVED, OrderState.HELD, OrderState.CLOSED):
        approve(revision, at)
    if delivery:
        deliver(revision, partner, delivery, at)
    return made


def approve(revision: Revision, at: datetime.datetime, user: User | None = None) -> None:
    """Grant a revision."""
    Approval.objects.create(
        revision=revision, revision_sha256=revision.sha256, decision="granted", approver="Jens Petersen", user=user,
        approved_at=at,
    )  # fmt: skip
    event = events.ApprovalGranted(sha256=revision.sha256, complete=True, reason="within his limit of EUR 50,000")
    append(event, actor="user:jens", order=revision.order, subjects={"revision": revision.pk})


def deliver(revision: Revision, partner: Partner, state: DeliveryState, at: datetime.datetime) -> Delivery:
    """A delivery to the partner's first endpoint with one try."""
    to = partner.endpoints.get(rank=0, name="order desk")
    plan = Plan.objects.create(
        revision=revision, binding="0" * 64,
        explanation={"rule_set": "shipped rules", "version": 1, "sha256": "0" * 64, "hit": "collect",
                     "on": "2026-11-17", "facts": {}, "hits": ["everybody"], "problem": None, "legs": [],
                     "problems": [], "notes": []},
    )  # fmt: skip
    leg = Leg.objects.create(
        plan=plan, position=0, recipient=partner, purpose="order", endpoint=to, endpoint_version=1,
        answer_required=True, answer_due_days=2,
    )  # fmt: skip
    proven = state in (DeliveryState.DELIVERED, DeliveryState.OPENED, DeliveryState.ANSWERED)
    taken = proven or state == DeliveryState.ACCEPTED
    sha256 = keep(X12, "application/edi-x12")
    made = Delivery.objects.create(
        leg=leg, order=revision.order, revision=revision, endpoint=to, endpoint_version=1, primary=True, shard_key=1,
        state=state, tries=1, message_id=f"<{revision.pk}@orderwire.example>", accepted_at=at if taken else None,
        proven_at=at if proven else None, reason="" if taken else "Their mailbox is full.",
        due_at=timezone.now() + datetime.timedelta(minutes=20) if state == DeliveryState.RETRY else None,
        parcel={"files": [{"filename": "order.x12", "media_type": "application/edi-x12", "sha256": sha256}]},
    )  # fmt: skip
    subjects: dict[Any, Any] = {"revision": revision.pk, "delivery": made.pk}
    tried = Attempt.objects.create(
        delivery=made, number=1, fence=1, message_id=made.message_id, payload_sha256=hashlib.sha256(X12).hexdigest(),
        intent_at=at, started_at=at, finished_at=at, outcome="accepted" if taken else "unavailable",
        text="250 queued as 4711" if taken else "Their mailbox is full.",
    )  # fmt: skip
    append(
        events.DeliveryAttempted(number=1, channel="email", message_id=made.message_id, sha256=tried.payload_sha256),
        actor="system:worker", order=revision.order, subjects=subjects | {"attempt": tried.pk},
    )  # fmt: skip
    if taken:
        Receipt.objects.create(delivery=made, kind="handed_over", text="250 queued as 4711", at=at)
        accepted = events.DeliveryAccepted(proof="handed_over", text="250 queued as 4711")
        append(accepted, actor="system:worker", order=revision.order, subjects=subjects)
    if proven:
        Receipt.objects.create(delivery=made, kind="delivered", text="delivery notice from mx1.acme.example", at=at)
        notice = events.ReceiptDelivered(means="delivery notice")
        append(notice, actor="system:worker", order=revision.order, subjects=subjects)
    if state == DeliveryState.FAILED:
        failed = events.DeliveryFailed(reason="Their mailbox is full.", code="552")
        append(failed, actor="system:worker", order=revision.order, subjects=subjects)
    return made


def answer(to: Order, status: str = "accepted_with_changes", state: str = "open") -> Response:
    """An answer with a later date on line 20 and half the quantity on line 10."""
    revision = to.revisions.get(number=to.revision)
    content = {
        "order_number": to.number, "revision": to.revision, "status": status, "contact": "Marta Gil",
        "lines": [
            {"number": "10", "status": "changed", "quantity": "300", "promised": "2026-12-09"},
            {"number": "10", "status": "changed", "quantity": "300", "promised": "2026-12-16"},
            {"number": "20", "status": "changed", "promised": "2026-12-21", "reason": "Rings arrive late"},
            {"number": "30", "status": "accepted"},
        ],
    }  # fmt: skip
    made = Response.objects.create(
        order=to, revision=revision, supplier=to.supplier, content=content,
        meaning_sha256=hashlib.sha256(to.number.encode()).hexdigest(), status=status, state=state, source="answer page",
        actor="supplier:Marta Gil",
        differences=[
            {"line": "10", "field": "date", "ordered": "9 December 2026", "answered": "300, 300",
             "text": "Line 10: 600 in two parts"},
            {"line": "20", "field": "price", "ordered": "61.35", "answered": "62.35", "money": "240",
             "text": "Line 20: price 62.35 instead of 61.35."},
        ],
    )  # fmt: skip
    different = events.AnswerDifferent(differences=2, summary=("Line 10: 600 in two parts", "Line 20: 12 days later"))
    append(different, actor="supplier:Marta Gil", order=to, subjects={"revision": revision.pk, "response": made.pk})
    return made
