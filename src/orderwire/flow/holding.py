"""Which version does a recipient hold? Everything that is known of it, loaded with a fixed number of queries, for one
order or for a list; `document.holding` judges."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q

from orderwire.document.holding import Answer, Doubt, Facts, Goods, Holding, HoldingWarning, Sent
from orderwire.document.holding import holding as judged
from orderwire.document.states import CANCELLATION_WAITS, DeliveryState
from orderwire.ledger.events import DeliveryFailed
from orderwire.records import Attempt, Cancellation, Delivery, Event, GoodsLine, Order, Response

__all__ = ["Doubt", "Holding", "HoldingWarning", "holding", "holdings", "recipients", "refused_since"]

_WITH_HIM = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.OPENED, DeliveryState.ANSWERED)
"""States in which nothing says any more that his side refused it."""

_UNDER_WAY = (DeliveryState.SENDING, DeliveryState.IN_DOUBT, *_WITH_HIM)
_CAME_BACK = ("delivered", "functional_ack", "application_advice")
_NO = Q(receipts__external_id__endswith=":rejected") | Q(receipts__external_id__endswith=":partial")
"""A functional acknowledgment or an advice is kept with its status behind its number."""

_By = Mapping[int, list[Any]]


def holding(order: Order) -> Holding:
    """What the order's supplier holds."""
    return holdings([order])[order.pk]


def holdings(orders: Iterable[Order]) -> dict[int, Holding]:
    """What the supplier of each order holds, by the order's id. At most five queries."""
    rows = {order.pk: order for order in orders}
    if not rows:
        return {}
    sent, more = _sent(rows), _said(rows)
    return {
        pk: judged(
            _facts(
                order, sent.get(pk, {}).get(order.supplier_id or 0, ()), **{k: v.get(pk, []) for k, v in more.items()}
            )
        )
        for pk, order in rows.items()
    }


def recipients(order: Order) -> dict[int, Holding]:
    """What everybody holds who is to get the order, by the partner's id: also who only gets a copy."""
    rows = {order.pk: order}
    sent, more = _sent(rows)[order.pk], _said(rows)
    found = {who: judged(Facts("", order.revision, tuple(facts))) for who, facts in sent.items()}
    if order.supplier_id is not None:
        own = sent.get(order.supplier_id, ())
        found[order.supplier_id] = judged(_facts(order, own, **{k: v.get(order.pk, []) for k, v in more.items()}))
    return found


def _facts(
    order: Order, sent: Iterable[Sent], *, answers: list[Response], goods: list[Goods], cancelling: list[int]
) -> Facts:
    return Facts(
        who=order.supplier_name,
        newest=order.revision,
        sent=tuple(sent),
        answers=tuple(_answer(row) for row in answers if row.supplier_id in (None, order.supplier_id)),
        goods=tuple(goods),
        cancelling=bool(cancelling),
    )


def _sent(orders: Mapping[int, Order]) -> dict[int, dict[int, list[Sent]]]:
    """Deliveries of versions by order and recipient; a reminder proves a version only where somebody opened it."""
    kinds = (Delivery.Kind.ORDER, Delivery.Kind.NOTICE)
    found = Delivery.objects.filter(order__in=orders, revision__isnull=False, kind__in=kinds)
    tried = Attempt.objects.filter(Q(outcome__in=("accepted", "unknown")) | Q(outcome=None), started_at__isnull=False)
    rows = list(
        found.select_related("revision", "leg", "endpoint").annotate(
            tried=Exists(tried.filter(delivery=OuterRef("pk"))),
            came_back=Min("receipts__at", filter=Q(receipts__kind__in=_CAME_BACK) & ~_NO),
            seen=Min("receipts__at", filter=Q(receipts__kind="opened")),
        )
    )
    refused = refused_since(rows)
    by: dict[int, dict[int, list[Sent]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        notice = row.kind == Delivery.Kind.NOTICE
        if row.revision is None or (notice and row.seen is None):
            continue
        who = row.leg.recipient_id if row.leg else row.endpoint.partner_id
        opened = row.seen or (row.changed_at if row.state == DeliveryState.OPENED else None)
        proven = row.came_back or (row.changed_at if row.state == DeliveryState.DELIVERED else None)
        accepted = row.accepted_at or (row.changed_at if row.state == DeliveryState.ACCEPTED else None)
        by[row.order_id or 0][who].append(
            Sent(
                version=row.revision.number,
                planned=row.created_at,
                left=not notice and bool(row.tried or accepted or row.state in _UNDER_WAY),
                handed_over=None if notice else accepted,
                proven=None if notice else proven,
                opened=opened,
                refused=refused.get(row.pk),
            )
        )
    return by


def refused_since(rows: Iterable[Delivery]) -> dict[int, datetime.datetime]:
    """When the partner's side refused what it had taken over before, by delivery. The ledger knows it also of those
    that a newer version replaced since."""
    doubtful = {r.pk: r for r in rows if r.state not in _WITH_HIM and (r.accepted_at or r.proven_at)}
    if not doubtful:
        return {}
    failed = Event.objects.filter(order__in={r.order_id for r in doubtful.values()}, kind=DeliveryFailed.kind)
    last = {int(event.subjects["delivery"]): event.at for event in failed.order_by("pk")}
    found = {}
    for pk, row in doubtful.items():
        since = max(at for at in (row.accepted_at, row.proven_at) if at)
        if pk in last and last[pk] >= since:
            found[pk] = last[pk]
    return found


def _said(orders: Mapping[int, Order]) -> dict[str, _By]:
    """What suppliers answered and shipped, and which withdrawals wait for their word, by order."""
    answers: dict[int, list[Any]] = defaultdict(list)
    goods: dict[int, list[Any]] = defaultdict(list)
    cancelling: dict[int, list[Any]] = defaultdict(list)
    for row in Response.objects.filter(order__in=orders, revision__isnull=False).select_related("revision"):
        answers[row.order_id or 0].append(row)
    for line in GoodsLine.objects.filter(order__in=orders, document__replaced_at=None).select_related("document"):
        goods[line.order_id or 0].append(_goods(line))
    for waiting in Cancellation.objects.filter(order__in=orders, state__in=CANCELLATION_WAITS):
        cancelling[waiting.order_id].append(waiting.pk)
    return {
        "answers": answers,
        "goods": {pk: sorted(set(of), key=str) for pk, of in goods.items()},
        "cancelling": cancelling,
    }


def _answer(row: Response) -> Answer:
    """What a link or a named version binds; an answer to a cancellation tells of no version."""
    assert row.revision is not None  # only such rows were loaded
    of_order = row.content.get("answers", "order") != "cancellation"
    named = of_order and (row.link_id is not None or row.content.get("revision") is not None)
    return Answer(row.revision.number, row.received_at, named)


def _goods(line: GoodsLine) -> Goods:
    """When the goods moved: at the end of the day that the document names, or when it came in, if that was before."""
    document = line.document
    at = document.came_at
    if document.on_date is not None:
        end = datetime.datetime.combine(document.on_date, datetime.time.max, tzinfo=datetime.UTC)
        at = min(at, end)
    return Goods("shipment" if document.kind == document.Kind.SHIP_NOTICE else "receipt", document.number, at)
