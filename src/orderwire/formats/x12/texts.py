"""N9 with MSG, MTX or NTE as notes; REF and N9 as references. The same in every set and on every level."""

from collections.abc import Sequence

from pydantic import ValidationError

from orderwire.document.terms import Note, Reference
from orderwire.formats.pieces import pieces
from orderwire.formats.x12.faults import BAD_DATE, Faults
from orderwire.formats.x12.tables import REFERENCE_CODES, REFERENCE_READ
from orderwire.formats.x12.values import date, day

MSG, MTX = 264, 4096
"""Longest text of one MSG01 (DE 933) and MTX02 (DE 1551)."""
NOTE, REASON, SUBJECT = "NOTE", "REASON", 45
"""N902 of a note and of a reason, and the longest subject (DE 369)."""
CONTINUED, CONTINUED_IN_WORD = "LC", "NS"
"""DE 934: the text goes on in the same line, after a blank or without one."""

PLAIN = {None, "", NOTE, "NOTES", "MESSAGE", "0"}
_TEXT_QUALIFIERS = {"L1", "ZZ", "CU", "AH"}


def revision(code: str, value: str) -> int | None:
    """The version of the order that a REF*V0 names (1 to 99999); None where it is no such REF."""
    fits = code == "V0" and len(value) <= 5 and value.isascii() and value.isdigit()
    return int(value) or None if fits else None


class NoteReader:
    """Gathers one N9 with its MSG segments, or MSG segments that stand alone."""

    __slots__ = ("_n9", "_text")

    def __init__(self, n9: list[str] | None):
        self._n9 = [*n9, "", "", "", "", "", "", ""][:8] if n9 else None
        self._text: list[list[str]] = []

    def add(self, segment: list[str]) -> None:
        """Take an MSG, MTX or NTE segment."""
        at, after = (1, 2) if segment[0] == "MSG" else (2, 4)
        text = segment[at] if len(segment) > at else ""
        carriage = segment[after] if len(segment) > after else ""
        if self._text and carriage == CONTINUED:
            self._text[-1] += (" ", text)
        elif self._text and carriage == CONTINUED_IN_WORD:
            self._text[-1].append(text)
        else:
            self._text.append([text])

    @property
    def tells_reason(self) -> bool:
        """True where N902 announces the reason of the document or of the line."""
        return self._n9 is not None and self._n9[2].strip() == REASON

    def close(self, component: str, faults: Faults) -> Note | Reference | None:
        """The note where there was text, else the reference that the N9 names."""
        text = "\n".join("".join(line).rstrip(" ") for line in self._text).strip()
        if self._n9 is None or text:
            subject = (self._n9[3].strip() or self._n9[2].strip())[:200].strip() if self._n9 else ""
            if len(text) > 4000:
                faults.warning("note-cut", f"a note of {len(text)} characters was cut to 4000")
            return Note(text=text[:4000].strip(), subject=None if subject in PLAIN else subject) if text else None
        if self._n9[3].strip() and (self._n9[1] in _TEXT_QUALIFIERS and self._n9[2].strip() in PLAIN):
            return Note(text=self._n9[3].strip()[:4000])
        when = date(self._n9[4]) if self._n9[4].strip() else None
        if when is None and self._n9[4].strip():
            faults.warning("bad-date", f"{self._n9[4]!r} is not a date", 4, ack=BAD_DATE, value=self._n9[4])
        return reference(self._n9[1], self._n9[2], self._n9[3], self._n9[7], component, faults, when)


def reference(
    code: str, number: str, words: str, composite: str, component: str, faults: Faults, when: object = None
) -> Reference | None:
    """A reference of REF or N9; None, with a finding, where it names nothing."""
    number, words, kind, own = number.strip(), words.strip(), REFERENCE_READ.get(code), None
    line = composite.split(component)[1].strip() if component and composite.startswith("LI" + component) else None
    if kind is None:
        kind, own = "other", code
        if code == "ZZ":
            kind, own = ("catalog", None) if words == "catalog" else ("other", words or None)
        elif words:
            faults.not_kept(f"{faults.segment}03")
    if not number:
        faults.not_kept(faults.segment)
        return None
    try:
        return Reference.model_validate(
            {"kind": kind, "number": number, "line": line or None, "date": when, "code": own}
        )
    except ValidationError:
        faults.warning("reference", f"the reference {code} {number[:40]!r} cannot be kept; correct its text")
        return None


def written_reference(item: Reference, component: str) -> list[str]:
    """REF, or N9 where the reference has a date."""
    code, words = REFERENCE_CODES.get(item.kind), ""
    if code is None:
        own = item.code or ""
        plain = (len(own) in (2, 3) and own.isascii() and own.isalnum() and own.isupper()) or (
            own.isdigit() and len(own) in (2, 3)
        )
        if item.kind == "catalog":
            code, words = "ZZ", "catalog"
        elif plain and own not in REFERENCE_READ and own not in ("ZZ", "V0", "PO"):
            code = own
        else:
            code, words = "ZZ", own
    composite = f"LI{component}{item.line}" if item.line else ""
    if item.date:
        return ["N9", code, item.number, words, day(item.date), "", "", composite]
    return ["REF", code, item.number, words, composite]


def written_note(item: Note, release: str, kind: str = NOTE) -> list[list[str]]:
    """N9 and its MSG segments (MTX from release 005010 on)."""
    rows = [["N9", "ZZ", kind, item.subject or ""]]
    limit = MSG if release < "005010" else MTX
    for line in item.text.split("\n"):
        previous = ""
        for position, piece in enumerate(pieces(line, limit)):
            carriage = "" if position == 0 else CONTINUED_IN_WORD if len(previous) == limit else CONTINUED
            previous = piece
            text = piece or " "
            rows.append(["MSG", text, carriage] if limit == MSG else ["MTX", "", text, "", carriage])
    return rows


def written_reason(reason: str | None, release: str) -> list[list[str]]:
    """The reason of a document or of a line: N9 with MSG, told from notes by N902."""
    return written_note(Note(text=reason), release, REASON) if reason else []


def split_refs(items: Sequence[Reference]) -> tuple[Reference, ...]:
    """References in the order in which they are written: those without a date come first."""
    return (*(item for item in items if item.date is None), *(item for item in items if item.date is not None))
