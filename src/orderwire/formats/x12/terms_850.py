"""Payment and delivery terms of the 850: ITD and FOB, with the numbers and dates that they hold."""

import datetime
from decimal import Decimal

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.terms import Incoterm, TermsPart
from orderwire.formats.x12.faults import BAD_CHARACTER, BAD_CODE, BAD_DATE, MISSING, Faults
from orderwire.formats.x12.tables import MONTHLY_TERMS, TERMS_BASIS_READ, TERMS_KINDS
from orderwire.formats.x12.values import date, number


def incoterm(fob: list[str]) -> Incoterm | None:
    """The delivery term of FOB05, its place (FOB03) and the year of the rules where the place ends with it."""
    code = fob[5].upper() if len(fob) > 5 else ""
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        return None
    place, year = fob[3].strip(), None
    head, found, tail = place.rpartition("(Incoterms ")
    if found and len(tail) == 5 and tail[4] == ")" and tail[:4].isascii() and tail[:4].isdigit():
        place, year = head.strip(), int(tail[:4])
    try:
        return Incoterm(code=code, place=place[:200] or None, year=year)
    except ValidationError:
        return None


def payment(itd: list[str], faults: Faults) -> TermsPart | None:
    """One part of the payment terms; None, with an error, where its values cannot be."""
    kind, basis, percent, until, early, due, days, off, later, deferred, share, text, proximo = [*itd, *[""] * 13][1:14]
    if proximo.strip():
        faults.warning("terms", "ITD13, a day of the month, cannot be kept; check the payment terms", 13)
    for element, value, what in ((4, until, "the last day of the discount"), (8, off, "a discount amount"),
                                 (10, deferred, "a deferred amount")):  # fmt: skip
        if value.strip():
            said = f"ITD{element:02d} {value[:20]!r}, {what}, cannot be kept; check the payment terms"
            faults.warning("terms", said, element)
    if kind in MONTHLY_TERMS:
        said = f"ITD01 {kind} ({TERMS_KINDS[kind]}) counts in another way than our terms; check the payment terms"
        faults.warning("terms", said, 1)
    if not any(part.strip() for part in itd[3:]):
        said = "ITD says neither days nor dates nor words; agree the payment terms with the partner"
        faults.warning("terms", f"{said} ({TERMS_KINDS.get(kind, kind)})", 1)
        return None
    known = "fixed" if kind == "03" and not basis else TERMS_BASIS_READ.get(basis.strip())
    if known is None:
        words = f"ITD02 {basis!r} is not a basis we know; read as invoice date"
        faults.warning("terms", words, 2, ack=BAD_CODE, value=basis)
    discount, net = amount_of(percent, 3, faults), amount_of(days, 7, faults)
    discount_days, part = amount_of(early, 5, faults), amount_of(share, 11, faults)
    data = {
        "basis": known or "invoice", "percent": part, "days": int(net or 0),
        "due": date_of(due, 6, faults) or date_of(later, 9, faults),
        "end_of_month": "before" if kind == "02" else None, "discount_percent": discount,
        "discount_days": None if discount_days is None else int(discount_days), "text": text.strip() or None,
    }  # fmt: skip
    try:
        return TermsPart.model_validate(data)
    except ValidationError as failure:
        faults.extend(from_validation(failure))
        return None


def amount_of(text: str, element: int, faults: Faults) -> Decimal | None:
    """A number that may be missing; an error where it is none."""
    if not text.strip():
        return None
    value = number(text)
    if value is None:
        faults.error("bad-number", f"{text!r} is not a number", element, ack=BAD_CHARACTER, value=text)
    return value


def date_of(text: str, element: int, faults: Faults) -> datetime.date | None:
    """A date that may be missing; an error where it is none."""
    if not text.strip():
        return None
    value = date(text)
    if value is None:
        faults.error("bad-date", f"{text!r} is not a date; expected CCYYMMDD", element, ack=BAD_DATE, value=text)
    return value


def dates_of(dtm: list[str], faults: Faults) -> tuple[datetime.date | None, datetime.date | None]:
    """First and last day of a DTM: its date (DTM02), or a day or period in DTM06 (DTM05 D8 or RD8)."""
    row = [*dtm, *[""] * 7]
    if row[2].strip() or not row[6].strip():
        if not row[2].strip():
            faults.warning("date-missing", f"DTM*{row[1]} has no date; ask the partner for it", 2, ack=MISSING)
        day = date_of(row[2], 2, faults)
        return day, day
    first, _, last = row[6].partition("-") if row[5] == "RD8" else (row[6], "", "")
    start = date_of(first, 6, faults)
    return start, date_of(last, 6, faults) if last else start
