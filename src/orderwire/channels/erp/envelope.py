"""What a record holds as a file that the reader of our own JSON takes in, with what the ERP states about it."""

import json
import re
from typing import Any

from orderwire.channels import File
from orderwire.channels.erp.record import Found
from orderwire.document.base import plain
from orderwire.document.order import Order


def file_of(found: Found, external_id: str) -> File:
    """The document in its envelope (the format order_json); the same bytes for the same record."""
    document = found.document
    kind = "order" if isinstance(document, Order) else "cancellation"
    number = document.number if isinstance(document, Order) else document.order_number
    body: dict[str, Any] = {
        "schema": f"orderwire/{kind}/1",
        "type": kind,
        "external_id": external_id,
        kind: document.model_dump(mode="json", exclude_defaults=True),
    }
    if found.approver and found.approved_at:
        body["approval"] = {"approver": found.approver, "at": found.approved_at.isoformat()}
        if found.reference:
            body["approval"]["reference"] = found.reference
    if found.lines_total is not None:
        body["totals"] = {"lines": plain(found.lines_total)}
    content = json.dumps(body, sort_keys=True, ensure_ascii=False, indent=2).encode(errors="replace") + b"\n"
    suffix = "" if kind == "order" else f"-{kind}"
    return File(f"{re.sub(r'[^A-Za-z0-9._-]+', '_', number)}{suffix}.json", "application/json", content)
