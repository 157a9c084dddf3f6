"""One connection to ERPNext: which orders changed, everything about one of them, and states as comments."""

import datetime
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from orderwire.channels import Refused
from orderwire.channels.erp.erpnext.config import ErpNextConfig
from orderwire.channels.erp.fields import text
from orderwire.channels.erp.http import Http
from orderwire.channels.erp.note import LIKE, note_of, says
from orderwire.channels.erp.record import Entry, Raw
from orderwire.channels.erp.settings import before_turn
from orderwire.document.status import OrderStatus

NAME = "ERPNext"
PAGE = 100
ORDER = "Purchase Order"


class ErpNextLink:
    """See `erp.Link`."""

    def __init__(self, http: Http, settings: ErpNextConfig):
        self._http, self._set = http, settings
        self._zone = ZoneInfo(settings.zone)
        who = self._http.call("GET", "/api/method/frappe.auth.get_logged_user")
        self._user = text(who, "message") if isinstance(who, dict) else ""
        if not self._user:
            raise Refused(f"{NAME} did not say as whom we are logged in; check the address")

    def entries(self, since: datetime.datetime, until: datetime.datetime | None = None) -> Iterator[Entry]:
        """Pages by time, not by position: what changes meanwhile comes again later, and nothing is skipped. After a
        full page come the others of its last moment, then what is later: a bulk change gives thousands one time."""
        filters: list[Any] = [["docstatus", "in", [1, 2]]]
        if self._set.company:
            filters.append(["company", "=", self._set.company])
        if until is not None:
            filters.append(["modified", "<=", self._local(until)])
        modified = self._local(before_turn(since, self._zone))
        fresh, before = [["modified", ">=", modified]], set[str]()
        while True:
            rows = self._list(ORDER, [*filters, *fresh], ["name", "modified"], "modified asc, name asc")
            for row in rows:
                last, modified, name = modified, text(row, "modified"), text(row, "name")
                if modified < last or name in before:
                    raise Refused(f"{NAME} does not list orders by their change; check the address")
                yield Entry(name, name, modified, self._moment(modified))
            before = {text(row, "name") for row in rows}
            if len(rows) == PAGE:
                fresh = [["modified", "=", modified], ["name", ">", name]]
            elif len(fresh) == 2:
                fresh = [["modified", ">", modified]]
            else:
                return

    def _local(self, at: datetime.datetime) -> str:
        return at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S.%f")

    def _moment(self, modified: str) -> datetime.datetime:
        try:
            return datetime.datetime.fromisoformat(modified).replace(tzinfo=self._zone).astimezone(datetime.UTC)
        except (ValueError, OverflowError):
            raise Refused(f"{NAME} listed an order without a time") from None

    def record(self, entry: Entry) -> Raw:
        """The order with its lines, the two parties and the addresses."""
        order = self._get(ORDER, entry.id)
        linked = {name: text(order, name) for name in ("supplier_address", "shipping_address", "billing_address")}
        addresses = {name: self._get("Address", key) for name, key in linked.items() if key}
        countries = {text(one, "country") for one in addresses.values()} - {""}
        return {
            "order": order,
            "supplier": self._get("Supplier", text(order, "supplier")),
            "company": self._get("Company", text(order, "company")),
            "addresses": addresses,
            "countries": {country: text(self._get("Country", country), "code") for country in sorted(countries)},
        }

    def tell(self, status: OrderStatus) -> str:
        """A comment on the order; the supplier's number and the status in fields of it where the settings say so."""
        order = self._get(ORDER, status.external_id)
        name = text(order, "name")
        mark, body = note_of(status)
        filters = [["reference_doctype", "=", ORDER], ["reference_name", "=", name], ["content", "like", f"%{LIKE}%"]]
        ours = self._list("Comment", filters, ["content"], "creation desc")
        if not ours or not says(text(ours[0], "content"), mark):
            about = {"comment_type": "Comment", "reference_doctype": ORDER, "reference_name": name, "content": body}
            self._http.call("POST", "/api/resource/Comment", body=about, reads=False)
        if values := self._values(status, order):
            self._http.call("PUT", _path(ORDER, name), body=values, reads=False)
        return f"Commented on {name} in {NAME}"

    def _values(self, status: OrderStatus, order: Raw) -> dict[str, str]:
        """Only what differs from what stands there: each write is a change that comes back."""
        wanted: dict[str, str] = {}
        if self._set.write_confirmation and status.supplier_order_number:
            wanted["order_confirmation_no"] = status.supplier_order_number
            if status.answered is not None:
                wanted["order_confirmation_date"] = status.answered.astimezone(self._zone).date().isoformat()
        if self._set.status_field:
            wanted[self._set.status_field] = status.answer.label
        return {name: value for name, value in wanted.items() if text(order, name) != value}

    def probe(self) -> str:
        """As whom, and whether submitted orders can be read."""
        rows = self._list(ORDER, [["docstatus", "=", 1]], ["name"], "modified desc")
        count = f"{PAGE} or more" if len(rows) == PAGE else str(len(rows))
        return f"Logged in to {NAME} as {self._user}; {count} submitted purchase orders can be read there"

    def _get(self, kind: str, name: str) -> Raw:
        found = self._http.call("GET", _path(kind, name))
        data = found.get("data") if isinstance(found, dict) else None
        if not isinstance(data, dict):
            raise Refused(f"{NAME} answered with something unexpected for {kind} {name}; check the address")
        return data

    def _list(self, kind: str, filters: list[Any], fields: list[str], order: str) -> list[Raw]:
        params = {"filters": json.dumps(filters), "fields": json.dumps(fields)}
        params |= {"order_by": order, "limit_page_length": str(PAGE)}
        found = self._http.call("GET", f"/api/resource/{quote(kind)}", params=params)
        data = found.get("data") if isinstance(found, dict) else None
        if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
            raise Refused(f"{NAME} answered with something unexpected to a list of {kind}; check the address")
        return data


def _path(kind: str, name: str) -> str:
    if not name or name in (".", ".."):
        raise Refused(f"{NAME} named no {kind}")
    return f"/api/resource/{quote(kind)}/{quote(name, safe='')}"
