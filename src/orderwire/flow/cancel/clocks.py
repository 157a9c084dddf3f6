"""Until when the supplier must answer a cancellation, and what happens when he does not: a person is told."""

from django.utils import timezone

from orderwire.document.states import CancellationState
from orderwire.flow import awaited, clock
from orderwire.flow.cancel.reached import recipient
from orderwire.flow.cancel.record import about, told
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Cancellation, Delivery, Order, Timer

DUE = "cancellation_due"
DAYS = 2
"""Working days for an answer where the plan of the order says nothing."""


def start(row: Cancellation, order: Order, sent: Delivery) -> None:
    """The clock begins now, with its reminders: the working days that this supplier has for an answer to an order, in
    his own calendar."""
    days = sent.leg.answer_due_days if sent.leg else None
    row.due_at = clock.due(timezone.now(), working_days=days or DAYS, calendar=clock.calendar(recipient(sent)))
    row.save(update_fields=["due_at"])
    Timer.objects.create(kind=DUE, order=order, data={"cancellation": row.pk}, due_at=row.due_at)
    awaited.remind(order, row.due_at, cancellation=row)


def overdue(timer: Timer, order: Order) -> None:
    """The clock of a cancellation ran out. The caller holds the lock on the order."""
    row = Cancellation.objects.filter(pk=timer.data.get("cancellation"), state=CancellationState.ASKED).first()
    if row is None or row.due_at is None or row.due_at > timezone.now():
        return  # answered, taken back, or asked again meanwhile
    row.state = CancellationState.OVERDUE
    row.save(update_fields=["state"])
    append(events.CancellationOverdue(due_at=row.due_at), actor="system:worker", order=order, subjects=about(row))
    told(order, f"{order.supplier_name} did not answer the cancellation in time")
