"""What the XML formats share: parsing a stranger's XML without network, entities or endless depth, and its faults."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from lxml import etree

from orderwire.document.finding import Finding, Severity, error, warning

LIMIT = 32 * 1024 * 1024
MAX_FINDINGS = 100
MAX_NODES = 1_000_000
"""Tags and attributes; each takes up to 240 bytes of memory, however short it is written."""
_ENTITIES = re.compile(rb"<!(?:ENTITY|NOTATION)\b")
_HEAD = 64 * 1024


class Faults:
    """What a reader has to say about one document, bounded for each severity, so that remarks never crowd out what is
    wrong; `where` of a finding is the line and the path."""

    def __init__(self) -> None:
        self.found: list[Finding] = []
        self._kept: Counter[Severity] = Counter()
        self._dropped = 0

    def error(self, code: str, place: "etree._Element | str", text: str) -> None:
        """The document cannot be used."""
        self._add(Severity.ERROR, code, place, text)

    def warning(self, code: str, place: "etree._Element | str", text: str) -> None:
        """The document is used; look at this."""
        self._add(Severity.WARNING, code, place, text)

    def info(self, code: str, place: "etree._Element | str", text: str) -> None:
        """Worth knowing."""
        self._add(Severity.INFO, code, place, text)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Findings that were made elsewhere."""
        for finding in findings:
            self._add(finding.severity, finding.code, finding.where, finding.text)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings; the last counts those beyond the bound."""
        if not self._dropped:
            return tuple(self.found)
        return (*self.found, warning("more", "document", f"and {self._dropped} more findings like these"))

    @property
    def full(self) -> bool:
        """True once further errors are only counted: a reader stops looking at what is broken anyway."""
        return self._kept[Severity.ERROR] >= MAX_FINDINGS

    def _add(self, severity: Severity, code: str, place: "etree._Element | str", text: str) -> None:
        if self._kept[severity] >= MAX_FINDINGS:
            self._dropped += 1
            return
        self._kept[severity] += 1
        where = place if isinstance(place, str) else where_is(place)
        self.found.append(Finding(severity, code, where, text[:500]))


def parse(content: bytes) -> tuple["etree._Element | None", tuple[Finding, ...]]:
    """The root element, None with an error where there is none.

    Nothing is fetched and no entity is expanded: a document type is allowed (cXML has one), a declared entity is not.
    Depth is bounded to 256 by libxml2, size by LIMIT, memory by MAX_NODES.
    """
    if len(content) > LIMIT:
        text = f"the file has {len(content)} bytes, more than the {LIMIT} that are read at once; split it"
        return None, (error("too-large", "file", text),)
    if len(content) > MAX_NODES and content.count(b"<") + content.count(b"=") > MAX_NODES:
        text = f"the file has more than {MAX_NODES:,} tags and attributes; split it"
        return None, (error("too-large", "file", text),)
    findings: list[Finding] = []
    body = content.removeprefix(b"\xef\xbb\xbf").lstrip() if content[:1] != b"<" else content
    if len(body) < len(content.removeprefix(b"\xef\xbb\xbf")):
        findings.append(warning("leading-blanks", "line 1", "there are blanks before the XML; they are skipped"))
    plain = body[:_HEAD].replace(b"\0", b"")  # of UTF-16 as well
    if _ENTITIES.search(plain):
        text = "declares entities of its own, which are not read; write the text in their place"
        return None, (*findings, error("entities", "document type", text))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as failure:
        line, column = failure.position if failure.position else (0, 0)
        text = f"is not well-formed XML ({str(failure.msg).split(', line')[0]}); correct it at this place"
        return None, (*findings, error("not-well-formed", f"line {line}, column {column}", text))
    except (ValueError, LookupError) as failure:
        return None, (*findings, error("not-xml", "file", f"cannot be read as XML: {failure}"))
    doctype: Any = root.getroottree().docinfo.internalDTD
    if doctype is not None and next(iter(doctype.iterentities()), None) is not None:
        text = "declares entities of its own, which are not read; write the text in their place"
        return None, (*findings, error("entities", "document type", text))
    return root, tuple(findings)


def where_is(element: "etree._Element") -> str:
    """line 12 Order/OrderLine[2]/LineItem: a place that a person finds in the file."""
    steps: list[str] = []
    at: etree._Element | None = element
    while at is not None:
        name = local(at)
        parent = at.getparent()
        if parent is not None:
            same = [child for child in parent if child.tag == at.tag][:1000] if len(parent) < 1000 else []
            if len(same) > 1:
                name += f"[{same.index(at) + 1}]"
        steps.append(name)
        at = parent
    return f"line {element.sourceline or '?'} {'/'.join(reversed(steps))}"


def local(element: "etree._Element") -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: "etree._Element | None") -> str | None:
    """The element's text without blanks around it, None where it is absent or empty."""
    if element is None:
        return None
    if not len(element):  # most elements: their text alone
        return (element.text or "").strip() or None
    return "".join(str(part) for part in element.itertext()).strip() or None


def to_bytes(root: "etree._Element", *, doctype: str | None = None) -> bytes:
    """Indented UTF-8 with an XML declaration."""
    etree.indent(root)
    head = b'<?xml version="1.0" encoding="UTF-8"?>\n' + (f"{doctype}\n".encode() if doctype else b"")
    return head + bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=False)) + b"\n"
