"""Confirmations, ship notices, receipts, status updates and Responses as partners write them."""

import datetime
from decimal import Decimal

import pytest

from orderwire.document.advice import AdviceStatus, ApplicationAdvice
from orderwire.document.finding import Severity
from orderwire.document.fulfillment import Receipt, ShipNotice
from orderwire.document.functional import FunctionalAck, FunctionalStatus
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.formats import CannotCarry, ReadDocument
from tests.pure.formats.cxml.support import DAY, FORMAT, Context, FixedContext, assert_valid, codes, document

REFERENCE = '<OrderReference orderID="PO-1"><DocumentReference payloadID="9@buyer"/></OrderReference>'


def read(content: bytes) -> ReadDocument:
    (found,) = FORMAT.read(content, {}).documents
    return found


def confirmation(kind: str, *statuses: str, head: str = "") -> ReadDocument:
    items = f'<ConfirmationItem quantity="10" lineNumber="1"><UnitOfMeasure>EA</UnitOfMeasure>{"".join(statuses)}'
    header = f'<ConfirmationHeader type="{kind}" noticeDate="2026-01-31" confirmID="C1">{head}</ConfirmationHeader>'
    body = f"{header}{REFERENCE}{items + '</ConfirmationItem>' if statuses else ''}"
    return read(document(f"<ConfirmationRequest>{body}</ConfirmationRequest>"))


def status(kind: str, inner: str = "", attributes: str = "") -> str:
    return (
        f'<ConfirmationStatus type="{kind}" quantity="5" {attributes}><UnitOfMeasure>EA</UnitOfMeasure>{inner}'
        "</ConfirmationStatus>"
    )


@pytest.mark.parametrize(
    ("kind", "lines", "means"),
    [
        ("accept", [], HeaderStatus.ACCEPTED), ("reject", [], HeaderStatus.REJECTED),
        ("backordered", [], HeaderStatus.ACCEPTED_WITH_CHANGES), ("requestToPay", [], HeaderStatus.RECEIVED),
        ("accept", ["accept"], HeaderStatus.ACCEPTED), ("accept", ["reject"], HeaderStatus.ACCEPTED_WITH_CHANGES),
        ("detail", ["unknown"], HeaderStatus.RECEIVED), ("detail", ["accept"], HeaderStatus.ACCEPTED_WITH_CHANGES),
        ("except", ["reject"], HeaderStatus.ACCEPTED_WITH_CHANGES),
        ("allDetail", ["allDetail", "reject"], HeaderStatus.ACCEPTED_WITH_CHANGES),
        ("replace", ["detail"], HeaderStatus.ACCEPTED_WITH_CHANGES),
    ],
)  # fmt: skip
def test_header_and_lines_together_say_what_is_answered(kind: str, lines: list[str], means: HeaderStatus) -> None:
    found = confirmation(kind, *(status(s) for s in lines))
    assert found.usable and isinstance(found.document, Response), found.findings
    assert (found.document.status, found.document.code) == (means, kind)
    assert [line.code for line in found.document.lines] == lines
    assert found.envelope["reference_payload"] == "9@buyer" and found.number == "PO-1"


def test_split_answers_dates_prices_and_a_substitute() -> None:
    other = (
        '<ItemIn quantity="5"><ItemID><SupplierPartID>V-2</SupplierPartID></ItemID><ItemDetail><UnitPrice>'
        '<Money currency="USD">3</Money></UnitPrice><Description xml:lang="en">Other</Description><UnitOfMeasure>EA'
        '</UnitOfMeasure><Classification domain="UNSPSC">1</Classification></ItemDetail></ItemIn>'
    )
    found = confirmation(
        "detail", status("accept", attributes='shipmentDate="2026-02-01" deliveryDate="2026-02-03"'),
        status("detail", other), status("backordered", "<Comments>Out of stock</Comments>"),
        status("detail", '<UnitPrice><Money currency="USD">2.75</Money></UnitPrice>'),
    )  # fmt: skip
    assert isinstance(found.document, Response)
    first, second, third, fourth = found.document.lines
    assert (first.ships, first.promised) == (datetime.date(2026, 2, 1), datetime.date(2026, 2, 3))
    assert (second.status, second.substitute_part, second.price) == (LineStatus.SUBSTITUTED, "V-2", Decimal(3))
    assert (third.status, third.reason) == (LineStatus.BACKORDERED, "Out of stock")
    assert (fourth.status, fourth.price) == (LineStatus.CHANGED, Decimal("2.75"))
    assert {line.number for line in found.document.lines} == {"1"} and found.document.currency == "USD"


def test_an_answer_without_order_or_with_an_unknown_type_is_refused() -> None:
    assert "answer-code" in codes(confirmation("maybe").findings)
    assert "answer-code" in codes(confirmation("detail", status("perhaps")).findings)
    bare = '<ConfirmationRequest><ConfirmationHeader type="accept" noticeDate="2026-01-31"/></ConfirmationRequest>'
    found = read(document(bare))
    assert not found.usable and "number-missing" in codes(found.findings)


def test_a_contradiction_is_a_warning() -> None:
    assert "mixed-answer" in codes(confirmation("reject", status("accept")).findings)
    assert "changes-unnamed" in codes(confirmation("except").findings)


def test_what_an_answer_leaves_open_is_told() -> None:
    assert "quantity-differs" in codes(confirmation("detail", status("accept")).findings)
    assert "quantity-differs" not in codes(confirmation("detail", status("accept"), status("reject")).findings)


def test_a_price_for_many_is_read_so_and_written_for_one_where_only_a_unit_price_has_a_place() -> None:
    detail = '<UnitPrice><Money currency="USD">9</Money></UnitPrice><PriceBasisQuantity quantity="100"/>'
    item = f"<ItemIn><ItemID><SupplierPartID>S</SupplierPartID></ItemID><ItemDetail>{detail}</ItemDetail></ItemIn>"
    found = confirmation("detail", status("detail", item)).document
    assert isinstance(found, Response)
    assert (found.lines[0].price, found.lines[0].price_basis) == (Decimal(9), Decimal(100))
    plain = found.lines[0].model_copy(update={"status": LineStatus.CHANGED, "substitute_part": None})
    fitted, findings = FORMAT.project(found.model_copy(update={"lines": (plain,)}), {})
    assert isinstance(fitted, Response) and "price-for-one" in codes(findings)
    assert (fitted.lines[0].price, fitted.lines[0].price_basis) == (Decimal("0.09"), None)
    third = plain.model_copy(update={"price_basis": Decimal(7)})
    lost = FORMAT.project(found.model_copy(update={"lines": (third,)}), {})[1]
    assert [f.where for f in lost if f.severity is Severity.ERROR] == ["lines[1].price"]


def answer(status: LineStatus, **said: object) -> LineAnswer:
    return LineAnswer.model_validate({"number": "1", "status": status, "quantity": 5, "unit": "EA", **said})


def written(response: Response) -> str:
    content = FORMAT.write(response, {}, Context()).content
    assert_valid(content)
    return content.decode()


def test_a_change_that_shows_only_a_quantity_is_all_detail() -> None:
    changed = answer(LineStatus.CHANGED)
    base = Response(order_number="PO-1", status=HeaderStatus.ACCEPTED_WITH_CHANGES, answered=DAY, lines=(changed,))
    text = written(base)
    assert '<ConfirmationHeader type="allDetail"' in text and '<ConfirmationStatus type="allDetail"' in text
    dated = base.model_copy(update={"lines": (changed.model_copy(update={"promised": DAY}),)})
    assert '<ConfirmationHeader type="detail"' in written(dated)


def test_an_order_that_is_declined_has_no_lines() -> None:
    response = Response(
        order_number="PO-1",
        status=HeaderStatus.REJECTED,
        answered=DAY,
        lines=(answer(LineStatus.REJECTED, reason="No"),),
    )
    assert "ConfirmationItem" not in written(response)


def test_what_cxml_demands_and_the_answer_does_not_say_is_refused_with_its_field() -> None:
    bare = Response(order_number="PO-1", status=HeaderStatus.RECEIVED, lines=(LineAnswer(status=LineStatus.ADDED),))
    with pytest.raises(CannotCarry) as caught:
        FORMAT.write(bare, {}, Context())
    wheres = {f.where for f in caught.value.findings if f.severity == "error"}
    assert wheres == {"answered", "lines[1].status", "lines[1].number", "lines[1].quantity", "lines[1].unit"}
    with pytest.raises(CannotCarry):
        FORMAT.write(Response(order_number="PO-1", status=HeaderStatus.RECEIVED, answered=DAY), {}, Context())


def test_an_answer_names_the_document_that_it_answers() -> None:
    response = Response(order_number="PO-1", status=HeaderStatus.ACCEPTED, answered=DAY)
    assert '<DocumentReference payloadID="20260131093000.7@buyer.example"' in written(response)
    without = FORMAT.write(response, {}, FixedContext())
    assert "previous-payload" in codes(without.findings)


def test_a_ship_notice_of_several_orders() -> None:
    portion = (
        '<ShipNoticePortion><OrderReference orderID="{0}"><DocumentReference payloadID=""/></OrderReference>'
        '<ShipNoticeItem quantity="3" lineNumber="1"><UnitOfMeasure>EA</UnitOfMeasure></ShipNoticeItem>'
        "</ShipNoticePortion>"
    )
    header = '<ShipNoticeHeader shipmentID="S1" noticeDate="2026-01-31"/>'
    found = read(document(f"<ShipNoticeRequest>{header}{portion.format('A')}{portion.format('B')}</ShipNoticeRequest>"))
    assert found.usable and isinstance(found.document, ShipNotice)
    assert found.document.order_number == "A" and [line.order_number for line in found.document.lines] == [None, "B"]
    back = header.replace("/>", ' operation="delete"/>')
    taken = read(document(f"<ShipNoticeRequest>{back}{portion.format('A')}</ShipNoticeRequest>"))
    assert "taken-back" in codes(taken.findings)


def test_a_receipt_tells_what_came_and_what_goes_back() -> None:
    item = (
        '<ReceiptItem quantity="4" receiptLineNumber="1" type="{0}"><ReceiptItemReference lineNumber="1"/><UnitRate>'
        '<Money currency="USD">1</Money><UnitOfMeasure>EA</UnitOfMeasure></UnitRate></ReceiptItem>'
    )
    items = item.format("received") + item.format("returned")
    order = f"<ReceiptOrder><ReceiptOrderInfo>{REFERENCE}</ReceiptOrderInfo>{items}</ReceiptOrder>"
    shipped = '<ShipNoticeIDInfo shipNoticeID="S1"/></ReceiptRequestHeader>'
    head = f'<ReceiptRequestHeader receiptID="R1" receiptDate="2026-02-05">{shipped}'
    found = read(document(f"<ReceiptRequest>{head}{order}</ReceiptRequest>"))
    assert found.usable and isinstance(found.document, Receipt)
    assert (found.document.order_number, found.document.ship_notice) == ("PO-1", "S1")
    assert [(line.received, line.rejected) for line in found.document.lines] == [
        (Decimal(4), None),
        (Decimal(0), Decimal(4)),
    ]


@pytest.mark.parametrize(
    ("code", "means"),
    [
        ("200", AdviceStatus.ACCEPTED), ("201", AdviceStatus.RECEIVED), ("406", AdviceStatus.REJECTED),
        ("500", AdviceStatus.REJECTED),
    ],
)  # fmt: skip
def test_a_status_update_says_what_became_of_a_document(code: str, means: AdviceStatus) -> None:
    body = f'<DocumentReference payloadID="9@b"/><Status code="{code}" text="OK">Told</Status>'
    found = read(document(f"<StatusUpdateRequest>{body}</StatusUpdateRequest>"))
    assert isinstance(found.document, ApplicationAdvice)
    assert (found.document.status, found.document.reason) == (means, "Told")
    assert found.document.document_number == found.envelope["reference_payload"] == "9@b"


def test_a_response_is_accepted_or_rejected_by_its_code() -> None:
    text = '<cXML payloadID="2@b" timestamp="x"><Response><Status code="{0}" text="{1}"/></Response></cXML>'
    good, bad = read(text.format(200, "OK").encode()), read(text.format(400, "no such buyer").encode())
    assert isinstance(good.document, FunctionalAck) and good.document.status is FunctionalStatus.ACCEPTED
    assert isinstance(bad.document, FunctionalAck) and bad.document.status is FunctionalStatus.REJECTED
    assert (good.document.reason, bad.document.reason) == (None, "no such buyer")
    broken = read(b'<cXML payloadID="2@b" timestamp="x"><Response/></cXML>')
    assert not broken.usable and codes(broken.findings) == {"status-missing"}


def test_a_group_that_is_accepted_in_part_has_no_response() -> None:
    with pytest.raises(CannotCarry):
        FORMAT.write(FunctionalAck(group_kind="PO", status=FunctionalStatus.PARTIAL), {}, Context())
