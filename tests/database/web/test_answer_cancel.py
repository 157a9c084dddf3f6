"""A supplier is asked to cancel: what he may say, what he may do wrong, and what a link says when all is settled."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orderwire.flow import cancel, distribute
from orderwire.records import AnswerLink, Cancellation, Delivery, Event, Order, Response
from tests.database import factories
from tests.database.web.visit import Visit

pytestmark = pytest.mark.django_db
BAD = "<script>alert(1)</script>"


class Asked(Visit):
    """A supplier with the link of the cancellation in hand."""

    def __init__(self, *, prices: bool = True, **supplier: Any):
        order = factories.order(partner=factories.supplier(**supplier))
        self.first = Visit(factories.delivery(order, prices=prices))
        self.row = cancel.ask(order.pk, actor="user:ines", code="project", reason=f"Customer left {BAD}")
        super().__init__(Delivery.objects.get(order=order, kind=Delivery.Kind.CANCELLATION))
        self.open()

    def say(self, way: str, **fields: str) -> Any:
        given = {key.replace("_", "."): value for key, value in fields.items()}
        return self.client.post(self.base, {"cancellation": str(self.row.pk), "way": way} | given)

    def page(self, query: str = "") -> str:
        return str(self.client.get(self.base + query).content.decode())

    @property
    def now(self) -> tuple[str, str]:
        self.row.refresh_from_db()
        self.order.refresh_from_db()
        return self.order.state, self.row.state


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_the_page_asks_and_gives_the_reason_and_four_ways(asked: Asked) -> None:
    text = asked.page()
    assert "Nordhaven Pumpen GmbH asks you to cancel order 4500071791" in text
    assert "The project or customer order ended: Customer left &lt;script&gt;" in text and BAD not in text
    assert re.findall(r'name="way" value="(\w+)"', text) == ["agree", "cost", "part", "cannot"]


def test_looking_changes_nothing(asked: Asked) -> None:
    events = Event.objects.count()
    for path in (f"/a/{asked.token}", asked.base, f"{asked.base}?correct=1", f"{asked.base}?order=1"):
        asked.client.get(path)
        asked.client.head(path)
    assert asked.now == ("cancelling", "asked")
    assert (Response.objects.count(), Event.objects.count()) == (0, events)


def test_agreeing_ends_the_order_and_a_second_click_is_harmless(asked: Asked) -> None:
    for _ in range(2):
        response = asked.say("agree")
        assert (response.status_code, response.headers["Location"]) == (303, asked.base)
    assert asked.now == ("cancelled", "accepted")
    assert Response.objects.count() == 1
    assert Event.objects.filter(kind="cancellation.answered").count() == 1
    assert "You agreed to cancel order 4500071791. Please do not deliver it." in asked.page()


def test_agreeing_at_a_cost_waits_for_the_buyer(asked: Asked) -> None:
    assert asked.say("cost", amount="1,250.50 EUR", reason="Cut already").status_code == 303
    assert asked.now == ("cancelling", "accepted_at_cost")
    assert (asked.row.cost, asked.row.currency, asked.row.answer) == (Decimal("1250.5"), "EUR", "Cut already")
    assert "for EUR\xa01,250.50." in asked.page()
    assert 'value="1250.50"' in asked.page("?correct=1")


def test_what_is_made_already_is_still_delivered(asked: Asked) -> None:
    assert asked.say("part", keep_10="40").status_code == 303
    assert asked.now == ("cancelling", "partly")
    assert [(a["number"], a["quantity"]) for a in Response.objects.get().content["lines"]] == [("10", "40")]
    assert "You still deliver:" in asked.page()
    cancel.settle(asked.row.pk, choice="accept_part", actor="user:ines")
    assert asked.now[1] == "settled"


def test_who_cannot_says_why_and_the_order_stands(asked: Asked) -> None:
    assert "Say why" in asked.say("cannot").content.decode()
    assert asked.say("cannot", reason="All is shipped").status_code == 303
    assert asked.now == ("approved", "refused")
    page = asked.page()
    assert "You did not agree to cancel order 4500071791, so it stands." in page and "All is shipped" in page
    assert "Please answer order 4500071791" in asked.page("?order=1"), (
        "a refused cancellation is no answer to the order"
    )


@pytest.mark.parametrize(
    ("way", "fields", "told"),
    [
        ("", {}, "Choose one of the four answers."),
        ("steal", {}, "Choose one of the four answers."),
        ("cost", {"reason": "x"}, "more than zero"),
        ("cost", {"amount": "0", "reason": "x"}, "more than zero"),
        ("cost", {"amount": "-50", "reason": "x"}, "more than zero"),
        ("cost", {"amount": "50"}, "Say why"),
        ("cost", {"amount": "50 USD", "reason": "x"}, "Write the amount in EUR"),
        ("cost", {"amount": "$50", "reason": "x"}, "Write the amount in EUR"),
        ("cost", {"amount": "8330.01", "reason": "x"}, "more than the whole order"),
        ("cost", {"amount": "9" * 50, "reason": "x"}, "is not a number"),
        ("cost", {"amount": "1e9", "reason": "x"}, "Write the amount in EUR"),
        ("cost", {"amount": "5.001.2", "reason": "x"}, "is not a number"),
        ("cost", {"amount": "5.0001", "reason": "x"}, "is not a number"),
        ("part", {}, "Nothing would be left"),
        ("part", {"keep_10": "100", "keep_20": "60"}, "Everything would be delivered"),
        ("part", {"keep_10": "101"}, "Write 100 at most."),
        ("part", {"keep_10": "-1"}, "is not a number"),
        ("cannot", {"reason": "x" * 100_000}, "Write 2000 characters at most"),
        ("cannot", {"reason": "a\x00b"}, "cannot be sent"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_sent(asked: Asked, way: str, fields: dict[str, str], told: str) -> None:
    response = asked.say(way, **fields)
    assert response.status_code == 422
    assert told in response.content.decode()
    assert asked.now == ("cancelling", "asked")
    assert Response.objects.count() == 0


def test_a_supplier_may_correct_himself_until_the_buyer_settled_it(asked: Asked) -> None:
    asked.say("cost", amount="100", reason="Material")
    asked.say("agree")
    assert asked.now == ("cancelled", "accepted")
    assert Response.objects.count() == 2


def test_the_back_button_after_the_matter_is_settled_changes_nothing(asked: Asked) -> None:
    asked.say("cost", amount="100", reason="Material")
    cancel.settle(asked.row.pk, choice="accept_cost", actor="user:ines")
    late = asked.say("agree")
    assert late.status_code == 409
    assert "Order 4500071791 is cancelled" in late.content.decode()
    assert asked.now == ("cancelled", "settled")
    assert Response.objects.count() == 1


def test_a_cancellation_taken_back_says_that_the_order_stands(asked: Asked) -> None:
    cancel.withdraw(asked.row.pk, actor="user:ines")
    late = asked.say("agree")
    assert late.status_code == 409
    assert "took the cancellation back" in late.content.decode()
    assert "Order 4500071791 stands." in asked.page()
    assert "Please answer order" in asked.page("?order=1")
    assert asked.now == ("approved", "withdrawn")


def test_the_orders_own_link_asks_for_the_cancellation_too(asked: Asked) -> None:
    page = asked.first.open().content.decode()
    assert "asks you to cancel order" in page
    answered = asked.first.client.post(asked.first.base, {"way": "accept", "step": "send", "version": "1"})
    assert answered.status_code == 409
    assert "asks you to cancel order" in answered.content.decode()
    assert Response.objects.count() == 0


def test_a_cancellation_that_is_not_of_this_order_is_not_answered(asked: Asked) -> None:
    other = cancel.ask(factories.order(factories.document("2")).pk, actor="user:ines", code="mistake")
    for number in (str(other.pk), "0", "x", "9" * 40):
        assert asked.client.post(asked.base, {"cancellation": number, "way": "agree"}).status_code == 409
    assert Response.objects.count() == 0
    assert Cancellation.objects.get(pk=other.pk).state == "never_left"


def test_nobody_answers_without_the_link(asked: Asked) -> None:
    sent = {"cancellation": str(asked.row.pk), "way": "agree"}
    assert Client().post(asked.base, sent).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.get(f"/a/{asked.token}")
    assert strict.post(asked.base, sent).status_code == 403
    assert asked.now == ("cancelling", "asked")


def test_a_fresh_link_to_a_cancellation_is_the_cancellation_again(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    Delivery.objects.filter(pk=asked.delivery.pk).update(state="delivered")
    AnswerLink.objects.filter(pk=asked.link.pk).update(renewed_at=None)
    called: list[int] = []
    monkeypatch.setattr(distribute, "resend", lambda pk, **_: called.append(pk))
    Client().post("/a/fresh-link", {"link": str(asked.link.pk)})
    assert called == [asked.delivery.pk]


@pytest.mark.parametrize("language", ["de", "ar", "zh"])
def test_he_reads_it_in_his_language(language: str) -> None:
    asked = Asked(language=language, country="AE" if language == "ar" else "DE")
    page = asked.page()
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in page
    assert "asks you" not in page and "Reason" not in page and "4500071791" in page
    asked.say("cost", amount="100", reason="…")
    assert asked.now[1] == "accepted_at_cost"


def test_an_order_cancelled_before_it_left_has_nothing_to_answer() -> None:
    visit = Visit(factories.delivery(factories.order()))
    visit.open()
    Order.objects.update(state="cancelling")
    Order.objects.update(state="cancelled")
    assert "has withdrawn" in visit.client.get(visit.base).content.decode()


def test_who_gets_the_order_without_prices_is_not_told_what_it_is_worth() -> None:
    asked = Asked(prices=False)
    assert asked.say("cost", amount="999999", reason="Made").status_code == 303
    assert "8,330" not in asked.page()
