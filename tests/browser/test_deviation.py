"""An answer with five differences in a real browser: it comes in, the buyer decides line by line, and what was decided
is in the supplier's folder."""

import datetime
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction

from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.flow import acknowledge, approve
from orderwire.records import Order
from orderwire.records import Response as Row
from tests.browser.conftest import signed_in
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain
from tests.database.tracking import seed

LATER = factories.NEED_BY + datetime.timedelta(days=12)


@pytest.fixture
def answered(server: str, config: Path, tmp_path: Path) -> Row:
    """A sent order of six lines, and an answer that differs in five of them."""
    with transaction.atomic():
        seed.buyer()
        road.supplier(tmp_path / "out")
    lines = tuple(factories.line(str(10 * n), supplier_part=f"P-{n}") for n in range(1, 7))
    order = road.approved(factories.document(lines=lines))
    drain()
    said: tuple[dict[str, Any], ...] = (
        {"price": Decimal("12.95"), "reason": "Raw material surcharge"},
        {"quantity": Decimal(60)},
        {"promised": LATER},
        {"substitute_part": "Novapress Universal"},
        {"price": Decimal("13.10")},
    )
    kinds = ("changed", "changed", "changed", "substituted", "changed")
    answers = tuple(
        LineAnswer(number=str(10 * at), status=LineStatus(kind), **fields)
        for at, (kind, fields) in enumerate(zip(kinds, said, strict=True), start=1)
    )
    response = Response(order_number=order.number, status=HeaderStatus("accepted_with_changes"), lines=answers)
    return acknowledge.take(response, supplier=order.supplier, source="folder", actor="supplier:S1")


@pytest.fixture
def page(browser: Any, server: str, answered: Row) -> Iterator[Any]:
    """The buyer's page; any complaint in its console fails the test."""
    with signed_in(browser, server, "ines") as opened:
        yield opened


def choose(page: Any, line: str, way: str) -> None:
    page.get_by_role("radiogroup", name=f"Decision for line {line}").get_by_role("radio", name=way).check(force=True)


def test_five_differences_are_decided_and_sent(page: Any, server: str, answered: Row, tmp_path: Path) -> None:
    order = Order.objects.get()
    before = set((tmp_path / "out").iterdir())
    page.get_by_role("link", name="Decide 5 differences").click()
    page.locator("h1", has_text="Differences").wait_for()
    choose(page, "10", "Counter")
    page.locator("input[name='price.10']").fill("12.70")
    page.locator("input[name='price.10']").blur()
    page.locator("#figures", has_text="+20.00").wait_for()
    choose(page, "20", "Re-source")
    choose(page, "30", "Accept")
    choose(page, "40", "Insist")
    page.get_by_role("checkbox", name="Select line 50").check()
    page.get_by_role("button", name="Accept selected").click()
    page.locator("#decided", has_text="5 of 5 decided.").wait_for()
    assert page.locator("input[name='price.10']").input_value() == "12.70"
    page.get_by_label("A word to Tecnosellos").fill("Contract price plus 20 cents; the seal as ordered.")
    page.get_by_role("button", name="Send 5 decisions to Tecnosellos").click()
    page.locator(".told", has_text="5 decisions made version 2").wait_for()
    order.refresh_from_db()
    if order.state == "pending_approval":
        lead = road.person("lena", "purchasing-leads")
        approve.grant(order.pk, user=lead, sha256=road.sha256(order))
    drain()
    [sent] = set((tmp_path / "out").iterdir()) - before
    told = json.loads(sent.read_text())["order"]
    lines = {line["number"]: line for line in told["lines"]}
    assert (lines["10"]["price"], lines["50"]["price"]) == ("12.7", "13.1")
    assert (lines["20"]["quantity"], lines["30"]["schedules"][0]["requested"]) == ("60", LATER.isoformat())
    assert lines["40"]["supplier_part"] == "P-4"
    page.goto(f"{server}/needs/")
    page.locator("h2", has_text="40 pieces ·").wait_for()


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)])
def test_no_page_after_sending_has_an_accessibility_fault(
    page: Any, server: str, answered: Row, theme: str, width: int
) -> None:
    order = answered.order_id
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    own = f"/orders/{order}/answers/{answered.pk}/"
    paths = [own, f"{own}?show=same", f"{own}?show=whole", f"{own}?show=message", "/needs/", "/clocks/"]
    paths += [f"/orders/{order}/{name}/" for name in ("amend", "cancel", "record")]
    faults = []
    for path in paths:
        page.goto(server + path)
        faults += [(path, fault["id"], fault["nodes"][0]["target"]) for fault in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append((path, "scrolls sideways", []))
    assert faults == []


def test_everything_is_decided_without_script(browser: Any, page: Any, server: str, answered: Row) -> None:
    plain = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state()).new_page()
    plain.goto(f"{server}/orders/{answered.order_id}/answers/{answered.pk}/")
    plain.get_by_role("checkbox", name="All 5").check()
    plain.get_by_role("button", name="Accept selected").click()
    plain.locator("#decided", has_text="5 of 5 decided.").wait_for()
    choose(plain, "10", "Insist")
    plain.get_by_label("A word to Tecnosellos").fill("The contract says 12.50.")
    plain.get_by_role("button", name="Work out the total").click()
    plain.get_by_role("button", name="Send 5 decisions to Tecnosellos").click()
    plain.locator(".told", has_text="5 decisions made version 2").wait_for()
    plain.context.close()
