"""Ship notices and receipts through the API, what they leave open, and which version the supplier holds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orderwire.records import GoodsDocument, Partner, User
from tests.database import factories
from tests.database.api.conftest import Api
from tests.database.flow import road

pytestmark = pytest.mark.django_db

NOTICE = {"number": "ASN-1", "order_number": "A", "lines": [{"number": "10", "quantity": "120", "unit": "H87"}]}
RECEIPT = {
    "number": "R-1", "order_number": "A", "lines": [{"number": "10", "received": "100", "rejected": "8.5"}],
}  # fmt: skip


def notice(**fields: Any) -> dict[str, Any]:
    return {"schema": "orderwire/ship_notice/1", "type": "ship_notice", "ship_notice": NOTICE | fields}


def receipt() -> dict[str, Any]:
    return {"schema": "orderwire/receipt/1", "type": "receipt", "receipt": RECEIPT}


@pytest.fixture
def acme(config: Path, tmp_path: Path) -> Partner:
    partner = road.supplier(tmp_path / "out")
    road.approved(number="A")
    return partner


@pytest.fixture
def theirs(acme: Partner, person: Callable[..., User], key: Callable[..., Api]) -> Api:
    """The supplier's own key."""
    return key(user=person("desk", partner=acme))


def test_a_ship_notice_and_a_receipt_say_what_is_open(api: Api, acme: Partner) -> None:
    kept = api.post("/ship-notices", notice())
    assert (kept.status_code, kept.json()["outcome"], kept.json()["orders"]) == (201, "kept", ["A"])
    over = kept.json()["findings"][-1]
    assert (over["code"], over["where"]) == ("over-delivery", "A line 10")
    assert over["text"] == "120 supplied instead of 100 ordered, 20.0 % more"
    assert api.post("/receipts", receipt()).status_code == 201
    assert api.post("/receipts", receipt()).status_code == 200
    found = api.get("/orders/A/goods").json()
    first, second = found["lines"]
    assert (first["shipped"], first["received"], first["rejected"], first["open"]) == ("120", "100", "8.5", "0")
    assert (first["difference"], first["percent"], first["late"]) == ("11.5", "11.5", 0)
    assert "confirmed" not in first and second["open"] == "60"
    [schedule] = first["schedules"]
    assert (schedule["ordered"], schedule["shipped"]) == ("100", "120")
    assert [(d["kind"], d["number"]) for d in found["documents"]] == [("receipt", "R-1"), ("ship_notice", "ASN-1")]


def test_the_order_says_which_version_its_supplier_holds(api: Api, acme: Partner) -> None:
    held = api.get("/orders/A").json()["supplier_holds"]
    assert held == {"newest": 1, "current": False, "proof_level": 0, "how": "", "warnings": []}
    api.post("/ship-notices", notice())
    held = api.get("/orders/A").json()["supplier_holds"]
    assert [w["kind"] for w in held["warnings"]] == ["shipment_against_unheld"]


def test_a_supplier_ships_with_his_own_key_and_receives_nothing(theirs: Api, acme: Partner) -> None:
    assert theirs.post("/ship-notices", notice()).json()["outcome"] == "kept"
    assert GoodsDocument.objects.get().supplier == acme
    refused = theirs.post("/receipts", receipt())
    assert refused.status_code == 403 and "Receipts come from the buying system" in refused.json()["remedy"]
    assert theirs.get("/orders/A/goods").status_code in (403, 404)


def test_an_order_of_another_supplier_is_told_as_one_that_is_not_here(
    theirs: Api, acme: Partner, tmp_path: Path
) -> None:
    other = road.supplier(tmp_path / "other", "Other")
    road.approved(factories.document("B", supplier=factories.document().supplier.model_copy(update={"name": "Other"})))
    assert other.orders.count() == 1
    foreign, none = (theirs.post("/ship-notices", notice(order_number=n)) for n in ("B", "C"))
    assert (foreign.status_code, none.status_code) == (409, 409)
    assert foreign.json()["reason"].replace("order B", "order C") == none.json()["reason"]
    assert not GoodsDocument.objects.exists()


@pytest.mark.parametrize("body", [{}, notice(lines=[{"quantity": "-1"}]), [], NOTICE, receipt()])
def test_a_body_that_is_no_ship_notice_is_refused_with_its_places(api: Api, acme: Partner, body: Any) -> None:
    found = api.post("/ship-notices", body)
    assert found.status_code == 422
    assert found.json()["remedy"] == "Send one document of orderwire/ship_notice/1."
