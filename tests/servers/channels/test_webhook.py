"""The webhook channel against a scripted service: signed by the scheme, the same id on every try, every word exact."""

import base64
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook as Judge
from standardwebhooks.webhooks import WebhookVerificationError

from orderwire.channels import File, Gone, Proof, Receipt, Refused, Unavailable, Unknown
from orderwire.channels.webhook import Webhook, WebhookConfig, signatures
from orderwire.testing.channels import ChannelConformance, parcel

from .http_peer import Peer, Said

CHANNEL = Webhook()
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEWER = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def config(peer: Peer | str, **changes: Any) -> WebhookConfig:
    url = peer if isinstance(peer, str) else f"{peer.url}/orders"
    given = {"url": url, "allow_private": True, "secrets": [SECRET], "timeout": 5}
    return WebhookConfig.model_validate({**given, **changes})


def send(peer: Peer, number: int = 1, **changes: Any) -> Receipt:
    with CHANNEL.open(config(peer, **changes)) as session:
        return session.send(parcel(number))


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer(Said(202, b'{"ok": true}')) as made:
        yield made


class TestConformance(ChannelConformance):
    channel = CHANNEL

    @pytest.fixture(autouse=True)
    def sink(self, peer: Peer) -> None:
        self.peer = peer

    def config(self) -> WebhookConfig:
        return config(self.peer)

    def unreachable(self) -> WebhookConfig:
        return config("http://127.0.0.1:1/")

    def arrived(self) -> list[str]:
        return list(dict.fromkeys(one.headers["webhook-id"] for one in self.peer.documents()))


def test_the_published_vector_is_met() -> None:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    made = signatures("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [key])
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_both_secrets_sign_while_one_takes_over_from_the_other(peer: Peer) -> None:
    send(peer, secrets=[NEWER, SECRET])
    (asked,) = peer.documents()
    for secret in (SECRET, NEWER):
        Judge(secret).verify(asked.body, dict(asked.headers), json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Judge("whsec_" + base64.b64encode(bytes(32)).decode()).verify(asked.body, dict(asked.headers))
    with pytest.raises(WebhookVerificationError):
        Judge(SECRET).verify(asked.body + b" ", dict(asked.headers))


def test_a_replay_is_too_old_after_five_minutes_and_a_retry_is_not(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time()
    monkeypatch.setattr(time, "time", lambda: real - 400)
    send(peer)
    monkeypatch.setattr(time, "time", lambda: real)
    send(peer)
    old, new = peer.documents()
    assert old.headers["webhook-id"] == new.headers["webhook-id"]
    assert old.headers["webhook-timestamp"] != new.headers["webhook-timestamp"]
    with pytest.raises(WebhookVerificationError, match="too old"):
        Judge(SECRET).verify(old.body, dict(old.headers), json_parse=False)
    Judge(SECRET).verify(new.body, dict(new.headers), json_parse=False)


def test_any_document_travels_as_it_is(peer: Peer) -> None:
    document = File("Bestellung 4711 “ä”.pdf", "application/pdf", bytes(range(256)))
    with CHANNEL.open(config(peer)) as session:
        receipt = session.send(replace(parcel(), files=(document,)))
    (asked,) = peer.documents()
    assert (asked.method, asked.path, asked.body) == ("POST", "/orders", bytes(range(256)))
    assert asked.headers["content-type"] == "application/pdf"
    assert "." not in asked.headers["webhook-id"]
    assert receipt.proof is Proof.HANDED_OVER and b'{"ok": true}' in receipt.evidence
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    stamp = int(asked.headers["webhook-timestamp"])
    assert asked.headers["webhook-signature"] == signatures(asked.headers["webhook-id"], stamp, asked.body, [key])


def test_several_documents_are_refused_with_the_remedy(peer: Peer) -> None:
    with CHANNEL.open(config(peer)) as session, pytest.raises(Refused, match="one document at a time, not 2"):
        session.send(replace(parcel(), files=parcel().files * 2))
    assert not peer.asked


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (Said(301, headers={"Location": "https://new.example/"}), Refused),
        (Said(401), Refused),
        (Said(410), Gone),
        (Said(429, headers={"Retry-After": "60"}), Unavailable),
        (Said(503), Unavailable),
        (Said(500), Unknown),
        (Said(trouble="cut"), Unknown),
        (Said(trouble="stall"), Unknown),
    ],
)
def test_every_trouble_has_its_word(said: Said, word: type[Exception]) -> None:
    with Peer(said) as peer, pytest.raises(word) as failure:
        send(peer, timeout=0.5)
    assert type(failure.value) is word and "whsec" not in str(failure.value)


def test_after_a_lost_answer_the_same_id_goes_out_again() -> None:
    with Peer(Said(trouble="cut"), Said(502), Said(200)) as peer:
        for _ in range(2):
            with pytest.raises(Unknown):
                send(peer)
        assert send(peer).external_id
        assert len(peer.documents()) == 3
        assert len({one.headers["webhook-id"] for one in peer.documents()}) == 1


@pytest.mark.parametrize(
    ("said", "words"), [(Said(200), "127.0.0.1 answers"), (Said(405), "first one"), (Said(404), "first one")]
)
def test_a_probe_asks_for_the_head_alone(said: Said, words: str) -> None:
    with Peer(said) as peer:
        assert words in CHANNEL.probe(config(peer))
        assert [one.method for one in peer.asked] == ["HEAD"]


@pytest.mark.parametrize(
    "changes",
    [
        {"secrets": []},
        {"secrets": ["hunter2-hunter2-hunter2-hunter2"]},
        {"secrets": ["whsec_c2hvcnQ="]},
        {"secrets": [SECRET, "whsec_***"]},
        {"url": "http://partner.example/", "allow_private": False},
        {"url": "https://user:pass@partner.example/"},
        {"url": "https://partner.example:2375/", "allow_private": False},
        {"timeout": 0},
    ],
)
def test_settings_that_cannot_work_are_refused_and_repeat_no_secret(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as failure:
        config("https://partner.example/", **changes)
    told = str(failure.value.errors(include_input=False))
    assert "hunter2" not in told and "c2hvcnQ" not in told
    assert SECRET not in repr(config("https://partner.example/"))
