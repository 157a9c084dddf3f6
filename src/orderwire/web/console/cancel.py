"""Cancel: what to withdraw and why, and the buyer's word on what the supplier says to it."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from orderwire.document.cancellation import REASONS
from orderwire.document.order import Line
from orderwire.document.order import Order as Document
from orderwire.document.states import CancellationState
from orderwire.flow import Refused
from orderwire.flow import cancel as cancelling
from orderwire.flow.cancel.reached import reached, with_suppliers
from orderwire.records import Cancellation, Order
from orderwire.tracking.beside import amount
from orderwire.tracking.figures import figure
from orderwire.tracking.words import Money, short
from orderwire.web.access import actor, buyer, typed
from orderwire.web.answer import entry
from orderwire.web.answer.words import texts
from orderwire.web.console.done import done

SHOWN = 400
"""Open lines that the page offers one by one; the whole order, and all that is open, are always offered."""


@require_http_methods(["GET", "HEAD", "POST"])
@buyer
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what is to be withdrawn; posted, ask the supplier, or end at once what never left."""
    order = Order.objects.filter(pk=pk).first()
    if order is None:
        raise Http404("There is no such order.")
    revision = order.revisions.get(number=order.revision)
    document = Document.model_validate_json(bytes(revision.content))
    still = cancelling.open_lines(order.pk)
    moved = any(still.get(line.number) != line.quantity for line in document.lines)
    given = request.POST
    rows = [_row(line, still[line.number], given) for line in document.lines if line.number in still]
    who, left = short(order.supplier_name), bool(with_suppliers(reached(order)))
    problem = ""
    if request.method == "POST":
        problem = _asked(request, order, rows, still, who)
        if not problem:
            return redirect("order", pk)
    context = {
        "order": order,
        "who": who,
        "left": left,
        "moved": moved,
        "rows": rows[:SHOWN],
        "more": max(0, len(rows) - SHOWN),
        "money": Money(order.total, order.currency),
        "codes": REASONS.items(),
        "code": given.get("code", ""),
        "what": given.get("what", "open" if moved else "order"),
        "reason": typed(given, "reason"),
        "problem": problem,
    }
    return render(request, "console/cancel.html", context, status=422 if problem else 200)


def _row(line: Line, still: Decimal, given: QueryDict) -> dict[str, Any]:
    """One open line with its fields."""
    return {
        "line": line,
        "amount": amount(line),
        "open": figure(still),
        "chosen": line.number in given.getlist("line"),
        "quantity": given.get(f"q.{line.number}", texts("en").field(still))[:40],
        "error": "",
    }


def _asked(request: HttpRequest, order: Order, rows: list[dict[str, Any]], still: dict[str, Decimal], who: str) -> str:
    """Ask; why it was not asked, or nothing."""
    lines: dict[str, Decimal | None] | None = None
    match request.POST.get("what"):
        case "lines":
            lines = _quantities(rows)
            if any(row["error"] for row in rows):
                return "Not asked. A quantity cannot be used; it says beside it what to do."
            if not lines:
                return "Not asked. Choose at least one line."
        case "open":
            lines = dict(still)
        case "order":
            lines = None
        case _:
            return "Not asked. Choose what is to be cancelled."
    code, reason = request.POST.get("code", ""), typed(request.POST, "reason")
    if code not in REASONS:
        return "Not asked. Choose why."
    try:
        made = cancelling.ask(order.pk, actor=actor(request), code=code, reason=reason, lines=lines)
    except Refused as refusal:
        return f"Not asked. {refusal}"
    ended = made.state == CancellationState.NEVER_LEFT
    said = "Cancelled before it left; nobody was told." if ended else f"{who} is asked to cancel."
    messages.success(request, said, extra_tags="ok")
    return ""


def _quantities(rows: list[dict[str, Any]]) -> dict[str, Decimal | None]:
    found: dict[str, Decimal | None] = {}
    for row in rows:
        if row["chosen"]:
            try:
                found[row["line"].number] = entry.number(row["quantity"], texts("en"))
            except entry.Wrong as failure:
                row["error"] = str(failure)
    return found


@require_POST
@buyer
def settle(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Take a cancellation back, settle it, or write down what the supplier said to it."""
    row = Cancellation.objects.select_related("order").filter(pk=pk).first()
    if row is None:
        raise Http404("There is no such cancellation.")
    by, reason, who = actor(request), typed(request.POST, "reason"), short(row.order.supplier_name)
    back = reverse("order", args=[row.order_id])
    settled = {
        "accept_cost": "The cost is accepted; the order is cancelled.",
        "accept_part": "A part is cancelled; the next version says what is left.",
        "keep": "The order is kept.",
        "ask_again": f"{who} is asked again.",
    }
    if verb in settled:
        return done(
            request, settled[verb], lambda: cancelling.settle(pk, choice=verb, actor=by, reason=reason), back=back
        )
    match verb:
        case "withdraw":
            said = "The cancellation is taken back; the order stands."
            return done(request, said, lambda: cancelling.withdraw(pk, actor=by, reason=reason), back=back)
        case "agreed":
            said = f"Written down: {who} agrees to cancel."
            return done(request, said, lambda: _reply(request, pk, by), back=back)
        case "refused":
            said = f"Written down: {who} refuses to cancel."
            return done(
                request, said, lambda: cancelling.reply(pk, outcome="refused", reason=reason, actor=by), back=back
            )
        case _:
            raise Http404("There is no such action.")


def _reply(request: HttpRequest, pk: int, by: str) -> None:
    """They agree, at a cost where one was typed. Raises Refused."""
    raw, charge = typed(request.POST, "charge"), None
    if raw:
        try:
            charge = entry.number(raw, texts("en"))
        except entry.Wrong as failure:
            raise Refused(str(failure), remedy="Correct the cost.") from failure
    cancelling.reply(pk, outcome="accepted", charge=charge, reason=typed(request.POST, "reason"), actor=by)
