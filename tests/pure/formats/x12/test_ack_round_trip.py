"""997, 999 and TA1: what is written reads back as projected, by us and by a reader that is not ours."""

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyx12.params import params
from pyx12.x12n_document import x12n_document

from orderwire.document.finding import has_errors
from orderwire.document.functional import (
    ElementError,
    FunctionalAck,
    FunctionalStatus,
    SegmentError,
    TransactionStatus,
)
from orderwire.formats import CannotCarry
from tests.pure.formats.x12.support import FORMAT, Numbers, codes, interchange, message
from tests.pure.orders import labels, maybe, texts

FAST = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))

CODES = st.sampled_from(["1", "3", "7", "8", "23", "12 a"])
SETS = st.builds(
    TransactionStatus,
    kind=st.sampled_from(["850", "860"]),
    control=st.integers(1, 9999).map("{:04d}".format),
    status=st.sampled_from(FunctionalStatus),
    code=maybe(st.sampled_from(["A", "E", "R", "M", "7"])),
    error_codes=st.lists(CODES, max_size=6).map(tuple),
    errors=st.lists(
        st.builds(
            SegmentError,
            segment=st.sampled_from(["PO1", "BEG", "N1"]),
            position=st.integers(0, 999_999),
            code=maybe(CODES),
            loop=maybe(st.sampled_from(["N1", "LOOP-X"])),
            context=st.lists(labels(max_size=50), max_size=2).map(tuple),
            elements=st.lists(
                st.builds(
                    ElementError,
                    position=st.integers(0, 99),
                    code=CODES,
                    component=maybe(st.integers(1, 3)),
                    value=maybe(labels(max_size=120)),
                ),
                max_size=2,
            ).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
)
ACKS = st.builds(
    FunctionalAck,
    group_kind=st.sampled_from(["PO", "PC", "ISA", "UNB"]),
    group_control=maybe(st.integers(1, 10**9 - 1).map(str)),
    group_version=maybe(st.sampled_from(["005010", "005010X231A1", "D96A of the buyer"])),
    prepared=maybe(st.just("260102 0304")),
    status=st.sampled_from(FunctionalStatus),
    code=maybe(st.sampled_from(["A", "E", "R", "X", "7"])),
    error_codes=st.lists(CODES | st.sampled_from(["001", "024"]), max_size=6).map(tuple),
    reason=maybe(texts()),
    included=maybe(st.integers(0, 99)),
    transactions=st.lists(SETS, max_size=3).map(tuple),
    test=st.booleans(),
)
PROFILES: tuple[dict[str, str], ...] = (
    {"on_loss": "accept"},
    {"on_loss": "accept", "version": "005010", "functional_ack": "999"},
    {"on_loss": "note", "version": "006020", "usage": "T", "component_separator": ":"},
)


@FAST
@given(ACKS, st.sampled_from(PROFILES))
def test_any_acknowledgment_reads_back_as_projected(ack: FunctionalAck, profile: dict[str, str]) -> None:
    fitted, findings = FORMAT.project(ack, profile)
    if has_errors(findings):
        with pytest.raises(CannotCarry):
            FORMAT.write(ack, profile, Numbers())
        return
    assert FORMAT.project(fitted, profile)[0] == fitted
    try:
        written = FORMAT.write(ack, profile, Numbers())
    except CannotCarry as failure:  # the text holds the pinned separator
        assert codes(failure.findings) == {"delimiter-in-text"}
        return
    result = FORMAT.read(written.content, profile)
    assert [d.document for d in result.documents] == [fitted], result.documents[0].findings
    assert result.acks == (), "an acknowledgment is never acknowledged"


def rejection(**more: Any) -> FunctionalAck:
    """A rejected order with an unknown unit in its third segment."""
    element = ElementError(position=3, code="7", value="QQ")
    segment = SegmentError(segment="PO1", position=3, code="8", elements=(element,), context=("TRN02 17",))
    one = TransactionStatus(kind="850", control="0001", status=FunctionalStatus.REJECTED, errors=(segment,),
                            error_codes=("5",))  # fmt: skip
    said = {"group_kind": "PO", "group_control": "7", "status": FunctionalStatus.REJECTED, "transactions": (one,)}
    return FunctionalAck.model_validate({**said, **more})


@pytest.mark.parametrize(
    ("profile", "kind"),
    [
        ({}, b"997"),
        ({"version": "005010"}, b"997"),
        ({"version": "005010", "functional_ack": "999"}, b"999"),
        ({"version": "007040"}, b"999"),
        ({"version": "007040", "functional_ack": "997"}, b"997"),
    ],
)
def test_the_profile_chooses_the_set_that_acknowledges(profile: dict[str, str], kind: bytes) -> None:
    content = FORMAT.write(rejection(), {**profile, "on_loss": "accept"}, Numbers()).content
    assert b"ST*" + kind + b"*0001" in content
    assert (b"IK3*PO1*3**8~\nCTX*TRN02>17~\nIK4*3**7*QQ~\nIK5*R*5~" in content) is (kind == b"999")
    assert (b"AK3*PO1*3**8~\nAK4*3**7*QQ~\nAK5*R*5~" in content) is (kind == b"997")


def test_a_999_of_a_version_that_has_none_is_refused() -> None:
    with pytest.raises(CannotCarry) as refused:
        FORMAT.write(rejection(), {"functional_ack": "999"}, Numbers())
    assert codes(refused.value.findings) >= {"version"}


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"group_control": None}, "group_control"),
        ({"group_kind": "UNB"}, "group_kind"),
        ({"group_control": "A1"}, "group_control"),
        ({"group_kind": "ISA"}, "prepared"),
        ({"group_kind": "ISA", "group_control": None, "prepared": "260102 0304"}, "group_control"),
    ],
)
def test_an_acknowledgment_of_another_format_is_refused_naming_what_x12_needs(more: dict[str, Any], where: str) -> None:
    with pytest.raises(CannotCarry) as refused:
        FORMAT.write(rejection(**more), {"on_loss": "accept"}, Numbers())
    assert where in {f.where for f in refused.value.findings}


def test_a_ta1_stands_in_an_interchange_without_groups_that_asks_for_nothing() -> None:
    ack = FunctionalAck(group_kind="ISA", group_control="7", prepared="260102 0304", status=FunctionalStatus.REJECTED,
                        error_codes=("024",))  # fmt: skip
    written = FORMAT.write(ack, {"request_ta1": True}, Numbers())
    rows = written.content.split(b"~\n")
    assert rows[1:3] == [b"TA1*000000007*260102*0304*R*024", b"IEA*0*000000001"]
    assert rows[0].split(b"*")[14] == b"0" and written.controls == {"isa": "000000001"}
    assert written.filename == "TA1-000000001.x12"
    (found,) = FORMAT.read(written.content, {}).documents
    assert (found.number, found.envelope["set_kind"], found.envelope["acknowledged_kind"]) == (
        "000000007",
        "TA1",
        "ISA",
    )


@pytest.mark.parametrize(
    ("row", "code"), [("TA1**260102*0304*A*000", "missing"), ("TA1*000000007*260102*0304*Q*000", "ack-code")]
)
def test_a_ta1_that_says_nothing_certain_is_refused(row: str, code: str) -> None:
    content = interchange(message("AK1*PO*11", "AK9*A*1*1*1", kind="997"), group="FA").replace(
        b"GS*", row.encode() + b"~\nGS*"
    )
    notice, other = FORMAT.read(content, {}).documents
    assert not notice.usable and code in codes(notice.findings) and notice.findings[0].where.startswith("segment 1 TA1")
    assert other.usable, "its neighbor is kept"


def test_the_context_of_a_999_is_told_in_words() -> None:
    rows = message("AK1*HC*17*005010", "AK2*850*0001", "IK3*PO1*22**8", "CTX*PO101:3", "CTX*SITUATIONAL TRIGGER*PO1*43",
                   "IK4*2:1*782*1", "IK5*R*5", "AK9*R*1*1*0", kind="999")  # fmt: skip
    content = interchange(rows, group="FA", version="005010").replace(b"*P*>", b"*P*:")
    (found,) = FORMAT.read(content, {}).documents
    assert isinstance(found.document, FunctionalAck)
    (error,) = found.document.transactions[0].errors
    assert error.context == ("PO101 3", "SITUATIONAL TRIGGER at segment 43 PO1")
    assert (error.elements[0].position, error.elements[0].component) == (2, 1)


@pytest.mark.parametrize("profile", [{}, {"version": "005010X231A1", "functional_ack": "999"}])
def test_another_reader_finds_no_fault_in_what_we_write(profile: dict[str, str]) -> None:
    """pyx12 knows the sets of health care only, so it judges the acknowledgment of a remittance (820 in RA)."""
    options = {**profile, "on_loss": "accept", "component_separator": ":"}
    ack = rejection(group_kind="RA", group_version="005010" if profile else None)
    update = {"transactions": tuple(t.model_copy(update={"kind": "820"}) for t in ack.transactions)}
    content = FORMAT.write(ack.model_copy(update=update), options, Numbers()).content.decode()
    told = io.StringIO()
    assert x12n_document(params(), io.StringIO(content), fd_997=None, fd_html=None, fd_json=told), told.getvalue()
