"""Orders: bring them, list them, read one with its versions and why it goes where."""

import datetime
import json
from typing import Any, Self

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from orderwire.api.access import LEFT, Caller, caller, needs
from orderwire.api.answering import WRITE, given, responses
from orderwire.api.incoming import RAW_ORDER, Received, take_in
from orderwire.api.order_parts import (
    AmountText,
    ApprovalOut,
    HoldingOut,
    OrderDocument,
    PlanOut,
    RevisionDetail,
    RevisionOut,
    Revisions,
    amount,
)
from orderwire.api.paging import Filters, Moment, Number, Word, only, read_cursor, write_cursor
from orderwire.document.order import Order as Document
from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.flow import Refused
from orderwire.flow.create import need_by
from orderwire.flow.holding import holding
from orderwire.records import Approval, Order, Revision

router = Router(tags=["orders"])

_ENDED = (OrderState.CANCELLED, OrderState.CLOSED)


class OrderSummary(Schema):
    """An order as lists show it.

    A supplier's key sees the newest version that was sent to it, and nothing of what the buyer does with it inside:
    no reasons, no state but approved, cancelled or closed, and not_asked while a newer version is not sent yet.
    """

    number: str
    revision: int
    state: OrderState
    delivery_state: DeliveryState | None = None
    answer_state: AnswerState
    reason: str = ""
    test: bool
    kind: str
    supplier: str | None = Field(None, description="The buyer's number for the supplier; absent while not known here.")
    supplier_name: str
    buyer_name: str
    source: str = ""
    currency: str
    total: AmountText
    lines: int
    need_by: datetime.date | None = None
    channel: str = ""
    answer_due_at: datetime.datetime | None = None
    created_at: datetime.datetime
    changed_at: datetime.datetime
    last_event: str = ""

    @classmethod
    def of(cls, order: Order, who: Caller) -> Self:
        """The row as its caller may see it."""
        return cls(**facts(order, held(order, who) if who.partner_id is not None else None))


class OrderPage(Schema):
    """A page of orders."""

    orders: list[OrderSummary]
    next: str | None = Field(None, description="The `cursor` of the next page; absent on the last.")


class OrderDetail(OrderSummary):
    """An order with the content of its current version, and for the buyer its history, its plan and the version that
    the supplier holds."""

    sha256: str
    supplier_holds: HoldingOut | None = None
    document: OrderDocument
    revisions: list[RevisionOut]
    approvals: list[ApprovalOut] = []
    plan: PlanOut | None = None

    @classmethod
    def of(cls, order: Order, who: Caller) -> Self:
        """The whole order as its caller may see it: a supplier the newest version that was sent to it."""
        known = list(revisions(order, who).order_by("number"))
        inside = who.partner_id is None
        current = next(r for r in known if r.number == order.revision) if inside else known[-1]
        approvals, plan = [], None
        if inside:
            said = Approval.objects.filter(revision__order=order).select_related("revision").order_by("pk")
            approvals = [ApprovalOut.of(row) for row in said]
            plan = current.plans.select_related("rules").order_by("-pk").first()
        return cls(
            **facts(order, None if inside else current),
            sha256=current.sha256,
            supplier_holds=HoldingOut.of(holding(order)) if inside else None,
            document=json.loads(bytes(current.content)),
            revisions=[RevisionOut.of(r, who) for r in known],
            approvals=approvals,
            plan=PlanOut.of(plan) if plan else None,
        )


class OrderFilters(Filters):
    """Which orders."""

    state: OrderState | None = None
    delivery: DeliveryState | None = None
    answer: AnswerState | None = None
    supplier: Word | None = Field(None, description="The buyer's number for the supplier.")
    number: Word | None = Field(None, description="Exactly this number.")
    updated_since: Moment | None = Field(
        None, description="Changed at or after this time; then the oldest change comes first, else the newest."
    )


@router.post(
    "",
    response=responses(Received, 200, 207, *WRITE, status=201),
    **needs("orders:write", requestBody=RAW_ORDER),
    summary="Bring an order",
)
def bring_order(request: HttpRequest) -> HttpResponse:
    """The body is one order as our JSON, or a file in any installed format that can be read; the content decides.

    201: a new order or version. 200: known already, nothing changed. 409: the number and version are known with other
    content, told field by field; nothing changed. 422: refused, with findings. 207: a file of several, look at each.
    """
    return take_in(request, caller(request), orders_only=True)


@router.get("", response=responses(OrderPage), **needs("orders:read"), summary="List orders")
def list_orders(request: HttpRequest, filters: Query[OrderFilters]) -> HttpResponse:
    """Orders by their latest change. To follow changes, begin with `updated_since` and go on with `next`."""
    only(request, OrderFilters)
    who = caller(request)
    found = who.orders()
    if who.partner_id is not None and (filters.state or filters.delivery or filters.answer):
        raise Refused("A supplier's key cannot ask for states.", remedy="Leave them out.", kind="not_allowed")
    for column, value in (
        ("state", filters.state),
        ("delivery_state", filters.delivery),
        ("answer_state", filters.answer),
        ("supplier__number", filters.supplier),
        ("number", filters.number),
    ):
        if value is not None:
            found = found.filter(**{column: value})
    rising = filters.updated_since is not None
    if filters.updated_since is not None:
        found = found.filter(changed_at__gte=filters.updated_since)
    if filters.cursor:
        at, pk = read_cursor(filters.cursor)
        past = (
            Q(changed_at__gt=at) | Q(changed_at=at, pk__gt=pk)
            if rising
            else Q(changed_at__lt=at) | Q(changed_at=at, pk__lt=pk)
        )
        # The first condition is what the index is entered by.
        found = found.filter(Q(changed_at__gte=at) if rising else Q(changed_at__lte=at)).filter(past)
    found = found.order_by("changed_at", "pk") if rising else found.order_by("-changed_at", "-pk")
    rows = list(found[: filters.limit + 1])
    page = rows[: filters.limit]
    after = write_cursor(page[-1].changed_at, page[-1].pk) if len(rows) > len(page) else None
    return given(OrderPage(orders=[OrderSummary.of(row, who) for row in page], next=after))


@router.get(
    "/{path:number}/revisions", response=responses(Revisions, 404), **needs("orders:read"), summary="List versions"
)
def list_revisions(request: HttpRequest, number: Number) -> HttpResponse:
    """Every version of the order, oldest first; for a supplier those that were sent to it."""
    who = caller(request)
    found = revisions(who.order(number), who).order_by("number")
    return given(Revisions(revisions=[RevisionOut.of(r, who) for r in found]))


@router.get(
    "/{path:number}/revisions/{int:revision}",
    response=responses(RevisionDetail, 404),
    **needs("orders:read"),
    summary="Read one version",
)
def read_revision(request: HttpRequest, number: Number, revision: int) -> HttpResponse:
    """One version with its content."""
    who = caller(request)
    row = revisions(who.order(number), who).filter(number=min(revision, 10**9)).first()
    if row is None:
        raise Refused("There is no such version.", kind="not_found")
    shown = RevisionOut.of(row, who).model_dump()
    return given(RevisionDetail(**shown, document=json.loads(bytes(row.content))))


def read_order(request: HttpRequest, number: Number) -> HttpResponse:
    """One order with its current content, versions, approvals, and its plan with the explanation."""
    who = caller(request)
    return given(OrderDetail.of(who.order(number), who))


def add_last(last: Router) -> None:
    """A number may hold a slash, so the address of an order itself is tried after those of its parts."""
    last.get("/{path:number}", response=responses(OrderDetail, 404), **needs("orders:read"), summary="Read one order")(
        read_order
    )


def revisions(order: Order, who: Caller) -> Any:
    """The versions that the caller may know of."""
    found = order.revisions.all()
    if who.partner_id is None:
        return found
    sent = order.deliveries.filter(LEFT, leg__recipient=who.partner_id)
    return found.filter(pk__in=sent.values("revision"))


def held(order: Order, who: Caller) -> Revision:
    """The newest version that was sent to the supplier who asks."""
    found: Revision = revisions(order, who).order_by("-number")[0]
    return found


def facts(order: Order, sent: Revision | None) -> dict[str, Any]:
    """What a row says: to the buyer what it holds, to a supplier what the version says that was `sent` to it."""
    known = {
        "number": order.number,
        "answer_state": AnswerState(order.answer_state),
        "test": order.test,
        "kind": order.kind,
        "supplier": order.supplier.number if order.supplier else None,
        "supplier_name": order.supplier_name,
        "buyer_name": order.buyer_name,
        "created_at": order.created_at,
        "changed_at": order.changed_at,
    }
    if sent is None:
        return known | {
            "revision": order.revision,
            "state": OrderState(order.state),
            "delivery_state": DeliveryState(order.delivery_state) if order.delivery_state else None,
            "reason": order.reason,
            "source": order.source,
            "currency": order.currency,
            "total": amount(order.total, order.currency),
            "lines": order.line_count,
            "need_by": order.need_by,
            "channel": order.channel,
            "answer_due_at": order.answer_due_at,
            "last_event": order.last_event,
        }
    document = Document.model_validate_json(bytes(sent.content))
    newest = sent.number == order.revision
    return known | {
        "revision": sent.number,
        "state": OrderState(order.state) if order.state in _ENDED else OrderState.APPROVED,
        "answer_state": known["answer_state"] if newest else AnswerState.NOT_ASKED,
        "buyer_name": document.buyer.name,
        "currency": sent.currency,
        "total": amount(sent.total, sent.currency),
        "lines": len(document.lines),
        "need_by": need_by(document.lines),
        "answer_due_at": order.answer_due_at if newest else None,
    }
