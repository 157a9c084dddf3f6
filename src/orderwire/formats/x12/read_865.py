"""Reads the 865, the answer to a change (860) or a change that the seller asks for, into a Response."""

from collections.abc import Mapping
from typing import Any, ClassVar

from orderwire.document.response import HeaderStatus, LineStatus, Response
from orderwire.document.states import DocumentType
from orderwire.formats.x12.envelope import Marks
from orderwire.formats.x12.faults import BAD_CODE, MISSING, Faults
from orderwire.formats.x12.order_codes import ANSWERS, CANCELLATIONS, LINE_CODES, PURPOSES
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.read_855 import COMMON, Handler, Opening, ResponseReader

_USUAL = frozenset({"00", "04", "05", "06", "07", "19"}) | CANCELLATIONS
_SAID = {"RC": LineStatus.REJECTED, "NC": LineStatus.ACCEPTED}
"""What POC02 says of a line without ACK; the other codes only repeat the buyer's change."""


def read(
    segments: list[str], marks: Marks, profile: X12Profile, faults: Faults, envelope: dict[str, str]
) -> tuple[DocumentType, Response | None, str | None]:
    """The answer and the number of the order whose change it answers."""
    reader = ChangeAnswerReader(marks, profile, faults, test=envelope["usage"] != "P")
    document = reader.response(segments)
    return DocumentType.RESPONSE, document, reader.fields.get("order_number") or None


class ChangeAnswerReader(ResponseReader):
    """Reads one 865: BCA instead of BAK, POC instead of PO1."""

    handlers: ClassVar[Mapping[str, Handler]]
    opening: ClassVar[Opening] = Opening("BCA", 6, 4, 9, 10)
    line_code = ""

    def _bca(self, segment: list[str]) -> None:
        faults, fields = self.faults, self.fields
        purpose, code, sequence = segment[1].strip(), segment[2].strip(), segment[5].strip()
        if purpose not in _USUAL:
            text = f"BCA01 {purpose!r} is unusual in an 865; expected 06 (confirmation), 01 or 19"
            faults.warning("purpose", text, 1, ack=BAD_CODE if purpose else MISSING, value=purpose)
        elif purpose == "19":
            text = f"BCA01 19 ({PURPOSES['19']}): nobody asked for it, and nothing is agreed until the buyer says yes"
            faults.warning("purpose", text, 1)
        if code and code not in ANSWERS:
            text = f"BCA02 {code!r} does not say whether the change is accepted; ask the supplier for AT, RJ or another"
            faults.error("answer-code", text, 2, ack=BAD_CODE, value=code)
        self._opened(segment, code)
        fields["answers"] = "cancellation" if purpose in CANCELLATIONS else "order" if purpose == "19" else "change"
        if segment[7].strip():
            fields["change_number"] = segment[7].strip()[:200]
        if sequence.isascii() and sequence.isdigit() and 0 < int(sequence[:6]) < 100_000:
            fields["sequence"] = int(sequence)
        elif sequence:
            faults.warning("sequence", f"BCA05 {sequence!r} is not a count of changes; it is not kept", 5)

    def _poc(self, segment: list[str]) -> None:
        component = self.marks.component
        unit = segment[5].split(component)[0] if component else segment[5]
        self._answered_line([*segment[:5], unit, *segment[6:]], 3, 5, 6, 8)
        self.line_code = segment[2].strip()
        if self.line_code not in LINE_CODES:
            text = f"POC02 {self.line_code!r} is not a code we know; ACK01 says what the answer is"
            self.faults.warning("line-change", text, 2, ack=BAD_CODE, value=self.line_code)

    def _unanswered(self) -> dict[str, Any]:
        if said := _SAID.get(self.line_code):
            return {"status": said, "code": self.line_code}
        return super()._unanswered()

    def _assemble(self) -> Response | None:
        if self.fields["status"] is None:
            self.fields["status"] = self._derived()
        return super()._assemble()

    def _derived(self) -> HeaderStatus:
        """What the lines say together where BCA02 says nothing."""
        statuses = {line.status for line in self.lines}
        text = "BCA02 does not say whether the change is accepted; it is told from the lines"
        self.faults.remark("answer-code", text, "BCA02")
        if not statuses or LineStatus.PENDING in statuses:
            return HeaderStatus.RECEIVED
        if statuses == {LineStatus.ACCEPTED}:
            return HeaderStatus.ACCEPTED
        return HeaderStatus.REJECTED if statuses == {LineStatus.REJECTED} else HeaderStatus.ACCEPTED_WITH_CHANGES


ChangeAnswerReader.handlers = {**COMMON, "BCA": ChangeAnswerReader._bca, "POC": ChangeAnswerReader._poc}
