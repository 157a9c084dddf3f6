"""Status, which ends every cXML exchange: the Response (functional acknowledgment) and the StatusUpdateRequest."""

import re
from typing import Any

from orderwire.document.advice import AdviceDetail, AdviceStatus, ApplicationAdvice
from orderwire.document.functional import FunctionalAck, FunctionalStatus
from orderwire.formats.cxml.fit import CxmlFit
from orderwire.formats.cxml.header import Envelope
from orderwire.formats.cxml.profile import CxmlProfile
from orderwire.formats.cxml.tables import ADVICE_CODES, FUNCTIONAL_CODES, STATUS_WORDS, advice_status, functional_status
from orderwire.formats.cxml.tree import Element, Reading, add, extrinsic, extrinsics
from orderwire.formats.xml import text_of

KIND = "cXML"
"""group_kind of the acknowledgment of a cXML document."""
_CODE = re.compile(r"[1-5]\d\d", re.ASCII)
_ERRORS = "acceptedWithErrors"
_EXTRINSICS = {
    "number": "adviceID", "document_kind": "documentKind", "interchange_control": "interchangeControl",
    "group_control": "groupControl", "set_control": "setControl", "issued": "adviceDate",
}  # fmt: skip


def fitted_ack(ack: FunctionalAck, fit: CxmlFit) -> FunctionalAck:
    """The acknowledgment that comes back when the Response is read."""
    status = ack.status
    if status is FunctionalStatus.ACCEPTED_WITH_ERRORS:
        fit.lose("status", "a Response cannot say that there were errors; it says accepted")
        status = FunctionalStatus.ACCEPTED
    elif status is FunctionalStatus.PARTIAL:
        fit.stop("status", "partial", "a Response is of one document: accepted or rejected, not in part")
    if ack.group_kind != KIND or ack.group_control is not None:
        fit.remark("group_control", "a Response does not repeat what it answers; the connection tells")
    if ack.included is not None or ack.received is not None or ack.accepted is not None or ack.transactions:
        fit.remark("transactions", "a Response counts nothing; it is of one document")
    if ack.test:
        fit.remark("test", "a Response has no deploymentMode")
    if ack.error_codes:
        fit.lose("error_codes", f"a Response has one code; {', '.join(ack.error_codes)} are left out")
    return FunctionalAck(
        group_kind=KIND, status=status, code=_code(ack.code, functional_status, status, FUNCTIONAL_CODES, fit),
        reason=ack.reason,
    )  # fmt: skip


def write_response(root: Element, ack: FunctionalAck, profile: CxmlProfile) -> None:
    """Response with its Status."""
    _status(add(root, "Response"), ack.code or "", ack.reason, profile)


def read_response(response: Element, reading: Reading) -> FunctionalAck | None:
    """The acknowledgment; None with an error where the Response has no Status."""
    status = response.find("Status")
    said = _read_status(status, reading)
    if status is None or said is None:
        reading.error("status-missing", response, "has no Status with a code; nothing says what became of the document")
        return None
    for child in response:
        if child.tag != "Status":
            reading.info("not-kept", child, f"{child.tag} is not read; only the Status is")
    code, reason = said
    return FunctionalAck(group_kind=KIND, status=functional_status(code), code=code, reason=reason)


def fitted_advice(advice: ApplicationAdvice, fit: CxmlFit) -> ApplicationAdvice:
    """The advice that comes back when the StatusUpdateRequest is read."""
    code = _code(advice.code, advice_status, _plain(advice.status), ADVICE_CODES, fit)
    details = tuple(d for d in advice.details if d != AdviceDetail())
    test = advice.test or fit.profile.deployment == "test"
    return advice.model_copy(update={"code": code, "details": details, "test": test})


def write_advice(request: Element, advice: ApplicationAdvice, profile: CxmlProfile) -> None:
    """StatusUpdateRequest: Status for the document, ItemStatus for each remark."""
    if advice.document_number is not None:
        add(request, "DocumentReference", payloadID=advice.document_number)
    _status(request, advice.code or "", advice.reason, profile)
    errors = advice.status is AdviceStatus.ACCEPTED_WITH_ERRORS
    if advice.order_number is not None or advice.details or errors:
        made = add(request, "DocumentStatus", type=_ERRORS if errors else advice.status.value)
        if advice.order_number is not None:
            add(made, "DocumentInfo", documentID=advice.order_number, documentType="PurchaseOrder")
        for detail in advice.details:
            kind = "rejected" if advice.status is AdviceStatus.REJECTED else "accepted"
            item = add(made, "ItemStatus", type=kind, code=detail.code)
            reference = add(item, "ReferenceDocumentInfo", lineNumber=detail.line)
            extrinsic(reference, "field", detail.field)
            extrinsic(reference, "value", detail.value)
            if detail.text:
                add(item, "Comments", detail.text, lang=profile.language)
    for field, name in _EXTRINSICS.items():
        extrinsic(request, name, getattr(advice, field))


def read_advice(request: Element, envelope: Envelope, reading: Reading) -> ApplicationAdvice | None:
    """The advice; None with an error where it has no Status."""
    said, reference = _read_status(request.find("Status"), reading), request.find("DocumentReference")
    if said is None:
        reading.error("status-missing", request, "has no Status with a code; nothing says what became of the document")
        return None
    code, reason = said
    values: dict[str, Any] = {"status": advice_status(code), "code": code, "reason": reason, "test": envelope.test}
    if reference is not None and (payload := reading.attribute(reference, "payloadID")):
        values["document_number"] = payload
        envelope.values["reference_payload"] = payload
    document = request.find("DocumentStatus")
    if document is not None:
        info = document.find("DocumentInfo")
        values["order_number"] = reading.attribute(info, "documentID") if info is not None else None
        values["details"] = [_detail(item, reading) for item in list(document.iterchildren("ItemStatus"))[:1000]]
        if document.get("type") == _ERRORS and values["status"] is AdviceStatus.ACCEPTED:
            values["status"] = AdviceStatus.ACCEPTED_WITH_ERRORS
    known = extrinsics(request)
    for field, name in _EXTRINSICS.items():
        element = known.get(name.lower())
        if element is not None:
            value = reading.label(element)
            values[field] = reading.date(value, element, name) if field == "issued" else value
    reading.rest(request, ("DocumentReference", "Status", "DocumentStatus", "Extrinsic"))
    return reading.make(ApplicationAdvice, request, values)


def _detail(item: Element, reading: Reading) -> AdviceDetail:
    reference = item.find("ReferenceDocumentInfo")
    known = extrinsics(reference) if reference is not None else {}
    return AdviceDetail(
        code=reading.code(reading.attribute(item, "code"), item), text=reading.text(item.find("Comments")),
        line=reading.attribute(reference, "lineNumber") if reference is not None else None,
        field=reading.label(known.get("field")), value=reading.label(known.get("value")),
    )  # fmt: skip


def _plain(status: AdviceStatus) -> AdviceStatus:
    return AdviceStatus.ACCEPTED if status is AdviceStatus.ACCEPTED_WITH_ERRORS else status


def _code(said: str | None, means: Any, status: Any, codes: Any, fit: CxmlFit) -> str:
    """The Status code that is kept where it says the same, else the usual one."""
    if said is not None and _CODE.fullmatch(said) and means(said) is status:
        return said
    usual = str(codes.get(status, "200"))
    if said is not None:
        fit.remark("code", f"{said} is no cXML code for {status.value}; {usual} is written")
    return usual


def _status(parent: Element, code: str, reason: str | None, profile: CxmlProfile) -> None:
    add(parent, "Status", reason or "", lang=profile.language, code=code, text=STATUS_WORDS.get(code, "Status"))


def _read_status(status: Element | None, reading: Reading) -> tuple[str, str | None] | None:
    """Code and reason; the reason is the text of Status, else what the attribute says beyond the code's own words."""
    code = (status.get("code") or "").strip() if status is not None else ""
    if status is None or not _CODE.fullmatch(code):
        return None
    said = (status.get("text") or "").strip()
    words = STATUS_WORDS.get(code, "Status").lower()
    short = reading.attribute(status, "text") if said.lower() not in (words, "ok", "success", "accepted", "") else None
    long = reading.text(status) if text_of(status) else None
    return code, long or short
