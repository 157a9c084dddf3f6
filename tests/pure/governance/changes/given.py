"""A small order and a policy for the tests of changes."""

from typing import Any

from orderwire.document.order import Order
from orderwire.governance.changes import ChangePolicy, Deviation, Verdict, judge_answer

ROWS: list[dict[str, Any]] = [
    {"id": "price", "attribute": "price", "up": "2 % and EUR 50", "down": "any"},
    {"id": "quantity", "attribute": "quantity", "up": "10", "down": "5 %"},
    {"id": "date", "attribute": "date", "late": "3 days", "early": "7 days", "beyond": "reject"},
    {"id": "charge", "attribute": "charge", "up": "1 % and EUR 50"},
    {"id": "other", "attribute": ["terms", "substitution", "backorder", "line"], "verdict": "ask"},
    {"id": "never", "attribute": ["unit", "currency", "added"], "verdict": "reject"},
]
LOOSE = {
    "total": {"up": "any", "down": "any"},
    "price": {"up": "any", "down": "any"},
    "quantity": {"up": "any", "down": "any"},
    "date": {"late": "any", "early": "any"},
}


def policy(**parts: Any) -> ChangePolicy:
    return ChangePolicy.model_validate({"name": "Test", **parts})


def line(
    number: str = "10", quantity: str = "100", price: str = "50", day: str | None = "2026-02-01", **more: Any
) -> Any:
    schedule = {"quantity": quantity, "requested": day} if day else {"quantity": quantity}
    return {"number": number, "description": "Bolt", "quantity": quantity, "unit": "C62", "price": price,
            "schedules": [schedule]} | more  # fmt: skip


def order(*lines: Any, **more: Any) -> Order:
    return Order.model_validate(
        {"number": "PO-77-1", "issued": "2026-01-02", "currency": "EUR", "buyer": {"name": "House"},
         "supplier": {"name": "Acme"}, "lines": lines or [line()]} | more
    )  # fmt: skip


def ask(deviation: Deviation, asked: ChangePolicy | None = None, about: Order | None = None, **more: Any) -> Verdict:
    """The verdict on one difference."""
    chosen = asked or policy(answers=ROWS)
    (verdict,) = judge_answer(chosen, about or order(), [deviation], **({"supplier_number": "V-1"} | more))
    return verdict
