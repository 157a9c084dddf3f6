"""Ship notices and receipts: bring them, and read what was confirmed, shipped and received of each line of an order."""

import datetime
from decimal import Decimal
from typing import Any, Literal, Self

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from orderwire.api.access import Caller, caller, needs
from orderwire.api.answering import WRITE, given, responses
from orderwire.api.incoming import one_document
from orderwire.api.paging import Number
from orderwire.api.problem import FindingOut, told
from orderwire.document.base import plain
from orderwire.document.fulfillment import Receipt, ShipNotice
from orderwire.document.goods import LineGoods, ScheduleGoods
from orderwire.flow import Refused, fulfill
from orderwire.flow.goods import goods
from orderwire.records import GoodsDocument, Partner

ship_notices = Router(tags=["goods"])
receipts = Router(tags=["goods"])
of_order = Router(tags=["goods"])


def _body(name: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}Envelope"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


class GoodsKept(Schema):
    """What became of a ship notice or a receipt. `outcome`: kept; duplicate (nothing changed); replaced (it corrects an
    earlier one); taken_back (it withdraws one); outdated (what corrects it was here before)."""

    outcome: Literal["kept", "duplicate", "replaced", "taken_back", "outdated"]
    number: str
    orders: list[str]
    findings: list[FindingOut] = []


class ScheduleGoodsOut(Schema):
    """One schedule line. `confirmed` and `promised` are absent where the supplier has not said anything that counts;
    `late` are the days by which the last of it came, or is awaited, after the day that is promised or else needed."""

    needed: datetime.date | None = None
    promised: datetime.date | None = None
    ordered: str
    confirmed: str | None = None
    shipped: str
    received: str
    rejected: str
    open: str
    late: int

    @classmethod
    def of(cls, found: ScheduleGoods) -> Self:
        """As text."""
        return cls(**_text(vars(found)))


class LineGoodsOut(Schema):
    """One line, in its unit. `difference` is what was supplied beyond what is confirmed, or else ordered (below zero:
    what is missing), `percent` the same in percent; `uncounted` says what was said of it and does not count."""

    number: str
    unit: str
    ordered: str
    confirmed: str | None = None
    shipped: str
    received: str
    rejected: str
    open: str
    difference: str
    percent: str | None = None
    late: int
    schedules: list[ScheduleGoodsOut]
    uncounted: list[str] = []

    @classmethod
    def of(cls, found: LineGoods) -> Self:
        """As text."""
        names = ("number", "unit", "ordered", "confirmed", "shipped", "received", "rejected", "open", "difference",
                 "percent", "late", "uncounted")  # fmt: skip
        known = _text({name: getattr(found, name) for name in names})
        return cls(**known, schedules=[ScheduleGoodsOut.of(schedule) for schedule in found.schedules])


class GoodsDocumentOut(Schema):
    """One ship notice or receipt of the order. `replaced_at`: since then it counts no longer."""

    kind: GoodsDocument.Kind
    number: str
    on: datetime.date | None = Field(None, description="The day on which the goods left or came.")
    expected: datetime.date | None = None
    source: str
    came_at: datetime.datetime
    replaced_at: datetime.datetime | None = None


class OrderGoodsOut(Schema):
    """Every line of the newest version, what was said of lines that it does not have, and the documents, newest
    first."""

    lines: list[LineGoodsOut]
    foreign: list[str] = []
    documents: list[GoodsDocumentOut]


@ship_notices.post(
    "",
    response=responses(GoodsKept, 200, *WRITE, status=201),
    **needs("goods:write", requestBody=_body("ShipNotice")),
    summary="Bring a ship notice",
)
def bring_ship_notice(request: HttpRequest) -> HttpResponse:
    """What is on its way. With a supplier's key it is the supplier's word; with a key of the buyer's it is taken on the
    supplier's behalf. 200: it changes nothing. 409: it names an order that is not here; then nothing of it is kept."""
    who = caller(request)
    notice = one_document(request.body, ShipNotice)
    return _given(fulfill.shipped(notice, partner=_partner(who), source=who.source, actor=who.actor))


@receipts.post(
    "",
    response=responses(GoodsKept, 200, 403, *WRITE, status=201),
    **needs("goods:write", requestBody=_body("Receipt")),
    summary="Bring a receipt",
)
def bring_receipt(request: HttpRequest) -> HttpResponse:
    """What arrived, and what of it was rejected. Only the buyer's side can say that: a supplier's key cannot."""
    who = caller(request)
    receipt = one_document(request.body, Receipt)
    return _given(fulfill.received(receipt, partner=_partner(who), source=who.source, actor=who.actor))


@of_order.get(
    "/{path:number}/goods",
    response=responses(OrderGoodsOut, 403, 404),
    **needs("orders:read"),
    summary="What was shipped and received",
)
def read_goods(request: HttpRequest, number: Number) -> HttpResponse:
    """What was confirmed, shipped and received of each line and schedule line, and what is open. For the buyer only."""
    who = caller(request)
    order = who.order(number)
    if who.partner_id is not None:
        raise Refused("A supplier's key cannot read what the buyer received.", kind="not_allowed")
    found = goods(order)
    documents = GoodsDocument.objects.filter(lines__order=order).distinct().order_by("-pk").defer("content")
    return given(
        OrderGoodsOut(
            lines=[LineGoodsOut.of(line) for line in found.lines],
            foreign=list(found.foreign),
            documents=[_document(row) for row in documents],
        )
    )


def _document(row: GoodsDocument) -> GoodsDocumentOut:
    return GoodsDocumentOut(
        kind=GoodsDocument.Kind(row.kind),
        number=row.number,
        on=row.on_date,
        expected=row.expected,
        source=row.source,
        came_at=row.came_at,
        replaced_at=row.replaced_at,
    )


def _partner(who: Caller) -> Partner | None:
    return who.user.partner if who.user else None


def _given(kept: fulfill.Kept) -> HttpResponse:
    orders = [order.number for order in kept.orders]
    findings = [FindingOut(**finding) for finding in told(kept.findings)]
    shown = GoodsKept(outcome=kept.outcome, number=kept.document.number, orders=orders, findings=findings)
    return given(shown, 200 if kept.outcome in ("duplicate", "outdated") else 201)


def _text(values: dict[str, Any]) -> dict[str, Any]:
    """Quantities as exact text."""
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in values.items()}
