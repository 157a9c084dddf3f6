"""E-mail with encryption and sign-in: who cannot prove who he is gets neither password nor message."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orderwire.channels import Refused, Unavailable, Unknown
from orderwire.channels.email import EmailConfig
from orderwire.testing.channels import parcel
from orderwire.testing.smtp import MailServer, Rule

from .conftest import NOW, Authority, make_authority, server_context
from .test_email import Serve, config, send


@pytest.fixture
def secure(serve: Serve, authority: Authority) -> Iterator[Callable[..., tuple[MailServer, EmailConfig]]]:
    def start(security: str, *script: Rule, pem: Path | None = None, users: Any = None, **changes: Any) -> Any:
        tls = server_context(pem or authority.server())
        server = serve(*script, security=security, tls=tls, users=users)
        return server, config(server, **{"security": security, "ca_file": authority.file, **changes})

    yield start


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_messages_go_encrypted_and_signed_in(secure: Any, security: str) -> None:
    server, settings = secure(security, users={"ann": "pässword"}, username="ann", password="pässword")
    send(settings, parcel(1), parcel(2))
    assert [(m.tls, m.user) for m in server.messages()] == [(True, "ann")] * 2


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_for_another_name_is_refused(secure: Any, authority: Authority, security: str) -> None:
    server, settings = secure(security, pem=authority.server(host="mail.other.example"))
    with pytest.raises(Refused, match="certificate that is not trusted"):
        send(settings, parcel())
    assert server.messages() == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_expired_certificate_is_refused(secure: Any, authority: Authority, security: str) -> None:
    server, settings = secure(security, pem=authority.server(until=NOW - datetime.timedelta(days=1)))
    with pytest.raises(Refused, match="expired"):
        send(settings, parcel())
    assert server.messages() == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_an_unknown_authority_is_refused(secure: Any, tmp_path: Path, security: str) -> None:
    server, settings = secure(security, pem=make_authority(tmp_path).server())
    with pytest.raises(Refused, match="not trusted"):
        send(settings, parcel())
    assert server.messages() == []


def test_a_server_without_starttls_gets_neither_password_nor_message(serve: Serve, authority: Authority) -> None:
    server = serve(security="none")
    settings = config(server, security="starttls", ca_file=authority.file, username="ann", password="secret")
    with pytest.raises(Refused, match="offers no encryption"):
        send(settings, parcel())
    assert server.messages() == []


def test_a_wrong_password_is_refused_with_the_servers_words_and_without_the_password(secure: Any) -> None:
    _server, settings = secure("starttls", users={"ann": "right"}, username="ann", password="wrong-secret")
    with pytest.raises(Refused) as caught:
        send(settings, parcel())
    assert caught.value.code == "535"
    assert "sign-in of ann" in caught.value.reason
    assert "wrong-secret" not in caught.value.reason + repr(settings)


def test_a_sign_in_that_fails_for_now_is_unavailable(secure: Any) -> None:
    _server, settings = secure("tls", Rule("auth", "454 4.7.0 later"), users={"a": "b"}, username="a", password="b")
    with pytest.raises(Unavailable, match="454"):
        send(settings, parcel())


def test_a_missing_authority_file_is_named(secure: Any, tmp_path: Path) -> None:
    _server, settings = secure("tls", ca_file=tmp_path / "nowhere.pem")
    with pytest.raises(Refused, match=r"nowhere\.pem"):
        send(settings, parcel())


def test_silence_after_the_last_byte_is_unknown_over_tls_as_well(secure: Any) -> None:
    server, settings = secure("tls", Rule("taken", "cut"))
    with pytest.raises(Unknown):
        send(settings, parcel())
    assert len(server.messages()) == 1
