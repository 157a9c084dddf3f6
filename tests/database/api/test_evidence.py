"""The evidence file through the API: for whoever may read deliveries."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orderwire.ledger import seal
from orderwire.ledger.evidence.check import check
from orderwire.records import Delivery
from tests.database.flow import road
from tests.database.flow.distribute import kit
from tests.database.ledger.settled import sealed

from .conftest import Api

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def delivery(config: Path, settings: Any, tmp_path: Path) -> Delivery:
    settings.DATA = tmp_path / "data"
    road.supplier(tmp_path / "out")
    road.approved()
    return Delivery.objects.get()


def test_whoever_may_read_deliveries_gets_the_file(delivery: Delivery, api: Api, key: Callable[..., Api]) -> None:
    path = f"/deliveries/{delivery.pk}/evidence"
    unsealed = api.get(path)
    assert (unsealed.status_code, unsealed.json()["remedy"]) == (409, "Try again in a few seconds; the worker seals.")
    kit.drain()
    sealed()
    answer = api.get(path)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="evidence-4500071791-v1-')
    assert check(answer.content, key=seal.signing_key().id).holds
    assert key("orders:read").get(path).status_code == 403
    assert api.get("/deliveries/987654321/evidence").status_code == 404
