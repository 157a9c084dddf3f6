"""Ahead: every reminder that will be sent if nobody answers, who gets it, when and in which language."""

import datetime
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from orderwire.document.states import DeliveryState
from orderwire.flow import ladder, remind
from orderwire.flow.remind import Ahead
from orderwire.records import Notice, Order, Timer
from orderwire.tracking.order import their_zone
from orderwire.tracking.words import due
from orderwire.web.access import buyer
from orderwire.yaml_file import Unreadable

SHOWN = 200
"""Orders whose letters are worked out, those with the next ones first."""


@dataclass(frozen=True)
class Row:
    """One letter with its times worded. `first`: the next one of its order."""

    ahead: Ahead
    supplier: str
    there: str
    first: bool


@dataclass(frozen=True)
class Day:
    """The letters of one day under its name."""

    name: str
    rows: list[Row]


@require_safe
@buyer
def clocks(request: HttpRequest) -> HttpResponse:
    """The page. A fixed number of queries."""
    waiting = _first()
    try:
        ahead, problem = remind.preview(waiting[:SHOWN]), ""
    except Unreadable as failure:
        ahead, problem = [], str(failure)
    orders = Order.objects.select_related("supplier").in_bulk({each.order for each in ahead})
    now, days, seen = timezone.now(), list[Day](), set[int]()
    for each in ahead:
        name = _day(each.at, now)
        if not days or days[-1].name != name:
            days.append(Day(name, []))
        days[-1].rows.append(_row(each, orders[each.order], now, first=each.order not in seen))
        seen.add(each.order)
    context = {
        "days": days,
        "count": sum(bool(each.address) for each in ahead),
        "more": len(waiting) > SHOWN,
        "problem": problem,
    }
    return render(request, "console/clocks.html", context)


def _first() -> list[int]:
    """The orders of which something is on its way, or whose clocks run out first, and one more than are shown."""
    live = Timer.objects.filter(kind=ladder.KIND, fired_at=None, stopped_at=None, order__isnull=False)
    queued = Notice.objects.filter(stopped_at=None, delivery__state__in=[s.value for s in DeliveryState if s.open])
    ids = [*queued.order_by("queued_at").values_list("order", flat=True)[:SHOWN]]
    ids += live.order_by("due_at").values_list("order", flat=True)[: SHOWN + 1]
    return list(dict.fromkeys(ids))[: SHOWN + 1]


def _row(each: Ahead, order: Order, now: datetime.datetime, *, first: bool) -> Row:
    zone = their_zone(order)
    return Row(each, order.supplier_name, due(each.at, zone, now=now), first)


def _day(at: datetime.datetime, now: datetime.datetime) -> str:
    local, today = timezone.localtime(at).date(), timezone.localtime(now).date()
    prefix = {0: "Today, ", 1: "Tomorrow, "}.get((local - today).days, "Due now, " if local < today else "")
    return f"{prefix}{local:%A} {local.day} {local:%B}" + ("" if local.year == today.year else f" {local.year}")
