"""One connection to SAP S/4HANA: which orders changed, everything about one of them, and states as a header text."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from orderwire.channels import Refused, Unavailable
from orderwire.channels.erp.fields import moment, text
from orderwire.channels.erp.http import Http
from orderwire.channels.erp.note import note_of
from orderwire.channels.erp.odata import OData, bare, instant, literal
from orderwire.channels.erp.record import Entry, NotUsable, Raw
from orderwire.channels.erp.s4hana.config import S4HanaConfig
from orderwire.channels.http.answer import Answered, judge
from orderwire.document.status import OrderStatus

NAME = "SAP S/4HANA"
PAGE = 100
RELEASED = (
    "ReleaseIsNotCompleted eq false and (PurchasingProcessingStatus eq '02' or PurchasingProcessingStatus eq '05')"
)
WITHDRAWN = "PurchaseOrderDeletionCode ne ''"
ITEM_PARTS = "_PurchaseOrderScheduleLineTP,_DeliveryAddress,_PurOrdAccountAssignment,_PurchaseOrderItemNote"


class S4Link:
    """See `erp.Link`."""

    def __init__(self, http: Http, settings: S4HanaConfig):
        self._http, self._set = http, settings
        self._odata = OData(http, NAME)
        self._csrf = ""
        self._odata.page("/PurchaseOrder", {"$select": "PurchaseOrder", "$top": "1"})

    def entries(self, since: datetime.datetime, until: datetime.datetime | None = None) -> Iterator[Entry]:
        """By time and number, each page after the last order of the one before."""
        wanted = [f"(({RELEASED}) or {WITHDRAWN})"]
        if self._set.company_codes:
            companies = " or ".join(f"CompanyCode eq {literal(code)}" for code in self._set.company_codes)
            wanted.append(f"({companies})")
        if until is not None:
            wanted.append(f"LastChangeDateTime le {instant(until)}")
        params = {"$select": "PurchaseOrder,LastChangeDateTime", "$orderby": "LastChangeDateTime,PurchaseOrder"}
        after = f"LastChangeDateTime ge {instant(since)}"
        last = ("", "")
        while rows := self._odata.page(
            "/PurchaseOrder", {**params, "$filter": " and ".join([*wanted, after]), "$top": str(PAGE)}
        ):
            for row in rows:
                name, changed = text(row, "PurchaseOrder"), text(row, "LastChangeDateTime")
                yield Entry(name, name, changed, _at(changed))
            if (changed, name) <= last:
                raise Refused(f"{NAME} does not list orders by their change; check the address")
            last = (changed, name)
            same = f"LastChangeDateTime eq {changed} and PurchaseOrder gt {literal(name)}"
            after = f"(LastChangeDateTime gt {changed} or ({same}))"

    def record(self, entry: Entry) -> Raw:
        """The order with its items, their schedule lines and addresses."""
        path = f"/PurchaseOrder({literal(entry.id)})"
        header = self._odata.one(path, {"$expand": "_SupplierAddress,_PurchaseOrderNote"})
        params = {"$filter": f"PurchaseOrder eq {literal(entry.id)}", "$expand": ITEM_PARTS}
        items = list(self._odata.by_key("/PurchaseOrderItem", params, "PurchaseOrderItem"))
        if any(name.endswith("@odata.nextLink") for item in [header, *items] for name in item):
            raise Refused(f"{NAME} gives the schedule lines of order {entry.number} only in parts")
        found: Raw = bare({"order": header, "items": items})
        return found

    def tell(self, status: OrderStatus) -> str:
        """The text of the order that the settings name says the newest status; the lines may show the number."""
        order = status.external_id
        _, body = note_of(status)
        key = f"PurchaseOrder={literal(order)},TextObjectType={literal(self._set.text)},"
        path = f"/PurchaseOrderNote({key}Language={literal(self._set.language)})"
        there = self._http.ask("GET", path)
        if there.status == 404:
            self._odata.one(f"/PurchaseOrder({literal(order)})", {"$select": "PurchaseOrder"})
            note = {"TextObjectType": self._set.text, "Language": self._set.language, "PlainLongText": body}
            self._write("POST", f"/PurchaseOrder({literal(order)})/_PurchaseOrderNote", note, {})
        else:
            known = self._odata.one(path)
            if str(known.get("PlainLongText", "")).replace("\r\n", "\n").strip() != body:
                self._write("PATCH", path, {"PlainLongText": body}, _match(known))
        if self._set.write_number and status.supplier_order_number:
            self._number(order, status.supplier_order_number[:20])
        return f"Written to text {self._set.text} of order {order} in {NAME}"

    def _number(self, order: str, number: str) -> None:
        params = {"$filter": f"PurchaseOrder eq {literal(order)} and PurchasingDocumentDeletionCode eq ''"}
        params["$select"] = "PurchaseOrder,PurchaseOrderItem,PurgDocOrderAcknNumber"
        for item in list(self._odata.by_key("/PurchaseOrderItem", params, "PurchaseOrderItem")):
            if text(item, "PurgDocOrderAcknNumber") != number:
                key = f"PurchaseOrder={literal(order)},PurchaseOrderItem={literal(text(item, 'PurchaseOrderItem'))}"
                self._write("PATCH", f"/PurchaseOrderItem({key})", {"PurgDocOrderAcknNumber": number}, _match(item))

    def _write(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> None:
        """With SAP's token against forged requests; one that ended is fetched again, as nothing was done with it."""
        answered = self._sent(method, path, body, headers)
        if answered.status == 403 and answered.headers.get("x-csrf-token", "").lower() == "required":
            self._csrf = ""
            answered = self._sent(method, path, body, headers)
        if answered.status in (401, 403):
            words = f"{NAME} does not allow us to write ({answered.status}). Check the user's rights. {answered.words}"
            raise Unavailable(words.strip(), code=str(answered.status))
        if answered.status in (412, 428):
            raise Unavailable(f"{NAME}: somebody changed the order at the same moment.", code=str(answered.status))
        judge(answered, name=NAME)

    def _sent(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answered:
        if not self._csrf:
            fetched = self._http.ask("GET", "/PurchaseOrder?$top=0", headers={"x-csrf-token": "Fetch"})
            judge(fetched, name=NAME, harmless=True)
            self._csrf = fetched.headers.get("x-csrf-token", "")
        return self._http.ask(method, path, body=body, reads=False, headers={**headers, "x-csrf-token": self._csrf})

    def probe(self) -> str:
        """Whether released orders can be read."""
        found = self._odata.one("/PurchaseOrder", {"$filter": RELEASED, "$count": "true", "$top": "0"})
        return f"Logged in to {NAME}; {text(found, '@odata.count') or 'no'} released purchase orders can be read there"


def _match(entity: Raw) -> dict[str, str]:
    """Only while it is as it was read."""
    etag = entity.get("@odata.etag")
    return {"If-Match": etag} if isinstance(etag, str) and etag.isascii() and etag.isprintable() else {"If-Match": "*"}


def _at(changed: str) -> datetime.datetime:
    try:
        return moment(changed)
    except NotUsable:
        raise Refused(f"{NAME} listed an order without a time of change") from None
