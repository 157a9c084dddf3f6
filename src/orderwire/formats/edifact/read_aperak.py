"""Reads APERAK: what the partner's application made of a document of ours."""

from pydantic import ValidationError

from orderwire.document.advice import AdviceStatus, ApplicationAdvice
from orderwire.document.finding import from_validation
from orderwire.formats.edifact import notes
from orderwire.formats.edifact.codes_around import (
    ADVICE_FUNCTIONS,
    ADVICE_NAMES,
    ADVICE_REFERENCES,
    ADVICE_RESPONSES,
    ADVISED_DOCUMENTS,
)
from orderwire.formats.edifact.envelope import RawMessage
from orderwire.formats.edifact.faults import BAD_VALUE, MISSING, Faults
from orderwire.formats.edifact.found import Found
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import Segment, at, split
from orderwire.formats.edifact.values import codeword, date

_MANY = 10_000
"""Remarks that are kept."""
LINE = "LI"


def read(message: RawMessage, profile: EdifactProfile, faults: Faults) -> Found:
    """The advice and its number."""
    reader = _Reader(message, profile, faults)
    for faults.at, raw in enumerate(message.segments, 1):
        segment = split(raw, message.marks)
        faults.segment = segment[0][0][:3]
        reader.take(segment)
    return Found(reader.advice(), at(reader.bgm, 2)[:200] or None)


class _Reader:
    """One pass: the head up to the first ERC, then a remark for each ERC."""

    def __init__(self, message: RawMessage, profile: EdifactProfile, faults: Faults):
        self.faults, self.profile, self.message = faults, profile, message
        self.bgm: Segment = []
        self.fields: dict[str, object] = {}
        self._references: dict[str, str] = {}
        self._texts: list[notes.Ftx] = []
        self._details: list[tuple[dict[str, object], list[notes.Ftx]]] = []

    def take(self, segment: Segment) -> None:
        """The next segment."""
        name = self.faults.segment
        if name == "BGM":
            self.bgm = segment
        elif name == "ERC":
            self._erc(segment)
        elif name == "FTX":
            texts = self._details[-1][1] if self._details else self._texts
            if len(texts) < notes.MOST:
                texts.append(notes.ftx(segment))
        elif name == "RFF":
            self._rff(segment)
        elif name == "DOC" and not self._details:
            self.fields.setdefault("document_number", at(segment, 2)[:200] or None)
            self.fields.setdefault("document_kind", ADVISED_DOCUMENTS.get(at(segment, 1)))
        elif name == "DTM" and at(segment, 1) == "137":
            self._issued(segment)
        elif name not in ("UNH", "UNT", "CNT"):
            self.faults.not_kept(f"{name}+{at(segment, 1)[:3]}" if name == "DTM" else name)

    def _issued(self, segment: Segment) -> None:
        day = date(at(segment, 1, 1), at(segment, 1, 2))
        if day is None:
            text = f"{at(segment, 1, 1)[:20]!r} is not a date in format {at(segment, 1, 2)[:3]!r}; it was left out"
            self.faults.warning("bad-date", text, 1, 2, ack=BAD_VALUE, value=at(segment, 1, 1))
        self.fields["issued"] = day

    def _erc(self, segment: Segment) -> None:
        if not at(segment, 1):
            self.faults.warning("missing", "ERC 9321, the code of the error, is missing", 1, ack=MISSING)
        if len(self._details) < _MANY:
            self._details.append(({"code": codeword(at(segment, 1))}, []))

    def _rff(self, segment: Segment) -> None:
        code, value = at(segment, 1), at(segment, 1, 1)[:200]
        if self._details and code == LINE and value:
            self._details[-1][0].setdefault("line", value)
        elif code in ADVICE_REFERENCES and value:
            self._references.setdefault(code, value)
        else:
            self.faults.not_kept(f"RFF+{code[:3]}")

    def advice(self) -> ApplicationAdvice | None:
        """What was read; None, with errors, where it is none."""
        if not self.bgm:
            self.faults.missing_segment("BGM", "BGM is missing; nothing says what this advice is")
        for code, field in ADVICE_REFERENCES.items():
            if code in self._references:
                self.fields.setdefault(field, self._references[code])
        status, said = self._status()
        version = self.message.version
        if self.faults.failed:
            return None
        try:
            return ApplicationAdvice.model_validate({
                **self.fields, "number": at(self.bgm, 2)[:200] or None, "status": status, "code": said,
                "reason": notes.words(self._texts, version), "test": self.message.test,
                "details": [{**fields, "text": notes.words(texts, version)} for fields, texts in self._details],
            })  # fmt: skip
        except ValidationError as failure:
            self.faults.extend(from_validation(failure))
            return None

    def _status(self) -> tuple[AdviceStatus, str | None]:
        """By the response (4343), the function (1225), the name (1001); else errors mean that it was refused."""
        response, function, name = at(self.bgm, 4), at(self.bgm, 3), at(self.bgm, 1)
        for code, known in ((response, ADVICE_RESPONSES), (function, ADVICE_FUNCTIONS), (name, ADVICE_NAMES)):
            if code in known:
                return known[code], code
        if not self._details:
            return AdviceStatus.RECEIVED, codeword(function)
        codes = dict.fromkeys(str(fields["code"]) for fields, _ in self._details)
        told = {self.profile.advice_codes[code] for code in codes if code in self.profile.advice_codes}
        if len(told) == 1 and all(code in self.profile.advice_codes for code in codes):
            return AdviceStatus(told.pop()), codeword(function)
        text = (
            f"nothing but the error code {', '.join(codes)[:60]} says what became of the document; read as a refusal. "
            "Tell its meaning in the profile's advice_codes"
        )
        self.faults.remark("status-unsaid", text, "BGM")
        return AdviceStatus.REJECTED, codeword(function)
