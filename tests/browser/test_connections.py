"""Ways to a supplier in a browser: one set up from nothing by two people carries an order; a mail that comes back turns
the open page red and the other way is one click; every new screen is accessible."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.utils import timezone

from orderwire.channels import Report
from orderwire.document.states import DeliveryState
from orderwire.flow import reported, token
from orderwire.flow.endpoints import change as verbs
from orderwire.flow.enroll import NewEndpoint
from orderwire.records import Delivery, DeliveryRecipient, Endpoint, EndpointVersion, Letter, Partner, Suppression
from tests.browser.conftest import signed_in
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, orders_in
from tests.database.tracking import seed

WITHIN_MS = 15_000
MAIL: dict[str, Any] = {
    "host": "mail.acme.example",
    "from_address": "orders@nordhaven.example",
    "username": "nordhaven",
    "password": "harbour-lantern-42",
    "recipients": ["desk@acme.example", "sales@acme.example"],
}


@pytest.fixture
def desks(browser: Any, server: str) -> Iterator[tuple[Any, Any]]:
    """The pages of two colleagues."""
    seed.buyer()
    seed.buyer("jens", "Jens Petersen")
    with signed_in(browser, server, "ines") as ines, signed_in(browser, server, "jens") as jens:
        yield ines, jens


def test_a_way_set_up_from_nothing_by_two_people_carries_an_order(
    desks: tuple[Any, Any], server: str, tmp_path: Path, config: Path
) -> None:
    ines, jens = desks
    road.trusting(config)
    partner = factories.supplier()
    out = tmp_path / "out"
    out.mkdir()
    ines.goto(f"{server}/suppliers/{partner.pk}/")
    ines.get_by_role("link", name="Add a way").click()
    ines.get_by_role("radio", name="Folder").check()
    ines.get_by_label("What it says: the format").select_option("order_json")
    ines.get_by_role("button", name="Go on to the settings").click()
    ines.get_by_label("Name of this way").fill("EDI drop")
    ines.get_by_label("Out", exact=False).first.fill(str(out))
    ines.get_by_role("button", name="Propose it").click()
    ines.locator(".says", has_text="It waits for another person.").wait_for()
    ines.get_by_role("button", name="Test this connection").click()
    ines.locator(".st.good", has_text="by Ines Albrecht").wait_for()
    assert ines.get_by_role("button", name="Confirm, use it").count() == 0

    jens.goto(server + "/")
    jens.get_by_role("link", name="Look and confirm").click()
    jens.get_by_role("button", name="Confirm, use it").click()
    jens.locator(".says", has_text="In use: Jens Petersen").wait_for()

    order = road.approved()
    drain(Endpoint.objects.get(name="EDI drop"))
    assert orders_in(out) == [(order.number, 1)]
    ines.goto(f"{server}/orders/{order.pk}/deliveries/")
    ines.locator("td", has_text="it lies in their folder").wait_for()


def test_a_mail_that_comes_back_turns_the_open_page_red_and_the_next_way_is_one_click(
    desks: tuple[Any, Any], server: str, tmp_path: Path
) -> None:
    page, _ = desks
    order = factories.order()
    assert order.supplier is not None
    mail = factories.delivery(order, to=factories.endpoint(order.supplier, channel="email", **MAIL))
    folder = road.desk(order.supplier, tmp_path / "out")
    page.goto(f"{server}/orders/{order.pk}/")
    page.locator(".live", has_text="Live").wait_for()
    page.evaluate("window.notReloaded = true")
    assert page.get_by_role("button", name="Send into their folder instead").count() == 1
    for address in MAIL["recipients"]:
        bounce = Report("550 5.1.1: no such person", token=token.token(mail.pk), address=address, code="550")
        reported.report(factories.message(), bounce, mail.endpoint)
    page.locator(".says .tone-bad").wait_for(timeout=WITHIN_MS)
    assert page.evaluate("window.notReloaded") is True
    assert "no such person" in page.locator(".says").inner_text()
    first = page.locator(".acts .btn.primary").first
    assert first.inner_text() == "Send into their folder instead"
    first.click()
    page.locator(".notice", has_text="It goes to Tecnosellos another way.").wait_for()
    states = dict(Delivery.objects.filter(order=order).values_list("endpoint", "state"))
    assert states == {mail.endpoint_id: DeliveryState.WITHDRAWN, folder.pk: DeliveryState.READY}
    drain(folder)
    assert orders_in(tmp_path / "out") == [(order.number, 1)]
    page.goto(f"{server}/orders/{order.pk}/deliveries/")
    chain = page.get_by_role("list", name="The way it took")
    assert "Sent another way" in chain.inner_text() and "Folder" in chain.inner_text()


@pytest.fixture
def screens(transactional_db: None) -> dict[str, str]:
    """Every screen of connections with something of each kind on it, by name."""
    with transaction.atomic():
        ines, jens = seed.buyer(), seed.buyer("jens", "Jens Petersen")
        order = seed.order("4500071902", delivery=DeliveryState.FAILED)
        partner = order.supplier
        assert isinstance(partner, Partner)
        new = NewEndpoint("mailbox", "email", "pdf", config=MAIL, also=("x12",))
        way = verbs.confirm(verbs.propose(partner, None, new, by=ines).pk, by=jens)
        moved = NewEndpoint("", "email", "pdf", config=MAIL | {"host": "mx.acme.example"}, also=("x12",))
        change = verbs.propose(partner, way, moved, by=jens)
        verbs.propose(partner, None, NewEndpoint("drop", "folder", "x12", config={"out": "/srv/acme/out"}), by=jens)
        probed = {"good": False, "text": "No answer within 20 s. Check the address.", "by": "user:ines", "version": 1}
        rest = timezone.now() + datetime.timedelta(minutes=7)
        Endpoint.objects.filter(pk=way.pk).update(
            failures=4, paused_until=rest, pause_reason="No connection to mail.acme.example in 20 s.",
            probed=probed | {"at": timezone.now().isoformat()},
        )  # fmt: skip
        Suppression.objects.create(address="desk@acme.example", why="bounce", text="550 5.1.1: no such person")
        trip = order.deliveries.get()
        for address, state in (("desk@acme.example", "bounced"), ("sales@acme.example", "taken")):
            DeliveryRecipient.objects.create(delivery=trip, address=address, state=state, at=timezone.now())
        books = Endpoint.objects.create(partner=Partner.objects.create(number="ERP", name="Our ERP"), name="Tryton")
        config = {"url": "https://erp.example", "database": "n", "login": "o", "password": "x", "since": "2026-11-01"}
        EndpointVersion.objects.create(endpoint=books, number=1, channel="tryton", format="order_json", config=config)
        letter = Letter.objects.create(
            message=factories.message(), order=order, delivery=trip, sender="R. Delgado <desk@acme.example>",
            subject="Re: Order 4500071902", text="Hello,\n\nwe moved: orders@acme-new.example.\n\nR. Delgado",
        )  # fmt: skip
    supplier = f"/suppliers/{partner.pk}/"
    return {
        "connections": "/connections/", "supplier": supplier, "choose": f"{supplier}ways/new/",
        "form": f"{supplier}ways/new/?channel=folder&format=x12", "mail": f"{supplier}ways/{way.pk}/",
        "change": f"/changes/{change.pk}/", "inbox": "/", "deliveries": f"/orders/{order.pk}/deliveries/",
        "letters": f"/orders/{order.pk}/messages/", "delivery": f"/deliveries/{trip.pk}/",
        "letter": f"/messages/{letter.message_id}/", "again": f"/endpoints/{trip.endpoint_id}/again/",
    }  # fmt: skip


@pytest.mark.parametrize("width", [1440, 390])
def test_no_screen_shuts_anybody_out(screens: dict[str, str], browser: Any, server: str, width: int) -> None:
    axe, wrong = Axe(), []
    with signed_in(browser, server, "ines") as page:
        page.set_viewport_size({"width": width, "height": 900})
        for name, url in screens.items():
            page.goto(server + url)
            for summary in page.locator("form.settings details > summary").all():
                summary.click()
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)
                wrong += [(name, theme, found["id"]) for found in axe.run(page).response["violations"]]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append((name, "both", "scrolls sideways"))
            assert "harbour-lantern" not in page.content()
        page.goto(f"{server}/connections/")
        page.get_by_role("button", name="Compare orders").click()
        page.locator(".says", has_text="Tryton could not be asked").wait_for(timeout=WITHIN_MS)
        wrong += [("compare", found["id"]) for found in axe.run(page).response["violations"]]
    assert wrong == []
