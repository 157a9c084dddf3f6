"""However small the steps and whoever made them: what was approved bounds where an order can get to."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.amount import Amount, Rates
from orderwire.document.order import Order
from orderwire.governance.changes import ChangePolicy, drift, judge_amendment
from orderwire.governance.policy import from_json
from tests.pure.family import revisions
from tests.pure.governance.changes.given import LOOSE, line, order, policy

D = Decimal
GUARD = {
    "total": {"up": "5 % and EUR 500", "down": "any"},
    "price": {"up": "5 %", "down": "any"},
    "quantity": {"up": "5 %", "down": "10 %"},
    "date": {"late": "7 days", "early": "7 days"},
}
BY_STEP = {"tolerances": LOOSE}


def reasons(after: Order, baseline: Order | None = None, rules: ChangePolicy | None = None) -> list[str]:
    return [r.text for r in drift(rules or policy(drift=GUARD), baseline or order(), after, approved_by="Jens")]


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (order(line(price="52.5")), []),
        (order(line(price="40", quantity="90", day="2026-02-08")), []),
        (order(line(quantity="106.3")), [
            "With this change the order is 6.3 % over what Jens approved (version 1); the limit is 5 %.",
            "With this change line 10 is 6.3 % more than what Jens approved (version 1); the limit is 5 %.",
        ]),
        (order(line(price="60", quantity="80")), [  # dearer and fewer, so that the total stays
            "With this change the price of line 10 is 20 % over what Jens approved (version 1); the limit is 5 %.",
            "With this change line 10 is 20 % less than what Jens approved (version 1); the limit is 10 %.",
        ]),
        (order(line(day="2026-02-09")), [
            "With this change line 10 is 8 days later than what Jens approved (version 1); the limit is 7.",
        ]),
        (order(line(day="2026-01-24")), [
            "With this change line 10 is 8 days earlier than what Jens approved (version 1); the limit is 7.",
        ]),
        (order(line("20")), [
            "With this change line 10 is gone against what Jens approved (version 1); the limit is 10 %.",
            "With this change line 20 is new against what Jens approved (version 1); the limit is 5 %.",
        ]),
        (order(line(unit="KGM")), [
            "With this change the quantity of line 10 cannot be compared with what Jens approved (version 1):"
            " C62 became KGM.",
        ]),
    ],
)  # fmt: skip
def test_a_worked_example(after: Order, words: list[str]) -> None:
    assert reasons(after) == words


def test_without_a_name_and_a_limit_it_says_so() -> None:
    (first, *_) = drift(policy(), order(revision=3), order(line(price="51"), revision=5))
    assert first.text == "With this change the order is 2 % over what was approved (version 3); none is allowed."


def test_another_currency_needs_a_rate_and_prices_of_two_currencies_are_never_compared() -> None:
    dollars = order(currency="USD")
    assert "there is no rate from USD to EUR" in reasons(dollars)[0]
    guard = policy(drift=GUARD | {"price": {"up": "any", "down": "any"}})
    at_par = drift(guard, order(), dollars, rates=Rates("EUR", {"USD": D(1)}))
    assert [r.rule for r in at_par] == ["drift.price"]


def test_an_order_for_nothing_that_costs_something_is_beyond_every_percentage() -> None:
    free = order(line(price="0"))
    assert [r.split(" is from nothing")[0] for r in reasons(order(line(price="1")), free)] == [
        "With this change the order",
        "With this change the price of line 10",
    ]


def test_a_deduction_that_makes_the_total_negative_is_no_way_around() -> None:
    negative = order(allowances_charges=[{"kind": "allowance", "amount": "6000"}])
    less_negative = order(allowances_charges=[{"kind": "allowance", "amount": "5500"}])
    assert reasons(less_negative, negative)


small = st.integers(-200, 200).map(lambda cents: D(cents) / 100)


@given(st.lists(st.tuples(small, small, st.integers(-1, 1)), max_size=14), st.decimals("0.1", 5, places=1))
def test_small_steps_that_together_pass_the_limit_always_need_approval(
    steps: list[tuple[Decimal, Decimal, int]], limit: Decimal
) -> None:
    """The policy of amendments allows every step by itself; what they add up to is guarded."""
    each = f"{limit} %"
    guard = policy(amendments={"tolerances": LOOSE}, drift={
        "total": LOOSE["total"], "price": {"up": each, "down": each}, "quantity": {"up": each, "down": each},
        "date": {"late": "5 days", "early": "5 days"},
    })  # fmt: skip
    baseline = before = order(line(day="2026-06-15"))
    price, quantity, moved = D(50), D(100), 0
    for dearer, more, later in steps:
        price, quantity, moved = price + dearer, quantity + more, moved + later
        after = order(line(price=str(price), quantity=str(quantity), day=f"2026-06-{15 + moved}"))
        beyond = abs(price - 50) * 100 > limit * 50 or abs(quantity - 100) > limit or abs(moved) > 5
        assert judge_amendment(guard, baseline=baseline, before=before, after=after).needs_approval == beyond
        before = after


THRESHOLDS = (Amount(D(5100), "EUR"), Amount(D(9000), "USD"))


@pytest.mark.parametrize(
    ("was", "now", "asked"),
    [("50", "50.99", False), ("50", "51", True), ("50", "51.01", True), ("51", "51.01", True), ("52", "53", False),
     ("51", "51", False), ("52", "50", False)],
)  # fmt: skip
def test_a_small_step_over_a_limit_of_the_approval_policy_needs_approval(was: str, now: str, asked: bool) -> None:
    """Else an order just under four eyes could be amended over it."""
    free = policy(amendments={"tolerances": LOOSE}, drift=LOOSE)
    old, new = order(line(price=was)), order(line(price=now), revision=2)
    judged = judge_amendment(free, baseline=old, before=old, after=new, thresholds=THRESHOLDS)
    assert judged.needs_approval == asked
    if now == "51.01" and asked:
        assert judged.reasons == (
            "With this change the order is EUR 5,101 and reaches the EUR 5,100 of the approval policy.",
        )


def test_the_thresholds_of_the_approval_policy_are_its_limits_and_numbers_of_persons() -> None:
    approvals = from_json({
        "name": "P", "limits": [{"group": "a", "up_to": "EUR 100"}, {"group": "b", "up_to": "unlimited"}],
        "approvers": [{"from": "EUR 50", "persons": 2}], "trusted_sources": [{"source": "api:erp", "up_to": "EUR 100"}],
    })  # fmt: skip
    assert [str(each) for each in approvals.thresholds] == ["EUR 100", "EUR 50"]


@given(revisions())
def test_an_unlimited_guard_lets_pass_what_can_be_measured_and_a_closed_one_nothing(pair: tuple[Order, Order]) -> None:
    before, after = pair
    assert drift(policy(), before, before) == ()
    open_guard = {reason.text for reason in drift(policy(drift=LOOSE), before, after)}
    assert all("cannot be compared" in text for text in open_guard)
    assert open_guard <= {reason.text for reason in drift(policy(), before, after)}


@given(price=st.decimals(0, 1000, places=2), quantity=st.integers(1, 1000), baseline=st.decimals(0, 1000, places=2))
def test_the_limit_of_the_total_is_exact_and_includes_itself(price: Decimal, quantity: int, baseline: Decimal) -> None:
    rules = policy(drift=LOOSE | {"total": {"up": "5 %", "down": "none"}})
    old = order(line(price=str(baseline), quantity=str(quantity)))
    new = order(line(price=str(price), quantity=str(quantity)))
    was, now = baseline * quantity, price * quantity
    inside = was <= now and (now - was) * 100 <= was * 5
    assert (drift(rules, old, new) == ()) == inside
