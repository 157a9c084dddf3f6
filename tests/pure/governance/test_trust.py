"""An approval that comes with an order counts only from a trusted source and only as far as the trust goes."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.amount import Amount
from orderwire.formats import Approval
from orderwire.governance.policy import from_json
from orderwire.governance.trust import trusts

NOW = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.UTC)
POLICY = from_json(
    {
        "name": "Test",
        "limits": [{"group": "buyers", "up_to": "EUR 1"}],
        "trusted_sources": [
            {"source": "api:erp", "up_to": "EUR 250000", "approvers": "jens"},
            {"source": "folder:in", "reference_required": False},
        ],
    }
)
GIVEN = Approval("jens", "2026-11-22T09:00:00Z", "WF-17")


def ask(source: str = "api:erp", given_approval: Approval | None = GIVEN, total: str = "EUR 250000") -> Any:
    return trusts(POLICY, source=source, total=Amount.parse(total), given=given_approval, now=NOW)


def test_a_trusted_source_is_believed_up_to_its_limit() -> None:
    assert ask().allowed
    assert ask("folder:in", Approval("anybody", "2026-11-22T10:30:00+01:00")).allowed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": "api:other"}, "not a trusted source"),
        ({"source": "API:ERP"}, "not a trusted source"),
        ({"given_approval": None}, "names no approver"),
        ({"given_approval": Approval(" ", GIVEN.at, "x")}, "names no approver"),
        ({"given_approval": Approval("ines", GIVEN.at, "x")}, "not an approver"),
        ({"given_approval": Approval("jens", GIVEN.at)}, "no reference"),
        ({"given_approval": Approval("jens", "yesterday", "x")}, "not a time"),
        ({"given_approval": Approval("jens", "2026-11-22T09:00:00", "x")}, "has no zone"),
        ({"given_approval": Approval("jens", "2026-11-22T09:36:00Z", "x")}, "in the future"),
        ({"total": "EUR 250000.01"}, "trusted up to EUR 250,000; this order is EUR 250,000.01"),
        ({"total": "USD 1"}, "no rate from USD to EUR"),
    ],
)
def test_everything_else_must_be_approved_here(changes: dict[str, Any], words: str) -> None:
    verdict = ask(**changes)
    assert not verdict.allowed and words in verdict.reason


@given(st.text(max_size=40) | st.datetimes(timezones=st.timezones() | st.none()).map(str))
def test_whatever_stands_as_time_is_answered_in_words(at: str) -> None:
    assert ask("folder:in", Approval("jens", at)).reason
