"""From a JSON value to a document with its findings: in our envelope, or bare."""

from typing import Any

from pydantic import ValidationError

from orderwire.document.finding import Finding, error, from_validation
from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.document.response import Response
from orderwire.document.states import DocumentType
from orderwire.formats import Approval, ReadDocument
from orderwire.formats.order_json.envelope import OrderEnvelope, ResponseEnvelope
from orderwire.formats.order_json.values import Found


def understood(item: Found, prefix: str) -> ReadDocument:
    """The document of one value; `prefix` stands before the place of each finding."""
    value, findings = item.value, item.findings
    kind, body, problems = _body(value) if not findings else (DocumentType.UNKNOWN, value, ())
    findings += problems
    document: Order | Response | None = None
    approval = None
    if not findings:
        try:
            if kind is DocumentType.ORDER:
                envelope = OrderEnvelope.model_validate(body)
                document = envelope.order
                findings = _compare(envelope)
                if envelope.approval:
                    approval = Approval(**envelope.approval.model_dump())
            else:
                document = ResponseEnvelope.model_validate(body).response
        except ValidationError as failure:
            findings = tuple(
                Finding(f.severity, f.code, f.where.removeprefix("order.").removeprefix("response."), f.text)
                for f in from_validation(failure)
            )
    number = (document.number if isinstance(document, Order) else document.order_number) if document else _number(value)
    return ReadDocument(
        kind,
        document,
        number,
        tuple(Finding(f.severity, f.code, prefix + f.where, f.text) for f in findings),
        test=document.test if document else False,
        approval=approval,
    )


def _body(value: Any) -> tuple[DocumentType, dict[str, Any], tuple[Finding, ...]]:
    """The envelope of a value: as it stands, or put around a bare order or answer."""
    if not isinstance(value, dict):
        text = "is neither an order nor an answer, but " + ("a list" if isinstance(value, list) else "a single value")
        return DocumentType.UNKNOWN, {}, (error("not-a-document", "document", text),)
    if "schema" not in value and "order_number" in value:
        value = {"schema": "orderwire/response/1", "type": "response", "response": value}
    elif "schema" not in value and ("lines" in value or "number" in value):
        value = {"schema": "orderwire/order/1", "type": "order", "order": value}
    match value.get("schema"):
        case "orderwire/order/1":
            return DocumentType.ORDER, value, ()
        case "orderwire/response/1":
            return DocumentType.RESPONSE, value, ()
        case None:
            text = 'is neither an order nor an answer; give "schema": "orderwire/order/1" with "order", or a bare order'
        case other:
            text = f"{str(other)[:60]!r} is not a schema we know; orderwire/order/1 and orderwire/response/1 are"
    return DocumentType.UNKNOWN, value, (error("unknown-schema", "schema", text),)


def _number(value: Any) -> str | None:
    """What can be made out of the number of a document that could not be understood."""
    if not isinstance(value, dict):
        return None
    for place in (value, value.get("order"), value.get("response")):
        number = (place.get("number") or place.get("order_number")) if isinstance(place, dict) else None
        if isinstance(number, str) and number and number.isprintable():
            return number[:35]
    return None


def _compare(envelope: OrderEnvelope) -> tuple[Finding, ...]:
    """Totals are derived and never trusted: one that differs from ours makes the order unusable."""
    if envelope.totals is None:
        return ()
    derived = totals(envelope.order)
    return tuple(
        error(
            "totals-differ",
            f"totals.{name}",
            f"totals do not add up: stated is {stated}, the lines give {getattr(derived, name)} "
            f"{envelope.order.currency}; correct the total or the lines",
        )
        for name, stated in envelope.totals
        if stated is not None and stated != getattr(derived, name)
    )
