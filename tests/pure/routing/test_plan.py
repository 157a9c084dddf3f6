"""A plan has every leg that the rules ask for, with its ladder, or none at all and the reason with the remedy."""

import dataclasses
import datetime
import json
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orderwire.document.amount import Amount
from orderwire.routing.evaluate import evaluate
from orderwire.routing.plan import EndpointChoice, Plan, make_plan
from orderwire.routing.table import from_yaml
from tests.pure.routing.tables import DAY, known, table
from tests.pure.routing.test_table import DEFAULT, FULL

ACME = EndpointChoice(1, 10, "Acme", "supplier", "Order desk", "email", "pdf", 4, rank=1)
EDI = EndpointChoice(2, 10, "Acme", "supplier", "EDI", "folder", "x12", 7, rank=0)
PORTAL = EndpointChoice(3, 10, "Acme", "supplier", "Portal", "portal", "pdf", 1, rank=2)
FINANCE = EndpointChoice(9, 90, "Finance", "group:finance", "Finance mail", "email", "pdf", 2)
ALL = (ACME, EDI, PORTAL, FINANCE)


def plan(*legs: dict[str, Any], endpoints: tuple[EndpointChoice, ...] = ALL) -> Plan:
    return make_plan(evaluate(table({"when": "always", "then": list(legs)}), known(), DAY), endpoints)


def test_the_preferred_way_is_the_best_ranked_active_endpoint_and_the_others_follow() -> None:
    leg = plan({"to": "supplier", "answer_within": 3}).legs[0]
    assert (leg.endpoint, leg.endpoint_version, leg.format, leg.ladder) == (2, 7, "x12", (1, 3))
    assert (leg.purpose, leg.answer_required, leg.answer_due_days) == ("order", True, 3)
    paused = dataclasses.replace(EDI, active=False)
    leg = plan({"to": "supplier"}, endpoints=(ACME, paused, PORTAL)).legs[0]
    assert (leg.endpoint, leg.ladder, leg.answer_required) == (1, (3,), False)


def test_a_way_and_its_ladder_can_be_named() -> None:
    ladder = [{"endpoint": "EDI"}, {"channel": "portal"}]
    assert plan({"to": "supplier", "via": {"channel": "email"}, "fallback": ladder}).legs[0].ladder == (2, 3)
    assert plan({"to": "supplier", "via": {"endpoint": "Portal"}, "fallback": "none"}).legs[0].ladder == ()
    leg = plan({"to": "supplier", "via": {"format": "pdf"}, "fallback": [{"channel": "portal"}, "next"]}).legs[0]
    assert (leg.endpoint, leg.ladder) == (1, (3, 2))


def test_what_else_a_leg_says_is_carried_over() -> None:
    asked = {"to": "group:finance", "prices": False, "delay": "2 h", "profile": {"language": "de"}}
    leg = plan(asked).legs[0]
    assert (leg.purpose, leg.redaction, leg.profile) == ("copy", ("prices",), {"language": "de"})
    assert leg.dispatch_after == datetime.timedelta(hours=2)


def test_a_missing_endpoint_holds_the_whole_order_and_names_the_remedy() -> None:
    made = plan({"to": "supplier", "via": {"channel": "as2"}}, {"to": "group:finance"})
    assert made.legs == ()
    assert made.problems == ("Acme has no active endpoint for the channel as2; add one, or change rule 1 (r1)",)
    paused = dataclasses.replace(FINANCE, active=False)
    assert "activate Finance mail" in plan({"to": "group:finance"}, endpoints=(paused,)).problems[0]
    assert plan({"to": "supplier"}, endpoints=()).problems[0].startswith("the supplier has no active endpoint; add one")


def test_a_leg_that_is_not_required_is_left_out_with_a_note() -> None:
    made = plan({"to": "supplier"}, {"to": "group:legal", "required": False})
    assert len(made.legs) == 1 and made.problems == ()
    assert made.notes == ("the group legal has no active endpoint; the copy was left out, as rule 1 (r1) allows",)
    assert plan({"to": "group:legal", "required": False}).problems[0].startswith("no recipient is left")


def test_the_same_leg_from_two_rules_is_sent_once_and_two_different_ones_hold_the_order() -> None:
    same = {"when": "always"}
    other = {"when": "always", "then": [{"to": "supplier", "prices": False}]}
    assert len(make_plan(evaluate(table(same, same, hit="collect"), known(), DAY), ALL).legs) == 1
    made = make_plan(evaluate(table(same, other, hit="collect"), known(), DAY), ALL)
    assert made.legs == () and made.problems[0].startswith(
        "rule 1 (r1) and rule 2 (r2) send to the same endpoint of Acme"
    )


def test_an_order_goes_to_the_supplier_over_one_way_at_a_time() -> None:
    edi, portal = {"to": "supplier", "via": {"endpoint": "EDI"}}, {"to": "supplier", "via": {"endpoint": "Portal"}}
    made = plan(edi, portal)
    assert made.legs == () and "over 2 ways; keep one, and name the others as its fallback" in made.problems[0]
    assert len(plan(edi, portal | {"purpose": "copy"}).legs) == 2


def test_a_decision_with_a_problem_makes_no_leg() -> None:
    made = make_plan(evaluate(table({"when": {"currency": "USD"}}), known(), DAY), ALL)
    assert made.legs == () and "no rule fits" in made.problems[0]


def test_the_default_rules_send_to_the_supplier_copy_finance_over_the_limit_and_keep_test_orders() -> None:
    rules = from_yaml(DEFAULT)
    small = make_plan(evaluate(rules, known(), DAY), ALL)
    assert [(leg.recipient, leg.endpoint) for leg in small.legs] == [("supplier", 2)]
    large = known(total=Amount(Decimal(50000), "EUR"))
    both = make_plan(evaluate(rules, large, DAY), ALL)
    assert [leg.recipient for leg in both.legs] == ["supplier", "group:finance"]
    assert len(make_plan(evaluate(rules, large, DAY), (ACME,)).legs) == 1
    test = make_plan(evaluate(rules, known(test=True), DAY), ALL)
    assert test.legs == () and "test order" in test.problems[0]


@given(st.lists(st.sampled_from(ALL), unique=True), st.sampled_from([DEFAULT, FULL]), st.booleans())
@settings(max_examples=60)
def test_a_plan_has_legs_or_problems_and_its_explanation_is_json(
    endpoints: list[EndpointChoice], text: str, test: bool
) -> None:
    made = make_plan(evaluate(from_yaml(text), known(test=test, supplier="007"), DAY), endpoints)
    assert bool(made.legs) != bool(made.problems)
    assert json.loads(json.dumps(made.explanation)) == made.explanation
    for leg in made.legs:
        assert leg.endpoint not in leg.ladder
        assert len(set(leg.ladder)) == len(leg.ladder)
