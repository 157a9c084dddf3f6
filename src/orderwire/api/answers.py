"""Suppliers' answers: read them, give one (as the supplier, or by the buyer on its behalf), decide one that differs."""

import datetime
from typing import Annotated, Any, Literal, Self

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field, WithJsonSchema

from orderwire.api.access import Caller, caller, needs
from orderwire.api.answering import WRITE, given, responses
from orderwire.api.incoming import one_document
from orderwire.api.orders import revisions
from orderwire.api.paging import BIGGEST, Body, Filters, Id, Number, OptionalReason, only
from orderwire.api.problem import Stopped
from orderwire.document.response import Response as ResponseDocument
from orderwire.flow import Refused, acknowledge, decide
from orderwire.records import Response

router = Router(tags=["answers"])
of_order = Router(tags=["answers"])

Document = Annotated[dict[str, Any], WithJsonSchema({"x-document": "Response"})]
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "anyOf": [
                    {"$ref": "#/components/schemas/ResponseEnvelope"},
                    {"$ref": "#/components/schemas/Response"},
                ]
            }
        }
    },
}


class Comes(Schema):
    """So much of a line on that day."""

    quantity: str
    date: datetime.date | None = None


class Difference(Schema):
    """What the answer says otherwise than the order; `money` is what that adds to the order's total. `verdict` is what
    the policy of changes says of it, by the row `rule`."""

    line: str | None = None
    field: str
    ordered: str
    answered: str
    text: str
    money: str | None = None
    reason: str | None = None
    before: str | None = Field(None, description="The quantity or price as ordered.")
    after: str | None = Field(None, description="The quantity, price or charge as answered.")
    currency: str | None = Field(None, description="That of a charge.")
    due: datetime.date | None = Field(None, description="The last day that was asked for.")
    promised: datetime.date | None = Field(None, description="The last day that is promised.")
    days: int | None = Field(None, description="How much later that is; less than 0: earlier.")
    parts: list[Comes] = Field([], description="What comes when.")
    verdict: Literal["accept", "ask", "reject"] | None = None
    rule: str | None = None
    because: str | None = None


class AnswerOut(Schema):
    """One answer. `state` tells what became of it, `status` what it says as a whole."""

    id: int
    order: str | None = None
    revision: int | None = None
    supplier: str | None = None
    status: str
    state: Response.State
    problem: str = ""
    differences: list[Difference] = []
    document: Document
    source: str
    actor: str
    means: str = Field("", description="How the buyer heard of it who recorded it: phone, mail, letter, meeting, file.")
    note: str = ""
    received_at: datetime.datetime
    decided_at: datetime.datetime | None = None

    @classmethod
    def of(cls, row: Response, who: Caller) -> Self:
        """An answer as its caller may see it."""
        inside = who.partner_id is None
        return cls(
            id=row.pk,
            order=row.order.number if row.order else None,
            revision=row.revision.number if row.revision else None,
            supplier=row.supplier.number if row.supplier else None,
            status=row.status,
            state=Response.State(row.state),
            problem=row.problem if inside else "",
            differences=[Difference(**d) for d in row.differences],
            document=row.content,
            source=row.source,
            actor=row.actor if inside else "",
            means=row.means if inside else "",
            note=row.note if inside else "",
            received_at=row.received_at,
            decided_at=row.decided_at,
        )


class Answers(Schema):
    """Answers, newest first."""

    answers: list[AnswerOut]
    next: str | None = None


class AnswerFilters(Filters):
    """Which answers."""

    state: Response.State | None = None


class How(Schema):
    """How an answer came; `means` and `note` are for the buyer's keys."""

    adds: bool | None = Field(
        None, description="It speaks only of the lines that it names; without it, it replaces earlier answers."
    )
    means: acknowledge.Means | None = Field(None, description="How the buyer heard of it; without it, by phone.")
    note: OptionalReason = Field("", description="Who said it, and what else.")


class Decision(Body):
    """Take all of the answer's differences, or insist on the order as it is (with a reason)."""

    accept: bool
    reason: OptionalReason = ""


@of_order.get(
    "/{path:number}/answers", response=responses(Answers, 404), **needs("answers:read"), summary="List its answers"
)
def list_order_answers(request: HttpRequest, number: Number) -> HttpResponse:
    """Every answer to the order, newest first."""
    who = caller(request)
    found = _visible(who).filter(order=who.order(number)).order_by("-pk")
    return given(Answers(answers=[AnswerOut.of(row, who) for row in found]))


@of_order.post(
    "/{path:number}/answers",
    response=responses(AnswerOut, 200, 404, *WRITE, status=201),
    **needs("answers:write", requestBody=_BODY),
    summary="Answer an order",
)
def answer_order(request: HttpRequest, number: Number, how: Query[How]) -> HttpResponse:
    """The body is an answer as our JSON. With a supplier's key it is the supplier's word; with a key of the buyer's it
    is recorded on the supplier's behalf, and says by whom and by which means. 200: the same answer is known already."""
    only(request, How)
    who = caller(request)
    order = who.order(number)
    document = one_document(request.body, ResponseDocument)
    name = document.order_number + (f"/{document.release_number}" if document.release_number else "")
    if name != order.number:
        raise Refused(f"The answer is to order {name}, the address names {order.number}.", remedy="Correct either.")
    if document.revision is not None and not revisions(order, who).filter(number=document.revision).exists():
        raise Refused(f"Order {order.number} has no version {document.revision}.", remedy="Name one that it has.")
    newest = Response.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if who.partner_id is None:
        means = how.means or "phone"
        row = acknowledge.record(order.pk, document, actor=who.actor, means=means, note=how.note, adds=how.adds)
    elif how.means or how.note:
        raise Refused("Only the buyer says how he heard of an answer.", remedy="Leave out means and note.")
    else:
        row = acknowledge.take(
            document, supplier=order.supplier, source=who.source, actor=who.actor, adds=bool(how.adds)
        )
    return given(AnswerOut.of(_visible(who).get(pk=row.pk), who), 201 if row.pk > newest else 200)


@router.get("", response=responses(Answers), **needs("answers:read"), summary="List answers")
def list_answers(request: HttpRequest, filters: Query[AnswerFilters]) -> HttpResponse:
    """Answers to all orders, newest first; state=open are those that need a decision."""
    only(request, AnswerFilters)
    who = caller(request)
    found = _visible(who).order_by("-pk")
    if filters.state is not None:
        found = found.filter(state=filters.state)
    if filters.cursor is not None:
        found = found.filter(pk__lt=_id(filters.cursor))
    rows = list(found[: filters.limit + 1])
    page = rows[: filters.limit]
    after = str(page[-1].pk) if len(rows) > len(page) else None
    return given(Answers(answers=[AnswerOut.of(row, who) for row in page], next=after))


@router.get("/{answer_id}", response=responses(AnswerOut, 404), **needs("answers:read"), summary="Read one answer")
def read_answer(request: HttpRequest, answer_id: Id) -> HttpResponse:
    """One answer."""
    return given(_one(caller(request), answer_id))


@router.post(
    "/{answer_id}/decide",
    response=responses(AnswerOut, 404, *WRITE),
    **needs("orders:write"),
    summary="Decide an answer that differs",
)
def decide_answer(request: HttpRequest, answer_id: Id, body: Decision) -> HttpResponse:
    """The buyer takes all differences, or insists on all of the order and waits for another answer. Line by line, and
    with the other choices: POST /orders/{number}/answers/{answer_id}/decide."""
    who = caller(request)
    row = Response.objects.filter(pk=answer_id).first()
    choices = decide.every_line(row.differences if row else (), "accept" if body.accept else "insist")
    decide.decide(answer_id, actor=who.actor, decisions=choices, reason=body.reason)
    return given(_one(who, answer_id))


def _visible(who: Caller) -> QuerySet[Response]:
    found = Response.objects.select_related("order", "revision", "supplier")
    return found if who.partner_id is None else found.filter(order__in=who.orders(), supplier=who.partner_id)


def _one(who: Caller, answer_id: int) -> AnswerOut:
    row = _visible(who).filter(pk=answer_id).first()
    if row is None:
        raise Refused("There is no such answer.", kind="not_found")
    return AnswerOut.of(row, who)


def _id(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19 and int(cursor) <= BIGGEST):
        raise Stopped(422, "invalid", "This is no cursor.", "Use `next` of the page before.")
    return int(cursor)
