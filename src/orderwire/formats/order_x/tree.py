"""Building and reading the elements of a cross industry document, by their names without namespace when reading:
Order-X, Factur-X and both ZUGFeRD generations name the same things alike in different namespaces."""

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from orderwire.document.base import no_control
from orderwire.formats.xml import Faults, text_of

RSM = "{urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100}"
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128}"
UDT = "{urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128}"
QDT = "{urn:un:unece:uncefact:data:standard:QualifiedDataType:128}"
ROOT = "SCRDMCCBDACIOMessageStructure"
_NAMES = {"rsm": RSM[1:-1], "ram": RAM[1:-1], "udt": UDT[1:-1], "qdt": QDT[1:-1]}
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_COMMA = re.compile(r"[+-]?\d{1,15},\d{1,9}", re.ASCII)

Element = etree._Element


def root() -> Element:
    """The empty document."""
    return etree.Element(RSM + ROOT, nsmap=_NAMES)


def node(parent: Element, name: str) -> Element:
    """A child that has children of its own."""
    return etree.SubElement(parent, RAM + name)


def leaf(parent: Element, name: str, text: str | None, **attributes: str | None) -> None:
    """A child with text; nothing where there is none."""
    if text is not None:
        child = etree.SubElement(parent, RAM + name)
        child.text = text
        for key, value in attributes.items():
            if value is not None:
                child.set(key, value)


def flag(parent: Element, name: str, value: bool) -> None:
    """An indicator."""
    etree.SubElement(node(parent, name), UDT + "Indicator").text = "true" if value else "false"


def day(parent: Element, name: str, value: datetime.date | None, space: str = UDT) -> None:
    """A day (format 102); nothing where there is none."""
    if value is not None:
        text = etree.SubElement(node(parent, name), space + "DateTimeString", format="102")
        text.text = f"{value:%Y%m%d}"


class Reading:
    """Looks up elements and remembers which were understood, so that what is left can be told."""

    def __init__(self, faults: Faults):
        self.faults = faults
        self._seen: set[Element] = set()

    def all(self, at: Element | None, name: str) -> list[Element]:
        """The children of this name."""
        return [] if at is None else [child for child in at if str(child.tag).rpartition("}")[2] == name]

    def one(self, at: Element | None, path: str) -> Element | None:
        """The first descendant along the path."""
        for name in path.split("/"):
            found = self.all(at, name)
            if not found:
                return None
            at = found[0]
        return at

    def text(self, at: Element | None, path: str = "", limit: int = 4000) -> str | None:
        """The text at the path without blanks around it, None where there is none."""
        element = self.one(at, path) if path else at
        if element is None:
            return None
        self._seen.add(element)
        text = text_of(element)
        if text is None:
            return None
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        try:
            no_control(text)
        except ValueError as failure:
            self.faults.warning("control-character", element, f"{failure}; it was left out here")
            text = "".join(char for char in text if char.isprintable() or char in "\n\t").strip()
        if len(text) > limit:
            told = f"has {len(text)} characters, more than the {limit} that are kept; it was cut"
            self.faults.warning("too-long", element, told)
        return text[:limit].strip() or None

    def label(self, at: Element | None, path: str = "", limit: int = 200) -> str | None:
        """A text in one line."""
        text = self.text(at, path)
        if text is None:
            return None
        if "\n" in text or "\t" in text:
            text = " ".join(text.split())
        if len(text) > limit and (element := self.one(at, path) if path else at) is not None:
            told = f"has {len(text)} characters, more than the {limit} that are kept; it was cut"
            self.faults.warning("too-long", element, told)
        return text[:limit].strip()

    def day(self, at: Element | None, path: str) -> datetime.date | None:
        """A day in format 102, or the day of any longer format; None, with a warning, where it is no day."""
        element = self.one(at, path)
        if element is None:
            return None
        inner = next(iter(element), element)
        text = self.text(inner)
        if text is None:
            return None
        match = _DAY.match(text)
        try:
            if match:
                return datetime.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            pass
        self.faults.warning("bad-date", inner, f"{text[:30]!r} is not a date like 20260131; it is taken as absent")
        return None

    def number(self, at: Element | None, path: str) -> Decimal | None:
        """A decimal number; None, with an error, where it is none."""
        element = self.one(at, path)
        text = self.text(element)
        if element is None or text is None:
            return None
        if _THOUSANDS.fullmatch(text):
            told = f"{text} may mean thousands or a fraction; write it like 1234.50"
            self.faults.error("bad-number", element, told)
            return None
        if _COMMA.fullmatch(text):
            told = f"{text} has a comma for the decimal point; it was read as {text.replace(',', '.')}"
            self.faults.warning("decimal-comma", element, told)
            text = text.replace(",", ".")
        if not _NUMBER.fullmatch(text):
            self.faults.error("bad-number", element, f"{text[:30]!r} is not a number like 12.50; correct it")
            return None
        return Decimal(text)

    def yes(self, at: Element | None, path: str) -> bool:
        """An indicator; false where there is none."""
        element = self.one(at, path)
        return element is not None and self.text(next(iter(element), element)) in ("true", "1")

    def skip(self, at: Element | None, *paths: str) -> None:
        """What is known to say nothing that the document does not say elsewhere (derived totals)."""
        for path in paths:
            for element in () if (found := self.one(at, path)) is None else found.iter():
                self._seen.add(element)

    def left(self, at: Element) -> Iterator[Element]:
        """Every element with a text that nobody looked at."""
        for element in at.iter(etree.Element):
            if len(element) == 0 and element not in self._seen and (element.text or "").strip():
                yield element
