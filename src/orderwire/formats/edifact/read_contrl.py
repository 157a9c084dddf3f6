"""Reads CONTRL: what the partner's translator made of our interchange (ISO 9735-4, message D.3)."""

from orderwire.document.functional import (
    ElementError,
    FunctionalAck,
    FunctionalStatus,
    SegmentError,
    TransactionStatus,
)
from orderwire.formats.edifact.codes_around import ACTIONS
from orderwire.formats.edifact.envelope import RawMessage
from orderwire.formats.edifact.faults import BAD_VALUE, MISSING, Faults
from orderwire.formats.edifact.found import Found
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import Segment, at, split
from orderwire.formats.edifact.values import codeword

UNNAMED = "unknown"
"""A UCS counts segments and does not name them."""
_MANY = 10_000
"""Messages, and errors of one message, that are kept."""


def read(message: RawMessage, profile: EdifactProfile, faults: Faults) -> Found:
    """The acknowledgment; its `group_kind` is always UNB, the interchange, where a UCF names groups too."""
    reader = _Reader(faults)
    for faults.at, raw in enumerate(message.segments, 1):
        segment = split(raw, message.marks)
        faults.segment = segment[0][0][:3]
        reader.take(segment)
    ack = reader.ack(test=message.test)
    if ack is None:
        return Found(None, reader.control or None)
    told = {"acknowledged_kind": ack.group_kind, "acknowledged_control": ack.group_control or ""}
    return Found(ack, ack.group_control, envelope=told)


class _Reader:
    """One pass: UCI, then UCM with UCS and UCD, for groups below a UCF."""

    def __init__(self, faults: Faults):
        self.faults = faults
        self.control = ""
        self._uci: Segment | None = None
        self._groups: list[FunctionalStatus] = []
        self._messages: list[tuple[Segment, list[tuple[Segment, list[Segment]]]]] = []

    def take(self, segment: Segment) -> None:
        """The next segment."""
        name = segment[0][0]
        if name == "UCI":
            if self._uci is None:
                self._uci, self.control = segment, at(segment, 1)[:200]
            else:
                self.faults.error("segment-twice", "UCI stands twice; one CONTRL answers one interchange", ack="35")
        elif name == "UCM":
            if len(self._messages) < _MANY:
                self._messages.append((segment, []))
        elif name == "UCF":
            status = self._status(segment, 4)
            if status is not None:
                self._groups.append(status)
        elif name == "UCS" and self._messages:
            if len(self._messages[-1][1]) < _MANY:
                self._messages[-1][1].append((segment, []))
        elif name == "UCD" and self._messages and self._messages[-1][1]:
            if len(self._messages[-1][1][-1][1]) < _MANY:
                self._messages[-1][1][-1][1].append(segment)
        elif name in ("UCS", "UCD"):
            self.faults.warning("segment-place", f"{name} stands before the segment that it belongs to", ack="15")
        elif name not in ("UNH", "UNT"):
            self.faults.not_kept(name[:3])

    def ack(self, *, test: bool) -> FunctionalAck | None:
        """What was read; None, with errors, where it does not say what it is about."""
        uci = self._uci
        if uci is None:
            self.faults.missing_segment("UCI", "UCI is missing; the acknowledgment names no interchange")
            return None
        self.faults.segment = "UCI"
        if not self.control:
            text = "UCI 0020, the number of the interchange that is acknowledged, is missing"
            self.faults.error("missing", text, 1, ack=MISSING)
        status = self._status(uci, 4)
        done = [self._transaction(segment, errors) for segment, errors in self._messages]
        known = tuple(item for item in done if item is not None)
        if self.faults.failed or status is None:
            return None
        return FunctionalAck(
            group_kind="UNB", group_control=self.control, status=self._whole(status, uci, known), code=at(uci, 4),
            error_codes=_codes(at(uci, 5)), transactions=known, test=test,
        )  # fmt: skip

    def _whole(self, status: FunctionalStatus, uci: Segment, known: tuple[TransactionStatus, ...]) -> FunctionalStatus:
        if status is FunctionalStatus.ACCEPTED and self._groups:
            if all(group is FunctionalStatus.REJECTED for group in self._groups):
                return FunctionalStatus.REJECTED
            if FunctionalStatus.REJECTED in self._groups:
                return FunctionalStatus.PARTIAL
        return whole(status, at(uci, 5), known)

    def _status(self, segment: Segment, element: int) -> FunctionalStatus | None:
        code = at(segment, element)
        status = ACTIONS.get(code)
        if status is None:
            text = (
                f"{self.faults.segment} 0083 is {code[:20]!r}; expected 4 (rejected), 7 (acknowledged) or 8 (received)"
            )
            self.faults.error("action", text, element, ack=BAD_VALUE, value=code)
        return status

    def _transaction(self, ucm: Segment, errors: list[tuple[Segment, list[Segment]]]) -> TransactionStatus | None:
        self.faults.segment = "UCM"
        status = self._status(ucm, 3)
        control = at(ucm, 1)[:200]
        if not control:
            self.faults.error("missing", "UCM 0062 names no message", 1, ack=MISSING)
        if status is None or not control:
            return None
        found = [_service(ucm)] if at(ucm, 5) else []
        found += [_segment(segment, elements) for segment, elements in errors]
        codes = _codes(at(ucm, 4))
        if status is FunctionalStatus.ACCEPTED and (found or codes):
            status = FunctionalStatus.ACCEPTED_WITH_ERRORS
        kind = ":".join(part.strip() for part in ucm[2][:5]).rstrip(":") if len(ucm) > 2 else ""
        return TransactionStatus(
            kind=codeword(kind) or UNNAMED, control=control, status=status, code=at(ucm, 3), errors=tuple(found),
            error_codes=codes,
        )  # fmt: skip


def whole(status: FunctionalStatus, code: str, known: tuple[TransactionStatus, ...]) -> FunctionalStatus:
    """What an acknowledged interchange amounts to: partial where a message of it is rejected."""
    if status is not FunctionalStatus.ACCEPTED:
        return status
    if any(item.status is FunctionalStatus.REJECTED for item in known):
        return FunctionalStatus.PARTIAL
    if code or any(item.status is not FunctionalStatus.ACCEPTED for item in known):
        return FunctionalStatus.ACCEPTED_WITH_ERRORS
    return FunctionalStatus.ACCEPTED


def _service(ucm: Segment) -> SegmentError:
    """An error of UNH or UNT, which a UCM reports itself; these segments stand outside the count."""
    element = _element(at(ucm, 4) or "18", at(ucm, 6), at(ucm, 6, 1))
    return SegmentError(
        segment=codeword(at(ucm, 5)) or UNNAMED, position=0, code=codeword(at(ucm, 4)),
        elements=(element,) if at(ucm, 6) else (),
    )  # fmt: skip


def _segment(ucs: Segment, elements: list[Segment]) -> SegmentError:
    return SegmentError(
        segment=UNNAMED, position=_count(at(ucs, 1)) or 0, code=codeword(at(ucs, 2)),
        elements=tuple(_element(at(ucd, 1), at(ucd, 2), at(ucd, 2, 1)) for ucd in elements),
    )  # fmt: skip


def _element(code: str, position: str, component: str) -> ElementError:
    """S011 counts the segment tag as 1; we count the first element behind it as 1."""
    return ElementError(
        position=max((_count(position) or 1) - 1, 0), component=_count(component), code=codeword(code) or UNNAMED
    )


def _codes(value: str) -> tuple[str, ...]:
    code = codeword(value)
    return (code,) if code else ()


def _count(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else None
