"""What the types of a confirmation mean, and the answer as a ConfirmationRequest carries it.

The rules of which type goes with which lines are those that the standard's Fulfill.dtd states in words.
"""

from collections.abc import Callable, Sequence
from typing import Any

from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.formats.cxml.fit import CxmlFit
from orderwire.formats.cxml.tables import LINE_ANSWER_CODES, LINE_ANSWERS

ALL_DETAIL = "allDetail"
_WHOLE = {"accept": HeaderStatus.ACCEPTED, "reject": HeaderStatus.REJECTED}
_SAME = {HeaderStatus.ACCEPTED: LineStatus.ACCEPTED, HeaderStatus.REJECTED: LineStatus.REJECTED}


def header_status(code: str, statuses: Sequence[LineStatus]) -> HeaderStatus:
    """What the header type says together with the lines; lines that are not named keep their state."""
    if code in _WHOLE:
        whole = _WHOLE[code]
        return whole if all(s is _SAME[whole] for s in statuses) else HeaderStatus.ACCEPTED_WITH_CHANGES
    if code == "requestToPay" or (code in ("detail", ALL_DETAIL) and all(s is LineStatus.PENDING for s in statuses)):
        return HeaderStatus.RECEIVED
    return HeaderStatus.ACCEPTED_WITH_CHANGES


def line_status(code: str, *, replaced: bool) -> LineStatus | None:
    """What a ConfirmationStatus says; `replaced` where its ItemIn brings another item. None for an unknown type."""
    status = LINE_ANSWERS.get(code)
    return LineStatus.SUBSTITUTED if replaced and status is LineStatus.CHANGED else status


def fitted_response(response: Response, fit: CxmlFit) -> Response:
    """The answer that comes back when the ConfirmationRequest is read."""
    fit.needs(response.answered, "answered", "the day of the answer (noticeDate)")
    lines = list(response.lines)
    if response.status is HeaderStatus.REJECTED and lines and all(a.status is LineStatus.REJECTED for a in lines):
        for answer in lines:
            said = f"Line {answer.number}: {answer.reason}" if answer.reason else None
            fit.lose("lines", "an order that is declined as a whole has no lines in cXML", said=said)
        lines = []
    lines = [_fitted(answer, f"lines[{position}]", fit) for position, answer in enumerate(lines, 1)]
    lines.sort(key=_firsts(lines))
    bare = any(_is_bare(answer) for answer in lines)
    lines = [answer.model_copy(update={"code": _code(answer, bare=bare)}) for answer in lines]
    code, status = _type(response.status, lines, bare=bare, fit=fit)
    for name, old, new in (("code", response.code, code), ("status", response.status.value, status.value)):
        if old not in (None, new):
            fit.remark(name, f"{old} is written as {new}")
    update: dict[str, Any] = {
        "lines": tuple(lines), "code": code, "status": status, "supplier": fit.party(response.supplier, "supplier"),
        "test": response.test or fit.profile.deployment == "test",
    }  # fmt: skip
    if any(answer.price is not None for answer in lines) and response.currency is None:
        update["currency"] = fit.profile.default_currency
    notes = fit.notes()
    if notes:
        reason = "\n".join([*([response.reason] if response.reason else []), *(note.text for note in notes)])
        update["reason"] = reason[:4000].strip()
    return response.model_copy(update=update)


def _firsts(lines: list[LineAnswer]) -> Callable[[LineAnswer], int]:
    """A sort key that brings the answers of one line together, where the first of them stands."""
    first: dict[str | None, int] = {}
    for position, answer in enumerate(lines):
        first.setdefault(answer.number, position)
    return lambda answer: first[answer.number]


def _fitted(answer: LineAnswer, where: str, fit: CxmlFit) -> LineAnswer:
    update: dict[str, Any] = {}
    if answer.status is LineStatus.ADDED:
        fit.stop(f"{where}.status", "line-added", "cXML cannot add a line to an order; ask for a new order")
    fit.needs(answer.number, f"{where}.number", "the number of the line (lineNumber)")
    if answer.number is not None:
        fit.line_number(answer.number, f"{where}.number")
    fit.needs(answer.quantity, f"{where}.quantity", "the quantity that the answer is about")
    fit.needs(answer.unit, f"{where}.unit", "the unit of the quantity")
    if answer.substitute_part is not None:
        fit.needs(answer.price, f"{where}.price", "the price of the item that replaces the ordered one")
        if answer.status is LineStatus.CHANGED:
            fit.remark(f"{where}.status", "a change that names a substitute is a substitution")
            update["status"] = LineStatus.SUBSTITUTED
    elif answer.status is LineStatus.SUBSTITUTED:
        fit.lose(f"{where}.status", "a substitution that names no substitute is written as a change")
        update["status"] = LineStatus.CHANGED
    if answer.price_basis is not None and (answer.substitute_part is None or answer.price is None):
        update |= {"price": fit.for_one(answer, where), "price_basis": None}  # only ItemIn has PriceBasisQuantity
    fitted = answer.model_copy(update=update)
    if answer.code and LINE_ANSWERS.get(answer.code) is None:
        fit.remark(f"{where}.code", f"{answer.code} is no code of cXML; the type says {fitted.status.value}")
    return fitted


def _is_bare(answer: LineAnswer) -> bool:
    """A change that shows neither price, date nor item: cXML calls that allDetail."""
    return answer.status is LineStatus.CHANGED and answer.price is None and answer.promised is None


def _code(answer: LineAnswer, *, bare: bool) -> str:
    code = LINE_ANSWER_CODES.get(answer.status, "unknown")
    return ALL_DETAIL if bare and code == "detail" else code


def _type(status: HeaderStatus, lines: list[LineAnswer], *, bare: bool, fit: CxmlFit) -> tuple[str, HeaderStatus]:
    """Header type and what it means with these lines."""
    statuses = [answer.status for answer in lines]
    if not lines:
        code = {HeaderStatus.ACCEPTED: "accept", HeaderStatus.REJECTED: "reject"}.get(status)
        if code is None:
            text = f"cXML says {status.value} only of lines; name them" + (
                ", or send the Response alone" if status is HeaderStatus.RECEIVED else ""
            )
            fit.stop("lines", "missing", text)
        return code or "detail", status
    if status is HeaderStatus.ACCEPTED and header_status("accept", statuses) is status:
        return "accept", status
    pending = all(s is LineStatus.PENDING for s in statuses)
    if pending and status is not HeaderStatus.RECEIVED:
        return "except", header_status("except", statuses)
    code = ALL_DETAIL if bare else "detail"
    return code, header_status(code, statuses)
