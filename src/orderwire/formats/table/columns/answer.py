"""The columns of a supplier's answer: a row an answered part of a line, as a person fills it in beside the order."""

from collections.abc import Iterator

from orderwire.document.response import Response
from orderwire.document.states import DocumentType
from orderwire.formats.table.columns.column import DOCUMENT, Column, Form, aliased, party
from orderwire.formats.table.columns.order import ALIASES
from orderwire.formats.table.columns.words import ANSWER_STATUS, ANSWERS, LINE_STATUS

_ALIASES = {
    **{name: ALIASES[name] for name in (
        "order_number", "currency", "supplier_name", "supplier_buyer_id", "line_number", "unit", "price_basis",
        "buyer_part",
        "supplier_part", "gtin",
    )},
    "revision": ("version", "order_revision"),
    "answer_number": (
        "confirmation_number", "acknowledgment_number", "acknowledgement_number", "response_number", "confirmation_no",
    ),
    "answer_status": ("header_status", "order_status", "overall_status"),
    "answer_date": ("confirmation_date", "acknowledgment_date", "acknowledgement_date", "date_confirmed"),
    "answer_charge": ("charge", "cancellation_charge", "cancellation_fee", "change_fee"),
    "answer_reason": ("header_reason",),
    "supplier_order_number": ("sales_order", "sales_order_number", "so_number", "supplier_reference", "our_reference"),
    "contact": ("contact_name", "contact_person", "confirmed_by"),
    "line_status": ("confirmation_status", "item_status", "response", "confirmed", "accepted"),
    "confirmed_quantity": (
        "confirmed_qty", "qty_confirmed", "quantity_confirmed", "accepted_quantity", "accepted_qty",
        "promised_quantity", "promised_qty", "committed_quantity", "committed_qty",
    ),
    "confirmed_price": ("confirmed_unit_price", "price_confirmed", "accepted_price", "new_price"),
    "promised_date": (
        "promise_date", "confirmed_date", "confirmed_delivery_date", "confirmed_delivery", "committed_date",
        "commit_date", "promised", "promised_delivery_date", "new_delivery_date",
    ),
    "ship_date": ("shipping_date", "ships", "ship_by", "estimated_ship_date", "expected_ship_date", "dispatch_date"),
    "substitute_part": ("substitute", "replacement_part", "alternative_part", "substitution"),
    "line_reason": ("reason", "rejection_reason", "reason_for_change"),
    "backordered_quantity": (
        "backorder", "backordered", "back_order", "backorder_qty", "backorder_quantity", "backordered_qty",
    ),
    "backordered_date": ("backorder_date", "backorder_promise_date"),
}  # fmt: skip
_WEAK = {
    "answer_date": ("date",),
    "line_status": ("status",),
    "confirmed_quantity": ("quantity", "qty"),
    "confirmed_price": ("price", "unit_price", "net_price"),
    "promised_date": ("delivery_date", "eta"),
    "line_reason": ("comment", "comments", "remark", "remarks", "note", "notes"),
}


def _columns() -> Iterator[Column]:
    yield Column("order_number", "header", ("order_number",))
    yield Column("release_number", "header", ("release_number",))
    yield Column("revision", "header", ("revision",), "number")
    yield Column("answer_status", "header", ("status",), words=ANSWER_STATUS, original="answer_code")
    yield Column("answer_code", "header", ("code",))
    yield Column("answer_to", "header", ("answers",), words=ANSWERS)
    yield Column("change_number", "header", ("change_number",))
    yield Column("change_sequence", "header", ("sequence",), "number")
    yield Column("answer_number", "header", ("number",))
    yield Column("answer_date", "header", ("answered",), "date")
    yield Column("supplier_order_number", "header", ("supplier_order_number",))
    yield Column("currency", "header", ("currency",))
    yield Column("answer_charge", "header", ("charge",), "number")
    yield Column("answer_reason", "header", ("reason",))
    yield Column("contact", "header", ("contact",))
    yield Column("test", "header", ("test",))
    yield from party("supplier", "header", "supplier")
    yield Column("line_number", "line", ("number",))
    for field in ("buyer_part", "supplier_part", "gtin"):
        yield Column(field, "line", (field,))
    yield Column("line_status", "line", ("status",), words=LINE_STATUS, original="line_code")
    yield Column("line_code", "line", ("code",))
    yield Column("confirmed_quantity", "line", ("quantity",), "number")
    yield Column("unit", "line", ("unit",))
    yield Column("confirmed_price", "line", ("price",), "number")
    yield Column("price_basis", "line", ("price_basis",), "number")
    yield Column("promised_date", "line", ("promised",), "date")
    yield Column("ship_date", "line", ("ships",), "date")
    yield Column("substitute_part", "line", ("substitute_part",))
    yield Column("line_reason", "line", ("reason",))
    yield Column("backordered_quantity", "line", ("backordered", "quantity"), "number")
    yield Column("backordered_date", "line", ("backordered", "promised"), "date")


ANSWER = Form(
    document=DocumentType.RESPONSE,
    model=Response,
    word="answer",
    title="Answers",
    about="One row is the answer to one part of one line: a line that is promised for two days has two rows. "
    "`line_status` is accepted, changed, backordered, substituted, pending, rejected or added; OK, yes, confirmed, no "
    "and the like are understood and kept in `line_code`. A row of `line_status` without a line answers the whole "
    "order. What is left empty is as ordered. In a table without `line_status` a row that names its line "
    "counts as accepted with the quantity, price and date that it confirms, unless that quantity is 0; an "
    "answer without `answer_status` takes it from its lines. "
    "`answer_charge` is what the supplier asks for agreeing, for example to a cancellation. "
    "`backordered_quantity` adds the rest of a line on backorder.",
    columns=(DOCUMENT, *aliased(_columns(), _ALIASES, _WEAK)),
    key="order_number",
    needs=(
        ("order_number",),
        ("answer_status", "line_status", "confirmed_quantity", "promised_date", "backordered_quantity"),
    ),
    tells=frozenset({
        "answer_status", "line_status", "confirmed_quantity", "confirmed_price", "promised_date", "substitute_part",
        "answer_number", "backordered_quantity", "answer_to",
    }),
    alone=frozenset({"line_status"}),
)  # fmt: skip
