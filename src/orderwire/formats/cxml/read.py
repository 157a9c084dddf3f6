"""From bytes to the one document of a cXML file: what it is, what it says, and what to answer."""

from collections.abc import Mapping

from orderwire.document.finding import Finding, has_errors, warning
from orderwire.document.functional import FunctionalAck, FunctionalStatus
from orderwire.document.states import DocumentType
from orderwire.formats import Content, ReadDocument, ReadResult
from orderwire.formats.cxml.header import Envelope, read_envelope
from orderwire.formats.cxml.profile import CxmlProfile
from orderwire.formats.cxml.read_confirmation import read_confirmation
from orderwire.formats.cxml.read_order import OrderReader
from orderwire.formats.cxml.receipt import read_receipt
from orderwire.formats.cxml.schemas import check
from orderwire.formats.cxml.ship_notice import read_ship_notice
from orderwire.formats.cxml.status import KIND, read_advice, read_response
from orderwire.formats.cxml.tables import NOT_READ, REQUESTS
from orderwire.formats.cxml.tree import Element, Reading
from orderwire.formats.xml import local, parse

_READERS = {
    "ConfirmationRequest": read_confirmation, "ShipNoticeRequest": read_ship_notice, "ReceiptRequest": read_receipt,
    "StatusUpdateRequest": read_advice,
}  # fmt: skip
_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
_BROKEN, _REFUSED, _UNKNOWN = "406", "400", "450"
"""Status codes of our Response: not XML, not usable, not a document that is read."""


def read_document(kind: str, content: bytes, profile: CxmlProfile) -> ReadResult:
    """What the file holds."""
    root, found = parse(content)
    if root is None:
        acks = (_ack(_BROKEN, None, found),) if b"<cXML" in content[:4096] else ()
        return ReadResult(kind, findings=found, acks=acks)
    if bare := _without_namespaces(root):
        found = (*found, bare)
    reading = Reading(profile)
    if root.tag != "cXML":
        text = NOT_READ.get(local(root), "is not a cXML document")
        reading.error("not-supported", root, f"{local(root)} {text}")
        return ReadResult(kind, (ReadDocument(DocumentType.UNKNOWN, None, findings=reading.findings),), found)
    envelope = read_envelope(root, reading)
    body = _body(root, reading)
    document: Content | None = None
    type_, number = DocumentType.UNKNOWN, None
    if body is not None:
        type_, document, number = _read(body, envelope, reading)
        envelope.values["kind"] = str(body.tag)
        if profile.schemas:
            reading.extend(check(content, str(body.tag), profile.schemas))
    test = envelope.test
    read = ReadDocument(
        type_, document, number, reading.findings, test, envelope.values, identity=envelope.identity
    )  # fmt: skip
    acks = ()
    if root.find("Request") is not None:
        code = "200" if read.usable else _UNKNOWN if type_ is DocumentType.UNKNOWN else _REFUSED
        acks = (_ack(code, envelope.values.get("payload"), read.findings),)
    return ReadResult(kind, (read,), found, acks)


def _body(root: Element, reading: Reading) -> Element | None:
    """The element that says what the document is."""
    response = root.find("Response")
    if response is not None:
        return response
    for tag in ("Request", "Message"):
        holder = root.find(tag)
        if holder is not None:
            inner = [child for child in holder if child.tag not in ("Status",)]
            if len(inner) > 1:
                told = f"holds {len(inner)} documents where cXML has one; only the first is read"
                reading.error("several", holder, told)
            if inner:
                return inner[0]
    reading.error("empty", root, "has neither Request, Message nor Response; there is nothing to read")
    return None


def _read(body: Element, envelope: Envelope, reading: Reading) -> tuple[DocumentType, Content | None, str | None]:
    kind = str(body.tag)
    if kind == "Response":
        inner = next((str(child.tag) for child in body if child.tag in NOT_READ), None)
        if inner is None:
            return DocumentType.FUNCTIONAL_ACK, read_response(body, reading), None
        kind = inner
    if kind == "OrderRequest":
        reader = OrderReader(body, envelope, reading)
        return reader.type, reader.document(), reader.number
    if kind in _READERS:
        document: Content | None = _READERS[kind](body, envelope, reading)
        return REQUESTS[kind], document, _number(document)
    reading.error("not-supported", body, f"{kind} {NOT_READ.get(kind, 'is not a document that is read')}")
    return DocumentType.UNKNOWN, None, None


def _number(document: Content | None) -> str | None:
    """The order that an answer is about, else the document's own number."""
    return getattr(document, "order_number", None) or getattr(document, "number", None)


def _ack(code: str, payload: str | None, findings: tuple[Finding, ...]) -> tuple[FunctionalAck, Mapping[str, str]]:
    errors = [f"{f.where}: {f.text}" for f in findings if has_errors([f])]
    status = FunctionalStatus.REJECTED if errors or code != "200" else FunctionalStatus.ACCEPTED
    reason = "\n".join(errors[:10])[:1000].strip() or None
    return FunctionalAck(group_kind=KIND, group_control=payload, status=status, code=code, reason=reason), {}


def _without_namespaces(root: Element) -> Finding | None:
    """cXML has no namespace; senders that give one mean the same elements."""
    given = [e for e in root.iter("{*}*") if str(e.tag).startswith("{") and _SIGNATURE not in str(e.tag)]
    if not given:
        return None
    for element in given:
        element.tag = local(element)
    return warning("namespace", "line 1", "cXML has no namespace; the one that is given is ignored")
