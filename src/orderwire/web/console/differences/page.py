"""The page: the sentence, the figures, the rows with their choices, and the button that sends the decisions."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from orderwire.document.order import Order as Document
from orderwire.flow import Refused
from orderwire.flow.decide import LineDecision
from orderwire.records import Response
from orderwire.tracking import beside
from orderwire.tracking.beside import Beside
from orderwire.tracking.channels import source_word
from orderwire.tracking.order import their_zone
from orderwire.tracking.people import name
from orderwire.tracking.readable import readable
from orderwire.tracking.words import day, due, plural, sentence_time, short, when
from orderwire.web.access import actor, buyer, typed
from orderwire.web.console.differences import choices
from orderwire.web.console.differences.answered import Answered
from orderwire.web.console.differences.choices import Choice
from orderwire.web.console.differences.send import send


@require_http_methods(["GET", "HEAD", "POST"])
@buyer
def differences(request: HttpRequest, pk: int, answer: int) -> HttpResponse:
    """Show the answer beside the order; posted, draw it again with what was chosen, or send the decisions."""
    found = Response.objects.select_related("order__supplier", "revision", "message__blob")
    row = found.filter(pk=answer, order=pk).first()
    if row is None or row.revision is None:
        raise Http404("There is no such answer.")
    order = Document.model_validate_json(bytes(row.revision.content))
    rows = beside.different(order, row)
    answered = Answered(order, beside.standing(row))
    chosen = choices.fresh(rows, answered)
    given = request.POST if request.method == "POST" else None
    if given is not None:
        chosen = choices.read(rows, given.dict(), given.getlist("pick"), answered)
        choices.bulk(chosen, given.get("bulk", ""))
    right = choices.check(chosen, answered, timezone.localdate())
    problem = ""
    if given is not None and given.get("step") == "send":
        problem = _sent(request, row, chosen) if right else "A field cannot be used; it says beside it what to do."
        if not problem:
            return redirect("order", pk)
    context = _context(row, answered, rows, chosen) | _tab(request, row, order, rows)
    context |= {"problem": problem, "reason": typed(request.POST, "reason")}
    return render(request, "console/differences.html", context, status=422 if problem else 200)


def _sent(request: HttpRequest, row: Response, chosen: list[Choice]) -> str:
    """Send the decisions; why it was not done, or nothing."""
    open_ones = [choice.row.name for choice in chosen if not choice.chosen]
    if open_ones:
        names = ", ".join(open_ones[:5]) + (" and more" if len(open_ones) > 5 else "")
        return f"Not sent. Nothing is decided yet for {names}. Choose for each; they get one message with all of it."
    try:
        who = short(row.order.supplier_name) if row.order else ""
        said = send(row.pk, chosen, actor=actor(request), who=who, reason=typed(request.POST, "reason"))
    except Refused as refusal:
        return f"Not sent. {refusal}"
    messages.success(request, said, extra_tags="ok")
    return ""


def _context(row: Response, answered: Answered, rows: list[Beside], chosen: list[Choice]) -> dict[str, Any]:
    assert row.order is not None and row.revision is not None
    now, record, order = timezone.now(), row.order, answered.order
    settled = sum(r.verdict != "ask" for r in rows)
    decided = sum(bool(c.chosen) for c in chosen)
    current = row.revision.number == record.revision
    zone = their_zone(record)
    resourced = [c for c in chosen if c.chosen == "resource"]
    return {
        "answer": row,
        "order": record,
        "by": name(row.actor),
        "who": short(record.supplier_name),
        "came": f"{sentence_time(row.received_at, now=now)} {source_word(row.source, theirs=True)}",
        "same_count": plural(len(order.lines) - sum(r.line is not None for r in rows), "line"),
        "declined": any(r.declined and r.line is None for r in rows),
        "rows": rows,
        "choices": chosen,
        "settled": settled,
        "asking": len(rows) - settled,
        "allowed": sum(r.verdict == "accept" for r in rows),
        "current": current,
        "open": row.state == Response.State.OPEN and current,
        "state": Response.State(row.state).label,
        "figures": (
            answered.total(()),
            answered.total(LineDecision(c.row.number, "accept") for c in chosen if "accept" not in c.barred),
            answered.total(c.decision for c in chosen if c.decision),
        ),
        "lines": plural(len(order.lines), "line"),
        "need": day(record.need_by) if record.need_by else "",
        "latest": _latest(rows),
        "again": plural(len(resourced), "line") if resourced else "",
        "decided": decided,
        "left": [c.row.name for c in chosen if not c.chosen][:6],
        "due": due(record.answer_due_at, zone, now=now) if record.answer_due_at else "",
        "late": bool(record.answer_due_at and record.answer_due_at < now),
        "arrived": when(row.received_at, now=now),
        "asks_again": any(c.chosen in ("counter", "insist") for c in chosen),
    }


def _latest(rows: list[Beside]) -> str:
    """ "up to 12 days later": how far the latest part moves."""
    days = max((r.days for r in rows), default=0)
    return f"up to {plural(days, 'day')} later" if days > 0 else ""


def _tab(request: HttpRequest, row: Response, order: Document, rows: list[Beside]) -> dict[str, Any]:
    """What stands under the tabs."""
    tab = request.GET.get("show", "")
    same = beside.as_ordered(order, rows)
    counts = {"": len(rows), "same": len(same), "whole": len(order.lines), "message": None}
    names = {
        "": "Different",
        "same": "As ordered",
        "whole": "Whole answer",
        "message": "Their message, raw and readable",
    }
    tab = tab if tab in names else ""
    tabs = [{"key": key, "name": word, "count": counts[key], "here": key == tab} for key, word in names.items()]
    found: dict[str, Any] = {"tab": tab, "tabs": tabs}
    match tab:
        case "same":
            found["table"] = [(plain, None) for plain in same]
        case "whole":
            differing = {r.number: r for r in rows}
            found["table"] = [(plain, differing.get(plain.line.number)) for plain in beside.every(order)]
        case "message" if row.message:
            blob = row.message.blob
            found["file"] = readable(blob.open_bytes(), name=row.message.name, media_type=blob.media_type)
        case "message":
            found["facts"] = beside.facts(row)
    return found
