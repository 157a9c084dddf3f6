"""The facts of an order are what the order says, typed."""

import datetime
from decimal import Decimal

from hypothesis import given, settings

from orderwire.document.amount import Amount
from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.routing.facts import FACTS, Facts, Supplier, facts
from tests.pure.orders import orders

DAY = datetime.date(2026, 11, 22)


@given(orders())
@settings(max_examples=40, deadline=None)
def test_every_order_has_every_fact_and_they_survive_being_kept(order: Order) -> None:
    found = facts(order, Supplier("4711", country="DE", channels=frozenset({"email"})), on_date=DAY)
    assert found.values.keys() == FACTS.keys()
    assert found.values["total"] == Amount(totals(order).total, order.currency)
    assert found.values["lines"] == len(order.lines)
    assert found.values["supplier_country"] == "DE"
    assert Facts.from_json(found.to_json()) == found
    dates = [s.requested for line in order.lines for s in line.schedules if s.requested]
    days = found.values["days_until_needed"]
    assert (days is None) == (not dates)
    if dates:
        assert days == Decimal((min(dates) - DAY).days)
