"""Answers as suppliers send them: every code of a line and of the whole in 855 and 865, and what 865 adds."""

import datetime

import pytest

from orderwire.document.finding import Severity
from orderwire.document.response import HeaderStatus, LineStatus, Response
from orderwire.formats import ReadDocument
from orderwire.formats.x12.order_codes import ANSWERS, LINE_REPLIES
from tests.pure.formats.x12.support import FORMAT, codes, interchange, message

_ACCEPTED, _REJECTED, _CHANGES = HeaderStatus.ACCEPTED, HeaderStatus.REJECTED, HeaderStatus.ACCEPTED_WITH_CHANGES


def read(*segments: str, kind: str = "865") -> ReadDocument:
    group = "CA" if kind == "865" else "PR"
    (found,) = FORMAT.read(interchange(message(*segments, kind=kind), group=group), {}).documents
    return found


def answer(*segments: str, kind: str = "865") -> Response:
    found = read(*segments, kind=kind)
    assert found.usable and isinstance(found.document, Response), found.findings
    return found.document


BCA = "BCA*06*AC*PO-1*R1*3*20260102*C-9**SO-5*20260203"


def test_the_first_segment_says_what_is_answered() -> None:
    found = answer(BCA, "REF*V0*4", "CTT*0")
    assert (found.answers, found.order_number, found.release_number, found.sequence) == ("change", "PO-1", "R1", 3)
    assert (found.change_number, found.supplier_order_number) == ("C-9", "SO-5")
    assert (found.answered, found.revision, found.code) == (datetime.date(2026, 2, 3), 4, "AC")
    assert answer("BCA*01*AT*PO-1***20260102").answers == "cancellation"


def test_a_change_that_the_seller_asks_for_is_an_answer_to_the_order() -> None:
    found = read("BCA*19*AC*PO-1***20260102", "POC*1*CA*4**EA", "ACK*IQ*4*EA")
    assert isinstance(found.document, Response) and found.document.answers == "order"
    assert "purpose" in {f.code for f in found.findings if f.severity is Severity.WARNING}


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        (["POC*1*CA*4**EA", "ACK*IA*4*EA"], _ACCEPTED),
        (["POC*1*CA*4**EA", "ACK*IQ*3*EA"], _CHANGES),
        (["POC*1*NC", "POC*2*RC"], _CHANGES),
        (["POC*1*RC", "POC*2*RC"], _REJECTED),
        (["POC*1*NC"], _ACCEPTED),
        (["POC*1*CA*4**EA"], HeaderStatus.RECEIVED),
        ([], HeaderStatus.RECEIVED),
    ],
)
def test_without_a_code_for_the_whole_the_lines_tell(rows: list[str], status: HeaderStatus) -> None:
    found = read("BCA*06**PO-1***20260102", *rows)
    assert isinstance(found.document, Response), found.findings
    assert (found.document.status, found.document.code) == (status, None)
    assert "answer-code" in codes(found.findings)


def test_a_rejected_change_of_a_line_needs_no_ack() -> None:
    found = answer("BCA*06*AC*PO-1***20260102", "POC*1*RC", "POC*2*NC", "POC*3*DI")
    assert [(line.status, line.code) for line in found.lines] == [
        (LineStatus.REJECTED, "RC"), (LineStatus.ACCEPTED, "NC"), (LineStatus.CHANGED, None),
    ]  # fmt: skip


@pytest.mark.parametrize("code", sorted(LINE_REPLIES))
@pytest.mark.parametrize("kind", ["855", "865"])
def test_every_answer_to_a_line_keeps_its_code_and_is_written_again(code: str, kind: str) -> None:
    head, row = ("BAK*00*AC*PO-1*20260102", "PO1*1*5*EA*2") if kind == "855" else (BCA, "POC*1*CA*5**EA*2")
    found = answer(head, row, f"ACK*{code}*5*EA*067*20260201", kind=kind)
    (line,) = found.lines
    assert (line.status, line.code) == (LINE_REPLIES[code].status, code)
    from tests.pure.formats.x12.support import Numbers

    again = FORMAT.write(found, {}, Numbers()).content
    assert f"ACK*{code}*5*EA*067*20260201".encode() in again


@pytest.mark.parametrize("code", sorted(ANSWERS))
@pytest.mark.parametrize("kind", ["855", "865"])
def test_every_answer_to_the_whole_keeps_its_code(code: str, kind: str) -> None:
    head = f"BAK*00*{code}*PO-1*20260102" if kind == "855" else f"BCA*06*{code}*PO-1***20260102"
    found = answer(head, kind=kind)
    assert (found.status, found.code) == (ANSWERS[code].status, code)


def test_accepted_and_shipped_is_said_in_both_sets() -> None:
    found = read(BCA, "POC*1*NC*5**EA", "ACK*AC*5*EA*068*20260110")
    assert isinstance(found.document, Response) and "shipped" in codes(found.findings)
    assert found.document.lines[0].ships == datetime.date(2026, 1, 10)


@pytest.mark.parametrize(
    ("segments", "code"),
    [(["BCA*06*QQ*PO-1***20260102"], "answer-code"), (["BCA*06*AC****20260102"], "number-missing"),
     (["CTT*0"], "segment-missing"), ([BCA, "ACK*IA*5*EA"], "segment-place"),
     ([BCA, "POC*1*CA", "ACK*QQ"], "answer-code"), ([BCA, "POC*1*CA*x**EA", "ACK*IA"], "bad-number")],
)  # fmt: skip
def test_an_answer_that_leaves_doubt_is_refused(segments: list[str], code: str) -> None:
    found = read(*segments)
    assert not found.usable and code in {f.code for f in found.findings if f.severity is Severity.ERROR}


def test_odd_codes_beside_the_answer_are_told() -> None:
    found = read("BCA*22*AC*PO-1**X*20260102", "POC*1*QQ*5**EA", "ACK*IA*5*EA")
    assert found.usable and {"purpose", "sequence", "line-change"} <= codes(found.findings)
