"""Tasks of what follows a sent order: cancellations that somebody must settle, and quantities to order elsewhere."""

import datetime
from collections.abc import Iterable, Iterator

from django.urls import reverse

from orderwire.document.order import Line
from orderwire.document.states import CancellationState
from orderwire.records import Event
from orderwire.tracking import attention
from orderwire.tracking.beside import amount
from orderwire.tracking.order import their_zone
from orderwire.tracking.task import Task, day_of, ended, money_of
from orderwire.tracking.words import Money

_TITLES = {
    CancellationState.OVERDUE: ("No word about the cancellation", "See the order"),
    CancellationState.ACCEPTED_AT_COST: ("They agree to cancel at a cost", "Decide what to do"),
    CancellationState.PARTLY: ("They cancel only a part", "Decide what to do"),
    CancellationState.REFUSED: ("They refuse to cancel", "Decide what to do"),
}


def cancellations(now: datetime.datetime) -> Iterator[Task]:
    """Cancellations on which the buyer has to say something, and those without a word in time. One query."""
    found = attention.cancellations().select_related("order__supplier").order_by("asked_at")
    for row in found[: attention.CAP]:
        order, state = row.order, CancellationState(row.state)
        title, label = _TITLES[state]
        overdue = state is CancellationState.OVERDUE
        cost = f"They ask for {Money(row.cost, row.currency)}. " if row.cost is not None and row.currency else ""
        said = f"“{row.answer.strip()}”" if row.answer.strip() else ""
        since = row.answered_at or row.asked_at
        yield Task(
            mark=state.mark,
            tone=state.tone,
            title=title,
            why=f"{cost}{said}".strip() or "The order stands until they say so.",
            since=since,
            label=label,
            url=reverse("order", args=[order.pk]),
            group="past" if overdue else day_of(since, now),
            order=order,
            about=order.supplier_name,
            money=money_of(order),
            due_at=row.due_at if overdue else None,
            zone=their_zone(order),
            key=f"cancellation-{row.pk}",
        )


def needs() -> Iterator[Task]:
    """Quantities that nobody delivers. One query."""
    for need in attention.needs().select_related("order", "ordered").order_by("opened_at")[: attention.CAP]:
        line = Line.model_validate(need.content)
        failed = f"Order {need.ordered.number} for it ended. " if need.ordered else ""
        why = f"{failed}Line {need.line}, {line.description}. {ended(need.reason)}"
        yield Task(
            mark="ask",
            tone="warn",
            title=f"{amount(line)} to order from somebody else",
            why=why.strip(),
            since=need.opened_at,
            label="Choose a supplier",
            url=f"{reverse('needs')}#need-{need.pk}",
            order=need.order,
            about=need.order.supplier_name,
            key=f"need-{need.pk}",
        )


def nobody_reminded(orders: Iterable[int]) -> dict[int, str]:
    """By order why the last reminder went to nobody, with the remedy. One query."""
    found = Event.objects.filter(order__in=list(orders), kind="notice.stopped", data__has_key="remedy")
    return {
        event.order_id: f"{ended(event.data['reason'])} {ended(event.data['remedy'])}"
        for event in found.order_by("pk")
        if event.order_id is not None
    }
