"""Writes APERAK: what we made of a document of the partner."""

from orderwire.document.advice import AdviceDetail, ApplicationAdvice
from orderwire.document.finding import info
from orderwire.formats import Context
from orderwire.formats.edifact import notes, parts
from orderwire.formats.edifact.codes_around import (
    ADVICE_REFERENCE_CODES,
    ADVICE_RESPONSE_CODES,
    ADVICE_RESPONSES,
    ADVISED_DOCUMENT_CODES,
    OWN_ERROR,
)
from orderwire.formats.edifact.fit import Fit
from orderwire.formats.edifact.limits import limits
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.read_aperak import LINE
from orderwire.formats.edifact.values import day
from orderwire.formats.edifact.writer import c, joined

_ERROR_CODE, _TEXTS = 8, 9
_DETAILS = {"D96A": 999, "D01B": 9999}
_SUBJECT = "AAO"


def project(advice: ApplicationAdvice, profile: EdifactProfile) -> tuple[ApplicationAdvice, Fit]:
    """The advice as an APERAK carries it."""
    fit = Fit(profile)
    for name in ("number", *ADVICE_REFERENCE_CODES):
        fit.whole(getattr(advice, name) or "", 35, name)
    code = advice.code if ADVICE_RESPONSES.get(advice.code or "") is advice.status else None
    code = code if code in _RESPONSES else ADVICE_RESPONSE_CODES[advice.status]
    if code != advice.code:
        fit.findings.append(info("in-code", "code", f"{advice.status.value} is written as {code} (BGM 4343)"))
    if advice.group_control:
        fit.lose("group_control", "has no place in an APERAK; it is left out")
    kind = advice.document_kind
    if kind and not _document(advice, profile):
        fit.lose("document_kind", f"{kind} has no place in an APERAK of {profile.version} without a number; left out")
        kind = None
    most = _DETAILS[profile.version]
    if len(advice.details) > most:
        fit.lose("details", f"has {len(advice.details)} remarks but APERAK carries {most}", commercial=True)
    update = {
        "code": code, "group_control": None, "document_kind": kind, "test": advice.test or profile.test,
        "reason": _text(advice.reason, "reason", _TEXTS, fit),
        "details": tuple(_detail(item, n, fit) for n, item in enumerate(advice.details[:most], 1)),
    }  # fmt: skip
    return advice.model_copy(update=update), fit


_RESPONSES = frozenset({"AB", "AC", "AD", "AP", "CA", "RE"})
"""Codes of 4343 that both directories know."""


def body(advice: ApplicationAdvice, profile: EdifactProfile, context: Context) -> list[str]:
    """The segments between UNH and UNT of a projected advice."""
    rows = [["BGM", "305" if profile.version == "D01B" else "", advice.number or "", "9", advice.code or ""]]
    if advice.issued:
        rows.append(["DTM", c("137", day(advice.issued), "102")])
    rows += _ftx(advice.reason, profile)
    document = _document(advice, profile)
    if document:
        rows.append(["DOC", document, advice.document_number or ""])
    for name, code in ADVICE_REFERENCE_CODES.items():
        value = getattr(advice, name)
        if value and not (document and name == "document_number"):
            rows.append(["RFF", c(code, value)])
    for item in advice.details:
        rows.append(["ERC", item.code or OWN_ERROR])
        rows += _ftx(item.text, profile)
        if item.line:
            rows.append(["RFF", c(LINE, item.line)])
    return [joined(rows)]


def _document(advice: ApplicationAdvice, profile: EdifactProfile) -> str:
    """1001 in a DOC, which only D.01B has; empty where the kind of document cannot be said."""
    known = ADVISED_DOCUMENT_CODES.get(advice.document_kind or "")
    return known if known and advice.document_number and profile.version == "D01B" else ""


def _detail(item: AdviceDetail, number: int, fit: Fit) -> AdviceDetail:
    where = f"details[{number}]"
    code = fit.label(item.code, _ERROR_CODE, f"{where}.code")
    if code is None:
        fit.findings.append(info("in-code", f"{where}.code", f"an error needs a code; {OWN_ERROR} is written"))
        code = OWN_ERROR
    for name in ("field", "value"):
        if getattr(item, name):
            fit.lose(f"{where}.{name}", "has no place in an APERAK; it is left out")
    fit.whole(item.line or "", 35, f"{where}.line")
    return AdviceDetail(code=code, text=_text(item.text, f"{where}.text", 1, fit), line=item.line)


def _text(text: str | None, where: str, most: int, fit: Fit) -> str | None:
    """Text as at most so many FTX carry it."""
    if text is None:
        return None
    rows = parts.rows(text if most > 1 else text.replace("\n", " "), fit.limits.text, notes.WIDTH)
    kept = notes.words([(_SUBJECT, row) for row in rows[:most]], fit.profile.version)
    if kept != text:
        fit.lose(where, "line breaks and blanks change, or the text is too long for its FTX and is cut", said=text)
    return kept


def _ftx(text: str | None, profile: EdifactProfile) -> list[list[str]]:
    rows = parts.rows(text or "", limits(profile.version).text, notes.WIDTH)
    return [["FTX", _SUBJECT, "", "", c(*row)] for row in rows]
