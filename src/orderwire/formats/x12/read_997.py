"""Reads the functional acknowledgments 997 and 999: what became of a group, its sets, their segments and elements."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from orderwire.document.functional import (
    ElementError,
    FunctionalAck,
    FunctionalStatus,
    SegmentError,
    TransactionStatus,
)
from orderwire.document.states import DocumentType
from orderwire.formats.x12.envelope import Marks
from orderwire.formats.x12.faults import BAD_CODE, MISSING, Faults
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.tables import FUNCTIONAL

_CODE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/ -")


@dataclass(slots=True)
class _Found:
    """AK3 or IK3 and what stands below it."""

    ak3: list[str]
    elements: list[ElementError] = field(default_factory=list)
    context: list[str] = field(default_factory=list)


def read(
    segments: list[str], marks: Marks, profile: X12Profile, faults: Faults, envelope: dict[str, str]
) -> tuple[DocumentType, FunctionalAck | None, str | None]:
    """The acknowledgment; the envelope gets the kind and control number of the group that it is about."""
    found = _read(segments, marks, faults, test=envelope["usage"] != "P")
    if found is None or found.group_control is None:
        return DocumentType.FUNCTIONAL_ACK, found, None
    envelope["acknowledged_kind"], envelope["acknowledged_control"] = found.group_kind, found.group_control
    return DocumentType.FUNCTIONAL_ACK, found, found.group_control


def _read(segments: Sequence[str], marks: Marks, faults: Faults, *, test: bool) -> FunctionalAck | None:
    """The acknowledgment; None, with errors, where it does not say which group it is about."""
    head: list[str] | None = None
    tail: list[str] | None = None
    done: list[TransactionStatus] = []
    current: tuple[str, str] | None = None
    errors: list[_Found] = []
    for faults.at, raw in enumerate(segments, 1):
        segment = [*raw.split(marks.element), "", "", "", "", "", "", ""]
        faults.segment = name = segment[0]
        if name == "AK1":
            head = segment
        elif name == "AK2":
            if current is not None:
                faults.error("ack-sequence", "AK2 follows an AK2 that no AK5 answers", ack="7")
            current, errors = (_text(segment[1]), _text(segment[2])), []
        elif name in ("AK3", "IK3"):
            errors.append(_Found(segment))
        elif name in ("AK4", "IK4") and errors:
            errors[-1].elements.append(_element(segment, marks))
        elif name == "CTX" and errors:
            errors[-1].context.append(_context(segment, marks))
        elif name in ("AK5", "IK5"):
            status = FUNCTIONAL.get(segment[1])
            if current is None:
                faults.error("ack-sequence", f"{name} stands before any AK2", ack="7")
            elif status is None:
                text = f"{name}01 is {segment[1]!r}; expected A, E or R"
                faults.error("ack-code", text, 1, ack=BAD_CODE, value=segment[1])
            elif not all(current):
                faults.error("ack-set", "AK2 names no set or no control number", 1, ack=MISSING)
            else:
                done.append(_transaction(current, status, segment, errors))
            current = None
        elif name == "AK9":
            tail = segment
    faults.segment = "SE"
    if head is None or tail is None:
        missing = "AK1" if head is None else "AK9"
        faults.missing_segment(missing, f"{missing} is missing; the acknowledgment names no group or no result")
        return None
    faults.segment = "AK9"
    status = FUNCTIONAL.get(tail[1].strip())
    if status is None:
        faults.error("ack-code", f"AK901 is {tail[1]!r}; expected A, E, P or R", 1, ack=BAD_CODE, value=tail[1])
    faults.segment = "AK1"
    kind, control = _text(head[1]), _text(head[2])
    if not kind or not set(kind) <= _CODE or not control:
        faults.error("ack-group", "AK1 does not name the group (AK101 and AK102)", 1, ack=BAD_CODE, value=head[1])
        return None
    if status is None or faults.failed:
        return None
    return FunctionalAck(
        group_kind=kind, group_control=control, group_version=_codeword(head[3]), status=status,
        code=tail[1].strip(), error_codes=_codes(tail[5:]),
        included=_count(tail[2]), received=_count(tail[3]), accepted=_count(tail[4]), transactions=tuple(done),
        test=test,
    )  # fmt: skip


def _transaction(
    current: tuple[str, str],
    status: FunctionalStatus,
    ak5: list[str],
    errors: Sequence[_Found],
) -> TransactionStatus:
    segments = tuple(
        SegmentError(
            segment=_codeword(found.ak3[1]) or "unknown", position=_count(found.ak3[2]) or 0,
            loop=_codeword(found.ak3[3]), code=_codeword(found.ak3[4]), elements=tuple(found.elements),
            context=tuple(filter(None, found.context)),
        )
        for found in errors
    )  # fmt: skip
    return TransactionStatus(
        kind=_codeword(current[0]) or "unknown", control=current[1], status=status, code=ak5[1], errors=segments,
        error_codes=_codes(ak5[2:]),
    )  # fmt: skip


def _context(ctx: list[str], marks: Marks) -> str:
    """CTX in words: CLM01 123456789, or SITUATIONAL TRIGGER at segment 43 CLM."""
    text = ctx[1].replace(marks.component, " ") if marks.component else ctx[1]
    text = text.replace(marks.repetition, ", ") if marks.repetition else text
    where = " ".join(part for part in (ctx[3].strip(), ctx[2].strip()) if part)
    return _text(f"{text.strip()} at segment {where}" if where else text)


def _element(ak4: list[str], marks: Marks) -> ElementError:
    parts = ak4[1].split(marks.component) if marks.component else [ak4[1]]
    component = _count(parts[1]) if len(parts) > 1 else None
    return ElementError(
        position=_count(parts[0]) or 0,
        component=component,
        code=_codeword(ak4[3]) or "unknown",
        value=_text(ak4[4]) or None,
    )


def _text(value: str) -> str:
    return value.strip()[:200]


def _codeword(value: str) -> str | None:
    value = value.strip()[:35]
    return value if value and set(value) <= _CODE else None


def _codes(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(code for value in values[:5] if (code := _codeword(value)))


def _count(value: str) -> int | None:
    value = value.strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else None
