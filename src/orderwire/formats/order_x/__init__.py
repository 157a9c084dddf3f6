"""Order-X 1.0: the order as cross industry XML inside its printed page, so that the mailed PDF is the machine order.

The page is that of the format `pdf`, whose public `Pdf.write` is the one thing taken from another format: two layouts
of one order would soon differ, and the standard wants page and data to say the same.
"""

import re
from typing import Any

from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import Finding, Severity, error, has_errors
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import Response
from orderwire.document.states import DocumentType
from orderwire.formats import CannotCarry, Content, Context, Explained, Profile, ReadDocument, ReadResult, Written
from orderwire.formats.fit import Fit
from orderwire.formats.order_x import answers, changes, container, explain, mapping, orders
from orderwire.formats.order_x.profile import OrderXProfile, parse
from orderwire.formats.order_x.read import read_xml
from orderwire.formats.order_x.tree import ROOT, Element
from orderwire.formats.pdf import Pdf
from orderwire.formats.xml import to_bytes

_PAGE = Pdf()
_XML = (ROOT.encode(), b"CrossIndustryInvoice", b"CrossIndustryDocument")


class OrderX:
    """The format `order_x`; keys of its profile are those of `OrderXProfile`."""

    kind = "order_x"
    label = "Order-X"
    version = "1.0"
    media_type = "application/pdf"
    extension = ".pdf"
    reads = frozenset({
        DocumentType.ORDER, DocumentType.CHANGE, DocumentType.CANCELLATION, DocumentType.RESPONSE, DocumentType.INVOICE
    })  # fmt: skip
    writes = reads - {DocumentType.INVOICE}
    profile_model = OrderXProfile
    documents = mapping.DOCUMENTS

    def sniff(self, content: bytes) -> int:
        """95 for XML of the family, 60 for any PDF: whether data is inside is seen only when it is opened."""
        head = bytes(content[:4096])
        if b"%PDF-" in head[:1024]:
            return 60
        plain = head.replace(b"\0", b"")
        return 95 if plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] == b"<" and any(x in plain for x in _XML) else 0

    def read(self, content: bytes, profile: Profile) -> ReadResult:
        """The document inside a PDF, or of XML alone; of at most 32 MiB, and 128 MiB when unpacked."""
        parse(profile)
        findings: tuple[Finding, ...] = ()
        if b"%PDF-" in content[:1024]:
            embedded, findings = container.extract(content)
            if embedded is None:
                return ReadResult(self.kind, findings=findings)
            content = embedded.content
        document, told = read_xml(content)
        documents: tuple[ReadDocument, ...] = (document,) if document else ()
        return ReadResult(self.kind, documents, (*findings, *told))

    def explain(self, content: bytes, limit: int) -> tuple[Explained, ...]:
        """Every element of the XML that says something."""
        return explain.explained(content, limit)

    def project(self, document: Content, profile: Profile) -> tuple[Content, tuple[Finding, ...]]:
        """The document as the level carries it; an error among the findings means that `write` refuses."""
        settings = parse(profile)
        fitted, findings = _project(document, settings)
        if settings.container == "pdf" and not has_errors(findings):
            findings += [found for found in _PAGE.project(document, {})[1] if found.severity is Severity.ERROR]
        return fitted, tuple(findings)

    def write(self, document: Content, profile: Profile, context: Context) -> Written:
        """The printed page with the XML inside, or the XML alone. `context.links["duplicate"]` marks an order as
        duplicate (PurposeCode 7); the others are those of the page."""
        settings = parse(profile)
        fitted, findings = _project(document, settings)
        if has_errors(findings):
            raise CannotCarry(tuple(findings))
        xml = to_bytes(_element(fitted, settings, duplicate="duplicate" in context.links))
        if settings.container == "xml":
            return Written(xml, "application/xml", f"{_name(fitted)}.xml", tuple(findings))
        page = _PAGE.write(document, {"language": settings.language}, context)
        pdf = container.embed(
            page.content,
            xml,
            level=settings.level,
            kind="ORDER" if isinstance(fitted, Order) else "ORDER_CHANGE",
            relationship=settings.relationship or ("Data" if settings.level == "basic" else "Alternative"),
            day=f"{_day(fitted):%Y%m%d}",
        )
        return Written(pdf, self.media_type, page.filename, tuple(findings))


def _project(document: Content, profile: OrderXProfile) -> tuple[Any, list[Finding]]:
    fitted: Content
    fit: Fit
    if isinstance(document, Order):
        fitted, fit = orders.project(document, profile)
    elif isinstance(document, OrderChange):
        fitted, fit = changes.project(document, profile)
    elif isinstance(document, Cancellation):
        fitted, fit = changes.project_cancellation(document, profile)
    elif isinstance(document, Response):
        fitted, fit = answers.project(document, profile)
        if profile.container == "pdf":
            text = "an answer has no printed page here; set container to xml in the profile"
            fit.stop("profile.container", "not-printable", text)
    else:
        text = "is written by the supplier and only read here; Order-X carries orders, changes and answers"
        return document, [error("cannot-carry", type(document).__name__, text)]
    return fitted, fit.findings


def _element(document: Content, profile: OrderXProfile, *, duplicate: bool) -> Element:
    if isinstance(document, Order):
        return orders.write(document, profile, duplicate=duplicate)
    if isinstance(document, OrderChange):
        return changes.write(document, profile)
    if isinstance(document, Cancellation):
        return changes.write_cancellation(document, profile)
    assert isinstance(document, Response)
    return answers.write(document, profile)


def _name(document: Any) -> str:
    number = document.number if isinstance(document, Order) else document.number or document.order_number
    return re.sub(r"[^A-Za-z0-9._-]+", "-", f"order-x-{number}").strip("-.")


def _day(document: Any) -> Any:
    return document.answered if isinstance(document, Response) else document.issued
