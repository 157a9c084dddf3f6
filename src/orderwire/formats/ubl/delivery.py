"""Delivery: when and where, on the order and for each schedule line."""

import datetime
from decimal import Decimal

from orderwire.document.base import plain
from orderwire.document.order import Line, Schedule
from orderwire.document.party import Identifier, Party
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.parties import make, put_address, put_party, read_address, read_party, scheme_of
from orderwire.formats.ubl.tree import Element, date, day, every, first, group, label, number, put, without_empty
from orderwire.formats.xml import Faults


def put_period(parent: Element, name: str, value: datetime.date | None) -> None:
    """A period of one day, so that receivers who look at its start and those who look at its end agree."""
    if value is not None:
        period = group(parent, name)
        day(period, "cbc:StartDate", value)
        day(period, "cbc:EndDate", value)


def put_place(delivery: Element, ship_to: Party | None, where: str, fit: Fit) -> None:
    """Where: the location with its GLN and address; who is there comes later, see `put_receiver`."""
    if ship_to is None:
        return
    location = group(delivery, "cac:DeliveryLocation")
    put(location, "cbc:ID", ship_to.identifier("gln"), schemeID="0088" if fit.peppol else "GLN")
    if ship_to.address:
        put_address(location, "cac:Address", ship_to.address, f"{where}.address", fit)
    without_empty(location)


def put_receiver(delivery: Element, ship_to: Party | None, where: str, fit: Fit) -> None:
    """Who receives: name, identifiers and contact of the place."""
    if ship_to is not None:
        gln = next((i for i in ship_to.identifiers if i.scheme == "gln"), None)
        rest = tuple(i for i in ship_to.identifiers if i is not gln)
        put_party(delivery, "cac:DeliveryParty", ship_to.model_copy(update={"identifiers": rest}), where, fit)


def put_header_delivery(root: Element, ship_to: Party | None, fit: Fit) -> None:
    """The place of all lines that have none of their own."""
    if ship_to is not None:
        delivery = group(root, "cac:Delivery")
        put_place(delivery, ship_to, "ship_to", fit)
        put_receiver(delivery, ship_to, "ship_to", fit)


def put_schedules(item: Element, line: Line, where: str, fit: Fit) -> None:
    """A Delivery for each schedule line; Peppol has one without a place."""
    schedules = _single(line, where, fit) if fit.peppol else line.schedules
    for schedule in schedules:
        delivery = group(item, "cac:Delivery")
        if len(schedules) > 1:
            put(delivery, "cbc:Quantity", plain(schedule.quantity), unitCode=fit.unit(line.unit))
        at = f"{where}.schedules.ship_to"
        put_place(delivery, schedule.ship_to, at, fit)
        put_period(delivery, "cac:RequestedDeliveryPeriod", schedule.requested)
        put_receiver(delivery, schedule.ship_to, at, fit)
        without_empty(delivery)


def _single(line: Line, where: str, fit: Fit) -> tuple[Schedule, ...]:
    """What one Delivery of Peppol can say: the earliest day for all of the line."""
    schedules = line.schedules
    said = f"Line {line.number}: " + "; ".join(_said(item) for item in schedules)
    if len(schedules) > 1:
        text = "Peppol carries one delivery for a line; order the parts on lines of their own (PEPPOL-T01)"
        fit.lose(f"{where}.schedules", text, commercial=True, said=said)
    if any(item.ship_to for item in schedules):
        text = "Peppol carries a place of delivery for the whole order only; order for each place by itself"
        fit.lose(f"{where}.schedules.ship_to", text, commercial=True, said=said)
    days = [item.requested for item in schedules if item.requested]
    return (Schedule(quantity=line.quantity, requested=min(days, default=None)),)


def _said(item: Schedule) -> str:
    words = plain(item.quantity) + (f" on {item.requested}" if item.requested else "")
    if item.ship_to is None:
        return words
    address = item.ship_to.address
    parts = [item.ship_to.name, *(address.lines if address else ())]
    parts += [part for part in (address.postal_code, address.city, address.country) if part] if address else []
    return f"{words} to {', '.join(parts)}"


def read_place(delivery: Element | None, faults: Faults) -> Party | None:
    """The place that a Delivery names, None where it says only when."""
    if delivery is None:
        return None
    location = first(delivery, "cac:DeliveryLocation")
    address = read_address(first(location, "cac:Address"), faults)
    address = address or read_address(first(delivery, "cac:DeliveryAddress"), faults)
    party = read_party(first(delivery, "cac:DeliveryParty"), faults)
    number_of = first(location, "cbc:ID")
    if number_of is None:
        number_of = first(location, "cac:Address/cbc:ID")
    value = label(number_of)
    own = (
        Identifier(scheme=scheme_of(number_of.get("schemeID")), value=value)
        if number_of is not None and value
        else None
    )
    if party is None and address is None and own is None:
        return None
    known = list(party.identifiers) if party else []
    if own and own not in known:
        known.insert(0, own)
    name = party.name if party else label(location, "cbc:Name")
    if name is None:
        name = address.lines[0] if address and address.lines else (address and address.city) or value
    contact = party.contact if party else None
    return make(
        delivery, name or "Place of delivery", known, contact, address or (party.address if party else None), faults
    )


def read_day(delivery: Element | None, kind: str, faults: Faults) -> datetime.date | None:
    """The day of a Requested, Promised or Estimated period: its end, else its start."""
    if delivery is None:
        return None
    period = f"cac:{kind}DeliveryPeriod"
    last = date(delivery, f"{period}/cbc:EndDate", faults)
    start = date(delivery, f"{period}/cbc:StartDate", faults)
    if last and start and start < last:
        text = f"may come from {start} on; the last day, {last}, is read"
        faults.info("delivery-window", delivery, text)
    return last or start or (date(delivery, "cbc:LatestDeliveryDate", faults) if kind == "Requested" else None)


def read_schedules(
    item: Element, quantity: Decimal, default: datetime.date | None, faults: Faults
) -> tuple[Schedule, ...] | None:
    """The schedule lines of a line; None, with an error, where their quantities exceed it."""
    found: list[Schedule] = []
    rest, open_day, open_place = quantity, default, None
    for delivery in every(item, "cac:Delivery"):
        part = number(delivery, "cbc:Quantity", faults)
        when, place = read_day(delivery, "Requested", faults) or default, read_place(delivery, faults)
        if part is None or part <= 0:
            open_day, open_place = when, place
            continue
        rest -= part
        if rest < 0:
            told = f"its deliveries add up to more than the {plain(quantity)} that are ordered; correct either"
            faults.error("schedule-sum", delivery, told)
            return None
        found.append(Schedule(quantity=part, requested=when, ship_to=place))
    if rest:
        found.append(Schedule(quantity=rest, requested=open_day, ship_to=open_place))
    return tuple(found)
