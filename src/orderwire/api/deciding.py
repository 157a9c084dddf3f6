"""Decisions: what the buyer says to each line of an answer that differs, and what is to be ordered elsewhere."""

import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field, ValidationError, WithJsonSchema

from orderwire.api.access import caller, needs
from orderwire.api.answering import WRITE, given, responses
from orderwire.api.orders import OrderSummary
from orderwire.api.paging import Body, Id, Number, OptionalReason, Reason, Word
from orderwire.api.problem import Stopped, told
from orderwire.document.finding import from_validation
from orderwire.document.order_change import LinePart
from orderwire.flow import Refused, decide, need
from orderwire.flow.decide import Choice, LineDecision
from orderwire.records import Need, Order, Partner, Response

of_order = Router(tags=["answers"])
router = Router(tags=["needs"])

Counter = Annotated[dict[str, Any], WithJsonSchema({"x-document": "LinePart"})]


class LineChoice(Body):
    """What is to happen with one line; without `line`: with all that names no line of the order.

    accept: order it as answered; counter: offer other values; insist: keep what was ordered; resource: keep what the
    supplier confirmed and put the rest into the pool of needs.
    """

    line: Word | None = None
    choice: Choice
    counter: Counter | None = Field(None, description="Only for counter; what it leaves out stays as ordered.")

    def decision(self) -> LineDecision:
        """For flow. Raises Stopped for values that no line can have."""
        if self.counter is None:
            return LineDecision(self.line, self.choice)
        try:
            return LineDecision(self.line, self.choice, LinePart.model_validate(self.counter))
        except ValidationError as failure:
            reason, remedy = "The counter-proposal cannot be used.", "Correct what the findings name."
            findings = told(from_validation(failure))
            raise Stopped(422, "invalid", reason, remedy, findings=findings) from failure


class Decisions(Body):
    """One choice for every line that differs; lines that the policy settled may be left out."""

    decisions: list[LineChoice] = Field(max_length=100_000)
    reason: OptionalReason = Field(
        "", description="For the supplier; needed where anything is insisted on or countered."
    )


class DecidedOut(Schema):
    """What became of the decision. `revision` is the version that tells it, absent where the supplier keeps his."""

    answer: int
    revision: int | None = None
    order: OrderSummary


class NeedOut(Schema):
    """A quantity that a supplier does not deliver. `order` and `line` are where it was taken from."""

    id: int
    order: str
    line: str
    description: str
    quantity: str
    unit: str
    reason: str = ""
    state: Need.State
    ordered: str | None = None
    suggested: list[str] = Field(default=[], description="Numbers of suppliers who might deliver it, the best first.")
    opened_at: datetime.datetime

    @classmethod
    def of(cls, row: Need, suppliers: list[Partner]) -> Self:
        """A need with who of these might deliver it."""
        return cls(
            id=row.pk,
            order=row.order.number,
            line=row.line,
            description=row.content["description"],
            quantity=row.content["quantity"],
            unit=row.content["unit"],
            reason=row.reason,
            state=Need.State(row.state),
            ordered=row.ordered.number if row.ordered else None,
            suggested=[partner.number for partner in need.ranked(row, suppliers)],
            opened_at=row.opened_at,
        )


class Needs(Schema):
    """What nobody covers, the oldest first."""

    needs: list[NeedOut]


class Covering(Body):
    """From whom it is ordered. `number` and `price` may be left out: the next free number, the price as before."""

    supplier: Word = Field(description="The buyer's number of the supplier.")
    number: Word | None = None
    price: Annotated[Decimal, Field(ge=0)] | None = Field(None, description="For the price basis of the line.")


class Closing(Body):
    """Why nobody needs it any more."""

    reason: Reason


@of_order.post(
    "/{path:number}/answers/{answer_id}/decide",
    response=responses(DecidedOut, 404, *WRITE, 503),
    **needs("orders:write"),
    summary="Decide an answer line by line",
)
def decide_lines(request: HttpRequest, number: Number, answer_id: Id, body: Decisions) -> HttpResponse:
    """All decisions make one new version of the order, which the policy of changes lets through or which waits for
    approval. Insisting alone sends the same version again. 409: a later answer or another decision is there."""
    who = caller(request)
    order = who.order(number)
    if not Response.objects.filter(pk=answer_id, order=order).exists():
        raise Refused("There is no such answer.", kind="not_found")
    decisions = [choice.decision() for choice in body.decisions]
    done = decide.decide(answer_id, actor=who.actor, decisions=decisions, reason=body.reason)
    summary = OrderSummary.of(who.order(number), who)
    return given(DecidedOut(answer=answer_id, revision=done.revision, order=summary))


@router.get("", response=responses(Needs), **needs("orders:read"), summary="List needs")
def list_needs(request: HttpRequest) -> HttpResponse:
    """Quantities that went back to the pool and are not ordered yet."""
    _inside(request)
    suppliers = need.others()
    return given(Needs(needs=[NeedOut.of(row, suppliers) for row in need.waiting()]))


@router.post(
    "/{need_id}/order",
    response=responses(OrderSummary, 404, *WRITE, 503, status=201),
    **needs("orders:write"),
    summary="Order a need elsewhere",
)
def order_need(request: HttpRequest, need_id: Id, body: Covering) -> HttpResponse:
    """Make an order for it to another supplier; it is approved and sent like any other."""
    who = caller(request)
    partner = Partner.objects.filter(number=body.supplier, role=Partner.Role.SUPPLIER).first()
    if partner is None:
        raise Refused(f"There is no supplier {body.supplier}.", remedy="Use the buyer's number.", kind="not_found")
    made = need.order_from(need_id, supplier_id=partner.pk, number=body.number, price=body.price, actor=who.actor)
    return given(OrderSummary.of(Order.objects.select_related("supplier").get(pk=made.order_id), who), 201)


@router.post(
    "/{need_id}/close", response=responses(NeedOut, 404, *WRITE), **needs("orders:write"), summary="Close a need"
)
def close_need(request: HttpRequest, need_id: Id, body: Closing) -> HttpResponse:
    """Nobody needs it any more."""
    who = caller(request)
    return given(NeedOut.of(need.close(need_id, actor=who.actor, reason=body.reason), need.others()))


def _inside(request: HttpRequest) -> None:
    """What is bought elsewhere is no supplier's business."""
    if caller(request).partner_id is not None:
        raise Stopped(403, "buyers-only", "A supplier's key cannot read needs.")
