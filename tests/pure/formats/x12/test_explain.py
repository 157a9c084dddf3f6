"""The viewer's words: every segment we write has some, places and documents agree with what the reader says."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.document.order import Order
from orderwire.formats.x12 import codes, order_codes, tables, words
from tests.pure.formats.x12.support import BASE, CORPUS, FORMAT, Numbers, interchange, message, order_file
from tests.pure.orders import orders

QUICK = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


@QUICK
@given(orders(), st.sampled_from(["004010", "005010"]))
def test_every_segment_of_an_order_that_we_write_is_explained(order: Order, version: str) -> None:
    profile = {"version": version, "on_loss": "accept"}
    fitted, _ = FORMAT.project(order, profile)
    content = FORMAT.write(fitted, profile, Numbers()).content
    pieces = FORMAT.explain(content, 10_000)
    assert not [p.text for p in pieces if "not explained" in p.words]
    assert not [c for p in pieces for c in p.codes if c[2] == "not a code that we know" and not c[0].startswith(_FREE)]
    assert {p.document for p in pieces} == {None, 0}


_FREE = ("REF01", "N901", "SAC02", "N103", "TXI01", "PO1", "PO105", "CTP")
"""Elements into which codes of partners pass unchanged."""


def test_a_segment_is_told_in_words_with_its_codes() -> None:
    pieces = {p.text: p for p in FORMAT.explain(order_file(), 100)}
    beg = pieces["BEG*00*SA*PO-1**20260102"]
    assert (beg.document, beg.place) == (0, "segment 2")
    assert beg.words == "Order: purpose original, kind stand-alone order, number PO-1, date 20260102"
    assert beg.codes == (("BEG01", "00", "original"), ("BEG02", "SA", "stand-alone order"))
    line = pieces["PO1*1*10*EA*2.5**BP*A-1*VP*V-1"]
    assert line.words.endswith("price 2.5, buyer's part A-1, supplier's part V-1")
    assert pieces["GE*1*7"].place == "interchange 000000007 group 7 GE"


def test_places_and_documents_are_those_of_the_findings() -> None:
    advice = message("BGN*00*A*20260103", "OTI*TA*PO*PO-1", "OTI*IR*LI*3", "TED*848", "OTI*QQ*PO*PO-2", kind="824")
    files = interchange(message(*BASE), message("BEG*00*SA*PO-2**2026"), group="PO")
    files += interchange(advice, message(*BASE, control="0002"), group="AG").replace(b"GS*", b"TA1*7*1*2*Q~\nGS*")
    result, pieces = FORMAT.read(files, {}), FORMAT.explain(files, 1000)
    assert {p.document for p in pieces} - {None} == set(range(len(result.documents))) == set(range(6))
    known = {(p.document, p.place) for p in pieces}
    for number, document in enumerate(result.documents):
        rows = [p.text for p in pieces if p.document == number]
        assert rows[0].startswith(("ST*", "TA1*", "OTI*")), rows
        for finding in document.findings:
            if finding.where.startswith("segment"):
                place = " ".join(finding.where.split()[:2])
                assert (number, place) in known or (None, place) in known or document.envelope["set_kind"] == "824"
    for finding in result.findings:
        if "IEA" in finding.where or "GS" in finding.where:
            assert any(p.document is None and finding.where.startswith(p.place) for p in pieces), finding


def test_the_limit_holds_and_nothing_else_is_needed() -> None:
    assert [p.text[:3] for p in FORMAT.explain(order_file(), 3)] == ["ISA", "GS*", "ST*"]
    assert FORMAT.explain(order_file(), 0) == () and FORMAT.explain(b"no such thing", 9) == ()


def test_every_code_that_the_reader_acts_on_has_words() -> None:
    dates = {*tables.REQUESTED_DATES, *tables.SHIP_DATES, *tables.PROMISED_DATES, *tables.VALIDITY,
             *codes.DEPARTURE_DATES, *codes.ARRIVAL_DATES, *codes.RECEIPT_DATES, *codes.DUE_DATES}  # fmt: skip
    assert dates <= set(words.DATES)
    assert set(tables.CHARGE_READ) | {tables.OTHER_CHARGE} <= set(words.CHARGES)
    assert set(tables.SETS) - {"875", "876"} == set(words.SETS)
    assert set(tables.GROUPS.values()) <= set(words.GROUP_KINDS)
    assert (
        set(codes.INVOICE_KINDS) >= codes.CREDIT_NOTES and set(codes.RECEIVING_CONDITIONS) >= codes.REFUSED_CONDITIONS
    )
    assert set(order_codes.PURPOSES) >= order_codes.ORDERS


def test_every_piece_of_the_corpus_is_shown_beside_its_document() -> None:
    if not CORPUS.exists():
        pytest.skip("the corpus of real documents is not here")
    for file in [*(CORPUS / "x12").rglob("*.edi"), *(CORPUS / "staedi/x12").rglob("*.edi")]:
        content = file.read_bytes()
        documents = FORMAT.read(content, {}).documents
        shown = {p.document for p in FORMAT.explain(content, 100_000)} - {None}
        assert shown == set(range(len(documents))), file
