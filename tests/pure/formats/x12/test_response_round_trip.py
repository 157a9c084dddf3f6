"""855 and 997: what is written reads back, and codes keep their meaning."""

import datetime
from decimal import Decimal

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
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.formats import CannotCarry
from tests.pure.family import responses
from tests.pure.formats.x12.support import FORMAT, Numbers, codes, interchange, message
from tests.pure.orders import dates, decimals, labels, maybe, parties, texts

FAST = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

LINES = st.builds(
    LineAnswer,
    number=maybe(st.integers(1, 3).map(str)),
    status=st.sampled_from([s for s in LineStatus if s is not LineStatus.ADDED]),
    quantity=maybe(decimals("0", "9999")),
    unit=st.sampled_from(["EA", "C62", "KGM"]),
    price=maybe(st.sampled_from([Decimal(5), Decimal("9.25")])),
    promised=maybe(dates),
    ships=maybe(dates),
    buyer_part=maybe(labels(max_size=20)),
    supplier_part=maybe(st.just("V-1")),
    gtin=maybe(st.sampled_from(["12345678", "1234567890123", "not a gtin"])),
    substitute_part=maybe(st.just("S-2")),
    reason=maybe(texts()),
    code=maybe(st.sampled_from(["IA", "IQ", "DR", "IR", "R2", "5"])),
)
RESPONSES = st.builds(
    Response,
    order_number=st.just("PO-77"),
    revision=maybe(st.integers(1, 99)),
    release_number=maybe(st.just("R1")),
    status=st.sampled_from(HeaderStatus),
    code=maybe(st.sampled_from(["AD", "AT", "RJ", "RO", "AH", "AP"])),
    answered=maybe(dates),
    supplier=maybe(parties()),
    answers=st.sampled_from(["order", "change", "cancellation"]),
    change_number=maybe(st.just("C-4")),
    sequence=maybe(st.integers(1, 99999)),
    supplier_order_number=maybe(st.just("SO-9")),
    currency=maybe(st.just("USD")),
    reason=maybe(texts()),
    contact=maybe(labels(max_size=80)),
    test=st.booleans(),
    lines=st.lists(LINES, max_size=6).map(tuple),
)


PROFILES = st.fixed_dictionaries(
    {"on_loss": st.sampled_from(["accept", "note", "commercial"]), "version": st.sampled_from(["004010", "005010"])},
    optional={
        "usage": st.just("T"),
        "element_separator": st.sampled_from(["|", "\x1d"]),
        "segment_terminator": st.sampled_from(["'", "\n", "\x1c"]),
    },
)


@FAST
@given(RESPONSES | responses(), PROFILES)
def test_any_answer_reads_back_as_projected(response: Response, profile: dict[str, object]) -> None:
    fitted, findings = FORMAT.project(response, profile)
    try:
        written = FORMAT.write(response, profile, Numbers())
    except CannotCarry as refusal:
        assert has_errors(findings) or {f.code for f in refusal.findings} == {"delimiter-in-text"}
        return
    assert not has_errors(findings)
    assert FORMAT.project(fitted, profile)[0] == fitted
    (found,) = FORMAT.read(written.content, profile).documents
    assert found.document == fitted, found.findings
    assert found.envelope["set_kind"] == ("855" if response.answers == "order" else "865")


CODES = st.sampled_from(["1", "3", "7", "8"])
ACKS = st.builds(
    FunctionalAck,
    group_kind=st.sampled_from(["PO", "PC"]),
    group_control=st.integers(1, 10**9 - 1).map(str),
    status=st.sampled_from(FunctionalStatus),
    error_codes=st.lists(CODES, max_size=3).map(tuple),
    included=maybe(st.integers(0, 99)),
    transactions=st.lists(
        st.builds(
            TransactionStatus,
            kind=st.sampled_from(["850", "860"]),
            control=st.integers(1, 9999).map("{:04d}".format),
            status=st.sampled_from([s for s in FunctionalStatus if s is not FunctionalStatus.PARTIAL]),
            error_codes=st.lists(CODES, max_size=5).map(tuple),
            errors=st.lists(
                st.builds(
                    SegmentError,
                    segment=st.sampled_from(["PO1", "BEG"]),
                    position=st.integers(1, 999),
                    code=maybe(CODES),
                    loop=maybe(st.just("N1")),
                    elements=st.lists(
                        st.builds(
                            ElementError,
                            position=st.integers(1, 25),
                            code=CODES,
                            component=maybe(st.integers(1, 3)),
                            value=maybe(labels(max_size=30)),
                        ),
                        max_size=2,
                    ).map(tuple),
                ),
                max_size=2,
            ).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    test=st.booleans(),
)


@FAST
@given(ACKS)
def test_any_functional_acknowledgment_reads_back_as_projected(ack: FunctionalAck) -> None:
    result = FORMAT.read(FORMAT.write(ack, {}, Numbers()).content, {})
    assert result.documents[0].document == FORMAT.project(ack, {})[0], result.documents[0].findings
    assert result.acks == (), "an acknowledgment is never acknowledged"


def answer(*segments: str) -> Response:
    (found,) = FORMAT.read(interchange(message(*segments, kind="855"), group="PR"), {}).documents
    assert isinstance(found.document, Response), found.findings
    return found.document


def test_a_split_confirmation_keeps_every_part() -> None:
    found = answer(
        "BAK*00*AC*PO-1*20260102*****20260103", "PO1*1*30*EA*5**BP*A", "ACK*IQ*10*EA*067*20260201",
        "ACK*IB*20*EA*068*20260301", "CTT*1",
    )  # fmt: skip
    assert [(a.status, a.quantity, a.promised, a.ships) for a in found.lines] == [
        (LineStatus.CHANGED, Decimal(10), datetime.date(2026, 2, 1), None),
        (LineStatus.BACKORDERED, Decimal(20), None, datetime.date(2026, 3, 1)),
    ]
    assert found.answered == datetime.date(2026, 1, 3)


def test_a_hundred_and_four_answers_share_one_line() -> None:
    lines = tuple(
        LineAnswer(number="1", status=LineStatus.CHANGED, quantity=Decimal(n), unit="EA") for n in range(1, 106)
    )
    response = Response(order_number="PO-1", status=HeaderStatus.ACCEPTED_WITH_CHANGES, lines=lines)
    written = FORMAT.write(response, {}, Numbers())
    assert written.content.count(b"\nPO1*1~") == 2
    assert FORMAT.read(written.content, {}).documents[0].document == FORMAT.project(response, {})[0]


def test_an_answer_without_ack_segments_takes_the_meaning_of_its_header() -> None:
    found = answer("BAK*00*AD*PO-1*20260102", "PO1*1*72*EA*47.34*UM*BP*C9")
    assert [(a.status, a.quantity, a.price, a.code) for a in found.lines] == [
        (LineStatus.ACCEPTED, Decimal(72), Decimal("47.34"), None)
    ]


@pytest.mark.parametrize(
    ("price", "basis"),
    [(["PO1*1*10*EA*250*HP"], 100), (["PO1*1*10*EA*250"], None), (["PO1*1*10*EA*250*EA"], 1),
     (["PO1*1*10*EA", "CTP**UCP*250*100*EA"], 100), (["PO1*1*10*EA", "CTP**UCP*250*100*LB"], None)],
)  # fmt: skip
def test_a_price_is_for_as_many_as_the_answer_says(price: list[str], basis: int | None) -> None:
    (line,) = answer("BAK*00*AC*PO-1*20260102", *price, "ACK*IP*10*EA").lines
    assert (line.price, line.price_basis) == (250, basis)


@pytest.mark.parametrize(("basis", "row", "told"), [
    (1, "5*PE", ""), (1000, "5*TP", ""), (2, "2.5*PE", "price-for-one"), (None, "5", ""),
    (3, "1.666666667*PE", "not-carried"),
])  # fmt: skip
def test_a_price_is_written_for_as_many_as_x12_has_a_code_for_else_for_one(
    basis: int | None, row: str, told: str
) -> None:
    line = LineAnswer.model_validate({"number": "1", "status": LineStatus.CHANGED, "price": 5, "price_basis": basis})
    response = Response(order_number="PO-1", status=HeaderStatus.ACCEPTED_WITH_CHANGES, lines=(line,))
    written = FORMAT.write(response, {"on_loss": "accept"}, Numbers())
    assert f"PO1*1***{row}~" in written.content.decode()
    assert codes(FORMAT.project(response, {})[1]) == ({told} if told else set())
    if told == "not-carried":
        with pytest.raises(CannotCarry):
            FORMAT.write(response, {}, Numbers())


def test_a_price_for_another_unit_than_that_of_the_answer_is_told() -> None:
    rows = message("BAK*00*AC*PO-1*20260102", "PO1*1*10*EA", "CTP**UCP*250*100*LB", "ACK*IP*10*EA", kind="855")
    (found,) = FORMAT.read(interchange(rows, group="PR"), {}).documents
    assert [f.where for f in found.findings if f.code == "price-basis"] == ["segment 4 CTP05"]


def test_schedules_without_ack_are_promises() -> None:
    found = answer("BAK*00*AC*PO-1*20260102", "PO1*1*25*EA*9.5", "SCH*12*EA***068*20170501", "SCH*13*EA***067*20170515")
    assert [(a.quantity, a.ships, a.promised) for a in found.lines] == [
        (Decimal(12), datetime.date(2017, 5, 1), None),
        (Decimal(13), None, datetime.date(2017, 5, 15)),
    ]


def test_an_acceptance_of_the_header_with_a_rejected_line_is_not_an_acceptance() -> None:
    (found,) = FORMAT.read(
        interchange(message("BAK*00*AD*PO-1*20260102", "PO1*1*5*EA*1", "ACK*IR", kind="855"), group="PR"), {}
    ).documents
    assert isinstance(found.document, Response)
    assert found.document.status is HeaderStatus.ACCEPTED_WITH_CHANGES
    assert "mixed-answer" in codes(found.findings)


def test_an_unknown_answer_code_is_never_guessed() -> None:
    (found,) = FORMAT.read(interchange(message("BAK*00*QQ*PO-1*20260102", kind="855"), group="PR"), {}).documents
    assert not found.usable
    assert [f.where for f in found.findings] == ["segment 2 BAK02"]


@pytest.mark.parametrize("code", ["A", "E", "P", "R", "M", "W", "X"])
def test_every_group_status_of_a_997_is_understood(code: str) -> None:
    rows = message("AK1*PO*11", "AK2*850*0001", "AK5*A", f"AK9*{code}*3*3*1", kind="997")
    (found,) = FORMAT.read(interchange(rows, group="FA"), {}).documents
    assert isinstance(found.document, FunctionalAck) and found.document.code == code
    assert found.document.status is {"A": FunctionalStatus.ACCEPTED, "E": FunctionalStatus.ACCEPTED_WITH_ERRORS,
                                     "P": FunctionalStatus.PARTIAL}.get(code, FunctionalStatus.REJECTED)  # fmt: skip


def test_the_published_rejection_of_a_whole_group_is_read_and_written() -> None:
    rows = message("AK1*PO*11", "AK9*R*3*3*0", kind="997")
    (found,) = FORMAT.read(interchange(rows, group="FA"), {}).documents
    assert found.envelope["acknowledged_control"] == "11"
    assert isinstance(found.document, FunctionalAck)
    assert b"ST*997*0001~\nAK1*PO*11~\nAK9*R*3*3*0~\nSE*4*0001~" in FORMAT.write(found.document, {}, Numbers()).content
