"""The adapter for any REST interface, tested against a contract server; not run against a live product."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from orderwire.channels import Refused
from orderwire.channels.erp.rest import ErpRest, ErpRestConfig
from tests.servers.channels.erp_conformance import ErpConformance, a_status, told
from tests.servers.channels.erp_faults import AT, SECOND, ErpFaults, document, order
from tests.servers.erp_contracts.rest import KEY, RestContract, fill

FIELDS = {
    "number": "/no", "issued": "/day", "currency": "/money", "buyer": "/us", "supplier": "/them/name",
    "supplier_number": "/them/no", "payment_terms": "/terms", "note": "/remark", "lines_total": "/sum",
    "approver": "/yes/0/by", "approved_at": "/yes/0/at",
}  # fmt: skip
LINE_FIELDS = {
    "description": "/text", "quantity": "/qty", "unit": "/uom", "price": "/each", "requested": "/by",
    "buyer_part": "/a~1b",
}  # fmt: skip
FOREIGN = {
    "no": 4711, "day": "2026-11-20", "money": "EUR", "us": "Northwind", "them": {"name": "Acme Ltd", "no": "V100"},
    "terms": "30 days", "remark": "Ring twice.", "sum": "250.00", "status": "approved",
    "yes": [{"by": "B. Buyer", "at": "2026-11-20T09:00:00Z"}],
    "positions": [{"text": "Screw", "qty": "200", "uom": "pcs", "each": "1.25", "by": "2026-12-02", "a/b": "SCR-4"}],
}  # fmt: skip


class Setting:
    """The contract server, and settings that lead to it."""

    channel = ErpRest()
    contract: RestContract

    @pytest.fixture(autouse=True)
    def _served(self) -> Iterator[None]:
        with RestContract() as self.contract:
            yield

    def config(self, **changes: Any) -> ErpRestConfig:
        given = {"url": self.contract.url, "authorization": KEY, "allow_private": True, "since": "2026-11-01"}
        return ErpRestConfig.model_validate({**given, **changes})

    def place(self, number: int, at: datetime.datetime) -> None:
        fill(self.contract, number, at)

    def touch(self, number: int, at: datetime.datetime) -> None:
        self.contract.records[str(number)]["changed"] = at


class TestErpRestConformance(Setting, ErpConformance):
    @pytest.fixture(autouse=True)
    def _orders(self, _served: None) -> None:
        for number in (1, 2, 3):
            self.place(number, AT)

    def unreachable(self) -> ErpRestConfig:
        return self.config(url="http://127.0.0.1:1")

    def arrived(self) -> Sequence[str]:
        return [id for id, _ in self.contract.states]


class TestErpRestFaults(Setting, ErpFaults):
    logins = 1

    def test_pages_are_put_together(self) -> None:
        for number in range(1, 8):
            self.place(number, AT + number * SECOND)
        assert len(self.polled(page=3)) == 7
        assert sum(one.path == "/orders" for one in self.contract.asked) == 1 + 3

    def test_a_service_that_repeats_a_page_is_told_from_one_that_ends(self) -> None:
        for number in range(1, 4):
            self.place(number, AT)
        same = "/orders?since={since}&until={until}&after=&limit={limit}&seen={after}"
        with pytest.raises(Refused, match="same page twice"):
            self.polled(page=3, list_path=same)


class TestErpRest(Setting):
    def test_an_order_in_our_own_json_with_its_approval(self) -> None:
        self.place(1, AT)
        (inbound,) = list(self.channel.poll(self.config()))
        found = document(self.channel, inbound, self.config())
        assert (found["external_id"], found["approval"]["approver"]) == ("1", "B. Buyer")
        assert [line["quantity"] for line in found["order"]["lines"]] == ["100", "100"]

    def test_an_order_put_together_by_pointers(self) -> None:
        self.contract.records["1"] = {"changed": AT, "record": FOREIGN}
        config = self.config(fields=FIELDS, lines="/positions", line_fields=LINE_FIELDS, state="/status")
        (inbound,) = list(self.channel.poll(config))
        found = document(self.channel, inbound, config)
        assert found["totals"] == {"lines": "250"} and found["approval"]["at"] == "2026-11-20T09:00:00+00:00"
        read = order(self.channel, inbound, config)
        assert (read.number, read.supplier.identifier("buyer"), read.payment_terms[0].text) == (
            "4711",
            "V100",
            "30 days",
        )
        assert (read.lines[0].number, read.lines[0].unit, read.lines[0].buyer_part) == ("1", "C62", "SCR-4")
        self.contract.records["1"]["record"] = {**FOREIGN, "status": "cancelled"}
        (inbound,) = list(self.channel.poll(config))
        assert document(self.channel, inbound, config)["type"] == "cancellation"

    def test_a_status_is_put_with_a_key_that_is_the_same_for_the_same(self) -> None:
        self.place(1, AT)
        with self.channel.open(self.config()) as session:
            for _ in range(2):
                session.send(told(a_status("1")))
            session.send(told(a_status("1", sequence=8)))
        assert [key for _, key in self.contract.states] == ['"PO-1-7"', '"PO-1-8"']
        assert self.contract.states[("1", '"PO-1-8"')]["answer"] == "waiting"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"id": "no-slash"},
            {"record_path": "/orders/1"},
            {"list_path": "orders"},
            {"list_path": "/orders?x={password}"},
            {"status_path": "/{id.__class__}"},
            {"fields": {"nonsense": "/a"}},
        ],
    )
    def test_a_setting_that_cannot_be_meant_is_refused(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            self.config(**wrong)
