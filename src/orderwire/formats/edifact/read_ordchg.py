"""Reads ORDCHG into an OrderChange, or into a Cancellation where BGM 1225 is 1."""

from typing import Any

from pydantic import ValidationError

from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import from_validation
from orderwire.document.order import OrderHead
from orderwire.document.order_change import HeadPart, LineAction, LineChange, OrderChange
from orderwire.document.states import DocumentType
from orderwire.formats.edifact import notes
from orderwire.formats.edifact.envelope import RawMessage
from orderwire.formats.edifact.faults import BAD_VALUE, MISSING, Faults
from orderwire.formats.edifact.found import Found
from orderwire.formats.edifact.head import head_fields
from orderwire.formats.edifact.line import LineReader
from orderwire.formats.edifact.order_body import OrderBody
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.tables import CANCEL, CONFIRM, DELTA, FUNCTIONS, REPLACE

ACTIONS = {
    "1": LineAction.ADDED, "2": LineAction.DELETED, "3": LineAction.CHANGED, "4": LineAction.UNCHANGED,
    "37": LineAction.DELETED, "39": LineAction.ADDED, "9": LineAction.CHANGED, "11": LineAction.UNCHANGED,
}  # fmt: skip
"""1229: what becomes of a line."""
REASON = "CHG"
"""4451 of the text that says why; other texts are notes."""


def read(message: RawMessage, profile: EdifactProfile, faults: Faults) -> Found:
    """The change or cancellation of one ORDCHG message."""
    body = OrderBody(message, profile, faults)
    body.walk()
    faults.segment = "UNT"
    if not body.opened:
        faults.missing_segment("BGM", "BGM, which opens an ORDCHG, is missing; nothing says which order changes")
        return Found(None)
    return found(body)


def found(body: OrderBody) -> Found:
    """What a body that is no order by itself says of another one."""
    faults = body.faults
    if body.function == CANCEL:
        return _cancellation(body)
    faults.at, faults.segment = 2, "BGM"
    if body.function not in (DELTA, REPLACE, CONFIRM):
        said = body.function or "nothing"
        known = f" ({FUNCTIONS[said]})" if said in FUNCTIONS else ""
        text = f"BGM 1225 is {said[:10]}{known}; expected 4 (changes) or 5 (the whole order again). Read as 4"
        faults.warning("function", text, 3, ack=BAD_VALUE if body.function else MISSING, value=body.function)
    fields = _common(body)
    if fields is None:
        return Found(None, None, DocumentType.CHANGE)
    fields["form"] = "full" if body.function == REPLACE else "delta"
    fields["confirms"] = body.function == CONFIRM
    fields["head"], fields["head_part"] = _head(body)
    lines = [_line(line, body) for line in body.lines]
    asked = body.requested or body.ship_by
    if asked and not (lines and all(line.line for line in lines if line is not None)):
        text = f"{asked} is asked for the whole order, but a change says dates line by line; only whole lines have it"
        faults.remark("head-date", text, "DTM")
    if faults.failed or any(line is None for line in lines):
        return Found(None, fields["order_number"], DocumentType.CHANGE)
    if fields["form"] == "full" and not lines:
        faults.remark(
            "no-lines", "the change states the whole order (BGM 1225 5) but no line; none would be left", "LIN"
        )
    try:
        change = OrderChange(**fields, lines=tuple(line for line in lines if line is not None))
    except ValidationError as failure:
        faults.extend(from_validation(failure))
        return Found(None, fields["order_number"], DocumentType.CHANGE)
    return Found(change, change.order_number, DocumentType.CHANGE)


def _common(body: OrderBody) -> dict[str, Any] | None:
    """What change and cancellation share; None, with an error, where no order is named."""
    faults = body.faults
    number = body.order_number or body.number
    if not number:
        text = "neither RFF+ON nor BGM 1004 names the order; nothing says which one changes"
        faults.error("number-missing", text, ack=MISSING)
        return None
    said = notes.words([item for item in body.ftx if item[0] == REASON], body.message.version)
    fields: dict[str, Any] = {
        "order_number": number, "number": body.number if body.number not in ("", number) else None,
        "release_number": body.release_number or None, "issued": body.dates.get("issued"), "reason": said,
        "test": body.message.test, "code": body.function or None,
    }  # fmt: skip
    version = body.order_version or body.version_number
    if version.isascii() and version.isdigit() and 0 < int(version[:6]) < 100_000:
        fields["revision"] = int(version[:6])
    if body.sequence.isascii() and body.sequence.isdigit() and 0 < int(body.sequence[:6]) < 100_000:
        fields["sequence"] = int(body.sequence[:6])
    elif body.sequence:
        faults.not_kept("RFF+PP")
    return fields


def _head(body: OrderBody) -> tuple[OrderHead | None, HeadPart | None]:
    """The header where the message states it whole (day of the order, currency, both sides), else its part."""
    body.ftx = [item for item in body.ftx if item[0] != REASON]
    issued = body.order_date or body.dates.get("ordered")
    fields = {name: value for name, value in head_fields(body, {**body.fields}).items() if value}
    try:
        if issued and body.currency and "buyer" in body.parties and "supplier" in body.parties:
            return OrderHead(**{**fields, "issued": issued}), None
        part = HeadPart(**{name: value for name, value in fields.items() if name not in ("kind", "issued")})
    except ValidationError as failure:
        body.faults.extend(from_validation(failure))
        return None, None
    return None, None if part == HeadPart() else part


def _line(reader: LineReader, body: OrderBody) -> LineChange | None:
    """One line; None where an error was reported."""
    faults, version = body.faults, body.message.version
    faults.at, faults.segment = reader.position, "LIN"
    if not reader.number:
        faults.error(
            "line-number", "LIN 1082, the line number, is missing; nothing says which line changes", 1, ack=MISSING
        )
        return None
    code = reader.action
    action = ACTIONS.get(code)
    if code and action is None:
        text = f"LIN 1229 {code[:5]!r} does not say what becomes of the line; expected 1, 2, 3 or 4"
        faults.error("line-action", text, 2, ack=BAD_VALUE, value=code)
        return None
    reason = notes.words([item for item in reader.ftx if item[0] == REASON], version)
    reader.ftx = [item for item in reader.ftx if item[0] != REASON]
    values: dict[str, Any] = {"number": reader.number, "action": action, "reason": reason, "code": code or None}
    if reader.whole:
        values["line"] = reader.line(faults, version, body.requested or body.ship_by, body.taxes)
        if values["line"] is None:
            return None
    elif action is LineAction.ADDED:
        text = (
            f"line {reader.number} is added but not stated whole; quantity with unit, price and description are needed"
        )
        faults.error("line-incomplete", text)
        return None
    else:
        values["part"] = reader.part(faults, version)
    try:
        return LineChange(**values)
    except ValidationError as failure:
        faults.extend(from_validation(failure))
        return None


def _cancellation(body: OrderBody) -> Found:
    faults = body.faults
    kind = DocumentType.CANCELLATION
    fields = _common(body)
    if fields is None or faults.failed:
        return Found(None, fields["order_number"] if fields else None, kind)
    if body.lines:
        text = "BGM 1225 1 cancels the whole order; its lines say nothing more and are left out"
        faults.info("lines-ignored", text)
    fields |= {
        "order_issued": body.order_date or body.dates.get("ordered"), "buyer": body.parties.get("buyer"),
        "supplier": body.parties.get("supplier"), "currency": body.currency or None,
    }  # fmt: skip
    try:
        return Found(Cancellation(**fields), fields["order_number"], kind)
    except ValidationError as failure:
        faults.extend(from_validation(failure))
        return Found(None, fields["order_number"], kind)
