"""Writes the functional acknowledgment as 997 or 999; AK3, AK4 and AK5 of the one are IK3, IK4 and IK5 of the other."""

import re
from typing import Any

from orderwire.document.functional import (
    ElementError,
    FunctionalAck,
    FunctionalStatus,
    SegmentError,
    TransactionStatus,
)
from orderwire.formats import Context
from orderwire.formats.x12 import ta1
from orderwire.formats.x12.fit import Fit
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.tables import FUNCTIONAL, FUNCTIONAL_CODES
from orderwire.formats.x12.writer import COMPONENT, joined

AK103_SINCE = "005010"
"""From this release on an acknowledgment repeats the version of the group."""
_LATEST_997 = "005010"
_C998 = re.compile(r"([A-Z][A-Z0-9]{1,2}[0-9]{2}) (?=\S)")
_CODES, _MOST_ELEMENTS = 5, 99


def kind(ack: FunctionalAck, profile: X12Profile) -> str:
    """TA1 for an interchange, else 997 or 999 as the profile asks; 997 by default up to 005010."""
    if ack.group_kind == ta1.KIND:
        return "TA1"
    return profile.functional_ack or ("999" if profile.release > _LATEST_997 else "997")


def project(ack: FunctionalAck, profile: X12Profile) -> tuple[FunctionalAck, Fit]:
    """The acknowledgment with the codes and counts that its set must have, and the account of what is lost."""
    fit = Fit(profile)
    as_999 = kind(ack, profile)
    if ack.reason is not None:
        fit.lose("reason", "an X12 acknowledgment says its reasons in codes only; the text is left out")
    update: dict[str, Any] = {"reason": None, "test": ack.test or profile.usage == "T"}
    if as_999 == "TA1":
        return ack.model_copy(update=update | ta1.projected(ack, fit)), fit
    if as_999 == "999" and profile.release < _LATEST_997:
        fit.stop("functional_ack", "version", f"there is no 999 in {profile.release}; ask for 997 or a later version")
    _group(ack, fit)
    done = tuple(_set(t, f"transactions[{n}]", as_999 == "999", fit) for n, t in enumerate(ack.transactions, 1))
    accepted = sum(t.status is not FunctionalStatus.REJECTED for t in done)
    if ack.group_version is not None and (profile.release < AK103_SINCE or len(ack.group_version) > 12):
        fit.lose("group_version", f"the version of a group (AK103) has no place in {profile.release}; it is left out")
        update["group_version"] = None
    if ack.prepared is not None:
        fit.lose("prepared", "the time of the interchange stands in a TA1 only; it is left out")
    update |= {
        "code": _code(ack, FUNCTIONAL_CODES[ack.status], "code", fit), "transactions": done, "prepared": None,
        "error_codes": _errors(ack.error_codes, "error_codes", fit),
        "included": len(done) if ack.included is None else ack.included,
        "received": len(done) if ack.received is None else ack.received,
        "accepted": accepted if ack.accepted is None else ack.accepted,
    }  # fmt: skip
    for name in ("included", "received", "accepted"):
        if not 0 <= update[name] <= 999_999:
            fit.stop(name, "out-of-range", f"{update[name]} is no count of sets; expected 0 to 999999")
    return ack.model_copy(update=update), fit


def body(ack: FunctionalAck, profile: X12Profile, context: Context) -> tuple[str, int]:
    """The segments between ST and SE of a projected acknowledgment, joined, and how many they are."""
    if ack.group_kind == ta1.KIND:
        return ta1.body(ack)
    prefix = "AK" if kind(ack, profile) == "997" else "IK"
    rows = [["AK1", ack.group_kind, ack.group_control or "", ack.group_version or ""]]
    for item in ack.transactions:
        rows.append(["AK2", item.kind, item.control])
        for segment in item.errors:
            rows.append([f"{prefix}3", segment.segment, str(segment.position), segment.loop or "", segment.code or ""])
            rows += [["CTX", _C998.sub(rf"\1{COMPONENT}", words)] for words in segment.context]
            for element in segment.elements:
                position = str(element.position)
                if element.component is not None:
                    position += f"{COMPONENT}{element.component}"
                rows.append([f"{prefix}4", position, "", element.code, element.value or ""])
        rows.append([f"{prefix}5", item.code or "", *item.error_codes])
    counts = [str(n) for n in (ack.included, ack.received, ack.accepted)]
    rows.append(["AK9", ack.code or "", *counts, *ack.error_codes])
    return joined(rows), len(rows)


def _group(ack: FunctionalAck, fit: Fit) -> None:
    control = ack.group_control or ""
    if not (len(ack.group_kind) <= 2 and ack.group_kind.isalnum()):
        words = f"{ack.group_kind} is no functional group of X12; only groups (PO, PR) and interchanges (ISA) are"
        fit.stop("group_kind", "not-x12", f"{words} acknowledged in X12")
    if not (control.isascii() and control.isdigit() and len(control) <= 9):
        words = "an X12 acknowledgment names the control number of the group (GS06), at most 9 digits"
        fit.stop("group_control", "control-number", f"{words}; this one has {control[:20] or 'none'}")


def _set(item: TransactionStatus, where: str, as_999: bool, fit: Fit) -> TransactionStatus:
    fit.whole(item.kind, 3, f"{where}.kind")
    fit.whole(item.control, 9, f"{where}.control")
    status = item.status
    if status is FunctionalStatus.PARTIAL:
        fit.lose(f"{where}.status", "a set is not accepted in part; it is told as accepted with errors")
        status = FunctionalStatus.ACCEPTED_WITH_ERRORS
    return item.model_copy(
        update={
            "status": status, "error_codes": _errors(item.error_codes, f"{where}.error_codes", fit),
            "code": _code(item, FUNCTIONAL_CODES[status], f"{where}.code", fit),
            "errors": tuple(_segment(e, f"{where}.errors[{n}]", as_999, fit) for n, e in enumerate(item.errors, 1)),
        }
    )  # fmt: skip


def _code(item: FunctionalAck | TransactionStatus, usual: str, where: str, fit: Fit) -> str:
    if item.code is not None and FUNCTIONAL.get(item.code) is FUNCTIONAL[usual]:
        return item.code
    if item.code is not None:
        fit.lose(where, f"{item.code} is not an X12 code for {item.status.value}; {usual} is written")
    return usual


def _errors(codes: tuple[str, ...], where: str, fit: Fit) -> tuple[str, ...]:
    kept = tuple(code for code in codes if len(code) <= 3 and code.isalnum())[:_CODES]
    if kept != codes:
        fit.lose(where, f"X12 carries {_CODES} codes of at most 3 characters; the others are left out")
    return kept


def _segment(item: SegmentError, where: str, as_999: bool, fit: Fit) -> SegmentError:
    update: dict[str, Any] = {}
    fit.whole(item.segment, 3, f"{where}.segment")
    if not 0 <= item.position <= 999_999:
        fit.stop(f"{where}.position", "out-of-range", f"{item.position} is no position; expected 0 to 999999")
    if item.code is not None or as_999:
        update["code"] = _short(item.code or "8", f"{where}.code", "8", fit)
    if item.loop is not None:
        update["loop"] = fit.label(item.loop, 4, f"{where}.loop")
    if item.context:
        if as_999:
            update["context"] = tuple(_context(words, f"{where}.context", fit) for words in item.context)
        else:
            fit.lose(f"{where}.context", "the context stands in a 999 only (CTX); it is left out")
            update["context"] = ()
    elements = tuple(_element(e, f"{where}.elements[{n}]", fit) for n, e in enumerate(item.elements, 1))
    if len(elements) > _MOST_ELEMENTS:
        fit.lose(f"{where}.elements", f"X12 carries {_MOST_ELEMENTS} faults of a segment; the others are left out")
    return item.model_copy(update=update | {"elements": elements[:_MOST_ELEMENTS]})


def _context(words: str, where: str, fit: Fit) -> str:
    """A name of at most 35 characters, or the place of an element (PO101) and its value."""
    name = _C998.match(words)
    return name[0] + fit.cut(words[name.end() :], 35, where) if name else fit.cut(words, 35, where)


def _element(item: ElementError, where: str, fit: Fit) -> ElementError:
    if not 0 <= item.position <= 99 or not 0 <= (item.component or 0) <= 99:
        fit.stop(f"{where}.position", "out-of-range", "positions of elements and components go up to 99")
    code = _short(item.code, f"{where}.code", "7", fit)
    return item.model_copy(update={"code": code, "value": fit.label(item.value, 99, f"{where}.value")})


def _short(code: str, where: str, other: str, fit: Fit) -> str:
    if len(code) <= 3 and code.isalnum():
        return code
    fit.lose(where, f"{code} is not an X12 code; {other} is written")
    return other
