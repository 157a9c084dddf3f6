"""What is wrong with one transaction set: findings for people and, beside them, the codes of the 997."""

from orderwire.document.functional import FunctionalStatus, TransactionStatus
from orderwire.formats.faults import SegmentFaults, alphanumeric, label
from orderwire.formats.x12.envelope import RawSet
from orderwire.formats.x12.tables import FUNCTIONAL_CODES, SEGMENTS_IN_ERROR

MOST_LINES = 100_000
"""Lines read from one set, as many as an order may have."""

MISSING, BAD_CHARACTER, BAD_CODE, BAD_DATE = "1", "6", "7", "8"
"""Codes of data element 723 (AK403)."""
SEGMENT_MISSING, ELEMENTS_IN_ERROR = "3", "8"
"""Codes of data element 720 (AK304)."""


class Faults(SegmentFaults):
    """Positions count from ST as 1, elements from 1 behind the segment id. `ack` is the AK403 code where an element is
    named, AK304 where none is."""

    __slots__ = ("crowded",)
    opening, missing = "ST", SEGMENT_MISSING

    def __init__(self) -> None:
        super().__init__()
        self.crowded = False

    def place(self, element: int, component: int) -> str:
        """BEG03."""
        return f"{self.segment}{element:02d}"

    def too_many_lines(self) -> None:
        """More lines than are read: an error, told once."""
        if not self.crowded:
            self.crowded = True
            text = f"the set has more than {MOST_LINES} lines; ask the partner to split it"
            self.error("too-many-lines", text)

    def status(self, item: RawSet) -> TransactionStatus:
        """The AK2 to AK5 that answer this set: R with an error, E with syntax warnings, else A."""
        errors = self._errors(ELEMENTS_IN_ERROR)
        codes = list(dict.fromkeys(self.codes))
        if errors or (self.failed and not codes):
            codes.append(SEGMENTS_IN_ERROR)
        status = FunctionalStatus.ACCEPTED
        if self.failed:
            status = FunctionalStatus.REJECTED
        elif errors:
            status = FunctionalStatus.ACCEPTED_WITH_ERRORS
        return TransactionStatus(
            kind=alphanumeric(item.kind, 3) or "000",
            control=label(item.control, 9) or "0",
            status=status,
            code=FUNCTIONAL_CODES[status],
            errors=errors,
            error_codes=tuple(codes[:5]),
        )
