"""cXML over HTTP against a scripted supplier: what each Response proves, and that secrets go where they belong."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from pydantic import ValidationError

from orderwire.channels import (
    File,
    Gone,
    Listens,
    Parcel,
    Proof,
    Receipt,
    Refused,
    Request,
    Taken,
    Unavailable,
    Unknown,
)
from orderwire.channels.cxml_http import CxmlHttp, CxmlHttpConfig, envelope
from orderwire.channels.seal import seal
from orderwire.testing.channels import ChannelConformance, parcel

from .http_peer import Asked, Peer, Said

CHANNEL = CxmlHttp()
DTD = Path("../shared/corpus/cxml/cxml-php/dtd/1.2.063/cXML.dtd")
ORDER = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.063/cXML.dtd">
<cXML payloadID="1.7@buyer.example" timestamp="2026-11-23T00:00:00+00:00" xml:lang="en"><Header>
<From><Credential domain="NetworkID"><Identity>BUYER</Identity></Credential></From>
<To><Credential domain="NetworkID"><Identity>SUPPLIER</Identity></Credential></To>
<Sender><Credential domain="NetworkID"><Identity>BUYER</Identity></Credential><UserAgent>Orderwire</UserAgent></Sender>
</Header><Request deploymentMode="test"><OrderRequest/></Request></cXML>
"""


def config(peer: Peer | str, **changes: Any) -> CxmlHttpConfig:
    url = peer if isinstance(peer, str) else f"{peer.url}/cxml"
    given: dict[str, Any] = {"url": url, "allow_private": True, "timeout": 5, "our_identity": "BUYER"}
    given |= {"partner_domain": "NetworkID", "partner_identity": "SUPPLIER"}
    return CxmlHttpConfig.model_validate({**given, "their_secret": "their long secret", **changes})


def order() -> Parcel:
    return replace(parcel(), files=(File("order.xml", "text/xml", ORDER),))


def send(peer: Peer, what: Parcel | None = None, **changes: Any) -> Receipt:
    with CHANNEL.open(config(peer, **changes)) as session:
        return session.send(what or order())


def answer(code: str, words: str = "") -> bytes:
    return f'<cXML payloadID="x"><Response><Status code="{code}" text="T">{words}</Status></Response></cXML>'.encode()


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer(Said(200, answer("200"))) as made:
        yield made


class TestConformance(ChannelConformance):
    channel = CHANNEL

    @pytest.fixture(autouse=True)
    def sink(self, peer: Peer) -> None:
        self.peer = peer

    def config(self) -> CxmlHttpConfig:
        return config(self.peer)

    def unreachable(self) -> CxmlHttpConfig:
        return config("http://127.0.0.1:1/")

    def arrived(self) -> list[str]:
        bodies = (one.body.decode() for one in self.peer.documents() if b"ProfileRequest" not in one.body)
        return list(dict.fromkeys(bodies))


def test_it_listens() -> None:
    assert isinstance(CHANNEL, Listens)


@pytest.mark.parametrize(
    ("code", "proof"),
    [("200", Proof.DELIVERED), ("204", Proof.DELIVERED), ("201", Proof.HANDED_OVER), ("280", Proof.HANDED_OVER)],
)
def test_a_yes_proves_what_it_says(code: str, proof: Proof) -> None:
    with Peer(Said(200, answer(code))) as peer:
        receipt = send(peer)
    assert (receipt.proof, receipt.external_id) == (proof, "1.7@buyer.example")
    assert answer(code) in receipt.evidence


@pytest.mark.parametrize(
    ("said", "word", "words"),
    [
        (Said(200, answer("400", "no such buyer")), Refused, "no such buyer"),
        (Said(400, answer("400", "no such buyer")), Refused, "no such buyer"),
        (Said(200, answer("401")), Refused, "401"),
        (Said(200, answer("409")), Refused, "409"),
        (Said(200, answer("500", "try later")), Unavailable, "try later"),
        (Said(500, answer("560")), Unavailable, "560"),
        (Said(200, b"<html>hello</html>"), Unknown, "not with a cXML Response"),
        (Said(200, b'<!DOCTYPE c [<!ENTITY a "b">]><cXML/>'), Unknown, "not with a cXML Response"),
        (Said(200, answer("2OO")), Unknown, "not with a cXML Response"),
        (Said(410), Gone, "switched off"),
        (Said(404), Refused, "nothing at this address"),
        (Said(503), Unavailable, "503"),
        (Said(500), Unknown, "may or may not"),
        (Said(trouble="cut"), Unknown, "did not say"),
    ],
)
def test_every_other_answer_has_its_word(said: Said, word: type[Exception], words: str) -> None:
    with Peer(said) as peer, pytest.raises(word, match=words) as failure:
        send(peer)
    assert type(failure.value) is word


def test_the_shared_secret_goes_into_sender_and_nowhere_else(peer: Peer) -> None:
    receipt = send(peer, shared_secret="s3cret & <more>")
    (asked,) = peer.documents()
    root = etree.fromstring(asked.body)
    assert root.findtext("Header/Sender/Credential/SharedSecret") == "s3cret & <more>"
    assert root.getroottree().docinfo.system_url.endswith("cXML.dtd")
    assert asked.headers["content-type"] == "text/xml; charset=UTF-8"
    assert b"s3cret" not in receipt.evidence and receipt.sent is None
    assert "s3cret" not in repr(config(peer, shared_secret="s3cret & <more>"))


def test_without_a_sender_there_is_no_place_for_the_secret(peer: Peer) -> None:
    with pytest.raises(Refused, match="Choose the format cXML"):
        send(peer, parcel(), shared_secret="s3cret")
    assert not peer.asked


def test_a_retry_is_the_same_document(peer: Peer) -> None:
    send(peer)
    send(peer, replace(order(), duplicate=True))
    assert len({one.body for one in peer.documents()}) == 1


def test_a_response_of_ours_went_back_where_the_question_came_from(peer: Peer) -> None:
    receipt = send(peer, replace(parcel(), files=(File("r.xml", "text/xml", envelope.response("200")),)))
    assert receipt.proof is Proof.HANDED_OVER and not peer.asked


def test_a_probe_asks_for_the_profile() -> None:
    def profile(asked: Asked) -> Said:
        root = etree.fromstring(asked.body)
        good = root.findtext("Header/Sender/Credential/SharedSecret") == "right"
        assert root.find("Request/ProfileRequest") is not None
        return Said(200, envelope.profile_response("https://s.example/") if good else answer("401", "who?"))

    with Peer(profile) as peer:
        assert "200" in CHANNEL.probe(config(peer, shared_secret="right"))
        with pytest.raises(Refused, match="does not know us"):
            CHANNEL.probe(config(peer, shared_secret="wrong"))
    with Peer(Said(200, b"hello")) as peer, pytest.raises(Refused, match="not with cXML"):
        CHANNEL.probe(config(peer))


def call(body: bytes, *, method: str = "POST") -> Request:
    return Request(method, "", {"content-type": "text/xml"}, body)


def written(kind: str = "ConfirmationRequest", secret: str = "their long secret", payload: str = "9.1@s") -> bytes:
    return f"""<cXML payloadID="{payload}"><Header>
    <From><Credential domain="x" type="marketplace"><Identity>M</Identity></Credential>
    <Credential domain="NetworkID"><Identity> SUPPLIER </Identity></Credential></From>
    <To><Credential domain="NetworkID"><Identity>BUYER</Identity></Credential></To>
    <Sender><Credential domain="NetworkID"><Identity>SUPPLIER</Identity><SharedSecret>{secret}</SharedSecret>
    </Credential></Sender></Header><Request><{kind}/></Request></cXML>""".encode()


def hear(body: bytes, **changes: Any) -> Any:
    return CHANNEL.hear(CHANNEL.kept(call(body)), config("https://s.example/", **changes))


def test_a_call_is_addressed_by_from_and_its_secret_is_never_kept() -> None:
    assert CHANNEL.addressed(call(written())) == {"partner_domain": "NetworkID", "partner_identity": "SUPPLIER"}
    kept = CHANNEL.kept(call(written()))
    assert b"their long secret" not in kept and b"scrypt:" in kept
    heard = CHANNEL.hear(kept, config("https://s.example/"))
    assert (heard.refused, heard.identity, heard.files[0].filename) == ("", "9.1@s", "ConfirmationRequest.xml")
    again = CHANNEL.kept(call(written()))
    assert again != kept, "each seal has its own salt"
    assert CHANNEL.hear(again, config("https://s.example/")).files == heard.files
    assert b"scrypt" not in heard.files[0].content and heard.files[0].content == written(secret="")


@pytest.mark.parametrize("spelled", ["their long secret", " their long secret\n", "&#x74;heir long secret"])
def test_the_right_secret_is_known_however_it_is_written(spelled: str) -> None:
    assert not hear(written(secret=spelled)).refused


SEAL = "scrypt:" + "A" * 22 + "==:" + "A" * 43 + "="


@pytest.mark.parametrize(
    "spelled",
    ["", "their long secreT", "their long secret x", SEAL],
)
def test_any_other_secret_is_refused(spelled: str) -> None:
    heard = hear(written(secret=spelled))
    assert heard.data == "401" and "agreed" in heard.refused and not heard.files


@pytest.mark.parametrize(
    "body",
    [
        written(secret="<![CDATA[their long secret]]>"),
        written(secret=f"<![CDATA[{seal('their long secret')}]]>"),
        written(secret=f"<!-- <SharedSecret>x</SharedSecret> -->{seal('their long secret')}<!-- -->"),
        written(secret="<b>their long secret</b>"),
        written().decode().encode("utf-16"),
    ],
)
def test_a_secret_that_would_be_kept_or_a_seal_that_somebody_saw_is_turned_away(body: bytes) -> None:
    with pytest.raises(Refused, match="plain text"):
        CHANNEL.kept(call(body))


def test_nobody_is_known_without_a_secret_of_theirs() -> None:
    assert hear(written(), their_secret=None).data == "401"


def test_a_sender_of_another_name_is_refused_and_one_who_was_named_is_taken() -> None:
    by_network = written().replace(b"<Sender><Credential domain=\"NetworkID\"><Identity>SUPPLIER", b"<Sender>"
                                   b"<Credential domain=\"NetworkID\"><Identity>HUB")  # fmt: skip
    assert hear(by_network).data == "401"
    assert not hear(by_network, sender_domain="NetworkID", sender_identity="HUB").refused
    assert hear(written(), sender_domain="NetworkID", sender_identity="HUB").data == "401"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (written("OrderRequest"), "450"),
        (written("ConfirmationRequest", payload=""), "400"),
        (b"<cXML/>", "406"),
        (b"not xml", "406"),
        (b"", "406"),
        (b'<!DOCTYPE c [<!ENTITY a "b">]><cXML>&a;</cXML>', "406"),
        (b"<a>" * 100_000, "406"),
        (b"<a b=''/>" * 600_000, "406"),
    ],
)
def test_what_cannot_be_taken_gets_a_status(body: bytes, code: str) -> None:
    heard = hear(body)
    said = CHANNEL.answer(heard, Taken(good=False), config("https://s.example/"))
    assert said.status == 200 and (envelope.status(said.body) or ("",))[0] == code


@pytest.mark.parametrize(
    "body", [b"<SharedSecret>" * 200_000, b"<SharedSecret>x</SharedSecret>" * 50_000, b"<SharedSecret " * 200_000]
)
def test_hostile_secrets_cost_little(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    sealings = []
    monkeypatch.setattr(envelope, "seal", lambda secret: sealings.append(secret) or "")
    envelope.sealed(body)
    assert len(sealings) <= envelope.MOST_SECRETS


def test_a_request_for_nobody_is_told_so_in_cxml() -> None:
    away = CHANNEL.turned_away(call(written()), "nobody here has an agreement")
    assert envelope.status(away.body) == ("401", "Unauthorized: Not taken: nobody here has an agreement")
    with pytest.raises(Refused):
        CHANNEL.addressed(call(b"", method="GET"))
    assert envelope.status(CHANNEL.turned_away(call(b"x"), "is no XML").body) == (
        "406",
        "Not Acceptable: The document is no XML",
    )


def test_findings_go_back_in_words_without_breaking_the_document() -> None:
    said = CHANNEL.answer(
        hear(written()), Taken(False, ("<&>\x00\x1b\ufffe line 10",), 7), config("https://s.example/")
    )
    assert envelope.status(said.body) == ("400", "Bad Request: Message 7: <&> line 10")


def test_who_asks_gets_our_profile() -> None:
    heard = hear(written("ProfileRequest"), our_url="https://us.example/exchange/cxml_http/")
    assert not heard.files and not heard.identity
    said = CHANNEL.answer(heard, Taken(True), config("https://s.example/", our_url="https://us.example/e/"))
    root = etree.fromstring(said.body)
    names = [one.get("requestName") for one in root.iterfind("Response/ProfileResponse/Transaction")]
    assert "ConfirmationRequest" in names and root.findtext(".//URL") == "https://us.example/e/"


@pytest.mark.skipif(not DTD.exists(), reason="the corpus is not there")
@pytest.mark.parametrize(
    "made",
    [
        envelope.response("200"),
        envelope.response("400", "because"),
        envelope.profile_response("https://us.example/"),
        envelope.profile_request(envelope.Credential("NetworkID", "A"), envelope.Credential("DUNS", "1"), "secret"),
        envelope.with_secret(
            envelope.profile_request(envelope.Credential("a", "A"), envelope.Credential("b", "1"), None), "s"
        ),
    ],
)
def test_what_we_write_is_valid(made: bytes) -> None:
    dtd = etree.DTD(str(DTD))
    assert dtd.validate(etree.fromstring(made)), dtd.error_log


@pytest.mark.parametrize(
    "changes", [{"their_secret": "short"}, {"sender_domain": "x"}, {"our_url": "ftp://x"}, {"partner_identity": ""}]
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config("https://s.example/", **changes)
