"""An amendment in a real browser: a sent order is edited, another person approves exactly the difference, and the
supplier gets the next version."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from orderwire.records import Order
from tests.browser.conftest import signed_in
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain
from tests.database.tracking import seed


@pytest.fixture
def order(server: str, config: Path, tmp_path: Path) -> Order:
    """A sent order of two lines, a buyer, and somebody who may approve."""
    with transaction.atomic():
        seed.buyer()
        road.person("lena", "purchasing-leads")
        road.supplier(tmp_path / "out")
    row = road.approved()
    drain()
    row.refresh_from_db()
    return row


@pytest.fixture
def people(browser: Any, server: str, order: Order) -> Iterator[dict[str, Any]]:
    """The buyer's and the approver's pages; any complaint in their consoles fails the test."""
    with signed_in(browser, server, "ines") as ines, signed_in(browser, server, "lena") as lena:
        yield {"ines": ines, "lena": lena}


def test_an_amendment_is_edited_approved_and_sent(
    people: dict[str, Any], server: str, order: Order, tmp_path: Path
) -> None:
    ines, lena = people["ines"], people["lena"]
    before = set((tmp_path / "out").iterdir())
    ines.goto(f"{server}/orders/{order.pk}/")
    ines.get_by_role("link", name="Amend").click()
    quantity = ines.get_by_label("Quantity of line 10")
    quantity.fill("140")
    quantity.blur()
    effect = ines.locator("#effect")
    effect.get_by_text("Needs approval.").wait_for()
    assert "+500.00" in effect.inner_text()
    ines.get_by_role("button", name="Another day for line 10").click()
    ines.locator("input[name='q.10.1']").fill("10")
    ines.locator("input[name='d.10.1']").fill(ines.locator("input[name='d.10.0']").input_value())
    ines.locator("input[name='q.10.1']").blur()
    ines.locator("#effect", has_text="+625.00").wait_for()
    ines.get_by_role("button", name="Remove this day of line 10").last.click()
    ines.locator("input[name='q.10.1']").wait_for(state="detached")
    ines.get_by_label("Why is it changed?").fill("The customer took more")
    ines.get_by_role("button", name="Make version 2").click()
    ines.locator(".told", has_text="Version 2 is made. It waits for approval").wait_for()

    lena.goto(f"{server}/orders/{order.pk}/")
    lena.locator("#to-approve").wait_for()
    assert "The customer took more" in lena.locator("main").inner_text()
    lena.get_by_role("button", name="Approve version 2").click()
    lena.locator(".told", has_text="Approved.").wait_for()
    drain()
    [sent] = set((tmp_path / "out").iterdir()) - before
    told = json.loads(sent.read_text())["order"]
    assert {line["number"]: line["quantity"] for line in told["lines"]}["10"] == "140"
    ines.goto(f"{server}/orders/{order.pk}/")
    assert "Version 2, the newest" in ines.locator(".head .badge").first.inner_text()
