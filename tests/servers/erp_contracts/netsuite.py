"""Contract server of NetSuite, not the live product. Built from Oracle's help pages: The Request Token Structure, POST
Request to the Token Endpoint, Executing SuiteQL Queries Through REST Web Services (Prefer: transient, limit up to 1000,
items and hasMore), Purchase Order (GET with expandSubResources, PATCH with 204 and Location). SuiteQL is run by SQLite,
with its two functions."""

import base64
import datetime
import json
import re
import sqlite3
import time
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.servers.erp_contracts.serving import Asked, Contract, Said, said

CLIENT, CERTIFICATE = "client-id-1", "certificate-1"
ZONE = ZoneInfo("America/Los_Angeles")
KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
WRITABLE = {"memo", "otherRefNum", "custbody_orderwire_status"}

Row = dict[str, Any]


class NetSuiteContract(Contract):
    """`orders` are records by internal id; `changed` their times as NetSuite keeps them."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, Row] = {}
        self.changed: dict[str, str] = {}
        self.good: set[str] = set()
        self.tokens = 0
        self.others: dict[str, Row] = {
            "vendor/7": {"id": "7", "entityId": "V100", "companyName": "Acme Ltd", "email": "sales@acme.example"},
            "subsidiary/1": {"id": "1", "name": "Parent", "legalName": "Contoso Inc."},
            "currency/1": {"id": "1", "name": "US Dollar", "symbol": "USD"},
        }

    def answer(self, asked: Asked) -> Said:
        if asked.path == "/services/rest/auth/oauth2/v1/token":
            return self._token(asked)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.good:
            return self._error(401, "INVALID_LOGIN", "Invalid login attempt.")
        if asked.path == "/services/rest/query/v1/suiteql":
            return self._query(asked)
        match = re.fullmatch(r"/services/rest/record/v1/(\w+/\d+)", asked.path)
        if not match:
            return self._error(404, "NONEXISTENT_ID", "The record path does not exist.")
        return self._record(match[1], asked)

    def _error(self, status: int, code: str, words: str) -> Said:
        details = [{"detail": words, "o:errorCode": code}]
        return said(
            status, {"type": "https://www.rfc-editor.org/rfc/rfc9110", "status": status, "o:errorDetails": details}
        )

    def _token(self, asked: Asked) -> Said:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        if form.keys() != {"grant_type", "client_assertion_type", "client_assertion"}:
            return said(400, {"error": "invalid_request"})
        if form["grant_type"] != "client_credentials" or form["client_assertion_type"] != kind:
            return said(400, {"error": "invalid_request"})
        if not self._signed(form["client_assertion"]):
            return said(401, {"error": "invalid_client"})
        self.tokens += 1
        self.good.add(f"n{self.tokens}")
        return said(200, {"access_token": f"n{self.tokens}", "expires_in": "3600", "token_type": "Bearer"})

    def _signed(self, assertion: str) -> bool:
        head, body, signature = assertion.split(".")
        header, payload = json.loads(_decoded(head)), json.loads(_decoded(body))
        raw = _decoded(signature)
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        try:
            KEY.public_key().verify(der, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        lasts = 0 < payload["exp"] - payload["iat"] < 3600 and payload["exp"] > time.time()
        named = header == {"typ": "JWT", "alg": "ES256", "kid": CERTIFICATE} and payload["iss"] == CLIENT
        return lasts and named and payload["aud"] == f"{self.url}/services/rest/auth/oauth2/v1/token"

    def _query(self, asked: Asked) -> Said:
        if asked.method != "POST" or asked.headers.get("prefer") != "transient":
            return self._error(400, "INVALID_HEADER", "Required header Prefer: transient is missing.")
        if asked.json.keys() != {"q"}:
            return self._error(400, "INVALID_CONTENT", "Invalid content in the request body.")
        limit = int(asked.params.get("limit", 1000))
        if not 1 <= limit <= 1000:
            return self._error(400, "INVALID_PARAMETER", "The limit is 1000.")
        base = sqlite3.connect(":memory:")
        base.row_factory = sqlite3.Row
        base.create_function("TO_DATE", 2, lambda text, form: text, deterministic=True)
        base.create_function("TO_CHAR", 2, lambda text, form: text, deterministic=True)
        base.execute("create table transaction_ (id integer, tranid, type, approvalstatus integer, lastmodifieddate)")
        for key, order in self.orders.items():
            values = (int(key), order["tranId"], "PurchOrd", int(order["approvalStatus"]["id"]), self.changed[key])
            base.execute("insert into transaction_ values (?, ?, ?, ?, ?)", values)
        try:
            query = re.sub(r"\btransaction\b", "transaction_", asked.json["q"])
            rows = [dict(row) for row in base.execute(f"{query} LIMIT {limit}")]
        except sqlite3.Error as failure:
            return self._error(400, "INVALID_QUERY", f"Invalid search query: {failure}")
        finally:
            base.close()
        items = [{"links": [], **{name: str(value) for name, value in row.items()}} for row in rows]
        return said(200, {"links": [], "count": len(items), "hasMore": False, "items": items, "offset": 0})

    def _record(self, path: str, asked: Asked) -> Said:
        kind, _, key = path.partition("/")
        found = self.orders.get(key) if kind == "purchaseOrder" else self.others.get(path)
        if found is None:
            return self._error(404, "NONEXISTENT_ID", "The record instance does not exist. Provide a valid record ID.")
        if asked.method == "PATCH":
            if unknown := asked.json.keys() - WRITABLE:
                return self._error(400, "NONEXISTENT_FIELD", f"Unknown reference or field {min(unknown)}.")
            found.update(asked.json)
            return Said(204, b"", {"Location": f"{self.url}{asked.path}"})
        if asked.method != "GET" or asked.params.keys() - {"expandSubResources"}:
            return self._error(400, "INVALID_PARAMETER", "Invalid query parameter name.")
        if asked.params.get("expandSubResources") == "true":
            return said(200, {"links": [{"rel": "self", "href": asked.path}], **found})
        lists = {name: {"links": []} for name in ("item", "expense") if name in found}
        return said(200, {"links": [], **found, **lists})


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def local(at: datetime.datetime) -> str:
    """As SuiteQL says it."""
    return at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def fill(contract: NetSuiteContract, number: int, *, at: datetime.datetime, **changes: Any) -> Row:
    """An approved order with two lines and one expense."""
    line = {"links": [], "expectedReceiptDate": "2026-12-01", "isClosed": False, "quantityReceived": 0.0}
    order = {
        "id": str(number),
        "tranId": f"PO{number}",
        "tranDate": "2026-11-02",
        "lastModifiedDate": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "approvalStatus": {"id": "2", "refName": "Approved"},
        "status": {"id": "B", "refName": "Pending Receipt"},
        "entity": {"id": "7", "refName": "V100 Acme Ltd", "links": []},
        "subsidiary": {"id": "1", "refName": "Parent"},
        "currency": {"id": "1", "refName": "US Dollar"},
        "terms": {"id": "2", "refName": "Net 30"},
        "incoterm": {"id": "3", "refName": "FCA"},
        "shippingAddress": {"addressee": "Contoso DC", "addr1": "1 Dock Rd", "city": "Reno", "zip": "89501"}
        | {"state": "NV", "country": {"id": "US", "refName": "United States"}},
        "item": {
            "hasMore": False,
            "items": [
                {
                    **line,
                    "line": 1,
                    "item": {"id": "11", "refName": "SCR-4"},
                    "description": "Screw M4",
                    "quantity": 100.0,
                }
                | {"rate": 1.0, "amount": 100.0, "units": "Ea", "vendorName": "A-77"},
                {**line, "line": 2, "item": {"id": "12", "refName": "NUT-4"}, "quantity": 3.0, "rate": 7.333}
                | {"amount": 22.0, "units": "Ea"},
            ],
        },
        "expense": {"hasMore": False, "items": [{"line": 1, "amount": 12.5, "memo": "Freight"}]},
        **changes,
    }
    contract.orders[str(number)] = order
    contract.changed[str(number)] = local(at)
    return order
