"""Approvals: what waits for my yes first, then what waits for others."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from orderwire.records import User
from orderwire.tracking import approving, attention
from orderwire.tracking.approvals import verdicts
from orderwire.tracking.words import Money, age, day, plural
from orderwire.web.access import buyer

SHOWN = 60
"""The policy is asked about each of these; the others come up as these are decided."""


@require_GET
@buyer
def approvals(request: HttpRequest) -> HttpResponse:
    """The page."""
    assert isinstance(request.user, User)
    now = timezone.now()
    waiting = list(attention.approvals().select_related("supplier").order_by("changed_at")[: SHOWN + 1])
    may = verdicts(waiting[:SHOWN], request.user)
    differences = approving.differences(waiting[:SHOWN])
    rows: list[dict[str, Any]] = [
        {
            "order": order,
            "may": may[order.pk],
            "money": Money(order.total, order.currency),
            "age": age(now - order.changed_at),
            "need": day(order.need_by) if order.need_by else "",
            "lines": plural(order.line_count, "line"),
            "difference": differences.get(order.pk),
        }
        for order in waiting[:SHOWN]
    ]
    context = {
        "mine": [row for row in rows if may[row["order"].pk].allowed],
        "theirs": [row for row in rows if not may[row["order"].pk].allowed],
        "more": len(waiting) > SHOWN,
    }
    return render(request, "console/approvals.html", context)
