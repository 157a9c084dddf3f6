"""Routing of one order through 200 rules of six cells, with the decision and its kept explanation (target 100 µs)."""

import datetime
import statistics
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from orderwire.document.amount import Amount
from orderwire.routing.evaluate import evaluate, explain
from orderwire.routing.facts import Facts
from orderwire.routing.table import RuleSet, from_json

RULES = 200
DAY = datetime.date(2026, 11, 22)


def rule_set() -> RuleSet:
    """Rules with no two alike: each has its own limit, dates and suppliers; one in twenty hits."""
    rules = [
        {
            "id": f"rule-{n}",
            "title": f"Rule {n}",
            "valid_from": "2026-01-01",
            "when": {
                "currency": ["EUR", "USD"],
                "ship_to_country": {"not_in": ["RU", "BY"]},
                "total": {"min": f"EUR {n * 200}"},
                "categories": {"prefix": ["steel", "cast"]},
                "supplier": [f"{s:05}" for s in range(n % 20, 200, 20)],
                "need_by": {"min": "2026-11-01", "max": f"2027-{n % 12 + 1:02}-{n // 12 + 1:02}"},
            },
            "then": [{"to": "supplier", "purpose": "order"}],
        }
        for n in range(RULES)
    ]
    return from_json({"name": "bench", "hit": "collect", "rules": rules})


def order_facts() -> Facts:
    """Facts of one ordinary order."""
    return Facts(
        {
            "currency": "EUR",
            "ship_to_country": "DE",
            "total": Amount(Decimal("41910.93"), "EUR"),
            "categories": frozenset({"steel.plate", "bearings"}),
            "supplier": "00047",
            "need_by": datetime.date(2026, 12, 3),
        }
    )


def run() -> Iterator[dict[str, Any]]:
    """One line for the decision, one for every cell of every rule in words (made only when somebody looks)."""
    table, facts = rule_set(), order_facts()
    decision = evaluate(table, facts, DAY)

    def decide() -> None:
        evaluate(table, facts, DAY).to_json()

    yield measured("routing: one order, 200 rules, explained", decide, 300, "calls of the cells' tests")
    yield measured("routing: every cell in words", lambda: explain(decision), 15, "making the words")


def measured(name: str, work: Any, rounds: int, bounded_by: str) -> dict[str, Any]:
    """Median and the 10th and 90th percentile in microseconds."""
    times = []
    work()
    for _ in range(rounds):
        start = time.perf_counter_ns()
        work()
        times.append((time.perf_counter_ns() - start) / 1000)
    tenths = statistics.quantiles(times, n=10)
    return {
        "name": name,
        "unit": "µs",
        "median": round(statistics.median(times), 1),
        "lo": round(tenths[0], 1),
        "hi": round(tenths[-1], 1),
        "n": rounds,
        "bounded_by": bounded_by,
    }
