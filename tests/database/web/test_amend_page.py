"""The page on which a person makes an order's next version: what it shows beside the fields, and what it refuses."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orderwire.document.order import Order as Document
from orderwire.document.states import OrderState
from orderwire.records import Order, User
from tests.database.tracking import seed
from tests.database.web.after import notices, page, sign_in, words

pytestmark = pytest.mark.django_db
DAY = "2026-12-09"
EDITS = {"base": "1", "seen": "1", "price.10": "9.84", "q.10.0": "640", "d.10.0": DAY}


@pytest.fixture
def console(client: Client) -> Client:
    return sign_in(client, seed.buyer())


def url(order: Order) -> str:
    return reverse("amend", args=[order.pk])


def effect(html: str) -> str:
    return words(html.split('id="effect"')[1].split("</section>")[0])


def newest(order: Order) -> Document:
    order.refresh_from_db()
    return Document.model_validate_json(bytes(order.revisions.get(number=order.revision).content))


def test_what_is_edited_is_shown_old_and_new_with_its_cost_and_who_must_approve(console: Client) -> None:
    order = seed.order()
    said = effect(console.post(url(order), EDITS).content.decode())
    assert "Line 10, quantity 600 640" in said and "+393.60" in said and "Needs approval." in said
    order.refresh_from_db()
    assert order.revision == 1


def test_saving_makes_the_next_version_and_nothing_else_changes(console: Client) -> None:
    order = seed.order()
    response = console.post(url(order), EDITS | {"step": "save", "reason": "More is needed"}, follow=True)
    assert "Version 2 is made. It waits for approval" in notices(response.content.decode())
    made = newest(order)
    assert [str(line.quantity) for line in made.lines] == ["640", "240", "150"]
    assert made.model_copy(update={"lines": (), "revision": 1}) == seed.document(order.number).model_copy(
        update={"lines": ()}
    )


def test_lines_are_split_over_days_deleted_and_added_and_the_header_changes(console: Client) -> None:
    order = seed.order()
    given = {
        "base": "1", "seen": "1", "step": "save", "reason": "Two days",
        "price.20": "61,35", "q.20.0": "200", "d.20.0": DAY, "q.20.1": "40", "d.20.1": "2026-12-16",
        "price.30": "6.42", "q.30.0": "150", "d.30.0": DAY, "gone.30": "on",
        "number.new0": "40", "description.new0": "Shim", "part.new0": "118-9", "unit.new0": "C62", "price.new0": "1.5",
        "q.new0.0": "7", "d.new0.0": "",
        "place.name": "Plant 3", "place.street": "Kai 1", "place.postal_code": "28195", "place.city": "Bremen",
        "place.country": "de", "notes": "1", "note.0": "Handle with care",
    }  # fmt: skip
    assert console.post(url(order), given).status_code == 302
    made = newest(order)
    assert [line.number for line in made.lines] == ["10", "20", "40"]
    assert [(str(s.quantity), str(s.requested)) for s in made.lines[1].schedules] == [
        ("200", DAY),
        ("40", "2026-12-16"),
    ]
    assert made.ship_to is not None and made.ship_to.name == "Plant 3"
    assert made.ship_to.address is not None and made.ship_to.address.country == "DE"
    assert [note.text for note in made.notes] == ["Handle with care"]


def test_a_colleagues_newer_version_is_told_and_what_was_typed_stays(console: Client) -> None:
    order = seed.order()
    seed.approve(seed.revise(order, seed.document(order.number, revision=2, quantity="620")), timezone.now())
    Order.objects.filter(pk=order.pk).update(revision=2)
    response = console.post(url(order), EDITS | {"step": "save", "reason": "More"})
    html = response.content.decode()
    assert response.status_code == 422 and 'value="640"' in html
    assert "has version 2 by now, and you looked at version 1" in notices(html)
    assert newest(order).revision == 2


def test_a_second_click_makes_no_second_version(console: Client) -> None:
    order = seed.order()
    for _ in range(2):
        console.post(url(order), EDITS | {"step": "save", "reason": "More"})
    assert newest(order).revision == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"price.10": "cheap"}, "“cheap” is not a number we understand."),
        ({"q.10.0": "0"}, "Write more than 0, or delete the line."),
        ({"d.10.0": "2027-02-30"}, "That month has 28 days."),
        ({"reason": ""}, "A new version needs a reason."),
        ({"q.10.0": "600"}, "Nothing changed: this is version 1 as it stands."),
        ({"place.name": ""}, "is empty"),
    ],
)
def test_what_cannot_be_saved_is_told_and_nothing_is_saved(console: Client, given: dict[str, str], told: str) -> None:
    order = seed.order()
    response = console.post(url(order), EDITS | {"step": "save", "reason": "More"} | given)
    assert response.status_code == 422 and told in words(response.content.decode())
    assert newest(order).revision == 1


def test_an_order_keeps_at_least_one_line(console: Client) -> None:
    order = seed.order()
    gone = {f"gone.{n}": "on" for n in (10, 20, 30)} | {f"price.{n}": "1" for n in (10, 20, 30)}
    html = console.post(url(order), {"base": "1", "seen": "1"} | gone).content.decode()
    assert "To end it, cancel the order." in effect(html)


@pytest.mark.parametrize(
    ("step", "there"), [({"day": "10"}, 'name="q.10.1"'), ({"step": "line"}, 'name="number.new0"')]
)
def test_buttons_work_without_script(console: Client, step: dict[str, str], there: str) -> None:
    html = console.post(url(seed.order()), EDITS | step).content.decode()
    assert there in html and 'value="640"' in html


def test_an_earlier_version_can_be_the_ground(console: Client) -> None:
    order = seed.order()
    seed.approve(seed.revise(order, seed.document(order.number, revision=2, quantity="620")), timezone.now())
    Order.objects.filter(pk=order.pk).update(revision=2)
    html = page(console, f"{url(order)}?base=1")
    assert "You change version 1" in words(html) and 'value="600"' in html
    assert "Line 10, quantity 620 600" in effect(html)


def test_a_long_order_shows_its_first_lines_and_finds_the_others(console: Client) -> None:
    order = seed.order()
    line = seed.document(order.number).lines[0]
    many = tuple(line.model_copy(update={"number": str(n), "buyer_part": f"P-{n}"}) for n in range(1, 301))
    long = seed.document(order.number, revision=2).model_copy(update={"lines": many})
    seed.approve(seed.revise(order, long), timezone.now())
    Order.objects.filter(pk=order.pk).update(revision=2)
    html = page(console, url(order))
    assert html.count('name="price.') == 100 and "100 of 300 lines shown" in words(html)
    given = {"base": "2", "seen": "2", "price.5": "1.00", "q.5.0": "600", "d.5.0": DAY, "find": "p-299", "step": "find"}
    html = console.post(url(order), given).content.decode()
    assert 'name="price.299"' in html and 'name="price.5"' in html and html.count('name="price.') == 2


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.CANCELLING, OrderState.CLOSED])
def test_an_order_that_takes_no_version_says_so(console: Client, state: OrderState) -> None:
    order = seed.order(state=state)
    html = page(console, url(order))
    assert "takes no new version" in notices(html) and " disabled>" in html
    response = console.post(url(order), EDITS | {"step": "save", "reason": "More"})
    assert response.status_code == 422 and newest(order).revision == 1


def test_only_buyers_see_it(client: Client) -> None:
    order = seed.order()
    assert client.get(url(order)).status_code == 302
    sign_in(client, User.objects.create_user("desk", partner=order.supplier))
    assert client.post(url(order), EDITS | {"step": "save", "reason": "x"})["Location"] == "/portal/"
    assert newest(order).revision == 1


def test_the_page_costs_the_same_queries_for_few_and_many_lines(
    console: Client, django_assert_max_num_queries: Any
) -> None:
    order = seed.order()
    with django_assert_max_num_queries(9):
        page(console, url(order))
