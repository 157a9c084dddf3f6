"""824: what is written reads back as projected, and real ones are read with all their documents and items."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.document.advice import AdviceStatus, ApplicationAdvice
from orderwire.document.finding import has_errors
from orderwire.formats import CannotCarry, ReadDocument
from tests.pure.family import advices
from tests.pure.formats.x12.support import FORMAT, Numbers, codes, interchange, message

FAST = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
PROFILES = (
    {"on_loss": "accept"},
    {"on_loss": "note", "version": "005010", "usage": "T"},
    {"on_loss": "accept", "version": "007040", "segment_terminator": "'"},
)


@FAST
@given(advices(), st.sampled_from(PROFILES))
def test_any_advice_reads_back_as_projected(advice: ApplicationAdvice, profile: dict[str, str]) -> None:
    fitted, findings = FORMAT.project(advice, profile)
    if has_errors(findings):
        with pytest.raises(CannotCarry):
            FORMAT.write(advice, profile, Numbers())
        return
    assert FORMAT.project(fitted, profile)[0] == fitted
    try:
        written = FORMAT.write(advice, profile, Numbers())
    except CannotCarry as failure:  # the text holds the pinned terminator
        assert codes(failure.findings) == {"delimiter-in-text"}
        return
    (found,) = FORMAT.read(written.content, profile).documents
    assert found.document == fitted, found.findings


def advice(*segments: str) -> tuple[ReadDocument, ...]:
    return FORMAT.read(interchange(message(*segments, kind="824"), group="AG"), {}).documents


def test_a_rejection_names_the_order_the_element_and_the_reason() -> None:
    (found,) = advice(
        "BGN*00*ADV-1*20260103", "OTI*TR*PO*PO-1*****7*0001*850", "REF*IA*V-1", "TED*007**PO1**4**0",
        "NTE*ADD*The price is", "NTE**missing",
    )  # fmt: skip
    assert isinstance(found.document, ApplicationAdvice)
    assert found.number == "ADV-1" and found.document.status is AdviceStatus.REJECTED
    assert (found.document.order_number, found.document.document_number) == ("PO-1", "PO-1")
    assert (found.document.group_control, found.document.set_control) == ("7", "0001")
    (detail,) = found.document.details
    assert (detail.code, detail.field, detail.value, detail.text) == ("007", "PO104", "0", "The price is missing")
    assert [f.where for f in found.findings] == ["segment 4 REF"]


def test_items_of_a_document_keep_their_line_and_spoil_an_acceptance() -> None:
    (found,) = advice("BGN*00*A*20260103", "OTI*TA*PO*PO-1", "OTI*IR*LI*3", "TED*848*wrong color", "OTI*IA*LI*4")
    assert isinstance(found.document, ApplicationAdvice)
    assert found.document.status is AdviceStatus.ACCEPTED_WITH_ERRORS
    assert [(d.line, d.text) for d in found.document.details] == [("3", "wrong color")]


def test_one_set_about_several_documents_is_an_advice_on_each() -> None:
    first, second = advice("BGN*00*A*20260103", "OTI*TA*PO*PO-1", "OTI*TR*IV*INV-2", "TED*006*sent twice")
    assert isinstance(first.document, ApplicationAdvice) and isinstance(second.document, ApplicationAdvice)
    assert (first.document.order_number, first.document.status) == ("PO-1", AdviceStatus.ACCEPTED)
    assert (second.document.order_number, second.document.document_number) == (None, "INV-2")
    assert [d.text for d in second.document.details] == ["sent twice"]


@pytest.mark.parametrize(
    ("segments", "code"),
    [
        (("BGN*00*A*20260103",), "segment-missing"),
        (("OTI*TA*PO*PO-1",), "segment-missing"),
        (("BGN*00**20260103", "OTI*TA*PO*PO-1"), "missing"),
        (("BGN*00*A*20260103", "OTI*XX*PO*PO-1"), "advice-code"),
        (("BGN*00*A*20260103", "TED*024*why"), "segment-place"),
        (("BGN*00*A*20260103", "OTI*IR*LI*1"), "segment-place"),
    ],
)
def test_an_advice_that_says_nothing_certain_is_refused(segments: tuple[str, ...], code: str) -> None:
    (found,) = advice(*segments)
    assert not found.usable and code in codes(found.findings)


def test_an_advice_on_too_many_documents_is_refused_whole() -> None:
    (found,) = advice("BGN*00*A*20260103", *["OTI*TA*PO*PO-1"] * 1001)
    assert codes(found.findings) == {"too-many"}
