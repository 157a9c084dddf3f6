"""Why an order went this way: every rule as a sentence, which hit, and which one condition kept the others away."""

import datetime
from dataclasses import dataclass

from orderwire.document.states import Mark, Tone
from orderwire.routing import evaluate, table
from orderwire.routing.evaluate import RuleExplanation
from orderwire.routing.facts import FACTS, Fact, Facts, FactType
from orderwire.routing.sentence import plain, sentence
from orderwire.tracking.order import OrderView
from orderwire.yaml_file import Unreadable


@dataclass(frozen=True)
class Cell:
    """One condition: what was asked, what the order has."""

    label: str
    asked: str
    value: str
    mark: Mark
    tone: Tone


@dataclass(frozen=True)
class RuleRow:
    """One rule of the published version that decided."""

    place: int
    title: str
    sentence: str
    word: str
    mark: Mark
    tone: Tone
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Why:
    """The decision: by which version of the rules, on which day, and each rule; hits and near misses first."""

    lede: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    hits: tuple[RuleRow, ...]
    near: tuple[RuleRow, ...]
    others: tuple[RuleRow, ...]


_WORDS: dict[str, tuple[str, Mark, Tone]] = {
    "hit": ("Decided", "done", "ok"),
    "miss": ("Does not fit", "none", "quiet"),
    "not_reached": ("Not reached", "none", "quiet"),
    "not_in_force": ("Not in force", "end", "quiet"),
    "unknown": ("Cannot be told", "ask", "warn"),
}


def explained(view: OrderView) -> Why | None:
    """The newest plan of the current version, explained again from what was kept; None where there is no plan."""
    plan = view.plan
    if plan is None:
        return None
    kept = plan.explanation
    problems, notes = tuple(kept.get("problems", ())), tuple(kept.get("notes", ()))
    if plan.rules is None or "schema" not in kept.get("facts", {}):
        return Why("Planned without rules." if plan.rules is None else "", problems, notes, (), (), ())
    try:
        rule_set = table.from_yaml(plan.rules.content)
    except Unreadable as failure:
        return Why(f"Rules version {plan.rules.number} cannot be read any more: {failure}", problems, notes, (), (), ())
    on_date = datetime.date.fromisoformat(kept["on"])
    decision = evaluate.evaluate(rule_set, Facts.from_json(kept["facts"]), on_date)
    found = evaluate.explain(decision)
    rows = {rule.id: _row(rule, rule_set) for rule in found}
    near = {rule.id for rule in evaluate.near_misses(found)}
    lede = f"Decided by {rule_set.name}, version {plan.rules.number}, on {on_date.day} {on_date:%B %Y}."
    return Why(
        lede,
        problems,
        notes,
        tuple(rows[r.id] for r in found if r.outcome == "hit"),
        tuple(rows[r.id] for r in found if r.id in near),
        tuple(rows[r.id] for r in found if r.outcome != "hit" and r.id not in near),
    )


def _row(rule: RuleExplanation, rule_set: table.RuleSet) -> RuleRow:
    word, mark, tone = _WORDS[rule.outcome]
    missed = next((cell for cell in rule.cells if cell.fits is not True), None)
    note = ""
    if rule.near_miss and missed:
        note = _near(FACTS[missed.fact], missed.asked, missed.value)
    cells = tuple(
        Cell(
            FACTS[c.fact].label,
            c.asked,
            c.value,
            "done" if c.fits else "none" if c.fits is False else "ask",
            "ok" if c.fits else "quiet" if c.fits is False else "warn",
        )
        for c in rule.cells
    )
    words = plain(sentence(rule_set.rule(rule.id)[1]))
    return RuleRow(rule.place, rule.title or rule.id, words, word, mark, tone, note, cells)


def _near(fact: Fact, asked: str, value: str) -> str:
    if fact.type is FactType.FLAG:
        clause = fact.label if value == "yes" else fact.label.replace(" is ", " is not ", 1)
        return f"Only this kept it away: the {clause}."
    return f"Only this kept it away: the {fact.label} {asked}, and here it is {value}."
