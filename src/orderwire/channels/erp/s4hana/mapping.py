"""What a kept record of SAP S/4HANA holds: a released order, or one that was deleted there."""

import re
from collections.abc import Mapping
from decimal import Decimal

from orderwire.channels.erp.fields import day, moment, number, part, party, records, required, text
from orderwire.channels.erp.pricing import worth
from orderwire.channels.erp.record import Found, NotUsable, Raw
from orderwire.channels.erp.s4hana.config import S4HanaConfig
from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Account, Line, Order, Schedule
from orderwire.document.party import Party
from orderwire.document.terms import Incoterm, Note, Reference, Tax, TermsPart

UNITS = {
    "ST": "C62",
    "PC": "C62",
    "EA": "EA",
    "G": "GRM",
    "KG": "KGM",
    "TO": "TNE",
    "LB": "LBR",
    "MM": "MMT",
    "CM": "CMT",
    "M": "MTR",
    "KM": "KMT",
    "FT": "FOT",
    "YD": "YRD",
    "M2": "MTK",
    "M3": "MTQ",
    "ML": "MLT",
    "L": "LTR",
    "H": "HUR",
    "STD": "HUR",
    "HUR": "HUR",
    "TAG": "DAY",
    "DAY": "DAY",
    "DZ": "DZN",
    "PR": "PR",
}
"""SAP's own names. Many look like codes of Recommendation 20 and are none: PAL is a pallet there and a pascal here. So
no other name is taken but those of the settings."""


def found(record: Raw, settings: S4HanaConfig) -> Found:
    """Raises NotUsable and pydantic's ValidationError."""
    order = part(record, "order")
    name = required(order, "PurchaseOrder")
    where = f"order {name}"
    company = required(order, "CompanyCode", where=where)
    buyer = party(settings.names.get(company, f"Company code {company}"), identifiers={"buyer": company})
    supplier = _supplier(order)
    items = [item for item in records(record, "items") if not text(item, "PurchasingDocumentDeletionCode")]
    if text(order, "PurchaseOrderDeletionCode") or (records(record, "items") and not items):
        reason = "Deleted in SAP S/4HANA"
        return Found(Cancellation(order_number=name, buyer=buyer, supplier=supplier, reason=reason))
    if order.get("ReleaseIsNotCompleted") is not False:
        raise NotUsable(f"{where} is not released")
    if order.get("PurchasingCompletenessStatus") is True:
        raise NotUsable(f"{where} is on hold there")
    issued = day(order, "PurchaseOrderDate", "CreationDate", where=where)
    if issued is None:
        raise NotUsable(f"{where} has no PurchaseOrderDate")
    currency = text(order, "DocumentCurrency")
    amounts = [number(item, "NetAmount", where=where) for item in items]
    lines = [_line(item, settings) for item in items]
    document = Order(
        number=name,
        issued=issued,
        currency=currency,
        buyer=buyer,
        supplier=supplier,
        payment_terms=_terms(order),
        incoterm=_incoterm(order),
        references=(Reference(kind="contract", number=agreed),) if (agreed := text(order, "PurchaseContract")) else (),
        notes=_notes(records(order, "_PurchaseOrderNote"), settings.text),
        lines=tuple(worth(line, amount, currency) for line, amount in zip(lines, amounts, strict=True)),
    )
    at = moment(order.get("LastChangeDateTime"), where=where)
    return Found(document, approver="released in SAP S/4HANA", approved_at=at, lines_total=sum(amounts, Decimal(0)))


def _line(item: Raw, settings: S4HanaConfig) -> Line:
    key = required(item, "PurchaseOrderItem", where="an item")
    where = f"item {key}"
    if item.get("IsReturnsItem") is True:
        raise NotUsable(f"{where} is a return: it is no order")
    quantity = number(item, "OrderQuantity", where=where)
    if not quantity:
        raise NotUsable(f"{where} is a limit without a quantity; such orders are not sent from here")
    # NetPriceAmount is for NetPriceQuantity of the price unit; so many of those are in one order unit.
    ratio = [
        number(item, n, where=where) or 1 for n in ("OrderPriceUnitToOrderUnitNmrtr", "OrdPriceUnitToOrderUnitDnmntr")
    ]
    tax = text(item, "TaxCode")
    gtin = text(item, "InternationalArticleNumber")
    return Line(
        number=key.lstrip("0") or "0",
        description=required(item, "PurchaseOrderItemText", "Material", where=where),
        quantity=quantity,
        unit=_unit(text(item, "PurchaseOrderQuantityUnit"), settings.units),
        price=number(item, "NetPriceAmount", where=where) * ratio[0],
        price_basis=(number(item, "NetPriceQuantity", where=where) or Decimal(1)) * ratio[1],
        buyer_part=text(item, "Material") or None,
        supplier_part=text(item, "SupplierMaterialNumber") or None,
        gtin=gtin if re.fullmatch(r"\d{8}(\d{4,6})?", gtin, re.ASCII) else None,
        category=text(item, "MaterialGroup") or None,
        schedules=_schedules(item, quantity, _place(item, settings.names), where),
        taxes=(Tax(category="S" if rate else "Z", percent=rate),)
        if (rate := settings.taxes.get(tax)) is not None
        else (),
        accounts=_accounts(item),
        references=_references(item),
        notes=_notes(records(item, "_PurchaseOrderItemNote"), ""),
    )


def _schedules(item: Raw, quantity: Decimal, place: Party | None, where: str) -> tuple[Schedule, ...]:
    """Each schedule line; an item without any is wanted as a whole."""
    found = [
        Schedule(
            quantity=part_of,
            requested=day(line, "ScheduleLineDeliveryDate", "PerformancePeriodEndDate", where=where),
            ship_to=place,
        )
        for line in records(item, "_PurchaseOrderScheduleLineTP")
        if (part_of := number(line, "ScheduleLineOrderQuantity", where=where))
    ]
    return tuple(found) or (Schedule(quantity=quantity, ship_to=place),)


def _place(item: Raw, names: Mapping[str, str]) -> Party | None:
    at, plant = part(item, "_DeliveryAddress"), text(item, "Plant")
    name = text(at, "AddresseeFullName", "OrganizationName1") or names.get(plant, "")
    if not name and not plant:
        return None
    return _addressed(at, name or f"Plant {plant}", {"buyer": plant})


def _supplier(order: Raw) -> Party:
    at, key = part(order, "_SupplierAddress"), required(order, "Supplier")
    name = text(at, "AddresseeFullName", "OrganizationName1") or f"Supplier {key}"
    return _addressed(at, name, {"buyer": key.lstrip("0") or key})


def _addressed(at: Raw, name: str, identifiers: Mapping[str, str]) -> Party:
    street = f"{text(at, 'StreetName')} {text(at, 'HouseNumber')}".strip()
    box = text(at, "POBox")
    return party(
        name,
        identifiers=identifiers,
        lines=(street, f"PO Box {box}" if box else ""),
        city=text(at, "CityName"),
        postal_code=text(at, "PostalCode", "POBoxPostalCode"),
        region=text(at, "Region"),
        country=text(at, "Country"),
        email=text(at, "EmailAddress"),
    )


def _terms(order: Raw) -> tuple[TermsPart, ...]:
    """The net days with the first discount; the key of the terms as their text."""
    key = text(order, "PaymentTerms")
    days, percent = number(order, "NetPaymentDays"), number(order, "CashDiscount1Percent")
    if not key and not days:
        return ()
    return (
        TermsPart(
            days=int(days),
            discount_percent=percent or None,
            discount_days=int(number(order, "CashDiscount1Days")) if percent else None,
            text=f"Terms {key}" if key else None,
        ),
    )


def _incoterm(order: Raw) -> Incoterm | None:
    code, year = text(order, "IncotermsClassification"), text(order, "IncotermsVersion")
    if not re.fullmatch("[A-Z]{3}", code):
        return None
    known = int(year) if re.fullmatch(r"(19|20)\d\d", year, re.ASCII) else None
    return Incoterm(code=code, place=text(order, "IncotermsLocation1") or None, year=known)


def _accounts(item: Raw) -> tuple[Account, ...]:
    """Whom it is charged to; shares only where they add up."""
    rows = [row for row in records(item, "_PurOrdAccountAssignment") if row.get("IsDeleted") is not True]
    shares = [number(row, "MultipleAcctAssgmtDistrPercent") for row in rows]
    shared = len(rows) > 1 and sum(shares) == 100 and all(shares)
    found = [
        Account(
            cost_center=text(row, "CostCenter") or None,
            gl_account=text(row, "GLAccount") or None,
            project=text(row, "WBSElementExternalID") or None,
            percent=share if shared else None,
        )
        for row, share in zip(rows, shares, strict=True)
    ]
    return tuple(one for one in found if one != Account())


def _references(item: Raw) -> tuple[Reference, ...]:
    found = []
    if agreed := text(item, "PurchaseContract"):
        found.append(Reference(kind="contract", number=agreed, line=text(item, "PurchaseContractItem") or None))
    if wanted := text(item, "PurchaseRequisition"):
        found.append(Reference(kind="requisition", number=wanted, line=text(item, "PurchaseRequisitionItem") or None))
    return tuple(found)


def _notes(rows: tuple[Raw, ...], ours: str) -> tuple[Note, ...]:
    """Texts for the supplier; the one that we write is none of them."""
    found = []
    for row in rows:
        words = row.get("PlainLongText")
        if isinstance(words, str) and words.strip() and (kind := text(row, "TextObjectType")) != ours:
            found.append(Note(text=words.strip()[:4000], subject=kind or None))
    return tuple(found)


def _unit(name: str, own: Mapping[str, str]) -> str:
    if code := own.get(name) or UNITS.get(name):
        return code
    raise NotUsable(
        f"the unit {name[:30]!r} of SAP has no code of UN/ECE Recommendation 20 here; add it to the endpoint's units"
    )
