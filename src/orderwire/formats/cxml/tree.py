"""Building and reading elements: what cXML writes for dates and numbers, and what its senders really write."""

import datetime
import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any, TypeVar

from lxml import etree
from pydantic import ValidationError

from orderwire.document.base import Document, plain
from orderwire.document.finding import from_validation, place
from orderwire.formats.cxml.profile import CxmlProfile
from orderwire.formats.units import rec20
from orderwire.formats.xml import Faults, text_of, where_is

Element = etree._Element
Model = TypeVar("Model", bound=Document)
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_BREAKS = re.compile(r"[\r\n\t]+ *")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](.*))?", re.DOTALL | re.ASCII)
_TIME = re.compile(r"\d\d(:?\d\d(:?\d\d([.,]\d+)?)?)? ?(Z|[+-]\d\d(:?\d\d)?)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d*)?|\.\d+)", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9._:/ -]{1,35}")


def add(
    parent: Element, tag: str, text: str | None = None, /, *, lang: str | None = None, **attributes: str | None
) -> Element:
    """A child with the attributes that are not None."""
    made = etree.SubElement(parent, tag, {k: v for k, v in attributes.items() if v is not None})
    if lang is not None:
        made.set(LANG, lang)
    if text is not None:
        made.text = text
    return made


def extrinsic(parent: Element, name: str, value: object | None) -> None:
    """A named value that cXML has no element for, unless it is None."""
    if value is not None:
        add(parent, "Extrinsic", plain(value) if isinstance(value, Decimal) else str(value), name=name)


def moment(day: datetime.date | None) -> str | None:
    """A calendar day as cXML's date with time and zone: noon UTC is the same day nearly everywhere."""
    return f"{day.isoformat()}T12:00:00+00:00" if day else None


class Reading(Faults):
    """One document being read: its profile, and values with a finding where they are not as they should be."""

    def __init__(self, profile: CxmlProfile):
        super().__init__()
        self.profile = profile

    def attribute(self, element: Element, name: str) -> str | None:
        """An attribute without blanks around it as one line, None where it is absent or empty."""
        value = element.get(name)
        return self._line(value, element) if value else None

    def label(self, element: Element | None) -> str | None:
        """The text of an element as one line of at most 200 characters."""
        text = text_of(element)
        return self._line(text, element) if text and element is not None else None

    def text(self, element: Element | None, own: str | None = None) -> str | None:
        """The text of an element, its line breaks kept, at most 4000 characters. `own` is that text where known."""
        text = own if own is not None else text_of(element)
        if not text or element is None:
            return None
        text = self._clean(text, element)
        if len(text) > 4000:
            self.warning("too-long", element, f"has {len(text)} characters; only 4000 are kept")
            text = text[:4000].strip()
        return text or None

    def code(self, value: str | None, element: Element) -> str | None:
        """A code of at most 35 characters, None with a remark where it is none."""
        if value and not _CODE.fullmatch(value):
            self.info("not-kept", element, f"{value[:60]!r} is not a code; it is left out")
            return None
        return value

    def number(self, value: str | None, element: Element, what: str) -> Decimal | None:
        """An exact number of at most 15 digits before and 9 after the point."""
        text = (value or "").strip()
        if not text:
            return None
        if _THOUSANDS.fullmatch(text):
            self.warning(
                "bad-number", element, f"{what} {text!r} has thousands marked; read as {text.replace(',', '')}"
            )
            text = text.replace(",", "")
        if not _NUMBER.fullmatch(text) or len(text.partition(".")[2].rstrip("0")) > 9:
            shown = "is not a number like 1234.50 with at most 15 digits before and 9 after the point"
            self.error("bad-number", element, f"{what} {text[:60]!r} {shown}; correct it")
            return None
        return Decimal(plain(Decimal(text)))

    def date(self, value: str | None, element: Element, what: str, *, needed: bool = False) -> datetime.date | None:
        """The calendar day as the sender wrote it, whatever his time zone."""
        text = (value or "").strip()
        if not text:
            if needed:
                self.error("date-missing", element, f"{what} is missing; write it like 2026-01-31T12:00:00+00:00")
            return None
        match = _DAY.fullmatch(text)
        try:
            day = datetime.date(int(match[1]), int(match[2]), int(match[3])) if match else None
        except ValueError:
            day = None
        if day is None or match is None:
            told = f"{what} {text[:40]!r} is not a date like 2026-01-31T12:00:00+00:00; correct it"
            self.error("bad-date", element, told) if needed else self.warning("bad-date", element, told)
            return None
        if match[4] and not _TIME.fullmatch(match[4]):
            self.warning("bad-date", element, f"the time of {what} {text[:40]!r} is not ISO 8601; the day is used")
        return day

    def unit(self, element: Element | None, place: Element) -> str | None:
        """The UN/ECE Rec 20 code of a UnitOfMeasure; an error where it is unknown."""
        text = (text_of(element) or "").strip()
        if not text:
            return None
        for rec, own in self.profile.units.items():
            if own == text:
                return rec
        code = rec20(text)
        if code is not None and code == text.upper():
            return code
        if code is None:
            told = f"the unit {text[:40]!r} is not a UN/ECE Rec 20 code; map it in the profile's units"
            self.error("unit-unknown", place, told)
            return None
        self.warning("unit", place, f"the unit {text!r} is not a UN/ECE Rec 20 code; read as {code}")
        return code

    def money(self, element: Element | None, what: str) -> tuple[Decimal | None, str | None]:
        """Amount and currency of the Money in an element (or of the element, where it is Money itself)."""
        if element is None:
            return None, None
        found = element if element.tag == "Money" else element.find("Money")
        if found is None:
            return None, None
        amount = self.number(text_of(found), found, what)
        return amount, (self.attribute(found, "currency") or "").upper() or None

    def rest(self, element: Element, known: Collection[str]) -> None:
        """A remark for each child with content that nothing was made of."""
        for child in element:
            if child.tag not in known and (len(child) or text_of(child) or child.attrib):
                name = child.get("name") or child.get("type") or child.get("role") or ""
                amount = child.find("Money") if child.tag != "Money" else child
                worth = f" of {text_of(amount)} {amount.get('currency', '')}" if amount is not None else ""
                told = f"{child.tag}{f' {name[:80]}' if name else ''}{worth.rstrip()[:60]} is not kept"
                self.info("not-kept", child, told)

    def make(self, model: type[Model], element: Element, values: dict[str, Any]) -> Model | None:
        """The model of these values; None, with an error at the element for each that it refuses."""
        try:
            return model(**values)
        except ValidationError as failure:
            where = where_is(element)
            self.extend(from_validation(failure, lambda path: f"{where} {place(path)}"))
            return None

    def _line(self, text: str, element: Element) -> str | None:
        text = _BREAKS.sub(" ", self._clean(text, element)).strip()
        if len(text) > 200:
            self.warning("too-long", element, f"has {len(text)} characters; only 200 are kept")
            text = text[:200].strip()
        return text or None

    def _clean(self, text: str, element: Element) -> str:
        if _CONTROL.search(text):
            self.warning("control-character", element, "has control characters; they are left out")
            text = _CONTROL.sub("", text)
        return text.strip()


def extrinsics(element: Element) -> dict[str, Element]:
    """Extrinsics by lower-case name; the first of a name counts."""
    found: dict[str, Element] = {}
    for child in element.iterchildren("Extrinsic"):
        found.setdefault((child.get("name") or "").strip().lower(), child)
    return found
