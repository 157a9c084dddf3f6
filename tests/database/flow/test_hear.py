"""What a transport brought is kept first; then its files are read, its reports proven or not, its letters shown."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client
from pydantic import BaseModel, ConfigDict

from orderwire import plugins
from orderwire.channels import Answer, File, Heard, Inbound, Note, Proof, Refused, Report, Request, Session, Taken
from orderwire.flow import collect, exchange, hear
from orderwire.flow.token import delivery_of, token
from orderwire.records import (
    Delivery,
    DeliveryRecipient,
    Endpoint,
    Event,
    Letter,
    Message,
    Order,
    Receipt,
    Suppression,
)
from tests.database import factories

pytestmark = pytest.mark.django_db


class Agreement(BaseModel):
    """Settings of the pigeon."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    loft: str = ""


class Pigeon:
    """A channel that brings whatever a test puts under its wing."""

    kind = "pigeon"
    label = "Pigeon"
    version = "1"
    config_model = Agreement
    resendable = True
    for_people = False
    receives = True
    batch = 1
    retry = (1,)

    def __init__(self) -> None:
        self.brings: list[Inbound] = []
        self.says: Callable[[bytes], Heard] = lambda content: Heard(files=(File("a.csv", "text/csv", content),))
        self.cursors: list[str] = []

    def timeout(self, config: BaseModel) -> float:
        return 1

    @contextmanager
    def open(self, config: BaseModel) -> Iterator[Session]:
        raise Refused("pigeons are not sent here")
        yield

    def probe(self, config: BaseModel) -> str:
        return "there"

    def poll(self, config: BaseModel, cursor: str = "") -> Iterator[Inbound]:
        self.cursors.append(cursor)
        return iter(self.brings)

    def hear(self, content: bytes, config: BaseModel) -> Heard:
        return self.says(content)

    def addressed(self, request: Request) -> Mapping[str, Any]:
        return {"loft": request.headers.get("loft", "")}

    def kept(self, request: Request) -> bytes:
        return request.body

    def answer(self, heard: Heard, taken: Taken, config: BaseModel) -> Answer:
        return Answer(200 if taken.good else 422, f"{taken.message} {'; '.join(taken.findings)}".encode(), {"Coo": "1"})

    def turned_away(self, request: Request, reason: str) -> Answer:
        return Answer(403, reason.encode())


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> Pigeon:
    bird = Pigeon()
    installed = plugins.channel
    monkeypatch.setattr(plugins, "channel", lambda kind: bird if kind == "pigeon" else installed(kind))
    everything = plugins.channels()
    monkeypatch.setattr(plugins, "channels", lambda: (*everything, bird))
    return bird


@pytest.fixture
def sent(pigeon: Pigeon) -> Delivery:
    """An order that was handed over to the supplier by pigeon."""
    order = factories.order()
    assert order.supplier is not None
    to = factories.endpoint(order.supplier, channel="pigeon", format="csv", loft="7")
    made = factories.delivery(order, to=to)
    made.message_id = "m-1"
    made.save()
    return made


def bring(endpoint: Endpoint, content: bytes = b"coo", *, name: str = "leg ring") -> Message:
    message = hear.receive.store(
        content, name=name, source="pigeon:S", actor="supplier:S", endpoint=endpoint, transport="pigeon"
    )
    return hear.process(message)


def now(delivery: Delivery) -> tuple[str, str | None]:
    delivery.refresh_from_db()
    return delivery.state, Order.objects.get(pk=delivery.order_id).delivery_state


def test_a_token_names_its_delivery_whatever_its_case_and_no_other_text_does() -> None:
    made = token(4711)
    assert delivery_of(made) == delivery_of(made.upper()) == 4711
    for wrong in ("", "4711", made.replace("4711", "4712"), made[:-1], made + "a", f"{made}\n", "９-" + made[5:]):
        assert delivery_of(wrong) is None


def test_a_report_about_what_was_sent_to_this_partner_proves_it(pigeon: Pigeon, sent: Delivery) -> None:
    pigeon.says = lambda content: Heard(
        reports=(Report("It sits in their loft", Proof.DELIVERED, message_id="m-1", external_id="r1"),)
    )
    message = bring(sent.endpoint)
    assert (message.state, now(sent)) == ("processed", ("delivered", "delivered"))
    receipt = Receipt.objects.get(delivery=sent)
    assert (receipt.kind, receipt.external_id, receipt.blob_id) == ("delivered", "r1", message.blob_id)
    bring(sent.endpoint)
    assert Receipt.objects.filter(delivery=sent).count() == 1
    assert Event.objects.filter(kind="receipt.delivered").count() == 1


def test_a_report_about_what_another_partner_got_changes_nothing(pigeon: Pigeon, sent: Delivery) -> None:
    other = factories.endpoint(factories.supplier("Malory"), channel="pigeon", format="csv", loft="8")
    pigeon.says = lambda content: Heard(reports=(Report("Gone", None, message_id="m-1"),))
    message = bring(other)
    assert message.state == "refused"
    assert message.documents[0]["findings"][0]["code"] == "unproven"
    assert now(sent)[0] == "accepted"


def test_a_report_with_our_token_is_about_its_delivery_wherever_it_comes_in(pigeon: Pigeon, sent: Delivery) -> None:
    bring_taken(sent, "sales@example.com")
    mailbox = factories.endpoint(factories.supplier("Our mailbox"), channel="pigeon", format="csv", loft="9")
    said = Report("User unknown", None, token=token(sent.pk).upper(), address="Sales@Example.com", code="5.1.1")
    pigeon.says = lambda content: Heard(reports=(said,))
    bring(mailbox)
    assert now(sent)[0] == "failed" and sent.reason == "User unknown"
    assert Suppression.objects.get().address == "sales@example.com"
    gone = DeliveryRecipient.objects.get(delivery=sent)
    assert (gone.address, gone.state, gone.code) == ("sales@example.com", "bounced", "5.1.1")


def test_a_forged_token_changes_nothing(pigeon: Pigeon, sent: Delivery) -> None:
    forged = token(sent.pk)[:-2] + ("aa" if not token(sent.pk).endswith("aa") else "bb")
    pigeon.says = lambda content: Heard(reports=(Report("User unknown", None, token=forged, message_id="m-1"),))
    bring(sent.endpoint)
    assert now(sent)[0] == "accepted"
    assert not Suppression.objects.exists()


def test_one_address_of_several_that_comes_back_leaves_the_delivery_as_it_was(pigeon: Pigeon, sent: Delivery) -> None:
    bring_taken(sent, "a@example.com", "b@example.com")
    said = Report("Mailbox gone", None, token=token(sent.pk), address="a@example.com")
    pigeon.says = lambda content: Heard(reports=(said,))
    bring(sent.endpoint)
    assert now(sent)[0] == "accepted"
    pigeon.says = lambda content: Heard(reports=(said, Report("Gone", None, token=said.token, address="b@example.com")))
    bring(sent.endpoint)
    assert now(sent)[0] == "failed"


def bring_taken(sent: Delivery, *addresses: str) -> None:
    for address in addresses:
        DeliveryRecipient.objects.create(delivery=sent, address=address, state="taken", at=sent.created_at)


def test_what_is_only_late_is_told_and_fails_nothing(pigeon: Pigeon, sent: Delivery) -> None:
    bring_taken(sent, "a@example.com")
    said = Report("Still trying", None, token=token(sent.pk), address="a@example.com", final=False)
    pigeon.says = lambda content: Heard(reports=(said,))
    bring(sent.endpoint)
    assert now(sent)[0] == "accepted"
    assert not Suppression.objects.exists()
    assert DeliveryRecipient.objects.get(delivery=sent).state == "later"


def test_what_a_person_wrote_is_shown_with_the_order_and_answers_nothing(pigeon: Pigeon, sent: Delivery) -> None:
    words = Note("sales@example.com", "Re: your order", "We accept everything!", message_id="m-1")
    pigeon.says = lambda content: Heard(note=words)
    message = bring(sent.endpoint)
    letter = Letter.objects.get(order=sent.order)
    assert (letter.text, letter.proven, letter.message_id) == ("We accept everything!", False, message.pk)
    assert now(sent) == ("accepted", "accepted")
    assert Order.objects.get().answer_state == "waiting"
    hear.hear(message)
    assert Letter.objects.count() == 1


def test_each_file_inside_is_a_message_of_its_own(pigeon: Pigeon, sent: Delivery) -> None:
    pigeon.says = lambda content: Heard(files=(File("one", "x/y", b"garbage 1"), File("", "x/y", b"")))
    message = bring(sent.endpoint)
    part = Message.objects.get(parent=message)
    assert (part.name, part.state, part.transport) == ("one", "refused", "")
    assert message.state == "refused"
    assert [d["outcome"] for d in message.documents] == ["refused", "refused"]
    assert "empty" in json.dumps(message.documents[1])


def test_a_repeated_identity_is_a_duplicate_and_other_content_under_it_is_refused(
    pigeon: Pigeon, sent: Delivery
) -> None:
    said = Report("Taken", Proof.DELIVERED, message_id="m-1")
    pigeon.says = lambda content: Heard(reports=(said,), files=(File("f", "x/y", content),), identity="id-1")
    first, again, other = (bring(sent.endpoint, content) for content in (b"same", b"same", b"other"))
    assert [m.state for m in (first, again, other)] == ["partly", "duplicate", "refused"]
    assert Message.objects.filter(parent__isnull=False).count() == 1
    assert "id-1" in other.findings[0]["text"]


def test_a_refusal_of_the_transport_keeps_the_bytes_and_says_why(pigeon: Pigeon, sent: Delivery) -> None:
    pigeon.says = lambda content: Heard(refused="is not signed; sign it")
    message = bring(sent.endpoint)
    assert (message.state, message.blob.open_bytes()) == ("refused", b"coo")
    assert message.findings[0]["text"] == "is not signed; sign it"


def test_a_channel_that_fails_refuses_only_what_it_failed_on(
    pigeon: Pigeon, sent: Delivery, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(content: bytes) -> Heard:
        raise ZeroDivisionError

    pigeon.says = fails
    message = bring(sent.endpoint)
    assert message.state == "refused"
    assert "Traceback" not in json.dumps(message.findings)
    assert "could not be processed" in caplog.text


def test_a_file_is_known_again_after_a_crash_also_behind_one_that_could_not_be_kept(
    pigeon: Pigeon, sent: Delivery
) -> None:
    pigeon.says = lambda content: Heard(files=(File("a.csv", "text/csv", b""), File("b.csv", "text/csv", content)))
    message = bring(sent.endpoint)
    Message.objects.filter(pk=message.pk).update(state=Message.State.STORED)
    message.refresh_from_db()
    hear.process(message)
    assert message.parts.count() == 1


def test_a_poll_stores_first_and_remembers_how_far_it_read(pigeon: Pigeon, sent: Delivery) -> None:
    stored: list[int] = []
    pigeon.brings = [Inbound("x", b"coo", "loft", lambda: stored.append(Message.objects.count()), cursor="17")]
    collect.collect()
    assert stored == [1]
    sent.endpoint.refresh_from_db()
    assert sent.endpoint.cursor == "17"
    assert Message.objects.get(parent=None).transport == "pigeon"
    pigeon.brings = []
    collect.collect()
    assert pigeon.cursors[-1] == "17"


def call(client: Client, loft: str = "7", body: bytes = b"coo") -> Any:
    return client.post("/exchange/pigeon/", body, content_type="application/octet-stream", headers={"loft": loft})


def test_a_partners_machine_is_answered_after_its_bytes_are_kept(
    pigeon: Pigeon, sent: Delivery, client: Client
) -> None:
    pigeon.says = lambda content: Heard(identity="id-9", reports=(Report("Taken", Proof.DELIVERED, message_id="m-1"),))
    first = call(client)
    message = Message.objects.get()
    assert (first.status_code, first.content, first.headers["Coo"]) == (200, f"{message.pk} ".encode(), "1")
    again = call(client)
    assert (again.status_code, again.content, again.headers["Coo"]) == (200, first.content, "1")
    assert Message.objects.filter(state="duplicate").count() == 1


def test_a_stranger_is_turned_away_and_nothing_is_kept(pigeon: Pigeon, sent: Delivery, client: Client) -> None:
    stranger = call(client, loft="8")
    assert stranger.status_code == 403
    assert stranger.content.startswith(b"nobody here has an agreement for loft 8; ask the buyer")
    assert call(client, body=b"").status_code == 403
    assert not Message.objects.exists()
    assert client.post("/exchange/folder/").status_code == 404
    assert client.post("/exchange/unheard_of/").status_code == 404


def test_a_database_that_is_away_keeps_nothing_and_asks_for_the_same_again(
    pigeon: Pigeon, sent: Delivery, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def away(*args: object, **kwargs: object) -> Message:
        raise OperationalError("gone")

    monkeypatch.setattr(exchange.receive, "store", away)
    answer = call(client)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


def test_a_call_whose_answer_was_lost_before_it_was_kept_is_answered_anew(
    pigeon: Pigeon, sent: Delivery, client: Client
) -> None:
    pigeon.says = lambda content: Heard(identity="id-9")
    call(client)
    Message.objects.update(reply=None)
    assert call(client).status_code == 200
