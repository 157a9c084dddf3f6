"""A cancellation travels in each format where the order went, reads back, and is told apart where none exists."""

from pathlib import Path

import pytest

from orderwire import plugins, reading
from orderwire.document.cancellation import Cancellation as Document
from orderwire.document.response import Response
from orderwire.flow import acknowledge, cancel, distribute
from orderwire.records import AnswerLink, Cancellation, Delivery, Endpoint, Order, Partner
from orderwire.testing.smtp import MailServer
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import changed_address, drain

from .kit import Serve

pytestmark = pytest.mark.django_db(transaction=True)


def cancelled(order: Order) -> Delivery:
    """The order is with the supplier and is cancelled."""
    drain()
    cancel.ask(order.pk, actor="user:ines", code="duplicate", reason="See order 7")
    drain()
    return Delivery.objects.get(kind="cancellation")


@pytest.mark.parametrize("format", ["order_json", "x12", "edifact", "ubl", "cxml", "csv", "xlsx"])
def test_a_cancellation_leaves_in_the_format_of_the_order(tmp_path: Path, format: str) -> None:
    road.desk(factories.supplier("Tecnosellos"), tmp_path / "out", format=format)
    delivery = cancelled(road.approved(number="A"))
    assert (delivery.state, delivery.reason) == ("accepted", "")
    read = [reading.read(path.read_bytes()).documents[0].document for path in (tmp_path / "out").iterdir()]
    [said] = [document for document in read if isinstance(document, Document)]
    assert said.order_number == "A"
    assert said.reason is None or said.reason.upper() == "ORDERED TWICE: SEE ORDER 7"
    if format != "csv":
        assert said.reason is not None


def test_cxml_names_the_payload_that_it_withdraws(tmp_path: Path) -> None:
    road.desk(factories.supplier("Tecnosellos"), tmp_path / "out", format="cxml")
    order = road.approved(number="A")
    cancelled(order)
    carried = Delivery.objects.get(kind="order").parcel["controls"]["payload"]
    texts = [path.read_text() for path in (tmp_path / "out").iterdir()]
    assert [f'<DocumentReference payloadID="{carried}"' in text for text in texts if 'type="delete"' in text] == [True]


def mailed(serve: Serve, language: str = "en") -> tuple[MailServer, Order]:
    """An order that a supplier was mailed as PDF."""
    server = serve()
    Partner.objects.update(language=language)
    road.forge("ow_endpoint_version", "update ow_endpoint_version set format = 'pdf'")
    return server, road.approved()


def test_a_mail_with_its_pdf_says_it_in_the_supplier_s_language_and_has_a_link_to_agree(serve: Serve) -> None:
    server, order = mailed(serve, language="de")
    delivery = cancelled(order)
    assert (delivery.state, delivery.reason) == ("accepted", "")
    mail = server.messages()[-1]
    text = mail.raw.decode("utf-8", "replace")
    link = AnswerLink.objects.get(delivery=delivery)
    assert (
        "Stornierung" in delivery.parcel["cancels"]["reason"]
        or "Doppelt bestellt" in delivery.parcel["cancels"]["reason"]
    )
    assert "application/pdf" in text
    assert link.order_id == order.pk
    row = Cancellation.objects.get()
    assert link.answer_by == row.due_at
    cancel.reply(row.pk, outcome="accepted", actor="supplier:link", link=link)
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_a_taken_back_cancellation_says_in_the_mail_that_the_order_stands(serve: Serve) -> None:
    server, order = mailed(serve)
    cancelled(order)
    cancel.withdraw(Cancellation.objects.get().pk, actor="user:ines")
    drain()
    assert len(server.messages()) == 3
    again = Delivery.objects.filter(kind="order").latest("pk")
    assert (again.state, again.says) == ("accepted", {"keeps": Cancellation.objects.get().pk})


def test_a_format_without_a_cancellation_holds_it_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    road.supplier(tmp_path / "out")
    order = road.approved()
    drain()
    monkeypatch.setattr(type(plugins.format("order_json")), "writes", frozenset())
    cancel.ask(order.pk, actor="user:ines", code="duplicate")
    drain()
    delivery = Delivery.objects.get(kind="cancellation")
    assert delivery.state == "held"
    assert "has no document that cancels an order. Tell them in another way" in delivery.reason
    monkeypatch.undo()
    distribute.resend(delivery.pk, actor="user:ines", reason="Their address has another format now")
    drain()
    delivery.refresh_from_db()
    assert delivery.state == "accepted"


def test_an_address_that_changed_since_is_used_when_a_person_says_so(tmp_path: Path) -> None:
    road.supplier(tmp_path / "out")
    order = road.approved()
    drain()
    cancel.ask(order.pk, actor="user:ines", code="duplicate")
    (tmp_path / "new").mkdir()
    changed_address(Endpoint.objects.get(), out=str(tmp_path / "new"))
    drain()
    delivery = Delivery.objects.get(kind="cancellation")
    assert (delivery.state, delivery.reason.endswith("Send it again.")) == ("held", True)
    distribute.resend(delivery.pk, actor="user:ines", reason="I called them")
    drain()
    assert len(list((tmp_path / "new").iterdir())) == 1


def test_the_supplier_s_system_answers_it(tmp_path: Path) -> None:
    road.supplier(tmp_path / "out")
    order = road.approved(number="A")
    delivery = cancelled(order)
    said = Response(order_number="A", answers="cancellation", status="accepted")
    answer = acknowledge.take(said, supplier=order.supplier, source="folder", actor="supplier:S1")
    order.refresh_from_db()
    delivery.refresh_from_db()
    assert (order.state, answer.state, delivery.state) == ("cancelled", "accepted", "answered")
