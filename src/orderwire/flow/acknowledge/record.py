"""Record: the buyer writes down what a supplier said by phone, by mail or on paper; it counts like any other answer."""

from typing import Literal, get_args

from orderwire.document.response import Response
from orderwire.flow import Refused
from orderwire.flow.acknowledge.match import NoMatch, order_for, revision_for
from orderwire.flow.acknowledge.take import take
from orderwire.records import Order
from orderwire.records import Response as Row

Means = Literal["phone", "mail", "letter", "meeting", "file"]
MEANS: tuple[Means, ...] = get_args(Means)
"""How the buyer heard of it."""

SOURCE = "buyer"


def record(
    order_id: int, response: Response, *, actor: str, means: Means, note: str = "", adds: bool | None = None
) -> Row:
    """Take the answer for the order's supplier; the ledger and the answer say who recorded it, and by which means.

    Raises Refused: an order without a supplier, an answer to another order, or to a version that does not exist.
    """
    order = Order.objects.filter(pk=order_id).select_related("supplier").first()
    if order is None:
        raise Refused("There is no such order.", kind="not_found")
    if order.supplier is None:
        remedy = "Add the supplier, then plan the order again."
        raise Refused("The order has no supplier that we know.", remedy=remedy, kind="conflict")
    if means not in MEANS:
        raise Refused(f"{means!r} is no means.", remedy=f"Choose one of {', '.join(MEANS)}.")
    try:
        if order_for(response, supplier=order.supplier, link=None).pk != order.pk:
            raise Refused(f"The answer is not to order {order.number}.", remedy="Correct the number.")
        revision_for(order, response, link=None)
    except NoMatch as failure:
        raise Refused(str(failure), remedy="Name the order and a version that it has.") from failure
    return take(response, supplier=order.supplier, source=SOURCE, actor=actor, adds=adds, means=means, note=note)
