"""A change travels in each format to a partner who holds the version before it."""

import json
from pathlib import Path
from typing import Any

import pytest

from orderwire import reading
from orderwire.document.order_change import OrderChange
from orderwire.records import Delivery, EndpointVersion
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain

pytestmark = pytest.mark.django_db(transaction=True)

SETTING = "update ow_endpoint_version set profile = %s::jsonb"


def sent_twice(out: Path, format: str, profile: dict[str, Any]) -> list[Delivery]:
    """Two versions, the second with another price on line 10."""
    road.desk(factories.supplier("Tecnosellos"), out, format=format)
    road.forge("ow_endpoint_version", SETTING, json.dumps({format: profile}))
    line = factories.line("20")
    for revision, price in ((1, "12.50"), (2, "9.50")):
        road.approved(number="A", revision=revision, lines=(factories.line("10", price=price), line))
        drain()
    assert EndpointVersion.objects.get().profile == {format: profile}
    return list(Delivery.objects.order_by("pk"))


@pytest.mark.parametrize(
    ("format", "form"),
    [("x12", "delta"), ("x12", "full"), ("edifact", "delta"), ("edifact", "full"), ("ubl", "full"), ("cxml", "full")],
)
def test_a_change_leaves_in_the_form_of_the_profile(tmp_path: Path, format: str, form: str) -> None:
    first, second = sent_twice(tmp_path / "out", format, {"change": form})
    assert (first.state, second.state, second.reason) == ("accepted", "accepted", "")
    read = [reading.read(path.read_bytes()).documents[0].document for path in (tmp_path / "out").iterdir()]
    [change] = [document for document in read if isinstance(document, OrderChange)]
    assert (change.order_number, change.revision, change.form) == ("A", 2, form)
    assert [line.number for line in change.lines] == ["10", "20"][: 1 if form == "delta" else 2]


def test_a_cxml_change_names_the_payload_that_it_follows(tmp_path: Path) -> None:
    first, second = sent_twice(tmp_path / "out", "cxml", {"change": "full"})
    followed = f'<DocumentReference payloadID="{first.parcel["controls"]["payload"]}"'
    named = [followed in path.read_text() for path in (tmp_path / "out").iterdir()]
    assert sorted(named) == [False, True] and second.parcel["controls"] != first.parcel["controls"]
