"""What was agreed besides the goods: payment and delivery terms, references, and Comments, which are notes."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from orderwire.document.base import plain
from orderwire.document.finding import from_validation
from orderwire.document.terms import Incoterm, Note, Reference, TermsPart
from orderwire.formats.cxml.fit import CxmlFit
from orderwire.formats.cxml.tables import GTIN_DOMAINS, REFERENCE_DOMAINS, REFERENCE_KINDS, TRANSPORT_TERMS
from orderwire.formats.cxml.tree import Element, Reading, add, extrinsic, extrinsics
from orderwire.formats.xml import text_of, where_is

REASON = "Reason"
"""Type of the first Comments where they say why an order or a line changes."""
_PLACE, _YEAR = "Place", "Incoterms"
_REFERENCE = re.compile(r"(?:dated (\d{4}-\d\d-\d\d))?(?:(?:^|, )line (.+))?", re.DOTALL)


def fitted_payment(parts: tuple[TermsPart, ...], fit: CxmlFit) -> tuple[TermsPart, ...]:
    """Payment terms as they come back: a discount has its days, and one of nothing is none."""
    found = []
    for position, part in enumerate(parts, 1):
        update: dict[str, Any] = {}
        if part.discount_percent:
            if part.discount_days is None:
                update["discount_days"] = part.days
        elif part.discount_percent is not None or part.discount_days is not None:
            fit.remark(f"payment_terms[{position}]", "a discount of nothing is left out")
            update = {"discount_percent": None, "discount_days": None}
        found.append(part.model_copy(update=update))
    return tuple(found)


def write_payment(parent: Element, parts: tuple[TermsPart, ...]) -> None:
    """PaymentTerm with the discount, where there is one, before the PaymentTerm of the net days."""
    for part in parts:
        if part.discount_percent is not None:
            early = add(parent, "PaymentTerm", payInNumberOfDays=str(part.discount_days))
            add(add(early, "Discount"), "DiscountPercent", percent=plain(part.discount_percent))
        net = add(parent, "PaymentTerm", payInNumberOfDays=str(part.days))
        extrinsic(net, "basis", None if part.basis == "invoice" else part.basis)
        extrinsic(net, "percent", part.percent)
        extrinsic(net, "months", part.months or None)
        extrinsic(net, "endOfMonth", part.end_of_month)
        extrinsic(net, "dueDate", part.due)
        extrinsic(net, "text", part.text)


def read_payment(header: Element, reading: Reading) -> tuple[TermsPart, ...]:
    """Terms: a PaymentTerm with a discount and the next one without belong together."""
    found: list[TermsPart] = []
    early: dict[str, Any] = {}
    for term in list(header.iterchildren("PaymentTerm"))[:50]:
        days = reading.number(term.get("payInNumberOfDays"), term, "payInNumberOfDays")
        rate = term.find("Discount/DiscountPercent")
        percent = reading.number(rate.get("percent"), rate, "percent") if rate is not None else None
        if term.find("Discount/DiscountAmount") is not None:
            reading.warning("not-kept", term, "a discount as an amount is not kept; ask for a percent")
        if percent:
            if early:
                found += _part(term, {**early, "days": early["discount_days"]}, reading)
            early = {"discount_percent": percent, "discount_days": int(days or 0)}
            continue
        named = extrinsics(term)
        said: dict[str, Any] = {"days": int(days or 0), **early}
        for name in ("basis", "percent", "months", "endOfMonth", "dueDate"):
            if value := text_of(named.get(name.lower())):
                said[{"endOfMonth": "end_of_month", "dueDate": "due"}.get(name, name)] = value
        if words := reading.text(named.get("text")):
            said["text"] = words
        found += _part(term, said, reading)
        early = {}
    if early:
        found += _part(header, {**early, "days": early["discount_days"]}, reading)
    return tuple(found)


def _part(term: Element, said: dict[str, Any], reading: Reading) -> Iterable[TermsPart]:
    try:
        return (TermsPart.model_validate(said),)
    except ValidationError as failure:
        for f in from_validation(failure, lambda path: where_is(term)):
            reading.warning("payment-term", f.where, f"{f.text}; this payment term is left out")
        return ()


def write_delivery(parent: Element, term: Incoterm | None, language: str) -> None:
    """TermsOfDelivery: the Incoterm in TransportTerms, its place and year in Comments."""
    if term is None:
        return
    made = add(parent, "TermsOfDelivery")
    add(made, "TermsOfDeliveryCode", value="TransportCondition")
    add(made, "ShippingPaymentMethod", "As the Incoterm says", value="Other")
    add(made, "TransportTerms", term.code, value="Other")
    if term.place:
        add(made, "Comments", term.place, lang=language, type=_PLACE)
    if term.year:
        add(made, "Comments", str(term.year), lang=language, type=_YEAR)


def read_delivery(header: Element, reading: Reading) -> Incoterm | None:
    """The Incoterm, written as its code or in the words of cXML."""
    element = header.find("TermsOfDelivery")
    if element is None:
        return None
    terms = element.find("TransportTerms")
    said = [text_of(terms) or "", terms.get("value") or ""] if terms is not None else []
    code = next((s for s in said if re.fullmatch("[A-Z]{3}", s)), None)
    code = code or next((TRANSPORT_TERMS[s.lower()] for s in said if s.lower() in TRANSPORT_TERMS), None)
    if code is None:
        reading.info("not-kept", element, "the terms of delivery name no Incoterm; they are not kept")
        return None
    comments = {c.get("type"): c for c in element.iterchildren("Comments")}
    year = text_of(comments.get(_YEAR)) or ""
    known = int(year) if re.fullmatch(r"(19[4-9]|20\d)\d", year) else None
    place = reading.label(comments.get(_PLACE))
    if place is None and (named := element.find("Address/Name")) is not None:
        place = reading.label(named)
    return Incoterm(code=code, place=place, year=known)


def fitted_reference(item: Reference, where: str, fit: CxmlFit) -> Reference:
    """A reference as it comes back: a partner's own qualifier that cXML has a word for gets that meaning."""
    domain = domain_of(item)
    code = None if item.kind != "other" or domain == "other" else item.code
    kind = REFERENCE_KINDS.get(domain.lower(), "other")
    if domain.lower() in GTIN_DOMAINS:
        kind, code = "other", None
    if kind != "other":
        code = None
    if (kind, code) != (item.kind, item.code):
        fit.remark(where, f"{item.code} is read back as {kind}")
    return item.model_copy(update={"kind": kind, "code": code})


def domain_of(item: Reference) -> str:
    """The IdReference domain of a reference."""
    return item.code if item.kind == "other" and item.code else REFERENCE_DOMAINS[item.kind]


def write_reference(parent: Element, item: Reference, language: str) -> None:
    """IdReference; a date or line of the other document stands in its Description."""
    made = add(parent, "IdReference", identifier=item.number, domain=domain_of(item))
    said = [f"dated {item.date}"] if item.date else []
    said += [f"line {item.line}"] if item.line else []
    if said:
        add(made, "Description", ", ".join(said), lang=language)


def read_reference(element: Element, reading: Reading) -> Reference | None:
    """The reference of an IdReference; None without number."""
    number = reading.attribute(element, "identifier")
    domain = reading.code(reading.attribute(element, "domain"), element)
    if number is None:
        return None
    kind = REFERENCE_KINDS.get((domain or "other").lower())
    said = reading.label(element.find("Description")) or ""
    match = _REFERENCE.fullmatch(said)
    if match is None:
        reading.info("not-kept", element, f"the description {said[:60]!r} is not kept")
    day = reading.date(match[1], element, "the date of the reference") if match else None
    return Reference.model_validate({
        "kind": kind or "other", "number": number, "line": match[2] if match else None, "date": day,
        "code": None if kind else domain,
    })  # fmt: skip


def write_comments(parent: Element, notes: Iterable[Note], language: str, reason: str | None = None) -> None:
    """Comments, the reason of a change first."""
    if reason:
        add(parent, "Comments", reason, lang=language, type=REASON)
    for note in notes:
        add(parent, "Comments", note.text, lang=language, type=note.subject)


def read_comments(parent: Element, reading: Reading) -> list[Note]:
    """Comments as notes; what they attach is not in the file."""
    found = []
    for element in parent.iterchildren("Comments"):
        own = "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
        if text := reading.text(element, own):
            found.append(Note(text=text, subject=reading.attribute(element, "type")))
        for url in element.iterfind("Attachment/URL"):
            shown = (text_of(url) or "")[:80]
            reading.warning("attachment", url, f"the attachment {shown!r} is not part of this file; ask for it")
    return found


def joined(notes: Iterable[Note]) -> str | None:
    """Notes as one text, where a document has one reason only."""
    return "\n".join(note.text for note in notes)[:4000].strip() or None


def take_reason(notes: list[Note]) -> str | None:
    """The reason of a change, taken from the head of its notes."""
    return notes.pop(0).text if notes and notes[0].subject == REASON else None
