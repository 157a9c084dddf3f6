"""The XML of one document: which it is, and what it says."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from orderwire.document.base import Document
from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import Finding, error, from_validation, place
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import Response
from orderwire.document.states import DocumentType
from orderwire.formats import TYPES, ReadDocument
from orderwire.formats.order_x import answers, changes, heads, invoice, orders
from orderwire.formats.order_x.tables import CANCELLATION, CHANGE, ORDER_TYPES, RESPONSE, TYPE_WORDS
from orderwire.formats.order_x.tree import ROOT, Element, Reading
from orderwire.formats.xml import Faults, local, parse, where_is

MAX_LINES = 100_000
_INVOICES = ("CrossIndustryInvoice", "CrossIndustryDocument")
_TELL = 20


def read_xml(content: bytes) -> tuple[ReadDocument | None, tuple[Finding, ...]]:
    """The document and what is to say about the file; None where the file is no such document."""
    root, findings = parse(content)
    if root is None:
        return None, findings
    faults = Faults()
    reading = Reading(faults)
    name = local(root)
    if name == ROOT:
        return _order_x(root, reading), findings
    if name in _INVOICES:
        return invoice.read(root, reading), findings
    text = f"is a {name[:60]}, neither an order (Order-X) nor an invoice (Factur-X, ZUGFeRD); read it as its own format"
    return None, (*findings, error("not-order-x", where_is(root), text))


def _order_x(root: Element, reading: Reading) -> ReadDocument:
    document = heads.places(root, reading)[0]
    kind = reading.label(document, "TypeCode") or ""
    purpose = reading.label(document, "PurposeCode")
    _guideline(root, reading)
    model: type[Document]
    fields: dict[str, Any]
    elements: list[Element]
    if kind == CHANGE and purpose == CANCELLATION:
        model, (fields, elements) = Cancellation, (changes.read_cancellation(root, reading), [])
    elif kind == CHANGE:
        model, (fields, elements) = OrderChange, changes.read(root, reading)
    elif kind == RESPONSE:
        model, (fields, elements) = Response, answers.read(root, reading)
    else:
        if kind not in ORDER_TYPES:
            word = TYPE_WORDS.get(kind, "a document that we do not know")
            told = f"TypeCode {kind[:10] or 'is missing; it'} is {word}; it is read as an order (220)"
            reading.faults.warning("type-code", document if document is not None else root, told)
        if purpose == CANCELLATION:
            told = "PurposeCode 1 cancels, but TypeCode 220 is an order; ask the sender for an order change (230)"
            reading.faults.error("purpose", document if document is not None else root, told)
        model, (fields, elements) = Order, orders.read(root, reading)
    return finished(model, fields, elements, root, reading)


def _guideline(root: Element, reading: Reading) -> None:
    path = "ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID"
    name = reading.label(root, path)
    reading.skip(root, "ExchangedDocumentContext/BusinessProcessSpecifiedDocumentContextParameter")
    document = heads.places(root, reading)[0]
    reading.skip(
        document, "Name", "RequestedResponseTypeCode", "LanguageID", "PurposeCode", "CopyIndicator", "TypeCode"
    )
    if name is None or not name.startswith("urn:order-x.eu:1p0:"):
        told = f"the guideline {str(name)[:60]!r} is not one of Order-X 1.0; it is read as far as it is understood"
        reading.faults.warning("guideline", root, told)


def finished(
    model: type[Document], fields: dict[str, Any], elements: Sequence[Element], root: Element, reading: Reading
) -> ReadDocument:
    """The document of the fields, with a finding for each that is missing or wrong, and what was not kept."""
    faults = reading.faults
    document: Any = None
    if len(elements) > MAX_LINES:
        faults.error("too-many-lines", "document", f"has {len(elements)} lines, more than {MAX_LINES}; split it")
    else:
        try:
            document = model.model_validate({name: value for name, value in fields.items() if value is not None})
        except ValidationError as failure:
            faults.extend(from_validation(failure, lambda path: _where(path, elements, root)))
    if isinstance(document, Order):
        orders.check_totals(document, root, reading)
    _tell_left(root, reading)
    number = fields.get("order_number") or fields.get("number")
    test = bool(fields.get("test"))
    kind = TYPES.get(model, DocumentType.UNKNOWN)
    return ReadDocument(kind, document, number, faults.findings, test)


def _where(path: Sequence[str | int], elements: Sequence[Element], root: Element) -> str:
    if len(path) > 1 and path[0] == "lines" and isinstance(path[1], int) and path[1] < len(elements):
        rest = place(path[2:]) if len(path) > 2 else "line"
        return f"{where_is(elements[path[1]])} {rest}"
    return f"{local(root)} {place(path)}"


def _tell_left(root: Element, reading: Reading) -> None:
    left = list(reading.left(root))
    for element in left[:_TELL]:
        text = (element.text or "").strip()[:60]
        reading.faults.info("not-kept", element, f"{text!r} has no place in our document; the file keeps it")
    if len(left) > _TELL:
        told = f"and {len(left) - _TELL} more values that have no place in our document; the file keeps them"
        reading.faults.info("not-kept", "document", told)
