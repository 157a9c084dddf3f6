"""What a supplier is asked after the first version, in a real browser: a change with its differences, a cancellation on
a telephone; both themes, right to left, without script."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Browser, Page

from orderwire.flow import cancel, links
from orderwire.records import Delivery, Order, Response
from tests.browser.test_answer_page import accessible
from tests.database import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(browser: Browser) -> Iterator[Browser]:
    """The browser of the module; what a test opened in it is closed."""
    yield browser
    for context in list(browser.contexts):
        context.close()


def link_of(delivery: Delivery) -> str:
    with transaction.atomic():
        _, token = links.make(delivery, answer_by=None, recipient="orders@tecnosellos.example")
    return f"/a/{token}"


def sent(language: str) -> Order:
    country = "AE" if language == "ar" else "DE"
    order = factories.order(partner=factories.supplier(language=language, country=country))
    factories.delivery(order)
    return order


def opened(browser: Browser, address: str, *, width: int, theme: Any, script: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=theme, java_script_enabled=script
    )
    page = context.new_page()
    page.goto(address)
    return page


SIZES = [(1440, "light", "en"), (390, "light", "ar"), (390, "dark", "de")]


@pytest.mark.parametrize(("width", "theme", "language"), SIZES)
def test_a_change_shows_what_differs_and_is_accepted(
    live_server: Any, browser: Browser, width: int, theme: Any, language: str
) -> None:
    order = sent(language)
    lines = (
        factories.line("10", quantity=80, price="11.90", supplier_part="MG1/28"),
        factories.line("20", quantity=60, price="118"),
        factories.line("30", description="Gasket set"),
    )
    factories.revision(order, factories.document(revision=2, lines=lines))
    delivery = factories.delivery(order, says={"counters": 1, "reason": "As our frame agreement says"})
    page = opened(browser, live_server.url + link_of(delivery), width=width, theme=theme)
    assert page.locator(".turns del").count() == 2
    assert page.locator(".turns ins").count() == 5
    assert page.locator("[name=way]:checked").count() == 0, "nothing is chosen for him"
    accessible(page)
    page.click(".same > summary")
    page.click("#line-20 summary")
    accessible(page)
    page.check("[name=way][value=accept]")
    page.click("[data-tell=button]:visible")
    page.wait_for_selector("a[href$='correct=1']")
    assert Response.objects.get().state == "accepted"


@pytest.mark.parametrize(("width", "theme", "language"), SIZES)
def test_a_cancellation_is_answered_at_a_cost_and_then_in_part(
    live_server: Any, browser: Browser, width: int, theme: Any, language: str
) -> None:
    order = sent(language)
    row = cancel.ask(order.pk, actor="user:ines", code="project", reason="The customer left")
    delivery = Delivery.objects.get(order=order, kind=Delivery.Kind.CANCELLATION)
    page = opened(browser, live_server.url + link_of(delivery), width=width, theme=theme)
    accessible(page)
    assert not page.is_visible("[name=amount]")
    page.check("[name=way][value=cost]")
    page.click("#cancel button:visible")
    page.wait_for_selector("#found")
    assert page.get_attribute("[name=amount]", "aria-invalid") == "true"
    accessible(page)
    page.fill("[name=amount]", "120")
    page.fill("[name=reason]", "Material")
    page.click("#cancel button:visible")
    page.wait_for_selector("a[href$='correct=1']")
    row.refresh_from_db()
    assert (row.state, row.cost) == ("accepted_at_cost", 120)
    accessible(page)
    page.click("a[href$='correct=1']")
    page.check("[name=way][value=part]")
    page.fill("[name='keep.10']", "40")
    accessible(page)
    page.click("#cancel button:visible")
    page.wait_for_selector(".stays")
    accessible(page)
    row.refresh_from_db()
    assert row.state == "partly"


def test_a_cancellation_is_answered_without_script_and_the_back_button_does_no_harm(
    live_server: Any, browser: Browser
) -> None:
    order = sent("en")
    row = cancel.ask(order.pk, actor="user:ines", code="mistake")
    delivery = Delivery.objects.get(order=order, kind=Delivery.Kind.CANCELLATION)
    page = opened(browser, live_server.url + link_of(delivery), width=390, theme="light", script=False)
    page.check("[name=way][value=cannot]")
    page.fill("[name=reason]", "All is shipped")
    page.click("#cancel button:visible")
    assert "so it stands" in page.inner_text("main")
    cancel.settle(row.pk, choice="keep", actor="user:ines")
    page.go_back()
    assert page.locator("[name=way]").count() == 0, "what is settled is not asked again"
    assert Response.objects.count() == 1
