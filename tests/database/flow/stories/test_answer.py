"""A supplier answers, in one piece or in several, early or late, plainly or not; the order stays what was ordered."""

import datetime
import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire import plugins
from orderwire.document.response import HeaderStatus, LineAnswer, Response
from orderwire.document.states import DeliveryState
from orderwire.flow import Refused, acknowledge, approve, cancel, catch_up, receive
from orderwire.flow.distribute.numbers import Numbers, WriteContext
from orderwire.flow.holding import holding
from orderwire.records import Cancellation, Endpoint, EndpointVersion, Event, Order, Timer
from orderwire.records import Response as Row
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain
from tests.database.flow.stories.deciding import says

pytestmark = pytest.mark.django_db(transaction=True)

LATER = factories.NEED_BY + datetime.timedelta(days=12)


def answer(*lines: LineAnswer, status: str = "accepted_with_changes", **fields: Any) -> Response:
    return Response(order_number="4500071791", status=HeaderStatus(status), lines=lines, **fields)


def takes(order: Order, response: Response, **how: Any) -> Row:
    """The supplier's answer comes in."""
    row = acknowledge.take(response, **({"supplier": order.supplier, "source": "folder", "actor": "supplier:S1"} | how))
    order.refresh_from_db()
    return row


def ordered(order: Order) -> list[tuple[int, str]]:
    return list(order.revisions.order_by("number").values_list("number", "sha256"))


def test_one_line_is_promised_in_two_parts_and_the_buyer_sees_both_days(order: Order) -> None:
    parts = says("20", quantity=40, promised=factories.NEED_BY), says("20", quantity=20, promised=LATER)
    row = takes(order, answer(says("10", "accepted"), *parts))
    (late,) = row.differences
    assert (late["field"], late["days"], late["promised"]) == ("date", 12, LATER.isoformat())
    assert [part["quantity"] for part in late["parts"]] == ["40", "20"]
    assert (row.state, order.answer_state) == ("open", "different")


def test_every_difference_carries_what_the_policy_says_of_it(order: Order) -> None:
    row = takes(order, answer(says(price=Decimal("14")), says("20", quantity=59)))
    assert [(d["field"], d["verdict"], d["rule"]) for d in row.differences] == [
        ("price", "ask", "price"),
        ("quantity", "accept", "quantity"),
    ]
    assert row.differences[0]["because"].startswith("Price up 12 %")
    assert (row.differences[0]["before"], row.differences[0]["after"]) == ("12.5", "14")
    assert row.state == "open", "what is asked of a person waits for him with all the rest"


def test_what_the_policy_accepts_in_full_is_decided_without_anybody(order: Order) -> None:
    row = takes(order, answer(says("20", quantity=59)))
    assert (row.state, row.decided_by) == ("decided", "system:policy")
    assert (order.revision, order.answer_state) == (2, "accepted")
    assert order.revisions.get(number=2).decides == row


def test_without_a_policy_that_can_be_read_a_person_decides(order: Order, config: Path) -> None:
    (config / "changes.yaml").write_text("answers: nonsense\n")
    row = takes(order, answer(says("20", quantity=59)))
    assert row.state == "open"
    assert row.differences[0]["verdict"] == "ask"
    assert "changes.yaml" in row.differences[0]["because"] or "policy" in row.differences[0]["because"]


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (answer(says("10", "rejected"), status="accepted"), "says accepted as ordered, yet"),
        (answer(says("10", "accepted"), status="rejected"), "says declined, yet"),
        (answer(says(price=Decimal("14")), status="received"), "says received and undecided, yet"),
        (answer(status="accepted_with_changes"), "yet nothing differs"),
        (answer(says("10")), "Line 10 says changed, yet nothing differs"),
        (answer(says("10", "accepted", price=Decimal("14"))), "Line 10 says accepted, yet differs"),
        (answer(says("10", "accepted"), says("10", "rejected")), "both accepted and declined"),
        (answer(says("10", quantity=0)), "not declined, yet nothing of it comes"),
        (answer(says("10", promised=datetime.date(2020, 1, 1))), "a day that is over"),
        (answer(says("10", quantity=50), says("10", quantity=2, unit="XBX")), "mixed units"),
        (answer(says("10", quantity=50, price="12"), says("10", quantity=50, price="14")), "several prices"),
        (answer(says("99", "accepted")), "a line 99, which the order does not have"),
        (answer(says("10", price=Decimal("14")), currency="USD"), "in USD, the order in EUR"),
    ],
)
def test_an_answer_that_contradicts_itself_is_for_a_person_and_changes_nothing(
    order: Order, response: Response, problem: str
) -> None:
    before = ordered(order)
    row = takes(order, response)
    assert problem in row.problem
    assert (row.state, order.answer_state) == ("open", "different")
    assert ordered(order) == before
    assert row.content == response.model_dump(mode="json", exclude_defaults=True), "also its own codes are kept"


def test_a_head_that_declines_declines_the_lines_that_it_does_not_name(order: Order) -> None:
    row = takes(order, answer(says("10", "accepted"), status="rejected", reason="No capacity"))
    assert [(d["line"], d["field"], d["reason"]) for d in row.differences] == [("20", "line", "No capacity")]


def test_declining_every_line_declines_the_order(order: Order) -> None:
    takes(order, answer(says("10", "rejected"), says("20", "rejected")))
    assert order.answer_state == "rejected"


def test_more_than_was_ordered_or_a_strangers_answer_is_an_exception_and_the_order_stays(order: Order) -> None:
    before = ordered(order)
    more = takes(order, answer(says("10", quantity=120)))
    assert [(d["field"], d["verdict"]) for d in more.differences] == [("quantity", "ask")]
    other = takes(order, answer(status="accepted"), supplier=factories.supplier("Somebody else"))
    unknown = takes(order, answer(status="accepted").model_copy(update={"order_number": "nobody"}))
    assert {other.state, unknown.state} == {"unmatched"}
    assert "another supplier" in other.problem
    assert ordered(order) == before and order.answer_state == "different"


def test_a_later_answer_replaces_the_earlier_one(order: Order) -> None:
    first = takes(order, answer(says("10", price=Decimal("14"))))
    takes(order, answer(status="accepted"))
    first.refresh_from_db()
    assert (first.state, order.answer_state) == ("superseded", "accepted")


def test_a_later_answer_of_a_partner_who_adds_speaks_of_its_own_lines_only(order: Order) -> None:
    takes(order, answer(says("10", price=Decimal("14"))), adds=True)
    second = takes(order, answer(says("20", "accepted"), status="accepted"), adds=True)
    assert [(d["line"], d["field"]) for d in second.differences] == [("10", "price")]
    assert [line["number"] for line in second.standing["lines"]] == ["10", "20"]
    assert [line["number"] for line in second.content["lines"]] == ["20"], "what he sent is kept as it is"
    third = takes(order, answer(says("10", "accepted"), status="accepted"), adds=True)
    assert (third.state, order.answer_state, third.differences) == ("accepted", "accepted", [])


def test_the_profile_of_the_address_says_whether_answers_add(order: Order) -> None:
    endpoint = Endpoint.objects.get()
    EndpointVersion.objects.create(
        endpoint=endpoint, number=2, format="order_json", profile={"order_json": {"answers": "add"}},
        config=endpoint.current.config,
    )  # fmt: skip
    Endpoint.objects.update(version=2)
    endpoint.refresh_from_db()
    for response in (answer(says("10", price=Decimal("14"))), answer(says("20", "accepted"), status="accepted")):
        content = plugins.format("order_json").write(response, {}, WriteContext(Numbers("test"))).content
        receive.receive(content, name="a.json", source="folder", actor="supplier:S1", endpoint=endpoint)
    newest = Row.objects.order_by("-pk").first()
    assert newest is not None and [d["line"] for d in newest.differences] == ["10"]


@pytest.fixture
def by_line(out: Path, config: Path) -> Order:
    """As `order`, where the rules ask for an answer to every line."""
    text = road.default("rules.yaml")
    (config / "rules.yaml").write_text(text.replace("answer_within: 3\n", "answer_within: 3\n        answer: line\n"))
    row = road.approved()
    drain()
    row.refresh_from_db()
    assert row.answer_state == "waiting"
    return row


def test_where_every_line_is_asked_for_the_clock_runs_until_all_are_answered(by_line: Order) -> None:
    order = by_line
    some = takes(order, answer(says("10", "accepted"), status="accepted"), adds=True)
    assert (some.state, order.answer_state) == ("received", "waiting")
    assert order.last_event == "Tecnosellos answered some of the lines"
    assert Timer.objects.filter(kind="answer_due", stopped_at=None).exists()
    rest = takes(order, answer(says("20", "accepted"), status="accepted"), adds=True)
    assert (rest.state, order.answer_state) == ("accepted", "accepted")
    assert not Timer.objects.filter(kind="answer_due", stopped_at=None).exists()


def test_a_plain_yes_to_the_whole_order_is_one_to_every_line(by_line: Order) -> None:
    assert takes(by_line, answer(status="accepted")).state == "accepted"


def test_an_older_answer_that_comes_late_never_replaces_a_newer_one(order: Order) -> None:
    today = datetime.date.today()
    takes(order, answer(status="accepted", answered=today))
    old = answer(says("10", price=Decimal("14")), answered=today - datetime.timedelta(days=3))
    late, again = takes(order, old), takes(order, old)
    assert (late.state, order.answer_state) == ("superseded", "accepted")
    assert again == late


def test_an_answer_to_the_first_version_stays_on_it_after_the_second_was_sent(order: Order) -> None:
    early = takes(order, answer(status="accepted", revision=1))
    road.bring(factories.document(revision=2, lines=(factories.line("10", price=Decimal(13)),)))
    drain()
    late = takes(order, answer(says("10", price=Decimal("14")), revision=1))
    early.refresh_from_db()
    assert (early.state, late.state) == ("superseded", "old_version")
    assert order.answer_state in ("waiting", "not_asked"), "nobody has answered the second version"
    takes(order, answer(status="accepted", revision=2))
    assert (order.answer_state, holding(order).version) == ("accepted", 2)


def test_an_answer_that_names_a_version_proves_that_it_arrived(order: Order) -> None:
    delivery = order.deliveries.get()
    takes(order, answer(status="accepted", revision=1))
    delivery.refresh_from_db()
    assert (delivery.state, holding(order).version) == ("answered", 1)


def test_an_answer_before_our_own_sent_settles_the_doubt() -> None:
    row = factories.order()
    factories.delivery(row, state=DeliveryState.IN_DOUBT)
    order = Order.objects.get(pk=row.pk)
    takes(order, answer(status="accepted"))
    assert order.deliveries.get().state == "answered"
    assert "delivery.settled" in road.kinds(order)


def test_an_answer_to_a_version_that_is_not_here_yet_is_used_when_it_comes(order: Order) -> None:
    waits = takes(order, answer(status="accepted", revision=2))
    assert waits.state == "unmatched"
    road.bring(factories.document(revision=2, lines=(factories.line("10", price=Decimal(13)),)))
    catch_up.catch_up()
    waits.refresh_from_db()
    order.refresh_from_db()
    assert (waits.state, waits.revision and waits.revision.number, order.answer_state) == ("accepted", 2, "accepted")
    assert Row.objects.count() == 1


def test_an_answer_to_a_version_that_waits_for_approval_is_judged_when_it_goes_out(order: Order) -> None:
    document = factories.document(revision=2, lines=(factories.line("10", price=Decimal(13)),))
    road.bring(document, source="api:shop", actor="api:shop", approval=None)
    doubted = takes(order, answer(status="accepted", revision=2))
    assert (doubted.state, doubted.waits) == ("open", True)
    assert "never sent" in doubted.problem
    events = Event.objects.count()
    catch_up.catch_up()
    assert Event.objects.count() == events, "while nothing is new nothing is said"
    approve.grant(order.pk, user=road.person("lena", "purchasing-leads"), sha256=road.sha256(order))
    catch_up.catch_up()
    doubted.refresh_from_db()
    order.refresh_from_db()
    assert (doubted.state, doubted.waits, doubted.problem, order.answer_state) == ("accepted", False, "", "accepted")


def test_the_buyer_records_what_he_heard_on_the_phone(order: Order) -> None:
    row = acknowledge.record(
        order.pk, answer(status="accepted"), actor="user:ines", means="phone", note="Mr. Vidal, 9:40"
    )
    assert (row.source, row.actor, row.means, row.note, row.state) == (
        "buyer", "user:ines", "phone", "Mr. Vidal, 9:40", "accepted",
    )  # fmt: skip
    assert Event.objects.get(kind="answer.received").data["means"] == "phone"
    with pytest.raises(Refused, match="newest is version 1"):
        acknowledge.record(order.pk, answer(status="accepted", revision=3), actor="user:ines", means="mail")


def test_a_file_that_the_buyer_brings_is_the_word_of_the_orders_supplier(order: Order) -> None:
    read = plugins.format("order_json").write(answer(status="accepted"), {}, WriteContext(Numbers("test"))).content
    receive.receive(read, name="answer.json", source="console", actor="user:ines")
    row = Row.objects.get()
    assert (row.state, row.source, row.means, row.supplier) == ("accepted", "buyer", "file", order.supplier)


def test_an_answer_to_a_cancellation_is_none_to_the_order(order: Order) -> None:
    cancel.ask(order.pk, actor="user:ines", code="not_needed")
    row = takes(order, answer(status="accepted", answers="cancellation"))
    again = takes(order, answer(status="accepted", answers="cancellation"))
    assert again == row
    assert (order.state, order.answer_state) == ("cancelled", "waiting")
    assert Cancellation.objects.get().response == row


def test_edifact_names_the_cancellation_by_its_number_alone(order: Order) -> None:
    cancel.ask(order.pk, actor="user:ines", code="not_needed")
    takes(order, answer(status="rejected", answers="change", change_number="4500071791-C1", reason="Already made"))
    assert (Cancellation.objects.get().state, order.state) == ("refused", "approved")


def test_a_yes_to_the_order_and_a_yes_to_its_cancellation_may_come_in_any_order(order: Order) -> None:
    cancel.ask(order.pk, actor="user:ines", code="not_needed")
    takes(order, answer(status="accepted"))
    assert (order.state, order.answer_state) == ("cancelling", "accepted")


def test_an_answer_to_a_cancellation_that_nobody_asked_for_waits(order: Order) -> None:
    row = takes(order, answer(status="accepted", answers="cancellation"))
    assert row.state == "unmatched" and "none was asked for" in row.problem


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(replays=st.lists(st.sampled_from(["AB-1", "AB-2", None]), min_size=2, max_size=5))
def test_the_same_answer_has_one_effect_however_often_and_under_whatever_number_it_comes(
    order: Order, replays: list[str | None]
) -> None:
    with transaction.atomic():
        response = answer(says("10", price=Decimal("14")))
        rows = {takes(order, response.model_copy(update={"number": number})).pk for number in replays}
        told = road.kinds(order)
        assert len(rows) == 1
        assert told.count("answer.different") == 1
        assert told.count("answer.duplicate") == len(replays) - 1
        transaction.set_rollback(True)
    order.refresh_from_db()


def test_answers_to_two_versions_and_their_order_of_arrival_do_not_matter(order: Order) -> None:
    ends = set()
    one, two = answer(status="accepted", revision=1), answer(status="accepted", revision=2)
    second = factories.document(revision=2, lines=(factories.line("10", price=Decimal(13)),))
    for arrivals in itertools.permutations([one, two, second]):
        with transaction.atomic():
            for each in arrivals:
                takes(order, each) if isinstance(each, Response) else road.bring(each)
                catch_up.catch_up()
            order.refresh_from_db()
            rows = Row.objects.values_list("revision__number", "state").order_by("revision__number")
            ends.add((order.answer_state, *rows))
            transaction.set_rollback(True)
    assert ends == {("accepted", (1, "old_version"), (2, "accepted"))}
