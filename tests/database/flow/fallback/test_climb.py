"""What fails on one way goes the next that was approved, marked where it may be there twice, and never on two ways."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from orderwire.document.states import AnswerState
from orderwire.flow import Refused, cancel, distribute, fallback, hold, route
from orderwire.flow.holding import holding
from orderwire.records import Delivery, Endpoint, Event, Leg, Order, Plan
from tests.database.flow import road
from tests.database.flow.distribute.kit import changed_address, drain, due
from tests.database.flow.fallback.kit import Ways, came_back, trips, ways

pytestmark = pytest.mark.django_db(transaction=True)


def newest(order: Order) -> Delivery:
    return Delivery.objects.filter(order=order).latest("pk")


def test_a_refusal_goes_the_next_way_as_the_same_order_and_the_chain_is_told(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", "mail", "portal")
    sink.said = {"edi": ["refused"]}
    order = road.approved()
    drain()
    drain()
    assert trips(order) == [("edi", "withdrawn"), ("mail", "accepted")]
    assert sink.has == [("mail", order.number, False)], "nothing left on the first way, so it is no duplicate"
    order.refresh_from_db()
    assert (order.delivery_state, order.answer_state) == ("accepted", "waiting")
    first, second = Delivery.objects.order_by("pk")
    assert (first.primary, second.primary, second.says) == (False, True, {"instead_of": first.pk})
    assert first.reason == "The address is not known."
    told = Event.objects.filter(kind__in=["delivery.failed", "delivery.withdrawn", "delivery.resent"]).order_by("pk")
    assert [(e.kind, e.subjects["delivery"], e.data.get("endpoint")) for e in told] == [
        ("delivery.failed", str(first.pk), None),
        ("delivery.withdrawn", str(first.pk), "mail"),
        ("delivery.resent", str(second.pk), "mail"),
    ]


def test_exhausted_retries_climb_and_the_last_way_that_fails_says_that_there_is_none_left(
    sink: Ways, tmp_path: Path
) -> None:
    ways(tmp_path, "edi", "mail")
    sink.said = {"edi": ["later", "later"], "mail": ["refused"]}
    order = road.approved()
    for _ in range(4):
        drain()
        due()
    assert trips(order) == [("edi", "withdrawn"), ("mail", "failed")]
    assert "no other way left" in newest(order).reason and "call them" in newest(order).reason
    order.refresh_from_db()
    assert order.delivery_state == "failed"
    with pytest.raises(Refused, match="no other way"):
        fallback.climb(newest(order).pk, actor="user:ines", reason="once more")


def test_what_may_have_arrived_is_marked_as_a_duplicate(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", "mail")
    order = road.approved()
    drain()
    came_back(newest(order))
    drain()
    assert trips(order) == [("edi", "withdrawn"), ("mail", "accepted")]
    assert sink.has == [("edi", order.number, False), ("mail", order.number, True)]


def test_in_doubt_nothing_climbs_by_itself_and_a_person_may(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "mail", "portal")
    sink.said = {"mail": ["unknown"]}
    order = road.approved()
    drain()
    distribute.sweep()
    assert trips(order) == [("mail", "in_doubt")]
    made = fallback.climb(newest(order).pk, actor="user:ines", reason="They ask for it in the portal")
    drain()
    assert trips(order) == [("mail", "withdrawn"), ("portal", "accepted")]
    assert sink.has[-1] == ("portal", order.number, True)
    assert Event.objects.get(kind="delivery.resent").actor == "user:ines" and made.duplicate
    with pytest.raises(Refused, match="another way"):
        distribute.resend(Delivery.objects.earliest("pk").pk, actor="user:ines", reason="again")
    with pytest.raises(Refused, match="sent another way"):
        fallback.climb(Delivery.objects.earliest("pk").pk, actor="user:ines", reason="again")


def test_the_answers_clock_follows_the_way_that_took_the_order(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", "mail")
    order = road.approved()
    drain()
    order.refresh_from_db()
    assert order.answer_state == AnswerState.WAITING
    came_back(newest(order))
    order.refresh_from_db()
    assert (order.answer_state, order.answer_due_at) == (AnswerState.NOT_ASKED, None)
    drain()
    order.refresh_from_db()
    assert order.answer_state == AnswerState.WAITING and order.answer_due_at is not None


def test_an_address_that_changed_since_the_plan_is_held_and_never_sent_to(sink: Ways, tmp_path: Path) -> None:
    _, mail = ways(tmp_path, "edi", "mail")
    sink.said = {"edi": ["refused"]}
    order = road.approved()
    changed_address(mail, out=str(tmp_path / "thief"))
    drain()
    drain()
    assert trips(order) == [("edi", "withdrawn"), ("mail", "held")] and not sink.has
    assert "changed after the plan" in newest(order).reason


def test_the_plan_is_bound_to_the_versions_of_all_its_ways(sink: Ways, tmp_path: Path) -> None:
    _, mail = ways(tmp_path, "edi", "mail")
    order = road.approved()
    leg = Leg.objects.get()
    assert (leg.ladder, leg.ladder_versions) == ([mail.pk], [1])
    changed_address(mail, out=str(tmp_path / "other"))
    again = route.replan(order.pk, actor="user:ines")
    first, second = Plan.objects.order_by("pk")
    assert again == second and first.binding != second.binding
    assert Leg.objects.get(plan=second).ladder_versions == [2]


def test_what_waits_for_an_address_that_the_partner_switched_off_leaves_it_and_a_persons_pause_moves_nothing(
    sink: Ways, tmp_path: Path
) -> None:
    edi, mail, _ = ways(tmp_path, "edi", "mail", "portal")
    Endpoint.objects.update(max_parallel=1)
    sink.said, sink.batch = {"edi": ["gone"]}, 1
    orders = [road.approved(number=f"N-{n}") for n in range(3)]
    distribute.drain(edi.pk, 0)
    edi.refresh_from_db()
    assert edi.gone and "switched off" in edi.last_failure
    distribute.sweep()
    assert [trips(o) for o in orders] == [[("edi", "withdrawn"), ("mail", "ready")]] * 3
    distribute.pause(mail.pk, actor="user:ines", reason="They move house")
    distribute.sweep()
    assert [trips(o)[-1] for o in orders] == [("mail", "ready")] * 3
    distribute.resume_endpoint(edi.pk, actor="user:ines")
    edi.refresh_from_db()
    assert not edi.gone


def test_the_last_address_that_is_switched_off_keeps_what_waits(sink: Ways, tmp_path: Path) -> None:
    (edi,) = ways(tmp_path, "edi")
    sink.said, sink.batch = {"edi": ["gone"]}, 1
    Endpoint.objects.update(max_parallel=1)
    orders = [road.approved(number=f"N-{n}") for n in range(2)]
    distribute.drain(edi.pk, 0)
    distribute.sweep()
    assert sorted(trips(o)[0][1] for o in orders) == ["failed", "ready"]


def test_a_switched_off_or_idle_rung_is_left_out(sink: Ways, tmp_path: Path) -> None:
    _, mail, fax, _ = ways(tmp_path, "edi", "mail", "fax", "portal")
    sink.said = {"edi": ["refused"]}
    order = road.approved()
    Endpoint.objects.filter(pk=mail.pk).update(active=False)
    Endpoint.objects.filter(pk=fax.pk).update(gone=True)
    drain(Endpoint.objects.get(name="edi"))
    assert trips(order) == [("edi", "withdrawn"), ("portal", "ready")]


def test_a_cancellation_climbs_too_and_is_told_on_one_way_at_a_time(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", "mail")
    order = road.approved()
    drain()
    cancel.ask(order.pk, actor="user:ines", code="other")
    sink.said = {"edi": ["refused"]}
    drain()
    drain()
    assert trips(order) == [("edi", "accepted"), ("edi", "withdrawn"), ("mail", "accepted")]
    assert [what for _, what, _ in sink.has] == [order.number, f"cancel {order.number}"]
    told = newest(order)
    assert (told.kind, told.leg_id, told.primary) == ("cancellation", Delivery.objects.earliest("pk").leg_id, False)


def test_what_is_not_wanted_any_more_does_not_climb(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", "mail")
    order = road.approved()
    drain()
    cancel.ask(order.pk, actor="user:ines", code="other")
    came_back(Delivery.objects.earliest("pk"))
    assert next(state for _, state in trips(order)) == "failed" and "mail" not in dict(trips(order))


def test_an_order_on_hold_climbs_and_waits_for_its_release(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", "mail")
    order = road.approved()
    drain()
    hold.hold(order.pk, actor="user:ines", reason="Ask first")
    came_back(newest(order))
    drain()
    assert trips(order) == [("edi", "withdrawn"), ("mail", "ready")] and len(sink.has) == 1
    hold.resume(order.pk, actor="user:ines")
    drain()
    assert trips(order)[-1] == ("mail", "accepted")


def test_a_second_report_of_the_same_changes_nothing_more(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", "mail", "portal")
    order = road.approved()
    drain()
    first = newest(order)
    came_back(first)
    found = came_back(first)
    assert [f.code for f in found] == ["withdrawn"]
    assert trips(order) == [("edi", "withdrawn"), ("mail", "ready")]


def test_who_holds_what_is_told_as_it_is(sink: Ways, tmp_path: Path) -> None:
    ways(tmp_path, "edi", "mail")
    order = road.approved()
    drain()
    came_back(newest(order))
    order.refresh_from_db()
    held = holding(order)
    assert (held.version, held.possibly) == (None, 1), "it was taken over, then refused: nothing proves that he has it"
    drain()
    order.refresh_from_db()
    assert holding(order).version == 1


def test_a_leg_that_waits_for_its_time_keeps_it_when_its_address_is_switched_off(sink: Ways, tmp_path: Path) -> None:
    edi, _ = ways(tmp_path, "edi", "mail")
    order = road.approved()
    later = timezone.now() + datetime.timedelta(hours=3)
    Delivery.objects.filter(order=order).update(due_at=later)
    Endpoint.objects.filter(pk=edi.pk).update(gone=True)
    distribute.sweep()
    assert trips(order) == [("edi", "withdrawn"), ("mail", "ready")] and newest(order).due_at == later
