"""Terms of the deal: PAT (payment), TOD (delivery), ALC (allowances and charges), TAX. Read and written here."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.terms import AllowanceCharge, Incoterm, Tax, TermsPart
from orderwire.formats.edifact.faults import BAD_VALUE, Faults
from orderwire.formats.edifact.syntax import Segment, at
from orderwire.formats.edifact.tables import TAX_CATEGORIES, TAXES, TERMS_BASIS, TERMS_BASIS_CODES
from orderwire.formats.edifact.values import day, number, text_of
from orderwire.formats.edifact.writer import c
from orderwire.formats.pieces import pieces, rejoin

REASON = 35
"""Longest component of 7160, of two."""
DISCOUNT = ("22", "8")
AMOUNTS = ("8", "23", "204")
"""5025 of the amount of an allowance or charge."""
_MONTH_END_BEFORE = ("6", "17")
_PERIODS = {"D": 1, "CD": 1, "W": 7, "WD": 1, "DW": 1, "": 1}


@dataclass(slots=True)
class PatReader:
    """One PAT group: its percentage (PCD) and date (DTM) come behind it."""

    kind: str
    basis: str
    relation: str
    period: str
    count: int
    percent: Decimal | None = None
    due: datetime.date | None = None


def pat(segment: Segment, faults: Faults) -> PatReader:
    """PAT itself; what it says of days that cannot be read is a warning."""
    kind, basis, relation, period = at(segment, 1), at(segment, 3), at(segment, 3, 1), at(segment, 3, 2)
    said = at(segment, 3, 3)
    count = number(said) if said else Decimal(0)
    if count is None or count < 0 or count != int(count) or count > 3650:
        faults.warning("terms", f"PAT 2152 {said[:10]!r} is not a number of days", 3, 4, ack=BAD_VALUE, value=said)
        count = Decimal(0)
    if basis not in TERMS_BASIS:
        text = f"PAT 2475 {basis[:5]!r} is not a day that we know to count from; read as the date of the invoice"
        faults.warning("terms", text, 3, 1, ack=BAD_VALUE, value=basis)
    if period not in _PERIODS and period != "M":
        faults.warning("terms", f"PAT 2151 {period[:5]!r} is read as days", 3, 3, ack=BAD_VALUE, value=period)
    return PatReader(kind, TERMS_BASIS.get(basis, "invoice"), relation, period, int(count))


def payment(groups: Sequence[PatReader], faults: Faults) -> tuple[TermsPart, ...]:
    """The payment terms of all PAT groups; a discount belongs to the part before it, else to the one behind it."""
    parts: list[dict[str, Any]] = []
    waiting: PatReader | None = None
    for group in groups:
        if group.kind in DISCOUNT and group.percent is not None:
            if parts and "discount_percent" not in parts[-1]:
                _discount(parts[-1], group)
            else:
                waiting = group
            continue
        months = group.count if group.period == "M" else 0
        end = "before" if group.relation in _MONTH_END_BEFORE else "after" if group.kind == "2" else None
        part: dict[str, Any] = {
            "basis": "fixed" if group.kind == "3" else group.basis, "percent": group.percent, "due": group.due,
            "days": 0 if months else group.count * _PERIODS.get(group.period, 1), "months": months,
            "end_of_month": end,
        }  # fmt: skip
        if waiting is not None:
            _discount(part, waiting)
            waiting = None
        parts.append(part)
    if waiting is not None:
        parts.append({"basis": waiting.basis})
        _discount(parts[-1], waiting)
    found = []
    for part in parts:
        try:
            found.append(TermsPart.model_validate(part))
        except ValidationError as failure:
            faults.extend(from_validation(failure))
    return tuple(found)


def _discount(part: dict[str, Any], group: PatReader) -> None:
    part["discount_percent"], part["discount_days"] = group.percent, group.count * _PERIODS.get(group.period, 1)


def written_payment(parts: Sequence[TermsPart], version: str) -> list[list[str]]:
    """PAT groups of terms that `project` has made fit."""
    rows: list[list[str]] = []
    for part in parts:
        kind = "21" if part.percent is not None else "2" if part.end_of_month == "after" else "1"
        kind = "3" if part.basis == "fixed" and kind == "1" else kind
        relation = ("17" if version == "D01B" else "6") if part.end_of_month == "before" else "3"
        period, count = ("M", part.months) if part.months else ("D", part.days)
        basis = TERMS_BASIS_CODES[part.basis]
        rows.append(["PAT", kind, "", c(basis, relation, period, str(count))])
        if part.due:
            rows.append(["DTM", c("13", day(part.due), "102")])
        if part.percent is not None:
            rows.append(["PCD", c("7", text_of(part.percent))])
        if part.discount_percent is not None:
            rows.append(["PAT", "22", "", c(basis, "3", "D", str(part.discount_days))])
            rows.append(["PCD", c("12", text_of(part.discount_percent))])
    return rows


def incoterm(tod: Segment) -> Incoterm | None:
    """The delivery term of TOD, with the year of the rules where its text says it; the place comes with LOC+1."""
    code = at(tod, 3).upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        return None
    year = at(tod, 3, 3).removeprefix("Incoterms ").strip()
    valid = len(year) == 4 and year.isascii() and year.isdigit() and 1936 <= int(year) <= 2100
    return Incoterm(code=code, year=int(year) if valid else None)


def written_incoterm(term: Incoterm) -> list[list[str]]:
    """TOD and LOC. 3055 4 says that the code is the ICC's."""
    rows = [["TOD", "3", "", c(term.code, "", "4", f"Incoterms {term.year}" if term.year else "")]]
    if term.place:
        rows.append(["LOC", "1", c("", "", "", term.place)])
    return rows


@dataclass(slots=True)
class AlcReader:
    """One ALC group: amount (MOA), percentage (PCD) and tax (TAX) come behind it."""

    segment: Segment
    position: int
    amount: Decimal | None = None
    percent: Decimal | None = None
    tax: Tax | None = None

    def close(self, faults: Faults) -> AllowanceCharge | None:
        """The allowance or charge; None, with an error, where it says neither an amount nor a percentage."""
        faults.at, faults.segment = self.position, "ALC"
        kind = at(self.segment, 1)
        if kind in ("N", "V", "W"):
            faults.info("no-charge", f"ALC 5463 {kind} announces that there is no allowance or charge")
            return None
        if kind not in ("A", "C", "H", "M", "F", "K", "G", "L"):
            text = f"ALC 5463 is {kind[:5]!r}; expected A (allowance) or C (charge)"
            faults.error("allowance-kind", text, 1, ack=BAD_VALUE, value=kind)
            return None
        if self.amount is None and self.percent is None:
            text = "ALC has neither an amount (MOA 8) nor a percentage (PCD); the total would be wrong"
            faults.error("allowance-amount", text)
            return None
        code = at(self.segment, 5) or at(self.segment, 2, 1)
        said = self.segment[5][3:5] if len(self.segment) > 5 else []
        words = rejoin([part for part in said if part.strip()], REASON)
        try:
            return AllowanceCharge(
                kind="allowance" if kind in ("A", "H", "F", "G") else "charge", amount=self.amount,
                percent=self.percent if self.amount is None else None, code=code or None,
                reason=words.strip()[:200] or None, tax=self.tax,
            )  # fmt: skip
        except ValidationError as failure:
            faults.extend(from_validation(failure))
            return None


def written_allowance(item: AllowanceCharge) -> list[list[str]]:
    """An ALC group."""
    charge = item.kind == "charge"
    reason = pieces(item.reason, REASON) if item.reason else []
    rows = [["ALC", "C" if charge else "A", "", "", "", c(item.code or "", "", "", *reason)]]
    if item.percent is not None:
        rows.append(["PCD", c("2" if charge else "1", text_of(item.percent))])
    if item.amount is not None:
        rows.append(["MOA", c("8", text_of(item.amount))])
    return rows + ([written_tax(item.tax)] if item.tax else [])


def tax(segment: Segment, faults: Faults) -> Tax | None:
    """TAX; None where it names no tax."""
    code, words, said, category = at(segment, 2), at(segment, 2, 3), at(segment, 5, 3), at(segment, 6)
    percent = number(said) if said else Decimal(0)
    if percent is None or not 0 <= percent <= 100:
        text = f"TAX 5278 is {said[:20]!r}; expected a percentage"
        faults.warning("tax", text, 5, 4, ack=BAD_VALUE, value=said)
        return None
    if category not in TAX_CATEGORIES or len(category) > 2:
        category = "S" if percent else "Z"
    try:
        return Tax(kind=code or words or "VAT", category=category, percent=percent)
    except ValidationError:
        faults.warning("tax", f"TAX 5153 {code[:20]!r} is not a kind of tax", 2, 1, ack=BAD_VALUE, value=code)
        return None


def written_tax(item: Tax) -> list[str]:
    """TAX+7: kind by its code or in words, percentage, category."""
    kind = item.kind if item.kind in TAXES else c("", "", "", item.kind)
    return ["TAX", "7", kind, "", "", c("", "", "", text_of(item.percent)), item.category]
