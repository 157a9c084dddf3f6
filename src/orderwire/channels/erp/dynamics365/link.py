"""One connection to Dynamics 365: which orders changed, everything about one of them, and states in its fields."""

import datetime
import heapq
from collections.abc import Iterator
from typing import Any

from orderwire.channels import Refused, Unavailable
from orderwire.channels.erp.dynamics365.config import Dynamics365Config
from orderwire.channels.erp.fields import moment, text
from orderwire.channels.erp.http import Http
from orderwire.channels.erp.note import note_of
from orderwire.channels.erp.odata import OData, bare, instant, literal
from orderwire.channels.erp.record import Entry, NotUsable, Raw
from orderwire.channels.http.answer import judge
from orderwire.document.status import LineStanding, OrderStatus

NAME = "Dynamics 365"
HEADERS, LINES = "/PurchaseOrderHeadersV2", "/PurchaseOrderLinesV2"
KEY = "PurchaseOrderNumber"
_ENUM = "Microsoft.Dynamics.DataEntities."
NEVER = "1900-01-01"
"""How Dynamics 365 says that a day is empty."""


class D365Link:
    """See `erp.Link`."""

    def __init__(self, http: Http, settings: Dynamics365Config):
        self._http, self._set = http, settings
        self._odata = OData(http, NAME)
        states = " or ".join(
            f"DocumentApprovalStatus eq {_ENUM}VersioningDocumentState'{s}'" for s in settings.approval
        )
        self._company = f"dataAreaId eq {literal(settings.company)}"
        self._approved = f"{self._company} and ({states})"
        self._odata.page(HEADERS, self._asking(KEY, self._company) | {"$top": "1"})

    def _asking(self, select: str, wanted: str) -> dict[str, str]:
        return {"cross-company": "true", "$select": select, "$filter": wanted}

    def entries(self, since: datetime.datetime, until: datetime.datetime | None = None) -> Iterator[Entry]:
        """By the change of the header or of one of its lines."""
        changed = self._set.changed_field
        before = f" and {changed} le {instant(until)}" if until is not None else ""
        heads = self._odata.by_time(
            HEADERS, self._asking(f"{KEY},{changed}", self._approved + before), changed=changed, key=KEY, since=since
        )
        asked = self._asking(f"{KEY},LineNumber,{changed}", self._company + before)
        lines = self._odata.by_time(LINES, asked, changed=changed, key=f"{KEY},LineNumber", since=since)
        own = (self._entry(row) for row in heads)
        last: Entry | None = None
        seen: set[str] = set()
        for entry in heapq.merge(own, self._of_lines(lines), key=lambda one: one.changed):
            if last is None or entry.changed != last.changed:
                seen = set()
            last = entry
            if entry.id not in seen:
                seen.add(entry.id)
                yield entry

    def _of_lines(self, rows: Iterator[Raw]) -> Iterator[Entry]:
        """Orders of lines that changed, where they may go out."""
        known: dict[str, bool] = {}
        for row in rows:
            entry = self._entry(row)
            if entry.id not in known:
                wanted = f"{self._approved} and {KEY} eq {literal(entry.id)}"
                known[entry.id] = bool(self._odata.page(HEADERS, self._asking(KEY, wanted)))
            if known[entry.id]:
                yield entry

    def _entry(self, row: Raw) -> Entry:
        name, changed = text(row, KEY), text(row, self._set.changed_field)
        try:
            return Entry(name, name, changed, moment(changed))
        except NotUsable:
            raise Refused(f"{NAME} says no time for order {name}; check changed_field in the settings") from None

    def _path(self, order: str) -> str:
        return f"{HEADERS}(dataAreaId={literal(self._set.company)},{KEY}={literal(order)})"

    def record(self, entry: Entry) -> Raw:
        """The header with its lines."""
        header = self._odata.one(self._path(entry.id), {"cross-company": "true"})
        found: Raw = bare({"order": header, "lines": self._lines(entry.id)})
        return found

    def _lines(self, order: str) -> list[Raw]:
        """In pages by line number."""
        of_order = f"{self._company} and {KEY} eq {literal(order)}"
        lines: list[Raw] = []
        while True:
            after = f" and LineNumber gt {text(lines[-1], 'LineNumber')}" if lines else ""
            params = {"cross-company": "true", "$filter": of_order + after, "$orderby": "LineNumber"}
            rows = self._odata.page(LINES, params)
            if not rows:
                return lines
            if not text(rows[-1], "LineNumber") or (lines and rows[-1]["LineNumber"] == lines[-1]["LineNumber"]):
                raise Refused(f"{NAME} lists lines of order {order} without their numbers")
            lines += rows

    def tell(self, status: OrderStatus) -> str:
        """The fields that the settings name, where they say something else."""
        path = self._path(status.external_id)
        header = self._odata.one(path, {"cross-company": "true"})
        said = []
        wanted: dict[str, str] = {}
        if self._set.status_field:
            wanted[self._set.status_field] = note_of(status)[1]
        if self._set.write_reference and status.supplier_order_number and not text(header, "VendorOrderReference"):
            wanted["VendorOrderReference"] = status.supplier_order_number
        if changes := {name: value for name, value in wanted.items() if header.get(name) != value}:
            self._patch(path, changes, header)
        said += ["its fields"] if wanted else []
        if self._set.write_dates and any(line.confirmed for line in status.lines):
            self._dates(status)
            said.append("the confirmed delivery dates of its lines")
        where = " and ".join(said)
        if not where:
            return f"{NAME} has no field for it: name one as status_field in the settings"
        return f"Written to {where} of order {status.external_id} in {NAME}"

    def _dates(self, status: OrderStatus) -> None:
        promised = {line.number: day for line in status.lines if (day := _first(line))}
        for line in self._lines(status.external_id):
            number = text(line, "LineNumber")
            promise = promised.get(number)
            if promise and not text(line, "ConfirmedDeliveryDate").startswith(promise):
                key = f"dataAreaId={literal(self._set.company)},{KEY}={literal(status.external_id)}"
                self._patch(
                    f"{LINES}({key},LineNumber={number})", {"ConfirmedDeliveryDate": f"{promise}T12:00:00Z"}, line
                )

    def _patch(self, path: str, changes: Any, entity: Raw) -> None:
        etag = entity.get("@odata.etag")
        headers = {"If-Match": etag if isinstance(etag, str) and etag.isascii() and etag.isprintable() else "*"}
        answered = self._http.ask(
            "PATCH", path, params={"cross-company": "true"}, body=changes, headers=headers, reads=False
        )
        if answered.status in (401, 403):
            text_ = f"{NAME} does not allow us to write ({answered.status}). Check the user's rights. {answered.words}"
            raise Unavailable(text_.strip(), code=str(answered.status))
        if answered.status == 412:
            raise Unavailable(f"{NAME}: somebody changed the order at the same moment.", code="412")
        judge(answered, name=NAME)

    def probe(self) -> str:
        """Whether orders of the company can be read, with the time of their change."""
        select = f"{KEY},{self._set.changed_field}"
        asked = self._asking(select, self._approved)
        rows = self._odata.page(HEADERS, asked | {"$top": "1", "$count": "true"})
        shown = f"order {text(rows[0], KEY)} is one of them" if rows else "none is there yet"
        return f"Logged in to {NAME}; approved purchase orders of {self._set.company} can be read ({shown})"


def _first(line: LineStanding) -> str:
    """The first promised day of a line."""
    return min((part.promised.isoformat() for part in line.confirmed if part.promised), default="")
