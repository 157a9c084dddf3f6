"""Addresses of the answer page: /a/<token> as mailed, /a/o/<link> for everything after."""

from django.urls import path

from orderwire.web.answer import views
from orderwire.web.answer.seat import by_link

app_name = "answer"

urlpatterns = [
    path("fresh-link", views.renew, name="renew"),
    path("o/<uuid:link_id>", by_link(views.page, views.gone), name="page"),
    path("o/<uuid:link_id>/count", by_link(views.count, views.gone), name="count"),
    path("o/<uuid:link_id>/seen", by_link(views.seen, views.gone), name="seen"),
    path("o/<uuid:link_id>/newest", by_link(views.newest, views.gone), name="newest"),
    path("o/<uuid:link_id>/order/<slug:kind>", by_link(views.file, views.gone), name="file"),
    path("<str:token>", views.arrive, name="arrive"),
]
