"""Keys, scopes, limits, and what a supplier's key must never see."""

import datetime
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from orderwire.api import access, limits
from orderwire.flow import Refused
from orderwire.records import ApiKey, Order, User
from tests.database import factories

from .conftest import Api

pytestmark = pytest.mark.django_db
NO_KEYS = ["", "x", "ow_", "ow_abcdefgh_", "ow_abcdefgh_" + "x" * 43, "ow_abc\x00defgh_" + "x" * 43, "ü"]


@pytest.mark.parametrize("text", NO_KEYS)
def test_without_a_usable_key_nothing_is_told(text: str) -> None:
    response = Api(text.encode("ascii", "ignore").decode()).get("/orders")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Content-Type"] == "application/problem+json"


def test_only_the_hash_of_the_secret_is_kept() -> None:
    key, text = access.make("erp", ["orders:read"])
    assert text.startswith(f"ow_{key.prefix}_")
    secret = text.split("_", 2)[2]
    assert all(secret not in str(value) for value in ApiKey.objects.values_list().get())


def test_a_wrong_secret_a_revoked_an_expired_and_a_closed_account_are_told_alike(person: Callable[..., User]) -> None:
    user = person("ines")
    now = timezone.now()
    bodies = set()
    for name, change in (
        ("a", {"secret_sha256": "0" * 64}),
        ("b", {"revoked_at": now}),
        ("c", {"expires_at": now - datetime.timedelta(seconds=1)}),
        ("d", {}),
    ):
        key, text = access.make(name, ["orders:read"], user=user if name == "d" else None)
        ApiKey.objects.filter(pk=key.pk).update(**change)
        if name == "d":
            User.objects.update(is_active=False)
        response = Api(text).get("/orders")
        assert response.status_code == 401
        bodies.add(response.content)
    assert len(bodies) == 1


def test_a_scope_that_is_missing_is_named(key: Callable[..., Api]) -> None:
    response = key("orders:read").post("/orders", {})
    assert response.status_code == 403
    assert "orders:write" in response.json()["remedy"]


def test_use_is_noted_at_most_once_a_minute(api: Api) -> None:
    api.get("/orders")
    first = ApiKey.objects.get().last_used_at
    api.get("/orders")
    assert ApiKey.objects.get().last_used_at == first is not None
    ApiKey.objects.update(last_used_at=first - datetime.timedelta(minutes=2))
    api.get("/orders")
    assert ApiKey.objects.get().last_used_at > first


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long calls take on this machine, to the limits they come in one moment: nothing is refilled meanwhile."""
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 0.0))


@pytest.mark.usefixtures("at_once")
def test_too_many_calls_are_told_when_to_come_again(key: Callable[..., Api], settings: Any) -> None:
    settings.ORDERWIRE_API_PER_MINUTE = 3
    busy, calm = key(), key()
    assert [busy.get("/orders").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert busy.get("/orders")["Retry-After"] == "20"
    assert calm.get("/orders").status_code == 200


@pytest.mark.usefixtures("at_once")
def test_guessing_is_slowed_down_without_locking_out_the_right_key(api: Api) -> None:
    wrong = Api("ow_abcdefgh_" + "x" * 43)
    statuses = [wrong.get("/orders").status_code for _ in range(61)]
    assert statuses == [401] * 60 + [429]
    assert api.get("/orders").status_code == 200


@pytest.mark.parametrize(
    ("scopes", "name"), [([], "erp"), (["orders:all"], "erp"), (["orders:read"], "e r p"), (["orders:read"], "")]
)
def test_a_key_that_makes_no_sense_is_not_made(scopes: list[str], name: str) -> None:
    with pytest.raises(Refused):
        access.make(name, scopes)


def test_a_suppliers_key_gets_no_scope_of_the_buyers(person: Callable[..., User]) -> None:
    user = person("ana", partner=factories.supplier())
    with pytest.raises(Refused):
        access.make("portal", ["orders:write"], user=user)
    key, text = access.make("portal", ["orders:read"], user=user)
    ApiKey.objects.filter(pk=key.pk).update(scopes=list(access.SCOPES))
    assert Api(text).get("/events").status_code == 403
    assert Api(text).get("/orders").status_code == 200


@pytest.fixture
def two(key: Callable[..., Api], person: Callable[..., User]) -> tuple[Api, Order, Order, Order]:
    """A supplier's client; its order, one to another supplier, and one to it that has not left."""
    mine, other = factories.supplier("Acme"), factories.supplier("Brandt")
    own = factories.order(factories.document("OWN"), partner=mine)
    foreign = factories.order(factories.document("FOREIGN"), partner=other)
    unsent = factories.order(factories.document("UNSENT"), partner=mine)
    for row in (own, foreign):
        factories.delivery(row, accepted_at=timezone.now())
    return key(user=person("ana", partner=mine)), own, foreign, unsent


PATHS = ["", "/revisions", "/revisions/1", "/answers"]


def test_a_supplier_sees_what_was_sent_to_it(two: tuple[Api, Order, Order, Order]) -> None:
    client = two[0]
    assert [o["number"] for o in client.get("/orders").json()["orders"]] == ["OWN"]
    told = client.get("/orders/OWN").json()
    assert told["document"]["number"] == "OWN"
    assert "plan" not in told
    assert not told.get("approvals")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("number", ["FOREIGN", "UNSENT", "NOWHERE"])
def test_every_foreign_order_is_the_same_not_found(
    two: tuple[Api, Order, Order, Order], path: str, number: str
) -> None:
    none = two[0].get(f"/orders/NOTHING{path}")
    response = two[0].get(f"/orders/{number}{path}")
    assert response.status_code == none.status_code == 404
    assert response.content == none.content


def test_a_supplier_sees_the_version_that_it_has_and_not_the_newer_one(two: tuple[Api, Order, Order, Order]) -> None:
    client, own, _, _ = two
    line = factories.line("10", price="99", quantity=1)
    factories.revision(own, factories.document("OWN", revision=2, lines=(line,)))
    Order.objects.filter(pk=own.pk).update(total=99, state="pending_approval", reason="too dear", last_event="cut")
    told = client.get("/orders/OWN").json()
    assert (told["revision"], told["total"]) == (1, "8330.00")
    assert len(told["revisions"]) == 1
    assert client.get("/orders/OWN/revisions/2").status_code == 404
    listed = client.get("/orders").json()["orders"][0]
    assert (listed["revision"], listed["total"], listed["lines"]) == (1, "8330.00", 2)
    for shown in (told, listed):
        assert shown["state"] == "approved"
        assert not shown["reason"] and not shown["last_event"] and "delivery_state" not in shown
    assert client.get("/orders", state="pending_approval").status_code == 403


def test_a_supplier_answers_its_own_orders_only(two: tuple[Api, Order, Order, Order]) -> None:
    client = two[0]
    answered = client.post("/orders/OWN/answers", {"order_number": "OWN", "status": "accepted"})
    assert (answered.status_code, answered.json()["state"]) == (201, "accepted")
    foreign = client.post("/orders/FOREIGN/answers", {"order_number": "FOREIGN", "status": "accepted"})
    nothing = client.post("/orders/NOTHING/answers", {"order_number": "NOTHING", "status": "accepted"})
    assert foreign.status_code == nothing.status_code == 404
    assert foreign.content == nothing.content


def test_a_supplier_sees_no_other_suppliers_answers(two: tuple[Api, Order, Order, Order], api: Api) -> None:
    client, _, foreign, _ = two
    made = api.post(f"/orders/{foreign.number}/answers", {"order_number": "FOREIGN", "status": "accepted"}).json()
    assert client.get("/answers").json()["answers"] == []
    assert client.get(f"/answers/{made['id']}").content == client.get("/answers/987654").content


def test_an_unknown_address_and_a_wrong_method_are_problems(api: Api) -> None:
    nowhere = api.get("/nothing/here")
    assert (nowhere.status_code, nowhere["Content-Type"]) == (404, "application/problem+json")
    wrong = api.client.delete("/api/v1/orders")
    assert (wrong.status_code, wrong["Content-Type"]) == (405, "application/problem+json")
    assert set(wrong["Allow"].split(", ")) == {"GET", "POST"}


def test_a_fault_of_ours_is_a_problem_without_a_traceback(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise ZeroDivisionError("secret words")

    monkeypatch.setattr("orderwire.api.access.Caller.orders", fail)
    response = api.get("/orders")
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
    assert b"secret words" not in response.content
