"""The steps of an order on the wire: what is done, where it is now, what lies ahead."""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone

from orderwire.document.states import AnswerState, CancellationState, DeliveryState, OrderState
from orderwire.records import Cancellation
from orderwire.tracking.channels import by_channel
from orderwire.tracking.order import WAITS, OrderView, their_zone
from orderwire.tracking.words import age, day, place, when


@dataclass(frozen=True)
class Step:
    """One node. `css` is done, now or next; `mark` its shape; `notes` lines under the title."""

    css: str
    mark: str
    title: str
    notes: tuple[str, ...] = ()


_PROVEN = (DeliveryState.DELIVERED, DeliveryState.OPENED, DeliveryState.ANSWERED)


def steps(view: OrderView, now: datetime.datetime | None = None) -> list[Step]:
    """From approval to the day on which the goods are needed. Exactly one step is now, unless the order has ended."""
    now = now or timezone.now()
    order, trip = view.order, view.main
    made: list[Step] = []
    ended = not OrderState(order.state).open
    undecided = (OrderState.DRAFT, OrderState.PENDING_APPROVAL, OrderState.REFUSED)  # also with one yes of two
    approved = order.state not in undecided and (order.state != OrderState.CANCELLED or view.approved_at is not None)
    if approved:
        made.append(Step("done", "done", "Approved", _at(view.approved_at, now)))
    else:
        stopped = order.state == OrderState.REFUSED
        made.append(
            Step("now", "now", "Not approved" if stopped else "Waiting for approval", _at(order.changed_at, now))
        )
    taken = trip is not None and (trip.state in (*_PROVEN, DeliveryState.ACCEPTED))
    if trip is None or not taken:
        made.append(_sending(view, now) if approved and not ended else Step("next", "next", "Send"))
        made.append(Step("next", "next", "Receipt"))
    else:
        made.append(
            Step("done", "done", "Handed over", (*_at(trip.delivery.accepted_at, now), by_channel(trip.channel)))
        )
        if trip.state in _PROVEN:
            words = {DeliveryState.OPENED: "Opened by a person"}.get(trip.state, "Receipt proven")
            made.append(Step("done", "done", words, _at(trip.delivery.proven_at, now)))
        else:
            made.append(Step("next", "next", "Receipt", ("not proven so far",)))
    cancelling = view.cancellation if order.state == OrderState.CANCELLING else view.undecided
    if cancelling and (order.state == OrderState.CANCELLING or (taken and order.state == OrderState.APPROVED)):
        return [*made, *_cancelling(cancelling, now)]
    made.append(_answer(view, now, taken and not ended))
    if order.answer_due_at and order.answer_state in (AnswerState.WAITING, AnswerState.OVERDUE):
        made.append(_due(view, now))
    if order.need_by:
        ship_to = view.document.ship_to
        town = ship_to.address.city if ship_to and ship_to.address else None
        made.append(Step("next", "next", f"Needed in {town}" if town else "Needed", (day(order.need_by, now.date()),)))
    return made


def _sending(view: OrderView, now: datetime.datetime) -> Step:
    trip = view.main
    if trip is None:
        return Step("now", "now", "No way to send" if view.order.reason else "Being planned")
    notes = {
        DeliveryState.RETRY: (f"next try {when(trip.delivery.due_at, now=now)}" if trip.delivery.due_at else "",),
        DeliveryState.READY: (f"{when(trip.delivery.due_at, now=now)}" if trip.delivery.due_at else "",),
    }.get(trip.state, _at(trip.delivery.changed_at, now))
    return Step("now", "now" if trip.state.tone in ("quiet", "move") else trip.state.mark, trip.state.label, notes)


def _answer(view: OrderView, now: datetime.datetime, waiting: bool) -> Step:
    state, answer = AnswerState(view.order.answer_state), view.answer
    at = _at(answer.received_at, now) if answer else ()
    match state:
        case AnswerState.WAITING | AnswerState.OVERDUE if waiting:
            trip = view.main
            since = trip.delivery.accepted_at if trip else None
            return Step("now", "now", "Waiting for answer", (f"for {age(now - since)}",) if since else ())
        case AnswerState.ACCEPTED:
            return Step("done", "done", "Accepted", at)
        case AnswerState.DIFFERENT:
            return Step("now", "ask", "Differences to decide", at)
        case AnswerState.REJECTED:
            return Step("now", "fail", "Declined", at)
        case AnswerState.RECEIVED:
            return Step("now", "now", "Undecided answer", at)
        case AnswerState.NOT_ASKED if waiting:
            return Step("next", "next", "Answer", ("not asked",))
        case _:
            return Step("next", "next", "Answer")


def _cancelling(row: Cancellation, now: datetime.datetime) -> list[Step]:
    """From the asking to their word, and yours where it is not a plain yes."""
    state = CancellationState(row.state)
    asked = Step("done", "done", "Asked to cancel", _at(row.asked_at, now))
    if state in WAITS:
        title = "Their word is late" if state is CancellationState.OVERDUE else "Waiting for their word"
        waits = Step(
            "now", "now" if state is CancellationState.ASKED else "late", title, (f"for {age(now - row.asked_at)}",)
        )
        return [asked, waits, Step("next", "next", "Cancelled")]
    answered = Step("done", "done", state.label, _at(row.answered_at, now))
    return [asked, answered, Step("now", "ask", "You decide"), Step("next", "next", "Cancelled or kept")]


def _due(view: OrderView, now: datetime.datetime) -> Step:
    at = view.order.answer_due_at
    zone = their_zone(view.order)
    if at is None:
        return Step("next", "next", "Answer due")
    title = "Answer was due" if at < now else "Answer due"
    there = f"{when(at, now=now, zone=ZoneInfo(zone), brief=True)} {place(zone) or 'UTC'}"
    mine = timezone.get_current_timezone_name()
    here = f"{when(at, now=now, brief=True)} {place(mine) or mine}"
    return Step("next", "next", title, (there,) if mine == zone else (there, here))


def _at(at: datetime.datetime | None, now: datetime.datetime) -> tuple[str, ...]:
    return (when(at, now=now),) if at else ()
