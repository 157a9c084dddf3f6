"""OrderChange (Peppol T114): the lines that differ, each with what becomes of it, or the whole order again."""

from decimal import Decimal

from pydantic import ValidationError

from orderwire.document.base import plain
from orderwire.document.finding import from_validation
from orderwire.document.money import line_amount
from orderwire.document.order import OrderHead
from orderwire.document.order_change import HeadPart, LineAction, LineChange, LinePart, OrderChange
from orderwire.document.terms import Note
from orderwire.formats.ubl.delivery import put_period, read_day
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.frame import day_of, derived, insert_notes, is_test, last_of, report, start
from orderwire.formats.ubl.head import (
    Fact,
    currency_of,
    kind_of,
    put_commerce,
    put_references,
    put_validity,
    read_head,
    read_references,
)
from orderwire.formats.ubl.lines import LineReader, put_line, put_name, put_parts, put_price
from orderwire.formats.ubl.parties import put_role
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.references import Additional, Sorted, put_fact
from orderwire.formats.ubl.tables import (
    CHANGE_CODES,
    CHANGE_READ,
    CONFIRMS,
    FORM,
    ORDER_DATE,
    ORDER_KINDS,
    RELEASE,
    REVISION,
    TYPE,
    UNDATED,
)
from orderwire.formats.ubl.texts import LONGEST, read_notes
from orderwire.formats.ubl.tree import Element, date, day, every, first, group, label, put
from orderwire.formats.xml import Faults

REASON = "Reason"
"""Subject of the note that says why."""


def build(change: OrderChange, fit: Fit) -> Element:
    """The OrderChange of a change."""
    head = change.head or _stated(change.head_part)
    refs = Sorted(head.references if head else (), fit)
    sales = next((item.number for item in refs.take("sales_order", bare=True)), None)
    number = (
        derived(change.number, f"{change.order_number}-{change.revision or 'x'}", "CH", fit)
        if fit.peppol
        else change.number
    )
    root = start("OrderChange", number, change.issued, fit, test=change.test, sales_order=sales)
    sequence = change.sequence or max((change.revision or 2) - 1, 1)
    if change.sequence is None:
        fit.say("sequence", f"UBL counts the changes of an order; {sequence} is written")
    put(root, "cbc:SequenceNumberID", str(sequence))
    notes_behind = last_of(root)
    if head:
        put_validity(root, head, refs, fit)
    reference = group(root, "cac:OrderReference")
    put(reference, "cbc:ID", change.order_number)
    facts: list[Fact] = [(REVISION, change.revision), (RELEASE, change.release_number)]
    facts += [(FORM, change.form)] if change.form == "full" else []
    facts += [(CONFIRMS, "yes")] if change.confirms else []
    facts += [(UNDATED, "day of writing")] if fit.undated else []
    if fit.peppol and (head is None or not head.currency):
        fit.stop(
            "head", "header-missing", "Peppol asks for currency and parties in a change; repeat the order's header"
        )
    if change.head and fit.peppol:
        facts += [(ORDER_DATE, change.head.issued.isoformat())]
        facts += [(TYPE, ORDER_KINDS[change.head.kind])] if change.head.kind != "standard" else []
    elif change.head:
        day(reference, "cbc:IssueDate", change.head.issued)
        put(reference, "cbc:OrderTypeCode", ORDER_KINDS[change.head.kind])
    elif not fit.peppol:
        day(reference, "cbc:IssueDate", change.order_issued)
    if head:
        put_references(root, head, refs, facts, fit, order=False)
        put_commerce(root, head, _worth(change, fit.currency), fit)
    else:
        for name, value in facts:
            put_fact(root, name, value)
        put_role(root, "cac:BuyerCustomerParty", None, "buyer", fit, endpoint=fit.profile.sender)
        put_role(root, "cac:SellerSupplierParty", None, "supplier", fit, endpoint=fit.profile.receiver)
    if not change.lines:
        text = "a UBL OrderChange needs a line; send the whole order (form full) or name a line that stays"
        fit.stop("lines", "line-missing", text)
    for item in change.lines:
        _put_change(root, item, fit)
    if change.code:
        fit.say("code", "an OrderChange has no code of its own; it is left out")
    reason = (Note(text=change.reason, subject=REASON),) if change.reason else ()
    insert_notes(notes_behind, (*reason, *(head.notes if head else ())), fit)
    return root


def _stated(part: HeadPart | None) -> OrderHead | None:
    """A header with what a change says of it and nothing else, to be written as far as it goes."""
    if part is None:
        return None
    known = {name: field.get_default() for name, field in OrderHead.model_fields.items() if not field.is_required()}
    empty = dict.fromkeys(("issued", "currency", "buyer", "supplier"))
    return OrderHead.model_construct(**{**known, **empty, **dict(part)})


def _worth(change: OrderChange, currency: str) -> Decimal:
    """What the stated lines are worth: percentages of the header are of it."""
    stated = [item.line for item in change.lines if item.line and item.action is not LineAction.DELETED]
    return sum((line_amount(line, currency) for line in stated), Decimal(0))


def _put_change(root: Element, item: LineChange, fit: Fit) -> None:
    where = f"lines[{item.number}]"
    code = CHANGE_CODES[item.action] if item.action else None
    if item.code and CHANGE_READ.get(item.code) is item.action and item.code.isdigit():
        code = item.code
    elif item.code and item.code != code:
        fit.lose(f"{where}.code", f"{item.code} is not a code of UNCL 1229 for what becomes of the line")
    if fit.peppol and (code is None or (item.line is None)):
        fit.stop(where, "line-whole", "Peppol asks what becomes of the line and for the whole line; state it")
    reason = (Note(text=item.reason, subject=REASON),) if item.reason else ()
    if item.line is not None:
        put_line(root, item.line, fit, code=code, notes=reason)
        return
    element = group(root, "cac:OrderLine")
    if item.reason:
        put(element, "cbc:Note", f"#{REASON}#{item.reason}")
    line = group(element, "cac:LineItem")
    put(line, "cbc:ID", item.number)
    put(line, "cbc:LineStatusCode", code)
    part = item.part or LinePart()
    unit = fit.unit(part.unit) if part.unit else None
    put(line, "cbc:Quantity", plain(part.quantity) if part.quantity is not None else None, unitCode=unit)
    if part.requested:
        put_period(group(line, "cac:Delivery"), "cac:RequestedDeliveryPeriod", part.requested)
    if part.price is not None:
        put_price(line, part.price, part.price_basis if part.price_basis != 1 else None, unit, fit.currency)
    goods = group(line, "cac:Item")
    if part.description:
        put_name(goods, part.description)
    put_parts(goods, part.buyer_part, part.supplier_part, part.gtin, fit)


def read(root: Element, profile: UblProfile, faults: Faults) -> OrderChange | None:
    """The change; None where an error was reported."""
    additional = Additional(root, faults)
    currency = currency_of(root, profile)
    head, part = _head(root, additional, profile, faults)
    notes = read_notes(root, "cbc:Note")
    reason = notes[0].text if notes and notes[0].subject == REASON else None
    if reason is None and head is None:
        reason = "\n".join(note.text for note in notes if note.subject is None)[:LONGEST].strip() or None
    lines: list[LineChange] = []
    elements = every(root, "cac:OrderLine")
    for count, element in enumerate(elements, 1):
        if faults.full:
            return None
        if (line := _read_change(element, count, currency or "", root, profile, faults)) is not None:
            lines.append(line)
    stated = label(root, "cbc:SequenceNumberID") or ""
    sequence = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 6 else 0
    values = {
        "order_number": label(root, "cac:OrderReference/cbc:ID"), "release_number": additional.facts.get(RELEASE),
        "revision": additional.fact(REVISION, 99999), "number": label(root, "cbc:ID"),
        "form": "full" if additional.facts.get(FORM) == "full" else "delta",
        "sequence": sequence or None, "confirms": CONFIRMS in additional.facts,
        "issued": day_of(root, additional, faults), "reason": reason, "head": head,
        "order_issued": None if head else date(root, "cac:OrderReference/cbc:IssueDate", faults),
        "head_part": part,
        "test": is_test(root, profile), "lines": tuple(lines),
    }  # fmt: skip
    if len(lines) < len(elements):
        return None
    try:
        return OrderChange.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as failure:
        report([(p.code, p.where, p.text) for p in from_validation(failure)], root, faults)
        return None


def _head(
    root: Element, additional: Additional, profile: UblProfile, faults: Faults
) -> tuple[OrderHead | None, HeadPart | None]:
    """The header, where the change repeats all that a header needs and says so by kind or day; else a part of it."""
    currency = label(root, "cbc:DocumentCurrencyCode")
    issued = date(root, "cac:OrderReference/cbc:IssueDate", faults) or additional.day(ORDER_DATE)
    code = label(root, "cac:OrderReference/cbc:OrderTypeCode") or additional.facts.get(TYPE)
    kind = kind_of(code, root, faults)
    values = read_head(root, additional, currency or profile.default_currency, faults)
    notes = values["notes"]
    values["notes"] = notes[1:] if notes and notes[0].subject == REASON else notes
    values["references"] = read_references(root, additional, kind, faults)
    try:
        whole = code is not None or ORDER_DATE in additional.facts
        if whole and None not in (values["currency"], issued, values["buyer"], values["supplier"]):
            return OrderHead.model_validate(values | {"kind": kind, "issued": issued}), None
        values |= {"currency": currency, "notes": tuple(note for note in values["notes"] if note.subject)}
        if values.pop("attachments"):
            faults.warning("attachments", root, "names files without stating the header whole; they are not kept")
        part = HeadPart.model_validate(values)
    except ValidationError as failure:
        report([(p.code, p.where, p.text) for p in from_validation(failure)], root, faults)
        return None, None
    return None, part if part != HeadPart() else None


def _read_change(
    element: Element, count: int, currency: str, root: Element, profile: UblProfile, faults: Faults
) -> LineChange | None:
    reader = LineReader(element, count, currency, profile, faults)
    action = CHANGE_READ.get(reader.code or "")
    if reader.code and action is None:
        text = f"LineStatusCode {reader.code} does not say what becomes of line {reader.number} (UNCL 1229: 1, 2, 3, 4)"
        faults.warning("line-action", element, text)
    notes = read_notes(element, "cbc:Note")
    reason = notes[0].text if notes and notes[0].subject == REASON else None
    line = part = None
    if reader.whole or action is LineAction.ADDED:
        line = reader.line(read_day(first(root, "cac:Delivery"), "Requested", faults), skip=1 if reason else 0)
        if line is None:
            return None
    else:
        part = reader.part()
    return LineChange(number=reader.number, action=action, line=line, part=part, reason=reason, code=_code(reader.code))


def _code(code: str | None) -> str | None:
    """The code as it is kept: one that our documents can hold."""
    return code if code and code.isascii() and code.replace("_", "").isalnum() and "_" not in code else None
