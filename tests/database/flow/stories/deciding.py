"""How stories let a supplier answer an order and a buyer decide the answer."""

from typing import Any

from orderwire.document.order import Order as Document
from orderwire.document.order_change import LinePart
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.flow import acknowledge, approve
from orderwire.flow.decide import Decided, LineDecision, decide
from orderwire.records import Delivery, Order, User
from orderwire.records import Response as Row
from tests.database.flow import road

INES = "user:ines"


def says(number: str = "10", status: str = "changed", **fields: Any) -> LineAnswer:
    return LineAnswer(number=number, status=LineStatus(status), **fields)


def answers(order: Order, *lines: LineAnswer, status: str = "accepted_with_changes", **fields: Any) -> Row:
    """The supplier answers the order's newest version."""
    response = Response(order_number=order.number, status=HeaderStatus(status), lines=lines, **fields)
    row = acknowledge.take(response, supplier=order.supplier, source="folder", actor="supplier:S1")
    order.refresh_from_db()
    return row


def choose(row: Row, *decisions: LineDecision, reason: str = "", actor: str = INES) -> Decided:
    return decide(row.pk, actor=actor, decisions=decisions, reason=reason)


def line(number: str | None, choice: Any, **counter: Any) -> LineDecision:
    return LineDecision(number, choice, LinePart(**counter) if counter else None)


def document(order: Order) -> Document:
    return Document.model_validate_json(bytes(order.revisions.get(number=order.revision).content))


def last(order: Order) -> Delivery:
    return order.deliveries.latest("pk")


def yes(order: Order, user: User) -> None:
    order.refresh_from_db()
    approve.grant(order.pk, user=user, sha256=road.sha256(order))
    order.refresh_from_db()
