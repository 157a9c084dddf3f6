"""CONTRL: who is answered, with which codes at which places, and what comes back is what went out."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.document.finding import has_errors
from orderwire.document.functional import (
    ElementError,
    FunctionalAck,
    FunctionalStatus,
    SegmentError,
    TransactionStatus,
)
from orderwire.formats import CannotCarry
from orderwire.testing.formats import FixedContext
from tests.pure.formats.edifact.files import ASKING, FORMAT, ORDER, UNB, advice, codes, file, message, notice

FAST = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
ERRORS = st.sampled_from(["12", "13", "21", "35"])
ELEMENTS = st.builds(
    ElementError, position=st.integers(0, 30), code=ERRORS, component=st.none() | st.integers(1, 9),
    value=st.none() | st.just("x"),
)  # fmt: skip
SEGMENTS = st.builds(
    SegmentError, segment=st.sampled_from(["BGM", "LIN", "UNT", "UNH"]), position=st.integers(0, 9999),
    code=st.none() | ERRORS, elements=st.lists(ELEMENTS, max_size=3).map(tuple),
)  # fmt: skip
TRANSACTIONS = st.builds(
    TransactionStatus, kind=st.sampled_from(["ORDERS", "ORDERS:D:96A:UN:EAN008", "DESADV:D:01B:UN"]),
    control=st.integers(1, 10**9).map(str), status=st.sampled_from(FunctionalStatus),
    code=st.none() | st.sampled_from(["4", "7", "A"]), errors=st.lists(SEGMENTS, max_size=3).map(tuple),
    error_codes=st.lists(ERRORS, max_size=2).map(tuple),
)  # fmt: skip
ACKS = st.builds(
    FunctionalAck, group_kind=st.just("UNB"), group_control=st.integers(1, 10**9).map(str),
    status=st.sampled_from(FunctionalStatus), code=st.none() | st.sampled_from(["4", "7", "8", "P"]),
    error_codes=st.lists(ERRORS, max_size=2).map(tuple), reason=st.none() | st.just("why"),
    included=st.none() | st.integers(0, 9), transactions=st.lists(TRANSACTIONS, max_size=4).map(tuple),
    test=st.booleans(),
)  # fmt: skip


@FAST
@given(ACKS)
def test_any_acknowledgment_reads_back_as_projected(ack: FunctionalAck) -> None:
    fitted, findings = FORMAT.project(ack, {})
    assert not has_errors(findings)
    assert bool(findings) or not (ack.reason or ack.included or len(ack.error_codes) > 1)
    (found,) = FORMAT.read(FORMAT.write(ack, {}, FixedContext()).content, {}).documents
    assert found.document == fitted, found.findings
    assert FORMAT.project(fitted, {})[0] == fitted


def _answer(content: bytes, profile: dict[str, object] | None = None) -> str:
    """The CONTRL that goes back, from UCI to its UNT."""
    (item,) = FORMAT.read(content, profile or {}).acks
    ack, address = item
    text = FORMAT.write(ack, {**(profile or {}), **address}, FixedContext()).content.decode()
    return text[text.index("UCI") : text.index("'UNT+") + 1]


def test_an_interchange_that_asks_is_acknowledged_with_its_parties_turned_around() -> None:
    result = FORMAT.read(file(advice(), unb=ASKING), {})
    ((ack, address),) = result.acks
    written = FORMAT.write(ack, address, FixedContext()).content.decode()
    assert "UNB+UNOC:3+5412345000176:14+4012345000094:14+260131:0930+1'" in written
    assert "UNH+1+CONTRL:D:3:UN'" in written
    assert "UCI+4711+4012345000094:14+5412345000176:14+7'UCM+1+APERAK:D:96A:UN+7'UNT+4+1'" in written
    assert (ack.group_kind, ack.group_control, ack.status) == ("UNB", "4711", FunctionalStatus.ACCEPTED)


@pytest.mark.parametrize(
    ("unb", "contrl", "answered"),
    [
        (UNB, "asked", False),
        (ASKING, "asked", True),
        (UNB, "always", True),
        (ASKING, "never", False),
    ],
)
def test_the_profile_says_when_an_accepted_interchange_is_answered(unb: str, contrl: str, answered: bool) -> None:
    assert bool(FORMAT.read(file(advice(), unb=unb), {"contrl": contrl}).acks) is answered


def test_a_rejection_is_answered_without_being_asked_for_unless_never() -> None:
    refused = file(message("BGM+220+1", kind="QUOTES"))
    assert _answer(refused) == "UCI+4711+4012345000094:14+5412345000176:14+7'UCM+1+QUOTES:D:96A:UN+4+14+UNH+3:1'"
    assert not FORMAT.read(refused, {"contrl": "never"}).acks


def test_a_contrl_is_never_answered() -> None:
    contrl = message("UCI+9+A+B+7", kind="CONTRL", version="D:3:UN")
    assert not FORMAT.read(file(contrl, unb=ASKING), {"contrl": "always"}).acks
    broken = message("UCM+1+ORDERS:D:96A:UN+7", kind="CONTRL", version="D:3:UN")
    assert not FORMAT.read(file(broken, unb=ASKING), {"contrl": "always"}).acks


def test_nobody_is_answered_who_gave_no_number_or_no_address() -> None:
    assert not FORMAT.read(file(advice(), unb="UNB+UNOC:3++B+261122:1405+4711++++1"), {}).acks
    assert not FORMAT.read(file(advice(), unb="UNB+UNOC:3+A+B+261122:1405+++++1", unz="UNZ+1+"), {}).acks


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("UNT+9+1", "UCM+1+APERAK:D:96A:UN+7+29+UNT+2'"),
        ("UNT+5+2", "UCM+1+APERAK:D:96A:UN+7+28+UNT+3'"),
        ("", "UCM+1+APERAK:D:96A:UN+7+13+UNT'"),
    ],
)
def test_a_fault_of_the_frame_is_told_in_the_ucm_and_the_message_used(tail: str, expected: str) -> None:
    content = file(advice(tail=tail), unb=ASKING)
    assert all(document.usable for document in FORMAT.read(content, {}).documents)
    assert expected in _answer(content)


def test_a_bad_value_is_told_by_the_place_of_segment_element_and_component() -> None:
    bad = [s if not s.startswith("QTY") else "QTY+12:ten:PCE" for s in notice()]
    assert _answer(file(bad, unb=ASKING)).endswith("UCM+2+DESADV:D:96A:UN+4'UCS+11'UCD+37+2:2'")


@pytest.mark.parametrize(("kind", "function"), [("ORDERS", "9"), ("ORDCHG", "4")])
def test_a_missing_uns_is_told_before_the_totals_and_the_message_used(kind: str, function: str) -> None:
    order = (f"BGM+220+PO-1+{function}", *ORDER[1:])
    whole = file(message(*order, kind=kind), unb=ASKING)
    assert _answer(whole).endswith(f"UCM+1+{kind}:D:96A:UN+7'")
    content = file(message(*(s for s in order if s not in ("UNS+S", "MOA+79:6")), kind=kind), unb=ASKING)
    (found,) = FORMAT.read(content, {}).documents
    assert found.usable and "uns-missing" in codes(found.findings)
    assert _answer(content).endswith(f"UCM+1+{kind}:D:96A:UN+7'UCS+19+13'")


def test_a_missing_segment_is_told_where_it_was_missed() -> None:
    answer = _answer(file(message("RFF+ON:1", kind="APERAK")))
    assert answer.endswith("UCM+1+APERAK:D:96A:UN+4'UCS+3+13'")


@pytest.mark.parametrize(
    ("unz", "expected"),
    [("", "+7+13'"), ("UNZ+2+4711", "+7+29'"), ("UNZ+1+4712", "+7+28'")],
)
def test_a_fault_of_the_interchange_is_told_in_the_uci(unz: str, expected: str) -> None:
    assert f"5412345000176:14{expected}" in _answer(file(advice(), unb=ASKING, unz=unz))


def test_an_empty_interchange_is_rejected() -> None:
    assert _answer(file(unb=ASKING)) == "UCI+4711+4012345000094:14+5412345000176:14+4+32'"


def test_one_rejected_message_makes_the_interchange_partly_accepted() -> None:
    ((ack, _),) = FORMAT.read(file(advice("1"), message("BGM+9+1", kind="QUOTES", control="2")), {}).acks
    assert ack.status is FunctionalStatus.PARTIAL
    assert [item.code for item in ack.transactions] == ["7", "4"]


@pytest.mark.parametrize(
    ("uci", "status"),
    [
        ("UCI+9+A+B+4+2+UNB", FunctionalStatus.REJECTED),
        ("UCI+9+A+B+7", FunctionalStatus.ACCEPTED),
        ("UCI+9+A+B+8", FunctionalStatus.ACCEPTED),
        ("UCI+9+A+B+6", FunctionalStatus.REJECTED),
        ("UCI+9+A+B+7+29+UNZ", FunctionalStatus.ACCEPTED_WITH_ERRORS),
    ],
)
def test_each_action_has_its_meaning(uci: str, status: FunctionalStatus) -> None:
    (found,) = FORMAT.read(file(message(uci, kind="CONTRL", version="2:2:UN")), {}).documents
    assert isinstance(found.document, FunctionalAck)
    assert found.document.status is status
    assert found.envelope["acknowledged_control"] == "9"


@pytest.mark.filterwarnings("ignore:segments.xml not found")
def test_another_reader_finds_the_same_segments() -> None:
    pydifact = pytest.importorskip("pydifact.segmentcollection", reason="pydifact is not installed")
    refused = file(message("BGM+220+1", kind="QUOTES"), advice("2"), unb=ASKING)
    ((ack, address),) = FORMAT.read(refused, {}).acks
    text = FORMAT.write(ack, address, FixedContext()).content.decode()
    found = pydifact.RawSegmentCollection.from_str(text)
    assert [segment.tag for segment in found.segments] == ["UNA", "UNB", "UNH", "UCI", "UCM", "UCM", "UNT", "UNZ"]
    (uci,) = found.get_segments("UCI")
    assert uci.elements == ["4711", ["4012345000094", "14"], ["5412345000176", "14"], "7"]


def test_a_rejected_group_rejects_what_it_holds() -> None:
    segments = ("UCI+9+A+B+7", "UCF+1+A+B+4+29")
    (found,) = FORMAT.read(file(message(*segments, kind="CONTRL")), {}).documents
    assert isinstance(found.document, FunctionalAck)
    assert found.document.status is FunctionalStatus.REJECTED


def test_places_of_errors_are_counted_behind_the_segment_tag() -> None:
    segments = ("UCI+9+A+B+7", "UCM+1+ORDERS:D:96A:UN+4", "UCS+5+12", "UCD+39+2:1")
    (found,) = FORMAT.read(file(message(*segments, kind="CONTRL")), {}).documents
    assert isinstance(found.document, FunctionalAck)
    ((error,),) = [item.errors for item in found.document.transactions]
    assert (error.position, error.code) == (5, "12")
    assert error.elements == (ElementError(position=1, component=1, code="39"),)


@pytest.mark.parametrize(
    ("segments", "code"),
    [
        (("UCM+1+ORDERS:D:96A:UN+7",), "segment-missing"),
        (("UCI++A+B+7",), "missing"),
        (("UCI+9+A+B+99",), "action"),
        (("UCI+9+A+B+7", "UCI+8+A+B+7"), "segment-twice"),
    ],
)
def test_an_acknowledgment_that_does_not_say_what_it_means_is_refused(segments: tuple[str, ...], code: str) -> None:
    (found,) = FORMAT.read(file(message(*segments, kind="CONTRL")), {}).documents
    assert not found.usable
    assert code in codes(found.findings)


def test_an_acknowledgment_of_a_group_alone_cannot_be_written() -> None:
    ack = FunctionalAck(group_kind="PO", group_control="1", status=FunctionalStatus.ACCEPTED)
    with pytest.raises(CannotCarry, match="UNB"):
        FORMAT.write(ack, {}, FixedContext())
