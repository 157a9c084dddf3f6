"""Endpoints through the API: two people's keys, tests of a connection, pauses; and no secret in any answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orderwire.records import Endpoint, EndpointChange, Partner, User
from tests.database import factories
from tests.database.api.conftest import Api

pytestmark = pytest.mark.django_db
MAIL = {"host": "mail.acme.example", "from_address": "orders@nordhaven.example", "username": "nordhaven",
        "password": "harbour-lantern-42", "recipients": ["desk@acme.example"]}  # fmt: skip
NEW = {"name": "desk", "channel": "email", "format": "pdf", "config": MAIL}


@pytest.fixture
def partner() -> Partner:
    return factories.supplier("Acme")


@pytest.fixture
def ines(key: Callable[..., Api], person: Callable[..., User]) -> Api:
    return key(user=person("ines"))


@pytest.fixture
def jens(key: Callable[..., Api], person: Callable[..., User]) -> Api:
    return key(user=person("jens"))


def propose(api: Api, partner: Partner, **fields: Any) -> Any:
    return api.post(f"/partners/{partner.number}/endpoints", NEW | fields)


def test_an_endpoint_is_used_when_a_second_persons_key_confirmed_it(ines: Api, jens: Api, partner: Partner) -> None:
    made = propose(ines, partner)
    assert made.status_code == 201 and made.json()["state"] == "open" and "config.password" in made.json()["changed"]
    url = f"/partners/{partner.number}/changes/{made.json()['id']}"
    refused = ines.post(f"{url}/confirm")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    done = jens.post(f"{url}/confirm")
    assert (done.status_code, done.json()["state"], done.json()["decided_by"]) == (200, "confirmed", "user:jens")
    assert jens.post(f"{url}/confirm").status_code == 409
    listed = ines.get(f"/partners/{partner.number}/changes").json()["changes"]
    assert [change["state"] for change in listed] == ["confirmed"]
    shown = ines.get(f"/partners/{partner.number}")
    assert shown.json()["endpoints"][0]["config"]["host"] == "mail.acme.example"
    for answer in (made, refused, done, shown):
        assert "harbour-lantern" not in answer.content.decode()


def test_the_same_name_proposes_its_next_version_and_keeps_the_secret(ines: Api, jens: Api, partner: Partner) -> None:
    first = propose(ines, partner).json()["id"]
    jens.post(f"/partners/{partner.number}/changes/{first}/confirm")
    moved = {name: value for name, value in MAIL.items() if name != "password"} | {"host": "mx.acme.example"}
    second = propose(jens, partner, config=moved)
    assert (second.json()["version"], second.json()["changed"]) == (1, ["config.host"])
    assert propose(jens, partner, config=moved).status_code == 409
    ines.post(f"/partners/{partner.number}/changes/{second.json()['id']}/confirm")
    assert Endpoint.objects.get().current.opened()["password"] == "harbour-lantern-42"


def test_the_key_of_a_system_changes_no_address(api: Api, ines: Api, partner: Partner) -> None:
    assert propose(api, partner).status_code == 403
    made = propose(ines, partner).json()["id"]
    for verb, body in (("confirm", None), ("decline", {"reason": "no"}), ("withdraw", None)):
        assert api.post(f"/partners/{partner.number}/changes/{made}/{verb}", body).status_code == 403
    assert EndpointChange.objects.get().state == "open"


def test_what_cannot_be_used_is_refused_by_field(ines: Api, partner: Partner) -> None:
    answer = propose(ines, partner, config=MAIL | {"host": "no host", "port": 0})
    assert answer.status_code == 422
    assert {f["where"] for f in answer.json()["findings"]} == {"config.host", "config.port"}
    assert "harbour-lantern" not in answer.content.decode()


@pytest.mark.parametrize(
    ("config", "code"),
    [
        (MAIL | {"password": {"secret": 1}}, "foreign-secret"),
        (MAIL | {"password": {"secret": {"a": 1}}}, "foreign-secret"),
        (MAIL | {"host": {"secret": "shared"}}, "secret-elsewhere"),
        (MAIL | {"recipients": [{"secret": 1}]}, "secret-elsewhere"),
    ],
)
def test_a_reference_to_somebody_elses_secret_is_refused(
    ines: Api, api: Api, partner: Partner, config: dict[str, Any], code: str
) -> None:
    answer = propose(ines, partner, config=config)
    assert answer.status_code == 422 and [f["code"] for f in answer.json()["findings"]] == [code]
    new = {"number": "S900", "name": "New", "endpoints": [NEW | {"config": config}]}
    assert [f["code"] for f in api.post("/partners", new).json()["findings"]] == [code]


@pytest.mark.usefixtures("secretive")
@pytest.mark.parametrize(("name", "code"), [("password", "secret-in-profile"), ("shared_secret", "extra-forbidden")])
def test_a_secret_in_a_formats_profile_is_refused(ines: Api, api: Api, partner: Partner, name: str, code: str) -> None:
    profile = {"cxml": {"from_identity": "US", "to_identity": "THEM", name: "wharf-crane-55"}}
    fields = {"format": "cxml", "profile": profile}
    new = {"number": "S900", "name": "New", "endpoints": [NEW | fields]}
    for answer in (propose(ines, partner, **fields), api.post("/partners", new)):
        assert answer.status_code == 422 and "wharf-crane" not in answer.content.decode()
        (found,) = answer.json()["findings"]
        assert found["code"] == code and found["where"].endswith(f"profile.cxml.{name}")


def test_a_connection_is_tested_paused_and_resumed(ines: Api, jens: Api, partner: Partner, tmp_path: Path) -> None:
    made = propose(ines, partner, channel="folder", format="x12", config={"out": str(tmp_path)}).json()["id"]
    tested = ines.post(f"/partners/{partner.number}/changes/{made}/probe").json()
    assert (tested["good"], tested["version"]) == (True, 0)
    jens.post(f"/partners/{partner.number}/changes/{made}/confirm")
    way = f"/partners/{partner.number}/endpoints/desk"
    assert ines.post(f"{way}/probe").json()["version"] == 1
    assert ines.post(f"{way}/pause", {"reason": "They move"}).json()["paused"] == "They move"
    assert ines.post(f"{way}/resume").json()["paused"] == ""


def test_what_is_not_there_and_what_is_anothers_are_told_alike(ines: Api, partner: Partner) -> None:
    other, made = factories.supplier("Other"), propose(ines, partner).json()["id"]
    for path in (
        f"/partners/{other.number}/changes/{made}/confirm",
        f"/partners/{partner.number}/changes/987654321/confirm",
        f"/partners/{partner.number}/endpoints/none/probe",
        "/partners/none/changes/1/confirm",
    ):
        assert ines.post(path).status_code == 404


def test_a_suppliers_key_reaches_none_of_it(
    key: Callable[..., Api], person: Callable[..., User], partner: Partner
) -> None:
    theirs = key(user=person("desk", partner=partner))
    assert propose(theirs, partner).status_code == 403
    assert theirs.get(f"/partners/{partner.number}/changes").status_code == 403
