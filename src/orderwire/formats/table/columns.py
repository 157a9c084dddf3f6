"""The columns of an order as a table: their names, what else people call them, and the field each one fills."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Level = Literal["order", "line", "schedule", "check"]
Kind = Literal["text", "number", "date"]
Path = tuple[str | int, ...]
Parts = dict[str, tuple[Path, Kind]]
"""The columns of one item of a list: name, path inside the item and kind."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column. `path` is the field in the shape of its level (see `shape`), `aliases` other headings for it."""

    name: str
    level: Level
    path: Path
    kind: Kind = "text"
    aliases: tuple[str, ...] = ()


IDENTIFIERS = ("gln", "duns", "duns4", "vat", "tax", "buyer", "supplier")
"""Schemes of a party's identifiers that have a column, in the order in which they are read back."""

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

_ALIASES: dict[str, tuple[str, ...]] = {
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


def _column(name: str, level: Level, path: Path, kind: Kind = "text") -> Column:
    return Column(name, level, path, kind, _ALIASES.get(name, ()))


def _party(prefix: str, level: Level, field: str) -> Iterator[Column]:
    yield _column(f"{prefix}_name", level, (field, "name"))
    for scheme in IDENTIFIERS:
        name = f"{prefix}_{scheme}_id" if scheme in ("buyer", "supplier", "tax") else f"{prefix}_{scheme}"
        yield _column(name, level, (field, "identifiers", scheme))
    yield _column(f"{prefix}_street", level, (field, "address", "lines"))
    for part in ("city", "postal_code", "region", "country"):
        yield _column(f"{prefix}_{part}", level, (field, "address", part))
    for part, name in (("name", "contact"), ("phone", "phone"), ("email", "email")):
        yield _column(f"{prefix}_{name}", level, (field, "contact", part))


def _repeated(level: Level, field: str, parts: Parts) -> Iterator[Column]:
    for index in range(REPEATS[field]):
        for name, (inner, kind) in parts.items():
            yield _column(name if index == 0 else f"{name}_{index + 1}", level, (field, index, *inner), kind)


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
    yield _column("order_number", "order", ("number",))
    yield _column("revision", "order", ("revision",), "number")
    yield _column("order_kind", "order", ("kind",))
    yield _column("release_number", "order", ("release_number",))
    yield _column("order_date", "order", ("issued",), "date")
    yield _column("valid_from", "order", ("valid_from",), "date")
    yield _column("valid_to", "order", ("valid_to",), "date")
    yield _column("currency", "order", ("currency",))
    yield _column("test", "order", ("test",))
    yield _column("order_total", "check", ("total",), "number")
    for party in ("buyer", "supplier", "ship_to", "bill_to"):
        yield from _party(party, "order", party)
    yield from _repeated("order", "payment_terms", {
        "payment_basis": (("basis",), "text"), "payment_percent": (("percent",), "number"),
        "payment_days": (("days",), "number"), "payment_months": (("months",), "number"),
        "payment_end_of_month": (("end_of_month",), "text"), "payment_due": (("due",), "date"),
        "discount_percent": (("discount_percent",), "number"), "discount_days": (("discount_days",), "number"),
        "payment_text": (("text",), "text"),
    })  # fmt: skip
    yield _column("incoterm", "order", ("incoterm", "code"))
    yield _column("incoterm_place", "order", ("incoterm", "place"))
    yield _column("incoterm_year", "order", ("incoterm", "year"), "number")
    for kind, name in REFERENCES.items():
        yield _column(name, "order", ("references", kind))
    yield from _repeated("order", "notes", {"note": (("text",), "text"), "note_subject": (("subject",), "text")})
    yield from _repeated("order", "allowances_charges", _adjustment("adjustment"))


def _line() -> Iterator[Column]:
    yield _column("line_number", "line", ("number",))
    for field in ("buyer_part", "supplier_part", "gtin", "description", "category"):
        yield _column(field, "line", (field,))
    yield _column("quantity", "schedule", ("quantity",), "number")
    yield _column("unit", "line", ("unit",))
    yield _column("price", "line", ("price",), "number")
    yield _column("price_basis", "line", ("price_basis",), "number")
    yield _column("requested_date", "schedule", ("requested",), "date")
    yield from _party("deliver_to", "schedule", "ship_to")
    yield from _repeated("line", "taxes", _taxes("tax"))
    yield from _repeated("line", "allowances_charges", _adjustment("line_adjustment"))
    yield from _repeated("line", "accounts", {
        "cost_center": (("cost_center",), "text"), "gl_account": (("gl_account",), "text"),
        "account_project": (("project",), "text"), "account_percent": (("percent",), "number"),
    })  # fmt: skip
    for kind, name in REFERENCES.items():
        yield _column(f"line_{name}", "line", ("references", kind))
    yield from _repeated(
        "line", "notes", {"line_note": (("text",), "text"), "line_note_subject": (("subject",), "text")}
    )


COLUMNS: tuple[Column, ...] = (*_order(), *_line())
"""Every column, in the order in which they are written; a written table has those that its order needs."""

BY_NAME = {column.name: column for column in COLUMNS}

_BY_HEADING = {alias: column for column in COLUMNS for alias in (column.name, *column.aliases)}


def column_for(heading: str) -> Column | None:
    """The column a heading means: case, blanks and punctuation do not matter ("PO-Number", "po number")."""
    return _BY_HEADING.get(re.sub(r"[\W_]+", "_", heading.strip().lower()).strip("_"))
