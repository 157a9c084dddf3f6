"""What left the supplier and what arrived: ship notices and receipts as buyers, suppliers and warehouses send them."""

import datetime
import itertools
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from orderwire import plugins
from orderwire.document.fulfillment import Receipt, ReceivedLine, ShipNotice, ShippedLine
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.flow import NotYet, Refused, acknowledge, cancel, fulfill, receive
from orderwire.flow.catch_up import catch_up
from orderwire.flow.distribute.numbers import Numbers, WriteContext
from orderwire.flow.goods import goods, open_lines
from orderwire.flow.holding import Doubt, holding
from orderwire.formats import Content
from orderwire.records import Endpoint, Event, GoodsDocument, GoodsLine, Message, Order, Partner
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db

TODAY = datetime.date.today()


@pytest.fixture
def acme(config: Path, tmp_path: Path) -> Partner:
    """The supplier; he receives our JSON in a folder."""
    return road.supplier(tmp_path / "out")


@pytest.fixture
def order(acme: Partner) -> Order:
    """100 seals of line 10, 60 of line 20, approved and handed over."""
    row = road.approved(number="A")
    left(row)
    return row


def left(order: Order, state: str = "accepted") -> None:
    """Its newest version left, and this became of it."""
    found = order.deliveries.filter(revision__number=order.revision)
    found.update(state="sending")
    found.update(state=state, accepted_at=timezone.now() if state == "accepted" else None)


def desk(partner: Partner) -> Endpoint:
    return Endpoint.objects.get(partner=partner)


def notice(number: str = "ASN-1", *lines: ShippedLine, **fields: Any) -> ShipNotice:
    found = lines or (ShippedLine(number="10", quantity=Decimal(40), unit="H87"),)
    return ShipNotice(**({"number": number, "order_number": "A", "shipped": TODAY, "lines": found} | fields))


def receipt(number: str = "R-1", *lines: ReceivedLine, **fields: Any) -> Receipt:
    found = lines or (ReceivedLine(number="10", received=Decimal(40), unit="H87"),)
    return Receipt(**({"number": number, "order_number": "A", "received": TODAY, "lines": found} | fields))


def bring(document: Content, *, by: Partner | None = None) -> Message:
    """The supplier's system, or else the buyer's, sends a document."""
    content = plugins.format("order_json").write(document, {}, WriteContext(Numbers("test"))).content
    how: dict[str, Any] = {"source": road.SOURCE, "actor": road.ACTOR}
    if by is not None:
        how = {"source": f"folder:{by.name}", "actor": f"supplier:{by.number}", "endpoint": desk(by)}
    return receive.receive(content, name="in.json", **how)


def outcome(message: Message) -> str:
    [document] = message.documents
    return str(document["outcome"])


def told(message: Message) -> str:
    return "\n".join(f"{f['where']}: {f['text']}" for d in message.documents for f in d["findings"])


def line(order: Order, number: str = "10") -> tuple[Decimal, Decimal, Decimal]:
    """What was shipped, received, and is open."""
    order.refresh_from_db()
    found = next(each for each in goods(order).lines if each.number == number)
    return found.shipped, found.received, found.open


def test_the_supplier_ships_a_part_and_the_warehouse_receives_it(order: Order, acme: Partner) -> None:
    assert outcome(bring(notice(), by=acme)) == "kept"
    assert line(order) == (40, 0, 60)
    assert order.last_event == "Tecnosellos shipped goods"
    came = receipt("R-1", ReceivedLine(number="10", received=Decimal(40), rejected=Decimal(5), unit="H87"))
    assert outcome(bring(came)) == "kept"
    assert line(order) == (40, 40, 65)
    assert open_lines(order.pk) == {"10": 65, "20": 60}
    kept = GoodsDocument.objects.get(kind="ship_notice")
    assert ShipNotice.model_validate(kept.content) == notice()
    assert (kept.supplier, kept.on_date, kept.message is not None) == (acme, TODAY, True)
    assert [k for k in road.kinds(order) if k.startswith("goods")] == ["goods.shipped", "goods.received"]


def test_the_same_document_twice_changes_nothing(order: Order, acme: Partner) -> None:
    bring(notice(), by=acme)
    before, events = road.everything(), Event.objects.filter(order=order).count()
    first = fulfill.shipped(notice(), partner=acme, source="api:acme", actor="api:acme")
    assert first.outcome == "duplicate"
    assert road.everything() == before and Event.objects.filter(order=order).count() == events


def test_a_corrected_notice_replaces_the_first_and_one_taken_back_counts_nothing(order: Order, acme: Partner) -> None:
    bring(notice(), by=acme)
    fixed = notice("ASN-1", ShippedLine(number="10", quantity=Decimal(30)))
    assert outcome(bring(fixed, by=acme)) == "replaced"
    assert line(order) == (30, 0, 70)
    assert outcome(bring(fixed.model_copy(update={"code": "01"}), by=acme)) == "taken_back"
    assert line(order) == (0, 0, 100)
    assert outcome(bring(notice(), by=acme)) == "duplicate"
    assert line(order) == (0, 0, 100)
    assert road.kinds(order).count("goods.replaced") == 3


def test_a_number_that_starts_again_for_another_order_is_another_delivery(order: Order, acme: Partner) -> None:
    other = road.approved(number="B")
    bring(notice(), by=acme)
    assert outcome(bring(notice(order_number="B"), by=acme)) == "kept"
    assert (line(order)[0], line(other)[0]) == (40, 40)


def test_a_supplier_cannot_receive_for_himself_nor_ship_for_another(
    order: Order, acme: Partner, tmp_path: Path
) -> None:
    message = bring(receipt(), by=acme)
    assert outcome(message) == "refused" and "Receipts come from the buying system" in told(message)
    with pytest.raises(Refused, match="cannot say what arrived"):
        fulfill.received(receipt(), partner=acme, source="api:x", actor="api:x")
    stranger = road.supplier(tmp_path / "other", "Stranger")
    message = bring(notice(), by=stranger)
    assert "names A, which is no order of this partner here" in told(message)
    assert line(order) == (0, 0, 100)
    assert GoodsLine.objects.get().order is None


def test_the_buyer_enters_a_notice_on_behalf_and_the_supplier_repeats_it(order: Order, acme: Partner) -> None:
    bring(notice())
    assert GoodsDocument.objects.get().supplier == acme
    assert outcome(bring(notice(), by=acme)) == "duplicate"
    assert line(order) == (40, 0, 60)


def test_one_notice_of_several_orders_counts_for_each_and_finds_lines_by_their_part(
    order: Order, acme: Partner
) -> None:
    other = road.approved(number="B")
    lines = (
        ShippedLine(order_number="A", number="0010", quantity=Decimal(10)),
        ShippedLine(order_number="B", number="3", supplier_part="MG1/28", quantity=Decimal(20)),
        ShippedLine(order_number="B", number="77", quantity=Decimal(5)),
    )
    message = bring(notice("ASN-1", *lines, order_number=None), by=acme)
    assert "ASN-1 line 3: Order B has no line 77; nothing is counted." in told(message)
    assert (line(order)[0], line(other)[0]) == (10, 20)
    assert goods(other).foreign == ("ASN-1: 5 of a line that the order does not have.",)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (ShippedLine(number="10", quantity=Decimal(5), unit="KGM"), "has the unit kg, the order has piece"),
        (ShippedLine(number="10", quantity=Decimal(0)), "says that nothing was shipped"),
        (ShippedLine(number="10", quantity=Decimal(10) ** 9), "surely a slip"),
    ],
)
def test_what_cannot_be_counted_is_kept_and_told(order: Order, acme: Partner, said: ShippedLine, why: str) -> None:
    message = bring(notice("ASN-1", said), by=acme)
    assert why in told(message)
    row = GoodsLine.objects.get()
    assert (row.line, row.quantity) == ("10", said.quantity) and why in row.problem
    assert line(order) == (0, 0, 100)


def test_more_than_was_confirmed_is_told_with_its_percent(order: Order, acme: Partner) -> None:
    answer = LineAnswer(number="10", status=LineStatus.CHANGED, quantity=Decimal(80))
    response = Response(order_number="A", status=HeaderStatus.ACCEPTED_WITH_CHANGES, lines=(answer,))
    acknowledge.take(response, supplier=acme, source="folder", actor="supplier:S1")
    message = bring(notice("ASN-1", ShippedLine(number="10", quantity=Decimal(90))), by=acme)
    assert "A line 10: 90 supplied instead of 80 confirmed, 12.5 % more" in told(message)
    found = goods(order).lines[0]
    assert (found.confirmed, found.shipped, found.open) == (80, 90, 10)


def test_a_notice_before_its_order_waits_and_counts_when_the_order_is_here(acme: Partner) -> None:
    message = bring(notice(), by=acme)
    assert outcome(message) == "waiting"
    assert not GoodsDocument.objects.exists()
    order = road.approved(number="A")
    assert catch_up() == 1
    assert line(order) == (40, 0, 60)
    with pytest.raises(NotYet, match="names order B, which is not here"):
        fulfill.shipped(notice(order_number="B"), partner=acme, source="api:x", actor="api:x")


def test_of_a_notice_of_two_orders_the_one_that_is_here_counts_at_once(order: Order, acme: Partner) -> None:
    lines = tuple(ShippedLine(order_number=n, number="10", quantity=Decimal(40)) for n in ("A", "B"))
    both = notice("ASN-1", *lines, order_number=None)
    assert outcome(bring(both, by=acme)) == "waiting"
    assert line(order) == (40, 0, 60)
    other = road.approved(number="B")
    assert catch_up() == 1
    assert (line(order), line(other)) == ((40, 0, 60), (40, 0, 60))
    assert GoodsLine.objects.count() == 2


def test_a_notice_of_two_orders_that_are_not_here_waits_for_each(acme: Partner) -> None:
    lines = tuple(ShippedLine(order_number=n, number="10", quantity=Decimal(40)) for n in ("A", "B"))
    bring(notice("ASN-1", *lines, order_number=None), by=acme)
    first = road.approved(number="A")
    assert catch_up() == 0
    assert line(first) == (40, 0, 60)
    second = road.approved(number="B")
    assert catch_up() == 1
    assert (line(first), line(second)) == ((40, 0, 60), (40, 0, 60))


def test_a_test_notice_counts_nothing_of_a_real_order(order: Order, acme: Partner) -> None:
    message = bring(notice(test=True), by=acme)
    assert "names A, which is a real order, and this is not" in told(message)
    assert line(order) == (0, 0, 100)


def test_a_line_that_a_later_version_adds_counts_as_soon_as_it_is_there(order: Order, acme: Partner) -> None:
    bring(notice("ASN-1", ShippedLine(number="30", quantity=Decimal(7))), by=acme)
    assert goods(order).foreign
    document = factories.document("A", revision=2)
    road.bring(document.model_copy(update={"lines": (*document.lines, factories.line("30"))}))
    order.refresh_from_db()
    assert line(order, "30") == (7, 0, 93)
    assert not goods(order).foreign


def test_a_shipment_proves_that_the_supplier_has_the_order(acme: Partner) -> None:
    order = road.approved(number="A")
    left(order, "in_doubt")
    assert (holding(order).version, holding(order).possibly) == (None, 1)
    bring(notice(shipped=None), by=acme)
    found = holding(order)
    assert (found.version, found.how, found.warnings) == (1, "goods were shipped", ())


def test_goods_against_a_version_that_is_not_proven_are_told(order: Order, acme: Partner) -> None:
    road.bring(factories.document("A", revision=2, lines=(factories.line(quantity=90),)))
    order.refresh_from_db()
    bring(notice(), by=acme)
    bring(receipt())
    kinds = {w.kind for w in holding(order).warnings}
    assert kinds == {Doubt.OLDER_THAN_CURRENT, Doubt.SHIPMENT_AGAINST_UNHELD, Doubt.RECEIPT_AGAINST_UNHELD}


def test_goods_of_an_order_that_was_cancelled_before_it_left_ask_the_supplier_back(acme: Partner) -> None:
    order = road.approved(number="A")
    cancel.ask(order.pk, actor="user:ines", code="not_needed")
    order.refresh_from_db()
    assert order.state == "cancelled"
    message = bring(notice(), by=acme)
    assert "A: is cancelled, and goods of it move; speak with the supplier" in told(message)
    order.refresh_from_db()
    assert order.state == "cancelling"
    assert order.deliveries.filter(kind="cancellation", leg__recipient=acme).exists()


def happenings(name: str, acme: Partner) -> list[Callable[[], object]]:
    """A notice and its correction, another one and its withdrawal, and a version that drops a line and adds one."""
    document = factories.document(name, revision=2)
    newer = document.model_copy(update={"lines": (factories.line("10", quantity=90), factories.line("30"))})
    removed = ShippedLine(number="20", quantity=Decimal(60))
    added = ShippedLine(number="30", quantity=Decimal(5))
    first, second = f"1-{name}", f"2-{name}"
    return [
        lambda: ship(notice(first, added, removed, order_number=name), acme),
        lambda: ship(notice(first, added, removed, order_number=name, code="05", packages=2), acme),
        lambda: ship(notice(second, order_number=name), acme),
        lambda: ship(notice(second, order_number=name, code="01"), acme),
        lambda: road.bring(newer),
    ]


def ship(document: ShipNotice, by: Partner) -> object:
    return fulfill.shipped(document, partner=by, source="folder:acme", actor="supplier:S1")


def test_goods_end_alike_in_whatever_sequence_they_and_a_new_version_come(acme: Partner) -> None:
    sequences = list(itertools.permutations(range(5)))
    ends = set()
    for at, sequence in enumerate(sequences):
        name = f"X{at}"
        order = road.approved(number=name)
        steps = happenings(name, acme)
        for step in sequence:
            steps[step]()
        order.refresh_from_db()
        found = goods(order)
        ends.add((found.lines, tuple(text.replace(name, "") for text in found.foreign)))
    assert len(sequences) == 120
    [(lines, foreign)] = ends
    assert [(each.number, each.shipped, each.open) for each in lines] == [("10", 0, 90), ("30", 5, 95)]
    assert foreign == ("1-: 60 of line 20, which the newest version does not have.",)
