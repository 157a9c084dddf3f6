"""Writing down what a supplier said, ordering elsewhere what he does not deliver, and the reminders ahead."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orderwire.document.order import Schedule
from orderwire.document.states import AnswerState, DeliveryState
from orderwire.flow import ladder
from orderwire.flow.clock import calendar
from orderwire.records import Delivery, Need, Notice, Order, Response, User
from tests.database.tracking import seed
from tests.database.web.after import notices, page, sign_in, words

pytestmark = pytest.mark.django_db
TOLD = {"version": "1", "step": "send", "means": "phone", "note": "Marta Gil, 11:40"}


@pytest.fixture
def console(client: Client) -> Client:
    return sign_in(client, seed.buyer())


def record(order: Order) -> str:
    return reverse("record", args=[order.pk])


def need(order: Order) -> Need:
    line = seed.document(order.number).lines[1]
    day = line.schedules[0].requested
    open_part = line.model_copy(update={"quantity": Decimal(20), "schedules": (Schedule(quantity=20, requested=day),)})
    content = open_part.model_dump(mode="json", exclude_defaults=True)
    return Need.objects.create(
        order=order, revision=order.revisions.get(), line="20", content=content, quantity=20,
        reason="Kiln stands still", opened_by="user:ines", opened_at=timezone.now(),
    )  # fmt: skip


def waits(order: Order) -> None:
    """Put the order's first reminder on the clock, as sending it does."""
    assert order.answer_due_at is not None and order.supplier is not None
    found = ladder.first("order", order.answer_due_at, calendar(order.supplier), after=timezone.now())
    ladder.timer(found, order_id=order.pk, due=order.answer_due_at).save()


def test_a_yes_on_the_telephone_counts_as_their_answer(console: Client) -> None:
    order = seed.order()
    assert "It counts as their own answer" in page(console, record(order))
    said = notices(console.post(record(order), TOLD | {"way": "accept"}, follow=True).content.decode())
    assert "The answer of Acme Bearings is recorded." in said
    row = Response.objects.get()
    assert (row.actor, row.means, row.note, row.status) == ("user:ines", "phone", "Marta Gil, 11:40", "accepted")
    order.refresh_from_db()
    assert order.answer_state == "accepted"


def test_changes_are_recorded_line_by_line_and_wait_for_a_decision(console: Client) -> None:
    order = seed.order()
    later = (timezone.localdate() + datetime.timedelta(days=40)).isoformat()
    given = TOLD | {"way": "changes", "q.20.0": "200", "d.20.0": later, "price.20": "62.00", "reason.20": "Rings late"}
    assert console.post(record(order), given).status_code == 302
    row = Response.objects.get()
    assert {d["field"] for d in row.differences if d["line"] == "20"} == {"quantity", "date", "price"}


def test_a_version_that_only_a_colleague_got_a_copy_of_is_not_offered(console: Client) -> None:
    order = seed.order()
    newer = seed.revise(order, seed.document(order.number, revision=2, quantity="700"))
    copy = seed.deliver(newer, seed.supplier("finance", "Treasury"), DeliveryState.DELIVERED, timezone.now())
    Delivery.objects.filter(pk=copy.pk).update(primary=False)
    assert list(console.get(record(order)).context["versions"]) == [order.revisions.get(number=1)]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"way": "accept", "means": ""}, "Choose how they told you."),
        ({}, "Choose what they said."),
        ({"way": "decline"}, "Write why, in their words."),
        ({"way": "changes", "q.20.0": "many", "d.20.0": "2026-12-09", "price.20": "61.35"}, "1 place needs"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_recorded(console: Client, given: dict[str, str], told: str) -> None:
    order = seed.order()
    response = console.post(record(order), TOLD | given)
    assert response.status_code == 422 and told in notices(response.content.decode())
    assert not Response.objects.exists()


def test_another_day_is_added_without_script(console: Client) -> None:
    given = {"version": "1", "add": "10", "q.10.0": "600", "d.10.0": "2026-12-09", "price.10": "9.84"}
    assert 'name="q.10.1"' in console.post(record(seed.order()), given).content.decode()


def test_a_need_is_ordered_from_another_supplier(console: Client) -> None:
    row = need(seed.order())
    other = seed.supplier("S-200", "Tecnosellos S.L.")
    said = words(page(console, reverse("needs")))
    assert "20 pieces · Angular contact bearing, paired" in said and "Kiln stands still" in said
    assert "20 pieces to order from somebody else" in page(console, "/")
    given = {"supplier": other.pk, "price": "60,00", "number": ""}
    html = console.post(reverse("need_order", args=[row.pk]), given, follow=True).content.decode()
    row.refresh_from_db()
    assert row.ordered is not None and f"Order {row.ordered.number} is made." in notices(html)
    assert (row.ordered.supplier_id, row.ordered.total) == (other.pk, 1200)
    assert "Nothing to order elsewhere" in page(console, reverse("needs"))


@pytest.mark.parametrize(
    ("given", "told"),
    [({"supplier": ""}, "Choose a supplier."), ({"price": "cheap"}, "“cheap”"), ({"number": "4500071884"}, "already")],
)
def test_a_need_that_cannot_be_ordered_says_why_and_keeps_what_was_typed(
    console: Client, given: dict[str, str], told: str
) -> None:
    row, other = need(seed.order()), seed.supplier("S-200", "Tecnosellos S.L.")
    response = console.post(
        reverse("need_order", args=[row.pk]), {"supplier": str(other.pk), "price": "61.99", "number": ""} | given
    )
    html = response.content.decode()
    assert response.status_code == 422 and told in notices(html)
    assert f'value="{given.get("price", "61.99")}"' in html
    row.refresh_from_db()
    assert row.state == "open"


def test_a_need_is_closed_with_a_reason_once(console: Client) -> None:
    row = need(seed.order())
    url = reverse("need_close", args=[row.pk])
    assert "wants a reason" in notices(console.post(url, {"reason": ""}, follow=True).content.decode())
    console.post(url, {"reason": "Found some in plant 1"})
    row.refresh_from_db()
    assert (row.state, row.closed_by) == ("closed", "user:ines")
    again = notices(console.post(url, {"reason": "Again"}, follow=True).content.decode())
    assert "Nobody needs it any more." in again


def test_the_reminders_ahead_say_who_gets_what_when(console: Client) -> None:
    order = seed.order()
    waits(order)
    said = words(page(console, reverse("clocks")))
    assert "desk@acme.example" in said and "08:00 in Chicago" in said and "Reminds Acme Bearings Inc." in said
    said = words(page(console, reverse("order", args=[order.pk])))
    assert "Reminder" in said and "Send it now" in said


def test_a_person_reminds_at_once_and_not_twice_in_an_hour(console: Client) -> None:
    order = seed.order()
    waits(order)
    act = reverse("act", args=[order.pk, "remind"])
    assert "They are reminded." in notices(console.post(act, follow=True).content.decode())
    assert Notice.objects.count() == 1
    assert "Not done." in notices(console.post(act, follow=True).content.decode())
    assert Notice.objects.count() == 1


def test_nothing_ahead_says_what_will_appear(console: Client) -> None:
    seed.order(answer=AnswerState.ACCEPTED)
    assert "Nobody has to be reminded" in page(console, reverse("clocks"))
    assert "Nothing to order elsewhere" in page(console, reverse("needs"))


@pytest.mark.parametrize("name", ["needs", "clocks"])
def test_the_pages_cost_the_same_queries_for_few_and_many(
    console: Client, name: str, django_assert_max_num_queries: Any
) -> None:
    for at in range(4):
        order = seed.order(f"450007180{at}")
        need(order)
        waits(order)
    with django_assert_max_num_queries(18):
        page(console, reverse(name))


@pytest.mark.parametrize("name", ["needs", "clocks", "record"])
def test_only_buyers_see_them(client: Client, name: str) -> None:
    order = seed.order()
    url = reverse(name, args=[order.pk] if name == "record" else [])
    assert client.get(url)["Location"].startswith(reverse("account_login"))
    sign_in(client, User.objects.create_user("desk", partner=order.supplier))
    assert client.get(url)["Location"] == "/portal/"
