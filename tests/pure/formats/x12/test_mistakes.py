"""Mistakes seen in public EDI code (formats reference, section 9): each is a test here; and damaged files."""

import datetime
import random

from orderwire.document.cancellation import Cancellation
from orderwire.document.codes import UNITS
from orderwire.document.finding import Severity
from orderwire.document.order_change import OrderChange
from orderwire.document.response import HeaderStatus, LineStatus, Response
from orderwire.document.states import DocumentType
from orderwire.formats import ReadDocument
from orderwire.formats.x12.order_codes import ANSWERS, LINE_REPLIES
from orderwire.formats.x12.tables import GTINS, PARTY_ID_SCHEMES, SUPPLIER_PARTS
from orderwire.formats.x12.units import TO_REC20, TO_X12
from tests.pure.formats.x12.support import BASE, CORPUS, FORMAT, ISA, codes, interchange, message
from tests.pure.formats.x12.test_read_850 import FULL


def change(*rows: str) -> ReadDocument:
    """The only document of an interchange with one 860."""
    (found,) = FORMAT.read(interchange(message(*rows, kind="860"), group="PC"), {}).documents
    return found


def test_a_change_with_purpose_and_kind_in_the_wrong_places_is_read_as_it_is_meant() -> None:
    found = change("BCH*00*04*PO-1***20260102", "POC*1*DI")
    assert (found.type, found.number, found.usable) == (DocumentType.CHANGE, "PO-1", True)
    assert isinstance(found.document, OrderChange) and (found.document.form, found.document.code) == ("delta", "04")
    assert "purpose" in codes(found.findings)


def test_a_change_with_order_lines_is_refused() -> None:
    found = change("BCH*04*SA*PO-1***20260102", "PO1*1*5*EA*1")
    assert "segment-place" in codes(found.findings) and not found.usable


def test_a_cancellation_by_860_is_one() -> None:
    found = change("BCH*01*SA*PO-1***20260102")
    assert found.type is DocumentType.CANCELLATION
    assert found.document == Cancellation(order_number="PO-1", order_issued=datetime.date(2026, 1, 2), code="01")


def test_an_answer_with_number_and_date_swapped_is_refused() -> None:
    (found,) = FORMAT.read(interchange(message("BAK*00*AD*20260102*PO-1", kind="855"), group="PR"), {}).documents
    assert "swapped" in codes(found.findings) and not found.usable


def test_too_short_interchange_ids_are_read_and_never_written() -> None:
    result = FORMAT.read(interchange(message(*BASE), isa=ISA.replace("BUYER          ", "BUYER")), {})
    assert result.documents[0].usable and "isa-length" in codes(result.findings)


def test_accepted_and_shipped_is_not_plain_acceptance() -> None:
    rows = message("BAK*00*AD*PO-1*20260102", "PO1*1*5*EA*1", "ACK*AC*5*EA*068*20260110", kind="855")
    (found,) = FORMAT.read(interchange(rows, group="PR"), {}).documents
    assert isinstance(found.document, Response)
    (line,) = found.document.lines
    assert (line.status, line.code) == (LineStatus.ACCEPTED, "AC") and line.ships is not None
    assert "shipped" in codes(found.findings)


def test_detail_without_change_is_an_acceptance() -> None:
    assert ANSWERS["AD"].status is HeaderStatus.ACCEPTED
    assert {ANSWERS[code].status for code in ("RD", "RJ", "RF")} == {HeaderStatus.REJECTED}
    assert ANSWERS["AH"].status is HeaderStatus.RECEIVED
    assert LINE_REPLIES["R5"].status is LineStatus.REJECTED


def test_the_unit_table_is_one_to_one_and_known_to_the_order() -> None:
    assert len(TO_REC20) == len(TO_X12) >= 78
    assert set(TO_REC20.values()) <= UNITS
    assert all(len(code) == 2 for code in TO_REC20)
    assert TO_REC20["TN"] == "STN" and TO_REC20["ST"] == "SET" and TO_REC20["CT"] == "XCT"


def test_code_tables_do_not_overlap() -> None:
    assert not set(GTINS) & set(SUPPLIER_PARTS)
    assert len(set(PARTY_ID_SCHEMES.values())) == len(PARTY_ID_SCHEMES)


def test_damaged_files_never_raise_and_always_say_why() -> None:
    answer = ("BAK*00*AC*PO-1*20260102", "PO1*1*5*EA*1", "ACK*IQ*4*EA*067*20260110", "CTT*1")
    receipt = ("AK1*PO*11", "AK2*850*0001", "AK3*PO1*3**8", "AK4*2>1*330*6*x", "AK5*R*5", "AK9*R*1*1*0")
    amendment = (
        "BCH*04*SA*PO-1***20260102", "CUR*BY*USD", "N1*BY*Buyer Inc", "N1*SU*Seller", "POC*1*RQ*5**EA*2",
        "SCH*5*EA***002*20260301", "POC*2*DI", "CTT*2",
    )  # fmt: skip
    reply = ("BCA*06*AC*PO-1**1*20260102", "POC*1*CA*4**EA", "ACK*IQ*4*EA*067*20260110", "CTT*1")
    seeds = [
        interchange(message(*amendment, kind="860"), group="PC"),
        interchange(message(*reply, kind="865"), group="CA"),
        interchange(message(*FULL), message(*BASE, control="0002")),
        interchange(message(*answer, kind="855"), group="PR"),
        interchange(message(*receipt, kind="997"), group="FA"),
    ]
    if CORPUS.exists():
        seeds += [f.read_bytes() for f in sorted((CORPUS / "x12").rglob("*.edi"))]
    chance = random.Random(20261122)
    for round_ in range(3000):
        content = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 6)):
            at, other = chance.randrange(len(content)), chance.randrange(len(content))
            match chance.randrange(6):
                case 0:
                    content[at] = chance.randrange(256)
                case 1:
                    del content[at : at + chance.randint(1, 30)]
                case 2:
                    content[at:at] = content[other : other + 40]
                case 3:
                    content[at] = chance.choice(b"*~>\n^:'| 0A-.")
                case 4:
                    content[at:at] = chance.choice(
                        [b"*", b"~", b"~\n", b"9" * 30, b"\xff\x00", b"ISA*00*", b"PO1*", b"-", b"."]
                    )
                case _:
                    content = content[:at] or content
            content = content or bytearray(b"x")
        result = FORMAT.read(bytes(content), {})
        FORMAT.sniff(bytes(content))
        assert result.documents or result.findings, (round_, bytes(content))
        for document in result.documents:
            assert document.document is not None or any(f.severity is Severity.ERROR for f in document.findings)
