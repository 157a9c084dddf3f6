"""Reads the ConfirmationRequest: the supplier's answer, every type kept as it was written."""

from decimal import Decimal
from typing import Any

from orderwire.document.base import plain
from orderwire.document.response import HeaderStatus, LineAnswer, Response
from orderwire.formats.cxml.answer import header_status, line_status
from orderwire.formats.cxml.header import Envelope
from orderwire.formats.cxml.parties import read_party
from orderwire.formats.cxml.read_item import read_basis
from orderwire.formats.cxml.tables import HEADER_ANSWERS
from orderwire.formats.cxml.terms import joined, read_comments
from orderwire.formats.cxml.tree import Element, Reading, extrinsics
from orderwire.formats.cxml.write_confirmation import PERSON, THEIR_NUMBER
from orderwire.formats.cxml.write_order import SUPPLIER
from orderwire.formats.xml import text_of

_HEADER = frozenset({"DocumentReference", "Contact", "Comments", "IdReference", "Extrinsic"})
_STATUS = frozenset({"UnitOfMeasure", "ItemIn", "UnitPrice", "Comments", "Extrinsic"})
_SAID = {
    "answers": "answers", "orderversion": "revision", "releasenumber": "release_number",
    "changenumber": "change_number", "changesequence": "sequence", "currency": "currency",
    "charge": "charge",
}  # fmt: skip
_PARTS = {"supplierpartid": "supplier_part", "buyerpartid": "buyer_part", "gtin": "gtin"}


def read_confirmation(request: Element, envelope: Envelope, reading: Reading) -> Response | None:
    """The answer; None with an error where it does not say which order or what."""
    header, order = request.find("ConfirmationHeader"), request.find("OrderReference")
    if header is None:
        reading.error("header-missing", request, "has no ConfirmationHeader; nothing says what is answered")
        return None
    number = order_of(order, envelope, reading)
    if number is None:
        reading.error("number-missing", request, "names no order (OrderReference orderID); ask the supplier which")
    code = (header.get("type") or "").strip()
    if code not in HEADER_ANSWERS:
        text = f"type {code[:40]!r} does not say whether the order is accepted; expected {', '.join(HEADER_ANSWERS)}"
        reading.error("answer-code", header, text)
        return None
    money: list[str] = []
    lines = [a for item in request.iterchildren("ConfirmationItem") for a in _item(item, money, reading)]
    if number is None:
        return None
    status = header_status(code, [a.status for a in lines])
    _contradictions(header, code, status, lines, reading)
    said: dict[str, Any] = {"currency": money[0]} if money else {}
    for name, element in extrinsics(header).items():
        value = reading.label(element)
        if value and name in _SAID:
            said[_SAID[name]] = value
        elif value:
            reading.info("not-kept", element, f"Extrinsic {element.get('name')} says {value[:80]!r}; it is not kept")
    if any(c != money[0] for c in money[1:]):
        reading.error("currency-mixed", request, "prices are in several currencies; ask the supplier for one")
    notes = read_comments(header, reading)
    theirs = (e for e in header.iterchildren("IdReference") if e.get("domain") == THEIR_NUMBER)
    reading.rest(header, _HEADER)
    return reading.make(Response, header, {
        "order_number": number, "number": reading.attribute(header, "confirmID"), "status": status, "code": code,
        "answered": reading.date(header.get("noticeDate"), header, "noticeDate"),
        "supplier": read_party(_role(header, SUPPLIER), reading), "contact": _person(header, reading),
        "supplier_order_number": next((reading.attribute(e, "identifier") for e in theirs), None),
        "reason": joined(notes), "test": envelope.test, "lines": tuple(lines), **said,
    })  # fmt: skip


def order_of(order: Element | None, envelope: Envelope, reading: Reading) -> str | None:
    """The order number of an OrderReference; its payloadID goes to the envelope, where an answer is matched by it."""
    if order is None:
        return None
    reference = order.find("DocumentReference")
    if reference is not None and (payload := reading.attribute(reference, "payloadID")):
        envelope.values.setdefault("reference_payload", payload)
    return reading.attribute(order, "orderID")


def _contradictions(
    header: Element, code: str, status: HeaderStatus, lines: list[LineAnswer], reading: Reading
) -> None:
    if code in ("accept", "reject") and status is HeaderStatus.ACCEPTED_WITH_CHANGES:
        text = f"type {code} is of the whole order but a line says otherwise; read as accepted with changes"
        reading.warning("mixed-answer", header, text)
    elif status is HeaderStatus.ACCEPTED_WITH_CHANGES and not lines and code != "backordered":
        reading.warning("changes-unnamed", header, f"type {code} announces changes but names no line; ask the supplier")
    elif code == "requestToPay":
        reading.warning("request-to-pay", header, "the supplier asks for payment; that is no answer to the order")


def _item(item: Element, money: list[str], reading: Reading) -> list[LineAnswer]:
    number = reading.attribute(item, "lineNumber")
    if number is None:
        reading.error("line-number", item, "has no lineNumber; nothing says which line is answered")
    found = [a for s in item.iterchildren("ConfirmationStatus") if (a := _status(s, item, number, money, reading))]
    if item.find("ConfirmationStatus") is None:
        reading.error("status-missing", item, "has no ConfirmationStatus; nothing is said of the line")
    asked = reading.number(item.get("quantity"), item, "quantity")
    said = sum((a.quantity for a in found if a.quantity is not None), Decimal(0))
    if found and asked is not None and said != asked and all(a.quantity is not None for a in found):
        told = f"answers {plain(said)} of the {plain(asked)} of line {number}; ask the supplier for the rest"
        reading.warning("quantity-differs", item, told)
    reading.rest(item, ("UnitOfMeasure", "ConfirmationStatus"))
    return found


def _status(
    element: Element, item: Element, number: str | None, money: list[str], reading: Reading
) -> LineAnswer | None:
    code, other = (element.get("type") or "").strip(), element.find("ItemIn")
    substitute = reading.label(other.find("ItemID/SupplierPartID")) if other is not None else None
    status = line_status(code, replaced=substitute is not None)
    if status is None:
        reading.error("answer-code", element, f"type {code[:40]!r} is no answer to a line; ask the supplier")
        return None
    price, currency = reading.money(
        element.find("UnitPrice") if other is None else other.find("ItemDetail/UnitPrice"), "UnitPrice"
    )
    basis = other.find("ItemDetail/PriceBasisQuantity") if other is not None else None
    if currency and price is not None:
        money.append(currency)
    values: dict[str, Any] = {
        "number": number, "status": status, "code": code, "price": price, "substitute_part": substitute,
        "quantity": reading.number(element.get("quantity"), element, "quantity"),
        "unit": reading.unit(element.find("UnitOfMeasure"), element) or reading.unit(item.find("UnitOfMeasure"), item),
        "promised": reading.date(element.get("deliveryDate"), element, "deliveryDate"),
        "ships": reading.date(element.get("shipmentDate"), element, "shipmentDate"),
        "reason": joined(read_comments(element, reading)),
    }  # fmt: skip
    if price is not None:
        values |= read_basis(basis, price, reading)
    for name, extra in extrinsics(element).items():
        if name in _PARTS:
            values[_PARTS[name]] = reading.label(extra)
        elif text_of(extra):
            reading.info("not-kept", extra, f"Extrinsic {extra.get('name')} is not kept")
    reading.rest(element, _STATUS)
    return reading.make(LineAnswer, element, values)


def _role(header: Element, role: str) -> Element | None:
    return next((c for c in header.iterchildren("Contact") if c.get("role") == role), None)


def _person(header: Element, reading: Reading) -> str | None:
    """Who answers: the contact of the sales desk, else the first that is not the supplier itself."""
    person = _role(header, PERSON)
    if person is None:
        person = next((c for c in header.iterchildren("Contact") if c.get("role") != SUPPLIER), None)
    party = read_party(person, reading)
    return party.name if party else None
