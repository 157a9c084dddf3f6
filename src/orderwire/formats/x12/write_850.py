"""Writes the 850 purchase order, releases 004010 and 005010, from an order that `project` has made fit."""

import datetime
from decimal import Decimal

from orderwire.document.money import totals
from orderwire.document.order import Line, Order, OrderHead, Schedule
from orderwire.document.order_change import HeadPart, LinePart
from orderwire.document.terms import AllowanceCharge, Incoterm, Tax, TermsPart
from orderwire.formats import Context
from orderwire.formats.pieces import pieces
from orderwire.formats.x12 import parties
from orderwire.formats.x12.line_850 import DESCRIPTION
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.project_850 import agreement
from orderwire.formats.x12.tables import (
    CATEGORY_PART,
    CHARGE_CODES,
    GTIN_CODES,
    OTHER_CHARGE,
    PRICE_BASIS_CODES,
    TAX_CODES,
    TERMS_BASIS_CODES,
    VALID_FROM,
    VALID_TO,
)
from orderwire.formats.x12.texts import written_note, written_reason, written_reference
from orderwire.formats.x12.units import TO_X12
from orderwire.formats.x12.values import day, text_of
from orderwire.formats.x12.writer import COMPONENT, ELEMENT, SEGMENT, joined

PO1 = (f"PO1{ELEMENT}", ELEMENT, ELEMENT)
"""What stands before number, quantity and unit of a line; price, price basis and identifiers follow."""
KINDS = {"blanket": "BK", "release": "RL"}
_SCH, _WHEN = f"{SEGMENT}SCH{ELEMENT}", f"{ELEMENT * 3}002{ELEMENT}"
_PID = f"{SEGMENT}PID{ELEMENT}F{ELEMENT * 4}"
_BP, _VP = f"{ELEMENT}BP{ELEMENT}", f"{ELEMENT}VP{ELEMENT}"


def body(order: Order, profile: X12Profile, context: Context) -> tuple[str, int]:
    """The segments between ST and SE, joined, and how many they are."""
    requested = _common_date(order)
    purpose = "07" if "duplicate" in context.links else "05" if order.revision > 1 else "00"
    number = agreement(order.references) if order.kind == "release" else order.number
    kind = KINDS.get(order.kind, profile.standard_kind)
    rows = [
        ["BEG", purpose, kind, number, order.release_number or "", day(order.issued)],
        ["CUR", "BY", order.currency],
    ]
    rows += named(order.number if order.kind == "release" else None, order.revision if order.revision > 1 else None)
    rows += header(order, profile, requested=requested)
    parts = [joined(rows)]
    units = {**TO_X12, **profile.units} if profile.units else TO_X12
    for line in order.lines:
        parts.append(written_line(line, PO1, units[line.unit], profile, dated=requested is None))
    total = sum([line.quantity for line in order.lines], Decimal(0))
    text = text_of(total)
    hash_total = text if len(text.replace(".", "")) <= 10 else ""
    tail = [["CTT", str(len(order.lines)), hash_total], ["AMT", "TT", text_of(totals(order).total)]]
    parts.append(joined(tail))
    whole = SEGMENT.join(parts)
    return whole, whole.count(SEGMENT) + 1


def named(number: str | None, revision: int | None) -> list[list[str]]:
    """REF of the order's own number, where the set is opened by that of an agreement, and of its version."""
    rows = [["REF", "PO", number]] if number is not None else []
    return [*rows, ["REF", "V0", str(revision)]] if revision is not None else rows


def header(
    head: OrderHead | HeadPart,
    profile: X12Profile,
    *,
    requested: datetime.date | None = None,
    reason: str | None = None,
) -> list[list[str]]:
    """The rows of a header from REF on."""
    rows = [written_reference(r, COMPONENT) for r in head.references if r.date is None]
    if head.incoterm is not None:
        rows.append(_fob(head.incoterm))
    rows += [_sac(item) for item in head.allowances_charges]
    rows += [_itd(part) for part in head.payment_terms]
    for code, when in (("002", requested), (VALID_FROM, head.valid_from), (VALID_TO, head.valid_to)):
        if when is not None:
            rows.append(["DTM", code, day(when)])
    rows += [written_reference(r, COMPONENT) for r in head.references if r.date is not None]
    rows += written_reason(reason, profile.release)
    for note in head.notes:
        rows += written_note(note, profile.release)
    for party, entity in (
        (head.buyer, "BY"), (head.supplier, profile.supplier_entity), (head.ship_to, "ST"), (head.bill_to, "BT"),
    ):  # fmt: skip
        if party is not None:
            rows += parties.written(party, entity)
    return rows


def _common_date(order: Order) -> datetime.date | None:
    """The requested date where all lines have one schedule with the same one and no place of its own."""
    first = order.lines[0].schedules[0].requested
    if first is None:
        return None
    for line in order.lines:
        schedules = line.schedules
        if len(schedules) > 1 or schedules[0].requested != first or schedules[0].ship_to is not None:
            return None
    return first


def _fob(term: Incoterm) -> list[str]:
    place = term.place or ""
    if term.year is not None:
        place = f"{place} (Incoterms {term.year})".strip()
    return ["FOB", "DF", "ZZ" if place else "", place, "01", term.code]


def _sac(item: AllowanceCharge) -> list[str]:
    code = item.code or ""
    if code.startswith("sac:"):
        special, agency = code[4:], ""
    elif code in CHARGE_CODES:
        special, agency = CHARGE_CODES[code], ""
    else:
        special, agency = ("", "ZZ") if code else (OTHER_CHARGE, "")
    amount = text_of(item.amount.scaleb(2)) if item.amount is not None else ""
    percent = text_of(item.percent) if item.percent is not None else ""
    row = ["SAC", "A" if item.kind == "allowance" else "C", special, agency, code if agency else "", amount]
    row += ["6" if percent else "", percent, "", "", "", "", "", "", "", item.reason or ""]
    return row


def _itd(part: TermsPart) -> list[str]:
    kind = "01"
    if part.percent is not None:
        kind = "04"
    elif part.end_of_month:
        kind = "02"
    elif part.basis == "fixed":
        kind = "03"
    elif part.discount_percent is not None:
        kind = "08"
    discount = text_of(part.discount_percent) if part.discount_percent is not None else ""
    early = str(part.discount_days) if part.discount_days is not None else ""
    due = day(part.due) if part.due else ""
    share = text_of(part.percent) if part.percent is not None else ""
    return [
        "ITD",
        kind,
        TERMS_BASIS_CODES[part.basis],
        discount,
        "",
        early,
        due,
        str(part.days),
        "",
        "",
        "",
        share,
        part.text or "",
    ]


def _txi(item: Tax) -> list[str]:
    return [
        "TXI",
        TAX_CODES.get(item.kind, item.kind),
        "",
        text_of(item.percent),
        "",
        "",
        "1" if item.category == "E" else "",
    ]


def written_line(
    line: Line,
    opening: tuple[str, str, str],
    unit: str,
    profile: X12Profile,
    *,
    dated: bool,
    reason: str | None = None,
) -> str:
    """The loop of a line, joined. `opening` is PO1, or what another segment has before number, quantity and unit."""
    basis, quantity, price = line.price_basis, text_of(line.quantity), text_of(line.price)
    code, apart = profile.unit_price_basis, ""
    if basis != 1 and not (code := PRICE_BASIS_CODES.get(basis, "")):
        apart = SEGMENT + joined([["CTP", "", "NET", price, text_of(basis), unit]])
        price = ""
    before, between, behind = opening
    text = f"{before}{line.number}{between}{quantity}{behind}{unit}{ELEMENT}{price}{ELEMENT}{code}{identified(line)}"
    if line.category:
        text += f"{ELEMENT}{CATEGORY_PART}{ELEMENT}{line.category}"
    text = text.rstrip(ELEMENT) + apart + described(line.description)
    schedules = line.schedules
    rest = line.references or line.allowances_charges or line.taxes or line.notes or reason
    if not rest and len(schedules) == 1 and (only := schedules[0]).ship_to is None:
        if dated and only.requested is not None:  # the only schedule has the quantity of the line
            return f"{text}{_SCH}{quantity}{ELEMENT}{unit}{_WHEN}{day(only.requested)}"
        return text
    rows = [written_reference(r, COMPONENT) for r in line.references if r.date is None]
    rows += [_sac(item) for item in line.allowances_charges]
    rows += [_txi(item) for item in line.taxes]
    if dated:
        rows += [_sch(item, unit) for item in schedules if item.requested is not None and item.ship_to is None]
    rows += [written_reference(r, COMPONENT) for r in line.references if r.date is not None]
    rows += written_reason(reason, profile.release)
    for note in line.notes:
        rows += written_note(note, profile.release)
    for item in schedules:
        if item.ship_to is not None:
            rows += parties.written(item.ship_to, "ST")
            if item.requested is not None:
                rows.append(_sch(item, unit))
    return text + SEGMENT + joined(rows) if rows else text


def identified(line: Line | LinePart) -> str:
    """The product identifiers of a line, to be appended to the segment that opens it."""
    text = ""
    if line.buyer_part:
        text += _BP + line.buyer_part
    if line.supplier_part:
        text += _VP + line.supplier_part
    if line.gtin:
        text += f"{ELEMENT}{GTIN_CODES[len(line.gtin)]}{ELEMENT}{line.gtin}"
    return text


def described(description: str) -> str:
    """The PID segments of a description, to be appended to a line."""
    if len(description) <= DESCRIPTION and "\n" not in description:
        return _PID + description
    return SEGMENT + joined(_pids(description))


def _pids(description: str) -> list[list[str]]:
    """One PID per 80 characters; PID02 08 starts a line of the text, an empty PID02 goes on with it."""
    rows = []
    for line in description.split("\n"):
        for position, piece in enumerate(pieces(line, DESCRIPTION)):
            rows.append(["PID", "F", "08" if position == 0 else "", "", "", piece])
    return rows


def _sch(item: Schedule, unit: str) -> list[str]:
    assert item.requested is not None
    return ["SCH", text_of(item.quantity), unit, "", "", "002", day(item.requested)]
