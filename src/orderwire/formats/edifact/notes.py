"""FTX as notes and back, the same in every message and on every level. Neighbors of one subject are one note."""

from collections.abc import Sequence

from orderwire.document.finding import info
from orderwire.document.terms import Note
from orderwire.formats.edifact import parts
from orderwire.formats.edifact.limits import limits
from orderwire.formats.edifact.syntax import Segment, at
from orderwire.formats.edifact.tables import SUBJECT_CODES, SUBJECTS
from orderwire.formats.edifact.writer import c
from orderwire.formats.fit import Fit

WIDTH, MOST = 5, 99
"""Components of C108; FTX that header and line may have."""
LONGEST = 4000
Ftx = tuple[str, Sequence[str]]
"""4451 and the components of C108."""


MAX_SUBJECT = 200
"""A subject is one line of a document; a code of FTX 4451 has three characters unless the file is damaged."""


def ftx(segment: Segment) -> Ftx:
    """What an FTX says: its text, or its code (4441) where there is no text."""
    words = segment[4] if len(segment) > 4 else []
    if not any(word.strip() for word in words) and at(segment, 3):
        words = [at(segment, 3)]
    return at(segment, 1), words[:WIDTH]


def read(found: Sequence[Ftx], version: str) -> tuple[Note, ...]:
    """The notes of all FTX of a level, in their order."""
    limit = limits(version).text
    groups: list[tuple[str, list[Sequence[str]]]] = []
    for code, words in found:
        if not any(word.strip() for word in words):
            continue
        if groups and groups[-1][0] == code and _length(groups[-1][1]) + _length([words]) < LONGEST - 200:
            groups[-1][1].append(words)
        else:
            groups.append((code, [words]))
    notes = []
    for code, rows in groups:
        text = parts.text(rows, limit, WIDTH)[:LONGEST].strip()
        subject = SUBJECTS.get(code, code[:MAX_SUBJECT].strip())
        notes.append(Note(text=text, subject=subject or None))
    return tuple(notes)


def _length(rows: Sequence[Sequence[str]]) -> int:
    return sum(len(word) + 1 for row in rows for word in row)


def words(found: Sequence[Ftx], version: str) -> str | None:
    """All text of a level as one, where a document has only one place for it."""
    return "\n".join(note.text for note in read(found, version))[:LONGEST].strip() or None


def _ftx(notes: Sequence[Note], version: str) -> list[Ftx]:
    limit = limits(version).text
    return [(code_of(note.subject) or "AAI", row) for note in notes for row in parts.rows(note.text, limit, WIDTH)]


def written(notes: Sequence[Note], version: str) -> list[list[str]]:
    """The FTX of notes that `fitted` has made fit."""
    return [["FTX", code, "", "", c(*row)] for code, row in _ftx(notes, version)]


def one(text: str | None, where: str, fit: Fit, version: str) -> str | None:
    """A text that has FTX of its own, as it comes back."""
    return (
        words(_ftx(fitted([Note.model_construct(text=text, subject=None)], where, fit, version), version), version)
        if text
        else None
    )


def written_one(text: str | None, code: str, version: str) -> list[list[str]]:
    """The FTX of a text that `one` has made fit."""
    rows = parts.rows(text, limits(version).text, WIDTH) if text else []
    return [["FTX", code, "", "", c(*row)] for row in rows[:MOST]]


def code_of(subject: str | None) -> str | None:
    """4451 of a subject; None where it has none."""
    known = SUBJECT_CODES.get((subject or "").lower())
    if known is not None or not subject:
        return known
    return subject if len(subject) == 3 and subject.isascii() and subject.isalnum() and subject.isupper() else None


def fitted(
    items: Sequence[Note], where: str, fit: Fit, version: str, reserved: frozenset[str] = frozenset()
) -> tuple[Note, ...]:
    """Notes as they come back, with a finding where that is not as they were. Codes in `reserved` say something else
    in this message: such a subject goes into the text."""
    if not items:
        return ()
    named = []
    for item in items:
        if item.subject and code_of(item.subject) in {None, *reserved}:
            fit.findings.append(info("subject-in-text", where, f"the subject {item.subject!r} is written in the text"))
            item = Note.model_construct(text=f"{item.subject}: {item.text}", subject=None)
        named.append(item)
    rows = _ftx(named, version)
    if len(rows) > MOST:
        fit.lose(where, f"the text needs {len(rows)} FTX segments but EDIFACT carries {MOST}; shorten it")
        rows = rows[:MOST]
    kept = read(rows, version)
    if len(kept) != len(named):
        fit.findings.append(
            info("notes-joined", where, "neighboring notes of one subject become one note, or the other way")
        )
    elif any(new != old for new, old in zip(kept, named, strict=True)):
        fit.findings.append(info("line-breaks", where, "blank lines, tabs and some line breaks are not carried"))
    return kept
