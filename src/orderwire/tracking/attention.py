"""What needs a person, as queries: the inbox lists them, the frame counts them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from orderwire.document.states import AnswerState, CancellationState, DeliveryState, OrderState
from orderwire.flow import need
from orderwire.records import Cancellation, Delivery, EndpointChange, Letter, Message, Need, Order, Response, Timer
from orderwire.tracking.counted import capped_counts

CAP = 99

NEEDS_PERSON = (DeliveryState.FAILED, DeliveryState.IN_DOUBT, DeliveryState.HELD)
"""Deliveries in these states go on only when a person decides."""


def deliveries() -> QuerySet[Delivery]:
    """Deliveries that wait for a decision; those of orders that ended do not."""
    ended = [state.value for state in OrderState if not state.open]
    return Delivery.objects.filter(state__in=NEEDS_PERSON).exclude(order__state__in=ended)


def approvals() -> QuerySet[Order]:
    """Orders that wait for approval."""
    return Order.objects.filter(state=OrderState.PENDING_APPROVAL)


def stopped() -> QuerySet[Order]:
    """Orders on hold or refused by an approver."""
    return Order.objects.filter(state__in=[OrderState.HELD, OrderState.REFUSED])


def unplanned() -> QuerySet[Order]:
    """Approved orders for which no way to send was found."""
    return Order.objects.filter(state=OrderState.APPROVED, delivery_state=None).exclude(reason="")


def answers() -> QuerySet[Order]:
    """Orders whose newest answer needs a decision, or is late."""
    asking = [AnswerState.DIFFERENT, AnswerState.REJECTED, AnswerState.OVERDUE]
    return Order.objects.filter(answer_state__in=asking, state__in=[OrderState.APPROVED, OrderState.HELD])


def unmatched() -> QuerySet[Response]:
    """Answers that fit no order."""
    return Response.objects.filter(state=Response.State.UNMATCHED, decided_at=None)


def refused_messages() -> QuerySet[Message]:
    """What came in and could not be used, in whole or in part, and nobody has looked at yet."""
    return Message.objects.filter(state__in=[Message.State.REFUSED, Message.State.PARTLY], seen_at=None)


def cancellations() -> QuerySet[Cancellation]:
    """Withdrawals on which the buyer has to say something, and those that got no word in time."""
    states = [state.value for state in CancellationState if state.open and state is not CancellationState.ASKED]
    return Cancellation.objects.filter(state__in=states)


def expiring() -> QuerySet[Timer]:
    """Certificates and keys of endpoints that end soon, or have ended."""
    return Timer.objects.filter(kind="expiry_alarm", stopped_at=None)


def needs() -> QuerySet[Need]:
    """Quantities that no order covers."""
    return need.uncovered()


def changes() -> QuerySet[EndpointChange]:
    """Changes of addresses that a second person has to look at."""
    return EndpointChange.objects.filter(state=EndpointChange.State.OPEN)


def letters() -> QuerySet[Letter]:
    """What people wrote and nobody here has seen yet."""
    return Letter.objects.filter(seen_at=None)


@dataclass(frozen=True)
class Counts:
    """Capped counts for the navigation."""

    all: int
    approvals: int


def counts() -> Counts:
    """How many things wait, each kind up to the cap."""
    kinds: dict[str, QuerySet[Any]] = {
        "deliveries": deliveries(),
        "approvals": approvals(),
        "stopped": stopped(),
        "unplanned": unplanned(),
        "answers": answers(),
        "unmatched": unmatched(),
        "messages": refused_messages(),
        "cancellations": cancellations(),
        "needs": needs(),
        "expiring": expiring(),
        "changes": changes(),
        "letters": letters(),
    }
    found = capped_counts(kinds, CAP)
    return Counts(sum(found.values()), found["approvals"])
