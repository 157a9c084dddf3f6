"""What people write in the cells that hold a choice, and what it means."""

from collections.abc import Mapping

from orderwire.document.order_change import LineAction
from orderwire.document.response import HeaderStatus, LineStatus

_YES = ("accept", "ok", "okay", "yes", "y", "true", "confirm", "confirmed", "agree", "agreed", "as_ordered", "ia")
_NO = (
    "reject", "no", "n", "false", "decline", "declined", "refuse", "refused", "cancel", "cancelled", "canceled",
    "not_available", "unavailable", "discontinued", "ir",
)  # fmt: skip
_OTHERWISE = (
    "change", "modified", "revised", "amended", "partial", "partly", "partially_confirmed", "accept_with_changes",
    "accepted_with_change", "confirmed_with_changes", "with_changes",
)  # fmt: skip
_LATER = ("open", "in_process", "in_progress", "undecided", "tbd", "waiting", "hold", "on_hold")


def _means(choices: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {word: ours for ours, words in choices.items() for word in (ours, *words)}


LINE_STATUS = _means({
    LineStatus.ACCEPTED: _YES,
    LineStatus.CHANGED: (*_OTHERWISE, HeaderStatus.ACCEPTED_WITH_CHANGES),
    LineStatus.BACKORDERED: ("backorder", "back_order", "back_ordered", "on_backorder", "bo", "ib"),
    LineStatus.SUBSTITUTED: ("substitute", "substitution", "replaced", "replacement", "alternative", "is"),
    LineStatus.PENDING: (*_LATER, HeaderStatus.RECEIVED),
    LineStatus.REJECTED: _NO,
    LineStatus.ADDED: ("add", "new"),
})  # fmt: skip
ANSWER_STATUS = _means({
    HeaderStatus.ACCEPTED: _YES,
    HeaderStatus.ACCEPTED_WITH_CHANGES: (*_OTHERWISE, LineStatus.CHANGED),
    HeaderStatus.RECEIVED: (*_LATER, LineStatus.PENDING, "acknowledged"),
    HeaderStatus.REJECTED: _NO,
})  # fmt: skip
LINE_ACTION = _means({
    LineAction.ADDED: ("add", "new", "insert"),
    LineAction.CHANGED: ("change", "update", "updated", "modified", "modify", "amended", "revised"),
    LineAction.DELETED: ("delete", "remove", "removed", "cancel", "cancelled", "canceled"),
    LineAction.UNCHANGED: ("same", "no_change", "none", "unaltered", "keep"),
})  # fmt: skip
CHANGE_FORM = _means(
    {"full": ("whole", "complete", "all_lines"), "delta": ("partial", "changed_lines", "changes_only")}
)
STATED = _means({"whole": ("full", "complete"), "part": ("partial",)})
ANSWERS = _means({"order": ("po", "purchase_order"), "change": ("order_change",), "cancellation": ("cancel",)})
INVOICE_KIND = _means({"invoice": ("bill", "debit"), "credit_note": ("credit", "credit_memo")})
DOCUMENTS = _means({
    "order": ("po", "purchase_order"),
    "change": ("order_change", "change_order", "po_change", "amendment"),
    "cancellation": ("order_cancellation", "cancel", "cancelation"),
    "answer": ("response", "order_response", "acknowledgment", "acknowledgement", "confirmation", "order_confirmation"),
    "ship notice": ("asn", "shipping_notice", "advance_ship_notice", "despatch_advice", "delivery_note", "ship_notice"),
    "receipt": ("goods_receipt", "receiving_advice", "grn"),
    "invoice": ("bill", "credit_note", "credit_memo"),
})  # fmt: skip
