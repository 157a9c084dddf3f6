"""What a kept record of Dynamics 365 holds: an approved order, or one that was canceled there."""

import re
from decimal import Decimal

from orderwire.channels.erp.dynamics365.config import Dynamics365Config
from orderwire.channels.erp.dynamics365.link import NEVER
from orderwire.channels.erp.fields import day, moment, number, part, party, records, required, text
from orderwire.channels.erp.pricing import worth
from orderwire.channels.erp.record import Found, NotUsable, Raw
from orderwire.channels.erp.units import unit_of
from orderwire.document.base import plain
from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Account, Line, Order, Schedule
from orderwire.document.party import Party
from orderwire.document.terms import AllowanceCharge, Incoterm, Reference, Tax, TermsPart


def found(record: Raw, settings: Dynamics365Config) -> Found:
    """Raises NotUsable and pydantic's ValidationError."""
    order = part(record, "order")
    name = required(order, "PurchaseOrderNumber")
    where = f"order {name}"
    buyer = party(settings.name, identifiers={"buyer": settings.company})
    supplier = _supplier(order, where)
    lines = [line for line in records(record, "lines") if text(line, "PurchaseOrderLineStatus") != "Canceled"]
    if text(order, "PurchaseOrderStatus") == "Canceled" or (records(record, "lines") and not lines):
        reason = "Canceled in Dynamics 365"
        return Found(Cancellation(order_number=name, buyer=buyer, supplier=supplier, reason=reason))
    if (state := text(order, "DocumentApprovalStatus")) not in settings.approval:
        raise NotUsable(f"{where} is not approved there ({state or 'no state'})")
    issued = day(order, "AccountingDate", where=where)
    if issued is None or issued.isoformat() == NEVER:
        raise NotUsable(f"{where} has no AccountingDate")
    currency = text(order, "CurrencyCode")
    if text(order, "ArePricesIncludingSalesTax") == "Yes":
        raise NotUsable(f"{where} has prices that include sales tax, and the line's amount without it is not known")
    amounts = [number(line, "LineAmount", where=where) for line in lines]
    mapped = [_line(line, settings) for line in lines]
    off = number(order, "TotalDiscountPercentage", where=where)
    document = Order(
        number=name,
        issued=issued,
        currency=currency,
        buyer=buyer,
        supplier=supplier,
        ship_to=_place(order),
        payment_terms=(TermsPart(text=terms),) if (terms := text(order, "PaymentTermsName")) else (),
        incoterm=Incoterm(code=code) if re.fullmatch("[A-Z]{3}", code := text(order, "DeliveryTermsId")) else None,
        allowances_charges=(AllowanceCharge(kind="allowance", percent=off, reason="Total discount"),) if off else (),
        lines=tuple(worth(line, amount, currency) for line, amount in zip(mapped, amounts, strict=True)),
    )
    at = moment(order.get(settings.changed_field), where=where)
    approver = f"{state.lower()} in Dynamics 365"
    return Found(document, approver=approver, approved_at=at, lines_total=sum(amounts, Decimal(0)))


def _line(line: Raw, settings: Dynamics365Config) -> Line:
    key = plain(number(line, "LineNumber", where="a line"))
    where = f"line {key}"
    quantity = number(line, "OrderedPurchaseQuantity", where=where)
    requested = day(line, "RequestedDeliveryDate", where=where)
    percent, barcode = number(line, "LineDiscountPercentage", where=where), text(line, "Barcode")
    rate = settings.taxes.get(text(line, "SalesTaxItemGroupCode"))
    request = text(line, "PurchaseRequisitionId")
    account = Account(
        gl_account=text(line, "MainAccountIdDisplayValue") or None, project=text(line, "ProjectId") or None
    )
    return Line(
        number=key,
        description=required(line, "LineDescription", "ItemNumber", "ProcurementProductCategoryName", where=where),
        quantity=quantity,
        unit=unit_of(text(line, "PurchaseUnitSymbol"), own=settings.units),
        price=number(line, "PurchasePrice", where=where),
        price_basis=number(line, "PurchasePriceQuantity", where=where) or Decimal(1),
        buyer_part=text(line, "ItemNumber") or None,
        supplier_part=text(line, "ExternalItemNumber") or None,
        gtin=barcode if re.fullmatch(r"\d{8}(\d{4,6})?", barcode, re.ASCII) else None,
        category=text(line, "ProcurementProductCategoryName") or None,
        schedules=(
            Schedule(
                quantity=quantity,
                requested=requested if requested and requested.isoformat() != NEVER else None,
                ship_to=_place(line),
            ),
        ),
        taxes=(Tax(category="S" if rate else "Z", percent=rate),) if rate is not None else (),
        allowances_charges=(AllowanceCharge(kind="allowance", percent=percent),) if percent else (),
        accounts=(account,) if account != Account() else (),
        references=(Reference(kind="requisition", number=request),) if request else (),
    )


def _supplier(order: Raw, where: str) -> Party:
    key = required(order, "OrderVendorAccountNumber", where=where)
    return party(
        text(order, "PurchaseOrderName") or f"Vendor {key}",
        identifiers={"buyer": key, "vat": text(order, "TaxExemptNumber")},
        email=text(order, "Email"),
    )


def _place(record: Raw) -> Party | None:
    name = text(record, "DeliveryAddressName", "DeliveryAddressDescription")
    if not name:
        return None
    street = f"{text(record, 'DeliveryAddressStreet')} {text(record, 'DeliveryAddressStreetNumber')}".strip()
    return party(
        name,
        identifiers={"buyer": text(record, "DeliveryAddressLocationId")},
        lines=(street,),
        city=text(record, "DeliveryAddressCity"),
        postal_code=text(record, "DeliveryAddressZipCode"),
        region=text(record, "DeliveryAddressStateId"),
        country=text(record, "DeliveryAddressCountryRegionISOCode"),
    )
