"""Where each field stands on the printed page, for the reference page."""

from orderwire.document.states import DocumentType
from orderwire.formats import DocumentForm

_HEAD = {
    "kind": "Title", "issued": "Under the number", "valid_from": "Validity", "valid_to": "Validity",
    "currency": "Totals and column heads", "buyer": "Head, Ordered, footer", "supplier": "Supplier",
    "ship_to": "Deliver to", "bill_to": "Invoice to", "payment_terms": "Payment", "incoterm": "Delivery term",
    "references": "Below the parties", "notes": "Notes, but for internal ones", "allowances_charges": "Above the total",
    "attachments": "Notes, by name",
}  # fmt: skip
_LINE = {
    "number": "Line", "description": "Item", "quantity": "Quantity", "unit": "Unit", "price": "Price",
    "price_basis": "Below the price", "buyer_part": "Item", "supplier_part": "Item", "gtin": "Item",
    "category": "Item", "schedules": "Arrives, with place where it differs", "taxes": "Item, or totals where all agree",
    "allowances_charges": "Item", "accounts": "Item", "references": "Item", "notes": "Item, but for internal ones",
}  # fmt: skip
_ORDER = {
    "number": "Number", "revision": "Version", "release_number": "Release", "test": "Red frame", **_HEAD,
    **{f"lines.{name}": at for name, at in _LINE.items()},
}  # fmt: skip
_CHANGE = {
    "order_number": "Number", "release_number": "Release", "revision": "Version", "sequence": "Title",
    "form": "First sentence", "reason": "Notes", "test": "Red frame", "issued": "Under the number, without a version",
    **{f"head.{name}": at for name, at in _HEAD.items()}, "lines.number": "Line", "lines.action": "Mark of the line",
    "lines.reason": "Item", **{f"lines.line.{name}": at for name, at in _LINE.items()},
    **{f"lines.part.{name}": _LINE[name] for name in ("description", "quantity", "unit", "price")},
    "lines.part.requested": "Arrives",
}  # fmt: skip
_CANCELLATION = {
    "order_number": "Number", "release_number": "Release", "revision": "Version", "issued": "Under the number",
    "order_issued": "Under the number", "buyer": "Head, Ordered, footer", "supplier": "Supplier", "reason": "Reason",
    "test": "Red frame",
}  # fmt: skip


def _form(name: str, kind: DocumentType, mapping: dict[str, str]) -> DocumentForm:
    return DocumentForm(name, kind, "PDF/A-3a, PDF/UA-1", read=False, written=True, mapping=mapping)


DOCUMENTS = (
    _form("Order", DocumentType.ORDER, _ORDER),
    _form("Order change", DocumentType.CHANGE, _CHANGE),
    _form("Cancellation", DocumentType.CANCELLATION, _CANCELLATION),
)
