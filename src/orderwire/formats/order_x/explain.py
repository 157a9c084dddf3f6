"""The XML element by element, in words: for the viewer, from the same tables as reader and writer."""

import re
from collections.abc import Mapping

from lxml import etree

from orderwire.document.codes import unit_word
from orderwire.formats import Explained
from orderwire.formats.order_x import container, tables
from orderwire.formats.order_x.tree import Element
from orderwire.formats.xml import local, parse

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ROOTS = ("SCRDMCCBDACIOMessageStructure", "CrossIndustryInvoice", "CrossIndustryDocument")
_CODES: Mapping[str, Mapping[str, str]] = {
    "PurposeCode": tables.PURPOSE_WORDS, "LineStatusCode": tables.LINE_WORDS, "StatusCode": tables.STATUS_WORDS,
    "SubjectCode": tables.SUBJECT_WORDS, "ReferenceTypeCode": tables.REFERENCE_WORDS,
    "RequestedResponseTypeCode": {"AC": "an answer with the lines is asked for"},
    "CategoryCode": {"S": "standard rate", "Z": "zero rate", "E": "exempt", "AE": "reverse charge", "O": "no tax"},
}  # fmt: skip
_FORMATS = {"102": "day", "203": "day and minute"}
_TYPE_PLACES = ("ExchangedDocument", "HeaderExchangedDocument", "AdditionalReferencedDocument")


def explained(content: bytes, limit: int) -> tuple[Explained, ...]:
    """The first `limit` elements that say something; of a PDF, those of the XML inside."""
    if content[:1024].find(b"%PDF-") >= 0:
        found, findings = container.extract(content)
        if found is None:
            return tuple(Explained(None, f.where, f.code, f.text) for f in findings)[:limit]
        head = Explained(None, f"file {found.name}", found.name, "the data inside the printed page")
        return (head, *_elements(found.content, limit))[:limit]
    return _elements(content, limit)


def _elements(content: bytes, limit: int) -> tuple[Explained, ...]:
    root, findings = parse(content)
    if root is None:
        return tuple(Explained(None, f.where, f.code, f.text) for f in findings)[:limit]
    document = 0 if local(root) in _ROOTS else None
    pieces: list[Explained] = []
    for element in root.iter(etree.Element):
        text = str(element.text or "").strip()
        if len(pieces) >= limit:
            break
        if len(element) == 0 and text:
            name = local(element)
            attributes = "".join(f' {key!s}="{value!s}"' for key, value in element.attrib.items())
            shown = f"<{name}{attributes}>{text}"[:500]
            place = f"line {element.sourceline or '?'}"
            pieces.append(Explained(document, place, shown, f"{_place(element)}: {text}"[:500], _codes(element, text)))
    return tuple(pieces)


def _place(element: Element) -> str:
    """Order of the elements' names in plain words: seller trade party, postal trade address, city name."""
    names = [local(element)]
    at = element.getparent()
    while at is not None and at.getparent() is not None and len(names) < 3:
        names.append(local(at))
        at = at.getparent()
    return ", ".join(_WORDS.sub(" ", name).lower() for name in reversed(names) if name not in ("Indicator",))


def _codes(element: Element, text: str) -> tuple[tuple[str, str, str], ...]:
    name = local(element)
    parent = element.getparent()
    within = local(parent) if parent is not None else ""
    found = []
    if name in _CODES and text in _CODES[name]:
        found.append((name, text, _CODES[name][text]))
    elif name == "TypeCode" and within in _TYPE_PLACES and text in tables.TYPE_WORDS:
        found.append((name, text, tables.TYPE_WORDS[text]))
    if unit := element.get("unitCode"):
        found.append(("unitCode", str(unit), unit_word(str(unit))))
    if (form := element.get("format")) in _FORMATS:
        found.append(("format", str(form), _FORMATS[str(form)]))
    scheme = element.get("schemeID")
    words = {"0088": "GLN", "0060": "D-U-N-S", "0160": "GTIN", "VA": "VAT number", "FC": "tax number", "EM": "mail"}
    if scheme in words:
        found.append(("schemeID", str(scheme), words[str(scheme)]))
    return tuple(found)
