"""Notes with their subjects, and payment terms in words that read back."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from pydantic import ValidationError

from orderwire.document.base import plain
from orderwire.document.terms import Note, TermsPart
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.tables import TERM_EVENTS
from orderwire.formats.ubl.tree import Element, date, day, every, first, group, number, put, text
from orderwire.formats.xml import Faults

_SUBJECT = re.compile(r"#([^#\n]{0,200})#")
_NEXT = re.compile(r"\n(?=#[^#\n]{0,200}#)")
_MOST = 200
LONGEST = 4000
"""Characters of a text in our documents."""


def put_notes(parent: Element, name: str, notes: Iterable[Note], fit: Fit) -> None:
    """Notes as #subject#text, the way of EN 16931; Peppol carries them together in one element."""
    written = [
        f"#{note.subject or ''}#{note.text}" if note.subject or note.text.startswith("#") else note.text
        for note in notes
    ]
    if fit.peppol and len(written) > 1:
        written = [written[0], *(item if item.startswith("#") else f"##{item}" for item in written[1:])]
        written = ["\n".join(written)]
    for item in written:
        put(parent, name, item)


def read_notes(parent: Element, path: str) -> list[Note]:
    """The notes on a path."""
    found = []
    for element in every(parent, path):
        for item in _NEXT.split(text(element) or "", maxsplit=_MOST):
            match = _SUBJECT.match(item)
            words = item[match.end() :].strip() if match else item.strip()
            subject = match[1].strip() or None if match else None
            if not words:
                words, subject = item.strip(), None
            found += [
                Note(text=words[at : at + LONGEST].strip() or "-", subject=subject)
                for at in range(0, len(words), LONGEST)
            ]
    return found


_BASIS = {
    "invoice": "the invoice", "invoice_receipt": "receipt of the invoice", "goods_receipt": "receipt of the goods",
    "delivery": "delivery", "shipment": "shipment", "order": "the order", "fixed": "the agreed day",
}  # fmt: skip
_BASIS_READ = {words: basis for basis, words in _BASIS.items()}
_END = {"before": " from the end of the month", "after": " until the end of the month"}
_WORDS = re.compile(
    r"(?:([\d.]+) % of the total: )?pay (\d+) days(?: and (\d+) months)? after "
    rf"({'|'.join(_BASIS_READ)})({'|'.join(_END.values())})?(?:, on (\d{{4}}-\d\d-\d\d))?"
    r"(?:; discount(?: of ([\d.]+) %)?(?: within (\d+) days)?)?",
    re.ASCII,
)


def put_terms(parent: Element, parts: Sequence[TermsPart], fit: Fit) -> None:
    """PaymentTerms: the words of each part, and for plain UBL the elements that say the same."""
    if fit.peppol:
        if parts:
            put(group(parent, "cac:PaymentTerms"), "cbc:Note", "\n".join(_said(part) for part in parts))
        return
    for part in parts:
        element = group(parent, "cac:PaymentTerms")
        put(element, "cbc:Note", _said(part))
        if _words(part) is None:
            continue
        put(element, "cbc:ReferenceEventCode", TERM_EVENTS[part.basis])
        for name, value in (("SettlementDiscountPercent", part.discount_percent), ("PaymentPercent", part.percent)):
            put(element, f"cbc:{name}", None if value is None else plain(value))
        day(element, "cbc:PaymentDueDate", part.due)
        if part.discount_days is not None:
            period = group(element, "cac:SettlementPeriod")
            put(period, "cbc:DurationMeasure", str(part.discount_days), unitCode="DAY")


def _said(part: TermsPart) -> str:
    return "\n".join(filter(None, (_words(part), part.text)))


def _words(part: TermsPart) -> str | None:
    """The terms in one line that `_WORDS` reads; None where they are nothing but text."""
    if part.text and part == TermsPart(text=part.text):
        return None
    said = f"{plain(part.percent)} % of the total: " if part.percent is not None else ""
    said += f"pay {part.days} days" + (f" and {part.months} months" if part.months else "")
    said += f" after {_BASIS[part.basis]}" + _END.get(part.end_of_month or "", "")
    said += f", on {part.due}" if part.due else ""
    if part.discount_percent is not None or part.discount_days is not None:
        said += "; discount"
        said += f" of {plain(part.discount_percent)} %" if part.discount_percent is not None else ""
        said += f" within {part.discount_days} days" if part.discount_days is not None else ""
    return said


def read_terms(parent: Element, faults: Faults) -> list[TermsPart]:
    """The payment terms of a document: from our words, else from the elements, else as text."""
    found: list[TermsPart] = []
    for element in every(parent, "cac:PaymentTerms"):
        notes = "\n".join(filter(None, (text(note) for note in every(element, "cbc:Note"))))
        parts = _from_words(notes)
        if parts:
            found += parts
            continue
        due = date(element, "cbc:PaymentDueDate", faults) or date(element, "cbc:InstallmentDueDate", faults)
        length = first(element, "cac:SettlementPeriod/cbc:DurationMeasure")
        days = number(length, None, faults)
        whole = days is not None and 0 <= days <= 3650 and days == days.to_integral_value()
        part = TermsPart(
            percent=_percent(element, "cbc:PaymentPercent", faults),
            due=due,
            discount_percent=_percent(element, "cbc:SettlementDiscountPercent", faults),
            discount_days=int(days) if days is not None and whole else None,
            text=notes[:LONGEST].strip() or None,
        )
        if part != TermsPart():
            found.append(part)
    return found


def _percent(element: Element, path: str, faults: Faults) -> Decimal | None:
    value = number(element, path, faults)
    return value if value is not None and 0 <= value <= 100 else None


def _from_words(notes: str) -> list[TermsPart]:
    """The parts that our own words say; nothing where the text does not begin with them."""
    parts: list[TermsPart] = []
    rest: list[str] = []
    for line in notes.split("\n"):
        match = _WORDS.fullmatch(line)
        part = _part(match) if match else None
        if part is None and not parts:
            return []
        if part is None:
            rest.append(line)
            continue
        if parts:
            parts[-1] = _with_text(parts[-1], rest)
        parts.append(part)
        rest = []
    if parts:
        parts[-1] = _with_text(parts[-1], rest)
    return parts


def _with_text(part: TermsPart, lines: list[str]) -> TermsPart:
    words = "\n".join(lines).strip()[:LONGEST]
    return part.model_copy(update={"text": words}) if words else part


def _part(match: re.Match[str]) -> TermsPart | None:
    """The part that our words say; None where its numbers are out of bounds, so that they were not ours."""
    percent, days, months, basis, end, due, discount, within = match.groups()
    values = {
        "percent": percent, "days": days, "months": months or 0, "basis": _BASIS_READ[basis], "due": due,
        "end_of_month": next((name for name, words in _END.items() if words == end), None),
        "discount_percent": discount, "discount_days": within,
    }  # fmt: skip
    try:
        return TermsPart.model_validate(values)
    except ValidationError:
        return None
