"""The buttons of one way to a partner: test, pause, resume, stop using it, its place and speed, and what waits for it
planned or sent again."""

import datetime
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from orderwire.flow import Refused, distribute, suppress
from orderwire.flow.endpoints import operate
from orderwire.flow.endpoints.probe import Probed, probe
from orderwire.flow.feed.again import pull_again
from orderwire.records import Endpoint, EndpointVersion, Suppression
from orderwire.tracking import erp
from orderwire.tracking.channels import channel_word
from orderwire.tracking.words import plural
from orderwire.web.access import actor, buyer, typed
from orderwire.web.console.done import done

COMPARED = datetime.timedelta(days=7)
"""Of so much time an ERP's orders are compared with those here."""

LIMIT_S = 20.0


@require_POST
@buyer
def endpoint_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do one verb to one endpoint and go back to the partner's page."""
    endpoint = Endpoint.objects.filter(pk=pk).first()
    if endpoint is None:
        raise Http404("There is no such endpoint.")
    by, back = actor(request), f"{reverse('supplier', args=[endpoint.partner_id])}#way-{pk}"
    match verb:
        case "pause":
            reason = typed(request.POST, "reason") or "paused by a person"
            said = f"Nothing is sent to {endpoint.name} until it is resumed."
            return done(request, said, lambda: distribute.pause(pk, actor=by, reason=reason), back=back)
        case "resume":
            return done(request, "Sending goes on.", lambda: distribute.resume_endpoint(pk, actor=by), back=back)
        case "test":
            return tell(request, lambda: probe(pk, actor=by), back=back)
        case "use" | "stop":
            said = f"{endpoint.name} is used again." if verb == "use" else f"Nothing is planned for {endpoint.name}."
            wanted = _operated(request, endpoint, active=verb == "use")
            return done(request, said, lambda: operate.adjust(pk, wanted, actor=by), back=back)
        case "adjust":
            try:
                wanted = _typed(request, endpoint)
            except ValueError:
                messages.error(request, "Not done. Write whole numbers; leave “a minute” empty for no limit.",
                               extra_tags="bad")  # fmt: skip
                return redirect(back)
            return done(request, "Set.", lambda: operate.adjust(pk, wanted, actor=by), back=back)
        case "read":
            _erp(pk)
            said = f"All that changed there in the last {COMPARED.days} days is read again by the next round."
            return done(request, said, lambda: pull_again(pk, timezone.now() - COMPARED), back=back)
        case "plan":
            return _plan(request, pk, by, back)
        case _:
            raise Http404("There is no such action.")


@require_POST
@buyer
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask an ERP for its orders of the last days, and say which of them are not here."""
    version = _erp(pk)
    now = timezone.now()
    found = erp.completeness(version, now - COMPARED, now, seconds=LIMIT_S)
    context = {
        "endpoint": version.endpoint,
        "channel": channel_word(version.channel),
        "found": found,
        "missing": len(found.unread) + len(found.refused),
        "days": COMPARED.days,
    }
    return render(request, "console/completeness.html", context)


@require_POST
@buyer
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail goes to an address again that refused it once."""
    row = Suppression.objects.filter(pk=pk, lifted_at=None).first()
    if row is None:
        raise Http404("There is no such suppressed address.")
    said, by, reason = f"Mail goes to {row.address} again.", actor(request), typed(request.POST, "reason")
    again = lambda: suppress.lift(row.address, actor=by, reason=reason or "lifted by a person")  # noqa: E731
    return done(request, said, again, back=reverse("connections"))


def tell(request: HttpRequest, test: Callable[[], Probed], *, back: str) -> HttpResponse:
    """Run a test of a connection; the page that follows keeps showing its words."""
    try:
        found = test()
    except Refused as refusal:
        messages.error(request, f"Not tested. {refusal}", extra_tags="bad")
        return redirect(back)
    if found.good:
        messages.success(request, f"The connection works: {found.text}", extra_tags="ok")
    else:
        messages.error(request, f"The connection does not work. {found.text}", extra_tags="bad")
    return redirect(back)


def _erp(pk: int) -> EndpointVersion:
    found = next((each for each in erp.endpoints() if each.endpoint_id == pk), None)
    if found is None:
        raise Http404("There is no such connection to an ERP.")
    return found


def _plan(request: HttpRequest, pk: int, by: str, back: str) -> HttpResponse:
    planned, refused = operate.plan_again(pk, actor=by)
    messages.success(request, f"{plural(planned, 'order')} planned for the address in use.", extra_tags="ok")
    for each in refused[:5]:
        messages.error(request, f"Not planned: {each}", extra_tags="bad")
    if len(refused) > 5:
        messages.error(request, f"And {len(refused) - 5} more were not planned.", extra_tags="bad")
    return redirect(back)


def _operated(request: HttpRequest, endpoint: Endpoint, *, active: bool) -> operate.Operated:
    now = operate.Operated.of(endpoint)
    return operate.Operated(active, now.rank, now.max_parallel, now.per_minute)


def _typed(request: HttpRequest, endpoint: Endpoint) -> operate.Operated:
    """Raises ValueError for what is no number."""
    rank, parallel, rate = (typed(request.POST, name)[:9] for name in ("rank", "max_parallel", "per_minute"))
    return operate.Operated(endpoint.active, int(rank), int(parallel), int(rate) if rate else None)
