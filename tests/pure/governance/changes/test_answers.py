"""What a supplier may answer: worked examples, exact limits, and nothing that cannot be told is ever accepted."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.amount import Rates
from orderwire.governance.changes import Deviation, judge_answer
from tests.pure.governance.changes.given import ROWS, ask, line, order, policy

D = Decimal
HARSHER = ("accept", "ask", "reject")


def on(*days: tuple[str | None, int]) -> list[tuple[datetime.date | None, Decimal]]:
    return [(datetime.date.fromisoformat(day) if day else None, D(quantity)) for day, quantity in days]


@pytest.mark.parametrize(
    ("deviation", "verdict", "because"),
    [
        # 100 pieces at EUR 50: 1 % is EUR 50 on the line
        (Deviation("price", "10", D("50.5")), "accept", "Price up 1 %, limit 2 %."),
        (Deviation("price", "10", D("50.51")), "ask", "Price up EUR 51, limit EUR 50."),
        (Deviation("price", "10", D("52.05")), "ask", "Price up 4.1 %, limit 2 %, and EUR 205, limit EUR 50."),
        (Deviation("price", "10", D("40")), "accept", "Price down 20 %, any is allowed."),
        (Deviation("price", "10", D("0")), "accept", "Price down 100 %, any is allowed."),
        (Deviation("quantity", "10", D("96")), "accept", "4 % short, limit 5 %."),
        (Deviation("quantity", "10", D("95")), "accept", "5 % short, limit 5 %."),
        (Deviation("quantity", "10", D("94.99")), "ask", "5.01 % short, limit 5 %."),
        (Deviation("quantity", "10", D("110")), "accept", "10 more, limit 10."),
        (Deviation("quantity", "10", D("111")), "ask", "11 more, limit 10."),
        (Deviation("date", "10", on(("2026-02-03", 100))), "accept", "2 days late, limit 3."),
        (Deviation("date", "10", on(("2026-02-04", 100))), "accept", "3 days late, limit 3."),
        (Deviation("date", "10", on(("2026-02-05", 100))), "reject", "4 days late, limit 3."),
        (Deviation("date", "10", on(("2026-01-31", 100))), "accept", "1 day early, limit 7."),
        (Deviation("date", "10", on(("2026-02-01", 50), ("2026-02-09", 50))), "reject", "8 days late, limit 3."),
        (Deviation("date", "10", on(("2026-01-20", 50), ("2026-02-02", 50))), "reject", "12 days early, limit 7."),
        (Deviation("charge", None, D("50")), "accept", "Charge of 1 %, limit 1 %."),
        (Deviation("charge", None, D("50.01")), "ask", "Charge of 1.0002 %, limit 1 %, and EUR 50.01, limit EUR 50."),
        (Deviation("part", "10"), "ask", "Another part: always asked."),
        (Deviation("line", "10"), "ask", "Declined: always asked."),
        (Deviation("order"), "ask", "Declined: always asked."),
        (Deviation("unit", "10"), "reject", "Answered in another unit: always rejected."),
        (Deviation("line", None), "reject", "A line that was not ordered: always rejected."),
        (Deviation("status", "10", "backordered"), "ask", "On back order: always asked."),
    ],
)
def test_a_worked_example(deviation: Deviation, verdict: str, because: str) -> None:
    found = ask(deviation)
    assert (found.verdict, found.because) == (verdict, because)
    assert found.rule in {row["id"] for row in ROWS}


@pytest.mark.parametrize(
    "deviation",
    [
        Deviation("price", "10", D("40"), "USD"),
        Deviation("price", "10", None),
        Deviation("price", "10", "cheap"),
        Deviation("price", "10", D("-1")),
        Deviation("price", "10", D("NaN")),
        Deviation("price", "10", D("Infinity")),
        Deviation("price", None, D("40")),
        Deviation("quantity", "10", None),
        Deviation("date", "10", None),
        Deviation("date", "10", ()),
        Deviation("date", "10", on((None, 100))),
        Deviation("date", "10", on(("2026-02-01", 50), (None, 50))),
        Deviation("charge", None, D("1"), "USD"),
        Deviation("charge", None, D("1"), "XQZ"),
        Deviation("charge", None, D("-1")),
        Deviation("status", "10", "pending"),
        Deviation("price", "99", D("40")),
        Deviation("something new", "10", D("1")),
    ],
)
@pytest.mark.parametrize("row", [None, {"up": "any", "down": "any"}, {"verdict": "accept"}])
def test_what_cannot_be_told_is_asked_and_never_accepted(deviation: Deviation, row: dict[str, str] | None) -> None:
    attributes = [a for a in ("price", "quantity", "charge") if row]
    dates = {"late": "any", "early": "any"} if row and "up" in row else row
    rows = (
        [{"id": "a", "attribute": attributes, **row}, {"id": "d", "attribute": "date", **(dates or {})}]
        if row
        else ROWS
    )
    assert ask(deviation, policy(answers=rows)).verdict == "ask"


def test_a_line_answered_in_another_unit_or_currency_is_not_measured() -> None:
    in_kilos = [Deviation("unit", "10"), Deviation("price", "10", D("40"))]
    assert [v.verdict for v in judge_answer(policy(answers=ROWS), order(), in_kilos, supplier_number="1")] == [
        "reject",
        "ask",
    ]
    in_dollars = [Deviation("currency"), Deviation("price", "10", D("40"))]
    assert judge_answer(policy(answers=ROWS), order(), in_dollars, supplier_number="1")[1].verdict == "ask"


def test_a_price_for_nothing_that_costs_something_is_beyond_every_percentage() -> None:
    free = order(line(price="0"))
    found = ask(Deviation("price", "10", D("0.01")), about=free)
    assert (found.verdict, found.because) == ("ask", "Price up from nothing, limit 2 %.")
    rows = [{"id": "p", "attribute": "price", "up": "EUR 1"}]
    assert ask(Deviation("price", "10", D("0.01")), policy(answers=rows), free).verdict == "accept"


def test_a_charge_on_an_order_for_nothing_is_asked() -> None:
    rows = [{"id": "c", "attribute": "charge", "up": "any"}]
    found = ask(Deviation("charge", None, D("1")), policy(answers=rows), order(line(price="0")))
    assert (found.verdict, found.because) == ("ask", "A charge of EUR 1 on an order that is worth nothing.")


def test_the_price_is_for_as_many_units_as_the_order_says() -> None:
    per_thousand = order(line(price="50", price_basis="1000"))
    found = ask(Deviation("price", "10", D("51")), about=per_thousand)
    assert (found.verdict, found.because) == ("accept", "Price up 2 %, limit 2 %.")


def test_a_higher_price_counts_for_what_will_come_and_not_only_for_what_was_ordered() -> None:
    more = [Deviation("price", "10", D("50.4")), Deviation("quantity", "10", D("1000"))]
    found = judge_answer(policy(answers=ROWS), order(), more, supplier_number="1")
    assert found[0].because == "Price up EUR 400, limit EUR 50."


def test_limits_in_another_currency_need_a_rate() -> None:
    rows = [{"id": "p", "attribute": "price", "up": "USD 100"}]
    dearer = Deviation("price", "10", D("50.5"))
    untold = ask(dearer, policy(answers=rows))
    assert untold.verdict == "ask"
    assert untold.because == "Price up EUR 50, limit USD 100, and there is no rate from EUR to USD."
    assert ask(dearer, policy(answers=rows), rates=Rates("EUR", {"USD": D("0.5")})).verdict == "accept"
    assert ask(dearer, policy(answers=rows), rates=Rates("EUR", {"USD": D("0.49")})).verdict == "ask"


def test_goods_that_nobody_wanted_on_a_day_are_neither_late_nor_early() -> None:
    undated = order(line(day=None))
    found = ask(Deviation("date", "10", on(("2030-01-01", 100))), about=undated)
    assert found.verdict == "ask"
    assert "nothing that can be measured" in found.because


@pytest.mark.parametrize(
    ("scope", "fits"),
    [
        ({"suppliers": ["V-1"]}, True),
        ({"suppliers": "V-2"}, False),
        ({"supplier_categories": ["steel"]}, True),
        ({"supplier_categories": ["cast"]}, False),
        ({"categories": ["bolts"]}, True),
        ({"categories": ["nuts"]}, False),
        ({"orders": ["PO-77"]}, True),
        ({"orders": ["PO-8", "X"]}, False),
        ({"kinds": ["standard"]}, True),
        ({"kinds": ["blanket"]}, False),
        ({"entities": ["House"]}, True),
        ({"entities": ["4012345000009"]}, False),
        ({"suppliers": ["V-1"], "categories": ["nuts"]}, False),
    ],
)
def test_the_first_row_that_fits_decides(scope: dict[str, Any], fits: bool) -> None:
    rows = [
        {"id": "first", "attribute": "price", "verdict": "reject", **scope},
        {"id": "rest", "attribute": "price", "up": "any"},
    ]
    about = order(line(category="bolts"))
    found = ask(Deviation("price", "10", D("51")), policy(answers=rows), about, supplier_categories=["steel"])
    assert found.rule == ("first" if fits else "rest")


def test_a_row_for_a_category_speaks_of_the_whole_order_only_when_all_lines_are_in_it() -> None:
    rows = [{"id": "bolts", "attribute": "charge", "categories": ["bolts"], "up": "any"}]
    both = order(line(category="bolts"), line("20"))
    assert ask(Deviation("charge", None, D("1")), policy(answers=rows), both).rule == ""
    assert ask(Deviation("charge", None, D("1")), policy(answers=rows), order(line(category="bolts"))).rule == "bolts"


def test_each_difference_has_its_verdict_in_the_same_order() -> None:
    several = [
        Deviation("date", "10", on(("2026-02-03", 96))),
        Deviation("quantity", "10", D("96")),
        Deviation("part", "10"),
    ]
    found = judge_answer(policy(answers=ROWS), order(), several, supplier_number="1")
    assert [v.rule for v in found] == ["date", "quantity", "other"]
    assert found[0].as_json() == {"verdict": "accept", "rule": "date", "because": "2 days late, limit 3."}
    assert judge_answer(policy(answers=ROWS), order(), [], supplier_number="1") == ()


amounts = st.decimals(0, 10**6, places=4)
limits = st.one_of(
    st.just("any"), st.just("none"), st.decimals(0, 50, places=3).map(lambda v: f"{v} %"),
    st.decimals(0, 9999, places=2).map(lambda v: f"EUR {v}"),
    st.tuples(st.decimals(0, 50, places=1), st.integers(0, 999)).map(lambda t: f"{t[0]} % and EUR {t[1]}"),
)  # fmt: skip


@given(price=amounts, answers=st.tuples(amounts, amounts), up=limits, down=limits, beyond=st.sampled_from(HARSHER[1:]))
def test_a_larger_step_the_same_way_never_gets_a_milder_verdict(
    price: Decimal, answers: tuple[Decimal, Decimal], up: str, down: str, beyond: str
) -> None:
    rows = [{"id": "p", "attribute": "price", "up": up, "down": down, "beyond": beyond}]
    near, far = sorted(answers, key=lambda value: abs(value - price))
    if near == price or (near > price) != (far > price):
        return
    about = order(line(price=f"{price:f}"))
    verdicts = [ask(Deviation("price", "10", +value), policy(answers=rows), about).verdict for value in (near, far)]
    assert HARSHER.index(verdicts[0]) <= HARSHER.index(verdicts[1])


@given(ordered=st.integers(1, 10**6), answers=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
       limit=st.decimals(0, 100, places=2))  # fmt: skip
def test_a_larger_shortage_never_gets_a_milder_verdict_and_the_limit_is_exact(
    ordered: int, answers: tuple[int, int], limit: Decimal
) -> None:
    rows = [{"id": "q", "attribute": "quantity", "down": f"{limit} %"}]
    for given_quantity in answers:
        if given_quantity < ordered:
            about = order(line(quantity=str(ordered)))
            found = ask(Deviation("quantity", "10", D(given_quantity)), policy(answers=rows), about)
            assert (found.verdict == "accept") == ((ordered - given_quantity) * 100 <= limit * ordered)


@given(st.integers(-400, 400), st.integers(0, 30), st.integers(0, 30))
def test_days_are_counted_in_the_calendar(days: int, late: int, early: int) -> None:
    rows = [{"id": "d", "attribute": "date", "late": f"{late} days", "early": f"{early} days"}]
    day = datetime.date(2026, 2, 1) + datetime.timedelta(days)
    found = ask(Deviation("date", "10", [(day, D(100))]), policy(answers=rows))
    if days:
        assert (found.verdict == "accept") == (-early <= days <= late)
