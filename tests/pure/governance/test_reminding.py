"""The ladder of reminders as a file: what it may say, and which steps hold."""

from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.amount import Amount, Rates
from orderwire.governance.reminding import Reminders, Situation, Step, from_yaml, holds
from orderwire.yaml_file import Unreadable

HEAD = "name: Reminders\nmanager: group:leads\nsteps:\n"
STEP = "  - id: late\n    at: due + 1\n    to: supplier\n    say: reminder\n"
RATES = Rates("EUR", {"USD": Decimal("0.9")})


def situation(**fields: object) -> Situation:
    given: dict[str, object] = {
        "of": "order",
        "supplier": "70112",
        "categories": frozenset({"steel"}),
        "total": Amount(Decimal(12000), "EUR"),
        "opened": False,
    }
    return Situation(**(given | fields))  # type: ignore[arg-type]


def step(**fields: object) -> Step:
    return Step.model_validate({"id": "late", "at": "due + 1", "to": "supplier", "say": "reminder"} | fields)


def test_the_shipped_ladder_goes_from_the_supplier_to_the_manager() -> None:
    shipped = from_yaml(files("orderwire.defaults").joinpath("reminders.yaml").read_text("utf-8"))
    told = [(r.days, r.step.to, r.turn) for r in shipped.ladders["order"]]
    assert told == [
        (-1, "supplier", 1), (1, "supplier", 1), (2, "second_contact", 1), (3, "supplier", 2), (3, "buyer", 1),
        (5, "manager", 1),
    ]  # fmt: skip
    assert "before" not in [r.step.id for r in shipped.ladders["cancellation"]]


@pytest.mark.parametrize(("text", "days"), [("due", 0), ("due - 1", -1), ("due+2", 2), ("due +  10", 10)])
def test_a_time_is_counted_in_working_days_from_the_due_day(text: str, days: int) -> None:
    assert step(at=text).at == days


@pytest.mark.parametrize(
    ("written", "line", "remedy"),
    [
        (STEP.replace("due + 1", "tomorrow"), "line 5", "write due - 1, due or due + 2"),
        (STEP.replace("supplier", "everybody"), "line 6", "pattern"),
        (STEP.replace("reminder", "shout"), "line 7", "'reminder' or 'escalation'"),
        (STEP.replace("reminder", "escalation"), "line 4", "say: reminder"),
        (STEP.replace("supplier", "buyer"), "line 4", "say: escalation"),
        (STEP + "    every: 2\n", "line 4", "every and at_most go together"),
        (STEP + "    at_most: 2\n", "line 4", "every and at_most go together"),
        (STEP + "    suplliers: [1]\n", "line 8", "Did you mean suppliers?"),
        (STEP + "    total_from: 10000\n", "line 8", "write it like EUR 50000"),
        (STEP + STEP, "line 1", "give each its own id"),
        (STEP.replace("  - id: late\n    ", "  - "), "line 4", "'id' is missing"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_line_and_remedy(written: str, line: str, remedy: str) -> None:
    with pytest.raises(Unreadable) as refused:
        from_yaml(HEAD + written)
    assert line in str(refused.value) and remedy in str(refused.value)


def test_a_step_to_the_manager_needs_one() -> None:
    with pytest.raises(Unreadable, match="add manager: group:NAME"):
        from_yaml(
            "name: Reminders\nsteps:\n"
            + STEP.replace("supplier", "manager").replace("say: reminder", "say: escalation")
        )


@pytest.mark.parametrize(
    ("conditions", "facts", "held"),
    [
        ({}, {}, True),
        ({"suppliers": ["70112"]}, {}, True),
        ({"suppliers": ["70113"]}, {}, False),
        ({"categories": ["steel", "cast"]}, {}, True),
        ({"categories": ["cast"]}, {}, False),
        ({"total_from": "EUR 12000"}, {}, True),
        ({"total_from": "EUR 12000.01"}, {}, False),
        ({"total_from": "EUR 9000"}, {"total": Amount(Decimal(10000), "USD")}, True),
        ({"total_from": "EUR 9001"}, {"total": Amount(Decimal(10000), "USD")}, False),
        ({"total_from": "EUR 9000"}, {"total": Amount(Decimal(1), "JPY")}, True),
        ({"never_opened": "true"}, {}, True),
        ({"never_opened": "true"}, {"opened": True}, False),
    ],
)
def test_a_step_holds_where_its_conditions_do(
    conditions: dict[str, object], facts: dict[str, object], held: bool
) -> None:
    assert holds(step(**conditions), situation(**facts), RATES) is held


steps = st.builds(
    lambda n, at, every, most: {
        "id": f"s{n}",
        "at": at,
        "to": "supplier",
        "say": "reminder",
        **({"every": every, "at_most": most} if most > 1 else {}),
    },
    st.integers(0, 10**6),
    st.integers(-5, 20),
    st.integers(1, 10),
    st.integers(1, 5),
)


@given(st.lists(steps, max_size=6, unique_by=lambda each: each["id"]))
def test_every_turn_of_every_step_is_there_once_and_in_order(written: list[dict[str, object]]) -> None:
    ladder = Reminders.model_validate({"name": "x", "steps": written})
    found = ladder.ladders["order"]
    assert [r.days for r in found] == sorted(r.days for r in found)
    assert len({(r.step.id, r.turn) for r in found}) == len(found) == sum(s.at_most for s in ladder.steps)
