"""Peppol against a contract server of an access point. Not run against a live access point."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pydantic import ValidationError

from orderwire.channels import (
    File,
    Follows,
    Listens,
    Paced,
    Parcel,
    Proof,
    Receipt,
    Refused,
    Request,
    Taken,
    Unavailable,
    Unknown,
)
from orderwire.channels.peppol import Peppol, PeppolConfig, sbdh
from orderwire.testing.channels import ChannelConformance, parcel

from .access_point import TOKEN, AccessPoint
from .http_peer import Peer, Said

CHANNEL = Peppol()
US, THEM = "0088:4012345000009", "0192:987654321"
CALLBACK = "what the access point must bring"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


def ubl(number: object, kind: str = "Order") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{kind} xmlns="{UBL}{kind}-2" xmlns:cbc="{UBL}CommonBasicComponents-2">
<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
<cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:ordering:3</cbc:ProfileID><cbc:ID>{number}</cbc:ID></{kind}>""".encode()


def order(number: int = 1, **changes: Any) -> Parcel:
    return replace(parcel(number), files=(File("order.xml", "application/xml", ubl(number)),), **changes)


def config(peer: Peer | str, **changes: Any) -> PeppolConfig:
    given = {"url": peer if isinstance(peer, str) else peer.url, "allow_private": True, "timeout": 5, "token": TOKEN}
    given |= {"sender": US, "receiver": THEM, "country": "DE", "callback_token": CALLBACK}
    return PeppolConfig.model_validate({**given, **changes})


def send(peer: Peer, what: Parcel | None = None, **changes: Any) -> Receipt:
    with CHANNEL.open(config(peer, **changes)) as session:
        return session.send(what or order())


@pytest.fixture
def point() -> AccessPoint:
    return AccessPoint()


@pytest.fixture
def peer(point: AccessPoint) -> Iterator[Peer]:
    with Peer(point) as made:
        yield made


class TestConformance(ChannelConformance):
    channel = CHANNEL

    @pytest.fixture(autouse=True)
    def sink(self, point: AccessPoint, peer: Peer) -> None:
        self.point, self.peer = point, peer

    def config(self) -> PeppolConfig:
        return config(self.peer)

    def unreachable(self) -> PeppolConfig:
        return config("http://127.0.0.1:1/")

    def arrived(self) -> list[str]:
        return list(self.point.documents)

    def send(self, *parcels: Parcel) -> list[Receipt]:
        carried = (replace(p, files=tuple(replace(f, content=ubl(p.message_id)) for f in p.files)) for p in parcels)
        return super().send(*carried)


def test_it_listens_and_follows_once_a_minute() -> None:
    assert isinstance(CHANNEL, Listens) and isinstance(CHANNEL, Follows) and isinstance(CHANNEL, Paced)
    assert CHANNEL.every(config("https://ap.example/")) == 60


def test_an_order_travels_in_its_envelope(peer: Peer, point: AccessPoint) -> None:
    receipt = send(peer)
    assert (receipt.proof, "AS4 receipt" in receipt.text) == (Proof.DELIVERED, True)
    assert receipt.sent == point.documents[receipt.external_id] and b"overallSuccess" in receipt.evidence
    root = etree.fromstring(receipt.sent or b"")
    assert [e.text for e in root.iterfind(".//{*}Sender/{*}Identifier")] == [US]
    assert [e.text for e in root.iterfind(".//{*}Receiver/{*}Identifier")] == [THEM]
    assert [e.get("Authority") for e in root.iterfind(".//{*}Identifier[@Authority]")] == ["iso6523-actorid-upis"] * 2
    about = {etree.QName(e).localname: e.text for e in root.iterfind(".//{*}DocumentIdentification/*")}
    assert (about["Standard"], about["Type"], about["TypeVersion"]) == (f"{UBL}Order-2", "Order", "2.1")
    scopes = {s[0].text: s[1].text for s in root.iterfind(".//{*}Scope")}
    assert scopes == {
        "DOCUMENTID": f"{UBL}Order-2::Order##urn:fdc:peppol.eu:poacc:trns:order:3::2.1",
        "PROCESSID": "urn:fdc:peppol.eu:poacc:bis:ordering:3",
        "COUNTRY_C1": "DE",
    }
    assert etree.tostring(root[1], method="c14n2") == etree.tostring(etree.fromstring(ubl(1)), method="c14n2")


def test_every_try_has_the_same_instance_and_is_handed_over_once(peer: Peer, point: AccessPoint) -> None:
    first, again = send(peer), send(peer, order(duplicate=True))
    assert first.external_id == again.external_id == sbdh.instance_id(US, order().message_id)
    assert point.submitted == 1


def test_after_a_lost_answer_it_is_looked_for_before_it_is_handed_over_again(point: AccessPoint) -> None:
    lost = [0]

    def loses_one(asked: Any) -> Said:
        said = point(asked)
        if asked.method == "POST" and not lost[0]:
            lost[0] = 1
            return Said(trouble="cut")
        return said

    with Peer(loses_one) as peer:
        with pytest.raises(Unknown):
            send(peer)
        assert send(peer).proof is Proof.DELIVERED
    assert point.submitted == 1


@pytest.mark.parametrize(("becomes", "proof"), [("pending", Proof.HANDED_OVER), ("failed", Proof.HANDED_OVER)])
def test_what_the_access_point_still_tries_is_handed_over(
    peer: Peer, point: AccessPoint, becomes: str, proof: Proof
) -> None:
    point.becomes = becomes
    assert send(peer).proof is proof


@pytest.mark.parametrize("becomes", ["rejected", "permanently_failed"])
def test_what_it_gave_up_is_refused_with_its_words(peer: Peer, point: AccessPoint, becomes: str) -> None:
    point.becomes = becomes
    with pytest.raises(Refused, match="not registered"):
        send(peer)


def test_a_wrong_key_is_told(peer: Peer) -> None:
    with pytest.raises(Refused, match="did not accept our key"):
        send(peer, token="wrong")
    with pytest.raises(Refused):
        CHANNEL.probe(config(peer, token=None))
    assert "knows us" in CHANNEL.probe(config(peer))


@pytest.mark.parametrize(
    ("script", "word"),
    [
        ([Said(404), Said(503, headers={"Retry-After": "9"})], Unavailable),
        ([Said(404), Said(500)], Unknown),
        ([Said(404), Said(trouble="stall")], Unknown),
        ([Said(500)], Unavailable),
        ([Said(404), Said(404)], Refused),
        ([Said(404), Said(400, b'"Failed to submit"')], Refused),
        ([Said(404), Said(200, b"{}"), Said(404)], Refused),
        ([Said(200, b"hello")], Refused),
        ([Said(200, b"[" * 9999)], Refused),
        ([Said(200, b'{"status": "sent", "sbdhInstanceID": "of another"}')], Refused),
        ([Said(200, b'{"status": "made up", "sbdhInstanceID": "x"}')], Refused),
    ],
)
def test_every_trouble_has_its_word(script: list[Said], word: type[Exception]) -> None:
    with Peer(*script) as peer, pytest.raises(word) as failure:
        send(peer, timeout=0.7)
    assert type(failure.value) is word


@pytest.mark.parametrize(
    "content", [b"ISA*00*", b"<Order/>", b"<a xmlns='urn:x'/>", ubl(1).replace(b"ProfileID", b"X")]
)
def test_what_is_no_peppol_document_is_refused_before_anything_is_sent(peer: Peer, content: bytes) -> None:
    with pytest.raises(Refused, match="Choose the format UBL"):
        send(peer, replace(parcel(), files=(File("x", "application/xml", content),)))
    assert not peer.documents()


def test_a_document_that_has_its_envelope_keeps_it(peer: Peer, point: AccessPoint) -> None:
    wrapped = sbdh.wrap(ubl(7), sender=US, receiver=THEM, country="DE", message_id="m").content
    receipt = send(peer, replace(parcel(), files=(File("x", "application/xml", wrapped),)))
    assert point.documents[receipt.external_id] == wrapped


def test_the_last_word_is_fetched_for_what_was_handed_over(peer: Peer, point: AccessPoint) -> None:
    for number, becomes in enumerate(("sent", "pending", "permanently_failed", "sent"), 1):
        point.becomes = "pending"
        instance = send(peer, order(number)).external_id
        point.transactions[instance]["status"] = becomes
    point.transactions[instance]["mlsStatus"] = "received_re"
    ids = [order(number).message_id for number in range(1, 6)]
    brought = list(CHANNEL.follow(config(peer), ids))
    reports = [CHANNEL.hear(one.content, config(peer)).reports[0] for one in brought]
    assert [(r.message_id, r.proof) for r in reports] == [(ids[0], Proof.DELIVERED), (ids[2], None), (ids[3], None)]
    assert "not registered" in reports[1].text and "turned the document away" in reports[2].text


def call(body: bytes, path: str = "", **headers: str) -> Request:
    return Request("POST", path, headers, body)


def inbound(kind: str = "OrderResponse") -> bytes:
    return sbdh.wrap(ubl(9, kind), sender=THEM, receiver=US, country="NO", message_id="theirs").content


def hear(body: bytes, path: str = "", **headers: str) -> Any:
    return CHANNEL.hear(CHANNEL.kept(call(body, path, **headers)), config("https://ap.example/"))


def test_an_answer_that_comes_in_is_for_the_endpoint_of_its_two_sides() -> None:
    assert CHANNEL.addressed(call(inbound())) == {"sender": US, "receiver": THEM}
    heard = hear(inbound(), **{"x-token": CALLBACK})
    assert heard.identity == sbdh.instance_id(THEM, "theirs") and heard.files[0].content == inbound_like(heard)
    said = CHANNEL.answer(heard, Taken(True, (), 7), config("https://ap.example/"))
    assert (said.status, json.loads(said.body)["countryCodeC4"]) == (200, "DE")


def inbound_like(heard: Any) -> bytes:
    """The document as it came, without the line that was put before it."""
    assert not heard.files[0].content.startswith(b"scrypt")
    return bytes(heard.files[0].content)


@pytest.mark.parametrize(
    "headers", [{}, {"x-token": ""}, {"x-token": CALLBACK + "x"}, {"authorization": f"Basic {CALLBACK}"}]
)
def test_without_the_right_token_nothing_is_taken(headers: dict[str, str]) -> None:
    heard = hear(inbound(), **headers)
    assert heard.data == 401 and not heard.files
    assert CHANNEL.answer(heard, Taken(False), config("https://ap.example/")).status == 401
    kept = CHANNEL.kept(call(inbound(), **{"x-token": CALLBACK}))
    assert CALLBACK.encode() not in kept
    assert CHANNEL.hear(kept, config("https://ap.example/", callback_token=None)).data == 401


def test_a_token_may_come_as_bearer() -> None:
    assert not hear(inbound(), authorization=f"Bearer {CALLBACK}").refused


def status(word: str, **fields: Any) -> bytes:
    about = {"senderID": f"iso6523-actorid-upis::{US}", "receiverID": f"iso6523-actorid-upis::{THEM}"}
    return json.dumps({**about, "sbdhInstanceID": "i-1", "status": word, **fields}).encode()


@pytest.mark.parametrize(
    ("body", "proofs"),
    [
        (status("sent"), [Proof.DELIVERED]),
        (status("pending"), []),
        (status("failed"), []),
        (status("permanently_failed", errorDetails="no such participant"), [None]),
        (status("sent", mlsStatus="received_re"), [None]),
    ],
)
def test_a_status_that_the_access_point_sends_reports_of_its_instance(body: bytes, proofs: list[Proof | None]) -> None:
    assert CHANNEL.addressed(call(body, "status")) == {"sender": US, "receiver": THEM}
    heard = hear(body, "status", **{"x-token": CALLBACK})
    assert [r.proof for r in heard.reports] == proofs
    assert all(r.external_id == "i-1" and not r.message_id for r in heard.reports)
    assert hear(body, "status").data == 401


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"", ""), (b"x", ""), (b"<a/>", ""), (ubl(1), ""), (b"", "status"), (b"[]", "status"), (b"{}", "status"),
        (b"[" * 99_999, "status"), (inbound().replace(b"0192:", b"xxxx:"), ""), (b"<a>" * 999, ""),
        (inbound().replace(sbdh.instance_id(THEM, "theirs").encode(), b""), ""),
    ],
)  # fmt: skip
def test_what_names_no_two_sides_is_turned_away(body: bytes, path: str) -> None:
    with pytest.raises(Refused) as failure:
        CHANNEL.addressed(call(body, path))
    assert CHANNEL.turned_away(call(body, path), failure.value.reason).status == 422


@given(st.binary(max_size=200))
def test_hearing_never_raises(body: bytes) -> None:
    known = config("https://ap.example/")
    assert CHANNEL.hear(body, known).refused or body[:1] == b"{"
    assert hear_with_token(body).refused


def hear_with_token(body: bytes) -> Any:
    return hear(body, **{"x-token": CALLBACK})


@pytest.mark.parametrize("given_", ["0088:4012", "iso6523-actorid-upis::0088:4012", " 9930:DE123 "])
def test_participants_are_read_in_every_spelling(given_: str) -> None:
    assert sbdh.participant(given_) == given_.strip().lower().removeprefix("iso6523-actorid-upis::")


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": "4012345000009"}, {"receiver": "0192:987 654"}, {"receiver": "9930:DE123"}, {"country": "de"},
        {"callback_token": "short"}, {"url": "http://ap.example/", "allow_private": False},
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config("https://ap.example/", **changes)
