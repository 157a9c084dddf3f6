"""Reads the 855 purchase order acknowledgment into a Response: with ACK segments, with SCH only, or header only."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.order import CURRENCIES
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.document.states import DocumentType
from orderwire.document.terms import Note
from orderwire.formats.x12.answer_values import AnswerValues
from orderwire.formats.x12.charge import charge_of
from orderwire.formats.x12.envelope import Marks
from orderwire.formats.x12.faults import BAD_CODE, BAD_DATE, MISSING, MOST_LINES, Faults
from orderwire.formats.x12.order_codes import ANSWERS, LINE_REPLIES
from orderwire.formats.x12.parties import PartyReader
from orderwire.formats.x12.price_basis import price_basis
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.tables import (
    BUYER_PARTS,
    GTINS,
    OTHER_PRICES,
    PROMISED_DATES,
    SHIP_DATES,
    SUPPLIER_ENTITIES,
    SUPPLIER_PARTS,
    WEIGHTY,
)
from orderwire.formats.x12.texts import NoteReader, revision
from orderwire.formats.x12.values import date, number

Handler = Callable[[Any, list[str]], None]
_UNANSWERED = {
    HeaderStatus.ACCEPTED: LineStatus.ACCEPTED, HeaderStatus.ACCEPTED_WITH_CHANGES: LineStatus.CHANGED,
    HeaderStatus.REJECTED: LineStatus.REJECTED, HeaderStatus.RECEIVED: LineStatus.PENDING,
}  # fmt: skip
"""What a line without ACK means: what the header says of all."""


def settled(status: HeaderStatus, lines: Sequence[LineAnswer]) -> HeaderStatus:
    """The header status that the lines allow: "accepted" over a changed or rejected line is accepted with changes."""
    if status is HeaderStatus.ACCEPTED and any(line.status is not LineStatus.ACCEPTED for line in lines):
        return HeaderStatus.ACCEPTED_WITH_CHANGES
    return status


def read(
    segments: list[str], marks: Marks, profile: X12Profile, faults: Faults, envelope: dict[str, str]
) -> tuple[DocumentType, Response | None, str | None]:
    """The answer and the number of the order that it answers."""
    reader = ResponseReader(marks, profile, faults, test=envelope["usage"] != "P")
    document = reader.response(segments)
    return DocumentType.RESPONSE, document, reader.fields.get("order_number") or None


class Opening(NamedTuple):
    """Which element of the segment that opens the set has what."""

    name: str
    date: int
    release: int
    own: int
    answered: int


class ResponseReader(AnswerValues):
    """One pass over the segments of one set. A subclass names the segments that open the set and its lines."""

    handlers: ClassVar[Mapping[str, Handler]]
    opening: ClassVar[Opening] = Opening("BAK", 4, 5, 8, 9)

    def __init__(self, marks: Marks, profile: X12Profile, faults: Faults, *, test: bool):
        super().__init__(profile, faults)
        self.marks, self.test = marks, test
        self.fields: dict[str, Any] = {}
        self.lines: list[LineAnswer] = []
        self.common: dict[str, Any] | None = None
        self.answers: list[dict[str, Any]] = []
        self.scheduled: list[dict[str, Any]] = []
        self.reason: list[str] = []
        self.dates: dict[str, Any] = {}
        self.groups = 0
        self.party: PartyReader | None = None
        self.note: NoteReader | None = None

    def response(self, segments: Sequence[str]) -> Response | None:
        """The answer; None where the faults have an error."""
        faults = self.faults
        for faults.at, raw in enumerate(segments, 1):
            segment = [*raw.split(self.marks.element), "", "", "", "", "", "", "", "", "", ""]
            faults.segment = segment[0]
            handler = self.handlers.get(segment[0])
            if handler is not None:
                handler(self, segment)
            elif segment[0] not in ("ST", "SE", "PID", "PO4"):
                faults.not_kept(segment[0][:3], WEIGHTY.get(segment[0], ""))
        self._end_line()
        faults.segment, name = "SE", self.opening.name
        if "order_number" not in self.fields and not faults.failed:
            faults.missing_segment(
                name, f"{name}, which opens the set, is missing; nothing says which order is answered"
            )
        if faults.failed:
            return None
        return self._assemble()

    def _assemble(self) -> Response | None:
        fields, faults, place = self.fields, self.faults, f"{self.opening.name}02"
        said = fields["status"]
        fields["status"] = settled(said, self.lines)
        if said is not fields["status"]:
            text = (
                f"{place} {fields['code']} accepts the order but a line says otherwise; read as accepted with changes"
            )
            faults.remark("mixed-answer", text, place)
        if said is HeaderStatus.ACCEPTED_WITH_CHANGES and not self.lines:
            text = f"{place} {fields['code']} announces changes but no line says which; ask the supplier"
            faults.remark("changes-unnamed", text)
        if self.reason:
            fields["reason"] = "\n".join(self.reason)[:4000].strip()
        try:
            return Response(**fields, lines=tuple(self.lines), test=self.test)
        except ValidationError as failure:
            faults.extend(from_validation(failure))
            return None

    def _bak(self, segment: list[str]) -> None:
        purpose = segment[1].strip()
        if purpose not in ("00", "06", "11", "05", "07", "54"):
            text = f"BAK01 {purpose!r} is unusual in an 855; expected 00 or 06"
            self.faults.warning("purpose", text, 1, ack=BAD_CODE, value=purpose)
        code = segment[2].strip()
        if code not in ANSWERS:
            text = f"BAK02 {code!r} does not say whether the order is accepted; ask the supplier for AD, RD or another"
            self.faults.error("answer-code", text, 2, ack=BAD_CODE if code else MISSING, value=code)
        self._opened(segment, code)

    def _opened(self, segment: list[str], code: str) -> None:
        """What BAK and BCA say alike."""
        faults, fields, at = self.faults, self.fields, self.opening
        po, po_date = segment[3].strip(), segment[at.date].strip()
        if code == "RO":
            text = f"{at.name}02 RO is a counter offer: nothing is agreed until the buyer says yes"
            faults.info("counter-offer", text, 2)
        if not po:
            faults.error("number-missing", f"{at.name}03, the purchase order number, is missing", 3, ack=MISSING)
        elif po_date and date(po_date) is None:
            text = f"{at.name}{at.date:02d}, the date of the order, is {po_date!r}; expected CCYYMMDD"
            if date(po):
                text += f"; it and {at.name}03 look swapped"
                faults.error("swapped", text, at.date, ack=BAD_DATE, value=po_date)
            else:
                faults.warning("bad-date", text, at.date, ack=BAD_DATE, value=po_date)
        fields.update(
            order_number=po[:200], status=ANSWERS[code].status if code in ANSWERS else None, code=code or None
        )
        if release := segment[at.release].strip():
            fields["release_number"] = release[:200]
        if own := segment[at.own].strip():
            fields["supplier_order_number"] = own[:200]
        fields["answered"] = self._date(segment[at.answered].strip(), at.answered)

    def _cur(self, segment: list[str]) -> None:
        if segment[2] in CURRENCIES:
            self.fields["currency"] = segment[2]
        else:
            text = f"CUR02 {segment[2]!r} is not an ISO 4217 currency"
            self.faults.warning("currency", text, 2, ack=BAD_CODE, value=segment[2])

    def _ref(self, segment: list[str]) -> None:
        value = segment[2].strip()
        if self.party is not None and self.party.add(segment, self.faults):
            return
        if self.common is None and (version := revision(segment[1], value)):
            self.fields["revision"] = version
        elif self.common is None and segment[1] == "CO" and value and "supplier_order_number" not in self.fields:
            self.faults.not_kept("REF*CO")
        elif self.common is None and segment[1] == "VN" and value:
            self.fields.setdefault("supplier_order_number", value[:200])
        else:
            self.faults.not_kept("REF")

    def _per(self, segment: list[str]) -> None:
        if self.party is not None and self.party.add(segment, self.faults):
            return
        if segment[2].strip() and self.common is None:
            self.fields.setdefault("contact", segment[2].strip()[:200])
        else:
            self.faults.not_kept("PER")

    def _sac(self, segment: list[str]) -> None:
        """What the supplier asks for agreeing: all charges of the header together."""
        asked = charge_of(segment, self.faults) if self.common is None else None
        if asked is None:
            self.faults.not_kept("SAC", "a charge or allowance")
        else:
            self.fields["charge"] = self.fields.get("charge", 0) + asked

    def _leave(self) -> None:
        if self.note is not None:
            found, self.note = self.note.close(self.marks.component, self.faults), None
            if isinstance(found, Note):
                if self.common is None:
                    self.reason.append(found.text)
                else:
                    self.common["reason"] = "\n".join(filter(None, [self.common.get("reason"), found.text]))[
                        :4000
                    ].strip()
            elif found is not None:
                self.faults.not_kept("N9")
        if self.party is not None:
            party, self.party = self.party, None
            if party.entity in SUPPLIER_ENTITIES and self.common is None:
                self.fields["supplier"] = party.party(self.faults)
            else:
                self.faults.not_kept(f"N1*{party.entity}")

    def _n9(self, segment: list[str]) -> None:
        self._leave()
        self.note = NoteReader(segment)

    def _msg(self, segment: list[str]) -> None:
        if self.note is None:
            self.note = NoteReader(None)
        self.note.add(segment)

    def _n1(self, segment: list[str]) -> None:
        self._leave()
        self.party = PartyReader(segment, self.faults)

    def _part(self, segment: list[str]) -> None:
        if self.party is not None:
            self.party.add(segment, self.faults)

    def _po1(self, segment: list[str]) -> None:
        self._answered_line(segment, 2, 3, 4, 6)

    def _answered_line(self, segment: list[str], quantity: int, unit: int, price: int, ids: int) -> None:
        """A new line; the numbers are places of its elements."""
        self._end_line()
        found: dict[str, str] = {}
        for code, value in zip(segment[ids::2], segment[ids + 1 :: 2], strict=False):
            if value.strip():
                found.setdefault(code, value.strip()[:200])
        unit_code = self._unit(segment[unit], unit)
        code = segment[price + 1].strip()
        basis = price_basis(code, unit_code, price + 1, self.faults) if code else None
        self.common = {
            "number": segment[1].strip()[:200] or None, "quantity": self._number(segment[quantity], quantity),
            "unit": unit_code, "price": self._number(segment[price], price), "price_basis": basis,
            "buyer_part": _first(found, BUYER_PARTS), "supplier_part": _first(found, SUPPLIER_PARTS),
            "gtin": _first(found, GTINS), **self.dates,
        }  # fmt: skip

    def _ack(self, segment: list[str]) -> None:
        self._leave()
        if self.common is None:
            self.faults.error(
                "segment-place", "ACK stands before any line; nothing says which line it answers", ack="2"
            )
            return
        code = segment[1].strip()
        status = LINE_REPLIES[code].status if code in LINE_REPLIES else None
        if status is None:
            text = f"ACK01 {code!r} is not a line answer we know; ask the supplier what it means"
            self.faults.error("answer-code", text, 1, ack=BAD_CODE if code else MISSING, value=code)
            return
        if code == "AC":
            self.faults.info("shipped", "ACK01 AC says accepted and already shipped", 1)
        answer: dict[str, Any] = {"status": status, "code": code}
        quantity, unit = self._number(segment[2], 2), self._unit(segment[3], 3)
        if quantity is not None:
            answer["quantity"] = quantity
        if unit is not None:
            answer["unit"] = unit
        self._when(answer, segment[4].strip(), segment[5], 5)
        for qualifier, value in zip(segment[7::2], segment[8::2], strict=False):
            if qualifier.strip() and value.strip() and status is LineStatus.SUBSTITUTED:
                answer.setdefault("substitute_part", value.strip()[:200])
        self.answers.append(answer)

    def _sch(self, segment: list[str]) -> None:
        self._leave()
        if self.common is None:
            self.faults.not_kept("SCH")
            return
        answer: dict[str, Any] = {"quantity": self._number(segment[1], 1), "unit": self._unit(segment[2], 2)}
        self._when(answer, segment[5].strip(), segment[6], 6)
        self.scheduled.append(answer)

    def _dtm(self, segment: list[str]) -> None:
        """The date of the last ACK, else of the line, else of all lines that follow."""
        code = segment[1].strip()
        if self.party is not None or self.note is not None or code not in PROMISED_DATES | SHIP_DATES:
            self.faults.not_kept(f"DTM*{code}", "a date" if code in PROMISED_DATES | SHIP_DATES else "")
            return
        self._when(self.answers[-1] if self.answers else self.dates if self.common is None else self.common,
                   code, segment[2], 2)  # fmt: skip

    def _ctp(self, segment: list[str]) -> None:
        price = self._number(segment[3], 3)
        if self.common is not None and self.common["price"] is None and segment[2].strip() not in OTHER_PRICES:
            self.common["price"] = price
            basis, component = self._number(segment[4], 4), self.marks.component
            unit = self._unit(segment[5].split(component)[0] if component else segment[5], 5)
            if basis and unit in (None, self.common["unit"]):
                self.common["price_basis"] = basis
            elif basis:
                text = f"CTP05, the unit of the price, is {segment[5][:10]!r}, not that of the answer; use one for both"
                self.faults.warning("price-basis", text, 5, ack=BAD_CODE, value=segment[5])
        elif self.common is not None and price not in (None, self.common["price"]):
            self.faults.not_kept("CTP", "" if segment[2].strip() in OTHER_PRICES else "another price")

    def _ctt(self, segment: list[str]) -> None:
        self._end_line()
        groups = number(segment[1])
        if groups is not None and groups != self.groups:
            text = f"CTT01 counts {segment[1]} but there are {self.groups} lines; content may be missing"
            self.faults.error("line-count", text, 1, ack=BAD_CODE, value=segment[1])

    def _end_line(self) -> None:
        self._leave()
        common, self.common = self.common, None
        if common is None:
            return
        self.groups += 1
        if common["price"] is None:
            common["price_basis"] = None
        answers, scheduled = self.answers, self.scheduled
        self.answers, self.scheduled = [], []
        if not answers:
            unanswered = self._unanswered()
            answers = [{**unanswered, **item} for item in scheduled or [{}]]
        elif scheduled:
            self.faults.not_kept("SCH")
        if len(self.lines) + len(answers) > MOST_LINES:
            self.faults.too_many_lines()
            return
        for answer in answers:
            try:
                self.lines.append(LineAnswer.model_validate({**common, **answer}))
            except ValidationError as failure:
                self.faults.extend(from_validation(failure))

    def _unanswered(self) -> dict[str, Any]:
        """What a line without ACK says: what the header says of all."""
        return {"status": _UNANSWERED[self.fields.get("status") or HeaderStatus.RECEIVED]}

    def _when(self, answer: dict[str, Any], code: str, text: str, element: int) -> None:
        when = self._date(text, element)
        if when is None:
            return
        if code in SHIP_DATES:
            answer["ships"] = when
        elif code in PROMISED_DATES or not code:
            answer["promised"] = when
        else:
            self.faults.warning(
                "date-qualifier", f"the date qualifier {code!r} is not known; read as delivery date", element - 1
            )
            answer["promised"] = when


def _first(found: dict[str, str], codes: Any) -> str | None:
    return next((found[code] for code in codes if code in found), None)


COMMON: Mapping[str, Handler] = {
    "CUR": ResponseReader._cur, "REF": ResponseReader._ref, "PER": ResponseReader._per,
    "N9": ResponseReader._n9, "MSG": ResponseReader._msg, "MTX": ResponseReader._msg,
    "NTE": ResponseReader._msg, "N1": ResponseReader._n1, "N2": ResponseReader._part,
    "N3": ResponseReader._part, "N4": ResponseReader._part, "ACK": ResponseReader._ack,
    "CTP": ResponseReader._ctp, "SCH": ResponseReader._sch, "DTM": ResponseReader._dtm,
    "CTT": ResponseReader._ctt, "SAC": ResponseReader._sac,
}  # fmt: skip
"""Segments that mean the same in 855 and 865."""

ResponseReader.handlers = {**COMMON, "BAK": ResponseReader._bak, "PO1": ResponseReader._po1}
