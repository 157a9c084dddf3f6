"""A record of an ERP: how it is listed, how its raw values are kept as bytes, and what an adapter makes of it."""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Order

Raw = Mapping[str, Any]
"""What the ERP said about one order: JSON, with every number that is no whole one as text (`exact`)."""


class NotUsable(Exception):
    """A record that no order can be made of; the text says where and why, in words for the buyer."""


@dataclass(frozen=True)
class Entry:
    """One approved, changed or cancelled order as the ERP lists it. `version` changes whenever the record does.

    `changed` has a zone. Entries are listed by `changed`, then by id.
    """

    id: str
    number: str
    version: str
    changed: datetime.datetime


@dataclass(frozen=True)
class Found:
    """What a record holds: an approved order, or the withdrawal of one.

    `approver` and `approved_at` (with zone) are whom the ERP names; without them the order waits for approval here.
    `lines_total` is what the ERP says all lines are worth, without tax: it must agree with what is derived here.
    """

    document: Order | Cancellation
    approver: str = ""
    approved_at: datetime.datetime | None = None
    reference: str = ""
    lines_total: Decimal | None = None


def exact(text: str | bytes) -> Any:
    """JSON without loss: what is no whole number stays text. Raises ValueError, also for NaN and what is too deep."""
    try:
        return json.loads(text, parse_float=str, parse_constant=_no_number)
    except RecursionError as failure:
        raise ValueError("is nested too deeply") from failure


def _no_number(word: str) -> Any:
    raise ValueError(f"holds {word}, which is no number")


def bundled(kind: str, entry: Entry, record: Raw, problem: str = "") -> bytes:
    """The bytes that are kept of a record, the same for the same record; of one that is not shown why it is not."""
    head = {"erp": kind, "id": entry.id, "number": entry.number, "version": entry.version}
    body = {**head, "changed": entry.changed.isoformat(), "record": record}
    if problem:
        body["problem"] = problem
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")


def unbundled(kind: str, content: bytes) -> tuple[str, Raw]:
    """Id and record of kept bytes. Raises NotUsable."""
    try:
        body = exact(content)
    except ValueError as failure:
        raise NotUsable(f"the kept record is no JSON: {failure}") from failure
    if not isinstance(body, dict) or body.get("erp") != kind or not isinstance(body.get("record"), dict):
        raise NotUsable(f"the kept bytes are no record of {kind}")
    if body.get("problem"):
        raise NotUsable(f"order {body.get('number', '')} was not shown: {body['problem']}")
    return str(body.get("id", "")), body["record"]
