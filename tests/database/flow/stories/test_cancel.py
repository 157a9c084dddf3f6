"""A buyer cancels an order: it never leaves, or the supplier is asked, and his word decides."""

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from orderwire.document.commitment import committed
from orderwire.document.response import Response
from orderwire.document.states import CancellationState, OrderState
from orderwire.flow import NotYet, Refused, acknowledge, amend, cancel, distribute, evidence, hold
from orderwire.records import Cancellation, Delivery, Event, GoodsDocument, GoodsLine, Order, Timer
from orderwire.records import Response as Answer
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, only
from tests.database.flow.stories.copies import copied

pytestmark = pytest.mark.django_db(transaction=True)
INES = "user:ines"


def sent_order(**fields: Any) -> Order:
    """An order that is in the supplier's folder."""
    order = road.approved(**fields)
    drain()
    return order


def in_folder(folder: Path) -> list[str]:
    """What kinds of documents lie there, in the order in which they were written."""
    files = sorted((p for p in folder.iterdir() if p.name[0] != "."), key=lambda p: p.stat().st_mtime_ns)
    return [json.loads(p.read_text())["schema"].split("/")[1] for p in files]


def document(folder: Path, kind: str) -> dict[str, Any]:
    (found,) = [d for p in folder.iterdir() if p.name[0] != "." for d in [json.loads(p.read_text())]
                if d["schema"].split("/")[1] == kind]  # fmt: skip
    return found[kind]


def answer(order: Order, status: str, **fields: Any) -> Cancellation:
    """The supplier's word, as `acknowledge.take` hands it on."""
    order.refresh_from_db()
    response = Response(order_number=order.number, answers="cancellation", status=status, **fields)
    row = Answer.objects.create(
        order=order, supplier=order.supplier, content=response.model_dump(mode="json", exclude_defaults=True),
        meaning_sha256="0" * 64, status=status, state="received", source="edi", actor="supplier:Tecnosellos",
    )  # fmt: skip
    with transaction.atomic():
        return cancel.answered(order, response, row)


def now(order: Order) -> tuple[str, list[str]]:
    """The order's state with those of its cancellations."""
    order.refresh_from_db()
    return order.state, [c.state for c in order.cancellations.order_by("number")]


def test_an_order_that_never_left_ends_at_once_and_never_leaves(out: Path) -> None:
    order = road.approved()
    cancel.ask(order.pk, actor=INES, code="mistake", reason="Wrong plant")
    drain()
    assert now(order) == ("cancelled", ["never_left"])
    assert list(out.iterdir()) == []
    assert only(order).state == "cancelled"
    assert order.reason == "Ordered by mistake: Wrong plant"
    assert road.kinds(order)[-4:] == [
        "cancellation.asked", "delivery.cancelled", "cancellation.never_left", "order.cancelled",
    ]  # fmt: skip


def test_an_order_that_is_with_the_supplier_ends_only_with_his_word(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="not_needed")
    assert now(order) == ("cancelling", ["asked"])
    assert committed(OrderState.CANCELLING, CancellationState.ASKED), "our asking releases nothing"
    drain()
    assert in_folder(out) == ["order", "cancellation"]
    said = document(out, "cancellation")
    assert (said["order_number"], said["revision"], said["reason"]) == (order.number, 1, "No longer needed")
    answer(order, "accepted")
    assert now(order) == ("cancelled", ["accepted"])
    assert not committed(OrderState.CANCELLED, CancellationState.ACCEPTED)
    assert Timer.objects.filter(order=order, stopped_at=None, fired_at=None).count() == 0
    assert Delivery.objects.get(kind="cancellation").state == "answered"
    assert Cancellation.objects.get().pk == row.pk


def test_the_second_click_asks_nobody_again(out: Path) -> None:
    order = sent_order()
    first = cancel.ask(order.pk, actor=INES, code="not_needed")
    second = cancel.ask(order.pk, actor="user:jens", code="price")
    assert (first.pk, second.code) == (second.pk, "not_needed")
    drain()
    assert in_folder(out) == ["order", "cancellation"]


def test_what_the_supplier_refuses_stays_in_force_until_the_buyer_has_seen_it(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="not_needed")
    answer(order, "rejected", reason="It is on the lorry")
    assert now(order) == ("approved", ["refused"])
    assert committed(OrderState.APPROVED, CancellationState.REFUSED)
    with pytest.raises(Refused, match="refused to cancel this order: It is on the lorry"):
        cancel.ask(order.pk, actor=INES, code="not_needed")
    cancel.settle(row.pk, choice="keep", actor=INES)
    assert now(order) == ("approved", ["settled"])
    assert cancel.ask(order.pk, actor=INES, code="late").number == 2, "another time, another reason"


def test_the_buyer_may_ask_again_what_was_refused(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="not_needed")
    drain()
    answer(order, "rejected")
    cancel.settle(row.pk, choice="ask_again", actor=INES, reason="We pay the lorry")
    assert now(order) == ("cancelling", ["asked"])
    drain()
    assert in_folder(out) == ["order", "cancellation", "cancellation"]
    answer(order, "accepted")
    assert now(order) == ("cancelled", ["accepted"])


def test_agreeing_at_a_cost_ends_the_order_only_when_the_buyer_takes_the_cost(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="not_needed")
    answer(order, "accepted", charge=Decimal("350"), reason="Material is cut")
    assert now(order) == ("cancelling", ["accepted_at_cost"])
    assert committed(OrderState.CANCELLING, CancellationState.ACCEPTED_AT_COST)
    with pytest.raises(Refused, match="Choose accept_cost, keep"):
        cancel.settle(row.pk, choice="ask_again", actor=INES)
    cancel.settle(row.pk, choice="accept_cost", actor=INES, reason="Fair")
    assert now(order) == ("cancelled", ["settled"])
    row.refresh_from_db()
    assert (row.cost, row.currency, row.answer) == (Decimal("350"), "EUR", "Material is cut")
    assert Event.objects.get(kind="cancellation.settled").data["reason"] == "The cost of 350 EUR is accepted. Fair"


def test_a_buyer_who_keeps_the_order_instead_of_paying_tells_the_supplier_who_had_agreed(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="not_needed")
    drain()
    answer(order, "accepted", charge=Decimal("350"))
    cancel.settle(row.pk, choice="keep", actor=INES)
    drain()
    assert now(order) == ("approved", ["settled"])
    assert in_folder(out) == ["order", "cancellation", "order"]


def test_agreeing_in_part_makes_the_rest_the_next_version(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="not_needed")
    drain()
    rest = [{"number": "10", "status": "rejected", "quantity": "40", "reason": "Made already"}]
    answer(order, "accepted_with_changes", lines=rest)
    assert now(order) == ("cancelling", ["partly"])
    cancel.settle(row.pk, choice="accept_part", actor=INES, reason="40 are made")
    order.refresh_from_db()
    lines = order.revisions.get(number=2).lines
    assert [(line.number, line.quantity) for line in lines.order_by("position")] == [("10", Decimal(40))]
    row.refresh_from_db()
    assert row.lines == [{"line": "10", "quantity": "60"}, {"line": "20", "quantity": "60"}]
    assert order.state in ("pending_approval", "approved"), "less is ordered; the policy says who approves that"


def test_a_supplier_may_correct_himself_until_the_matter_is_settled(out: Path) -> None:
    order = sent_order()
    cancel.ask(order.pk, actor=INES, code="not_needed")
    answer(order, "accepted")
    answer(order, "rejected", reason="Shipped by mistake")
    assert now(order) == ("cancelling", ["refused"]), "the buyer must look: it was called cancelled"
    row = Cancellation.objects.get()
    cancel.settle(row.pk, choice="keep", actor=INES)
    assert now(order) == ("approved", ["settled"])
    answer(order, "accepted")
    assert now(order) == ("approved", ["settled"])
    assert "settled already; nothing changed" in Answer.objects.latest("pk").problem


def test_a_cancellation_taken_back_before_it_left_tells_nobody(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="mistake")
    cancel.withdraw(row.pk, actor=INES, reason="It was another order")
    drain()
    assert now(order) == ("approved", ["withdrawn"])
    assert in_folder(out) == ["order"]
    assert not Timer.objects.filter(kind="cancellation_due", stopped_at=None).exists()


def test_a_cancellation_taken_back_after_it_left_sends_the_order_again(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="mistake")
    drain()
    cancel.withdraw(row.pk, actor=INES)
    drain()
    assert now(order) == ("approved", ["withdrawn"])
    assert in_folder(out) == ["order", "cancellation", "order"]
    assert cancel.withdraw(row.pk, actor=INES).state == "withdrawn", "a second click changes nothing"


def test_what_was_stopped_leaves_when_the_supplier_refuses(out: Path) -> None:
    """Version 2 was not sent yet when the order was cancelled; as the order stays, the supplier gets version 2."""
    order = sent_order()
    road.approved(revision=2, lines=(factories.line(price=11),))
    cancel.ask(order.pk, actor=INES, code="price")
    drain()
    assert document(out, "cancellation")["revision"] == 1, "it names the version that he has"
    answer(order, "rejected")
    drain()
    assert now(order) == ("approved", ["refused"])
    assert in_folder(out) == ["order", "cancellation", "order"]


def test_an_order_on_hold_is_on_hold_again_after_a_refusal(out: Path) -> None:
    order = sent_order()
    hold.hold(order.pk, actor=INES, reason="Price talks")
    cancel.ask(order.pk, actor=INES, code="price")
    drain()
    assert in_folder(out) == ["order", "cancellation"], "a hold does not keep a cancellation back"
    answer(order, "rejected")
    assert now(order) == ("held", ["refused"])


def test_a_supplier_who_does_not_answer_becomes_a_matter_for_a_person(out: Path) -> None:
    order = sent_order()
    cancel.ask(order.pk, actor=INES, code="not_needed")
    Timer.objects.filter(kind="cancellation_due").update(due_at=timezone.now() - datetime.timedelta(minutes=1))
    Cancellation.objects.update(due_at=timezone.now() - datetime.timedelta(minutes=1))
    distribute.sweep()
    assert now(order) == ("cancelling", ["overdue"])
    assert "cancellation.overdue" in road.kinds(order)
    answer(order, "accepted")
    assert now(order) == ("cancelled", ["accepted"])


def test_an_order_in_doubt_counts_as_arrived(out: Path) -> None:
    order = road.approved()
    Delivery.objects.update(state="sending")
    Delivery.objects.update(state="in_doubt", due_at=None)
    cancel.ask(order.pk, actor=INES, code="mistake")
    drain()
    assert now(order) == ("cancelling", ["asked"])
    assert in_folder(out) == ["cancellation"]
    settled = distribute.settle_doubt(carrying(order).pk, arrived=False, actor=INES)
    assert settled.state == "cancelled", "it is not sent again"


def carrying(order: Order) -> Delivery:
    return Delivery.objects.get(order=order, kind="order")


def test_who_turns_out_to_have_an_order_that_never_left_is_asked_back(out: Path) -> None:
    order = road.approved()
    cancel.ask(order.pk, actor=INES, code="mistake")
    assert now(order) == ("cancelled", ["never_left"])
    prove_opened(order)
    drain()
    assert now(order) == ("cancelling", ["asked"])
    assert in_folder(out) == ["cancellation"]


def test_who_answers_a_version_that_was_never_planned_is_asked_back(out: Path) -> None:
    order = road.approved()
    cancel.ask(order.pk, actor=INES, code="mistake")
    road.bring(factories.document(revision=2))
    assert now(order) == ("cancelled", ["never_left"])
    response = Response(order_number=order.number, revision=2, status="accepted")
    acknowledge.take(response, supplier=order.supplier, source="edi", actor="supplier:Tecnosellos")
    drain()
    assert now(order) == ("cancelling", ["asked"])
    assert in_folder(out) == ["cancellation"]


def prove_opened(order: Order) -> None:
    """A person opened the order on the supplier's page."""
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        evidence.opened(carrying(order), order=locked, actor="supplier:S1", means="portal", external_id="1")


def test_colleagues_who_have_a_copy_are_told_and_told_again_when_it_stays_in_force(out: Path, tmp_path: Path) -> None:
    order = sent_order()
    copied(order, tmp_path / "stock")
    drain()
    cancel.ask(order.pk, actor=INES, code="not_needed")
    drain()
    assert (in_folder(out), in_folder(tmp_path / "stock")) == (["order", "cancellation"],) * 2
    answer(order, "rejected")
    drain()
    assert in_folder(out) == ["order", "cancellation"], "who refused knows that it stands"
    assert in_folder(tmp_path / "stock") == ["order", "cancellation", "order"]


def test_an_answer_to_a_cancellation_that_nobody_asked_for_waits(out: Path) -> None:
    with pytest.raises(NotYet, match="none was asked for"):
        answer(sent_order(), "accepted")


def test_the_supplier_answers_on_a_page_once(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="not_needed")
    cancel.reply(row.pk, outcome="accepted", charge=Decimal("12.50"), reason="Handling", actor="supplier:ana")
    assert now(order) == ("cancelling", ["accepted_at_cost"])
    cancel.settle(row.pk, choice="accept_cost", actor=INES)
    with pytest.raises(Refused, match="nothing to answer any more"):
        cancel.reply(row.pk, outcome="refused", actor="supplier:ana")


def test_some_lines_are_cancelled_by_the_next_version(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="not_needed", lines={"20": None, "10": Decimal(30)})
    assert (row.scope, row.state, row.revision.number) == ("lines", "asked", 2)
    lines = row.revision.lines.order_by("position")
    assert [(line.number, line.quantity) for line in lines] == [("10", Decimal(70))]
    assert cancel.open_lines(order.pk) == {"10": Decimal(70)}


def test_more_than_is_open_cannot_be_cancelled(out: Path) -> None:
    order = sent_order()
    for lines, why in (
        ({"10": Decimal(101)}, "Of line 10, 100 is open"),
        ({"10": Decimal(0)}, "0 was to be cancelled"),
        ({"99": None}, "Open lines: 10, 20"),
        ({}, "Nothing is named"),
    ):
        with pytest.raises(Refused, match=why):
            cancel.ask(order.pk, actor=INES, code="not_needed", lines=lines)
    assert now(order) == ("approved", [])


def test_all_of_every_line_is_the_whole_order(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="not_needed", lines={"10": None, "20": Decimal(60)})
    assert (row.scope, now(order)) == ("order", ("cancelling", ["asked"]))


def test_what_was_shipped_cannot_be_cancelled_but_the_rest_can(out: Path) -> None:
    order = sent_order()
    notice = GoodsDocument.objects.create(
        kind="ship_notice", number="SN-1", content={}, sha256="0" * 64, source="edi", actor="supplier:S1"
    )
    GoodsLine.objects.create(document=notice, order=order, position=1, line="10", quantity=25, unit="H87")
    with pytest.raises(Refused, match=r"25 is shipped or received.*Cancel the open quantity"):
        cancel.ask(order.pk, actor=INES, code="not_needed")
    rest = cancel.open_lines(order.pk)
    row = cancel.ask(order.pk, actor=INES, code="not_needed", lines=dict(rest))
    assert [(line.number, line.quantity) for line in row.revision.lines.all()] == [("10", Decimal(25))]


def test_an_unknown_reason_is_refused_with_those_there_are(out: Path) -> None:
    with pytest.raises(Refused, match="Choose one of not_needed, duplicate"):
        cancel.ask(sent_order().pk, actor=INES, code="because")


def test_a_part_that_a_newer_version_orders_again_is_not_withdrawn_when_he_accepts_that(out: Path) -> None:
    order = sent_order()
    cancel.ask(order.pk, actor=INES, code="not_needed", lines={"20": Decimal(5)})
    amend.take_back(order.pk, 1, actor=INES, reason="Needed after all")
    drain()
    order.refresh_from_db()
    yes = Response(order_number=order.number, revision=order.revision, status="accepted")
    acknowledge.take(yes, supplier=order.supplier, source="folder", actor="supplier:Tecnosellos")
    assert now(order) == ("approved", ["withdrawn"])


def test_a_cancellation_of_a_part_can_be_closed_after_a_newer_version(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="not_needed", lines={"20": Decimal(5)})
    amend.take_back(order.pk, 1, actor=INES, reason="Needed after all")
    cancel.withdraw(row.pk, actor=INES)
    order.refresh_from_db()
    assert (order.revision, now(order)[1]) == (3, ["withdrawn"]), "the newer version says what is ordered"


def test_nobody_is_asked_again_about_an_order_that_never_left(out: Path) -> None:
    order = road.approved()
    row = cancel.ask(order.pk, actor=INES, code="not_needed")
    answer(order, "rejected", reason="We make it already")
    assert now(order) == ("approved", ["refused"])
    row.refresh_from_db()
    assert cancel.choices(row) == {"keep"}
    cancel.settle(row.pk, choice="keep", actor=INES)
    assert now(order) == ("approved", ["settled"])
