"""Reads ORDRSP into a Response: answers in BGM 1225 (EANCOM) or 4343, in LIN 1229, in quantities and dates."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.order import CURRENCIES
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.formats.edifact import answer_line, notes, terms
from orderwire.formats.edifact.answer_line import AnswerReader
from orderwire.formats.edifact.envelope import RawMessage
from orderwire.formats.edifact.faults import BAD_VALUE, MISSING, Faults
from orderwire.formats.edifact.found import Found
from orderwire.formats.edifact.parties import PartyReader
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import Segment, at, split
from orderwire.formats.edifact.tables import ADJUSTMENTS, ANSWERS, FUNCTION_ANSWERS, PARTIES, PARTY_REFERENCES
from orderwire.formats.edifact.values import date, number

ORDER_CONTACT = "OC"
"""3139 of the person who answers; other contacts are the supplier's."""
_CODES = {"AB", "AC", "AD", "AI", "AJ", "AP", "CA", "NA", "RE"}


def settled(status: HeaderStatus, lines: Sequence[LineAnswer]) -> HeaderStatus:
    """The header status that the lines allow: "accepted" over a changed or rejected line is accepted with changes."""
    if status is HeaderStatus.ACCEPTED and any(line.status is not LineStatus.ACCEPTED for line in lines):
        return HeaderStatus.ACCEPTED_WITH_CHANGES
    return status


def status_of(function: str, answer: str) -> HeaderStatus | None:
    """What 1225 and 4343 say together; 4343 counts more, for 1225 is often 9 or 4 beside it."""
    return ANSWERS.get(answer) or FUNCTION_ANSWERS.get(function)


def read(message: RawMessage, profile: EdifactProfile, faults: Faults) -> Found:
    """The answer of one ORDRSP message."""
    reader = ResponseReader(message, profile, faults)
    reader.walk()
    faults.segment = "UNT"
    number = reader.fields.get("order_number")
    if not reader.opened and not faults.failed:
        faults.missing_segment("BGM", "BGM, which opens an ORDRSP, is missing; nothing says which order is answered")
    elif not number:
        faults.error("number-missing", "no RFF+ON names the order; nothing says which one is answered", ack=MISSING)
    if faults.failed:
        return Found(None, number)
    return Found(reader.response(), number)


class ResponseReader:
    """One pass over the segments of one message."""

    def __init__(self, message: RawMessage, profile: EdifactProfile, faults: Faults):
        self.message, self.profile, self.faults = message, profile, faults
        self.opened = False
        self.fields: dict[str, Any] = {}
        self.ftx: list[notes.Ftx] = []
        self.reasons: list[str] = []
        self.lines: list[AnswerReader] = []
        self.line: AnswerReader | None = None
        self.party: PartyReader | None = None
        self.alc: terms.AlcReader | None = None
        self.group = ""
        self.summary = False

    def walk(self) -> None:
        """Take all segments."""
        marks, faults, handlers = self.message.marks, self.faults, _HANDLERS
        for position, raw in enumerate(self.message.segments, 1):
            segment = split(raw, marks)
            name = segment[0][0]
            faults.at, faults.segment = position, name
            handler = handlers.get(name)
            if handler is not None and len(segment) > 1:
                handler(self, segment)
            elif name not in ("UNH", "UNT", "IMD", "UNS"):
                faults.not_kept(name[:3])
            elif name == "UNS":
                self._leave()
                self.line, self.summary = None, True
        self._leave()

    def response(self) -> Response | None:
        """The answer; None where an error was reported."""
        fields, faults = self.fields, self.faults
        said = fields["status"]
        lines: list[LineAnswer] = []
        for reader in self.lines:
            lines += reader.answers(said, faults, self.message.version)
        if faults.failed:
            return None
        fields["status"] = settled(said, lines)
        if said is not fields["status"]:
            text = f"BGM {fields['code']} accepts the order but a line says otherwise; read as accepted with changes"
            faults.remark("mixed-answer", text, "BGM")
        if said is HeaderStatus.ACCEPTED_WITH_CHANGES and not lines:
            text = f"BGM {fields['code']} announces changes but no line says which; ask the supplier"
            faults.remark("changes-unnamed", text, "BGM")
        texts = [*self.reasons, *filter(None, [notes.words(self.ftx, self.message.version)])]
        fields["reason"] = "\n".join(texts)[:4000].strip() or None
        try:
            return Response(**fields, lines=tuple(lines), test=self.message.test)
        except ValidationError as failure:
            faults.extend(from_validation(failure))
            return None

    def _bgm(self, segment: Segment) -> None:
        faults = self.faults
        function, answer = at(segment, 3), at(segment, 4)
        status = status_of(function, answer)
        self.opened = True
        if status is None:
            said = f"1225 {function or 'nothing'}{f' and 4343 {answer}' if answer else ''}"
            text = f"BGM says {said[:40]}; that does not tell whether the order is accepted: its lines are looked at"
            faults.warning("answer-code", text, 3, ack=BAD_VALUE if function else MISSING, value=function)
            status = HeaderStatus.RECEIVED
        elif answer and answer not in _CODES:
            faults.warning("answer-code", f"BGM 4343 {answer[:5]!r} is not an answer we know", 4, ack=BAD_VALUE)
        code = f"{function}:{answer}" if answer else function
        kept = code.isascii() and 0 < len(code.strip(":")) <= 35 and code.replace(":", "").isalnum()
        self.fields.update(number=at(segment, 2)[:200] or None, status=status, code=code if kept else None)

    def _dtm(self, segment: Segment) -> None:
        code, said, form = at(segment, 1), at(segment, 1, 1), at(segment, 1, 2) or "102"
        when = date(said, form)
        if when is None:
            text = f"DTM 2380 is {said[:35]!r} in format {form[:5]}; expected a date such as CCYYMMDD in format 102"
            self.faults.error("bad-date", text, 1, 2, ack=BAD_VALUE if said else MISSING, value=said)
        elif self.line is not None:
            if self.group in ("RFF", "PAT") or not self.line.dtm(code, when, self.group):
                self.faults.not_kept(f"DTM+{code}")
        elif code == "137":
            self.fields["answered"] = when
        elif code != "9" and (code in ("69", "2", "67", "79", "11") and self.group == ""):
            self._common(code, when)
        elif code != "9":
            self.faults.not_kept(f"DTM+{code}")

    def _common(self, code: str, when: datetime.date) -> None:
        self.faults.info("common-date", f"DTM+{code} {when} is said for the whole order; look at its lines")

    def _ftx(self, segment: Segment) -> None:
        (self.line.ftx if self.line is not None else self.ftx).append(notes.ftx(segment))

    def _ajt(self, segment: Segment) -> None:
        self._leave()
        self.group = "AJT"
        code = at(segment, 1)
        words = f"{ADJUSTMENTS.get(code, 'adjustment').capitalize()} (AJT {code[:3]})"
        (self.line.reasons if self.line is not None else self.reasons).append(words)

    def _rff(self, segment: Segment) -> None:
        code, value, version = at(segment, 1), at(segment, 1, 1), at(segment, 1, 3)
        if self.party is not None and (self.line is not None or code in PARTY_REFERENCES or code == "ACD"):
            self.party.add(segment, self.faults)
            return
        self._leave()
        self.group = "RFF"
        fields = self.fields
        if self.line is not None:
            if not self.line.rff(code, value, at(segment, 1, 2)):
                self.faults.not_kept(f"RFF+{code}")
        elif code == "ON" and "order_number" not in fields:
            fields["order_number"] = value[:200]
            if revision := _count(version):
                fields["revision"] = revision
        elif code == "PP":
            fields.update(answers="change", change_number=value[:200] or None, sequence=_count(version))
        elif code == "RE" and value:
            fields["release_number"] = value[:200]
        elif code == "VN" and value:
            fields.setdefault("supplier_order_number", value[:200])
        else:
            self.faults.not_kept(f"RFF+{code}")

    def _leave(self) -> None:
        if self.alc is not None:
            self._charged(self.alc)
        if self.party is None:
            return
        reader, self.party = self.party, None
        if self.line is not None or PARTIES.get(reader.role) != "supplier" or "supplier" in self.fields:
            self.faults.not_kept(f"NAD+{reader.role}")
            return
        self.fields["supplier"] = reader.party(self.faults, without=ORDER_CONTACT)
        if (person := reader.contact(ORDER_CONTACT)) is not None:
            self.fields["contact"] = person.name

    def _alc(self, segment: Segment) -> None:
        self._leave()
        self.group = "ALC"
        if self.line is None and not self.summary:
            self.alc = terms.AlcReader(segment, self.faults.at)
        else:
            self.faults.not_kept("ALC", "a charge or allowance of a line")

    def _of_charge(self, segment: Segment) -> None:
        name, said = segment[0][0], at(segment, 1, 1)
        if self.alc is None or (name == "MOA" and at(segment, 1) not in terms.AMOUNTS):
            self.faults.not_kept(name)
        elif (value := number(said)) is None:
            self.faults.warning("bad-number", f"{name} is {said[:20]!r}; expected a number", 1, 2, ack=BAD_VALUE)
        elif name == "MOA":
            self.alc.amount = value
        else:
            self.alc.percent = value

    def _charged(self, alc: terms.AlcReader) -> None:
        """What the supplier asks for agreeing: all charges of the heading together."""
        self.alc, place, name = None, self.faults.at, self.faults.segment
        found = alc.close(self.faults)
        if found is not None and found.kind == "charge" and found.amount is not None:
            self.fields["charge"] = self.fields.get("charge", 0) + found.amount
        elif found is not None:
            self.faults.not_kept("ALC", f"an {found.kind}" if found.kind == "allowance" else "a charge in percent")
        self.faults.at, self.faults.segment = place, name

    def _nad(self, segment: Segment) -> None:
        self._leave()
        self.group, self.party = "NAD", PartyReader(segment, self.faults.at)

    def _contact(self, segment: Segment) -> None:
        if self.party is None or not self.party.add(segment, self.faults):
            self.faults.not_kept(segment[0][0])

    def _cux(self, segment: Segment) -> None:
        self._leave()
        code = at(segment, 1, 1).upper()
        if code in CURRENCIES and self.line is None:
            self.fields.setdefault("currency", code)
        else:
            self.faults.warning("currency", f"CUX 6345 {code[:10]!r} is not an ISO 4217 currency", 1, 2, ack=BAD_VALUE)

    def _lin(self, segment: Segment) -> None:
        self._leave()
        self.group = "LIN"
        self.line = AnswerReader(segment, self.faults.at, self.profile)
        self.lines.append(self.line)
        if (code := self.line.code) and code not in answer_line.LINE_ANSWERS:
            text = f"LIN 1229 {code[:5]!r} is not a line answer we know; ask the supplier what it means"
            self.faults.error("answer-code", text, 2, ack=BAD_VALUE, value=code)

    def _group(self, segment: Segment) -> None:
        self._leave()
        self.group = segment[0][0]
        if self.line is None or self.group not in ("SCC", "LOC"):
            self.faults.not_kept(self.group)
        elif self.group == "SCC":
            self.line.instruction = at(segment, 2)

    def _detail(self, segment: Segment) -> None:
        if self.line is None or self.party is not None:
            self.faults.not_kept(segment[0][0])
        elif segment[0][0] == "PIA":
            self.line.pia(segment)
        elif segment[0][0] == "QTY":
            self.line.qty(segment, self.faults, self.group)
        else:
            self.group = "PRI"
            self.line.pri(segment, self.faults)

    def _cnt(self, segment: Segment) -> None:
        self._leave()
        self.line = None
        said = number(at(segment, 1, 1))
        if at(segment, 1) == "2" and said != len(self.lines):
            text = f"CNT+2 counts {at(segment, 1, 1)[:20]} but there are {len(self.lines)} LIN; content may be missing"
            self.faults.error("line-count", text, 1, 2, ack=BAD_VALUE, value=at(segment, 1, 1))


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:6]) < 100_000 and len(text) < 7 else None


_R = ResponseReader
_HANDLERS: Mapping[str, Callable[[ResponseReader, Segment], None]] = {
    "BGM": _R._bgm, "DTM": _R._dtm, "FTX": _R._ftx, "RFF": _R._rff, "AJT": _R._ajt, "NAD": _R._nad,
    "CTA": _R._contact, "COM": _R._contact, "CUX": _R._cux, "LIN": _R._lin, "PIA": _R._detail, "QTY": _R._detail,
    "PRI": _R._detail, "SCC": _R._group, "LOC": _R._group, "PAC": _R._group, "ALC": _R._alc,
    "MOA": _R._of_charge, "PCD": _R._of_charge, "TAX": _R._group, "PAT": _R._group, "TDT": _R._group,
    "TOD": _R._group, "CNT": _R._cnt,
}  # fmt: skip
