"""Send again all that failed at one connection since a moment: first which, then done."""

import datetime

from django.contrib import messages
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from orderwire.flow.distribute.again import MOST, failed_since, resend_failed
from orderwire.records import Endpoint
from orderwire.tracking.words import plural
from orderwire.web.access import actor, buyer, typed

USUAL = datetime.timedelta(days=1)
SHOWN = 200
EVER = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


@require_http_methods(["GET", "HEAD", "POST"])
@buyer
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """A GET counts and lists, a POST sends again what failed since the same moment."""
    endpoint = Endpoint.objects.select_related("partner").filter(pk=pk).first()
    if endpoint is None:
        raise Http404("There is no such endpoint.")
    given = request.POST if request.method == "POST" else request.GET
    since, problem = _since(typed(given, "since"), pk)
    by, reason = actor(request), typed(request.POST, "reason") or "all that failed, after the trouble was over"
    if request.method == "POST" and not problem:
        done = resend_failed(since, actor=by, reason=reason, endpoint=pk, dry_run=False)
        messages.success(request, f"{plural(done.sent, 'delivery is', 'deliveries are')} on the way again.",
                         extra_tags="ok")  # fmt: skip
        for text in done.refused[:5]:
            messages.error(request, f"Not sent: {text}", extra_tags="bad")
        return redirect("supplier", endpoint.partner_id)
    found = resend_failed(since, actor=by, reason=reason, endpoint=pk)
    context = {
        "endpoint": endpoint,
        "partner": endpoint.partner,
        "since": timezone.localtime(since).strftime("%Y-%m-%dT%H:%M"),
        "problem": problem,
        "found": found,
        "rows": found.found[:SHOWN],
        "more": found.count - min(found.count, SHOWN),
        "most": MOST,
        "words": plural(min(found.count, MOST), "delivery", "deliveries"),
    }
    return render(request, "console/again.html", context, status=422 if problem else 200)


def _since(text: str, endpoint: int) -> tuple[datetime.datetime, str]:
    """The moment, and what is wrong with it; where none is given that of the first failure that still counts."""
    usual = timezone.now() - USUAL
    if not text:
        first = failed_since(EVER, endpoint=endpoint).aggregate(at=Min("changed_at"))["at"]
        return first or usual, ""
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None or not EVER.year <= at.year < 3000:
        return usual, "Write a day and a time, such as 2026-11-18 14:00."
    try:
        at = timezone.make_aware(at) if timezone.is_naive(at) else at
        return at.astimezone(datetime.UTC), ""  # a database knows no zone more than 16 hours away
    except (ValueError, OverflowError):
        return usual, "There is no such day."
