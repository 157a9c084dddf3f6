"""One connection to Tryton: which purchases changed, everything about one of them, and states as notes on them."""

import datetime
from collections.abc import Iterator
from typing import Any

from orderwire.channels import Refused
from orderwire.channels.erp.fields import moment as read_moment
from orderwire.channels.erp.fields import part, text
from orderwire.channels.erp.record import Entry, NotUsable, Raw
from orderwire.channels.erp.tryton.calls import NAME, Calls, moment
from orderwire.channels.erp.tryton.values import plain
from orderwire.document.status import OrderStatus, sentences

PAGE = 100
MARK = "Orderwire:"
"""How our notes begin."""

STATES = ["confirmed", "processing", "done", "cancelled"]
_PARTY = ("name", "code", "tax_identifier.code", "tax_identifier.type")
_ADDRESS = ("street", "city", "postal_code", "country.code", "subdivision.code")
_PURCHASE = [
    "number", "state", "purchase_date", "reference", "description", "comment", "untaxed_amount", "currency.code",
    "payment_term", "payment_term.name", "company.party", "warehouse.name", "confirmed_by.rec_name", "write_date",
    *(f"party.{name}" for name in _PARTY), *(f"company.party.{name}" for name in _PARTY),
    *(f"invoice_address.{name}" for name in _ADDRESS), *(f"warehouse.address.{name}" for name in _ADDRESS),
]  # fmt: skip
_LINE = [
    "type", "sequence", "quantity", "unit_price", "amount", "description", "note", "delivery_date", "taxes",
    "unit.symbol", "unit.name", "product.code", "product.name", "product_supplier.code", "product_supplier.name",
]  # fmt: skip


class TrytonLink:
    """See `erp.Link`."""

    def __init__(self, calls: Calls, *, database: str, write_reference: bool):
        self._call, self._database, self._write_reference = calls, database, write_reference

    def entries(self, since: datetime.datetime, until: datetime.datetime | None = None) -> Iterator[Entry]:
        """Purchases by their last change. One that was cancelled may never have been confirmed; it has a number, and
        that it was never an order here is known here."""
        asked: list[Any] = [["state", "in", STATES], ["number", "!=", None]]
        if until is not None:
            asked.append(["write_date", "<=", moment(until)])
        newer: list[Any] = [["write_date", ">=", moment(since)]]
        while True:
            rows = self._rows("purchase.purchase", [*asked, *newer], ["number", "write_date"], ["write_date", "id"])
            for row in rows:
                yield _entry(row)
            if len(rows) < PAGE:
                return
            at, id = moment(_at(rows[-1])), rows[-1]["id"]
            newer = [["OR", [["write_date", ">", at]], [["write_date", "=", at], ["id", ">", id]]]]

    def record(self, entry: Entry) -> Raw:
        """The purchase with its lines, taxes, payment term and addresses."""
        purchase = self._read("purchase.purchase", [int(entry.id)], _PURCHASE)[0]
        lines = self._all("purchase.line", [["purchase", "=", int(entry.id)]], _LINE)
        taxes = sorted({tax for line in lines for tax in line.get("taxes") or () if isinstance(tax, int)})
        term = purchase.get("payment_term")
        parts = self._all("account.invoice.payment_term.line", [["payment", "=", term]], ["type", "ratio", "sequence"])
        deltas = ["line", "day", "month", "weekday", "months", "weeks", "days"]
        shifts = self._all("account.invoice.payment_term.line.delta", [["line.payment", "=", term]], deltas)
        party = part(part(purchase, "company."), "party.")
        return {
            "purchase": purchase,
            "lines": lines,
            "taxes": self._read("account.tax", taxes, ["name", "type", "rate"]) if taxes else [],
            "payment_parts": parts if term else [],
            "payment_shifts": shifts if term else [],
            "buyer_addresses": self._all("party.address", [["party", "=", party.get("id")]], list(_ADDRESS)),
        }

    def tell(self, status: OrderStatus) -> str:
        """A note on the purchase, which everybody there finds unread, unless the newest of ours says the same; and the
        supplier's order number as reference where there is none."""
        try:
            purchase = int(status.external_id)
        except ValueError:
            raise Refused(f"{status.external_id[:40]!r} is no record of {NAME}") from None
        row = self._read("purchase.purchase", [purchase], ["number", "reference"])[0]
        said = "\n".join([f"{MARK} {status.number}", *sentences(status)])
        resource = f"purchase.purchase,{purchase}"
        ours = [["resource", "=", resource], ["message", "like", f"{MARK}%"]]
        last = self._rows("ir.note", ours, ["message"], ["id DESC"], limit=1)
        if not last or last[0].get("message") != said:
            self._call("model.ir.note.create", [{"resource": resource, "message": said}], reads=False)
        if self._write_reference and status.supplier_order_number and not text(row, "reference"):
            values = {"reference": status.supplier_order_number}
            self._call("model.purchase.purchase.write", [purchase], values, reads=False)
        return f"Noted on purchase {text(row, 'number') or purchase} in {NAME}"

    def probe(self) -> str:
        """Of which company, and how many purchases are confirmed there."""
        count = self._call("model.purchase.purchase.search_count", [["state", "in", STATES[:3]]], 0, None)
        company = text(self._call.context, "company.rec_name") or "no company"
        return f"Logged in to {NAME}, database {self._database}, {company}; {count} confirmed purchases can be read"

    def _rows(
        self, model: str, domain: list[Any], fields: list[str], order: list[str], *, limit: int = PAGE
    ) -> list[Raw]:
        by = [[name.split()[0], "DESC" if name.endswith(" DESC") else "ASC"] for name in order]
        found = self._call(f"model.{model}.search_read", domain, 0, limit, by, fields)
        return _listed(found, model)

    def _all(self, model: str, domain: list[Any], fields: list[str]) -> list[Raw]:
        """Every record of the domain, by id."""
        rows: list[Raw] = []
        while True:
            more = self._rows(model, [*domain, ["id", ">", rows[-1]["id"] if rows else 0]], fields, ["id"])
            rows += more
            if len(more) < PAGE:
                return rows

    def _read(self, model: str, ids: list[int], fields: list[str]) -> list[Raw]:
        found = _listed(self._call(f"model.{model}.read", ids, fields), model)
        if len(found) != len(ids):
            raise Refused(f"{NAME} has not all of what was asked for of {model}")
        return found


def _listed(found: Any, model: str) -> list[Raw]:
    if not isinstance(found, list) or not all(isinstance(r, dict) and isinstance(r.get("id"), int) for r in found):
        raise Refused(f"{NAME} answered a question for {model} with something unexpected; check address and version")
    return found


def _entry(row: Raw) -> Entry:
    at = _at(row)
    return Entry(str(row["id"]), text(row, "number"), at.isoformat(), at)


def _at(row: Raw) -> datetime.datetime:
    try:
        return read_moment(plain(row).get("write_date"))
    except NotUsable as failure:
        raise Refused(f"{NAME} listed a purchase without a time: {failure}") from None
