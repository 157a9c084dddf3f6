"""From a JSON value to a document with its findings: in our envelope, or bare."""

from typing import Any

from pydantic import ValidationError

from orderwire.document.finding import Finding, error, from_validation
from orderwire.document.functional import FunctionalAck
from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.document.states import DocumentType
from orderwire.formats import Approval, Content, ReadDocument
from orderwire.formats.order_json.envelope import ENVELOPES, OrderEnvelope, schema
from orderwire.formats.order_json.values import Found


def understood(item: Found, prefix: str) -> ReadDocument:
    """The document of one value; `prefix` stands before the place of each finding."""
    value, findings = item.value, item.findings
    kind, body, problems = _body(value) if not findings else (DocumentType.UNKNOWN, value, ())
    findings += problems
    document: Content | None = None
    approval = external_id = None
    if not findings:
        try:
            envelope = ENVELOPES[kind].model_validate(body)
        except ValidationError as failure:
            findings = tuple(
                Finding(f.severity, f.code, f.where.removeprefix(f"{kind.value}."), f.text)
                for f in from_validation(failure)
            )
        else:
            document, external_id = getattr(envelope, kind.value), envelope.external_id
            if isinstance(envelope, OrderEnvelope):
                findings = _compare(envelope)
                approval = Approval(**envelope.approval.model_dump()) if envelope.approval else None
    return ReadDocument(
        kind,
        document,
        number_of(document) if document else _stated_number(value),
        tuple(Finding(f.severity, f.code, prefix + f.where, f.text) for f in findings),
        test=document.test if document else False,
        approval=approval,
        external_id=external_id,
    )


def number_of(document: Content) -> str | None:
    """The order's number, or the document's own where it belongs to no single order."""
    if isinstance(document, FunctionalAck):
        return document.group_control
    order = None if isinstance(document, Order) else document.order_number
    return order or getattr(document, "number", None)


def _body(value: Any) -> tuple[DocumentType, dict[str, Any], tuple[Finding, ...]]:
    """The envelope of a value: as it stands, or put around a bare order or answer."""
    if not isinstance(value, dict):
        text = "is no document, but " + ("a list" if isinstance(value, list) else "a single value")
        return DocumentType.UNKNOWN, {}, (error("not-a-document", "document", text),)
    if "schema" not in value and "order_number" in value:
        value = {"schema": "orderwire/response/1", "type": "response", "response": value}
    elif "schema" not in value and ("lines" in value or "number" in value):
        value = {"schema": "orderwire/order/1", "type": "order", "order": value}
    stated = value.get("schema")
    known = next((kind for kind in ENVELOPES if schema(kind) == stated), None)
    if known is not None:
        return known, value, ()
    if stated is None:
        text = 'names no schema; give "schema": "orderwire/order/1" with "order", or a bare order or answer'
    else:
        names = ", ".join(schema(kind) for kind in ENVELOPES)
        text = f"{str(stated)[:60]!r} is not a schema we know; these are: {names}"
    return DocumentType.UNKNOWN, value, (error("unknown-schema", "schema", text),)


def _stated_number(value: Any) -> str | None:
    """What can be made out of the number of a document that could not be understood."""
    if not isinstance(value, dict):
        return None
    for place in (value, *(value.get(kind.value) for kind in ENVELOPES)):
        number = (place.get("order_number") or place.get("number")) if isinstance(place, dict) else None
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
