"""Who was to get a mail later, alone (`left.REST_OF`), does not get it beside another sending to all."""

from orderwire.document.states import DeliveryState
from orderwire.flow.fallback.chain import UNNEEDED
from orderwire.flow.fallback.lead import about
from orderwire.flow.left import REST_OF
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Delivery, Order

REASON = "It goes to all addresses anew."
_WAITS = (DeliveryState.READY, DeliveryState.RETRY, DeliveryState.HELD, DeliveryState.FAILED)


def stop(delivery: Delivery, order: Order, *, actor: str) -> None:
    """What waits for some addresses of `delivery` ends; what is being sent this moment is not tried again. The caller
    holds the lock on the order."""
    for row in Delivery.objects.select_for_update().filter(order=order, **{f"says__{REST_OF}": delivery.pk}):
        if row.state == DeliveryState.SENDING:
            row.says = {**row.says, UNNEEDED: delivery.pk}
            row.save(update_fields=["says"])
        elif row.state in _WAITS:
            row.state, row.due_at, row.reason = DeliveryState.CANCELLED, None, REASON
            row.save(update_fields=["state", "due_at", "reason", "changed_at"])
            append(events.DeliveryCancelled(reason=REASON), actor=actor, order=order, subjects=about(row))
