"""A supplier's answer closes the loop, asks the buyer, or fits nothing; it never changes the order."""

import datetime
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.document.terms import Reference
from orderwire.flow.acknowledge import take
from orderwire.records import Event, Receipt, Timer
from orderwire.records import Response as Row
from tests.database import factories

pytestmark = pytest.mark.django_db


def answer(status: str = "accepted", *lines: LineAnswer, number: str = "4500071791", **fields: Any) -> Response:
    return Response(order_number=number, status=HeaderStatus(status), lines=lines, **fields)


def give(row: Any, response: Response, **how: Any) -> Row:
    return take(response, **({"supplier": row.supplier, "source": "folder", "actor": "supplier:S1"} | how))


def changed(number: str | None = "10", status: str = "changed", **fields: Any) -> LineAnswer:
    return LineAnswer(number=number, status=LineStatus(status), **fields)


@pytest.fixture
def sent() -> Any:
    row = factories.order()
    factories.delivery(row)
    Timer.objects.create(kind="answer_due", order=row, due_at=datetime.datetime.now(datetime.UTC))
    return row


def kinds(row: Any) -> list[str]:
    return list(Event.objects.filter(order=row).order_by("pk").values_list("kind", flat=True))


def test_unchanged_acceptance_closes_the_loop(sent: Any) -> None:
    got = give(sent, answer())
    sent.refresh_from_db()
    assert (got.state, sent.answer_state, sent.delivery_state) == ("accepted", "accepted", "answered")
    assert sent.last_event == "Tecnosellos accepted the order"
    assert kinds(sent) == ["answer.received", "answer.accepted"]
    assert sent.deliveries.get().receipts.get().kind == "answer"
    assert Timer.objects.get().stopped_at is not None


def test_lines_that_repeat_the_order_are_an_unchanged_acceptance(sent: Any) -> None:
    need = factories.NEED_BY
    line = LineAnswer(
        number="10", status=LineStatus.ACCEPTED, quantity=Decimal(100), unit="H87", price=Decimal("12.5"), promised=need
    )
    assert give(sent, answer("accepted", line)).state == "accepted"


@pytest.mark.parametrize(("price", "basis", "state"), [("1250", 100, "accepted"), ("1260", 100, "different")])
def test_a_price_for_another_number_of_units_is_compared_for_the_orders(
    sent: Any, price: str, basis: int, state: str
) -> None:
    given = give(sent, answer("accepted_with_changes", changed(price=price, price_basis=basis)))
    sent.refresh_from_db()
    assert [d["field"] for d in given.differences] == ["price"] * (state == "different")
    assert [d["answered"] for d in given.differences] == ["12.6"] * (state == "different")


def test_differences_go_to_the_buyer_with_words_and_money(sent: Any) -> None:
    later = factories.NEED_BY + datetime.timedelta(days=12)
    got = give(
        sent,
        answer(
            "accepted_with_changes",
            changed("20", quantity=Decimal(40), promised=factories.NEED_BY, reason="Kiln"),
            changed("20", quantity=Decimal(20), promised=later),
            changed("10", price=Decimal("13")),
        ),
    )
    sent.refresh_from_db()
    assert (got.state, sent.answer_state, got.problem) == ("open", "different", "")
    price, date = got.differences
    assert (price["line"], price["field"], price["ordered"], price["answered"]) == ("10", "price", "12.5", "13")
    assert price["money"] == "50"
    assert price["text"] == "Line 10: price 13.00 instead of 12.50."
    assert date["field"] == "date" and date["text"].endswith("the last 12 days later.")
    assert date["reason"] == "Kiln"
    assert sent.last_event == "Tecnosellos answered with 2 differences"


@pytest.mark.parametrize(
    ("line", "field", "money"),
    [
        (changed(quantity=Decimal(90)), "quantity", "-125"),
        (changed(quantity=Decimal(110)), "quantity", "125"),
        (changed(unit="KGM", quantity=Decimal(100)), "unit", None),
        (changed(substitute_part="X1", status="substituted"), "part", None),
        (changed(status="substituted"), "part", None),
        (changed(status="rejected"), "line", "-1250"),
        (changed(status="backordered"), "status", None),
        (changed(status="pending"), "status", None),
        (changed(promised=factories.NEED_BY - datetime.timedelta(days=10)), "date", None),
        (changed(ships=datetime.date(2090, 1, 1)), "date", None),
        (changed(supplier_part="OTHER"), "part", None),
    ],
)
def test_every_kind_of_difference_is_one_row_for_the_buyer(
    sent: Any, line: LineAnswer, field: str, money: str | None
) -> None:
    got = give(sent, answer("accepted_with_changes", line))
    assert [(d["field"], d.get("money")) for d in got.differences] == [(field, money)]
    assert (got.state, got.problem) == ("open", "")


def test_a_part_of_a_line_that_is_refused_lowers_its_quantity(sent: Any) -> None:
    lines = (changed(quantity=Decimal(30), status="rejected"), changed(quantity=Decimal(70), status="accepted"))
    got = give(sent, answer("accepted_with_changes", *lines))
    assert [(d["field"], d["answered"]) for d in got.differences] == [("quantity", "70")]


def test_lines_are_found_by_leading_zeros_or_by_their_part(sent: Any) -> None:
    by_zeros = changed("0020", price=Decimal("119"))
    by_part = changed(None, supplier_part="MG1/28", price=Decimal("13"))
    got = give(sent, answer("accepted_with_changes", by_zeros, by_part))
    assert [d["line"] for d in got.differences] == ["10", "20"]
    assert got.problem == ""


def test_decline_asks_the_buyer(sent: Any) -> None:
    got = give(sent, answer("rejected", reason="Plant closed"))
    sent.refresh_from_db()
    assert (got.state, sent.answer_state) == ("open", "rejected")
    assert got.differences[0]["money"] == "-8330"
    assert kinds(sent)[-1] == "answer.rejected"
    assert Event.objects.last().data["reason"] == "Plant closed"


def test_declining_every_line_is_declining_the_order(sent: Any) -> None:
    lines = (changed("10", status="rejected"), changed("20", status="rejected"))
    give(sent, answer("accepted_with_changes", *lines))
    sent.refresh_from_db()
    assert sent.answer_state == "rejected"


def test_a_mere_receipt_is_no_answer_and_stops_no_clock(sent: Any) -> None:
    got = give(sent, answer("received"))
    sent.refresh_from_db()
    assert (got.state, sent.answer_state, sent.delivery_state) == ("received", "received", "delivered")
    assert Timer.objects.get().stopped_at is None
    give(sent, answer())
    give(sent, answer("received", contact="late"))
    sent.refresh_from_db()
    assert (sent.answer_state, sent.delivery_state) == ("accepted", "answered")


def test_the_same_answer_twice_is_one_effect(sent: Any) -> None:
    first = give(sent, answer("accepted", number="4500071791"))
    again = give(sent, Response(order_number="4500071791", status=HeaderStatus.ACCEPTED, contact="other", code="AD"))
    assert again.pk == first.pk
    assert (Row.objects.count(), Receipt.objects.count()) == (1, 1)
    assert kinds(sent) == ["answer.received", "answer.accepted", "answer.duplicate"]


def test_a_replayed_old_document_does_not_undo_a_correction(sent: Any) -> None:
    old = answer("accepted_with_changes", changed(price=Decimal("13")), supplier_order_number="A", contact="x")
    old = old.model_copy(update={"number": "R-1"})
    first = give(sent, old)
    give(sent, answer())
    assert give(sent, old).pk == first.pk
    sent.refresh_from_db()
    assert sent.answer_state == "accepted"


def test_a_later_answer_replaces_the_earlier_one(sent: Any) -> None:
    first = give(sent, answer("accepted_with_changes", changed(price=Decimal("13"))))
    second = give(sent, answer())
    first.refresh_from_db()
    sent.refresh_from_db()
    assert (first.state, second.state, sent.answer_state) == ("superseded", "accepted", "accepted")


def test_an_answer_to_an_old_version_stays_on_it() -> None:
    row = factories.order()
    old = factories.delivery(row)
    factories.revision(row, factories.document(revision=2))
    new = factories.delivery(row)
    got = give(row, answer(revision=1))
    row.refresh_from_db()
    assert (got.state, got.revision.number, row.answer_state) == ("old_version", 1, "waiting")
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state, row.delivery_state) == ("answered", "accepted", "accepted")
    assert Event.objects.get(kind="answer.received").data["current"] is False


def test_an_answer_without_version_is_for_the_newest_that_left() -> None:
    row = factories.order()
    factories.delivery(row)
    factories.revision(row, factories.document(revision=2))
    later = factories.delivery(row, state=DeliveryState.READY)
    assert give(row, answer()).revision.number == 1
    later.state = DeliveryState.SENDING
    later.save()
    assert give(row, answer()).revision.number == 2


@pytest.mark.parametrize("state", [DeliveryState.SENDING, DeliveryState.IN_DOUBT])
def test_an_answer_may_come_before_our_own_sent_is_committed(state: DeliveryState) -> None:
    row = factories.order()
    on_its_way = factories.delivery(row, state=state)
    assert give(row, answer()).state == "accepted"
    on_its_way.refresh_from_db()
    assert (on_its_way.state, on_its_way.due_at) == ("answered", None)
    assert ("delivery.settled" in kinds(row)) is (state is DeliveryState.IN_DOUBT)


def test_an_answer_to_what_nobody_tried_to_send_yet_does_not_stop_it_from_going_out() -> None:
    row = factories.order()
    to_send = factories.delivery(row, state=DeliveryState.READY)
    assert give(row, answer()).state == "accepted"
    to_send.refresh_from_db()
    assert to_send.state == "ready"


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (answer(number="nobody"), "does not exist"),
        (answer(number="4500071791", revision=7), "newest is version 1"),
        (answer(number="4500071791", test=True), "test answer"),
        (answer(number="4500071791", release_number="3"), "does not exist"),
    ],
)
def test_what_fits_no_order_is_kept_and_changes_nothing(sent: Any, response: Response, reason: str) -> None:
    got = give(sent, response)
    again = give(sent, response)
    sent.refresh_from_db()
    assert (got.state, got.order, again.pk) == ("unmatched", None, got.pk)
    assert reason in got.problem
    assert (sent.answer_state, sent.delivery_state) == ("waiting", "accepted")
    assert kinds(sent) == []
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == ["answer.unmatched", "answer.duplicate"]


def test_another_suppliers_order_cannot_be_answered(sent: Any) -> None:
    got = give(sent, answer(), supplier=factories.supplier("Other"))
    unknown = give(sent, answer(), supplier=None)
    sent.refresh_from_db()
    assert "another supplier" in got.problem
    assert "do not know who" in unknown.problem
    assert (got.state, unknown.state, sent.answer_state) == ("unmatched", "unmatched", "waiting")


def test_a_release_is_found_by_its_own_number() -> None:
    blanket = Reference(kind="blanket", number="B1")
    content = factories.document("B1", kind="release", release_number="3", references=(blanket,))
    row = factories.order(content)
    factories.delivery(row)
    got = give(row, answer(number="B1", release_number="3"))
    assert got.order == row


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (answer("accepted", changed(price=Decimal(13))), "accepted as ordered, yet its lines differ"),
        (answer("accepted_with_changes"), "nothing differs"),
        (answer("rejected", changed(status="accepted")), "declined, yet some of its lines are not"),
        (answer("received", changed(price=Decimal(13))), "received and undecided, yet"),
        (answer("accepted_with_changes", changed("99")), "a line 99, which the order does not have"),
        (answer("accepted", currency="USD"), "in USD, the order in EUR"),
        (answer("accepted", changed(status="accepted", price=Decimal(13))), "Line 10 says accepted, yet differs"),
        (answer("accepted", changed(status="changed")), "says changed, yet nothing"),
    ],
)
def test_contradictions_go_to_the_buyer(sent: Any, response: Response, problem: str) -> None:
    before = sent.revisions.get().sha256
    got = give(sent, response)
    sent.refresh_from_db()
    assert problem in got.problem
    assert (got.state, sent.answer_state) == ("open", "different")
    assert (sent.revisions.get().sha256, sent.revision) == (before, 1)


def test_an_order_that_is_not_in_force_is_not_closed_by_a_yes(sent: Any) -> None:
    sent.state = OrderState.CANCELLED
    sent.save()
    got = give(sent, answer())
    sent.refresh_from_db()
    assert (got.state, sent.answer_state) == ("open", "waiting")
    assert "not in force" in got.problem


def test_a_version_that_was_never_sent_is_not_closed_by_a_yes() -> None:
    row = factories.order()
    got = give(row, answer())
    assert got.state == "open"
    assert "never sent" in got.problem


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one_after_the_other() -> None:
    row = factories.order()
    factories.delivery(row)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            give(row, answer())
        except BaseException as failure:  # noqa: BLE001 - shown by the assertion below
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Row.objects.count() == 1
    assert Receipt.objects.count() == 1
    row.refresh_from_db()
    assert row.answer_state == AnswerState.ACCEPTED
    assert kinds(row).count("answer.duplicate") == 3
