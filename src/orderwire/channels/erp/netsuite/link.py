"""One connection to NetSuite: which orders changed, everything about one of them, and states in a custom field."""

import datetime
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from orderwire.channels import Refused
from orderwire.channels.erp.fields import part, text
from orderwire.channels.erp.http import Http
from orderwire.channels.erp.netsuite.config import NetSuiteConfig
from orderwire.channels.erp.note import note_of
from orderwire.channels.erp.record import Entry, Raw
from orderwire.channels.erp.settings import before_turn
from orderwire.document.status import OrderStatus

NAME = "NetSuite"
PAGE = 200
_FORM = "YYYY-MM-DD HH24:MI:SS"
_APPROVED = "type = 'PurchOrd' AND approvalstatus = 2"
LONGEST = 3900
"""A text area holds 4,000 characters."""


class NetSuiteLink:
    """See `erp.Link`."""

    def __init__(self, http: Http, settings: NetSuiteConfig):
        self._http, self._set = http, settings
        self._zone = ZoneInfo(settings.zone)
        self._count = self._asked(f"SELECT COUNT(*) AS orders FROM transaction WHERE {_APPROVED}", 1)

    def _asked(self, query: str, limit: int) -> list[Raw]:
        """A page of SuiteQL. The header says that the answer is not to be kept, and NetSuite insists on it."""
        path = f"/query/v1/suiteql?limit={limit}&offset=0"
        found = self._http.call("POST", path, body={"q": query}, headers={"Prefer": "transient"})
        rows = found.get("items") if isinstance(found, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Refused(f"{NAME} answered a query with something unexpected; check the address")
        return rows

    def entries(self, since: datetime.datetime, until: datetime.datetime | None = None) -> Iterator[Entry]:
        """By time and id, each page after the last order of the one before. NetSuite keeps whole seconds."""
        begin = self._local(before_turn(since, self._zone))
        after = f"lastmodifieddate >= {_time(begin)}"
        before = f" AND lastmodifieddate <= {_time(self._local(until))}" if until is not None else ""
        columns = f"id, tranid, TO_CHAR(lastmodifieddate, '{_FORM}') AS changed"
        last = ("", 0)
        while True:
            where = f"{_APPROVED} AND ({after}){before}"
            query = f"SELECT {columns} FROM transaction WHERE {where} ORDER BY lastmodifieddate, id"
            rows = self._asked(query, PAGE)
            for row in rows:
                changed, key = text(row, "changed"), text(row, "id")
                at = self._moment(changed)
                if not key.isdecimal() or (changed, int(key)) <= last:
                    raise Refused(f"{NAME} does not list orders by their change; check the address")
                last = (changed, int(key))
                yield Entry(key, text(row, "tranid") or key, changed, at)
            if len(rows) < PAGE:
                return
            same = f"lastmodifieddate = {_time(last[0])} AND id > {last[1]}"
            after = f"lastmodifieddate > {_time(last[0])} OR ({same})"

    def _local(self, at: datetime.datetime) -> str:
        return at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S")

    def _moment(self, changed: str) -> datetime.datetime:
        try:
            at = datetime.datetime.strptime(changed, "%Y-%m-%d %H:%M:%S").replace(tzinfo=self._zone)
            return at.astimezone(datetime.UTC)
        except (ValueError, OverflowError):
            raise Refused(f"{NAME} listed an order without a time of change") from None

    def record(self, entry: Entry) -> Raw:
        """The order with its lines, and the supplier, company and currency that it names by their ids."""
        order = self._get("purchaseOrder", entry.id, "?expandSubResources=true")
        named = {"vendor": "entity", "subsidiary": "subsidiary", "currency": "currency"}
        keys = {kind: text(part(order, field), "id") for kind, field in named.items()}
        return {"order": _bare(order), **{kind: _bare(self._get(kind, key)) for kind, key in keys.items() if key}}

    def _get(self, kind: str, key: str, expand: str = "") -> Raw:
        if not key.isascii() or not key.isdecimal():
            raise Refused(f"{key[:40]!r} is no {kind} of {NAME}")
        found = self._http.call("GET", f"/record/v1/{kind}/{key}{expand}")
        if not isinstance(found, dict):
            raise Refused(f"{NAME} answered with something unexpected for {kind} {key}; check the address")
        return found

    def tell(self, status: OrderStatus) -> str:
        """The custom field, and the vendor's reference number where the settings say so, if they differ."""
        order = self._get("purchaseOrder", status.external_id)
        wanted = {self._set.status_field: _short(note_of(status))}
        number = status.supplier_order_number
        if self._set.write_reference and number and not text(order, "otherRefNum"):
            wanted["otherRefNum"] = number
        if changes := {name: value for name, value in wanted.items() if _same(order.get(name)) != value}:
            self._http.call("PATCH", f"/record/v1/purchaseOrder/{status.external_id}", body=changes, reads=False)
        shown = text(order, "tranId") or status.external_id
        return f"Written to {self._set.status_field} of {shown} in {NAME}"

    def probe(self) -> str:
        """How many approved orders there are."""
        count = text(self._count[0], "orders") if self._count else ""
        return f"Logged in to {NAME}; {count or 'no'} approved purchase orders can be read there"


def _short(note: tuple[str, str]) -> str:
    """The note, cut where it is too long for the field, with its mark."""
    mark, body = note
    return body if len(body) <= LONGEST else f"{body[: LONGEST - len(mark) - 4]}…\n({mark})"


def _same(value: Any) -> str:
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def _time(local: str) -> str:
    return f"TO_DATE('{local}', '{_FORM}')"


def _bare(value: Any) -> Any:
    """Without the links that every part has."""
    if isinstance(value, dict):
        return {name: _bare(one) for name, one in value.items() if name != "links"}
    return [_bare(one) for one in value] if isinstance(value, list) else value
