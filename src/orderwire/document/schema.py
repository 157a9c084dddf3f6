"""The published JSON Schemas of all documents, generated from the models so that they cannot differ from them.

`python -m orderwire.document.schema docs/reference/schema` writes them anew.
"""

import json
import sys
from pathlib import Path

from orderwire.document.advice import ApplicationAdvice
from orderwire.document.base import Document
from orderwire.document.cancellation import Cancellation
from orderwire.document.fulfillment import Invoice, Receipt, ShipNotice
from orderwire.document.functional import FunctionalAck
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import Response
from orderwire.document.status import OrderStatus

SCHEMAS: dict[str, type[Document]] = {
    "order.schema.json": Order,
    "change.schema.json": OrderChange,
    "cancellation.schema.json": Cancellation,
    "response.schema.json": Response,
    "functional_ack.schema.json": FunctionalAck,
    "application_advice.schema.json": ApplicationAdvice,
    "ship_notice.schema.json": ShipNotice,
    "receipt.schema.json": Receipt,
    "invoice.schema.json": Invoice,
    "status.schema.json": OrderStatus,
}


def schema_text(filename: str) -> str:
    """The text of one published schema (JSON Schema 2020-12)."""
    schema = SCHEMAS[filename].model_json_schema()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:orderwire:{filename}"}
    return json.dumps(head | schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name in SCHEMAS:
        Path(sys.argv[1], name).write_text(schema_text(name))
