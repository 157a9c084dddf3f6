"""Addresses of the pages."""

from django.urls import include, path

from orderwire.web import account, stream
from orderwire.web.console import (
    act,
    amend,
    approvals,
    bulk,
    cancel,
    clocks,
    delivery,
    differences,
    find,
    imports,
    inbox,
    me,
    messages,
    needs,
    order,
    orders,
    pdf,
    record,
    suppliers,
)

console = [
    path("", inbox.inbox, name="inbox"),
    path("orders/", orders.orders, name="orders"),
    path("orders/import/", imports.imports, name="import"),
    path("orders/bulk/", bulk.bulk, name="bulk"),
    path("orders/<int:pk>/", order.order, name="order"),
    path("orders/<int:pk>/do/<slug:verb>/", act.act, name="act"),
    path("orders/<int:pk>/version-<int:version>.pdf", pdf.pdf, name="order_pdf"),
    path("orders/<int:pk>/record/", record.record, name="record"),
    path("orders/<int:pk>/cancel/", cancel.cancel, name="cancel"),
    path("cancellations/<int:pk>/<slug:verb>/", cancel.settle, name="settle"),
    path("orders/<int:pk>/amend/", amend.amend, name="amend"),
    path("orders/<int:pk>/answers/<int:answer>/", differences.differences, name="differences"),
    path("orders/<int:pk>/<slug:section>/", order.order, name="order_section"),
    path("deliveries/<int:pk>/", delivery.delivery, name="delivery"),
    path("deliveries/<int:pk>/files/<int:n>/", delivery.file, name="delivery_file"),
    path("deliveries/<int:pk>/<slug:verb>/", delivery.deliver, name="deliver"),
    path("needs/", needs.needs, name="needs"),
    path("needs/<int:pk>/order/", needs.order_from, name="need_order"),
    path("needs/<int:pk>/close/", needs.close, name="need_close"),
    path("clocks/", clocks.clocks, name="clocks"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("suppliers/", suppliers.suppliers, name="suppliers"),
    path("suppliers/<int:pk>/", suppliers.supplier, name="supplier"),
    path("endpoints/<int:pk>/<slug:verb>/", suppliers.endpoint_act, name="endpoint_act"),
    path("messages/", messages.messages, name="messages"),
    path("messages/<int:pk>/", messages.message, name="message"),
    path("messages/<int:pk>/raw/", messages.raw, name="message_raw"),
    path("messages/<int:pk>/seen/", messages.seen, name="message_seen"),
    path("find/", find.find, name="find"),
    path("me/", me.me, name="me"),
    path("events", stream.events, name="events"),
    path("enter/<str:token>/", account.enter, name="enter"),
]

urlpatterns = [
    *console,
    path("a/", include("orderwire.web.answer.urls")),
    path("portal/", include("orderwire.web.portal.urls")),
]
