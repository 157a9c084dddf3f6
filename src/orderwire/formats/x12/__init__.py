"""X12: orders, their changes and answers, and what goes around them, read with patience and written with none.

What a reader forgives is a warning with its place; only the broken transaction set is refused, its neighbors go on.
A set with an error is answered by AK5 R: content that we do not act on must not look accepted. CTT that does not fit
the lines is an error (content may be missing), AMT*TT that does not is a warning (we never trust totals).
"""

import re
from collections.abc import Mapping
from itertools import islice

from orderwire.document.finding import Finding, error, has_errors
from orderwire.document.functional import FunctionalAck
from orderwire.formats import (
    TYPES,
    CannotCarry,
    Content,
    Context,
    Explained,
    Profile,
    ReadDocument,
    ReadResult,
    Written,
)
from orderwire.formats.collector import resting
from orderwire.formats.x12 import explain
from orderwire.formats.x12.envelope import LIMIT, interchanges
from orderwire.formats.x12.profile import X12Profile, parse
from orderwire.formats.x12.raw import EBCDIC_BLANKS, EBCDIC_ISA, decode
from orderwire.formats.x12.read import read_interchange
from orderwire.formats.x12.sets import FORMS, WRITERS
from orderwire.formats.x12.tables import GROUPS
from orderwire.formats.x12.writer import capitals, unmapped, written

_HEAD = re.compile(r"\s*ISA([^A-Za-z0-9 \t\r\n]).?.?\1")


class X12:
    """The format `x12`; keys of its profile are those of `X12Profile`."""

    kind = "x12"
    label = "ANSI X12"
    version = "1"
    media_type = "application/edi-x12"
    extension = ".x12"
    documents = FORMS
    reads = frozenset(form.type for form in FORMS if form.read)
    writes = frozenset(form.type for form in FORMS if form.written)
    profile_model = X12Profile

    def sniff(self, content: bytes) -> int:
        """95 for an ISA with GS behind it, 70 for an ISA alone or in EBCDIC, 0 otherwise."""
        head = bytes(content[:4096])
        if head.lstrip(EBCDIC_BLANKS).startswith(EBCDIC_ISA):
            return 70
        text = head.decode("utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "iso-8859-1", "replace")
        text = text.removeprefix("\u00ef\u00bb\u00bf")
        match = _HEAD.search(text)
        if match is None or (text[: match.start()].strip() and not text[: match.start()].lstrip().startswith("//")):
            return 0
        return 95 if f"GS{match[1]}" in text else 70

    def read(self, content: bytes, profile: Profile) -> ReadResult:
        """Every interchange, group and set of a file of at most 32 MiB."""
        settings = parse(profile)
        if len(content) > LIMIT:
            text = f"the file has {len(content)} bytes, more than the {LIMIT} that are read at once; split it"
            return ReadResult(self.kind, findings=(error("too-large", "file", text),))
        text, findings = decode(content, settings.charset)
        documents: list[ReadDocument] = []
        acks: list[tuple[FunctionalAck, Mapping[str, str]]] = []
        with resting():
            for interchange in interchanges(text, findings):
                read_interchange(interchange, settings, documents, findings, acks)
        return ReadResult(self.kind, tuple(documents), tuple(findings), tuple(acks))

    def explain(self, content: bytes, limit: int) -> tuple[Explained, ...]:
        """The first `limit` segments of a file of at most 32 MiB, each in words."""
        return tuple(islice(explain.pieces(content[:LIMIT], X12Profile().charset), limit))

    def project(self, document: Content, profile: Profile) -> tuple[Content, tuple[Finding, ...]]:
        """The document as its transaction set carries it; an error among the findings means that `write` refuses."""
        settings = parse(profile)
        fitted, findings = _project(document, settings)
        return fitted, (*findings, *unmapped(fitted, settings))

    def write(self, document: Content, profile: Profile, context: Context) -> Written:
        """One interchange with one set. `context.links["duplicate"]` marks an 850 as duplicate (BEG01 07)."""
        settings = parse(profile)
        fitted, findings = _project(document, settings)
        if has_errors(findings):
            raise CannotCarry(tuple(findings))
        writer = WRITERS[type(fitted)]
        kind, (body, count) = writer.kind(fitted, settings), writer.body(fitted, settings, context)
        if settings.charset == "basic" and (bad := tuple(unmapped(fitted, settings))):
            raise CannotCarry(bad)
        result = written(
            fitted, body, count, kind=kind, group=GROUPS.get(kind), test=fitted.test, profile=settings, context=context
        )
        return Written(result.content, self.media_type, result.filename, tuple(findings), result.controls)


def _project(document: Content, profile: X12Profile) -> tuple[Content, list[Finding]]:
    writer = WRITERS.get(type(document))
    if writer is None:
        text = f"X12 is written here for orders and their answers, not for a {TYPES[type(document)].value}"
        raise CannotCarry((error("not-written", "document", text),))
    if profile.charset == "basic":
        document = type(document).model_validate(capitals(document.model_dump(mode="json")))
    fitted, fit = writer.project(document, profile)
    return fitted, fit.findings
