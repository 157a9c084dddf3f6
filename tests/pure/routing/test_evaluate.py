"""Rules decide as the hit policies of DMN say, and whatever cannot be told holds the order with words that help."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwire.document.amount import Amount
from orderwire.routing.evaluate import Decision, evaluate, explain, near_misses
from orderwire.routing.facts import Facts
from orderwire.routing.table import HitPolicy, RuleSet, from_json
from tests.pure.routing.tables import DAY, RATES, known, table

EUR = {"when": {"currency": "EUR"}}
USD = {"when": {"currency": "USD"}}
ALWAYS = {"when": "always"}
OTHERWISE = {"otherwise": True}
UNKNOWN = {"when": {"ship_to_country": "DE"}}


def decide(rules: RuleSet, facts: Facts | None = None) -> Decision:
    return evaluate(rules, facts or known(), DAY)


def hits(decision: Decision) -> list[str]:
    assert decision.problem is None, decision.problem
    return [rule.id for rule in decision.hits]


def test_first_takes_the_first_that_fits() -> None:
    assert hits(decide(table(USD, EUR, ALWAYS))) == ["r2"]


def test_collect_takes_all_that_fit_in_their_order() -> None:
    assert hits(decide(table(ALWAYS, USD, EUR, hit="collect"))) == ["r1", "r3"]


def test_priority_takes_the_highest_number() -> None:
    assert hits(decide(table({**EUR, "priority": 1}, {**ALWAYS, "priority": 5}, ALWAYS, hit="priority"))) == ["r2"]


def test_unique_takes_the_only_one() -> None:
    assert hits(decide(table(USD, EUR, hit="unique"))) == ["r2"]


def test_unique_with_two_hits_names_both() -> None:
    problem = decide(table(EUR, USD, ALWAYS, hit="unique")).problem
    assert problem == "rule 1 (r1) and rule 3 (r3) fit this order, but only one may; narrow one of them"


def test_priority_with_two_of_the_highest_names_both() -> None:
    problem = decide(table({**EUR, "priority": 5}, {**ALWAYS, "priority": 5}, hit="priority")).problem
    assert problem and "rule 1 (r1) and rule 2 (r2)" in problem and "different priorities" in problem


@pytest.mark.parametrize("hit", HitPolicy)
def test_otherwise_fits_only_when_no_other_rule_does(hit: str) -> None:
    assert hits(decide(table(OTHERWISE, USD, hit=hit))) == ["r1"]
    assert hits(decide(table(OTHERWISE, EUR, hit=hit))) == ["r2"]


@pytest.mark.parametrize("hit", HitPolicy)
def test_an_unknown_fact_holds_the_order_even_with_an_otherwise(hit: str) -> None:
    decision = decide(table(UNKNOWN, OTHERWISE, hit=hit))
    assert decision.problem and "ship-to country is not known" in decision.problem and "r1" in decision.problem


def test_an_unknown_fact_does_not_matter_where_the_rule_misses_anyway_or_is_not_reached() -> None:
    both = {"when": {"ship_to_country": "DE", "currency": "USD"}}
    assert hits(decide(table(both, EUR))) == ["r2"]
    assert hits(decide(table(EUR, UNKNOWN))) == ["r1"]
    assert hits(decide(table({**UNKNOWN, "priority": 1}, {**EUR, "priority": 2}, hit="priority"))) == ["r2"]


def test_an_unknown_rule_that_outranks_the_hit_holds_the_order() -> None:
    assert decide(table(UNKNOWN, EUR)).problem
    assert decide(table({**UNKNOWN, "priority": 2}, {**EUR, "priority": 2}, hit="priority")).problem


def test_is_set_beside_a_condition_makes_the_unknown_a_plain_no() -> None:
    rule = {"when": {"ship_to_country": {"is_set": True, "in": "DE"}}}
    assert hits(decide(table(rule, EUR))) == ["r2"]
    assert hits(decide(table(rule, EUR), known(ship_to_country="DE"))) == ["r1"]


def test_a_total_in_another_currency_needs_a_rate() -> None:
    rules = table({"when": {"total": {"min": "EUR 400"}}})
    dollars = Amount(Decimal("444.45"), "USD")
    problem = decide(rules, known(total=dollars)).problem
    assert problem and "USD 444.45" in problem and "no rate from USD to EUR" in problem
    assert hits(decide(rules, known(RATES, total=dollars))) == ["r1"]
    assert decide(rules, known(RATES, total=Amount(Decimal("444.44"), "USD"))).hits == ()


@given(st.decimals("0.01", "1e12", places=2), st.decimals("0.01", "1e12", places=2))
@settings(max_examples=60)
def test_limits_are_exact_and_inclusive(limit: Decimal, total: Decimal) -> None:
    rules = table({"when": {"total": {"min": f"EUR {limit}"}}}, OTHERWISE)
    for value in (total, limit, limit - Decimal("0.01")):
        expected = "r1" if value >= limit else "r2"
        assert hits(decide(rules, known(total=Amount(value, "EUR")))) == [expected]


def test_no_hit_names_the_rules_that_miss_by_one_cell() -> None:
    rules = table(USD, {"when": {"currency": "USD", "test": True}})
    assert decide(rules).problem == (
        "no rule fits this order; add one, or a last rule with 'otherwise: true'; "
        "rule 1 (r1) misses only because the currency is EUR (asked: is USD)"
    )


def test_a_rule_may_hold_the_order_with_its_reason() -> None:
    assert decide(table({**EUR, "hold": "Ask Ines."})).problem == "rule 1 (r1) holds the order: Ask Ines."


@pytest.mark.parametrize(("day", "hit"), [(9, "r2"), (10, "r1"), (12, "r1"), (13, "r2")])
def test_a_rule_is_in_force_from_its_first_to_its_last_day(day: int, hit: str) -> None:
    rules = table({**EUR, "valid_from": "2026-11-10", "valid_to": "2026-11-12"}, ALWAYS)
    assert hits(evaluate(rules, known(), datetime.date(2026, 11, day))) == [hit]


@pytest.mark.parametrize(
    ("asked", "value", "fits"),
    [
        ({"supplier": {"prefix": ["47", "48"]}}, {"supplier": "4711"}, True),
        ({"supplier": {"prefix": "48"}}, {"supplier": "4711"}, False),
        ({"supplier": {"not_in": ["4711"]}}, {"supplier": "4711"}, False),
        ({"supplier": "000123"}, {"supplier": "123"}, False),
        ({"ship_to_country": "NO"}, {"ship_to_country": "NO"}, True),
        ({"categories": ["cast", "forged"]}, {"categories": frozenset({"forged", "x"})}, True),
        ({"categories": "cast"}, {"categories": frozenset()}, False),
        ({"categories": {"not_in": "cast"}}, {"categories": frozenset({"cast", "x"})}, False),
        ({"categories": {"prefix": "ca"}}, {"categories": frozenset({"x", "cast"})}, True),
        ({"categories": {"is_set": True}}, {"categories": frozenset()}, False),
        ({"categories": {"is_set": True, "not_in": "x"}}, {"categories": frozenset()}, False),
        ({"lines": {"min": "2", "max": "3"}}, {"lines": Decimal(3)}, True),
        ({"lines": ["2", "4"]}, {"lines": Decimal("4.0")}, True),
        ({"lines": {"max": "3"}}, {"lines": Decimal(4)}, False),
        ({"need_by": {"max": "2026-12-24"}}, {"need_by": datetime.date(2026, 12, 24)}, True),
        ({"need_by": {"min": "2026-12-25"}}, {"need_by": datetime.date(2026, 12, 24)}, False),
        ({"need_by": {"is_set": False}}, {"need_by": None}, True),
        ({"need_by": {"is_set": True}}, {"need_by": None}, False),
        ({"test": "true"}, {"test": True}, True),
        ({"total": {"max": "EUR 500"}}, {}, True),
        ({"total": {"min": "JPY 90000"}}, {}, False),
        ({"total": {"min": "JPY 80000", "max": "JPY 83334"}}, {}, True),
    ],
)
def test_each_kind_of_cell_asks_what_it_says(asked: dict[str, Any], value: dict[str, Any], fits: bool) -> None:
    assert hits(decide(table({"when": asked}, OTHERWISE), known(RATES, **value))) == ["r1" if fits else "r2"]


def test_the_explanation_tells_every_cell_of_every_rule_and_what_was_not_reached() -> None:
    rules = table(
        {"when": {"currency": "USD", "test": "false"}}, EUR, ALWAYS, UNKNOWN, {**EUR, "valid_to": "2020-01-01"}
    )
    told = explain(decide(rules))
    assert [rule.outcome for rule in told] == ["miss", "hit", "not_reached", "not_reached", "not_in_force"]
    assert [(c.fact, c.asked, c.value, c.fits) for c in told[0].cells] == [
        ("currency", "is USD", "EUR", False),
        ("test", "no", "no", True),
    ]
    assert [rule.id for rule in near_misses(told)] == ["r1"]


def test_a_fact_of_another_type_is_refused_before_anything_is_decided() -> None:
    with pytest.raises(TypeError, match="total"):
        known(total=Decimal(500))


cells = st.dictionaries(
    st.sampled_from(["currency", "ship_to_country", "lines", "categories"]), st.integers(0, 6), min_size=1, max_size=3
)
ASKED: dict[str, list[Any]] = {
    "currency": ["EUR", ["EUR", "USD"], {"not_in": ["EUR"]}, {"prefix": "E"}, "USD", "JPY", {"is_set": True}],
    "ship_to_country": ["DE", {"not_in": "DE"}, {"is_set": False}, {"is_set": True, "in": "DE"}, "AT", "CH", "LI"],
    "lines": [{"min": "1"}, {"max": "1"}, {"min": "2", "max": "3"}, "2", {"not_in": "2"}, {"is_set": True}, "9"],
    "categories": ["a", {"not_in": "a"}, {"prefix": "b"}, {"is_set": True}, ["a", "b"], {"is_set": False}, "c"],
}


@given(
    st.lists(cells, min_size=1, max_size=12),
    st.sampled_from(["EUR", "USD", None]),
    st.sampled_from(["DE", None]),
    st.sampled_from([None, 1, 2, 3]),
    st.sampled_from([frozenset(), frozenset({"a"}), frozenset({"b", "c"})]),
)
@settings(max_examples=150)
def test_testing_each_distinct_cell_once_gives_what_cell_by_cell_gives(
    drawn: list[dict[str, int]], currency: str | None, country: str | None, lines: int | None, words: frozenset[str]
) -> None:
    rules = table(*({"when": {f: ASKED[f][n] for f, n in row.items()}} for row in drawn), hit="collect")
    count = None if lines is None else Decimal(lines)
    facts = known(currency=currency, ship_to_country=country, lines=count, categories=words)
    fit, unsure = rules.index.scan(facts, DAY)
    for place, rule in enumerate(rules.rules):
        results = [cell.test()(facts.values[cell.fact], facts.rates) for cell in (rule.when or {}).values()]
        expected = False if False in results else None if None in results else True
        assert (None if unsure >> place & 1 else bool(fit >> place & 1)) is expected


@given(st.data())
@settings(max_examples=40)
def test_what_is_kept_gives_the_same_decision_again(data: st.DataObject) -> None:
    policy = data.draw(st.sampled_from(HitPolicy))
    rules = table(EUR, USD, UNKNOWN, OTHERWISE, hit=policy)
    country = data.draw(st.sampled_from([None, "DE", "FR"]))
    facts = known(RATES, ship_to_country=country, lines=Decimal(3), need_by=DAY, categories=frozenset({"x", "y"}))
    decision = decide(rules, facts)
    again = evaluate(from_json(rules.to_json()), Facts.from_json(decision.to_json()["facts"]), DAY)
    assert (again.hits, again.problem) == (decision.hits, decision.problem)
    assert again.to_json() == decision.to_json()
