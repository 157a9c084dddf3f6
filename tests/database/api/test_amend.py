"""Amending an order through the API, as a buying system's planner would."""

import json
from typing import Any

import pytest

from orderwire.records import Order
from tests.database import factories

from .conftest import Api
from .test_orders import body

pytestmark = pytest.mark.django_db

NUMBER = "4500071791"


def version(number: int) -> dict[str, Any]:
    """The content of a version."""
    found: dict[str, Any] = json.loads(bytes(Order.objects.get(number=NUMBER).revisions.get(number=number).content))
    return found


def edits(**part: Any) -> dict[str, Any]:
    return {"lines": [{"number": "10", "part": part}]}


@pytest.fixture
def order(api: Api) -> Order:
    assert api.post("/orders", body()).status_code == 201
    return Order.objects.get(number=NUMBER)


def test_edits_make_the_next_version(api: Api, order: Order) -> None:
    call = {"seen": 1, "reason": "New price list", "edits": edits(price="14.00")}
    response = api.post(f"/orders/{NUMBER}/amend", call)
    assert (response.status_code, response.json()["revision"]) == (201, 2)
    assert version(2)["lines"][0]["price"] == "14"
    assert version(1)["lines"][0]["price"] == "12.5"
    assert order.events.get(kind="amendment.proposed").data["reason"] == "New price list"


def test_a_whole_document_makes_the_next_version(api: Api, order: Order) -> None:
    after = body()
    after["notes"] = [{"text": "Ring before you deliver"}]
    response = api.post(f"/orders/{NUMBER}/amend", {"seen": 1, "reason": "Gate is closed", "document": after})
    assert (response.status_code, version(2)["notes"]) == (201, after["notes"])


def test_dates_head_and_lines_can_be_edited_at_once(api: Api, order: Order) -> None:
    new = body()["lines"][0] | {"number": "30", "description": "Spare seal"}
    call = {
        "head": {"ship_to": {"name": "Nordhaven, hall 4"}, "notes": []},
        "lines": [
            {"number": "10", "part": {"requested": "2027-03-01", "quantity": "90"}},
            {"number": "20", "action": "deleted"},
            {"number": "30", "action": "added", "line": new},
        ],
    }
    assert api.post(f"/orders/{NUMBER}/amend", {"seen": 1, "reason": "Plan", "edits": call}).status_code == 201
    made = version(2)
    assert [line["number"] for line in made["lines"]] == ["10", "30"]
    assert made["lines"][0]["schedules"] == [{"quantity": "90", "requested": "2027-03-01"}]
    assert made["ship_to"] == {"name": "Nordhaven, hall 4"}


def test_who_looked_at_an_older_version_gets_a_conflict(api: Api, order: Order) -> None:
    first = {"seen": 1, "reason": "One", "edits": edits(price="14.00")}
    assert api.post(f"/orders/{NUMBER}/amend", first).status_code == 201
    response = api.post(f"/orders/{NUMBER}/amend", {"seen": 1, "reason": "Two", "edits": edits(price="15.00")})
    assert (response.status_code, response.json()["remedy"]) == (409, "Look at version 2, then change that.")
    assert order.revisions.count() == 2


def test_the_same_call_with_the_same_key_makes_one_version(api: Api, order: Order) -> None:
    call = {"seen": 1, "reason": "One", "edits": edits(price="14.00")}
    first, again = (api.post(f"/orders/{NUMBER}/amend", call, idempotency_key="k1") for _ in range(2))
    assert (first.content, again["Idempotent-Replayed"], order.revisions.count()) == (again.content, "true", 2)


@pytest.mark.parametrize(
    ("change", "status", "where"),
    [
        ({"edits": edits(quantity="-1")}, 422, "lines[1].part.quantity"),
        ({"edits": {"lines": [{"number": "99", "part": {"price": "1"}}]}}, 422, "lines[99]"),
        ({"edits": {"head": {"currency": "XXY"}}}, 422, "currency"),
        ({"edits": {"lines": [{"number": "10", "action": "deleted"}] * 2}}, 422, "document"),
        ({"edits": edits(price="12.50")}, 422, None),
        ({"edits": {"colour": "red"}}, 422, "colour"),
        ({}, 422, "body"),
        ({"edits": {}, "document": {}}, 422, "body"),
        ({"edits": edits(price="1"), "base": 7}, 404, None),
        ({"document": {"number": "1"}}, 422, "issued"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_place(
    api: Api, order: Order, change: dict[str, Any], status: int, where: str | None
) -> None:
    response = api.post(f"/orders/{NUMBER}/amend", {"seen": 1, "reason": "Try", **change})
    told = response.json()
    assert (response.status_code, bool(told["reason"])) == (status, True)
    if where is not None:
        assert where in [finding["where"] for finding in told["findings"]]
    assert order.revisions.count() == 1


def test_an_earlier_version_can_count_again(api: Api, order: Order) -> None:
    api.post(f"/orders/{NUMBER}/amend", {"seen": 1, "reason": "One", "edits": edits(price="14.00")})
    response = api.post(f"/orders/{NUMBER}/take-back", {"seen": 2, "to": 1, "reason": "They do not agree"})
    assert (response.status_code, response.json()["revision"]) == (201, 3)
    assert version(3)["lines"] == version(1)["lines"]


def test_a_supplier_amends_nothing(key: Any, person: Any, order: Order) -> None:
    theirs = key(user=person("sales", partner=factories.supplier()))
    response = theirs.post(f"/orders/{NUMBER}/amend", {"seen": 1, "reason": "x", "edits": edits(price="99")})
    assert (response.status_code, order.revisions.count()) == (403, 1)
