"""The samples of the OASIS package: read usably, and what is written of them does not change any more."""

import datetime
from decimal import Decimal

import pytest

from orderwire.document.fulfillment import Receipt
from orderwire.document.order import Order
from orderwire.document.order_change import LineAction, OrderChange
from orderwire.document.response import HeaderStatus, Response
from orderwire.document.states import DocumentType
from orderwire.formats import Content
from orderwire.testing.formats import FixedContext
from tests.pure.formats.ubl.support import FORMAT, SAMPLES

pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason="the OASIS samples of the corpus are not there")
NAMES = sorted(path.name for path in SAMPLES.glob("*.xml"))


def sample(name: str) -> Content:
    """The only document of a sample, which is usable."""
    (found,) = FORMAT.read((SAMPLES / name).read_bytes(), {}).documents
    assert found.usable, found.findings
    assert found.identity is None
    assert found.document is not None
    return found.document


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_is_recognized_and_usable(name: str) -> None:
    assert FORMAT.sniff((SAMPLES / name).read_bytes()) == 95
    sample(name)


@pytest.mark.parametrize("name", [name for name in NAMES if "Receipt" not in name])
def test_writing_what_was_read_is_stable(name: str) -> None:
    document = sample(name)
    once = FORMAT.write(document, {"on_loss": "accept"}, FixedContext()).content
    (again,) = FORMAT.read(once, {}).documents
    assert again.document is not None
    assert FORMAT.write(again.document, {"on_loss": "accept"}, FixedContext()).content == once


def test_the_order_is_read_in_full() -> None:
    order = sample("UBL-Order-2.1-Example.xml")
    assert isinstance(order, Order)
    assert (order.number, order.currency, order.valid_to) == ("34", "SEK", datetime.date(2010, 1, 31))
    assert order.buyer.identifier("eas:0088") == "7300072311115"
    assert order.buyer.identifier("vat") == "SE1234567801"
    assert {(r.kind, r.number) for r in order.references} >= {("contract", "34322"), ("quotation", "QuoteID123")}
    first = order.lines[0]
    assert (first.description, first.quantity, first.price) == ("Falu Rödfärg\nRed paint", Decimal(120), Decimal(50))
    assert first.schedules[0].requested == datetime.date(2010, 2, 25)
    assert [a.size for a in order.attachments] == [36]


def test_the_change_states_its_line_whole_and_leaves_the_header() -> None:
    change = sample("UBL-OrderChange-2.1-Example.xml")
    assert isinstance(change, OrderChange)
    assert (change.order_number, change.sequence, change.form, change.head) == ("34", 1, "delta", None)
    assert change.head_part is not None and change.head_part.buyer is not None
    (line,) = change.lines
    assert line.action is LineAction.CHANGED and line.line is not None and line.line.quantity == 240
    assert line.code == "Revised"


def test_an_answer_without_decision_is_no_acceptance() -> None:
    response = sample("UBL-OrderResponse-2.1-Example.xml")
    assert isinstance(response, Response)
    assert response.status is HeaderStatus.RECEIVED
    assert [line.code for line in response.lines] == ["NoStatus", "Disputed"]


def test_the_simple_answer_accepts() -> None:
    response = sample("UBL-OrderResponseSimple-2.0-Example.xml")
    assert isinstance(response, Response)
    assert response.status is HeaderStatus.ACCEPTED and response.supplier_order_number == "CON0095678"


def test_the_receipt_says_what_arrived_and_what_is_short() -> None:
    receipt = sample("UBL-ReceiptAdvice-2.0-Example.xml")
    assert isinstance(receipt, Receipt)
    assert (receipt.order_number, receipt.ship_notice) == ("AEG012345", "565899")
    assert receipt.received == datetime.date(2005, 6, 20)
    assert receipt.lines[0].received == 90 and "10 short" in (receipt.lines[0].reason or "")
    assert FORMAT.read((SAMPLES / NAMES[-1]).read_bytes(), {}).documents[0].type is DocumentType.RECEIPT
