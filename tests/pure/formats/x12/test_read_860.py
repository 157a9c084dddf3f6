"""The 860 as partners send it: what each code does to a line, the traps of its quantities, and its purposes."""

import datetime
from decimal import Decimal

import pytest

from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import Severity
from orderwire.document.order_change import HeadPart, LineAction, LineChange, LinePart, OrderChange
from orderwire.document.party import Party
from orderwire.document.states import DocumentType
from orderwire.document.terms import AllowanceCharge, Incoterm, TermsPart
from orderwire.formats import ReadDocument
from orderwire.formats.x12.order_codes import LINE_CODES
from tests.pure.formats.x12.support import CORPUS, FORMAT, codes, interchange, message

BCH = "BCH*04*SA*PO-1***20260102"
HEADER = (BCH, "CUR*BY*USD", "ITD*01*3*****30", "N1*BY*Buyer Inc*92*B1", "N1*SU*Seller Ltd*1*123456789")
NEW_DAY = "DTM*002*20260301"


def read(*segments: str, version: str = "004010") -> ReadDocument:
    (found,) = FORMAT.read(interchange(message(*segments, kind="860"), group="PC", version=version), {}).documents
    return found


def change(*segments: str) -> OrderChange:
    found = read(*segments)
    assert found.usable and isinstance(found.document, OrderChange), found.findings
    return found.document


def line(*segments: str, head: str = BCH) -> LineChange:
    """The only line of a change without header."""
    (only,) = change(head, *segments).lines
    return only


def refused(*segments: str) -> set[str]:
    found = read(*segments)
    assert not found.usable and found.document is None
    return {f.code for f in found.findings if f.severity is Severity.ERROR}


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("AI", LineAction.ADDED), ("DI", LineAction.DELETED), ("NC", LineAction.UNCHANGED),
        ("RC", LineAction.UNCHANGED),
        *((c, LineAction.CHANGED) for c in
          ("CA", "CT", "MU", "PC", "PQ", "PR", "QD", "QI", "RB", "RE", "RQ", "RS", "RZ")),
    ],
)  # fmt: skip
def test_every_code_of_a_line_has_its_meaning(code: str, action: LineAction) -> None:
    found = line(f"POC*1*{code}*5**EA*2**BP*A-1", "PID*F****Bolt", NEW_DAY)
    assert (found.number, found.action, found.code) == ("1", action, code)
    whole = code in ("AI", "CA", "NC", "RC", "RE", "RZ")
    assert (found.line is not None) is whole
    if found.line is not None:
        assert (found.line.quantity, found.line.price, found.line.description) == (5, 2, "Bolt")
        assert found.line.schedules[0].requested == datetime.date(2026, 3, 1)
    assert set(LINE_CODES) == {"AI", "DI", "NC", "RC", "CA", "CT", "MU", "PC", "PQ", "PR", "QD", "QI", "RB", "RE",
                               "RQ", "RS", "RZ", "CF"}  # fmt: skip


@pytest.mark.parametrize(
    ("segments", "part"),
    [
        (["POC*1*QI*120**EA"], LinePart(quantity=Decimal(120), unit="EA")),
        (["POC*1*PC****2.75"], LinePart(price=Decimal("2.75"))),
        (["POC*1*PC****275*HP"], LinePart(price=Decimal(275), price_basis=Decimal(100))),
        (["POC*1*RS", NEW_DAY], LinePart(requested=datetime.date(2026, 3, 1))),
        (["POC*1*RQ*7**EA", "SCH*7*EA***002*20260301"],
         LinePart(quantity=Decimal(7), unit="EA", requested=datetime.date(2026, 3, 1))),
        (["POC*1*CA******BP*A-2*VP*V-2"], LinePart(buyer_part="A-2", supplier_part="V-2")),
        (["POC*1*CA", "PID*F****Longer bolt"], LinePart(description="Longer bolt")),
        (["POC*1*PQ*5**EA*2**BP*A-1", "PID*F****Bolt"],
         LinePart(quantity=Decimal(5), unit="EA", price=Decimal(2), buyer_part="A-1", description="Bolt")),
    ],
)  # fmt: skip
def test_a_line_in_part_says_only_what_changes(segments: list[str], part: LinePart) -> None:
    found = line(*segments)
    assert found.line is None and found.part == part


def test_the_quantity_left_to_receive_is_never_taken_for_the_quantity() -> None:
    found = read(BCH, "POC*1*QI*120*100*EA")
    assert isinstance(found.document, OrderChange) and found.document.lines[0].part is not None
    assert found.document.lines[0].part.quantity == 120
    assert "left-to-receive" in codes(found.findings)
    assert "line-change" in refused(BCH, "POC*1*QI**120*EA")


@pytest.mark.parametrize("quantities", ["", "*10**EA*2", "*0**EA"])
def test_a_deleted_line_needs_no_quantity(quantities: str) -> None:
    found = line(f"POC*1*DI{quantities}")
    assert found.action is LineAction.DELETED and found.line is None and found.part is None


def test_a_quantity_that_falls_to_nothing_deletes_the_line() -> None:
    found = read(BCH, "POC*1*QD*0**EA*2**BP*A-1")
    assert isinstance(found.document, OrderChange)
    (only,) = found.document.lines
    assert (only.action, only.part) == (LineAction.DELETED, LinePart(buyer_part="A-1"))
    assert "quantity-zero" in codes(found.findings)


def test_new_dates_without_a_date_mean_no_change() -> None:
    found = read(BCH, "POC*1*CT*5**EA")
    assert isinstance(found.document, OrderChange)
    assert found.document.lines[0].action is LineAction.UNCHANGED and found.document.lines[0].part is None
    assert "dates-missing" in codes(found.findings)


@pytest.mark.parametrize(
    "row",
    ["POC*1*QI", "POC*1*PC*5**EA", "POC*1*RS*5**EA", "POC*1*PQ*5**EA", "POC*1*PR****2", "POC*1*AI*5**EA",
     "POC*1*CA", "POC*1*QQ*5**EA*2", "POC*1**5**EA*2", "POC**DI", "POC*1*CA*x**EA*2", "POC*1*CA*5**??*2",
     "POC*1*CA*-5**EA*2", "POC*1*AI*0**EA*2"],
)  # fmt: skip
def test_a_line_that_does_not_say_what_its_code_announces_is_refused(row: str) -> None:
    found = read(BCH, row, "POC*2*DI")
    assert not found.usable
    assert any(f.where.startswith("segment 3 POC") for f in found.findings if f.severity is Severity.ERROR)


def test_an_unknown_code_of_a_line_is_never_guessed() -> None:
    result = FORMAT.read(interchange(message(BCH, "POC*1*QQ*5**EA*2", kind="860"), group="PC"), {})
    (segment,) = result.acks[0][0].transactions[0].errors
    assert (segment.segment, segment.position) == ("POC", 3)
    assert [(e.position, e.code, e.value) for e in segment.elements] == [(2, "7", "QQ")]


def test_several_schedules_need_the_line_stated_whole() -> None:
    two = ("SCH*3*EA***002*20260301", "SCH*4*EA***002*20260401")
    assert "line-change" in refused(BCH, "POC*1*RQ*7**EA", *two)
    found = line("POC*1*RQ*7**EA*2**VP*V-1", *two)
    assert found.line is not None and len(found.line.schedules) == 2


def test_dates_of_the_header_are_those_of_lines_that_announce_dates() -> None:
    found = change(BCH, NEW_DAY, "POC*1*RS", "POC*2*PC****3", "POC*3*AI*1**EA*2")
    assert found.lines[0].part == LinePart(requested=datetime.date(2026, 3, 1))
    assert found.lines[1].part == LinePart(price=Decimal(3))
    assert found.lines[2].line is not None
    assert found.lines[2].line.schedules[0].requested == datetime.date(2026, 3, 1)
    assert "header-date" in refused(BCH, NEW_DAY)


def test_the_header_is_stated_where_parties_are_named() -> None:
    found = change(*HEADER[:3], "DTM*007*20260101", *HEADER[3:], "N1*ST*Plant", "POC*1*DI")
    assert found.head is not None and found.form == "delta"
    assert (found.head.issued, found.head.valid_from) == (datetime.date(2026, 1, 2), datetime.date(2026, 1, 1))
    assert found.head.payment_terms[0].days == 30 and found.head.ship_to is not None
    assert found.head.buyer.name == "Buyer Inc" and found.head.supplier.identifier("duns") == "123456789"


def test_a_header_in_part_says_only_what_it_says() -> None:
    bare = change(BCH, "REF*CT*C-1", "N9*ZZ*NOTE", "MSG*As agreed by phone", "POC*1*DI")
    assert (bare.head, bare.head_part, bare.reason) == (None, None, "As agreed by phone")
    found = change(
        BCH, "CUR*BY*EUR", "FOB*DF*ZZ*Ghent*01*FCA", "SAC*C*D240***500", "ITD*01*3*****60", "DTM*036*20261231",
        "N1*ST*Other plant", "N1*BT*Accounts", "POC*1*DI",
    )  # fmt: skip
    assert found.head is None and found.head_part == HeadPart(
        currency="EUR", incoterm=Incoterm(code="FCA", place="Ghent"), payment_terms=(TermsPart(days=60),),
        allowances_charges=(AllowanceCharge(kind="charge", amount=Decimal(5), code="FC"),),
        valid_to=datetime.date(2026, 12, 31), ship_to=Party(name="Other plant"), bill_to=Party(name="Accounts"),
    )  # fmt: skip
    assert change(*HEADER[:1], *HEADER[2:], "POC*1*DI").head is None, "without CUR no currency is assumed"


def test_reasons_are_told_from_notes() -> None:
    found = change(
        *HEADER, "N9*ZZ*REASON", "MSG*Plant moved", "N9*L1*NOTE*Packing", "MSG*On pallets", "POC*1*CA*5**EA*2",
        "PID*F****Bolt", "N9*ZZ*REASON", "MSG*Wrong part", "N9*ZZ*NOTE", "MSG*Blue",
    )  # fmt: skip
    assert found.reason == "Plant moved" and found.head is not None
    assert [(n.text, n.subject) for n in found.head.notes] == [("On pallets", "Packing")]
    (only,) = found.lines
    assert only.reason == "Wrong part" and only.line is not None and only.line.notes[0].text == "Blue"


@pytest.mark.parametrize(
    ("bch", "form", "code"),
    [("BCH*04*SA*PO-1***20260102", "delta", "04"), ("BCH*05*SA*PO-1***20260102", "full", "05"),
     ("BCH*18*SA*PO-1***20260102", "delta", "18"), ("BCH*00*CP*PO-1***20260102", "delta", "00"),
     ("BCH*00*05*PO-1***20260102", "full", "05")],
)  # fmt: skip
def test_the_purpose_tells_whether_lines_that_are_not_named_stay(bch: str, form: str, code: str) -> None:
    found = change(bch, *HEADER[1:], "POC*1*DI", "POC*2*NC*5**EA*2", "PID*F****Bolt")
    assert (found.form, found.code) == (form, code)


@pytest.mark.parametrize("purpose", ["", "19", "ZZ", "99"])
def test_a_purpose_that_is_no_change_of_the_buyer_is_refused(purpose: str) -> None:
    assert "purpose" in refused(f"BCH*{purpose}*SA*PO-1***20260102", "POC*1*DI")


def test_numbers_and_dates_of_the_change_stand_in_its_first_segment() -> None:
    found = change("BCH*04*RL*BO-5*17*3*20260102*C-9*K-1***20260203", "REF*V0*4", "POC*1*DI")
    assert (found.order_number, found.release_number, found.sequence) == ("BO-5-17", "17", 3)
    assert (found.number, found.issued, found.revision) == ("C-9", datetime.date(2026, 2, 3), 4)
    own = change("BCH*04*CR*BO-5*17*3*20260102", "REF*PO*45-1", "POC*1*DI")
    assert own.order_number == "45-1"
    odd = read("BCH*04*SA*PO-1**A*20260102", "POC*1*DI")
    assert odd.usable and "sequence" in codes(odd.findings)


@pytest.mark.parametrize("purpose", ["01", "03", "17"])
def test_a_cancellation_keeps_what_names_the_order(purpose: str) -> None:
    found = read(f"BCH*{purpose}*SA*PO-1**2*20260102*C-9****20260203", "CUR*BY*USD", "REF*V0*3", "N9*ZZ*REASON",
                 "MSG*Closed", "N1*SU*Seller Ltd")  # fmt: skip
    assert found.usable and found.type is DocumentType.CANCELLATION and isinstance(found.document, Cancellation)
    said = found.document
    assert (said.order_number, said.sequence, said.number, said.revision) == ("PO-1", 2, "C-9", 3)
    assert (said.issued, said.order_issued) == (datetime.date(2026, 2, 3), datetime.date(2026, 1, 2))
    assert said.reason == "Closed" and said.buyer is None and said.supplier is not None and said.code == purpose


def test_lines_that_cancel_the_whole_order_make_a_cancellation() -> None:
    found = read(BCH, "POC*1*CF", "POC*2*CF")
    assert found.type is DocumentType.CANCELLATION and isinstance(found.document, Cancellation)
    assert "line-change" in refused(BCH, "POC*1*CF", "POC*2*DI")


def test_lines_behind_a_cancellation_are_said_to_mean_nothing_more() -> None:
    found = read("BCH*01*SA*PO-1***20260102", "POC*1*DI")
    assert isinstance(found.document, Cancellation) and "lines-not-kept" in codes(found.findings)


@pytest.mark.parametrize(
    ("segments", "code"),
    [(["POC*1*DI"], "segment-missing"), (["BCH*05*SA*PO-1***20260102", *HEADER[1:]], "segment-missing"),
     ([BCH, BCH, "POC*1*DI"], "segment-twice"), ([BCH, "POC*1*DI", "CTT*2"], "line-count"),
     (["BCH*04*SA****20260102", "POC*1*DI"], "number-missing"),
     ([BCH.replace("20260102", "2026"), *HEADER[1:], "POC*1*DI"], "bad-date")],
)  # fmt: skip
def test_what_leaves_a_change_in_doubt_is_refused(segments: list[str], code: str) -> None:
    assert code in refused(*segments)


def test_a_change_that_changes_nothing_is_said_to() -> None:
    found = read("BCH*04*CP*PO-1***20260102")
    assert found.usable and "nothing-changed" in codes(found.findings)


def test_changes_of_the_corpus_are_read_usably() -> None:
    if not CORPUS.exists():
        pytest.skip("the corpus of real documents is not here")
    for name, count in (
        ("x12/stupidedi/003010/PC860/fail/1.edi", 1),
        ("vscode-edi-support/multiple_transactions.x12", 2),
    ):
        found = [d for d in FORMAT.read((CORPUS / name).read_bytes(), {}).documents if d.type is DocumentType.CHANGE]
        assert [d.usable for d in found] == [True] * count, [d.findings for d in found]
