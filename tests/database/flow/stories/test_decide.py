"""Answers that differ, as a buyer decides them: accept, counter, insist, or order the open quantity elsewhere."""

import datetime
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from orderwire.document.order import Order as Document
from orderwire.document.order_change import LinePart
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.flow import Refused, acknowledge, approve, hold, in_force, need
from orderwire.flow.decide import Decided, LineDecision, accept_policy, decide
from orderwire.flow.distribute import resend
from orderwire.records import Delivery, Event, Need, Order, Timer, User
from orderwire.records import Response as Row
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, orders_in

pytestmark = pytest.mark.django_db(transaction=True)

INES = "user:ines"


@pytest.fixture
def out(config: Path, tmp_path: Path) -> Path:
    """The supplier's folder."""
    road.supplier(tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def order(out: Path) -> Order:
    """Two lines, sent: 100 seals at 12.50 and 60 at 118."""
    row = road.approved()
    drain()
    row.refresh_from_db()
    return row


@pytest.fixture
def lead(config: Path) -> User:
    """May approve up to 100,000."""
    return road.person("lena", "purchasing-leads")


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


# ── needs ────────────────────────────────────────────────────────────────────


@pytest.fixture
def needed(order: Order, lead: User) -> Need:
    """30 seals are open."""
    row = answers(order, says(quantity=Decimal(70)))
    choose(row, line("10", "resource"), reason="Needed in full")
    yes(order, lead)
    return Need.objects.get()


def test_a_need_is_ordered_from_another_supplier(needed: Need, tmp_path: Path) -> None:
    other = road.supplier(tmp_path / "other", "Sellos Bilbao")
    assert need.ranked(needed, need.others()) == [other]
    made = need.order_from(needed.pk, supplier_id=other.pk, actor=INES, price=Decimal("12.90"))
    assert (made.number, made.state) == ("4500071791-A", "pending_approval")
    ordered = Order.objects.get(pk=made.order_id)
    item = document(ordered).lines[0]
    assert (item.quantity, item.price, item.supplier_part, ordered.supplier) == (30, Decimal("12.9"), None, other)
    assert document(ordered).references[0].number == "4500071791"
    needed.refresh_from_db()
    assert (needed.state, needed.ordered, need.waiting()) == ("ordered", ordered, [])
    with pytest.raises(Refused, match="ordered already, as 4500071791-A"):
        need.order_from(needed.pk, supplier_id=other.pk, actor=INES)


def test_a_need_whose_order_is_refused_is_open_again(needed: Need, tmp_path: Path, lead: User) -> None:
    other = road.supplier(tmp_path / "other", "Sellos Bilbao")
    made = need.order_from(needed.pk, supplier_id=other.pk, actor=INES)
    first = Order.objects.get(pk=made.order_id)
    approve.refuse(made.order_id, user=lead, sha256=road.sha256(first), reason="Not from them")
    assert need.waiting() == [needed]
    again = need.order_from(needed.pk, supplier_id=other.pk, actor=INES)
    assert again.number == "4500071791-B"


def test_a_need_that_nobody_has_any_more_is_closed(needed: Need, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="wants a reason"):
        need.close(needed.pk, actor=INES, reason=" ")
    need.close(needed.pk, actor=INES, reason="Found in store 3")
    assert need.waiting() == []
    other = road.supplier(tmp_path / "other", "Sellos Bilbao")
    with pytest.raises(Refused, match="Nobody needs it"):
        need.order_from(needed.pk, supplier_id=other.pk, actor=INES)


def test_the_supplier_who_does_not_deliver_is_not_asked_again(needed: Need, order: Order) -> None:
    assert order.supplier_id is not None
    with pytest.raises(Refused, match="does not deliver it"):
        need.order_from(needed.pk, supplier_id=order.supplier_id, actor=INES)
    with pytest.raises(Refused, match="no such supplier"):
        need.order_from(needed.pk, supplier_id=0, actor=INES)


# ── policy ───────────────────────────────────────────────────────────────────


def judged(row: Row, *verdicts: str) -> Row:
    """What the policy says of each difference."""
    row.differences = [d | {"verdict": v, "rule": "r1"} for d, v in zip(row.differences, verdicts, strict=True)]
    row.save(update_fields=["differences"])
    return row


def test_what_the_policy_settles_needs_no_choice(order: Order) -> None:
    row = judged(answers(order, says(price=Decimal("12.45")), says("20", price=Decimal("130"))), "accept", "ask")
    choose(row, line("20", "accept"))
    row.refresh_from_db()
    assert [(d["line"], d["choice"]) for d in row.decisions] == [("10", "accept"), ("20", "accept")]


def test_many_answers_are_accepted_at_once_where_the_policy_accepts_all(config: Path, tmp_path: Path) -> None:
    road.supplier(tmp_path / "out")
    rows = []
    for number, verdict in (("A", "accept"), ("B", "accept"), ("C", "ask")):
        order = road.approved(number=number)
        rows.append(judged(answers(order, says(price=Decimal("13"))), verdict))
    hold.hold(rows[1].order_id or 0, actor=INES, reason="Audit")
    done = accept_policy([row.pk for row in rows], actor=INES)
    assert (done.decided, done.left, list(done.refused)) == (1, 1, [rows[1].pk])
    assert "on hold" in done.refused[rows[1].pk]


def test_what_the_policy_accepts_is_decided_planned_and_told_without_a_person(order: Order, out: Path) -> None:
    row = answers(order, says(price=Decimal("12.60")))
    order.refresh_from_db()
    assert (row.state, row.decided_by) == ("decided", "system:policy")
    assert (order.revision, order.state, order.answer_state) == (2, "approved", "accepted")
    drain()
    assert orders_in(out) == [(order.number, 1), (order.number, 2)]
    assert {"answer.decided", "approval.by_policy", "answer.accepted"} <= set(road.kinds(order))


def test_small_steps_that_add_up_need_a_person(order: Order, lead: User) -> None:
    """Each answer is within what a supplier may answer; together they leave what was approved (drift)."""
    for price, state in (("12.60", "approved"), ("12.70", "pending_approval")):
        drain()
        row = answers(order, says(price=Decimal(price)))
        order.refresh_from_db()
        assert (row.decided_by, order.state) == ("system:policy", state)
    drain()
    assert [d.says for d in order.deliveries.order_by("pk")] == [{}, {"agrees": order.responses.earliest("pk").pk}]
    yes(order, lead)
    assert (order.state, order.answer_state) == ("approved", "accepted")


def test_two_systems_do_not_insist_for_ever(order: Order, config: Path) -> None:
    rule = "  - id: price\n    attribute: price\n    up: 1 % and EUR 25\n    down: any\n"
    (config / "changes.yaml").write_text(road.default("changes.yaml").replace(rule, f"{rule}    beyond: reject\n"))
    first = answers(order, says(price=Decimal("14")))
    assert (first.state, last(order).says) == ("decided", {"insists": first.decisions[0]["reason"]})
    assert "14" in first.decisions[0]["reason"] or "12" in first.decisions[0]["reason"]
    drain()
    again = answers(order, says(price=Decimal("14")))
    assert (again.state, order.answer_state) == ("open", "different")


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
