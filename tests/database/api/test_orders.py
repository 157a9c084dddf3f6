"""Bringing and reading orders through the API."""

import datetime
import json
from typing import Any

import pytest

from orderwire.document.canonical import canonical_bytes
from orderwire.records import Event, Message, Order
from tests.database import factories

from .conftest import Api

pytestmark = pytest.mark.django_db


def body(number: str = "4500071791", **fields: Any) -> dict[str, Any]:
    """An order as our JSON."""
    found: dict[str, Any] = json.loads(canonical_bytes(factories.document(number, **fields)))
    return found


def test_a_new_order_is_created_and_waits_for_approval(api: Api) -> None:
    response = api.post("/orders", body())
    assert response.status_code == 201
    told = response.json()
    assert told["documents"][0]["outcome"] == "created"
    assert told["documents"][0]["state"] == "pending_approval"
    order = Order.objects.get(number="4500071791")
    assert order.source == "api:erp"
    assert order.created_by == "api:erp0"
    assert Message.objects.get(pk=told["message"]).state == "processed"


def test_the_same_order_again_changes_nothing(api: Api) -> None:
    api.post("/orders", body())
    response = api.post("/orders", body())
    assert response.status_code == 200
    assert response.json()["documents"][0]["outcome"] == "duplicate"
    assert Order.objects.get().revisions.count() == 1


def test_the_same_number_with_other_content_is_a_conflict_told_field_by_field(api: Api) -> None:
    api.post("/orders", body())
    other = body()
    other["lines"][0]["price"] = "13.75"
    response = api.post("/orders", other)
    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["differences"] == [{"path": "lines[10].price", "kind": "changed", "old": "12.5", "new": "13.75"}]
    assert told["remedy"]
    assert b"13.75" not in bytes(Order.objects.get().revisions.get().content)


def test_a_new_version_follows(api: Api) -> None:
    api.post("/orders", body())
    response = api.post("/orders", body(revision=2, issued=datetime.date.today() + datetime.timedelta(days=1)))
    assert (response.status_code, response.json()["documents"][0]["outcome"]) == (201, "revised")
    versions = api.get("/orders/4500071791/revisions").json()["revisions"]
    assert [v["revision"] for v in versions] == [1, 2]


def test_a_bad_order_is_refused_with_place_and_remedy_and_its_bytes_are_kept(api: Api) -> None:
    bad = body()
    bad["lines"][1]["unit"] = "XXX"
    response = api.post("/orders", bad)
    assert response.status_code == 422
    told = response.json()
    assert told["findings"][0]["where"] == "lines[2].unit"
    assert Message.objects.get().state == "refused"
    assert not Order.objects.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"hello", b'{"number": 1}', b"\x00" * 40])
def test_what_is_no_order_is_a_problem_and_never_a_fault(api: Api, content: bytes) -> None:
    response = api.post("/orders", content)
    assert response.status_code == 422
    assert response.json()["reason"]


def test_an_answer_does_not_come_in_as_an_order(api: Api) -> None:
    response = api.post("/orders", {"order_number": "1", "status": "accepted"})
    assert response.status_code == 422
    assert "no order" in response.json()["reason"]


def test_a_file_of_several_orders_goes_on_after_a_bad_one(api: Api) -> None:
    bad = body("B") | {"currency": "XXQ"}
    response = api.post("/orders", [body("A"), bad, body("C")])
    assert response.status_code == 207
    assert [d["outcome"] for d in response.json()["documents"]] == ["created", "refused", "created"]


def test_csv_comes_in_like_json(api: Api) -> None:
    lines = [
        "order_number,issued,currency,buyer_name,supplier_name,line,description,quantity,unit,price,requested",
        "C-1,2026-01-31,EUR,Nordhaven,Tecnosellos,10,Seal,5,H87,12.50,2026-03-01",
    ]
    response = api.post("/orders", "\n".join(lines).encode(), content_type="text/csv")
    assert response.status_code in (201, 422), response.content
    assert response.json().get("format", "csv") == "csv"


def test_too_large_a_body_is_told(api: Api, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = settings.ORDERWIRE_MAX_UPLOAD = 1000
    assert api.post("/orders", b"x" * 2000).status_code == 413


def test_one_order_is_read_with_content_versions_approvals_and_plan(api: Api) -> None:
    row = factories.order()
    factories.delivery(row)
    told = api.get(f"/orders/{row.number}").json()
    assert told["document"] == json.loads(bytes(row.revisions.get().content))
    assert told["sha256"] == row.revisions.get().sha256
    assert told["total"] == "8330.00"
    assert told["supplier"] == row.supplier.number
    assert told["approvals"][0]["decision"] == "granted"
    assert told["plan"]["legs"][0]["channel"] == "email"
    assert (told["state"], told["delivery_state"], told["answer_state"]) == ("approved", "accepted", "waiting")


def test_a_number_with_a_slash_is_an_address_too(api: Api) -> None:
    factories.order(factories.document("45/7"))
    assert api.get("/orders/45/7").json()["number"] == "45/7"
    assert len(api.get("/orders/45/7/revisions").json()["revisions"]) == 1
    assert api.get("/orders/45/7/revisions/1").json()["document"]["number"] == "45/7"
    assert api.get("/orders/45/7/revisions/2").status_code == 404


def test_pages_go_through_all_orders_once_and_follow_changes(api: Api) -> None:
    partner = factories.supplier()
    for number in range(7):
        factories.order(factories.document(f"P{number}"), partner=partner)
    Order.objects.update(changed_at=Order.objects.first().changed_at)  # one time for all: the id decides
    seen, cursor = [], {}
    while True:
        page = api.get("/orders", limit=3, **cursor).json()
        seen += [o["number"] for o in page["orders"]]
        if "next" not in page:
            break
        cursor = {"cursor": page["next"]}
    assert seen == [f"P{n}" for n in reversed(range(7))]
    rising = api.get("/orders", updated_since="2020-01-01T00:00:00-17:27", limit=200).json()["orders"]
    assert [o["number"] for o in rising] == [f"P{n}" for n in range(7)]


def test_filters_narrow_the_list(api: Api) -> None:
    one, other = factories.supplier("Acme"), factories.supplier("Brandt")
    factories.delivery(factories.order(factories.document("A"), partner=one))
    factories.order(factories.document("B"), partner=other)

    def numbers(**query: str) -> list[str]:
        return [o["number"] for o in api.get("/orders", **query).json()["orders"]]

    assert numbers(supplier=one.number) == ["A"]
    assert numbers(number="B") == ["B"]
    assert numbers(delivery="accepted") == numbers(answer="waiting") == ["A"]
    assert numbers(state="held") == []


@pytest.mark.parametrize(
    "query",
    [
        {"stat": "held"},
        {"state": "hold"},
        {"limit": "0"},
        {"limit": "201"},
        {"cursor": "x"},
        {"cursor": "MjAyNi0wMS0wMVQwMDowMDowMCAx"},
        {"cursor": "MDAwMS0wMS0wMVQwMDowMDowMCsyMDowMCAx"},
        {"updated_since": "2026-01-01T00:00:00"},
        {"updated_since": "yesterday"},
        {"updated_since": "0001-01-01T00:00:00+20:00"},
        {"number": "a\x00b"},
        {"state": ["held", "approved"]},
    ],
)
def test_a_wrong_parameter_is_refused_and_never_left_out(api: Api, query: dict[str, Any]) -> None:
    response = api.get("/orders", **query)
    assert response.status_code == 422, response.content
    assert response["Content-Type"] == "application/problem+json"


def test_what_came_in_stands_in_the_ledger_with_the_key_as_actor(api: Api) -> None:
    api.post("/orders", body())
    assert set(Event.objects.values_list("actor", flat=True)) == {"api:erp0"}


def test_an_order_of_a_trusted_source_leaves_at_once(api: Api, settings: Any, tmp_path: Any) -> None:
    policy = "name: P\nlimits: [{group: g, up_to: unlimited}]\ntrusted_sources: [{source: 'api:erp'}]\n"
    (tmp_path / "policy.yaml").write_text(policy)
    settings.ORDERWIRE_CONFIG = tmp_path
    partner = factories.supplier()
    factories.endpoint(partner, channel="portal", format="order_json")
    approval = {"approver": "j.petersen", "at": "2026-01-31T09:30:00+01:00", "reference": "WF-7"}
    envelope = {"schema": "orderwire/order/1", "type": "order", "order": body(), "approval": approval}
    assert api.post("/orders", envelope).json()["documents"][0]["state"] == "approved"
    assert api.get("/orders/4500071791/deliveries").json()["deliveries"][0]["state"] == "ready"
    plan = api.get("/orders/4500071791").json()["plan"]
    assert plan["rules_version"] == 1
    assert plan["explanation"]
