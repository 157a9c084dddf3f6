"""Writes the 860 from an order change or a cancellation that `project` has made fit."""

import datetime

from orderwire.document.cancellation import Cancellation
from orderwire.document.order_change import HeadPart, LineChange, LinePart, OrderChange
from orderwire.formats import Context
from orderwire.formats.x12 import parties
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.project_850 import agreement
from orderwire.formats.x12.tables import PRICE_BASIS_CODES
from orderwire.formats.x12.texts import written_reason
from orderwire.formats.x12.units import x12
from orderwire.formats.x12.values import day, text_of
from orderwire.formats.x12.write_850 import KINDS, described, header, identified, named, written_line
from orderwire.formats.x12.writer import ELEMENT, SEGMENT, joined


def body(document: OrderChange | Cancellation, profile: X12Profile, context: Context) -> tuple[str, int]:
    """The segments between ST and SE, joined, and how many they are."""
    whole = _cancellation(document, profile) if isinstance(document, Cancellation) else _change(document, profile)
    return whole, whole.count(SEGMENT) + 1


def _change(change: OrderChange, profile: X12Profile) -> str:
    head, ordered = change.head, change.order_issued
    if head is not None:
        kind, ordered = KINDS.get(head.kind, profile.standard_kind), head.issued
        number = agreement(head.references) if head.kind == "release" else change.order_number
        release = head.kind == "release"
    else:
        kind, number = _named(change, profile)
        release = change.release_number is not None
    row = ["BCH", change.code or "", kind, number, change.release_number or "", _count(change.sequence), _day(ordered)]
    rows = [[*row, change.number or "", "", "", "", _day(change.issued)]]
    said = head or change.head_part or HeadPart()
    rows += [["CUR", "BY", said.currency]] if said.currency else []
    rows += named(change.order_number if release else None, change.revision)
    parts = [joined([*rows, *header(said, profile, reason=change.reason)])]
    parts += [_line(line, profile) for line in change.lines]
    if change.lines:
        parts.append(joined([["CTT", str(len(change.lines))]]))
    return SEGMENT.join(parts)


def _cancellation(order: Cancellation, profile: X12Profile) -> str:
    kind, number = _named(order, profile)
    row = ["BCH", "01", kind, number, order.release_number or "", _count(order.sequence), _day(order.order_issued)]
    rows = [[*row, order.number or "", "", "", "", _day(order.issued)]]
    if order.currency:
        rows.append(["CUR", "BY", order.currency])
    rows += named(order.order_number if order.release_number is not None else None, order.revision)
    rows += written_reason(order.reason, profile.release)
    if order.buyer is not None:
        rows += parties.written(order.buyer, "BY")
    if order.supplier is not None:
        rows += parties.written(order.supplier, profile.supplier_entity)
    return joined(rows)


def _named(document: OrderChange | Cancellation, profile: X12Profile) -> tuple[str, str]:
    """BCH02 and BCH03 where no header tells them: a release is named by what stands before its number."""
    release = document.release_number
    if release is None:
        return profile.standard_kind, document.order_number
    return KINDS["release"], document.order_number.removesuffix(f"-{release}")


def _day(value: datetime.date | None) -> str:
    return "" if value is None else day(value)


def _count(sequence: int | None) -> str:
    return "" if sequence is None else str(sequence)


def _line(item: LineChange, profile: X12Profile) -> str:
    code = item.code or ""
    if item.line is not None:
        opening = (f"POC{ELEMENT}", f"{ELEMENT}{code}{ELEMENT}", ELEMENT * 2)
        unit = x12(item.line.unit, profile.units) or ""
        return written_line(item.line, opening, unit, profile, dated=True, reason=item.reason)
    part = item.part or LinePart()
    basis, price = part.price_basis, text_of(part.price) if part.price is not None else ""
    unit = x12(part.unit, profile.units) or "" if part.unit else ""
    own_basis = basis is not None and basis != 1 and basis not in PRICE_BASIS_CODES
    priced = PRICE_BASIS_CODES.get(basis, profile.unit_price_basis or "PE") if basis and not own_basis else ""
    quantity = text_of(part.quantity) if part.quantity is not None else ""
    row = ["POC", item.number, code, quantity, "", unit, "" if own_basis else price, priced]
    text = (ELEMENT.join(row) + identified(part)).rstrip(ELEMENT)
    rows = []
    if own_basis and basis is not None:
        text += SEGMENT + joined([["CTP", "", "NET", price, text_of(basis), unit]])
    if part.description:
        text += described(part.description)
    if part.requested:
        rows.append(["DTM", "002", day(part.requested)])
    rows += written_reason(item.reason, profile.release)
    return text + SEGMENT + joined(rows) if rows else text
