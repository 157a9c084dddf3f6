"""ApplicationResponse (Peppol's message level response T71): what an application makes of a document."""

from typing import Any

from pydantic import ValidationError

from orderwire.document.advice import AdviceDetail, AdviceStatus, ApplicationAdvice
from orderwire.document.finding import from_validation
from orderwire.formats.ubl.answers import UNNUMBERED
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.frame import derived, insert_notes, is_test, last_of, report, start
from orderwire.formats.ubl.parties import put_party
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.tables import ADVICE_CODES, ADVICE_READ, UNDATED
from orderwire.formats.ubl.texts import LONGEST
from orderwire.formats.ubl.tree import Element, date, every, first, group, label, put, text
from orderwire.formats.xml import Faults

_CONTROLS = {"Order": "order_number", "Interchange": "interchange_control", "Group": "group_control",
             "Set": "set_control"}  # fmt: skip
"""DocumentType of the references that say where the document went; the first reference is the document itself."""
BUSINESS_VIOLATION = "BV"
"""StatusReasonCode that Peppol asks for where a remark has no code of its own."""


def build(advice: ApplicationAdvice, fit: Fit) -> Element:
    """The ApplicationResponse of an advice."""
    number = derived(advice.number, advice.document_number or advice.order_number or "document", "A", fit)
    root = start("ApplicationResponse", number, advice.issued, fit, test=advice.test)
    notes_behind = last_of(root)
    for name, endpoint in (("cac:SenderParty", fit.profile.sender), ("cac:ReceiverParty", fit.profile.receiver)):
        if endpoint:
            put_party(root, name, None, name[4:].lower(), fit, endpoint=endpoint)
            continue
        group(root, name)
        if fit.peppol:
            key = "sender" if "Sender" in name else "receiver"
            fit.stop(key, "party-missing", f"Peppol asks for the {key} of a response; name it in the profile")
    response = group(root, "cac:DocumentResponse")
    said = group(response, "cac:Response")
    code = ADVICE_CODES[advice.status]
    if advice.code and ADVICE_READ.get(advice.code) is not advice.status:
        fit.lose("code", f"{advice.code} is not a code of UNCL 4343 for {advice.status.value}; {code} is written")
    put(said, "cbc:ResponseCode", code)
    put(said, "cbc:Description", advice.reason)
    _put_document(response, advice.document_number or UNNUMBERED, None, advice.document_kind)
    for words, field in _CONTROLS.items():
        if value := getattr(advice, field):
            if fit.peppol:
                fit.lose(field, "Peppol's response names the document only", said=f"{words}: {value}")
            else:
                _put_document(response, value, words, None)
    if fit.undated:
        _put_document(response, "day of writing", UNDATED, None)
    for position, detail in enumerate(advice.details, 1):
        _put_detail(response, detail, f"details[{position}]", code, fit)
    insert_notes(notes_behind, (), fit)
    return root


def _put_document(response: Element, number: str, words: str | None, kind: str | None) -> None:
    reference = group(response, "cac:DocumentReference")
    put(reference, "cbc:ID", number)
    put(reference, "cbc:DocumentTypeCode", kind)
    put(reference, "cbc:DocumentType", words)


def _put_detail(response: Element, detail: AdviceDetail, where: str, code: str, fit: Fit) -> None:
    line = group(response, "cac:LineResponse")
    put(group(line, "cac:LineReference"), "cbc:LineID", detail.line or UNNUMBERED)
    said = group(line, "cac:Response")
    put(said, "cbc:ReferenceID", None if fit.peppol else detail.field)
    put(said, "cbc:ResponseCode", code)
    words = detail.text
    if fit.peppol and (detail.field or detail.value):
        rest = ", ".join(filter(None, (detail.field, detail.value)))
        fit.lose(where, f"Peppol has no place for field and value; {rest} is left out", said=f"{where}: {rest}")
    put(said, "cbc:Description", words)
    status = group(said, "cac:Status")
    put(status, "cbc:StatusReasonCode", detail.code or (BUSINESS_VIOLATION if fit.peppol else None))
    put(status, "cbc:Text", None if fit.peppol else detail.value)
    if not len(status):
        said.remove(status)


def read(root: Element, profile: UblProfile, faults: Faults) -> ApplicationAdvice | None:
    """The advice; None where an error was reported."""
    responses = every(root, "cac:DocumentResponse")
    if len(responses) > 1:
        faults.warning(
            "responses", responses[1], "answers several documents at once; the first is read, ask for one each"
        )
    response = responses[0] if responses else None
    code = label(response, "cac:Response/cbc:ResponseCode", 35)
    if response is None or code not in ADVICE_READ:
        told = f"ResponseCode {code!r} is not one of AB, AP, CA, RE; correct it"
        faults.error("status", root if response is None else response, told)
        return None
    values: dict[str, Any] = {}
    undated = False
    for element in every(response, "cac:DocumentReference"):
        words = label(element, "cbc:DocumentType") or ""
        undated = undated or words == UNDATED
        if field := _CONTROLS.get(words):
            values[field] = label(element, "cbc:ID")
        elif words != UNDATED and "document_number" not in values:
            number = label(element, "cbc:ID")
            values["document_number"] = None if number == UNNUMBERED else number
            values["document_kind"] = label(element, "cbc:DocumentTypeCode", 35)
    said = [*every(response, "cac:Response/cbc:Description"), *every(root, "cbc:Note")]
    values |= {
        "number": label(root, "cbc:ID"), "code": code,
        "issued": None if undated else date(root, "cbc:IssueDate", faults),
        "status": ADVICE_READ.get(code or "", AdviceStatus.RECEIVED),
        "reason": "\n".join(filter(None, map(text, said)))[:LONGEST].strip() or None, "test": is_test(root, profile),
        "details": tuple(_detail(line) for line in every(response, "cac:LineResponse")),
    }  # fmt: skip
    try:
        return ApplicationAdvice.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as failure:
        report([(p.code, p.where, p.text) for p in from_validation(failure)], root, faults)
        return None


def _detail(line: Element) -> dict[str, str | None]:
    said, number = first(line, "cac:Response"), label(line, "cac:LineReference/cbc:LineID")
    return {
        "line": None if number == UNNUMBERED else number,
        "code": label(said, "cac:Status/cbc:StatusReasonCode", 35),
        "text": "\n".join(filter(None, (text(e) for e in every(said, "cbc:Description"))))[:LONGEST].strip() or None,
        "field": label(said, "cbc:ReferenceID"),
        "value": label(said, "cac:Status/cbc:Text"),
    }
