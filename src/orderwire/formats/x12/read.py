"""From interchanges to documents: what each TA1 and each set holds, and what the standard asks us to answer."""

import re
from collections.abc import Mapping

from orderwire.document.finding import Finding, warning
from orderwire.document.functional import FunctionalAck, TransactionStatus
from orderwire.document.states import DocumentType
from orderwire.formats import Identity, ReadDocument
from orderwire.formats.x12 import answers, ta1
from orderwire.formats.x12.envelope import Interchange, RawGroup, RawSet
from orderwire.formats.x12.faults import Faults
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.sets import READERS
from orderwire.formats.x12.tables import NOT_SUPPORTED, SETS

_NUMBERS = {"875": ("G50", 3)}
"""Where the order number stands in sets that are known but not read."""


def read_interchange(
    interchange: Interchange,
    profile: X12Profile,
    documents: list[ReadDocument],
    findings: list[Finding],
    acks: list[tuple[FunctionalAck, Mapping[str, str]]],
) -> None:
    """Read all sets of an interchange and add what they give to the three lists."""
    isa = interchange.header
    if isa[15] not in ("P", "T"):
        text = f"ISA15 is {isa[15]!r}; expected P or T. Read as a test, so that no test order becomes a live one"
        interchange.findings.append(warning("usage", "ISA15", text))
    usage = "P" if isa[15] == "P" else "T"
    if isa[14] not in ("0", "1"):
        text = f"ISA14 is {isa[14]!r}; expected 0 or 1. Read as 0, no interchange acknowledgment asked"
        interchange.findings.append(warning("ack-requested", "ISA14", text))
    place = f"interchange {isa[13]}"
    envelope = {
        "isa_sender_qualifier": isa[5], "isa_sender": isa[6], "isa_receiver_qualifier": isa[7],
        "isa_receiver": isa[8], "isa_control": isa[13], "usage": usage,
    }  # fmt: skip
    for index in interchange.notices:
        documents.append(_read_notice(interchange.segments[index], interchange, envelope, profile))
    if notice := answers.of_interchange(interchange, envelope):
        acks.append(notice)
    for group in interchange.groups:
        gs = [part.strip() for part in (*group.header, "", "", "", "", "", "", "", "")]
        inner = {
            **envelope, "group_kind": gs[1], "group_sender": gs[2], "group_receiver": gs[3], "group_control": gs[6],
            "version": gs[8],
        }  # fmt: skip
        _check_version(group, isa[12], gs[8])
        results: list[TransactionStatus] = []
        for item in group.sets:
            found, status = _read_set(item, interchange, inner, profile)
            documents += found
            results.append(status)
        if answer := answers.of_group(group, results, inner):
            acks.append(answer)
        findings += [Finding(f.severity, f.code, f"{place} {f.where}", f.text) for f in group.findings]
    for f in interchange.findings:
        findings.append(
            Finding(f.severity, f.code, place if f.where == "interchange" else f"{place} {f.where}", f.text)
        )


def _read_notice(segment: str, interchange: Interchange, envelope: dict[str, str], profile: X12Profile) -> ReadDocument:
    faults, test = Faults(), envelope["usage"] == "T"
    document = ta1.read(segment, interchange, profile, faults, test=test)
    mine = {**envelope, "set_kind": "TA1"}
    number = document.group_control if document else None
    if number:
        mine |= {"acknowledged_kind": ta1.KIND, "acknowledged_control": number}
    return ReadDocument(
        DocumentType.FUNCTIONAL_ACK, document, number, faults.findings(), test, mine, identity=_identity(envelope)
    )


def _read_set(
    item: RawSet, interchange: Interchange, envelope: dict[str, str], profile: X12Profile
) -> tuple[list[ReadDocument], TransactionStatus]:
    faults = Faults()
    faults.frame(item.faults)
    mine = {**envelope, "set_control": item.control, "set_kind": item.kind}
    kind, test = SETS.get(item.kind, DocumentType.UNKNOWN), envelope["usage"] == "T"
    reader = READERS.get(item.kind)
    if reader is not None:
        found = reader(item.segments, interchange.marks, profile, faults, mine)
    else:
        number, kind = _unsupported(item, interchange.marks.element, kind, faults)
        found = (kind, None, number)
    status, told, identity = faults.status(item), faults.findings(), _identity(envelope)
    return [
        ReadDocument(kind, document, number, told, test, mine, identity=identity)
        for kind, document, number in (found if isinstance(found, list) else [found])
    ], status


def _identity(envelope: Mapping[str, str]) -> Identity:
    return Identity(envelope["isa_sender"], envelope["isa_receiver"], envelope["isa_control"])


def _unsupported(item: RawSet, element: str, kind: DocumentType, faults: Faults) -> tuple[str | None, DocumentType]:
    """A set that we do not read: what it is and whose, as far as its first segment tells."""
    segment, place = _NUMBERS.get(item.kind, ("", 0))
    first = next((s.split(element) for s in item.segments[:5] if segment and s.startswith(segment + element)), [])
    number = first[place].strip() or None if len(first) > place else None
    faults.codes.append(NOT_SUPPORTED)
    what = f"{item.kind or 'nameless'} ({kind.value})" if kind is not DocumentType.UNKNOWN else item.kind or "nameless"
    known = ", ".join(sorted(READERS))
    faults.error("not-supported", f"the transaction set {what} cannot be read; ask the partner for one of {known}")
    return number, kind


def _check_version(group: RawGroup, isa12: str, gs08: str) -> None:
    where = f"group {group.header[6] if len(group.header) > 6 else ''} GS08"
    if not re.fullmatch(r"00[3-8]\d{3}[A-Z0-9]{0,6}", gs08):
        text = f"GS08 is {gs08!r}; expected a version from 003010 to 008010. Read as well as possible"
        group.findings.append(warning("version", where, text))
    elif isa12 and gs08[:5] != isa12[:5]:
        text = f"ISA12 says {isa12} and GS08 {gs08}; GS08 counts"
        group.findings.append(warning("version", where, text))
