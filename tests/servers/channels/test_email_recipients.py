"""Several recipients of one mail: each has his own fate, and reports are asked for under our signed return path."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes

import pytest
from pydantic import ValidationError

from orderwire.channels import Reached, Refused, Unavailable, Unknown
from orderwire.channels.email import EmailConfig
from orderwire.testing.channels import parcel
from orderwire.testing.smtp import MailServer, Rule

from .test_email import config, send

Serve = Callable[..., MailServer]
TOKEN = "4711-abcdefghijklmnop"
THREE = ["a@supplier.example", "b@supplier.example", "c@supplier.example"]


def test_each_recipient_has_a_fate_of_its_own(serve: Serve) -> None:
    server = serve(Rule("rcpt", "550 5.1.1 no such user", match="b@"), Rule("rcpt", "451 4.7.1 later", match="c@"))
    (receipt,) = send(config(server, recipients=THREE), parcel())
    words = f"250 2.0.0 Ok: queued as {receipt.external_id}"
    assert receipt.recipients == (
        Reached("a@supplier.example", True, code="250", text=words),
        Reached("b@supplier.example", False, final=True, code="550", text="550 5.1.1 no such user"),
        Reached("c@supplier.example", False, final=False, code="451", text="451 4.7.1 later"),
    )
    assert "Not taken for b@supplier.example: 550" in receipt.text
    assert "Not taken for c@supplier.example, who is tried again: 451" in receipt.text
    assert [m.rcpt_to for m in server.messages()] == [("a@supplier.example",)]


def test_where_nobody_is_taken_all_words_are_told_and_one_who_may_be_taken_later_keeps_it_alive(serve: Serve) -> None:
    server = serve(Rule("rcpt", "550 5.1.1 no such user", match="[ab]@"), Rule("rcpt", "451 4.7.1 later", match="c@"))
    with pytest.raises(Unavailable, match=r"c@supplier\.example: 451 .* Nor for a@supplier\.example: 550"):
        send(config(server, recipients=THREE), parcel())
    assert server.messages() == []


def test_a_doubt_says_who_was_not_even_offered_it(serve: Serve) -> None:
    server = serve(Rule("rcpt", "451 4.7.1 later", match="c@"), Rule("taken", "cut"))
    with pytest.raises(Unknown, match=r"Not taken for c@supplier\.example, who is tried again"):
        send(config(server, recipients=THREE), parcel())


def test_nothing_goes_to_who_is_dead(serve: Serve) -> None:
    server = serve()
    dead = replace(parcel(), never=("b@supplier.example", "copy@supplier.example"))
    (receipt,) = send(config(server, recipients=["A@supplier.example", "B@supplier.example"], cc=[THREE[2]]), dead)
    (caught,) = server.messages()
    assert caught.rcpt_to == ("A@supplier.example", "c@supplier.example")
    assert message_from_bytes(caught.raw)["To"] == "A@supplier.example"
    assert [(r.address, r.taken, r.final) for r in receipt.recipients][-1] == ("B@supplier.example", False, True)


def test_where_all_are_dead_it_is_refused_with_what_to_do(serve: Serve) -> None:
    server = serve()
    with pytest.raises(Refused, match=r"came back for good.*Ask the supplier for the right address.*lift the block"):
        send(config(server), replace(parcel(), never=("sales@supplier.example",)))
    assert server.messages() == []


def test_the_return_path_carries_the_mark_and_reports_are_asked_for(serve: Serve) -> None:
    server = serve(dsn=True)
    settings = config(server, return_path="po@buyer.example", reply_to="po@buyer.example", recipients=["é+x@a.example"])
    send(settings, replace(parcel(), token=TOKEN))
    send(config(server, return_path="po@buyer.example", recipients=["a+b@a.example"]), replace(parcel(), token=TOKEN))
    foreign, plain = server.messages()
    assert foreign.mail_from == plain.mail_from == f"po+{TOKEN}@buyer.example"
    assert message_from_bytes(foreign.raw)["Reply-To"] == f"po+{TOKEN}@buyer.example"
    envelope = ("RET=HDRS", "ENVID=conformance-1@orderwire.example")
    assert foreign.asked == (*envelope, "NOTIFY=SUCCESS,FAILURE,DELAY")
    assert plain.asked == (*envelope, "NOTIFY=SUCCESS,FAILURE,DELAY", "ORCPT=rfc822;a+2Bb@a.example")


def test_a_server_that_offers_no_reports_is_not_asked_and_without_a_return_path_nobody_is(serve: Serve) -> None:
    server = serve()
    send(config(server, return_path="po@buyer.example"), replace(parcel(), token=TOKEN))
    assert server.messages()[0].mail_from == f"po+{TOKEN}@buyer.example" and server.messages()[0].asked == ()


def test_without_a_return_path_the_sender_is_the_from_address_and_no_report_is_asked_for(serve: Serve) -> None:
    server = serve(dsn=True)
    send(config(server, reply_to="ines@buyer.example"), replace(parcel(), token=TOKEN))
    (caught,) = server.messages()
    assert (caught.mail_from, caught.asked) == ("orders@buyer.example", ())
    assert message_from_bytes(caught.raw)["Reply-To"] == "ines@buyer.example"


def test_a_provider_gets_the_mark_in_its_own_header(serve: Serve) -> None:
    server = serve()
    settings = config(server, token_header='X-Mailgun-Variables: {"orderwire": "{token}"}')
    send(settings, replace(parcel(), token=TOKEN), parcel(2))
    first, second = (message_from_bytes(m.raw) for m in server.messages())
    assert first["X-Mailgun-Variables"] == f'{{"orderwire": "{TOKEN}"}}'
    assert second["X-Mailgun-Variables"] is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("return_path", f"{'x' * 29}@buyer.example", "too long to add our mark"),
        ("return_path", "po@buyer.example\r\nRCPT TO:<x@y>", "control character"),
        ("token_header", "Bcc: {token}@evil.example", "begins with X-"),
        ("token_header", "X-A: b", "begins with X-"),
        ("token_header", "X-A: {token}\r\nBcc: x", "control character"),
        ("inbox", {"host": "mail.example", "security": "none", "username": "u", "password": "p"}, "in clear text"),
        ("inbox", {"host": "mail.example", "username": "u", "password": "p", "done_folder": "INBOX"}, "name another"),
    ],
)
def test_settings_that_would_be_unsafe_are_refused(field: str, value: object, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        EmailConfig.model_validate(
            {"host": "h", "from_address": "o@b.example", "recipients": ["s@s.example"], field: value}
        )
