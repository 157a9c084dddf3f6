"""The columns of an order: a row a schedule line."""

from collections.abc import Iterator
from itertools import chain

from orderwire.document.order import Order
from orderwire.document.states import DocumentType
from orderwire.formats.table.columns.column import DOCUMENT, Column, Form, Kind, Level, Parts, aliased, party, repeated

REFERENCES = {
    "contract": "contract",
    "blanket": "blanket_order",
    "requisition": "requisition",
    "quotation": "quotation",
    "sales_order": "sales_order",
    "project": "project_number",
    "catalog": "catalog",
}
"""Kinds of references that have a column, in the order in which they are read back."""

REPEATS = {"payment_terms": 3, "notes": 3, "taxes": 2, "allowances_charges": 3, "accounts": 2}
"""How many items of each list have columns; the second's names end in _2."""

ALIASES = {
    "order_number": ("po_number", "po_no", "po", "order_no", "order", "purchase_order", "purchase_order_number"),
    "revision": ("version",),
    "order_kind": ("kind", "order_type"),
    "order_date": ("issued", "issue_date", "po_date", "date"),
    "valid_from": ("effective_date", "start_date"),
    "valid_to": ("expiration_date", "end_date"),
    "currency": ("currency_code",),
    "order_total": ("total", "total_amount"),
    "buyer_name": ("buyer", "customer", "customer_name"),
    "buyer_supplier_id": ("customer_number",),
    "supplier_name": ("supplier", "vendor", "vendor_name", "seller"),
    "supplier_buyer_id": ("supplier_number", "vendor_number", "vendor_no"),
    "ship_to_name": ("ship_to",),
    "bill_to_name": ("bill_to",),
    "deliver_to_name": ("deliver_to",),
    "line_number": ("line", "line_no", "position", "pos", "item_number"),
    "description": ("item", "item_description", "product", "name"),
    "quantity": ("qty", "order_quantity"),
    "unit": ("uom", "unit_of_measure"),
    "price": ("unit_price", "net_price"),
    "price_basis": ("price_unit", "per"),
    "buyer_part": ("part", "part_number", "buyer_part_number", "material", "sku"),
    "supplier_part": ("supplier_part_number", "vendor_part", "vendor_part_number"),
    "gtin": ("ean", "upc"),
    "requested_date": ("requested", "delivery_date", "due_date", "need_by"),
    "tax_percent": ("vat_percent", "tax_rate", "vat_rate"),
    "note": ("notes", "comment", "remarks"),
}


def _repeated(level: Level, field: str, parts: Parts) -> Iterator[Column]:
    return repeated(REPEATS[field], level, field, parts)


def _taxes(prefix: str, *inside: str) -> Parts:
    kinds: dict[str, Kind] = {"kind": "text", "category": "text", "percent": "number", "exemption": "text"}
    return {f"{prefix}_{part}": ((*inside, part), kind) for part, kind in kinds.items()}


def _adjustment(prefix: str) -> Parts:
    return {
        prefix: (("kind",), "text"),
        f"{prefix}_amount": (("amount",), "number"),
        f"{prefix}_percent": (("percent",), "number"),
        f"{prefix}_code": (("code",), "text"),
        f"{prefix}_reason": (("reason",), "text"),
        **_taxes(f"{prefix}_tax", "tax"),
    }


def _order() -> Iterator[Column]:
    yield Column("order_number", "header", ("number",))
    yield Column("revision", "header", ("revision",), "number")
    yield Column("order_kind", "header", ("kind",))
    yield Column("release_number", "header", ("release_number",))
    yield Column("order_date", "header", ("issued",), "date")
    yield Column("valid_from", "header", ("valid_from",), "date")
    yield Column("valid_to", "header", ("valid_to",), "date")
    yield Column("currency", "header", ("currency",))
    yield Column("test", "header", ("test",))
    yield Column("order_total", "check", ("total",), "number")
    for name in ("buyer", "supplier", "ship_to", "bill_to"):
        yield from party(name, "header", name)
    yield from _repeated("header", "payment_terms", {
        "payment_basis": (("basis",), "text"), "payment_percent": (("percent",), "number"),
        "payment_days": (("days",), "number"), "payment_months": (("months",), "number"),
        "payment_end_of_month": (("end_of_month",), "text"), "payment_due": (("due",), "date"),
        "discount_percent": (("discount_percent",), "number"), "discount_days": (("discount_days",), "number"),
        "payment_text": (("text",), "text"),
    })  # fmt: skip
    yield Column("incoterm", "header", ("incoterm", "code"))
    yield Column("incoterm_place", "header", ("incoterm", "place"))
    yield Column("incoterm_year", "header", ("incoterm", "year"), "number")
    for kind, name in REFERENCES.items():
        yield Column(name, "header", ("references", kind))
    yield from _repeated("header", "notes", {"note": (("text",), "text"), "note_subject": (("subject",), "text")})
    yield from _repeated("header", "allowances_charges", _adjustment("adjustment"))


def _line() -> Iterator[Column]:
    yield Column("line_number", "line", ("number",))
    for field in ("buyer_part", "supplier_part", "gtin", "description", "category"):
        yield Column(field, "line", (field,))
    yield Column("quantity", "schedule", ("quantity",), "number")
    yield Column("unit", "line", ("unit",))
    yield Column("price", "line", ("price",), "number")
    yield Column("price_basis", "line", ("price_basis",), "number")
    yield Column("requested_date", "schedule", ("requested",), "date")
    yield from party("deliver_to", "schedule", "ship_to")
    yield from _repeated("line", "taxes", _taxes("tax"))
    yield from _repeated("line", "allowances_charges", _adjustment("line_adjustment"))
    yield from _repeated("line", "accounts", {
        "cost_center": (("cost_center",), "text"), "gl_account": (("gl_account",), "text"),
        "account_project": (("project",), "text"), "account_percent": (("percent",), "number"),
    })  # fmt: skip
    for kind, name in REFERENCES.items():
        yield Column(f"line_{name}", "line", ("references", kind))
    yield from _repeated(
        "line", "notes", {"line_note": (("text",), "text"), "line_note_subject": (("subject",), "text")}
    )


ORDER = Form(
    document=DocumentType.ORDER,
    model=Order,
    word="order",
    title="Orders",
    about="One row is one schedule line. Rows with the same `order_number` are one order, rows with the same "
    "`line_number` in it are one line.",
    columns=(DOCUMENT, *aliased(chain(_order(), _line()), ALIASES)),
    key="order_number",
    needs=(
        ("order_number",), ("order_date",), ("currency",), ("buyer_name",), ("supplier_name",), ("description",),
        ("quantity",), ("unit",), ("price",),
    ),
    alone=frozenset({"order_number"}),
    grouped=True,
)  # fmt: skip
"""Its columns stand in the order in which they are written; a written table has those that its order needs."""
