"""What of an order is still open: what was shipped or received cannot be cancelled any more."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Sum

from orderwire.document.base import plain
from orderwire.flow import Refused
from orderwire.records import GoodsLine, Order, OrderLine


def moved(order_id: int) -> dict[str, Decimal]:
    """By line what was shipped or received, whichever is more."""
    said = GoodsLine.objects.filter(order=order_id, document__replaced_at=None).exclude(line="")
    most: dict[str, Decimal] = defaultdict(Decimal)
    for line, quantity in (
        said.values("document__kind", "line").annotate(all=Sum("quantity")).values_list("line", "all")
    ):
        most[line] = max(most[line], quantity)
    return {line: quantity for line, quantity in most.items() if quantity > 0}


def open_lines(order_id: int) -> dict[str, Decimal]:
    """By line of the newest version the quantity that is still to come, in the unit of the line."""
    order = Order.objects.get(pk=order_id)
    lines = OrderLine.objects.filter(revision__order=order, revision__number=order.revision).order_by("position")
    gone = moved(order_id)
    rest = {line.number: line.quantity - gone.get(line.number, Decimal(0)) for line in lines}
    return {number: quantity for number, quantity in rest.items() if quantity > 0}


def nothing_moved(order: Order) -> None:
    """Raises Refused where goods of the order are under way or here."""
    gone = moved(order.pk)
    if gone:
        line, quantity = next(iter(gone.items()))
        raise Refused(
            f"Of line {line}, {plain(quantity)} is shipped or received, so the order cannot be cancelled as a whole.",
            remedy="Cancel the open quantity.",
            kind="conflict",
        )
