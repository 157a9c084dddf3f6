"""The portal: a supplier's user sees his own orders and answers them; any other order is one that does not exist."""

from typing import Any

import pytest
from django.test import Client

from orderwire.document.states import DeliveryState
from orderwire.flow import cancel
from orderwire.records import Order, Response, User
from tests.database import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def own() -> Any:
    row = factories.order()
    factories.delivery(row, to=factories.endpoint(row.supplier, channel="portal", format="order_json"))
    return row


def user_of(order: Any) -> Client:
    user = User.objects.create_user("marta", partner=order.supplier)
    client = Client()
    client.force_login(user)
    return client


def test_my_orders_are_mine_only(own: Any) -> None:
    other = factories.order(factories.document("OTHER-1"), partner=factories.supplier("Other"))
    factories.delivery(other)
    unsent = factories.order(factories.document("DRAFT-1"), partner=own.supplier)
    page = user_of(own).get("/portal/").content.decode()
    assert own.number in page
    assert "To answer" in page
    assert other.number not in page
    assert unsent.number not in page


def test_foreign_and_missing_orders_look_the_same(own: Any) -> None:
    other = factories.order(factories.document("OTHER-1"), partner=factories.supplier("Other"))
    factories.delivery(other)
    client = user_of(own)
    for tail in ("", "/order/order_json"):
        foreign, missing = (client.get(f"/portal/o/{pk}{tail}") for pk in (other.pk, 10**9))
        assert (foreign.status_code, foreign.content) == (404, missing.content)
    for tail in ("", "/seen", "/count"):
        assert client.post(f"/portal/o/{other.pk}{tail}", {"way": "accept", "step": "send"}).status_code == 404
    assert Response.objects.count() == 0


def test_an_order_is_opened_and_answered_by_sign_in(own: Any) -> None:
    client = user_of(own)
    assert "Please answer order" in client.get(f"/portal/o/{own.pk}").content.decode()
    assert own.deliveries.get().state == DeliveryState.ACCEPTED
    client.post(f"/portal/o/{own.pk}/seen")
    client.post(f"/portal/o/{own.pk}/seen")
    assert own.deliveries.get().state == DeliveryState.OPENED
    assert own.deliveries.get().receipts.count() == 1
    assert client.post(f"/portal/o/{own.pk}", {"way": "accept", "step": "send"}).status_code == 303
    row = Response.objects.get()
    assert (row.state, row.source, row.actor) == ("accepted", "portal", "supplier:marta")
    assert "Answered" in client.get("/portal/").content.decode()


def test_the_newest_version_that_was_sent_is_shown(own: Any) -> None:
    factories.revision(own, factories.document(revision=2, lines=(factories.line("10", quantity=7),)))
    client = user_of(own)
    assert "is changing order" in client.get(f"/portal/o/{own.pk}").content.decode()
    factories.delivery(own)
    assert f"Please answer order {own.number}, version 2" in client.get(f"/portal/o/{own.pk}").content.decode()


def test_an_answer_to_a_version_replaced_meanwhile_is_not_taken_as_one_to_the_newest(own: Any) -> None:
    client = user_of(own)
    page = client.get(f"/portal/o/{own.pk}").content.decode()
    assert 'name="version" value="1"' in page
    factories.revision(own, factories.document(revision=2, lines=(factories.line("10", quantity=7),)))
    factories.delivery(own)
    late = client.post(f"/portal/o/{own.pk}", {"way": "accept", "step": "send", "version": "1"})
    assert late.status_code == 409
    assert "This version was replaced by version 2" in late.content.decode()
    assert "Your answer is kept with version 1." in late.content.decode()
    assert client.post(f"/portal/o/{own.pk}", {"way": "accept", "step": "send", "version": "2"}).status_code == 303
    assert list(Response.objects.order_by("pk").values_list("revision__number", flat=True)) == [1, 2]
    for nonsense in ("0", "3", "x", "-1", "9" * 30, "²"):
        answer = {"way": "accept", "step": "send", "version": nonsense}
        assert client.post(f"/portal/o/{own.pk}", answer).status_code == 409
    assert Response.objects.count() == 2


def test_a_change_is_listed_as_one_and_opens_with_what_changed(own: Any) -> None:
    lines = (factories.line("10", quantity=80, supplier_part="MG1/28"), factories.line("20", quantity=60, price="118"))
    factories.revision(own, factories.document(revision=2, lines=lines))
    factories.delivery(own)
    client = user_of(own)
    assert "Change to answer" in client.get("/portal/").content.decode()
    page = client.get(f"/portal/o/{own.pk}").content.decode()
    assert "Compared with version 1, which you have" in page and "1 line is unchanged" in page


def test_a_cancellation_is_listed_first_asked_and_answered_by_sign_in(own: Any) -> None:
    row = cancel.ask(own.pk, actor="user:ines", code="mistake")
    client = user_of(own)
    assert "Cancellation to answer" in client.get("/portal/").content.decode()
    page = client.get(f"/portal/o/{own.pk}").content.decode()
    assert f"asks you to cancel order {own.number}" in page
    sent = {"cancellation": str(row.pk), "way": "agree"}
    assert client.post(f"/portal/o/{own.pk}", sent).status_code == 303
    own.refresh_from_db()
    assert own.state == "cancelled"
    assert (Response.objects.get().source, Response.objects.get().actor) == ("portal", "supplier:marta")
    assert "Ended" in client.get("/portal/").content.decode()
    assert "You agreed to cancel order" in client.get(f"/portal/o/{own.pk}").content.decode()


def test_what_is_overdue_is_marked(own: Any) -> None:
    Order.objects.update(answer_state="overdue")
    assert "Answer overdue" in user_of(own).get("/portal/").content.decode()


def test_nobody_comes_in_without_sign_in(own: Any) -> None:
    for path in ("/portal/", f"/portal/o/{own.pk}"):
        assert "/accounts/login/" in Client().get(path).headers["Location"]
    buyer = Client()
    buyer.force_login(User.objects.create_user("ines"))
    assert buyer.get("/portal/").headers["Location"] == "/"
    assert buyer.get(f"/portal/o/{own.pk}").status_code == 404


def test_a_long_list_goes_on(own: Any) -> None:
    rows = [factories.order(factories.document(f"N-{n}"), partner=own.supplier) for n in range(50)]
    to = factories.endpoint(own.supplier)
    for row in rows:
        factories.delivery(row, to=to)
    client = user_of(own)
    first = client.get("/portal/").content.decode()
    assert "Show more" in first
    assert f">{own.number}<" not in first
    last = Order.objects.get(number="N-0").pk
    assert f">{own.number}<" in client.get(f"/portal/?before={last}").content.decode()
    assert client.get("/portal/?before=99999999999999999999").status_code == 200


@pytest.mark.parametrize("prices", [True, False])
def test_my_orders_tell_the_total_only_of_an_order_that_comes_with_prices(prices: bool) -> None:
    row = factories.order()
    to = factories.endpoint(row.supplier, channel="portal", format="pdf")
    factories.delivery(row, to=to, prices=prices)
    client = user_of(row)
    page = client.get("/portal/").content.decode()
    assert row.number in page
    assert ("8,330.00" in page) is prices
    assert ("12.50" in client.get(f"/portal/o/{row.pk}").content.decode()) is prices
