"""Our own JSON: one envelope an order or answer, a list of them, or one a line. Lossless, so it is what the API,
the import and the archive speak."""

import re

from pydantic import BaseModel, ConfigDict

from orderwire.document.finding import Finding, error
from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.document.response import Response
from orderwire.document.states import DocumentType
from orderwire.formats import CannotCarry, Content, Context, Profile, ReadResult, Written
from orderwire.formats.order_json.documents import understood
from orderwire.formats.order_json.envelope import OrderEnvelope, ResponseEnvelope, StatedTotals
from orderwire.formats.order_json.values import decoded, values

MAX_BYTES = 64 * 1024 * 1024


class OrderJsonProfile(BaseModel):
    """No variants: our JSON is the same for every partner."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OrderJson:
    """The format `order_json`."""

    kind = "order_json"
    label = "Orderwire JSON"
    version = "1"
    media_type = "application/json"
    extension = ".json"
    reads = frozenset({DocumentType.ORDER, DocumentType.RESPONSE})
    writes = frozenset({DocumentType.ORDER, DocumentType.RESPONSE})
    profile_model = OrderJsonProfile

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

    def project(self, document: Content, profile: Profile) -> tuple[Content, tuple[Finding, ...]]:
        """Everything is carried."""
        if not isinstance(document, Order | Response):
            text = "has no place in Orderwire JSON, which carries orders and answers"
            raise CannotCarry((error("cannot-carry", type(document).__name__, text),))
        return document, ()

    def write(self, document: Content, profile: Profile, context: Context) -> Written:
        """One envelope, indented so that a person can read it."""
        carried, _ = self.project(document, profile)
        envelope: OrderEnvelope | ResponseEnvelope
        if isinstance(carried, Order):
            name = carried.number
            sums = totals(carried)
            stated = StatedTotals(lines=sums.lines, adjustments=sums.adjustments, tax=sums.tax, total=sums.total)
            envelope = OrderEnvelope(schema="orderwire/order/1", type="order", order=carried, totals=stated)
        else:
            assert isinstance(carried, Response)
            name = f"{carried.order_number}-response"
            envelope = ResponseEnvelope(schema="orderwire/response/1", type="response", response=carried)
        content = envelope.model_dump_json(indent=2, exclude_defaults=True).encode() + b"\n"
        return Written(content, self.media_type, re.sub(r"[^\w.-]+", "_", name) + self.extension)
