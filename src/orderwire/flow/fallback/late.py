"""A proof comes late, for what was sent another way meanwhile: it arrived after all."""

from orderwire.document.states import DeliveryState
from orderwire.flow.awaited import ask
from orderwire.flow.fallback import chain
from orderwire.flow.fallback.climb import drop
from orderwire.records import Delivery, Order

_NOT_OUT = (DeliveryState.READY, DeliveryState.RETRY, DeliveryState.HELD, DeliveryState.FAILED)


def arrived(delivery: Delivery, order: Order) -> None:
    """What took its place and has not left does not leave any more; what is being sent this moment is not tried again.
    What was handed over stays: it went out marked as a duplicate, and who has which version is computed from both."""
    for other in chain.after(delivery):
        row = Delivery.objects.select_for_update(of=("self",)).select_related("revision").get(pk=other.pk)
        if row.state in _NOT_OUT:
            drop(row, delivery, order)
        elif row.state == DeliveryState.SENDING:
            row.says = {**row.says, chain.UNNEEDED: delivery.pk}
            row.save(update_fields=["says"])
    ask(delivery, order)
