"""Cases of ERP records that are rare and cost an order where they are wrong."""

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from orderwire.channels.erp import SETTLES, ErpChannel, ErpConfig, Link
from orderwire.channels.erp.record import Entry, Found, Raw
from orderwire.channels.erp.tryton import mapping
from orderwire.document.order import Order
from orderwire.document.status import OrderStatus

SECOND = datetime.timedelta(seconds=1)
CONFIG = ErpConfig(since=datetime.date(2020, 1, 1))


class Seconds(ErpChannel[ErpConfig]):
    """One order in an ERP that says whole seconds."""

    kind, label, config_model = "seconds", "Seconds", ErpConfig

    def __init__(self, changed: datetime.datetime) -> None:
        self.changed, self.quantity, self.approver = changed.replace(microsecond=0), 1, "Ann"

    @contextmanager
    def link(self, config: ErpConfig) -> Iterator[Link]:
        yield _Books(self)

    def found(self, record: Raw, config: ErpConfig) -> Found:
        line: dict[str, Any] = {
            "number": "1",
            "description": "x",
            "quantity": record["quantity"],
            "unit": "C62",
            "price": "1",
        }
        line["schedules"] = [{"quantity": record["quantity"]}]
        parties = {"buyer": {"name": "B"}, "supplier": {"name": "S"}}
        order = Order.model_validate(
            {"number": "PO-1", "issued": "2026-11-20", "currency": "EUR", "lines": [line], **parties}
        )
        return Found(order, approver=self.approver, approved_at=self.changed)


class _Books:
    def __init__(self, erp: Seconds) -> None:
        self._erp = erp

    def entries(self, since: datetime.datetime, until: datetime.datetime | None = None) -> Iterator[Entry]:
        if self._erp.changed >= since:
            yield Entry("1", "PO-1", self._erp.changed.isoformat(), self._erp.changed)

    def record(self, entry: Entry) -> Raw:
        return {"quantity": self._erp.quantity}

    def tell(self, status: OrderStatus) -> str:
        return status.number

    def probe(self) -> str:
        return "There."


@pytest.mark.parametrize("ahead", [datetime.timedelta(0), 3 * SECOND, -3 * SECOND])
def test_what_changes_twice_within_a_second_is_read_as_it_is_at_last(ahead: datetime.timedelta) -> None:
    erp = Seconds(datetime.datetime.now(datetime.UTC) + ahead)
    found = list(erp.poll(CONFIG))
    erp.quantity = 2
    erp.changed -= SETTLES + 4 * SECOND  # as if we looked that much later
    found += list(erp.poll(CONFIG, found[-1].cursor if found else ""))
    assert [json.loads(one.content)["record"]["quantity"] for one in found] == [2]


def test_half_a_letter_in_what_the_erp_says_is_no_fault_of_ours() -> None:
    erp = Seconds(datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC))
    erp.approver = "Ann \ud800"
    (inbound,) = erp.poll(CONFIG)
    assert json.loads(erp.hear(inbound.content, CONFIG).files[0].content)["approval"]["approver"] == "Ann ?"


@pytest.mark.parametrize(
    ("currency", "price", "untaxed", "taken"),
    [
        ("JPY", "10.5", "10", "11"),
        ("EUR", "0.125", "0.12", "0.13"),
        ("BHD", "0.0005", "0", "0.001"),
        ("JPY", "10.5", "13", "13"),
        ("BHD", "1", "1.005", "1.005"),
    ],
)
def test_trytons_halves_go_to_even_in_the_currencys_own_unit(
    currency: str, price: str, untaxed: str, taken: str
) -> None:
    line = {"id": 1, "type": "line", "quantity": "1", "unit_price": price, "unit.": {"symbol": "u"}}
    purchase = {
        "number": "1", "state": "confirmed", "purchase_date": "2026-11-20", "write_date": "2026-11-20T10:00:00",
        "currency.": {"code": currency}, "untaxed_amount": untaxed, "party.": {"name": "S"},
        "company.": {"party.": {"name": "B"}},
    }  # fmt: skip
    found = mapping.found({"purchase": purchase, "lines": [{**line, "product.": {"name": "Bolt"}}]}, units={})
    assert str(found.lines_total) == taken
