"""Our own JSON: one envelope a document, a list of them, or one a line. Lossless, so it is what the API,
the import and the archive speak."""

import re
from typing import Any

from pydantic import Field

from orderwire.document.finding import Finding, error
from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.document.states import DocumentType
from orderwire.formats import TYPES, Content, Context, Explained, Profile, ReadResult, Written
from orderwire.formats.order_json.documents import number_of, understood
from orderwire.formats.order_json.envelope import ENVELOPES, StatedTotals, schema
from orderwire.formats.order_json.explain import described, explained
from orderwire.formats.order_json.values import decoded, values
from orderwire.formats.profile import PartnerProfile

MAX_BYTES = 64 * 1024 * 1024


class OrderJsonProfile(PartnerProfile):
    """Our JSON is the same for every partner, but for how a new version goes out, and for who is told how his orders
    stand."""

    status: bool = Field(False, description="Whether a system of ours is told how the orders stand that came from it")


class OrderJson:
    """The format `order_json`."""

    kind = "order_json"
    label = "Orderwire JSON"
    version = "1"
    media_type = "application/json"
    extension = ".json"
    reads = frozenset(ENVELOPES)
    writes = frozenset(ENVELOPES)
    profile_model = OrderJsonProfile
    documents = tuple(described(model, kind) for model, kind in TYPES.items())

    def sniff(self, content: bytes) -> int:
        """By the first character and our own words; JSON in a wrong encoding is ours too, to be refused precisely."""
        head = content[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        if head[:1] not in (b"{", b"["):
            return 0
        if b'"orderwire/' in head:
            return 100
        return 80 if b'"order_number"' in head or b'"number"' in head else 40

    def read(self, content: bytes, profile: Profile) -> ReadResult:
        """Every document of the file; a broken one does not stop the others."""
        if len(content) > MAX_BYTES:
            limit = f"holds {len(content):,} bytes, {MAX_BYTES:,} is the most; split it"
            return ReadResult(self.kind, findings=(error("too-large", "file", limit),))
        text, findings = decoded(content)
        if text is None:
            return ReadResult(self.kind, findings=findings)
        found = list(values(text))
        if not found:
            findings += (error("empty", "file", "holds no JSON document; write one order or a list of orders"),)
        several = len(found) > 1
        documents = tuple(
            understood(item, f"document {n} (line {item.line}): " if several else "") for n, item in enumerate(found, 1)
        )
        return ReadResult(self.kind, documents, findings)

    def explain(self, content: bytes, limit: int) -> tuple[Explained, ...]:
        """Each value by its path; a file that is no JSON line by line."""
        return explained(content, limit)

    def project(self, document: Content, profile: Profile) -> tuple[Content, tuple[Finding, ...]]:
        """Everything is carried."""
        return document, ()

    def write(self, document: Content, profile: Profile, context: Context) -> Written:
        """One envelope, indented so that a person can read it."""
        kind = TYPES[type(document)]
        body: dict[str, Any] = {"schema": schema(kind), "type": kind.value, kind.value: document}
        if isinstance(document, Order):
            sums = totals(document)
            body["totals"] = StatedTotals(
                lines=sums.lines, adjustments=sums.adjustments, tax=sums.tax, total=sums.total
            )
        envelope = ENVELOPES[kind].model_validate(body)
        content = envelope.model_dump_json(indent=2, exclude_defaults=True).encode() + b"\n"
        name = number_of(document) or kind.value
        if kind is not DocumentType.ORDER:
            name = f"{name}-{kind.value.replace('_', '-')}"
        return Written(content, self.media_type, re.sub(r"[^\w.-]+", "_", name) + self.extension)
