"""Contract server of Dynamics 365 Finance and Supply Chain, not the live product. Built from the entity definitions
PurchPurchaseOrderHeaderV2Entity and PurchPurchaseOrderLineV2Entity of microsoft/CDM (properties, keys) and Microsoft's
pages on OData there: /data, cross-company, enumerations with their namespace, ETags, 429 with Retry-After. ChangedAt
and OrderwireStatus are properties that a customer adds."""

import datetime
import re
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.servers.erp_contracts.odata import BadRequest, Row, select
from tests.servers.erp_contracts.serving import Asked, Contract, Said, said

CLIENT, SECRET, COMPANY = "0f2a-app", "s3cr3t-of-entra", "usmf"
CAP = 40
HEADER = [
    *("dataAreaId", "PurchaseOrderNumber", "PurchaseOrderStatus", "DocumentApprovalStatus", "OrderVendorAccountNumber"),
    *("PurchaseOrderName", "AccountingDate", "CurrencyCode", "RequestedDeliveryDate", "PaymentTermsName", "Email"),
    *("DeliveryTermsId", "DeliveryAddressName", "DeliveryAddressCity", "DeliveryAddressCountryRegionISOCode"),
    *("TotalDiscountPercentage", "ArePricesIncludingSalesTax", "VendorOrderReference", "TaxExemptNumber"),
    *("ChangedAt", "OrderwireStatus"),
]
LINE = [
    *("dataAreaId", "PurchaseOrderNumber", "LineNumber", "PurchaseOrderLineStatus", "ItemNumber", "ExternalItemNumber"),
    *("LineDescription", "OrderedPurchaseQuantity", "PurchaseUnitSymbol", "PurchasePrice", "PurchasePriceQuantity"),
    *("LineAmount", "LineDiscountPercentage", "RequestedDeliveryDate", "ConfirmedDeliveryDate", "InventoryLotId"),
    *("SalesTaxItemGroupCode", "ChangedAt"),
]
OPTIONS = {"$filter", "$orderby", "$select", "$top", "$count", "cross-company"}
WRITABLE = {"VendorOrderReference", "OrderwireStatus", "ConfirmedDeliveryDate"}


class D365Contract(Contract):
    def __init__(self) -> None:
        super().__init__()
        self.orders: list[Row] = []
        self.lines: list[Row] = []
        self.tokens = 0
        self.good: set[str] = set()

    def answer(self, asked: Asked) -> Said:
        if asked.path == "/tenant/oauth2/v2.0/token":
            return self._token(asked)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.good:
            return said(401, {"Message": "Unauthorized"})
        try:
            return self._answered(asked)
        except BadRequest as failure:
            value = {
                "error": {"code": "", "message": "An error has occurred.", "innererror": {"message": str(failure)}}
            }
            return said(400, value)

    def _token(self, asked: Asked) -> Said:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        wanted = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
        if form != {**wanted, "scope": f"{self.url}/.default"}:
            return said(401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret"})
        self.tokens += 1
        self.good.add(f"t{self.tokens}")
        return said(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": f"t{self.tokens}"})

    def _answered(self, asked: Asked) -> Said:
        path = unquote(asked.path)
        if asked.params.get("cross-company") != "true":
            return said(200, {"value": []})  # another company is the user's default
        if asked.method == "GET" and path == "/data/PurchaseOrderHeadersV2":
            return said(200, select(self.orders, asked, HEADER, cap=CAP, options=OPTIONS))
        if asked.method == "GET" and path == "/data/PurchaseOrderLinesV2":
            return said(200, select(self.lines, asked, LINE, cap=CAP, options=OPTIONS))
        row = self._row(path)
        if row is None:
            return said(404, {"error": {"code": "", "message": f"No HTTP resource was found for {path}"}})
        if asked.method == "GET":
            return said(200, row)
        if asked.method != "PATCH":
            return said(405, {"error": {"code": "", "message": "not allowed"}})
        if asked.headers.get("if-match", "*") not in ("*", row["@odata.etag"]):
            return said(412, {"error": {"code": "", "message": "the row was changed"}})
        if unknown := asked.json.keys() - WRITABLE:
            raise BadRequest(f"The property '{min(unknown)}' does not exist or cannot be edited")
        row.update(asked.json)
        row["@odata.etag"] = f'W/"{len(self.asked)}"'
        return Said(204)

    def _row(self, path: str) -> Row | None:
        header = re.fullmatch(r"/data/PurchaseOrderHeadersV2\(dataAreaId='(\w+)',PurchaseOrderNumber='([^']+)'\)", path)
        line = re.fullmatch(
            r"/data/PurchaseOrderLinesV2\(dataAreaId='(\w+)',PurchaseOrderNumber='([^']+)',LineNumber=(\d+)\)", path
        )
        match, rows = (header, self.orders) if header else (line, self.lines)
        if match is None:
            return None
        wanted = match.groups()
        keys = ("dataAreaId", "PurchaseOrderNumber", "LineNumber")[: len(wanted)]
        return next((row for row in rows if tuple(str(row[key]) for key in keys) == wanted), None)


def instant(at: datetime.datetime) -> str:
    """As Dynamics says it: whole seconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def name_of(number: int) -> str:
    return f"PO-{number:06}"


def fill(contract: D365Contract, number: int, *, at: datetime.datetime, **changes: Any) -> Row:
    """A confirmed order with two lines."""
    name = name_of(number)
    order = {
        "@odata.etag": f'W/"{number}"',
        "dataAreaId": COMPANY,
        "PurchaseOrderNumber": name,
        "PurchaseOrderStatus": "Backorder",
        "DocumentApprovalStatus": "Confirmed",
        "OrderVendorAccountNumber": "1001",
        "PurchaseOrderName": "Acme Office Supplies",
        "AccountingDate": "2026-11-02T12:00:00Z",
        "CurrencyCode": "USD",
        "PaymentTermsName": "Net30",
        "DeliveryTermsId": "FOB",
        "DeliveryAddressName": "Contoso Seattle",
        "DeliveryAddressCity": "Seattle",
        "DeliveryAddressCountryRegionISOCode": "US",
        "TotalDiscountPercentage": 0,
        "ArePricesIncludingSalesTax": "No",
        "VendorOrderReference": "",
        "ChangedAt": instant(at),
        **changes,
    }
    contract.orders.append(order)
    line = {"@odata.etag": 'W/"1"', "dataAreaId": COMPANY, "PurchaseOrderNumber": name, "ChangedAt": instant(at)}
    line |= {"PurchaseOrderLineStatus": "Backorder", "RequestedDeliveryDate": "2026-12-01T12:00:00Z"}
    line |= {"SalesTaxItemGroupCode": "FULL", "ConfirmedDeliveryDate": "1900-01-01T00:00:00Z"}
    contract.lines += [
        {**line, "LineNumber": 1, "ItemNumber": "SCR-4", "LineDescription": "Screw M4", "ExternalItemNumber": "A-77"}
        | {"OrderedPurchaseQuantity": 1000, "PurchaseUnitSymbol": "ea", "PurchasePrice": 2.5, "LineAmount": 25.0}
        | {"PurchasePriceQuantity": 100, "LineDiscountPercentage": 0},
        {**line, "LineNumber": 2, "ItemNumber": "OIL", "LineDescription": "Oil", "OrderedPurchaseQuantity": 10}
        | {"PurchaseUnitSymbol": "kg", "PurchasePrice": 5.0, "LineAmount": 45.0, "PurchasePriceQuantity": 1}
        | {"LineDiscountPercentage": 10, "RequestedDeliveryDate": "1900-01-01T12:00:00Z"},
    ]
    return order
