"""Order lines, written whole and read whole or in part: item, quantity, price, deliveries, accounts."""

import datetime
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from orderwire.document.base import plain
from orderwire.document.codes import UNITS
from orderwire.document.finding import from_validation
from orderwire.document.money import line_amount
from orderwire.document.order import Account, Line
from orderwire.document.order_change import LinePart
from orderwire.document.terms import Note, Reference
from orderwire.formats.ubl.charges import put_charges, put_taxes, read_charges, read_taxes
from orderwire.formats.ubl.delivery import put_schedules, read_day, read_schedules
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.references import put_rest, read_reference, read_typed
from orderwire.formats.ubl.tables import GTIN_SCHEMES
from orderwire.formats.ubl.texts import LONGEST, put_notes, read_notes
from orderwire.formats.ubl.tree import Element, amount, day, every, first, group, label, number, put, text
from orderwire.formats.units import rec20
from orderwire.formats.xml import Faults, where_is

NAME = 100
"""Longest Item/Name that we write; a longer or wrapped description stands whole in Item/Description."""
MANUFACTURER = "item:MF"
_SLACK = Decimal("0.02")
_NUMBER = re.compile(r"[A-Za-z0-9.-]{1,20}")
_GTIN = re.compile(r"\d{8}(\d{4,6})?", re.ASCII)
_ACCOUNT = {"cost_center": "cost center ", "gl_account": "account ", "project": "project "}


def put_line(root: Element, line: Line, fit: Fit, *, code: str | None = None, notes: Sequence[Note] = ()) -> None:
    """One OrderLine. `code` is the LineStatusCode of a change, `notes` come before the line's own."""
    where = f"lines[{line.number}]"
    element = group(root, "cac:OrderLine")
    put_notes(element, "cbc:Note", (*notes, *line.notes), fit)
    item = group(element, "cac:LineItem")
    put(item, "cbc:ID", line.number)
    put(item, "cbc:LineStatusCode", code)
    put(item, "cbc:Quantity", plain(line.quantity), unitCode=fit.unit(line.unit))
    amount(item, "cbc:LineExtensionAmount", line_amount(line, fit.currency), fit.currency)
    put(item, "cbc:AccountingCost", _accounts(line.accounts))
    put_schedules(item, line, where, fit)
    gross = line_amount(line.model_copy(update={"allowances_charges": ()}), fit.currency)
    put_charges(item, line.allowances_charges, gross, f"{where}.allowances_charges", fit)
    put_price(item, line.price, line.price_basis if line.price_basis != 1 else None, fit.unit(line.unit), fit.currency)
    _put_item(group(item, "cac:Item"), line, where, fit)
    if line.references and fit.peppol:
        numbers = ", ".join(f"{r.kind} {r.number}" for r in line.references)
        fit.lose(
            f"{where}.references", "Peppol carries references for the whole order only", said=f"{where}: {numbers}"
        )
        return
    blankets = [r for r in line.references if r.kind == "blanket" and r.line]
    for reference in blankets:
        _put_blanket_line(element, reference)
    rest = [r for r in line.references if r not in blankets]
    put_rest(element, "cac:DocumentReference", rest, f"{where}.references", fit)


def put_price(item: Element, price: Decimal, basis: Decimal | None, unit: str | None, currency: str) -> None:
    """Price with the quantity that it is for, where that is to be said."""
    element = group(item, "cac:Price")
    amount(element, "cbc:PriceAmount", price, currency)
    put(element, "cbc:BaseQuantity", plain(basis) if basis is not None else None, unitCode=unit)


def put_parts(item: Element, buyer_part: str | None, supplier_part: str | None, gtin: str | None, fit: Fit) -> None:
    """The identifications of an item."""
    if buyer_part:
        put(group(item, "cac:BuyersItemIdentification"), "cbc:ID", buyer_part)
    if supplier_part:
        put(group(item, "cac:SellersItemIdentification"), "cbc:ID", supplier_part)
    if gtin:
        scheme = "0160" if fit.peppol else "GTIN"
        put(group(item, "cac:StandardItemIdentification"), "cbc:ID", gtin, schemeID=scheme)


def put_name(item: Element, description: str) -> None:
    """A short text as Name; a longer one whole as Description with its beginning as Name."""
    name = description.split("\n")[0][:NAME].strip()
    put(item, "cbc:Description", description if name != description else None)
    put(item, "cbc:Name", name)


def _put_item(item: Element, line: Line, where: str, fit: Fit) -> None:
    put_name(item, line.description)
    put_parts(item, line.buyer_part, line.supplier_part, line.gtin, fit)
    if line.category:
        classification = group(item, "cac:CommodityClassification")
        put(classification, "cbc:ItemClassificationCode", line.category, listID=fit.profile.category_list)
    put_taxes(item, line.taxes, f"{where}.taxes", fit)


def _put_blanket_line(element: Element, reference: Reference) -> None:
    found = group(element, "cac:OrderLineReference")
    put(found, "cbc:LineID", reference.line)
    order = group(found, "cac:OrderReference")
    put(order, "cbc:ID", reference.number)
    day(order, "cbc:IssueDate", reference.date)


def _accounts(accounts: Sequence[Account]) -> str | None:
    """The buyer's accounting string: a cost center alone as it is, anything else in words that read back."""
    if len(accounts) == 1 and (alone := accounts[0].cost_center) and _read_accounts(alone) == accounts:
        return alone
    said = []
    for account in accounts:
        parts = [f"{words}{value}" for field, words in _ACCOUNT.items() if (value := getattr(account, field))]
        parts += [f"{plain(account.percent)} %"] if account.percent is not None else []
        said.append(" · ".join(parts))
    return " + ".join(filter(None, said)) or None


def _read_accounts(said: str | None) -> tuple[Account, ...]:
    if not said:
        return ()
    try:
        found = [_account(part) for part in said.split(" + ")]
    except ValidationError:
        found = [None]
    whole = tuple(account for account in found if account is not None)
    return whole if len(whole) == len(found) else (Account(cost_center=said),)


def _account(said: str) -> Account | None:
    """The account that our own words say; None where they are not ours."""
    values: dict[str, str] = {}
    for piece in said.split(" · "):
        field = next((field for field, words in _ACCOUNT.items() if piece.startswith(words)), None)
        if field is not None and field not in values:
            values[field] = piece.removeprefix(_ACCOUNT[field])
        elif piece.endswith(" %") and "percent" not in values:
            values["percent"] = piece.removesuffix(" %")
        else:
            return None
    return Account.model_validate(values)


class LineReader:
    """One OrderLine; `line()` makes it whole, `part()` says what it states without being whole."""

    def __init__(self, element: Element, count: int, currency: str, profile: UblProfile, faults: Faults):
        self.element, self.faults, self.currency = element, faults, currency
        found = first(element, "cac:LineItem")
        self.item = element if found is None else found
        self.number = self._number(count)
        self.code = label(self.item, "cbc:LineStatusCode", 35)
        self.quantity = number(self.item, "cbc:Quantity", faults)
        self.unit = self._unit(profile)
        self.price, self.basis = self._price()
        goods = first(self.item, "cac:Item")
        self.goods = self.item if goods is None else goods
        self.description = described(self.goods)

    def line(self, default: datetime.date | None, *, skip: int = 0) -> Line | None:
        """The whole line; None where an error was reported. `skip` notes belong to something else."""
        before = len(self.faults.found)
        if self.quantity is None or self.quantity <= 0:
            self._error("quantity", "has no quantity above 0; correct it")
        if self.price is None:
            self._error("price", "has no price; a price is needed, 0 where it is free")
        if self.unit not in UNITS:
            told = f"the unit {self.unit!r} is not one we know; correct it or add it to the profile's units"
            self._error("unit-unknown", told)
        quantity = self.quantity if self.quantity and self.quantity > 0 else Decimal(1)
        schedules = read_schedules(self.item, quantity, default, self.faults)
        values: dict[str, Any] = {
            **self._stated(), "number": self.number, "quantity": quantity, "price": self.price,
            "price_basis": self.basis or Decimal(1), "description": self.description or self._named(),
            "category": label(self.goods, "cac:CommodityClassification/cbc:ItemClassificationCode")
            or label(self.goods, "cac:CommodityClassification/cbc:CommodityCode"),
            "schedules": schedules, "taxes": tuple(read_taxes(self.item, self.goods, self.faults)),
            "allowances_charges": tuple(read_charges(self.item, self.currency, self.faults)),
            "accounts": _read_accounts(
                label(self.item, "cbc:AccountingCost") or label(self.item, "cbc:AccountingCostCode")
            ),
            "references": tuple(self._references()), "notes": tuple(self._notes()[skip:]),
        }  # fmt: skip
        if any(f.severity == "error" for f in self.faults.found[before:]) or schedules is None:
            return None
        try:
            return Line.model_validate(values)
        except ValidationError as failure:
            at = where_is(self.element)
            for problem in from_validation(failure):
                self.faults.error(problem.code, at, f"line {self.number}: {problem.where}: {problem.text}")
            return None

    @property
    def whole(self) -> bool:
        """True when the line says everything that a line must."""
        return None not in (self.quantity, self.price, self.description) and self.unit in UNITS

    def part(self) -> LinePart | None:
        """What the line says; None where it says nothing."""
        delivery = every(self.item, "cac:Delivery")
        when = read_day(delivery[0], "Requested", self.faults) if len(delivery) == 1 else None
        values = {
            **self._stated(), "quantity": self.quantity if self.quantity and self.quantity > 0 else None,
            "price": self.price, "price_basis": self.basis, "description": self.description, "requested": when,
        }  # fmt: skip
        part = LinePart.model_validate(values)
        return part if part != LinePart() else None

    def _stated(self) -> dict[str, Any]:
        buyer_part, supplier_part, gtin = parts_of(self.goods)
        return {"unit": self.unit, "buyer_part": buyer_part, "supplier_part": supplier_part, "gtin": gtin}

    def _named(self) -> str:
        stated = self._stated()
        name = stated["supplier_part"] or stated["buyer_part"] or stated["gtin"] or f"line {self.number}"
        self.faults.info("description", self.element, f"line {self.number} has no item name; {name!r} stands for it")
        return str(name)

    def _number(self, count: int) -> str:
        stated = label(self.item, "cbc:ID") or ""
        if _NUMBER.fullmatch(stated):
            return stated
        kept = re.sub(r"[^A-Za-z0-9.-]+", "-", stated)[:20] or str(count)
        self.faults.warning("line-number", self.element, f"the line number {stated[:40]!r} is read as {kept}")
        return kept

    def _unit(self, profile: UblProfile) -> str | None:
        element = first(self.item, "cbc:Quantity")
        if element is None:
            return None
        stated = (element.get("unitCode") or "").strip()
        if not stated:
            self.faults.warning("unit-missing", element, f"line {self.number} has no unit; it is read as C62 (unit)")
            return "C62"
        mapped = next((ours for ours, theirs in profile.units.items() if theirs == stated), None)
        code = mapped or rec20(stated)
        if code is not None and code != stated and mapped is None:
            told = f"the unit {stated[:40]!r} is not a UN/ECE Rec 20 code; read as {code}"
            self.faults.warning("unit", element, told)
        return code or stated[:35]

    def _price(self) -> tuple[Decimal | None, Decimal | None]:
        place = first(self.item, "cac:Price/cbc:PriceAmount")
        price = number(place, None, self.faults)
        if price is None:
            worth = number(self.item, "cbc:LineExtensionAmount", self.faults)
            if worth is None or worth < 0 or not self.quantity or first(self.item, "cac:AllowanceCharge") is not None:
                return None, None
            told = f"line {self.number} has no price; its amount {plain(worth)} for the whole quantity stands for it"
            self.faults.info("price-derived", self.item, told)
            return worth, self.quantity
        if place is not None and self.currency and (stated := place.get("currencyID")) not in (None, self.currency):
            told = f"the price is in {stated} but the document in {self.currency}; state one currency (PEPPOL-T01-R003)"
            self.faults.error("peppol-t01-r003", place, told)
        if price < 0:
            self._error("peppol-t01-r005", "has a negative price (PEPPOL-T01-R005)")
        basis = number(self.item, "cac:Price/cbc:BaseQuantity", self.faults)
        if basis is not None and basis <= 0:
            told = f"line {self.number}: the price is for {plain(basis)}; it is read as a price for 1 (PEPPOL-T01-R025)"
            self.faults.warning("peppol-t01-r025", self.item, told)
            basis = None
        self._check_basis(price, basis)
        return price, basis

    def _check_basis(self, price: Decimal, basis: Decimal | None) -> None:
        """The price is for the unit that is ordered: where BaseQuantity has another, the line's amount decides."""
        place = first(self.item, "cac:Price/cbc:BaseQuantity")
        ordered = first(self.item, "cbc:Quantity")
        if place is None or ordered is None or place.get("unitCode", "") in ("", ordered.get("unitCode")):
            return
        units = f"the price is for {text(place)} {place.get('unitCode')} but {ordered.get('unitCode')} are ordered"
        worth = number(self.item, "cbc:LineExtensionAmount", self.faults)
        plain_line = first(self.item, "cac:AllowanceCharge") is None
        exact = (self.quantity or Decimal(0)) * price / (basis or Decimal(1))
        if worth is not None and plain_line and abs(worth - exact) <= _SLACK:
            told = f"line {self.number}: {units}; its amount {plain(worth)} says that the units are the same"
            self.faults.warning("price-unit", place, told)
        else:
            self._error("price-unit", f"cannot be priced: {units}; state the price for the unit that is ordered")

    def _notes(self) -> list[Note]:
        notes = read_notes(self.element, "cbc:Note") + read_notes(self.item, "cbc:Note")
        for element in every(self.goods, "cac:AdditionalItemProperty"):
            name, value = label(element, "cbc:Name"), text(element, "cbc:Value")
            if value:
                notes.append(Note(text=value[:LONGEST].strip(), subject=(name or "").replace("#", " ").strip() or None))
        return notes

    def _references(self) -> list[Reference]:
        found = []
        for element in every(self.element, "cac:OrderLineReference"):
            order = first(element, "cac:OrderReference")
            if order is not None and (blanket := read_reference(order, "blanket", self.faults)) is not None:
                found.append(blanket.model_copy(update={"line": label(element, "cbc:LineID")}))
        for name, kind in (("CatalogueLineReference", "catalog"), ("QuotationLineReference", "quotation")):
            for element in every(self.element, f"cac:{name}"):
                document = first(element, "cac:DocumentReference")
                if document is not None and (other := read_reference(document, kind, self.faults)) is not None:
                    found.append(other.model_copy(update={"line": label(element, "cbc:LineID")}))
        typed = (read_typed(element, self.faults) for element in every(self.element, "cac:DocumentReference"))
        found += [reference for reference in typed if reference is not None]
        made = label(self.goods, "cac:ManufacturersItemIdentification/cbc:ID")
        return [*found, Reference(kind="other", number=made, code=MANUFACTURER)] if made else found

    def _error(self, code: str, told: str) -> None:
        self.faults.error(code, self.item, f"line {self.number} {told}")


def described(goods: Element) -> str | None:
    """Name and description of an item in one text, the name said once."""
    name = text(goods, "cbc:Name")
    whole = "\n".join(filter(None, (text(item) for item in every(goods, "cbc:Description"))))
    if name and not whole.startswith(name):
        whole = f"{name}\n{whole}" if whole else name
    return whole[:LONGEST].strip() or None


def parts_of(goods: Element | None) -> tuple[str | None, str | None, str | None]:
    """The buyer's and the supplier's part number and the GTIN of an item."""
    standard = first(goods, "cac:StandardItemIdentification/cbc:ID")
    gtin = label(standard)
    known = standard is not None and (standard.get("schemeID") or "GTIN").strip() in GTIN_SCHEMES
    if gtin is not None and not (known and _GTIN.fullmatch(gtin)):
        gtin = None
    return (
        label(goods, "cac:BuyersItemIdentification/cbc:ID"),
        label(goods, "cac:SellersItemIdentification/cbc:ID"),
        gtin,
    )
