"""What every ERP adapter over HTTP must stand (reliability 54). Contract servers, not the live products."""

import datetime
import json
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from orderwire.channels import Inbound, Refused, Unavailable
from orderwire.channels.erp import ErpChannel
from orderwire.channels.erp.record import Entry, bundled
from orderwire.document.order import Order
from tests.servers.channels.conftest import Authority
from tests.servers.erp_contracts.serving import Asked, Contract, Said

AT = datetime.datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=12)
    | st.sampled_from(["1e999999", "NaN", "2026-13-45"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def document(channel: ErpChannel[Any], inbound: Inbound, config: BaseModel) -> dict[str, Any]:
    """What the reader of our own JSON gets of a polled record."""
    heard = channel.hear(inbound.content, config)
    assert not heard.refused, heard.refused
    found: dict[str, Any] = json.loads(heard.files[0].content)
    return found


def order(channel: ErpChannel[Any], inbound: Inbound, config: BaseModel) -> Order:
    """The order of a polled record."""
    return Order.model_validate(document(channel, inbound, config)["order"])


class ErpFaults:
    """Set `channel`, give `config()`, `contract` and `place(number, at)`, which puts an approved order there."""

    channel: ErpChannel[Any]
    contract: Contract
    logins = 0
    """Requests before the first that reads orders."""

    def config(self, **changes: Any) -> BaseModel:
        raise NotImplementedError

    def place(self, number: int, at: datetime.datetime) -> None:
        raise NotImplementedError

    def touch(self, number: int, at: datetime.datetime) -> None:
        """Somebody saves the order there again."""
        raise NotImplementedError

    def polled(self, cursor: str = "", **changes: Any) -> list[Inbound]:
        return list(self.channel.poll(self.config(**changes), cursor))

    def fault(self, said: Said) -> None:
        """Say this when the first page of orders is asked for."""
        self.contract.faults.clear()
        self.contract.faults.extend([*[None] * self.logins, said])

    def test_every_order_comes_once_and_only_what_changed_comes_again(self) -> None:
        for number in range(1, 8):
            self.place(number, AT + number * SECOND)
        first = self.polled()
        assert len({one.name for one in first}) == 7
        assert self.polled(first[-1].cursor) == []
        self.touch(3, AT + 100 * SECOND)
        (again,) = self.polled(first[-1].cursor)
        assert again.name.split()[0] == first[2].name.split()[0]
        assert self.polled(again.cursor) == []

    def test_a_look_that_was_stopped_goes_on_where_it_was(self) -> None:
        for number in range(1, 8):
            self.place(number, AT)
        looking = self.channel.poll(self.config(), "")
        taken = [next(looking) for _ in range(3)]
        looking.close()
        rest = self.polled(taken[-1].cursor)
        assert len({one.name for one in [*taken, *rest]}) == 7
        assert len(rest) == 4

    def test_what_a_slow_transaction_wrote_earlier_is_not_missed(self) -> None:
        self.place(1, AT + 60 * SECOND)
        (first,) = self.polled()
        self.place(2, AT)
        (late,) = self.polled(first.cursor)
        assert late.name.split()[0] != first.name.split()[0]

    def test_what_was_polled_twice_is_the_same_bytes(self) -> None:
        self.place(1, AT)
        assert [one.content for one in self.polled()] == [one.content for one in self.polled()]

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_login_that_is_not_accepted_waits_for_somebody(self, status: int) -> None:
        self.place(1, AT)
        self.contract.faults.extend([Said(status, b"{}")] * 6)
        with pytest.raises((Unavailable, Refused)) as caught:
            self.polled()
        assert any(word in caught.value.reason for word in ("right", "login", "client id", "key"))

    def test_a_busy_system_is_asked_again_when_it_says(self) -> None:
        self.place(1, AT)
        self.fault(Said(429, b"{}", {"Retry-After": "7"}))
        with pytest.raises(Unavailable) as caught:
            self.polled()
        assert caught.value.retry_after == datetime.timedelta(seconds=7)
        assert len(self.polled()) == 1

    @pytest.mark.parametrize("status", [500, 502, 503])
    def test_a_fault_there_is_tried_again(self, status: int) -> None:
        self.place(1, AT)
        self.fault(Said(status, b"<html>traceback</html>", {"Content-Type": "text/html"}))
        with pytest.raises(Unavailable):
            self.polled()
        assert len(self.polled()) == 1

    def test_an_answer_cut_in_the_middle_is_none(self) -> None:
        self.place(1, AT)
        self.fault(Said(200, b'{"value": [{"id": "1"}]}', cut=9))
        with pytest.raises(Unavailable):
            self.polled()

    @pytest.mark.parametrize("body", [b"<html>login</html>", b"[[[[", b"[" * 100_000, b'"\xff"', b"7", b"null", b""])
    def test_an_answer_that_is_no_answer_is_refused_in_words(self, body: bytes) -> None:
        self.place(1, AT)
        self.fault(Said(200, body))
        with pytest.raises((Refused, Unavailable)) as caught:
            self.polled()
        assert caught.value.reason.strip() and "Traceback" not in caught.value.reason

    def test_a_gigabyte_is_not_read(self) -> None:
        self.place(1, AT)
        self.fault(Said(200, endless=True))
        with pytest.raises(Unavailable, match="bytes"):
            self.polled()

    def test_a_system_that_says_the_same_page_for_ever_is_left(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for number in range(1, 211):
            self.place(number, AT + number * SECOND)
        said: dict[tuple[str, bool], Said] = {}
        real = self.contract.answer

        def first(asked: Asked) -> Said:
            looks = b"COUNT" in asked.body or b"fields_get" in asked.body or asked.params.get("$top") == "1"
            return said.setdefault((asked.path, looks), real(asked))

        monkeypatch.setattr(self.contract, "answer", first)
        listed = self.channel.entries(self.config(), AT - SECOND, AT + datetime.timedelta(days=1))
        try:
            assert len(list(islice(listed, 1000))) < 1000
        except Refused as failure:
            assert "list" in failure.reason

    def test_a_redirect_is_not_followed(self) -> None:
        self.place(1, AT)
        self.fault(Said(302, b"", {"Location": "https://evil.example/"}))
        with pytest.raises(Refused, match="moved"):
            self.polled()

    def test_a_certificate_for_another_name_is_not_trusted(self, authority: Authority) -> None:
        self.place(1, AT)
        self.contract.secure(authority.server(host="other.example"))
        with pytest.raises(Refused, match="certificate that is not trusted"):
            self.polled(ca_file=authority.file)
        assert not self.contract.asked

    def test_a_certificate_of_the_named_authority_is_trusted(self, authority: Authority) -> None:
        self.place(1, AT)
        self.contract.secure(authority.server())
        assert len(self.polled(ca_file=authority.file)) == 1
        with pytest.raises(Refused, match="certificate that is not trusted"):
            self.polled()

    def test_whatever_was_kept_is_a_document_or_a_reason(self) -> None:
        config, entry = self.config(), Entry("1", "PO-1", "1", AT)

        @given(record=st.dictionaries(st.text(max_size=8), JSON, max_size=5))
        @settings(max_examples=50, deadline=None)
        def any_record(record: dict[str, Any]) -> None:
            heard = self.channel.hear(bundled(self.channel.kind, entry, record), config)
            assert heard.refused or heard.files

        @given(content=st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
        @settings(max_examples=50, deadline=None)
        def any_bytes(content: bytes) -> None:
            heard = self.channel.hear(content, config)
            assert heard.refused or heard.files

        any_record()
        any_bytes()

    def test_a_good_record_with_any_value_broken_is_a_document_or_a_reason(self) -> None:
        """Each leaf of a real record is replaced in turn."""
        self.place(1, AT)
        (good,) = self.polled()
        body = json.loads(good.content)
        for path in _leaves(body["record"], ()):
            for wrong in (None, True, "\x00", "1e999999", [None], {"id": []}):
                broken = json.loads(good.content)
                _put(broken["record"], path, wrong)
                heard = self.channel.hear(json.dumps(broken).encode(), self.config())
                assert heard.refused or heard.files, path

    def test_no_key_in_what_people_read(self) -> None:
        config = self.config()
        secrets = [v.get_secret_value() for v in dict(config).values() if hasattr(v, "get_secret_value")]
        assert secrets
        assert not any(secret in repr(config) for secret in secrets)
        self.place(1, AT)
        self.contract.faults.extend([Said(500, secret.encode()) for secret in secrets] * 3)
        with pytest.raises((Unavailable, Refused)) as caught:
            self.channel.probe(config)
        assert caught.value.reason


def _leaves(value: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, ...]] = [path] if path else []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        inner += _leaves(one, (*path, key))
    return inner


def _put(value: Any, path: tuple[Any, ...], wrong: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = wrong
