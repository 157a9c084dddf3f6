"""DespatchAdvice (Peppol T16) and ReceiptAdvice, read only: what is on its way and what arrived."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from orderwire.document.base import Document
from orderwire.document.finding import from_validation
from orderwire.document.fulfillment import Receipt, ShipNotice
from orderwire.formats.ubl.delivery import read_day, read_place
from orderwire.formats.ubl.frame import is_test, report
from orderwire.formats.ubl.lines import described, parts_of
from orderwire.formats.ubl.parties import read_party, read_role
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.texts import LONGEST
from orderwire.formats.ubl.tree import Element, date, every, first, label, number, text
from orderwire.formats.xml import Faults

Model = TypeVar("Model", ShipNotice, Receipt)


def read_despatch(root: Element, profile: UblProfile, faults: Faults) -> ShipNotice | None:
    """The ship notice of a DespatchAdvice; None where an error was reported."""
    shipment = first(root, "cac:Shipment")
    delivery = first(shipment, "cac:Delivery")
    units = number(shipment, "cbc:TotalTransportHandlingUnitQuantity", faults)
    if units is None and shipment is not None and (listed := every(shipment, "cac:TransportHandlingUnit")):
        packages = len(listed)
    else:
        packages = int(units) if units is not None and units >= 0 else -1
    customer = first(root, "cac:DeliveryCustomerParty")
    values = {
        **_about(root, profile, faults),
        "shipped": date(delivery, "cac:Despatch/cbc:ActualDespatchDate", faults) if delivery is not None else None,
        "expected": read_day(delivery, "Estimated", faults),
        "supplier": _party(root, ("SellerSupplierParty", "DespatchSupplierParty"), faults),
        "buyer": _party(root, ("BuyerCustomerParty", "DeliveryCustomerParty"), faults),
        "ship_to": read_place(delivery, faults) or read_role(customer, faults),
        "carrier": _carrier(shipment, delivery, faults), "tracking": _tracking(shipment, delivery),
        "packages": packages if packages >= 0 else None, "code": label(root, "cbc:DespatchAdviceTypeCode", 35),
        "lines": tuple(_shipped(element, faults) for element in every(root, "cac:DespatchLine")),
    }  # fmt: skip
    return _make(ShipNotice, values, root, faults)


def read_receipt(root: Element, profile: UblProfile, faults: Faults) -> Receipt | None:
    """The receipt of a ReceiptAdvice; None where an error was reported."""
    delivery = first(root, "cac:Shipment/cac:Delivery")
    days = [d for line in every(root, "cac:ReceiptLine") if (d := date(line, "cbc:ReceivedDate", faults)) is not None]
    actual = date(delivery, "cbc:ActualDeliveryDate", faults) if delivery is not None else None
    values = {
        **_about(root, profile, faults),
        "ship_notice": label(root, "cac:DespatchDocumentReference/cbc:ID"),
        "received": actual or max(days, default=None),
        "supplier": _party(root, ("SellerSupplierParty", "DespatchSupplierParty"), faults),
        "buyer": _party(root, ("BuyerCustomerParty", "DeliveryCustomerParty"), faults),
        "ship_to": read_role(first(root, "cac:DeliveryCustomerParty"), faults),
        "code": label(root, "cbc:ReceiptAdviceTypeCode", 35),
        "lines": tuple(_received(element, faults) for element in every(root, "cac:ReceiptLine")),
    }  # fmt: skip
    return _make(Receipt, values, root, faults)


def _about(root: Element, profile: UblProfile, faults: Faults) -> dict[str, Any]:
    return {
        "number": label(root, "cbc:ID"), "order_number": label(root, "cac:OrderReference/cbc:ID"),
        "issued": date(root, "cbc:IssueDate", faults), "test": is_test(root, profile),
    }  # fmt: skip


def _party(root: Element, roles: tuple[str, ...], faults: Faults) -> Document | None:
    return next((p for role in roles if (p := read_role(first(root, f"cac:{role}"), faults)) is not None), None)


def _carrier(shipment: Element | None, delivery: Element | None, faults: Faults) -> str | None:
    for at, path in (
        (shipment, "cac:Consignment/cac:CarrierParty"), (delivery, "cac:CarrierParty"),
        (shipment, "cac:ShipmentStage/cac:CarrierParty"),
    ):  # fmt: skip
        if (party := read_party(first(at, path), faults)) is not None:
            return party.name
    return None


def _tracking(shipment: Element | None, delivery: Element | None) -> tuple[str, ...]:
    found = [label(delivery, "cbc:TrackingID")]
    found += [label(e) for e in every(shipment, "cac:Consignment/cbc:CarrierAssignedID")]
    found += [label(e) for e in every(shipment, "cac:TransportHandlingUnit/cbc:ID")]
    return tuple(dict.fromkeys(value for value in found if value))


def _line(element: Element, goods: Element | None) -> dict[str, Any]:
    buyer_part, supplier_part, gtin = parts_of(goods)
    return {
        "number": label(element, "cac:OrderLineReference/cbc:LineID"),
        "order_number": label(element, "cac:OrderLineReference/cac:OrderReference/cbc:ID"),
        "buyer_part": buyer_part, "supplier_part": supplier_part, "gtin": gtin,
        "description": described(goods) if goods is not None else None,
    }  # fmt: skip


def _shipped(element: Element, faults: Faults) -> dict[str, Any]:
    goods, quantity = first(element, "cac:Item"), number(element, "cbc:DeliveredQuantity", faults)
    if quantity is None:
        faults.error("quantity", element, "has no DeliveredQuantity; say how much is shipped, 0 where nothing is")
    still = number(element, "cbc:OutstandingQuantity", faults)
    later = number(element, "cbc:BackorderQuantity", faults)
    return {
        **_line(element, goods), "quantity": quantity, "unit": _unit(first(element, "cbc:DeliveredQuantity")),
        "open": still if still is not None else later,
        "lot": label(goods, "cac:ItemInstance/cac:LotIdentification/cbc:LotNumberID"),
        "country_of_origin": label(goods, "cac:OriginCountry/cbc:IdentificationCode"),
    }  # fmt: skip


def _received(element: Element, faults: Faults) -> dict[str, Any]:
    received, short = number(element, "cbc:ReceivedQuantity", faults), number(element, "cbc:ShortQuantity", faults)
    if received is None:
        faults.error("quantity", element, "has no ReceivedQuantity; say how much arrived, 0 where nothing did")
    reasons = [text(e) for path in ("cbc:RejectReason", "cbc:Note") for e in every(element, path)]
    if short:
        reasons.append(f"{short:f} short")
    codes = (label(element, f"cbc:{name}", 35) for name in ("RejectReasonCode", "ShortageActionCode"))
    return {
        **_line(element, first(element, "cac:Item")), "received": received,
        "rejected": number(element, "cbc:RejectedQuantity", faults),
        "unit": _unit(first(element, "cbc:ReceivedQuantity")), "code": next(filter(None, codes), None),
        "reason": "\n".join(filter(None, reasons))[:LONGEST].strip() or None,
    }  # fmt: skip


def _unit(element: Element | None) -> str | None:
    return (element.get("unitCode") or "").strip()[:35] or None if element is not None else None


def _make(model: type[Model], values: Mapping[str, Any], root: Element, faults: Faults) -> Model | None:
    try:
        return model.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as failure:
        report([(p.code, p.where, p.text) for p in from_validation(failure)], root, faults)
        return None
