"""AS2 with the house around it: kept before it is signed for, once whatever comes twice, delivered when proven."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from orderwire.channels import Parcel
from orderwire.channels.as2 import message as messages
from orderwire.channels.as2 import mime, receipt
from orderwire.channels.as2.settings import As2Config
from orderwire.flow import exchange, hear
from orderwire.flow.compared import sent
from orderwire.records import Attempt, Delivery, Endpoint, EndpointVersion, Message, Order, Receipt, secret
from tests import stations
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, due, only
from tests.servers.channels.as2.station import Letterbox, Station

pytestmark = pytest.mark.django_db(transaction=True)

REPEATED = 200


def theirs(**changes: Any) -> Endpoint:
    """The endpoint of the partner who sends to our door; we have the supplier's side of the kit here."""
    plain = stations.plain(stations.SUPPLIER, stations.BUYER, **changes)
    return factories.endpoint(factories.supplier(), channel="as2", format="order_json", **plain)


def built(number: int = 1, content: bytes = stations.EDI, **settings: Any) -> messages.Built:
    return stations.built(stations.buyer(**settings), stations.parcel(content, number=number))


def post(client: Client, made: messages.Built) -> Any:
    headers = {name: value for name, value in made.headers.items() if name != "Content-Type"}
    kind = made.headers["Content-Type"]
    return client.post("/exchange/as2/", made.body, content_type=kind, headers=headers)


def said(response: Any, config: As2Config | None = None) -> receipt.Said:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return receipt.read(headers, response.content, config or stations.buyer(), stations.now())


def test_a_message_is_kept_before_it_is_signed_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs()

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(exchange.receive, "store", away)
        assert post(client, built()).status_code == 503
    response = post(client, built())
    kept = Message.objects.get(parent=None)
    assert said(response).status == "processed" and not said(response).modifier
    assert kept.reply is not None and kept.parts.get().blob.open_bytes() == stations.EDI
    assert b"Message-ID: <m1@" in kept.blob.open_bytes() or b"message-id: <m1@" in kept.blob.open_bytes()


def test_what_comes_again_is_answered_with_the_very_same_receipt(client: Client) -> None:
    theirs()
    first = post(client, built())
    for _ in range(REPEATED):
        again = post(client, built())  # encrypted anew each time, so that only the content is the same
        assert (again.content, dict(again.headers)) == (first.content, dict(first.headers))
    assert Message.objects.filter(state="duplicate").count() == REPEATED
    assert Message.objects.exclude(parent=None).count() == 1


def test_the_same_id_with_other_content_is_an_error_and_changes_nothing(client: Client) -> None:
    theirs()
    post(client, built())
    told = said(post(client, built(content=b"something else")))
    assert (told.modifier, told.detail) == ("error", "unexpected-processing-error")
    assert "with other content" in told.words
    assert Message.objects.filter(parent=None).latest("pk").findings
    assert Message.objects.exclude(parent=None).count() == 1


def test_an_impatient_partner_who_sends_it_several_times_at_once_is_understood_once() -> None:
    theirs()
    answers: list[bytes] = []

    def call() -> None:
        answers.append(post(Client(), built()).content)
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 6
    assert Message.objects.exclude(parent=None).count() == 1


@pytest.mark.parametrize("place", ["before it was read", "before the receipt was kept"])
def test_a_crash_loses_nothing_and_doubles_nothing(client: Client, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    theirs()

    def dies(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        if place == "before it was read":
            patch.setattr(hear, "hear", dies)
        else:
            patch.setattr("orderwire.channels.as2.door.answer", dies)
        post(client, built())
    assert Message.objects.filter(parent=None).count() == 1
    assert said(post(client, built())).status == "processed"
    for left in Message.objects.filter(state="stored"):
        hear.process(left)
    assert Message.objects.exclude(parent=None).count() == 1
    states = set(Message.objects.filter(parent=None).values_list("state", flat=True))
    assert "stored" not in states and "duplicate" in states


def test_who_has_no_agreement_hears_it(client: Client) -> None:
    theirs(partner_id="SOMEBODY ELSE")
    told = said(post(client, built()), stations.buyer(receipt="unsigned"))
    assert told.detail == "unknown-trading-relationship" and not told.signed
    assert not Message.objects.exists()


def test_a_receipt_that_shall_come_later_goes_out_by_itself_and_again_for_a_duplicate(client: Client) -> None:
    with Letterbox() as box:
        endpoint = theirs(url=box.url)
        wish = {"receipt_url": box.url}
        config = stations.buyer(**wish)
        for made in (built(1, **wish), built(1, **wish), built(2, **wish, our_key="".join(stations.keypair("Who")))):
            assert post(client, made).status_code == 200
        drain(endpoint)
        assert Delivery.objects.filter(state="accepted").count() == 3
        said = [(receipt.read(dict(c.headers), c.body, config, stations.now()), c.body) for c in box.came]
        first, again, (refused, _) = sorted(said, key=lambda one: one[0].about)
        assert first == again
        assert (first[0].status, first[0].modifier, refused.detail) == ("processed", "", "authentication-failed")


def test_the_private_key_stands_in_no_settings(client: Client) -> None:
    endpoint = theirs()
    plain = stations.plain(stations.SUPPLIER, stations.BUYER)
    sealed = secret.sealed("as2", plain, by="test")
    assert "PRIVATE KEY" not in json.dumps(sealed)
    EndpointVersion.objects.create(endpoint=endpoint, number=2, channel="as2", format="order_json", config=sealed)
    endpoint.version = 2
    endpoint.save()
    assert said(post(client, built())).signed


@pytest.fixture
def partner(config: Path) -> Callable[..., Endpoint]:
    """A supplier who is sent to; his settings say where."""

    def make(station: Station, **settings: Any) -> Endpoint:
        url = f"{station.peer.url}/as2"
        plain = stations.plain(stations.BUYER, stations.SUPPLIER, url=url, **settings)
        return factories.endpoint(factories.supplier(), channel="as2", format="order_json", **plain)

    return make


def test_an_order_is_delivered_when_its_receipt_is_verified_and_all_of_it_is_kept(partner: Any) -> None:
    with Station() as station:
        partner(station)
        order = road.approved()
        drain()
    delivery = only(order)
    assert delivery.state == "delivered"
    kept, attempt = Receipt.objects.get(delivery=delivery), Attempt.objects.get(delivery=delivery)
    assert kept.kind == "delivered" and kept.blob is not None
    assert b"disposition-notification" in kept.blob.open_bytes() and attempt.sent_sha256
    assert station.files == [sent(delivery).files[0].content]


def test_a_receipt_with_another_mic_fails_the_delivery_and_nothing_is_sent_again(partner: Any) -> None:
    other = stations.heard(stations.built(stations.buyer(), stations.parcel(b"other")), stations.supplier())

    with Station() as station:

        def spoil(answer: Any) -> Any:
            about = next(iter(station.seen)) if station.seen else ""
            outcome = replace(other.data.outcome, about=about)
            return stations.answered(replace(other, data=replace(other.data, outcome=outcome)), station.config)

        station.spoil = spoil
        partner(station)
        order = road.approved()
        drain()
        due(order)
        drain()
        assert station.posts == 1
    delivery = only(order)
    assert delivery.state == "failed" and "the MIC differs" in delivery.reason


def test_a_certificate_that_ended_stops_the_order_before_a_byte_leaves(partner: Any) -> None:
    with Station() as station:
        partner(station, partner_certificates=stations.keypair("Ended", begins=-90, ends=-1)[1])
        order = road.approved()
        drain()
        assert station.posts == 0
    assert only(order).state == "failed" and "could not be encrypted" in only(order).reason


LATER = "https://orders.example/exchange/as2/"


def handed_over(partner: Any, station: Station, state: str = "accepted") -> tuple[Order, Parcel]:
    """An order that the partner took, and whose receipt is to follow."""
    partner(station, receipt_url=LATER, receipt_hosts=["orders.example"])
    station.config = stations.supplier(receipt_hosts=["orders.example"])
    order = road.approved()
    drain()
    assert only(order).state == state, only(order).reason
    (heard,) = station.later
    assert heard.later is not None
    return order, heard.later


def arrives(client: Client, parcel: Parcel) -> Any:
    made = mime.read(parcel.files[0].content)
    headers = {name: value for name, value in made.headers.items() if name != "content-type"}
    return client.post("/exchange/as2/", made.body, content_type=made.headers["content-type"], headers=headers)


def test_a_receipt_that_comes_later_proves_it_once_however_often_and_late_it_comes(
    partner: Any, client: Client
) -> None:
    with Station() as station:
        order, later = handed_over(partner, station)
    Delivery.objects.update(created_at=timezone.now() - timezone.timedelta(days=3))
    for _ in range(2):
        assert arrives(client, later).status_code == 200
    assert only(order).state == "delivered"
    assert Order.objects.get(pk=order.pk).delivery_state == "delivered"
    assert Receipt.objects.filter(delivery=only(order), kind="delivered").count() == 1


def test_a_receipt_may_come_before_the_result_of_the_send_is_written_down(partner: Any, client: Client) -> None:
    def hurry(answer: Any) -> Any:
        """The receipt is with us before the partner has said yes to our call."""
        later = station.later[-1].later
        assert later is not None
        assert arrives(client, later).status_code == 200
        connection.close()
        return answer

    with Station(hurry) as station:
        order, _ = handed_over(partner, station, "delivered")
    assert Receipt.objects.filter(delivery=only(order), kind="delivered").count() == 1


def test_a_later_receipt_for_other_bytes_fails_the_delivery(partner: Any, client: Client) -> None:
    with Station() as station:
        order, _ = handed_over(partner, station)
        (heard,) = [heard for heard, _ in station.seen.values()]
    outcome = replace(heard.data.outcome, mic=f"{messages.mic(b'other', 'sha256')}, sha-256")
    signing = (station.config.pairs[0], "sha256")
    names = {"us": stations.SUPPLIER, "them": stations.BUYER}
    headers, body = receipt.build(outcome, **names, signing=signing, now=stations.now())
    made = mime.write(headers.items(), body)
    forged = Parcel("", (replace(stations.parcel().files[0], content=made),))
    assert arrives(client, forged).status_code == 200
    assert only(order).state == "failed" and "the MIC differs" in only(order).reason


def test_a_later_receipt_that_anybody_could_have_written_changes_nothing(partner: Any, client: Client) -> None:
    with Station() as station:
        order, later = handed_over(partner, station)
    made = mime.read(later.files[0].content)
    unsigned = mime.read(mime.parts(made)[0])
    headers = {**made.headers, "content-type": unsigned.headers["content-type"]}
    bare = replace(later.files[0], content=mime.write(headers.items(), unsigned.body))
    for spoiled in (bare, replace(bare, content=bare.content.replace(b"; processed", b"; processed/error: x"))):
        assert arrives(client, Parcel("", (spoiled,))).status_code == 400
    assert only(order).state == "accepted"
    assert Message.objects.filter(state="refused").count() == 2
