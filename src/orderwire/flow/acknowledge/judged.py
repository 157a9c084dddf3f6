"""What the policy of changes says of each difference of an answer, kept beside the difference."""

from collections.abc import Iterable
from typing import Any

from orderwire.document.answered import Part
from orderwire.document.order import Order
from orderwire.flow import Refused
from orderwire.flow.acknowledge.differences import Difference
from orderwire.flow.find import Look
from orderwire.governance.changes import Deviation, judge_answer
from orderwire.records import Partner


def judged(order: Order, differences: Iterable[Difference], *, supplier: Partner) -> list[dict[str, Any]]:
    """The differences as they are stored, each with its verdict. Without a usable policy a person decides all."""
    found = list(differences)
    look = Look()
    try:
        verdicts = judge_answer(
            look.changes,
            order,
            [_deviation(difference) for difference in found],
            supplier_number=supplier.number,
            supplier_categories=supplier.categories,
            rates=look.policy.exchange,
        )
    except Refused as failure:
        ask = {"verdict": "ask", "rule": "", "because": failure.reason}
        return [difference.as_json() | ask for difference in found]
    return [difference.as_json() | verdict.as_json() for difference, verdict in zip(found, verdicts, strict=True)]


def _deviation(difference: Difference) -> Deviation:
    match difference.field:
        case "date":
            given = tuple(_dated(part) for part in difference.parts)
            return Deviation("date", difference.line, given)
        case "price" | "quantity" | "charge":
            return Deviation(difference.field, difference.line, difference.after, difference.currency)
        case field:
            return Deviation(field, difference.line, difference.answered)


def _dated(part: Part) -> tuple[Any, Any]:
    return part.day, part.quantity
