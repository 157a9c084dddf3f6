"""EDIFACT: orders, changes, answers and what follows them, read with patience and written with none (ISO 9735).

What a reader forgives is a warning with its place; only the broken message is refused, its neighbors go on.
Where to find what: `envelope.py` and `syntax.py` cut a file into messages and segments, `read.py` names the reader of
each message, WRITERS below the writer of each document, `tables.py` the codes, `explain.py` their words.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from orderwire.document.advice import ApplicationAdvice
from orderwire.document.base import Document
from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import Finding, error, has_errors
from orderwire.document.functional import FunctionalAck
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import Response
from orderwire.document.states import DocumentType
from orderwire.formats import (
    TYPES,
    CannotCarry,
    Content,
    Context,
    DocumentForm,
    Explained,
    Profile,
    ReadDocument,
    ReadResult,
    Written,
)
from orderwire.formats.collector import resting
from orderwire.formats.edifact import (
    explain,
    forms_around,
    forms_orders,
    project_ordchg,
    project_order,
    project_ordrsp,
    write_aperak,
    write_contrl,
    write_ordchg,
    write_orders,
    write_ordrsp,
)
from orderwire.formats.edifact.envelope import LIMIT, interchanges
from orderwire.formats.edifact.profile import EdifactProfile, parse
from orderwire.formats.edifact.read import READERS, read_interchange
from orderwire.formats.edifact.tables import MESSAGES
from orderwire.formats.edifact.writer import written
from orderwire.formats.fit import Fit

_UNB = re.compile(r"UNB([^A-Za-z0-9 \t\r\n])(?:[\r\n]*[A-Z]){4}[\r\n]*[^A-Za-z0-9 ][\r\n]*\d[\r\n]*\1")
_UNH = re.compile(r"\s*(?:UNA.{6}\s*)?UNH([^A-Za-z0-9 \t\r\n])[^\n]{1,14}\1[A-Z]{6}[^A-Za-z0-9]")


class Writer(NamedTuple):
    """How a document is written: `kind` of message, what it carries, and its segments between UNH and UNT."""

    kind: str
    project: Callable[[Any, EdifactProfile], tuple[Any, Fit]]
    body: Callable[[Any, EdifactProfile, Context], list[str]]


WRITERS: Final[Mapping[type[Document], Writer]] = {
    Order: Writer("ORDERS", project_order.project, write_orders.body),
    OrderChange: Writer("ORDCHG", project_ordchg.project_change, write_ordchg.change_body),
    Response: Writer("ORDRSP", project_ordrsp.project, write_ordrsp.body),
    Cancellation: Writer("ORDCHG", project_ordchg.project_cancellation, write_ordchg.cancellation_body),
    ApplicationAdvice: Writer("APERAK", write_aperak.project, write_aperak.body),
    FunctionalAck: Writer("CONTRL", write_contrl.project, write_contrl.body),
}


class Edifact:
    """The format `edifact`; keys of its profile are those of `EdifactProfile`."""

    kind = "edifact"
    label = "UN/EDIFACT"
    version = "1"
    media_type = "application/edifact"
    extension = ".edi"
    reads = frozenset(MESSAGES[name] for name in READERS) | {DocumentType.CANCELLATION}
    writes = frozenset(TYPES[model] for model in WRITERS)
    profile_model = EdifactProfile
    documents: tuple[DocumentForm, ...] = (*forms_orders.FORMS, *forms_around.FORMS)

    def sniff(self, content: bytes) -> int:
        """95 for a UNB, 70 in EBCDIC or for messages without one, 0 otherwise."""
        head = bytes(content[:4096])
        if head.lstrip(b"\x40\x25\x15\x0d")[:3] in (b"\xe4\xd5\xc1", b"\xe4\xd5\xc2"):
            return 70
        text = head.decode("utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "iso-8859-1", "replace")
        return 95 if _UNB.search(text) else 70 if _UNH.match(text) else 0

    def read(self, content: bytes, profile: Profile) -> ReadResult:
        """Every interchange, group and message of a file of at most 32 MiB."""
        settings = parse(profile)
        if len(content) > LIMIT:
            text = f"the file has {len(content)} bytes, more than the {LIMIT} that are read at once; split it"
            return ReadResult(self.kind, findings=(error("too-large", "file", text),))
        findings: list[Finding] = []
        documents: list[ReadDocument] = []
        acks: list[tuple[FunctionalAck, Mapping[str, str]]] = []
        with resting():
            for interchange in interchanges(content, settings, findings):
                read_interchange(interchange, settings, documents, findings, acks)
        return ReadResult(self.kind, tuple(documents), tuple(findings), tuple(acks))

    def explain(self, content: bytes, limit: int) -> tuple[Explained, ...]:
        """The first segments, each with its meaning and its codes in words."""
        return explain.explain(content, limit)

    def project(self, document: Content, profile: Profile) -> tuple[Content, tuple[Finding, ...]]:
        """The document as its message carries it; an error among the findings means that `write` refuses."""
        fitted, fit = WRITERS[type(document)].project(document, parse(profile))
        return fitted, tuple(fit.findings)

    def write(self, document: Content, profile: Profile, context: Context) -> Written:
        """One interchange with one message. `context.links["duplicate"]` marks an ORDERS as duplicate (BGM 1225 7)."""
        settings, writer = parse(profile), WRITERS[type(document)]
        fitted, fit = writer.project(document, settings)
        if has_errors(fit.findings):
            raise CannotCarry(tuple(fit.findings))
        body = writer.body(fitted, settings, context)
        result = written(fitted, body, kind=writer.kind, test=fitted.test, profile=settings, context=context)
        return Written(result.content, self.media_type, result.filename, tuple(fit.findings), result.controls)
