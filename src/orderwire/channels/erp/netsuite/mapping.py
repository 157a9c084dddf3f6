"""What a kept record of NetSuite holds: an approved order, or one whose lines were all closed before anything came."""

from collections.abc import Mapping
from decimal import Decimal

from orderwire.channels.erp.fields import day, moment, number, part, party, records, required, text
from orderwire.channels.erp.pricing import worth
from orderwire.channels.erp.record import Found, NotUsable, Raw
from orderwire.channels.erp.units import unit_of
from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.party import Party
from orderwire.document.terms import Incoterm, Note, TermsPart

APPROVED = "2"


def found(record: Raw, *, units: Mapping[str, str], default_unit: str) -> Found:
    """Raises NotUsable and pydantic's ValidationError."""
    order = part(record, "order")
    name = required(order, "tranId")
    where = f"order {name}"
    buyer, supplier = _buyer(record, where), _supplier(record, where)
    if text(part(order, "approvalStatus"), "id") != APPROVED:
        raise NotUsable(f"{where} is not approved there")
    goods, costs = part(order, "item"), part(order, "expense")
    if goods.get("hasMore") is True or costs.get("hasMore") is True:
        raise NotUsable(f"{where} has more lines than NetSuite gives at once")
    wanted = [row for row in records(goods, "items") if _left(row, where)]
    if records(goods, "items") and not wanted and not records(costs, "items"):
        reason = "All lines were closed in NetSuite"
        return Found(Cancellation(order_number=name, buyer=buyer, supplier=supplier, reason=reason))
    issued = day(order, "tranDate", where=where)
    if issued is None:
        raise NotUsable(f"{where} has no tranDate")
    currency = text(part(record, "currency"), "symbol")
    lines = [
        worth(_line(row, units, default_unit, where), _amount(row, where), currency)
        if _left(row, where) == number(row, "quantity", where=where)
        else _line(row, units, default_unit, where)
        for row in wanted
    ]
    lines += [_expense(row, where) for row in records(costs, "items")]
    document = Order(
        number=name,
        issued=issued,
        currency=currency,
        buyer=buyer,
        supplier=supplier,
        ship_to=_place(part(order, "shippingAddress")),
        payment_terms=(TermsPart(text=terms),) if (terms := text(part(order, "terms"), "refName")) else (),
        incoterm=_incoterm(text(part(order, "incoterm"), "refName")),
        notes=(Note(text=words),) if (words := text(order, "message")) else (),
        lines=tuple(lines),
    )
    at = moment(order.get("lastModifiedDate"), where=where)
    return Found(document, approver="approved in NetSuite", approved_at=at)


def _left(row: Raw, where: str) -> Decimal:
    """How much of a line is wanted: of a closed one only what came."""
    closed = row.get("isClosed") is True
    return number(row, "quantityReceived" if closed else "quantity", where=where)


def _amount(row: Raw, where: str) -> Decimal:
    return number(row, "amount", where=where)


def _line(row: Raw, units: Mapping[str, str], default_unit: str, where: str) -> Line:
    key = required(row, "line", where=f"a line of {where}")
    at = f"line {key}"
    quantity = _left(row, at)
    unit = text(row, "units") or text(part(row, "units"), "refName")
    item = text(part(row, "item"), "refName")
    return Line(
        number=key,
        description=text(row, "description") or required({"item": item}, "item", where=at),
        quantity=quantity,
        unit=unit_of(unit, own=units) if unit or not default_unit else default_unit,
        price=number(row, "rate", where=at),
        buyer_part=item or None,
        supplier_part=text(row, "vendorName") or None,
        schedules=(Schedule(quantity=quantity, requested=day(row, "expectedReceiptDate", where=at)),),
    )


def _expense(row: Raw, where: str) -> Line:
    """A cost without an item: one of it, for its amount."""
    key = required(row, "line", where=f"an expense of {where}")
    words = text(row, "memo") or text(part(row, "category"), "refName") or text(part(row, "account"), "refName")
    one = Decimal(1)
    return Line(
        number=f"E{key}",
        description=required({"memo": words}, "memo", where=f"expense {key}"),
        quantity=one,
        unit="C62",
        price=number(row, "amount", where=f"expense {key}"),
        schedules=(Schedule(quantity=one),),
    )


def _supplier(record: Raw, where: str) -> Party:
    """The vendor's own record; `entityId` is the buyer's number for him."""
    vendor, named = part(record, "vendor"), part(part(record, "order"), "entity")
    at = part(part(record, "order"), "billingAddress")
    name = text(vendor, "companyName", "legalName") or text(named, "refName")
    return _addressed(
        at,
        required({"entity": name}, "entity", where=where),
        {"buyer": text(vendor, "entityId") or text(named, "id"), "vat": text(vendor, "vatRegNumber")},
        email=text(vendor, "email"),
    )


def _buyer(record: Raw, where: str) -> Party:
    known, named = part(record, "subsidiary"), part(part(record, "order"), "subsidiary")
    name = text(known, "legalName", "name") or text(named, "refName")
    return party(
        required({"subsidiary": name}, "subsidiary", where=where),
        identifiers={"buyer": text(named, "id") or text(known, "id")},
    )


def _place(at: Raw) -> Party | None:
    name = text(at, "addressee", "attention")
    return _addressed(at, name, {}) if name else None


def _addressed(at: Raw, name: str, identifiers: Mapping[str, str], email: str = "") -> Party:
    return party(
        name,
        identifiers=identifiers,
        lines=(text(at, "addr1"), text(at, "addr2"), text(at, "addr3")),
        city=text(at, "city"),
        postal_code=text(at, "zip"),
        region=text(at, "state"),
        country=text(part(at, "country"), "id"),
        phone=text(at, "addrPhone"),
        email=email,
    )


def _incoterm(name: str) -> Incoterm | None:
    code = name[:3]
    return Incoterm(code=code) if len(code) == 3 and code.isascii() and code.isalpha() and code.isupper() else None
