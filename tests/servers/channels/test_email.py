"""The e-mail channel against a real, scripted mail server: every way to fail has its exact word."""

import datetime
import email
import email.policy
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from orderwire.channels import File, Parcel, Proof, Refused, Unavailable, Unknown
from orderwire.channels.email import Email, EmailConfig
from orderwire.testing.channels import ChannelConformance, parcel
from orderwire.testing.smtp import MailServer, Rule

CHANNEL = Email()
Serve = Callable[..., MailServer]
BIG = File("big.bin", "application/octet-stream", bytes(12_000_000))
"""Larger than what the sockets of both sides hold, so that the client is still writing when the server hangs up."""


def config(server: MailServer | int, **changes: Any) -> EmailConfig:
    given = {
        "host": "127.0.0.1",
        "port": server if isinstance(server, int) else server.port,
        "security": "none",
        "from_address": "orders@buyer.example",
        "recipients": ["sales@supplier.example"],
        "timeout": 5,
        "final_timeout": 5,
    }
    return EmailConfig.model_validate({**given, **changes})


def send(settings: EmailConfig, *parcels: Parcel) -> list[Any]:
    with CHANNEL.open(settings) as session:
        return [session.send(p) for p in parcels]


class TestConformance(ChannelConformance):
    channel = CHANNEL

    @pytest.fixture(autouse=True)
    def sink(self, serve: Serve) -> None:
        self.server = serve()

    def config(self) -> EmailConfig:
        return config(self.server)

    def unreachable(self) -> EmailConfig:
        return config(_closed_port())

    def arrived(self) -> list[str]:
        return [m.message_id for m in self.server.messages()]

    def reached(self) -> list[str]:
        return [who for m in self.server.messages() for who in m.rcpt_to]


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_message_arrives_with_every_part_and_its_receipt_has_the_queue_id_and_the_exact_bytes(serve: Serve) -> None:
    server = serve()
    files = (
        File("4500071791-v1.pdf", "application/pdf", bytes(range(256)) * 99),
        File("order.edi", "application/EDI-X12", b"ISA*"),
    )
    order = Parcel("<a@b.example>", files, "Order 1", "Dear all,\n.\n..\n.x\nbye", "<p>Dear all</p>", "de", "1")
    settings = config(
        server, from_name="Nordhaven, Pumpen", reply_to="ines@buyer.example", cc=["copy@supplier.example"]
    )
    (receipt,) = send(settings, order)
    (caught,) = server.messages()
    assert receipt.proof is Proof.HANDED_OVER
    assert receipt.text == f"250 2.0.0 Ok: queued as {caught.sha256[:12]}"
    assert receipt.external_id == caught.sha256[:12]
    assert receipt.sent == caught.raw
    assert caught.mail_from == "orders@buyer.example"
    assert caught.rcpt_to == ("sales@supplier.example", "copy@supplier.example")
    message = email.message_from_bytes(caught.raw, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    assert message["From"] == '"Nordhaven, Pumpen" <orders@buyer.example>'
    assert (message["To"], message["Cc"]) == ("sales@supplier.example", "copy@supplier.example")
    assert message["Reply-To"] == "ines@buyer.example"
    assert message["Message-ID"] == "<a@b.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Orderwire-Possible-Duplicate"] is None
    assert abs(message["Date"].datetime - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(hours=1)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None and plain.get_content() == "Dear all,\r\n.\r\n..\r\n.x\r\nbye"
    assert html is not None and html.get_content() == "<p>Dear all</p>"
    got = [(a.get_filename(), a.get_content_type(), a.get_payload(decode=True)) for a in message.iter_attachments()]
    assert got == [(f.filename, f.media_type.lower(), f.content) for f in files]


def test_a_possible_duplicate_is_marked_and_keeps_its_message_id(serve: Serve) -> None:
    server = serve()
    send(config(server), parcel(), parcel(duplicate=True))
    first, second = (email.message_from_bytes(m.raw) for m in server.messages())
    assert first["Message-ID"] == second["Message-ID"] == "<conformance-1@orderwire.example>"
    assert (first["X-Orderwire-Possible-Duplicate"], second["X-Orderwire-Possible-Duplicate"]) == (None, "yes")


def test_a_parcel_for_somebody_else_shows_only_him_and_the_next_one_goes_to_the_endpoint_again(serve: Serve) -> None:
    server = serve()
    send(config(server, cc=["copy@example.com"]), replace(parcel(1), to=("boss@example.com",)), parcel(2))
    first, second = server.messages()
    assert first.rcpt_to == ("boss@example.com",) and b"copy@example.com" not in first.raw
    assert "boss@example.com" not in second.rcpt_to and "copy@example.com" in second.rcpt_to


def test_a_parcel_for_what_is_no_address_is_refused_before_it_is_sent(serve: Serve) -> None:
    server = serve()
    with pytest.raises(Refused, match="Not sent: contains the control character"):
        send(config(server), replace(parcel(), to=("boss\r\nRCPT TO:<x@y.z>",)))
    assert server.messages() == []


def test_several_messages_share_one_connection(serve: Serve) -> None:
    server = serve()
    send(config(server), *(parcel(n) for n in range(20)))
    assert (len(server.messages()), server.connections) == (20, 1)


@pytest.mark.parametrize("at", ["connect", "ehlo", "mail", "rcpt", "data", "dot"])
def test_4xx_is_unavailable_with_the_servers_own_words(serve: Serve, at: str) -> None:
    server = serve(Rule(at, "451 4.3.0 disk of the queue is busy"))  # type: ignore[arg-type]
    with pytest.raises(Unavailable) as caught:
        send(config(server), parcel())
    assert caught.value.code == "451"
    assert "451 4.3.0 disk of the queue is busy" in caught.value.reason
    assert server.messages() == []


@pytest.mark.parametrize("at", ["connect", "ehlo", "mail", "rcpt", "data", "dot"])
def test_5xx_is_refused_with_the_servers_own_words(serve: Serve, at: str) -> None:
    server = serve(Rule(at, "554 5.7.1 we do not like you"))  # type: ignore[arg-type]
    with pytest.raises(Refused) as caught:
        send(config(server), parcel())
    assert caught.value.code == "554"
    assert "554 5.7.1 we do not like you" in caught.value.reason
    assert server.messages() == []


@pytest.mark.parametrize("at", ["connect", "ehlo", "mail", "rcpt", "data"])
@pytest.mark.parametrize("do", ["cut", "stall"])
def test_a_connection_lost_or_silent_before_the_message_is_unavailable(serve: Serve, at: str, do: str) -> None:
    server = serve(Rule(at, do))  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        send(config(server, timeout=0.5), parcel())
    assert server.messages() == []


@pytest.mark.parametrize("do", ["cut", "stall"])
def test_a_connection_lost_in_the_middle_of_the_message_is_unavailable(serve: Serve, do: str) -> None:
    server = serve(Rule("body", do), receive_buffer=4096)
    with pytest.raises(Unavailable):
        send(config(server, timeout=1), Parcel("a@b", (BIG,)))
    assert server.messages() == []


@pytest.mark.parametrize(("says", "means"), [("552 5.3.4 too big", Refused), ("421 4.3.2 going down", Unavailable)])
def test_a_server_that_speaks_before_the_last_byte_is_heard_and_never_gets_the_dot(
    serve: Serve, says: str, means: type[Exception]
) -> None:
    server = serve(Rule("data", f"354 go on\r\n{says}", times=1))
    with CHANNEL.open(config(server)) as session:
        with pytest.raises(means, match=says.split()[2]):
            session.send(parcel(1))
        session.send(parcel(2))
    assert [m.message_id for m in server.messages()] == ["<conformance-2@orderwire.example>"]


@pytest.mark.parametrize("do", ["cut", "stall"])
@pytest.mark.parametrize("at", ["dot", "taken"])
def test_silence_after_the_last_byte_is_unknown_whether_it_was_taken_or_not(serve: Serve, at: str, do: str) -> None:
    server = serve(Rule(at, do))  # type: ignore[arg-type]
    with pytest.raises(Unknown) as caught:
        send(config(server, final_timeout=0.5), parcel())
    assert "may or may not" in caught.value.reason
    assert len(server.messages()) == (at == "taken")


def test_an_answer_without_a_known_code_after_the_last_byte_is_unknown(serve: Serve) -> None:
    server = serve(Rule("dot", "hello there"))
    with pytest.raises(Unknown):
        send(config(server), parcel())


def test_421_after_the_last_byte_means_not_taken(serve: Serve) -> None:
    server = serve(Rule("dot", "421 4.3.2 going down"))
    with pytest.raises(Unavailable):
        send(config(server), parcel())


def test_nobody_listening_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="could not be reached"):
        send(config(_closed_port()), parcel())


def test_a_host_without_address_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="could not be reached"):
        send(config(25, host="mail.invalid"), parcel())


def test_greylisting_delivers_one_copy_after_the_wait(serve: Serve) -> None:
    server = serve(Rule("rcpt", "greylist 0.3"))
    with pytest.raises(Unavailable, match="Greylisted"):
        send(config(server), parcel())
    with pytest.raises(Unavailable, match="Greylisted"):
        send(config(server), parcel())
    threading.Event().wait(0.35)
    send(config(server), parcel())
    assert len(server.messages()) == 1


def test_one_refused_recipient_of_three_is_named_and_the_others_get_it(serve: Serve) -> None:
    server = serve(Rule("rcpt", "550 5.1.1 no such person", match="bob"))
    recipients = ["ann@s.example", "bob@s.example", "cid@s.example"]
    (receipt,) = send(config(server, recipients=recipients), parcel())
    assert "Not taken for bob@s.example: 550 5.1.1 no such person" in receipt.text
    (caught,) = server.messages()
    assert caught.rcpt_to == ("ann@s.example", "cid@s.example")


def test_a_copy_that_is_taken_does_not_stand_in_for_the_recipient(serve: Serve) -> None:
    server = serve(Rule("rcpt", "550 5.1.1 no such person", match="sales"))
    with pytest.raises(Refused, match="did not take mail for sales"):
        send(config(server, cc=["boss@buyer.example"]), parcel())
    assert server.messages() == []


def test_when_all_recipients_fail_but_one_only_for_now_it_is_worth_another_try(serve: Serve) -> None:
    rules = [Rule("rcpt", "550 5.1.1 no", match="bob"), Rule("rcpt", "452 4.2.2 mailbox full", match="ann")]
    server = serve(*rules)
    with pytest.raises(Unavailable, match="mailbox full"):
        send(config(server, recipients=["bob@s.example", "ann@s.example"]), parcel())


def test_after_a_refusal_the_next_message_goes_through_the_same_connection(serve: Serve) -> None:
    server = serve(Rule("rcpt", "550 5.1.1 no", times=1), Rule("data", "451 later", times=1))
    with CHANNEL.open(config(server)) as session:
        with pytest.raises(Refused):
            session.send(parcel(1))
        with pytest.raises(Unavailable):
            session.send(parcel(2))
        session.send(parcel(3))
    assert [m.message_id for m in server.messages()] == ["<conformance-3@orderwire.example>"]
    assert server.connections == 1


@pytest.mark.parametrize("do", ["cut", "421 4.7.0 too many messages"])
def test_a_server_that_left_between_messages_is_called_again(serve: Serve, do: str) -> None:
    server = serve(Rule("mail", do, skip=1, times=1))
    send(config(server), parcel(1), parcel(2), parcel(3))
    assert len(server.messages()) == 3
    assert server.connections == 2


def test_after_a_doubt_the_session_goes_on_over_a_new_connection(serve: Serve) -> None:
    server = serve(Rule("taken", "cut", times=1))
    with CHANNEL.open(config(server)) as session:
        with pytest.raises(Unknown):
            session.send(parcel(1))
        session.send(parcel(2))
    assert (len(server.messages()), server.connections) == (2, 2)


def test_a_message_larger_than_the_server_says_is_refused_before_it_is_sent(serve: Serve) -> None:
    server = serve(size_limit=50_000)
    with pytest.raises(Refused, match="takes at most 50,000"):
        send(config(server), Parcel("a@b", (File("a.bin", "application/octet-stream", bytes(60_000)),)))


def test_a_server_that_drips_its_answer_cannot_hold_a_worker() -> None:
    with _Drip() as port, pytest.raises(Unavailable, match="timed out"):
        send(config(port, timeout=0.6), parcel())


def test_an_answer_without_end_is_cut_off() -> None:
    with _Drip(b"220-and so on\r\n" * 20_000) as port, pytest.raises(Unavailable, match="no end"):
        send(config(port), parcel())


class _Drip:
    """Greets with the given bytes, or one byte each 0.1 seconds and never a line end."""

    def __init__(self, greeting: bytes = b""):
        self._greeting, self._over = greeting, threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._talk)

    def __enter__(self) -> int:
        self._thread.start()
        return int(self._listener.getsockname()[1])

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._thread.join()
        self._listener.close()

    def _talk(self) -> None:
        client, _ = self._listener.accept()
        with client:
            try:
                if self._greeting:
                    client.sendall(self._greeting)
                while not self._over.wait(0.1):
                    client.sendall(b"2")
            except OSError:
                return  # the client did what it should


# Addresses


def test_a_non_ascii_address_goes_by_smtputf8(serve: Serve) -> None:
    server = serve()
    send(config(server, recipients=["müller@supplier.example"]), parcel())
    (caught,) = server.messages()
    assert caught.rcpt_to == ("müller@supplier.example",)
    assert "To: müller@supplier.example\r\n".encode() in caught.raw


def test_a_non_ascii_address_is_refused_by_a_server_that_cannot_carry_it(serve: Serve) -> None:
    with pytest.raises(Refused, match="SMTPUTF8"):
        send(config(serve(smtputf8=False), recipients=["müller@supplier.example"]), parcel())


def test_a_non_ascii_domain_goes_in_its_ascii_form(serve: Serve) -> None:
    server = serve(smtputf8=False)
    send(config(server, recipients=["sales@münchen.example"]), parcel())
    assert server.messages()[0].rcpt_to == ("sales@xn--mnchen-3ya.example",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipients": ["a@b.example\r\nBcc: x@y.example"]},
        {"recipients": ["a@b.example> SIZE=1"]},
        {"recipients": ["nobody"]},
        {"recipients": ["a b@c.example"]},
        {"recipients": ["a@straße.example"]},
        {"recipients": []},
        {"from_address": "x@-"},
        {"from_name": "a\nb"},
        {"host": "mail.example\r\n"},
        {"username": "ann"},
        {"username": "ann", "password": "secret"},
        {"hsot": "x"},
    ],
)
def test_settings_that_could_not_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config(25, **wrong)


def test_a_probe_names_the_recipient_who_would_be_turned_away(serve: Serve) -> None:
    server = serve(Rule("rcpt", "550 5.1.1 no such person", match="bob"))
    said = CHANNEL.probe(config(server, recipients=["ann@s.example", "bob@s.example"]))
    assert "not bob@s.example (550 5.1.1 no such person)" in said
    with pytest.raises(Refused, match="no such person"):
        CHANNEL.probe(config(server, recipients=["bob@s.example"]))
