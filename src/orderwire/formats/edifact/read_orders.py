"""Reads ORDERS, directories D.90 to D.24 and EANCOM, into an Order; functions 1, 4 and 5 of it change another one."""

from collections.abc import Sequence
from decimal import Decimal

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.money import line_amount, totals
from orderwire.document.order import Order
from orderwire.formats.edifact import read_ordchg
from orderwire.formats.edifact.envelope import RawMessage
from orderwire.formats.edifact.faults import BAD_VALUE, MISSING, Faults
from orderwire.formats.edifact.found import Found
from orderwire.formats.edifact.head import assume_head, head_fields
from orderwire.formats.edifact.line import LineReader
from orderwire.formats.edifact.order_body import OrderBody
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.tables import (
    CANCEL,
    DELTA,
    DOCUMENT_NAMES,
    FUNCTIONS,
    ORDER_NAMES,
    ORIGINAL,
    REPLACE,
)


def read(message: RawMessage, profile: EdifactProfile, faults: Faults) -> Found:
    """The order of one ORDERS message."""
    body = OrderBody(message, profile, faults)
    body.walk()
    if body.function in (CANCEL, DELTA):
        text = f"BGM 1225 {body.function} makes this ORDERS a {FUNCTIONS[body.function]}; read as ORDCHG"
        faults.warning("function", text)
        return read_ordchg.found(body)
    faults.segment = "UNT"
    if not body.opened:
        faults.missing_segment("BGM", "BGM, which opens an ORDERS, is missing; nothing says which order this is")
        return Found(None)
    _check_bgm(body, faults)
    if not body.lines:
        faults.missing_segment("LIN", "there is no LIN; an order needs at least one line")
        return Found(None, body.number or None)
    fields = head_fields(body, {**body.fields})
    assume_head(body, fields)
    default = body.requested or body.ship_by
    version = message.version
    for position, line in enumerate(body.lines, 1):
        if not line.number:
            line.number = str(position)
            faults.at, faults.segment = line.position, "LIN"
            text = f"LIN 1082, the line number, is missing; the line was numbered {position}"
            faults.warning("line-number", text, 1, ack=MISSING)
    lines = [line.line(faults, version, default, body.taxes) for line in body.lines]
    if any(line is None for line in lines) or fields["issued"] is None or not body.number:
        return Found(None, body.number or None)
    fields |= {"number": body.number, "test": message.test or body.function == "53"}
    if body.release_number:
        fields["release_number"] = body.release_number
    revision = body.version_number or body.order_version
    if revision.isascii() and revision.isdigit() and 0 < int(revision[:6]) < 100_000:
        fields["revision"] = int(revision[:6])
    elif body.function == REPLACE:
        text = "BGM 1225 5 replaces an earlier order but does not say which version this is"
        faults.remark("revision-unknown", text, "BGM")
    try:
        order = Order(**fields, lines=tuple(lines))
    except ValidationError as failure:
        faults.extend(from_validation(failure))
        return Found(None, body.number)
    _check_amounts(order, body.lines, faults)
    _check_totals(order, body.totals, faults)
    return Found(order, order.number)


def _check_bgm(body: OrderBody, faults: Faults) -> None:
    faults.at, faults.segment = 2, "BGM"
    if not body.number:
        faults.error("number-missing", "BGM 1004, the order number, is missing", 2, 1, ack=MISSING)
    if body.name not in ORDER_NAMES:
        known = DOCUMENT_NAMES.get(body.name)
        text = f"BGM 1001 {body.name[:10]!r}{f' ({known})' if known else ''} does not name an order; read as one"
        faults.warning("document-name", text, 1, 1, ack=BAD_VALUE if body.name else MISSING, value=body.name)
    function = body.function or ORIGINAL
    if function not in FUNCTIONS:
        text = f"BGM 1225 {function[:10]!r} does not open an order; expected 9 (original), 5, 7 or 31"
        faults.error("function", text, 3, ack=BAD_VALUE, value=function)
    elif function not in (ORIGINAL, REPLACE, "53"):
        text = f"BGM 1225 {function} marks this order as {FUNCTIONS[function]}; look before you act on it"
        faults.warning("function", text, 3)


def _check_totals(order: Order, said: dict[str, Decimal], faults: Faults) -> None:
    derived = totals(order)
    known = {"79": (derived.lines,), "86": (derived.total, derived.lines + derived.adjustments)}
    for code, values in known.items():
        if code in said and said[code] not in values:
            text = f"MOA+{code} says {said[code]:f} but the lines give {values[0]:f}; the totals do not add up"
            faults.remark("total-differs", text, f"MOA+{code}")


def _check_amounts(order: Order, readers: Sequence[LineReader], faults: Faults) -> None:
    for said, line in zip(readers, order.lines, strict=True):
        if said.amount is not None and said.amount != (amount := line_amount(line, order.currency)):
            text = (
                f"line {line.number}: MOA+203 says {said.amount:f} but quantity, price and allowances give {amount:f}"
            )
            faults.remark("line-amount", text, "MOA+203")
