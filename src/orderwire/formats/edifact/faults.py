"""What is wrong with one message: findings for people and, beside them, the codes of CONTRL (0085) with positions."""

from collections.abc import Iterable
from dataclasses import replace

from orderwire.document.finding import Finding, Severity
from orderwire.document.functional import ElementError, FunctionalStatus, SegmentError, TransactionStatus
from orderwire.formats.edifact.envelope import RawMessage
from orderwire.formats.edifact.syntax import split

LIMIT = 100
"""Findings kept for one message; the rest is counted."""
_TEXT = 500

BAD_VALUE, MISSING, NO_SUCH, NOT_SUPPORTED, BAD_CHARACTER = "12", "13", "14", "15", "37"
TOO_MANY, TOO_LONG, TOO_SHORT, WRONG_PLACE = "35", "39", "40", "15"
"""Codes of 0085: invalid value, missing, value or element not supported here, letters where digits belong…"""
_FRAME = {
    "13": ("UNT", 0, None),
    "28": ("UNT", 2, None),
    "29": ("UNT", 1, None),
    "26": ("UNH", 1, None),
    "14": ("UNH", 2, 1),
}
"""Where in UNH or UNT a code of the frame has its place: segment, element, component."""


class Faults:
    """Collects findings and syntax errors; `at` is the position of the current segment, UNH being 1.

    Positions of elements count from 1 behind the segment tag, components from 1 within a composite: in QTY+21:x the
    bad value is element 1, component 2.
    """

    __slots__ = ("_dropped", "_findings", "_segments", "at", "codes", "failed", "noted", "segment")

    def __init__(self) -> None:
        self.at = 1
        self.segment = "UNH"
        self.codes: list[str] = []
        self.failed = False
        self.noted: dict[str, list[int]] = {}
        self._findings: list[Finding] = []
        self._segments: dict[int, tuple[str, str | None, list[ElementError]]] = {}
        self._dropped = 0

    def frame(self, faults: Iterable[tuple[str, Finding]]) -> None:
        """Faults of UNH and UNT, each with its code of 0085."""
        for code, finding in faults:
            self.codes.append(code)
            self._add(finding)

    def error(
        self, code: str, text: str, element: int = 0, component: int = 0, *, ack: str = "", value: str = ""
    ) -> None:
        """The message cannot be used. `ack` is the code of 0085 for the element, or for the segment."""
        self._note(Severity.ERROR, code, text, (element, component), ack, value)

    def warning(
        self, code: str, text: str, element: int = 0, component: int = 0, *, ack: str = "", value: str = ""
    ) -> None:
        """The message is used; look at this."""
        self._note(Severity.WARNING, code, text, (element, component), ack, value)

    def info(self, code: str, text: str) -> None:
        """Worth knowing."""
        self._note(Severity.INFO, code, text, (0, 0), "", "")

    def missing_segment(self, segment: str, text: str) -> None:
        """A mandatory segment is not there; its place is where it was missed."""
        self._add(Finding(Severity.ERROR, "segment-missing", f"segment {self.at} {segment}", text))
        self._segments.setdefault(self.at, (segment, MISSING, []))

    def not_kept(self, name: str) -> None:
        """This segment (with its qualifier) has no place in the document; reported once for each name."""
        name = name[:20]
        if name in self.noted or len(self.noted) < LIMIT:
            self.noted.setdefault(name, []).append(self.at)
        else:
            self._dropped += 1

    def remark(self, code: str, text: str, where: str = "document") -> None:
        """A warning about the meaning of the document, nothing that a CONTRL could say."""
        self._add(Finding(Severity.WARNING, code, where, text))

    def extend(self, findings: Iterable[Finding]) -> None:
        """Findings without a syntax code."""
        for finding in findings:
            self._add(finding)

    def findings(self) -> tuple[Finding, ...]:
        """All findings, the segments that were not kept last."""
        found = list(self._findings)
        for name, places in self.noted.items():
            count = f" ({len(places)} times)" if len(places) > 1 else ""
            text = f"{name}{count} is not kept: the document has no place for it"
            found.append(Finding(Severity.INFO, "not-kept", f"segment {places[0]} {name}", text))
        if self._dropped:
            found.append(Finding(Severity.WARNING, "more", "document", f"and {self._dropped} more findings like these"))
        return tuple(found)

    def status(self, message: RawMessage) -> TransactionStatus:
        """What CONTRL says of this message (UCM): 4 with an error, else 7; the codes and places of UCS and UCD."""
        errors = tuple(
            SegmentError(segment=name, position=at, code=code, elements=tuple(elements))
            for at, (name, code, elements) in sorted(self._segments.items())
        )
        codes = tuple(dict.fromkeys(self.codes))
        if codes and codes[0] in _FRAME:
            errors = (_framed(codes[0]), *errors)
        status = FunctionalStatus.ACCEPTED
        if self.failed:
            status = FunctionalStatus.REJECTED
        elif errors or codes:
            status = FunctionalStatus.ACCEPTED_WITH_ERRORS
        return TransactionStatus(
            kind=_identifier(message),
            control=_label(message.control, 14) or "0",
            status=status,
            code="4" if self.failed else "7",
            errors=errors,
            error_codes=codes,
        )

    def _note(self, severity: Severity, code: str, text: str, place: tuple[int, int], ack: str, value: str) -> None:
        element, component = place
        where = f"segment {self.at} {self.segment}"
        if element:
            where += f" element {element}.{component}" if component else f" element {element}"
        self._add(Finding(severity, code, where, text))
        if ack and severity is not Severity.INFO and len(self._segments) < LIMIT:
            elements: list[ElementError] = []
            known = (_code(self.segment, 3) or "UNK", None if element else ack, elements)
            elements = self._segments.setdefault(self.at, known)[2]
            if element and len(elements) < 99:
                bad = ElementError(position=element, component=component or None, code=ack, value=_label(value, 99))
                elements.append(bad)

    def _add(self, finding: Finding) -> None:
        self.failed = self.failed or finding.severity is Severity.ERROR
        if len(finding.text) > _TEXT:
            finding = replace(finding, text=finding.text[:_TEXT] + "…")
        if len(self._findings) < LIMIT:
            self._findings.append(finding)
        else:
            self._dropped += 1


def _framed(code: str) -> SegmentError:
    segment, element, component = _FRAME[code]
    bad = (ElementError(position=element, component=component, code=code),) if element else ()
    return SegmentError(segment=segment, position=0, code=code, elements=bad)


def _identifier(message: RawMessage) -> str:
    """UNH S009 as a CONTRL repeats it: ORDERS:D:96A:UN:EAN008."""
    header = split(message.segments[0], message.marks)
    parts = [_code(part, 6) for part in header[2][:5]] if len(header) > 2 else []
    return ":".join(parts).rstrip(":") or "UNKNWN"


def _label(text: str, limit: int) -> str | None:
    return text[:limit].strip() or None


def _code(text: str, limit: int) -> str:
    return "".join(c for c in text[:limit] if c.isascii() and c.isalnum())
