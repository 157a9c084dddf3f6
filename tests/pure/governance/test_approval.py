"""Limits are exact, nobody approves their own, four eyes are two persons, and what cannot be told is a no."""

import dataclasses
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwire.document.amount import Amount
from orderwire.document.order import Order
from orderwire.governance.approval import (
    Approval,
    Case,
    Person,
    Verdict,
    case,
    may_approve,
    required_approvals,
)
from orderwire.governance.policy import Policy, from_json, from_yaml
from orderwire.yaml_file import Unreadable
from tests.pure.orders import orders

DEFAULT = files("orderwire.defaults").joinpath("policy.yaml").read_text()
POLICY = from_yaml(DEFAULT)
CENT = Decimal("0.01")
INES = Person("ines", "Ines Albrecht", frozenset({"buyers"}))
JENS = Person("jens", "Jens Petersen", frozenset({"purchasing-leads"}))
FINN = Person("finn", "Finn Holm", frozenset({"finance-leads"}))
EVERYBODY = (INES, JENS, FINN)


def worth(amount: str, **changes: Any) -> Case:
    return dataclasses.replace(Case(Amount.parse(amount), "4012", frozenset({"steel"}), "v1"), **changes)


def ask(
    order: Case, person: Person = JENS, policy: Policy = POLICY, *prior: str, creator: str = "cara", **more: Any
) -> Verdict:
    given_before = [Approval(name, order.binding) for name in prior]
    return may_approve(policy, required_approvals(policy, order), person, prior=given_before, creator=creator, **more)


def policy(**changes: Any) -> Policy:
    return from_json({"name": "Test", "limits": [{"group": "buyers", "up_to": "EUR 10000"}], **changes})


def test_a_no_says_the_limit_the_order_and_who_can() -> None:
    assert ask(worth("EUR 31,910.93"), INES).reason == (
        "You may approve up to EUR 10,000; this order is EUR 31,910.93."
        " The group purchasing-leads or the group finance-leads can."
    )


@given(st.decimals("0.01", "99999.99", places=2))
@settings(max_examples=60)
def test_a_limit_is_exact_to_the_cent_and_includes_itself(limit: Decimal) -> None:
    rules = policy(limits=[{"group": "buyers", "up_to": f"EUR {limit}"}])
    for total in (limit - CENT, limit, limit + CENT):
        assert ask(worth("EUR 1", total=Amount(total, "EUR")), INES, rules).allowed == (total <= limit)


@given(st.decimals("0.01", "1e9", places=2), st.decimals("0.000001", "1000", places=6))
@settings(max_examples=60)
def test_a_limit_across_currencies_is_exact_too(limit: Decimal, rate: Decimal) -> None:
    rules = policy(limits=[{"group": "buyers", "up_to": f"EUR {limit}"}], rates={"per_unit": {"USD": str(rate)}})
    total = (limit / rate).quantize(CENT)
    for dollars in (total - CENT, total, total + CENT):
        verdict = ask(worth("USD 1", total=Amount(dollars, "USD")), INES, rules)
        assert verdict.allowed == (dollars * rate <= limit)


@given(
    st.sampled_from(EVERYBODY),
    st.decimals("0.01", "1e12", places=2),
    st.lists(st.sampled_from(["ines", "jens", "finn"])),
    st.booleans(),
)
def test_nobody_approves_their_own_whatever_their_limit(
    person: Person, total: Decimal, prior: list[str], upper: bool
) -> None:
    creator = person.id.upper() if upper else person.id
    verdict = ask(worth("EUR 1", total=Amount(total, "EUR")), person, POLICY, *prior, creator=creator)
    assert not verdict.allowed and "own" in verdict.reason


@given(st.lists(st.sampled_from(["jens", "JENS", "cara", "ines"]), max_size=6))
def test_four_eyes_are_two_different_persons_and_not_the_creator(names: list[str]) -> None:
    distinct = {name.casefold() for name in names} - {"cara"}
    verdict = ask(worth("EUR 50000"), FINN, POLICY, *names, creator="Cara")
    assert verdict.allowed == (len(distinct) < 2)
    assert verdict.missing == max(0, 1 - len(distinct))


def test_the_second_pair_of_eyes_completes_the_approval() -> None:
    order = worth("EUR 50000")
    assert ask(order, JENS).missing == 1
    assert not ask(order, JENS, POLICY, "jens").allowed
    second = ask(order, FINN, POLICY, "jens")
    assert second.allowed and second.missing == 0
    assert not ask(order, FINN, POLICY, "jens", "ines").allowed
    assert required_approvals(POLICY, worth("EUR 49999.99")).persons == 1


def test_approvals_of_other_content_do_not_count() -> None:
    requirement = required_approvals(POLICY, worth("EUR 5", binding="this"))
    for given_to, allowed in (("other", True), ("this", False)):
        prior = [Approval("jens", given_to)]
        assert may_approve(POLICY, requirement, FINN, prior=prior, creator="cara").allowed is allowed


@given(st.sampled_from(["USD", "JPY", "XAU"]), st.sampled_from(EVERYBODY))
def test_a_currency_without_a_rate_is_refused_with_the_remedy(currency: str, person: Person) -> None:
    verdict = ask(worth("EUR 1", total=Amount(Decimal("0.01"), currency)), person)
    assert not verdict.allowed
    assert f"no rate from {currency} to EUR; add the rate" in verdict.reason


def test_without_four_eyes_a_foreign_total_is_refused_by_the_limit_alone() -> None:
    verdict = ask(worth("USD 1"), INES, policy())
    assert verdict.reason == (
        "This order is USD 1 and there is no rate from USD to EUR; add the rate or a limit in USD to the policy."
    )
    assert ask(worth("EUR 10001"), INES, policy()).reason.endswith("No limit in the policy is high enough; add one.")
    both = policy(limits=[{"group": "buyers", "up_to": "EUR 10"}, {"group": "buyers", "up_to": "USD 20"}])
    assert ask(worth("USD 20"), INES, both).allowed
    assert ask(worth("USD 1"), FINN, policy(limits=[{"person": "Finn", "up_to": "unlimited"}])).allowed


def test_limits_of_one_person_do_not_add_up_and_must_cover_every_line() -> None:
    rules = policy(
        limits=[
            {"group": "buyers", "up_to": "EUR 100", "categories": "steel"},
            {"group": "buyers", "up_to": "EUR 100", "categories": ["cast"], "entities": "4012"},
        ]
    )
    assert ask(worth("EUR 100"), INES, rules).allowed
    assert not ask(worth("EUR 50", categories=frozenset({"steel", "cast"})), INES, rules).allowed
    assert not ask(worth("EUR 50", categories=frozenset({"steel", ""})), INES, rules).allowed
    assert not ask(worth("EUR 50", categories=frozenset({"cast"}), entity="4013"), INES, rules).allowed
    assert "other entities or categories" in ask(worth("EUR 5", categories=frozenset({"x"})), INES, rules).reason
    assert "no approval limit" in ask(worth("EUR 5"), JENS, rules).reason


def test_more_persons_may_be_asked_for_a_category_on_any_line() -> None:
    rules = policy(approvers=[{"from": "EUR 0", "persons": 3, "categories": "steel"}, {"from": "EUR 5", "persons": 2}])
    assert required_approvals(rules, worth("EUR 1", categories=frozenset({"x", "steel"}))).persons == 3
    assert required_approvals(rules, worth("EUR 5", categories=frozenset({"x"}))).persons == 2
    assert required_approvals(rules, worth("EUR 4.99", categories=frozenset({"x"}))).persons == 1


@pytest.mark.parametrize(
    ("person", "more", "words"),
    [
        (dataclasses.replace(FINN, active=False), {}, "closed"),
        (dataclasses.replace(FINN, groups=FINN.groups | {"administrators"}), {}, "administrators never approves"),
        (FINN, {"involved": {"Finn": "changed the supplier's e-mail address"}}, "You changed the supplier's"),
    ],
)
def test_who_must_stay_apart_may_not_approve(person: Person, more: dict[str, Any], words: str) -> None:
    verdict = ask(worth("EUR 5"), person, **more)
    assert not verdict.allowed and words in verdict.reason


def test_what_is_approved_needs_no_more() -> None:
    assert "all approvals" in ask(worth("EUR 5"), FINN, POLICY, "jens").reason


@given(orders())
@settings(max_examples=20, deadline=None)
def test_a_line_without_category_is_part_of_the_case(order: Order) -> None:
    made = case(order, bound_to="v1")
    assert ("" in made.categories) == any(line.category is None for line in order.lines)
    assert made.total.currency == order.currency


def test_a_policy_is_written_and_read_again() -> None:
    assert from_json(POLICY.to_json()) == POLICY
    assert from_json(POLICY.to_json()).sha256 == POLICY.sha256
    assert from_yaml(DEFAULT.replace("EUR 10000\n", "EUR 10001\n")).sha256 != POLICY.sha256


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("group: buyers\n    up", "grup: buyers\n    up", "Did you mean group?"),
        ("group: buyers\n    up", "person: x\n    group: y\n    up", "either group or person"),
        ("up_to: unlimited", "up_to: unlimted", "is not an amount"),
        ("up_to: unlimited", "up_to: [1]", "write it like EUR 50000"),
        ("up_to: unlimited", "up_to: EUR 100.000", "more decimals"),
        ("persons: 2\nnever", "persons: 0\nnever", "greater than or equal to 1"),
        ("[administrators]", "[finance-leads]", "keep one"),
        ("trusted_sources: []", "trusted_sources: [{source: a}, {source: a}]", "a stands twice"),
        ("trusted_sources: []", "rates: {per_unit: {USD: 0}}", "more than zero"),
        ("trusted_sources: []", "rates: {per_unit: {USD: nan}}", "not a plain decimal"),
        ("trusted_sources: []", "rates: {base: XYZ}", "ISO 4217"),
    ],
)
def test_every_mistake_in_a_policy_is_named_with_its_line(old: str, new: str, words: str) -> None:
    assert old in DEFAULT
    with pytest.raises(Unreadable, match=words) as caught:
        from_yaml(DEFAULT.replace(old, new))
    assert all("policy.yaml line" in f.where for f in caught.value.findings)
