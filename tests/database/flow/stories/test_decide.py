"""Answers that differ, as a buyer decides them: accept, counter, insist, or order the open quantity elsewhere."""

import datetime
from decimal import Decimal
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection, transaction

from orderwire.flow import Refused, approve, hold, in_force
from orderwire.flow.distribute import resend
from orderwire.records import Delivery, Event, Need, Order, Timer, User
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, orders_in
from tests.database.flow.stories.deciding import INES, answers, choose, document, last, line, says, yes

pytestmark = pytest.mark.django_db(transaction=True)

# ── accept ───────────────────────────────────────────────────────────────────


def test_what_the_buyer_accepts_is_the_next_version_which_waits_for_approval(
    order: Order, out: Path, lead: User
) -> None:
    row = answers(order, says(price=Decimal("13")))
    decided = choose(row, line("10", "accept"))
    order.refresh_from_db()
    row.refresh_from_db()
    assert (decided.revision, decided.state, row.state, row.decided_by) == (2, "pending_approval", "decided", INES)
    assert document(order).lines[0].price == Decimal("13")
    drain()
    assert orders_in(out) == [(order.number, 1)]
    yes(order, lead)
    assert (order.state, order.answer_state) == ("approved", "accepted")
    assert last(order).says == {"agrees": row.pk}
    drain()
    order.refresh_from_db()
    assert orders_in(out) == [(order.number, 1), (order.number, 2)]
    assert (order.answer_state, order.answer_due_at) == ("accepted", None)
    assert road.kinds(order).count("answer.accepted") == 1


def test_a_version_that_agrees_asks_for_no_answer(order: Order, lead: User) -> None:
    row = answers(order, says(price=Decimal("13")))
    choose(row, line("10", "accept"))
    yes(order, lead)
    drain()
    told = last(order)
    assert (told.state, (told.parcel or {}).get("answer_by")) == ("accepted", None)
    assert not Timer.objects.filter(order=order, kind="answer_due", stopped_at=None, fired_at=None).exists()


def test_an_answer_that_changes_nothing_is_accepted_without_a_version(order: Order) -> None:
    row = answers(order, status="accepted_with_changes")
    assert (row.state, row.differences) == ("open", [])
    decided = choose(row, line(None, "accept"))
    order.refresh_from_db()
    assert (decided.revision, order.revision, order.answer_state) == (None, 1, "accepted")


def test_what_is_not_approved_is_to_be_decided_again(order: Order, out: Path, lead: User) -> None:
    row = answers(order, says(price=Decimal("13")))
    choose(row, line("10", "accept"))
    order.refresh_from_db()
    approve.refuse(order.pk, user=lead, sha256=road.sha256(order), reason="Too dear")
    order.refresh_from_db()
    row.refresh_from_db()
    assert (order.state, order.answer_state) == ("refused", "different")
    assert (row.state, row.decisions, row.decided_by) == ("open", [], "")
    assert road.kinds(order)[-2:] == ["approval.refused", "answer.reopened"]
    decided = choose(row, line("10", "insist"), reason="12.50 was agreed")
    order.refresh_from_db()
    assert (decided.revision, order.revision) == (3, 3)
    assert document(order).lines[0].price == Decimal("12.5")
    if order.state == "pending_approval":
        yes(order, lead)
    assert last(order).says == {"counters": row.pk, "reason": "12.50 was agreed"}
    drain()
    order.refresh_from_db()
    assert (orders_in(out), order.answer_state) == ([(order.number, 1), (order.number, 3)], "waiting")


# ── counter, insist ──────────────────────────────────────────────────────────


def test_a_counter_proposal_is_a_version_that_asks_again(order: Order, lead: User) -> None:
    row = answers(order, says(price=Decimal("14"), quantity=Decimal(80)))
    monday = factories.NEED_BY + datetime.timedelta(days=3)
    decided = choose(
        row, line("10", "counter", price=Decimal("13"), requested=monday), reason="Half of the rise is fair"
    )
    order.refresh_from_db()
    offered = document(order).lines[0]
    assert (offered.price, offered.quantity, offered.schedules[0].requested) == (Decimal(13), Decimal(100), monday)
    assert decided.revision == 2
    yes(order, lead)
    assert (order.answer_state, last(order).says["counters"]) == ("not_asked", row.pk)
    drain()
    order.refresh_from_db()
    assert order.answer_state == "waiting"
    assert order.answer_due_at is not None


def test_who_insists_sends_the_same_version_again_marked_and_with_the_reason(order: Order, out: Path) -> None:
    row = answers(order, says(price=Decimal("14")))
    with pytest.raises(Refused, match="needs a reason"):
        choose(row, line("10", "insist"))
    decided = choose(row, line("10", "insist"), reason="12.50 was agreed")
    order.refresh_from_db()
    assert (decided.revision, order.revision, order.delivery_state) == (None, 1, "ready")
    again = last(order)
    assert (again.says, again.duplicate, again.primary) == ({"insists": "12.50 was agreed"}, True, True)
    assert Delivery.objects.filter(order=order, primary=True).count() == 1
    drain()
    order.refresh_from_db()
    assert (order.delivery_state, order.answer_state) == ("accepted", "waiting")
    assert orders_in(out) == [(order.number, 1), (order.number, 1)]
    assert Timer.objects.filter(order=order, kind="answer_due", stopped_at=None, fired_at=None).count() == 1


def test_the_same_answer_to_insisting_is_a_new_answer(order: Order) -> None:
    row = answers(order, says(price=Decimal("14")))
    choose(row, line("10", "insist"), reason="12.50 was agreed")
    drain()
    again = answers(order, says(price=Decimal("14")))
    assert (again.pk != row.pk, again.state, order.answer_state) == (True, "open", "different")


def test_insisting_while_the_order_goes_out_again_sends_it_once(order: Order, out: Path) -> None:
    row = answers(order, says(price=Decimal("14")))
    resend(last(order).pk, actor=INES, reason="They lost it")
    choose(row, line("10", "insist"), reason="12.50 was agreed")
    drain()
    assert road.states(order) == ["accepted"]
    assert (last(order).says, last(order).attempts.count()) == ({"insists": "12.50 was agreed"}, 2)


def test_insisting_on_what_never_was_sent_waits_for_an_answer_all_the_same(order: Order) -> None:
    order.deliveries.update(leg=None)
    row = answers(order, says(price=Decimal("14")))
    choose(row, line("10", "insist"), reason="12.50 was agreed")
    order.refresh_from_db()
    assert (order.answer_state, order.deliveries.count()) == ("waiting", 1)


# ── order it elsewhere ───────────────────────────────────────────────────────


def test_what_the_supplier_does_not_deliver_goes_to_the_pool(order: Order, lead: User) -> None:
    row = answers(order, says(quantity=Decimal(70)), says("20", "rejected"))
    choose(row, line("10", "resource"), line("20", "resource"), reason="Needed in full")
    assert Need.objects.count() == 0  # not before the version is in force
    yes(order, lead)
    assert [(each.number, each.quantity) for each in document(order).lines] == [("10", Decimal(70))]
    assert [(each.line, each.quantity, each.reason) for each in Need.objects.order_by("pk")] == [
        ("10", Decimal(30), "Needed in full"),
        ("20", Decimal(60), "Needed in full"),
    ]
    assert (last(order).says, order.answer_state) == ({"agrees": row.pk}, "accepted")
    assert road.kinds(order).count("need.opened") == 2


def test_a_line_that_was_promised_can_be_ordered_elsewhere_but_he_is_asked(order: Order, lead: User) -> None:
    row = answers(order, says(price=Decimal("20")))
    choose(row, line("10", "resource"), reason="Too dear")
    yes(order, lead)
    assert [each.number for each in document(order).lines] == ["20"]
    assert (last(order).says["counters"], order.answer_state) == (row.pk, "not_asked")
    assert Need.objects.get().quantity == Decimal(100)


def test_only_the_late_part_of_a_line_goes_to_the_pool_and_he_is_asked_to_give_it_up(order: Order, lead: User) -> None:
    [day] = [each.requested for each in document(order).lines[0].schedules]
    assert day is not None
    late = day + datetime.timedelta(days=12)
    row = answers(order, says(quantity=Decimal(70), promised=day), says(quantity=Decimal(30), promised=late))
    choose(row, line("10", "resource"), reason="Needed in time")
    yes(order, lead)
    assert [(each.number, each.quantity) for each in document(order).lines] == [
        ("10", Decimal(70)),
        ("20", Decimal(60)),
    ]
    assert [(each.line, each.quantity) for each in Need.objects.all()] == [("10", Decimal(30))]
    assert last(order).says["counters"] == row.pk


def test_a_declined_order_is_insisted_on_or_ordered_elsewhere(order: Order) -> None:
    row = answers(order, status="rejected", reason="Line stopped")
    with pytest.raises(Refused, match="nothing to accept"):
        choose(row, line(None, "accept"))
    decided = choose(row, line(None, "resource"), reason="They stopped the line")
    order.refresh_from_db()
    assert (decided.revision, order.state) == (None, "cancelling")
    cancellation = order.cancellations.get()
    assert (cancellation.code, cancellation.scope) == ("elsewhere", "order")
    assert sorted(Need.objects.values_list("line", "quantity")) == [("10", Decimal(100)), ("20", Decimal(60))]


def test_what_went_to_the_pool_leaves_it_where_the_version_is_not_approved_after_all(order: Order, lead: User) -> None:
    """Its approval was void before it was sent, and the next person says no."""
    row = answers(order, says(quantity=Decimal(70)))
    choose(row, line("10", "resource"), reason="Needed in full")
    yes(order, lead)
    with transaction.atomic():
        in_force.undone(order, order.revisions.get(number=2), actor="user:lena", reason="Not now")
    assert Need.objects.get().state == "closed"
    row.refresh_from_db()
    assert (row.state, order.answer_state) == ("open", "different")


# ── all of it together ───────────────────────────────────────────────────────


def test_mixed_decisions_make_one_version(order: Order, lead: User) -> None:
    row = answers(order, says(price=Decimal("13")), says("20", price=Decimal("130")))
    choose(row, line("10", "accept"), line("20", "insist"), reason="118 was agreed")
    yes(order, lead)
    assert order.revision == 2
    assert [each.price for each in document(order).lines] == [Decimal(13), Decimal(118)]
    assert last(order).says == {"counters": row.pk, "reason": "118 was agreed"}
    decided = Event.objects.get(kind="answer.decided").data
    assert (decided["accepted"], decided["insisted"], decided["told"]) == (1, 1, 2)


def test_every_line_must_be_decided(order: Order) -> None:
    row = answers(order, says(price=Decimal("13")), says("20", price=Decimal("130")))
    with pytest.raises(Refused, match="Not decided yet: Line 20"):
        choose(row, line("10", "accept"))
    with pytest.raises(Refused, match="Line 30 does not differ"):
        choose(row, line("10", "accept"), line("20", "accept"), line("30", "accept"))
    row.refresh_from_db()
    assert row.state == "open"


def test_a_second_click_and_a_newer_answer_are_told(order: Order) -> None:
    row = answers(order, says(price=Decimal("13")))
    newer = answers(order, says(price=Decimal("12.75")))
    with pytest.raises(Refused, match="not open") as refused:
        choose(row, line("10", "accept"))
    assert refused.value.kind == "conflict"
    choose(newer, line("10", "insist"), reason="No")
    with pytest.raises(Refused, match="not open"):
        choose(newer, line("10", "insist"), reason="No")


def test_of_two_colleagues_at_once_one_decides_and_the_other_is_told(order: Order) -> None:
    row = answers(order, says(price=Decimal("13")))
    told: list[str] = []

    def run(choice: str) -> None:
        try:
            choose(row, line("10", choice), reason="As I say")
            told.append("decided")
        except Refused as refused:
            told.append(refused.kind)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(choice,)) for choice in ("accept", "insist")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["conflict", "decided"]
    assert road.kinds(order).count("answer.decided") == 1


def test_an_order_on_hold_is_not_decided(order: Order) -> None:
    row = answers(order, says(price=Decimal("13")))
    hold.hold(order.pk, actor=INES, reason="Audit")
    with pytest.raises(Refused, match="on hold"):
        choose(row, line("10", "accept"))


# ── what the supplier's system reads ─────────────────────────────────────────


@pytest.mark.parametrize(
    "format, mark",
    [("x12", b"\nMSG*12.50 was agreed~"), ("edifact", b"FTX+CHG+++12.50 was agreed"), ("cxml", b'type="update"')],
)
def test_insisting_is_a_change_of_nothing_and_no_second_order(
    config: Path, tmp_path: Path, format: str, mark: bytes
) -> None:
    road.desk(factories.supplier("Tecnosellos"), tmp_path / "out", format=format)
    order = road.approved()
    drain()
    order.refresh_from_db()
    first = {path.name for path in (tmp_path / "out").iterdir()}
    choose(answers(order, says(price=Decimal("14"))), line("10", "insist"), reason="12.50 was agreed")
    drain()
    assert last(order).state == "accepted", last(order).reason
    second = [path for path in (tmp_path / "out").iterdir() if path.name not in first]
    assert len(second) == 1
    assert mark in second[0].read_bytes()
