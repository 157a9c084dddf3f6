"""Building and reading UBL's elements: prefixed names in, lxml elements out; nothing here knows a document."""

import datetime
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from lxml import etree

from orderwire.document.base import plain
from orderwire.formats.ubl.tables import PEPPOL
from orderwire.formats.xml import Faults, text_of

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
DOCUMENT = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"
NS = {"cac": CAC, "cbc": CBC}
Element = etree._Element


@lru_cache(maxsize=512)
def tag(name: str) -> str:
    """cbc:ID as {namespace}ID."""
    prefix, _, local = name.partition(":")
    return f"{{{NS[prefix]}}}{local}"


def document(name: str) -> Element:
    """The root of a document: Order, OrderChange …"""
    return etree.fromstring(f'<{name} xmlns="{DOCUMENT.format(name)}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}"/>')


def put(parent: Element, name: str, text: str | None, **attributes: str | None) -> Element | None:
    """Append a leaf; nothing where there is no text. Elements come in the order in which they are put."""
    if text is None:
        return None
    found = etree.SubElement(parent, tag(name), {k: v for k, v in attributes.items() if v is not None})
    found.text = text
    return found


def amount(parent: Element, name: str, value: Decimal, currency: str) -> None:
    """Append an amount with its currency."""
    put(parent, name, plain(value), currencyID=currency)


def day(parent: Element, name: str, value: datetime.date | None) -> None:
    """Append a date, where there is one."""
    put(parent, name, value.isoformat() if value else None)


def group(parent: Element, name: str) -> Element:
    """Append an element that will have children."""
    return etree.SubElement(parent, tag(name))


def without_empty(element: Element) -> Element | None:
    """Remove an element that got neither children nor text from its parent; None where it went."""
    parent = element.getparent()
    if len(element) or element.text or parent is None:
        return element
    parent.remove(element)
    return None


@lru_cache(maxsize=1024)
def _clark(path: str) -> str:
    """A path of prefixed names with their namespaces: lxml finds it faster so."""
    return "/".join(tag(step) if ":" in step else step for step in path.split("/"))


def first(element: Element | None, path: str) -> Element | None:
    """The first element on a path like cac:Party/cbc:EndpointID."""
    return None if element is None else element.find(_clark(path))


def every(element: Element | None, path: str) -> list[Element]:
    """All elements on a path."""
    return [] if element is None else element.findall(_clark(path))


def clean(text: str) -> str:
    """Text as documents hold it: line feeds, no control characters, no blanks around it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    return text.strip()


def text(element: Element | None, path: str | None = None) -> str | None:
    """The text of the element, or of the first on the path; None where there is none."""
    found = text_of(first(element, path) if path else element)
    return (clean(found) or None) if found else None


def label(element: Element | None, path: str | None = None, limit: int = 200) -> str | None:
    """Text in one line of at most `limit` characters."""
    found = text(element, path)
    return " ".join(found.split("\n")).replace("\t", " ")[:limit].strip() or None if found else None


def date(element: Element | None, path: str, faults: Faults) -> datetime.date | None:
    """A date; its zone is dropped, and what is no date is a warning."""
    place = first(element, path)
    found = text(place)
    if place is None or found is None:
        return None
    try:
        return datetime.date.fromisoformat(found[:10])
    except ValueError:
        faults.warning("bad-date", place, f"{found[:40]!r} is not a date; write it as year-month-day")
        return None


def number(element: Element | None, path: str | None, faults: Faults) -> Decimal | None:
    """A decimal within the bounds of our documents; what is none is a warning."""
    place = first(element, path) if path else element
    found = text(place)
    if place is None or found is None:
        return None
    try:
        value = Decimal(found) if len(found) <= 60 and "_" not in found else Decimal("NaN")
    except InvalidOperation:
        value = Decimal("NaN")
    if value.is_finite() and value.adjusted() < 15:
        exact = Decimal(plain(value))
        if int(exact.as_tuple().exponent) >= -9:
            return exact
        faults.warning("rounded", place, f"{found[:40]} has more than 9 decimals; it is rounded")
        return Decimal(plain(round(value, 9)))
    faults.warning("bad-number", place, f"{found[:40]!r} is not a number that can be used; correct it")
    return None


def is_peppol(root: Element) -> bool:
    """True for a document that says it keeps Peppol's rules."""
    return (label(root, "cbc:CustomizationID") or "").startswith(PEPPOL)
