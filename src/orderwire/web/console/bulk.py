"""One action on many orders: first what it would do to each, then, confirmed, what it did."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow import Refused, distribute, hold
from orderwire.records import Delivery, Order
from orderwire.tracking.orders import OrdersQuery
from orderwire.tracking.words import plural
from orderwire.web.access import actor, buyer, typed

MOST = 500
"""Orders that one confirmation may touch; more are done in several goes."""


@dataclass(frozen=True)
class Verb:
    """An action in words; `fits` says for one order why not, or nothing."""

    label: str
    question: str
    effect: str
    fits: Callable[[Order], str]
    needs_reason: bool = False


def _held(order: Order) -> str:
    return "" if order.state == OrderState.APPROVED else "not approved, or on hold already"


def _resumed(order: Order) -> str:
    return "" if order.state == OrderState.HELD else "not on hold"


def _sendable(order: Order) -> str:
    if order.state != OrderState.APPROVED:
        return "not approved"
    if order.delivery_state is None:
        return "no delivery planned"
    if order.delivery_state in _BUSY:
        return "on its way already, or in doubt"
    return ""


_BUSY = (
    DeliveryState.READY,
    DeliveryState.SENDING,
    DeliveryState.SUPERSEDED,
    DeliveryState.CANCELLED,
    DeliveryState.IN_DOUBT,
)

VERBS = {
    "hold": Verb("Hold", "Hold {}?", "Nothing more of them leaves until somebody resumes them.", _held, True),
    "resume": Verb("Resume", "Resume {}?", "They go on where they stopped.", _resumed),
    "resend": Verb(
        "Send again",
        "Send {} again?",
        "A supplier who has it already gets a copy, marked as a possible duplicate.",
        _sendable,
    ),
}


@require_POST
@buyer
def bulk(request: HttpRequest) -> HttpResponse:
    """Shows the dry run; with `sure` it does it."""
    verb = VERBS.get(request.POST.get("do", ""))
    if verb is None:
        return redirect("orders")
    query = OrdersQuery.parse(dict(parse_qsl(request.POST.get("query", "").lstrip("?"))))
    everything = request.POST.get("scope") == "all"
    ids = [int(pk) for pk in request.POST.getlist("order") if pk.isascii() and pk.isdigit() and len(pk) < 18][:MOST]
    found = query.orders() if everything else Order.objects.filter(pk__in=ids).order_by("-changed_at", "-id")
    orders = list(found[: MOST + 1])
    more, orders = len(orders) > MOST, orders[:MOST]
    context: dict[str, Any] = {"verb": verb, "back": query.url(), "more": more, "most": MOST}
    if request.POST.get("sure"):
        reason = typed(request.POST, "reason") or "for several orders at once"
        results = [(o, _run(request.POST["do"], o, actor(request), reason)) for o in orders if not verb.fits(o)]
        failed = [(o, why) for o, why in results if why]
        return render(
            request, "console/bulk_done.html", context | {"done": len(results) - len(failed), "failed": failed}
        )
    fitting = [o for o in orders if not verb.fits(o)]
    reasons = Counter(verb.fits(o) for o in orders)
    context |= {
        "question": verb.question.format(plural(len(fitting), "order")),
        "fitting": fitting,
        "not_fitting": [(why, n) for why, n in reasons.items() if why],
        "do": request.POST["do"],
        "query": query.url(),
    }
    return render(request, "console/bulk.html", context)


def _run(verb: str, order: Order, by: str, reason: str) -> str:
    """Do it to one order; why it was refused, or nothing."""
    try:
        match verb:
            case "hold":
                hold.hold(order.pk, actor=by, reason=reason)
            case "resume":
                hold.resume(order.pk, actor=by, reason=reason)
            case _:
                delivery = Delivery.objects.filter(order=order, primary=True).order_by("-id").first()
                if delivery is None:
                    return "It has no delivery."
                distribute.resend(delivery.pk, actor=by, reason=reason)
    except Refused as refusal:
        return str(refusal)
    return ""
