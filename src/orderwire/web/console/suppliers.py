"""Suppliers: who they are, how they receive, and whether that works; pause and resume of an endpoint."""

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from orderwire.document.states import OrderState
from orderwire.flow import distribute
from orderwire.records import Endpoint, EndpointVersion, Order, Partner
from orderwire.tracking import health
from orderwire.tracking.channels import channel_word, format_word
from orderwire.tracking.orders import OrdersQuery, page
from orderwire.tracking.words import place, when
from orderwire.web.access import actor, buyer, typed
from orderwire.web.console.done import done
from orderwire.web.console.rows import rows

PAGE = 50
RECENT = 10
_SECRET = ("password", "secret", "token", "key")


@require_GET
@buyer
def suppliers(request: HttpRequest) -> HttpResponse:
    """The list by name; `after` is the last name of the page before."""
    q, after = typed(request.GET, "q")[:80], typed(request.GET, "after")[:200]
    found = Partner.objects.order_by("name", "id")
    if q:
        found = found.filter(Q(name__icontains=q) | Q(number__startswith=q))
    if after:
        found = found.filter(name__gt=after)
    partners = list(found.prefetch_related("endpoints")[: PAGE + 1])
    shown = partners[:PAGE]
    opened = dict(
        Order.objects.filter(supplier__in=shown, state__in=[s.value for s in OrderState if s.open])
        .values_list("supplier")
        .annotate(n=Count("id"))
    )
    versions = _current(shown)
    table = [
        {
            "partner": p,
            "open": opened.get(p.pk, 0),
            "ways": [(versions.get(e.pk, ""), health.endpoint(e)) for e in sorted(p.endpoints.all(), key=_rank)],
        }
        for p in shown
    ]
    context = {"table": table, "q": q, "more": shown[-1].name if len(partners) > PAGE else ""}
    return render(request, "console/suppliers.html", context)


@require_GET
@buyer
def supplier(request: HttpRequest, pk: int) -> HttpResponse:
    """One supplier: endpoints with their health, and the newest orders."""
    partner = Partner.objects.filter(pk=pk).prefetch_related("identifiers", "endpoints").first()
    if partner is None:
        raise Http404("There is no such supplier.")
    now = timezone.now()
    versions = {
        v.endpoint_id: v
        for v in EndpointVersion.objects.filter(endpoint__partner=partner).order_by("endpoint", "number")
    }
    ways = [
        {
            "endpoint": e,
            "health": health.endpoint(e, now),
            "carries": _carries(versions[e.pk]) if e.pk in versions else "",
            "settings": _settings(versions[e.pk]) if e.pk in versions else [],
            "paused": bool(e.paused_until and e.paused_until > now),
            "last": when(e.last_success_at) if e.last_success_at else "",
        }
        for e in sorted(partner.endpoints.all(), key=_rank)
    ]
    query = OrdersQuery(view="all", supplier=partner.pk)
    context = {
        "partner": partner,
        "ways": ways,
        "town": place(partner.time_zone) or partner.time_zone,
        "rows": rows(page(query, RECENT).orders),
        "all": query.url(),
    }
    return render(request, "console/supplier.html", context)


@require_POST
@buyer
def endpoint_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Pause or resume one endpoint."""
    endpoint = Endpoint.objects.filter(pk=pk).first()
    if endpoint is None or verb not in ("pause", "resume"):
        raise Http404("There is no such endpoint.")
    by, back = actor(request), reverse("supplier", args=[endpoint.partner_id])
    reason = typed(request.POST, "reason") or "paused by a person"
    if verb == "pause":
        said = f"Nothing is sent to {endpoint.name} until it is resumed."
        return done(request, said, lambda: distribute.pause(pk, actor=by, reason=reason), back=back)
    return done(request, "Sending goes on.", lambda: distribute.resume_endpoint(pk, actor=by), back=back)


def _rank(endpoint: Endpoint) -> tuple[int, int]:
    return endpoint.rank, endpoint.pk


def _current(partners: list[Partner]) -> dict[int, str]:
    """Channel and format of each endpoint's newest version."""
    found = EndpointVersion.objects.filter(endpoint__partner__in=partners).order_by("endpoint", "number")
    return {v.endpoint_id: _carries(v) for v in found}


def _carries(version: EndpointVersion) -> str:
    formats = ", ".join(format_word(kind) for kind in [version.format, *version.also])
    return f"{channel_word(version.channel)} · {formats}"


def _settings(version: EndpointVersion) -> list[tuple[str, str]]:
    """The channel's settings in words; secrets are never shown."""
    return [
        (name.replace("_", " ").capitalize(), "•••••" if any(s in name for s in _SECRET) else str(value))
        for name, value in version.config.items()
        if value not in (None, "", [], {})
    ]
