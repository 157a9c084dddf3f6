"""Whether the buyer still owes the supplier an order's money: the commitment ends with the supplier's word, never with
our asking."""

from orderwire.document.states import CancellationState, OrderState

_BOUND = frozenset({OrderState.APPROVED, OrderState.HELD, OrderState.CANCELLING})
_FREE = frozenset({OrderState.CANCELLED, OrderState.CLOSED})


def committed(order: OrderState, cancellation: CancellationState | None = None) -> bool:
    """Whether an order counts as committed. `cancellation` is the state of the newest cancellation of the whole order.

    CANCELLING still counts: the supplier may refuse, and then delivers. An order whose newest version waits for
    approval counts while a cancellation of it is open, because the supplier holds an earlier version.
    """
    if order in _FREE:
        return False
    return order in _BOUND or (cancellation is not None and cancellation.open)
