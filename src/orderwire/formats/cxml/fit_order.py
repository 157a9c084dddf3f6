"""Order, change and cancellation as an OrderRequest carries them, with a finding for everything that it cannot."""

from collections.abc import Iterable
from typing import Any

from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Order, OrderHead
from orderwire.document.order_change import LineAction, LineChange, OrderChange
from orderwire.document.terms import Note
from orderwire.formats.cxml.fit import CxmlFit
from orderwire.formats.cxml.fit_line import fitted_line
from orderwire.formats.cxml.money import fitted_allowances
from orderwire.formats.cxml.references import slots
from orderwire.formats.cxml.terms import REASON, fitted_payment, fitted_reference
from orderwire.formats.cxml.write_item import Lines


def fitted_order(order: Order, fit: CxmlFit) -> Order:
    """The order that comes back when the OrderRequest is read."""
    update, shared = _head(order, fit)
    update["lines"] = tuple(fitted_line(line, shared, fit) for line in order.lines)
    if fit.profile.deployment == "test":
        update["test"] = True
    return order.model_copy(update=_noted(update, order.notes, fit))


def fitted_change(change: OrderChange, fit: CxmlFit) -> OrderChange:
    """The change that comes back when the update is read: always the whole order."""
    if change.form == "delta":
        text = "cXML has no change of single lines: an update is the whole order; write the change in its full form"
        fit.stop("form", "whole-order-only", text)
    if change.head is None:
        text = "an update states the whole order; give the change with its header (head)"
        fit.stop("head", "missing", text)
        return change
    update, shared = _head(change.head, fit)
    lines = tuple(_changed(item, shared, fit) for item in change.lines)
    if fit.profile.deleted_lines == "omit" and any(item.action is LineAction.DELETED for item in lines):
        fit.remark("lines", "deleted lines are left out of the update, as this partner wants it")
        lines = tuple(item for item in lines if item.action is not LineAction.DELETED)
    if not lines:
        fit.stop("lines", "missing", "an update with no line left is a cancellation; send that")
    notes, said = update.pop("notes", change.head.notes), change.reason
    if said is None and notes and notes[0].subject == REASON:
        fit.remark("reason", f"the first note has the subject {REASON} and is read back as the reason")
        said, notes = notes[0].text, notes[1:]
    if change.code not in (None, "update"):
        fit.remark("code", "the type of the OrderRequest is update")
    head = change.head.model_copy(update=_noted(update, notes, fit))
    test = change.test or fit.profile.deployment == "test"
    return change.model_copy(update={"head": head, "lines": lines, "reason": said, "code": "update", "test": test})


def fitted_cancellation(document: Cancellation, fit: CxmlFit) -> Cancellation:
    """The cancellation that comes back when the delete is read."""
    fit.needs(document.order_issued, "order_issued", "the day of the order (orderDate)")
    if document.code not in (None, "delete"):
        fit.remark("code", "the type of the OrderRequest is delete")
    return document.model_copy(update={
        "buyer": fit.party(document.buyer, "buyer"), "supplier": fit.party(document.supplier, "supplier"),
        "currency": document.currency or fit.profile.default_currency, "code": "delete",
        "test": document.test or fit.profile.deployment == "test",
    })  # fmt: skip


def _noted(update: dict[str, Any], notes: Iterable[Note], fit: CxmlFit) -> dict[str, Any]:
    return {**update, "notes": (*notes, *fit.notes())}


def _head(head: OrderHead, fit: CxmlFit) -> tuple[dict[str, Any], Lines]:
    update: dict[str, Any] = {role: fit.party(getattr(head, role), role) for role in ("buyer", "supplier", "ship_to")}
    bill_to = fit.party(head.bill_to, "bill_to")
    if bill_to is not None and bill_to == update["buyer"]:
        fit.remark("bill_to", "is the buyer, which is said by leaving it out")
        bill_to = None
    update["bill_to"] = bill_to
    if head.kind == "blanket" and head.valid_from is None:
        update["valid_from"] = min(head.issued, head.valid_to or head.issued)
        fit.remark("valid_from", "cXML demands the first day of a blanket order; the day of its issue is written")
    update["payment_terms"] = fitted_payment(head.payment_terms, fit)
    if head.attachments:
        names = ", ".join(item.filename for item in head.attachments)
        text = f"an OrderRequest carries no files; send {names[:200]} beside it"
        fit.lose("attachments", text, said=f"Sent beside this order: {names}")
        update["attachments"] = ()
    items = tuple(fitted_reference(r, "references", fit) for r in head.references)
    placed = slots(items, head.kind)
    update["references"] = (*placed.first, *placed.rest)
    update["allowances_charges"] = fitted_allowances(head.allowances_charges, "allowances_charges", fit)
    return update, Lines(head.currency, head.kind == "blanket", placed.requisition is not None, fit.profile)


def _changed(item: LineChange, shared: Lines, fit: CxmlFit) -> LineChange:
    where = f"lines[{item.number}]"
    update: dict[str, Any] = {"part": None, "code": None}
    if item.part is not None and item.action is not LineAction.DELETED:
        fit.stop(where, "part-of-line", "an update states each line whole; give the line and not only what differs")
    if item.line is None and item.part is None and item.action is not LineAction.DELETED:
        fit.stop(where, "missing", "an update states each line whole; give the line")
    if item.line is None:
        fit.line_number(item.number, f"{where}.number")
        return item.model_copy(update=update)
    line, said = fitted_line(item.line, shared, fit), item.reason
    if said is None and line.notes and line.notes[0].subject == REASON:
        fit.remark(f"{where}.reason", f"the first note has the subject {REASON} and is read back as the reason")
        said, line = line.notes[0].text, line.model_copy(update={"notes": line.notes[1:]})
    return item.model_copy(update={**update, "line": line, "reason": said})
