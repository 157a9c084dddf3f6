"""Which delivery of a version stands for it: the order's own row shows its state and its way."""

from collections.abc import Iterable

from django.utils import timezone

from orderwire import plugins
from orderwire.channels import Channel
from orderwire.formats import Format
from orderwire.ledger.entry import Subject
from orderwire.records import Delivery, EndpointVersion, Order

WORKER = "system:worker"


def about(delivery: Delivery) -> dict[Subject, str | int]:
    """The ledger's subjects of a delivery."""
    return {"revision": delivery.revision_id or 0, "delivery": delivery.pk}


def way(delivery: Delivery) -> str:
    """Channel and format in words, as in lists."""
    version = EndpointVersion.objects.get(endpoint=delivery.endpoint_id, number=delivery.endpoint_version)
    return f"{_label(plugins.channels(), version.channel)} · {_label(plugins.formats(), version.format)}"


def hand_over(old: Delivery, new: Delivery) -> None:
    """`new` stands for the version from now on, where `old` did. Both are saved by this."""
    new.primary, old.primary = old.primary, False
    old.save(update_fields=["primary", "changed_at"])
    new.save(update_fields=["primary", "changed_at"])


def follow(delivery: Delivery, order: Order, headline: str) -> None:
    """The order repeats what stands for its newest version."""
    if delivery.primary and delivery.revision and delivery.revision.number == order.revision:
        order.delivery_state, order.channel = delivery.state, way(delivery)
        order.last_event, order.changed_at = headline[:200], timezone.now()
        order.save(update_fields=["delivery_state", "channel", "last_event", "changed_at"])


def _label(known: Iterable[Channel | Format], kind: str) -> str:
    return next((each.label for each in known if each.kind == kind), kind)
