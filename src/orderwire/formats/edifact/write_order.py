"""The header and the lines that ORDERS and ORDCHG write in the same way, from an order that `project` has made fit."""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from orderwire.document.money import line_amount, totals
from orderwire.document.order import Account, Line, Order, OrderHead
from orderwire.document.order_change import HeadPart
from orderwire.document.party import Party
from orderwire.formats.edifact import notes, parties, parts, places, references, terms
from orderwire.formats.edifact.limits import limits
from orderwire.formats.edifact.line import ITEM_WIDTH
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.project_line import is_item
from orderwire.formats.edifact.values import day, text_of
from orderwire.formats.edifact.writer import COMPONENT as C
from orderwire.formats.edifact.writer import ELEMENT as E
from orderwire.formats.edifact.writer import SEGMENT, c, joined

_ONE = Decimal(1)
_PIA_WIDTH, _SCC_WIDTH = 5, 10
_IMD, _QTY = f"{SEGMENT}IMD{E}F{E}{E}{C}{C}{C}", f"{SEGMENT}QTY{E}21{C}"
_DTM, _CCYYMMDD = f"{SEGMENT}DTM{E}2{C}", f"{C}102"


def head_rows(
    head: OrderHead | HeadPart,
    profile: EdifactProfile,
    *,
    dated: Sequence[list[str]],
    referred: Sequence[list[str]],
    reason: Sequence[list[str]] = (),
) -> list[list[str]]:
    """The segments between BGM and the first LIN. `dated`, `reason` and `referred` are the DTM, FTX and RFF of the
    message itself."""
    rows = list(dated)
    for code, when in (("157", head.valid_from), ("36", head.valid_to)):
        if when is not None:
            rows.append(["DTM", c(code, day(when), "102")])
    rows += [*reason, *notes.written(head.notes, profile.version), *referred]
    for item in head.references:
        rows += references.written(item, profile)
    sides = (
        (head.buyer, "BY"),
        (head.supplier, profile.supplier_party),
        (head.ship_to, profile.ship_to_party),
        (head.bill_to, "IV"),
    )
    for party, role in sides:
        if party is not None:
            rows += parties.written(party, role, profile)
    if head.currency:
        rows.append(currency_row(head.currency))
    rows += terms.written_payment(head.payment_terms, profile.version)
    if head.incoterm is not None:
        rows += terms.written_incoterm(head.incoterm)
    for charge in head.allowances_charges:
        rows += terms.written_allowance(charge)
    return rows


def currency_row(currency: str) -> list[str]:
    """CUX: the reference currency, in which the order is."""
    return ["CUX", c("2", currency, "9")]


def common_date(lines: Sequence[Line]) -> datetime.date | None:
    """The requested date where all lines have one schedule with the same one."""
    first = lines[0].schedules[0].requested
    if first is None:
        return None
    for line in lines:
        if len(line.schedules) > 1 or line.schedules[0].requested != first:
            return None
    return first


def line_number(number: str, version: str) -> str:
    """1082 of a line number; empty where it does not fit: PIA carries it, and LIN the position."""
    fits = len(number) <= 6 and (number.isdigit() if version == "D96A" else number.isalnum()) and number.isascii()
    return number if fits else ""


def line_text(
    line: Line,
    profile: EdifactProfile,
    *,
    position: int,
    dated: bool,
    currency: str,
    action: str = "",
    reason: str = "",
) -> str:
    """The LIN group of the line at `position` (from 1), joined. `dated` where the header does not say its requested
    date; `action` is 1229 and `reason` the FTX of a change."""
    version = profile.version
    number, gtin = line_number(line.number, version), line.gtin
    if gtin:
        text = f"LIN{E}{number or position}{E}{action}{E}{gtin}{C}{'UP' if len(gtin) == 12 else 'EN'}"
    else:
        text = f"LIN{E}{number or position}{E}{action}".rstrip(E)
    products = f"{E}{line.supplier_part}{C}{profile.supplier_part}" if line.supplier_part else ""
    if line.buyer_part:
        products += f"{E}{line.buyer_part}{C}{profile.buyer_part}"
    if line.category:
        products += f"{E}{line.category}{C}CC"
    if not number:
        products += f"{E}{line.number}{C}PL"
    if products:
        text += f"{SEGMENT}PIA{E}{'1' if gtin else '5'}{products}"
    if line.references:
        text += _items(line)
    for row in parts.rows(line.description, limits(version).item, ITEM_WIDTH):
        text += f"{_IMD}{C.join(row)}"
    unit = profile.units.get(line.unit, line.unit) if profile.units else line.unit
    text += f"{_QTY}{text_of(line.quantity)}{C}{unit}"
    schedules = line.schedules
    if len(schedules) == 1 and dated and schedules[0].requested is not None:
        text += f"{_DTM}{day(schedules[0].requested)}{_CCYYMMDD}"
    if profile.line_amounts:
        text += f"{SEGMENT}MOA{E}203{C}{text_of(line_amount(line, currency))}"
    if reason:
        text += SEGMENT + reason
    if line.notes:
        text += SEGMENT + joined(notes.written(line.notes, profile.version))
    text += f"{SEGMENT}PRI{E}{profile.price_qualifier}{C}{text_of(line.price)}"
    if profile.price_type or line.price_basis != _ONE:
        text += C * 2 + (profile.price_type or "")
        if line.price_basis != _ONE:
            text += f"{C}{text_of(line.price_basis)}{C}{unit}"
    plain = not (line.references or line.accounts or line.taxes or line.allowances_charges)
    if plain and len(schedules) == 1 and schedules[0].ship_to is None:
        return text
    rows = _rest(line, unit, profile)
    return text + SEGMENT + joined(rows) if rows else text


def _items(line: Line) -> str:
    """PIA of further product numbers."""
    items = [c(item.number, (item.code or "")[5:]) for item in line.references if is_item(item)]
    rows = [["PIA", "1", *items[at : at + _PIA_WIDTH]] for at in range(0, len(items), _PIA_WIDTH)]
    return SEGMENT + joined(rows) if rows else ""


def _rest(line: Line, unit: str, profile: EdifactProfile) -> list[list[str]]:
    rows = [["RFF", c(code, value)] for account in line.accounts for code, value in _account(account)]
    for item in line.references:
        if not is_item(item):
            rows += references.written(item, profile)
    schedules = line.schedules
    common = schedules[0].ship_to if all(s.ship_to == schedules[0].ship_to for s in schedules) else None
    nads: list[Party] = [common] if common else []
    free = []
    for part in schedules:
        if part.ship_to is None or common:
            free.append(part)
            continue
        rows += [places.written(part.ship_to, profile), ["QTY", c("11", text_of(part.quantity), unit)]]
        rows += [["DTM", c("2", day(part.requested), "102")]] if part.requested else []
        if part.ship_to not in nads and part.ship_to != places.place_of(part.ship_to, profile).party(()):
            nads.append(part.ship_to)
    rows += [terms.written_tax(item) for item in line.taxes]
    for party in nads:
        rows += parties.written(party, profile.ship_to_party, profile)
    for charge in line.allowances_charges:
        rows += terms.written_allowance(charge)
    if len(schedules) > 1:
        for position, part in enumerate(free):
            if position % _SCC_WIDTH == 0:
                rows.append(["SCC", "1"])
            rows.append(["QTY", c("21", text_of(part.quantity), unit)])
            rows += [["DTM", c("2", day(part.requested), "102")]] if part.requested else []
    return rows


def _account(account: Account) -> list[tuple[str, str]]:
    return [(code, value) for code, value in (("AWE", account.cost_center), ("ADE", account.gl_account)) if value]


def tail_rows(order: Order | None, lines: int, profile: EdifactProfile) -> list[list[str]]:
    """UNS, the totals and the count of lines."""
    rows = [["UNS", "S"]]
    if order is not None and profile.totals:
        sums = totals(order)
        rows.append(["MOA", c("79", text_of(sums.lines))])
        if sums.total != sums.lines:
            rows.append(["MOA", c("86", text_of(sums.total))])
    rows.append(["CNT", c("2", str(lines))])
    return rows
