"""What a kept record of Odoo holds: an order, or the cancellation of one that was confirmed."""

import re
from decimal import Decimal
from html import unescape

from orderwire.channels.erp.fields import day, moment, number, part, party, records, required, text
from orderwire.channels.erp.odoo.link import many, of
from orderwire.channels.erp.pricing import worth
from orderwire.channels.erp.record import Found, NotUsable, Raw
from orderwire.channels.erp.units import unit_of
from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.party import Party
from orderwire.document.terms import AllowanceCharge, Incoterm, Note, Reference, Tax, TermsPart

_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]*>", re.IGNORECASE)
_APPROVED = ("purchase", "done")


def found(record: Raw, *, zone: str, units: dict[str, str]) -> Found:
    """Raises NotUsable and pydantic's ValidationError."""
    order = part(record, "order")
    name = required(order, "name")
    where = f"order {name}"
    partners = {key: one for one in records(record, "partners") if isinstance(key := one.get("id"), int)}
    buyer = _party(partners.get(of(part(record, "company"), "partner_id"), {}), text(part(record, "company"), "name"))
    supplier = _party(partners.get(of(order, "partner_id"), {}), _shown(order, "partner_id"))
    issued = day(order, "date_approve", "date_order", zone=zone, where=where)
    if text(order, "state") == "cancel":
        reason = "Cancelled in Odoo"
        return Found(Cancellation(order_number=name, buyer=buyer, supplier=supplier, reason=reason))
    if text(order, "state") not in _APPROVED:
        raise NotUsable(f"{where} is not confirmed there any more ({text(order, 'state') or 'no state'})")
    if issued is None:
        raise NotUsable(f"{where} has no date_approve")
    if text(order, "date_approve"):
        approved_at = moment(order.get("date_approve"), where=where)
    else:
        approved_at = None
    goods = [line for line in records(record, "lines") if not text(line, "display_type")]
    wanted = [line for line in goods if number(line, "product_qty", where=where)]
    destination = of(order, "dest_address_id") or (record.get("site") if isinstance(record.get("site"), int) else 0)
    currency = _shown(order, "currency_id")
    document = Order(
        number=name,
        issued=issued,
        currency=currency,
        buyer=buyer,
        supplier=supplier,
        ship_to=_party(partners[destination], "") if destination in partners else None,
        payment_terms=(TermsPart(text=terms),) if (terms := _shown(order, "payment_term_id")) else (),
        incoterm=_incoterm(record),
        references=(Reference(kind="other", number=origin),) if (origin := text(order, "origin")) else (),
        notes=_notes(record),
        lines=tuple(
            worth(_line(line, record, zone=zone, units=units), number(line, "price_subtotal"), currency)
            for line in wanted
        ),
    )
    total = sum((number(line, "price_subtotal", where=where) for line in wanted), Decimal(0))
    who = _shown(order, "user_id")
    approver = f"confirmed in Odoo, buyer {who}" if who else "confirmed in Odoo"
    return Found(document, approver=approver if approved_at else "", approved_at=approved_at, lines_total=total)


def _line(line: Raw, record: Raw, *, zone: str, units: dict[str, str]) -> Line:
    key = required(line, "id", where="a line")
    where = f"line {key}"
    quantity = number(line, "product_qty", where=where)
    product = of(line, "product_id")
    known = next((one for one in records(record, "products") if one.get("id") == product), {})
    wanted = many(line, "taxes_id") + many(line, "tax_ids")
    taxes = [one for one in records(record, "taxes") if one.get("id") in wanted]
    price, basis = number(line, "price_unit", where=where), Decimal(1)
    discount = number(line, "discount", where=where)
    if any(one.get("price_include") is True for one in taxes):
        # Our prices are without tax: what Odoo computed for the line without it is the price of its whole quantity.
        price, basis, discount = number(line, "price_subtotal", where=where), quantity, Decimal(0)
    barcode = text(known, "barcode")
    return Line(
        number=key,
        description=_lines_of(line.get("name")) or _shown(line, "product_id") or key,
        quantity=quantity,
        unit=unit_of(_shown(line, "product_uom_id"), _shown(line, "product_uom"), own=units),
        price=price,
        price_basis=basis,
        buyer_part=text(known, "default_code") or None,
        supplier_part=_supplier_part(record, product, of(known, "product_tmpl_id")),
        gtin=barcode if re.fullmatch(r"\d{8}(\d{4,6})?", barcode, re.ASCII) else None,
        schedules=(Schedule(quantity=quantity, requested=day(line, "date_planned", zone=zone, where=where)),),
        taxes=tuple(_tax(one) for one in taxes if text(one, "amount_type") == "percent"),
        allowances_charges=(AllowanceCharge(kind="allowance", percent=discount),) if discount else (),
        notes=tuple(Note(text=f"Tax: {text(one, 'name')}") for one in taxes if text(one, "amount_type") != "percent"),
    )


def _tax(tax: Raw) -> Tax:
    percent = number(tax, "amount", where="a tax")
    return Tax(category="S" if percent else "Z", percent=percent)


def _supplier_part(record: Raw, product: int, template: int) -> str | None:
    """The supplier's code for this product, before that for all variants of it."""
    codes = records(record, "supplier_codes")
    own = [one for one in codes if product and of(one, "product_id") == product]
    common = [one for one in codes if template and not of(one, "product_id") and of(one, "product_tmpl_id") == template]
    return next((text(one, "product_code") for one in [*own, *common]), None)


def _party(partner: Raw, name: str) -> Party:
    """`ref` is the buyer's own number for a partner; without one it is Odoo's id."""
    region = re.sub(r" \([A-Z]{2}\)$", "", _shown(partner, "state_id"))
    return party(
        required({"name": text(partner, "name") or name}, "name", where="a partner"),
        identifiers={"buyer": text(partner, "ref", "id"), "vat": text(partner, "vat")},
        lines=(text(partner, "street"), text(partner, "street2")),
        city=text(partner, "city"),
        postal_code=text(partner, "zip"),
        region=region,
        country=text(partner, "country_code"),
        phone=text(partner, "phone"),
        email=text(partner, "email"),
    )


def _incoterm(record: Raw) -> Incoterm | None:
    code = text(part(record, "incoterm"), "code")
    place = text(part(record, "order"), "incoterm_location")
    return Incoterm(code=code, place=place or None) if re.fullmatch("[A-Z]{3}", code) else None


def _notes(record: Raw) -> tuple[Note, ...]:
    order = part(record, "order")
    said = [_plain(order.get("note")), _plain(order.get("notes"))]
    said += [_lines_of(one.get("name")) for one in records(record, "lines") if text(one, "display_type") == "line_note"]
    return tuple(Note(text=one[:4000]) for one in said if one)


def _plain(html: object) -> str:
    """The words of an HTML field."""
    if not isinstance(html, str):
        return ""
    return _lines_of(unescape(_TAG.sub("", _BREAK.sub("\n", html[:100_000]))))


def _lines_of(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return "\n".join(line for raw in value.splitlines() if (line := " ".join(raw.split())))


def _shown(record: Raw, name: str) -> str:
    """The name of a many2one field."""
    value = record.get(name)
    return (
        " ".join(value[1].split()) if isinstance(value, list) and len(value) > 1 and isinstance(value[1], str) else ""
    )
