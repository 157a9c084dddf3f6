"""The REST channel against a scripted interface: sign-in, the key against repetitions, the partner's own number."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from orderwire.channels import Gone, Receipt, Refused, Unavailable, Unknown
from orderwire.channels.http import oauth
from orderwire.channels.rest import Rest, RestConfig
from orderwire.testing.channels import ChannelConformance, parcel

from .http_peer import Asked, Peer, Said

CHANNEL = Rest()


def config(peer: Peer | str, **changes: Any) -> RestConfig:
    url = peer if isinstance(peer, str) else f"{peer.url}/orders"
    return RestConfig.model_validate({"url": url, "allow_private": True, "timeout": 5, **changes})


def send(settings: RestConfig, number: int = 1) -> Receipt:
    with CHANNEL.open(settings) as session:
        return session.send(parcel(number))


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer(Said(201, b'{"data": [{"id": 4711}], "a/b": {"~": "x"}}')) as made:
        yield made


class TestConformance(ChannelConformance):
    channel = CHANNEL

    @pytest.fixture(autouse=True)
    def sink(self, peer: Peer) -> None:
        self.peer = peer

    def config(self) -> RestConfig:
        return config(self.peer)

    def unreachable(self) -> RestConfig:
        return config("http://127.0.0.1:1/")

    def arrived(self) -> list[str]:
        return list(dict.fromkeys(one.headers["idempotency-key"] for one in self.peer.documents()))


def test_a_document_goes_to_the_address_of_its_order(peer: Peer) -> None:
    send(config(f"{peer.url}/v1/orders/{{reference}}?x=1", method="PUT", headers={"X-Tenant": "7"}), 42)
    (asked,) = peer.documents()
    assert (asked.method, asked.path, asked.headers["x-tenant"]) == ("PUT", "/v1/orders/42?x=1", "7")
    assert asked.headers["idempotency-key"] == parcel(42).message_id
    assert asked.body == parcel(42).files[0].content


@pytest.mark.parametrize("reference", ["../../admin", "a/b?c#d", "x\r\nHost: evil", "ü €", "%2e%2e"])
def test_a_number_stays_one_step_of_the_address(peer: Peer, reference: str) -> None:
    with CHANNEL.open(config(f"{peer.url}/orders/{{reference}}/in")) as session:
        session.send(replace(parcel(), reference=reference))
    (asked,) = peer.documents()
    assert asked.path.count("/") == 3 and asked.path.startswith("/orders/") and asked.path.endswith("/in")
    assert "evil" not in asked.headers.get("host", "")


@pytest.mark.parametrize("reference", ["", ".", ".."])
def test_what_is_no_step_of_an_address_is_refused(peer: Peer, reference: str) -> None:
    with CHANNEL.open(config(f"{peer.url}/orders/{{reference}}")) as session, pytest.raises(Refused):
        session.send(replace(parcel(), reference=reference))
    assert not peer.asked


@pytest.mark.parametrize(
    ("pointer", "number"),
    [("/data/0/id", "4711"), ("/a~1b/~0", "x"), ("/none", ""), ("/data", ""), ("/data/x", ""), ("/data/9", "")],
)
def test_the_partners_own_number_is_found_by_its_pointer(peer: Peer, pointer: str, number: str) -> None:
    receipt = send(config(peer, external_id=pointer))
    assert receipt.external_id == (number or parcel().message_id)


def test_each_way_to_sign_in(peer: Peer) -> None:
    send(config(peer, username="us", password="pä:ss"))
    send(config(peer, token="t0ken"))
    send(config(peer, secret_header="X-Api-Key", secret_header_value="k3y"))
    basic, bearer, own = (one.headers for one in peer.documents())
    assert base64.b64decode(basic["authorization"].removeprefix("Basic ")).decode() == "us:pä:ss"
    assert bearer["authorization"] == "Bearer t0ken"
    assert own["x-api-key"] == "k3y" and "authorization" not in own


class TokenServer:
    """Gives tokens that are good for `uses` documents."""

    def __init__(self, uses: int = 10**9, seconds: Any = 3600):
        self.given, self.uses, self.seconds = 0, uses, seconds

    def __call__(self, asked: Asked) -> Said:
        if asked.path == "/token":
            self.given += 1
            self.left = self.uses
            assert b"grant_type=client_credentials" in asked.body and b"client_secret=s3cret" in asked.body
            return Said(200, json.dumps({"access_token": f"token-{self.given}", "expires_in": self.seconds}).encode())
        if asked.headers.get("authorization") != f"Bearer token-{self.given}" or not self.left:
            return Said(401, b"s3cret")
        self.left -= 1
        return Said(201, b"{}")


def signed(peer: Peer, client: str) -> RestConfig:
    return config(peer, oauth={"token_url": f"{peer.url}/token", "client_id": client, "client_secret": "s3cret"})


def test_a_token_is_fetched_once_and_kept() -> None:
    server = TokenServer()
    with Peer(server) as peer:
        for number in range(3):
            send(signed(peer, "kept"), number)
        assert CHANNEL.probe(signed(peer, "kept"))
    assert server.given == 1


def test_a_token_that_ended_is_fetched_anew_once_and_the_document_arrives() -> None:
    server = TokenServer(uses=1)
    with Peer(server) as peer:
        settings = signed(peer, "short")
        send(settings, 1)
        assert send(settings, 2).text
        assert server.given == 2
        server.uses = server.left = 0
        with pytest.raises(Refused, match="did not accept our key"):
            send(settings, 3)
        assert server.given == 3


@pytest.mark.parametrize("seconds", [0, 10, "NaN", -5])
def test_a_token_that_ends_at_once_is_not_kept(seconds: Any) -> None:
    server = TokenServer(seconds=seconds)
    with Peer(server) as peer:
        send(signed(peer, f"ends {seconds}"), 1)
        send(signed(peer, f"ends {seconds}"), 2)
    assert server.given >= 2


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (Said(401, b'{"error": "bad s3cret"}'), Refused),
        (Said(400), Refused),
        (Said(503), Unavailable),
        (Said(500), Unavailable),
        (Said(trouble="cut"), Unavailable),
        (Said(200, b"[" * 5000), Refused),
        (Said(200, b'{"access_token": "a\\r\\nX: 1"}'), Refused),
        (Said(200, b'{"access_token": ""}'), Refused),
        (Said(200, b'{"access_token": 7}'), Refused),
        (Said(200, b'{"access_token": "a", "expires_in": 1%s}' % (b"0" * 400)), Refused),
    ],
)
def test_without_a_token_nothing_is_sent_and_no_secret_is_told(said: Said, word: type[Exception]) -> None:
    with Peer(said) as peer:
        with pytest.raises(word) as failure:
            send(signed(peer, f"none {hash(str(said))}"))
        assert type(failure.value) is word and "s3cret" not in str(failure.value)
        assert {one.path for one in peer.asked} == {"/token"}


def test_many_tokens_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oauth, "MOST_TOKENS", 3)
    with Peer(TokenServer()) as peer:
        for number in range(5):
            send(signed(peer, f"many {number}"))
    assert len(oauth._tokens) <= 3


@pytest.mark.parametrize(
    ("said", "word"),
    [(Said(409), Unavailable), (Said(410), Gone), (Said(422, b"no such item"), Refused), (Said(504), Unknown)],
)
def test_every_trouble_has_its_word(said: Said, word: type[Exception]) -> None:
    with Peer(said) as peer, pytest.raises(word) as failure:
        send(config(peer))
    assert type(failure.value) is word


@pytest.mark.parametrize(
    "changes",
    [
        {"username": "u"},
        {"token": "t", "username": "u", "password": "p"},
        {"token": "with blank"},
        {"token": "line\r\nbreak"},
        {"secret_header": "X-Key"},
        {"headers": {"Authorization": "Bearer hunter2"}},
        {"headers": {"X": "a\r\nb"}},
        {"url": "https://{reference}.example/"},
        {"external_id": "data.id"},
        {"oauth": {"token_url": "http://127.0.0.1/", "client_id": "c", "client_secret": "s"}, "allow_private": False},
        {"method": "DELETE"},
        {"secret_header": "X-A\r\nX-B", "secret_header_value": "k"},
        {"secret_header": "Transfer-Encoding", "secret_header_value": "chunked"},
        {"secret_header": "idempotency-key", "secret_header_value": "k"},
        {"key_header": "X A"},
        {"key_header": "Content-Length"},
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config("https://partner.example/", **changes)
