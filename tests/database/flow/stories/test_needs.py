"""What a supplier does not deliver is needed all the same: from somebody else, or not any more."""

from decimal import Decimal
from pathlib import Path

import pytest

from orderwire.flow import Refused, approve, need
from orderwire.records import Need, Order, User
from tests.database.flow import road
from tests.database.flow.stories.deciding import INES, answers, choose, document, line, says, yes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def needed(order: Order, lead: User) -> Need:
    """30 seals are open."""
    row = answers(order, says(quantity=Decimal(70)))
    choose(row, line("10", "resource"), reason="Needed in full")
    yes(order, lead)
    return Need.objects.get()


def test_a_need_is_ordered_from_another_supplier(needed: Need, tmp_path: Path) -> None:
    other = road.supplier(tmp_path / "other", "Sellos Bilbao")
    assert need.ranked(needed, need.others()) == [other]
    made = need.order_from(needed.pk, supplier_id=other.pk, actor=INES, price=Decimal("12.90"))
    assert (made.number, made.state) == ("4500071791-A", "pending_approval")
    ordered = Order.objects.get(pk=made.order_id)
    item = document(ordered).lines[0]
    assert (item.quantity, item.price, item.supplier_part, ordered.supplier) == (30, Decimal("12.9"), None, other)
    assert document(ordered).references[0].number == "4500071791"
    needed.refresh_from_db()
    assert (needed.state, needed.ordered, need.waiting()) == ("ordered", ordered, [])
    with pytest.raises(Refused, match="ordered already, as 4500071791-A"):
        need.order_from(needed.pk, supplier_id=other.pk, actor=INES)


def test_a_need_whose_order_is_refused_is_open_again(needed: Need, tmp_path: Path, lead: User) -> None:
    other = road.supplier(tmp_path / "other", "Sellos Bilbao")
    made = need.order_from(needed.pk, supplier_id=other.pk, actor=INES)
    first = Order.objects.get(pk=made.order_id)
    approve.refuse(made.order_id, user=lead, sha256=road.sha256(first), reason="Not from them")
    assert need.waiting() == [needed]
    again = need.order_from(needed.pk, supplier_id=other.pk, actor=INES)
    assert again.number == "4500071791-B"


def test_a_need_that_nobody_has_any_more_is_closed(needed: Need, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="wants a reason"):
        need.close(needed.pk, actor=INES, reason=" ")
    need.close(needed.pk, actor=INES, reason="Found in store 3")
    assert need.waiting() == []
    other = road.supplier(tmp_path / "other", "Sellos Bilbao")
    with pytest.raises(Refused, match="Nobody needs it"):
        need.order_from(needed.pk, supplier_id=other.pk, actor=INES)


def test_the_supplier_who_does_not_deliver_is_not_asked_again(needed: Need, order: Order) -> None:
    assert order.supplier_id is not None
    with pytest.raises(Refused, match="does not deliver it"):
        need.order_from(needed.pk, supplier_id=order.supplier_id, actor=INES)
    with pytest.raises(Refused, match="no such supplier"):
        need.order_from(needed.pk, supplier_id=0, actor=INES)
