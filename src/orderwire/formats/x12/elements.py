"""One element as a value: what it says, or a finding with its place and None."""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal

from orderwire.formats.x12.envelope import Marks
from orderwire.formats.x12.faults import BAD_CHARACTER, BAD_CODE, BAD_DATE, MISSING, Faults
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.tables import BUYER_PARTS, GTINS, SUPPLIER_PARTS
from orderwire.formats.x12.units import rec20
from orderwire.formats.x12.values import date, number

_EMPTY = ("",) * 24


class Elements:
    """The current segment of a set: element n of the standard is `self.text(n)`."""

    __slots__ = ("_row", "faults", "marks", "profile")

    def __init__(self, marks: Marks, profile: X12Profile, faults: Faults):
        self.marks, self.profile, self.faults = marks, profile, faults
        self._row: Sequence[str] = _EMPTY

    def take(self, segment: str, position: int) -> str:
        """Make this segment the current one; returns its id."""
        row = segment.split(self.marks.element)
        self.faults.at, self.faults.segment = position, row[0]
        self._row = (*row, *_EMPTY)
        return row[0]

    @property
    def row(self) -> list[str]:
        """The current segment for what takes whole segments, such as the N1 loop."""
        return list(self._row[:-24]) + [""] * 4

    def text(self, element: int) -> str:
        """The element without blanks around it, at most 200 characters."""
        return self._row[element].strip()[:200].strip()

    def code(self, element: int) -> str | None:
        """A code of at most 35 letters, digits and plain marks; None where it is empty or none."""
        text = self.text(element)
        return (
            text if 0 < len(text) <= 35 and all(c.isascii() and (c.isalnum() or c in "._:/ -") for c in text) else None
        )

    def needed(self, element: int, what: str) -> str:
        """As `text`; an error where it is empty, which says what is missing."""
        text = self.text(element)
        if not text:
            place = f"{self.faults.segment}{element:02d}"
            self.faults.error("missing", f"{place}, {what}, is missing; ask the partner for it", element, ack=MISSING)
        return text

    def number(self, element: int, *, signed: bool = False) -> Decimal | None:
        """Type R. An error where it is not a number, or below 0 and not `signed`."""
        text = self._row[element]
        value = number(text) if text.strip() else None
        if text.strip() and (value is None or (value < 0 and not signed)):
            words = f"{text[:40]!r} is not a number{'' if signed else ' of 0 or more'}; ask the partner to correct it"
            self.faults.error("bad-number", words, element, ack=BAD_CHARACTER, value=text)
            return None
        return value

    def cents(self, element: int) -> Decimal | None:
        """Type N2: hundredths without a decimal point. One that has a point is read as written, with a warning."""
        value = self.number(element, signed=True)
        if value is None:
            return None
        if "." in self._row[element]:
            words = f"{self.text(element)} has a decimal point where hundredths are counted; read as written"
            self.faults.warning("decimal-point", words, element, ack=BAD_CHARACTER, value=self.text(element))
            return value
        return value / 100

    def date(self, element: int) -> datetime.date | None:
        """Type DT: CCYYMMDD, YYMMDD before 004010. A date that is none is a warning."""
        text = self._row[element]
        value = date(text) if text.strip() else None
        if text.strip() and value is None:
            words = f"{text[:40]!r} is not a date; expected CCYYMMDD. It was left out"
            self.faults.warning("bad-date", words, element, ack=BAD_DATE, value=text)
        return value

    def unit(self, element: int) -> str | None:
        """The UN/ECE Rec 20 code of a unit (first component of C001), None where there is none."""
        text = self.text(element)
        code = text.split(self.marks.component)[0] if self.marks.component else text
        if not code:
            return None
        unit = rec20(code, self.profile.units)
        if unit is None:
            words = f"the unit {code[:20]!r} is not known; add it to the profile's units"
            self.faults.error("unit-unknown", words, element, ack=BAD_CODE, value=code)
        return unit

    def pairs(self, first: int) -> dict[str, str]:
        """Qualifiers and values from this element on (LIN02, IT106); the first of each qualifier counts."""
        found: dict[str, str] = {}
        row = self._row
        for at in range(first, len(row) - 25, 2):
            if row[at].strip() and row[at + 1].strip():
                found.setdefault(row[at].strip(), row[at + 1].strip()[:200].strip())
        return found


def parts(pairs: Mapping[str, str]) -> dict[str, str]:
    """What of LIN or IT1 tells the product: our fields by the qualifiers of data element 235."""
    fields = {"buyer_part": BUYER_PARTS, "supplier_part": SUPPLIER_PARTS, "gtin": GTINS}
    found = {name: next((pairs[code] for code in codes if code in pairs), None) for name, codes in fields.items()}
    return {name: value for name, value in found.items() if value}
