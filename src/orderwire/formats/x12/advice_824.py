"""The 824 application advice: what a partner's application makes of our documents, read and written.

BGN numbers the advice; each OTI names a document (scope T, G, B) or an item of it (scope I), TED and NTE say why.
"""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from orderwire.document.advice import AdviceDetail, AdviceStatus, ApplicationAdvice
from orderwire.document.finding import from_validation
from orderwire.document.states import DocumentType
from orderwire.formats import Content, Context
from orderwire.formats.pieces import pieces, rejoin
from orderwire.formats.x12.codes import (
    ADVICE,
    ADVICE_CODES,
    ADVICE_SCOPES,
    ADVICE_WORDS,
    ITEM_ADVICE_CODES,
    OTHER_REASON,
)
from orderwire.formats.x12.elements import Elements
from orderwire.formats.x12.envelope import Marks
from orderwire.formats.x12.faults import BAD_CODE, Faults
from orderwire.formats.x12.fit import Fit
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.values import day
from orderwire.formats.x12.writer import joined

ORDER, ITEM, DOCUMENT = "PO", "LI", "TN"
"""OTI02: what the number in OTI03 is."""
_REASON = "REASON"
_NTE, _TED = 80, 60
_MANY = 1000
_FIELD = re.compile(r"([A-Z][A-Z0-9]{1,2}?)([0-9]{2})?")
_KIND = re.compile(r"[0-9]{3}")
_CONTROLS = {
    "interchange_control": None,
    "group_control": re.compile(r"[0-9]{1,9}"),
    "set_control": re.compile(r"[A-Za-z0-9]{4,9}"),
}
"""What OTI08 and OTI09 take; the interchange has no place in an 824."""

Found = tuple[DocumentType, Content | None, str | None]


def subjects(segments: Sequence[str], element: str) -> list[int]:
    """Where the advice on each document begins: places of OTI segments, those about items left out."""
    return [at for at, row in enumerate(segments) if row.startswith("OTI" + element) and row[4:5] != "I"]


def count(segments: Sequence[str], element: str) -> int:
    """How many documents `read` makes of the set."""
    found = len(subjects(segments, element))
    return found if 0 < found <= _MANY else 1


def read(
    segments: list[str], marks: Marks, profile: X12Profile, faults: Faults, envelope: dict[str, str]
) -> list[Found]:
    """One advice for each document that the set is about, at most 1000."""
    starts = subjects(segments, marks.element)
    if len(starts) > _MANY:
        faults.error("too-many", f"the set is about {len(starts)} documents; at most {_MANY} are read. Split it")
        return [(DocumentType.APPLICATION_ADVICE, None, None)]
    reader = _Reader(marks, profile, faults, test=envelope["usage"] != "P")
    reader.walk(segments, set(starts))
    found = reader.advices()
    of_all = found if found and len(found) == len(starts) else [None] * max(1, len(starts))
    return [(DocumentType.APPLICATION_ADVICE, advice, reader.named) for advice in of_all]


class _Reader(Elements):
    """One pass over the set; `_all` holds the values of each advice."""

    __slots__ = ("_all", "_details", "_head", "_line", "_notes", "named")

    def __init__(self, marks: Marks, profile: X12Profile, faults: Faults, *, test: bool):
        super().__init__(marks, profile, faults)
        self._head: dict[str, Any] = {"test": test}
        self._all: list[dict[str, Any]] = []
        self._details: list[dict[str, Any]] = []
        self._line: str | None = None
        self._notes: list[list[str]] = []
        self.named: str | None = None

    def walk(self, segments: Sequence[str], starts: set[int]) -> None:
        """Read the whole set."""
        for at, raw in enumerate(segments):
            name = self.take(raw, at + 1)
            if name == "NTE":
                self._nte()
                continue
            self._say()
            if name == "BGN":
                self._head |= {"number": self.needed(2, "the number of the advice"), "issued": self.date(3)}
                self.named = self._head["number"] or None
            elif name == "OTI":
                self._oti(new=at in starts)
            elif name == "TED":
                self._ted()
            elif name == "REF" and self.text(1) == ORDER and self._all:
                self._all[-1].setdefault("order_number", self.text(2) or None)
            elif name not in ("ST", "SE"):
                self.faults.not_kept(name[:3])
        self._say()
        self.faults.segment = "SE"
        if "number" not in self._head:
            self.faults.missing_segment("BGN", "BGN, which opens an 824, is missing; the advice has no number")
        if not self._all:
            self.faults.missing_segment("OTI", "OTI is missing; nothing says which document is meant")

    def advices(self) -> Sequence[ApplicationAdvice | None]:
        """One for each document; none where the faults have an error."""
        made: list[ApplicationAdvice] = []
        for values in self._all if not self.faults.failed else ():
            try:
                details = tuple(AdviceDetail.model_validate(item) for item in values.pop("details"))
                made.append(ApplicationAdvice.model_validate({**self._head, **values, "details": details}))
            except ValidationError as failure:
                self.faults.extend(from_validation(failure))
        return made

    def _oti(self, *, new: bool) -> None:
        code, qualifier, number = self.text(1), self.text(2), self.text(3)
        self._line = None
        if code not in ADVICE_WORDS:
            words = f"OTI01 {code!r} does not say what became of the document; expected TA, TE, TR or another"
            self.faults.error("advice-code", words, 1, ack=BAD_CODE, value=code)
            return
        if not new:
            if self._all:
                self._line = number or None
            else:
                self.faults.error("segment-place", "an OTI about an item stands before any about its document", ack="2")
            if self._all and code[1] in "ER" and self._all[-1]["status"] is AdviceStatus.ACCEPTED:
                self._all[-1]["status"] = AdviceStatus.ACCEPTED_WITH_ERRORS
            return
        kind = self.code(10)
        values: dict[str, Any] = {
            "status": ADVICE[code[1]], "code": code, "document_kind": kind, "document_number": number or None,
            "group_control": self.text(8) or None, "set_control": self.text(9) or None, "details": [],
        }  # fmt: skip
        if qualifier == ORDER and number:
            values["order_number"] = number
        self._all.append(values)
        self._details = values["details"]

    def _ted(self) -> None:
        if not self._all:
            self.faults.error("segment-place", "TED stands before any OTI; nothing says what it is about", ack="2")
            return
        segment, position = self.text(3), self.number(5)
        field = f"{segment}{int(position):02d}" if segment and position is not None and position < 100 else segment
        detail = {"code": self.code(1), "text": self.text(2), "line": self._line, "field": field, "value": self.text(7)}
        self._details.append({name: value for name, value in detail.items() if value})

    def _nte(self) -> None:
        text = self._row[2]
        if self._notes and not self.text(1):
            self._notes[-1].append(text)
        else:
            self._notes.append([text])

    def _say(self) -> None:
        """Give the NTE segments read so far to the TED above them."""
        notes, self._notes = self._notes, []
        if not notes or not self._details:
            return
        text = "\n".join(rejoin(line, _NTE).rstrip() for line in notes).strip()
        last = self._details[-1]
        said = last.pop("text", "")
        if said == _REASON and last.get("code") == OTHER_REASON and "reason" not in self._all[-1]:
            self._details.pop()
            self._all[-1]["reason"] = text[:4000].strip()
        else:
            last["text"] = f"{said}\n{text}".strip()[:4000].strip()


def project(advice: ApplicationAdvice, profile: X12Profile) -> tuple[ApplicationAdvice, Fit]:
    """The advice as an 824 carries it, and the account of what is lost."""
    fit = Fit(profile)
    document = advice.document_number or advice.order_number
    kind = advice.document_kind
    update: dict[str, Any] = {
        "number": advice.number or document, "document_number": document,
        "code": _code(advice, fit), "test": advice.test or profile.usage == "T",
    }  # fmt: skip
    if document is None:
        fit.stop("document_number", "missing", "an 824 names the document that it is about; name it or its order")
    if advice.issued is None:
        fit.stop("issued", "missing", "an 824 has a date; say when the advice was given")
    for name in ("number", "document_number", "order_number"):
        fit.whole(update.get(name) or getattr(advice, name) or "", fit.reference_limit, name)
    if kind is not None and not _KIND.fullmatch(kind):
        fit.lose("document_kind", f"{kind} is no transaction set of X12; it is left out", said=kind)
        update["document_kind"] = None
    for name, rule in _CONTROLS.items():
        value = getattr(advice, name)
        if value is not None and not (rule and rule.fullmatch(value)):
            words = f"{name.replace('_', ' ')} {value}"
            fit.lose(name, f"an 824 has no place for the {words}; it is left out", said=words)
            update[name] = None
    if advice.reason is not None:
        update["reason"] = _text(advice.reason)
    details = [_detail(item, f"details[{n}]", fit) for n, item in enumerate(advice.details, 1)]
    details += [AdviceDetail(code=OTHER_REASON, text=_text(note.text)) for note in fit.notes()]
    update["details"] = (*(d for d in details if d.line is None), *(d for d in details if d.line is not None))
    return advice.model_copy(update=update), fit


def _code(advice: ApplicationAdvice, fit: Fit) -> str | None:
    usual = ADVICE_CODES.get(advice.status)
    if usual is None:
        words = "an 824 says whether a document is accepted; that it was received is said by a 997"
        fit.stop("status", "status", words)
        return advice.code
    code = advice.code or usual
    if ADVICE.get(code[1:]) is advice.status and code[0] in ADVICE_SCOPES and code[0] != "I":
        return code
    fit.lose("code", f"{code} is not an X12 code for {advice.status.value}; {usual} is written")
    return usual


def _detail(item: AdviceDetail, where: str, fit: Fit) -> AdviceDetail:
    update: dict[str, Any] = {}
    code = item.code or OTHER_REASON
    if not (len(code) <= 3 and code.isalnum()):
        fit.lose(f"{where}.code", f"{code} is no code of X12 (DE 647); {OTHER_REASON} is written")
        code = OTHER_REASON
    update["code"] = code
    if item.text is not None:
        update["text"] = _text(item.text)
    if item.line is not None:
        fit.whole(item.line, fit.reference_limit, f"{where}.line")
    if item.field is not None and not _FIELD.fullmatch(item.field):
        fit.lose(f"{where}.field", f"{item.field} is no element of X12, like PO102; it is left out", said=item.field)
        update["field"] = None
    update["value"] = fit.label(item.value, 99, f"{where}.value")
    return item.model_copy(update=update)


def _text(text: str) -> str:
    """Text as NTE carries it: no tabs, no blanks at the end of a line."""
    return "\n".join(line.rstrip(" ") for line in text.replace("\t", " ").split("\n")).strip()


def body(advice: ApplicationAdvice, profile: X12Profile, context: Context) -> tuple[str, int]:
    """The segments between ST and SE of a projected advice, joined, and how many they are."""
    number, document, order = advice.number or "", advice.document_number or "", advice.order_number
    rows = [["BGN", "00", number, day(advice.issued) if advice.issued else ""]]
    subject = ["OTI", advice.code or "", ORDER if order == document else DOCUMENT, document, "", "", "", ""]
    rows.append([*subject, advice.group_control or "", advice.set_control or "", advice.document_kind or ""])
    if order and order != document:
        rows.append(["REF", ORDER, order])
    if advice.reason:
        rows += [["TED", OTHER_REASON, _REASON], *_notes(advice.reason)]
    line = None
    for item in advice.details:
        if item.line != line:
            line = item.line
            rows.append(["OTI", ITEM_ADVICE_CODES[advice.status], ITEM, line or ""])
        rows += _ted(item)
    return joined(rows), len(rows)


def _ted(item: AdviceDetail) -> list[list[str]]:
    text = item.text or ""
    short = text if len(text) <= _TED and "\n" not in text and text != _REASON else ""
    match = _FIELD.fullmatch(item.field or "")
    segment, position = (match[1], str(int(match[2])) if match[2] else "") if match else ("", "")
    return [
        ["TED", item.code or "", short, segment, "", position, "", item.value or ""],
        *(_notes(text) if text and not short else []),
    ]


def _notes(text: str) -> list[list[str]]:
    rows = []
    for line in text.split("\n"):
        rows += [["NTE", "" if n else "ADD", piece or " "] for n, piece in enumerate(pieces(line, _NTE))]
    return rows
