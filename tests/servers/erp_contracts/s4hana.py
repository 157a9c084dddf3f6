"""Contract server of SAP S/4HANA, not the live product. Built from the metadata (EDMX) of CE_PURCHASEORDER_0001, schema
com.sap.gateway.srvd_a2x.api_purchaseorder_2.v0001: entity sets, keys, properties and their lengths, navigation. Tokens
against forged requests, ETags and pages that are cut by the server follow SAP Gateway's rules for OData V4."""

import base64
import datetime
import re
from typing import Any
from urllib.parse import unquote

from tests.servers.erp_contracts.odata import BadRequest, Row, select
from tests.servers.erp_contracts.serving import Asked, Contract, Said, said

USER, PASSWORD, CLIENT = "ORDERWIRE", "s3cr3t-of-sap", "100"
PATH = "/sap/opu/odata4/sap/api_purchaseorder_2/srvd_a2x/sap/purchaseorder/0001"
CAP = 40
"""A page has no more, whatever is asked for."""

HEADER = [
    "PurchaseOrder",
    "PurchaseOrderType",
    "CreatedByUser",
    "CreationDate",
    "PurchaseOrderDate",
    "LastChangeDateTime",
    "Language",
    "PurchaseOrderDeletionCode",
    "ReleaseIsNotCompleted",
    "PurchasingCompletenessStatus",
    "PurchasingProcessingStatus",
    "CompanyCode",
    "Supplier",
    "PurchaseContract",
    "PaymentTerms",
    "CashDiscount1Days",
    "NetPaymentDays",
    "CashDiscount1Percent",
    "DocumentCurrency",
    "IncotermsClassification",
    "IncotermsVersion",
    "IncotermsLocation1",
    "CorrespncExternalReference",
]
ITEM = [
    "PurchaseOrder",
    "PurchaseOrderItem",
    "PurchasingDocumentDeletionCode",
    "MaterialGroup",
    "Material",
    "SupplierMaterialNumber",
    "PurchaseOrderItemText",
    "Plant",
    "PurchaseOrderQuantityUnit",
    "NetPriceQuantity",
    "OrderPriceUnit",
    "OrderQuantity",
    "NetPriceAmount",
    "OrderPriceUnitToOrderUnitNmrtr",
    "OrdPriceUnitToOrderUnitDnmntr",
    "NetAmount",
    "TaxCode",
    "InternationalArticleNumber",
    "PurchaseContract",
    "PurchaseContractItem",
    "PurchaseRequisition",
    "PurchaseRequisitionItem",
    "IsReturnsItem",
    "PurgDocOrderAcknNumber",
]
ITEM_PARTS = [
    "_PurchaseOrderScheduleLineTP",
    "_DeliveryAddress",
    "_PurOrdAccountAssignment",
    "_PurchaseOrderItemNote",
]
HEADER_PARTS = {"_SupplierAddress", "_PurchaseOrderNote", "_PurchaseOrderItem", "_PurchaseOrderPartner"}
OPTIONS = {"$filter", "$orderby", "$select", "$top", "$skip", "$count", "$expand"}


class SapError(Exception):
    def __init__(self, status: int, words: str, headers: dict[str, str] | None = None):
        super().__init__(words)
        self.status, self.words, self.headers = status, words, headers or {}


class S4Contract(Contract):
    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, Row] = {}
        self.items: dict[str, list[Row]] = {}
        self.notes: dict[tuple[str, str, str], Row] = {}
        self.tokens: set[str] = set()
        self.fetched = 0
        self.may_write = True

    def answer(self, asked: Asked) -> Said:
        try:
            return self._answered(asked)
        except BadRequest as failure:
            return said(400, {"error": {"code": "/IWBEP/CM_V4_MED/0", "message": str(failure)}})
        except SapError as failure:
            value = {"error": {"code": "CX_SY", "message": failure.words}}
            return said(failure.status, value, **failure.headers)

    def _answered(self, asked: Asked) -> Said:
        pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            raise SapError(401, "Logon failed")
        if asked.headers.get("sap-client") != CLIENT:
            raise SapError(401, "Logon failed: client")
        if not asked.path.startswith(f"{PATH}/"):
            raise SapError(404, "no service found")
        path = unquote(asked.path.removeprefix(PATH))
        if asked.method == "GET":
            headers = {}
            if asked.headers.get("x-csrf-token", "").lower() == "fetch":
                self.fetched += 1
                token = f"token{self.fetched}=="
                self.tokens.add(token)
                headers = {"x-csrf-token": token, "Set-Cookie": f"SAP_SESSIONID={token}; path=/; HttpOnly"}
            return said(200, self._got(path, asked), **headers)
        self._guard(asked)
        return self._written(path, asked)

    def _guard(self, asked: Asked) -> None:
        token = asked.headers.get("x-csrf-token", "")
        if token not in self.tokens or f"SAP_SESSIONID={token}" not in asked.headers.get("cookie", ""):
            raise SapError(403, "CSRF token validation failed", {"x-csrf-token": "Required"})
        if not self.may_write:
            raise SapError(403, "No authorization to change purchase orders")

    def _got(self, path: str, asked: Asked) -> Any:
        if path == "/PurchaseOrder":
            return select(self.orders.values(), asked, HEADER, cap=CAP, options=OPTIONS - {"$expand"})
        if path == "/PurchaseOrderItem":
            expand = asked.params.get("$expand", "")
            if set(expand.split(",")) - {"", *ITEM_PARTS}:
                raise BadRequest(f"Property {expand} cannot be expanded")
            rows = [row for name in self.items for row in self.items[name]]
            found = select(rows, asked, ITEM, cap=CAP, options=OPTIONS)
            by_key = {(row["PurchaseOrder"], row["PurchaseOrderItem"]): row for row in rows}
            for row in found["value"]:
                whole = by_key[row["PurchaseOrder"], row["PurchaseOrderItem"]]
                row.update({name: whole.get(name) for name in ITEM_PARTS if name in expand})
            return found
        if match := re.fullmatch(r"/PurchaseOrder\('([^']+)'\)", path):
            order = self._order(match[1])
            expand = asked.params.get("$expand", "")
            if set(expand.split(",")) - {"", *HEADER_PARTS}:
                raise BadRequest(f"Property {expand} cannot be expanded")
            notes = [note for key, note in self.notes.items() if key[0] == match[1]]
            parts = {"_PurchaseOrderNote": notes, "_SupplierAddress": order.get("_SupplierAddress")}
            shown = {name: value for name, value in order.items() if not name.startswith("_")}
            return {**shown, **{name: value for name, value in parts.items() if name in expand}, "SAP__Messages": []}
        return self._note(path)

    def _note(self, path: str) -> Row:
        match = re.fullmatch(
            r"/PurchaseOrderNote\(PurchaseOrder='([^']+)',TextObjectType='([^']+)',Language='([^']+)'\)", path
        )
        if not match:
            raise SapError(404, f"Resource not found for segment '{path}'")
        found = self.notes.get((match[1], match[2], match[3]))
        if found is None:
            raise SapError(404, "Requested entity not found")
        return found

    def _order(self, name: str) -> Row:
        if name not in self.orders:
            raise SapError(404, "Requested entity not found")
        return self.orders[name]

    def _written(self, path: str, asked: Asked) -> Said:
        if asked.method == "POST" and (match := re.fullmatch(r"/PurchaseOrder\('([^']+)'\)/_PurchaseOrderNote", path)):
            self._order(match[1])
            if asked.json.keys() != {"TextObjectType", "Language", "PlainLongText"}:
                raise BadRequest("wrong properties of PurchaseOrderNote")
            key = (match[1], asked.json["TextObjectType"], asked.json["Language"])
            self.notes[key] = {"@odata.etag": 'W/"1"', "PurchaseOrder": match[1], **asked.json}
            return said(201, self.notes[key])
        if asked.method != "PATCH":
            raise SapError(405, "Method not allowed")
        item = re.fullmatch(r"/PurchaseOrderItem\(PurchaseOrder='([^']+)',PurchaseOrderItem='(\d{5})'\)", path)
        if item:
            (row,) = [one for one in self.items.get(item[1], []) if one["PurchaseOrderItem"] == item[2]]
            allowed = {"PurgDocOrderAcknNumber": 20}
        else:
            row, allowed = self._note(path), {"PlainLongText": 100_000}
        if "if-match" not in asked.headers:
            raise SapError(428, "Precondition required")
        if asked.headers["if-match"] not in ("*", row["@odata.etag"]):
            raise SapError(412, "Precondition failed")
        for name, value in asked.json.items():
            if name not in allowed or len(value) > allowed[name]:
                raise BadRequest(f"Property {name} cannot be changed so")
        row.update(asked.json)
        row["@odata.etag"] = f'W/"{len(self.asked)}"'
        return Said(204)


def instant(at: datetime.datetime) -> str:
    """As SAP says it: seven places."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def name_of(number: int) -> str:
    return f"45{number:08}"


def fill(contract: S4Contract, number: int, *, at: datetime.datetime, **changes: Any) -> Row:
    """A released order with two items, one of them with two schedule lines."""
    name = name_of(number)
    contract.orders[name] = {
        "@odata.etag": f'W/"{instant(at)}"',
        "PurchaseOrder": name,
        "PurchaseOrderType": "NB",
        "PurchaseOrderDate": "2026-11-02",
        "LastChangeDateTime": instant(at),
        "PurchaseOrderDeletionCode": "",
        "ReleaseIsNotCompleted": False,
        "PurchasingCompletenessStatus": False,
        "PurchasingProcessingStatus": "05",
        "CompanyCode": "1010",
        "Supplier": "0017300001",
        "PaymentTerms": "0002",
        "NetPaymentDays": 30,
        "CashDiscount1Days": 14,
        "CashDiscount1Percent": 2,
        "DocumentCurrency": "EUR",
        "IncotermsClassification": "FCA",
        "IncotermsLocation1": "Leeds",
        "IncotermsVersion": "2020",
        "_SupplierAddress": {
            "OrganizationName1": "Acme Ltd",
            "CityName": "Leeds",
            "Country": "GB",
            "StreetName": "High St",
        }
        | {"HouseNumber": "1", "PostalCode": "LS1"},
        **changes,
    }
    item = {"@odata.etag": 'W/"1"', "PurchaseOrder": name, "PurchasingDocumentDeletionCode": "", "IsReturnsItem": False}
    item |= {"TaxCode": "V1", "Plant": "1010", "OrderPriceUnitToOrderUnitNmrtr": 1, "OrdPriceUnitToOrderUnitDnmntr": 1}
    item |= {"PurgDocOrderAcknNumber": "", "SAP__Messages": [], "_PurchaseOrderItemNote": []}
    line = {"PurchaseOrder": name}
    contract.items[name] = [
        {**item, "PurchaseOrderItem": "00010", "PurchaseOrderItemText": "Screw M4", "Material": "SCR-4"}
        | {"OrderQuantity": 1000, "PurchaseOrderQuantityUnit": "ST", "NetPriceAmount": 2.5, "NetPriceQuantity": 100}
        | {"NetAmount": 25.0, "SupplierMaterialNumber": "A-77", "InternationalArticleNumber": "4006381333931"}
        | {"_DeliveryAddress": {"AddresseeFullName": "Plant Ulm", "CityName": "Ulm", "Country": "DE"}}
        | {
            "_PurOrdAccountAssignment": [
                {"CostCenter": "4711", "GLAccount": "400000", "MultipleAcctAssgmtDistrPercent": 0}
            ]
        }
        | {
            "_PurchaseOrderScheduleLineTP": [
                {
                    **line,
                    "ScheduleLine": "0001",
                    "ScheduleLineDeliveryDate": "2026-12-01",
                    "ScheduleLineOrderQuantity": 400,
                },
                {
                    **line,
                    "ScheduleLine": "0002",
                    "ScheduleLineDeliveryDate": "2026-12-15",
                    "ScheduleLineOrderQuantity": 600,
                },
            ]
        },
        {**item, "PurchaseOrderItem": "00020", "PurchaseOrderItemText": "Oil", "Material": "OIL"}
        | {"OrderQuantity": 3, "PurchaseOrderQuantityUnit": "L", "NetPriceAmount": 7.333, "NetPriceQuantity": 1}
        | {"NetAmount": 22.0, "_DeliveryAddress": None, "_PurOrdAccountAssignment": []}
        | {"_PurchaseOrderScheduleLineTP": [{**line, "ScheduleLine": "0001", "ScheduleLineOrderQuantity": 3}]},
    ]
    return contract.orders[name]
