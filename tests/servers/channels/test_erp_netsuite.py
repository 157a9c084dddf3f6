"""NetSuite, tested against a contract server built from its documents; not run against the live product."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pydantic import ValidationError

from orderwire.channels import Inbound, Refused
from orderwire.channels.erp.netsuite import NetSuite, NetSuiteConfig
from orderwire.channels.erp.netsuite.token import assertion
from tests.servers.channels.erp_conformance import ErpConformance, a_status, told
from tests.servers.channels.erp_faults import AT, SECOND, ErpFaults, document, order
from tests.servers.erp_contracts.netsuite import CERTIFICATE, CLIENT, PEM, NetSuiteContract, _decoded, fill, local
from tests.servers.erp_contracts.serving import Said


class Setting:
    """The contract server, and settings that lead to it."""

    channel = NetSuite()
    contract: NetSuiteContract

    @pytest.fixture(autouse=True)
    def _served(self) -> Iterator[None]:
        with NetSuiteContract() as self.contract:
            yield

    def config(self, **changes: Any) -> NetSuiteConfig:
        given: dict[str, Any] = {"url": self.contract.url, "client_id": CLIENT, "certificate_id": CERTIFICATE}
        given |= {"private_key": PEM, "zone": "America/Los_Angeles", "allow_private": True, "since": "2026-01-01"}
        return NetSuiteConfig.model_validate({**given, **changes})

    def place(self, number: int, at: datetime.datetime) -> None:
        fill(self.contract, number, at=at)

    def touch(self, number: int, at: datetime.datetime) -> None:
        self.contract.changed[str(number)] = local(at)

    def polled(self, cursor: str = "", **changes: Any) -> list[Inbound]:
        return list(self.channel.poll(self.config(**changes), cursor))


class TestNetSuiteConformance(Setting, ErpConformance):
    def unreachable(self) -> NetSuiteConfig:
        return self.config(url="http://127.0.0.1:1")

    def arrived(self) -> Sequence[str]:
        return [key for key, order in self.contract.orders.items() if order.get("custbody_orderwire_status")]

    @pytest.fixture(autouse=True)
    def _orders(self, _served: None) -> None:
        for number in (1, 2, 3):
            self.place(number, AT)


class TestNetSuiteFaults(Setting, ErpFaults):
    logins = 2

    def test_no_key_in_what_people_read(self) -> None:
        config = self.config()
        inner = PEM.splitlines()[1]
        assert inner not in repr(config)
        self.contract.faults.append(Said(401, inner.encode()))
        with pytest.raises(Refused, match="gave us no token") as caught:
            self.channel.probe(config)
        assert inner not in caught.value.reason


class TestNetSuite(Setting):
    def test_an_order_with_all_that_it_says(self) -> None:
        self.place(1, AT)
        (inbound,) = self.polled()
        found = document(self.channel, inbound, self.config())
        assert found["external_id"] == "1" and found["approval"]["approver"] == "approved in NetSuite"
        read = order(self.channel, inbound, self.config())
        assert (read.number, read.currency, str(read.issued)) == ("PO1", "USD", "2026-11-02")
        assert read.buyer.name == "Contoso Inc." and read.supplier.identifier("buyer") == "V100"
        assert read.ship_to and read.ship_to.address and read.ship_to.address.country == "US"
        assert read.incoterm and read.incoterm.code == "FCA" and read.payment_terms[0].text == "Net 30"
        first, second, cost = read.lines
        assert (first.number, first.quantity, first.unit, first.price) == ("1", 100, "EA", 1)
        assert (first.supplier_part, str(first.schedules[0].requested)) == ("A-77", "2026-12-01")
        assert second.description == "NUT-4"
        assert (cost.number, cost.price, cost.description) == ("E1", 12.5, "Freight")

    def test_only_approved_orders(self) -> None:
        fill(self.contract, 1, at=AT, approvalStatus={"id": "1", "refName": "Pending Approval"})
        fill(self.contract, 2, at=AT, approvalStatus={"id": "3", "refName": "Rejected"})
        fill(self.contract, 3, at=AT)
        assert [one.name.split()[0] for one in self.polled()] == ["PO3"]

    def test_closed_lines_are_withdrawn_and_all_of_them_are_the_order(self) -> None:
        row = fill(self.contract, 1, at=AT, expense={"items": []})
        first, second = row["item"]["items"]
        first |= {"isClosed": True, "quantityReceived": 40.0}
        second |= {"isClosed": True}
        (line,) = order(self.channel, self.polled()[0], self.config()).lines
        assert (line.number, line.quantity) == ("1", 40)
        first["quantityReceived"] = 0.0
        assert document(self.channel, self.polled()[0], self.config())["cancellation"]["order_number"] == "PO1"

    def test_a_line_without_a_unit_is_told_unless_the_settings_say_what_it_is(self) -> None:
        row = fill(self.contract, 1, at=AT)
        del row["item"]["items"][0]["units"]
        (inbound,) = self.polled()
        assert "without a name" in self.channel.hear(inbound.content, self.config()).refused
        assert order(self.channel, inbound, self.config(default_unit="C62")).lines[0].unit == "C62"

    def test_more_lines_than_are_given_at_once_are_told(self) -> None:
        row = fill(self.contract, 1, at=AT)
        row["item"]["hasMore"] = True
        assert "more lines" in self.channel.hear(self.polled()[0].content, self.config()).refused

    def test_many_orders_of_one_second_and_changes_while_pages_are_read(self) -> None:
        for number in range(1, 451):
            fill(self.contract, number, at=AT)
        with self.channel.link(self.config()) as link:
            seen = []
            for count, entry in enumerate(link.entries(AT - SECOND), 1):
                if count == 5:
                    self.touch(1, AT + 30 * SECOND)
                    self.touch(450, AT + 30 * SECOND)
                seen.append(entry.id)
        assert set(seen) == {str(number) for number in range(1, 451)}

    def test_a_token_that_ends_in_the_middle_is_replaced(self) -> None:
        for number in range(1, 4):
            self.place(number, AT)
        looking = self.channel.poll(self.config(), "")
        next(looking)
        self.contract.good.clear()
        assert len(list(looking)) == 2

    def test_a_status_is_written_once_and_the_number_where_wanted(self) -> None:
        self.place(1, AT)
        status = a_status("1", supplier_order_number="SO-9")
        for _ in range(2):
            with self.channel.open(self.config(write_reference=True)) as session:
                session.send(told(status))
        row = self.contract.orders["1"]
        assert "Order: Approved, version 1." in row["custbody_orderwire_status"] and row["otherRefNum"] == "SO-9"
        assert sum(asked.method == "PATCH" for asked in self.contract.asked) == 1

    def test_a_status_longer_than_the_field_is_cut_with_its_mark(self) -> None:
        self.place(1, AT)
        with self.channel.open(self.config()) as session:
            session.send(told(a_status("1", attention=("x" * 3000, "y" * 3000))))
        kept = self.contract.orders["1"]["custbody_orderwire_status"]
        assert len(kept) <= 3900 and kept.splitlines()[-1].startswith("(Orderwire 7-")

    def test_a_field_that_is_not_there_is_told(self) -> None:
        self.place(1, AT)
        with self.channel.open(self.config(status_field="custbody_other")) as session, pytest.raises(Refused) as caught:
            session.send(told(a_status("1")))
        assert "custbody_other" in caught.value.reason

    @pytest.mark.parametrize("record", ["1/item", "1?fields=x", "x", "٣"])
    def test_an_id_cannot_lead_elsewhere(self, record: str) -> None:
        with self.channel.open(self.config()) as session, pytest.raises(Refused, match="is no purchaseOrder"):
            session.send(told(a_status(record, number="PO-1")))

    def test_a_key_that_netsuite_would_not_take_is_refused(self) -> None:
        small = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = small.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        for wrong in (pem.decode(), "no key", ""):
            with pytest.raises(ValidationError, match="private_key"):
                self.config(private_key=wrong)

    def test_an_assertion_of_an_rsa_key_is_signed_with_ps256(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        signed = assertion(key, audience="https://x.example/token", client_id="a", certificate_id="b")
        content, _, signature = signed.rpartition(".")
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        key.public_key().verify(_decoded(signature), content.encode(), pss, hashes.SHA256())

    def test_a_probe_counts(self) -> None:
        self.place(1, AT)
        assert "1 approved purchase orders" in self.channel.probe(self.config())
