"""UBL 2.1 and Peppol BIS 3: orders, changes, cancellations, answers and advice in both directions; despatch and
receipt advice are read.

Find a document in the file of its name: order.py, order_change.py, cancellation.py, response.py (answers.py for its
lines), advice.py, fulfillment.py. make.py says how a document is written and proven to come back.
"""

import datetime
import re

from lxml import etree
from pydantic import ValidationError

from orderwire.document.finding import Finding, Severity, error, from_validation, has_errors
from orderwire.document.order import Order
from orderwire.document.states import DocumentType
from orderwire.formats import (
    CannotCarry,
    Content,
    Context,
    Explained,
    Identity,
    Profile,
    ReadDocument,
    ReadResult,
    Written,
)
from orderwire.formats.ubl import checks, explain, frame, mapping, order, readers, sbdh, schemas
from orderwire.formats.ubl.make import make
from orderwire.formats.ubl.profile import UblProfile, parse
from orderwire.formats.ubl.tree import Element, label
from orderwire.formats.xml import Faults, local, to_bytes
from orderwire.formats.xml import parse as parse_xml

_DOCUMENT = re.compile(r"urn:oasis:names:specification:ubl:schema:xsd:(\w+)-2[\"']")
_COMMON = frozenset({"CommonAggregateComponents", "CommonBasicComponents", "CommonExtensionComponents"})


class Ubl:
    """The format `ubl`; keys of its profile are those of `UblProfile`."""

    kind = "ubl"
    label = "UBL and Peppol"
    version = "1"
    media_type = "application/xml"
    extension = ".xml"
    reads = frozenset(form.type for form in mapping.DOCUMENTS if form.read)
    writes = frozenset(form.type for form in mapping.DOCUMENTS if form.written)
    profile_model = UblProfile
    documents = mapping.DOCUMENTS

    def sniff(self, content: bytes) -> int:
        """95 for a UBL document that we know, 60 for another or a StandardBusinessDocument, 0 otherwise."""
        head = bytes(content[:4096])
        text = head.decode("utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "replace")
        found = set(_DOCUMENT.findall(text)) - _COMMON
        if found & readers.READERS.keys():
            return 95
        return 60 if found or sbdh.SPACE in text else 0

    def read(self, content: bytes, profile: Profile) -> ReadResult:
        """The document of a file, or those in its StandardBusinessDocument; at most 32 MiB."""
        settings = parse(profile)
        root, findings = parse_xml(content)
        if root is None:
            return ReadResult(self.kind, findings=findings)
        found, envelope, identity = sbdh.unwrap(root)
        if not found:
            empty = error("empty", "file", "the StandardBusinessDocument holds no document; ask the sender for it")
            return ReadResult(self.kind, findings=(*findings, empty))
        documents = tuple(_read(element, envelope, identity, settings) for element in found)
        return ReadResult(self.kind, documents, findings)

    def explain(self, content: bytes, limit: int) -> tuple[Explained, ...]:
        """Each element with a value in words, `place` its line."""
        return explain.explain(content, limit)

    def project(self, document: Content, profile: Profile) -> tuple[Content, tuple[Finding, ...]]:
        """The document as it comes back. Raises CannotCarry where no profile key could make it one of UBL's."""
        made = make(document, parse(profile), datetime.date.min)
        return made.document, tuple(made.fit.findings)

    def write(self, document: Content, profile: Profile, context: Context) -> Written:
        """One document, within a StandardBusinessDocument where the profile asks for it.

        `context.links["duplicate"]` marks an order as one that he has (CopyIndicator; Peppol tells it by the ID alone).
        """
        settings = parse(profile)
        made = make(document, settings, context.now.date())
        root, fit, controls = made.root, made.fit, dict[str, str]()
        if isinstance(document, Order) and "duplicate" in context.links and not settings.peppol:
            order.mark_copy(root)
        name = f"{local(root)}-{label(root, 'cbc:ID') or label(root, 'cac:OrderReference/cbc:ID')}"
        for finding in schemas.judged(root, settings):
            fit.findings.append(finding)
        if settings.sbdh:
            sender, receiver = sbdh.participants(root, fit)
        if has_errors(fit.findings):
            raise CannotCarry(tuple(fit.findings))
        if settings.sbdh:
            number = context.control_number("sbdh")
            root = sbdh.wrap(root, sender, receiver, control=number, now=context.now, country=settings.country)
            controls["sbdh"] = sbdh.instance_of(root)
        filename = re.sub(r"[^\w.-]+", "_", name)[:120] + self.extension
        return Written(to_bytes(root), self.media_type, filename, tuple(fit.findings), controls)


def _read(element: Element, envelope: dict[str, str], identity: Identity | None, profile: UblProfile) -> ReadDocument:
    space, name = etree.QName(element).namespace or "", local(element)
    kind, reader = readers.READERS.get(name, (DocumentType.UNKNOWN, None))
    faults = Faults()
    if reader is None or not space.startswith("urn:oasis:names:specification:ubl:"):
        known = ", ".join(readers.READERS)
        faults.error(
            "not-supported", element, f"is {name[:60]} of {space[:100] or 'no namespace'}; we read {known} of UBL 2"
        )
        return ReadDocument(DocumentType.UNKNOWN, None, None, faults.findings, envelope=envelope, identity=identity)
    checks.lenient(element, faults)
    document = None
    try:
        document = reader(element, profile, faults)
    except ValidationError as failure:  # of a part that no reader has looked at more closely
        frame.report([(p.code, p.where, p.text) for p in from_validation(failure)], element, faults)
    for found in schemas.judged(element, profile):
        severity = Severity.WARNING if found.severity is Severity.ERROR else found.severity
        faults.extend([Finding(severity, found.code, found.where, found.text)])
    about = {"customization": label(element, "cbc:CustomizationID"), "profile": label(element, "cbc:ProfileID")}
    number = label(element, "cac:OrderReference/cbc:ID") or label(element, "cbc:ID")
    test = document.test if document is not None else profile.test
    return ReadDocument(
        kind, document, number, faults.findings, test, {**envelope, **{k: v for k, v in about.items() if v}},
        identity=identity,
    )  # fmt: skip
