"""The columns of ship notices, receipts and invoices: a row a line."""

from collections.abc import Iterator

from orderwire.document.fulfillment import Invoice, Receipt, ShipNotice
from orderwire.document.states import DocumentType
from orderwire.formats.table.columns.column import DOCUMENT, Column, Form, aliased, party, repeated
from orderwire.formats.table.columns.order import ALIASES
from orderwire.formats.table.columns.words import INVOICE_KIND

_ASN = (
    "ship_notice", "asn", "asn_number", "asn_no", "delivery_note", "delivery_note_number", "despatch_number",
    "dispatch_number", "shipment_number", "shipment", "packing_slip",
)  # fmt: skip
_SHARED = {name: ALIASES[name] for name in (
    "order_number", "currency", "buyer_name", "supplier_name", "supplier_buyer_id", "ship_to_name", "line_number",
    "buyer_part", "supplier_part", "gtin", "description", "unit", "price_basis",
)}  # fmt: skip
_QUANTITY = ("quantity", "qty")
_DATE = ("date", "issued", "issue_date")

TRACKING = 3
"""How many tracking numbers have a column."""


def _order() -> Iterator[Column]:
    yield Column("order_number", "header", ("order_number",), on_line="line_order_number")
    yield Column("release_number", "header", ("release_number",), on_line="line_release_number")


def _line() -> Iterator[Column]:
    yield Column("line_order_number", "line", ("order_number",))
    yield Column("line_release_number", "line", ("release_number",))
    yield Column("line_number", "line", ("number",))
    for field in ("buyer_part", "supplier_part", "gtin", "description"):
        yield Column(field, "line", (field,))


def _ship_notice() -> Iterator[Column]:
    yield Column("ship_notice_number", "header", ("number",))
    yield from _order()
    yield Column("ship_notice_date", "header", ("issued",), "date")
    yield Column("ship_date", "header", ("shipped",), "date")
    yield Column("expected_date", "header", ("expected",), "date")
    yield Column("carrier", "header", ("carrier",))
    yield from repeated(TRACKING, "header", "tracking", {"tracking": ((), "text")})
    yield Column("packages", "header", ("packages",), "number")
    yield Column("ship_notice_code", "header", ("code",))
    yield Column("test", "header", ("test",))
    for name in ("supplier", "buyer", "ship_to"):
        yield from party(name, "header", name)
    yield from _line()
    yield Column("shipped_quantity", "line", ("quantity",), "number")
    yield Column("unit", "line", ("unit",))
    yield Column("ordered_quantity", "line", ("ordered",), "number")
    yield Column("open_quantity", "line", ("open",), "number")
    yield Column("lot", "line", ("lot",))
    yield Column("country_of_origin", "line", ("country_of_origin",))


def _receipt() -> Iterator[Column]:
    yield Column("receipt_number", "header", ("number",))
    yield from _order()
    yield Column("ship_notice_number", "header", ("ship_notice",))
    yield Column("receipt_date", "header", ("issued",), "date")
    yield Column("received_date", "header", ("received",), "date")
    yield Column("receipt_code", "header", ("code",))
    yield Column("test", "header", ("test",))
    for name in ("supplier", "buyer", "ship_to"):
        yield from party(name, "header", name)
    yield from _line()
    yield Column("received_quantity", "line", ("received",), "number")
    yield Column("rejected_quantity", "line", ("rejected",), "number")
    yield Column("unit", "line", ("unit",))
    yield Column("line_reason", "line", ("reason",))
    yield Column("line_code", "line", ("code",))


def _invoice() -> Iterator[Column]:
    yield Column("invoice_number", "header", ("number",))
    yield Column("invoice_kind", "header", ("kind",), words=INVOICE_KIND)
    yield from _order()
    yield Column("invoice_date", "header", ("issued",), "date")
    yield Column("due_date", "header", ("due",), "date")
    yield Column("currency", "header", ("currency",))
    yield Column("net_total", "header", ("net",), "number")
    yield Column("tax_total", "header", ("tax",), "number")
    yield Column("invoice_total", "header", ("total",), "number")
    yield Column("invoice_code", "header", ("code",))
    yield Column("test", "header", ("test",))
    for name in ("supplier", "buyer"):
        yield from party(name, "header", name)
    yield from _line()
    yield Column("invoiced_quantity", "line", ("quantity",), "number")
    yield Column("unit", "line", ("unit",))
    yield Column("price", "line", ("price",), "number")
    yield Column("price_basis", "line", ("price_basis",), "number")
    yield Column("line_amount", "line", ("amount",), "number")


SHIP_NOTICE = Form(
    document=DocumentType.SHIP_NOTICE,
    model=ShipNotice,
    word="ship notice",
    title="Ship notices",
    about="One row is one line of a shipment. Rows with the same `ship_notice_number` are one notice; "
    "where its rows are of several orders, each row names its own.",
    columns=(DOCUMENT, *aliased(_ship_notice(), _SHARED | {
        "ship_notice_number": _ASN,
        "ship_date": ("shipped", "shipped_date", "shipping_date", "dispatch_date", "despatch_date"),
        "expected_date": ("eta", "arrival_date", "expected_delivery", "estimated_delivery", "expected_delivery_date"),
        "carrier": ("forwarder", "shipped_by"),
        "tracking": ("tracking_number", "tracking_no", "waybill", "awb", "pro_number"),
        "packages": ("package_count", "cartons", "parcels", "pallets"),
        "shipped_quantity": ("shipped_qty", "qty_shipped", "quantity_shipped"),
        "ordered_quantity": ("ordered_qty", "qty_ordered", "order_quantity", "quantity_ordered"),
        "open_quantity": ("open_qty", "backordered_quantity", "backorder", "backorder_qty", "remaining", "balance"),
        "lot": ("lot_number", "batch", "batch_number"),
        "country_of_origin": ("origin", "coo"),
    }, {"shipped_quantity": _QUANTITY, "ship_notice_date": _DATE, "expected_date": ("delivery_date",)})),
    key="ship_notice_number",
    needs=(("ship_notice_number",),),
    tells=frozenset({"ship_notice_number", "shipped_quantity", "tracking"}),
)  # fmt: skip

RECEIPT = Form(
    document=DocumentType.RECEIPT,
    model=Receipt,
    word="receipt",
    title="Receipts",
    about="One row is one line of what arrived. Rows with the same `receipt_number` are one receipt.",
    columns=(DOCUMENT, *aliased(_receipt(), _SHARED | {
        "receipt_number": ("receipt", "receipt_no", "goods_receipt", "goods_receipt_number", "grn", "grn_number"),
        "ship_notice_number": _ASN,
        "receipt_date": ("posting_date",),
        "received_date": ("received_on", "date_received", "arrival_date"),
        "received_quantity": ("received_qty", "received", "qty_received", "quantity_received"),
        "rejected_quantity": ("rejected_qty", "rejected", "qty_rejected", "damaged", "refused_quantity"),
        "line_reason": ("reason", "rejection_reason"),
    }, {
        "received_quantity": _QUANTITY, "receipt_date": _DATE,
        "line_reason": ("comment", "comments", "remark", "remarks", "note", "notes"),
    })),
    key="receipt_number",
    needs=(("receipt_number",),),
    tells=frozenset({"receipt_number", "received_quantity", "rejected_quantity", "received_date"}),
)  # fmt: skip

INVOICE = Form(
    document=DocumentType.INVOICE,
    model=Invoice,
    word="invoice",
    title="Invoices",
    about="One row is one line that is charged. Rows with the same `invoice_number` are one invoice or credit note.",
    columns=(DOCUMENT, *aliased(_invoice(), _SHARED | {
        "invoice_number": ("invoice", "invoice_no", "bill_number", "credit_note_number"),
        "invoice_date": ("billing_date",),
        "due_date": ("payment_due", "due", "pay_by"),
        "net_total": ("net", "net_amount", "subtotal"),
        "tax_total": ("tax", "tax_amount", "vat", "vat_amount"),
        "invoice_total": ("total", "total_amount", "gross", "gross_amount", "amount_due"),
        "invoiced_quantity": ("invoiced_qty", "billed_quantity", "billed_qty", "qty_invoiced"),
        "price": ALIASES["price"],
        "line_amount": ("amount", "line_total", "extended_price"),
    }, {"invoiced_quantity": _QUANTITY, "invoice_date": _DATE})),
    key="invoice_number",
    needs=(("invoice_number",),),
    tells=frozenset({"invoice_number", "invoiced_quantity", "invoice_date"}),
)  # fmt: skip
