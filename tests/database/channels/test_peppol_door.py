"""What an access point tells us: answers through the door, and what became of orders, asked for or told."""

import datetime
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orderwire import plugins
from orderwire.channels.peppol import sbdh
from orderwire.document.response import HeaderStatus, Response
from orderwire.document.states import DeliveryState
from orderwire.flow import collect
from orderwire.flow.distribute.numbers import Numbers, WriteContext
from orderwire.records import Delivery, Message, Order, Receipt
from tests.database import factories
from tests.servers.channels.access_point import TOKEN, AccessPoint
from tests.servers.channels.http_peer import Peer

pytestmark = pytest.mark.django_db

US, THEM = "0088:4012345000009", "0192:987654321"
CALLBACK = "what the access point must bring"


def agreed(order: Order, url: str = "https://ap.example/") -> Delivery:
    """The order was handed over to the access point for this supplier."""
    assert order.supplier is not None
    config = {"url": url, "allow_private": True, "token": TOKEN, "sender": US, "receiver": THEM, "country": "DE"}
    to = factories.endpoint(order.supplier, channel="peppol", format="ubl", **config, callback_token=CALLBACK)
    made = factories.delivery(order, to=to)
    Delivery.objects.filter(pk=made.pk).update(message_id="m-1", accepted_at=timezone.now())
    Receipt.objects.create(delivery=made, kind="handed_over", external_id="i-1", at=made.created_at)
    made.refresh_from_db()
    return made


def call(client: Client, body: bytes, path: str = "", token: str = CALLBACK) -> Any:
    return client.post(f"/exchange/peppol/{path}", body, content_type="application/xml", headers={"x-token": token})


def answer() -> bytes:
    """The supplier's yes, in the envelope in which his access point sent it."""
    said = Response(order_number="4500071791", number="R-1", status=HeaderStatus.ACCEPTED, answered=factories.NEED_BY)
    made = plugins.format("ubl").write(said, {"sbdh": True, "sender": THEM, "receiver": US}, WriteContext(Numbers("t")))
    return made.content


def test_an_answer_comes_in_once_and_is_the_orders(client: Client) -> None:
    order = factories.order()
    agreed(order)
    body = answer()
    first = call(client, body)
    assert first.status_code == 200 and json.loads(first.content)["countryCodeC4"] == "DE"
    order.refresh_from_db()
    assert order.answer_state == "accepted", list(Message.objects.values_list("findings", "documents"))
    assert call(client, body).content == first.content
    assert Message.objects.filter(state="duplicate").count() == 1 and order.responses.count() == 1


def test_a_stranger_changes_nothing(client: Client) -> None:
    order = factories.order()
    agreed(order)
    assert call(client, answer(), token="x" * 32).status_code == 401
    assert call(client, answer().replace(THEM.encode(), b"0192:1")).status_code == 422
    order.refresh_from_db()
    assert order.answer_state != "accepted" and Message.objects.count() == 1


def status(word: str, instance: str = "i-1") -> bytes:
    sides = {"senderID": f"iso6523-actorid-upis::{US}", "receiverID": f"iso6523-actorid-upis::{THEM}"}
    return json.dumps({**sides, "sbdhInstanceID": instance, "status": word, "errorDetails": "gone away"}).encode()


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("sent", DeliveryState.DELIVERED),
        ("permanently_failed", DeliveryState.FAILED),
        ("failed", DeliveryState.ACCEPTED),
    ],
)
def test_a_status_that_is_told_moves_the_delivery(client: Client, word: str, state: DeliveryState) -> None:
    delivery = agreed(factories.order())
    assert call(client, status(word), "status").status_code == 200
    delivery.refresh_from_db()
    assert delivery.state == state


def test_a_status_of_something_else_moves_nothing(client: Client) -> None:
    delivery = agreed(factories.order())
    call(client, status("permanently_failed", "i-2"), "status")
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.ACCEPTED


@pytest.mark.parametrize(("word", "state"), [("sent", "delivered"), ("permanently_failed", "failed")])
def test_a_status_is_asked_for_and_the_last_word_kept_once(word: str, state: str) -> None:
    point = AccessPoint()
    with Peer(point) as peer:
        delivery = agreed(factories.order(), peer.url)
        instance = sbdh.instance_id(US, "m-1")
        point.transactions[instance] = {"sbdhInstanceID": instance, "status": "pending"}
        for expected in ("accepted", state, state):
            collect._asked.clear()
            collect.collect()
            delivery.refresh_from_db()
            assert delivery.state == expected
            point.transactions[instance]["status"] = word
        assert len(peer.asked) == 2, "nobody asks about what is proven"
        assert Message.objects.count() == 1


def test_nobody_is_asked_for_ever() -> None:
    with Peer(AccessPoint()) as peer:
        agreed(factories.order(), peer.url)
        Delivery.objects.update(accepted_at=timezone.now() - datetime.timedelta(days=8))
        collect._asked.clear()
        collect.collect()
        assert not peer.asked
