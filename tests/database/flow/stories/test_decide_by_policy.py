"""Answers that the policy of changes decides, wholly or in part, and where it has to stop."""

from decimal import Decimal
from pathlib import Path

import pytest

from orderwire.flow import hold
from orderwire.flow.decide import accept_policy
from orderwire.records import Order, User
from orderwire.records import Response as Row
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, orders_in
from tests.database.flow.stories.deciding import INES, answers, choose, last, line, says, yes

pytestmark = pytest.mark.django_db(transaction=True)


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
