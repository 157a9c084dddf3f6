"""Evaluates a rule set for one order: which rules hit, or why nobody can tell; it never skips what it cannot decide."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from orderwire.document.amount import Amount
from orderwire.routing.cell import Cell
from orderwire.routing.facts import FACTS, Facts, FactType, shown
from orderwire.routing.table import HitPolicy, Rule, RuleSet

Outcome = Literal["hit", "miss", "unknown", "not_reached", "not_in_force"]
MOST_NAMED = 3


@dataclass(frozen=True)
class Decision:
    """The result and what it was made from, so that `explain` can say everything about it at any later time.

    `hits` are the rules that fit and decide, in the file's order. `problem` is why a person must decide instead.
    """

    rule_set: RuleSet
    facts: Facts
    on_date: datetime.date
    hits: tuple[Rule, ...] = ()
    problem: str | None = None

    def to_json(self) -> dict[str, Any]:
        """What is kept with a plan: which version decided, on which facts, with which result."""
        return {
            "rule_set": self.rule_set.name,
            "version": self.rule_set.version,
            "sha256": self.rule_set.sha256,
            "hit": self.rule_set.hit.value,
            "on": self.on_date.isoformat(),
            "facts": self.facts.to_json(),
            "hits": [rule.id for rule in self.hits],
            "problem": self.problem,
        }


@dataclass(frozen=True)
class CellExplanation:
    """One cell: what was `asked`, what the `value` is, in words; `fits` is None where it cannot be told."""

    fact: str
    asked: str
    value: str
    fits: bool | None


@dataclass(frozen=True)
class RuleExplanation:
    """One rule: its place in the file counted from 1, what came out, and each of its cells."""

    place: int
    id: str
    title: str
    outcome: Outcome
    cells: tuple[CellExplanation, ...]

    @property
    def near_miss(self) -> bool:
        """True when exactly one cell keeps the rule from hitting."""
        return self.outcome == "miss" and sum(cell.fits is not True for cell in self.cells) == 1


def evaluate(rule_set: RuleSet, facts: Facts, on_date: datetime.date) -> Decision:
    """Decide for these facts on this day. Pure: the same input gives the same decision for ever."""
    hits, unknown = _scan(rule_set, facts, on_date)
    if rule_set.hit is HitPolicy.PRIORITY and hits:
        top = max(rule.priority for rule in hits)
        hits = [rule for rule in hits if rule.priority == top]
        unknown = [rule for rule in unknown if rule.priority >= top]
    problem = None
    if unknown:
        problem = _cannot_tell(rule_set, unknown[0], facts)
    elif len(hits) > 1 and rule_set.hit in (HitPolicy.UNIQUE, HitPolicy.PRIORITY):
        both = " and ".join(label(rule_set, rule) for rule in hits[:MOST_NAMED])
        remedy = "give them different priorities" if rule_set.hit is HitPolicy.PRIORITY else "narrow one of them"
        problem = f"{both} fit this order, but only one may; {remedy}"
    elif not hits:
        hits = [rule for rule in rule_set.rules if rule.otherwise and rule.in_force(on_date)]
        problem = None if hits else _no_hit(Decision(rule_set, facts, on_date))
    held = next((rule for rule in hits if rule.hold), None)
    if held and not problem:
        problem = f"{label(rule_set, held)} holds the order: {held.hold}"
    return Decision(rule_set, facts, on_date, tuple(hits), problem)


def explain(decision: Decision) -> tuple[RuleExplanation, ...]:
    """Every rule and every cell of it, hit or missed."""
    hits = {rule.id for rule in decision.hits}
    found: list[RuleExplanation] = []
    decided = False
    for place, rule in enumerate(decision.rule_set.rules, 1):
        cells = tuple(_explain_cell(cell, decision.facts) for cell in (rule.when or {}).values())
        fits = [cell.fits for cell in cells]
        outcome: Outcome
        if not rule.in_force(decision.on_date):
            outcome = "not_in_force"
        elif rule.id in hits:
            outcome = "hit"
        elif False in fits or rule.otherwise:
            outcome = "miss"
        elif decided or None not in fits:
            outcome = "not_reached"
        else:
            outcome = "unknown"
        decided = decided or (decision.rule_set.hit is HitPolicy.FIRST and outcome in ("hit", "unknown"))
        found.append(RuleExplanation(place, rule.id, rule.title, outcome, cells))
    return tuple(found)


def near_misses(explanations: Sequence[RuleExplanation]) -> tuple[RuleExplanation, ...]:
    """The rules that only one cell kept from hitting."""
    return tuple(rule for rule in explanations if rule.near_miss)


def label(rule_set: RuleSet, rule: Rule) -> str:
    """How a rule is called in messages: 'rule 3 (large-orders)'."""
    return f"rule {rule_set.rule(rule.id)[0]} ({rule.id})"


def _scan(rule_set: RuleSet, facts: Facts, day: datetime.date) -> tuple[list[Rule], list[Rule]]:
    """The rules that hit, and those of which it cannot be told; with hit policy first, only the first of either."""
    fit, unsure = rule_set.index.scan(facts, day)
    if rule_set.hit is HitPolicy.FIRST:
        first = (fit | unsure) & -(fit | unsure)
        fit, unsure = fit & first, unsure & first
    return _rules(rule_set, fit), _rules(rule_set, unsure)


def _rules(rule_set: RuleSet, bits: int) -> list[Rule]:
    found = []
    while bits:
        lowest = bits & -bits
        found.append(rule_set.rules[lowest.bit_length() - 1])
        bits ^= lowest
    return found


def _explain_cell(cell: Cell, facts: Facts) -> CellExplanation:
    value = facts.values.get(cell.fact)
    return CellExplanation(cell.fact, cell.words(), shown(value), cell.test()(value, facts.rates))


def _cannot_tell(rule_set: RuleSet, rule: Rule, facts: Facts) -> str:
    cells = (rule.when or {}).values()
    cell = next(c for c in cells if c.test()(facts.values.get(c.fact), facts.rates) is None)
    value, fact = facts.values.get(cell.fact), FACTS[cell.fact]
    start = f"whether {label(rule_set, rule)} fits cannot be told: "
    if isinstance(value, Amount):
        asked = Amount.parse(cell.minimum or cell.maximum or "").currency
        return (
            f"{start}the {fact.label} is {value} and there is no rate from {value.currency} to {asked};"
            f" add the rate, or the condition 'currency: {asked}'"
        )
    return (
        f"{start}the {fact.label} is not known; complete the order or the supplier,"
        f" or add 'is_set: true' to the condition on {fact.name}"
    )


def _no_hit(decision: Decision) -> str:
    near = near_misses(explain(decision))[:MOST_NAMED]
    reasons = [f"rule {rule.place} ({rule.id}) misses only because {_reason(rule)}" for rule in near]
    return "; ".join(["no rule fits this order; add one, or a last rule with 'otherwise: true'", *reasons])


def _reason(rule: RuleExplanation) -> str:
    cell = next(cell for cell in rule.cells if cell.fits is not True)
    fact = FACTS[cell.fact]
    if fact.type is FactType.FLAG:
        return f"“{fact.label}” is {cell.value}"
    return f"the {fact.label} is {cell.value} (asked: {cell.asked})"
