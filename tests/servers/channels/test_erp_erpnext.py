"""ERPNext, tested against a contract server built from its documents; not run against the live product."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from orderwire.channels import Inbound, Refused, Unavailable
from orderwire.channels.erp.erpnext import ErpNext, ErpNextConfig
from tests.servers.channels.erp_conformance import ErpConformance, a_status, told
from tests.servers.channels.erp_faults import AT, SECOND, ErpFaults, document, order
from tests.servers.erp_contracts.erpnext import KEY, SECRET, ErpNextContract, fill, local


def name(number: int) -> str:
    return f"PUR-ORD-2026-{number:05}"


class Setting:
    """The contract server, and settings that lead to it."""

    channel = ErpNext()
    contract: ErpNextContract

    @pytest.fixture(autouse=True)
    def _served(self) -> Iterator[None]:
        with ErpNextContract() as self.contract:
            yield

    def config(self, **changes: Any) -> ErpNextConfig:
        given: dict[str, Any] = {"url": self.contract.url, "key": KEY, "secret": SECRET, "allow_private": True}
        return ErpNextConfig.model_validate({**given, "since": "2026-01-01", "zone": "Asia/Kolkata", **changes})

    def place(self, number: int, at: datetime.datetime) -> None:
        fill(self.contract, number, at=at)

    def touch(self, number: int, at: datetime.datetime) -> None:
        self.contract.docs["Purchase Order"][name(number)]["modified"] = local(at)

    def polled(self, cursor: str = "", **changes: Any) -> list[Inbound]:
        return list(self.channel.poll(self.config(**changes), cursor))


class TestErpNextConformance(Setting, ErpConformance):
    def unreachable(self) -> ErpNextConfig:
        return self.config(url="http://127.0.0.1:1")

    def record_id(self, reference: str) -> str:
        return name(int(reference))

    def arrived(self) -> Sequence[str]:
        return [row["reference_name"] for row in self.contract.docs["Comment"].values()]

    @pytest.fixture(autouse=True)
    def _orders(self, _served: None) -> None:
        for number in (1, 2, 3):
            self.place(number, AT)


class TestErpNextFaults(Setting, ErpFaults):
    logins = 1


class TestErpNext(Setting):
    def test_an_order_with_all_that_it_says(self) -> None:
        self.place(1, AT)
        (inbound,) = self.polled()
        found = document(self.channel, inbound, self.config())
        assert found["external_id"] == name(1) and found["totals"] == {"lines": "122.5"}
        assert found["approval"]["approver"] == "submitted in ERPNext, last saved by berta@example.com"
        assert found["approval"]["at"] == AT.isoformat(), "the site's own time is told as what it is"
        read = order(self.channel, inbound, self.config())
        assert (read.number, read.currency, str(read.issued)) == (name(1), "INR", "2026-11-02")
        assert read.supplier.identifier("buyer") == "Acme" and read.supplier.identifier("vat") == "GB123456789"
        assert read.supplier.address and read.supplier.address.country == "GB"
        assert read.ship_to and read.ship_to.name == "Plant 1" and read.incoterm and read.incoterm.code == "FCA"
        assert read.notes[0].text == "Ring & wait" and read.payment_terms[0].text == "Net 30"
        assert read.allowances_charges[0].kind == "charge" and read.allowances_charges[0].amount == 12.5
        first, second = read.lines
        assert (first.number, first.description, first.unit) == ("k2f9a1b3c4", "Screw\nM4", "C62")
        assert (first.supplier_part, first.taxes[0].percent, second.taxes[0].percent) == ("A-77", 18, 5)
        numbered = order(self.channel, inbound, self.config(lines="position"))
        assert [line.number for line in numbered.lines] == ["1", "2"]

    def test_a_discount_on_the_whole_order_is_in_the_lines(self) -> None:
        self.place(1, AT)
        self.contract.docs["Purchase Order"][name(1)]["items"][0]["net_amount"] = 90.0
        line = order(self.channel, self.polled()[0], self.config()).lines[0]
        assert (line.price, line.price_basis, line.quantity) == (90, 100, 100)
        assert "per unit it is 1" in line.notes[0].text

    def test_drafts_are_left_and_cancelled_ones_are_cancellations(self) -> None:
        fill(self.contract, 1, at=AT, docstatus=0)
        fill(self.contract, 2, at=AT, docstatus=2)
        (cancelled,) = self.polled()
        assert document(self.channel, cancelled, self.config())["cancellation"]["order_number"] == name(2)

    @pytest.mark.parametrize(("status", "words"), [("On Hold", "on hold"), ("Closed", "closed")])
    def test_what_is_on_hold_or_closed_does_not_go_out(self, status: str, words: str) -> None:
        fill(self.contract, 1, at=AT, status=status)
        (inbound,) = self.polled()
        assert words in self.channel.hear(inbound.content, self.config()).refused

    def test_an_amended_order_names_the_one_before(self) -> None:
        fill(self.contract, 2, at=AT, amended_from=name(1))
        read = order(self.channel, self.polled()[0], self.config())
        assert (read.references[0].number, read.references[0].code) == (name(1), "amended_from")

    def test_only_one_company_where_that_is_set(self) -> None:
        fill(self.contract, 1, at=AT)
        fill(self.contract, 2, at=AT, company="Other")
        assert [one.name.split()[0] for one in self.polled(company="Muster")] == [name(1)]

    def test_many_orders_saved_together_and_changes_while_pages_are_read(self) -> None:
        for number in range(1, 251):
            fill(self.contract, number, at=AT + (number // 60) * SECOND)
        with self.channel.link(self.config()) as link:
            seen = []
            for count, entry in enumerate(link.entries(AT - SECOND), 1):
                if count == 5:
                    self.touch(1, AT + 30 * SECOND)
                    self.touch(250, AT + 30 * SECOND)
                seen.append(entry.id)
        assert set(seen) == {name(number) for number in range(1, 251)}

    def test_the_hour_that_is_there_twice_is_not_missed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The clocks go back on 25 October 2026 at 01:00 UTC in Berlin: 02:10 comes after 02:50."""
        zone = "Europe/Berlin"
        first = fill(self.contract, 1, at=AT)
        first["modified"] = "2026-10-25 02:50:00.000000"
        (taken,) = self.polled(zone=zone)
        second = fill(self.contract, 2, at=AT)
        second["modified"] = "2026-10-25 02:10:00.000000"
        assert name(2) in [one.name.split()[0] for one in self.polled(taken.cursor, zone=zone)]

    def test_a_status_is_told_once_and_a_confirmation_stands_in_its_fields(self) -> None:
        self.place(1, AT)
        status = a_status(name(1), supplier_order_number="SO-9", answered=AT)
        for _ in range(2):
            with self.channel.open(self.config(status_field="custom_answer")) as session:
                session.send(told(status))
        (comment,) = self.contract.docs["Comment"].values()
        assert "Order: Approved, version 1." in comment["content"]
        doc = self.contract.docs["Purchase Order"][name(1)]
        assert (doc["order_confirmation_no"], doc["order_confirmation_date"]) == ("SO-9", "2026-11-20")
        assert doc["custom_answer"]
        assert sum(asked.method == "PUT" for asked in self.contract.asked) == 1

    def test_another_try_comments_nothing_new_and_what_is_true_again_is_said_again(self) -> None:
        self.place(1, AT)
        waits = ("Call them.",)
        for sequence, attention in ((7, ()), (8, ()), (9, waits), (11, waits), (12, ())):
            self.contract.now += SECOND
            with self.channel.open(self.config()) as session:
                session.send(told(a_status(name(1), sequence=sequence, attention=attention)))
        said = ["Call them" in row["content"] for row in self.contract.docs["Comment"].values()]
        assert said == [False, True, False]

    def test_hundreds_of_one_moment_make_no_long_questions(self) -> None:
        """A bulk change: the names of what was read already would not fit into an address."""
        for number in range(1, 331):
            self.place(number, AT if number <= 300 else AT + SECOND)
        found = [one.id for one in self.channel.entries(self.config(), AT, AT + SECOND)]
        assert found == [name(number) for number in range(1, 331)]
        assert max(len(asked.params.get("filters", "")) for asked in self.contract.asked) < 250

    def test_missing_rights_are_named(self) -> None:
        self.place(1, AT)
        self.contract.forbidden.add("Address")
        with pytest.raises(Unavailable, match="Address"):
            self.polled()

    @pytest.mark.parametrize("record", ["../../method/frappe.client.delete", "..", "a/b"])
    def test_a_name_cannot_lead_elsewhere(self, record: str) -> None:
        with self.channel.open(self.config()) as session, pytest.raises(Refused):
            session.send(told(a_status(record, number="PO-1")))
        assert all(len(asked.path.split("/")) == 5 for asked in self.contract.asked if "resource" in asked.path)

    def test_a_key_with_a_colon_or_a_line_is_refused(self) -> None:
        for wrong in ("a:b", "a\r\nX: 1", ""):
            with pytest.raises(ValidationError, match="copy it from ERPNext"):
                self.config(key=wrong)

    def test_a_probe_says_as_whom(self) -> None:
        self.place(1, AT)
        assert "as orderwire@example.com; 1 submitted" in self.channel.probe(self.config())
