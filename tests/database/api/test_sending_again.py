"""What failed is sent again, or another way, through the API: counted first, by keys that may write deliveries."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from orderwire.flow import hold
from orderwire.flow.distribute import again, operate
from orderwire.records import Delivery, Event, Partner, User
from tests.database import factories
from tests.database.api.conftest import Api
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain
from tests.database.flow.fallback.conftest import sink as sink
from tests.database.flow.fallback.kit import Ways, trips, ways

pytestmark = pytest.mark.django_db(transaction=True)
EARLIER = (timezone.now() - datetime.timedelta(hours=1)).isoformat()
AGAIN = {"since": EARLIER, "reason": "They are back"}
BY_MAIL = {"reason": "They ask for a mail"}


@pytest.fixture
def partner() -> Partner:
    return factories.supplier()


@pytest.fixture
def failed(sink: Ways, tmp_path: Path, partner: Partner) -> list[Delivery]:
    """Three deliveries to a supplier with one way, which were refused."""
    ways(tmp_path, "edi", partner=partner)
    sink.said = {"edi": ["refused"] * 3}
    for n in range(3):
        road.approved(number=f"N-{n}")
    drain()
    return list(Delivery.objects.filter(state="failed").order_by("pk"))


def resend(api: Api, **fields: Any) -> Any:
    return api.post("/deliveries/resend", AGAIN | fields)


def test_without_a_word_it_is_a_dry_run_that_lists_and_changes_nothing(
    api: Api, failed: list[Delivery], partner: Partner
) -> None:
    before = Event.objects.count()
    for answer in (resend(api), resend(api, dry_run=True)):
        assert answer.status_code == 200
        said = answer.json()
        assert (said["count"], said["dry_run"], said["sent"], said["refused"]) == (3, True, 0, [])
        assert said["deliveries"][0] == {
            "id": failed[0].pk,
            "order": "N-0",
            "recipient": partner.number,
            "endpoint": "edi",
            "reason": failed[0].reason,
        }
        assert [row["order"] for row in said["deliveries"]] == ["N-0", "N-1", "N-2"]
    assert Event.objects.count() == before and Delivery.objects.filter(state="failed").count() == 3


def test_a_real_run_sends_what_the_dry_run_listed_and_a_second_one_finds_nothing(
    api: Api, failed: list[Delivery], sink: Ways
) -> None:
    assert failed[1].order_id is not None
    hold.hold(failed[1].order_id, actor="user:ines", reason="Ask first")
    said = resend(api, dry_run=False).json()
    assert (said["count"], said["dry_run"], said["sent"], said["refused"]) == (2, False, 2, [])
    drain()
    assert sorted(number for _, number, _ in sink.has) == ["N-0", "N-2"]
    told = Event.objects.filter(kind="delivery.resent")
    assert {(e.actor, e.data["reason"]) for e in told} == {("api:erp0", "They are back")} and told.count() == 2
    empty = resend(api, dry_run=False).json()
    assert empty == {"count": 0, "deliveries": [], "dry_run": False, "sent": 0, "refused": []}


def test_what_cannot_go_is_named_with_its_reason_and_the_rest_goes(
    api: Api, failed: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the list and the sending somebody else holds an order."""

    def meanwhile(delivery_id: int, **how: Any) -> Delivery:
        if delivery_id == failed[0].pk:
            assert failed[1].order_id is not None
            hold.hold(failed[1].order_id, actor="user:ines", reason="Ask first")
        return operate.resend(delivery_id, **how)

    monkeypatch.setattr(again, "resend", meanwhile)
    said = resend(api, dry_run=False).json()
    assert (said["count"], said["sent"], len(said["refused"])) == (3, 2, 1)
    assert said["refused"][0].startswith("N-1: ")


def test_only_since_then_and_only_to_this_partner(api: Api, failed: list[Delivery], partner: Partner) -> None:
    old = timezone.now() - datetime.timedelta(hours=3)
    Delivery.objects.filter(pk=failed[0].pk).update(changed_at=old)
    assert resend(api).json()["count"] == 2
    assert resend(api, since=(old - datetime.timedelta(minutes=1)).isoformat()).json()["count"] == 3
    assert resend(api, since="0316-11-22T12:19:11+19:31").json()["count"] == 3, "further off than databases know"
    assert resend(api, partner=partner.number).json()["count"] == 2
    assert resend(api, partner=factories.supplier("Other").number).json()["count"] == 0
    assert resend(api, partner="nobody", dry_run=False).json()["count"] == 0
    assert Delivery.objects.filter(state="failed").count() == 3


@pytest.mark.parametrize(
    ("wrong", "where"),
    [({"since": "yesterday"}, "since"), ({"since": "2026-01-31T09:30:00"}, "no zone"),
     ({"since": "0001-01-01T00:00:00+20:00"}, "an end of the calendar"), ({"reason": ""}, "reason"),
     ({"partner": "x\x00"}, "partner"),
     ({"everything": True}, "everything")],
)  # fmt: skip
def test_what_is_not_understood_sends_nothing(
    api: Api, failed: list[Delivery], wrong: dict[str, Any], where: str
) -> None:
    answer = resend(api, dry_run=False, **wrong)
    assert answer.status_code in (400, 422) and where in answer.content.decode()
    assert Delivery.objects.filter(state="failed").count() == 3


def test_a_repeated_call_under_the_same_key_is_answered_from_memory(
    api: Api, failed: list[Delivery], sink: Ways
) -> None:
    body = AGAIN | {"dry_run": False}
    first = api.post("/deliveries/resend", body, idempotency_key="k-1")
    sink.said = {"edi": ["refused"] * 3}
    drain()
    second = api.post("/deliveries/resend", body, idempotency_key="k-1")
    assert first.json() == second.json() and second.json()["sent"] == 3
    assert Event.objects.filter(kind="delivery.resent").count() == 3


@pytest.fixture
def refused(sink: Ways, tmp_path: Path, partner: Partner) -> Delivery:
    """A mail in doubt, of a supplier who has a portal as well."""
    ways(tmp_path, "mail", "portal", partner=partner)
    sink.said = {"mail": ["unknown"]}
    road.approved()
    drain()
    return Delivery.objects.get(state="in_doubt")


def test_another_way_withdraws_the_first_and_gives_the_delivery_in_its_place(
    api: Api, refused: Delivery, sink: Ways
) -> None:
    answer = api.post(f"/deliveries/{refused.pk}/another-way", BY_MAIL)
    said = answer.json()
    assert (answer.status_code, said["endpoint"], said["state"]) == (200, "portal", "ready")
    assert said["duplicate"] and said["primary"] and said["id"] != refused.pk and said["attempts"] == []
    drain()
    assert refused.order is not None
    assert trips(refused.order) == [("mail", "withdrawn"), ("portal", "accepted")]
    assert sink.has[-1] == ("portal", refused.order.number, True)
    told = Event.objects.get(kind="delivery.resent")
    assert (told.actor, told.data["reason"], told.data["endpoint"]) == ("api:erp0", BY_MAIL["reason"], "portal")
    twice = api.post(f"/deliveries/{refused.pk}/another-way", BY_MAIL)
    assert (twice.status_code, twice.json()["code"]) == (409, "conflict")
    assert len(trips(refused.order)) == 2


def test_without_another_way_it_is_a_conflict_with_its_remedy(api: Api, failed: list[Delivery]) -> None:
    answer = api.post(f"/deliveries/{failed[0].pk}/another-way", BY_MAIL)
    assert answer.status_code == 409 and "Add an endpoint" in answer.json()["remedy"]
    assert Delivery.objects.count() == 3
    assert api.post("/deliveries/999999/another-way", BY_MAIL).status_code == 404
    assert api.post(f"/deliveries/{failed[0].pk}/another-way", {"reason": ""}).status_code == 422


def test_neither_a_key_without_the_scope_nor_a_suppliers_nor_none_sends_anything(
    refused: Delivery, partner: Partner, key: Callable[..., Api], person: Callable[..., User]
) -> None:
    theirs = key(user=person("desk", partner=partner))
    clerk = person("clerk")
    forced = key("deliveries:write", user=clerk)
    User.objects.filter(pk=clerk.pk).update(partner=partner)  # changed sides, with the key of before
    Delivery.objects.filter(pk=refused.pk).update(state="failed")
    for caller, status in ((key("deliveries:read", "orders:write"), 403), (theirs, 403), (forced, 403), (Api(""), 401)):
        for path, body in (
            ("/deliveries/resend", AGAIN),
            ("/deliveries/resend", AGAIN | {"dry_run": False}),
            (f"/deliveries/{refused.pk}/another-way", BY_MAIL),
        ):
            answer = caller.post(path, body)
            assert answer.status_code == status and "4500071791" not in answer.content.decode()
    assert Delivery.objects.get().state == "failed"
    assert key("deliveries:write").post("/deliveries/resend", AGAIN).json()["count"] == 1
