"""What a kept record of Tryton holds: a purchase as an order, or the cancellation of one."""

from collections.abc import Mapping
from decimal import Decimal

from orderwire.channels.erp.fields import day, moment, number, part, party, records, required, text
from orderwire.channels.erp.record import Found, NotUsable, Raw
from orderwire.channels.erp.tryton.values import plain
from orderwire.channels.erp.units import unit_of
from orderwire.document.cancellation import Cancellation
from orderwire.document.money import exponent, totals
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.party import Party
from orderwire.document.terms import Note, Reference, Tax, TermsPart

_APPROVED = ("confirmed", "processing", "done")


def found(record: Raw, *, units: Mapping[str, str]) -> Found:
    """Raises NotUsable and pydantic's ValidationError."""
    record = plain(record)
    purchase = part(record, "purchase")
    name = required(purchase, "number")
    where = f"purchase {name}"
    home = next(iter(records(record, "buyer_addresses")), {})
    buyer = _party(part(part(purchase, "company."), "party."), home, f"the company of {where}")
    supplier = _party(part(purchase, "party."), part(purchase, "invoice_address."), f"the supplier of {where}")
    state = text(purchase, "state")
    if state == "cancelled":
        reason = "Cancelled in Tryton"
        return Found(Cancellation(order_number=name, buyer=buyer, supplier=supplier, reason=reason))
    if state not in _APPROVED:
        raise NotUsable(f"{where} is not confirmed there any more ({state or 'no state'})")
    issued = day(purchase, "purchase_date", where=where)
    if issued is None:
        raise NotUsable(f"{where} has no purchase_date")
    taxes = {tax["id"]: tax for tax in records(record, "taxes") if isinstance(tax.get("id"), int)}
    rows = sorted(records(record, "lines"), key=_place)
    currency = text(part(purchase, "currency."), "code")
    document = Order(
        number=name,
        issued=issued,
        currency=currency,
        buyer=buyer,
        supplier=supplier,
        ship_to=_ship_to(purchase, buyer),
        payment_terms=_terms(record, text(part(purchase, "payment_term."), "name"), where),
        references=(Reference(kind="other", number=said),) if (said := text(purchase, "description")) else (),
        notes=tuple(Note(text=said) for said in _remarks(purchase, rows)),
        lines=tuple(_line(row, taxes, units, where) for row in rows if text(row, "type") == "line"),
    )
    return Found(
        document,
        approver=text(part(purchase, "confirmed_by."), "rec_name") or "confirmed in Tryton",
        approved_at=moment(purchase.get("write_date"), where=where),
        reference=name,
        lines_total=_stated(document, number(purchase, "untaxed_amount", where=where)),
    )


def _place(row: Raw) -> tuple[int, int]:
    sequence, id = row.get("sequence"), row.get("id")
    return (sequence if isinstance(sequence, int) else 10**9, id if isinstance(id, int) else 0)


def _stated(document: Order, untaxed: Decimal) -> Decimal:
    """What Tryton says that the lines are worth, where it is not only rounded otherwise: halves go to even there, which
    is one smallest amount of the currency a line."""
    own = totals(document).lines
    return own if abs(own - untaxed) <= exponent(document.currency) * len(document.lines) else untaxed


def _party(record: Raw, address: Raw, where: str) -> Party:
    tax = part(record, "tax_identifier.")
    vat = "vat" if "vat" in text(tax, "type") else "tax"
    street = address.get("street")
    return party(
        required(record, "name", where=where),
        identifiers={"buyer": text(record, "code"), vat: text(tax, "code")},
        lines=[line.strip() for line in street.splitlines()] if isinstance(street, str) else (),
        city=text(address, "city"),
        postal_code=text(address, "postal_code"),
        region=text(part(address, "subdivision."), "code").partition("-")[2],
        country=text(part(address, "country."), "code"),
    )


def _ship_to(purchase: Raw, buyer: Party) -> Party | None:
    warehouse = part(purchase, "warehouse.")
    address = part(warehouse, "address.")
    if not address:
        return None
    named = {"name": f"{buyer.name}, {text(warehouse, 'name')}".rstrip(", ")}
    return _party(named, address, "the warehouse")


def _remarks(purchase: Raw, rows: list[Raw]) -> list[str]:
    """The comment of the purchase, and what stands between its lines."""
    said = [purchase.get("comment"), *(row.get("description") for row in rows if text(row, "type") == "comment")]
    return [one.strip() for one in said if isinstance(one, str) and one.strip()]


def _line(row: Raw, taxes: Mapping[int, Raw], units: Mapping[str, str], where: str) -> Line:
    """The number is that of the record: unlike the place, it stays when lines are moved."""
    where = f"line {row.get('id')} of {where}"
    quantity = number(row, "quantity", where=where)
    if quantity <= 0:
        raise NotUsable(f"{where} has the quantity {quantity}: a return is no order")
    product, theirs, unit = part(row, "product."), part(row, "product_supplier."), part(row, "unit.")
    described = row.get("description")
    own = described.strip() if isinstance(described, str) else ""
    note = row.get("note")
    return Line(
        number=str(row.get("id")),
        description=own or required(product, "name", where=where),
        quantity=quantity,
        unit=unit_of(text(unit, "symbol"), text(unit, "name"), own=units),
        price=number(row, "unit_price", where=where),
        buyer_part=text(product, "code") or None,
        supplier_part=text(theirs, "code") or None,
        schedules=(Schedule(quantity=quantity, requested=day(row, "delivery_date", where=where)),),
        taxes=tuple(_taxes(row, taxes, where)),
        notes=(Note(text=note.strip()),) if isinstance(note, str) and note.strip() else (),
    )


def _taxes(row: Raw, taxes: Mapping[int, Raw], where: str) -> list[Tax]:
    """Those that are a part of the price in percent."""
    ids = row.get("taxes")
    listed = [taxes[id] for id in ids if isinstance(id, int) and id in taxes] if isinstance(ids, list) else []
    rates = [number(tax, "rate", where=where) * 100 for tax in listed if text(tax, "type") == "percentage"]
    return [Tax(category="S" if rate else "Z", percent=rate) for rate in rates if rate >= 0]


def _terms(record: Raw, name: str, where: str) -> tuple[TermsPart, ...]:
    """The parts of the payment term; only its name where a part depends on more than days and months."""
    shifts = records(record, "payment_shifts")
    made = []
    for row in sorted(records(record, "payment_parts"), key=_place):
        own = [shift for shift in shifts if shift.get("line") == row.get("id")]
        fixed = any(shift.get(name) for shift in own for name in ("day", "month", "weekday"))
        if fixed or text(row, "type") not in ("remainder", "percent_on_total"):
            return (TermsPart(text=name),) if name else ()
        days = sum((number(s, "days") + 7 * number(s, "weeks") for s in own), Decimal(0))
        months = sum((number(s, "months") for s in own), Decimal(0))
        share = number(row, "ratio", where=where) * 100 if text(row, "type") == "percent_on_total" else None
        made.append(TermsPart(days=int(days), months=int(months), percent=share, text=name or None))
    return tuple(made)
