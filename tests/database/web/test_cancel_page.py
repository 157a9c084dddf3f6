"""Cancelling from the console: what is asked, what the order's page says of it, and the buyer's last word."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orderwire.document.states import AnswerState, CancellationState, DeliveryState
from orderwire.records import Cancellation, GoodsDocument, GoodsLine, Order, User
from tests.database.tracking import seed
from tests.database.web.after import notices, page, sign_in, words

pytestmark = pytest.mark.django_db
WHOLE = {"what": "order", "code": "not_needed", "reason": "The project ended"}


@pytest.fixture
def console(client: Client) -> Client:
    return sign_in(client, seed.buyer())


def url(order: Order) -> str:
    return reverse("cancel", args=[order.pk])


def asked(console: Client, **fields: Any) -> Cancellation:
    """A cancellation of a sent order, then put into a state as if the supplier had answered."""
    order = seed.order()
    console.post(url(order), WHOLE)
    row = Cancellation.objects.get()
    Cancellation.objects.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()
    return row


def settle(console: Client, row: Cancellation, verb: str, **given: str) -> str:
    response = console.post(reverse("settle", args=[row.pk, verb]), given, follow=True)
    row.refresh_from_db()
    return notices(response.content.decode())


def test_a_sent_order_is_asked_for_and_stands_until_they_agree(console: Client) -> None:
    order = seed.order()
    html = page(console, url(order))
    assert "Ask Acme Bearings to cancel order" in html and "The order stands until they agree" in html
    said = notices(console.post(url(order), WHOLE, follow=True).content.decode())
    order.refresh_from_db()
    assert "Acme Bearings is asked to cancel." in said and order.state == "cancelling"
    said = words(page(console, reverse("order", args=[order.pk])))
    assert "Ines Albrecht asked Acme Bearings to cancel today" in said and "Waiting for their word" in said
    assert "No longer needed: The project ended." in said


def test_what_never_left_ends_at_once(console: Client) -> None:
    order = seed.order(delivery=DeliveryState.READY, answer=AnswerState.NOT_ASKED, due_in=None)
    order.deliveries.get().attempts.all().delete()
    assert "Nothing of it was sent." in page(console, url(order))
    said = notices(console.post(url(order), WHOLE, follow=True).content.decode())
    order.refresh_from_db()
    assert "Cancelled before it left" in said and order.state == "cancelled"


def test_some_lines_are_cancelled_by_a_new_version(console: Client) -> None:
    order = seed.order()
    given = {"what": "lines", "line": ["10", "30"], "q.10": "100", "q.30": "150", "code": "late"}
    assert console.post(url(order), given).status_code == 302
    row = Cancellation.objects.get()
    assert {line["line"]: line["quantity"] for line in row.lines} == {"10": "100", "30": "150"}
    order.refresh_from_db()
    assert order.revision == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"what": "order"}, "Choose why."),
        ({"code": "late"}, "Choose what is to be cancelled."),
        ({"what": "lines", "code": "late"}, "Choose at least one line."),
        ({"what": "lines", "code": "late", "line": "10", "q.10": "many"}, "A quantity cannot be used"),
        ({"what": "lines", "code": "late", "line": "10", "q.10": "601"}, "Cancel at most what is open."),
    ],
)
def test_what_cannot_be_asked_is_told_with_a_next_step(console: Client, given: dict[str, str], told: str) -> None:
    order = seed.order()
    response = console.post(url(order), given)
    assert response.status_code == 422 and told in notices(response.content.decode())
    assert not Cancellation.objects.exists()


def test_what_was_shipped_cannot_be_cancelled_and_the_rest_can(console: Client) -> None:
    order = seed.order()
    shipped = GoodsDocument.objects.create(
        kind="ship_notice", number="SN-1", content={"lines": []}, sha256="0" * 64, source="x", actor="supplier:S-100"
    )
    GoodsLine.objects.create(document=shipped, order=order, position=1, line="10", quantity=400)
    html = page(console, url(order))
    assert "goods are under way or here" in html and "All that is open" in html
    assert console.post(url(order), {"what": "open", "code": "late"}).status_code == 302
    assert {line["line"] for line in Cancellation.objects.get().lines} == {"10", "20", "30"}


def test_a_second_click_asks_once(console: Client) -> None:
    order = seed.order()
    for _ in range(2):
        console.post(url(order), WHOLE)
    assert Cancellation.objects.count() == 1


def test_the_buyer_takes_it_back(console: Client) -> None:
    row = asked(console)
    assert "the order stands" in settle(console, row, "withdraw")
    assert (row.state, Order.objects.get().state) == ("withdrawn", "approved")


def test_what_they_said_on_the_telephone_is_written_down(console: Client) -> None:
    row = asked(console)
    settle(console, row, "agreed", charge="120,50", reason="Marta Gil, 11:40")
    assert (row.state, row.cost) == ("accepted_at_cost", Decimal("120.50"))
    html = page(console, reverse("order", args=[row.order_id]))
    assert "Acme Bearings agrees at EUR 120.50" in words(html) and "Accept the cost of EUR 120.50" in words(html)
    assert "The cost is accepted" in settle(console, row, "accept_cost")
    assert Order.objects.get().state == "cancelled"


def test_a_refusal_is_settled_by_keeping_the_order_or_asking_again(console: Client) -> None:
    row = asked(console)
    settle(console, row, "refused", reason="Already made")
    html = words(page(console, reverse("order", args=[row.order_id])))
    assert "Acme Bearings refuses ; the order stands. Keep it, or ask again." in html
    assert "You decide" in html and "nothing is left to do" not in html and "Their word due" not in html
    assert "Doubt settled" not in html
    assert "Already made" in html and "Ask Acme Bearings again" in html and "Keep the order" in html
    task = words(page(console, "/"))
    assert "They refuse to cancel" in task and "“Already made”" in task
    settle(console, row, "keep")
    assert (row.state, Order.objects.get().state) == ("settled", "approved")
    assert "You decide" not in words(page(console, reverse("order", args=[row.order_id])))
    assert "They refuse to cancel" not in page(console, "/")


def test_no_word_in_time_is_past_due_in_the_inbox(console: Client) -> None:
    asked(console, state=CancellationState.OVERDUE, due_at=timezone.now() - datetime.timedelta(hours=5))
    said = words(page(console, "/"))
    assert "No word about the cancellation" in said and "5 h late" in said


@pytest.mark.parametrize("verb", ["accept_cost", "accept_part", "keep", "ask_again"])
def test_what_does_not_fit_is_refused_with_a_next_step(console: Client, verb: str) -> None:
    row = asked(console)
    assert "Not done." in settle(console, row, verb) and row.state == "asked"


def test_only_buyers_may(client: Client) -> None:
    order = seed.order()
    assert client.get(url(order)).status_code == 302
    sign_in(client, User.objects.create_user("desk", partner=order.supplier))
    assert client.post(url(order), WHOLE)["Location"] == "/portal/"
    assert not Cancellation.objects.exists()


def test_a_get_never_settles(console: Client) -> None:
    assert console.get(reverse("settle", args=[1, "keep"])).status_code == 405
    assert console.post(reverse("settle", args=[999, "keep"])).status_code == 404


def test_the_page_costs_few_queries(console: Client, django_assert_max_num_queries: Any) -> None:
    order = seed.order()
    with django_assert_max_num_queries(12):
        page(console, url(order))
