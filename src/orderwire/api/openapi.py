"""The OpenAPI 3.1 document: what django-ninja knows, completed by what holds for all calls. A copy stands in
docs/reference/api/openapi.json, and the checks compare them."""

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from orderwire.api.access import SCOPES
from orderwire.api.problem import MEDIA_TYPE
from orderwire.document.edits import Edits
from orderwire.document.order import Order
from orderwire.document.response import Response
from orderwire.formats.order_json.envelope import ENVELOPES

DESCRIPTION = """Orders, approvals, deliveries, answers and the ledger.

Every call carries `Authorization: Bearer ow_…` (make a key with `orderwire key create`) and needs the scope that its
operation names. Every error is `application/problem+json` (RFC 9457) with `code`, `reason`, `remedy` and, where there
is a place to name, `findings`.

Writes take an `Idempotency-Key` (1 to 255 printable ASCII characters): the first answer is kept for at least 24 hours
and given again byte for byte, with the header `Idempotent-Replayed`. The same key with another call is a 409, and so is
a call whose first is still under way (with `Retry-After`). Answers of 400, 401, 413, 429, 5xx and of validation are not
kept. Amounts are text, times are RFC 3339 with a zone. A number that holds a slash stands in the address as it is."""

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Makes the call once-only: send the same key again to get the first answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}


def complete(found: dict[str, Any]) -> dict[str, Any]:
    """The document with problems, scopes, once-only writes and the models of order and answer."""
    document: dict[str, Any] = json.loads(json.dumps(found), object_hook=_linked)
    document["servers"] = [{"url": "/", "description": "This installation"}]
    for item in document["paths"].values():
        for method, operation in item.items():
            _complete_operation(method, operation)
    schemas = document["components"]["schemas"]
    models: list[type[BaseModel]] = [Order, Edits, Response, *ENVELOPES.values()]
    _, published = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    for name, schema in published["$defs"].items():
        if name in schemas and schemas[name] != schema:
            raise ValueError(f"two models of the API have the name {name}")
        schemas[name] = schema
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    document["components"]["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "ow_<prefix>_<secret>",
            "description": "Scopes: " + "; ".join(f"`{scope}` {what}" for scope, what in SCOPES.items()) + ".",
        }
    }
    return document


def _linked(schema: dict[str, Any]) -> dict[str, Any]:
    """A field that holds one of the published models stands as x-document until those are there."""
    return {"$ref": f"#/components/schemas/{schema['x-document']}"} if "x-document" in schema else schema


def text(document: dict[str, Any]) -> str:
    """The document as it is committed and served."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _complete_operation(method: str, operation: dict[str, Any]) -> None:
    scope = operation.pop("x-scope")
    operation["operationId"] = operation["operationId"].rpartition("orderwire_api_")[2].partition("_")[2]
    operation["security"] = [{"key": [scope]}]
    operation["description"] = f"{operation.get('description', '')}\n\nScope: `{scope}`.".strip()
    if method == "post":
        operation["parameters"].append(IDEMPOTENCY_KEY)
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if int(status) >= 400:
            response["content"] = {MEDIA_TYPE: content["application/json"]}
        elif "application/octet-stream" in content:
            del content["application/json"]
        if status in ("409", "429"):
            wait = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
            response["headers"] = {"Retry-After": wait}
