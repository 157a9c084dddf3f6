"""A version that follows another: what changed is said first, and what the buyer says of the supplier's proposal."""

import re
from decimal import Decimal
from typing import Any

import pytest

from orderwire.records import Delivery, Response
from tests.database import factories
from tests.database.web.visit import Visit

pytestmark = pytest.mark.django_db


def changed(says: dict[str, Any] | None = None, *, decides: Response | None = None, **fields: Any) -> Visit:
    """Version 2 of an order that the supplier has, with its link in hand: fewer of line 10 at another price."""
    order = factories.order() if decides is None else decides.order
    assert order is not None
    if decides is None:
        factories.delivery(order)
    lines = (
        factories.line("10", quantity=80, price="11.90", supplier_part="MG1/28"),
        factories.line("20", quantity=60, price=Decimal("118")),
    )
    factories.revision(order, factories.document(revision=2, lines=lines, **fields), decides=decides)
    visit = Visit(factories.delivery(order, says=says or {}))
    visit.open()
    return visit


def text(visit: Visit, query: str = "") -> str:
    page = visit.client.get(visit.base + query).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ")


def test_a_new_version_opens_with_what_changed_old_before_new() -> None:
    visit = changed()
    page = visit.client.get(visit.base).content.decode()
    assert "Compared with version 1, which you have" in page
    assert "<del><bdi>12.50</bdi></del>" in page and "<ins><bdi>11.90</bdi></ins>" in page
    assert page.index("<ins><bdi>11.90") < page.index('name="way"')


def test_lines_that_did_not_change_are_folded_and_can_be_answered() -> None:
    visit = changed()
    page = visit.client.get(visit.base).content.decode()
    assert '<details class="same"><summary>1 line is unchanged</summary>' in page
    assert page.index('id="line-10"') < page.index('class="same"') < page.index('id="line-20"')
    visit.send("changes", price_20="120")
    assert [d["line"] for d in Response.objects.get().differences] == ["20"]


def test_the_first_version_has_nothing_to_compare() -> None:
    visit = Visit(factories.delivery(factories.order()))
    assert "Compared with" not in visit.open().content.decode()


def test_a_version_that_he_never_got_is_not_what_it_is_compared_with() -> None:
    order = factories.order()
    factories.delivery(order, state="failed")
    factories.revision(order, factories.document(revision=2))
    visit = Visit(factories.delivery(order))
    assert "Compared with" not in visit.open().content.decode()


def test_a_version_that_agrees_leaves_nothing_to_answer() -> None:
    visit = changed({"agrees": 1})
    said = text(visit)
    assert "Nordhaven Pumpen GmbH agrees to your proposal" in said
    assert "There is nothing left to answer." in said
    assert 'name="way"' not in visit.client.get(visit.base).content.decode()
    assert "Please answer order" in text(visit, "?correct=1"), "whoever sees a mistake may say so"


def answered() -> Response:
    visit = Visit(factories.delivery(factories.order()))
    visit.open()
    visit.send("changes", price_10="13.75")
    row = Response.objects.get()
    row.state, row.decisions = Response.State.DECIDED, [{"line": "10", "choice": "counter", "reason": "Too dear <b>"}]
    row.save()
    return row


def test_a_counter_proposal_says_what_was_not_taken_and_what_is_offered() -> None:
    visit = changed({"counters": 1, "reason": "Too dear <b>"}, decides=answered())
    said = text(visit)
    assert "could not take everything that you proposed" in said
    assert "Reason: Too dear &lt;b&gt;" in said
    assert "Your proposal and what Nordhaven Pumpen GmbH offers" in said
    page = visit.client.get(visit.base).content.decode()
    assert "<del><bdi>13.75</bdi></del>" in page and "<ins><bdi>11.90</bdi></ins>" in page


def test_a_buyer_who_insists_says_why() -> None:
    row = answered()
    assert row.order is not None
    visit = Visit(factories.delivery(row.order, says={"insists": "The frame agreement says 12.50"}))
    visit.open()
    assert "asks you to answer again. Reason: The frame agreement says 12.50" in text(visit)
    assert visit.send("accept", price_10="12.50").status_code == 303


def test_a_head_that_changes_and_lines_that_come_and_go_are_named() -> None:
    order = factories.order()
    factories.delivery(order)
    lines = (factories.line("10", supplier_part="MG1/28"), factories.line("30", description="Gasket <i>"))
    factories.revision(order, factories.document(revision=2, lines=lines, incoterm={"code": "DAP"}))
    visit = Visit(factories.delivery(order))
    page = visit.open().content.decode()
    assert "Delivery term" in page and "removed" in page and ">new<" in page
    assert "Gasket &lt;i&gt;" in page


def test_a_long_change_is_cut_and_says_so() -> None:
    order = factories.order(factories.document(lines=tuple(factories.line(str(n)) for n in range(1, 131))))
    factories.delivery(order)
    lines = tuple(factories.line(str(n), quantity=7) for n in range(1, 131))
    factories.revision(order, factories.document(revision=2, lines=lines))
    page = Visit(factories.delivery(order)).open().content.decode()
    assert "The first 100 changes are shown." in page
    assert page.count("<del>") == 100


def test_it_is_read_from_right_to_left() -> None:
    order = factories.order(partner=factories.supplier(language="ar", country="AE"))
    factories.delivery(order)
    lines = (factories.line("10", quantity=80), factories.line("20", quantity=60, price=Decimal("118")))
    factories.revision(order, factories.document(revision=2, lines=lines))
    page = Visit(factories.delivery(order)).open().content.decode()
    assert 'dir="rtl"' in page and "مقارنةً بالإصدار" in page
    assert Delivery.objects.count() == 2
