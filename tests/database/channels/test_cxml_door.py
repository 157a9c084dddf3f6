"""A supplier's cXML call through the door: kept, read, answered by a Response; again, the same Response."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orderwire import plugins
from orderwire.channels.cxml_http import envelope
from orderwire.channels.seal import seal
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.flow.distribute.numbers import Numbers, WriteContext
from orderwire.records import Blob, Delivery, Endpoint, Message, Order
from tests.database import factories

pytestmark = pytest.mark.django_db

SECRET = "a long secret of theirs"
PROFILE = {"from_identity": "TECNO", "to_identity": "NORDHAVEN"}


@pytest.fixture
def sent() -> Order:
    """An order that the supplier has by cXML."""
    order = factories.order()
    assert order.supplier is not None
    config = {
        "url": "https://tecno.example/cxml",
        "partner_domain": "NetworkID",
        "partner_identity": "TECNO",
        "our_identity": "NORDHAVEN",
        "their_secret": SECRET,
    }
    endpoint = factories.endpoint(order.supplier, channel="cxml_http", format="cxml", **config)
    factories.delivery(order, to=endpoint)
    return order


def confirmation(*, secret: str = SECRET, **profile: Any) -> bytes:
    line = LineAnswer(
        number="10", status=LineStatus.CHANGED, quantity=Decimal(90), unit="H87", promised=factories.NEED_BY
    )
    answer = Response(
        order_number="4500071791",
        status=HeaderStatus.ACCEPTED_WITH_CHANGES,
        lines=(line,),
        number="C-1",
        answered=factories.NEED_BY,
    )
    context = WriteContext(Numbers("test"))
    return envelope.with_secret(plugins.format("cxml").write(answer, PROFILE | profile, context).content, secret)


def call(client: Client, body: bytes) -> Any:
    return client.post("/exchange/cxml_http/", body, content_type="text/xml")


def test_a_confirmation_is_taken_once_and_answered_alike_however_often_it_comes(sent: Order, client: Client) -> None:
    body = confirmation()
    assert SECRET.encode() in body
    first = call(client, body)
    assert (first.status_code, first.headers["Content-Type"]) == (200, "text/xml; charset=UTF-8")
    message = Message.objects.get(parent=None)
    assert envelope.status(first.content) == ("200", f"OK: Message {message.pk}")
    sent.refresh_from_db()
    assert sent.answer_state == "different" and sent.responses.count() == 1
    again = call(client, body)
    assert again.content == first.content
    assert sent.responses.count() == 1 and Message.objects.filter(state="duplicate").count() == 1


def test_no_secret_of_a_call_is_kept_anywhere(sent: Order, client: Client) -> None:
    call(client, confirmation())
    call(client, confirmation(secret="another secret of theirs"))
    kept = b"".join(blob.open_bytes() for blob in Blob.objects.all())
    assert SECRET.encode() not in kept and b"another secret" not in kept
    assert SECRET not in str(list(Message.objects.values_list("findings", "documents")))
    assert SECRET not in str(Endpoint.objects.get().current.config)


def test_a_wrong_secret_changes_nothing_and_the_right_one_afterwards_does(sent: Order, client: Client) -> None:
    body = confirmation()
    wrong = call(client, body.replace(SECRET.encode(), b"some other secret"))
    assert (envelope.status(wrong.content) or ("",))[0] == "401"
    sent.refresh_from_db()
    assert sent.answer_state != "different" and Message.objects.get().state == "refused"
    assert (envelope.status(call(client, body).content) or ("",))[0] == "200"
    sent.refresh_from_db()
    assert sent.answer_state == "different"


def test_the_same_id_with_other_content_is_refused(sent: Order, client: Client) -> None:
    body = confirmation()
    call(client, body)
    other = call(client, re.sub(rb'quantity="90"', b'quantity="80"', body))
    code, words = envelope.status(other.content) or ("", "")
    assert code == "400" and "other content" in words


def test_a_document_that_cannot_be_used_is_answered_with_why(sent: Order, client: Client) -> None:
    broken = re.sub(rb"<OrderReference.*?</OrderReference>", b"", confirmation(), flags=re.S)
    code, words = envelope.status(call(client, broken).content) or ("", "")
    assert code == "400" and "Message" in words


@pytest.mark.parametrize("body", [b"", b"hello", b"<cXML/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><cXML>&b;</cXML>"])
def test_what_is_no_cxml_is_turned_away_and_not_kept(sent: Order, client: Client, body: bytes) -> None:
    assert (envelope.status(call(client, body).content) or ("",))[0] == "406"
    assert not Message.objects.exists()


def test_a_stranger_is_turned_away_and_not_kept(sent: Order, client: Client) -> None:
    assert (envelope.status(call(client, confirmation(from_identity="MALLORY")).content) or ("",))[0] == "401"
    assert not Message.objects.exists()


@pytest.mark.parametrize("hidden", ["<![CDATA[{}]]>", "<!-- <SharedSecret>a</SharedSecret> -->{}<!-- -->"])
def test_a_seal_that_somebody_saw_is_no_secret(sent: Order, client: Client, hidden: str) -> None:
    """Who may read kept messages sees seals, and a secret that is not sealed would be kept."""
    for text in (SECRET, seal(SECRET)):
        body = confirmation().replace(SECRET.encode(), hidden.format(text).encode())
        assert b"plain text" in call(client, body).content
    assert not Message.objects.exists()


def test_nobody_takes_the_calls_of_another_by_an_endpoint_of_the_same_name(sent: Order, client: Client) -> None:
    real = Endpoint.objects.get()
    for config in ({"their_secret": "another secret"}, {"their_secret": "another secret", "timeout": "broken"}):
        twin = factories.endpoint(
            factories.supplier("Twin"), channel="cxml_http", format="cxml", **(real.current.opened() | config)
        )
        Endpoint.objects.filter(pk=twin.pk).update(rank=0)
    Endpoint.objects.filter(pk=real.pk).update(rank=1)
    assert (envelope.status(call(client, confirmation()).content) or ("",))[0] == "200"
    sent.refresh_from_db()
    assert sent.answer_state == "different" and set(Message.objects.values_list("endpoint", flat=True)) == {real.pk}


def test_the_response_of_a_call_is_not_sent_once_more(sent: Order, client: Client) -> None:
    call(client, confirmation())
    queued = Delivery.objects.filter(kind=Delivery.Kind.FUNCTIONAL_ACK)
    for delivery in queued:
        assert delivery.parcel is not None
        body = Blob.objects.get(pk=delivery.parcel["files"][0]["sha256"]).open_bytes()
        assert envelope.payload_of(body)[1], "the channel knows that it went back already"


def test_a_question_for_our_profile_is_answered(sent: Order, client: Client) -> None:
    asked = envelope.profile_request(
        envelope.Credential("NetworkID", "TECNO"), envelope.Credential("NetworkID", "NORDHAVEN"), SECRET
    )
    assert b"ConfirmationRequest" in call(client, asked).content
