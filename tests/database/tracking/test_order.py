"""One order's read model: the sentence, the wire, the timeline, lines, versions, in every state."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.ledger.entry import KINDS
from orderwire.records import Delivery, Notice, Order, Receipt, Response
from orderwire.tracking import lines, telling, timeline, versions, wire
from orderwire.tracking.channels import source_word
from orderwire.tracking.order import OrderView, load
from orderwire.tracking.says import says
from tests.database.tracking import seed

pytestmark = pytest.mark.django_db


def view(order: Order) -> OrderView:
    found = load(order.pk)
    assert found is not None
    return found


def test_the_sentence_names_who_we_wait_for_since_when_and_due_in_their_place() -> None:
    said = says(view(seed.order(hours_ago=26, due_in=48)))
    assert said.before.startswith("Sent to Acme Bearings by e-mail ") and said.before.endswith("; receipt proven.")
    assert said.strong == "Waiting for their answer for 26 h"
    assert said.after.startswith(", due ") and said.after.endswith(" in Chicago.")


@pytest.mark.parametrize(
    ("delivery", "strong"),
    [(DeliveryState.READY, "Waiting to be sent to Acme Bearings"), (DeliveryState.RETRY, "We try again"),
     (DeliveryState.IN_DOUBT, "It may or may not have arrived"), (DeliveryState.FAILED, "Waiting for you for"),
     (DeliveryState.HELD, "Waiting for your decision"), (DeliveryState.SENDING, "Being sent to Acme Bearings")],
)  # fmt: skip
def test_a_delivery_on_its_way_is_told_with_its_next_step(delivery: DeliveryState, strong: str) -> None:
    assert says(view(seed.order(delivery=delivery, answer=AnswerState.NOT_ASKED, due_in=None))).strong.startswith(
        strong
    )


def test_what_was_only_handed_over_is_not_called_delivered() -> None:
    said = says(view(seed.order(delivery=DeliveryState.ACCEPTED)))
    assert "their server took it" in said.before and "proven" not in str(said)


def test_a_version_that_was_insisted_on_was_no_copy_the_first_time() -> None:
    order = seed.order()
    assert order.supplier is not None
    Delivery.objects.filter(order=order).update(primary=False)
    seed.deliver(order.revisions.get(), order.supplier, DeliveryState.READY, timezone.now())
    copy = seed.deliver(
        order.revisions.get(), seed.supplier("finance", "Treasury"), DeliveryState.READY, timezone.now()
    )
    Delivery.objects.filter(pk=copy.pk).update(primary=False)
    told = {(trip.to, trip.what) for trip in view(order).trips}
    assert told == {("Acme Bearings Inc.", "version 1"), ("Treasury", "version 1, copy")}


@pytest.mark.parametrize("state", list(OrderState))
@pytest.mark.parametrize("delivery", [None, *DeliveryState])
def test_every_pair_of_states_has_a_sentence_and_a_wire(state: OrderState, delivery: DeliveryState | None) -> None:
    found = view(seed.order(state=state, delivery=delivery, answer=AnswerState.NOT_ASKED, due_in=None))
    said, steps = says(found), wire.steps(found)
    assert said.strong and "None" not in str(said) and ".." not in str(said)
    assert sum(step.css == "now" for step in steps) <= 1


@pytest.mark.parametrize("answer", list(AnswerState))
def test_every_answer_state_has_a_sentence(answer: AnswerState) -> None:
    said = says(view(seed.order(answer=answer)))
    assert said.strong and "None" not in str(said)


def test_the_supplier_holds_what_evidence_says_not_what_we_sent() -> None:
    order = seed.order(delivery=DeliveryState.DELIVERED)
    newer = seed.revise(order, seed.document(order.number, revision=2, quantity="700"))
    seed.approve(newer, timezone.now())
    Order.objects.filter(pk=order.pk).update(revision=2)
    assert order.supplier is not None
    seed.deliver(newer, order.supplier, DeliveryState.FAILED, timezone.now())
    found = view(order)
    assert (found.holding.version, found.holding.proof_level) == (1, 3)
    assert found.main is not None and found.main.state is DeliveryState.FAILED


def test_a_newer_version_shows_what_it_changed() -> None:
    order = seed.order()
    seed.approve(seed.revise(order, seed.document(order.number, revision=2, quantity="700")), timezone.now())
    Order.objects.filter(pk=order.pk).update(revision=2)
    found = view(order)
    first = lines.lines(found)[0]
    assert (first.quantity.before, first.quantity.now) == ("600", "700")
    newest = versions.versions(found)[0]
    assert [(c.what, c.old, c.new) for c in newest.changes] == [("Line 10, quantity", "600", "700")]


def test_a_day_that_changed_is_written_as_people_write_it() -> None:
    order = seed.order()
    before = seed.document(order.number)
    asked = before.lines[0].schedules[0].model_copy(update={"requested": datetime.date(2031, 1, 15)})
    moved = before.lines[0].model_copy(update={"schedules": (asked,)})
    new = before.lines[1].model_copy(update={"number": "40", "description": "2026-12-09"})
    changed = before.model_copy(update={"revision": 2, "lines": (moved, *before.lines[1:], new)})
    seed.approve(seed.revise(order, changed), timezone.now())
    Order.objects.filter(pk=order.pk).update(revision=2)
    first, added = versions.versions(view(order))[0].changes
    assert (first.what, first.new) == ("Line 10, need-by date", "15 Jan ’31")
    assert first.old in ("9 Dec", "9 Dec ’26")
    assert "requested 9 Dec" in added.new and "description 2026-12-09" in added.new


def test_an_answer_stands_beside_the_lines_it_is_about() -> None:
    order = seed.order(answer=AnswerState.DIFFERENT)
    seed.answer(order)
    rows = lines.lines(view(order))
    assert [c.text for c in rows[0].confirmed] == ["300 · 9 Dec", "300 · 16 Dec"]
    assert rows[0].confirmed[0].mark == "ask" and rows[1].note == "Rings arrive late"
    assert rows[2].confirmed[0].tone == "ok" and rows[2].note == "as asked"


def test_a_yes_to_version_1_is_never_shown_as_a_yes_to_what_version_2_changed() -> None:
    order = seed.order()
    answer = seed.answer(order, status="accepted", state="accepted")
    answer.content = {"order_number": order.number, "revision": 1, "status": "accepted"}
    answer.save()
    seed.approve(seed.revise(order, seed.document(order.number, revision=2, quantity="700")), timezone.now())
    Order.objects.filter(pk=order.pk).update(revision=2)
    order.refresh_from_db()
    changed, same = lines.lines(view(order))[:2]
    assert [(c.text.partition(" ")[0], c.mark, c.tone) for c in changed.confirmed] == [("600", "move", "move")]
    assert changed.note == "in answer to version\u00a01; waiting for the newest"
    assert same.confirmed[0].mark == "done" and same.note == "as asked, in answer to version\u00a01"


def test_the_timeline_is_newest_first_with_what_lies_ahead_on_top() -> None:
    order = seed.order(due_in=30)
    days = timeline.days(view(order), list(order.events.order_by("-id")))
    assert days[0].name == "Ahead" and days[0].items[0].title == "Answer due"
    titles = [item.title for item in days[1].items]
    assert titles == [
        "Receipt proven",
        "Handed over to Acme Bearings",
        "Try 1 by e-mail",
        "Approved by jens",
        "Version 1 by ines",
    ]
    assert days[1].name.startswith("Today, ")


def test_every_kind_of_event_of_an_order_has_words() -> None:
    of_orders = {k for k in KINDS if not k.startswith(("message.", "endpoint.", "rules.", "address.", "secret."))}
    assert of_orders <= telling._WORDS.keys()


def test_the_page_costs_the_same_queries_with_many_deliveries() -> None:
    order = seed.order()
    with CaptureQueriesContext(connection) as few:
        load(order.pk)
    assert order.supplier is not None
    for _ in range(5):
        seed.deliver(order.revisions.get(), order.supplier, DeliveryState.DELIVERED, timezone.now())
    with CaptureQueriesContext(connection) as more:
        load(order.pk)
    assert len(few) == len(more)


def test_an_older_answer_does_not_count_for_the_newest_version() -> None:
    order = seed.order(answer=AnswerState.NOT_ASKED)
    kept = seed.answer(order)
    Response.objects.filter(pk=kept.pk).update(state=Response.State.OLD_VERSION)
    assert view(order).answer is None


def test_times_ahead_are_only_those_to_come() -> None:
    order = seed.order(due_in=-3, answer=AnswerState.OVERDUE)
    assert timeline.ahead(view(order), timezone.now() + datetime.timedelta(0)) == []


def test_a_machines_answer_is_not_said_to_be_seen_by_a_person() -> None:
    order = seed.order(delivery=DeliveryState.ANSWERED, answer=AnswerState.ACCEPTED)
    made = order.deliveries.get()
    Receipt.objects.create(delivery=made, kind="answer", text="Acme answered.", at=timezone.now())
    trip = view(order).main
    assert trip is not None and trip.proof == (4, "their answer")
    made.receipts.filter(kind="answer").delete()
    trip = view(order).main
    assert trip is not None and "person" not in trip.proof[1]


def test_one_yes_of_two_is_not_called_approved() -> None:
    order = seed.order(state=OrderState.PENDING_APPROVAL, delivery=None, answer=AnswerState.NOT_ASKED, due_in=None)
    seed.approve(order.revisions.get(), timezone.now())
    first = wire.steps(view(order))[0]
    assert (first.css, first.title) == ("now", "Waiting for approval")


def test_the_plan_is_told_in_words() -> None:
    made = events.PlanMade(
        rule_set="rules", version=3, sha256="0" * 64, rules=("supplier",),
        legs=("supplier by email as pdf", "finance by folder as x12"),
    )  # fmt: skip
    order = seed.order()
    append(made, actor="system:worker", order=order, subjects={"revision": order.revisions.get().pk})
    event = order.events.filter(kind="plan.made").get()
    told = telling.tell(event, timeline.teller(view(order), [event]))
    assert told.text == (
        "Acme Bearings by e-mail, as PDF; copy to finance into their folder, as ANSI X12. By version 3 of the rules."
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [("folder:erp", "through the folder of erp"), ("api:erp", "through the API (erp)"), ("console", "in the console"),
     ("answer page", "on the answer page"), ("cron", "through cron")],
)  # fmt: skip
def test_where_something_came_from_is_said_in_words(source: str, words: str) -> None:
    assert source_word(source) == words


def test_what_the_policy_said_to_an_approver_is_not_told_to_everybody_else() -> None:
    order = seed.order()
    said = "You may approve this order; this completes the approval (orders from EUR 10,000 need 2 persons)."
    append(events.ApprovalGranted(sha256="0" * 64, complete=True, reason=said), actor="user:jens", order=order,
           subjects={"revision": order.revisions.get().pk})  # fmt: skip
    event = order.events.latest("id")
    told = telling.tell(event, timeline.teller(view(order), [event]))
    assert told.text == "Orders from EUR 10,000 need 2 persons. Bound to exactly this content."


@pytest.mark.parametrize(
    ("to", "turn", "title", "text"),
    [
        ("supplier", 1, "Reminder to Ningbo Haitian, in Chinese", "Asks li@n.example to answer the order."),
        ("second_contact", 2, "Reminder to the second contact of Ningbo Haitian, in Chinese",
         "Asks li@n.example to answer the order, for the second time."),
        ("manager", 1, "Escalation to the manager, in Chinese",
         "Tells li@n.example that Ningbo Haitian has not answered the order."),
        ("group:floor", 4, "Escalation to the group floor, in Chinese",
         "Tells li@n.example that Ningbo Haitian has not answered the order, for the 4th time."),
    ],
)  # fmt: skip
def test_a_reminder_is_told_with_its_reader_language_and_purpose(to: str, turn: int, title: str, text: str) -> None:
    order = seed.order(partner=seed.supplier("S-200", "Ningbo Haitian Co., Ltd."))
    revision, carrying = order.revisions.get(), order.deliveries.get()
    Notice.objects.create(order=order, revision=revision, delivery=carrying, step="late", turn=turn, to=to,
                          recipient="li@n.example", language="zh", queued_at=timezone.now())  # fmt: skip
    queued = events.NoticeQueued(step="late", to="li@n.example", language="zh")
    append(queued, actor="system:worker", order=order, subjects={"revision": revision.pk, "delivery": carrying.pk})
    event = order.events.latest("id")
    told = telling.tell(event, timeline.teller(view(order), [event]))
    assert (told.title, told.text) == (title, text)


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("delivered", "It arrived at Acme Bearings"),
        ("ready", "To be sent again to Acme Bearings"),
        ("cancelled", "It did not arrive at Acme Bearings"),
    ],
)
def test_a_doubt_that_is_settled_is_told_by_what_came_out_of_it(state: str, title: str) -> None:
    order = seed.order()
    settled = events.DeliverySettled(state=state, reason="They rang")
    append(settled, actor="user:ines", order=order, subjects={"delivery": order.deliveries.get().pk})
    event = order.events.latest("id")
    told = telling.tell(event, timeline.teller(view(order), [event]))
    assert (told.title, told.text) == (title, "They rang. Noted by ines.")
