"""What an HTTP answer means for a parcel: each status has its exact word, for every channel over HTTP."""

import datetime
import socket
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.channels import Gone, Refused, Unavailable, Unknown
from orderwire.channels.http import answer, guard
from orderwire.channels.http.answer import Answered, judge, retry_after

from .conftest import Authority, server_context
from .http_peer import Peer, Said


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


MEANINGS = {
    **dict.fromkeys((200, 201, 202, 204, 299), None),
    **dict.fromkeys((300, 301, 302, 303, 307, 308), Refused),
    **dict.fromkeys((400, 401, 403, 404, 405, 406, 409, 411, 413, 415, 418, 422, 451), Refused),
    410: Gone,
    **dict.fromkeys((408, 425, 429, 503), Unavailable),
    **dict.fromkeys((500, 501, 502, 504, 507, 599), Unknown),
}


@pytest.mark.parametrize(("status", "word"), MEANINGS.items())
def test_each_status_has_its_word(status: int, word: type[Exception] | None) -> None:
    answered = Answered(status, {"location": "https://else.example/x?key=secret"}, b"because")
    if word is None:
        judge(answered, name="partner.example")
        return
    with pytest.raises(word) as failure:
        judge(answered, name="partner.example")
    assert type(failure.value) is word
    reason = failure.value.reason
    assert "partner.example" in reason and (str(status) in reason or 300 <= status < 400)
    assert "secret" not in reason


def test_a_redirect_says_where_to_without_what_may_be_a_key() -> None:
    with pytest.raises(Refused, match=r"moved to https://else\.example/new/place\."):
        judge(Answered(308, {"location": "https://u:p@else.example/new/place?key=1"}, b""), name="p")


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_fault_after_a_mere_question_leaves_no_doubt(status: int) -> None:
    with pytest.raises(Unavailable):
        judge(Answered(status, {}, b""), name="p", harmless=True)


@pytest.mark.parametrize("status", [408, 425, 429, 503])
def test_the_partners_own_wish_when_to_come_back_is_kept(status: int) -> None:
    with pytest.raises(Unavailable) as failure:
        judge(Answered(status, {"retry-after": "120"}, b""), name="p")
    assert failure.value.retry_after == datetime.timedelta(minutes=2)


def test_a_wish_may_be_a_date() -> None:
    wait = retry_after(format_datetime(now() + datetime.timedelta(hours=2), usegmt=True))
    assert wait is not None and datetime.timedelta(minutes=118) < wait <= datetime.timedelta(hours=2)


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5", "١٢", "Fri, 01 Jan 2021 00:00:00 GMT"])
def test_no_wish_is_no_wish(text: str) -> None:
    assert retry_after(text) is None


@pytest.mark.parametrize("text", ["9" * 300, "999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_nobody_waits_longer_than_a_day(text: str) -> None:
    assert retry_after(text) == datetime.timedelta(days=1)


@given(st.text(max_size=60))
def test_whatever_is_wished_never_raises(text: str) -> None:
    wait = retry_after(text)
    assert wait is None or datetime.timedelta() <= wait <= datetime.timedelta(days=1)


@given(st.integers(100, 599), st.binary(max_size=200), st.text(max_size=40))
def test_whatever_is_answered_is_one_word_in_one_line(status: int, body: bytes, location: str) -> None:
    try:
        judge(Answered(status, {"location": location, "content-type": "text/plain"}, body), name="p")
    except (Refused, Unavailable, Unknown) as failure:
        assert failure.reason.isprintable() and failure.reason.strip() and len(failure.reason) < 700


def test_a_page_of_html_is_not_repeated() -> None:
    assert Answered(500, {"content-type": "text/html"}, b"<html>oops").words == ""


def test_evidence_has_no_cookies() -> None:
    assert b"session" not in Answered(200, {"set-cookie": "session=1", "x": "1"}, b"ok").evidence


def ask(url: str, *, timeout: float = 5, harmless: bool = False, ca_file: Path | None = None) -> Answered:
    with guard.client(timeout=timeout, allow_private=True, ca_file=ca_file) as client:
        return answer.ask(client, "POST", url, name="p", content=b"x", harmless=harmless)


@pytest.mark.parametrize("trouble", ["cut", "stall"])
def test_no_word_after_the_last_byte_is_a_doubt(trouble: str) -> None:
    with Peer(Said(trouble=trouble)) as peer:
        with pytest.raises(Unknown):
            ask(peer.url, timeout=0.5)
        with pytest.raises(Unavailable):
            ask(peer.url, timeout=0.5, harmless=True)
        assert len(peer.asked) == 2


def test_an_answer_without_end_is_read_up_to_a_bound_and_its_status_counts() -> None:
    with Peer(Said(trouble="endless")) as peer:
        answered = ask(peer.url)
    assert (answered.status, len(answered.body)) == (200, answer.MOST_READ)


def test_nobody_there_leaves_no_doubt() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable, match="could not be reached"):
            ask(f"http://127.0.0.1:{closed.getsockname()[1]}")


@pytest.mark.parametrize("days", [1, -1])
def test_a_certificate_that_is_not_trusted_is_refused_with_the_remedy(authority: Authority, days: int) -> None:
    until = now() + datetime.timedelta(days=days)
    host = "127.0.0.1" if days < 0 else "other.example"
    context = server_context(authority.server(host=host, until=until))
    with Peer(context=context) as peer:
        with pytest.raises(Refused, match=r"not trusted .* Nothing was sent"):
            ask(peer.url, ca_file=authority.file)
        assert not peer.asked


def test_clear_text_where_tls_is_spoken_is_no_refusal() -> None:
    with Peer() as peer, pytest.raises(Unavailable, match="could not be reached"):
        ask(peer.url.replace("http", "https"))
