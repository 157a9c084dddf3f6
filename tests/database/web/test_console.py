"""The console's pages as a signed-in buyer gets them: every page in every state, who may see them, what buttons do."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.records import Message, Order, Response, User
from orderwire.records.blob import keep
from orderwire.web.account import enter_path
from tests.database import factories
from tests.database.tracking import seed

pytestmark = pytest.mark.django_db
TOKEN = "B" * 43
PAGES = ("inbox", "orders", "approvals", "suppliers", "messages", "import", "me")


@pytest.fixture
def ines() -> User:
    return seed.buyer()


@pytest.fixture
def console(client: Client, ines: User) -> Client:
    client.force_login(ines, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(client: Client, url: str, **headers: str) -> str:
    response = client.get(url, headers=headers)
    assert response.status_code == 200, response
    return response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_asked_to_sign_in(client: Client, page: str) -> None:
    response = client.get(reverse(page))
    assert response.status_code == 302 and response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("page", PAGES)
def test_suppliers_are_led_to_their_portal(client: Client, page: str) -> None:
    user = User.objects.create_user("desk", partner=seed.supplier())
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.get(reverse(page))
    assert (response.status_code, response["Location"]) == (302, "/portal/")


@pytest.mark.parametrize("page", PAGES)
def test_empty_pages_say_what_will_appear(console: Client, page: str) -> None:
    html = text(console, reverse(page))
    assert "<h1>" in html and 'style="' not in html and "<script>" not in html


def test_every_answer_has_a_strict_content_policy(console: Client) -> None:
    for url in (reverse("inbox"), reverse("account_login"), "/nowhere"):
        policy = console.get(url)["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("state", list(OrderState))
@pytest.mark.parametrize("delivery", [None, DeliveryState.FAILED, DeliveryState.IN_DOUBT, DeliveryState.DELIVERED])
def test_an_order_page_opens_in_every_state(console: Client, state: OrderState, delivery: DeliveryState | None) -> None:
    order = seed.order(state=state, delivery=delivery, answer=AnswerState.NOT_ASKED, due_in=None)
    html = text(console, reverse("order", args=[order.pk]))
    assert "Deep groove ball bearing" in html and 'style="' not in html


@pytest.mark.parametrize("section", ["deliveries", "answers", "versions", "messages", "audit", "why"])
def test_every_section_of_an_order_opens(console: Client, section: str) -> None:
    order = seed.order(answer=AnswerState.DIFFERENT)
    seed.answer(order)
    assert "Order facts" in text(console, reverse("order_section", args=[order.pk, section]))


@pytest.mark.parametrize(
    "url", ["/orders/999/", "/orders/1/nothing/", "/deliveries/999/", "/suppliers/999/", "/messages/9/"]
)
def test_what_is_not_there_is_a_page_that_says_so(console: Client, url: str) -> None:
    response = console.get(url)
    assert response.status_code == 404 and b"Nothing is here" in response.content


def test_the_list_shows_a_row_and_load_more_gives_only_rows(console: Client) -> None:
    for at in range(52):
        seed.order(f"45000718{at:02d}")
    html = text(console, reverse("orders"))
    assert "<span>45000</span>71851" in html and 'hx-target="#more"' in html
    more = html.split('id="more"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    rows = text(console, reverse("orders") + more, **{"HX-Target": "more", "HX-Request": "true"})
    assert rows.count("<tr") == 2 and "<h1>" not in rows
    assert "<h1>Orders</h1>" in text(console, reverse("orders") + more)


def test_the_list_costs_the_same_queries_for_few_and_many(console: Client, django_assert_num_queries: Any) -> None:
    seed.order("4500000001")
    with django_assert_num_queries(6):
        text(console, reverse("orders"))
    for at in range(30):
        seed.order(f"46000000{at:02d}")
    with django_assert_num_queries(6):
        text(console, reverse("orders"))


def test_hold_and_resume_from_the_page(console: Client) -> None:
    order = seed.order()
    console.post(reverse("act", args=[order.pk, "hold"]), {"reason": "Budget check"})
    order.refresh_from_db()
    assert (order.state, order.reason) == ("held", "Budget check")
    html = text(console, reverse("order", args=[order.pk]))
    assert "On hold for" in html and "Nothing more leaves." in html
    console.post(reverse("act", args=[order.pk, "resume"]))
    order.refresh_from_db()
    assert order.state == "approved"


def test_a_refusal_is_told_with_its_reason(console: Client) -> None:
    order = seed.order(state=OrderState.CANCELLED)
    response = console.post(reverse("act", args=[order.pk, "resume"]), follow=True)
    assert b"Not done. The order is not on hold." in response.content


def test_a_get_never_acts(console: Client) -> None:
    order = seed.order()
    delivery = order.deliveries.get()
    for url in (
        reverse("act", args=[order.pk, "hold"]),
        reverse("deliver", args=[delivery.pk, "resend"]),
        reverse("bulk"),
    ):
        assert console.get(url).status_code == 405


def test_a_doubt_is_settled_by_a_person(console: Client) -> None:
    order = seed.order(delivery=DeliveryState.IN_DOUBT, answer=AnswerState.NOT_ASKED, due_in=None)
    delivery = order.deliveries.get()
    assert "Did it arrive?" in text(console, reverse("delivery", args=[delivery.pk]))
    console.post(reverse("deliver", args=[delivery.pk, "arrived"]))
    delivery.refresh_from_db()
    assert delivery.state == "accepted"


def test_several_orders_are_counted_before_anything_is_done(console: Client) -> None:
    held, cancelled = seed.order("1000001"), seed.order("1000002", state=OrderState.CANCELLED)
    asked = {"do": "hold", "order": [held.pk, cancelled.pk]}
    html = console.post(reverse("bulk"), asked).content.decode()
    assert "Hold 1 order?" in html and "1 left out: not approved" in html
    assert Order.objects.filter(state="held").count() == 0
    html = console.post(reverse("bulk"), asked | {"sure": "1", "reason": "stop"}).content.decode()
    assert "Hold: 1 done" in html and Order.objects.get(state="held") == held


def test_all_matching_acts_on_the_filter(console: Client) -> None:
    for at in range(3):
        seed.order(f"100000{at}")
    html = console.post(reverse("bulk"), {"do": "hold", "scope": "all", "query": "?q=1000"}).content.decode()
    assert "Hold 3 orders?" in html


def test_sent_bytes_stand_raw_and_readable_side_by_side(console: Client) -> None:
    delivery = seed.order().deliveries.get()
    html = text(console, reverse("delivery", args=[delivery.pk]))
    assert "stand-alone order" in html and "BEG*00*SA*4500071884" in html
    assert console.get(reverse("delivery_file", args=[delivery.pk, 0])).content == seed.X12


def test_bytes_with_an_answer_link_are_masked_and_not_given_out(console: Client) -> None:
    delivery = seed.order().deliveries.get()
    secret = f"https://orders.example/a/{TOKEN}".encode()
    parcel = {"files": [{"filename": "o.txt", "media_type": "text/plain", "sha256": keep(secret, sealed=True)}]}
    type(delivery).objects.filter(pk=delivery.pk).update(parcel=parcel)
    html = text(console, reverse("delivery", args=[delivery.pk]))
    assert TOKEN not in html and "/a/•••••" in html
    assert console.get(reverse("delivery_file", args=[delivery.pk, 0])).status_code == 404


def test_a_pasted_file_leads_to_its_findings(console: Client) -> None:
    response = console.post(reverse("import"), {"text": '{"number": "1"}'}, follow=True)
    message = Message.objects.get()
    assert message.state == "refused" and b"is missing; add it" in response.content
    console.post(reverse("message_seen", args=[message.pk]))
    message.refresh_from_db()
    assert message.seen_by == "user:ines" and b"Nothing needs you" in console.get(reverse("inbox")).content


def test_an_empty_import_asks_for_something(console: Client) -> None:
    response = console.post(reverse("import"), {"text": " "})
    assert response.status_code == 422 and b"Choose a file or paste its text." in response.content


def test_the_palette_finds_orders_suppliers_and_pages(console: Client) -> None:
    seed.order("4500071884")
    html = text(console, reverse("find") + "?q=45000718")
    assert "<span>45000</span>71884" in html and "data-hit" in html
    assert "Acme Bearings Inc." in text(console, reverse("find") + "?q=acme")
    assert "Your settings" in text(console, reverse("find") + "?q=sett")


def test_supplier_settings_never_show_a_secret(console: Client) -> None:
    partner = seed.supplier()
    endpoint = partner.endpoints.get()
    endpoint.versions.create(
        number=2, channel="email", format="pdf", config={"to": "a@b.example", "password": "hunter2"}
    )
    endpoint.version = 2
    endpoint.save()
    html = text(console, reverse("supplier", args=[partner.pk]))
    assert "a@b.example" in html and "hunter2" not in html


def test_an_endpoint_is_paused_with_a_reason_and_resumed(console: Client) -> None:
    endpoint = seed.supplier().endpoints.get()
    console.post(reverse("endpoint_act", args=[endpoint.pk, "pause"]), {"reason": "mailbox moves"})
    html = text(console, reverse("supplier", args=[endpoint.partner_id]))
    assert "Paused: mailbox moves" in html and "Resume" in html
    console.post(reverse("endpoint_act", args=[endpoint.pk, "resume"]))
    assert "Not used yet" in text(console, reverse("supplier", args=[endpoint.partner_id]))


def test_a_sign_in_link_works_once_and_only_when_asked_to(client: Client, ines: User) -> None:
    path = enter_path(ines)
    assert client.get(path).status_code == 200 and "_auth_user_id" not in client.session
    response = client.post(path)
    assert response["Location"] == reverse("inbox") and client.session["_auth_user_id"] == str(ines.pk)
    assert Client().post(path).status_code == 410
    assert Client().post("/enter/forged/").status_code == 410


def test_nobody_signs_up(client: Client) -> None:
    assert b"password1" not in client.get(reverse("account_signup")).content


def test_theme_and_zone_are_kept(console: Client, ines: User) -> None:
    console.post(reverse("me"), {"theme": "dark", "time_zone": "Europe/Berlin"})
    ines.refresh_from_db()
    assert ines.time_zone == "Europe/Berlin" and 'data-theme="dark"' in text(console, reverse("inbox"))


def test_a_form_never_leads_to_another_site(console: Client) -> None:
    order = seed.order()
    response = console.post(reverse("act", args=[order.pk, "hold"]), {"reason": "x", "back": "https://evil.example/"})
    assert response["Location"] == reverse("order", args=[order.pk])


@pytest.mark.parametrize("page", ["/suppliers/?q=%00", "/suppliers/?after=%00", "/orders/?q=%00", "/find/?q=%00"])
def test_a_nul_in_a_search_is_no_fault(console: Client, page: str) -> None:
    assert console.get(page).status_code == 200


def test_a_nul_in_a_reason_is_left_out(console: Client) -> None:
    order = seed.order()
    console.post(reverse("act", args=[order.pk, "hold"]), {"reason": "Budget\x00 check"})
    order.refresh_from_db()
    assert order.reason == "Budget check"
    endpoint = order.supplier.endpoints.first()
    assert console.post(reverse("endpoint_act", args=[endpoint.pk, "pause"]), {"reason": "\x00"}).status_code == 302


def test_a_yes_to_a_replaced_version_is_not_shown_as_one_to_the_newest(console: Client) -> None:
    order = seed.order(answer=AnswerState.ACCEPTED)
    answer = seed.answer(order, status="accepted", state="accepted")
    Response.objects.filter(pk=answer.pk).update(differences=[])
    assert "Closed the loop" in text(console, f"/orders/{order.pk}/answers/")
    newer = seed.revise(order, seed.document(order.number, revision=2, quantity="640"))
    seed.approve(newer, timezone.now())
    Order.objects.update(revision=2, answer_state="waiting")
    page = text(console, f"/orders/{order.pk}/answers/")
    assert "Closed version 1 only" in page and "Version 1 was accepted as ordered." in page
    assert "Closed the loop" not in page and "notice ok" not in page


def test_the_latest_event_does_not_repeat_the_supplier(console: Client) -> None:
    order = seed.order()
    for kept, shown in [
        (f"{order.supplier_name} accepted the order", "Accepted the order"),
        (f"{order.supplier_name}'s system took the order", "Their system took the order"),
        ("Handed over by email", "Handed over by e-mail"),
        (f"{order.supplier_name}", order.supplier_name),
    ]:
        Order.objects.update(last_event=kept)
        assert f"</span> {shown}</td>" in text(console, "/orders/")


def test_a_message_with_very_many_documents_and_findings_counts_what_it_does_not_list(console: Client) -> None:
    found = {"severity": "warning", "code": "x", "where": "segment 3", "text": "is odd"}
    one = {"type": "ship_notice", "number": "SN", "outcome": "kept", "findings": [found] * 150}
    message = factories.message()
    type(message).objects.filter(pk=message.pk).update(documents=[one] * 250)
    page = console.get(reverse("message", args=[message.pk])).content
    assert b"250 documents" in page and b"and 50 more documents" in page and b"and 50 more findings" in page
    assert page.count(b"Ship notice SN") == 200
