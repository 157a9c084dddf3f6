"""A line of an order: fitted to the level, written, and read."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from orderwire.document.base import plain
from orderwire.document.money import line_amount
from orderwire.document.order import Account, Line, Schedule
from orderwire.document.party import Party
from orderwire.document.terms import Note
from orderwire.formats.order_x import parties, references, settlement
from orderwire.formats.order_x.fit import Fit, subject_code, subject_read
from orderwire.formats.order_x.profile import Level
from orderwire.formats.order_x.tables import ACCOUNT_CODES, ACCOUNTS_READ, NO_SUBJECT, REASON
from orderwire.formats.order_x.tree import Element, Reading, day, leaf, node

_UNSPSC = re.compile(r"\d{8}")


def fitted(line: Line, fit: Fit, blanket: str | None, *, common_date: bool) -> Line:
    """The line as the level carries it. `common_date`: all lines share one date, which the header says."""
    where = f"lines[{line.number}]"
    update: dict[str, Any] = {
        "schedules": _schedules(line, where, fit, common_date),
        "references": references.fitted(line.references, f"{where}.references", fit, blanket),
        "notes": fit.texts(line.notes, f"{where}.notes"),
        "taxes": settlement.taxes(line.taxes, f"{where}.taxes", fit),
        "allowances_charges": settlement.adjustments(line.allowances_charges, f"{where}.allowances_charges", fit),
        "accounts": _accounts(line.accounts, f"{where}.accounts", fit),
    }
    if line.category is not None and not fit.comfort:
        fit.lose(f"{where}.category", f"the category {line.category} is left out", said=f"{where}: {line.category}")
        update["category"] = None
    changed = {name: value for name, value in update.items() if value != getattr(line, name)}
    return line.model_copy(update=changed) if changed else line


def _schedules(line: Line, where: str, fit: Fit, common_date: bool) -> tuple[Schedule, ...]:
    where = f"{where}.schedules"
    items = line.schedules
    places = {item.ship_to for item in items}
    place = items[0].ship_to if len(places) == 1 else None
    if places != {None} and (not fit.extended or place is None):
        text = "there is one delivery address for each line" if fit.extended else "lines have no delivery address"
        fit.lose(where, f"{text}; those of this line are left out", commercial=True, said=_said(line, address=True))
        place = None
    elif place is not None:
        place = parties.fitted(place, f"{where}.ship_to", "ship_to", fit, addressed=False)
    dates = {item.requested for item in items}
    if not fit.extended and len(items) > 1:
        text = "the line has one date; its parts are not told apart"
        fit.lose(where, text, commercial=len(dates) > 1, said=_said(line))
    if fit.extended:
        return tuple(Schedule(quantity=item.quantity, requested=item.requested, ship_to=place) for item in items)
    wanted = next(iter(dates)) if len(dates) == 1 else min((d for d in dates if d is not None), default=None)
    if wanted is not None and not fit.comfort and not common_date:
        fit.lose(where, "only one date for all lines can be said", commercial=True, said=_said(line))
        wanted = None
    return (Schedule(quantity=line.quantity, requested=wanted, ship_to=place),)


def _said(line: Line, *, address: bool = False) -> str:
    parts = []
    for item in line.schedules:
        part = f"{plain(item.quantity)} {line.unit}"
        part += f" by {item.requested.isoformat()}" if item.requested else ""
        parts.append(part + (f" to {parties.in_words(item.ship_to)}" if address and item.ship_to else ""))
    return f"line {line.number}: {'; '.join(parts)}"


def _accounts(items: Sequence[Account], where: str, fit: Fit) -> tuple[Account, ...]:
    if not items:
        return ()
    first = items[0] if fit.comfort else Account()
    name = next((name for name in ACCOUNT_CODES if getattr(first, name)), None)
    kept = (Account(**{name: getattr(first, name)}),) if name else ()
    if kept != tuple(items):
        what = f"only {name.replace('_', ' ')} {getattr(first, name)} is written" if name else "none is written"
        fit.lose(where, f"there is room for one account of a line; {what}")
    return kept


def write(
    parent: Element,
    line: Line,
    currency: str,
    level: Level,
    *,
    blanket: str | None = None,
    number: str | None = None,
    code: str | None = None,
    reason: str | None = None,
) -> None:
    """The line that `fitted` gave; an order change has the `number` of the order's line, what becomes of it (`code`,
    1229) and why."""
    at = node(parent, "IncludedSupplyChainTradeLineItem")
    _head(at, line, code, reason)
    _product(at, line, level)
    agreement = node(at, "SpecifiedLineTradeAgreement")
    if number is not None:
        leaf(node(agreement, "BuyerOrderReferencedDocument"), "LineID", number)
    references.write_line(agreement, line.references, level, blanket)
    price = node(agreement, "NetPriceProductTradePrice")
    leaf(price, "ChargeAmount", plain(line.price))
    if line.price_basis != 1:
        leaf(price, "BasisQuantity", plain(line.price_basis), unitCode=line.unit)
    references.write_line_end(agreement, line.references, level, blanket)
    _delivery(at, line, level)
    money = node(at, "SpecifiedLineTradeSettlement")
    for tax in line.taxes:
        settlement.write_tax(money, "ApplicableTradeTax", tax)
    amount = line_amount(line.model_copy(update={"allowances_charges": ()}), currency)
    settlement.write_adjustments(money, line.allowances_charges, amount, currency)
    total = node(money, "SpecifiedTradeSettlementLineMonetarySummation")
    leaf(total, "LineTotalAmount", plain(line_amount(line, currency)))
    for account in line.accounts:
        for name, code in ACCOUNT_CODES.items():
            if number := getattr(account, name):
                found = node(money, "ReceivableSpecifiedTradeAccountingAccount")
                leaf(found, "ID", number)
                leaf(found, "TypeCode", code)


def _head(at: Element, line: Line, code: str | None, reason: str | None) -> None:
    head = node(at, "AssociatedDocumentLineDocument")
    leaf(head, "LineID", line.number)
    leaf(head, "LineStatusCode", code)
    write_notes(head, line.notes, reason)


def write_notes(at: Element, notes: Sequence[Note], reason: str | None = None) -> None:
    """Notes with their subjects; a reason has a subject of its own."""
    for text, code in [(note.text, subject_code(note.subject)) for note in notes] + [(reason, REASON)] * bool(reason):
        found = node(at, "IncludedNote")
        leaf(found, "Content", text)
        leaf(found, "SubjectCode", code)


def _product(at: Element, line: Line, level: Level) -> None:
    product = node(at, "SpecifiedTradeProduct")
    leaf(product, "GlobalID", line.gtin, schemeID="0160")
    leaf(product, "SellerAssignedID", line.supplier_part)
    leaf(product, "BuyerAssignedID", line.buyer_part)
    name, _, rest = line.description.partition("\n")
    whole = level == "basic" or rest != rest.strip() or name != name.strip() or not rest
    leaf(product, "Name", line.description if whole else name)
    leaf(product, "Description", None if whole else rest)
    if line.category:
        code = node(product, "DesignatedProductClassification")
        leaf(code, "ClassCode", line.category, listID="TST" if _UNSPSC.fullmatch(line.category) else "ZZZ")


def _delivery(at: Element, line: Line, level: Level) -> None:
    delivery = node(at, "SpecifiedLineTradeDelivery")
    leaf(delivery, "RequestedQuantity", plain(line.quantity), unitCode=line.unit)
    place = line.schedules[0].ship_to
    if place is not None:
        parties.write(delivery, "ShipToTradeParty", place, "ship_to")
    if level == "basic":
        return
    several = len(line.schedules) > 1
    for item in line.schedules:
        if several or item.requested:
            event = node(delivery, "RequestedDeliverySupplyChainEvent")
            day(event, "OccurrenceDateTime", item.requested)
            leaf(event, "UnitQuantity", plain(item.quantity) if several else None, unitCode=line.unit)


def wanted(at: Element | None, reading: Reading, name: str = "RequestedDeliverySupplyChainEvent") -> list[Any]:
    """(day, quantity) of each event; a period counts with its last day."""
    found = []
    for event in reading.all(at, name):
        when = reading.day(event, "OccurrenceDateTime")
        last = reading.day(event, "OccurrenceSpecifiedPeriod/EndDateTime")
        first = reading.day(event, "OccurrenceSpecifiedPeriod/StartDateTime")
        if when is None and (last or first):
            reading.faults.info("period", event, "names a period; its last day is taken")
        found.append((when or last or first, reading.number(event, "UnitQuantity")))
    return found


def read(
    at: Element, reading: Reading, blanket: str | None, common: Any = None, *, change: bool = False
) -> dict[str, Any]:
    """The fields of a line; what is missing in them is told by the model. `common` is the header's date. In a
    `change`, notes about the change are not notes of the line."""
    product = reading.one(at, "SpecifiedTradeProduct")
    agreement = reading.one(at, "SpecifiedLineTradeAgreement")
    delivery = reading.one(at, "SpecifiedLineTradeDelivery")
    money = reading.one(at, "SpecifiedLineTradeSettlement")
    head = reading.one(at, "AssociatedDocumentLineDocument")
    quantity = reading.number(delivery, "RequestedQuantity")
    fields: dict[str, Any] = {
        "number": reading.label(head, "LineID"),
        "description": _description(product, reading),
        "quantity": quantity,
        "unit": unit(delivery, "RequestedQuantity", reading),
        "price": reading.number(agreement, "NetPriceProductTradePrice/ChargeAmount"),
        "price_basis": reading.number(agreement, "NetPriceProductTradePrice/BasisQuantity") or Decimal(1),
        "supplier_part": reading.label(product, "SellerAssignedID"),
        "buyer_part": reading.label(product, "BuyerAssignedID"),
        "gtin": gtin(product, reading),
        "category": reading.label(product, "DesignatedProductClassification/ClassCode"),
        "schedules": _read_schedules(delivery, quantity, reading, common),
        "taxes": settlement.read_taxes(money, reading),
        "allowances_charges": settlement.read_adjustments(money, reading),
        "accounts": _read_account(money, reading),
        "references": tuple(references.read(agreement, reading, blanket=blanket, line=True)),
        "notes": tuple(note for note, code in notes(head, reading) if not change or code != REASON),
    }
    reading.skip(money, "SpecifiedTradeSettlementLineMonetarySummation")
    return {name: value for name, value in fields.items() if value is not None}


def notes(at: Element | None, reading: Reading) -> list[tuple[Note, str | None]]:
    """Each note with the code of its subject."""
    found = []
    for element in reading.all(at, "IncludedNote"):
        code = reading.label(element, "SubjectCode")
        contents = [text for part in reading.all(element, "Content") if (text := reading.text(part))]
        if contents:
            subject = subject_read(None if code == NO_SUBJECT else code)
            found.append((Note(text="\n".join(contents)[:4000].strip(), subject=subject), code))
    return found


def reason(at: Element | None, reading: Reading) -> str | None:
    """The notes about the change itself."""
    texts = [note.text for note, code in notes(at, reading) if code == REASON]
    return "\n".join(texts)[:4000] or None


def gtin(product: Element | None, reading: Reading) -> str | None:
    """The GTIN (scheme 0160, or 0088 as some senders have it); another number of the trade is told and left."""
    for element in reading.all(product, "GlobalID"):
        value = reading.label(element)
        if value and re.fullmatch(r"\d{8}(\d{4,6})?", value, re.ASCII):
            return value
        reading.faults.warning(
            "gtin", element, f"{str(value)[:30]!r} is not a GTIN of 8, 12, 13 or 14 digits; left out"
        )
    return None


def unit(at: Element | None, name: str, reading: Reading) -> str | None:
    """The unit of a quantity."""
    element = reading.one(at, name)
    return str(element.get("unitCode") or "").strip() or None if element is not None else None


def _description(product: Element | None, reading: Reading) -> str | None:
    name, more = reading.text(product, "Name"), reading.text(product, "Description")
    if name and more and name != more:
        return f"{name}\n{more}"[:4000].strip()
    return name or more


def _read_schedules(
    delivery: Element | None, quantity: Decimal | None, reading: Reading, common: Any
) -> tuple[dict[str, Any], ...]:
    events = wanted(delivery, reading)
    place: Party | None = parties.read(reading.one(delivery, "ShipToTradeParty"), "ship_to", reading)
    parts = [(when, part) for when, part in events if part]
    if parts and sum(part for _, part in parts) == quantity:
        return tuple({"quantity": part, "requested": when, "ship_to": place} for when, part in parts)
    if delivery is not None and (len(events) > 1 or parts):
        told = "the quantities of its dates do not add up to the line; the first date is taken for all of it"
        reading.faults.warning("schedules", delivery, told)
    first = next((when for when, _ in events if when), common)
    return ({"quantity": quantity, "requested": first, "ship_to": place},)


def _read_account(money: Element | None, reading: Reading) -> tuple[Account, ...]:
    account = reading.one(money, "ReceivableSpecifiedTradeAccountingAccount")
    number = reading.label(account, "ID")
    name = ACCOUNTS_READ.get(reading.label(account, "TypeCode") or "", "cost_center")
    return (Account(**{name: number}),) if number else ()
