"""The lines of an answer: what becomes of each line of the order, in what quantity and when."""

import datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from orderwire.document.base import plain
from orderwire.document.finding import from_validation
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus
from orderwire.formats.ubl.delivery import put_period, read_day
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.lines import parts_of, put_parts, put_price
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.tables import LINE_CODES, LINE_READ, PEPPOL_LINE_CODES
from orderwire.formats.ubl.texts import LONGEST
from orderwire.formats.ubl.tree import (
    Element,
    date,
    day,
    every,
    first,
    group,
    label,
    number,
    put,
    text,
    without_empty,
)
from orderwire.formats.xml import Faults

UNNUMBERED = "NA"
"""Stands for a number that the answer does not say, where UBL needs one."""
_CHANGED = frozenset({LineStatus.BACKORDERED, LineStatus.SUBSTITUTED})
"""Statuses that code 3 and another element say together."""


def put_answer(root: Element, line: LineAnswer, position: int, fit: Fit) -> None:
    """One OrderLine; its own number is `position`, OrderLineReference names the line of the order."""
    where = f"lines[{line.number or position}]"
    element = group(root, "cac:OrderLine")
    item = group(element, "cac:LineItem")
    put(item, "cbc:ID", str(position))
    put(item, "cbc:Note", line.reason)
    put(item, "cbc:LineStatusCode", _code(line, where, fit))
    later = line.status is LineStatus.BACKORDERED
    unit = fit.unit(line.unit) if line.unit else None
    quantity = plain(line.quantity) if line.quantity is not None else None
    if unit and quantity is None:
        fit.lose(f"{where}.unit", "a unit without a quantity is left out")
    put(item, "cbc:MaximumBackorderQuantity" if later else "cbc:Quantity", quantity, unitCode=unit)
    if later and quantity is None and not fit.peppol:
        put(item, "cbc:BackOrderAllowedIndicator", "true")
    _put_dates(item, line, where, fit)
    if line.price is not None:
        put_price(item, line.price, line.price_basis, unit, fit.currency)
    elif line.price_basis is not None:
        fit.say(f"{where}.price_basis", "says nothing without a price and is left out")
    goods = group(item, "cac:Item")
    if fit.peppol:
        put(goods, "cbc:Name", line.supplier_part or line.buyer_part or line.gtin or f"Line {line.number or position}")
    put_parts(goods, line.buyer_part, line.supplier_part, line.gtin, fit)
    if line.status is LineStatus.SUBSTITUTED:
        other = group(element, "cac:SellerSubstitutedLineItem")
        put(other, "cbc:ID", str(position))
        goods = group(other, "cac:Item")
        put(goods, "cbc:Name", line.substitute_part if fit.peppol else None)
        if line.substitute_part:
            put(group(goods, "cac:SellersItemIdentification"), "cbc:ID", line.substitute_part)
        elif fit.peppol:
            fit.stop(
                f"{where}.substitute_part", "substitute", "Peppol asks for the item that replaces the line; name it"
            )
    elif line.substitute_part:
        fit.lose(f"{where}.substitute_part", "only a substituted line names a substitute", commercial=True)
    if line.number or not fit.peppol:
        put(group(element, "cac:OrderLineReference"), "cbc:LineID", line.number or UNNUMBERED)
    elif line.status is not LineStatus.ADDED:
        fit.stop(f"{where}.number", "line-number", "Peppol asks for the number of the order's line; name it")
    else:
        put(group(element, "cac:OrderLineReference"), "cbc:LineID", UNNUMBERED)


def _put_dates(item: Element, line: LineAnswer, where: str, fit: Fit) -> None:
    delivery = group(item, "cac:Delivery")
    put_period(delivery, "cac:PromisedDeliveryPeriod", line.promised)
    if line.ships and fit.peppol:
        fit.lose(f"{where}.ships", "Peppol carries the day of delivery only", said=f"{where}: ships {line.ships}")
    elif line.ships:
        day(group(delivery, "cac:Despatch"), "cbc:EstimatedDespatchDate", line.ships)
    without_empty(delivery)


def _code(line: LineAnswer, where: str, fit: Fit) -> str:
    means = LINE_READ.get(line.code or "")
    same = means is line.status or (line.status in _CHANGED and means is LineStatus.CHANGED)
    if line.code and same and (not fit.peppol or line.code in PEPPOL_LINE_CODES):
        return line.code
    code = LINE_CODES[line.status]
    if line.code and line.code != code:
        fit.lose(f"{where}.code", f"{line.code} is not a code of UNCL 1229 for {line.status.value}; {code} is written")
    if fit.peppol and code not in PEPPOL_LINE_CODES:
        fit.stop(
            f"{where}.status",
            "line-status",
            "Peppol cannot say that a line is pending; leave it out until it is decided",
        )
    return code


def read_answers(
    root: Element, status: HeaderStatus | None, promised: datetime.date | None, profile: UblProfile, faults: Faults
) -> tuple[LineAnswer, ...]:
    """The answers to all lines; a line with a part that comes later gives two. `promised` holds for all lines."""
    found: list[LineAnswer] = []
    for element in every(root, "cac:OrderLine"):
        if faults.full:
            break
        found += _read(element, status, promised, profile, faults)
    return tuple(found)


def _read(
    element: Element, header: HeaderStatus | None, promised: datetime.date | None, profile: UblProfile, faults: Faults
) -> list[LineAnswer]:
    item = first(element, "cac:LineItem")
    item = element if item is None else item
    code = label(item, "cbc:LineStatusCode", 35)
    substitute = first(element, "cac:SellerSubstitutedLineItem")
    delivery = first(item, "cac:Delivery")
    quantity, later = number(item, "cbc:Quantity", faults), number(item, "cbc:MaximumBackorderQuantity", faults)
    waits = bool(later) or (
        later is None and quantity is None and label(item, "cbc:BackOrderAllowedIndicator") == "true"
    )
    buyer_part, supplier_part, gtin = parts_of(first(item, "cac:Item"))
    reasons = [text(e) for at in (item, element) for e in every(at, "cbc:Note")]
    reference = label(element, "cac:OrderLineReference/cbc:LineID") or label(item, "cbc:ID")
    values: dict[str, Any] = {
        "number": None if reference == UNNUMBERED else reference, "code": code,
        "status": LineStatus.SUBSTITUTED if substitute is not None else _status(code, header, element, faults),
        "quantity": quantity, "unit": _unit(first(item, "cbc:Quantity"), profile),
        "price": number(item, "cac:Price/cbc:PriceAmount", faults), "price_basis": _basis(item, faults),
        "promised": read_day(delivery, "Promised", faults) or promised,
        "ships": date(delivery, "cac:Despatch/cbc:EstimatedDespatchDate", faults) if delivery is not None else None,
        "buyer_part": buyer_part, "supplier_part": supplier_part, "gtin": gtin,
        "substitute_part": label(substitute, "cac:Item/cac:SellersItemIdentification/cbc:ID"),
        "reason": "\n".join(filter(None, reasons))[:LONGEST].strip() or None,
    }  # fmt: skip
    parts = [values]
    if waits and quantity is not None:
        parts.append({**values, "status": LineStatus.BACKORDERED, "quantity": later, "promised": None})
    elif waits:
        unit = _unit(first(item, "cbc:MaximumBackorderQuantity"), profile)
        parts = [{**values, "status": LineStatus.BACKORDERED, "quantity": later, "unit": unit}]
    try:
        return [LineAnswer.model_validate(part) for part in parts]
    except ValidationError as failure:
        for problem in from_validation(failure):
            faults.error(problem.code, element, f"{problem.where}: {problem.text}")
        return []


def _basis(item: Element, faults: Faults) -> Decimal | None:
    """For how many units the price is, where it says so; a warning where they are not those of the quantity."""
    place = first(item, "cac:Price/cbc:BaseQuantity")
    basis = number(place, None, faults)
    if place is None or basis is None or first(item, "cac:Price/cbc:PriceAmount") is None:
        return None
    if basis <= 0:
        told = f"the price is for {plain(basis)}; it is compared with the order's price as if for the same"
        faults.warning("price-basis", place, told)
        return None
    answered = first(item, "cbc:Quantity")
    unit, counted = place.get("unitCode", ""), answered.get("unitCode", "") if answered is not None else ""
    if unit and counted and unit != counted:
        told = f"the price is for {text(place)} {unit} but the answer is in {counted}; see that both are the same"
        faults.warning("price-unit", place, told)
    return basis


def _status(code: str | None, header: HeaderStatus | None, element: Element, faults: Faults) -> LineStatus:
    """What a LineStatusCode says; without one what the header says of all, and undecided where that is nothing."""
    if code in LINE_READ:
        return LINE_READ[code]
    if code is not None:
        faults.warning("line-status", element, f"LineStatusCode {code!r} is not one that we know; read as undecided")
        return LineStatus.PENDING
    by_header = {HeaderStatus.ACCEPTED: LineStatus.ACCEPTED, HeaderStatus.REJECTED: LineStatus.REJECTED,
                 HeaderStatus.ACCEPTED_WITH_CHANGES: LineStatus.CHANGED}  # fmt: skip
    return by_header.get(header, LineStatus.PENDING) if header else LineStatus.PENDING


def _unit(element: Element | None, profile: UblProfile) -> str | None:
    stated = (element.get("unitCode") or "").strip() if element is not None else ""
    return next((ours for ours, theirs in profile.units.items() if theirs == stated), stated[:35]) or None
