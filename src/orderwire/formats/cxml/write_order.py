"""Writes the OrderRequest: new for an order, update for a change (the whole order again), delete for a cancellation."""

from decimal import Decimal

from orderwire.document.cancellation import Cancellation
from orderwire.document.money import Totals, rounded, totals
from orderwire.document.order import Order, OrderHead
from orderwire.document.order_change import LineAction, OrderChange
from orderwire.formats.cxml.money import split, write_modifications, write_money, write_shipping
from orderwire.formats.cxml.parties import write_contact, write_party
from orderwire.formats.cxml.profile import CxmlProfile
from orderwire.formats.cxml.references import Slots, slots
from orderwire.formats.cxml.tables import KIND_TYPES
from orderwire.formats.cxml.terms import write_comments, write_delivery, write_payment, write_reference
from orderwire.formats.cxml.tree import Element, add, extrinsic, moment
from orderwire.formats.cxml.write_item import Lines, write_deleted, write_item

SUPPLIER = "supplierCorporate"
"""Role of the Contact that names the supplier."""


def write_order(request: Element, order: Order, profile: CxmlProfile) -> None:
    """OrderRequest of type new."""
    placed = slots(order.references, order.kind)
    header = add(request, "OrderRequestHeader", **_attributes(order, order.number, order.revision, "new", placed))
    _total(header, order, totals(order), profile)
    _body(header, order, None, placed, None, profile)
    extrinsic(header, "releaseNumber", order.release_number)
    for line in order.lines:
        write_item(request, line, _lines(order, placed, profile))


def write_change(request: Element, change: OrderChange, previous: str | None, profile: CxmlProfile) -> None:
    """OrderRequest of type update. `previous` is the payloadID of the OrderRequest that it replaces."""
    head = change.head
    assert head is not None
    placed = slots(head.references, head.kind)
    header = add(
        request, "OrderRequestHeader", **_attributes(head, change.order_number, change.revision, "update", placed)
    )
    kept = tuple(c.line for c in change.lines if c.line is not None and c.action is not LineAction.DELETED)
    whole = Order.model_construct(**{name: getattr(head, name) for name in OrderHead.model_fields}, lines=kept)
    _total(header, head, totals(whole), profile)
    _body(header, head, change.reason, placed, previous, profile)
    _change(header, change)
    extrinsic(header, "confirms", "yes" if change.confirms else None)
    for item in change.lines:
        if item.line is not None:
            write_item(request, item.line, _lines(head, placed, profile), item)
        else:
            write_deleted(request, item, profile.language)


def write_cancellation(request: Element, document: Cancellation, previous: str | None, profile: CxmlProfile) -> None:
    """OrderRequest of type delete: the header, and one ItemOut that says nothing because cXML demands one."""
    header = add(
        request, "OrderRequestHeader", orderID=document.order_number, orderDate=moment(document.order_issued),
        type="delete", orderVersion=str(document.revision) if document.revision else None,
    )  # fmt: skip
    write_money(header, "Total", Decimal(0), document.currency or profile.default_currency)
    if document.buyer is not None:
        write_party(header, "BillTo", document.buyer, profile.language)
    else:
        add(add(add(header, "BillTo"), "Address"), "Name", lang=profile.language)
    if document.supplier is not None:
        write_contact(header, document.supplier, profile.language, SUPPLIER)
    write_comments(header, (), profile.language, document.reason)
    _previous(header, previous)
    _change(header, document)
    item = add(request, "ItemOut", quantity="0", lineNumber="1", operation="delete")
    add(add(item, "ItemID"), "SupplierPartID")


def _attributes(head: OrderHead, number: str, revision: int | None, kind: str, placed: Slots) -> dict[str, str | None]:
    return {
        "orderID": number, "orderDate": moment(head.issued), "type": kind, "orderType": KIND_TYPES[head.kind],
        "orderVersion": str(revision) if revision else None, "effectiveDate": moment(head.valid_from),
        "expirationDate": moment(head.valid_to), "agreementID": placed.agreement_id,
        "parentAgreementID": placed.parent.number if placed.parent else None,
        "requisitionID": placed.requisition.number if placed.requisition else None,
    }  # fmt: skip


def _lines(head: OrderHead, placed: Slots, profile: CxmlProfile) -> Lines:
    return Lines(head.currency, head.kind == "blanket", placed.requisition is not None, profile)


def _total(header: Element, head: OrderHead, sums: Totals, profile: CxmlProfile) -> None:
    """Goods with allowances and charges, without tax and shipping, as cXML counts."""
    shipping, others = split(head.allowances_charges)
    freight = rounded(shipping.amount, head.currency) if shipping and shipping.amount else Decimal(0)
    total = write_money(header, "Total", sums.lines + sums.adjustments - freight, head.currency)
    write_modifications(total, others, sums.lines, head.currency, profile.language, None)


def _body(
    header: Element, head: OrderHead, reason: str | None, placed: Slots, previous: str | None, profile: CxmlProfile
) -> None:
    language = profile.language
    if head.ship_to is not None:
        write_party(header, "ShipTo", head.ship_to, language)
    write_party(header, "BillTo", head.bill_to or head.buyer, language)
    if head.bill_to is not None:
        write_party(header, "BusinessPartner", head.buyer, language, type="organization", role="soldTo")
    write_shipping(header, split(head.allowances_charges)[0], head.currency, language)
    write_payment(header, head.payment_terms)
    write_contact(header, head.supplier, language, SUPPLIER)
    write_comments(header, head.notes, language, reason)
    _previous(header, previous)
    if placed.sales_order is not None:
        sold = placed.sales_order
        add(header, "SupplierOrderInfo", orderID=sold.number, orderDate=moment(sold.date))
    write_delivery(header, head.incoterm, language)
    for reference in placed.rest:
        write_reference(header, reference, language)


def _previous(header: Element, previous: str | None) -> None:
    if previous:
        add(header, "DocumentReference", payloadID=previous)


def _change(header: Element, document: OrderChange | Cancellation) -> None:
    extrinsic(header, "releaseNumber", document.release_number)
    extrinsic(header, "changeNumber", document.number)
    extrinsic(header, "changeSequence", document.sequence)
    extrinsic(header, "changeDate", document.issued)
