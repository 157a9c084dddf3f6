"""Create: an order document becomes a revision. The same revision twice changes nothing; the same number with other
content is a conflict, told field by field, and changes nothing either. One that comes after a newer one, or while the
order is being cancelled, is kept and not sent.

An order that comes in approved by a trusted source is created, approved and planned in one transaction.
"""

import datetime
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from orderwire.document import money
from orderwire.document.canonical import canonical_bytes, fingerprint
from orderwire.document.change import FieldChange, changes
from orderwire.document.order import Line
from orderwire.document.order import Order as Document
from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.flow import Refused, approve, hold, in_force, route
from orderwire.flow.approve import Accepted
from orderwire.flow.find import Look
from orderwire.formats import Approval as Claim
from orderwire.ledger import events
from orderwire.ledger.append import CHANNEL, append
from orderwire.ledger.entry import Event
from orderwire.records import Approval, Message, Order, OrderLine, Response, Revision
from orderwire.records.hot import rows
from orderwire.records.write import EventRow, LineRow, NewOrder, PlanRow, new_orders

LONGEST_NUMBER = 80
"""What an order's column, and those of its events, can hold."""

_ENDING = (OrderState.CANCELLING, OrderState.CANCELLED)
"""A new version does not leave; where the supplier does not agree to the cancellation it goes on."""

LOCK = "select 1 from ow_order where entity = 'main' and number = %(number)s for update"


@dataclass(frozen=True)
class Created:
    """What became of a document. `changes` tells, for a conflict or a revision, what differs from what we had.

    late: a newer version was here before it; not_sent: the order is being cancelled.
    """

    order_id: int
    number: str
    revision: int
    state: str
    outcome: Literal["created", "revised", "late", "not_sent", "duplicate", "conflict"]
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class Incoming:
    """An order that came in, with the approval that it claims."""

    document: Document
    approval: Claim | None = None


def create(
    document: Document, *, source: str, actor: str, approval: Claim | None = None, message: Message | None = None
) -> Created:
    """Take an order in, judge or ask for its approval, and plan it when it is approved: one transaction.

    `source` is who delivered, as we authenticated it (api:NAME, folder:NAME). Raises Refused for a revision that
    cannot follow what we have.
    """
    number = number_of(document)
    with transaction.atomic():
        found = rows(LOCK, {"number": number})
        if not found:
            incoming = Incoming(document, approval)
            if made := _write_new([incoming], source=source, actor=actor, message=message):
                return made[number]
        order = Order.objects.select_for_update().get(number=number)
        known = order.revisions.filter(number=document.revision).first()
        if known is not None:
            return _known(order, known, document, source=source, actor=actor, message=message)
        if document.revision < order.revision or order.state in _ENDING:
            return _keep(order, document, source=source, actor=actor, claim=approval, message=message)
        _may_follow(order)
        return revise(order, document, source=source, actor=actor, claim=approval, message=message)


def number_of(document: Document) -> str:
    """The number under which an order is kept: a release has its own after a slash. Raises Refused for a long one."""
    number = kept_as(document.number, document.release_number)
    if len(number) > LONGEST_NUMBER:
        reason = f"The number {document.number} and its release number have more than {LONGEST_NUMBER} characters."
        raise Refused(reason, remedy="Shorten the release number.")
    return number


def kept_as(number: str, release: str | None) -> str:
    """An order's number with that of its release, as orders are named here."""
    return f"{number}/{release}" if release else number


def need_by(lines: Iterable[Line]) -> datetime.date | None:
    """The first date on which something of these lines is wanted."""
    return min((s.requested for line in lines for s in line.schedules if s.requested), default=None)


def create_new(
    incoming: Sequence[Incoming], *, source: str, actor: str, message: Message | None = None
) -> dict[str, Created]:
    """Those of many orders that are new, in one transaction; by number. The others are for `create`, one by one.

    Raises Refused where rules or policy cannot be used at all.
    """
    first = {number_of(each.document): each for each in reversed(incoming)}
    with transaction.atomic():
        return _write_new(list(first.values()), source=source, actor=actor, message=message)


def _write_new(incoming: Sequence[Incoming], *, source: str, actor: str, message: Message | None) -> dict[str, Created]:
    """Everything about new orders, decided first and then written in one statement; nothing of a number that is
    taken meanwhile."""
    look = Look()
    new = [_decided(each, source=source, actor=actor, message=message, look=look) for each in incoming]
    written = new_orders(new, notify=CHANNEL)
    return {
        (number := each.order["number"]): Created(
            written[number], number, each.order["revision"], each.order["state"], "created"
        )
        for each in new
        if each.order["number"] in written
    }


def _not_negative(document: Document, total: Decimal) -> None:
    """A total below zero would pass under every approval limit, and no supplier owes us for an order."""
    if total < 0:
        raise Refused(
            f"The total of order {document.number} is {total} {document.currency}, below zero.",
            remedy="Correct its prices or allowances.",
        )


def _decided(incoming: Incoming, *, source: str, actor: str, message: Message | None, look: Look) -> NewOrder:
    """What a new order is to be, as its rows; nothing is written yet."""
    document, number = incoming.document, number_of(incoming.document)
    now, content = timezone.now(), canonical_bytes(document)
    sha256 = hashlib.sha256(content).hexdigest()
    supplier_id = look.supplier(document.supplier)
    judged = approve.arrival(document, sha256, source=source, claim=incoming.approval, look=look)
    decided = None
    if judged.state is OrderState.APPROVED:
        decided = route.decide(document, sha256, number=number, supplier_id=supplier_id, look=look)
    state = OrderState.HELD if decided and decided.problem else judged.state
    summary = _summary(document, supplier_id)
    _not_negative(document, summary["total"])
    told: list[tuple[Event, frozenset[str]]] = [
        (_created_event(document, sha256, source, summary["total"]), frozenset({"revision"})),
        (judged.event, frozenset({"revision"})),
    ]
    plan = None
    if decided:
        told.append((decided.event(), frozenset({"revision", "plan"})))
        plan = PlanRow(decided.rules.id, decided.binding, dict(decided.plan.explanation), decided.problem)
    return NewOrder(
        order={
            **summary,
            "entity": "main",
            "number": number,
            "state": state.value,
            "delivery_state": DeliveryState.READY.value if decided and decided.channel else None,
            "answer_state": AnswerState.NOT_ASKED.value,
            "reason": decided.problem if decided else "",
            "created_by": actor,
            "source": source,
            "channel": decided.channel if decided else "",
            "created_at": now,
            "changed_at": now,
            "last_event": route.headline(decided) if decided else "Waits for approval",
        },
        revision={
            "number": document.revision,
            "content": content,
            "sha256": sha256,
            "currency": document.currency,
            "total": summary["total"],
            "message_id": message.pk if message else None,
            "created_by": actor,
            "created_at": now,
        },
        lines=line_rows(document),
        events=[EventRow(now, event.kind, actor, event.data(), about) for event, about in told],
        approvals=[judged.approval] if judged.approval else [],
        plan=plan,
        legs=decided.legs if decided else (),
    )


@dataclass(frozen=True)
class Proposed:
    """A version that was made here: on top of which one, and why. `decides` is the answer whose decision it tells,
    `accepted` the differences (line, field) of that answer that the policy accepted."""

    base: int
    reason: str
    decides: Response | None = None
    accepted: Accepted = ()


def revise(
    order: Order,
    document: Document,
    *,
    source: str,
    actor: str,
    claim: Claim | None = None,
    message: Message | None = None,
    proposed: Proposed | None = None,
) -> Created:
    """Write the next version of a locked order, judge it, and plan it where it needs nobody's yes. An order that a
    person put on hold stays there, and is approved when it goes on. Raises Refused."""
    _not_negative(document, money.totals(document).total)
    newest = order.revisions.get(number=order.revision)
    in_force.replaced(order, newest, actor=actor, by=document.revision)
    sha256 = fingerprint(document)
    look, held = Look(), hold.by_hand(order)
    accepted = proposed.accepted if proposed else ()
    if held:
        judged = approve.arrival(document, sha256, source=source, claim=None, look=look)
    else:
        judged = approve.amended(order, document, sha256, source=source, claim=claim, look=look, accepted=accepted)
    for name, value in _summary(document, look.supplier(document.supplier)).items():
        setattr(order, name, value)
    if not held:
        order.state, order.reason = OrderState.PENDING_APPROVAL, ""
    order.delivery_state, order.answer_state, order.answer_due_at = None, AnswerState.NOT_ASKED, None
    headline = f"Version {document.revision} {'was made here' if proposed else 'came in'}"
    order.changed_at, order.last_event = timezone.now(), headline
    order.save()
    decides = proposed.decides if proposed else None
    revision = _write(order, document, sha256, actor=actor, message=message, decides=decides)
    differing = changes(Document.model_validate_json(bytes(newest.content)), document)
    told: list[Event] = [_created_event(document, sha256, source, order.total)]
    if proposed:
        differs = tuple(change.path for change in differing[:20])
        told.append(events.AmendmentProposed(base=proposed.base, reason=proposed.reason, differs=differs))
    for event in (*told, judged.event):
        append(event, actor=actor, order=order, subjects={"revision": revision.pk})
    if judged.approval:
        Approval.objects.create(revision=revision, **asdict(judged.approval))
        route.plan(order, revision, document, actor=actor)
    return Created(order.pk, order.number, document.revision, order.state, "revised", differing)


def _keep(
    order: Order, document: Document, *, source: str, actor: str, claim: Claim | None, message: Message | None
) -> Created:
    """Keep a version that came after a newer one, or while the order is being cancelled, with the approval that it
    came with. In the second case it is the newest from now on, and goes on where the order is not cancelled after all.
    """
    total = money.totals(document).total
    _not_negative(document, total)
    sha256 = fingerprint(document)
    look = Look()
    judged = approve.arrival(document, sha256, source=source, claim=claim, look=look)
    revision = _write(order, document, sha256, actor=actor, message=message)
    late = document.revision < order.revision
    why = (
        f"It came after version {order.revision}" if late else f"The order was {OrderState(order.state).label.lower()}"
    )
    told: list[Event] = [_created_event(document, sha256, source, total)]
    told.append(events.OrderKept(number=document.revision, sha256=sha256, source=source, reason=why))
    if judged.approval:
        Approval.objects.create(revision=revision, **asdict(judged.approval))
        told.append(judged.event)
    for event in told:
        append(event, actor=actor, order=order, subjects={"revision": revision.pk})
    if not late:
        for name, value in _summary(document, look.supplier(document.supplier)).items():
            setattr(order, name, value)
        order.answer_state, order.answer_due_at = AnswerState.NOT_ASKED, None
    order.changed_at, order.last_event = timezone.now(), f"Version {document.revision} was kept, not sent"
    order.save()
    return Created(order.pk, order.number, document.revision, order.state, "late" if late else "not_sent")


def _write(
    order: Order,
    document: Document,
    sha256: str,
    *,
    actor: str,
    message: Message | None,
    decides: Response | None = None,
) -> Revision:
    """A version of an order that is here already, with its lines. Answers to older ones close no loop any more."""
    open_ones = (Response.State.ACCEPTED, Response.State.OPEN, Response.State.RECEIVED)
    overtaken = order.responses.filter(revision__number__lt=document.revision, state__in=open_ones)
    overtaken.exclude(content__contains={"answers": "cancellation"}).update(state=Response.State.OLD_VERSION)
    revision = Revision.objects.create(
        order=order,
        number=document.revision,
        content=canonical_bytes(document),
        sha256=sha256,
        currency=document.currency,
        total=money.totals(document).total,
        message=message,
        decides=decides,
        created_by=actor,
    )
    OrderLine.objects.bulk_create(OrderLine(revision=revision, **asdict(row)) for row in line_rows(document))
    return revision


def _known(
    order: Order, known: Revision, document: Document, *, source: str, actor: str, message: Message | None
) -> Created:
    sha256 = fingerprint(document)
    if sha256 == known.sha256:
        if message is not None and known.message_id == message.pk:  # processed again after a crash
            return Created(order.pk, order.number, known.number, order.state, "created")
        append(events.OrderDuplicate(source=source), actor=actor, order=order, subjects={"revision": known.pk})
        return Created(order.pk, order.number, known.number, order.state, "duplicate")
    differing = changes(Document.model_validate_json(bytes(known.content)), document)
    conflict = events.OrderConflict(sha256=sha256, source=source, differs=tuple(c.path for c in differing[:20]))
    append(conflict, actor=actor, order=order, subjects={"revision": known.pk})
    return Created(order.pk, order.number, known.number, order.state, "conflict", differing)


def _may_follow(order: Order) -> None:
    if order.state == OrderState.CLOSED or hold.by_hand(order):
        raise Refused(
            f"Order {order.number} is {OrderState(order.state).label.lower()} and takes no new version.",
            remedy="Resume it first." if order.state == OrderState.HELD else "Create a new order.",
            kind="conflict",
        )


def _summary(document: Document, supplier_id: int | None) -> dict[str, Any]:
    """What an order's row repeats of its current revision."""
    return {
        "supplier_id": supplier_id,
        "test": document.test,
        "revision": document.revision,
        "kind": document.kind,
        "supplier_name": document.supplier.name,
        "buyer_name": document.buyer.name,
        "currency": document.currency,
        "total": money.totals(document).total,
        "line_count": len(document.lines),
        "need_by": need_by(document.lines),
    }


def line_rows(document: Document) -> list[LineRow]:
    """The lines as rows."""
    return [
        LineRow(
            position=position,
            number=line.number,
            description=line.description,
            quantity=line.quantity,
            unit=line.unit,
            price=line.price,
            price_basis=line.price_basis,
            amount=money.line_amount(line, document.currency),
            need_by=need_by([line]),
            buyer_part=line.buyer_part or "",
            supplier_part=line.supplier_part or "",
        )
        for position, line in enumerate(document.lines, 1)
    ]


def _created_event(document: Document, sha256: str, source: str, total: Any) -> events.OrderCreated:
    return events.OrderCreated(
        number=document.revision,
        sha256=sha256,
        source=source,
        currency=document.currency,
        total=total,
        lines=len(document.lines),
        test=document.test,
    )
