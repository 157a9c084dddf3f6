"""The inbox: everything that needs a person, in its group, the most valuable and oldest first."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.records import Message
from orderwire.records.blob import keep
from orderwire.tracking.attention import counts
from orderwire.tracking.inbox import piles
from orderwire.tracking.task import Task
from tests.database.tracking import seed

pytestmark = pytest.mark.django_db
QUIET = {"answer": AnswerState.NOT_ASKED, "due_in": None}


def tasks() -> dict[str, Task]:
    user = seed.buyer()
    return {task.title: task for pile in piles(user) for task in pile.tasks}


def test_what_goes_by_itself_is_not_in_the_inbox() -> None:
    for at, state in enumerate(
        (DeliveryState.READY, DeliveryState.RETRY, DeliveryState.ACCEPTED, DeliveryState.DELIVERED)
    ):
        seed.order(f"100000{at}", delivery=state, **QUIET)  # type: ignore[arg-type]
    assert tasks() == {}


def test_each_thing_that_needs_a_person_is_one_task_with_one_action() -> None:
    seed.order("1000001", delivery=DeliveryState.FAILED, **QUIET)  # type: ignore[arg-type]
    seed.order("1000002", delivery=DeliveryState.IN_DOUBT, **QUIET)  # type: ignore[arg-type]
    seed.order("1000003", state=OrderState.HELD, reason="Budget check", **QUIET)  # type: ignore[arg-type]
    seed.order("1000004", answer=AnswerState.OVERDUE, due_in=-5)
    seed.answer(seed.order("1000005", answer=AnswerState.DIFFERENT))
    seed.order("1000006", state=OrderState.PENDING_APPROVAL, delivery=None, **QUIET)  # type: ignore[arg-type]
    Message.objects.create(
        blob_id=keep(b"x"), name="orders.csv", source="folder", actor="system:worker", state="refused",
        findings=[{"severity": "error", "code": "x", "where": "row 2", "text": "is empty; fill it"}],
    )  # fmt: skip
    found = tasks()
    assert {title: task.label for title, task in found.items()} == {
        "Delivery failed": "Send again",
        "In doubt: may have arrived": "Ask, then decide",
        "On hold": "Resume",
        "No answer, past due": "Remind Acme Bearings",
        "Date and price differ": "Decide 2 differences",
        "Approval waiting": found["Approval waiting"].label,
        "A file could not be used": "See what is wrong",
    }
    assert found["A file could not be used"].why == "row 2: is empty; fill it."
    assert found["No answer, past due"].group == "past" and found["On hold"].group == "none"
    assert counts().all == 7 and counts().approvals == 1


def test_an_ended_order_needs_nobody() -> None:
    seed.order(state=OrderState.CANCELLED, delivery=DeliveryState.FAILED, **QUIET)  # type: ignore[arg-type]
    assert tasks() == {}


def test_the_late_and_valuable_come_first() -> None:
    seed.order("1000001", answer=AnswerState.OVERDUE, due_in=-2)
    seed.order("1000002", answer=AnswerState.OVERDUE, due_in=-50)
    (pile,) = piles(seed.buyer())
    assert [task.order.number for task in pile.tasks if task.order] == ["1000002", "1000001"]


def test_the_counts_are_one_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        counts()
    assert len(queries) == 1
