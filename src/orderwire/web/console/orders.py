"""Orders: saved views as tabs, filters as chips, a keyset table with search, and actions on the chosen rows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from orderwire.records import Order, Partner
from orderwire.tracking.orders import STATE_CHOICES, TAB_CAP, VIEWS, OrdersQuery, page, tab_counts
from orderwire.tracking.words import capped
from orderwire.web.access import buyer
from orderwire.web.console.rows import rows


@require_GET
@buyer
def orders(request: HttpRequest) -> HttpResponse:
    """The list; asked for by "Load more" it is only the next rows."""
    query = OrdersQuery.parse(request.GET)
    found = page(query)
    more = query.url(after=found.after) if found.after else ""
    context = {"rows": rows(found.orders), "more": more, "query": query}
    if request.headers.get("HX-Target") == "more":
        return render(request, "console/orders_rows.html", context | {"appended": True})
    held = tab_counts()
    here = "" if query.q else query.view
    tabs = [
        {"name": label, "url": OrdersQuery(view=name).url(), "here": name == here, "count": capped(held[name], TAB_CAP)}
        for name, (label, _) in VIEWS.items()
        if name != "all"
    ]
    return render(
        request,
        "console/orders.html",
        context
        | {
            "tabs": tabs,
            "chips": query.chips(),
            "suppliers": Partner.objects.filter(role=Partner.Role.SUPPLIER)
            .order_by("name")
            .values_list("pk", "name")[:500],
            "states": STATE_CHOICES,
            "first": not query.after,
            "any": bool(found.orders) or Order.objects.exists(),
        },
    )
