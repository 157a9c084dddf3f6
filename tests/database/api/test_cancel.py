"""Cancelling through the API, as a buying system does."""

from pathlib import Path
from typing import Any

import pytest

from orderwire.document.response import Response
from orderwire.flow import acknowledge
from orderwire.records import Delivery, Order
from tests.database import factories

from .conftest import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """An order that its supplier was handed."""
    row = factories.order()
    factories.delivery(row)
    return row


def ask(api: Api, order: Order, **body: Any) -> Any:
    return api.post(f"/orders/{order.number}/cancel", {"code": "not_needed"} | body)


def test_a_cancellation_is_asked_for_once_and_read_back(api: Api, order: Order) -> None:
    first, again = ask(api, order, reason="Project ended"), ask(api, order)
    assert (first.status_code, first.json()["id"]) == (200, again.json()["id"])
    (row,) = api.get(f"/orders/{order.number}/cancellations").json()["cancellations"]
    assert (row["state"], row["scope"], row["reason"], row["choices"]) == ("asked", "order", "Project ended", [])
    assert Delivery.objects.filter(kind="cancellation").count() == 1


def test_it_is_taken_back_before_the_answer_and_not_after(api: Api, order: Order) -> None:
    row = ask(api, order).json()
    assert api.post(f"/cancellations/{row['id']}/withdraw", {}).json()["state"] == "withdrawn"
    row = ask(api, order).json()
    response = Response(order_number=order.number, answers="cancellation", status="accepted", charge="99.5")
    acknowledge.take(response, supplier=order.supplier, source="edi", actor="supplier:S")
    refused = api.post(f"/cancellations/{row['id']}/withdraw", {})
    assert (refused.status_code, refused.json()["remedy"]) == (409, "Settle it instead.")
    (found, _) = api.get(f"/orders/{order.number}/cancellations").json()["cancellations"]
    assert (found["cost"], found["currency"], found["choices"]) == ("99.5", "EUR", ["accept_cost", "keep"])
    settled = api.post(f"/cancellations/{row['id']}/settle", {"choice": "accept_cost"}).json()
    assert settled["state"] == "settled"
    assert api.get(f"/orders/{order.number}").json()["state"] == "cancelled"


def test_lines_and_the_open_quantity(api: Api, order: Order, config: Path) -> None:
    row = ask(api, order, lines={"20": None}).json()
    assert (row["scope"], row["revision"]) == ("lines", 2)
    assert [(line["line"], float(line["quantity"])) for line in row["lines"]] == [("20", 60)]
    assert ask(api, order, open=True).json()["scope"] == "order", "nothing is shipped, so that is all of it"


@pytest.mark.parametrize(
    ("body", "status"),
    [({"code": "because"}, 422), ({"lines": {"10": "-1"}}, 422), ({"open": True, "lines": {}}, 422),
     ({"lines": {"99": None}}, 409), ({"lines": {"10": "1000"}}, 409)],
)  # fmt: skip
def test_what_cannot_be_cancelled_is_refused_and_changes_nothing(
    api: Api, order: Order, body: dict[str, Any], status: int
) -> None:
    assert ask(api, order, **body).status_code == status
    assert api.get(f"/orders/{order.number}/cancellations").json()["cancellations"] == []


def test_there_is_no_such_cancellation(api: Api) -> None:
    assert api.post("/cancellations/404/withdraw", {}).status_code == 404
    assert api.post("/cancellations/404/settle", {"choice": "keep"}).status_code == 404
