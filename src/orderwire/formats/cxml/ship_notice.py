"""The ShipNoticeRequest, written and read: one ShipNoticePortion for each order that the shipment is of."""

from itertools import groupby
from typing import Any

from orderwire.document.fulfillment import ShipNotice, ShippedLine
from orderwire.formats.cxml.fit import CxmlFit
from orderwire.formats.cxml.header import Envelope
from orderwire.formats.cxml.parties import read_party, write_contact
from orderwire.formats.cxml.profile import CxmlProfile
from orderwire.formats.cxml.read_confirmation import order_of
from orderwire.formats.cxml.shipped import read_shipped, write_shipped
from orderwire.formats.cxml.tree import Element, Reading, add, extrinsic, extrinsics, moment
from orderwire.formats.xml import text_of

_ROLES = {"supplier": "shipFrom", "buyer": "buyerCorporate", "ship_to": "shipTo"}
_SUPPLIERS = ("shipFrom", "supplierCorporate")
_OPERATIONS = ("new", "update", "delete")
_PACKAGES, _RELEASE = "numberOfPackages", "releaseNumber"
_HEADER = frozenset({"Contact", "Extrinsic", "DocumentReference"})


def fitted_ship_notice(notice: ShipNotice, fit: CxmlFit) -> ShipNotice:
    """The notice that comes back when the ShipNoticeRequest is read."""
    fit.needs(notice.issued, "issued", "the day of the notice (noticeDate)")
    number, lines = notice.order_number, list(notice.lines)
    if number is None and lines and all(line.order_number for line in lines):
        number = lines[0].order_number
        fit.remark("order_number", f"the notice is read back as one of order {number}, which its first line names")
    for position, line in enumerate(lines, 1):
        where = f"lines[{position}]"
        fit.needs(line.number, f"{where}.number", "the number of the order's line (lineNumber)")
        if line.number is not None:
            fit.line_number(line.number, f"{where}.number")
        fit.needs(line.unit, f"{where}.unit", "the unit of the quantity")
    own = [line.model_copy(update={"order_number": None}) if line.order_number == number else line for line in lines]
    own.sort(key=lambda line: (line.order_number is not None, line.order_number or ""))
    code = notice.code if notice.code in _OPERATIONS else "new"
    if notice.code not in (None, code):
        fit.remark("code", f"{notice.code} is written as {code}")
    update: dict[str, Any] = {role: fit.party(getattr(notice, role), role) for role in _ROLES}
    test = notice.test or fit.profile.deployment == "test"
    return notice.model_copy(update={**update, "order_number": number, "lines": tuple(own), "code": code, "test": test})


def write_ship_notice(request: Element, notice: ShipNotice, previous: str | None, profile: CxmlProfile) -> None:
    """`previous` is the payloadID of the OrderRequest that is shipped."""
    header = add(
        request, "ShipNoticeHeader", shipmentID=notice.number, operation=notice.code, noticeDate=moment(notice.issued),
        shipmentDate=moment(notice.shipped), deliveryDate=moment(notice.expected),
    )  # fmt: skip
    for field, role in _ROLES.items():
        if (party := getattr(notice, field)) is not None:
            write_contact(header, party, profile.language, role)
    extrinsic(header, _PACKAGES, notice.packages)
    extrinsic(header, _RELEASE, notice.release_number)
    if notice.carrier or notice.tracking:
        control = add(request, "ShipControl")
        add(control, "CarrierIdentifier", notice.carrier or "", domain="companyName")
        for number in notice.tracking or ("",):
            add(control, "ShipmentIdentifier", number)
    groups = [(number, list(group)) for number, group in groupby(notice.lines, key=lambda line: line.order_number)]
    if notice.order_number is not None and (not groups or groups[0][0] is not None):
        groups.insert(0, (None, []))
    for number, lines in groups:
        portion = add(request, "ShipNoticePortion")
        order = add(portion, "OrderReference", orderID=number or notice.order_number)
        add(order, "DocumentReference", payloadID=(previous or "") if number is None else "")
        for line in lines:
            write_shipped(portion, line, profile)


def read_ship_notice(request: Element, envelope: Envelope, reading: Reading) -> ShipNotice | None:
    """The notice; None with an error where it has no number."""
    header = request.find("ShipNoticeHeader")
    number = reading.attribute(header, "shipmentID") if header is not None else None
    if header is None or number is None:
        reading.error(
            "number-missing", request, "has no ShipNoticeHeader with a shipmentID; nothing names the shipment"
        )
        return None
    known = extrinsics(header)
    packages = reading.label(known.get(_PACKAGES.lower()))
    carrier, tracking = _control(request, reading)
    orders = [(portion, order_of(portion.find("OrderReference"), envelope, reading))
              for portion in request.iterchildren("ShipNoticePortion")]  # fmt: skip
    first = orders[0][1] if orders else None
    if not orders:
        reading.warning("order-missing", request, "names no order (ShipNoticePortion); ask the supplier which")
    lines: list[ShippedLine | None] = []
    for portion, order in orders:
        own = None if order == first else order
        lines += [read_shipped(item, own, reading) for item in portion.iterchildren("ShipNoticeItem")]
        reading.rest(portion, ("OrderReference", "ShipNoticeItem"))
    if (header.get("operation") or "").strip() == "delete":
        text = f'operation="delete" takes the notice {number} back; what it lists is not on its way'
        reading.warning("taken-back", header, text)
    reading.rest(header, _HEADER)
    return reading.make(ShipNotice, header, {
        "number": number, "order_number": first, "issued": reading.date(header.get("noticeDate"), header, "noticeDate"),
        "release_number": reading.label(known.get(_RELEASE.lower())),
        "code": (header.get("operation") or "new").strip(),
        "shipped": reading.date(header.get("shipmentDate"), header, "shipmentDate"),
        "expected": reading.date(header.get("deliveryDate"), header, "deliveryDate"),
        "supplier": read_party(_role(header, *_SUPPLIERS), reading), "carrier": carrier, "tracking": tracking,
        "buyer": read_party(_role(header, _ROLES["buyer"]), reading),
        "ship_to": read_party(_role(header, _ROLES["ship_to"]), reading),
        "packages": int(packages[:9]) if packages and packages.isascii() and packages.isdigit() else None,
        "test": envelope.test, "lines": tuple(line for line in lines if line is not None),
    })  # fmt: skip


def _role(header: Element, *roles: str) -> Element | None:
    return next((c for role in roles for c in header.iterchildren("Contact") if c.get("role") == role), None)


def _control(request: Element, reading: Reading) -> tuple[str | None, tuple[str, ...]]:
    """The carrier, by its name before its codes, and the numbers to track the shipment by."""
    named = [e for e in request.iterfind("ShipControl/CarrierIdentifier") if text_of(e)]
    named.sort(key=lambda e: e.get("domain") != "companyName")
    numbers = [reading.label(e) for e in request.iterfind("ShipControl/ShipmentIdentifier")]
    return reading.label(named[0]) if named else None, tuple(n for n in numbers[:1000] if n)
