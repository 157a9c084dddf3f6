"""What the XML formats share: parsing a stranger's XML without network, entities or endless depth, and its faults."""

from collections import Counter
from collections.abc import Iterable

from lxml import etree

from orderwire import strict_xml
from orderwire.document.finding import Finding, Severity, error, warning

MAX_FINDINGS = 100


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
    """The root element, None with an error where there is none; bounds and entities as in `strict_xml`."""
    findings: list[Finding] = []
    unmarked = content.removeprefix(b"\xef\xbb\xbf")
    body = unmarked.lstrip() if content[:1] != b"<" else content
    if len(body) < len(unmarked):
        findings.append(warning("leading-blanks", "line 1", "there are blanks before the XML; they are skipped"))
    try:
        return strict_xml.parse(body), tuple(findings)
    except strict_xml.NotReadable as failure:
        return None, (*findings, error(failure.code, failure.where, failure.text))


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
