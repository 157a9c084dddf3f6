"""An answer as ORDRSP can carry it."""

from decimal import Decimal
from typing import Any

from orderwire.document.base import plain
from orderwire.document.order import CURRENCIES
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.formats.edifact import notes
from orderwire.formats.edifact.fit import Fit
from orderwire.formats.edifact.line import is_gtin
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.project_line import PART
from orderwire.formats.edifact.read_ordrsp import settled, status_of
from orderwire.formats.edifact.tables import LINE_ANSWERS

_H, _L = HeaderStatus, LineStatus
EANCOM = {_H.ACCEPTED: "29", _H.ACCEPTED_WITH_CHANGES: "4", _H.REJECTED: "27", _H.RECEIVED: "9:AB"}
PLAIN = {_H.ACCEPTED: ("9:AP", "9:AD"), _H.ACCEPTED_WITH_CHANGES: ("9:AC", "9:AC"), _H.REJECTED: ("9:RE", "9:RE"),
         _H.RECEIVED: ("9:AB", "9:AB")}  # fmt: skip
"""BGM 1225 and 4343 that we write, without and with lines."""
LINE_CODES = {_L.ACCEPTED: "5", _L.CHANGED: "3", _L.BACKORDERED: "3", _L.SUBSTITUTED: "3", _L.PENDING: "3",
              _L.REJECTED: "7", _L.ADDED: "1"}  # fmt: skip

BASIS = 9
"""Digits of 5284."""


def project(response: Response, profile: EdifactProfile) -> tuple[Response, Fit]:
    """The answer that comes back when the ORDRSP is read, and the account of what is lost."""
    fit = Fit(profile)
    reference = fit.limits.reference
    fit.whole(response.order_number, reference, "order_number")
    fit.whole(response.number or "", 35, "number")
    for name in ("release_number", "supplier_order_number", "change_number"):
        fit.whole(getattr(response, name) or "", reference, name)
    lines = tuple(_line(line, f"lines[{position}]", fit) for position, line in enumerate(response.lines, 1))
    status = settled(response.status, lines)
    update: dict[str, Any] = {"lines": lines, "status": status}
    function, _, answer = (response.code or "").partition(":")
    if status_of(function, answer) is not status or len(function) > 3 or len(answer) > 3:
        if response.code:
            fit.lose("code", f"{response.code} is not how ORDRSP says {status.value}; another code is written")
        update["code"] = EANCOM[status] if profile.answer == "eancom" else PLAIN[status][bool(lines)]
    if response.answers == "cancellation":
        fit.lose("answers", "ORDRSP cannot say that it answers a cancellation; it says a change")
        update["answers"] = "change"
    elif response.answers == "order" and (response.change_number or response.sequence):
        fit.inform("answers", "names a change, so that it is read as the answer to a change")
        update["answers"] = "change"
    if response.revision is not None and response.revision > 99_999:
        fit.lose("revision", "has more than five digits; it is left out")
        update["revision"] = None
    if response.supplier is not None:
        update["supplier"] = fit.party(response.supplier, "supplier")
    update["reason"] = notes.one(response.reason, "reason", fit, profile.version)
    update["contact"] = fit.label(response.contact, 35, "contact")
    if response.currency is not None and response.currency not in CURRENCIES:
        fit.lose("currency", f"{response.currency} is not an ISO 4217 currency; it is left out")
        update["currency"] = None
    if response.charge is not None:
        fit.amount(response.charge, fit.limits.amount, "charge")
    if profile.test:
        update["test"] = True
    return response.model_copy(update=update), fit


def _line(line: LineAnswer, where: str, fit: Fit) -> LineAnswer:
    update: dict[str, Any] = {}
    status = line.status
    if line.substitute_part is not None and status in (_L.CHANGED, _L.ACCEPTED):
        fit.inform(f"{where}.status", "names a substitute, so that it is read as substituted")
        update["status"] = status = _L.SUBSTITUTED
    if not _says(line.code, status):
        if line.code:
            fit.lose(f"{where}.code", f"{line.code} is not LIN 1229 for {status.value}; another code is written")
        update["code"] = LINE_CODES[status]
    for name in ("buyer_part", "supplier_part", "substitute_part"):
        fit.whole(getattr(line, name) or "", PART, f"{where}.{name}")
    fit.whole(line.number or "", PART, f"{where}.number")
    if line.gtin is not None and not is_gtin(line.gtin):
        fit.lose(f"{where}.gtin", f"{line.gtin} is not a GTIN; it is left out", commercial=True)
        update["gtin"] = None
    if line.quantity is not None:
        fit.amount(line.quantity, fit.limits.quantity, f"{where}.quantity")
    if line.unit is not None and line.quantity is None:
        fit.lose(f"{where}.unit", "a unit without a quantity is left out")
        update["unit"] = None
    elif line.unit is not None:
        fit.unit(line.unit, f"{where}.unit")
    price = line.price
    if price is None:
        update["price_basis"] = None
    elif line.price_basis is not None and len(plain(line.price_basis).replace(".", "")) > BASIS:
        price = fit.for_one(line, where)
        update |= {"price": price, "price_basis": Decimal(1)}
    if price is not None:
        fit.amount(price, 15, f"{where}.price")
    update["reason"] = notes.one(line.reason, f"{where}.reason", fit, fit.profile.version)
    return line.model_copy(update=update)


def _says(code: str | None, status: LineStatus) -> bool:
    """True where 1229, with SCC and quantities beside it, reads back as this status."""
    said = LINE_ANSWERS.get(code or "")
    return said is status or (said is _L.CHANGED and status in (_L.BACKORDERED, _L.SUBSTITUTED, _L.PENDING))
