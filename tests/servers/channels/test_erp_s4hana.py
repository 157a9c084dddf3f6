"""SAP S/4HANA, tested against a contract server built from its metadata; not run against the live product."""

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from orderwire.channels import Inbound, Refused, Unavailable
from orderwire.channels.erp.s4hana import S4Hana, S4HanaConfig
from tests.servers.channels.erp_conformance import ErpConformance, a_status, told
from tests.servers.channels.erp_faults import AT, SECOND, ErpFaults, document, order
from tests.servers.erp_contracts.s4hana import CLIENT, PASSWORD, USER, S4Contract, fill, instant, name_of


class Setting:
    """The contract server, and settings that lead to it."""

    channel = S4Hana()
    contract: S4Contract

    @pytest.fixture(autouse=True)
    def _served(self) -> Iterator[None]:
        with S4Contract() as self.contract:
            yield

    def config(self, **changes: Any) -> S4HanaConfig:
        given: dict[str, Any] = {"url": self.contract.url, "user": USER, "password": PASSWORD, "client": CLIENT}
        given |= {"allow_private": True, "since": "2026-01-01", "names": {"1010": "Muster AG"}, "taxes": {"V1": "19"}}
        return S4HanaConfig.model_validate({**given, **changes})

    def place(self, number: int, at: datetime.datetime) -> None:
        fill(self.contract, number, at=at)

    def touch(self, number: int, at: datetime.datetime) -> None:
        self.contract.orders[name_of(number)]["LastChangeDateTime"] = instant(at)

    def polled(self, cursor: str = "", **changes: Any) -> list[Inbound]:
        return list(self.channel.poll(self.config(**changes), cursor))


class TestS4HanaConformance(Setting, ErpConformance):
    def unreachable(self) -> S4HanaConfig:
        return self.config(url="http://127.0.0.1:1")

    def record_id(self, reference: str) -> str:
        return name_of(int(reference))

    def arrived(self) -> Sequence[str]:
        return [name for name, _, _ in self.contract.notes]

    @pytest.fixture(autouse=True)
    def _orders(self, _served: None) -> None:
        for number in (1, 2, 3):
            self.place(number, AT)


class TestS4HanaFaults(Setting, ErpFaults):
    logins = 1


class TestS4Hana(Setting):
    def test_an_order_with_all_that_it_says(self) -> None:
        self.place(1, AT)
        (inbound,) = self.polled()
        found = document(self.channel, inbound, self.config())
        assert found["external_id"] == "4500000001" and found["totals"] == {"lines": "47"}
        assert found["approval"]["approver"] == "released in SAP S/4HANA"
        read = order(self.channel, inbound, self.config())
        assert (read.number, read.currency, str(read.issued)) == ("4500000001", "EUR", "2026-11-02")
        assert read.buyer.name == "Muster AG" and read.supplier.name == "Acme Ltd"
        assert read.supplier.identifier("buyer") == "17300001"
        terms = read.payment_terms[0]
        assert (terms.days, terms.discount_days, terms.discount_percent, terms.text) == (30, 14, 2, "Terms 0002")
        assert read.incoterm and (read.incoterm.code, read.incoterm.year) == ("FCA", 2020)
        first, second = read.lines
        assert (first.number, first.quantity, first.unit) == ("10", 1000, "C62")
        assert (first.price, first.price_basis) == (Decimal("2.5"), 100)
        assert [(s.quantity, str(s.requested)) for s in first.schedules] == [(400, "2026-12-01"), (600, "2026-12-15")]
        assert first.schedules[0].ship_to and first.schedules[0].ship_to.name == "Plant Ulm"
        assert second.schedules[0].ship_to and second.schedules[0].ship_to.name == "Muster AG"
        assert first.taxes[0].percent == 19 and first.accounts[0].cost_center == "4711"

    def test_a_price_for_another_unit_is_counted_in_the_ordered_one(self) -> None:
        self.place(1, AT)
        item = self.contract.items[name_of(1)][0]
        item |= {"OrderPriceUnit": "KG", "OrderPriceUnitToOrderUnitNmrtr": 1, "OrdPriceUnitToOrderUnitDnmntr": 4}
        item |= {"NetPriceAmount": 8.0, "NetPriceQuantity": 1, "NetAmount": 2000.0}
        line = order(self.channel, self.polled()[0], self.config()).lines[0]
        assert (line.price, line.price_basis, line.quantity) == (8, 4, 1000)

    def test_only_released_orders_and_deleted_ones(self) -> None:
        fill(self.contract, 1, at=AT, ReleaseIsNotCompleted=True, PurchasingProcessingStatus="03")
        fill(self.contract, 2, at=AT, PurchasingProcessingStatus="08")
        fill(self.contract, 3, at=AT, PurchaseOrderDeletionCode="L")
        fill(self.contract, 4, at=AT, PurchasingProcessingStatus="02")
        found = self.polled()
        assert [one.name.split()[0] for one in found] == [name_of(3), name_of(4)]
        cancelled = document(self.channel, found[0], self.config())
        assert cancelled["cancellation"]["order_number"] == name_of(3)

    def test_deleted_items_are_withdrawn_and_all_of_them_are_the_order(self) -> None:
        self.place(1, AT)
        first, second = self.contract.items[name_of(1)]
        first["PurchasingDocumentDeletionCode"] = "L"
        assert [line.number for line in order(self.channel, self.polled()[0], self.config()).lines] == ["20"]
        second["PurchasingDocumentDeletionCode"] = "L"
        assert document(self.channel, self.polled()[0], self.config())["type"] == "cancellation"

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"PurchaseOrderQuantityUnit": "PAL"}, "unit 'PAL' of SAP"),
            ({"IsReturnsItem": True}, "is a return"),
            ({"OrderQuantity": 0}, "limit without a quantity"),
        ],
    )
    def test_what_cannot_be_sent_is_told(self, change: dict[str, Any], words: str) -> None:
        self.place(1, AT)
        self.contract.items[name_of(1)][0] |= change
        assert words in self.channel.hear(self.polled()[0].content, self.config()).refused

    def test_schedule_lines_that_do_not_add_up_are_told(self) -> None:
        self.place(1, AT)
        self.contract.items[name_of(1)][0]["OrderQuantity"] = 999
        assert "add up" in self.channel.hear(self.polled()[0].content, self.config()).refused

    def test_many_items_come_in_pages(self) -> None:
        self.place(1, AT)
        item = self.contract.items[name_of(1)][0]
        self.contract.items[name_of(1)] = [{**item, "PurchaseOrderItem": f"{n:05}"} for n in range(10, 1010, 10)]
        assert len(order(self.channel, self.polled()[0], self.config()).lines) == 100

    def test_many_orders_of_one_moment_and_changes_while_pages_are_read(self) -> None:
        for number in range(1, 131):
            fill(self.contract, number, at=AT)
        with self.channel.link(self.config()) as link:
            seen = []
            for count, entry in enumerate(link.entries(AT - SECOND), 1):
                if count == 5:
                    self.touch(1, AT + SECOND)
                    self.touch(130, AT + SECOND)
                seen.append(entry.id)
        assert set(seen) == {name_of(number) for number in range(1, 131)}

    def test_a_status_replaces_the_text_once_and_is_not_sent_to_suppliers(self) -> None:
        self.place(1, AT)
        key = (name_of(1), "F02", "EN")
        for sequence in (7, 7, 8):
            with self.channel.open(self.config()) as session:
                session.send(told(a_status(name_of(1), sequence=sequence)))
        writes = [asked.method for asked in self.contract.asked if asked.method != "GET"]
        assert writes == ["POST", "PATCH"], "the same status again changes nothing"
        assert "Orderwire 8-" in self.contract.notes[key]["PlainLongText"]
        self.contract.notes[name_of(1), "F01", "EN"] = {"TextObjectType": "F01", "PlainLongText": "Ring first"}
        notes = order(self.channel, self.polled()[0], self.config()).notes
        assert [(note.text, note.subject) for note in notes] == [("Ring first", "F01")]

    def test_the_suppliers_number_stands_at_the_lines_if_wanted(self) -> None:
        self.place(1, AT)
        for _ in range(2):
            with self.channel.open(self.config(write_number=True)) as session:
                session.send(told(a_status(name_of(1), supplier_order_number="SO-9")))
        assert [item["PurgDocOrderAcknNumber"] for item in self.contract.items[name_of(1)]] == ["SO-9", "SO-9"]
        assert sum(asked.method == "PATCH" for asked in self.contract.asked) == 2

    def test_a_token_that_ended_is_fetched_again(self) -> None:
        self.place(1, AT)
        self.place(2, AT)
        with self.channel.open(self.config()) as session:
            session.send(told(a_status(name_of(1))))
            self.contract.tokens.clear()
            session.send(told(a_status(name_of(2))))
        assert len(self.contract.notes) == 2 and self.contract.fetched == 2

    def test_who_may_not_write_is_told(self) -> None:
        self.place(1, AT)
        self.contract.may_write = False
        with (
            self.channel.open(self.config()) as session,
            pytest.raises(Unavailable, match="does not allow us to write"),
        ):
            session.send(told(a_status(name_of(1))))

    def test_an_order_that_is_not_there_is_refused(self) -> None:
        with self.channel.open(self.config()) as session, pytest.raises(Refused, match="nothing at this address"):
            session.send(told(a_status("x' or 'a' eq 'a", number="PO-1")))
        assert not self.contract.notes

    def test_settings_need_one_login(self) -> None:
        oauth = {"token_url": "https://x.example/token", "client_id": "a", "client_secret": "b"}
        for wrong in ({"user": ""}, {"password": None}, {"oauth": oauth}):
            with pytest.raises(ValidationError, match="either user and password, or oauth"):
                self.config(**wrong)

    def test_a_probe_counts(self) -> None:
        self.place(1, AT)
        assert "1 released purchase orders" in self.channel.probe(self.config())
