"""What readers of segments share about faults: findings for people and, beside them, the syntax errors by position that
the answer (997, CONTRL) reports."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import replace

from orderwire.document.finding import Finding, Severity
from orderwire.document.functional import ElementError, SegmentError

LIMIT = 100
"""Findings kept for one message; the rest is counted."""
_TEXT = 500


class SegmentFaults(ABC):
    """Collects the faults of one message; `at` is the position of the current `segment`, the first being 1.

    A standard's own class says how it writes a place (`place`) and what the answer says (`status`).
    """

    __slots__ = ("_dropped", "_findings", "_segments", "at", "codes", "failed", "noted", "segment", "weighty")
    opening = ""
    """The segment at position 1."""
    missing = ""
    """The answer's code for a segment that is not there."""

    def __init__(self) -> None:
        self.at = 1
        self.segment = self.opening
        self.codes: list[str] = []
        self.failed = False
        self.noted: dict[str, list[int]] = {}
        self.weighty: dict[str, str] = {}
        self._findings: list[Finding] = []
        self._segments: dict[int, tuple[str, str | None, list[ElementError]]] = {}
        self._dropped = 0

    @abstractmethod
    def place(self, element: int, component: int) -> str:
        """An element of the current segment as findings name it."""

    def frame(self, faults: Iterable[tuple[str, Finding]]) -> None:
        """Faults of the segments around the message, each with the answer's code for it."""
        for code, finding in faults:
            self.codes.append(code)
            self._add(finding)

    def error(
        self, code: str, text: str, element: int = 0, component: int = 0, *, ack: str = "", value: str = ""
    ) -> None:
        """The message cannot be used. `ack` is the answer's code for the element, or for the segment without one."""
        self._note(Severity.ERROR, code, text, (element, component), ack, value)

    def warning(
        self, code: str, text: str, element: int = 0, component: int = 0, *, ack: str = "", value: str = ""
    ) -> None:
        """The message is used; look at this."""
        self._note(Severity.WARNING, code, text, (element, component), ack, value)

    def info(self, code: str, text: str, element: int = 0) -> None:
        """Worth knowing."""
        self._note(Severity.INFO, code, text, (element, 0), "", "")

    def missing_segment(self, segment: str, text: str) -> None:
        """A mandatory segment is not there; its place is where it was missed."""
        self._add(Finding(Severity.ERROR, "segment-missing", f"segment {self.at} {segment}", text))
        self._segments.setdefault(self.at, (segment, self.missing, []))

    def not_kept(self, name: str, what: str = "") -> None:
        """This segment (with its qualifier) has no place in the document; reported once for each name.

        A warning where it says `what` matters to quantity, price, date, place or terms, else an info.
        """
        name = name[:20]
        if what:
            self.weighty.setdefault(name, what)
        if name in self.noted or len(self.noted) < LIMIT:
            self.noted.setdefault(name, []).append(self.at)
        else:
            self._dropped += 1

    def remark(self, code: str, text: str, where: str = "document") -> None:
        """A warning about the meaning of the document, nothing that a syntax answer could say."""
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
            text, severity = f"{name}{count} is not kept: the document has no place for it", Severity.INFO
            if what := self.weighty.get(name):
                text, severity = f"{name}{count} says {what} and is not kept; look before you act", Severity.WARNING
            found.append(Finding(severity, "not-kept", f"segment {places[0]} {name}", text))
        if self._dropped:
            found.append(Finding(Severity.WARNING, "more", "document", f"and {self._dropped} more findings like these"))
        return tuple(found)

    def _errors(self, unnamed: str | None = None) -> tuple[SegmentError, ...]:
        """The segments in error, in their order; `unnamed` is the code of one whose elements are in error."""
        return tuple(
            SegmentError(segment=name, position=at, code=code or unnamed, elements=tuple(elements))
            for at, (name, code, elements) in sorted(self._segments.items())
        )

    def _note(self, severity: Severity, code: str, text: str, spot: tuple[int, int], ack: str, value: str) -> None:
        element, component = spot
        where = self.place(element, component) if element else self.segment
        self._add(Finding(severity, code, f"segment {self.at} {where}", text))
        if ack and severity is not Severity.INFO and len(self._segments) < LIMIT:
            known: tuple[str, str | None, list[ElementError]]
            known = (alphanumeric(self.segment, 3) or "UNK", None if element else ack, [])
            elements = self._segments.setdefault(self.at, known)[2]
            if element and len(elements) < 99:
                bad = ElementError(position=element, component=component or None, code=ack, value=label(value, 99))
                elements.append(bad)

    def _add(self, finding: Finding) -> None:
        self.failed = self.failed or finding.severity is Severity.ERROR
        if len(finding.text) > _TEXT:
            finding = replace(finding, text=finding.text[:_TEXT] + "…")
        if len(self._findings) < LIMIT:
            self._findings.append(finding)
        else:
            self._dropped += 1


def label(text: str, limit: int) -> str | None:
    """A text of an answer at most `limit` long; None where it is blank."""
    return text[:limit].strip() or None


def alphanumeric(text: str, limit: int) -> str:
    """The letters and digits of a code of an answer, at most `limit`."""
    return "".join(c for c in text[:limit] if c.isascii() and c.isalnum())
