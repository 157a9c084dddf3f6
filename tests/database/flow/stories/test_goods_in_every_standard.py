"""The same goods in every standard that tells of them, through the door that files come in by."""

from decimal import Decimal
from pathlib import Path

import pytest

from orderwire.flow import receive
from orderwire.flow.goods import goods
from orderwire.records import Endpoint, GoodsDocument, Order, Partner
from tests.database.flow import road
from tests.pure.formats.cxml.support import document as cxml
from tests.pure.formats.edifact import files as edifact
from tests.pure.formats.x12 import support as x12

pytestmark = pytest.mark.django_db

ASN = ("BSN*{purpose}*D-1*20261122*1200", "HL*1**S", "DTM*011*20261123", "HL*2*1*O", "PRF*A", "HL*3*2*I",
       "LIN*1*VP*MG1/28", "SN1**40*EA")  # fmt: skip
DESADV = ("BGM+351+D-1+{purpose}", "DTM+137:20261122:102", "DTM+11:20261123:102", "RFF+ON:A", "CPS+1",
          "LIN+1++MG1/28:SA", "QTY+12:40:PCE", "RFF+ON:A:10")  # fmt: skip
UBL = """<DespatchAdvice xmlns="urn:oasis:names:specification:ubl:schema:xsd:DespatchAdvice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:ID>D-1</cbc:ID><cbc:IssueDate>2026-11-22</cbc:IssueDate>
 <cac:OrderReference><cbc:ID>A</cbc:ID></cac:OrderReference>
 <cac:Shipment><cbc:ID>1</cbc:ID><cac:Delivery><cac:Despatch>
 <cbc:ActualDespatchDate>2026-11-23</cbc:ActualDespatchDate></cac:Despatch></cac:Delivery></cac:Shipment>
 <cac:DespatchLine><cbc:ID>1</cbc:ID><cbc:DeliveredQuantity unitCode="C62">40</cbc:DeliveredQuantity>
 <cac:OrderLineReference><cbc:LineID>10</cbc:LineID></cac:OrderLineReference>
 <cac:Item><cbc:Name>Seal</cbc:Name></cac:Item></cac:DespatchLine></DespatchAdvice>"""
CXML = """<ShipNoticeRequest><ShipNoticeHeader shipmentID="D-1" operation="{purpose}" noticeDate="2026-11-22"
 shipmentDate="2026-11-23"/><ShipNoticePortion><OrderReference orderID="A"><DocumentReference payloadID=""/>
 </OrderReference><ShipNoticeItem quantity="40" lineNumber="10"><UnitOfMeasure>EA</UnitOfMeasure></ShipNoticeItem>
 </ShipNoticePortion></ShipNoticeRequest>"""
CSV = "ship_notice_number,order_number,ship_date,line_number,shipped_quantity,unit\nD-1,A,2026-11-23,10,40,H87\n"


def notices(purpose: int) -> dict[str, bytes]:
    """The ship notice in each standard; `purpose` 0: for the first time, 1: it is taken back."""
    found = {
        "x12": x12.interchange(
            x12.message(*(s.format(purpose=("00", "01")[purpose]) for s in ASN), kind="856", control=f"000{purpose}"),
            group="SH",
            isa=x12.ISA.replace("000000007", f"00000000{purpose}"),
        ).replace(b"IEA*1*000000007", b"IEA*1*00000000%d" % purpose),
        "edifact": edifact.file(
            edifact.message(*(s.format(purpose=("9", "1")[purpose]) for s in DESADV), kind="DESADV"),
            unb=edifact.UNB.replace("4711", f"471{purpose}"),
        ),
        "cxml": cxml(CXML.format(purpose=("new", "delete")[purpose])).replace(
            b'payloadID="', b'payloadID="%d' % purpose
        ),
    }
    return found if purpose else found | {"ubl": UBL.encode(), "csv": CSV.encode()}


RECEIPTS = {
    "x12": x12.interchange(
        x12.message(
            "BRA*R-1*20261125*00*1", "DTM*050*20261124", "PRF*A", "RCD**38*EA*2*EA", "LIN*1*VP*MG1/28", kind="861"
        ),
        group="RC",
    ),
    "edifact": edifact.file(
        edifact.message(
            "BGM+632+R-1+9", "DTM+137:20261125:102", "DTM+50:20261124:102", "RFF+ON:A", "CPS+1", "LIN+1++MG1/28:SA",
            "QTY+48:38:PCE", "QTY+195:2:PCE", kind="RECADV",
        )
    ),
    "csv": b"receipt_number,order_number,received_date,line_number,received_quantity,rejected_quantity\n"
    b"R-1,A,2026-11-24,10,38,2\n",
}  # fmt: skip


@pytest.fixture
def acme(config: Path, tmp_path: Path) -> Partner:
    return road.supplier(tmp_path / "out")


@pytest.fixture
def order(acme: Partner) -> Order:
    return road.approved(number="A")


def bring(content: bytes, by: Partner | None = None) -> dict[str, object]:
    endpoint = Endpoint.objects.get(partner=by) if by else None
    message = receive.receive(content, name="in", source="folder:in", actor="system:worker", endpoint=endpoint)
    [document] = message.documents
    return document


def line(order: Order) -> tuple[Decimal, Decimal, Decimal]:
    found = goods(order).lines[0]
    return found.shipped, found.received, found.rejected


@pytest.mark.parametrize("standard", notices(0))
def test_a_ship_notice_counts_alike_in_every_standard(standard: str, order: Order, acme: Partner) -> None:
    document = bring(notices(0)[standard], acme)
    assert document["outcome"] == "kept", document
    assert line(order) == (40, 0, 0)
    kept = GoodsDocument.objects.get()
    assert (kept.number, str(kept.on_date), kept.supplier) == ("D-1", "2026-11-23", acme)


@pytest.mark.parametrize("standard", notices(1))
def test_a_ship_notice_is_taken_back_in_its_standard(standard: str, order: Order, acme: Partner) -> None:
    bring(notices(0)[standard], acme)
    document = bring(notices(1)[standard], acme)
    assert document["outcome"] == "taken_back", document
    assert line(order) == (0, 0, 0)


@pytest.mark.parametrize("standard", RECEIPTS)
def test_a_receipt_counts_alike_in_every_standard(standard: str, order: Order, acme: Partner) -> None:
    document = bring(RECEIPTS[standard])
    assert document["outcome"] == "kept", document
    assert line(order) == (0, 38, 2)
    assert str(GoodsDocument.objects.get().on_date) == "2026-11-24"
