"""Writes CONTRL: what we made of a partner's interchange (ISO 9735-4, message D.3)."""

from collections.abc import Sequence

from orderwire.document.functional import (
    ElementError,
    FunctionalAck,
    FunctionalStatus,
    SegmentError,
    TransactionStatus,
)
from orderwire.formats import Context
from orderwire.formats.edifact.codes_around import ACTIONS
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.read_contrl import UNNAMED, whole
from orderwire.formats.edifact.writer import c, joined
from orderwire.formats.fit import Fit

REJECTED, ACKNOWLEDGED, RECEIVED = "4", "7", "8"
UNSPECIFIED = "18"
_CONTROL, _POSITION, _ELEMENT = 14, 999_999, 998
_MESSAGES, _SEGMENTS, _ELEMENTS = 10_000, 999, 99
"""Most UCM that are kept, UCS of a UCM and UCD of a UCS."""
_FRAME = ("UNH", "UNT")


def project(ack: FunctionalAck, profile: EdifactProfile) -> tuple[FunctionalAck, Fit]:
    """The acknowledgment as one CONTRL says it: one code for each level, places of errors without names and values."""
    fit = Fit("CONTRL", profile.on_loss)
    if ack.group_kind != "UNB":
        told = f"a CONTRL answers an interchange (UNB), not {ack.group_kind}; name the interchange"
        fit.stop("group_kind", "not-an-interchange", told)
    if ack.group_control is None:
        fit.stop("group_control", "missing", "the number of the interchange is missing; a CONTRL must name it")
    else:
        fit.whole(ack.group_control, _CONTROL, "group_control")
    unsaid = ("reason", "group_version", "prepared", "included", "received", "accepted")
    lost = [name for name in unsaid if getattr(ack, name) is not None]
    for name in lost:
        fit.lose(name, "has no place in a CONTRL; it is left out")
    done = tuple(_transaction(item, fit, profile) for item in ack.transactions[:_MESSAGES])
    if len(ack.transactions) > _MESSAGES:
        fit.stop("transactions", "too-many", f"more than {_MESSAGES} messages; answer them in several interchanges")
    code = _action(ack.code, ack.status)
    codes = _first(ack.error_codes, "error_codes", fit)
    status = whole(ACTIONS[code], codes[0] if codes else "", done)
    if status is not ack.status:
        fit.lose("status", f"{ack.status.value} becomes {status.value}, which is what the messages amount to")
    update = {
        "group_kind": "UNB", "status": status, "code": code, "error_codes": codes, "transactions": done,
        "test": ack.test or profile.test, **dict.fromkeys(lost),
    }  # fmt: skip
    return ack.model_copy(update=update), fit


def body(ack: FunctionalAck, profile: EdifactProfile, context: Context) -> list[str]:
    """UCI, and UCM with UCS and UCD. The partner sent the interchange, so that he is the sender in UCI."""
    sender = c(profile.receiver, profile.receiver_qualifier or "", profile.receiver_routing or "")
    receiver = c(profile.sender, profile.sender_qualifier or "", profile.sender_routing or "")
    rows = [["UCI", ack.group_control or "", sender, receiver, ack.code or "", *ack.error_codes]]
    for item in ack.transactions:
        frame = [error for error in item.errors if error.segment in _FRAME]
        ucm = ["UCM", item.control, c(*item.kind.split(":")), item.code or "", *item.error_codes]
        rows.append([*ucm, frame[0].segment, *(_place(e) for e in frame[0].elements)] if frame else ucm)
        for error in item.errors:
            if error not in frame:
                rows.append(["UCS", str(error.position), error.code or ""])
                rows += [["UCD", element.code, _place(element)] for element in error.elements]
    return [joined(rows)]


def _transaction(item: TransactionStatus, fit: Fit, profile: EdifactProfile) -> TransactionStatus:
    where = f"transactions[{item.control}]"
    fit.whole(item.control, _CONTROL, f"{where}.control")
    code = ACKNOWLEDGED if _action(item.code, item.status) == RECEIVED else _action(item.code, item.status)
    frame = next((error for error in item.errors if error.segment in _FRAME), None)
    errors = tuple(_segment(error, where, fit) for error in item.errors if error.segment not in _FRAME)[:_SEGMENTS]
    codes = _first(item.error_codes, where, fit)
    if frame is not None:
        codes, errors = codes or (frame.code or UNSPECIFIED,), (_frame(frame, codes), *errors)
    status = ACTIONS[code]
    if status is FunctionalStatus.ACCEPTED and (codes or errors):
        status = FunctionalStatus.ACCEPTED_WITH_ERRORS
    if status is not item.status:
        fit.lose(f"{where}.status", f"{item.status.value} becomes {status.value}: CONTRL accepts or rejects")
    kind = item.kind
    if kind.count(":") < 3:
        kind = ":".join((kind.split(":")[0][:6], profile.version[0], profile.version[1:], "UN"))
    return TransactionStatus(
        kind=kind, control=item.control, status=status, code=code, errors=errors, error_codes=codes
    )


def _frame(error: SegmentError, codes: Sequence[str]) -> SegmentError:
    """An error of UNH or UNT stands in the UCM itself, with one code and at most one place."""
    code = codes[0] if codes else error.code or UNSPECIFIED
    first = tuple(_element(element).model_copy(update={"code": code}) for element in error.elements[:1])
    return SegmentError(segment=error.segment, position=0, code=code, elements=first)


def _segment(error: SegmentError, where: str, fit: Fit) -> SegmentError:
    if error.position > _POSITION or len(error.elements) > _ELEMENTS:
        fit.stop(f"{where}.errors", "too-many", f"a CONTRL counts {_POSITION} segments and {_ELEMENTS} elements")
    if error.segment != UNNAMED or error.loop or error.context or any(element.value for element in error.elements):
        told = f"segment {error.position} {error.segment}: names and bad values are not in a CONTRL, only places"
        fit.lose(f"{where}.errors", told)
    elements = tuple(_element(element) for element in error.elements[:_ELEMENTS])
    return SegmentError(segment=UNNAMED, position=error.position, code=error.code, elements=elements)


def _element(error: ElementError) -> ElementError:
    return ElementError(position=min(error.position, _ELEMENT), component=error.component, code=error.code[:3])


def _place(error: ElementError) -> str:
    """S011, which counts the segment tag as 1."""
    return c(str(error.position + 1), "" if error.component is None else str(error.component))


def _action(code: str | None, status: FunctionalStatus) -> str:
    """0083: the one that was said where it is one of syntax version 3 and fits, else the one that the status needs."""
    if status is FunctionalStatus.REJECTED:
        return REJECTED
    return RECEIVED if code == RECEIVED else ACKNOWLEDGED


def _first(codes: Sequence[str], where: str, fit: Fit) -> tuple[str, ...]:
    if len(codes) > 1:
        fit.lose(f"{where} codes", f"{', '.join(codes[1:])}: CONTRL says one code for each level, the first")
    return tuple(codes[:1])
