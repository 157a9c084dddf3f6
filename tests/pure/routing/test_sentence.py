"""A rule reads as a sentence."""

from typing import Any

import pytest

from orderwire.routing.sentence import plain, sentence
from orderwire.routing.table import from_yaml
from tests.pure.routing.tables import table
from tests.pure.routing.test_table import DEFAULT

WORDS = {"x12": "X12 850", "email": "e-mail", "treasury": "Treasury"}
LEGS = [
    {"to": "supplier", "via": {"format": "x12", "channel": "email"}, "answer_within": 2, "fallback": "none"},
    {"to": "group:treasury", "prices": False, "delay": "2 h"},
]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            {"when": {"supplier_country": ["DE", "AT", "CH"], "total": {"min": "EUR 50000"}}, "then": LEGS},
            "When the supplier country is DE, AT or CH and the total is EUR 50,000 or more, send to the supplier as"
            " X12 850 by e-mail, copy Treasury without prices 2 hours later; ask for an answer in 2 working days.",
        ),
        (
            {"when": {"test": "false", "need_by": {"max": "2026-12-24"}}},
            "When the order is not a test and the first date needed is 2026-12-24 or earlier, send to the supplier, if"
            " that fails his other ways.",
        ),
        (
            {"otherwise": True, "then": [{"to": "supplier", "fallback": [{"endpoint": "Desk"}, "next"]}]},
            "Otherwise send to the supplier, if that fails through Desk then his other ways.",
        ),
        ({"when": "always", "hold": "Ask Ines."}, "Always hold the order: Ask Ines."),
        (
            {"when": "always", "then": [{"to": "supplier", "answer_within": "1", "answer": "line"}]},
            "Always send to the supplier, if that fails his other ways; ask for an answer to every line in 1 working"
            " day.",
        ),
        (
            {"when": {"categories": {"prefix": ["a", "b"]}, "lines": {"min": "2", "max": "3"}}, "hold": "x"},
            "When the category begins with a or b and the number of lines is from 2 to 3, hold the order: x.",
        ),
        (
            {"when": {"buyer": {"not_in": "B"}, "ship_to_country": {"is_set": "false"}}, "hold": "x"},
            "When the buyer is not B and the ship-to country is not known, hold the order: x.",
        ),
    ],
)
def test_a_rule_reads_as_a_sentence(rule: dict[str, Any], text: str) -> None:
    assert plain(sentence(table(rule).rules[0], WORDS)) == text


def test_what_can_be_changed_is_marked() -> None:
    pieces = sentence(table({"when": {"currency": ["CNY", "JPY"]}}).rules[0])
    assert [piece.text for piece in pieces if piece.token] == ["CNY or JPY", "the supplier", "his other ways"]
    assert {piece.part for piece in pieces} == {"when", "then"}


def test_the_default_rules_read_well() -> None:
    assert [plain(sentence(rule)).split(",")[0] for rule in from_yaml(DEFAULT).rules] == [
        "When the order is a test",
        "When the order is not a test",
        "When the order is not a test and the currency is EUR and the total is EUR 50",
    ]
