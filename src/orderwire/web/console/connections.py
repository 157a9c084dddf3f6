"""Connections: every way to every partner, those that fail first."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orderwire.records import Endpoint, EndpointChange, EndpointVersion
from orderwire.tracking.channels import channel_word
from orderwire.tracking.connections import Way, ways
from orderwire.tracking.words import plural
from orderwire.web.access import buyer, typed

MOST = 1000
"""Endpoints that are looked at for one page."""
PAGE = 100
STATES = (("", "In use"), ("failing", "Failing"), ("waiting", "With a backlog"), ("off", "Not in use"))


@require_safe
@buyer
def connections(request: HttpRequest) -> HttpResponse:
    """The page, by channel, state and the partner's name."""
    channel, state, q = (typed(request.GET, name)[:80] for name in ("channel", "state", "q"))
    found = Endpoint.objects.select_related("partner").filter(active=state != "off")
    if q:
        found = found.filter(partner__name__icontains=q)
    rows = ways(found.order_by("-failures", "pk")[:MOST])
    rows = [row for row in rows if channel in ("", row.version.channel)]
    chosen = sorted((row for row in rows if _in(row, state)), key=lambda row: row.urgency)
    kinds = EndpointVersion.objects.order_by("channel").values_list("channel", flat=True).distinct()
    failing = sum(_in(row, "failing") for row in rows)
    context: dict[str, Any] = {
        "rows": chosen[:PAGE],
        "cut": max(0, len(chosen) - PAGE),
        "says": _says(len(rows), failing, sum(row.waiting for row in rows)),
        "channels": [(kind, channel_word(kind), _url(kind, state, q)) for kind in kinds],
        "states": [(key, words, _url(channel, key, q), key == state) for key, words in STATES],
        "channel": channel,
        "channel_word": channel_word(channel) if channel else "",
        "no_channel": _url("", state, q),
        "state": state,
        "q": q,
        "changes": EndpointChange.objects.filter(state=EndpointChange.State.OPEN).select_related("partner")[:20],
        "any": Endpoint.objects.exists(),
    }
    return render(request, "console/connections.html", context)


def _in(row: Way, state: str) -> bool:
    if state == "failing":
        return row.health.tone in ("warn", "bad") or bool(row.stuck) or any(e.tone == "bad" for e in row.expiries)
    return bool(row.waiting) if state == "waiting" else True


def _says(every: int, failing: int, waiting: int) -> tuple[str, str]:
    """The page in one sentence: the words before, and the strong ones."""
    backlog = plural(waiting, "delivery waits", "deliveries wait") if waiting else "nothing waits"
    before = f"{plural(every, 'connection')}; {backlog}."
    return before, f"{failing} {'needs' if failing == 1 else 'need'} a look." if failing else "All of them work."


def _url(channel: str, state: str, q: str) -> str:
    given = {"channel": channel, "state": state, "q": q}
    return "?" + urlencode({name: value for name, value in given.items() if value})
