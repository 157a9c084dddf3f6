"""Who may approve what, in words: the approval policy's verdict for one reader."""

from collections.abc import Iterable
from dataclasses import dataclass

from orderwire.flow import approve
from orderwire.records import Order, User


@dataclass(frozen=True)
class May:
    """Whether this person may approve, and why or why not in words."""

    allowed: bool
    words: str


def verdicts(orders: Iterable[Order], user: User) -> dict[int, May]:
    """The verdict for each order, by its id."""
    return {order.pk: verdict(order, user) for order in orders}


def verdict(order: Order, user: User) -> May:
    """The policy's verdict on one order."""
    found = approve.may(order, user)
    return May(found.allowed, found.reason)
