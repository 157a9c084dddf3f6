"""Who answers through the API: the supplier himself, or the buyer who says how he heard of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from orderwire.records import Order, User
from tests.database import factories

from .conftest import Api

pytestmark = pytest.mark.django_db

YES = {"order_number": "S-1", "status": "accepted"}


@pytest.fixture
def sent() -> Order:
    order = factories.order(factories.document("S-1"))
    factories.delivery(order, accepted_at=timezone.now())
    return order


def test_the_buyer_says_by_which_means_he_heard_of_the_answer(api: Api, sent: Order) -> None:
    made = api.post("/orders/S-1/answers?means=mail&note=Mr. Vidal", YES).json()
    assert (made["source"], made["means"], made["note"], made["state"]) == ("buyer", "mail", "Mr. Vidal", "accepted")
    assert api.post("/orders/S-1/answers?means=pigeon", YES).status_code == 422
    assert api.post("/orders/S-1/answers?meens=mail", YES).status_code == 422


def test_a_supplier_cannot_say_that_the_buyer_recorded_it(
    sent: Order, key: Callable[..., Api], person: Callable[..., User]
) -> None:
    theirs = key(user=person("ana", partner=sent.supplier))
    assert theirs.post("/orders/S-1/answers?means=phone", YES).status_code == 422
    made: dict[str, Any] = theirs.post("/orders/S-1/answers", YES).json()
    assert (made["means"], made["state"]) == ("", "accepted")


def test_an_answer_that_adds_keeps_what_was_said_of_other_lines(api: Api, sent: Order) -> None:
    first = {"order_number": "S-1", "status": "accepted_with_changes",
             "lines": [{"number": "10", "status": "changed", "price": "15"}]}  # fmt: skip
    second = {"order_number": "S-1", "status": "accepted", "lines": [{"number": "20", "status": "accepted"}]}
    api.post("/orders/S-1/answers", first)
    (price,) = api.post("/orders/S-1/answers?adds=true", second).json()["differences"]
    assert (price["line"], price["before"], price["after"], price["verdict"]) == ("10", "12.5", "15", "ask")
    assert api.post("/orders/S-1/answers", second).json()["differences"] == []
