"""Contract server of ERPNext, not the live product. Built from docs.frappe.io framework/user/en/api/rest (token, list
and single documents, filters, page length, `data`), the status codes of Frappe's exceptions (401, 403, 404, 417), and
the doctypes purchase_order.json and purchase_order_item.json of frappe/erpnext (what may change after submit)."""

import datetime
import json
import re
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from tests.servers.erp_contracts.serving import Asked, Contract, Said, said

KEY, SECRET = "4d5a2e1f0b7c9a3", "9f8e7d6c5b4a321"
ZONE = ZoneInfo("Asia/Kolkata")
AFTER_SUBMIT = {"title", "schedule_date", "order_confirmation_no", "order_confirmation_date", "custom_answer"}
"""`allow_on_submit` in purchase_order.json, and a field that was added."""

Row = dict[str, Any]


class FrappeError(Exception):
    def __init__(self, status: int, kind: str, words: str):
        super().__init__(words)
        self.status, self.kind, self.words = status, kind, words


class ErpNextContract(Contract):
    """`docs` are documents by doctype and name."""

    def __init__(self) -> None:
        super().__init__()
        self.docs: dict[str, dict[str, Row]] = {
            kind: {} for kind in ("Purchase Order", "Supplier", "Company", "Address", "Country", "Comment")
        }
        self.forbidden: set[str] = set()
        self.now = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)

    def answer(self, asked: Asked) -> Said:
        try:
            if asked.headers.get("authorization") != f"token {KEY}:{SECRET}":
                raise FrappeError(401, "AuthenticationError", "Authentication failed")
            if asked.path == "/api/method/frappe.auth.get_logged_user":
                return said(200, {"message": "orderwire@example.com"})
            match = re.fullmatch(r"/api/resource/([^/]+)(?:/([^/]+))?", asked.path)
            kind = unquote(match[1]) if match else ""
            if not match or kind not in self.docs:
                raise FrappeError(404, "DoesNotExistError", f"DocType {kind} not found")
            if kind in self.forbidden:
                raise FrappeError(403, "PermissionError", f"User does not have doctype access for {kind}")
            if match[2] is None:
                return self._list(kind, asked) if asked.method == "GET" else self._insert(kind, asked)
            return self._one(kind, unquote(match[2]), asked)
        except FrappeError as failure:
            messages = json.dumps([json.dumps({"message": failure.words})])
            return said(failure.status, {"exc_type": failure.kind, "_server_messages": messages})

    def _one(self, kind: str, name: str, asked: Asked) -> Said:
        if name not in self.docs[kind]:
            raise FrappeError(404, "DoesNotExistError", f"{kind} {name} not found")
        doc = self.docs[kind][name]
        if asked.method == "PUT":
            for field in asked.json:
                if doc.get("docstatus") == 1 and field not in AFTER_SUBMIT:
                    words = f"Not allowed to change {field} after submission"
                    raise FrappeError(417, "UpdateAfterSubmitError", words)
            doc.update(asked.json, modified=local(self.now))
        elif asked.method != "GET":
            raise FrappeError(405, "ValidationError", "Method Not Allowed")
        return said(200, {"data": doc})

    def _insert(self, kind: str, asked: Asked) -> Said:
        doc = asked.json
        if kind != "Comment" or not {"comment_type", "reference_doctype", "reference_name"} <= doc.keys():
            raise FrappeError(417, "MandatoryError", "[Comment]: comment_type")
        name = f"c{len(self.docs[kind]) + 1}"
        self.docs[kind][name] = {**doc, "name": name, "creation": local(self.now)}
        return said(200, {"data": self.docs[kind][name]})

    def _list(self, kind: str, asked: Asked) -> Said:
        if unknown := asked.params.keys() - {"filters", "fields", "order_by", "limit_page_length", "limit_start"}:
            raise FrappeError(417, "ValidationError", f"unknown parameter {min(unknown)}")
        rows = list(self.docs[kind].values())
        for field, operator, wanted in json.loads(asked.params.get("filters", "[]")):
            rows = [row for row in rows if _holds(row.get(field), operator, wanted)]
        for term in reversed(asked.params.get("order_by", "modified desc").split(",")):
            field, way = term.split()
            rows.sort(key=lambda row: str(row.get(field, "")), reverse=way == "desc")
        start, length = int(asked.params.get("limit_start", 0)), int(asked.params.get("limit_page_length", 20))
        fields = json.loads(asked.params.get("fields", '["name"]'))
        shown = [{field: row.get(field) for field in fields} for row in rows[start:][: length or None]]
        return said(200, {"data": shown})


def _holds(value: Any, operator: str, wanted: Any) -> bool:
    if operator == "like":
        return re.fullmatch(re.escape(wanted).replace("%", ".*"), str(value), re.DOTALL) is not None
    found = {"=": value == wanted, "in": isinstance(wanted, list) and value in wanted}
    found["not in"] = isinstance(wanted, list) and value not in wanted
    found |= {">=": str(value) >= str(wanted), "<=": str(value) <= str(wanted)}
    found[">"] = str(value) > str(wanted)
    if operator not in found:
        raise FrappeError(417, "ValidationError", f"Operator must be one of …, not {operator}")
    return found[operator]


def local(at: datetime.datetime) -> str:
    """As a site keeps it: its own time, with microseconds, without an offset."""
    return at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S.%f")


def fill(contract: ErpNextContract, number: int, *, at: datetime.datetime, **changes: Any) -> Row:
    """A submitted order with two lines."""
    docs = contract.docs
    docs["Supplier"]["Acme"] = {"name": "Acme", "supplier_name": "Acme Ltd", "tax_id": "GB123456789"}
    docs["Company"]["Muster"] = {"name": "Muster", "company_name": "Muster Pvt", "tax_id": "27AAA", "country": "India"}
    docs["Address"]["Acme-Billing"] = {"address_title": "Acme", "address_line1": "1 High St", "city": "Leeds"}
    docs["Address"]["Acme-Billing"] |= {"name": "Acme-Billing", "pincode": "LS1", "country": "United Kingdom"}
    docs["Address"]["Plant-1"] = {"name": "Plant-1", "address_title": "Plant 1", "city": "Pune", "country": "India"}
    docs["Country"] |= {"United Kingdom": {"name": "United Kingdom", "code": "gb"}, "India": {"code": "in"}}
    name = f"PUR-ORD-2026-{number:05}"
    item = {"uom": "Nos", "schedule_date": "2026-12-01", "item_tax_rate": "{}", "cost_center": "Main - M"}
    order = {
        "name": name,
        "docstatus": 1,
        "status": "To Receive and Bill",
        "modified": local(at),
        "modified_by": "berta@example.com",
        "supplier": "Acme",
        "supplier_name": "Acme Ltd",
        "company": "Muster",
        "transaction_date": "2026-11-02",
        "currency": "INR",
        "supplier_address": "Acme-Billing",
        "shipping_address": "Plant-1",
        "payment_terms_template": "Net 30",
        "incoterm": "FCA",
        "named_place": "Leeds",
        "terms": "<div>Ring &amp; wait</div>",
        "net_total": 122.5,
        "items": [
            {**item, "name": "k2f9a1b3c4", "idx": 1, "item_code": "SCR-4", "description": "<p>Screw<br>M4</p>"}
            | {"qty": 100.0, "rate": 1.0, "amount": 100.0, "net_amount": 100.0, "supplier_part_no": "A-77"},
            {**item, "name": "p8e7d6c5b4", "idx": 2, "item_code": "NUT-4", "item_name": "Nut", "qty": 10.0}
            | {"rate": 2.25, "amount": 22.5, "net_amount": 22.5, "item_tax_rate": '{"GST - M": 5.0}'},
        ],
        "taxes": [
            {"charge_type": "On Net Total", "account_head": "GST - M", "rate": 18.0, "category": "Total"},
            {"charge_type": "Actual", "account_head": "Freight - M", "tax_amount": 12.5, "add_deduct_tax": "Add"}
            | {"description": "Freight"},
        ],
        **changes,
    }
    docs["Purchase Order"][name] = order
    return order
