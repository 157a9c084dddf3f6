"""The console in a browser: sign-in, keys, live updates, no accessibility faults in either theme and width."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.utils import timezone

from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.flow import receive
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Order
from orderwire.web.account import enter_path
from tests.browser.conftest import running_server, signed_in
from tests.database.tracking import seed

QUIET: dict[str, Any] = {"answer": AnswerState.NOT_ASKED, "due_in": None}


@pytest.fixture
def world(server: str) -> str:
    """A buyer and an order in each interesting state, committed."""
    with transaction.atomic():
        seed.buyer()
        seed.order("4500071884")
        seed.order("4500071902", delivery=DeliveryState.FAILED, **QUIET)
        seed.order("4500071877", delivery=DeliveryState.IN_DOUBT, **QUIET)
        seed.order("4500071917", state=OrderState.PENDING_APPROVAL, delivery=None, **QUIET)
        seed.answer(seed.order("4500071791", answer=AnswerState.DIFFERENT))
    return server


@pytest.fixture
def page(browser: Any, world: str) -> Iterator[Any]:
    """A signed-in page that fails the test for any complaint in its console."""
    with signed_in(browser, world, "ines") as opened:
        yield opened


def test_a_sign_in_link_signs_in_by_itself(page: Any) -> None:
    assert page.locator("h1").inner_text() == "Inbox"


def test_the_page_shows_what_happens_without_a_reload(page: Any, world: str) -> None:
    order = Order.objects.get(number="4500071884")
    page.goto(f"{world}/orders/{order.pk}/")
    page.locator(".live", has_text="Live").wait_for()
    page.evaluate("window.notReloaded = true")
    _accept(order, "told the page")
    page.locator(".says", has_text="accepted version 1").wait_for(timeout=30000)
    assert page.evaluate("window.notReloaded") is True


def _accept(order: Order, reason: str) -> None:
    with transaction.atomic():
        Order.objects.filter(pk=order.pk).update(
            answer_state=AnswerState.ACCEPTED, changed_at=timezone.now(), last_event="Accepted unchanged"
        )
        seed.answer(order, status="accepted", state="accepted")
        append(events.OrderResumed(reason=reason), actor="system:worker", order=order)


@contextmanager
def _held_back(page: Any, pattern: str) -> Iterator[None]:
    """The first request that matches goes on when the block ends."""
    waiting: list[Any] = []
    page.route(pattern, lambda route: waiting.append(route))
    yield
    for _ in range(100):
        if waiting:
            break
        page.wait_for_timeout(50)
    waiting[0].continue_()


def test_what_happens_before_the_page_listens_is_shown_when_it_does(page: Any, world: str) -> None:
    order = Order.objects.get(number="4500071884")
    page.locator(".live", has_text="Live").wait_for()
    with _held_back(page, "**/events?*"):
        page.goto(f"{world}/orders/{order.pk}/")
        _accept(order, "told nobody yet")
    page.locator(".says", has_text="accepted version 1").wait_for()


def test_a_tab_hears_from_the_other_what_happened_before_it_listened(page: Any, world: str) -> None:
    order = Order.objects.get(number="4500071884")
    page.locator(".live", has_text="Live").wait_for()
    other = page.context.new_page()
    with _held_back(other, "**/live.js"):
        other.goto(f"{world}/orders/{order.pk}/", wait_until="commit")
        other.locator("#live").wait_for()
        with page.expect_response(lambda response: response.request.headers.get("x-live") == "1"):
            _accept(order, "told one tab")
    other.locator(".says", has_text="accepted version 1").wait_for()


def test_what_somebody_writes_is_not_taken_away_by_news(page: Any, world: str) -> None:
    order = Order.objects.get(number="4500071884")
    page.goto(f"{world}/orders/{order.pk}/")
    page.locator(".live", has_text="Live").wait_for()
    page.get_by_role("button", name="Hold").click()
    page.get_by_role("textbox", name="Reason", exact=True).fill("Budget check")
    with transaction.atomic():
        append(events.OrderResumed(reason="told the page"), actor="system:worker", order=order)
    page.locator(".stale").wait_for(state="attached", timeout=5000)
    assert page.get_by_role("textbox", name="Reason", exact=True).input_value() == "Budget check"


def test_the_inbox_is_walked_by_keys(page: Any, world: str) -> None:
    numbers = page.locator(".task").evaluate_all("all => all.map(row => row.dataset.key)")
    assert len(numbers) >= 4
    current = page.locator(".task[aria-current]")
    assert current.get_attribute("data-key") == numbers[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert current.get_attribute("data-key") == numbers[1]
    assert page.locator(".btn.primary").count() == 1
    page.keyboard.press("Enter")
    page.locator("h1", has_text="Order").wait_for()


def test_the_palette_opens_an_order_by_its_number(page: Any) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("45000719")
    page.locator("#palette-hits a[data-hit]", has_text="719").wait_for()
    page.keyboard.press("Enter")
    page.locator("h1", has_text="Order 45000719").wait_for()


def test_chosen_orders_are_counted_and_held_after_a_question(page: Any, world: str) -> None:
    page.goto(world + "/orders/?view=all")
    page.get_by_label("Select 4500071884").check()
    assert "1 selected" in page.locator("[data-bulk]").inner_text()
    page.locator("[data-bulk]").get_by_role("button", name="Hold").click()
    page.locator("h1", has_text="Hold 1 order?").wait_for()
    page.get_by_role("textbox", name="Reason", exact=True).fill("Budget check")
    page.get_by_role("button", name="Hold 1 order").click()
    page.locator("h1", has_text="Hold: 1 done").wait_for()
    assert Order.objects.get(number="4500071884").state == "held"


def hold_motion(page: Any) -> None:
    """Every transition and animation stays at its first moment, which is what a slow machine shows."""
    session = page.context.new_cdp_session(page)
    session.send("Animation.enable")
    session.send("Animation.setPlaybackRate", {"playbackRate": 0.0001})


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_row_that_becomes_the_current_one_is_readable_at_once(page: Any, theme: str) -> None:
    page.emulate_media(color_scheme=theme)
    hold_motion(page)
    page.keyboard.press("j")
    chosen = page.locator(".task[aria-current] .btn.primary")
    assert page.locator(".task .btn").first.get_attribute("class") != chosen.get_attribute("class")
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)])
def test_no_page_has_an_accessibility_fault_or_scrolls_sideways(page: Any, world: str, theme: str, width: int) -> None:
    ids = dict(Order.objects.values_list("number", "pk"))
    different, doubt = ids["4500071791"], ids["4500071877"]
    trip = Order.objects.get(pk=doubt).deliveries.get()
    paths = ["/", "/orders/", "/approvals/", "/suppliers/", "/messages/", "/orders/import/", "/me/"]
    paths += [f"/orders/{different}/{section}" for section in ("", "answers/", "audit/", "versions/")]
    paths += [f"/orders/{ids['4500071917']}/", f"/deliveries/{trip.pk}/", f"/suppliers/{trip.endpoint.partner_id}/"]
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    hold_motion(page)
    faults = []
    for path in paths:
        page.goto(world + path)
        found = Axe().run(page).response["violations"]
        faults += [(path, fault["id"], fault["nodes"][0]["target"]) for fault in found]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append((path, "scrolls sideways", []))
    assert faults == []


def test_a_file_stands_beside_what_it_says_with_each_finding_at_its_place(page: Any, world: str) -> None:
    broken = b'[{"number": "1", "lines": [{"unit": "PIECES"}]}, {"number": "2"}]'
    read = receive.receive(broken, name="two orders.json", source="upload", actor="user:ines")
    page.goto(f"{world}/messages/{read.pk}/")
    viewer = page.get_by_role("region", name="The document, raw beside its meaning")
    assert [item.inner_text() for item in viewer.locator(".group").all()] == ["Document 1", "Document 2"]
    row = viewer.locator("tr", has_text="PIECES")
    assert "lines[1].unit" in row.inner_text() and "not a UN/ECE Recommendation 20 code" in row.inner_text()


def test_streams_end_when_the_server_is_told_to_stop(browser: Any, transactional_db: None) -> None:
    """Told to stop with a stream open, a server of its own must end within the time that its fixture waits."""
    with transaction.atomic():
        ines = seed.buyer()
    context = browser.new_context()
    with running_server() as address:
        page = context.new_page()
        page.goto(address + enter_path(ines))
        page.locator(".live", has_text="Live").wait_for()
    context.close()
