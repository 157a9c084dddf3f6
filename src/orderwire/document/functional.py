"""The functional acknowledgment: "your bytes parsed", says nothing about the business (X12 997, 999, TA1, EDIFACT
CONTRL, the cXML Response)."""

from enum import StrEnum

from orderwire.document.base import Code, Document, Label, Text


class FunctionalStatus(StrEnum):
    """X12 AK501/AK901: A, E, P (group only), R and M/W/X."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_ERRORS = "accepted_with_errors"
    PARTIAL = "partial"
    REJECTED = "rejected"


class ElementError(Document):
    """What is wrong with one element (X12 AK4): its position in the segment, the code, the bad value."""

    position: int
    code: Code
    component: int | None = None
    value: Label | None = None


class SegmentError(Document):
    """What is wrong with one segment (X12 AK3): its id, its place counted from ST as 1, the code, its elements.

    `context` says in words which part of the business document it touches (X12 999 CTX).
    """

    segment: Code
    position: int
    code: Code | None = None
    loop: Code | None = None
    elements: tuple[ElementError, ...] = ()
    context: tuple[Label, ...] = ()


class TransactionStatus(Document):
    """One acknowledged transaction set: its kind (850), its control number and what was found in it.

    `code` is the standard's own (AK501), `error_codes` those of AK502 and after.
    """

    kind: Code
    control: Label
    status: FunctionalStatus
    code: Code | None = None
    errors: tuple[SegmentError, ...] = ()
    error_codes: tuple[Code, ...] = ()


class FunctionalAck(Document):
    """Acknowledges one functional group; `group_kind` (PO) and `group_control` are those of the group acknowledged.

    Where the interchange itself is acknowledged, `group_kind` names its kind (ISA, UNB, cXML) and `group_control` is
    its control number; None where the acknowledgment does not repeat it (the cXML Response).

    `group_version` is the version of that group where the acknowledgment repeats it (AK103).

    `code` is AK901, `error_codes` AK905 and after; the counts are those of AK902 to AK904. `prepared` is when the
    acknowledged interchange was made, as its own envelope writes it (X12 ISA09 and ISA10: "260131 0930").
    """

    group_kind: Code
    group_control: Label | None = None
    group_version: Code | None = None
    prepared: Label | None = None
    status: FunctionalStatus
    code: Code | None = None
    error_codes: tuple[Code, ...] = ()
    reason: Text | None = None
    included: int | None = None
    received: int | None = None
    accepted: int | None = None
    transactions: tuple[TransactionStatus, ...] = ()
    test: bool = False
