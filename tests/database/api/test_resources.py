"""Decisions, deliveries, answers, the ledger, messages and partners through the API."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow import secrets
from orderwire.formats.x12 import X12
from orderwire.ledger import seal
from orderwire.records import Delivery, EndpointVersion, Event, Order, Partner, Response, User
from tests.database import factories

from .conftest import Api
from .test_orders import body

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(api: Api) -> Order:
    """An order that waits for approval."""
    api.post("/orders", body())
    return Order.objects.get()


def sha256(order: Order) -> str:
    return order.revisions.get(number=order.revision).sha256


def test_a_person_approves_within_the_limit(
    waiting: Order, key: Callable[..., Api], person: Callable[..., User]
) -> None:
    lead = key(user=person("jan", "purchasing-leads"))
    response = lead.post("/orders/4500071791/approve", {"sha256": sha256(waiting)})
    assert response.status_code == 200, response.content
    assert response.json()["state"] == "held"  # approved, but the supplier is not known yet
    event = Event.objects.get(kind="approval.granted")
    assert event.actor == "user:jan"


def test_the_api_refuses_what_the_page_refuses(
    waiting: Order, api: Api, key: Callable[..., Api], person: Callable[..., User]
) -> None:
    path, yes = "/orders/4500071791/approve", {"sha256": sha256(waiting)}
    assert api.post(path, yes).status_code == 403
    assert api.post(path, yes).json()["remedy"] == "Use a key that belongs to a user."
    nobody = key(user=person("eve")).post(path, yes)
    assert (nobody.status_code, "limit" in nobody.json()["reason"]) == (403, True)
    lead = key(user=person("jan", "purchasing-leads"))
    changed = lead.post(path, {"sha256": "0" * 64})
    assert (changed.status_code, changed.json()["remedy"]) == (409, "Look at the new version.")
    assert lead.post("/orders/NOTHING/approve", yes).status_code == 404
    assert lead.post(path, {}).json()["findings"][0]["where"] == "body sha256"
    assert lead.post(path, yes | {"is_superuser": True}).status_code == 422
    own = key("orders:write", "approvals:write", user=person("ina", "purchasing-leads"))
    own.post("/orders", body("MINE"))
    mine = own.post("/orders/MINE/approve", {"sha256": sha256(Order.objects.get(number="MINE"))})
    assert (mine.status_code, "nobody approves their own" in mine.json()["reason"]) == (403, True)


def test_a_person_refuses_with_a_reason(waiting: Order, key: Callable[..., Api], person: Callable[..., User]) -> None:
    lead = key(user=person("jan", "purchasing-leads"))
    path = "/orders/4500071791/refuse"
    assert lead.post(path, {"sha256": sha256(waiting)}).status_code == 422
    assert lead.post(path, {"sha256": sha256(waiting), "reason": "too dear"}).json()["state"] == "refused"


def test_an_order_is_held_resumed_and_planned_again(api: Api) -> None:
    order = factories.order()
    delivery = factories.delivery(order, state=DeliveryState.READY)
    base = f"/orders/{order.number}"
    assert api.post(f"{base}/hold", {"reason": "strike"}).json()["state"] == "held"
    again = api.post(f"{base}/hold", {"reason": "strike"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert api.post(f"{base}/resume", {}).json()["state"] == "approved"
    assert api.post(f"{base}/replan").json()["state"] == "approved"
    delivery.refresh_from_db()
    assert delivery.state == "superseded"


def test_a_delivery_is_read_with_tries_and_proofs_and_sent_again(api: Api) -> None:
    order = factories.order()
    row = factories.delivery(order, state=DeliveryState.FAILED)
    row.attempts.create(
        number=1, fence=1, message_id="m", payload_sha256="0" * 64, intent_at=row.created_at, outcome="refused"
    )
    row.receipts.create(kind="handed_over", text="250 ok", at=row.created_at)
    told = api.get(f"/deliveries/{row.pk}").json()
    assert (told["attempts"][0]["outcome"], told["receipts"][0]["text"]) == ("refused", "250 ok")
    assert api.get(f"/orders/{order.number}/deliveries").json()["deliveries"][0]["id"] == row.pk
    again = api.post(f"/deliveries/{row.pk}/resend", {"reason": "mailbox was full"})
    assert (again.status_code, again.json()["state"]) == (200, "ready")
    assert api.post(f"/deliveries/{row.pk}/resend", {"reason": "again"}).status_code == 409
    assert api.get("/deliveries/987654321").status_code == 404


def test_what_failed_since_a_time_is_counted_first_and_sent_again_once(api: Api, key: Callable[..., Api]) -> None:
    row = factories.delivery(factories.order(), state=DeliveryState.FAILED)
    wanted = {"since": "2026-01-01T00:00:00Z", "reason": "they are back"}
    counted = api.post("/deliveries/resend", wanted).json()
    assert (counted["count"], counted["dry_run"], counted["deliveries"][0]["id"]) == (1, True, row.pk)
    row.refresh_from_db()
    assert row.state == DeliveryState.FAILED
    assert api.post("/deliveries/resend", wanted | {"dry_run": False}).json()["sent"] == 1
    assert api.post("/deliveries/resend", wanted | {"dry_run": False}).json()["count"] == 0
    assert api.post("/deliveries/resend", wanted | {"since": "soon"}).status_code == 422
    assert key("deliveries:read").post("/deliveries/resend", wanted).status_code == 403
    there = api.get("/deliveries/resend")
    assert (there.status_code, there.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(("arrived", "state", "duplicate"), [(True, "accepted", False), (False, "ready", True)])
def test_a_doubt_is_settled(api: Api, arrived: bool, state: str, duplicate: bool) -> None:
    row = factories.delivery(factories.order(), state=DeliveryState.IN_DOUBT)
    told = api.post(f"/deliveries/{row.pk}/settle", {"arrived": arrived}).json()
    assert (told["state"], told["duplicate"]) == (state, duplicate)
    assert api.post(f"/deliveries/{row.pk}/settle", {"arrived": arrived}).status_code == 409


@pytest.fixture
def sent() -> Order:
    order = factories.order(factories.document("S-1"))
    factories.delivery(order)
    return order


def test_an_answer_with_a_difference_waits_for_the_buyer_who_decides(api: Api, sent: Order) -> None:
    changed = {"number": "10", "status": "changed", "quantity": "90"}
    answer = {"order_number": "S-1", "status": "accepted_with_changes", "lines": [changed]}
    made = api.post("/orders/S-1/answers", answer)
    assert (made.status_code, made.json()["state"]) == (201, "open")
    assert made.json()["differences"][0]["money"] == "-125"
    assert made.json()["actor"].startswith("api:")
    again = api.post("/orders/S-1/answers", answer)
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    assert [a["id"] for a in api.get("/answers", state="open").json()["answers"]] == [made.json()["id"]]
    path = f"/answers/{made.json()['id']}/decide"
    assert api.post(path, {"accept": False}).status_code == 422
    assert api.post(path, {"accept": True}).json()["state"] == "decided"
    assert Order.objects.get().answer_state == "accepted"
    assert api.post(path, {"accept": True}).status_code == 409


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"order_number": "OTHER", "status": "accepted"}, 422),
        ({"order_number": "S-1", "status": "accepted", "revision": 9}, 422),
        ({"order_number": "S-1", "status": "perhaps"}, 422),
        ({"order_number": "S-1", "status": "accepted", "lines": [{"status": "changed", "quantity": 1.5}]}, 422),
        ([{"order_number": "S-1", "status": "accepted"}] * 2, 422),
        (b'{"order_number": "S-1", "status": "rejected", "status": "accepted"}', 422),
        (b"", 422),
    ],
)
def test_an_answer_that_cannot_be_meant_is_refused_and_not_kept(
    api: Api, sent: Order, answer: Any, status: int
) -> None:
    response = api.post("/orders/S-1/answers", answer)
    assert response.status_code == status, response.content
    assert not Response.objects.exists()


def test_the_ledger_is_followed_without_gaps(api: Api, waiting: Order) -> None:
    fresh = api.get("/events").json()
    assert len(fresh["events"]) == Event.objects.count() >= 3
    assert all("position" not in e for e in fresh["events"])
    assert (fresh["next"], fresh["more"]) == (0, False)
    found = api.get("/events", order="4500071791", kind="order.created").json()["events"]
    assert found[0]["data"]["sha256"] == sha256(waiting)


def test_every_event_comes_once_with_its_position_and_its_proof(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        api.post("/orders", body(f"L{number}"))
    # What is settled depends on every transaction of the server; here all that is written counts.
    unsealed = "not exists (select 1 from ow_leaf l where l.event_id = e.id) and %(horizon)s::text is not null"
    everything = f"select {seal.COLUMNS} from ow_event e where {unsealed} order by e.id"
    monkeypatch.setattr(seal, "SETTLED", everything)
    seal.seal()
    api.post("/orders", body("LATE"))
    seen, after = [], 0
    while True:
        page = api.get("/events", after=after, limit=3).json()
        seen += page["events"]
        after = page["next"]
        if not page["more"]:
            break
    sealed = [e for e in seen if "position" in e]
    assert [e["position"] for e in sealed] == list(range(len(sealed)))
    assert after == len(sealed)
    proof = api.get(f"/events/{sealed[2]['id']}/proof").json()
    assert hashlib.sha256(b"\x00" + proof["entry"].encode()).hexdigest() == proof["leaf"]
    assert _root(proof) == proof["head"]["root"]
    late = api.get("/events", kind="order.created", after=after).json()["events"][-1]
    waits = api.get(f"/events/{late['id']}/proof")
    assert (waits.status_code, waits.json()["remedy"]) == (409, "Ask again in a few seconds.")
    assert api.get("/events/987654321/proof").status_code == 404


def _root(proof: dict[str, Any]) -> str:
    """RFC 9162 section 2.1.3.2, written as an outsider would."""
    fn, sn = proof["position"], proof["head"]["size"] - 1
    value = bytes.fromhex(proof["leaf"])
    for step in map(bytes.fromhex, proof["path"]):
        if fn % 2 or fn == sn:
            value = hashlib.sha256(b"\x01" + step + value).digest()
            while fn % 2 == 0 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            value = hashlib.sha256(b"\x01" + value + step).digest()
        fn, sn = fn >> 1, sn >> 1
    return value.hex()


class Context:
    """A writer's context with control numbers from 1."""

    links: dict[str, str] = {}

    def __init__(self) -> None:
        import datetime

        self.now = datetime.datetime(2026, 1, 31, tzinfo=datetime.UTC)

    def control_number(self, name: str) -> int:
        return 1


def test_an_x12_file_is_brought_and_its_acknowledgment_fetched(api: Api) -> None:
    content = X12().write(factories.document("X-1"), {"on_loss": "accept"}, Context()).content
    made = api.post("/messages?name=po.edi", content, content_type="application/edi-x12")
    assert made.status_code == 201, made.content
    told = api.get(f"/messages/{made.json()['message']}").json()
    assert (told["format"], told["name"], told["documents"][0]["outcome"]) == ("x12", "po.edi", "created")
    assert api.get(f"/messages/{told['message']}/content").content == content
    reply = api.get(f"/messages/{told['message']}/reply")
    assert reply.content.startswith(b"ISA") and b"ST*997" in reply.content
    again = api.post("/messages", content, content_type="application/edi-x12")
    assert (again.status_code, again.json()["state"]) == (200, "duplicate")


def test_what_has_no_acknowledgment_says_so(api: Api) -> None:
    made = api.post("/messages", body()).json()
    assert api.get(f"/messages/{made['message']}/reply").status_code == 404
    assert api.get("/messages/987654321").status_code == 404


def test_an_answer_file_needs_to_say_whose_it_is(api: Api, sent: Order) -> None:
    answer = {"order_number": "S-1", "status": "accepted"}
    assert sent.supplier is not None
    unknown = api.post("/messages", answer)
    assert unknown.json()["documents"][0]["outcome"] == "unmatched"
    known = api.post(f"/messages?partner={sent.supplier.number}", answer)
    assert known.json()["documents"][0]["outcome"] == "accepted"
    assert api.post("/messages?partner=NOBODY", answer).status_code == 404
    assert api.post("/messages?endpoint=mail", answer).status_code == 422
    factories.endpoint(sent.supplier)
    assert "several endpoints" in api.post(f"/messages?partner={sent.supplier.number}", answer).json()["reason"]


PARTNER = {
    "number": "S100",
    "name": "Acme",
    "country": "DE",
    "time_zone": "Europe/Berlin",
    "identifiers": {"gln": "4012345000009"},
    "endpoints": [
        {
            "name": "mail",
            "channel": "email",
            "format": "pdf",
            "also": ["order_json"],
            "config": {
                "host": "mail.example.com",
                "username": "u",
                "password": "hunter2",
                "from_address": "po@example.com",
                "recipients": ["sales@example.com"],
            },
        }
    ],
}


def test_a_supplier_is_added_with_its_endpoints_and_secrets_are_never_shown(api: Api) -> None:
    made = api.post("/partners", PARTNER)
    assert made.status_code == 201, made.content
    assert b"hunter2" not in made.content
    version = EndpointVersion.objects.get()
    assert "hunter2" not in str(version.config)
    assert version.opened()["password"] == "hunter2"
    assert api.get("/partners/S100").content == made.content
    assert [p["number"] for p in api.get("/partners", role="supplier").json()["partners"]] == ["S100"]
    assert Event.objects.get(kind="endpoint.changed").data["version"] == 1
    again = api.post("/partners", PARTNER)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


CALENDAR = {
    "region": "BY",
    "weekend": [7],
    "opens": "07:30",
    "closes": "16:00",
    "second_contact_name": "Klara",
    "second_contact_email": "klara@acme.example",
}


def test_a_supplier_has_office_hours_and_a_second_contact(api: Api) -> None:
    made = api.post("/partners", PARTNER | CALENDAR)
    assert made.status_code == 201, made.content
    assert made.json() | CALENDAR == made.json() | {"opens": "07:30", "closes": "16:00"}
    assert api.get("/partners/S100").content == made.content


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"region": "XX"}, "Known are Augsburg, BB, BE, BW, BY"),
        ({"region": "BY", "country": None}, "Leave the region out"),
        ({"opens": "17:00", "closes": "08:00"}, "Correct weekend, opens or closes"),
    ],
)
def test_office_hours_that_cannot_be_are_refused_with_what_to_do(api: Api, wrong: dict[str, Any], told: str) -> None:
    response = api.post("/partners", PARTNER | wrong)
    assert response.status_code == 422 and told in response.content.decode()
    assert not Partner.objects.exists()


def test_a_number_that_is_taken_this_very_moment_is_a_conflict(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.post("/partners", PARTNER)
    monkeypatch.setattr("orderwire.flow.enroll._free", lambda partner, identifiers: None)
    assert api.post("/partners", PARTNER).status_code == 409
    assert Partner.objects.count() == 1


def _with(**endpoint: Any) -> dict[str, Any]:
    return PARTNER | {"endpoints": [PARTNER["endpoints"][0] | endpoint]}  # type: ignore[index]


@pytest.mark.parametrize(
    ("partner", "where"),
    [
        (_with(channel="pigeon"), "endpoints[1].channel"),
        (_with(format="clay"), "endpoints[1].format"),
        (_with(config={"host": "h", "password": "hunter2"}), "endpoints[1].config"),
        (_with(format="x12", also=[], profile={"x12": {"usage": "hunter2"}}), "endpoints[1].profile.x12.usage"),
        (_with(profile={"x12": {}}), "endpoints[1].profile.x12"),
        (PARTNER | {"time_zone": "Europe/Nowhere"}, "body time_zone"),
        (PARTNER | {"active": False}, "body active"),
        (PARTNER | {"weekend": [1, 2, 3, 4, 5, 6, 7]}, "body weekend"),
        (PARTNER | {"opens": "08:00+01:00"}, "body opens"),
        (PARTNER | {"second_contact_email": "nobody"}, "body second_contact_email"),
        (_with(config={"host": "a\u0000b"}), "body endpoints[1].config"),
    ],
)
def test_an_endpoint_that_could_not_be_used_is_refused_with_its_place(
    api: Api, partner: dict[str, Any], where: str
) -> None:
    response = api.post("/partners", partner)
    assert response.status_code == 422
    assert any(f["where"].startswith(where) for f in response.json()["findings"]), response.content
    assert b"hunter2" not in response.content
    assert not Partner.objects.exists()


def test_a_duplicate_name_in_a_body_is_refused(api: Api) -> None:
    order = factories.order()
    response = api.post(f"/orders/{order.number}/hold", b'{"reason": "a", "reason": "b"}')
    assert (response.status_code, "stands twice" in response.json()["reason"]) == (400, True)
    assert Order.objects.get().state == OrderState.APPROVED
    assert not Delivery.objects.exists()


def test_no_key_of_the_api_opens_a_way_into_our_own_network(api: Api) -> None:
    hook = {"url": "http://10.0.0.1/", "allow_private": True, "secrets": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]}
    endpoint = {"name": "hook", "channel": "webhook", "format": "order_json", "config": hook}
    refused = api.post("/partners", {**PARTNER, "endpoints": [endpoint]})
    assert refused.status_code == 422 and "two people" in refused.json()["reason"]
    assert not Partner.objects.exists()


def test_no_key_of_the_api_sends_a_shared_secret_to_an_address_of_its_own(api: Api) -> None:
    secrets.keep("relay", "harbour-lantern-42", actor="system:command")
    mail = {"host": "mail.thief.example", "from_address": "a@b.example", "recipients": ["a@b.example"]}
    login = {"username": "nordhaven", "password": {"secret": "relay"}}
    endpoint = {"name": "mail", "channel": "email", "format": "pdf", "config": mail | login}
    refused = api.post("/partners", {**PARTNER, "endpoints": [endpoint]})
    assert refused.status_code == 422 and "two people" in refused.json()["reason"]
    assert not Partner.objects.exists()
