"""856, 861 and 810: what is shipped, received and charged, for which line of which order."""

import datetime
from decimal import Decimal

import pytest

from orderwire.document.fulfillment import Invoice, Receipt, ShipNotice
from orderwire.formats import ReadDocument
from tests.pure.formats.x12.support import CORPUS, FORMAT, codes, interchange, message

D = datetime.date


def one(kind: str, *segments: str, group: str = "SH") -> ReadDocument:
    (found,) = FORMAT.read(interchange(message(*segments, kind=kind), group=group), {}).documents
    return found


ASN = (
    "BSN*00*S-1*20260110*1200", "HL*1**S", "TD1*CTN25*3", "TD5*B*2*UPSN*M*UPS Ground", "TD3*TL*UPSN*TRAILER7",
    "REF*BM*BOL-1", "DTM*011*20260110", "DTM*017*20260112", "N1*SF*Seller Ltd*1*123456789", "N3*1 Road",
    "N1*ST*Dock 4", "HL*2*1*O", "PRF*PO-1*R-2", "HL*3*2*P", "MAN*GM*00123456789012345675", "HL*4*3*I",
    "LIN*1*BP*A-1*VP*V-1*LT*L7*CH*DE",
    "SN1**5*EA**10*EA", "PID*F****Bolt", "HL*5*2*I", "LIN*2*UP*012345678905", "SN1**7*CA",
)  # fmt: skip


def test_a_shipment_of_one_order_keeps_parcels_carrier_and_lines() -> None:
    found = one("856", *ASN, "CTT*5")
    notice = found.document
    assert isinstance(notice, ShipNotice), found.findings
    assert (notice.number, notice.order_number, notice.release_number) == ("S-1", "PO-1", "R-2")
    assert (notice.shipped, notice.expected) == (D(2026, 1, 10), D(2026, 1, 12))
    assert (notice.carrier, notice.packages) == ("UPS Ground", 1)
    assert notice.tracking == ("TRAILER7", "BOL-1", "00123456789012345675")
    assert (
        notice.supplier and notice.ship_to and (notice.supplier.name, notice.ship_to.name) == ("Seller Ltd", "Dock 4")
    )
    first, second = notice.lines
    assert (first.number, first.buyer_part, first.supplier_part, first.lot) == ("1", "A-1", "V-1", "L7")
    assert (first.quantity, first.unit, first.ordered, first.country_of_origin) == (Decimal(5), "EA", Decimal(10), "DE")
    assert (first.description, first.order_number) == ("Bolt", None)
    assert (second.gtin, second.quantity, second.unit) == ("012345678905", Decimal(7), "XCS")


def test_several_orders_in_one_shipment_stand_on_their_lines() -> None:
    rows = [*ASN, "HL*6*1*O", "PRF*PO-2", "HL*7*6*I", "LIN**BP*B", "SN1**1*EA"]
    notice = one("856", *rows).document
    assert isinstance(notice, ShipNotice)
    assert notice.order_number is None
    assert [(n.order_number, n.release_number) for n in notice.lines] == [
        ("PO-1", "R-2"),
        ("PO-1", "R-2"),
        ("PO-2", None),
    ]


def test_a_level_whose_parent_is_unknown_belongs_to_the_last_order_with_a_warning() -> None:
    found = one("856", *("HL*4*99*I" if s == "HL*4*3*I" else s for s in ASN))
    assert isinstance(found.document, ShipNotice) and found.document.order_number == "PO-1"
    assert "hl-parent" in codes(found.findings)


def test_components_are_no_lines_of_an_order() -> None:
    found = one("856", *ASN, "HL*6*5*F", "LIN**BP*SCREW", "SN1**9*EA")
    assert isinstance(found.document, ShipNotice) and len(found.document.lines) == 2
    assert "not-kept" in codes(found.findings)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (ASN[1:], "segment-missing"),
        (("BSN*00**20260110", *ASN[1:]), "missing"),
        (tuple(s.replace("*5*EA*", "*five*EA*") for s in ASN), "bad-number"),
        (tuple(s.replace("*7*CA", "*7*QQ") for s in ASN), "unit-unknown"),
        ((*ASN, "CTT*9"), "line-count"),
    ],
)
def test_a_ship_notice_that_cannot_be_trusted_is_refused(rows: tuple[str, ...], code: str) -> None:
    found = one("856", *rows)
    assert not found.usable and code in codes(found.findings)


def test_a_receipt_says_what_arrived_and_what_is_refused() -> None:
    found = one(
        "861", "BRA*RC-1*20260115*00*1", "REF*SI*S-1", "DTM*050*20260114", "PRF*PO-1", "N1*BY*Buyer Inc",
        "N1*ST*Dock 4", "RCD**90*EA*10*EA", "LIN*1*BP*A-1", "RCD**20*EA***3*EA*01*2*EA*02",
        "LIN**PO*PO-2*PL*7*VP*V-2", "CTT*2",
        group="RC",
    )  # fmt: skip
    receipt = found.document
    assert isinstance(receipt, Receipt), found.findings
    assert (receipt.number, receipt.order_number, receipt.ship_notice, receipt.code) == ("RC-1", "PO-1", "S-1", "00")
    assert (receipt.issued, receipt.received) == (D(2026, 1, 15), D(2026, 1, 14))
    first, second = receipt.lines
    assert (first.number, first.buyer_part, first.received, first.rejected) == ("1", "A-1", Decimal(90), Decimal(10))
    assert (second.order_number, second.number, second.supplier_part) == ("PO-2", "7", "V-2")
    assert (second.received, second.rejected, second.code) == (Decimal(20), Decimal(3), "01")
    assert second.reason == "3 damaged; 2 short"


BILL = (
    "BIG*20260120*INV-1*20260102*PO-1*R-2**DI", "CUR*SE*EUR", "N1*SU*Seller Ltd*1*123456789", "N1*BT*Buyer Inc",
    "ITD*01*3*2**10**30", "IT1*1*10*EA*2.5**BP*A-1", "PID*F****Bolt", "IT1*2*200*EA*10*HP*VP*V-1", "AMT*1*20",
)  # fmt: skip


def test_an_invoice_keeps_its_lines_terms_and_amounts() -> None:
    found = one("810", *BILL, "TDS*5355", "TXI*VA*8.55*19", "CTT*2", group="IN")
    bill = found.document
    assert isinstance(bill, Invoice), found.findings
    assert (bill.number, bill.order_number, bill.release_number, bill.kind) == ("INV-1", "PO-1", "R-2", "invoice")
    assert (bill.currency, bill.total, bill.tax, bill.code) == ("EUR", Decimal("53.55"), Decimal("8.55"), "DI")
    assert (bill.issued, bill.due) == (D(2026, 1, 20), D(2026, 2, 19))
    assert bill.supplier and bill.buyer and (bill.supplier.name, bill.buyer.name) == ("Seller Ltd", "Buyer Inc")
    first, second = bill.lines
    assert (first.number, first.quantity, first.price, first.description) == ("1", Decimal(10), Decimal("2.5"), "Bolt")
    assert (second.price_basis, second.amount, second.supplier_part) == (Decimal(100), Decimal(20), "V-1")
    assert "total" not in codes(found.findings)


def test_a_total_that_the_lines_do_not_give_is_a_warning() -> None:
    assert "total" in codes(one("810", *BILL, "TDS*9999", group="IN").findings)


def test_charges_count_in_the_comparison_of_totals() -> None:
    found = one("810", *BILL, "TDS*5000", "SAC*C*D240***1000", "SAC*A*C310***500", group="IN")
    assert "total" not in codes(found.findings)


@pytest.mark.parametrize(("kind", "expected"), [("CR", "credit_note"), ("CN", "credit_note"), ("", "invoice")])
def test_a_credit_note_is_told_by_its_kind(kind: str, expected: str) -> None:
    bill = one("810", BILL[0].replace("DI", kind), *BILL[1:], "TDS*-4500", group="IN").document
    assert isinstance(bill, Invoice) and (bill.kind, bill.total) == (expected, Decimal(-45))


def test_a_total_written_with_a_point_is_read_as_written() -> None:
    found = one("810", *BILL, "TDS*45.00", group="IN")
    assert isinstance(found.document, Invoice) and found.document.total == Decimal(45)
    assert "decimal-point" in codes(found.findings)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((*BILL[1:], "TDS*1"), "segment-missing"),
        (BILL, "segment-missing"),
        ((*BILL, "TDS*abc"), "bad-number"),
        ((BILL[0], "CUR*SE*XXQ", *BILL[2:], "TDS*1"), "currency"),
        ((*BILL, "IT1*3**EA*1", "TDS*1"), "missing"),
    ],
)
def test_an_invoice_that_cannot_be_trusted_is_refused(rows: tuple[str, ...], code: str) -> None:
    found = one("810", *rows, group="IN")
    assert not found.usable and code in codes(found.findings)


def test_the_real_ship_notice_and_invoices_are_read() -> None:
    if not CORPUS.exists():
        pytest.skip("the corpus of real documents is not here")
    files = ("x12/stupidedi/004010/SH856/fail/2.edi", "staedi/x12/invoice810_po850_dual.edi")
    notice, first, second, _ = (d for f in files for d in FORMAT.read((CORPUS / f).read_bytes(), {}).documents)
    assert isinstance(notice.document, ShipNotice) and notice.document.order_number == "3D812906"
    assert [line.quantity for line in notice.document.lines] == [Decimal(40)]
    assert isinstance(first.document, Invoice) and first.document.total == Decimal("2554.38")
    assert "total" not in codes(first.findings) and "total" in codes(second.findings)
