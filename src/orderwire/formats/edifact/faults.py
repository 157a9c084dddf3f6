"""What is wrong with one message: findings for people and, beside them, the codes of CONTRL (0085) with positions."""

from orderwire.document.functional import ElementError, FunctionalStatus, SegmentError, TransactionStatus
from orderwire.formats.edifact.envelope import RawMessage
from orderwire.formats.edifact.syntax import split
from orderwire.formats.faults import SegmentFaults, alphanumeric, label

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


class Faults(SegmentFaults):
    """Positions of elements count from 1 behind the segment tag, components from 1 within a composite: in QTY+21:x the
    bad value is element 1, component 2."""

    __slots__ = ()
    opening, missing = "UNH", MISSING

    def place(self, element: int, component: int) -> str:
        """QTY element 1.2."""
        return f"{self.segment} element {element}.{component}" if component else f"{self.segment} element {element}"

    def status(self, message: RawMessage) -> TransactionStatus:
        """What CONTRL says of this message (UCM): 4 with an error, else 7; the codes and places of UCS and UCD."""
        errors = self._errors()
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
            control=label(message.control, 14) or "0",
            status=status,
            code="4" if self.failed else "7",
            errors=errors,
            error_codes=codes,
        )


def _framed(code: str) -> SegmentError:
    segment, element, component = _FRAME[code]
    bad = (ElementError(position=element, component=component, code=code),) if element else ()
    return SegmentError(segment=segment, position=0, code=code, elements=bad)


def _identifier(message: RawMessage) -> str:
    """UNH S009 as a CONTRL repeats it: ORDERS:D:96A:UN:EAN008."""
    header = split(message.segments[0], message.marks)
    parts = [alphanumeric(part, 6) for part in header[2][:5]] if len(header) > 2 else []
    return ":".join(parts).rstrip(":") or "UNKNWN"
