"""One connection to Odoo: which orders changed, everything about one of them, and states on their chatter."""

import datetime
import heapq
from collections.abc import Iterator
from typing import Any

from orderwire.channels import Refused
from orderwire.channels.erp.fields import moment, text
from orderwire.channels.erp.note import LIKE, note_of, says
from orderwire.channels.erp.odoo.calls import NAME, Calls
from orderwire.channels.erp.record import Entry, NotUsable, Raw
from orderwire.document.status import OrderStatus

PAGE = 100
_ORDER = (
    "name state partner_id partner_ref dest_address_id currency_id company_id user_id payment_term_id incoterm_id "
    "incoterm_location origin notes note date_order date_approve date_planned amount_untaxed picking_type_id write_date"
)
_LINE = (
    "name sequence display_type product_id product_qty product_uom product_uom_id price_unit price_subtotal discount "
    "taxes_id tax_ids date_planned is_downpayment"
)
_PARTNER = "name ref vat street street2 city zip state_id country_code phone email is_company"


class OdooLink:
    """See `erp.Link`. Which fields there are depends on the version; Odoo is asked for them once."""

    def __init__(self, calls: Calls, *, url: str, write_reference: bool):
        self._call, self._url, self._write_reference = calls.call, url, write_reference
        self._order_fields = self._known("purchase.order", _ORDER)
        self._line_fields = self._known("purchase.order.line", _LINE)

    def _known(self, model: str, wanted: str) -> list[str]:
        found = self._call(model, "fields_get", allfields=wanted.split(), attributes=["type"])
        return [name for name in wanted.split() if name in found] if isinstance(found, dict) else []

    def entries(self, since: datetime.datetime, until: datetime.datetime | None = None) -> Iterator[Entry]:
        """By the change of the order or of one of its lines: a line's change does not touch its order."""
        orders = self._changed("purchase.order", "", "name", since, until)
        lines = self._changed("purchase.order.line", "order_id.", "order_id", since, until)
        last: set[tuple[str, datetime.datetime]] = set()
        for entry in heapq.merge(orders, lines, key=lambda one: one.changed):
            key = (entry.id, entry.changed)
            last = {one for one in last if one[1] == entry.changed}
            if key not in last:
                last.add(key)
                yield entry

    def _changed(
        self, model: str, path: str, name: str, since: datetime.datetime, until: datetime.datetime | None
    ) -> Iterator[Entry]:
        """Pages by time, not by position: what changes meanwhile comes again later, and nothing is skipped. Odoo says
        whole seconds and compares finer ones, so the last second is asked for again without what came of it."""
        approved: list[Any] = ["|", [f"{path}state", "in", ["purchase", "done"]], "&"]
        approved += [[f"{path}state", "=", "cancel"], [f"{path}date_approve", "!=", False]]
        if until is not None:
            approved += [["write_date", "<", _utc(until + datetime.timedelta(seconds=1))]]
        begin, seen = since.replace(microsecond=0), list[int]()
        while True:
            newer = [["write_date", ">=", _utc(begin)], ["id", "not in", seen]]
            asked: dict[str, Any] = {
                "domain": [*newer, *approved],
                "fields": [name, "write_date"],
                "order": "write_date, id",
            }
            rows = self._rows(model, "search_read", **asked, limit=PAGE)
            for row in rows:
                at = _at(row)
                if at < begin or _id(row) in seen:
                    raise Refused(f"{NAME} does not list orders by their change; check the address")
                if at != begin:
                    begin, seen = at, []
                seen.append(_id(row))
                yield _entry(row, name, at)
            if len(rows) < PAGE:
                return

    def record(self, entry: Entry) -> Raw:
        """The order with its lines, partners, taxes, products and units."""
        found = self._rows("purchase.order", "read", ids=(int(entry.id),), fields=self._order_fields)
        if not found:
            raise Refused(f"{NAME} has no order {entry.number} any more")
        order = found[0]
        lines = self._lines(int(entry.id))
        company = self._one("res.company", of(order, "company_id"), "name partner_id")
        site = self._site(of(order, "picking_type_id"))
        partners = {of(order, "partner_id"), of(order, "dest_address_id"), of(company, "partner_id"), site}
        taxes = {tax for line in lines for tax in many(line, "taxes_id") + many(line, "tax_ids")}
        products = {of(line, "product_id") for line in lines}
        return {
            "order": order,
            "lines": lines,
            "company": company,
            "site": site,
            "partners": self._by_id("res.partner", partners, _PARTNER),
            "taxes": self._by_id("account.tax", taxes, "name amount amount_type price_include"),
            "products": self._by_id("product.product", products, "default_code barcode product_tmpl_id"),
            "supplier_codes": self._supplier_codes(of(order, "partner_id"), products),
            "incoterm": self._one("account.incoterms", of(order, "incoterm_id"), "code"),
        }

    def _lines(self, order: int) -> list[Raw]:
        """All lines, in pages by id."""
        lines: list[Raw] = []
        while True:
            domain = [["order_id", "=", order], ["id", ">", _id(lines[-1]) if lines else 0]]
            asked: dict[str, Any] = {"domain": domain, "fields": self._line_fields, "order": "id", "limit": PAGE}
            rows = self._rows("purchase.order.line", "search_read", **asked)
            lines += rows
            if len(rows) < PAGE:
                return sorted(lines, key=lambda line: (int(line.get("sequence") or 0), _id(line)))

    def _site(self, operation: int) -> int:
        """The address of the warehouse that receives; 0 without the inventory app."""
        if not operation:
            return 0
        kind = self._one("stock.picking.type", operation, "warehouse_id")
        return of(self._one("stock.warehouse", of(kind, "warehouse_id"), "partner_id"), "partner_id")

    def _supplier_codes(self, supplier: int, products: set[int]) -> list[Raw]:
        if not (wanted := sorted(products - {0})):
            return []
        domain = [["partner_id", "=", supplier], ["product_code", "!=", False]]
        domain += [["product_tmpl_id.product_variant_ids", "in", wanted]]
        asked: dict[str, Any] = {
            "domain": domain,
            "fields": ["product_id", "product_tmpl_id", "product_code"],
            "order": "sequence, id",
        }
        return self._rows("product.supplierinfo", "search_read", **asked, limit=1000)

    def tell(self, status: OrderStatus) -> str:
        """A note on the order's chatter, which only people inside see; the supplier's number as vendor reference where
        none is there yet."""
        try:
            order = int(status.external_id)
        except ValueError:
            raise Refused(f"{status.external_id[:40]!r} is no record of {NAME}") from None
        mark, body = note_of(status)
        found = self._rows("purchase.order", "read", ids=(order,), fields=["name", "partner_ref"])
        if not found:
            raise Refused(f"{NAME} has no order with the record {order} any more")
        domain = [["model", "=", "purchase.order"], ["res_id", "=", order], ["body", "ilike", LIKE]]
        asked: dict[str, Any] = {"domain": domain, "fields": ["body"], "order": "id desc", "limit": 1}
        last = self._rows("mail.message", "search_read", **asked)
        if not last or not says(text(last[0], "body"), mark):
            note = {"body": body, "message_type": "comment"}
            note |= {"subtype_xmlid": "mail.mt_note"}
            self._call("purchase.order", "message_post", ids=(order,), reads=False, **note)
        if self._write_reference and status.supplier_order_number and not text(found[0], "partner_ref"):
            values = {"partner_ref": status.supplier_order_number}
            self._call("purchase.order", "write", ids=(order,), reads=False, vals=values)
        return f"Noted on the chatter of {text(found[0], 'name') or order} in {NAME}"

    def probe(self) -> str:
        """As whom, and how many orders are confirmed there."""
        count = self._call("purchase.order", "search_count", domain=[["state", "in", ["purchase", "done"]]])
        return f"Logged in to {NAME} at {self._url}; {count} confirmed purchase orders can be read there"

    def _rows(self, model: str, method: str, *, ids: tuple[int, ...] = (), **given: Any) -> list[Raw]:
        found = self._call(model, method, ids=ids, **given)
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise Refused(f"{NAME} answered {method} of {model} with something unexpected; check address and version")
        return found

    def _one(self, model: str, wanted: int, fields: str) -> Raw:
        return next(iter(self._by_id(model, {wanted}, fields)), {})

    def _by_id(self, model: str, wanted: set[int], fields: str) -> list[Raw]:
        ids = tuple(sorted(wanted - {0}))
        return self._rows(model, "read", ids=ids, fields=fields.split()) if ids else []


def of(record: Raw, name: str) -> int:
    """The id of a many2one field ([id, name] or false)."""
    value = record.get(name)
    first = value[0] if isinstance(value, list) and value else value
    return first if isinstance(first, int) and not isinstance(first, bool) else 0


def many(record: Raw, name: str) -> list[int]:
    value = record.get(name)
    return [one for one in value if isinstance(one, int)] if isinstance(value, list) else []


def _id(row: Raw) -> int:
    found = row.get("id")
    if not isinstance(found, int):
        raise Refused(f"{NAME} listed an order without an id")
    return found


def _at(row: Raw) -> datetime.datetime:
    try:
        return moment(row.get("write_date")).replace(microsecond=0)
    except NotUsable as failure:
        raise Refused(f"{NAME} listed an order without a time: {failure}") from None


def _entry(row: Raw, name: str, at: datetime.datetime) -> Entry:
    if name == "name":
        return Entry(str(_id(row)), text(row, "name"), at.isoformat(), at)
    value = row.get(name)
    shown = value[1] if isinstance(value, list) and len(value) > 1 else ""
    return Entry(str(of(row, name)), str(shown), at.isoformat(), at)


def _utc(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")
