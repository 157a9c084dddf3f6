"""RFF as references to documents and back, the same in every message and on every level."""

from pydantic import ValidationError

from orderwire.document.terms import Reference
from orderwire.formats.edifact.faults import Faults
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import Segment, at
from orderwire.formats.edifact.tables import REFERENCE_CODES, REFERENCES
from orderwire.formats.edifact.values import day
from orderwire.formats.edifact.writer import c

_OTHER = REFERENCE_CODES["other"]
_RESERVED = frozenset({"ON", "PP", "RE", "LI", "AWE", "ADE"})
"""Qualifiers that say something else than a reference in the messages that we read."""


def kind_of(code: str, profile: EdifactProfile) -> tuple[str, str | None]:
    """Kind of a reference by its 1153, and the code where the kind does not tell it."""
    for kind, own in profile.references.items():
        if own == code:
            return kind, None
    if code in REFERENCES:
        return REFERENCES[code], None
    return "other", code


def code_of(item: Reference, profile: EdifactProfile) -> str:
    """1153 of a reference: the profile's, the table's, or the partner's own."""
    own = item.code or ""
    if item.kind == "other":
        fits = 0 < len(own) <= 3 and own.isascii() and own.isalnum() and own not in _RESERVED
        return own if fits else _OTHER
    return profile.references.get(item.kind) or REFERENCE_CODES[item.kind]


def read(segment: Segment, profile: EdifactProfile, faults: Faults) -> Reference | None:
    """The reference of an RFF; None, with a finding, where it names nothing."""
    code, number, line = at(segment, 1), at(segment, 1, 1), at(segment, 1, 2)
    if not number:
        faults.not_kept(f"RFF+{code}")
        return None
    kind, own = kind_of(code, profile)
    try:
        return Reference.model_validate({"kind": kind, "number": number[:200], "line": line or None, "code": own})
    except ValidationError:
        faults.warning("reference", f"RFF 1153 {code[:10]!r} cannot be kept; correct it", 1, 1)
        return None


def written(item: Reference, profile: EdifactProfile) -> list[list[str]]:
    """RFF, with DTM where the reference has a date."""
    rows = [["RFF", c(code_of(item, profile), item.number, item.line or "")]]
    if item.date:
        rows.append(["DTM", c("171", day(item.date), "102")])
    return rows
