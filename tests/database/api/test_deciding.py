"""Deciding answers line by line through the API, and ordering elsewhere what a supplier does not deliver."""

from typing import Any

import pytest

from orderwire.records import Need, Order, Partner
from tests.database import factories

from .conftest import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    row = factories.order(factories.document("S-1"))
    factories.delivery(row)
    return row


@pytest.fixture
def decide(api: Api, order: Order) -> Any:
    """The supplier is dearer on line 10 and has no 60 of line 20; `decide(…)` posts decisions on that."""
    lines = [
        {"number": "10", "status": "changed", "price": "14"},
        {"number": "20", "status": "changed", "quantity": "40"},
    ]
    answer = {"order_number": "S-1", "status": "accepted_with_changes", "lines": lines}
    made = api.post("/orders/S-1/answers", answer).json()

    def post(*decisions: dict[str, Any], reason: str = "As agreed", number: str = "S-1") -> Any:
        return api.post(f"/orders/{number}/answers/{made['id']}/decide", {"decisions": decisions, "reason": reason})

    return post


def test_each_line_is_decided_and_one_version_says_so(decide: Any) -> None:
    said = decide({"line": "10", "choice": "counter", "counter": {"price": "13"}}, {"line": "20", "choice": "resource"})
    assert (said.status_code, said.json()["revision"]) == (200, 2)
    assert said.json()["order"]["state"] == "pending_approval"
    told = Order.objects.get().revisions.get(number=2)
    assert [(line.number, line.quantity, line.price) for line in told.lines.order_by("position")] == [
        ("10", 100, 13), ("20", 40, 118),
    ]  # fmt: skip
    again = decide({"line": "10", "choice": "accept"}, {"line": "20", "choice": "accept"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    "decisions, words",
    [
        ([{"line": "10", "choice": "accept"}], "Not decided yet: Line 20"),
        ([{"line": "10", "choice": "counter"}, {"line": "20", "choice": "accept"}], "says what you offer"),
        ([{"line": "10", "choice": "counter", "counter": {"price": "-1"}}], "counter-proposal cannot be used"),
        ([{"line": "10", "choice": "counter", "counter": {"prize": "1"}}], "counter-proposal cannot be used"),
        ([{"line": "10", "choice": "perhaps"}], "decisions"),
    ],
)
def test_what_cannot_be_decided_is_told(decide: Any, decisions: list[dict[str, Any]], words: str) -> None:
    said = decide(*decisions)
    assert said.status_code == 422
    assert words in said.text


def test_an_answer_is_decided_at_its_own_order(decide: Any) -> None:
    factories.order(factories.document("S-2"))
    assert decide({"line": "10", "choice": "accept"}, number="S-2").status_code == 404


@pytest.fixture
def need(order: Order) -> Need:
    """20 of line 20."""
    line = factories.line("20", quantity=20).model_dump(mode="json", exclude_defaults=True)
    return Need.objects.create(
        order=order, revision=order.revisions.get(), line="20", content=line, quantity=20,
        opened_by="user:ines", opened_at=order.created_at,
    )  # fmt: skip


def test_needs_are_listed_with_who_might_deliver_them_and_ordered(api: Api, need: Need) -> None:
    other = factories.supplier("Sellos Bilbao")
    factories.endpoint(other)
    listed = api.get("/needs").json()["needs"]
    assert [(n["id"], n["order"], n["quantity"], n["suggested"]) for n in listed] == [
        (need.pk, "S-1", "20", [other.number])
    ]
    assert api.post(f"/needs/{need.pk}/order", {"supplier": "nobody"}).status_code == 404
    made = api.post(f"/needs/{need.pk}/order", {"supplier": other.number, "price": "11.90"})
    assert (made.status_code, made.json()["number"], made.json()["state"]) == (201, "S-1-A", "pending_approval")
    assert Order.objects.get(number="S-1-A").supplier == Partner.objects.get(pk=other.pk)
    assert api.get("/needs").json() == {"needs": []}
    assert api.post(f"/needs/{need.pk}/close", {"reason": "Found some"}).status_code == 409


def test_a_need_is_closed_with_a_reason(api: Api, need: Need) -> None:
    assert api.post(f"/needs/{need.pk}/close", {}).status_code == 422
    closed = api.post(f"/needs/{need.pk}/close", {"reason": "Found some"})
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    assert api.post("/needs/987654321/close", {"reason": "Found some"}).status_code == 404
