"""Cancellations: ask for one, take it back, settle what the supplier did not simply agree to."""

import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field, model_validator

from orderwire.api.access import Caller, caller, needs
from orderwire.api.answering import WRITE, given, responses
from orderwire.api.order_parts import AmountText
from orderwire.api.paging import Body, Id, Number, OptionalReason
from orderwire.document.base import plain
from orderwire.document.cancellation import REASONS
from orderwire.document.states import CancellationState
from orderwire.flow import Refused, cancel
from orderwire.records import Cancellation

router = Router(tags=["cancellations"])
of_order = Router(tags=["cancellations"])

Quantity = Annotated[Decimal, Field(gt=0, max_digits=24, decimal_places=9)]
Line = Annotated[str, Field(min_length=1, max_length=20)]


class WithdrawnLine(Schema):
    """How much of a line is withdrawn, in the unit of the order."""

    line: str
    quantity: str


class CancellationOut(Schema):
    """One withdrawal. Nothing is released before the supplier answers; `choices` is how the buyer may settle it now.

    `cost` is what the supplier asks for agreeing, `due_at` until when he is to answer.
    """

    id: int
    order: str
    number: int
    revision: int = Field(description="The version that is withdrawn; for lines the one that says what is left.")
    scope: Literal["order", "lines"]
    lines: list[WithdrawnLine] = []
    code: str
    reason: str = ""
    state: CancellationState
    asked_by: str = ""
    asked_at: datetime.datetime
    due_at: datetime.datetime | None = None
    answered_at: datetime.datetime | None = None
    answer: str = ""
    cost: AmountText | None = None
    currency: str = ""
    settled_at: datetime.datetime | None = None
    choices: list[cancel.Choice] = []

    @classmethod
    def of(cls, row: Cancellation, who: Caller) -> Self:
        """A cancellation as its caller may see it."""
        inside = who.partner_id is None
        return cls(
            id=row.pk,
            order=row.order.number,
            number=row.number,
            revision=row.revision.number,
            scope="order" if row.scope == Cancellation.Scope.ORDER else "lines",
            lines=[WithdrawnLine(**line) for line in row.lines],
            code=row.code,
            reason=row.reason,
            state=CancellationState(row.state),
            asked_by=row.asked_by if inside else "",
            asked_at=row.asked_at,
            due_at=row.due_at,
            answered_at=row.answered_at,
            answer=row.answer,
            cost=plain(row.cost) if row.cost is not None else None,
            currency=row.currency,
            settled_at=row.settled_at,
            choices=sorted(cancel.choices(row)) if inside else [],
        )


class Cancellations(Schema):
    """The withdrawals of an order, newest first."""

    cancellations: list[CancellationOut]


class Ask(Body):
    """What is to be cancelled: the whole order; `lines` of it, with a quantity or all that is open (null); or all that
    is `open` of an order of which something is shipped or received already."""

    code: str = Field(max_length=40, description=f"Why: {', '.join(REASONS)}.")
    reason: OptionalReason = Field("", description="More words; the supplier reads them.")
    lines: dict[Line, Quantity | None] | None = Field(None, max_length=100_000)
    open: bool = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.open and self.lines is not None:
            raise ValueError("say lines or open, not both")
        return self


class Settle(Body):
    """accept_cost: pay what the supplier asks; keep: the order stays in force; ask_again: once more; accept_part: what
    he still delivers becomes the next version."""

    choice: cancel.Choice
    reason: OptionalReason = ""


class Withdraw(Body):
    """The order is needed after all."""

    reason: OptionalReason = ""


ANSWERS = responses(CancellationOut, 404, *WRITE, 503)


@of_order.post("/{path:number}/cancel", response=ANSWERS, **needs("orders:write"), summary="Cancel")
def cancel_order(request: HttpRequest, number: Number, body: Ask) -> HttpResponse:
    """Withdraw an order or a part of it. What never left ends at once; else the supplier is asked, and the order is
    committed until he answers. Asked again for the same, it gives the same cancellation. 409: goods are under way, or
    the supplier refused already."""
    who = caller(request)
    order = who.order(number)
    lines = dict(cancel.open_lines(order.pk)) if body.open else body.lines
    row = cancel.ask(order.pk, actor=who.actor, code=body.code, reason=body.reason, lines=lines)
    return given(_one(who, row.pk))


@of_order.get(
    "/{path:number}/cancellations",
    response=responses(Cancellations, 404),
    **needs("orders:read"),
    summary="List its cancellations",
)
def list_cancellations(request: HttpRequest, number: Number) -> HttpResponse:
    """Every withdrawal of the order; for a supplier those that he was asked for."""
    who = caller(request)
    found = Cancellation.objects.filter(order=who.order(number)).select_related("order", "revision").order_by("-number")
    if who.partner_id is not None:
        found = found.exclude(state=CancellationState.NEVER_LEFT)
    return given(Cancellations(cancellations=[CancellationOut.of(row, who) for row in found]))


@router.post("/{cancellation_id}/withdraw", response=ANSWERS, **needs("orders:write"), summary="Take it back")
def withdraw_cancellation(request: HttpRequest, cancellation_id: Id, body: Withdraw) -> HttpResponse:
    """Before the supplier answers: the order is in force, and whoever was told otherwise gets it again."""
    who = caller(request)
    cancel.withdraw(cancellation_id, actor=who.actor, reason=body.reason)
    return given(_one(who, cancellation_id))


@router.post("/{cancellation_id}/settle", response=ANSWERS, **needs("orders:write"), summary="Settle")
def settle_cancellation(request: HttpRequest, cancellation_id: Id, body: Settle) -> HttpResponse:
    """The buyer's word where the supplier refused, or agreed under conditions. 409: not one of `choices`."""
    who = caller(request)
    cancel.settle(cancellation_id, choice=body.choice, actor=who.actor, reason=body.reason)
    return given(_one(who, cancellation_id))


def _one(who: Caller, cancellation_id: int) -> CancellationOut:
    row = Cancellation.objects.select_related("order", "revision").filter(pk=cancellation_id).first()
    if row is None:
        raise Refused("There is no such cancellation.", kind="not_found")
    return CancellationOut.of(row, who)
