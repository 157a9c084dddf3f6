"""Rule sets and facts for the routing tests, from a few words."""

import datetime
from decimal import Decimal
from typing import Any

from orderwire.document.amount import Amount, Rates
from orderwire.routing.facts import Facts, Value
from orderwire.routing.table import RuleSet, from_json

DAY = datetime.date(2026, 11, 22)
RATES = Rates("EUR", {"USD": Decimal("0.9"), "JPY": Decimal("0.006")})
SUPPLIER = {"to": "supplier"}


def table(*rules: dict[str, Any], hit: str = "first") -> RuleSet:
    """Rules r1, r2 … in their order; each sends to the supplier unless it says something else."""
    full = []
    for n, rule in enumerate(rules, 1):
        legs = {} if "hold" in rule or "then" in rule else {"then": [SUPPLIER]}
        full.append({"id": f"r{n}", "title": f"Rule {n}", **legs, **rule})
    return from_json({"name": "Test", "hit": hit, "rules": full})


def known(rates: Rates = Rates(), **values: Value | None) -> Facts:  # noqa: B008 - frozen
    """Facts of an order over EUR 500.00, with the values given."""
    return Facts({"total": Amount(Decimal(500), "EUR"), "currency": "EUR", "test": False, **values}, rates)
