"""What is written reads back as projected and is valid by the DTD that it names: for every document and profile."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.document.finding import has_errors
from orderwire.formats import CannotCarry, Content
from tests.pure.formats.cxml.support import (
    ACKS,
    ADVICES,
    CANCELLATIONS,
    CHANGES,
    FORMAT,
    ORDERS,
    RESPONSES,
    SHIP_NOTICES,
    Context,
    assert_valid,
)

PROFILES = st.fixed_dictionaries(
    {},
    optional={
        "on_loss": st.sampled_from(["accept", "note", "commercial", "refuse"]),
        "deployment": st.sampled_from(["production", "test"]),
        "deleted_lines": st.sampled_from(["mark", "omit"]),
        "line_numbers": st.sampled_from(["whole", "any"]),
        "language": st.sampled_from(["en", "de", "fr-CA"]),
        "units": st.just({"KGM": "KG", "H87": "PCE", "XBX": "BX"}),
        "no_category": st.sampled_from(["unknown", "00000000"]),
        "to_domain": st.sampled_from(["DUNS", "NetworkID"]),
        "version": st.sampled_from(["1.2.063", "1.2.050"]),
    },
)
FAST = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def holds(document: Content, profile: dict[str, Any]) -> None:
    fitted, findings = FORMAT.project(document, profile)
    if has_errors(findings):
        with pytest.raises(CannotCarry):
            FORMAT.write(document, profile, Context())
        return
    written = FORMAT.write(document, profile, Context())
    assert_valid(written.content)
    result = FORMAT.read(written.content, profile)
    assert not has_errors(result.findings), result.findings
    (found,) = result.documents
    assert found.document == fitted, found.findings
    assert found.usable
    assert {f.code for f in found.findings if f.severity != "info"} <= {"order-missing"}, found.findings
    assert found.envelope["payload"] == written.controls["payload"]
    again, _ = FORMAT.project(fitted, profile)
    assert again == fitted


EVERY = {
    "order": ORDERS, "change": CHANGES, "cancellation": CANCELLATIONS, "answer": RESPONSES,
    "ship notice": SHIP_NOTICES, "advice": ADVICES, "acknowledgment": ACKS,
}  # fmt: skip


@FAST
@pytest.mark.parametrize("kind", EVERY)
@given(st.data(), PROFILES)
def test_any_document_under_any_profile_reads_back_and_is_valid(
    kind: str, data: st.DataObject, profile: dict[str, Any]
) -> None:
    holds(data.draw(EVERY[kind]), profile)
