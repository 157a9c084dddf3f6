"""Nothing is ever sent to an address where no partner may be: judged when connecting, counted at a listener."""

import os
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from orderwire.channels import Refused, Unavailable
from orderwire.channels.http import guard
from orderwire.channels.http.addresses import objection

from .conftest import Authority, server_context
from .http_peer import Peer, Said
from .ssrf import BAD_SETTINGS, EMBEDDED, INSIDE_4, INSIDE_6, LOOPBACK, NEVER_4, NEVER_6, PUBLIC


def test_the_corpus_is_large() -> None:
    refused = INSIDE_4 + NEVER_4 + INSIDE_6 + NEVER_6 + EMBEDDED + LOOPBACK + BAD_SETTINGS
    print(f"\nSSRF corpus: {len(set(refused))} addresses and URLs")
    assert len(set(refused)) >= 150


@pytest.mark.parametrize("address", INSIDE_4 + INSIDE_6)
def test_an_address_inside_needs_the_buyers_word(address: str) -> None:
    assert objection(address)
    assert objection(address, allow_private=True) is None


@pytest.mark.parametrize("address", NEVER_4 + NEVER_6)
def test_some_addresses_are_never_a_partners(address: str) -> None:
    assert objection(address)
    assert objection(address, allow_private=True)


@pytest.mark.parametrize("address", EMBEDDED)
def test_an_address_inside_another_is_judged(address: str) -> None:
    assert objection(address)
    assert bool(objection(address, allow_private=True)) == (address.rpartition(":")[2] in NEVER_4)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_fine(address: str) -> None:
    assert objection(address) is None


@pytest.mark.parametrize("url", BAD_SETTINGS)
def test_settings_take_no_such_url(url: str) -> None:
    with pytest.raises(ValueError):
        guard.check_url(url)


def test_settings_may_name_another_port() -> None:
    assert guard.check_url("https://example.com:4080/as2", ports=(4080,)) == "https://example.com:4080/as2"


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer() as made:
        yield made


@pytest.mark.parametrize("url", LOOPBACK)
def test_no_spelling_of_an_inner_address_is_connected_to(url: str, peer: Peer, redirected: list[int]) -> None:
    redirected.append(peer.port)
    with guard.client(timeout=5) as client, pytest.raises((Refused, Unavailable, httpx2.InvalidURL)) as failure:
        client.get(url)
    assert not isinstance(failure.value, Unavailable) or "could not be resolved" in failure.value.reason
    assert peer.connects == 0


@pytest.fixture
def redirected(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every connection that is really made goes to the port of the test's listener, so that it would be counted."""
    ports: list[int] = []
    connect = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda address, *a, **k: connect(("127.0.0.1", ports[0]), *a, **k))
    return ports


def test_the_listener_does_count(peer: Peer, redirected: list[int]) -> None:
    redirected.append(peer.port)
    with guard.client(timeout=5, allow_private=True) as client:
        assert client.get("http://127.0.0.1/").status_code == 200
    assert peer.connects == 1


class Names:
    """A name server of the test: each question gets the next answer; the last one stays."""

    def __init__(self, *answers: list[str] | OSError | float):
        self.answers = list(answers)
        self.questions = 0

    def __call__(self, host: str, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host.replace(".", "").isdigit() or ":" in host:
            return REAL(host, port, *args, **kwargs)
        self.questions += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, float):
            time.sleep(answer)
            answer = []
        if isinstance(answer, OSError):
            raise answer
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in answer]


REAL = socket.getaddrinfo


def test_a_rebinding_name_is_resolved_once_and_the_checked_address_is_used(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names(["203.0.114.7"], ["127.0.0.1"])
    reached: list[Any] = []

    def connect(address: Any, *_: Any, **__: Any) -> socket.socket:
        reached.append(address[0])
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(socket, "getaddrinfo", names)
    monkeypatch.setattr(socket, "create_connection", connect)
    with guard.client(timeout=5) as client:
        with pytest.raises(httpx2.ConnectError):
            client.get("http://rebinding.example/")
        assert (reached, names.questions) == (["203.0.114.7"], 1)
        with pytest.raises(Refused, match=r"127\.0\.0\.1 is an address inside a private network"):
            client.get("http://rebinding.example/")
    assert reached == ["203.0.114.7"] and peer.connects == 0


@pytest.mark.parametrize("inner", ["127.0.0.1", "169.254.169.254", "fd00::1"])
def test_one_inner_address_among_public_ones_is_enough(inner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(["8.8.8.8", inner]))
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    with guard.client(timeout=5) as client, pytest.raises(Refused):
        client.get("http://mixed.example/")


@pytest.mark.parametrize(
    "answer", [socket.gaierror(-2, "Name or service not known"), socket.gaierror(-3, "Try again"), [], 3.0]
)
def test_a_name_that_does_not_resolve_may_be_back_later(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(answer))
    with guard.client(timeout=0.5) as client, pytest.raises(Unavailable, match="could not be resolved"):
        client.get("http://gone.example/")


def test_a_name_that_comes_and_goes_is_reached_when_it_is_there(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    away = socket.gaierror(-3, "Temporary failure in name resolution")
    monkeypatch.setattr(socket, "getaddrinfo", Names(away, ["127.0.0.1"], away, ["127.0.0.1"]))
    for there in (False, True, False, True):
        with guard.client(timeout=5, allow_private=True) as client:
            if there:
                assert client.get(f"http://flapping.example:{peer.port}/").status_code == 200
            else:
                with pytest.raises(Unavailable):
                    client.get(f"http://flapping.example:{peer.port}/")
    assert peer.connects == 2


def test_the_next_address_is_tried_where_the_first_does_not_answer(monkeypatch: pytest.MonkeyPatch, peer: Peer) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(["127.0.0.9", "127.0.0.1"]))
    with guard.client(timeout=5, allow_private=True) as client:
        assert client.get(f"http://two.example:{peer.port}/").status_code == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with Peer() as inner, Peer(Said(status, headers={"Location": f"{inner.url}/admin"})) as outer:
        with guard.client(timeout=5, allow_private=True) as client:
            assert client.get(outer.url).status_code == status
        assert inner.connects == 0


def test_a_redirect_that_a_caller_wants_followed_is_judged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with Peer() as inner, Peer(Said(302, headers={"Location": f"{inner.url}/admin"})) as outer:
        monkeypatch.setattr(socket, "getaddrinfo", Names(["203.0.114.7"]))
        connect = socket.create_connection
        monkeypatch.setattr(socket, "create_connection", lambda a, *r, **k: connect(("127.0.0.1", outer.port), *r, **k))
        with guard.client(timeout=5, ports=(inner.port,)) as client, pytest.raises(Refused):
            client.get("http://partner.example/", follow_redirects=True)
        assert (outer.connects, inner.connects) == (1, 0)


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch, peer: Peer) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Peer() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with guard.client(timeout=5, allow_private=True) as client:
            client.get(peer.url)
        assert (proxy.connects, peer.connects) == (0, 1)


def test_user_and_password_in_an_address_are_refused_at_the_last_moment(peer: Peer) -> None:
    with guard.client(timeout=5, allow_private=True) as client, pytest.raises(Refused, match="user name"):
        client.get(peer.url.replace("http://", "http://user:pass@"))
    assert peer.connects == 0


def test_an_answer_without_end_is_cut_off() -> None:
    with (
        Peer(Said(trouble="endless")) as peer,
        guard.client(timeout=20, allow_private=True, most=1_000_000) as client,
        pytest.raises(guard.TooLarge, match="1,000,000 bytes"),
    ):
        client.get(peer.url)


def test_an_answer_that_claims_to_be_packed_is_not_unpacked() -> None:
    said = Said(body=b"\x1f\x8b no gzip", headers={"Content-Encoding": "gzip"})
    with Peer(said) as peer, guard.client(timeout=5, allow_private=True) as client:
        assert client.get(peer.url).content == b"\x1f\x8b no gzip"


@pytest.mark.parametrize("said", [Said(body=b"x" * 100, trouble="drip"), Said(trouble="stall")])
def test_one_deadline_holds_for_a_whole_request(said: Said) -> None:
    with (
        Peer(said) as peer,
        guard.client(timeout=0.6, allow_private=True) as client,
        pytest.raises(httpx2.ReadTimeout),
    ):
        client.get(peer.url)


def test_a_partner_who_does_not_read_holds_nobody() -> None:
    with (
        Peer(Said(trouble="deaf")) as peer,
        guard.client(timeout=1, allow_private=True) as client,
        pytest.raises(httpx2.WriteTimeout),
    ):
        client.post(peer.url, content=bytes(30_000_000))


def test_connecting_ahead_is_judged_alike_and_used_once(peer: Peer) -> None:
    with guard.client(timeout=5, ports=(peer.port,)) as client, pytest.raises(Refused):
        client.connect(peer.url)
    assert peer.connects == 0
    with guard.client(timeout=5, allow_private=True) as client:
        client.connect(peer.url)
        assert client.get(peer.url).status_code == client.get(peer.url).status_code == 200
    assert (peer.connects, len(peer.asked)) == (1, 2)


def test_a_certificate_file_that_cannot_be_used_is_refused_by_its_name(tmp_path: Path, authority: Authority) -> None:
    with pytest.raises(Refused, match=r"nowhere\.pem"):
        guard.client(timeout=5, ca_file=tmp_path / "nowhere.pem")
    (tmp_path / "broken.pem").write_text("no key")
    with pytest.raises(Refused, match=r"broken\.pem"):
        guard.client(timeout=5, certificate=tmp_path / "broken.pem")
    mutable = tmp_path / "authority.pem"
    mutable.write_bytes(authority.file.read_bytes())
    with guard.client(timeout=5, ca_file=mutable):
        mutable.write_text("no longer one")
        os.utime(mutable, ns=(1, 1))
    with pytest.raises(Refused, match=r"authority\.pem"):
        guard.client(timeout=5, ca_file=mutable)


def test_our_own_certificate_is_shown_where_it_is_wanted(authority: Authority) -> None:
    context = server_context(authority.server())
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    ours = authority.server(host="orderwire.example")
    with Peer(context=context) as peer:
        with guard.client(timeout=5, allow_private=True, ca_file=authority.file, certificate=ours) as client:
            assert client.get(peer.url).status_code == 200
        plain = guard.client(timeout=5, allow_private=True, ca_file=authority.file)
        with plain, pytest.raises(httpx2.HTTPError):
            plain.get(peer.url)


def test_the_name_in_the_certificate_counts_and_not_the_address(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(["127.0.0.1"]))
    context = server_context(authority.server(host="right.example"))
    with Peer(context=context) as peer:
        with guard.client(timeout=5, allow_private=True, ca_file=authority.file) as client:
            assert client.get(f"https://right.example:{peer.port}/").status_code == 200
            with pytest.raises(httpx2.ConnectError, match="certificate"):
                client.get(f"https://wrong.example:{peer.port}/")
        with guard.client(timeout=5, allow_private=True) as stranger, pytest.raises(httpx2.ConnectError):
            stranger.get(f"https://right.example:{peer.port}/")
    assert len(peer.asked) == 1
