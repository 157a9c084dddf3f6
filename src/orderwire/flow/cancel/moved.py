"""Goods that are under way or here: what was shipped or received cannot be cancelled any more."""

from decimal import Decimal

from orderwire.document.base import plain
from orderwire.flow import Refused
from orderwire.flow.goods import goods
from orderwire.records import Order


def moved(order: Order) -> dict[str, Decimal]:
    """By line what was shipped or received, whichever is more, without what was rejected."""
    return {line.number: line.supplied for line in goods(order).lines if line.supplied}


def nothing_moved(order: Order) -> None:
    """Raises Refused where goods of the order are under way or here."""
    for line, quantity in moved(order).items():
        raise Refused(
            f"Of line {line}, {plain(quantity)} is shipped or received, so the order cannot be cancelled as a whole.",
            remedy="Cancel the open quantity.",
            kind="conflict",
        )
