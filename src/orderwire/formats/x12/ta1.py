"""The TA1 acknowledges a whole interchange: read, written, and made where one asks for it or cannot be used."""

from typing import Any

from orderwire.document.finding import has_errors
from orderwire.document.functional import FunctionalAck, FunctionalStatus
from orderwire.formats.x12.codes import (
    INTERCHANGE_CODES,
    INTERCHANGE_NOTE_OF,
    INTERCHANGE_WORDS,
    NO_ERROR,
)
from orderwire.formats.x12.elements import Elements
from orderwire.formats.x12.envelope import Interchange
from orderwire.formats.x12.faults import BAD_CODE, Faults
from orderwire.formats.x12.fit import Fit
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.tables import FUNCTIONAL
from orderwire.formats.x12.writer import joined

KIND = "ISA"
"""`group_kind` of an acknowledgment that is about an interchange."""


def read(
    segment: str, interchange: Interchange, profile: X12Profile, faults: Faults, *, test: bool
) -> FunctionalAck | None:
    """One TA1; None, with an error, where it does not say which interchange it is about, or what became of it."""
    row = Elements(interchange.marks, profile, faults)
    row.take(segment, 1)
    control = row.needed(1, "the control number of the interchange that is acknowledged")
    code = row.text(4)
    if code not in INTERCHANGE_WORDS:
        faults.error("ack-code", f"TA104 is {code!r}; expected A, E or R", 4, ack=BAD_CODE, value=code)
    if faults.failed:
        return None
    note = row.code(5)
    prepared = f"{row.text(2)} {row.text(3)}".strip()
    return FunctionalAck(
        group_kind=KIND, group_control=control, prepared=prepared or None, status=FUNCTIONAL[code], code=code,
        error_codes=() if note in (None, NO_ERROR) else (note,), test=test,
    )  # fmt: skip


def answer(interchange: Interchange, *, test: bool) -> FunctionalAck | None:
    """The TA1 that an interchange gets: where ISA14 asks for one, or nothing in it can be used.

    None for an interchange that only acknowledges: nobody acknowledges acknowledgments (X12.56).
    """
    isa = interchange.header
    sets = [item for group in interchange.groups for item in group.sets]
    if (interchange.notices and not sets) or (sets and all(item.kind in ("997", "999") for item in sets)):
        return None
    refused = has_errors(interchange.findings)
    control = isa[13]
    if not (refused or isa[14] == "1") or not (control.isascii() and control.isdigit() and len(control) <= 9):
        return None
    told = {finding.code for finding in interchange.findings}
    note = next((note for code, note in INTERCHANGE_NOTE_OF.items() if code in told), None)
    status = FunctionalStatus.ACCEPTED_WITH_ERRORS if note else FunctionalStatus.ACCEPTED
    if refused:
        status = FunctionalStatus.REJECTED
    prepared = f"{isa[9]} {isa[10]}"
    return FunctionalAck(
        group_kind=KIND, group_control=control, prepared=prepared.strip() or None, status=status,
        code=INTERCHANGE_CODES[status], error_codes=(note,) if note else (), test=test,
    )  # fmt: skip


def projected(ack: FunctionalAck, fit: Fit) -> dict[str, Any]:
    """What of an acknowledgment changes when it becomes a TA1."""
    control = ack.group_control or ""
    if not (control.isascii() and control.isdigit() and len(control) <= 9):
        words = "a TA1 names the control number of the interchange (ISA13), at most 9 digits; this one has"
        fit.stop("group_control", "control-number", f"{words} {control[:20] or 'none'}")
    date, _, time = (ack.prepared or "").partition(" ")
    if not (len(date) == 6 and date.isdigit() and len(time) == 4 and time.isdigit() and (date + time).isascii()):
        words = "a TA1 repeats date and time of the interchange (ISA09, ISA10) as YYMMDD HHMM; name them"
        fit.stop("prepared", "prepared", words)
    status = ack.status
    if status is FunctionalStatus.PARTIAL:
        fit.lose("status", "an interchange is not accepted in part; it is told as accepted with errors")
        status = FunctionalStatus.ACCEPTED_WITH_ERRORS
    code = INTERCHANGE_CODES[status]
    if ack.code not in (None, code):
        fit.lose("code", f"{ack.code} is not an X12 code for {ack.status.value}; {code} is written")
    notes = tuple(n for n in ack.error_codes if len(n) == 3 and n.isascii() and n.isdigit() and n != NO_ERROR)[:1]
    if notes != ack.error_codes:
        fit.lose("error_codes", "a TA1 says one reason of three digits (TA105); the others are left out")
    counts = dict.fromkeys(("group_version", "included", "received", "accepted"))
    if ack.transactions or any(getattr(ack, name) is not None for name in counts):
        fit.lose("transactions", "a TA1 says nothing of groups and sets; they are left out")
    return {
        "group_control": control.zfill(9) if control else None, "status": status, "code": code, "error_codes": notes,
        "transactions": (), **counts,
    }  # fmt: skip


def body(ack: FunctionalAck) -> tuple[str, int]:
    """The TA1 of a projected acknowledgment, and that it is one segment."""
    date, _, time = (ack.prepared or "").partition(" ")
    return joined([["TA1", ack.group_control or "", date, time, ack.code or "", *(ack.error_codes or (NO_ERROR,))]]), 1
