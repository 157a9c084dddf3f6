"""OrderResponse (Peppol T76, advanced T116, agreement T110) and OrderResponseSimple: the supplier's answer."""

from decimal import Decimal

from pydantic import ValidationError

from orderwire.document.base import plain
from orderwire.document.finding import from_validation
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.document.terms import Note
from orderwire.formats.agreeing import NOT_KEPT, WORDS, as_charge, asked
from orderwire.formats.ubl.answers import UNNUMBERED, put_answer, read_answers
from orderwire.formats.ubl.charges import put_charges, read_charges
from orderwire.formats.ubl.delivery import read_day
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.frame import day_of, derived, insert_notes, is_test, last_of, put_undated, report, start
from orderwire.formats.ubl.parties import put_role, read_role
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.references import Additional, put_fact
from orderwire.formats.ubl.tables import (
    ANSWER_CODES,
    ANSWER_READ,
    CANCELLATION,
    CHANGE,
    CUSTOMIZATIONS,
    RELEASE,
    REVISION,
    SEQUENCE,
)
from orderwire.formats.ubl.texts import LONGEST
from orderwire.formats.ubl.tree import Element, every, first, group, label, put, text
from orderwire.formats.xml import Faults, local

_PLAIN = {"number", "status", "code", "unit"}
_CHANGE_REFERENCE = "cac:OrderChangeDocumentReference"


def transaction(document: Response, profile: UblProfile) -> str:
    """Which transaction of Peppol's an answer is: only the advanced response answers changes."""
    if profile.response == "agreement":
        return "OrderAgreement"
    advanced = profile.response == "advanced" or document.answers != "order"
    return "OrderResponseAdvanced" if profile.peppol and advanced else "OrderResponse"


def build(document: Response, fit: Fit) -> Element:
    """The answer in the form that the profile asks for."""
    if fit.profile.response == "simple" and not fit.peppol:
        return _build_simple(document, fit)
    number = derived(document.number, document.order_number, "R", fit)
    sales = document.supplier_order_number
    root = start(
        "OrderResponse", number, document.answered, fit, test=document.test, sales_order=sales, day_field="answered"
    )
    status, lines = _settled(document, fit)
    if fit.transaction != "OrderAgreement":
        put(root, "cbc:OrderResponseCode", _code(document, status, fit))
    elif status is not HeaderStatus.ACCEPTED:
        fit.stop("status", "agreement", "an OrderAgreement says what both agree on; send another kind of response")
    notes_behind = last_of(root)
    put(root, "cbc:DocumentCurrencyCode", document.currency)
    if fit.peppol and document.currency is None:
        fit.stop("currency", "currency-missing", "Peppol asks for the currency of an answer; name it")
    _put_about(root, document, fit)
    _put_parties(root, document, fit)
    _put_charge(root, document, fit)
    for position, line in enumerate(lines, 1):
        put_answer(root, line, position, fit)
    insert_notes(notes_behind, (Note(text=document.reason),) if document.reason else (), fit)
    return root


def _build_simple(document: Response, fit: Fit) -> Element:
    number = derived(document.number, document.order_number, "R", fit)
    root = start("OrderResponseSimple", number, document.answered, fit, test=document.test, day_field="answered")
    notes_behind = last_of(root)
    accepted = document.status is HeaderStatus.ACCEPTED
    if not accepted and document.status is not HeaderStatus.REJECTED:
        fit.stop("status", "status", "OrderResponseSimple accepts or rejects the whole order; use OrderResponse")
    put(root, "cbc:AcceptedIndicator", "true" if accepted else "false")
    put(root, "cbc:RejectionNote", None if accepted else document.reason)
    for name in ("currency", "code"):
        if getattr(document, name) is not None:
            fit.say(name, "OrderResponseSimple does not say it")
    if document.lines:
        commercial = not all(_says_nothing(line) for line in document.lines)
        fit.lose("lines", "OrderResponseSimple has no lines; use OrderResponse", commercial=commercial)
    _put_about(root, document, fit, sales=document.supplier_order_number)
    _put_parties(root, document, fit)
    _put_charge(root, document, fit)
    insert_notes(notes_behind, (Note(text=document.reason),) if document.reason and accepted else (), fit)
    return root


def _settled(document: Response, fit: Fit) -> tuple[HeaderStatus, tuple[LineAnswer, ...]]:
    """Status and lines as Peppol lets them stand together: only CA has lines, and CA must have them."""
    status, lines = document.status, document.lines
    if not fit.peppol or fit.transaction == "OrderAgreement":
        return status, lines
    if status is HeaderStatus.ACCEPTED_WITH_CHANGES and not lines:
        fit.rule("R007", "lines", "an answer with changes (CA) must say of each line what becomes of it")
    if status is HeaderStatus.ACCEPTED_WITH_CHANGES or not lines:
        return status, lines
    if status is HeaderStatus.ACCEPTED and not all(_says_nothing(line) for line in lines):
        fit.lose("status", "Peppol's AP has no lines; CA is written, for the lines say more (PEPPOL-T76-R008)")
        return HeaderStatus.ACCEPTED_WITH_CHANGES, lines
    rule = {HeaderStatus.ACCEPTED: "R008", HeaderStatus.REJECTED: "R009"}.get(status, "R010")
    said = "; ".join(f"line {line.number}: {line.reason}" for line in lines if line.reason)
    told = f"Peppol's {ANSWER_CODES[status]} has no lines; they are left out (PEPPOL-T76-{rule})"
    fit.lose("lines", told, commercial=status is HeaderStatus.RECEIVED and bool(said), said=said or None)
    return status, ()


def _says_nothing(line: LineAnswer) -> bool:
    """True for a line that only repeats that it is accepted."""
    return line.status is LineStatus.ACCEPTED and set(line.model_dump(exclude_none=True)) <= _PLAIN


def _code(document: Response, status: HeaderStatus, fit: Fit) -> str:
    code = document.code
    if code and ANSWER_READ.get(code) is status and (not fit.peppol or code in ANSWER_CODES.values()):
        return code
    if code and code != ANSWER_CODES[status]:
        fit.lose("code", f"{code} is not a code of UNCL 4343 for {status.value}; {ANSWER_CODES[status]} is written")
    return ANSWER_CODES[status]


def _put_about(root: Element, document: Response, fit: Fit, sales: str | None = None) -> None:
    """Which order, change or cancellation is answered."""
    reference = group(root, "cac:OrderReference")
    put(reference, "cbc:ID", document.order_number)
    put(reference, "cbc:SalesOrderID", sales)
    facts = [(REVISION, "revision"), (RELEASE, "release_number"), (SEQUENCE, "sequence")]
    if fit.peppol:
        if document.answers == "change" and fit.transaction == "OrderResponseAdvanced":
            put(group(root, _CHANGE_REFERENCE), "cbc:ID", document.change_number or UNNUMBERED)
        elif document.answers != "order":
            fit.lose("answers", f"Peppol has no answer to a {document.answers} here", commercial=True)
        for name, field in facts:
            if (value := getattr(document, field)) is not None:
                commercial = field == "release_number"
                fit.lose(
                    field, "Peppol has no place for it in an answer", commercial=commercial, said=f"{name}: {value}"
                )
        return
    for name, field in facts:
        put_fact(root, name, getattr(document, field))
    put_undated(root, fit)
    if document.answers != "order":
        put_fact(root, CHANGE if document.answers == "change" else CANCELLATION, document.change_number or UNNUMBERED)


def _put_charge(root: Element, document: Response, fit: Fit) -> None:
    """What the supplier asks for agreeing; Peppol's answers and OrderResponseSimple have no AllowanceCharge."""
    if document.charge is None:
        return
    if fit.peppol or fit.profile.response == "simple":
        said = f"{WORDS}: {plain(document.charge)} {document.currency or ''}".strip()
        fit.lose("charge", f"{fit.format} has no place for it in this answer", commercial=True, said=said)
        return
    put_charges(root, [as_charge(document.charge)], Decimal(0), "", fit)


def _read_charge(root: Element, faults: Faults) -> Decimal | None:
    """All charges of the answer together; an allowance or percentage is no price of agreeing and only told."""
    found = read_charges(root, label(root, "cbc:DocumentCurrencyCode", 35), faults)
    charge, all_kept = asked(found)
    if not all_kept:
        faults.warning("not-kept", root, NOT_KEPT)
    return charge


def _put_parties(root: Element, document: Response, fit: Fit) -> None:
    """Seller and buyer; an answer of ours knows the buyer only as the receiver of the profile."""
    profile = fit.profile
    contact = None if fit.peppol else document.contact
    if fit.peppol and document.contact:
        fit.lose("contact", "Peppol's answers carry no contact", said=f"Contact: {document.contact}")
    put_role(root, "cac:SellerSupplierParty", document.supplier, "supplier", fit, endpoint=profile.sender, brief=True,
             contact=contact)  # fmt: skip
    put_role(root, "cac:BuyerCustomerParty", None, "buyer", fit, endpoint=profile.receiver, brief=True)


def read(root: Element, profile: UblProfile, faults: Faults) -> Response | None:
    """The answer; None where an error was reported."""
    additional = Additional(root, faults)
    answers, change_number = _answers(root, additional)
    seller = first(root, "cac:SellerSupplierParty")
    notes = [text(e) for path in ("cbc:Note", "cbc:RejectionNote") for e in every(root, path)]
    promised = read_day(first(root, "cac:Delivery"), "Promised", faults)
    code = label(root, "cbc:OrderResponseCode", 35)
    status = _status(root, code, faults)
    lines = read_answers(root, status, promised, profile, faults)
    if lines and status in (HeaderStatus.ACCEPTED, HeaderStatus.REJECTED) and _derived(lines) is not status:
        told = f"the answer to the whole order is {status.value} but a line says otherwise; ask the supplier"
        faults.warning("mixed-answer", root, told)
    if promised and not lines:
        notes.append(f"Promised for {promised}")
    values = {
        "order_number": label(root, "cac:OrderReference/cbc:ID"), "answers": answers, "change_number": change_number,
        "sequence": additional.fact(SEQUENCE, 99999), "revision": additional.fact(REVISION, 99999),
        "release_number": additional.facts.get(RELEASE), "number": label(root, "cbc:ID"),
        "status": status or _derived(lines), "code": code, "answered": day_of(root, additional, faults),
        "supplier": read_role(seller, faults, desks=False),
        "supplier_order_number": label(root, "cbc:SalesOrderID") or label(root, "cac:OrderReference/cbc:SalesOrderID"),
        "currency": label(root, "cbc:DocumentCurrencyCode", 35),
        "reason": "\n".join(filter(None, notes))[:LONGEST].strip() or None,
        "charge": _read_charge(root, faults),
        "contact": label(seller, "cac:SellerContact/cbc:Name"), "test": is_test(root, profile), "lines": lines,
    }  # fmt: skip
    try:
        return Response.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as failure:
        report([(p.code, p.where, p.text) for p in from_validation(failure)], root, faults)
        return None


def _answers(root: Element, additional: Additional) -> tuple[str, str | None]:
    number = label(root, f"{_CHANGE_REFERENCE}/cbc:ID") or additional.facts.get(CHANGE)
    kind = "change"
    if number is None:
        number, kind = additional.facts.get(CANCELLATION), "cancellation"
    return ("order", None) if number is None else (kind, None if number == UNNUMBERED else number)


def _status(root: Element, code: str | None, faults: Faults) -> HeaderStatus | None:
    """What the header says; None where it leaves that to the lines."""
    if local(root) == "OrderResponseSimple":
        accepted = label(root, "cbc:AcceptedIndicator")
        if accepted not in ("true", "1", "false", "0"):
            faults.error("status", root, "AcceptedIndicator is neither true nor false; correct it")
        return HeaderStatus.ACCEPTED if accepted in ("true", "1") else HeaderStatus.REJECTED
    if code is None:
        agreement = (label(root, "cbc:CustomizationID") or "").startswith(CUSTOMIZATIONS["OrderAgreement"])
        return HeaderStatus.ACCEPTED if agreement else None
    if code not in ANSWER_READ:
        faults.warning("status", root, f"OrderResponseCode {code!r} is not one of AB, AP, CA, RE; the lines decide")
    return ANSWER_READ.get(code)


def _derived(lines: tuple[LineAnswer, ...]) -> HeaderStatus:
    """The status that lines amount to where the header has none: undecided as long as one of them is."""
    found = {line.status for line in lines}
    if not found or LineStatus.PENDING in found:
        return HeaderStatus.RECEIVED
    if found == {LineStatus.REJECTED}:
        return HeaderStatus.REJECTED
    return HeaderStatus.ACCEPTED if found == {LineStatus.ACCEPTED} else HeaderStatus.ACCEPTED_WITH_CHANGES
