"""The page: the fields, and beside them what they change, what that costs and who must approve it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from orderwire.document.canonical import fingerprint
from orderwire.document.change import changes
from orderwire.document.money import totals
from orderwire.document.order import Order as Document
from orderwire.document.states import OrderState
from orderwire.flow import Refused, approve, hold
from orderwire.flow import amend as amending
from orderwire.flow.amend.propose import NOT_NOW
from orderwire.flow.find import Look
from orderwire.records import Order, Revision
from orderwire.tracking.beside import signed
from orderwire.tracking.versions import MOST_CHANGES, change_words, told_once
from orderwire.tracking.words import Money, plural, short
from orderwire.web.access import actor, buyer, typed
from orderwire.web.console.amend.sheet import PLACE, Sheet


@require_http_methods(["GET", "HEAD", "POST"])
@buyer
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a version's fields; posted, draw them again with what they change, or make the next version."""
    order = Order.objects.filter(pk=pk).first()
    if order is None:
        raise Http404("There is no such order.")
    given = request.POST if request.method == "POST" else request.GET
    revisions = list(order.revisions.order_by("-number"))
    newest = revisions[0]
    base = _chosen(revisions, given.get("base", "")) or newest
    seen = int(number) if (number := given.get("seen", "")).isdecimal() and len(number) < 6 else newest.number
    document = _content(base)
    sheet = Sheet.read(document, request.POST.dict(), timezone.localdate()) if request.POST else Sheet.of(document)
    sheet.find = typed(given, "find")[:80]
    after = sheet.after(newest.number + 1)
    problem = ""
    if request.POST.get("step") == "save":
        problem = _saved(request, order, after, base=base.number, seen=seen)
        if not problem:
            return redirect("order", pk)
    context = {
        "order": order,
        "who": short(order.supplier_name),
        "sheet": sheet,
        "base": base.number,
        "newest": newest.number,
        "seen": seen,
        "next": newest.number + 1,
        "versions": revisions[:12],
        "place": [(name, word, sheet.place[name], sheet.errors.get(f"place.{name}", "")) for name, word in PLACE],
        "reason": typed(request.POST, "reason"),
        "problem": problem,
        "closed": NOT_NOW.get(OrderState(order.state), ""),
        "state": OrderState(order.state).label,
        "effect": _effect(order, _content(newest), after),
        "lines": plural(len(document.lines), "line"),
    }
    return render(request, "console/amend.html", context, status=422 if problem else 200)


def _saved(request: HttpRequest, order: Order, after: Document | None, *, base: int, seen: int) -> str:
    """Make the version; why it was not made, or nothing."""
    if after is None:
        return "Not saved. A field cannot be used; it says beside it what to do."
    reason = typed(request.POST, "reason")
    try:
        made = amending.propose(order.pk, after, base=base, actor=actor(request), reason=reason, seen=seen)
    except Refused as refusal:
        return f"Not saved. {refusal}"
    said = {
        OrderState.PENDING_APPROVAL: "It waits for approval; nothing is sent before.",
        OrderState.HELD: "The order is on hold, so nothing is sent before it is resumed.",
    }.get(OrderState(made.state), f"It goes to {short(order.supplier_name)} by itself.")
    messages.success(request, f"Version {made.revision} is made. {said}", extra_tags="ok")
    return ""


def _effect(order: Order, newest: Document, after: Document | None) -> dict[str, Any]:
    """What the next version changes, what it costs, and whether somebody must approve it."""
    was = Money(totals(newest).total, newest.currency)
    if after is None:
        return {"was": was}
    found = told_once(changes(newest, after))
    money = Money(totals(after).total, after.currency)
    change = Money(money.value - was.value, after.currency)
    shown: dict[str, Any] = {
        "was": was,
        "money": money,
        "delta": signed(change),
        "dearer": change.value > 0,
        "changes": [change_words(c) for c in found[:MOST_CHANGES]],
        "more": max(0, len(found) - MOST_CHANGES),
    }
    return shown | _judged(order, after) if found else shown


def _judged(order: Order, after: Document) -> dict[str, Any]:
    """Who would have to say yes, and why, by the policies in force."""
    if hold.by_hand(order):
        return {"free": False, "because": "The order is on hold. The new version is approved when somebody resumes it."}
    try:
        judged = approve.amended(order, after, fingerprint(after), source="here", claim=None, look=Look())
    except Refused as refusal:
        return {"free": False, "because": str(refusal)}
    reason = str(getattr(judged.event, "reason", ""))
    return {"free": judged.state is OrderState.APPROVED, "because": reason}


def _chosen(revisions: list[Revision], number: str) -> Revision | None:
    return next((r for r in revisions if str(r.number) == number), None)


def _content(revision: Revision) -> Document:
    return Document.model_validate_json(bytes(revision.content))
