"""The columns of an order change, which are those of an order and what becomes of each line, and of a cancellation."""

from collections.abc import Iterator
from dataclasses import replace

from orderwire.document.cancellation import Cancellation
from orderwire.document.order import OrderHead
from orderwire.document.order_change import OrderChange
from orderwire.document.states import DocumentType
from orderwire.formats.table.columns.column import DOCUMENT, Column, Form, aliased, party
from orderwire.formats.table.columns.order import ALIASES, ORDER
from orderwire.formats.table.columns.words import CHANGE_FORM, LINE_ACTION, STATED

_ALIASES = {
    "order_number": ALIASES["order_number"],
    "revision": ALIASES["revision"],
    "change_number": ("change_order_number", "amendment_number", "change_no"),
    "change_sequence": ("sequence",),
    "change_date": ("amendment_date",),
    "change_reason": ("reason_for_change",),
    "change_form": ("form",),
    "cancellation_number": ("cancellation_no", "cancelation_number"),
    "cancellation_sequence": ("sequence",),
    "cancellation_date": ("cancelled_on", "canceled_on", "cancel_date"),
    "cancellation_reason": ("cancel_reason", "reason_for_cancellation"),
    "order_date": ("po_date",),
    "currency": ALIASES["currency"],
    "buyer_name": ALIASES["buyer_name"],
    "supplier_name": ALIASES["supplier_name"],
    "supplier_buyer_id": ALIASES["supplier_buyer_id"],
}


def _change() -> Iterator[Column]:
    yield Column("order_number", "header", ("order_number",))
    yield Column("release_number", "header", ("release_number",))
    yield Column("revision", "header", ("revision",), "number")
    yield Column("change_form", "header", ("form",), words=CHANGE_FORM)
    yield Column("change_number", "header", ("number",))
    yield Column("change_sequence", "header", ("sequence",), "number")
    yield Column("change_date", "header", ("issued",), "date")
    yield Column("change_reason", "header", ("reason",))
    yield Column("change_confirms", "header", ("confirms",))
    yield Column("change_code", "header", ("code",))
    yield Column("header_stated", "header", ("stated",), words=STATED)
    yield Column("test", "header", ("test",))


def _of_an_order() -> Iterator[Column]:
    """The columns of an order for the header as it now stands, and for the line."""
    for column in ORDER.columns:
        if column.level == "header" and column.path[0] in OrderHead.model_fields:
            yield replace(column, path=("head", *column.path))
        elif column.name == "line_number":
            yield column
            yield _ACTION
            yield Column("line_stated", "line", ("stated",), words=STATED)
            yield Column("line_reason", "line", ("reason",), aliases=("reason",))
            yield Column("line_code", "line", ("code",))
        elif column.level in ("line", "schedule"):
            yield column


_ACTION = Column(
    "line_action", "line", ("action",), aliases=("action", "line_change", "change_type"), words=LINE_ACTION,
    original="line_code",
)  # fmt: skip

CHANGE = Form(
    document=DocumentType.CHANGE,
    model=OrderChange,
    word="change",
    title="Order changes",
    about="One row is one schedule line of a line as it now stands, or a line of which only what differs is filled in. "
    "`line_action` is added, changed, deleted or unchanged. `change_form` is full where every line that the order "
    "still has is stated, delta (so without it) where only lines that differ are. The header of the order is "
    "stated whole where `order_date`, `currency`, `buyer_name` and `supplier_name` are all filled in; else what is "
    "filled in besides them changes and all other stays. `change_confirms` is true where the change only takes up what "
    "the supplier's answer proposed.",
    columns=(DOCUMENT, *aliased(_change(), _ALIASES), *_of_an_order()),
    key="order_number",
    needs=(("order_number",),),
    tells=frozenset({"line_action", "change_number", "change_form", "change_reason"}),
    grouped=True,
)


def _cancellation() -> Iterator[Column]:
    yield Column("order_number", "header", ("order_number",))
    yield Column("release_number", "header", ("release_number",))
    yield Column("revision", "header", ("revision",), "number")
    yield Column("cancellation_number", "header", ("number",))
    yield Column("cancellation_sequence", "header", ("sequence",), "number")
    yield Column("cancellation_date", "header", ("issued",), "date")
    yield Column("cancellation_reason", "header", ("reason",))
    yield Column("cancellation_code", "header", ("code",))
    yield Column("order_date", "header", ("order_issued",), "date")
    yield Column("currency", "header", ("currency",))
    yield Column("test", "header", ("test",))
    yield from party("buyer", "header", "buyer")
    yield from party("supplier", "header", "supplier")


CANCELLATION = Form(
    document=DocumentType.CANCELLATION,
    model=Cancellation,
    word="cancellation",
    title="Cancellations",
    about="One row is the cancellation of one whole order. A line is cancelled by a change that deletes it.",
    columns=(DOCUMENT, *aliased(_cancellation(), _ALIASES, {"cancellation_reason": ("reason",)})),
    key="order_number",
    needs=(("order_number",),),
    tells=frozenset({"cancellation_number", "cancellation_date", "cancellation_reason"}),
)
