"""Reads one line of an order from ItemOut, with what senders forget forgiven where the meaning is clear."""

import datetime
import re
from decimal import Decimal
from typing import Any

from orderwire.document.base import plain
from orderwire.document.order import Line, Schedule
from orderwire.document.party import Party
from orderwire.document.terms import Reference
from orderwire.formats.cxml.accounts import read_accounts
from orderwire.formats.cxml.money import LINE, described, description, read_modifications, read_shipping, read_taxes
from orderwire.formats.cxml.parties import read_party
from orderwire.formats.cxml.profile import CxmlProfile
from orderwire.formats.cxml.tables import GTIN_DOMAINS
from orderwire.formats.cxml.terms import read_comments, read_reference, take_reason
from orderwire.formats.cxml.tree import Element, Reading, extrinsics
from orderwire.formats.cxml.write_item import AUXILIARY, LINE_ACTION
from orderwire.formats.xml import text_of

NO_CATEGORY = frozenset({"unknown", "0", "n/a", "not available"})
_ITEM = frozenset({
    "ItemID", "ItemDetail", "BlanketItemDetail", "ShipTo", "Shipping", "Tax", "Distribution", "Comments",
    "ScheduleLine", "MasterAgreementIDInfo", "MasterAgreementReference",
})  # fmt: skip
_DETAIL = frozenset({
    "UnitPrice", "Description", "UnitOfMeasure", "PriceBasisQuantity", "Classification", "ItemDetailIndustry",
    "MaxAmount", "MaxQuantity",
})  # fmt: skip


def read_basis(basis: Element | None, price: Decimal | None, reading: Reading) -> dict[str, Decimal]:
    """The `price_basis` that PriceBasisQuantity says, in the line's unit; nothing where there is none.

    With the `price` of the line's unit where the basis has endless decimals in it: 2.00 for 1 KGM is 0.90718474
    for 1 LBR of 0.45359237 KGM.
    """
    if basis is None:
        return {}
    of = reading.number(basis.get("quantity"), basis, "quantity")
    factor = reading.number(basis.get("conversionFactor"), basis, "conversionFactor")
    factor = Decimal(1) if factor is None else factor
    if not of or not factor or of < 0 or factor < 0:
        text = "the price basis is no quantity of the line's unit; state the price per unit of the line"
        reading.error("price-basis", basis, text)
        return {}
    exact = round(of / factor, 9)
    if exact * factor == of:
        return {"price_basis": exact}
    if price is None:
        return {}
    exact = price * factor
    made = f"{plain(round(exact, 9))} for {plain(of)} of the line's unit"
    reading.info("price-converted", basis, f"the price {plain(price)} is of another unit; read as {made}")
    if round(exact, 9) != exact:
        reading.warning("rounded", basis, f"the price {plain(exact)} has more than 9 decimals; it is rounded")
    return {"price": round(exact, 9), "price_basis": of}


class ItemReader:
    """Reads the lines of one order. `requested` is the header's date, for lines that have none."""

    def __init__(self, reading: Reading, currency: str, requested: datetime.date | None, *, blanket: bool):
        self.reading, self.currency, self.requested, self.blanket = reading, currency, requested, blanket

    def number(self, item: Element, position: int) -> str:
        """lineNumber, or the line's position where there is none."""
        number = self.reading.attribute(item, "lineNumber")
        if number is None:
            text = f"the line has no lineNumber; {position}, its position, is used"
            self.reading.warning("line-number", item, text)
        return number or str(position)

    def line(self, item: Element, number: str, *, reason: bool = False) -> tuple[Line | None, str | None]:
        """The line, None with an error where it is not usable, and the reason of its change where `reason` asks."""
        reading = self.reading
        detail = item.find("BlanketItemDetail")
        detail = item.find("ItemDetail") if detail is None else detail
        if detail is None:
            reading.error("detail-missing", item, "has no ItemDetail: no price, unit and description; send it whole")
            return None, None
        if (item.get("isReturn") or "").lower() == "yes":
            reading.error("return", item, "is a return (isReturn), which is no order; handle it as one")
        if item.get("operation") == "block":
            reading.warning(
                "blocked", item, 'operation="block": the buyer stopped this line; look before you act on it'
            )
        notes = read_comments(item, reading)
        said = take_reason(notes) if reason else None
        quantity = reading.number(item.get("quantity"), item, "quantity")
        limit = detail.find("MaxQuantity")
        if limit is not None and text_of(limit):
            quantity = reading.number(text_of(limit), limit, "MaxQuantity")
        if quantity is not None and quantity <= 0:
            reading.error("quantity", item, f"the quantity {plain(quantity)} is not above 0; correct it")
            return None, said
        if quantity is None:
            if not (item.get("quantity") or "").strip():
                reading.error("quantity-missing", item, "has no quantity; add it")
            return None, said
        measure = detail.find("UnitOfMeasure")
        values: dict[str, Any] = {
            "number": number, "quantity": quantity, "notes": notes, "unit": reading.unit(measure, detail),
            "taxes": read_taxes(item.find("Tax"), reading), "accounts": read_accounts(item, reading),
            "category": category_of(detail, reading), "schedules": self._schedules(item, quantity),
        }  # fmt: skip
        if parent := reading.attribute(item, "parentLineNumber"):
            told = f"is a part of line {parent} (parentLineNumber), read as a line of its own; see if both count"
            reading.warning("composite", item, told)
        limited = self.blanket or detail.tag == "BlanketItemDetail"
        self._price(detail, quantity, values, limited=limited)
        if values["unit"] is None and not text_of(measure):
            self._no_unit(detail, values, limited=limited)
        values["allowances_charges"] = (
            *read_shipping(item.find("Shipping"), self.currency, reading),
            *read_modifications(detail.find("UnitPrice"), self.currency, reading, scope=LINE),
        )
        self._parts(item, detail, values)
        reading.rest(item, _ITEM)
        for name, element in extrinsics(detail).items():
            if name != LINE_ACTION.lower() and text_of(element):
                reading.info("not-kept", element, f"Extrinsic {element.get('name')} is not kept")
        reading.rest(detail, _DETAIL | {"Extrinsic"})
        if values["unit"] is None or values["price"] is None:
            return None, said
        return reading.make(Line, item, values), said

    def _no_unit(self, detail: Element, values: dict[str, Any], *, limited: bool) -> None:
        if limited:
            values["unit"] = "C62"
            self.reading.warning("unit", detail, "has no UnitOfMeasure; read as units (C62)")
        else:
            self.reading.error("unit-missing", detail, "has no UnitOfMeasure; add it")

    def _price(self, detail: Element, quantity: Decimal, values: dict[str, Any], *, limited: bool) -> None:
        reading = self.reading
        price, currency = reading.money(detail.find("UnitPrice"), "UnitPrice")
        limit = detail.find("MaxAmount")
        if price is not None and limit is not None:
            told = f"the limit of {text_of(limit.find('Money'))} for the line is not kept; its price is"
            reading.info("not-kept", limit, told)
        if price is None and limited:
            most, currency = reading.money(limit, "MaxAmount")
            if most is not None:
                price = most if quantity == 1 else None
                reading.info("limit", detail, "has no UnitPrice; MaxAmount is read as the price of one")
        if price is None and not text_of(detail.find("UnitPrice/Money")):
            reading.error("price-missing", detail, "has no UnitPrice with Money; add it")
        if currency is not None and currency != self.currency:
            text = f"is priced in {currency}, the order in {self.currency}; an order has one currency, split it"
            reading.error("currency-mixed", detail, text)
        values["price"] = price
        values |= read_basis(detail.find("PriceBasisQuantity"), price, reading)

    def _schedules(self, item: Element, quantity: Decimal) -> tuple[Schedule, ...]:
        """ScheduleLines, and what they leave of the quantity as one more without a date of its own."""
        reading = self.reading
        requested = reading.date(item.get("requestedDeliveryDate"), item, "requestedDeliveryDate")
        here = read_party(item.find("ShipTo"), reading)
        found: list[Schedule] = []
        rest = quantity
        for element in item.iterchildren("ScheduleLine"):
            part = reading.number(element.get("quantity"), element, "quantity")
            if not part or part < 0:
                reading.warning("schedule", element, "a schedule line without a quantity is left out")
                continue
            day = reading.date(element.get("requestedDeliveryDate"), element, "requestedDeliveryDate")
            found.append(_schedule(part, day, read_party(element.find("ShipTo"), reading) or here))
            rest -= part
            measure = element.find("UnitOfMeasure")
            ordered = text_of(item.find("*/UnitOfMeasure"))
            if measure is not None and text_of(measure) not in (None, ordered):
                told = f"is in {text_of(measure)}, the line in {ordered}; read as {ordered}, see that this is meant"
                reading.warning("schedule-unit", measure, told)
            reading.rest(element, ("UnitOfMeasure", "ShipTo"))
        if not found:
            return (_schedule(quantity, requested or self.requested, here),)
        if rest > 0:
            found.append(_schedule(rest, requested, here))
        return tuple(found)

    def _parts(self, item: Element, detail: Element, values: dict[str, Any]) -> None:
        reading, ids = self.reading, item.find("ItemID")
        references: list[Reference] = []
        agreement = item.find("MasterAgreementIDInfo")
        agreement = item.find("MasterAgreementReference") if agreement is None else agreement
        number = reading.attribute(agreement, "agreementID") if agreement is not None else None
        position = reading.attribute(item, "agreementItemNumber")
        if number is not None and agreement is not None:
            day = reading.date(agreement.get("agreementDate"), agreement, "agreementDate")
            references.append(Reference(kind="contract", number=number, line=position, date=day))
        elif position is not None:
            reading.info("not-kept", item, f"agreementItemNumber {position} names no agreement; it is not kept")
        if requisition := reading.attribute(item, "requisitionID"):
            references.append(Reference(kind="requisition", number=requisition))
        if ids is not None:
            values["supplier_part"] = reading.label(ids.find("SupplierPartID"))
            values["buyer_part"] = reading.label(ids.find("BuyerPartID"))
            if key := reading.label(ids.find(AUXILIARY)):
                references.append(Reference(kind="other", number=key, code=AUXILIARY))
            for element in list(ids.iterchildren("IdReference"))[:50]:
                if (element.get("domain") or "").strip().lower() in GTIN_DOMAINS:
                    self._gtin(reading.attribute(element, "identifier"), element, values)
                elif reference := read_reference(element, reading):
                    references.append(reference)
            reading.rest(ids, ("SupplierPartID", AUXILIARY, "BuyerPartID", "IdReference"))
        else:
            reading.warning("item-id", item, "has no ItemID; the line is known by its description only")
        ean = detail.find("ItemDetailIndustry/ItemDetailRetail/EANID")
        if ean is not None:
            self._gtin(reading.label(ean), ean, values)
        values["references"] = references
        text = reading.text(*described(description(detail, reading.profile.language)))
        if text is None:
            text = values.get("supplier_part") or values.get("buyer_part")
            if text is None:
                reading.error("description-missing", detail, "has neither Description nor part number; add one")
            else:
                reading.warning("description", detail, f"has no Description; the part number {text} stands for it")
        values["description"] = text or "?"

    def _gtin(self, value: str | None, element: Element, values: dict[str, Any]) -> None:
        if value and re.fullmatch(r"\d{8}(\d{4,6})?", value, re.ASCII):
            values.setdefault("gtin", value)
        elif value:
            self.reading.info("not-kept", element, f"{value[:40]!r} is no GTIN; it is not kept")


def category_of(detail: Element, reading: Reading) -> str | None:
    """The Classification of our domain, else the first."""
    said = list(detail.iterchildren("Classification"))
    ours = reading.profile.classification_domain.lower()
    said.sort(key=lambda e: (e.get("domain") or "").strip().lower() != ours)
    for element in said:
        value = reading.label(element) or reading.attribute(element, "code")
        if value and is_category(value, reading.profile):
            return value
    return None


def is_category(value: str, profile: CxmlProfile) -> bool:
    """False for what stands where there is none."""
    return value.lower() not in NO_CATEGORY and value != profile.no_category.strip()


def _schedule(quantity: Decimal, requested: datetime.date | None, ship_to: Party | None) -> Schedule:
    return Schedule(quantity=quantity, requested=requested, ship_to=ship_to)
