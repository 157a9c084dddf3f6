"""From interchanges to documents: one ReadDocument for each message, by the reader of its kind.

To add a message that is read: write `read_<kind>.py` with a function `read(message, profile, faults) -> Found` and name
it in READERS. It takes the message's segments one after the other (`for faults.at, raw in enumerate(message.segments,
1)`, `split(raw, message.marks)`, `faults.segment = segment[0][0]`), reports through `faults` and never raises.
"""

from collections.abc import Callable, Mapping
from typing import Final

from orderwire.document.finding import Finding
from orderwire.document.functional import FunctionalAck, TransactionStatus
from orderwire.document.states import DocumentType
from orderwire.formats import Identity, ReadDocument
from orderwire.formats.edifact import (
    read_aperak,
    read_contrl,
    read_desadv,
    read_ordchg,
    read_orders,
    read_ordrsp,
    read_recadv,
)
from orderwire.formats.edifact.acknowledge import answer
from orderwire.formats.edifact.envelope import Interchange, RawMessage
from orderwire.formats.edifact.faults import MISSING, NO_SUCH, Faults
from orderwire.formats.edifact.found import Found
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import at, split
from orderwire.formats.edifact.tables import MESSAGES

Reader = Callable[[RawMessage, EdifactProfile, Faults], Found]

READERS: Final[Mapping[str, Reader]] = {
    "APERAK": read_aperak.read,
    "CONTRL": read_contrl.read,
    "ORDCHG": read_ordchg.read,
    "ORDERS": read_orders.read,
    "ORDRSP": read_ordrsp.read,
    "DESADV": read_desadv.read,
    "RECADV": read_recadv.read,
}
"""UNH 0065 to the function that reads it."""
SECTIONED: Final = frozenset({"ORDERS", "ORDCHG", "ORDRSP"})
"""Messages in which UNS is mandatory."""


def read_interchange(
    interchange: Interchange,
    profile: EdifactProfile,
    documents: list[ReadDocument],
    findings: list[Finding],
    acks: list[tuple[FunctionalAck, Mapping[str, str]]],
) -> None:
    """Read all messages of an interchange and add what they give to the three lists."""
    envelope = addressed(interchange)
    test = envelope["test"] == "1"
    results: list[TransactionStatus] = []
    for group in interchange.groups:
        grouped = {"group_kind": at(group.header, 1), "group_control": at(group.header, 5)} if group.header else {}
        for message in group.messages:
            message.test = test
            message.envelope = {
                **envelope, **grouped, "message_control": message.control, "message_kind": message.kind,
                "version": message.version, "association": message.association,
            }  # fmt: skip
            document, status = _read_message(message, profile)
            documents.append(document)
            results.append(status)
    if (ack := answer(interchange, envelope, results, profile)) is not None:
        acks.append(ack)
    place = f"interchange {interchange.control}"
    for f in interchange.findings:
        where = place if f.where == "interchange" else f"{place} {f.where}"
        findings.append(Finding(f.severity, f.code, where, f.text))


def addressed(interchange: Interchange) -> dict[str, str]:
    """What UNB says, as an answer and the identity need it."""
    unb = interchange.header
    return {
        "unb_syntax": at(unb, 1, 0), "unb_syntax_version": at(unb, 1, 1),
        "unb_sender": at(unb, 2, 0), "unb_sender_qualifier": at(unb, 2, 1), "unb_sender_routing": at(unb, 2, 2),
        "unb_receiver": at(unb, 3, 0), "unb_receiver_qualifier": at(unb, 3, 1), "unb_receiver_routing": at(unb, 3, 2),
        "unb_date": at(unb, 4), "unb_control": at(unb, 5), "application": at(unb, 7), "acknowledge": at(unb, 9),
        "agreement": at(unb, 10),
        "test": at(unb, 11),
    }  # fmt: skip


def _read_message(message: RawMessage, profile: EdifactProfile) -> tuple[ReadDocument, TransactionStatus]:
    faults = Faults()
    faults.frame(message.faults)
    mine = message.envelope
    reader = READERS.get(message.kind)
    kind = MESSAGES.get(message.kind, DocumentType.UNKNOWN)
    found = reader(message, profile, faults) if reader else _unsupported(message, kind, faults)
    if reader and message.kind in SECTIONED:
        _sections(message, faults)
    numbered = mine["unb_sender"] and mine["unb_control"]
    identity = Identity(mine["unb_sender"], mine["unb_receiver"], mine["unb_control"]) if numbered else None
    document = ReadDocument(
        found.type or kind, found.document, found.number, faults.findings(), message.test, {**mine, **found.envelope},
        identity=identity,
    )  # fmt: skip
    return document, faults.status(message)


def _sections(message: RawMessage, faults: Faults) -> None:
    """A warning where UNS, which ends the lines, is missing; its place is before the totals."""
    last = 0
    for position in range(len(message.segments), 0, -1):
        name = message.segments[position - 1][:3]
        if name == "UNS":
            return
        if not last and name not in ("UNT", "CNT"):
            last = position
        if name in ("LIN", "BGM"):
            break
    faults.at, faults.segment = last or 1, "UNS"
    faults.warning(
        "uns-missing", "UNS+S, which ends the lines, is missing; what follows was read all the same", ack=MISSING
    )


def _unsupported(message: RawMessage, kind: DocumentType, faults: Faults) -> Found:
    """A message that we do not read: what it is and whose, as far as its BGM tells."""
    first = next(
        (split(s, message.marks) for s in message.segments[:5] if s.startswith("BGM" + message.marks.element)), []
    )
    faults.codes.append(NO_SUCH)
    known = ", ".join(READERS)
    what = f"{message.kind} ({kind.value})" if kind is not DocumentType.UNKNOWN else message.kind or "without a name"
    faults.error("not-supported", f"the message {what[:40]} cannot be read; ask the partner for {known}")
    return Found(None, at(first, 2)[:200] or None)
