"""Reads the OrderRequest: an order (new), a change (update) or a cancellation (delete)."""

from decimal import Decimal
from typing import Any

from orderwire.document.base import plain
from orderwire.document.cancellation import Cancellation
from orderwire.document.money import totals
from orderwire.document.order import CURRENCIES, Line, Order, OrderHead
from orderwire.document.order_change import LineAction, LineChange, OrderChange
from orderwire.document.states import DocumentType
from orderwire.document.terms import Note, Reference
from orderwire.formats.cxml.header import Envelope
from orderwire.formats.cxml.money import read_modifications, read_shipping
from orderwire.formats.cxml.parties import read_party
from orderwire.formats.cxml.read_item import ItemReader
from orderwire.formats.cxml.references import read_references
from orderwire.formats.cxml.sides import Sides
from orderwire.formats.cxml.tables import ORDER_KINDS, ORDER_TYPES
from orderwire.formats.cxml.terms import joined, read_comments, read_delivery, read_payment, take_reason
from orderwire.formats.cxml.tree import Element, Reading, extrinsics
from orderwire.formats.cxml.write_item import LINE_ACTION
from orderwire.formats.xml import text_of

_HEADER = frozenset({
    "Total", "ShipTo", "BillTo", "BusinessPartner", "Shipping", "Tax", "PaymentTerm", "Contact", "Comments",
    "DocumentReference", "SupplierOrderInfo", "TermsOfDelivery", "IdReference", "Extrinsic",
})  # fmt: skip
_EXTRINSICS = {
    "releasenumber": "release_number", "changenumber": "number", "changesequence": "sequence", "changedate": "issued",
    "confirms": "confirms",
}  # fmt: skip
_TYPES = {"new": DocumentType.ORDER, "update": DocumentType.CHANGE, "delete": DocumentType.CANCELLATION}


class OrderReader:
    """One OrderRequest. `type` is what it turned out to be, `number` what could be made out."""

    def __init__(self, request: Element, envelope: Envelope, reading: Reading):
        self.request, self.envelope, self.reading = request, envelope, reading
        found = request.find("OrderRequestHeader")
        self.header = found if found is not None else request
        operation = (self.header.get("type") or "new").strip()
        self.total: Decimal | None = None
        self.type = _TYPES.get(operation, DocumentType.UNKNOWN)
        self.number = reading.attribute(self.header, "orderID")
        if found is None:
            reading.error("header-missing", request, "has no OrderRequestHeader; nothing says which order this is")
        elif self.number is None:
            reading.error("number-missing", found, "has no orderID, the number of the order; add it")
        if self.type is DocumentType.UNKNOWN:
            reading.error("order-type", self.header, f"type {operation[:40]!r} is not new, update or delete")

    def document(self) -> Order | OrderChange | Cancellation | None:
        """What the request says; None where an error leaves nothing to show."""
        if self.number is None or self.type is DocumentType.UNKNOWN:
            return None
        said = self._said()
        if self.type is DocumentType.CANCELLATION:
            return self._cancellation(said)
        fields, notes = self._head()
        if fields is None:
            return None
        if self.type is DocumentType.ORDER:
            return self._order(fields, notes, said)
        reason = take_reason(notes)
        head = self.reading.make(OrderHead, self.header, {**fields, "notes": tuple(notes)})
        return self._change(head, reason, said) if head else None

    def _order(self, head: dict[str, Any], notes: list[Note], said: dict[str, Any]) -> Order | None:
        lines = [line for _, line, _ in self._lines(head)]
        for name in ("number", "sequence", "issued", "confirms"):
            said.pop(name, None)
        if None in lines or not lines:
            return None
        whole = {**head, **said, "notes": notes, "lines": lines, "number": self.number, "test": self.envelope.test}
        order = self.reading.make(Order, self.header, whole)
        if order is not None:
            self._check_total(order)
        return order

    def _change(self, head: OrderHead, reason: str | None, said: dict[str, Any]) -> OrderChange | None:
        items = []
        for element, line, why in self._lines(head.__dict__, changes=True):
            number = line.number if line else self.reading.attribute(element, "lineNumber")
            action = self._action(element)
            if number is None or (line is None and action is not LineAction.DELETED):
                return None
            said_of = {"number": number, "action": action, "line": line, "reason": why}
            if item := self.reading.make(LineChange, element, said_of):
                items.append(item)
        return self.reading.make(OrderChange, self.header, {
            **said, "order_number": self.number, "form": "full",
            "confirms": "confirms" in said, "reason": reason, "code": "update", "head": head,
            "test": self.envelope.test, "lines": tuple(items),
        })  # fmt: skip

    def _cancellation(self, said: dict[str, Any]) -> Cancellation | None:
        reading, header = self.reading, self.header
        notes = read_comments(header, reading)
        reason = take_reason(notes) or joined(notes)
        said.pop("confirms", None)
        total, sides = header.find("Total"), Sides(header, self.envelope, reading)
        return reading.make(Cancellation, header, {
            **said, "order_number": self.number, "code": "delete", "reason": reason, "test": self.envelope.test,
            "order_issued": reading.date(header.get("orderDate"), header, "orderDate"),
            "buyer": read_party(header.find("BillTo"), reading), "supplier": sides.supplier(),
            "currency": reading.money(total, "Total")[1],
        })  # fmt: skip

    def _said(self) -> dict[str, Any]:
        """What Extrinsics and the version say of the document."""
        reading, header = self.reading, self.header
        said: dict[str, Any] = {}
        for name, element in extrinsics(header).items():
            field, value = _EXTRINSICS.get(name), reading.label(element)
            if field and value:
                said[field] = value
            elif value:
                reading.info(
                    "not-kept", element, f"Extrinsic {element.get('name')} says {value[:80]!r}; it is not kept"
                )
        version = reading.attribute(header, "orderVersion")
        if version and version.isascii() and version.isdigit() and 0 < int(version[:6]) <= 99999:
            said["revision"] = int(version)
        elif version:
            reading.warning("version", header, f"orderVersion {version[:20]!r} is not a number from 1; it is left out")
        previous = header.find("DocumentReference")
        if previous is not None and (payload := reading.attribute(previous, "payloadID")):
            self.envelope.values["reference_payload"] = payload
        elif self.type is not DocumentType.ORDER:
            text = "does not name the OrderRequest that it follows (DocumentReference payloadID); the number must do"
            reading.warning("previous-payload", header, text)
        return said

    def _head(self) -> tuple[dict[str, Any] | None, list[Note]]:
        reading, header = self.reading, self.header
        total = header.find("Total")
        self.total, currency = reading.money(total, "Total")
        currency = currency or next(
            (code for e in self.request.iter("Money") if (code := (e.get("currency") or "").strip().upper())), None
        )
        if currency is None:
            currency = reading.profile.default_currency
            reading.warning("currency-assumed", header, f"no Money names a currency; {currency} is assumed")
        elif currency not in CURRENCIES:
            reading.error("currency", header, f"{currency[:10]!r} is not an ISO 4217 currency; correct it")
            return None, []
        issued = reading.date(header.get("orderDate"), header, "orderDate", needed=True)
        kind = self._kind()
        references = read_references(header, kind, reading)
        if kind == "release" and not any(r.kind in ("blanket", "contract") for r in references):
            kind = self._release(references)
        sides = Sides(header, self.envelope, reading)
        buyer, bill_to = sides.buyer()
        supplier = sides.supplier() or sides.known_as_supplier()
        if issued is None or buyer is None or supplier is None:
            return None, []
        reading.rest(header, _HEADER)
        return {
            "kind": kind, "issued": issued, "currency": currency, "buyer": buyer, "supplier": supplier,
            "valid_from": reading.date(header.get("effectiveDate"), header, "effectiveDate"),
            "valid_to": reading.date(header.get("expirationDate"), header, "expirationDate"),
            "ship_to": read_party(header.find("ShipTo"), reading), "bill_to": bill_to,
            "payment_terms": read_payment(header, reading), "incoterm": read_delivery(header, reading),
            "references": tuple(references),
            "allowances_charges": (
                *read_shipping(header.find("Shipping"), currency, reading),
                *read_modifications(total, currency, reading, scope=None),
            ),
        }, read_comments(header, reading)  # fmt: skip

    def _kind(self) -> str:
        said = (self.header.get("orderType") or "regular").strip()
        kind = ORDER_KINDS.get(said)
        if kind is None:
            self.reading.warning("order-type", self.header, f"orderType {said[:40]!r} is read as a regular order")
        elif said.startswith("stock"):
            self.reading.warning("order-type", self.header, f"orderType {said} ({ORDER_TYPES[said]}): look at it")
        return kind or "standard"

    def _release(self, references: list[Reference]) -> str:
        """A release without agreementID: its lines may name the agreement."""
        for path in ("ItemOut/MasterAgreementIDInfo", "ItemOut/MasterAgreementReference"):
            element = self.request.find(path)
            if element is not None and (number := self.reading.attribute(element, "agreementID")):
                references.append(Reference(kind="contract", number=number))
                return "release"
        text = "is a release that names no agreement (agreementID); read as a regular order"
        self.reading.warning("release", self.header, text)
        return "standard"

    def _lines(self, head: dict[str, Any], *, changes: bool = False) -> list[tuple[Element, Line | None, str | None]]:
        reading, header = self.reading, self.header
        requested = reading.date(header.get("requestedDeliveryDate"), header, "requestedDeliveryDate")
        reader = ItemReader(reading, head["currency"], requested, blanket=head["kind"] == "blanket")
        found: list[tuple[Element, Line | None, str | None]] = []
        for position, item in enumerate(self.request.iterchildren("ItemOut"), 1):
            number = reader.number(item, position)
            bare = item.find("ItemDetail") is None and item.find("BlanketItemDetail") is None
            if changes and bare and item.get("operation") == "delete":
                found.append((item, None, take_reason(read_comments(item, reading))))
                continue
            found.append((item, *reader.line(item, number, reason=changes)))
        if not found:
            reading.error("lines-missing", self.request, "has no ItemOut; an order needs at least one line")
        return found

    def _action(self, item: Element) -> LineAction | None:
        """What became of a line, as far as the update says."""
        if (item.get("operation") or "").strip() == "delete":
            return LineAction.DELETED
        detail = item.find("ItemDetail")
        detail = item.find("BlanketItemDetail") if detail is None else detail
        said = text_of(extrinsics(detail).get(LINE_ACTION.lower())) if detail is not None else None
        if said in (LineAction.ADDED, LineAction.UNCHANGED):
            return LineAction(said)
        return LineAction.CHANGED if (item.get("isItemChanged") or "").strip() == "yes" else None

    def _check_total(self, order: Order) -> None:
        """Total against the lines: with or without tax and shipping, as senders differ in what they count."""
        if order.kind == "blanket":
            return
        total = self.header.find("Total")
        said = self.total
        tax = self.reading.money(self.header.find("Tax"), "Tax")[0] or Decimal(0)
        sums = totals(order)
        if tax and tax != sums.tax:
            text = f"the tax of {plain(tax)} for the whole order is not kept; the taxes of its lines make {sums.tax}"
            self.reading.warning("tax-whole", self.header, text)
        freight = sum((a.amount or 0 for a in order.allowances_charges if a.code == "FC" and a.amount), 0)
        goods = sums.lines + sums.adjustments
        if said is None or total is None:
            self.reading.warning("total-missing", self.header, f"there is no Total; the lines add up to {goods}")
        elif said not in (goods, sums.lines, sums.total) and not {said - tax, said - tax + freight, said + freight} & {
            goods, sums.lines,
        }:  # fmt: skip
            text = f"Total is {said} but the lines add up to {goods}; a quantity or price may be wrong"
            self.reading.warning("total-differs", total, text)
