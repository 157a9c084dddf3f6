"""What a kept record of ERPNext holds: a submitted order, or the cancellation of one."""

import datetime
import re
from decimal import Decimal
from html import unescape
from zoneinfo import ZoneInfo

from orderwire.channels.erp.fields import day, number, part, party, records, required, text
from orderwire.channels.erp.pricing import worth
from orderwire.channels.erp.record import Found, NotUsable, Raw, exact
from orderwire.channels.erp.units import unit_of
from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Account, Line, Order, Schedule
from orderwire.document.party import Party
from orderwire.document.terms import AllowanceCharge, Incoterm, Note, Reference, Tax, TermsPart

_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]*>", re.IGNORECASE)
_STOPPED = {"On Hold": "is on hold there", "Closed": "is closed there"}


def found(record: Raw, *, zone: str, units: dict[str, str], by_row: bool) -> Found:
    """Raises NotUsable and pydantic's ValidationError."""
    order = part(record, "order")
    name = required(order, "name")
    where = f"order {name}"
    supplier = _party(record, "supplier", "supplier_address", text(order, "supplier_name"))
    buyer = _party(record, "company", "billing_address", "")
    if (state := text(order, "docstatus")) == "2":
        reason = "Cancelled in ERPNext"
        return Found(Cancellation(order_number=name, buyer=buyer, supplier=supplier, reason=reason))
    if state != "1":
        raise NotUsable(f"{where} is not submitted")
    if stopped := _STOPPED.get(text(order, "status")):
        raise NotUsable(f"{where} {stopped}")
    issued = day(order, "transaction_date", where=where)
    if issued is None:
        raise NotUsable(f"{where} has no transaction_date")
    currency = text(order, "currency")
    items = [item for item in records(order, "items") if number(item, "qty", where=where)]
    amounts = [number(item, "net_amount" if "net_amount" in item else "amount", where=where) for item in items]
    lines = [_line(item, order, units=units, by_row=by_row) for item in items]
    amended = text(order, "amended_from")
    document = Order(
        number=name,
        issued=issued,
        currency=currency,
        buyer=buyer,
        supplier=supplier,
        ship_to=_address(record, "shipping_address"),
        bill_to=_address(record, "billing_address"),
        payment_terms=(TermsPart(text=terms),) if (terms := text(order, "payment_terms_template")) else (),
        incoterm=_incoterm(order),
        references=(Reference(kind="other", number=amended, code="amended_from"),) if amended else (),
        notes=tuple(Note(text=words) for words in [_plain(order.get("terms"))] if words),
        allowances_charges=_charges(order),
        lines=tuple(worth(line, amount, currency) for line, amount in zip(lines, amounts, strict=True)),
    )
    saved = _moment(text(order, "modified"), zone, where)
    approver = f"submitted in ERPNext, last saved by {text(order, 'modified_by') or 'somebody'}"
    return Found(document, approver=approver, approved_at=saved, lines_total=sum(amounts, Decimal(0)))


def _line(item: Raw, order: Raw, *, units: dict[str, str], by_row: bool) -> Line:
    """`idx`, the position, moves when a row above is deleted; the name of the row never does."""
    key = re.sub(r"[^A-Za-z0-9.-]", "-", required(item, "name" if by_row else "idx", where="a line"))[:20]
    where = f"line {text(item, 'idx') or key}"
    quantity = number(item, "qty", where=where)
    blanket, request = text(item, "blanket_order"), text(item, "material_request")
    references = [Reference(kind="blanket", number=blanket)] if blanket else []
    references += [Reference(kind="requisition", number=request)] if request else []
    account = Account(
        cost_center=text(item, "cost_center") or None,
        gl_account=text(item, "expense_account") or None,
        project=text(item, "project") or None,
    )
    return Line(
        number=key,
        description=_plain(item.get("description")) or required(item, "item_name", "item_code", where=where),
        quantity=quantity,
        unit=unit_of(text(item, "uom"), own=units),
        price=number(item, "rate", where=where),
        buyer_part=text(item, "item_code") or None,
        supplier_part=text(item, "supplier_part_no") or None,
        category=text(item, "item_group") or None,
        schedules=(Schedule(quantity=quantity, requested=day(item, "schedule_date", where=where)),),
        taxes=_taxes(item, order, where),
        accounts=(account,) if account != Account() else (),
        references=tuple(references),
    )


def _taxes(item: Raw, order: Raw, where: str) -> tuple[Tax, ...]:
    """Taxes on the net total; a rate of the item's own replaces that of the order."""
    try:
        own = exact(text(item, "item_tax_rate") or "{}")
    except ValueError:
        raise NotUsable(f"{where} has an item_tax_rate that cannot be read") from None
    rates = own if isinstance(own, dict) else {}
    found = []
    for row in records(order, "taxes"):
        if text(row, "charge_type") != "On Net Total" or text(row, "category") == "Valuation":
            continue
        account = text(row, "account_head")
        percent = number(rates, account, where=where) if account in rates else number(row, "rate", where=where)
        found.append(Tax(category="S" if percent else "Z", percent=percent))
    return tuple(found)


def _charges(order: Raw) -> tuple[AllowanceCharge, ...]:
    """Fixed amounts of the tax table, such as freight."""
    found = []
    for row in records(order, "taxes"):
        if text(row, "charge_type") == "Actual" and (amount := number(row, "tax_amount")):
            off = (text(row, "add_deduct_tax") == "Deduct") != (amount < 0)
            reason = _plain(row.get("description")).replace("\n", " ")[:200]
            found.append(
                AllowanceCharge(kind="allowance" if off else "charge", amount=abs(amount), reason=reason or None)
            )
    return tuple(found)


def _party(record: Raw, kind: str, address: str, name: str) -> Party:
    """`name` of the supplier's record is the buyer's own number for him."""
    known, at = part(record, kind), part(part(record, "addresses"), address)
    shown = text(known, "supplier_name", "company_name") or name or text(known, "name")
    return party(
        required({"name": shown}, "name", where=kind),
        identifiers={"buyer": text(known, "name"), "vat": text(known, "tax_id")},
        lines=(text(at, "address_line1"), text(at, "address_line2")),
        city=text(at, "city"),
        postal_code=text(at, "pincode"),
        region=text(at, "state"),
        country=text(part(record, "countries"), text(at, "country")),
        phone=text(at, "phone"),
        email=text(at, "email_id"),
    )


def _address(record: Raw, kind: str) -> Party | None:
    at = part(part(record, "addresses"), kind)
    if not at:
        return None
    named = {**record, "supplier": {"supplier_name": text(at, "address_title")}}
    return _party(named, "supplier", kind, text(part(record, "company"), "company_name", "name"))


def _incoterm(order: Raw) -> Incoterm | None:
    code, place = text(order, "incoterm"), text(order, "named_place")
    return Incoterm(code=code, place=place or None) if re.fullmatch("[A-Z]{3}", code) else None


def _moment(modified: str, zone: str, where: str) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(modified).replace(tzinfo=ZoneInfo(zone)).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        raise NotUsable(f"{where} has no time of change") from None


def _plain(html: object) -> str:
    """The words of a field of the text editor."""
    if not isinstance(html, str):
        return ""
    words = unescape(_TAG.sub("", _BREAK.sub("\n", html[:100_000])))
    return "\n".join(line for raw in words.splitlines() if (line := " ".join(raw.split())))[:4000]
