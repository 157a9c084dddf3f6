"""Addresses of the portal."""

from django.urls import path

from orderwire.web.answer import views as answer
from orderwire.web.answer.seat import by_user
from orderwire.web.portal import views

app_name = "portal"

urlpatterns = [
    path("", views.orders, name="orders"),
    path("o/<int:order_id>", by_user(answer.page), name="order"),
    path("o/<int:order_id>/count", by_user(answer.count), name="count"),
    path("o/<int:order_id>/seen", by_user(answer.seen), name="seen"),
    path("o/<int:order_id>/order/<slug:kind>", by_user(answer.file), name="file"),
]
