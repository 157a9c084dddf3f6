"""What a person or a system decides about an order: approve, refuse, hold, resume, plan again."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from orderwire.api.access import Caller, caller, needs
from orderwire.api.answering import WRITE, given, responses
from orderwire.api.orders import OrderSummary
from orderwire.api.paging import Body, Number, OptionalReason, Reason
from orderwire.flow import Refused, approve, hold, route
from orderwire.records import User

router = Router(tags=["decisions"])

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="The version that was looked at.")]
ANSWERS = responses(OrderSummary, 404, *WRITE, 503)


class Grant(Body):
    """A yes to exactly this content."""

    sha256: Sha256
    reason: OptionalReason = ""


class Refusal(Body):
    """A no to exactly this content, with the reason."""

    sha256: Sha256
    reason: Reason


class Why(Body):
    """The reason, for the ledger and for colleagues."""

    reason: Reason


class MaybeWhy(Body):
    """The reason, where there is something to say."""

    reason: OptionalReason = ""


@router.post("/{path:number}/approve", response=ANSWERS, **needs("approvals:write"), summary="Approve")
def approve_order(request: HttpRequest, number: Number, body: Grant) -> HttpResponse:
    """Record a yes of the key's user. Limits, four eyes and who made the order count here as they do on the page."""
    who = caller(request)
    order = approve.grant(who.order(number).pk, user=_person(who), sha256=body.sha256, reason=body.reason)
    return given(OrderSummary.of(order, who))


@router.post("/{path:number}/refuse", response=ANSWERS, **needs("approvals:write"), summary="Refuse approval")
def refuse_order(request: HttpRequest, number: Number, body: Refusal) -> HttpResponse:
    """Record a no of the key's user; the order does not leave."""
    who = caller(request)
    order = approve.refuse(who.order(number).pk, user=_person(who), sha256=body.sha256, reason=body.reason)
    return given(OrderSummary.of(order, who))


@router.post("/{path:number}/hold", response=ANSWERS, **needs("orders:write"), summary="Put on hold")
def hold_order(request: HttpRequest, number: Number, body: Why) -> HttpResponse:
    """Nothing of the order leaves until it is resumed."""
    who = caller(request)
    return given(OrderSummary.of(hold.hold(who.order(number).pk, actor=who.actor, reason=body.reason), who))


@router.post("/{path:number}/resume", response=ANSWERS, **needs("orders:write"), summary="Resume")
def resume_order(request: HttpRequest, number: Number, body: MaybeWhy) -> HttpResponse:
    """The order goes on where it stopped."""
    who = caller(request)
    return given(OrderSummary.of(hold.resume(who.order(number).pk, actor=who.actor, reason=body.reason), who))


@router.post("/{path:number}/replan", response=ANSWERS, **needs("orders:write"), summary="Plan again")
def replan_order(request: HttpRequest, number: Number) -> HttpResponse:
    """Ask the rules again, after a supplier, an endpoint or a rule was put right."""
    who = caller(request)
    route.replan(who.order(number).pk, actor=who.actor)
    return given(OrderSummary.of(who.order(number), who))


def _person(who: Caller) -> User:
    if who.user is None:
        reason, remedy = "Only a person approves.", "Use a key that belongs to a user."
        raise Refused(reason, remedy=remedy, kind="not_allowed")
    return who.user
