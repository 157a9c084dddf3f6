"""APERAK: what became of a document, by whatever of BGM and ERC says it; what is written reads back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.document.advice import AdviceDetail, AdviceStatus, ApplicationAdvice
from orderwire.document.finding import has_errors
from orderwire.formats import CannotCarry, ReadDocument
from orderwire.testing.formats import FixedContext
from tests.pure.family import advices
from tests.pure.formats.edifact import directory
from tests.pure.formats.edifact.files import FORMAT, codes, file, message

FAST = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
PROFILES = (
    {},
    {"version": "D01B", "on_loss": "accept"},
    {"newline": True, "decimal_mark": ",", "on_loss": "note"},
    {"component_separator": "|", "element_separator": "*", "release_character": "\\", "segment_terminator": "~",
     "repetition_separator": "^", "syntax_version": 4},
)  # fmt: skip


@FAST
@given(advices(), st.sampled_from(PROFILES))
def test_any_advice_reads_back_as_projected(advice: ApplicationAdvice, profile: dict[str, object]) -> None:
    fitted, findings = FORMAT.project(advice, profile)
    assert findings or fitted == advice
    try:
        written = FORMAT.write(advice, profile, FixedContext())
    except CannotCarry as failure:
        assert has_errors(findings) or failure.findings[0].code == "unmappable"
        return
    (found,) = FORMAT.read(written.content, profile).documents
    assert found.document == fitted, found.findings
    assert FORMAT.project(fitted, profile)[0] == fitted


@FAST
@given(advices(), st.sampled_from(["D96A", "D01B"]))
def test_what_is_written_keeps_the_message_table_of_the_directory(advice: ApplicationAdvice, version: str) -> None:
    if not directory.FOLDER.is_dir():
        pytest.skip("the corpus is not here")
    profile = {"version": version, "syntax": "UNOY", "on_loss": "accept"}
    written = FORMAT.write(advice, profile, FixedContext()).content.decode()
    assert not directory.faults(written, version)


def _read(*segments: str, profile: dict[str, object] | None = None) -> ReadDocument:
    (found,) = FORMAT.read(file(message(*segments)), profile or {}).documents
    return found


def _advice(*segments: str, profile: dict[str, object] | None = None) -> ApplicationAdvice:
    document = _read(*segments, profile=profile).document
    assert isinstance(document, ApplicationAdvice)
    return document


@pytest.mark.parametrize(
    ("bgm", "status", "code"),
    [
        ("BGM++1+9+AP", AdviceStatus.ACCEPTED, "AP"),
        ("BGM++1+9+RE", AdviceStatus.REJECTED, "RE"),
        ("BGM++1+9+CA", AdviceStatus.ACCEPTED_WITH_ERRORS, "CA"),
        ("BGM++1+9+AB", AdviceStatus.RECEIVED, "AB"),
        ("BGM++1+27", AdviceStatus.REJECTED, "27"),
        ("BGM++1+29", AdviceStatus.ACCEPTED, "29"),
        ("BGM++1+34", AdviceStatus.ACCEPTED_WITH_ERRORS, "34"),
        ("BGM+312+1+9", AdviceStatus.ACCEPTED, "312"),
        ("BGM+313+1+9", AdviceStatus.REJECTED, "313"),
        ("BGM++1+9", AdviceStatus.RECEIVED, "9"),
    ],
)
def test_the_response_the_function_or_the_name_says_what_became_of_it(
    bgm: str, status: AdviceStatus, code: str
) -> None:
    found = _advice(bgm, "RFF+ON:PO-1")
    assert (found.status, found.code, found.order_number) == (status, code, "PO-1")


def test_errors_without_a_word_of_acceptance_are_a_refusal_and_that_is_told() -> None:
    found = _read("BGM+305+1+9", "ERC+12", "FTX+AAO+++bad part")
    assert isinstance(found.document, ApplicationAdvice)
    assert found.document.status is AdviceStatus.REJECTED
    assert found.document.details == (AdviceDetail(code="12", text="bad part"),)
    assert "status-unsaid" in codes(found.findings)


def test_the_profile_knows_what_a_partner_means_by_his_codes() -> None:
    profile: dict[str, object] = {"advice_codes": {"1": "accepted", "12": "rejected"}}
    assert _advice("BGM+305+1+9", "ERC+1", profile=profile).status is AdviceStatus.ACCEPTED
    assert _advice("BGM+305+1+9", "ERC+12", profile=profile).status is AdviceStatus.REJECTED
    mixed = _read("BGM+305+1+9", "ERC+1", "ERC+99", profile=profile)
    assert isinstance(mixed.document, ApplicationAdvice)
    assert mixed.document.status is AdviceStatus.REJECTED and "status-unsaid" in codes(mixed.findings)


def test_references_say_what_it_is_about() -> None:
    found = _advice(
        "BGM++1+9+AP", "DOC+220+PO-7", "RFF+ON:PO-1", "RFF+AGO:BGM-9", "RFF+ACE:4711", "RFF+TN:5", "ERC+7",
        "FTX+AAO+++wrong", "RFF+LI:30",
    )  # fmt: skip
    assert (found.document_kind, found.document_number, found.order_number) == ("ORDERS", "PO-7", "PO-1")
    assert (found.interchange_control, found.set_control) == ("4711", "5")
    assert found.details == (AdviceDetail(code="7", text="wrong", line="30"),)
    assert _advice("BGM++1+9", "RFF+ACW:A", "RFF+AGO:B").document_number == "A"


def test_without_bgm_it_says_nothing() -> None:
    found = _read("RFF+ON:PO-1")
    assert not found.usable and "segment-missing" in codes(found.findings)


def test_what_has_no_place_is_told() -> None:
    detail = AdviceDetail(text="x", field="PRI", value="9")
    advice = ApplicationAdvice(
        status=AdviceStatus.REJECTED, group_control="1", document_kind="ORDERS", details=(detail,)
    )
    _, findings = FORMAT.project(advice, {})
    assert {f.where for f in findings} >= {"group_control", "document_kind", "details[1].field", "details[1].value"}
