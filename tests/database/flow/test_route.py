"""The rules decide who gets an order, the plan says why, and nothing that cannot be decided is skipped."""

import datetime
import json
import logging
from pathlib import Path

import pytest

from orderwire.flow import Refused, approve, configuration, distribute, hold, route
from orderwire.records import Delivery, Endpoint, EndpointVersion, Event, Leg, Order, Partner, Plan, RuleSetVersion
from orderwire.routing import evaluate, table
from orderwire.routing.facts import Facts
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def partner(config: Path, tmp_path: Path) -> Partner:
    return road.supplier(tmp_path / "out")


DEAR = (factories.line("10", quantity=5000, price=12),)


def finance(folder: Path, **config: str) -> Partner:
    group = Partner.objects.create(number="finance", name="Finance", role="internal")
    road.desk(group, folder, **config)
    return group


def legs(order: Order) -> list[Leg]:
    return list(Leg.objects.filter(plan__revision__order=order).order_by("plan_id", "position"))


def test_a_plan_names_the_version_of_the_rules_the_facts_and_what_hit() -> None:
    order = road.approved()
    plan = Plan.objects.get()
    told = plan.explanation
    assert plan.rules == RuleSetVersion.objects.get()
    assert order.supplier is not None and order.supplier.number in json.dumps(told["facts"])
    assert told["hits"] == ["supplier"]
    assert [leg["recipient"] for leg in told["legs"]] == ["supplier"]
    event = Event.objects.get(kind="plan.made")
    assert event.data["rules"] == ["supplier"]
    assert event.data["legs"] == ["supplier by folder as order_json"]


def test_what_is_kept_with_a_plan_explains_it_for_ever_with_what_nearly_fitted() -> None:
    road.approved()
    plan = Plan.objects.get()
    assert plan.rules is not None
    day = datetime.date.fromisoformat(plan.explanation["on"])
    kept = Facts.from_json(plan.explanation["facts"])
    decision = evaluate.evaluate(table.from_yaml(plan.rules.content), kept, day)
    assert [rule.id for rule in decision.hits] == plan.explanation["hits"]
    near = {rule.id: rule for rule in evaluate.near_misses(evaluate.explain(decision))}
    assert [(c.fact, c.value) for c in near["large-orders"].cells if not c.fits] == [("total", "EUR 8,330")]


def test_finance_gets_a_copy_of_a_large_order_and_the_supplier_stays_the_primary_one(tmp_path: Path) -> None:
    group = finance(tmp_path / "finance")
    order = road.approved(lines=DEAR)
    assert [(leg.recipient.number, leg.purpose, leg.answer_required) for leg in legs(order)] == [
        (order.supplier.number, "order", True),  # type: ignore[union-attr]
        ("finance", "copy", False),
    ]
    assert [d.primary for d in Delivery.objects.order_by("pk")] == [True, False]
    assert Delivery.objects.get(primary=False).endpoint.partner == group


def test_a_group_that_is_not_there_is_left_out_where_the_rule_allows_it_and_said_so() -> None:
    road.approved(lines=DEAR)
    assert len(Plan.objects.get().explanation["legs"]) == 1
    assert "left out" in " ".join(Plan.objects.get().explanation["notes"])


@pytest.mark.django_db(transaction=True)
def test_a_copy_without_prices_has_none(config: Path, tmp_path: Path) -> None:
    rules = road.default("rules.yaml").replace("- to: group:finance\n", "- to: group:finance\n        prices: false\n")
    (config / "rules.yaml").write_text(rules)
    finance(tmp_path / "finance", format="pdf")
    order = road.approved(lines=DEAR)
    assert [leg.prices for leg in legs(order)] == [True, False]
    for endpoint in Endpoint.objects.all():
        for shard in range(endpoint.max_parallel):
            distribute.drain(endpoint.pk, shard)
    assert road.states(order) == ["accepted", "accepted"]
    from io import BytesIO

    from pypdf import PdfReader

    (file,) = (tmp_path / "finance").iterdir()
    printed = "".join(page.extract_text() for page in PdfReader(BytesIO(file.read_bytes())).pages)
    assert "Mechanical seal" in printed
    assert "60,000" not in printed and "12.00" not in printed


@pytest.mark.django_db(transaction=True)
def test_a_copy_without_prices_in_a_format_that_always_has_them_is_held_with_the_remedy(
    config: Path, tmp_path: Path
) -> None:
    rules = road.default("rules.yaml").replace("- to: group:finance\n", "- to: group:finance\n        prices: false\n")
    (config / "rules.yaml").write_text(rules)
    finance(tmp_path / "finance", format="csv")
    order = road.approved(lines=DEAR)
    copy = Delivery.objects.get(primary=False)
    for shard in range(copy.endpoint.max_parallel):
        distribute.drain(copy.endpoint_id, shard)
    copy.refresh_from_db()
    assert (copy.state, order.state) == ("held", "approved")
    assert "CSV cannot leave out prices" in copy.reason
    assert "format pdf" in copy.reason
    assert list((tmp_path / "finance").iterdir()) == []


def test_the_best_ranked_active_endpoint_is_taken_and_the_others_are_the_ladder(
    partner: Partner, tmp_path: Path
) -> None:
    first = Endpoint.objects.get()
    Endpoint.objects.update(rank=5)
    best, off, last = (road.desk(partner, tmp_path / name) for name in ("best", "off", "last"))
    Endpoint.objects.filter(pk=best.pk).update(rank=1)
    Endpoint.objects.filter(pk=off.pk).update(rank=0, active=False)
    Endpoint.objects.filter(pk=last.pk).update(rank=9)
    order = road.approved()
    (leg,) = legs(order)
    assert (leg.endpoint, leg.endpoint_version, leg.ladder) == (best, 1, [first.pk, last.pk])
    assert Delivery.objects.get().endpoint == best


def test_a_supplier_whose_only_endpoint_is_off_holds_the_order_with_the_remedy() -> None:
    Endpoint.objects.update(active=False)
    order = road.approved()
    assert (order.state, road.states(order)) == ("held", [])
    assert "has no active endpoint" in order.reason
    assert "activate" in order.reason
    Endpoint.objects.update(active=True)
    route.replan(order.pk, actor="user:ines")
    assert (Order.objects.get().state, road.states(order)) == ("approved", ["ready"])


def test_an_inactive_supplier_gets_nothing(partner: Partner) -> None:
    Partner.objects.filter(pk=partner.pk).update(active=False)
    assert road.approved().state == "held"


def test_changed_rules_are_published_as_a_version_and_remembered(config: Path) -> None:
    road.approved(number="A")
    (config / "rules.yaml").write_text(road.default("rules.yaml").replace("answer_within: 3", "answer_within: 7"))
    road.approved(number="B")
    road.approved(number="C")
    assert list(RuleSetVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert [e.data["version"] for e in Event.objects.filter(kind="rules.published").order_by("pk")] == [1, 2]
    assert [leg.answer_due_days for leg in Leg.objects.order_by("pk")] == [3, 7, 7]
    assert [p.rules.number for p in Plan.objects.order_by("pk")] == [1, 2, 2]  # type: ignore[union-attr]


@pytest.mark.parametrize("broken", ["rules: [", "name: x\nversion: 1\nrulez: []\n", "\xff\xfe\x00"])
def test_broken_rules_keep_the_last_version_in_force_and_are_told(
    broken: str, config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    road.approved(number="A")
    (config / "rules.yaml").write_bytes(broken.encode("latin-1"))
    with caplog.at_level(logging.WARNING):
        assert road.approved(number="B").state == "approved"
    assert "rules.yaml cannot be used, version 1 stays in force: rules.yaml" in caplog.text
    assert RuleSetVersion.objects.count() == 1


def test_a_first_start_with_broken_rules_creates_nothing_and_names_the_line(config: Path) -> None:
    (config / "rules.yaml").write_text("name: x\nversion: 1\nhit: collect\nrulez: []\n")
    with pytest.raises(Refused, match=r"rules cannot be used: rules\.yaml line 4.*Correct rules\.yaml"):
        road.bring(factories.document())
    assert not Order.objects.exists()


def test_the_published_version_counts_even_where_the_file_went_back(config: Path) -> None:
    road.approved(number="A")
    (config / "rules.yaml").write_text(road.default("rules.yaml") + "\n# one more line\n")
    road.approved(number="B")
    (config / "rules.yaml").unlink()
    road.approved(number="C")
    assert [v.number for v in RuleSetVersion.objects.order_by("number")] == [1, 2, 3]
    assert configuration.rules()[1].number == 3


def test_a_rule_that_cannot_be_told_holds_the_order(config: Path) -> None:
    rules = road.default("rules.yaml").replace(
        "      currency: EUR\n      total: {min: EUR 50000}", "      total: {min: USD 50000}"
    )
    (config / "rules.yaml").write_text(rules)
    order = road.approved()
    assert order.state == "held"
    assert "rate" in order.reason


@pytest.mark.parametrize("state", ["ready", "retry", "held", "failed", "in_doubt"])
def test_a_new_version_replaces_what_of_the_old_has_not_arrived(state: str) -> None:
    order = road.approved()
    with_state(state)
    road.approved(revision=2)
    assert road.states(order) == ["superseded", "ready"]
    old = Delivery.objects.order_by("pk")[0]
    assert (old.due_at, old.reason) == (None, "Replaced by the plan of version 2.")
    assert Event.objects.get(kind="delivery.superseded").subjects["delivery"] == str(old.pk)


@pytest.mark.parametrize("state", ["accepted", "delivered", "answered"])
def test_what_has_arrived_of_the_old_version_stays_as_it_is(state: str) -> None:
    order = road.approved()
    with_state(state)
    road.approved(revision=2)
    assert road.states(order) == [state, "ready"]


def with_state(state: str) -> None:
    """The one delivery stands there now, by allowed steps."""
    if state not in ("ready", "held", "delivered", "answered"):
        Delivery.objects.update(state="sending")
    Delivery.objects.update(state=state)


def test_an_approved_order_that_was_sent_is_not_planned_again() -> None:
    order = road.approved()
    with_state("accepted")
    with pytest.raises(Refused, match="was sent already"):
        route.replan(order.pk, actor="user:ines")


def test_a_plan_after_a_doubt_marks_the_copy() -> None:
    order = road.approved()
    with_state("in_doubt")
    route.replan(order.pk, actor="user:ines")
    assert [(d.state, d.duplicate) for d in Delivery.objects.order_by("pk")] == [("superseded", False), ("ready", True)]
    assert order.pk


def test_an_order_that_a_person_holds_is_not_let_go_by_planning_it() -> None:
    order = road.approved()
    hold.hold(order.pk, actor="user:ines", reason="Price talks")
    with pytest.raises(Refused, match="on hold: Price talks"):
        route.replan(order.pk, actor="user:jens")
    assert Order.objects.get().state == "held"


@pytest.mark.parametrize("state", ["pending_approval", "refused"])
def test_only_an_approved_order_is_planned(state: str) -> None:
    order = road.waiting()
    if state == "refused":
        ines = road.person("ines", "buyers")
        approve.refuse(order.pk, user=ines, sha256=road.sha256(order), reason="No")
    with pytest.raises(Refused, match="Only an approved order"):
        route.replan(order.pk, actor="user:ines")
    with pytest.raises(Refused) as refused:
        route.replan(404, actor="user:ines")
    assert refused.value.kind == "not_found"


def test_the_plan_is_bound_to_the_content_and_the_addresses() -> None:
    order = road.approved()
    first = Plan.objects.get().binding
    endpoint = Endpoint.objects.get()
    old = endpoint.current
    EndpointVersion.objects.create(
        endpoint=endpoint, number=2, channel=old.channel, format=old.format, config=old.config
    )
    Endpoint.objects.update(version=2)
    again = route.replan(order.pk, actor="user:ines")
    assert first != again.binding
    assert [leg.endpoint_version for leg in legs(order)] == [1, 2]
