"""The page on which a buyer decides an answer that differs: what it shows, what it adds up, what it sends."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orderwire.document.order import Order as Document
from orderwire.records import Response, User
from tests.database.tracking import seed
from tests.database.web.after import CONTENT, LATE, NEED, five, notices, page, sign_in, words

pytestmark = pytest.mark.django_db
ALL = {"c.20": "accept", "c.30": "resource", "c.60": "accept", "c.80": "accept", "c.90": "insist"}


@pytest.fixture
def console(client: Client) -> Client:
    return sign_in(client, seed.buyer())


def url(answer: Response) -> str:
    return reverse("differences", args=[answer.order_id, answer.pk])


def test_the_page_says_who_answered_what_differs_and_what_the_policy_settles(console: Client) -> None:
    _, answer = five()
    said = words(page(console, url(answer)))
    assert "Marta Gil answered today" in said and "1 line as ordered, 5 different." in said
    assert "Policy settles 3 of them; 2 need you" in said
    assert "Price up 4.1 %, limit 2 %" in said and "+414.00" in said and "−138.60" in said
    assert said.index("Part MG1") < said.index("Part NP850") < said.index("Part OR")  # what needs a person is first


def test_what_the_policy_settles_is_chosen_already(console: Client) -> None:
    _, answer = five()
    html = page(console, url(answer))
    assert html.count('value="accept" checked') == 2 and html.count('value="insist" checked') == 1
    assert "3 of 5 decided." in words(html) and "Send 3 decisions to Acme Bearings" in html


def test_the_total_follows_what_is_chosen_without_anything_being_sent(console: Client) -> None:
    _, answer = five()
    html = console.post(url(answer), {"c.20": "accept"}).content.decode()
    assert "+414.00" in html.split('id="figures"')[1].split("</dl>")[0]
    answer.refresh_from_db()
    assert answer.state == Response.State.OPEN


def test_a_counter_offer_is_part_of_the_total(console: Client) -> None:
    _, answer = five()
    chosen = {"c.20": "counter", "price.20": "85.50", "quantity.20": "120", "day.20": ""}
    figures = console.post(url(answer), chosen).content.decode().split('id="figures"')[1].split("</dl>")[0]
    assert "+120.00" in figures


def test_decisions_are_sent_together_and_make_one_version(console: Client) -> None:
    order, answer = five()
    response = console.post(url(answer), ALL | {"step": "send", "reason": "The old part, please"}, follow=True)
    assert "5 decisions made version 3." in notices(response.content.decode())
    order.refresh_from_db()
    answer.refresh_from_db()
    assert (order.revision, answer.state) == (3, "decided")
    chosen = {d["line"]: d["choice"] for d in answer.decisions}
    assert chosen == {"20": "accept", "30": "resource", "60": "accept", "80": "accept", "90": "insist"}


def test_of_a_line_that_comes_in_parts_the_late_part_is_shown_as_what_leaves(console: Client) -> None:
    order, answer = five()
    parts = [
        {"number": "30", "status": "changed", "quantity": "40", "promised": NEED.isoformat()},
        {"number": "30", "status": "changed", "quantity": "20", "promised": LATE.isoformat()},
    ]
    content = answer.content | {"lines": [x for x in answer.content["lines"] if x["number"] != "30"] + parts}
    Response.objects.filter(pk=answer.pk).update(content=content)
    said = words(console.post(url(answer), {"c.30": "resource"}).content.decode())
    assert "20 pieces to order from somebody else" in said
    assert console.post(url(answer), ALL | {"step": "send", "reason": "x"}).status_code == 302
    lines = {
        line.number: line for line in Document.model_validate_json(bytes(order.revisions.get(number=3).content)).lines
    }
    assert lines["30"].quantity == 40


def test_a_line_that_nobody_decided_is_named_and_nothing_is_sent(console: Client) -> None:
    order, answer = five()
    response = console.post(url(answer), {"step": "send", "c.20": "accept", "reason": "x"})
    assert response.status_code == 422
    assert "Nothing is decided yet for 30, 90, 60, 80." in notices(response.content.decode())
    order.refresh_from_db()
    assert order.revision == 2


def test_an_offer_that_cannot_be_read_is_told_beside_its_field_and_kept(console: Client) -> None:
    _, answer = five()
    given = ALL | {"step": "send", "reason": "x", "c.20": "counter", "price.20": "eighty", "day.20": "2026-02-31"}
    response = console.post(url(answer), given)
    html = response.content.decode()
    assert response.status_code == 422 and 'value="eighty"' in html
    assert "“eighty” is not a number we understand." in html and "That month has 28 days." in html


def test_to_offer_what_was_ordered_is_to_insist(console: Client) -> None:
    _, answer = five()
    given = ALL | {"step": "send", "c.20": "counter", "price.20": "84.50", "quantity.20": "120", "reason": "Contract"}
    assert console.post(url(answer), given).status_code == 302
    answer.refresh_from_db()
    assert {d["line"]: d["choice"] for d in answer.decisions}["20"] == "insist"


def test_insisting_needs_a_word_to_the_supplier(console: Client) -> None:
    _, answer = five()
    response = console.post(url(answer), ALL | {"step": "send"})
    assert response.status_code == 422 and "needs a reason" in notices(response.content.decode())


@pytest.mark.parametrize(
    ("given", "choices"),
    [
        ({"bulk": "policy"}, {"60": "accept", "80": "accept"}),
        ({"bulk": "accept", "pick": ["20", "30"]}, {"20": "accept", "30": "accept"}),
        ({"bulk": "resource", "pick": ["90"]}, {"90": "resource"}),
        ({"bulk": "counter", "all": "yes"}, dict.fromkeys(["20", "30", "60", "80", "90"], "counter")),
    ],
)
def test_several_rows_are_chosen_at_once(console: Client, given: dict[str, Any], choices: dict[str, str]) -> None:
    _, answer = five()
    html = console.post(url(answer), given).content.decode()
    for line in CONTENT["lines"]:
        way = choices.get(line["number"])
        radios = [tag for tag in html.split("<input") if f'name="c.{line["number"]}"' in tag]
        assert [tag.split('value="')[1].split('"')[0] for tag in radios if "checked" in tag] == ([way] if way else [])


def test_a_second_click_is_told_that_it_is_decided(console: Client) -> None:
    _, answer = five()
    given = ALL | {"step": "send", "reason": "x"}
    console.post(url(answer), given)
    response = console.post(url(answer), given)
    assert response.status_code == 422
    assert "This answer is not open for a decision." in notices(response.content.decode())


def test_an_answer_to_an_older_version_only_shows(console: Client) -> None:
    order, answer = five()
    seed.approve(seed.revise(order, seed.document(order.number, revision=3)), timezone.now())
    type(order).objects.filter(pk=order.pk).update(revision=3)
    html = page(console, url(answer))
    assert "the newest is version 3" in words(html) and 'name="step" value="send"' not in html


def test_a_declined_order_is_insisted_on_or_ordered_elsewhere(console: Client) -> None:
    _, answer = five()
    declined = {"order_number": answer.content["order_number"], "status": "rejected", "reason": "No capacity"}
    row = {"line": None, "field": "order", "ordered": "", "answered": "declined", "text": "The order is declined.",
           "money": "-25577.00", "reason": "No capacity"}  # fmt: skip
    Response.objects.filter(pk=answer.pk).update(content=declined, status="rejected", differences=[row])
    html = page(console, url(answer))
    assert "They decline the whole order." in html
    assert 'name="c.*" id="c0.insist"' in html and "c0.resource" in html
    assert "c0.accept" not in html and "c0.counter" not in html


@pytest.mark.parametrize(("show", "there"), [("same", "As ordered"), ("whole", "87.95"), ("message", "Raw material")])
def test_every_tab_opens(console: Client, show: str, there: str) -> None:
    _, answer = five()
    assert there in page(console, f"{url(answer)}?show={show}")


def test_only_buyers_see_it(client: Client) -> None:
    _, answer = five()
    assert client.get(url(answer)).status_code == 302
    sign_in(client, User.objects.create_user("desk", partner=answer.supplier))
    for response in (client.get(url(answer)), client.post(url(answer), ALL | {"step": "send"})):
        assert (response.status_code, response["Location"]) == (302, "/portal/")
    answer.refresh_from_db()
    assert answer.state == Response.State.OPEN


def test_an_answer_of_another_order_is_not_there(console: Client) -> None:
    _, answer = five()
    other = seed.order("4500071999")
    assert console.get(reverse("differences", args=[other.pk, answer.pk])).status_code == 404


def test_the_page_costs_the_same_queries_for_few_and_many_differences(
    console: Client, django_assert_max_num_queries: Any
) -> None:
    _, answer = five()
    with django_assert_max_num_queries(9):
        page(console, url(answer))
