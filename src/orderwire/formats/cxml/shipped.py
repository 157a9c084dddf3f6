"""One line of a shipment: ShipNoticeItem, written and read."""

from typing import Any

from orderwire.document.base import plain
from orderwire.document.fulfillment import ShippedLine
from orderwire.formats.cxml.money import described, description
from orderwire.formats.cxml.profile import CxmlProfile
from orderwire.formats.cxml.tables import GTIN_DOMAINS
from orderwire.formats.cxml.tree import Element, Reading, add, extrinsic, extrinsics
from orderwire.formats.cxml.write_item import unit

_OPEN, _RELEASE = "openQuantity", "releaseNumber"
_ITEM = frozenset({
    "ItemID", "ShipNoticeItemDetail", "UnitOfMeasure", "Batch", "SupplierBatchID", "OrderedQuantity", "Extrinsic",
})  # fmt: skip


def write_shipped(portion: Element, line: ShippedLine, profile: CxmlProfile) -> None:
    """How much of a line of the order is in the shipment."""
    measure = unit(line.unit or "", profile)
    item = add(portion, "ShipNoticeItem", quantity=plain(line.quantity), lineNumber=line.number)
    if line.supplier_part or line.buyer_part or line.gtin:
        ids = add(item, "ItemID")
        add(ids, "SupplierPartID", line.supplier_part or "")
        if line.buyer_part:
            add(ids, "BuyerPartID", line.buyer_part)
        if line.gtin:
            add(ids, "IdReference", identifier=line.gtin, domain="EAN-13" if len(line.gtin) == 13 else "GTIN")
    if line.description:
        add(add(item, "ShipNoticeItemDetail"), "Description", line.description, lang=profile.language)
    add(item, "UnitOfMeasure", measure)
    if line.lot or line.country_of_origin:
        batch = add(item, "Batch", originCountryCode=line.country_of_origin)
        if line.lot:
            add(batch, "SupplierBatchID", line.lot)
    if line.ordered is not None:
        add(add(item, "OrderedQuantity", quantity=plain(line.ordered)), "UnitOfMeasure", measure)
    extrinsic(item, _OPEN, line.open)
    extrinsic(item, _RELEASE, line.release_number)


def read_shipped(item: Element, order: str | None, reading: Reading) -> ShippedLine | None:
    """The line; None with an error where it has no quantity. `order` is None where it is the notice's own."""
    known, ids, detail = extrinsics(item), item.find("ItemID"), item.find("ShipNoticeItemDetail")
    ordered, batch = item.find("OrderedQuantity"), item.find("Batch")
    values: dict[str, Any] = {
        "order_number": order, "number": reading.attribute(item, "lineNumber"),
        "quantity": reading.number(item.get("quantity"), item, "quantity"),
        "unit": reading.unit(item.find("UnitOfMeasure"), item),
        "release_number": reading.label(known.get(_RELEASE.lower())), **item_ids(ids, reading),
    }  # fmt: skip
    if (still := known.get(_OPEN.lower())) is not None:
        values["open"] = reading.number(still.text, still, _OPEN)
    if detail is not None:
        values["description"] = reading.text(*described(description(detail, reading.profile.language)))
    if ordered is not None:
        values["ordered"] = reading.number(ordered.get("quantity"), ordered, "quantity")
    if batch is not None:
        values["lot"] = reading.label(batch.find("SupplierBatchID"))
        values["country_of_origin"] = reading.attribute(batch, "originCountryCode")
    else:
        values["lot"] = reading.label(item.find("SupplierBatchID"))
    reading.rest(item, _ITEM)
    return reading.make(ShippedLine, item, values)


def item_ids(ids: Element | None, reading: Reading) -> dict[str, str | None]:
    """The part numbers of an ItemID."""
    if ids is None:
        return {}
    gtin = (e for e in ids.iterchildren("IdReference") if (e.get("domain") or "").lower() in GTIN_DOMAINS)
    return {
        "supplier_part": reading.label(ids.find("SupplierPartID")),
        "buyer_part": reading.label(ids.find("BuyerPartID")),
        "gtin": next((reading.attribute(e, "identifier") for e in gtin), None),
    }
