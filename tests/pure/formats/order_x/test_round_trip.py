"""What is written is read back as the projection says, for every document, level and way to treat losses."""

from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from orderwire.document.finding import has_errors
from orderwire.formats import CannotCarry
from orderwire.testing.formats import FixedContext
from tests.pure.formats.order_x.support import FORMAT, PROFILES, documents

_quick = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@_quick
@given(documents, st.sampled_from(PROFILES))
def test_what_comes_back_is_the_projection_and_nothing_is_left_unread(document: Any, profile: Any) -> None:
    projected, lost = FORMAT.project(document, profile)
    try:
        content = FORMAT.write(document, profile, FixedContext()).content
    except CannotCarry as refused:
        assert has_errors(lost)
        assert set(refused.findings) == set(lost)
        return assume(False)
    assert not has_errors(lost)
    result = FORMAT.read(content, profile)
    (read,) = result.documents
    assert read.document == projected
    assert read.usable
    assert [f for f in read.findings if f.code in ("not-kept", "total")] == []
    again, more = FORMAT.project(projected, profile)
    assert again == projected
    assert not has_errors(more)


@settings(_quick, max_examples=10)
@given(documents, st.sampled_from(PROFILES))
def test_the_same_document_gives_the_same_bytes(document: Any, profile: Any) -> None:
    try:
        first = FORMAT.write(document, profile, FixedContext()).content
    except CannotCarry:
        return assume(False)
    assert FORMAT.write(document, profile, FixedContext()).content == first
