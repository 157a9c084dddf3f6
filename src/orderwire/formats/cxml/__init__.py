"""cXML 1.2: OrderRequest, ConfirmationRequest, ShipNoticeRequest, StatusUpdateRequest and Response, read with patience
and written so that the DTD holds; nothing is fetched, and a shared secret shows only in what is sent."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from orderwire.document.advice import ApplicationAdvice
from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import Finding, error, has_errors, info, warning
from orderwire.document.fulfillment import ShipNotice
from orderwire.document.functional import FunctionalAck
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import Response
from orderwire.document.states import DocumentType
from orderwire.formats import TYPES, CannotCarry, Content, Context, Explained, Profile, ReadResult, Written
from orderwire.formats.cxml import explain, fit_order, header, ship_notice, status, write_confirmation, write_order
from orderwire.formats.cxml.answer import fitted_response
from orderwire.formats.cxml.fit import CxmlFit
from orderwire.formats.cxml.mapping import DOCUMENTS
from orderwire.formats.cxml.profile import CxmlProfile, parse
from orderwire.formats.cxml.read import read_document
from orderwire.formats.cxml.schemas import check
from orderwire.formats.cxml.tree import Element

_KINDS: Mapping[type[Any], str] = {
    Order: "OrderRequest", OrderChange: "OrderRequest", Cancellation: "OrderRequest", Response: "ConfirmationRequest",
    ShipNotice: "ShipNoticeRequest", ApplicationAdvice: "StatusUpdateRequest", FunctionalAck: "Response",
}  # fmt: skip
_FITTED: Mapping[type[Any], Callable[[Any, CxmlFit], Content]] = {
    Order: fit_order.fitted_order, OrderChange: fit_order.fitted_change, Cancellation: fit_order.fitted_cancellation,
    Response: fitted_response, ShipNotice: ship_notice.fitted_ship_notice, ApplicationAdvice: status.fitted_advice,
    FunctionalAck: status.fitted_ack,
}  # fmt: skip
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Cxml:
    """The format `cxml`. An order is an OrderRequest of type new, a change one of type update that restates the whole
    order (a change of single lines is refused: ask for the full form), a cancellation one of type delete.

    `context.links["previous_payload"]` is the payloadID of the document that the new one follows: the latest
    OrderRequest of the order. Without it an update, a cancellation, an answer or a ship notice is written with a
    finding. `Written.controls["payload"]` is the new payloadID.
    """

    kind = "cxml"
    label = "cXML"
    version = "1"
    media_type = "text/xml"
    extension = ".xml"
    reads = frozenset({*(TYPES[model] for model in _KINDS), DocumentType.RECEIPT})
    writes = frozenset(TYPES[model] for model in _KINDS)
    profile_model = CxmlProfile
    documents = DOCUMENTS

    def sniff(self, content: bytes) -> int:
        """95 for a cXML element, 90 for its document type alone, 0 otherwise."""
        head = bytes(content[:4096])
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            head = head.decode("utf-16", "replace").encode()
        head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if not head.startswith(b"<"):
            return 0
        if re.search(rb"<cXML[\s>/]", head):
            return 95
        return 90 if re.search(rb"<!DOCTYPE\s+\w+\s+[^>]*cXML/[\d.]+/\w+\.dtd", head) else 0

    def read(self, content: bytes, profile: Profile) -> ReadResult:
        """The one document of a file of at most 32 MiB, and the Response that a Request asks for."""
        return read_document(self.kind, content, parse(profile))

    def explain(self, content: bytes, limit: int) -> tuple[Explained, ...]:
        """Elements with text or attributes, in words; secrets are masked."""
        return explain.pieces(content, limit)

    def project(self, document: Content, profile: Profile) -> tuple[Content, tuple[Finding, ...]]:
        """The document as cXML carries it; an error among the findings means that `write` refuses."""
        fitted, fit = _project(document, parse(profile))
        return fitted, tuple(fit.findings)

    def write(self, document: Content, profile: Profile, context: Context) -> Written:
        """One cXML document under a new payloadID."""
        settings = parse(profile)
        fitted, fit = _project(document, settings)
        if has_errors(fit.findings):
            raise CannotCarry(tuple(fit.findings))
        kind = _KINDS[type(fitted)]
        root, payload = header.start(settings, context)
        previous = context.links.get("previous_payload")
        findings = [*fit.findings, *_followed(fitted, previous)]
        if isinstance(fitted, FunctionalAck):
            status.write_response(root, fitted, settings)
        else:
            _write(header.request(root, kind, settings, test=fitted.test), fitted, previous, settings)
        content = header.finish(root, kind, settings)
        if settings.schemas and (wrong := check(content, kind, settings.schemas)):
            raise CannotCarry(tuple(error(f.code, f.where, f.text) for f in wrong))
        name = f"{_word(fitted)}-{_number(fitted) or ''}-{payload.partition('@')[0]}"
        return Written(
            content, self.media_type, _UNSAFE.sub("-", name)[:120] + self.extension, tuple(findings),
            {"payload": payload},
        )  # fmt: skip


def _project(document: Content, profile: CxmlProfile) -> tuple[Content, CxmlFit]:
    fit = CxmlFit(profile)
    fitted = _FITTED.get(type(document))
    if fitted is None:
        fit.stop("document", "not-written", f"a {TYPES[type(document)].value} is not written as cXML")
        return document, fit
    return fitted(document, fit), fit


def _write(request: Element, document: Content, previous: str | None, profile: CxmlProfile) -> None:
    match document:
        case Order():
            write_order.write_order(request, document, profile)
        case OrderChange():
            write_order.write_change(request, document, previous, profile)
        case Cancellation():
            write_order.write_cancellation(request, document, previous, profile)
        case Response():
            write_confirmation.write_confirmation(request, document, previous, profile)
        case ShipNotice():
            ship_notice.write_ship_notice(request, document, previous, profile)
        case ApplicationAdvice():
            status.write_advice(request, document, profile)


def _followed(document: Content, previous: str | None) -> tuple[Finding, ...]:
    """What is missing where the payloadID of the document before is not known."""
    if previous:
        return ()
    text = "the payloadID of the OrderRequest that this follows is not known; the order number must do"
    if isinstance(document, OrderChange | Cancellation):
        return (warning("previous-payload", "DocumentReference", text),)
    return (info("previous-payload", "OrderReference", text),) if isinstance(document, Response | ShipNotice) else ()


def _word(document: Content) -> str:
    return TYPES[type(document)].value.replace("_", "-")


def _number(document: Content) -> str | None:
    match document:
        case Order() | ShipNotice():
            return document.number
        case OrderChange() | Cancellation() | Response() | ApplicationAdvice():
            return document.order_number
        case _:
            return None
