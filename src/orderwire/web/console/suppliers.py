"""Suppliers: who they are, how they receive, whether that works, and what waits."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from orderwire import plugins
from orderwire.document.states import OrderState
from orderwire.flow import suppress
from orderwire.records import Endpoint, EndpointChange, EndpointVersion, Order, Partner, Suppression, secret
from orderwire.tracking import health
from orderwire.tracking.connections import Way, carries, ways
from orderwire.tracking.orders import OrdersQuery, page
from orderwire.tracking.people import names
from orderwire.tracking.words import place
from orderwire.web.access import buyer, typed
from orderwire.web.console.rows import rows
from orderwire.web.console.settings_form import label

PAGE = 50
RECENT = 10
_SECRET = ("password", "secret", "token", "key")
"""Settings of a channel that is not installed are secret by their names; else its model says which are."""


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
    endpoints = sorted(partner.endpoints.select_related("partner"), key=_rank)
    found = ways(endpoints)
    new = partner.endpoint_changes.filter(state=EndpointChange.State.OPEN, endpoint=None)
    query = OrdersQuery(view="all", supplier=partner.pk)
    context = {
        "partner": partner,
        "ways": [(way, _settings(way.version)) for way in found],
        "proposed": [(change, names([change.proposed_by])[change.proposed_by]) for change in new],
        "suppressed": _suppressed(found),
        "town": place(partner.time_zone) or partner.time_zone,
        "rows": rows(page(query, RECENT).orders),
        "all": query.url(),
    }
    return render(request, "console/supplier.html", context)


def _rank(endpoint: Endpoint) -> tuple[int, int]:
    return endpoint.rank, endpoint.pk


def _current(partners: list[Partner]) -> dict[int, str]:
    """Channel and format of each endpoint's newest version."""
    found = EndpointVersion.objects.filter(endpoint__partner__in=partners).order_by("endpoint", "number")
    return {v.endpoint_id: carries(v) for v in found}


def _settings(version: EndpointVersion) -> list[tuple[str, str]]:
    """The channel's settings in words; secrets are never shown."""
    unknown = version.channel not in {channel.kind for channel in plugins.channels()}
    return list(_shown(version.config, "", _SECRET if unknown else ()))


def _shown(config: Mapping[str, Any], before: str, hidden: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name, value in config.items():
        words = f"{before}{label(name)}"
        if value in (None, "", [], {}):
            continue
        if any(each in name.lower() for each in hidden) or _names_secret(value):
            yield words, "kept, not shown"
        elif isinstance(value, Mapping):
            yield from _shown(value, f"{words} · ", hidden)
        elif isinstance(value, list | tuple):
            yield words, ", ".join(_brief(each) for each in value)
        else:
            yield words, _brief(value)


def _brief(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"{text.count(chr(10)) + 1} lines" if "\n" in text.strip() else text if len(text) < 120 else f"{text[:119]}…"


def _names_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return secret.is_named(value) or any(_names_secret(each) for each in value.values())
    return isinstance(value, list | tuple) and any(_names_secret(each) for each in value)


def _suppressed(found: list[Way]) -> list[Suppression]:
    """Addresses of these ways that take no mail any more."""
    asked = {address for way in found for address in suppress.addresses(way.version.config)}
    return list(Suppression.objects.filter(address__in=asked, lifted_at=None).order_by("address"))
