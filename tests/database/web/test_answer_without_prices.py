"""Who gets an order without prices sees none on its page, and none of what others answered."""

import datetime
import io
import re

import pytest
from pypdf import PdfReader

from orderwire.records import Order, Response
from tests.database import factories
from tests.database.web.visit import Visit

pytestmark = pytest.mark.django_db
NEED = factories.NEED_BY.isoformat()
LATER = (factories.NEED_BY + datetime.timedelta(days=12)).isoformat()


def unpriced(order: Order) -> Visit:
    """Of a version that goes to the supplier without prices."""
    made = Visit(factories.delivery(order, prices=False))
    made.open()
    return made


SECRET = ("12.50", "118", "8,330", "8,380", "7,080", "1,250", "EUR", "rice")
"""What the page of an order with prices says of them: single prices, amounts, totals, the currency and the word."""


MEANINGLESS = re.compile(r"<svg.*?</svg>|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\w{32,}", re.DOTALL)
"""Drawings, ids and tokens: in them any digits may stand beside each other by chance, 118 too."""


def tells(page: str) -> list[str]:
    """What of it stands in a page that a person or a program reads, besides what says nothing."""
    return [each for each in SECRET if each in MEANINGLESS.sub("", page)]


def test_the_page_of_an_order_with_prices_says_them_all(visit: Visit) -> None:
    page = visit.client.get(visit.base).content.decode()
    assert {"12.50", "118", "8,330", "EUR", "rice"} <= set(tells(page))


def test_who_gets_the_order_without_prices_sees_none_on_the_page() -> None:
    visit = unpriced(factories.order())
    page = visit.client.get(visit.base).content.decode()
    assert tells(page) == []
    assert "asks for <strong>2 items</strong>" in page
    assert "dates, quantities" in page
    assert re.search(r"<b>100</b> pieces by <b>", page)
    for name in ("price.10", "price.20", 'data-tell="total"'):
        assert name not in page
    told = visit.client.post(f"{visit.base}/count", visit.fields(q_10_0="90")).json()
    assert (told["changes"], told["total"]) == (1, "")
    assert tells(str(told)) == []


def test_an_answer_to_an_order_without_prices_names_none_and_takes_none() -> None:
    visit = unpriced(factories.order())
    assert visit.send("changes", q_10_0="90", price_10="99").status_code == 303
    assert {d["field"] for d in Response.objects.get().differences} == {"quantity"}
    assert tells(visit.client.get(visit.base).content.decode()) == []
    page = visit.client.get(f"{visit.base}?correct=1").content.decode()
    assert "quantity <del>100</del>" in page
    assert tells(page) == []


def test_that_a_price_was_answered_elsewhere_is_said_without_it(visit: Visit) -> None:
    visit.send("changes", price_10="13.75")
    other = unpriced(visit.order)
    page = other.client.get(other.base).content.decode()
    assert "<ins>price</ins>" in page
    assert "13.75" not in page and "12.50" not in page


def test_a_newer_version_without_prices_compares_none() -> None:
    order = factories.order()
    unpriced(order)
    lines = (factories.line("10", quantity=80, price="11.90"), factories.line("20", quantity=60, price="118"))
    factories.revision(order, factories.document(revision=2, lines=lines))
    visit = unpriced(order)
    page = visit.client.get(visit.base).content.decode()
    assert "Compared with version 1" in page
    assert "11.90" not in page
    assert tells(page) == []


def test_an_order_without_prices_is_downloaded_only_where_they_can_be_left_out() -> None:
    visit = unpriced(factories.order())
    assert re.findall(r"/order/(\w+)", visit.client.get(visit.base).content.decode()) == ["pdf"]
    assert visit.client.get(f"{visit.base}/order/order_json").status_code == 404
    pdf = PdfReader(io.BytesIO(visit.client.get(f"{visit.base}/order/pdf").content))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "Copy without prices" in text
    assert tells(text) == ["rice"]
