"""Every rule about answers that contradict themselves can be read, and every contradiction has its rule."""

import ast
import datetime
import inspect
from pathlib import Path

import pytest
from hypothesis import given

from orderwire.document.order import Order
from orderwire.document.response import Response
from orderwire.flow.acknowledge import contradictions as module
from orderwire.flow.acknowledge.contradictions import RULES, Rule, contradictions
from orderwire.flow.acknowledge.differences import compare
from tests.pure.family import responses
from tests.pure.orders import orders

PAGE = Path(__file__).parents[3] / "docs/how-to/answers.md"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_stands_in_the_documentation(rule: Rule) -> None:
    assert rule.as_row() in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_documentation_has_no_other_rules() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == [rule.id for rule in RULES]


def test_every_rule_that_the_code_names_is_one() -> None:
    named = {
        node.value.elts[0].value
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple)
        and isinstance(node.value.elts[0], ast.Constant)
    }  # fmt: skip
    assert named and named <= {rule.id for rule in RULES}


@given(orders(max_lines=2), responses())
def test_any_answer_is_compared_and_its_contradictions_are_told_in_sentences(order: Order, response: Response) -> None:
    found = contradictions(order, response, compare(order, response), on=datetime.date(2026, 1, 1))
    assert all(each.rule in {rule.id for rule in RULES} and each.text.endswith(".") for each in found)
