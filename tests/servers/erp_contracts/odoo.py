"""Contract server of Odoo, not the live product. Built from odoo/documentation content/developer/reference/
external_api.rst (JSON-2: path, headers, named arguments, error object) and external_rpc_api.rst (XML-RPC), and the
field names of odoo/odoo addons/purchase/models/purchase_order.py and purchase_order_line.py."""

import datetime
import re
import xmlrpc.client
from typing import Any

from tests.servers.erp_contracts.serving import Asked, Contract, Said, said

KEY = "6578616d706c65206a736f6e20617069206b6579"
LOGIN = "orderwire@example.com"
DATABASE = "mycompany"
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")

Row = dict[str, Any]

FIELDS = {
    "purchase.order": "id name state partner_id partner_ref dest_address_id currency_id company_id user_id write_date "
    "payment_term_id incoterm_id incoterm_location origin note date_order date_approve date_planned amount_untaxed",
    "purchase.order.line": "id order_id name sequence display_type product_id product_qty product_uom_id price_unit "
    "price_subtotal discount tax_ids date_planned is_downpayment write_date",
    "res.partner": "id name ref vat street street2 city zip state_id country_code phone email is_company",
    "res.company": "id name partner_id",
    "account.tax": "id name amount amount_type price_include",
    "product.product": "id default_code barcode product_tmpl_id",
    "product.supplierinfo": "id partner_id product_id product_tmpl_id product_code sequence",
    "account.incoterms": "id code name",
    "mail.message": "id model res_id body subtype message_type",
}
ARGUMENTS = {
    "search_read": {"domain", "fields", "offset", "limit", "order"},
    "read": {"fields", "load"},
    "search_count": {"domain", "limit"},
    "fields_get": {"allfields", "attributes"},
    "write": {"vals"},
    "message_post": {"body", "message_type", "subtype_xmlid", "subject", "partner_ids", "attachment_ids"},
}


class OdooError(Exception):
    """As Odoo's own: its name, its words, and the status that JSON-2 gives it."""

    def __init__(self, name: str, message: str, status: int):
        super().__init__(message)
        self.name, self.message, self.status = name, message, status


class OdooContract(Contract):
    """`tables` are rows by model; times are kept finer than a second and shown in whole ones, as PostgreSQL and Odoo
    do."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[Row]] = {model: [] for model in FIELDS}
        self.forbidden: set[str] = set()

    def answer(self, asked: Asked) -> Said:
        if asked.path.startswith("/xmlrpc/2/"):
            return self._xml(asked)
        match = re.fullmatch(r"/json/2/([a-z._]+)/([a-z_]+)", asked.path)
        if not match or asked.method != "POST":
            return self._error(OdooError("werkzeug.exceptions.NotFound", "404 Not Found", 404))
        try:
            if asked.headers.get("authorization") != f"bearer {KEY}":
                raise OdooError("werkzeug.exceptions.Unauthorized", "Invalid apikey", 401)
            if not asked.headers.get("content-type", "").startswith("application/json"):
                raise OdooError("werkzeug.exceptions.UnsupportedMediaType", "needs application/json", 415)
            if asked.headers.get("x-odoo-database", DATABASE) != DATABASE:
                raise OdooError("werkzeug.exceptions.NotFound", "no such database", 404)
            body = asked.json
            body.pop("context", None)
            return said(200, self._call(match[1], match[2], body.pop("ids", []), body))
        except OdooError as failure:
            return self._error(failure)

    def _error(self, failure: OdooError) -> Said:
        debug = "Traceback (most recent call last): …"
        value = {"name": failure.name, "message": failure.message, "arguments": [failure.message], "context": {}}
        return said(failure.status, {**value, "debug": debug})

    def _xml(self, asked: Asked) -> Said:
        given, method = xmlrpc.client.loads(asked.body)
        try:
            value = self._xml_value(asked.path, method, given)
            content = xmlrpc.client.dumps((value,), methodresponse=True, allow_none=True)
        except OdooError as failure:
            code = {"odoo.exceptions.AccessDenied": 3, "odoo.exceptions.AccessError": 4}.get(failure.name, 1)
            content = xmlrpc.client.dumps(xmlrpc.client.Fault(code, failure.message), methodresponse=True)
        return Said(200, content.encode(), {"Content-Type": "text/xml"})

    def _xml_value(self, path: str, method: str | None, given: tuple[Any, ...]) -> Any:
        if path == "/xmlrpc/2/common" and method == "authenticate":
            database, login, key, _ = given
            return 7 if (database, login, key) == (DATABASE, LOGIN, KEY) else False
        if path != "/xmlrpc/2/object" or method != "execute_kw":
            raise OdooError("builtins.Exception", f"Method not found {method}", 500)
        database, user, key, model, name, positional, named = given
        if (database, user, key) != (DATABASE, 7, KEY):
            raise OdooError("odoo.exceptions.AccessDenied", "Access Denied", 401)
        named.pop("context", None)
        return self._call(model, name, positional[0] if positional else [], named)

    def _call(self, model: str, method: str, ids: list[int], named: dict[str, Any]) -> Any:
        if model not in self.tables:
            raise OdooError("werkzeug.exceptions.NotFound", f"the model {model!r} does not exist", 404)
        if model in self.forbidden:
            words = f"You are not allowed to access '{model}' records."
            raise OdooError("odoo.exceptions.AccessError", words, 403)
        if method not in ARGUMENTS:
            words = f"the method {method!r} does not exist on the model {model!r}"
            raise OdooError("werkzeug.exceptions.NotFound", words, 404)
        if unknown := named.keys() - ARGUMENTS[method]:
            words = f"got an unexpected keyword argument {min(unknown)!r}"
            raise OdooError("builtins.TypeError", words, 422)
        return getattr(self, f"_{method}")(model, ids, **named)

    def _fields_get(self, model: str, ids: list[int], allfields: list[str], attributes: list[str]) -> Any:
        known = FIELDS[model].split()
        return {name: dict.fromkeys(attributes, "char") for name in known if name in allfields}

    def _search_read(
        self,
        model: str,
        ids: list[int],
        domain: list[Any],
        fields: list[str],
        order: str = "id",
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Row]:
        rows = [row for row in self.tables[model] if self._holds(model, row, domain)]
        for name, _, way in (term.strip().partition(" ") for term in reversed(order.split(","))):
            rows.sort(key=lambda row: row.get(name) or 0, reverse=way == "desc")
        return [self._shown(model, row, fields) for row in rows[offset:][:limit]]

    def _search_count(self, model: str, ids: list[int], domain: list[Any]) -> int:
        return sum(self._holds(model, row, domain) for row in self.tables[model])

    def _read(self, model: str, ids: list[int], fields: list[str]) -> list[Row]:
        found = [row for row in self.tables[model] if row["id"] in ids]
        if len(found) < len(set(ids)):
            words = "Record does not exist or has been deleted."
            raise OdooError("odoo.exceptions.MissingError", words, 404)
        return [self._shown(model, row, fields) for row in found]

    def _write(self, model: str, ids: list[int], vals: Row) -> bool:
        for row in self.tables[model]:
            if row["id"] in ids:
                row.update(vals)
        return True

    def _message_post(self, model: str, ids: list[int], body: str, message_type: str, subtype_xmlid: str) -> list[int]:
        (record,) = ids
        number = len(self.tables["mail.message"]) + 1
        message = {"id": number, "model": model, "res_id": record, "body": f"<p>{body}</p>", "subtype": subtype_xmlid}
        self.tables["mail.message"].append({**message, "message_type": message_type})
        return [number]

    def _shown(self, model: str, row: Row, fields: list[str]) -> Row:
        known = FIELDS[model].split()
        for name in fields:
            if name not in known:
                words = f"Invalid field {name!r} on {model!r}"
                raise OdooError("builtins.ValueError", words, 422)
        shown = {name: row.get(name, False) for name in {"id", *fields}}
        return {name: v[:19] if isinstance(v, str) and MOMENT.fullmatch(v) else v for name, v in shown.items()}

    def _holds(self, model: str, row: Row, domain: list[Any]) -> bool:
        terms = list(domain)

        def one() -> bool:
            if not terms:
                raise OdooError("builtins.ValueError", "Domain is malformed", 422)
            term = terms.pop(0)
            if term in ("&", "|"):
                left, right = one(), one()
                return (left and right) if term == "&" else (left or right)
            return self._leaf(model, row, *term)

        results = []
        while terms:
            results.append(one())
        return all(results)

    def _leaf(self, model: str, row: Row, path: str, operator: str, wanted: Any) -> bool:
        first, _, rest = path.partition(".")
        if first not in FIELDS[model].split():
            raise OdooError("builtins.ValueError", f"Invalid field {model}.{first} in leaf", 422)
        value = row.get(first, False)
        if rest == "product_variant_ids":
            return True
        if rest:
            (parent,) = [one for one in self.tables["purchase.order"] if one["id"] == value[0]]
            return self._leaf("purchase.order", parent, rest, operator, wanted)
        value = value[0] if isinstance(value, list) and value else value
        if operator in ("=", "!="):
            return (value == wanted) == (operator == "=")
        if operator in ("in", "not in"):
            return (value in wanted) == (operator == "in")
        if operator == "ilike":
            return str(wanted).lower() in str(value).lower()
        if value is False:
            return False
        return {">=": value >= wanted, "<": value < wanted, ">": value > wanted}[operator]


def moment(at: datetime.datetime) -> str:
    """As PostgreSQL keeps it."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def fill(contract: OdooContract, number: int, *, at: datetime.datetime, **changes: Any) -> Row:
    """A confirmed order with two lines."""
    tables = contract.tables
    if not tables["res.company"]:
        tables["res.company"].append({"id": 1, "name": "Muster GmbH", "partner_id": [1, "Muster GmbH"]})
        tables["res.partner"] += [
            {"id": 1, "name": "Muster GmbH", "vat": "DE123456788", "city": "Ulm", "zip": "89073", "country_code": "DE"},
            {"id": 2, "name": "Acme Ltd", "ref": "V100", "street": "1 High St", "city": "Leeds", "country_code": "GB"},
        ]
        tables["account.tax"].append(
            {"id": 5, "name": "19% Vorsteuer", "amount": 19.0, "amount_type": "percent", "price_include": False}
        )
        tables["product.product"] += [
            {"id": 11, "default_code": "SCR-4", "barcode": "4006381333931", "product_tmpl_id": [21, "Screw"]},
            {"id": 12, "default_code": "NUT-4", "product_tmpl_id": [22, "Nut"]},
        ]
        tables["product.supplierinfo"].append(
            {"id": 1, "partner_id": 2, "product_id": False, "product_tmpl_id": [21, "Screw"], "product_code": "A-77"}
        )
        tables["account.incoterms"].append({"id": 3, "code": "FCA", "name": "FREE CARRIER"})
    name = f"P{number:05}"
    order = {
        "id": number,
        "name": name,
        "state": "purchase",
        "partner_id": [2, "Acme Ltd"],
        "currency_id": [1, "EUR"],
        "company_id": [1, "Muster GmbH"],
        "user_id": [9, "Berta Buyer"],
        "payment_term_id": [4, "30 Days"],
        "incoterm_id": [3, "[FCA] FREE CARRIER"],
        "incoterm_location": "Leeds",
        "note": "<p>Ring &amp; wait.<br>Gate 2</p>",
        "date_order": "2026-11-01 08:00:00",
        "date_approve": "2026-11-02 23:30:00",
        "amount_untaxed": 122.5,
        "write_date": moment(at),
        **changes,
    }
    tables["purchase.order"].append(order)
    line = {"order_id": [number, f"{name} (ref)"], "product_uom_id": [1, "Units"], "tax_ids": [5]}
    line |= {"date_planned": "2026-12-01 23:00:00", "write_date": moment(at)}
    first = {"id": number * 10 + 1, "name": "[SCR-4] Screw\nM4", "sequence": 1, "product_id": [11, "Screw"]}
    second = {"id": number * 10 + 2, "name": "Nut", "sequence": 2, "product_id": [12, "Nut"], "discount": 10.0}
    tables["purchase.order.line"] += [
        {**line, **first, "product_qty": 100.0, "price_unit": 1.0, "price_subtotal": 100.0},
        {**line, **second, "product_qty": 10.0, "price_unit": 2.5, "price_subtotal": 22.5},
    ]
    return order
