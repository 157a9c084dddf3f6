"""The AS2 channel against a station on loopback: what counts as a receipt, what does not, and what is tried again."""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from orderwire.channels import Answer, Proof, Receipt, Refused, Unavailable, Unknown
from orderwire.channels.as2 import As2, door
from orderwire.testing.channels import ChannelConformance, parcel
from tests import stations

from ..http_peer import Peer, Said
from .station import Letterbox, Station

CHANNEL = As2()


@pytest.fixture
def station() -> Iterator[Station]:
    with Station() as made:
        yield made


def send(station: Station, number: int = 1, **settings: Any) -> Receipt:
    with CHANNEL.open(station.buyer(**settings)) as session:
        return session.send(parcel(number))


class TestConformance(ChannelConformance):
    channel = CHANNEL

    @pytest.fixture(autouse=True)
    def sink(self, station: Station) -> None:
        self.station = station

    def config(self) -> Any:
        return self.station.buyer()

    def unreachable(self) -> Any:
        return stations.buyer(url="http://127.0.0.1:1/")

    def arrived(self) -> list[str]:
        return list(self.station.seen)


def test_a_signed_receipt_with_our_mic_proves_delivery_and_is_kept_with_what_was_sent(station: Station) -> None:
    receipt = send(station)
    assert receipt.proof is Proof.DELIVERED
    assert receipt.text == "TECNOSELLOS signed for it; the MIC is equal (sha-256)"
    assert b"multipart/signed" in receipt.evidence and receipt.sent is not None
    assert receipt.external_id == "conformance-1@orderwire.example"
    assert b"Message-ID: <conformance-1@orderwire.example>\r\n" in receipt.sent
    assert station.files == [b"order 1\r\n"]


def test_a_lost_receipt_is_asked_for_again_with_the_same_id_until_the_stored_one_comes() -> None:
    lost = [Said(trouble="cut"), Said(200), Said(500, b"oops")]
    answers: list[Answer] = []

    def lose(answer: Answer) -> Answer | Said:
        answers.append(answer)
        return lost.pop(0) if lost else answer

    with Station(lose) as station:
        for _ in range(3):
            with pytest.raises(Unknown):
                send(station)
        assert send(station).proof is Proof.DELIVERED
        assert station.posts == 4 and station.files == [b"order 1\r\n"]
        assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize(
    ("status", "failure"), [(503, Unavailable), (429, Unavailable), (403, Refused), (301, Refused)]
)
def test_a_status_of_http_is_what_it_says(status: int, failure: type[Exception]) -> None:
    answer = Said(status, b"sorry", {"Retry-After": "90"})
    with Station(lambda _: answer) as station, pytest.raises(failure) as told:
        send(station)
    if isinstance(told.value, Unavailable):
        assert told.value.retry_after == datetime.timedelta(seconds=90)


def _other_mic(answer: Answer) -> Answer:
    """A receipt for other bytes, signed as it should be."""
    return _receipt(content=b"other bytes")


def _receipt(content: bytes = b"order 1\r\n", number: int = 1, **settings: Any) -> Answer:
    """What a station would answer that had received this."""
    sent = replace(parcel(number), files=(replace(parcel(number).files[0], content=content),))
    theirs = stations.supplier(**settings)
    return stations.answered(stations.heard(stations.built(stations.buyer(), sent), stations.supplier()), theirs)


def _said(disposition: str) -> Any:
    """A receipt with this disposition, signed."""

    def change(answer: Answer) -> Answer:
        config = stations.supplier()
        heard = stations.heard(stations.built(stations.buyer(), parcel()), config)
        outcome = replace(heard.data.outcome, disposition=disposition)
        return stations.answered(replace(heard, data=replace(heard.data, outcome=outcome)), config)

    return change


STRANGER = "".join(stations.keypair("Stranger"))
EXPIRED = "".join(stations.keypair(stations.SUPPLIER, begins=-90, ends=-1))
FAULTS = {
    "another MIC": (_other_mic, "the MIC differs"),
    "for another message": (lambda _: _receipt(number=2), "speaks of another message"),
    "signed by a stranger": (lambda _: _receipt(our_key=STRANGER), "not agreed with this partner"),
    "damaged signature": (
        lambda answer: replace(answer, body=answer.body.replace(b"Disposition: ", b"disposition: ")),
        "it changed on its way",
    ),
    "error": (_said("processed/error: decryption-failed"), "refused it: decryption-failed"),
    "failure": (_said("failed/failure: unsupported format"), "refused it: unsupported format"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_receipt_that_proves_nothing_is_refused_with_its_own_reason(name: str) -> None:
    spoil, words = FAULTS[name]
    with Station(spoil) as station, pytest.raises(Refused) as told:
        send(station)
    assert words in told.value.reason


def test_a_receipt_of_an_expired_signer_is_refused() -> None:
    theirs = stations.keypair(stations.SUPPLIER, begins=-90, ends=-1)[1] + stations.keypair(stations.SUPPLIER)[1]

    def spoil(_: Answer) -> Answer:
        config = stations.supplier()
        heard = stations.heard(stations.built(stations.buyer(), parcel()), config)
        from orderwire.channels.as2 import receipt
        from orderwire.channels.as2.certificates import pairs

        signing = (pairs(EXPIRED)[0], "sha256")
        headers, body = receipt.build(
            heard.data.outcome, us=config.our_id, them=config.partner_id, signing=signing, now=stations.now()
        )
        return Answer(200, body, headers)

    with Station(spoil) as station, pytest.raises(Refused, match="ended on"):
        send(station, partner_certificates=theirs)


def test_an_unsigned_receipt_is_refused_where_a_signed_one_was_asked_for() -> None:
    def spoil(answer: Answer) -> Answer:
        config = stations.supplier()
        heard = stations.heard(stations.built(stations.buyer(receipt="unsigned"), parcel()), config)
        return stations.answered(heard, config)

    with Station(spoil) as station, pytest.raises(Refused, match="not signed"):
        send(station)


def test_a_replayed_receipt_of_an_earlier_order_proves_nothing() -> None:
    answers: list[Answer] = []

    def replay(answer: Answer) -> Answer:
        answers.append(answer)
        return answers[0]

    with Station(replay) as station:
        assert send(station, 1).proof is Proof.DELIVERED
        for number in (2, 3):
            with pytest.raises(Refused, match="speaks of another message"):
                send(station, number)


@pytest.mark.parametrize("kind", ["warning", "error"])
def test_a_partner_who_has_it_already_has_it(kind: str) -> None:
    with Station(_said(f"processed/{kind}: duplicate-document")) as station:
        receipt = send(station)
    assert receipt.proof is Proof.DELIVERED and "had it already" in receipt.text
    assert station.posts == 1


def test_no_receipt_or_an_unsigned_one_is_never_called_delivered(station: Station) -> None:
    assert send(station, 1, receipt="none").proof is Proof.HANDED_OVER
    unsigned = send(station, 2, receipt="unsigned")
    assert unsigned.proof is Proof.HANDED_OVER and "without a signature" in unsigned.text


def test_a_receipt_that_comes_later_is_compared_with_what_was_sent(station: Station) -> None:
    with Letterbox() as box:
        config = station.buyer(receipt_url=box.url)
        with CHANNEL.open(config) as session:
            assert session.send(parcel()).proof is Proof.HANDED_OVER
        station.send_later(stations.supplier(url=box.url))
        (came,) = box.came
        heard = door.hear(door.kept(stations.request(came.headers, came.body)), config)
        (report,) = heard.reports
        assert report.message_id == parcel().message_id
        assert CHANNEL.compare(report, parcel(), config).proof is Proof.DELIVERED
        differs = CHANNEL.compare(report, parcel(2), config)
        assert differs.proof is None and "the MIC differs" in differs.text


def test_a_receipt_goes_only_to_hosts_that_the_settings_name(station: Station) -> None:
    refused = stations.heard(
        stations.built(stations.buyer(receipt_url="http://169.254.169.254/x")), stations.supplier()
    )
    assert "not agreed" in refused.refused and refused.later is None
    good = stations.heard(stations.built(stations.buyer(receipt_url="http://127.0.0.1:9/x")), stations.supplier())
    assert good.later is not None
    elsewhere = replace(good.later, to=("http://10.0.0.1/",))
    with CHANNEL.open(stations.supplier(url=station.peer.url)) as session, pytest.raises(Refused, match="not one that"):
        session.send(elsewhere)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"our_key": "".join(stations.keypair("Old", begins=-90, ends=-1))}, "could not be signed"),
        ({"our_key": "".join(stations.keypair("New", begins=2))}, "is not valid before"),
        ({"partner_certificates": stations.keypair("Old", begins=-90, ends=-1)[1]}, "could not be encrypted"),
        ({"partner_certificates": stations.keypair("New", begins=2)[1]}, "could not be encrypted"),
    ],
)
def test_nothing_leaves_with_a_certificate_that_is_not_valid(
    station: Station, changes: dict[str, str], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        send(station, **changes)
    assert station.posts == 0


def test_old_and_new_keys_overlap_and_the_new_one_is_used() -> None:
    old, new = stations.keypair("Old", begins=-200, ends=20), stations.keypair("New", begins=-1)
    with Station(our_key="".join((*old, *new))) as station:
        for known in (old[1], new[1], old[1] + new[1]):
            number = [old[1], new[1], old[1] + new[1]].index(known) + 1
            if known == old[1]:  # they answer with the new key, which this buyer does not know yet
                with pytest.raises(Refused, match="not agreed"):
                    send(station, number, partner_certificates=known)
            else:
                assert send(station, number, partner_certificates=known).proof is Proof.DELIVERED
        assert len(station.files) == 3


def test_a_probe_says_with_what_it_would_sign_and_encrypt(station: Station) -> None:
    told = CHANNEL.probe(station.buyer())
    assert "TECNOSELLOS answers" in told and "we sign with the certificate Nordhaven" in told
    assert station.posts == 0


def test_a_password_travels_with_the_message_and_stays_out_of_what_is_kept() -> None:
    with pytest.raises(ValueError, match="clear text"):
        stations.buyer(url="http://127.0.0.1/", username="us", password="hush")
    with Peer(Said(200)) as peer:
        config = stations.buyer(receipt="none").model_copy(
            update={"url": peer.url, "username": "us", "password": stations.buyer().our_key}
        )
        with CHANNEL.open(config) as session:
            sent = session.send(parcel()).sent
        (asked,) = peer.documents()
        assert asked.headers["authorization"].startswith("Basic ")
        assert sent is not None and b"uthorization" not in sent
        assert b"uthorization" not in door.kept(stations.request(asked.headers, asked.body))
