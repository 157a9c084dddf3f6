"""Writes one line of an order: ItemOut with its part numbers, price, tax, accounts and schedule lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from orderwire.document.base import plain
from orderwire.document.money import line_amount, rounded
from orderwire.document.order import Line
from orderwire.document.order_change import LineAction, LineChange
from orderwire.document.terms import Reference
from orderwire.formats.cxml.accounts import write_accounts
from orderwire.formats.cxml.money import LINE, split, write_modifications, write_money, write_shipping, write_tax
from orderwire.formats.cxml.parties import write_party
from orderwire.formats.cxml.profile import CxmlProfile
from orderwire.formats.cxml.terms import write_comments, write_reference
from orderwire.formats.cxml.tree import Element, add, extrinsic, moment

AUXILIARY = "SupplierPartAuxiliaryID"
LINE_ACTION = "LineAction"
"""Extrinsic that tells an added line from a changed one: isItemChanged does not."""


@dataclass(frozen=True)
class Lines:
    """What the lines of one order share."""

    currency: str
    blanket: bool
    requisition: bool
    """True where the header names the requisition: then no line may."""
    profile: CxmlProfile


@dataclass(frozen=True)
class ItemReferences:
    """Where the references of a line stand: MasterAgreementIDInfo, requisitionID, SupplierPartAuxiliaryID (a PunchOut
    shop's own key of the item), and IdReference for the rest."""

    contract: Reference | None
    requisition: Reference | None
    auxiliary: Reference | None
    rest: tuple[Reference, ...]


def item_references(references: Iterable[Reference], shared: Lines) -> ItemReferences:
    """The references of a line by their places; the first that fits a place has it."""
    rest = list(references)

    def take(wanted: str, code: str | None = None, *, bare: bool) -> Reference | None:
        for r in rest:
            if r.kind == wanted and r.code == code and not (bare and (r.line or r.date)):
                rest.remove(r)
                return r
        return None

    return ItemReferences(
        contract=take("contract", bare=False),
        requisition=None if shared.requisition else take("requisition", bare=True),
        auxiliary=take("other", AUXILIARY, bare=True),
        rest=tuple(rest),
    )


def write_item(parent: Element, line: Line, shared: Lines, change: LineChange | None = None) -> None:
    """One ItemOut; `change` says what became of the line in an update."""
    language, schedules = shared.profile.language, line.schedules
    placed = item_references(line.references, shared)
    contract = placed.contract
    action = change.action if change else None
    item = add(
        parent, "ItemOut", quantity="1" if shared.blanket else plain(line.quantity), lineNumber=line.number,
        requestedDeliveryDate=moment(schedules[0].requested) if len(schedules) == 1 else None,
        requisitionID=placed.requisition.number if placed.requisition else None,
        agreementItemNumber=contract.line if contract else None,
        operation="delete" if action is LineAction.DELETED else None,
        isItemChanged="yes" if action in (LineAction.ADDED, LineAction.CHANGED) else None,
    )  # fmt: skip
    ids = add(item, "ItemID")
    add(ids, "SupplierPartID", line.supplier_part or "")
    if placed.auxiliary is not None:
        add(ids, AUXILIARY, placed.auxiliary.number)
    if line.buyer_part:
        add(ids, "BuyerPartID", line.buyer_part)
    if line.gtin:
        add(ids, "IdReference", identifier=line.gtin, domain="EAN-13" if len(line.gtin) == 13 else "GTIN")
    for reference in placed.rest:
        write_reference(ids, reference, language)
    amount = line_amount(line, shared.currency)
    shipping, others = split(line.allowances_charges)
    detail = _blanket(item, line, amount, shared) if shared.blanket else _detail(item, line, shared)
    gross = rounded(line.quantity * line.price / line.price_basis, shared.currency)
    price = detail.find("UnitPrice")
    assert price is not None
    write_modifications(price, others, gross, shared.currency, language, LINE)
    if action in (LineAction.ADDED, LineAction.UNCHANGED):
        extrinsic(detail, LINE_ACTION, action.value)
    one_place = all(s.ship_to == schedules[0].ship_to for s in schedules)
    here = schedules[-1].ship_to if one_place or schedules[-1].requested is None else None
    if here is not None:
        write_party(item, "ShipTo", here, language)
    write_shipping(item, shipping, shared.currency, language)
    write_tax(item, line.taxes, amount, shared.currency, language)
    write_accounts(item, line.accounts, amount, shared.currency)
    write_comments(item, line.notes, language, change.reason if change else None)
    if len(schedules) > 1:
        for schedule in schedules:
            if schedule.requested is not None:
                made = add(
                    item, "ScheduleLine", quantity=plain(schedule.quantity),
                    requestedDeliveryDate=moment(schedule.requested),
                )  # fmt: skip
                add(made, "UnitOfMeasure", unit(line.unit, shared.profile))
                if schedule.ship_to is not None and not one_place:
                    write_party(made, "ShipTo", schedule.ship_to, language)
    if contract is not None:
        add(item, "MasterAgreementIDInfo", agreementID=contract.number, agreementDate=moment(contract.date))


def write_deleted(parent: Element, change: LineChange, language: str) -> None:
    """A line that goes, of which no more is known than its number."""
    item = add(parent, "ItemOut", quantity="0", lineNumber=change.number, operation="delete")
    add(add(item, "ItemID"), "SupplierPartID")
    write_comments(item, (), language, change.reason)


def unit(code: str, profile: CxmlProfile) -> str:
    """UnitOfMeasure of a Rec 20 code."""
    return profile.units.get(code, code)


def _detail(item: Element, line: Line, shared: Lines) -> Element:
    detail = add(item, "ItemDetail")
    write_money(detail, "UnitPrice", line.price, shared.currency)
    add(detail, "Description", line.description, lang=shared.profile.language)
    _measured(detail, line, shared.profile)
    _classified(detail, line.category or shared.profile.no_category, shared.profile)
    return detail


def _blanket(item: Element, line: Line, amount: Decimal, shared: Lines) -> Element:
    """BlanketItemDetail: the quantity is a limit, and so is the amount."""
    detail = add(item, "BlanketItemDetail")
    add(detail, "Description", line.description, lang=shared.profile.language)
    write_money(detail, "MaxAmount", amount, shared.currency)
    add(detail, "MaxQuantity", plain(line.quantity))
    write_money(detail, "UnitPrice", line.price, shared.currency)
    _measured(detail, line, shared.profile)
    if line.category:
        _classified(detail, line.category, shared.profile)
    return detail


def _measured(detail: Element, line: Line, profile: CxmlProfile) -> None:
    measured(detail, line.unit, line.price_basis if line.price_basis != 1 else None, profile)


def measured(detail: Element, counted: str, price_basis: Decimal | None, profile: CxmlProfile) -> None:
    """The unit, and for how many of it the price is where that is to be said."""
    add(detail, "UnitOfMeasure", unit(counted, profile))
    if price_basis is not None:
        basis = add(detail, "PriceBasisQuantity", quantity=plain(price_basis), conversionFactor="1")
        add(basis, "UnitOfMeasure", unit(counted, profile))


def _classified(detail: Element, category: str, profile: CxmlProfile) -> None:
    add(detail, "Classification", category, domain=profile.classification_domain)
