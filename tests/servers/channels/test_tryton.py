"""The Tryton adapter against a real Tryton: what it reads, what it writes, and what it says when something is wrong."""

import datetime
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from orderwire.channels import Parcel, Refused, Unavailable
from orderwire.channels.erp.tryton import Tryton, TrytonConfig
from orderwire.document.order import Order
from tests.servers.channels.erp_conformance import ErpConformance, a_status, told
from tests.servers.tryton_house import TrytonHouse

CHANNEL = Tryton()


def config(tryton: TrytonHouse, **changes: Any) -> TrytonConfig:
    return TrytonConfig.model_validate(tryton.settings(**changes))


def document(inbound: Any, settings: TrytonConfig) -> dict[str, Any]:
    heard = CHANNEL.hear(inbound.content, settings)
    assert heard.files, heard.refused
    return json.loads(heard.files[0].content)  # type: ignore[no-any-return]


class TestTrytonConformance(ErpConformance):
    channel = CHANNEL

    @pytest.fixture(autouse=True)
    def _there(self, tryton: TrytonHouse) -> None:
        self.tryton, self.word = tryton, uuid.uuid4().hex
        self.before = {id: len(self._notes(id)) for id in (1, 2, 3)}

    def _notes(self, id: int) -> list[dict[str, Any]]:
        notes: list[dict[str, Any]] = self.tryton.ask("show", id=id)["notes"]
        return notes

    def config(self) -> TrytonConfig:
        return config(self.tryton)

    def unreachable(self) -> TrytonConfig:
        return config(self.tryton, url="http://127.0.0.1:1")

    def arrived(self) -> list[str]:
        return [str(id) for id, before in self.before.items() for _ in self._notes(id)[before:]]

    def _status(self, parcel: Parcel) -> Parcel:
        hostile = not parcel.reference.isdigit()
        attention = (self.word, *([parcel.text.replace("\r", "\n")] if hostile else ()))
        return told(a_status("1" if hostile else parcel.reference, attention=attention))


def test_a_confirmed_purchase_with_all_that_it_says(tryton: TrytonHouse) -> None:
    settings = config(tryton)
    first = next(iter(CHANNEL.poll(settings)))
    found = document(first, settings)
    assert found["external_id"] == "1"
    assert found["approval"]["approver"] == "Paula Buyer"
    assert found["totals"] == {"lines": "41.5"}
    order = Order.model_validate(found["order"])
    assert (order.number, order.currency, order.supplier.name) == ("1", "EUR", "Bolts & Co")
    assert order.supplier.identifier("buyer") == "BOLTS"
    assert order.supplier.address and order.supplier.address.lines == ("1 Thread Lane", "Gate 2")
    assert order.buyer.address and (order.buyer.address.city, order.buyer.address.country) == ("Hamburg", "DE")
    assert (order.payment_terms[0].days, order.payment_terms[0].text) == (30, "30 days net")
    (line,) = order.lines
    assert (line.description, line.buyer_part, line.unit) == ("Hex bolt M8", "HB-8", "C62")
    assert (line.quantity, str(line.price)) == (100, "0.415")
    assert line.schedules[0].requested == datetime.date(2027, 1, 15)


def test_it_is_read_on_from_the_cursor_and_what_was_read_is_not_brought_again(tryton: TrytonHouse) -> None:
    settings = config(tryton)
    found = list(CHANNEL.poll(settings))
    assert len({one.name.split()[0] for one in found}) >= 3
    assert list(CHANNEL.poll(settings, found[-1].cursor)) == []
    rest = list(CHANNEL.poll(settings, found[0].cursor))
    assert [one.name for one in rest] == [one.name for one in found[1:]]


def test_pages_are_put_together(tryton: TrytonHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = config(tryton)
    whole = [one.content for one in CHANNEL.poll(settings)]
    monkeypatch.setattr("orderwire.channels.erp.tryton.link.PAGE", 2)
    assert [one.content for one in CHANNEL.poll(settings)] == whole


def test_a_status_is_noted_once_and_the_suppliers_number_becomes_the_reference(tryton: TrytonHouse) -> None:
    status = a_status("2", supplier_order_number="S-77", attention=("Call them.",))
    with CHANNEL.open(config(tryton)) as session:
        said = session.send(told(status))
        before = tryton.ask("show", id=2)["notes"]
        session.send(told(status))
        after = tryton.ask("show", id=2)
    assert said.text == "Noted on purchase 2 in Tryton"
    assert after["notes"] == before and after["reference"] == "S-77"
    assert "To do: Call them." in after["notes"][-1]["message"] and after["notes"][-1]["unread"]


def test_the_probe_says_where_we_are(tryton: TrytonHouse) -> None:
    said = CHANNEL.probe(config(tryton))
    assert "Northwind Industries GmbH" in said and "confirmed purchases" in said


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"password": "wrong"}, "login"), ({"login": "nobody"}, "login"), ({"database": "nowhere"}, "Tryton")],
)
def test_a_wrong_setting_is_told_in_words(tryton: TrytonHouse, changes: dict[str, str], words: str) -> None:
    with pytest.raises((Unavailable, Refused)) as caught:
        CHANNEL.probe(config(tryton, **changes))
    assert words in caught.value.reason and "Traceback" not in caught.value.reason
    assert "wrong" not in caught.value.reason and tryton.settings()["password"] not in caught.value.reason


def test_a_record_that_is_not_there_is_refused_in_words(tryton: TrytonHouse) -> None:
    with CHANNEL.open(config(tryton)) as session, pytest.raises(Refused, match="exist"):
        session.send(told(a_status("4711")))
    with CHANNEL.open(config(tryton)) as session, pytest.raises(Refused, match="no record"):
        session.send(told(a_status("4711; drop table")))


def test_a_unit_that_nobody_knows_is_told_and_one_of_the_settings_is_used(tryton: TrytonHouse) -> None:
    settings = config(tryton)
    inbound = next(iter(CHANNEL.poll(settings)))
    strange = inbound.content.replace(b'"symbol":"u"', b'"symbol":"rl"').replace(b'"name":"Unit"', b'"name":"Rolle"')
    assert "'rl' or 'Rolle'" in CHANNEL.hear(strange, settings).refused
    known = config(tryton, units={"Rolle": "XRO"})
    heard = CHANNEL.hear(strange, known)
    assert b"XRO" in heard.files[0].content


def test_a_total_that_differs_is_left_for_the_reader_to_refuse(tryton: TrytonHouse) -> None:
    settings = config(tryton)
    inbound = next(iter(CHANNEL.poll(settings)))
    other = inbound.content.replace(b'"decimal":"41.50"}', b'"decimal":"42.50"}')
    assert json.loads(CHANNEL.hear(other, settings).files[0].content)["totals"] == {"lines": "42.5"}


@pytest.mark.parametrize("wrong", [None, True, "\x00", "1e999999", [None], {"id": []}, {"__class__": "date"}, -5])
def test_a_record_with_any_value_broken_is_a_document_or_a_reason(tryton: TrytonHouse, wrong: Any) -> None:
    settings = config(tryton)
    good = next(iter(CHANNEL.poll(settings))).content

    def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, one in pairs:
            yield (*path, key)
            yield from leaves(one, (*path, key))

    for path in list(leaves(json.loads(good)["record"])):
        broken = json.loads(good)
        inner = broken["record"]
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = wrong
        heard = CHANNEL.hear(json.dumps(broken).encode(), settings)
        assert heard.files or heard.refused, path
