"""One order: the sentence, the next action, the wire, then the evidence section by section."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from orderwire.flow import goods
from orderwire.records import Event, User
from orderwire.tracking import approving, audit, chain, timeline, versions, why, wire
from orderwire.tracking import lines as line_rows
from orderwire.tracking.order import OrderView, load
from orderwire.tracking.says import says, supplier_word
from orderwire.web.access import buyer
from orderwire.web.console import actions, answers, cancellation, facts

SECTIONS = ("lines", "deliveries", "answers", "versions", "messages", "audit", "why")
SHOWN_EVENTS = 200


@require_GET
@buyer
def order(request: HttpRequest, pk: int, section: str = "lines") -> HttpResponse:
    """The page; `section` chooses what stands under the tabs."""
    view = load(pk)
    if view is None or section not in SECTIONS:
        raise Http404("There is no such order.")
    assert isinstance(request.user, User)
    now = timezone.now()
    events = list(view.order.events.order_by("-id")[:SHOWN_EVENTS])
    context: dict[str, Any] = {
        "view": view,
        "order": view.order,
        "section": section,
        "says": says(view, now),
        "who": supplier_word(view),
        "badge": facts.badge(view),
        "facts": facts.facts(view),
        "actions": actions.offered(view, request.user),
        "cancellation": cancellation.shown(view),
        "difference": approving.difference(view.order),
        "steps": wire.steps(view, now),
        "days": timeline.days(view, events, now),
        "cut": len(events) == SHOWN_EVENTS,
        "tabs": _tabs(view, section),
    }
    return render(request, "console/order.html", context | _section(view, section, events))


def _section(view: OrderView, section: str, events: list[Event]) -> dict[str, Any]:
    match section:
        case "lines":
            moved = goods.computed_from(view.order, view.document)
            rows = line_rows.lines(view, moved)
            return {
                "lines": rows,
                "moved": any(row.moved for row in rows),
                "foreign": moved.foreign,
                "foot": line_rows.foot(view.document),
                "trips": view.current,
            }
        case "deliveries":
            return {"trips": view.trips, "chains": chain.chains(view.trips)}
        case "answers":
            return {"answers": answers.shown(view)}
        case "versions":
            return {"versions": versions.versions(view)}
        case "messages":
            return {"messages_in": versions.messages(view), "letters": view.letters}
        case "audit":
            return {"entries": audit.entries(view, events)}
        case _:
            return {"why": why.explained(view)}


def _tabs(view: OrderView, section: str) -> list[dict[str, Any]]:
    counts = {
        "lines": view.order.line_count,
        "deliveries": len(view.trips),
        "answers": len(view.answers),
        "versions": len(view.revisions),
        "messages": len(view.letters) or None,
    }
    names = {"lines": "Lines", "deliveries": "Deliveries", "answers": "Answers", "versions": "Versions",
             "messages": "Messages", "audit": "Audit"}  # fmt: skip
    return [{"key": key, "name": name, "count": counts.get(key), "here": key == section} for key, name in names.items()]
