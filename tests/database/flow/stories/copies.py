"""A colleague who has a copy of an order that was sent."""

from pathlib import Path

from django.utils import timezone

from orderwire.records import Delivery, Order, Partner
from tests.database import factories
from tests.database.flow import road


def copied(order: Order, folder: Path) -> None:
    """A copy of the order goes to the stock, whose folder this is, with the next drain."""
    stock = factories.supplier("Stock", role=Partner.Role.INTERNAL)
    copies = road.desk(stock, folder)
    sent = Delivery.objects.get(order=order, kind="order")
    leg = sent.leg
    assert leg is not None
    leg.pk, leg.position, leg.recipient, leg.endpoint = None, 2, stock, copies
    leg.save()
    Delivery.objects.create(
        leg=leg, order=order, revision=sent.revision, endpoint=copies, endpoint_version=1, due_at=timezone.now(),
        shard_key=sent.shard_key, message_id="copy",
    )  # fmt: skip
