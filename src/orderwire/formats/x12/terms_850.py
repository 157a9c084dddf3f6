"""Payment and delivery terms of the 850: ITD and FOB, with the numbers and dates that they hold."""

import datetime
from decimal import Decimal

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.terms import Incoterm, TermsPart
from orderwire.formats.x12.faults import BAD_CHARACTER, BAD_CODE, BAD_DATE, Faults
from orderwire.formats.x12.tables import TERMS_BASIS_READ
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
    kind, basis, percent, _, early, due, days, _, later, _, share, text, proximo = [*itd, *[""] * 13][1:14]
    if proximo.strip():
        faults.warning("terms", "ITD13, a day of the month, cannot be kept; check the payment terms", 13)
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
