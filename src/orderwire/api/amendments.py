"""Amendments: a person's or a system's new version of an order, as edits or as the whole document."""

from typing import Annotated, Any, Self, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, Field, ValidationError, WithJsonSchema, model_validator

from orderwire.api.access import caller, needs
from orderwire.api.answering import WRITE, given, responses
from orderwire.api.order_parts import OrderDocument
from orderwire.api.orders import OrderSummary
from orderwire.api.paging import Body, Number, Reason
from orderwire.api.problem import Stopped, told
from orderwire.document.edits import Edits, edited
from orderwire.document.finding import Finding, from_validation
from orderwire.document.order import Order as Document
from orderwire.document.order_change import DoesNotFit
from orderwire.flow import Refused, amend
from orderwire.records import Order

router = Router(tags=["amendments"])

Version = Annotated[int, Field(ge=1, le=99999)]
EditsDocument = Annotated[dict[str, Any], WithJsonSchema({"x-document": "Edits"})]
ANSWERS = responses(OrderSummary, 404, *WRITE, 503, status=201)

Model = TypeVar("Model", bound=BaseModel)


class Amendment(Body):
    """The next version: `edits` of version `base`, or the whole `document`; one of both."""

    seen: Version = Field(description="The newest version that you looked at; a newer one is a conflict.")
    base: Version | None = Field(None, description="The version that is edited; `seen` where it is left out.")
    reason: Reason
    edits: EditsDocument | None = None
    document: OrderDocument | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.edits is None) == (self.document is None):
            raise ValueError("give either edits or the whole document")
        return self


class TakeBack(Body):
    """The next version says again what an earlier one said."""

    seen: Version = Field(description="The newest version that you looked at; a newer one is a conflict.")
    to: Version = Field(description="The version whose content counts again, such as the one the supplier kept to.")
    reason: Reason


@router.post("/{path:number}/amend", response=ANSWERS, **needs("orders:write"), summary="Amend")
def amend_order(request: HttpRequest, number: Number, body: Amendment) -> HttpResponse:
    """Make the order's next version. The policy of changes says whether it must be approved; the supplier gets it as a
    change of the version that he holds. 409: somebody made a newer version, or the order takes none now."""
    who = caller(request)
    order, base = who.order(number), body.base or body.seen
    after = _document(order, body, base)
    amend.propose(order.pk, after, base=base, actor=who.actor, reason=body.reason, seen=body.seen)
    return given(OrderSummary.of(who.order(number), who), 201)


@router.post("/{path:number}/take-back", response=ANSWERS, **needs("orders:write"), summary="Take an amendment back")
def take_back(request: HttpRequest, number: Number, body: TakeBack) -> HttpResponse:
    """Make a version with the content of an earlier one, where the supplier or an approver refused what followed."""
    who = caller(request)
    amend.take_back(who.order(number).pk, body.to, actor=who.actor, reason=body.reason, seen=body.seen)
    return given(OrderSummary.of(who.order(number), who), 201)


def _document(order: Order, body: Amendment, base: int) -> Document:
    if body.document is not None:
        return _parsed(Document, body.document)
    row = order.revisions.filter(number=base).first()
    if row is None:
        raise Refused(f"Order {order.number} has no version {base}.", kind="not_found")
    try:
        return edited(Document.model_validate_json(bytes(row.content)), _parsed(Edits, body.edits))
    except DoesNotFit as failure:
        raise _invalid("The edits do not fit the order.", failure.findings) from failure


def _parsed(model: type[Model], content: Any) -> Model:
    try:
        return model.model_validate(content)
    except ValidationError as failure:
        raise _invalid("The new version cannot be used.", from_validation(failure)) from failure


def _invalid(reason: str, findings: tuple[Finding, ...]) -> Stopped:
    return Stopped(422, "invalid", reason, "Correct what the findings name.", findings=told(findings))
