"""Amendments as a buyer tells them: a sent order changes, and the supplier gets the change, never a new order."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orderwire.document.edits import Edits, edited
from orderwire.document.order import Order as Document
from orderwire.document.order_change import LineChange, LinePart
from orderwire.flow import Refused, amend
from orderwire.flow.create import Created
from orderwire.records import Order
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, orders_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def out(config: Path, tmp_path: Path) -> Path:
    """The supplier's folder."""
    road.supplier(tmp_path / "out")
    return tmp_path / "out"


def content(order: Order, number: int) -> Document:
    return Document.model_validate_json(bytes(order.revisions.get(number=number).content))


def price(order: Order, to: str, *, base: int = 1, **how: Any) -> Created:
    """Line 10 for another price."""
    part = LinePart(price=Decimal(to))
    after = edited(content(order, base), Edits(lines=(LineChange(number="10", part=part),)))
    given = {"base": base, "actor": "user:ines", "reason": "New price list", "seen": None} | how
    return amend.propose(order.pk, after, **given)


def test_a_buyer_changes_a_price_and_the_new_version_waits_for_approval(out: Path) -> None:
    order = road.approved()
    drain()
    made = price(order, "14.00", seen=1)
    order.refresh_from_db()
    assert (made.outcome, made.revision, [c.path for c in made.changes]) == ("revised", 2, ["lines[10].price"])
    assert (order.state, order.revision, order.last_event) == ("pending_approval", 2, "Version 2 was made here")
    assert road.kinds(order)[-3:] == ["order.created", "amendment.proposed", "approval.requested"]
    assert orders_in(out) == [("4500071791", 1)]


def test_who_looked_at_an_older_version_is_told_that_there_is_a_newer_one(out: Path) -> None:
    order = road.approved()
    price(order, "14.00", seen=1)
    with pytest.raises(Refused, match="has version 2 by now, and you looked at version 1") as refused:
        price(order, "13.00", seen=1)
    assert refused.value.kind == "conflict"
