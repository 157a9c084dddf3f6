"""What the cXML tests share: the DTDs as judges, documents that cXML can carry, and a small file to spoil."""

import datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import strategies as st
from lxml import etree

from orderwire.document.fulfillment import ShipNotice
from orderwire.document.functional import FunctionalAck, FunctionalStatus
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import HeaderStatus, LineStatus, Response
from orderwire.formats.cxml import Cxml
from orderwire.testing.formats import FixedContext
from tests.pure import family
from tests.pure.orders import labels, maybe, orders

FORMAT = Cxml()
CORPUS = Path(__file__).resolve().parents[4].parent / "shared/corpus/cxml"
DTDS = CORPUS / "cxml-php/dtd/1.2.063"
DAY = datetime.date(2026, 1, 31)
PREVIOUS = {"previous_payload": "20260131093000.7@buyer.example"}


@cache
def dtd(name: str) -> etree.DTD:
    """The unmodified DTD that a system identifier names."""
    if not DTDS.is_dir():
        pytest.skip("the cXML DTDs of the corpus are not here")
    return etree.DTD(file=str(DTDS / name))


def assert_valid(content: bytes) -> None:
    """The DTD that the document names holds."""
    tree = etree.ElementTree(etree.fromstring(content))
    judge = dtd(str(tree.docinfo.system_url).rpartition("/")[2])
    assert judge.validate(tree), judge.error_log


def _numbered(order: Order) -> Order:
    lines = [line.model_copy(update={"number": str(n * 10)}) for n, line in enumerate(order.lines, 1)]
    return order.model_copy(update={"lines": tuple(lines)})


def _whole(change: OrderChange) -> OrderChange:
    lines = []
    for n, item in enumerate(change.lines, 1):
        line = item.line.model_copy(update={"number": str(n)}) if item.line else None
        lines.append(item.model_copy(update={"number": str(n), "line": line}))
    return change.model_copy(update={"form": "full", "lines": tuple(lines)})


def _answerable(response: Response) -> Response:
    lines = []
    for answer in response.lines:
        said = {"number": answer.number or "1", "quantity": answer.quantity or 1, "unit": answer.unit or "EA",
                "price": answer.price or (2 if answer.substitute_part else None),
                "status": LineStatus.CHANGED if answer.status is LineStatus.ADDED else answer.status}  # fmt: skip
        lines.append({**answer.model_dump(), **said})
    status = response.status if lines or response.status is not HeaderStatus.RECEIVED else HeaderStatus.ACCEPTED
    if not lines and status is HeaderStatus.ACCEPTED_WITH_CHANGES:
        status = HeaderStatus.REJECTED
    said = {"answered": response.answered or DAY, "lines": lines, "status": status}
    return Response.model_validate({**response.model_dump(), **said})


def _shippable(notice: ShipNotice) -> ShipNotice:
    lines = [{**line.model_dump(), "number": line.number or "1", "unit": line.unit or "EA"} for line in notice.lines]
    return ShipNotice.model_validate({**notice.model_dump(), "issued": notice.issued or DAY, "lines": lines})


ORDERS = orders().map(_numbered)
CHANGES = family.changes().filter(lambda change: change.lines).map(_whole)
CANCELLATIONS = family.cancellations()
RESPONSES = family.responses().map(_answerable)
SHIP_NOTICES = family.ship_notices().map(_shippable)
ADVICES = family.advices()
ACKS = st.builds(
    FunctionalAck, group_kind=st.just("cXML"), group_control=maybe(st.just("1@buyer.example")),
    status=st.sampled_from([FunctionalStatus.ACCEPTED, FunctionalStatus.REJECTED]),
    code=maybe(st.sampled_from(["200", "201", "400", "450", "500"])), reason=maybe(labels()),
)  # fmt: skip
DOCUMENTS = st.one_of(ORDERS, CHANGES, CANCELLATIONS, RESPONSES, SHIP_NOTICES, ADVICES, ACKS)

HEADER = """<Header>
<From><Credential domain="NetworkId"><Identity>AN01</Identity></Credential></From>
<To><Credential domain="NetworkID"><Identity>AN02</Identity></Credential></To>
<Sender><Credential domain="NetworkID"><Identity>AN01</Identity><SharedSecret>coyote</SharedSecret></Credential>
<UserAgent>Test</UserAgent></Sender></Header>"""
BILL_TO = '<BillTo><Address><Name xml:lang="en">Buyer Inc</Name></Address></BillTo>'
ITEM = """<ItemOut quantity="10" lineNumber="1"><ItemID><SupplierPartID>V-1</SupplierPartID></ItemID><ItemDetail>
<UnitPrice><Money currency="USD">2.5</Money></UnitPrice><Description xml:lang="en">Bolt</Description>
<UnitOfMeasure>EA</UnitOfMeasure><Classification domain="UNSPSC">31161500</Classification></ItemDetail></ItemOut>"""
TOTAL = '<Total><Money currency="USD">25</Money></Total>'


def document(body: str, *, request: str = "<Request>", header: str = HEADER, attributes: str = "") -> bytes:
    """A cXML file around one request."""
    end = f"</{request[1:].partition(' ')[0].rstrip('>')}>"
    named = f'payloadID="1@b" timestamp="2026-01-31T09:30:00-08:00" {attributes}'
    return f"<cXML {named}>{header}{request}{body}{end}</cXML>".encode()


def order_request(
    attributes: str = "", head: str = TOTAL + BILL_TO, items: str = ITEM, request: str = "<Request>"
) -> bytes:
    """An OrderRequest to spoil."""
    said = attributes if "orderDate" in attributes else f'orderDate="2026-01-31T09:30:00-08:00" {attributes}'
    said = said if "orderID" in said else f'orderID="PO-1" {said}'
    return document(
        f"<OrderRequest><OrderRequestHeader {said}>{head}</OrderRequestHeader>{items}</OrderRequest>", request=request
    )


def codes(findings: object) -> set[str]:
    """The codes of findings."""
    return {f.code for f in findings}  # type: ignore[attr-defined]


class Context(FixedContext):
    """A context that knows what went before."""

    def __init__(self) -> None:
        super().__init__(links=PREVIOUS)
