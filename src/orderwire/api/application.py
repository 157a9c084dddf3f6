"""The API put together, and its addresses for urls.py."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI, Router

from orderwire.api import (
    amendments,
    answers,
    cancellations,
    deciding,
    decisions,
    deliveries,
    endpoints,
    events,
    goods,
    messages,
    openapi,
    orders,
    partners,
    problem,
)
from orderwire.api.door import guarded, nowhere
from orderwire.api.parser import StrictParser
from orderwire.document.schema import SCHEMAS, schema_text

VERSION = "1"


def build() -> NinjaAPI:
    """The API with every resource; a number may hold a slash, so orders themselves come last."""
    api = NinjaAPI(
        title="Orderwire",
        version=VERSION,
        description=openapi.DESCRIPTION,
        docs_url=None,
        openapi_url=None,
        urls_namespace="api",
        parser=StrictParser(),
    )
    problem.install(api)
    last = Router(tags=["orders"])
    orders.add_last(last)
    for router in (
        orders.router,
        decisions.router,
        amendments.router,
        deliveries.of_order,
        answers.of_order,
        deciding.of_order,
        goods.of_order,
        cancellations.of_order,
        last,
    ):
        api.add_router("/orders", router)
    api.add_router("/deliveries", deliveries.router)
    api.add_router("/answers", answers.router)
    api.add_router("/cancellations", cancellations.router)
    api.add_router("/needs", deciding.router)
    api.add_router("/ship-notices", goods.ship_notices)
    api.add_router("/receipts", goods.receipts)
    api.add_router("/events", events.router)
    api.add_router("/messages", messages.router)
    api.add_router("/partners", partners.router)
    api.add_router("/partners", endpoints.router)
    return api


api = build()


def specification() -> dict[str, Any]:
    """The OpenAPI document of the API."""
    return openapi.complete(api.get_openapi_schema(path_prefix="api/v1/"))


def _served(text: str, media_type: str) -> Any:
    def view(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET"})
        return HttpResponse(text, content_type=media_type)

    return view


def _openapi(request: HttpRequest) -> HttpResponse:
    view: HttpResponse = _served(openapi.text(specification()), "application/json")(request)
    return view


def urlpatterns() -> list[URLPattern]:
    """Every address below /api/v1/, each behind the door."""
    found: list[URLPattern] = [path("openapi.json", guarded(_openapi), name="api-openapi")]
    found += [
        path(f"schemas/{name}", guarded(_served(schema_text(name), "application/schema+json")), name=f"api-{name}")
        for name in SCHEMAS
    ]
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            pattern.callback = guarded(pattern.callback)
            found.append(pattern)
    found.append(re_path(r"^[\s\S]*\Z", guarded(nowhere)))  # a line break in an address is an address too
    return found
