"""Makes values fit the level that is written, and keeps the account of what is lost: the base of every `project`."""

import re
from collections.abc import Sequence

from orderwire.document.finding import Finding, Severity
from orderwire.document.terms import Note
from orderwire.formats import fit
from orderwire.formats.order_x.profile import OrderXProfile
from orderwire.formats.order_x.tables import NO_SUBJECT, REASON, SUBJECTS, SUBJECTS_READ

_PIECE = 3900
_CODE = re.compile(r"[A-Z0-9]{2,3}")


class Fit(fit.Fit):
    """One projection onto a level of Order-X."""

    def __init__(self, profile: OrderXProfile):
        super().__init__(f"Order-X {profile.level}", profile.on_loss)
        self.profile = profile
        self.level = profile.level
        self.comfort = profile.level != "basic"
        self.extended = profile.level == "extended"

    def note(self, severity: Severity, where: str, text: str) -> None:
        """Content that is carried in another form."""
        self.findings.append(Finding(severity, "carried-otherwise", where, text))

    def notes(self) -> tuple[Note, ...]:
        """The notes that carry what was said instead; their subject has no code and stands before the text."""
        text = "\n".join(dict.fromkeys(self._said))
        pieces = [text[at : at + _PIECE].strip() for at in range(0, len(text), _PIECE)]
        return tuple(Note(text=f"{fit.SUBJECT}: {piece}") for piece in pieces if piece)

    def texts(self, items: Sequence[Note], where: str) -> tuple[Note, ...]:
        """Notes with subjects that have a code; any other subject stands before its text. Internal ones stay here."""
        kept = []
        for position, item in enumerate(items, 1):
            at = f"{where}[{position}]"
            if (item.subject or "").casefold() == "internal":
                self.note(Severity.INFO, at, "an internal note is not for the supplier; it is left out")
                continue
            if item.subject is not None and not _has_code(item.subject):
                text = self.cut(f"{item.subject}: {item.text}", 4000, f"{at}.text")
                self.note(Severity.INFO, f"{at}.subject", "has no code; it stands before the text")
                item = Note(text=text)
            kept.append(item)
        return tuple(kept)


def subject_code(subject: str | None) -> str | None:
    """SubjectCode (4451) of a note's subject."""
    return None if subject is None else SUBJECTS.get(subject, subject)


def subject_read(code: str | None) -> str | None:
    """The subject of a note by its code."""
    return None if code in (None, NO_SUBJECT) else SUBJECTS_READ.get(code or "", code)


def _has_code(subject: str) -> bool:
    free = _CODE.fullmatch(subject) and subject not in SUBJECTS_READ and subject not in (NO_SUBJECT, REASON)
    return subject in SUBJECTS or bool(free)
