"""Find or do: what the palette shows while somebody types."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from orderwire.records import Order, Partner
from orderwire.tracking.orders import matching
from orderwire.tracking.words import Money
from orderwire.web.access import buyer

SHOWN = 8
PAGES = (("inbox", "Inbox"), ("orders", "Orders"), ("approvals", "Approvals"), ("suppliers", "Suppliers"),
         ("messages", "Messages"), ("import", "Import orders"), ("me", "Your settings"))  # fmt: skip


@require_GET
@buyer
def find(request: HttpRequest) -> HttpResponse:
    """Pages, orders and suppliers that fit the words."""
    q = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:80]
    pages = [(name, reverse(key)) for key, name in PAGES if q.lower() in name.lower()]
    orders: list[tuple[Order, Money]] = []
    suppliers: list[Partner] = []
    if q:
        found = Order.objects.filter(matching(q)).order_by("-changed_at", "-id")[:SHOWN]
        orders = [(order, Money(order.total, order.currency)) for order in found]
        suppliers = list(Partner.objects.filter(name__istartswith=q).order_by("name")[:4])
    return render(request, "console/find.html", {"pages": pages, "orders": orders, "suppliers": suppliers, "q": q})
