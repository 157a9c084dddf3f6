"""The status sentence of an order: what was done, what is proven, who we wait for and since when, due when in their
place. Built from the states each time, never stored."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from orderwire.document.states import AnswerState, CancellationState, DeliveryState, OrderState
from orderwire.flow.hold import by_hand
from orderwire.records import Response
from orderwire.tracking.channels import by_channel, taken_word
from orderwire.tracking.order import OrderView, Trip, their_zone
from orderwire.tracking.people import name
from orderwire.tracking.words import Money, age, due, plural, sentence_time, short, when


@dataclass(frozen=True)
class Says:
    """A sentence in three parts: only `strong`, who we wait for and since when, is emphasized. `tone`: warn, bad."""

    before: str
    strong: str
    after: str = ""
    tone: str = ""

    def __str__(self) -> str:
        return f"{self.before} {self.strong}{self.after}".strip()


def says(view: OrderView, now: datetime.datetime | None = None) -> Says:
    """What is true of this order now."""
    now = now or timezone.now()
    order = view.order
    match OrderState(order.state):
        case OrderState.DRAFT:
            return Says(
                f"Version {order.revision} came in {_on(view.revision.created_at, now)}.",
                "It is a draft",
                "; nothing is sent before it is approved.",
            )
        case OrderState.PENDING_APPROVAL:
            return _pending(view, now)
        case OrderState.REFUSED:
            why = f": {_clause(order.reason)}" if order.reason else ""
            kept = (
                f"{supplier_word(view)} keeps version {view.holding.version}"
                if view.holding.version
                else "Nothing was sent"
            )
            text = f"{why}. {kept}. Amend it, on top of this version or of an earlier one."
            return Says("", f"Version {order.revision} was not approved", text, "bad")
        case OrderState.HELD:
            goes_on = "resumes it" if by_hand(order) else "plans it again"
            why = f": {_clause(order.reason)}" if order.reason else ""
            return Says(
                _done(view, now),
                f"On hold for {age(now - order.changed_at)}",
                f"{why}. Nothing {'more ' if view.holding.version else ''}is sent until somebody {goes_on}.",
                "warn",
            )
        case OrderState.CANCELLING:
            return _cancelling(view, now)
        case OrderState.CANCELLED:
            return Says(
                _done(view, now),
                f"Cancelled {_on(order.changed_at, now)}",
                f"{': ' + _clause(order.reason) if order.reason else ''}.",
            )
        case OrderState.CLOSED:
            return Says(_done(view, now), "Closed", "; nothing is open any more.")
        case _ if view.undecided:
            return _cancelling(view, now)
        case _:
            return _approved(view, now)


def _cancelling(view: OrderView, now: datetime.datetime) -> Says:
    """Asked, and not free before they say so."""
    row, who = view.cancellation, supplier_word(view)
    if row is None:
        return Says(_done(view, now), "It is being cancelled", ".")
    asked = f"{name(row.asked_by)} asked {who} to cancel {_on(row.asked_at, now)}."
    zone = their_zone(view.order)
    match CancellationState(row.state):
        case CancellationState.OVERDUE if row.due_at:
            late = f"{who}’s word on the cancellation is {age(now - row.due_at)} late"
            return Says(asked, late, f"; it was due {due(row.due_at, zone, now=now)}.", "warn")
        case CancellationState.ACCEPTED_AT_COST:
            cost = f" at {Money(row.cost, row.currency)}" if row.cost is not None else " at a cost"
            return Says(asked, f"{who} agrees{cost}", "; the order stands until you decide.", "warn")
        case CancellationState.PARTLY:
            return Says(asked, f"{who} agrees only in part", "; the order stands until you decide.", "warn")
        case CancellationState.REFUSED:
            return Says(asked, f"{who} refuses", "; the order stands. Keep it, or ask again.", "bad")
        case _:
            until = f", due {due(row.due_at, zone, now=now)}" if row.due_at else ""
            return Says(
                asked, f"Waiting for their word for {age(now - row.asked_at)}", f"{until}. The order stands until then."
            )


def supplier_word(view: OrderView) -> str:
    """The supplier as people say it."""
    return short(view.order.supplier_name)


def _pending(view: OrderView, now: datetime.datetime) -> Says:
    needed = int(view.requested.data.get("approvers", 1)) if view.requested else 1
    given = [a for a in view.approvals if a.revision_id == view.revision.pk and a.decision == "granted"]
    came, by = _on(view.revision.created_at, now), name(view.revision.created_by)
    before = f"{by} brought in version {view.order.revision} {came}."
    if given:
        before += f" {given[-1].approver} approved {_on(given[-1].approved_at, now)}."
    left = max(1, needed - len(given))
    waited = age(now - view.revision.created_at)
    return Says(before, f"Waiting for {plural(left, 'approval')} for {waited}", "; nothing is sent before.", "warn")


def _approved(view: OrderView, now: datetime.datetime) -> Says:
    order, trip, who = view.order, view.main, supplier_word(view)
    if trip is None:
        problem = (view.plan.problem if view.plan else "") or order.reason
        if problem:
            return Says("Approved, but not sent.", "No way to send it was found", f": {_clause(problem)}.", "bad")
        return Says(f"Approved {_on(view.approved_at, now)}.", "It goes out next", f" to {who}.")
    by = by_channel(trip.channel)
    why = _clause(trip.delivery.reason)
    match trip.state:
        case DeliveryState.READY if trip.delivery.due_at and trip.delivery.due_at > now:
            return Says(
                f"Approved {_on(view.approved_at, now)}.",
                f"Goes to {who} {by} {sentence_time(trip.delivery.due_at, now=now)}",
                ".",
            )
        case DeliveryState.READY:
            return Says(
                f"Approved {_on(view.approved_at, now)}.",
                f"Waiting to be sent to {who}",
                f" {by}; we start by ourselves.",
            )
        case DeliveryState.SENDING:
            return Says(
                f"Approved {_on(view.approved_at, now)}.", f"Being sent to {who}", f" {by}, try {trip.delivery.tries}."
            )
        case DeliveryState.RETRY:
            next_at = f" {when(trip.delivery.due_at, now=now)}" if trip.delivery.due_at else ""
            return Says(
                f"Try {trip.delivery.tries} to send it to {who} {by} did not work: {why}.",
                f"We try again{next_at}",
                ".",
            )
        case DeliveryState.IN_DOUBT:
            return Says(
                f"Try {trip.delivery.tries} to send it to {who} {by} {_on(_last_try(trip), now)} ended without a word.",
                "It may or may not have arrived",
                ". You decide what to do.",
                "warn",
            )
        case DeliveryState.HELD:
            return Says("Stopped before sending.", "Waiting for your decision", f": {why}.", "warn")
        case DeliveryState.FAILED:
            return Says(
                f"Not delivered to {who}: {why}.",
                f"Waiting for you for {age(now - trip.delivery.changed_at)}",
                ".",
                "bad",
            )
        case DeliveryState.CANCELLED | DeliveryState.SUPERSEDED:
            return Says("", "Not sent", f": {why or 'it was stopped'}.")
        case _:
            return _answered(view, trip, now)


def _answered(view: OrderView, trip: Trip, now: datetime.datetime) -> Says:
    order, who, answer = view.order, supplier_word(view), view.answer
    sent = _done(view, now)
    zone = their_zone(order)
    since = trip.delivery.accepted_at or order.changed_at
    came = f"{who} answered {_on(answer.received_at, now)}." if answer else sent
    match AnswerState(order.answer_state):
        case AnswerState.WAITING:
            after = f", due {due(order.answer_due_at, zone, now=now)}." if order.answer_due_at else "."
            if order.answer_due_at and order.answer_due_at < now:
                return Says(sent, f"{who}’s answer is {age(now - order.answer_due_at)} late", ".", "warn")
            return Says(sent, f"Waiting for their answer for {age(now - since)}", after)
        case AnswerState.OVERDUE:
            at = order.answer_due_at or since
            return Says(
                sent, f"{who}’s answer is {age(now - at)} late", f"; it was due {due(at, zone, now=now)}.", "warn"
            )
        case AnswerState.RECEIVED:
            return Says(sent, f"{who} says they received it", "; they have not said yes or no yet.")
        case AnswerState.ACCEPTED if answer is None and view.agreed:
            return Says(
                sent,
                f"Version {order.revision} is what you and {who} agreed",
                "; nothing is left to do before the goods come.",
            )
        case AnswerState.ACCEPTED if answer is not None and answer.state == Response.State.DECIDED:
            return Says(came, "You accepted their differences", "; nothing is left to do before the goods come.")
        case AnswerState.ACCEPTED:
            on = f" {_on(answer.received_at, now)}" if answer else ""
            return Says(
                "",
                f"{who} accepted version {order.revision} unchanged{on}",
                "; nothing is left to do before the goods come.",
            )
        case AnswerState.DIFFERENT:
            count = len(answer.differences) if answer else 0
            waits = plural(count, "difference waits", "differences wait") if count else "Their differences wait"
            waited = f" for {age(now - answer.received_at)}" if answer else ""
            return Says(came, f"{waits} for your decision{waited}", ".", "warn")
        case AnswerState.REJECTED:
            why = _clause(str((answer.content or {}).get("reason") or "")) if answer else ""
            return Says(
                sent,
                f"{who} declined{' ' + _on(answer.received_at, now) if answer else ''}",
                f": “{why}”." if why else ".",
                "bad",
            )
        case _:
            return Says(sent, "No answer is asked", ".")


_PROVEN = {
    DeliveryState.DELIVERED: "receipt proven",
    DeliveryState.OPENED: "opened by a person",
    DeliveryState.ANSWERED: "answered",
}


def _done(view: OrderView, now: datetime.datetime) -> str:
    """What has been sent and is proven, or that nothing was."""
    trip = view.main
    if trip is None or not trip.held_by:
        held = view.holding.version
        return f"{supplier_word(view)} has version {held}." if held else "Nothing was sent."
    at = trip.delivery.accepted_at
    on = f" {_on(at, now)}" if at else ""
    proof = _PROVEN.get(trip.state, taken_word(trip.channel))
    return f"Sent to {supplier_word(view)} {by_channel(trip.channel)}{on}; {proof}."


def _on(at: datetime.datetime | None, now: datetime.datetime) -> str:
    return sentence_time(at, now=now) if at else "earlier"


def _last_try(trip: Trip) -> datetime.datetime | None:
    return (trip.attempts[-1].started_at or trip.attempts[-1].intent_at) if trip.attempts else None


def _clause(text: str) -> str:
    """A sentence to stand after a colon."""
    return " ".join(text.split()).rstrip(".") or "no reason was given"
