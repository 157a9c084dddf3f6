"""What an answer means, as a hash: the same meaning twice is one effect, whatever its number, date or codes."""

import hashlib
import json
from typing import Any

from orderwire.document.order import Line, Order
from orderwire.document.response import LineAnswer, LineStatus, Response
from orderwire.flow.acknowledge.differences import Comparison
from orderwire.flow.acknowledge.standing import speaks_of_all

_TRANSPORT = {"number", "code", "answered", "supplier", "supplier_order_number", "contact", "revision", "lines"}


def meaning(response: Response, *, revision: int, order: Order, comparison: Comparison) -> str:
    """SHA-256 of the answer without what only transports it and without what merely repeats the order. A line that is
    named counts: a plain yes to some of the lines is less than one to all."""
    head = response.model_dump(mode="json", exclude_defaults=True, exclude=_TRANSPORT)
    if head.get("currency") == order.currency:
        del head["currency"]
    told = [fact for line, answers in comparison.answers for answer in answers if (fact := _fact(answer, line))]
    foreign = [answer.model_dump(mode="json", exclude_defaults=True) for answer in comparison.foreign]
    named = {line.number for line, _ in comparison.answers}
    unsaid = [] if speaks_of_all(order, response) else [line.number for line in order.lines if line.number not in named]
    return digest({"revision": revision, "head": head, "lines": told, "foreign": foreign, "unsaid": unsaid})


def digest(value: dict[str, Any]) -> str:
    """SHA-256 of plain JSON; the order in which lines are listed does not count."""
    sorted_lists = {
        key: sorted(json.dumps(item, sort_keys=True) for item in found) if isinstance(found, list) else found
        for key, found in value.items()
    }
    return hashlib.sha256(json.dumps(sorted_lists, sort_keys=True).encode()).hexdigest()


def _fact(answer: LineAnswer, line: Line) -> dict[str, Any] | None:
    """What the answer says beyond the order; None for a plain yes."""
    fact = answer.model_dump(mode="json", exclude_defaults=True, exclude={"number", "code"})
    ordered = line.model_dump(mode="json")
    if len(line.schedules) == 1:
        ordered["promised"] = ordered["schedules"][0]["requested"]
    for name in ("quantity", "unit", "price", "buyer_part", "supplier_part", "gtin", "promised"):
        if name in fact and fact[name] == ordered.get(name):
            del fact[name]
    if fact == {"status": LineStatus.ACCEPTED.value}:
        return None
    return {"line": line.number, **fact}
