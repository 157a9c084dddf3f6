"""What may be done with an order now: the next action first and filled, the others after it."""

from dataclasses import dataclass

from django.urls import reverse

from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow.fallback import another
from orderwire.flow.hold import by_hand
from orderwire.flow.remind.waiting import OPEN
from orderwire.records import Cancellation, EndpointVersion, Response, User
from orderwire.tracking.approvals import May, verdict
from orderwire.tracking.channels import by_channel
from orderwire.tracking.order import WAITS, OrderView, Trip
from orderwire.tracking.says import supplier_word
from orderwire.tracking.words import decide_words


@dataclass(frozen=True)
class Action:
    """A button. `ask` is the question for a reason, asked before it is done; `here` is the section that it leads to."""

    label: str
    url: str
    post: bool = True
    ask: str = ""
    hint: str = ""
    needs_reason: bool = False
    css: str = ""
    here: str = ""


@dataclass(frozen=True)
class Offered:
    """The one next action, the others, and what an approver must know."""

    next: Action | None
    others: list[Action]
    approval: May | None = None


_COPY = "They may get the same order twice; it is marked as a possible duplicate."


def offered(view: OrderView, user: User) -> Offered:
    """The actions that flow would do now."""
    order, state = view.order, OrderState(view.order.state)
    if state is OrderState.PENDING_APPROVAL:
        may = verdict(order, user)
        if not may.allowed:
            return Offered(None, _pending(view), may)
        yes = Action(f"Approve version {order.revision}", _act(order.pk, "approve"))
        no = Action(
            "Do not approve",
            _act(order.pk, "refuse"),
            ask="Why not? The reason goes back to who sent it.",
            needs_reason=True,
            css="quiet risky",
        )
        return Offered(yes, [no, *_pending(view)], may)
    if state is OrderState.HELD:
        plan = Action("Plan again", _act(order.pk, "plan"))
        resume = Action("Resume", _act(order.pk, "resume"))
        return Offered(resume if by_hand(order) else plan, [_amend(view), *_cancel(view)])
    if state is OrderState.REFUSED:
        return Offered(_amend(view), _cancel(view))
    if state is OrderState.CANCELLING:
        return Offered(None, _remind(view))
    if state is not OrderState.APPROVED:
        return Offered(None, [])
    stuck = view.main is not None and view.main.state.tone in ("bad", "warn")
    sending = _delivery_actions(view)
    ours = [*_answer_actions(view), *_remind(view), _amend(view), *_record(view)]
    found = [*sending, *ours] if stuck else [*ours, *sending]
    hold = Action(
        "Hold",
        _act(order.pk, "hold"),
        ask="Nothing more leaves until somebody resumes it. Why is it held?",
        needs_reason=True,
        css="quiet",
    )
    if view.main is None or _unsent(view):
        found.append(Action("Plan again", _act(order.pk, "plan")))
    urgent = view.main is None or stuck or bool(_answer_actions(view))
    rest = [hold, *_cancel(view)]
    if urgent or _remind(view):
        return Offered(found[0], [*found[1:], *rest])
    return Offered(None, [*found, *rest])


def _act(pk: int, verb: str) -> str:
    return reverse("act", args=[pk, verb])


def _pending(view: OrderView) -> list[Action]:
    """While a version waits for approval it can be made anew, or the order cancelled."""
    return [_amend(view), *_cancel(view)]


def _amend(view: OrderView) -> Action:
    return Action("Amend", reverse("amend", args=[view.order.pk]), post=False)


def _record(view: OrderView) -> list[Action]:
    """Answers that came by telephone or mail are written down for a version that was sent."""
    if view.main is None or not view.main.held_by:
        return []
    return [Action("Record their answer", reverse("record", args=[view.order.pk]), post=False)]


def _remind(view: OrderView) -> list[Action]:
    waits = view.order.answer_state in OPEN and view.order.answer_due_at is not None
    if view.order.state == OrderState.CANCELLING:
        waits = view.cancellation is not None and view.cancellation.state in WAITS
    return [Action(f"Remind {supplier_word(view)} now", _act(view.order.pk, "remind"))] if waits else []


def _cancel(view: OrderView) -> list[Action]:
    """Not while a cancellation waits for somebody's word."""
    if view.cancellation is not None and view.cancellation.scope == Cancellation.Scope.ORDER:
        return []
    return [Action("Cancel order", reverse("cancel", args=[view.order.pk]), post=False, css="quiet risky")]


def _answer_actions(view: OrderView) -> list[Action]:
    answer = view.answer
    if answer is None or answer.state != Response.State.OPEN:
        return []
    url = reverse("differences", args=[view.order.pk, answer.pk])
    return [Action(decide_words(answer.differences), url, post=False, here="answers")]


def _delivery_actions(view: OrderView) -> list[Action]:
    trip = view.main
    if trip is None:
        return []
    who, again = supplier_word(view), reverse("deliver", args=[trip.delivery.pk, "resend"])
    others = _another(trip)
    match trip.state:
        case DeliveryState.FAILED:
            return [*others, Action(f"Send to {who} again", again)]
        case DeliveryState.HELD:
            return [Action(f"Send to {who} again", again), *others]
        case DeliveryState.IN_DOUBT:
            page = reverse("delivery", args=[trip.delivery.pk])
            return [Action("Settle the doubt", page, post=False), *others]
        case DeliveryState.RETRY:
            return [Action("Try now", again), *others]
        case DeliveryState.ACCEPTED | DeliveryState.DELIVERED | DeliveryState.OPENED | DeliveryState.ANSWERED:
            return [Action(f"Send to {who} again", again, ask=_COPY), *others]
        case _:
            return []


def _another(trip: Trip) -> list[Action]:
    """The ways on which a person may send it instead, the first WAYS. Where it may have arrived he is asked first."""
    if trip.state not in _STUCK:
        return []
    found = another.ways(trip.delivery)[:WAYS]
    versions = EndpointVersion.objects.filter(endpoint__in=[endpoint.pk for endpoint, _ in found])
    channels = {(version.endpoint_id, version.number): version.channel for version in versions}
    words = [by_channel(channels[endpoint.pk, number]) for endpoint, number in found]
    arrived = trip.held_by or trip.state is DeliveryState.IN_DOUBT
    return [
        Action(
            f"Send {by} instead" if words.count(by) == 1 else f"Send {by} instead, {endpoint.name}",
            reverse("by_another", args=[trip.delivery.pk, endpoint.pk]),
            ask=_COPY if arrived else "",
        )
        for by, (endpoint, _) in zip(words, found, strict=True)
    ]


WAYS = 2
_STUCK = (
    DeliveryState.FAILED,
    DeliveryState.HELD,
    DeliveryState.RETRY,
    DeliveryState.IN_DOUBT,
    DeliveryState.ACCEPTED,
)


def _unsent(view: OrderView) -> bool:
    """True while nothing of the current version has left: only then may it be planned anew."""
    gone = (
        DeliveryState.SENDING,
        DeliveryState.ACCEPTED,
        DeliveryState.DELIVERED,
        DeliveryState.OPENED,
        DeliveryState.ANSWERED,
    )
    return not any(trip.state in gone for trip in view.current)
