"""What is waited for: an order without an answer, or a cancellation without one, with all that reminders ask of it."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import F, Q

from orderwire import plugins
from orderwire.document.amount import Amount
from orderwire.document.money import totals
from orderwire.document.order import Order as Document
from orderwire.document.states import CANCELLATION_WAITS, AnswerState, OrderState
from orderwire.flow import clock
from orderwire.governance.reminding import Situation, Subject
from orderwire.records import Cancellation, Delivery, EndpointVersion, Order, Partner, Receipt, Revision

OPEN = (AnswerState.WAITING, AnswerState.OVERDUE, AnswerState.RECEIVED)
"""Nothing binding was said yet: that the order was received is no answer."""
OPENED = "opened"
"""Kind of the receipt that a person looked at the order."""


@dataclass(frozen=True)
class Waiting:
    """One thing that is waited for. `delivery` is what the supplier got, None where he answered some other way before.

    `prices` is whether he may see amounts, `by_people` whether he answers on a page rather than by a system.
    """

    order: Order
    revision: Revision
    document: Document
    supplier: Partner
    cancellation: Cancellation | None
    due: datetime.datetime
    situation: Situation
    delivery: Delivery | None
    prices: bool
    by_people: bool

    @property
    def of(self) -> Subject:
        """What has no answer."""
        return self.situation.of

    @property
    def cancellation_id(self) -> int | None:
        """The cancellation that has no answer."""
        return self.cancellation.pk if self.cancellation else None

    @property
    def calendar(self) -> clock.Calendar:
        """The supplier's."""
        return clock.calendar(self.supplier)


def waiting(orders: Sequence[Order]) -> dict[int, Waiting]:
    """By order: what is waited for now. The number of queries does not depend on the number of orders."""
    asked = [o for o in orders if o.state == OrderState.APPROVED and o.answer_state in OPEN and o.answer_due_at]
    withdrawn = _cancellations([o for o in orders if o.state == OrderState.CANCELLING])
    about = [o for o in orders if o.supplier_id and (o in asked or o.pk in withdrawn)]
    if not about:
        return {}
    revisions = _revisions(about, withdrawn)
    suppliers = Partner.objects.in_bulk({o.supplier_id for o in about})
    deliveries = _deliveries(about)
    people = _people(deliveries.values())
    opened = _opened(about)
    found: dict[int, Waiting] = {}
    for order in about:
        cancellation = withdrawn.get(order.pk)
        due = cancellation.due_at if cancellation else order.answer_due_at
        revision, delivery = revisions[order.pk], deliveries.get(order.pk)
        supplier = suppliers[order.supplier_id or 0]
        document = Document.model_validate_json(bytes(revision.content))
        assert due is not None  # both lists are of those that have one
        situation = Situation(
            of="cancellation" if cancellation else "order",
            supplier=supplier.number,
            categories=frozenset({*supplier.categories, *(line.category for line in document.lines if line.category)}),
            total=Amount(totals(document).total, document.currency),
            opened=(order.pk, revision.pk) in opened,
        )
        leg = delivery.leg if delivery else None
        found[order.pk] = Waiting(
            order=order,
            revision=revision,
            document=document,
            supplier=supplier,
            cancellation=cancellation,
            due=due,
            situation=situation,
            delivery=delivery,
            prices=leg.prices if leg else True,
            by_people=delivery is not None and delivery.pk in people,
        )
    return found


def _cancellations(orders: Sequence[Order]) -> dict[int, Cancellation]:
    found = Cancellation.objects.filter(
        order__in=orders, scope=Cancellation.Scope.ORDER, state__in=CANCELLATION_WAITS, due_at__isnull=False
    )
    return {row.order_id: row for row in found.order_by("number")}


def _revisions(orders: Sequence[Order], withdrawn: dict[int, Cancellation]) -> dict[int, Revision]:
    """The version that is not answered, or the one that is withdrawn."""
    named = Q(pk__in=[c.revision_id for c in withdrawn.values()])
    current = Q(order__in=[o for o in orders if o.pk not in withdrawn], number=F("order__revision"))
    return {row.order_id: row for row in Revision.objects.filter(named | current)}


def _deliveries(orders: Sequence[Order]) -> dict[int, Delivery]:
    """What brought the order to the supplier: the newest version's, the primary one before others."""
    found = Delivery.objects.filter(
        order__in=orders, kind=Delivery.Kind.ORDER, leg__recipient=F("order__supplier")
    ).select_related("leg", "order", "revision")
    ordered = found.order_by("revision__number", "primary", "pk")
    return {row.order_id: row for row in ordered if row.order_id is not None}


def _people(rows: Collection[Delivery]) -> frozenset[int]:
    """Deliveries over a channel that people read."""
    versions = EndpointVersion.objects.filter(endpoint__in={row.endpoint_id for row in rows})
    channels = {(v.endpoint_id, v.number): v.channel for v in versions}
    read = {channel.kind for channel in plugins.channels() if channel.for_people}
    return frozenset(row.pk for row in rows if channels.get((row.endpoint_id, row.endpoint_version)) in read)


def _opened(orders: Sequence[Order]) -> frozenset[tuple[int | None, int | None]]:
    found = Receipt.objects.filter(delivery__order__in=orders, kind=OPENED)
    return frozenset(found.values_list("delivery__order_id", "delivery__revision_id"))
