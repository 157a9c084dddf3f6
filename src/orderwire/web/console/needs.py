"""Needs: quantities that a supplier does not deliver, until they are ordered from another one or nobody needs them."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from orderwire.document.order import Line
from orderwire.flow import Refused, need
from orderwire.records import Need, Partner
from orderwire.tracking.beside import amount, parts
from orderwire.tracking.figures import digits, figure
from orderwire.tracking.words import age, day, plural
from orderwire.web.access import actor, buyer, typed
from orderwire.web.answer import entry
from orderwire.web.answer.words import texts
from orderwire.web.console.done import done

SHOWN, SUGGESTED = 40, 100
"""Needs on the page, and suppliers that are offered for each, those for the line's category first."""


@require_safe
@buyer
def needs(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _page(request)


def _page(request: HttpRequest, *, at: int = 0, problem: str = "", status: int = 200) -> HttpResponse:
    """All needs; `problem` is said at the one whose form was posted, with what was typed."""
    waiting = need.waiting()
    others = need.others()
    rows = [_row(found, others, request, at) for found in waiting[:SHOWN]]
    context = {
        "rows": rows,
        "problem": problem,
        "at": at,
        "count": plural(len(waiting), "quantity waits", "quantities wait"),
        "more": max(0, len(waiting) - SHOWN),
    }
    return render(request, "console/needs.html", context, status=status)


def _row(found: Need, others: list[Partner], request: HttpRequest, at: int) -> dict[str, Any]:
    line, currency = Line.model_validate(found.content), found.order.currency
    typed_here = request.POST if found.pk == at else {}
    days = [s.requested for s in line.schedules if s.requested]
    return {
        "need": found,
        "line": line,
        "parts": parts(line),
        "amount": amount(line),
        "day": day(min(days)) if days else "",
        "was": f"{figure(line.price, digits(currency))}",
        "age": age(timezone.now() - found.opened_at),
        "suppliers": need.ranked(found, others)[:SUGGESTED],
        "supplier": typed_here.get("supplier", ""),
        "number": typed_here.get("number", ""),
        "price": typed_here.get("price", texts("en").field(line.price, digits(currency))),
        "currency": currency,
    }


@require_POST
@buyer
def order_from(request: HttpRequest, pk: int) -> HttpResponse:
    """Order it from the chosen supplier."""
    given = request.POST
    supplier = given.get("supplier", "")
    if not (supplier.isascii() and supplier.isdigit() and len(supplier) < 18):
        return _page(request, at=pk, problem="Not ordered. Choose a supplier.", status=422)
    try:
        price: Decimal | None = entry.number(typed(given, "price"), texts("en")) if typed(given, "price") else None
        made = need.order_from(
            pk, supplier_id=int(supplier), actor=actor(request), number=typed(given, "number") or None, price=price
        )
    except (Refused, entry.Wrong) as failure:
        return _page(request, at=pk, problem=f"Not ordered. {failure}", status=422)
    said = "It waits for approval." if made.state == "pending_approval" else "It goes out by itself."
    messages.success(request, f"Order {made.number} is made. {said}", extra_tags="ok")
    return redirect("order", made.order_id)


@require_POST
@buyer
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody needs it any more."""
    by, reason = actor(request), typed(request.POST, "reason")
    said = "Nobody waits for it any more."
    return done(request, said, lambda: need.close(pk, actor=by, reason=reason), back=reverse("needs"))
