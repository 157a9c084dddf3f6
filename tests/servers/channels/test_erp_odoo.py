"""Odoo, tested against a contract server built from its documents; not run against the live product."""

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest

from orderwire.channels import Unavailable
from orderwire.channels.erp.odoo import Odoo, OdooConfig
from orderwire.channels.erp.record import Entry
from tests.servers.channels.erp_conformance import ErpConformance, a_status, told
from tests.servers.channels.erp_faults import AT, SECOND, ErpFaults, document, order
from tests.servers.erp_contracts.odoo import DATABASE, KEY, LOGIN, OdooContract, fill, moment


class Setting:
    """The contract server, and settings that lead to it."""

    channel = Odoo()
    contract: OdooContract
    api = "json2"

    @pytest.fixture(autouse=True)
    def _served(self) -> Iterator[None]:
        with OdooContract() as self.contract:
            yield

    def config(self, **changes: Any) -> OdooConfig:
        given: dict[str, Any] = {"url": self.contract.url, "key": KEY, "allow_private": True, "since": "2026-11-01"}
        given |= {"api": self.api, "database": DATABASE, "login": LOGIN, "zone": "Europe/Berlin"}
        return OdooConfig.model_validate({**given, **changes})

    def place(self, number: int, at: datetime.datetime) -> None:
        fill(self.contract, number, at=at)

    def touch(self, number: int, at: datetime.datetime) -> None:
        (row,) = [row for row in self.contract.tables["purchase.order"] if row["id"] == number]
        row["write_date"] = moment(at)


class TestOdooConformance(Setting, ErpConformance):
    def unreachable(self) -> OdooConfig:
        return self.config(url="http://127.0.0.1:1")

    def arrived(self) -> Sequence[str]:
        return [str(row["res_id"]) for row in self.contract.tables["mail.message"]]

    @pytest.fixture(autouse=True)
    def _orders(self, _served: None) -> None:
        for number in (1, 2, 3):
            self.place(number, AT)


class TestOdooFaults(Setting, ErpFaults):
    logins = 2


class TestOdooXmlRpcFaults(Setting, ErpFaults):
    api = "xmlrpc"
    logins = 3
    test_a_good_record_with_any_value_broken_is_a_document_or_a_reason = None  # type: ignore[assignment]
    """Records are the same by both ways."""

    def test_a_wrong_key_is_told(self) -> None:
        with pytest.raises(Unavailable, match="did not accept our login"):
            self.polled(key="wrong")


class TestOdoo(Setting):
    def polled(self, cursor: str = "", **changes: Any) -> list[Any]:
        return list(self.channel.poll(self.config(**changes), cursor))

    @pytest.mark.parametrize("api", ["json2", "xmlrpc"])
    def test_an_order_with_all_that_it_says(self, api: str) -> None:
        self.api = api
        self.place(1, AT)
        (inbound,) = self.polled()
        found = document(self.channel, inbound, self.config())
        assert found["external_id"] == "1"
        assert found["approval"] == {
            "approver": "confirmed in Odoo, buyer Berta Buyer",
            "at": "2026-11-02T23:30:00+00:00",
        }
        assert found["totals"] == {"lines": "122.5"}
        read = order(self.channel, inbound, self.config())
        assert (read.number, read.currency, str(read.issued)) == ("P00001", "EUR", "2026-11-03")
        assert read.supplier.identifier("buyer") == "V100" and read.supplier.name == "Acme Ltd"
        assert read.buyer.identifier("vat") == "DE123456788"
        assert read.incoterm and read.incoterm.code == "FCA" and read.payment_terms[0].text == "30 Days"
        assert read.notes[0].text == "Ring & wait.\nGate 2"
        first, second = read.lines
        assert (first.number, first.quantity, first.unit, first.price) == ("11", 100, "C62", 1)
        assert first.description == "[SCR-4] Screw\nM4"
        assert (first.buyer_part, first.supplier_part, first.gtin) == ("SCR-4", "A-77", "4006381333931")
        assert str(first.schedules[0].requested) == "2026-12-02", "a day in the company's zone, not in UTC"
        assert first.taxes[0].percent == 19
        assert second.allowances_charges[0].percent == 10 and second.supplier_part is None

    def test_a_discount_that_rounds_otherwise_is_taken_off_the_price(self) -> None:
        self.place(1, AT)
        line = self.contract.tables["purchase.order.line"][1]
        line |= {"product_qty": 3.0, "price_unit": 0.35, "discount": 10.0, "price_subtotal": 0.95}
        read = order(self.channel, self.polled()[0], self.config())
        assert read.lines[1].price == Decimal("0.315") and not read.lines[1].allowances_charges
        assert "10 % off 0.35" in read.lines[1].notes[0].text

    def test_prices_that_include_tax_are_taken_without_it(self) -> None:
        self.place(1, AT)
        self.contract.tables["account.tax"][0]["price_include"] = True
        self.contract.tables["purchase.order.line"][0] |= {"price_unit": 1.19}
        read = order(self.channel, self.polled()[0], self.config())
        assert (read.lines[0].price, read.lines[0].price_basis) == (100, 100)

    def test_a_unit_without_a_code_is_told_and_one_from_the_settings_is_used(self) -> None:
        self.place(1, AT)
        self.contract.tables["purchase.order.line"][0]["product_uom_id"] = [40, "Rolle 50m"]
        (inbound,) = self.polled()
        assert "Rolle 50m" in self.channel.hear(inbound.content, self.config()).refused
        config = self.config(units={"Rolle 50m": "XRO"})
        assert order(self.channel, inbound, config).lines[0].unit == "XRO"

    def test_only_confirmed_orders_and_cancelled_ones_that_were_confirmed(self) -> None:
        fill(self.contract, 1, at=AT, state="draft", date_approve=False)
        fill(self.contract, 2, at=AT, state="to approve", date_approve=False)
        fill(self.contract, 3, at=AT, state="cancel", date_approve=False)
        fill(self.contract, 4, at=AT, state="cancel")
        fill(self.contract, 5, at=AT, state="done")
        found = self.polled()
        assert [one.name.split()[0] for one in found] == ["P00004", "P00005"]
        assert document(self.channel, found[0], self.config())["type"] == "cancellation"
        assert document(self.channel, found[0], self.config())["cancellation"]["order_number"] == "P00004"

    def test_a_changed_line_brings_its_order_though_the_order_was_not_touched(self) -> None:
        self.place(1, AT)
        (first,) = self.polled()
        line = self.contract.tables["purchase.order.line"][0]
        line |= {"product_qty": 90.0, "price_subtotal": 90.0, "write_date": moment(AT + 50 * SECOND)}
        (again,) = self.polled(first.cursor)
        assert order(self.channel, again, self.config()).lines[0].quantity == 90

    def test_a_line_of_zero_is_withdrawn_and_sections_are_no_lines(self) -> None:
        self.place(1, AT)
        self.contract.tables["purchase.order.line"][0] |= {"product_qty": 0.0, "price_subtotal": 0.0}
        note = {"id": 19, "order_id": [1, "P00001"], "sequence": 3, "display_type": "line_note", "name": "Mind the gap"}
        self.contract.tables["purchase.order.line"].append({**note, "write_date": moment(AT)})
        read = order(self.channel, self.polled()[0], self.config())
        assert [line.number for line in read.lines] == ["12"]
        assert read.notes[-1].text == "Mind the gap"

    def test_more_than_a_page_of_the_same_second_and_changes_while_pages_are_read(self) -> None:
        for number in range(1, 231):
            fill(self.contract, number, at=AT.replace(microsecond=number))
        link_config = self.config()
        with self.channel.link(link_config) as link:
            seen: list[Entry] = []
            for count, entry in enumerate(link.entries(AT - SECOND), 1):
                if count == 5:
                    self.touch(230, AT + 30 * SECOND)
                    self.touch(1, AT + 30 * SECOND)
                seen.append(entry)
        assert {int(one.id) for one in seen} == set(range(1, 231))
        assert [one.changed for one in seen] == sorted(one.changed for one in seen)

    def test_the_window_of_a_count_has_both_ends(self) -> None:
        for number in (1, 2, 3):
            fill(self.contract, number, at=AT + number * 10 * SECOND)
        whole = AT.replace(microsecond=0)
        found = self.channel.entries(self.config(), whole + 10 * SECOND, whole + 20 * SECOND)
        assert [one.id for one in found] == ["1", "2"]

    def test_a_status_is_noted_once_inside_and_the_suppliers_number_kept(self) -> None:
        self.place(1, AT)
        status = a_status("1", supplier_order_number="SO-9")
        for _ in range(2):
            with self.channel.open(self.config()) as session:
                receipt = session.send(told(status))
        (message,) = self.contract.tables["mail.message"]
        assert message["subtype"] == "mail.mt_note", "a comment would be mailed to the supplier"
        assert "Order: Approved, version 1." in message["body"] and "SO-9" in message["body"]
        assert self.contract.tables["purchase.order"][0]["partner_ref"] == "SO-9"
        assert "P00001" in receipt.text
        with self.channel.open(self.config()) as session:
            session.send(told(a_status("1", sequence=8, supplier_order_number="SO-10")))
        assert len(self.contract.tables["mail.message"]) == 2
        assert self.contract.tables["purchase.order"][0]["partner_ref"] == "SO-9", "what is there stays"

    def test_another_try_notes_nothing_new_and_what_is_true_again_is_noted_again(self) -> None:
        """Between two tries something that is no news, such as our own write, may have happened to the order."""
        self.place(1, AT)
        waits = ("Call them.",)
        for sequence, attention in ((7, ()), (8, ()), (9, waits), (11, waits), (12, ())):
            with self.channel.open(self.config()) as session:
                session.send(told(a_status("1", sequence=sequence, attention=attention)))
        noted = ["Call them" in row["body"] for row in self.contract.tables["mail.message"]]
        assert noted == [False, True, False]

    def test_missing_rights_are_named(self) -> None:
        self.place(1, AT)
        self.contract.forbidden.add("account.tax")
        with pytest.raises(Unavailable, match=r"account\.tax"):
            self.polled()
        with pytest.raises(Unavailable, match=r"account\.tax"):
            self.polled(api="xmlrpc")

    def test_a_probe_counts(self) -> None:
        self.place(1, AT)
        assert "1 confirmed purchase orders" in self.channel.probe(self.config())
