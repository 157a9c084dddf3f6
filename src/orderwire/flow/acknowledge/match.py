"""Which order and which version does an answer speak of? Where that is not certain it fits none."""

from django.db.models import Q, QuerySet

from orderwire.document.response import Response
from orderwire.document.states import DeliveryState
from orderwire.records import AnswerLink, Cancellation, Delivery, Order, Partner, Revision

_UNDER_WAY = [
    s.value
    for s in (
        DeliveryState.SENDING, DeliveryState.IN_DOUBT, DeliveryState.ACCEPTED,
        DeliveryState.DELIVERED, DeliveryState.OPENED, DeliveryState.ANSWERED,
    )
]  # fmt: skip
"""Bytes left, or may have left: an answer may even be here before our own "sent" is committed."""


class NoMatch(Exception):
    """The answer fits no order of ours; the text says why, for the buyer."""


def order_for(
    response: Response, *, supplier: Partner | None, link: AnswerLink | None, on_behalf: bool = False
) -> Order:
    """The order, not locked yet. `on_behalf`: the buyer speaks for the order's supplier, whoever that is.

    Raises NoMatch for an unknown one and for another supplier's.
    """
    name = response.order_number + (f"/{response.release_number}" if response.release_number else "")
    if supplier is None and not on_behalf:
        raise NoMatch(f"We do not know who sent this answer to order {name}.")
    who = f"{supplier.name} answers" if supplier else "The answer is to"
    found = list(Order.objects.filter(number=name).order_by("pk"))
    if not found:
        raise NoMatch(f"{who} order {name}, which does not exist here.")
    theirs = [order for order in found if order.supplier_id is not None and supplier in (None, order.supplier)]
    if not theirs:
        raise NoMatch(f"{who} order {name}, which is an order to {'another supplier' if supplier else 'nobody'}.")
    if link is not None:
        theirs = [order for order in theirs if order.pk == link.order_id and link.partner_id == order.supplier_id]
        if not theirs:
            raise NoMatch(f"{who} order {name} through the link of another order.")
    if len(theirs) > 1:
        raise NoMatch(f"{who} order {name}, of which there are several.")
    if theirs[0].test != response.test:
        kinds = ("a test", "a real") if response.test else ("a real", "a test")
        raise NoMatch(f"{who} order {name}: {kinds[0]} answer to {kinds[1]} order.")
    return theirs[0]


def of_cancellation(order: Order, response: Response) -> bool:
    """Whether it answers that the order is withdrawn, and not the order. EDIFACT names the cancellation by its number
    alone; X12 may count it only, as the change that follows the version."""
    if response.answers != "change":
        return response.answers == "cancellation"
    asked = order.cancellations.filter(scope=Cancellation.Scope.ORDER).select_related("revision")
    names = {f"{response.order_number}-C{row.number}": row for row in asked}
    if response.change_number is not None or response.sequence is None:
        return response.change_number in names
    counts = {row.revision.number + row.number - 1 for row in asked}
    return response.sequence in counts and not order.revisions.filter(number=response.sequence + 1).exists()


def revision_for(order: Order, response: Response, *, link: AnswerLink | None) -> Revision:
    """The version that is named or that the link is bound to, else the newest that the supplier was sent.

    The first change makes version 2. Raises NoMatch for a version that does not exist.
    """
    named = response.revision
    if named is None and response.answers == "change" and response.sequence is not None:
        named = response.sequence + 1
    if link is not None:
        if named not in (None, link.revision.number):
            raise NoMatch(f"The answer names version {named}, its link is for version {link.revision.number}.")
        named = link.revision.number
    if named is not None:
        revision = Revision.objects.filter(order=order, number=named).first()
        if revision is None:
            text = f"{order.supplier_name} answers version {named} of order {order.number}; "
            raise NoMatch(f"{text}the newest is version {order.revision}.")
        return revision
    newest = sent(order).first() or deliveries(order).order_by("-revision__number").first()
    if newest is not None and newest.revision is not None:
        return newest.revision
    return Revision.objects.get(order=order, number=order.revision)


def sent(order: Order) -> QuerySet[Delivery]:
    """Those deliveries of which bytes left or may have left, the newest version first."""
    left = Q(state__in=_UNDER_WAY) | Q(accepted_at__isnull=False) | Q(proven_at__isnull=False)
    return deliveries(order).filter(left).order_by("-revision__number", "-pk")


def deliveries(order: Order) -> QuerySet[Delivery]:
    """Deliveries of this order to its supplier, of every version."""
    found = Delivery.objects.select_related("revision")
    return found.filter(order=order, leg__recipient=order.supplier_id, kind=Delivery.Kind.ORDER)
