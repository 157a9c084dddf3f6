"""Dynamics 365, tested against a contract server built from its documents; not run against the live product."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from orderwire.channels import Inbound, Refused
from orderwire.channels.erp.dynamics365 import Dynamics365, Dynamics365Config
from orderwire.document.status import ConfirmedPart, LineStanding
from tests.servers.channels.erp_conformance import ErpConformance, a_status, told
from tests.servers.channels.erp_faults import AT, SECOND, ErpFaults, document, order
from tests.servers.erp_contracts.dynamics365 import CLIENT, COMPANY, SECRET, D365Contract, fill, instant, name_of
from tests.servers.erp_contracts.serving import Said


class Setting:
    """The contract server, and settings that lead to it."""

    channel = Dynamics365()
    contract: D365Contract

    @pytest.fixture(autouse=True)
    def _served(self) -> Iterator[None]:
        with D365Contract() as self.contract:
            yield

    def config(self, **changes: Any) -> Dynamics365Config:
        url = self.contract.url
        oauth = {"token_url": f"{url}/tenant/oauth2/v2.0/token", "client_id": CLIENT, "client_secret": SECRET}
        given: dict[str, Any] = {"url": url, "oauth": {**oauth, "scope": f"{url}/.default"}, "company": COMPANY}
        given |= {"name": "Contoso", "changed_field": "ChangedAt", "allow_private": True, "since": "2026-01-01"}
        given |= {"status_field": "OrderwireStatus", "taxes": {"FULL": "10"}}
        return Dynamics365Config.model_validate({**given, **changes})

    def place(self, number: int, at: datetime.datetime) -> None:
        fill(self.contract, number, at=at)

    def row(self, number: int) -> dict[str, Any]:
        (found,) = [row for row in self.contract.orders if row["PurchaseOrderNumber"] == name_of(number)]
        return found

    def touch(self, number: int, at: datetime.datetime) -> None:
        self.row(number)["ChangedAt"] = instant(at)

    def polled(self, cursor: str = "", **changes: Any) -> list[Inbound]:
        return list(self.channel.poll(self.config(**changes), cursor))


class TestDynamics365Conformance(Setting, ErpConformance):
    def unreachable(self) -> Dynamics365Config:
        return self.config(url="http://127.0.0.1:1")

    def record_id(self, reference: str) -> str:
        return name_of(int(reference))

    def arrived(self) -> Sequence[str]:
        return [row["PurchaseOrderNumber"] for row in self.contract.orders if row.get("OrderwireStatus")]

    @pytest.fixture(autouse=True)
    def _orders(self, _served: None) -> None:
        for number in (1, 2, 3):
            self.place(number, AT)


class TestDynamics365Faults(Setting, ErpFaults):
    logins = 2

    def test_no_key_in_what_people_read(self) -> None:
        config = self.config()
        assert SECRET not in repr(config)
        self.contract.faults.extend([None, *[Said(500, SECRET.encode())] * 3])
        with pytest.raises(Exception, match="Dynamics 365"):
            self.channel.probe(config)


class TestDynamics365(Setting):
    def test_an_order_with_all_that_it_says(self) -> None:
        self.place(1, AT)
        (inbound,) = self.polled()
        found = document(self.channel, inbound, self.config())
        assert found["external_id"] == "PO-000001" and found["totals"] == {"lines": "70"}
        assert found["approval"]["approver"] == "confirmed in Dynamics 365"
        read = order(self.channel, inbound, self.config())
        assert (read.number, read.currency, str(read.issued)) == ("PO-000001", "USD", "2026-11-02")
        assert read.buyer.name == "Contoso" and read.supplier.identifier("buyer") == "1001"
        assert read.ship_to and read.ship_to.name == "Contoso Seattle"
        assert read.incoterm and read.incoterm.code == "FOB" and read.payment_terms[0].text == "Net30"
        first, second = read.lines
        assert (first.number, first.quantity, first.unit, first.price, first.price_basis) == ("1", 1000, "EA", 2.5, 100)
        assert (first.supplier_part, first.taxes[0].percent) == ("A-77", 10)
        assert str(first.schedules[0].requested) == "2026-12-01" and second.schedules[0].requested is None
        assert second.allowances_charges[0].percent == 10

    def test_only_approved_orders_of_this_company_and_canceled_ones(self) -> None:
        fill(self.contract, 1, at=AT, DocumentApprovalStatus="Draft")
        fill(self.contract, 2, at=AT, DocumentApprovalStatus="InReview")
        fill(self.contract, 3, at=AT, dataAreaId="demf")
        fill(self.contract, 4, at=AT, PurchaseOrderStatus="Canceled")
        fill(self.contract, 5, at=AT, DocumentApprovalStatus="Approved")
        found = self.polled()
        assert [one.name.split()[0] for one in found] == [name_of(4), name_of(5)]
        assert document(self.channel, found[0], self.config())["type"] == "cancellation"
        confirmed = self.polled(approval=("Confirmed",))
        assert [one.name.split()[0] for one in confirmed] == [name_of(4)]

    def test_a_changed_line_brings_its_order_and_canceled_lines_are_withdrawn(self) -> None:
        self.place(1, AT)
        (first,) = self.polled()
        self.contract.lines[0] |= {"PurchaseOrderLineStatus": "Canceled", "ChangedAt": instant(AT + 9 * SECOND)}
        (again,) = self.polled(first.cursor)
        assert [line.number for line in order(self.channel, again, self.config()).lines] == ["2"]

    def test_a_token_that_ends_in_the_middle_is_replaced(self) -> None:
        for number in range(1, 4):
            self.place(number, AT)
        looking = self.channel.poll(self.config(), "")
        next(looking)
        self.contract.good.clear()
        assert len(list(looking)) == 2

    def test_a_wrong_secret_is_told_without_it(self) -> None:
        oauth = {"token_url": f"{self.contract.url}/tenant/oauth2/v2.0/token", "client_id": CLIENT}
        with pytest.raises(Refused, match="does not accept our client id") as caught:
            self.polled(oauth={**oauth, "client_secret": "wr0ng"})
        assert "wr0ng" not in caught.value.reason

    def test_a_property_that_was_not_added_is_told(self) -> None:
        self.place(1, AT)
        with pytest.raises(Refused, match="ModifiedAt"):
            self.polled(changed_field="ModifiedAt")

    def test_many_orders_of_one_second_and_changes_while_pages_are_read(self) -> None:
        for number in range(1, 101):
            fill(self.contract, number, at=AT + (number // 15) * SECOND)
        with self.channel.link(self.config()) as link:
            seen = []
            for count, entry in enumerate(link.entries(AT - SECOND), 1):
                if count == 5:
                    self.touch(1, AT + 30 * SECOND)
                    self.touch(100, AT + 30 * SECOND)
                seen.append(entry.id)
        assert set(seen) == {name_of(number) for number in range(1, 101)}

    def test_more_of_one_moment_than_a_page_can_hold_are_told_and_not_skipped(self) -> None:
        for number in range(1, 51):
            fill(self.contract, number, at=AT)
        with pytest.raises(Refused, match="fewer of one moment"), self.channel.link(self.config()) as link:
            list(link.entries(AT - SECOND))

    def test_a_status_is_written_once_and_the_rest_where_the_settings_say_so(self) -> None:
        self.place(1, AT)
        day = datetime.date(2026, 12, 8)
        line = LineStanding(
            number="1", ordered=1000, unit="EA", confirmed=(ConfirmedPart(quantity=1000, promised=day),)
        )
        status = a_status(name_of(1), supplier_order_number="SO-9", lines=(line,))
        for _ in range(2):
            with self.channel.open(self.config(write_reference=True, write_dates=True)) as session:
                receipt = session.send(told(status))
        assert "Order: Approved, version 1." in self.row(1)["OrderwireStatus"]
        assert self.row(1)["VendorOrderReference"] == "SO-9"
        assert self.contract.lines[0]["ConfirmedDeliveryDate"] == "2026-12-08T12:00:00Z"
        assert sum(asked.method == "PATCH" for asked in self.contract.asked) == 2
        assert "confirmed delivery dates" in receipt.text

    def test_without_a_field_it_is_said_that_there_is_none(self) -> None:
        self.place(1, AT)
        with self.channel.open(self.config(status_field=None)) as session:
            assert "status_field" in session.send(told(a_status(name_of(1)))).text

    def test_a_probe_names_an_order(self) -> None:
        self.place(1, AT)
        assert "PO-000001" in self.channel.probe(self.config())
