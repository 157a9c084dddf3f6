"""A status in words, for systems that can only show text."""

import datetime
from decimal import Decimal

from orderwire.document.states import AnswerState, CancellationState, DeliveryState, OrderState
from orderwire.document.status import ConfirmedPart, LineStanding, OrderStatus, sentences

AT = datetime.datetime(2026, 11, 20, 10, 0, tzinfo=datetime.UTC)


def status(**changes: object) -> OrderStatus:
    given = {
        "number": "PO-1", "external_id": "7", "sequence": 3, "changed_at": AT, "version": 2,
        "state": OrderState.APPROVED, "answer": AnswerState.NOT_ASKED, **changes,
    }  # fmt: skip
    return OrderStatus.model_validate(given)


def test_what_is_not_known_is_not_said() -> None:
    assert sentences(status()) == ("Order: Approved, version 2.", "Answer: Not asked.")


def test_everything_that_is_known_is_said_in_one_line_each() -> None:
    line = LineStanding(
        number="10",
        ordered=Decimal(100),
        unit="C62",
        confirmed=(ConfirmedPart(quantity=Decimal(90), promised=datetime.date(2027, 2, 1), price=Decimal("1.50")),),
        rejected=Decimal(10),
        shipped=Decimal(40),
        reason="Raw material",
    )
    said = sentences(
        status(
            delivery=DeliveryState.DELIVERED,
            channel="email",
            held=2,
            proven="receipt proven",
            answer=AnswerState.DIFFERENT,
            answer_reason="late",
            supplier_order_number="S-77",
            cancellation=CancellationState.ASKED,
            attention=("Decide.",),
            url="https://orders.example/orders/1/",
            lines=(line, line.model_copy(update={"number": "20", "confirmed": (), "rejected": Decimal(0),
                                                 "shipped": Decimal(0), "reason": None})),
        )
    )  # fmt: skip
    assert said == (
        "Order: Approved, version 2.",
        "Delivery by email: Receipt proven.",
        "The supplier holds version 2 (receipt proven).",
        "Answer: Differs, their order S-77 (late).",
        "Cancellation: Asked.",
        "Line 10 (100 unit): 90 unit confirmed for 2027-02-01 at 1.5; 10 unit rejected; 40 unit shipped; Raw material.",
        "To do: Decide.",
        "https://orders.example/orders/1/",
    )
