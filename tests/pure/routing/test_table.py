"""A rule file is read exactly, and every mistake in it is named with its line, rule, cell and remedy."""

from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwire.document.amount import Amount
from orderwire.routing.facts import FACTS
from orderwire.routing.table import from_json, from_yaml
from orderwire.yaml_file import Unreadable

DEFAULT = files("orderwire.defaults").joinpath("rules.yaml").read_text()

FULL = """
name: All there is
version: 3
facts: 1
hit: priority
rules:
  - id: norway
    title: Norway is a country
    valid_from: 2026-01-01
    valid_to: 2026-12-31
    priority: 10
    when:
      ship_to_country: NO
      supplier: [000123, "007"]
      total: {min: "EUR 50,000.00", max: EUR 1000000.5}
      need_by: {is_set: true, max: 2026-12-24}
      test: false
    then:
      - to: supplier
        via: {channel: email, format: pdf}
        fallback: [{endpoint: Order desk}, {channel: portal}, next]
        profile: {language: nb, copies: "2"}
        delay: 90 min
        answer_within: 3
      - to: group:treasury
        prices: false
        required: false
        fallback: none
  - id: rest
    title: Everything else
    otherwise: true
    hold: Somebody must look
"""


@pytest.mark.parametrize("text", [DEFAULT, FULL])
def test_what_is_read_can_be_written_and_read_again(text: str) -> None:
    rules = from_yaml(text)
    assert from_yaml(rules.to_yaml()) == rules
    assert from_json(rules.to_json()) == rules
    assert from_json(rules.to_json()).sha256 == rules.sha256


def test_values_stay_as_they_were_written() -> None:
    when = from_yaml(FULL).rules[0].when
    assert when
    assert when["ship_to_country"].one_of == ("NO",)
    assert when["supplier"].one_of == ("000123", "007")
    assert when["total"].minimum == "EUR 50000.00"


def test_true_and_numbers_of_json_mean_the_same_as_text() -> None:
    when = {"test": True, "lines": {"in": [1, "2"]}}
    row = {"id": "a", "title": "A", "when": when, "hold": "x"}
    rules = from_json({"name": "J", "hit": "first", "rules": [row]})
    assert rules.to_json()["rules"][0]["when"] == {"test": ["true"], "lines": ["1", "2"]}


def test_the_hash_changes_with_any_change() -> None:
    changed = [("NO", "SE"), ("version: 3", "version: 4"), ("90 min", "91 min"), ("prices: false", "prices: true")]
    assert len({from_yaml(FULL.replace(*change)).sha256 for change in changed} | {from_yaml(FULL).sha256}) == 5


def test_the_default_file_names_every_fact() -> None:
    assert all(f" {name}" in DEFAULT for name in FACTS)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("ship_to_country: NO", "ship_to_contry: NO", 13, "norway, rules[1].when.ship_to_contry: there is no fact"),
        ("ship_to_country: NO", "ship_to_contry: NO", 13, "Did you mean ship_to_country?"),
        ("answer_within: 3", "answer_in: 3", 24, "Did you mean answer_within?"),
        ("answer_within: 3", "answer_within: 99", 24, "less than or equal to 60"),
        ("prices: false", "answer_within: 3", 25, "only the supplier can answer"),
        ("EUR 50,000.00", "EUR 50.000", 15, "more decimals than EUR has"),
        ("EUR 50,000.00", "50000", 15, "write it like EUR 50000"),
        ("EUR 50,000.00", "EUX 50000", 15, "not an ISO 4217 currency"),
        ("EUR 50,000.00", "USD 50000", 15, "use one currency"),
        ("EUR 50,000.00", "EUR 5000000", 15, "nothing can be between"),
        ('{min: "EUR 50,000.00", max: EUR 1000000.5}', "EUR 500", 15, "has no 'in'; it has is_set, max, min"),
        ("max: 2026-12-24", "max: 24.12.2026", 16, "write it like 2026-11-30"),
        ("max: 2026-12-24", "max: 2026-02-30", 16, "out of range"),
        ("max: 2026-12-24", "mix: 2026-12-24", 16, "Did you mean m"),
        ("valid_to: 2026-12-31", "valid_to: 2025-12-31", 7, "before it starts"),
        ("valid_to: 2026-12-31", "valid_to: 1767139200", 10, "not a date"),
        ("test: false", "test: no", 17, "neither true nor false"),
        ("90 min", "90", 23, "30 min, 2 h or 1 d"),
        ("group:treasury", "treasury", 25, "write supplier, or group:"),
        ("fallback: none", "fallback: [{chanel: x}]", 28, "Did you mean channel?"),
        ("via: {channel: email, format: pdf}", "via: next", 20, "write preferred"),
        ("via: {channel: email, format: pdf}", "via: {endpoint: x, format: pdf}", 20, "keep one"),
        ("hit: priority", "hit: any", 5, "'unique', 'first', 'priority' or 'collect'"),
        ("facts: 1", "facts: 2", 4, "knows version 1"),
        ("id: rest", "id: norway", 2, "two rules have the id norway"),
        ("    otherwise: true\n", "", 29, "needs either when"),
        ("    otherwise: true\n", "    when: {}\n", 31, "the word always, or facts"),
        ("    hold: Somebody must look\n", "", 29, "needs either then"),
        ("title: Everything else", "id: again", 30, "stands twice (first on line 29)"),
        ("title: Everything else", "title: *x", 30, "anchors"),
        ("title: Everything else", "title: !!python/name:os.system x", 30, "tag"),
        ("title: Everything else", "title: [", 0, "look here"),
    ],
)
def test_every_mistake_is_named_with_place_and_remedy(old: str, new: str, line: int, words: str) -> None:
    assert old in FULL
    with pytest.raises(Unreadable) as caught:
        from_yaml(FULL.replace(old, new, 1))
    told = [f"{f.where}: {f.text}" for f in caught.value.findings]
    assert any(words in text and (not line or text.startswith(f"rules.yaml line {line}")) for text in told), told


@pytest.mark.parametrize("text", ["", "# only a comment", "- 1", "x", "a: 1\n---\nb: 2", "\x00", "x: " + "[" * 5000])
def test_what_is_no_rule_set_at_all_is_refused_in_words(text: str) -> None:
    with pytest.raises(Unreadable, match="rules"):
        from_yaml(text)


def test_a_huge_file_is_refused_unread() -> None:
    with pytest.raises(Unreadable, match="split it"):
        from_yaml("a" * 2_000_001)


@given(st.text(max_size=200) | st.binary(max_size=100).map(lambda b: DEFAULT[2500:] + b.decode("latin-1")))
@settings(max_examples=100)
def test_no_text_whatever_gives_a_traceback(text: str) -> None:
    try:
        from_yaml(text)
    except Unreadable as refused:
        assert all(f.text and f.where for f in refused.findings)


@given(st.decimals("0", "1e15", places=2))
def test_an_amount_reads_back_as_it_is_shown(value: object) -> None:
    amount = Amount(value, "EUR")  # type: ignore[arg-type]
    assert Amount.parse(str(amount)) == amount
