"""Order (Peppol T01)."""

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.money import line_amount
from orderwire.document.order import Line, Order
from orderwire.formats.ubl.delivery import read_day
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.frame import insert_notes, is_test, last_of, report, start
from orderwire.formats.ubl.head import (
    currency_of,
    kind_of,
    put_commerce,
    put_references,
    put_validity,
    read_head,
    read_references,
)
from orderwire.formats.ubl.lines import LineReader, put_line
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.references import Additional, Sorted
from orderwire.formats.ubl.rest import remark
from orderwire.formats.ubl.tables import ORDER_KINDS, RELEASE, REVISION
from orderwire.formats.ubl.totals import compare_totals, put_totals
from orderwire.formats.ubl.tree import Element, date, every, first, label, put
from orderwire.formats.xml import Faults


def build(order: Order, fit: Fit) -> Element:
    """The Order of an order."""
    refs = Sorted(order.references, fit)
    sales = next((item.number for item in refs.take("sales_order", bare=True)), None)
    root = start("Order", order.number, order.issued, fit, test=order.test, sales_order=sales)
    put(root, "cbc:OrderTypeCode", ORDER_KINDS[order.kind])
    notes_behind = last_of(root)
    put_validity(root, order, refs, fit)
    facts = [(REVISION, order.revision if order.revision > 1 else None), (RELEASE, order.release_number)]
    put_references(root, order, refs, facts, fit, order=True)
    lines_total = sum((line_amount(line, order.currency) for line in order.lines), start=0 * order.lines[0].price)
    put_commerce(root, order, lines_total, fit)
    put_totals(root, order, fit)
    for line in order.lines:
        put_line(root, line, fit)
    insert_notes(notes_behind, order.notes, fit)
    return root


def mark_copy(root: Element) -> None:
    """Say that the partner has this order already: it is no second one."""
    behind = first(root, "cbc:SalesOrderID")
    behind = first(root, "cbc:ID") if behind is None else behind
    mark = put(root, "cbc:CopyIndicator", "true")
    assert behind is not None and mark is not None
    behind.addnext(mark)


def read(root: Element, profile: UblProfile, faults: Faults) -> Order | None:
    """The order; None where an error was reported."""
    additional = Additional(root, faults)
    currency = currency_of(root, profile)
    kind = kind_of(label(root, "cbc:OrderTypeCode"), root, faults)
    head = read_head(root, additional, currency, faults)
    references = read_references(root, additional, kind, faults)
    if kind == "release" and not any(item.kind in ("blanket", "contract") for item in references):
        faults.warning(
            "release", root, "is a call-off that names no blanket order or contract; read as a standard order"
        )
        kind = "standard"
    default = read_day(first(root, "cac:Delivery"), "Requested", faults)
    lines: list[Line] = []
    elements = every(root, "cac:OrderLine")
    for count, element in enumerate(elements, 1):
        if faults.full:
            return None
        line = LineReader(element, count, currency or "", profile, faults).line(default)
        if line is not None:
            lines.append(line)
    values = {
        **head, "kind": kind, "references": references, "number": label(root, "cbc:ID"),
        "issued": date(root, "cbc:IssueDate", faults), "revision": additional.fact(REVISION, 99999) or 1,
        "release_number": additional.facts.get(RELEASE), "test": is_test(root, profile), "lines": tuple(lines),
    }  # fmt: skip
    if len(lines) < len(elements):
        return None
    try:
        order = Order.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as failure:
        report([(p.code, p.where, p.text) for p in from_validation(failure)], root, faults)
        return None
    compare_totals(root, order, faults)
    remark(root, faults)
    return order
