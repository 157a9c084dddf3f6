"""Reads the ReceiptRequest: what the receiver says has arrived, and what of it goes back."""

from decimal import Decimal
from typing import Any

from orderwire.document.fulfillment import Receipt, ReceivedLine
from orderwire.formats.cxml.header import Envelope
from orderwire.formats.cxml.money import description
from orderwire.formats.cxml.read_confirmation import order_of
from orderwire.formats.cxml.shipped import item_ids
from orderwire.formats.cxml.terms import joined, read_comments
from orderwire.formats.cxml.tree import Element, Reading

_ITEM = frozenset({"ReceiptItemReference", "UnitRate", "ReceivedAmount", "Comments"})


def read_receipt(request: Element, envelope: Envelope, reading: Reading) -> Receipt | None:
    """The receipt; None with an error where it has no number."""
    header = request.find("ReceiptRequestHeader")
    number = reading.attribute(header, "receiptID") if header is not None else None
    if header is None or number is None:
        reading.error("number-missing", request, "has no ReceiptRequestHeader with a receiptID; nothing names it")
        return None
    orders = [(order, _order(order, envelope, reading)) for order in request.iterchildren("ReceiptOrder")]
    first = orders[0][1] if orders else None
    lines = []
    for order, own in orders:
        lines += [_line(item, None if own == first else own, reading) for item in order.iterchildren("ReceiptItem")]
    shipped = header.find("ShipNoticeIDInfo")
    return reading.make(Receipt, header, {
        "number": number, "order_number": first, "code": (header.get("operation") or "new").strip(),
        "ship_notice": reading.attribute(shipped, "shipNoticeID") if shipped is not None else None,
        "received": reading.date(header.get("receiptDate"), header, "receiptDate"),
        "test": envelope.test, "lines": tuple(line for line in lines if line is not None),
    })  # fmt: skip


def _order(order: Element, envelope: Envelope, reading: Reading) -> str | None:
    info = order.find("ReceiptOrderInfo/OrderIDInfo")
    if info is not None:
        return reading.attribute(info, "orderID")
    return order_of(order.find("ReceiptOrderInfo/OrderReference"), envelope, reading)


def _line(item: Element, order: str | None, reading: Reading) -> ReceivedLine | None:
    reference, rate = item.find("ReceiptItemReference"), item.find("UnitRate")
    quantity = reading.number(item.get("quantity"), item, "quantity")
    back = (item.get("type") or "received") == "returned"
    values: dict[str, Any] = {
        "order_number": order, "received": Decimal(0) if back else quantity, "code": item.get("type"),
        "rejected": quantity if back else None,
        "unit": reading.unit(rate.find("UnitOfMeasure"), rate) if rate is not None else None,
        "reason": joined(read_comments(item, reading)),
    }  # fmt: skip
    if reference is not None:
        values["number"] = reading.attribute(reference, "lineNumber")
        values["description"] = reading.text(description(reference, reading.profile.language))
        values |= item_ids(reference.find("ItemID"), reading)
    reading.rest(item, _ITEM)
    return reading.make(ReceivedLine, item, values)
