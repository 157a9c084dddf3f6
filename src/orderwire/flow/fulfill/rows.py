"""The lines of a ship notice or a receipt as rows: each finds its order and its line there, or says why it does not."""

from collections.abc import Iterator
from typing import Literal

from orderwire.document.find_line import PARTS, LineIndex
from orderwire.document.finding import Finding, warning
from orderwire.document.fulfillment import ReceivedLine, ShippedLine
from orderwire.document.goods import Moved, why_not
from orderwire.document.order import Line
from orderwire.document.order import Order as Document
from orderwire.flow.fulfill.named import Content, Named, order_of
from orderwire.records import GoodsDocument, GoodsLine, Order, Revision

_Said = ShippedLine | ReceivedLine


def write(document: GoodsDocument, content: Content, named: Named) -> Iterator[Finding]:
    """Write the rows that a document does not have yet, and say what a person should know of each.

    A document without lines gets one row for its order that counts nothing.
    """
    books = {number: _Book(order) for number, order in named.ours.items()}
    taken = set(document.lines.values_list("position", flat=True))
    said: list[_Said | None] = [*content.lines] or [None]
    rows = []
    for position, line in enumerate(said, 1):
        if position in taken:
            continue
        number = order_of(content, line) or ""
        book = books.get(number)
        row = _row(position, line, book, named.wrong.get(number))
        row.document = document
        rows.append(row)
        if row.problem and book is not None:
            yield warning("line" if row.line else "unknown-line", f"{content.number} line {position}", row.problem)
    GoodsLine.objects.bulk_create(rows)


class _Book:
    """The versions of an order, to find a line in."""

    def __init__(self, order: Order):
        self.order = order
        self._versions = list(Revision.objects.filter(order=order).order_by("-number").only("number", "content"))
        self._indexes: dict[int, LineIndex] = {}

    def find(self, said: _Said) -> tuple[Line, int] | None:
        """The line in the newest version that has it, and the number of that version."""
        for version in self._versions:
            if version.number not in self._indexes:
                lines = Document.model_validate_json(bytes(version.content)).lines
                self._indexes[version.number] = LineIndex(lines)
            line = self._indexes[version.number].find_goods(
                said.number, ((name, getattr(said, name)) for name in PARTS)
            )
            if line is not None:
                return line, version.number
        return None


def _row(position: int, said: _Said | None, book: _Book | None, wrong: str | None) -> GoodsLine:
    row = GoodsLine(position=position, order=book.order if book else None, quantity=0)
    if said is None:
        row.problem = "No line is named, so nothing is counted."
        return row
    kind: Literal["shipped", "received"] = "shipped"
    if isinstance(said, ShippedLine):
        row.quantity = said.quantity
    else:
        kind, row.quantity, row.rejected = "received", said.received, said.rejected or row.rejected
    unit = said.unit or ""
    row.unit = unit if len(unit) <= 3 else "?"
    if book is None:
        row.problem = f"It names an order {wrong}." if wrong else "It names no order that is here."
        return row
    found = book.find(said)
    if found is None:
        name = said.number or said.supplier_part or said.buyer_part or said.gtin or "without a name"
        row.problem = f"Order {book.order.number} has no line {name}; nothing is counted."
        return row
    line, version = found
    row.line = line.number
    row.problem = why_not(line, Moved(kind, f"Line {position}", row.quantity, unit, row.rejected)) or ""
    if not row.problem and version < book.order.revision:
        row.problem = f"Version {version} had line {line.number}, version {book.order.revision} has not."
    return row
