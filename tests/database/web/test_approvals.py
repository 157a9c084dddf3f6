"""What an approver sees of an amendment: what differs, in money too, and nothing that was approved before."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from orderwire.document.edits import Edits, edited
from orderwire.document.order import Order as Document
from orderwire.document.order_change import LineChange, LinePart
from orderwire.document.states import DeliveryState
from orderwire.flow import amend, approve
from orderwire.records import Order
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db


@pytest.fixture
def config(settings: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A policy that trusts the source."""
    settings.ORDERWIRE_CONFIG = tmp_path  # type: ignore[attr-defined]
    road.trusting(tmp_path)
    return tmp_path


@pytest.fixture
def console(client: Client, config: Path) -> Client:
    user = road.person("anna", "finance-leads")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def amended(config: Path, number: str = "4500071791", *, to: str = "14.00") -> Order:
    """An approved order whose line 10 is to cost more."""
    if not Order.objects.exists():
        road.supplier(config / "out")
    order = road.approved(number=number)
    before = Document.model_validate_json(bytes(order.revisions.get().content))
    after = edited(before, Edits(lines=(LineChange(number="10", part=LinePart(price=Decimal(to))),)))
    amend.propose(order.pk, after, base=1, actor="user:ines", reason="New price list")
    order.refresh_from_db()
    return order


def text(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_order_page_shows_the_difference_to_who_may_approve_it(console: Client, config: Path) -> None:
    order = amended(config)
    html = text(console, reverse("order", args=[order.pk]))
    assert "To approve: what differs from version 1" in html
    assert "<del>12.5</del>" in html and "<ins>14</ins>" in html
    assert "EUR\u00a0150.00 more (+1.8\u00a0%)" in html
    assert "Why it was changed: New price list" in html
    assert "Why it is asked: Line 10: price up 12 %" in html
    assert "Line 20" not in html.partition("To approve")[2].partition("</section>")[0]


def test_the_list_says_in_one_sentence_what_changed(console: Client, config: Path) -> None:
    amended(config)
    html = text(console, reverse("approvals"))
    assert "<b>Version 2</b>: 1 change since version 1, which j.petersen approved: EUR\u00a0150.00 more" in html


def test_the_list_loads_all_differences_at_once(
    console: Client, config: Path, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    for n in range(2):
        amended(config, f"A-{n}")
    with django_assert_max_num_queries(60) as few:  # type: ignore[operator]
        text(console, reverse("approvals"))
    amended(config, "A-9")
    verdict = 8
    with django_assert_max_num_queries(len(few) + verdict):  # type: ignore[operator]
        text(console, reverse("approvals"))


def test_an_order_that_was_never_approved_shows_no_difference(console: Client, config: Path) -> None:
    road.supplier(config / "out")
    order = road.waiting(factories.document())
    assert "what differs from version" not in text(console, reverse("order", args=[order.pk]))


def test_a_refused_amendment_can_be_left_from_its_page(console: Client, config: Path) -> None:
    order = amended(config)
    approve.refuse(order.pk, user=road.User.objects.get(), sha256=road.sha256(order), reason="Too dear")
    html = text(console, reverse("order", args=[order.pk]))
    assert reverse("amend", args=[order.pk]) in html
    page = text(console, reverse("amend", args=[order.pk]) + "?base=1")
    assert "On top of version 1" in page


def test_an_amendment_that_waits_is_not_called_unproven(console: Client, config: Path) -> None:
    order = amended(config)
    factories.delivery(order, state=DeliveryState.DELIVERED, revision=1)
    html = text(console, reverse("order", args=[order.pk]))
    assert "<b>version 1</b>; version 2 waits for approval and is not sent" in html and "not proven" not in html
