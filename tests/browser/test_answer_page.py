"""The answer page in a real browser: with and without script, desktop and telephone, both themes, right to left."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from playwright.sync_api import Browser, Page, Route

from orderwire.flow import links
from orderwire.records import AnswerLink, Delivery, Response
from tests.database import factories

pytestmark = pytest.mark.django_db(transaction=True)
LATER = (factories.NEED_BY + datetime.timedelta(days=12)).isoformat()


@pytest.fixture
def browser(browser: Browser) -> Iterator[Browser]:
    """The browser of the module; what a test opened in it is closed."""
    yield browser
    for context in list(browser.contexts):
        context.close()


def mailed(language: str = "en") -> tuple[Delivery, str]:
    partner = factories.supplier(language=language)
    delivery = factories.delivery(factories.order(partner=partner))
    with transaction.atomic():
        _, token = links.make(delivery, answer_by=None, recipient="orders@tecnosellos.example")
    return delivery, token


def accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("width", "theme", "language"), [(1440, "light", "en"), (390, "light", "ar"), (390, "dark", "en")]
)
def test_a_supplier_answers_with_changes(
    live_server: Any, browser: Browser, width: int, theme: Any, language: str
) -> None:
    delivery, token = mailed(language)
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    faults: list[str] = []  # but for the refused answer below, which is a 422
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on(
        "console", lambda said: faults.append(said.text) if said.type == "error" and "422" not in said.text else None
    )
    page.goto(f"{live_server.url}/a/{token}")
    assert token not in page.url
    assert AnswerLink.objects.get().opens == 0  # nobody has moved yet
    accessible(page)
    page.click("#line-10 summary")
    page.fill("[name='price.10']", "13")
    page.click("#line-10 [data-done]")
    page.click("#line-20 summary")
    page.click("#line-20 button[name=add]")
    page.fill("[name='q.20.0']", "40")
    page.fill("[name='q.20.1']", "20")
    page.fill("[name='d.20.1']", LATER)
    page.wait_for_selector("#line-20 [data-placed]:not([hidden])")
    accessible(page)
    assert page.input_value("[name=way]:checked") == "changes"
    page.locator("[data-tell=total]", has_text="8,380.00").first.wait_for(state="attached")
    if language == "en":
        assert page.inner_text("[data-tell=button]:visible") == "Send answer with 2 changes"
    page.fill("[name='q.20.1']", "many")
    page.click("[data-tell=button]:visible")
    page.wait_for_selector("#found")
    assert page.get_attribute("[name='q.20.1']", "aria-invalid") == "true"
    accessible(page)
    page.fill("[name='q.20.1']", "20")
    page.click("[data-tell=button]:visible")
    page.wait_for_selector("a[href$='correct=1']")
    accessible(page)
    answer = Response.objects.get()
    assert [(d["line"], d["field"]) for d in answer.differences] == [("10", "price"), ("20", "date")]
    assert answer.differences[0]["money"] == str(Decimal(50))
    delivery.refresh_from_db()
    assert delivery.state == "answered"
    assert faults == []


def test_who_types_while_another_row_is_fetched_goes_on_typing_where_he_was(live_server: Any, browser: Browser) -> None:
    _, token = mailed()
    page = browser.new_page()
    page.goto(f"{live_server.url}/a/{token}")
    under_way: list[Route] = []
    page.route(page.url, lambda route: under_way.append(route))
    page.click("#line-20 summary")
    with page.expect_request(page.url):
        page.click("#line-20 button[name=add]")
    page.fill("[name='q.20.0']", "4")
    page.click("#line-20 button[name=add]")  # impatient
    page.locator("[name='q.20.0']").select_text()
    assert len(under_way) == 1
    under_way[0].continue_()
    page.wait_for_selector("[name='q.20.1']")
    page.keyboard.type("40")
    assert page.input_value("[name='q.20.0']") == "40"
    assert page.input_value("[name='q.20.1']") == ""


def test_who_waits_for_another_row_stands_in_it(live_server: Any, browser: Browser) -> None:
    _, token = mailed()
    page = browser.new_page()
    page.goto(f"{live_server.url}/a/{token}")
    page.click("#line-20 summary")
    page.click("#line-20 button[name=add]")
    page.wait_for_selector("[name='q.20.1']:focus")


def test_what_was_typed_before_the_script_came_counts(live_server: Any, browser: Browser) -> None:
    _, token = mailed()
    page = browser.new_page()
    under_way: list[Route] = []
    page.route("**/answer*.js", lambda route: under_way.append(route))
    with page.expect_request("**/answer*.js"):
        page.goto(f"{live_server.url}/a/{token}", wait_until="commit")
    page.click("#line-10 summary")
    page.fill("[name='price.10']", "13")
    under_way[0].continue_()
    page.locator("[data-tell=total]", has_text="8,380.00").first.wait_for(state="attached")
    assert page.input_value("[name=way]:checked") == "changes"


def test_everything_works_without_script(live_server: Any, browser: Browser) -> None:
    _, token = mailed()
    page = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{live_server.url}/a/{token}")
    page.click("#line-20 summary")
    page.click("#line-20 button[name=add]")
    page.fill("[name='q.20.0']", "40")
    page.fill("[name='q.20.1']", "20")
    page.fill("[name='d.20.1']", LATER)
    page.check("[name=way][value=changes]")
    page.click("button[value=send]:visible")
    assert "with 1 change" in page.inner_text("main")
    assert Response.objects.get().differences[0]["field"] == "date"
    page.click("text=Correct your answer")
    page.click("#line-20 summary")
    page.click("#line-20 button[name=back]")
    page.check("[name=way][value=accept]")
    page.click("button[value=send]:visible")
    assert "as ordered" in page.inner_text("main")
    assert list(Response.objects.order_by("pk").values_list("state", flat=True)) == ["superseded", "accepted"]
