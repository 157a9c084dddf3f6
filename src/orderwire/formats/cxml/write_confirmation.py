"""Writes the ConfirmationRequest: one ConfirmationItem for each line, one ConfirmationStatus for each part of it."""

from decimal import Decimal
from itertools import groupby

from orderwire.document.base import plain
from orderwire.document.response import LineAnswer, Response
from orderwire.formats.cxml.money import write_money
from orderwire.formats.cxml.parties import write_contact
from orderwire.formats.cxml.profile import CxmlProfile
from orderwire.formats.cxml.tree import Element, add, extrinsic, moment
from orderwire.formats.cxml.write_item import measured, unit
from orderwire.formats.cxml.write_order import SUPPLIER

PERSON = "sales"
"""Role of the Contact that names who answers."""
THEIR_NUMBER = "supplierReference"
"""Domain of the supplier's own order number."""


def write_confirmation(request: Element, response: Response, previous: str | None, profile: CxmlProfile) -> None:
    """`previous` is the payloadID of the OrderRequest that is answered."""
    language = profile.language
    header = add(
        request, "ConfirmationHeader", type=response.code, noticeDate=moment(response.answered),
        confirmID=response.number,
    )  # fmt: skip
    if response.supplier is not None:
        write_contact(header, response.supplier, language, SUPPLIER)
    if response.contact:
        add(add(header, "Contact", role=PERSON), "Name", response.contact, lang=language)
    if response.reason:
        add(header, "Comments", response.reason, lang=language)
    if response.supplier_order_number:
        add(header, "IdReference", identifier=response.supplier_order_number, domain=THEIR_NUMBER)
    extrinsic(header, "answers", None if response.answers == "order" else response.answers)
    extrinsic(header, "orderVersion", response.revision)
    extrinsic(header, "releaseNumber", response.release_number)
    extrinsic(header, "changeNumber", response.change_number)
    extrinsic(header, "changeSequence", response.sequence)
    extrinsic(header, "charge", plain(response.charge) if response.charge is not None else None)
    if not any(answer.price is not None for answer in response.lines):
        extrinsic(header, "currency", response.currency)
    order = add(request, "OrderReference", orderID=response.order_number)
    add(order, "DocumentReference", payloadID=previous or "")
    for number, group in groupby(response.lines, key=lambda answer: answer.number):
        answers = list(group)
        whole = sum((a.quantity or Decimal(0) for a in answers), Decimal(0))
        item = add(request, "ConfirmationItem", lineNumber=number, quantity=plain(whole))
        add(item, "UnitOfMeasure", unit(answers[0].unit or "", profile))
        for answer in answers:
            _status(item, answer, response.currency or profile.default_currency, profile)


def _status(item: Element, answer: LineAnswer, currency: str, profile: CxmlProfile) -> None:
    language, quantity, measure = (
        profile.language,
        plain(answer.quantity or Decimal(0)),
        unit(answer.unit or "", profile),
    )
    made = add(
        item, "ConfirmationStatus", type=answer.code, quantity=quantity, shipmentDate=moment(answer.ships),
        deliveryDate=moment(answer.promised),
    )  # fmt: skip
    add(made, "UnitOfMeasure", measure)
    if answer.substitute_part is not None and answer.price is not None:
        other = add(made, "ItemIn", quantity=quantity)
        add(add(other, "ItemID"), "SupplierPartID", answer.substitute_part)
        detail = add(other, "ItemDetail")
        write_money(detail, "UnitPrice", answer.price, currency)
        add(detail, "Description", answer.substitute_part, lang=language)
        measured(detail, answer.unit or "", answer.price_basis, profile)
        add(detail, "Classification", profile.no_category, domain=profile.classification_domain)
    elif answer.price is not None:
        write_money(made, "UnitPrice", answer.price, currency)
    if answer.reason:
        add(made, "Comments", answer.reason, lang=language)
    extrinsic(made, "supplierPartID", answer.supplier_part)
    extrinsic(made, "buyerPartID", answer.buyer_part)
    extrinsic(made, "gtin", answer.gtin)
