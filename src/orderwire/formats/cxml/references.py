"""Where the references of an order's header stand: attributes of OrderRequestHeader, SupplierOrderInfo, IdReference."""

from dataclasses import dataclass

from orderwire.document.terms import Reference
from orderwire.formats.cxml.terms import read_reference
from orderwire.formats.cxml.tree import Element, Reading

_AGREEMENTS = ("blanket", "contract")


@dataclass(frozen=True)
class Slots:
    """`agreement_id` is written in any case; `first` are the references that come back from their own places."""

    agreement_id: str | None
    parent: Reference | None
    requisition: Reference | None
    sales_order: Reference | None
    first: tuple[Reference, ...]
    rest: tuple[Reference, ...]


def slots(references: tuple[Reference, ...], kind: str) -> Slots:
    """Which reference stands where. A release is of its blanket order, other orders are under a contract."""
    rest = list(references)

    def take(wanted: str) -> Reference | None:
        found = next((r for r in rest if r.kind == wanted and r.line is None and r.date is None), None)
        alike = [r for r in references if found and r.kind in _AGREEMENTS and r.number == found.number]
        if found is None or (wanted in _AGREEMENTS and len(alike) > 1):
            return None
        rest.remove(found)
        return found

    agreement = take("blanket" if kind == "release" else "contract")
    number = agreement.number if agreement else None
    if number is None and kind == "release":
        number = next((r.number for k in _AGREEMENTS for r in references if r.kind == k), None)
    parent = take("blanket") if kind == "blanket" else None
    requisition = take("requisition")
    sales_order = next((r for r in rest if r.kind == "sales_order" and r.line is None), None)
    if sales_order is not None:
        rest.remove(sales_order)
    first = tuple(r for r in (agreement, parent, requisition, sales_order) if r is not None)
    return Slots(number, parent, requisition, sales_order, first, tuple(rest))


def read_references(header: Element, kind: str, reading: Reading) -> list[Reference]:
    """The references of a header, those of the attributes first."""
    first: list[Reference] = []
    others = [r for e in list(header.iterchildren("IdReference"))[:200] if (r := read_reference(e, reading))]
    agreement = reading.attribute(header, "agreementID")
    if agreement and not any(r.kind in _AGREEMENTS and r.number == agreement for r in others):
        first.append(Reference(kind="blanket" if kind == "release" else "contract", number=agreement))
    if parent := reading.attribute(header, "parentAgreementID"):
        first.append(Reference(kind="blanket", number=parent))
    if requisition := reading.attribute(header, "requisitionID"):
        first.append(Reference(kind="requisition", number=requisition))
    theirs = header.find("SupplierOrderInfo")
    if theirs is not None and (number := reading.attribute(theirs, "orderID")):
        day = reading.date(theirs.get("orderDate"), theirs, "orderDate")
        first.append(Reference(kind="sales_order", number=number, date=day))
    return first + others
