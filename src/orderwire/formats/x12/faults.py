"""What is wrong with one transaction set: findings for people and, beside them, the codes of the 997."""

from collections.abc import Iterable
from dataclasses import replace

from orderwire.document.finding import Finding, Severity
from orderwire.document.functional import ElementError, FunctionalStatus, SegmentError, TransactionStatus
from orderwire.formats.x12.envelope import RawSet
from orderwire.formats.x12.tables import FUNCTIONAL_CODES, SEGMENTS_IN_ERROR

LIMIT = 100
"""Findings kept for one set; the rest is counted."""

MOST_LINES = 100_000
"""Lines read from one set, as many as an order may have."""

_TEXT = 500

MISSING, BAD_CHARACTER, BAD_CODE, BAD_DATE = "1", "6", "7", "8"
"""Codes of data element 723 (AK403)."""
SEGMENT_MISSING = "3"
"""Code of data element 720 (AK304)."""


class Faults:
    """Collects findings and syntax errors; `at` is the position of the current segment, ST being 1."""

    __slots__ = (
        "_dropped",
        "_findings",
        "_segments",
        "at",
        "codes",
        "crowded",
        "failed",
        "noted",
        "segment",
        "weighty",
    )

    def __init__(self) -> None:
        self.at = 1
        self.segment = "ST"
        self.codes: list[str] = []
        self.crowded = False
        self.failed = False
        self.noted: dict[str, list[int]] = {}
        self.weighty: dict[str, str] = {}
        self._findings: list[Finding] = []
        self._segments: dict[int, tuple[str, str | None, list[ElementError]]] = {}
        self._dropped = 0

    def trailer(self, faults: Iterable[tuple[str, Finding]]) -> None:
        """Faults of ST and SE, each with its code of data element 718."""
        for code, finding in faults:
            self.codes.append(code)
            self._add(finding)

    def error(self, code: str, text: str, element: int = 0, *, ack: str = "", value: str = "") -> None:
        """The set cannot be used. `ack` is the AK403 code where an element is named, AK304 where none is."""
        self._note(Severity.ERROR, code, text, element, ack, value)

    def warning(self, code: str, text: str, element: int = 0, *, ack: str = "", value: str = "") -> None:
        """The set is used; look at this."""
        self._note(Severity.WARNING, code, text, element, ack, value)

    def info(self, code: str, text: str, element: int = 0) -> None:
        """Worth knowing."""
        self._note(Severity.INFO, code, text, element, "", "")

    def missing_segment(self, segment: str, text: str) -> None:
        """A mandatory segment is not there; its place is where it was missed (720 code 3)."""
        self._add(Finding(Severity.ERROR, "segment-missing", f"segment {self.at} {segment}", text))
        self._segments.setdefault(self.at, (segment, SEGMENT_MISSING, []))

    def too_many_lines(self) -> None:
        """More lines than are read: an error, told once."""
        if not self.crowded:
            self.crowded = True
            text = f"the set has more than {MOST_LINES} lines; ask the partner to split it"
            self.error("too-many-lines", text)

    def not_kept(self, name: str, what: str = "") -> None:
        """This segment has no place in the document; reported once for each name.

        A warning where it says `what` matters to quantity, price, date, place or terms, else an info.
        """
        name = name[:20]
        if what:
            self.weighty.setdefault(name, what)
        if name in self.noted or len(self.noted) < LIMIT:
            self.noted.setdefault(name, []).append(self.at)
        else:
            self._dropped += 1

    def remark(self, code: str, text: str, where: str = "order") -> None:
        """A warning about the meaning of the document, nothing that a 997 could say."""
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
            text, severity = f"{name}{count} is not kept: what we read from it has no place for it", Severity.INFO
            if what := self.weighty.get(name):
                text, severity = f"{name}{count} says {what} and is not kept; look before you act", Severity.WARNING
            found.append(Finding(severity, "not-kept", f"segment {places[0]} {name}", text))
        if self._dropped:
            found.append(Finding(Severity.WARNING, "more", "document", f"and {self._dropped} more findings like these"))
        return tuple(found)

    def status(self, item: RawSet) -> TransactionStatus:
        """The AK2 to AK5 that answer this set: R with an error, E with syntax warnings, else A."""
        errors = tuple(
            SegmentError(segment=name, position=at, code=code or "8", elements=tuple(elements))
            for at, (name, code, elements) in sorted(self._segments.items())
        )
        codes = list(dict.fromkeys(self.codes))
        if errors or (self.failed and not codes):
            codes.append(SEGMENTS_IN_ERROR)
        status = FunctionalStatus.ACCEPTED
        if self.failed:
            status = FunctionalStatus.REJECTED
        elif errors:
            status = FunctionalStatus.ACCEPTED_WITH_ERRORS
        return TransactionStatus(
            kind=_code(item.kind, 3) or "000",
            control=_label(item.control, 9) or "0",
            status=status,
            code=FUNCTIONAL_CODES[status],
            errors=errors,
            error_codes=tuple(codes[:5]),
        )

    def _note(self, severity: Severity, code: str, text: str, element: int, ack: str, value: str) -> None:
        place = f"{self.segment}{element:02d}" if element else self.segment
        self._add(Finding(severity, code, f"segment {self.at} {place}", text))
        if ack and severity is not Severity.INFO and len(self._segments) < LIMIT:
            _, _, elements = self._segments.setdefault(
                self.at, (_code(self.segment, 3) or "UNK", None if element else ack, [])
            )
            if element and len(elements) < 99:
                elements.append(ElementError(position=element, code=ack, value=_label(value, 99)))

    def _add(self, finding: Finding) -> None:
        self.failed = self.failed or finding.severity is Severity.ERROR
        if len(finding.text) > _TEXT:
            finding = replace(finding, text=finding.text[:_TEXT] + "…")
        if len(self._findings) < LIMIT:
            self._findings.append(finding)
        else:
            self._dropped += 1


def _label(text: str, limit: int) -> str | None:
    return text[:limit].strip() or None


def _code(text: str, limit: int) -> str:
    return "".join(c for c in text[:limit] if c.isascii() and c.isalnum())
