"""What comes back to a real mailbox (Postfix, Dovecot): bounces turn orders red, replies are shown, nothing is lost,
doubled or believed without our mark."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import psycopg
import pytest
from django.db import connection

from orderwire.channels import Refused
from orderwire.channels.email import Email, EmailConfig
from orderwire.document.response import HeaderStatus, Response
from orderwire.flow import collect, distribute, suppress
from orderwire.flow.token import token
from orderwire.formats.order_json import OrderJson
from orderwire.ledger.append import CHANNEL
from orderwire.records import (
    Delivery,
    DeliveryRecipient,
    Endpoint,
    Event,
    Letter,
    Message,
    Order,
    Partner,
    Receipt,
    Suppression,
)
from orderwire.testing.smtp import MailServer, Rule
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, mailbox
from tests.servers.channels.conftest import make_authority
from tests.servers.house import wait_for
from tests.servers.post_office import PASSWORD, USER, PostOffice, post_office

pytestmark = pytest.mark.django_db(transaction=True)

SALES = "sales@supplier.example"


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    """The supplier's mail server."""
    with MailServer(tmp_path_factory.mktemp("sink") / "mails.jsonl") as server:
        yield server


@pytest.fixture(scope="module")
def office(sink: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostOffice]:
    authority = make_authority(tmp_path_factory.mktemp("authority"))
    with post_office(sink.port, authority.server(), authority.file) as opened:
        yield opened


@pytest.fixture
def post(office: PostOffice, sink: MailServer, config: Any) -> PostOffice:
    """The post office, its mailbox empty, the supplier's server friendly, a policy that trusts the source."""
    for folder in ("new", "cur"):
        for mail in (office.home / "mail/Maildir" / folder).iterdir():
            mail.unlink()
    sink.script.clear()
    return office


@pytest.fixture
def config(settings: Any, tmp_path: Any) -> None:
    settings.ORDERWIRE_CONFIG = tmp_path
    road.trusting(tmp_path)


def by_post(post: PostOffice, partner: Partner | None = None, **mail: Any) -> Endpoint:
    given = {"return_path": USER, "reply_to": USER, "inbox": post.inbox}
    return mailbox(post.smtp, partner, **(given | mail))


def sent(**fields: Any) -> tuple[Order, Delivery]:
    order = road.approved(**fields)
    drain()
    return order, Delivery.objects.get(order=order)


def state(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    return delivery.state


def heard(post: PostOffice, count: int) -> None:
    """Waits for so many mails in the box, then reads it."""
    wait_for(lambda: len(post.maildir()) >= count, f"{count} mails in the box")
    collect.collect()


def reply(delivery: Delivery, text: str, *, to: str | None = None, file: tuple[str, bytes] | None = None) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = "Eva <eva@supplier.example>", "Re: your order"
    made["To"] = to or f"po+{token(delivery.pk)}@buyer.example"
    made["In-Reply-To"] = f"<{delivery.message_id}@buyer.example>"
    made.set_content(text)
    if file:
        made.add_attachment(file[1], "application", "octet-stream", filename=file[0])
    return made.as_bytes()


def acceptance(order: Order) -> bytes:
    return OrderJson().write(Response(order_number=order.number, status=HeaderStatus.ACCEPTED), {}, None).content  # type: ignore[arg-type]


class Listening:
    """What open pages hear, and when."""

    def __enter__(self) -> "Listening":
        settings = connection.get_connection_params()
        wanted = {name: settings[name] for name in ("host", "port", "user", "password", "dbname") if settings.get(name)}
        self._connection = psycopg.connect(**wanted, autocommit=True)
        self._connection.execute(f"listen {CHANNEL}")
        self.heard: list[tuple[str, float]] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._thread.join(30)
        self._connection.close()

    def _listen(self) -> None:
        for said in self._connection.notifies(timeout=3):
            self.heard.append((said.payload, time.monotonic()))


def test_a_mail_that_bounces_turns_its_order_red_at_once(
    post: PostOffice, sink: MailServer, tell: Callable[[str], None]
) -> None:
    sink.script.append(Rule("rcpt", "550 5.1.1 no such user here"))
    by_post(post)
    order, delivery = sent()
    assert state(delivery) == "accepted"
    wait_for(lambda: post.maildir(), "the bounce to come in")
    with Listening() as pages:
        began = time.monotonic()
        collect.collect()
        ended = time.monotonic()
    order.refresh_from_db()
    assert (state(delivery), order.delivery_state) == ("failed", "failed")
    assert "there is no such address (5.1.1). Their words: 550 5.1.1 no such user here" in delivery.reason
    assert order.last_event.startswith("Came back: ")
    assert DeliveryRecipient.objects.get(delivery=delivery).state == "bounced"
    assert Suppression.objects.get().address == SALES
    assert {"delivery.failed"} <= set(road.kinds(order))
    assert Event.objects.filter(kind="address.suppressed").count() == 1
    (at,) = [at for payload, at in pages.heard if payload == str(order.pk)][-1:]
    tell(f"a bounce: {(at - began) * 1000:.0f} ms from looking into the mailbox to the page's event, of which the look "
         f"and everything else {(ended - began) * 1000:.0f} ms")  # fmt: skip
    assert post.maildir() == [], "it was moved to the folder of what is done"
    _, failed = sent(number="2")
    assert state(failed) == "failed" and "came back for good" in failed.reason


def test_greylisting_is_the_relays_business_its_delay_is_told_and_one_copy_arrives(
    post: PostOffice, sink: MailServer
) -> None:
    sink.script.append(Rule("rcpt", "greylist 3"))
    before = len(sink.messages())
    by_post(post)
    order, delivery = sent()
    heard(post, 1)
    assert state(delivery) == "accepted" and DeliveryRecipient.objects.get().state == "later"
    order.refresh_from_db()
    assert "has not reached" in order.last_event
    heard(post, 1)
    assert state(delivery) == "accepted", "handed on to a server that reports no more proves no delivery"
    assert [r.kind for r in Receipt.objects.filter(delivery=delivery).order_by("pk")] == [
        "handed_over",
        "delayed",
        "handed_over",
    ]
    assert DeliveryRecipient.objects.get().state == "taken"
    assert len(sink.messages()) == before + 1
    assert not Suppression.objects.exists()


def test_a_report_of_delivery_proves_it_and_our_own_mail_in_the_box_proves_nothing(post: PostOffice) -> None:
    by_post(post, recipients=[USER])
    order, delivery = sent()
    heard(post, 2)
    assert state(delivery) == "delivered"
    order.refresh_from_db()
    assert order.delivery_state == "delivered" and order.answer_state == "waiting"
    assert "receipt.delivered" in road.kinds(order)
    ours = Message.objects.get(documents__1__outcome="unproven")
    assert "does not show who sent it" in str(ours.documents) and not ours.parts.exists()


def test_an_answer_of_a_machine_counts_under_our_mark_and_words_of_a_person_never_do(post: PostOffice) -> None:
    by_post(post, return_path=None)
    order, delivery = sent()
    file = ("answer.json", acceptance(order))
    post.put(reply(delivery, "We accept everything. Send all mail to eva@evil.example from now on."))
    post.put(reply(delivery, "Attached", to=USER, file=file))
    heard(post, 2)
    order.refresh_from_db()
    assert order.answer_state == "waiting"
    assert Message.objects.filter(parent__isnull=False).count() == 0
    assert [(letter.order_id, letter.proven, letter.sender) for letter in Letter.objects.order_by("pk")] == [
        (order.pk, True, "eva@supplier.example"),
        (order.pk, False, "eva@supplier.example"),
    ]
    assert delivery.endpoint.current.config["recipients"] == [SALES] and delivery.endpoint.version == 1
    post.put(reply(delivery, "Attached", file=file))
    heard(post, 1)
    order.refresh_from_db()
    assert order.answer_state == "accepted"
    part = Message.objects.get(parent__isnull=False)
    assert order.supplier is not None
    assert (part.actor, part.source) == (f"supplier:{order.supplier.number}", f"email:{order.supplier.number}")
    assert part.endpoint == delivery.endpoint


def test_a_mark_given_to_one_supplier_answers_no_order_of_another(post: PostOffice) -> None:
    by_post(post, return_path=None)
    order, _ = sent()
    other = factories.supplier("Malory")
    by_post(post, other, return_path=None, recipients=["malory@supplier.example"])
    _, delivery = sent(number="77", supplier=factories.Party(name="Malory"))
    post.put(reply(delivery, "Attached", file=("answer.json", acceptance(order))))
    heard(post, 1)
    order.refresh_from_db()
    assert order.answer_state == "waiting"
    part = Message.objects.get(parent__isnull=False)
    assert [document["outcome"] for document in part.documents] == ["unmatched"]


def test_many_endpoints_share_one_mailbox_and_each_mail_is_read_once(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_post(post, return_path=None)
    _, delivery = sent()
    for name in ("B", "C"):
        by_post(post, factories.supplier(name))
    by_post(post, factories.supplier("D"), inbox=None)
    mailbox(post.smtp, factories.supplier("E"))
    looks: list[str] = []
    poll = Email.poll
    monkeypatch.setattr(Email, "poll", lambda self, c, cursor="": (looks.append(c.inbox), poll(self, c, cursor))[1])
    for number in range(3):
        post.put(reply(delivery, f"letter {number}"))
    heard(post, 3)
    assert len(looks) == 1 and None not in looks, "each mailbox is asked once a round"
    assert sorted(Letter.objects.values_list("text", flat=True)) == ["letter 0", "letter 1", "letter 2"]
    assert Message.objects.filter(transport="email").count() == 3
    assert set(Message.objects.values_list("actor", "source")) == {("system:email", "email:inbox")}


def test_a_mailbox_that_is_numbered_anew_or_read_through_another_endpoint_doubles_nothing(post: PostOffice) -> None:
    inbox = post.inbox | {"done_folder": ""}
    first = by_post(post, inbox=inbox, return_path=None)
    _, delivery = sent()
    post.put(reply(delivery, "once"))
    bounce = _bounce(delivery)
    post.put(bounce)
    heard(post, 2)
    first.refresh_from_db()
    cursor = first.cursor
    assert cursor.endswith(":2") or int(cursor.rpartition(":")[2]) >= 2
    collect.collect()
    assert Message.objects.count() == 2, "read once, and still there"
    assert len(post.maildir()) == 2
    suppress.lift(SALES, actor="user:ines", reason="They made the mailbox anew")
    distribute.resend(delivery.pk, actor="user:ines", reason="The mailbox is there again")
    drain()
    Endpoint.objects.filter(pk=first.pk).update(cursor="1:1")
    collect.collect()
    by_post(post, factories.supplier("B"), inbox=inbox, return_path=None)
    Endpoint.objects.filter(pk=first.pk).update(active=False)
    collect.collect()
    assert Message.objects.count() == 6
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)[2:]) == ["duplicate"] * 4
    assert Letter.objects.count() == 1 and state(delivery) == "accepted"
    assert Receipt.objects.filter(delivery=delivery).filter(kind="bounced").count() == 1


def _bounce(delivery: Delivery) -> bytes:
    from tests.pure.channels import mails

    return mails.SHAPES["postfix"](mails.CASES[0]).replace(mails.TOKEN.encode(), token(delivery.pk).encode())


def test_a_mailbox_that_cannot_be_read_is_told_without_its_password(
    post: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = post.inbox | {"password": "another secret"}
    by_post(post, inbox=wrong)
    with caplog.at_level(logging.DEBUG):
        collect.collect()
    assert "did not accept the user name and the password" in caplog.text
    assert "another secret" not in caplog.text
    channel, mail = Email(), {"host": "127.0.0.1", "port": post.smtp, "security": "none", "from_address": USER}
    for inbox, words in (
        (post.inbox | {"folder": "Nowhere"}, "could not be read"),
        (post.inbox | {"ca_file": None}, "not trusted"),
    ):
        settings = EmailConfig.model_validate(mail | {"recipients": [SALES], "inbox": inbox})
        with pytest.raises(Exception, match=words) as caught:
            channel.probe(settings)
        assert "another secret" not in repr(caught.value) and PASSWORD not in repr(caught.value)
    assert isinstance(caught.value, Refused)
