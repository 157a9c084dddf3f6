"""Take in one ship notice or receipt: lock its orders, keep it losslessly, and settle what of its number counts."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from orderwire.document.base import plain
from orderwire.document.finding import Finding, info, warning
from orderwire.document.fulfillment import Receipt, ShipNotice
from orderwire.document.states import OrderState
from orderwire.flow import NotYet, Refused, evidence
from orderwire.flow.cancel.later import mentioned
from orderwire.flow.fulfill import rows
from orderwire.flow.fulfill.counting import counting, same_matter, withdraws
from orderwire.flow.fulfill.named import FOREIGN, Content, Named, named, some
from orderwire.flow.goods import goods
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import GoodsDocument, Message, Order, Partner

Kind = GoodsDocument.Kind
Outcome = Literal["kept", "duplicate", "replaced", "taken_back", "outdated"]

_MOST = 50
"""Findings told of one document; its rows tell the others."""


@dataclass(frozen=True)
class Kept:
    """What became of a document: `kept`; `duplicate`: nothing changed; `replaced`: it corrects an earlier one;
    `taken_back`: it withdraws one; `outdated`: what corrects it was here before. `orders` are those it is about."""

    outcome: Outcome
    document: GoodsDocument
    orders: tuple[Order, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class _Came:
    source: str
    actor: str
    message: Message | None


def shipped(
    notice: ShipNotice, *, partner: Partner | None, source: str, actor: str, message: Message | None = None
) -> Kept:
    """Keep a ship notice of the supplier `partner`, or of anybody else on the suppliers' behalf.

    Raises flow.NotYet where it names an order that is not here: without a message nothing is kept then; with one, what
    is about known orders counts at once, and the rest when it is handed over again.
    """
    return _keep(notice, Kind.SHIP_NOTICE, _supplier(partner), _Came(source, actor, message))


def received(
    receipt: Receipt, *, partner: Partner | None, source: str, actor: str, message: Message | None = None
) -> Kept:
    """Keep a goods receipt. Only the buyer's side knows what arrived: raises Refused for one from a supplier, and
    flow.NotYet as `shipped` does."""
    if _supplier(partner):
        remedy = "Receipts come from the buying system or the warehouse."
        raise Refused("A supplier cannot say what arrived at the buyer's.", remedy=remedy, kind="not_allowed")
    return _keep(receipt, Kind.RECEIPT, None, _Came(source, actor, message))


def _supplier(partner: Partner | None) -> Partner | None:
    return partner if partner is not None and partner.role == Partner.Role.SUPPLIER else None


def _keep(content: Content, kind: Kind, supplier: Partner | None, came: _Came) -> Kept:
    with transaction.atomic():
        _one_at_a_time(f"goods:{kind}:{content.number}")
        earlier = list(GoodsDocument.objects.filter(kind=kind, number=content.number).order_by("pk"))
        found = named(content, supplier, earlier)
        if came.message is None:  # who asks is told of another's order what he is told of none
            found.missing += [number for number, why in found.wrong.items() if why is FOREIGN]
        if found.missing and (came.message is None or not found.ours):
            raise _not_yet(content, found)
        kept = _kept(content, kind, supplier, found, came)
    if found.missing:
        raise _not_yet(content, found)
    return kept


def _one_at_a_time(name: str) -> None:
    """Documents of one number wait for each other, also where they share no order that could be locked."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _not_yet(content: Content, found: Named) -> NotYet:
    reason = f"{content.number} names order {some(found.missing)}, which is not here."
    return NotYet(reason, number=found.missing[0], remedy="Bring the order first, or correct its number.")


def _kept(content: Content, kind: Kind, supplier: Partner | None, found: Named, came: _Came) -> Kept:
    content_json = content.model_dump(mode="json", exclude_defaults=True)
    sha256 = hashlib.sha256(json.dumps(content_json, sort_keys=True).encode()).hexdigest()
    orders = tuple(found.ours.values())
    owner = supplier.pk if supplier else _one(order.supplier_id for order in orders)
    sender = Q(supplier=owner) if supplier else Q(supplier=owner) | Q(source=came.source)
    earlier = list(GoodsDocument.objects.filter(sender, kind=kind, number=content.number).order_by("pk"))
    same = next((row for row in earlier if row.sha256 == sha256), None)
    if same is not None:
        return _again(same, content, found, came)
    earlier = [row for row in earlier if same_matter(row, content, found)]
    document = GoodsDocument.objects.create(
        kind=kind,
        number=content.number,
        supplier_id=owner,
        message=came.message,
        content=content_json,
        sha256=sha256,
        on_date=(content.shipped if isinstance(content, ShipNotice) else content.received) or content.issued,
        expected=content.expected if isinstance(content, ShipNotice) else None,
        source=came.source,
        actor=came.actor,
    )
    findings = [*_named(content, found), *rows.write(document, content, found)]
    outcome = _settle(document, earlier, came)
    for order in orders:
        _tell(order, document, outcome, came)
        if outcome in ("kept", "replaced"):
            findings += _noticed(order, document, came)
    return Kept(outcome, document, orders, tuple(findings[:_MOST]))


def _again(row: GoodsDocument, content: Content, found: Named, came: _Came) -> Kept:
    """The same document again changes nothing, but for an order that it names and that came meanwhile."""
    known = set(row.lines.exclude(order=None).values_list("order_id", flat=True))
    orders = tuple(found.ours.values())
    new = [order for order in orders if order.pk not in known]
    if not new:
        return Kept("duplicate", row, orders)
    row.lines.filter(order=None).delete()
    findings = list(rows.write(row, content, found))
    for order in new:
        _tell(order, row, "outdated" if row.replaced_at else "kept", came)
        findings += _noticed(order, row, came)
    return Kept("kept", row, orders, tuple(findings[:_MOST]))


def _settle(document: GoodsDocument, earlier: list[GoodsDocument], came: _Came) -> Outcome:
    """Mark what counts no longer."""
    decides = counting([*earlier, document])
    for row in (*earlier, document):
        if row.replaced_at is None and (row != decides or withdraws(row)):
            row.replaced_at = timezone.now()
            row.save(update_fields=["replaced_at"])
            for order in Order.objects.filter(goods__document=row).distinct():
                append(
                    events.GoodsReplaced(number=row.number), actor=came.actor, order=order, subjects={"goods": row.pk}
                )
    if decides != document:
        return "outdated"
    return "taken_back" if withdraws(document) else "replaced" if earlier else "kept"


def _tell(order: Order, document: GoodsDocument, outcome: Outcome, came: _Came) -> None:
    """The event and the headline of an order."""
    notice = document.kind == Kind.SHIP_NOTICE
    if outcome == "taken_back":
        what = f"{order.supplier_name} took ship notice {document.number} back"
        evidence.told(order, what if notice else f"Receipt {document.number} was taken back")
        return
    event = events.GoodsShipped if notice else events.GoodsReceived
    lines = document.lines.filter(order=order).count()
    append(event(number=document.number, lines=lines), actor=came.actor, order=order, subjects={"goods": document.pk})
    if outcome != "outdated":
        evidence.told(order, f"{order.supplier_name} shipped goods" if notice else "Goods arrived")


def _named(content: Content, found: Named) -> Iterator[Finding]:
    if found.ours:
        yield info("kept", content.number, f"is kept with order {some(list(found.ours))}")
    for number, why in found.wrong.items():
        yield warning("unknown-order", content.number, f"names {number}, {why}")
    if not (found.ours or found.wrong or found.missing):
        yield warning("unknown-order", content.number, "names no order; it is kept and counts nowhere")


def _noticed(order: Order, document: GoodsDocument, came: _Came) -> Iterator[Finding]:
    """What a buyer should know at once: more than was confirmed, and goods of an order that is not in force. The
    supplier of one that we believed had never left has it after all."""
    if order.state in (OrderState.CANCELLED, OrderState.CANCELLING):
        label = OrderState(order.state).label.lower()
        yield warning("not-in-force", order.number, f"is {label}, and goods of it move; speak with the supplier")
        mentioned(order, actor=came.actor)
    touched = set(document.lines.filter(order=order).values_list("line", flat=True))
    for line in goods(order).lines:
        if line.number in touched and line.difference > 0:
            share = f", {line.percent} % more" if line.percent is not None else ""
            word = "ordered" if line.confirmed is None else "confirmed"
            text = f"{plain(line.supplied)} supplied instead of {plain(line.expected)} {word}{share}"
            yield warning("over-delivery", f"{order.number} line {line.number}", text)


def _one(found: Iterable[int | None]) -> int | None:
    rows = set(found)
    return rows.pop() if len(rows) == 1 else None
