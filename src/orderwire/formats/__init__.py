"""What a document says: the protocol that every format keeps. One format is one file or folder here.

A format knows documents, never records, channels or other formats. It registers as an entry point of the group
`orderwire.formats`; the built-in ones use the same way as a stranger's. `orderwire.testing.FormatConformance`
gives a format its tests.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from orderwire.document.advice import ApplicationAdvice
from orderwire.document.base import Document
from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import Finding, has_errors
from orderwire.document.fulfillment import Invoice, Receipt, ShipNotice
from orderwire.document.functional import FunctionalAck
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import Response
from orderwire.document.states import DocumentType

Content = (
    Order | OrderChange | Cancellation | Response | FunctionalAck | ApplicationAdvice | ShipNotice | Receipt | Invoice
)
"""What a document can be once it is understood."""

TYPES: Mapping[type[Document], DocumentType] = {
    Order: DocumentType.ORDER,
    OrderChange: DocumentType.CHANGE,
    Cancellation: DocumentType.CANCELLATION,
    Response: DocumentType.RESPONSE,
    FunctionalAck: DocumentType.FUNCTIONAL_ACK,
    ApplicationAdvice: DocumentType.APPLICATION_ADVICE,
    ShipNotice: DocumentType.SHIP_NOTICE,
    Receipt: DocumentType.RECEIPT,
    Invoice: DocumentType.INVOICE,
}
"""The document type of each model."""

Profile = Mapping[str, Any]
"""A partner's variant of a format, as data. Each format documents its keys in its `ProfileModel`."""


@dataclass(frozen=True)
class Approval:
    """Approval that came with a document from the source system; believed only from a trusted source."""

    approver: str
    at: str
    reference: str | None = None


@dataclass(frozen=True)
class Identity:
    """What makes a repetition recognizable: who sent it to whom under which number.

    X12: ISA06, ISA08, ISA13. EDIFACT: UNB 0004, 0010, 0020. cXML: From, To, payloadID. SBDH: Sender, Receiver,
    InstanceIdentifier.
    """

    sender: str
    receiver: str
    control: str


@dataclass(frozen=True)
class ReadDocument:
    """One document found in a file.

    `document` is None where it could not be understood; then `findings` has the error. `number` is what could
    be made out. `envelope` carries what the format needs to answer, as text (X12: isa_sender, isa_receiver,
    isa_control, group_control, group_kind, set_control, set_kind, version…). `identity` is None where the format has no
    envelope that a repetition could be known by. `external_id` names the record of the ERP that it comes from.
    """

    type: DocumentType
    document: Content | None
    number: str | None = None
    findings: tuple[Finding, ...] = ()
    test: bool = False
    envelope: Mapping[str, str] = field(default_factory=dict)
    approval: Approval | None = None
    identity: Identity | None = None
    external_id: str | None = None

    @property
    def usable(self) -> bool:
        """True when the document was understood and no finding is an error."""
        return self.document is not None and not has_errors(self.findings)


@dataclass(frozen=True)
class ReadResult:
    """What a file holds: its documents in order, findings about the file itself, and what to answer.

    `acks` are the functional acknowledgments that the standard asks us to send back, one for each group
    (X12 997), each with the envelope it must be addressed to; empty where the standard asks for none.
    """

    format: str
    documents: tuple[ReadDocument, ...] = ()
    findings: tuple[Finding, ...] = ()
    acks: tuple[tuple[FunctionalAck, Mapping[str, str]], ...] = ()


@dataclass(frozen=True)
class DocumentForm:
    """One document that a format speaks, for its reference page: `name` as the standard has it (850 Purchase Order).

    `mapping` leads from our fields ("lines.price") to the places of the standard ("PO104"). A field that it does not
    name is not carried.
    """

    name: str
    type: DocumentType
    versions: str
    read: bool
    written: bool
    mapping: Mapping[str, str]


@dataclass(frozen=True)
class Explained:
    """One piece of a raw file for the viewer: a segment, an element with its text, a row.

    `document` counts the documents of the ReadResult from 0, None outside of all. `place` is how findings of that
    document begin their `where` ("segment 12", "line 7"). `words` say what the piece says, `codes` each code in it:
    where (BEG01), what (00), in words (original).
    """

    document: int | None
    place: str
    text: str
    words: str
    codes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Written:
    """Bytes to send. `controls` are the numbers they carry, so that a later acknowledgment finds them."""

    content: bytes
    media_type: str
    filename: str
    findings: tuple[Finding, ...] = ()
    controls: Mapping[str, str] = field(default_factory=dict)


class CannotCarry(Exception):
    """The format or the partner's profile has no place for something the order says; nothing was written."""

    def __init__(self, findings: tuple[Finding, ...]):
        super().__init__("; ".join(f"{f.where}: {f.text}" for f in findings))
        self.findings = findings


class Context(Protocol):
    """What a writer may ask for: control numbers (persisted per partner by the caller) and the links to print."""

    def control_number(self, name: str) -> int:
        """The next number of the named sequence (isa, gs…); never the same twice for one partner."""
        ...

    @property
    def now(self) -> datetime.datetime:
        """The aware datetime to write as date of preparation."""
        ...

    @property
    def links(self) -> Mapping[str, str]:
        """Texts a human document prints: answer_url, answer_by, approved_by, approved_at, language… All optional."""
        ...


@runtime_checkable
class Format(Protocol):
    """A format. Instances have no state and are shared between threads."""

    kind: str
    label: str
    version: str
    media_type: str
    extension: str
    reads: frozenset[DocumentType]
    writes: frozenset[DocumentType]
    profile_model: type[Any]
    documents: tuple[DocumentForm, ...]

    def sniff(self, content: bytes) -> int:
        """How sure we are that these bytes are ours: 0 no … 100 certain. Looks at 4 KiB at most, never raises."""
        ...

    def read(self, content: bytes, profile: Profile) -> ReadResult:
        """Never raises for bad content: everything wrong is a finding with its place. Bounded in time and memory."""
        ...

    def explain(self, content: bytes, limit: int) -> tuple[Explained, ...]:
        """The first `limit` pieces of a file in their order, each in plain words. Never raises for bad content."""
        ...

    def project(self, document: Content, profile: Profile) -> tuple[Content, tuple[Finding, ...]]:
        """The document as this format can carry it, and what it loses. `read(write(x))` equals `project(x)[0]`."""
        ...

    def write(self, document: Content, profile: Profile, context: Context) -> Written:
        """Bytes of the document. Raises CannotCarry, naming each field, rather than lose content unsaid."""
        ...
