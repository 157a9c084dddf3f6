"""Bytes that a caller brings: kept, read and dispatched by the flow; what became of each document is the answer."""

from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field

from orderwire import plugins
from orderwire.api.access import Caller
from orderwire.api.answering import given
from orderwire.api.problem import FieldDifference, FindingOut, Stopped, problem, told
from orderwire.document.base import Document
from orderwire.flow import receive
from orderwire.formats import TYPES
from orderwire.records import Endpoint, Message

_FILE = {"schema": {"type": "string", "format": "binary"}}
RAW_FILE: dict[str, Any] = {"required": True, "content": {"application/octet-stream": _FILE}}
RAW_ORDER: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "anyOf": [
                    {"$ref": "#/components/schemas/OrderEnvelope"},
                    {"$ref": "#/components/schemas/Order"},
                ]
            }
        },
        "application/octet-stream": _FILE,
    },
}

GOOD = {"created", "revised", "late", "not_sent", "duplicate"}


Content = TypeVar("Content", bound=Document)


def one_document(content: bytes, model: type[Content]) -> Content:
    """The one document of this kind that a body is as our JSON. Raises Stopped with findings."""
    result = plugins.format("order_json").read(content, {})
    first = result.documents[0] if result.documents else None
    found = first.document if first and first.usable and len(result.documents) == 1 else None
    if isinstance(found, model):
        return found
    name = TYPES[model].value
    findings = [*result.findings, *(f for d in result.documents for f in d.findings)]
    reason = f"The body is not one {name.replace('_', ' ')} that can be used."
    raise Stopped(422, "invalid", reason, f"Send one document of orderwire/{name}/1.", findings=told(findings))


class DocumentOut(Schema):
    """What became of one document. `outcome` of an order: created, revised, late or not_sent (both are kept),
    duplicate, conflict, refused or failed; of an answer the state that it is in; of a functional acknowledgment its
    status; of a ship notice or receipt: kept, duplicate, replaced, taken_back or outdated; waiting where what the
    document speaks of is not here yet."""

    type: str
    number: str | None = None
    revision: int | None = None
    test: bool = False
    outcome: str
    state: str | None = Field(None, description="The order's state now.")
    answer: int | None = Field(None, description="The answer that was kept.")
    first_message: int | None = Field(None, description="The message that brought the same before.")
    findings: list[FindingOut] = []
    differences: list[FieldDifference] = []

    @classmethod
    def of(cls, told: dict[str, Any]) -> "DocumentOut":
        """From what a message remembers."""
        return cls(
            type=told["type"],
            number=told.get("number"),
            revision=told.get("revision"),
            test=told.get("test", False),
            outcome=told["outcome"],
            state=told.get("state"),
            answer=told.get("response_id"),
            first_message=told.get("first_message"),
            findings=[FindingOut(**f) for f in told.get("findings", [])],
            differences=[FieldDifference(**c) for c in told.get("changes", [])],
        )


class Received(Schema):
    """What came in: the message that keeps the bytes, and what became of each document in them."""

    message: int
    state: str
    format: str
    documents: list[DocumentOut]
    findings: list[FindingOut] = []

    @classmethod
    def of(cls, message: Message) -> "Received":
        """A processed message."""
        return cls(
            message=message.pk,
            state=message.state,
            format=message.format,
            documents=[DocumentOut.of(d) for d in message.documents],
            findings=[FindingOut(**f) for f in message.findings],
        )


def take_in(
    request: HttpRequest, who: Caller, *, name: str = "", endpoint: Endpoint | None = None, orders_only: bool = False
) -> HttpResponse:
    """Hand the body to the flow and say what became of it. With `orders_only` anything else counts as refused."""
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip()
    name = name or f"{request.method} {request.path} {media_type}".strip()
    message = receive.receive(request.body, name=name, source=who.source, actor=who.actor, endpoint=endpoint)
    told = Received.of(message)
    if any(d.outcome == "failed" for d in told.documents):
        reason, remedy = "A document could not be processed because of a fault of ours.", "Try again."
        return problem(500, "internal", reason, remedy, findings=_findings(told), final=False)
    bad = [d for d in told.documents if _bad(d, orders_only)]
    if told.documents and not bad:
        new = not orders_only or any(d.outcome in ("created", "revised") for d in told.documents)
        return given(told, 201 if new and message.state != Message.State.DUPLICATE else 200)
    if len(bad) < len(told.documents):
        return given(told, 207)
    if len(bad) == 1 and bad[0].outcome == "conflict":
        reason = f"Order {bad[0].number} version {bad[0].revision} is known with other content; nothing was changed."
        remedy = "Send it as a new version, or correct it."
        return problem(409, "conflict", reason, remedy, differences=[d.model_dump() for d in bad[0].differences])
    kinds = {f.code for d in bad for f in d.findings}
    status = 409 if kinds == {"conflict"} else 422
    reason = "Nothing in it could be used." if len(bad) > 1 or not bad else _why(bad[0], orders_only)
    remedy = f"Correct what the findings name; the bytes are kept as message {message.pk}."
    return problem(status, "conflict" if status == 409 else "refused", reason, remedy, findings=_findings(told))


def _bad(document: DocumentOut, orders_only: bool) -> bool:
    if orders_only:
        return document.type != "order" or document.outcome not in GOOD
    return document.outcome in ("refused", "conflict")


def _why(document: DocumentOut, orders_only: bool) -> str:
    name = document.number or "without a number"
    if orders_only and document.type != "order":
        return f"This is no order but a {document.type.replace('_', ' ')}."
    return f"Order {name} was refused." if document.type == "order" else f"The {document.type} {name} was refused."


def _findings(told: Received) -> list[dict[str, Any]]:
    found = [*told.findings, *(f for d in told.documents for f in d.findings)]
    return [f.model_dump() for f in found[:100]]
