"""What a hostile supplier, a hurried buyer, a careless policy and an auditor try: nothing slips through."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orderwire.document.order import Order as Document
from orderwire.document.response import HeaderStatus, Response
from orderwire.document.terms import Note
from orderwire.flow import Refused, acknowledge, amend, approve, cancel, need
from orderwire.flow.catch_up import catch_up
from orderwire.flow.decide import accept_policy
from orderwire.records import Delivery, Need, Order, Partner, User
from orderwire.records import Response as Row
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain
from tests.database.flow.stories.deciding import INES, answers, choose, document, last, line, says, yes

pytestmark = pytest.mark.django_db(transaction=True)


def now(order: Order) -> Order:
    order.refresh_from_db()
    return order


def noted(order: Order, text: str = "Ring the bell") -> Document:
    return document(now(order)).model_copy(update={"notes": (Note(text=text),)})


# A hostile supplier


def test_a_small_rise_over_a_limit_of_the_approval_policy_is_seen_by_a_person(out: Path) -> None:
    """Up to 50,000 one person says yes. Each line rises within the policy of changes, the order goes over."""
    lines = (factories.line("10", quantity=Decimal(100), price=Decimal("499.95")),)
    order = road.approved(factories.document("BIG", lines=lines))
    drain()
    before = document(order)
    answers(order, says(price=Decimal("500.10")))
    assert (now(order).revision, order.state) == (before.revision + 1, "pending_approval")
    reason = order.events.filter(kind="approval.requested").latest("pk").data["reason"]
    assert "of the approval policy" in reason


def test_a_price_of_nothing_is_a_question_and_no_gift(order: Order) -> None:
    """Many systems write 0 where they give no price; the policy takes a lower price without asking."""
    row = answers(order, says(price=Decimal(0)))
    assert (row.state, now(order).revision) == ("open", 1)
    assert "price" in row.problem


def test_a_charge_that_the_order_has_already_is_not_asked_twice(order: Order, lead: User) -> None:
    row = answers(order, charge=Decimal(25))
    choose(row, line(None, "accept"))
    yes(order, lead)
    drain()
    again = answers(order, status="accepted", charge=Decimal(25))
    assert (again.differences, now(order).revision, again.state) == ([], 2, "accepted")
    more = answers(order, charge=Decimal(40))
    assert [d["field"] for d in more.differences] == ["charge"]


def test_the_same_answer_by_two_channels_is_one_although_the_policy_insists(order: Order, config: Path) -> None:
    rule = "  - id: price\n    attribute: price\n    up: 1 % and EUR 25\n    down: any\n"
    (config / "changes.yaml").write_text(road.default("changes.yaml").replace(rule, f"{rule}    beyond: reject\n"))
    first = answers(order, says(price=Decimal("14")))
    assert first.decided_by == "system:policy"
    second = answers(order, says(price=Decimal("14")))
    assert second == first
    drain()
    assert answers(order, says(price=Decimal("14"))) != first


# A hurried buyer


def test_a_line_on_back_order_without_a_day_can_be_ordered_elsewhere(order: Order, lead: User) -> None:
    row = answers(order, says(status="backordered"))
    choose(row, line("10", "resource"))
    assert [each.number for each in document(now(order)).lines] == ["20"]
    yes(order, lead)
    assert Need.objects.get().quantity == Decimal(100)
    assert last(order).says["counters"] == row.pk


def test_a_line_in_mixed_units_can_be_ordered_elsewhere(order: Order) -> None:
    row = answers(order, says(quantity=Decimal(50)), says(quantity=Decimal(5), unit="BX"))
    choose(row, line("10", "resource"))
    assert [each.number for each in document(now(order)).lines] == ["20"]


def test_a_decision_that_was_refused_by_mistake_is_asked_for_again(order: Order, lead: User) -> None:
    row = answers(order, says(price=Decimal("13")))
    choose(row, line("10", "accept"))
    approve.refuse(order.pk, user=lead, sha256=road.sha256(now(order)), reason="Which contract?")
    choose(row, line("10", "accept"), reason="Contract 7 of March")
    assert (now(order).revision, order.state) == (3, "pending_approval")
    yes(order, lead)
    assert (order.state, order.answer_state) == ("approved", "accepted")


def test_a_decision_that_never_came_into_force_is_not_kept_as_one(order: Order) -> None:
    row = answers(order, says(price=Decimal("13")))
    choose(row, line("10", "accept"))
    amend.take_back(order.pk, 1, actor=INES, reason="A slip")
    row.refresh_from_db()
    assert (row.state, row.decisions) == ("old_version", [])
    assert "answer.reopened" in road.kinds(order)
    assert last(now(order)).says == {}


def test_many_answers_at_once_leave_what_contradicts_itself(order: Order) -> None:
    row = answers(order, says(status="accepted", price=Decimal("12.40")))
    assert (row.problem != "", row.differences[0]["verdict"]) == (True, "accept")
    done = accept_policy([row.pk], actor=INES)
    assert (done.decided, done.left) == (0, 1)


def test_a_need_does_not_become_an_order_that_is_there_already(order: Order, lead: User, tmp_path: Path) -> None:
    row = answers(order, says(status="rejected"))
    choose(row, line("10", "resource"))
    yes(order, lead)
    other = road.supplier(tmp_path / "other", "Sealworks")
    road.approved(number="TAKEN")
    for number in (" TAKEN ", "TAKEN"):
        with pytest.raises(Refused):
            need.order_from(Need.objects.get().pk, supplier_id=other.pk, actor=INES, number=number)
    assert Need.objects.get().state == "open"


def test_what_the_first_supplier_delivers_after_all_is_not_ordered_twice(order: Order, tmp_path: Path) -> None:
    row = answers(order, status="rejected")
    choose(row, line("10", "resource"), line("20", "resource"))
    assert len(need.waiting()) == 2
    asked = order.cancellations.get()
    cancel.withdraw(asked.pk, actor=INES, reason="They deliver")
    assert (now(order).state, need.waiting()) == ("approved", [])
    other = road.supplier(tmp_path / "other", "Sealworks")
    wanted = Need.objects.earliest("pk")
    with pytest.raises(Refused, match="delivers it after all"):
        need.order_from(wanted.pk, supplier_id=other.pk, actor=INES)
    assert need.close(wanted.pk, actor=INES, reason="They deliver").state == "closed"


# An auditor


def test_an_approval_that_was_void_is_no_base_for_the_policy(out: Path) -> None:
    out.rename(out.with_name("away"))
    order = road.waiting()
    anna = road.person("anna", "finance-leads")
    yes(order, anna)
    anna.is_active = False
    anna.save()
    approve.account_closed(anna, actor="system:command")
    amend.propose(order.pk, noted(order), base=1, actor=INES, reason="A note")
    assert now(order).state == "pending_approval"
    amend.take_back(order.pk, 1, actor=INES, reason="Without it")
    assert now(order).state == "pending_approval"
    assert not Delivery.objects.filter(order=order, state="ready", revision__number__gt=1).exists()


def test_who_wrote_down_the_suppliers_word_does_not_approve_what_it_makes(order: Order, lead: User) -> None:
    """Two small rises by telephone: the policy takes the first; the second goes over, and needs somebody else."""
    for price in ("12.60", "12.70"):
        drain()
        said = Response(
            order_number=order.number,
            status=HeaderStatus.ACCEPTED_WITH_CHANGES,
            lines=(says(price=Decimal(price)),),
        )
        acknowledge.record(order.pk, said, actor="user:lena", means="phone")
    assert (now(order).revision, order.state) == (3, "pending_approval")
    with pytest.raises(Refused, match="recorded the answer"):
        yes(order, lead)
    yes(order, road.person("omar", "purchasing-leads"))
    assert order.state == "approved"
    assert Row.objects.filter(decided_by="system:policy").count() == 2


# An operator


def test_an_answer_that_cannot_be_processed_keeps_no_other_waiting(
    out: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    supplier = Partner.objects.get()
    early = [
        acknowledge.take(
            Response(order_number=number, status=HeaderStatus.ACCEPTED),
            supplier=supplier,
            source="folder",
            actor="supplier:S1",
        )
        for number in ("BAD", "GOOD")
    ]
    for number in ("BAD", "GOOD"):
        road.approved(number=number)
    drain()
    take = acknowledge.take

    def broken(response: Response, **how: Any) -> Row:
        if response.order_number == "BAD":
            raise ValueError("a fault of ours")
        return take(response, **how)

    monkeypatch.setattr(acknowledge, "take", broken)
    assert catch_up() == 1
    assert [Row.objects.get(pk=row.pk).state for row in early] == ["unmatched", "accepted"]
    assert "could not be processed" in caplog.text
