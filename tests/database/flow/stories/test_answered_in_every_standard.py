"""The supplier answers in his own standard, as a file in his folder: the buyer sees the same differences."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from orderwire import plugins
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.flow import receive
from orderwire.records import Endpoint
from orderwire.records import Response as Row
from orderwire.testing.formats import FixedContext
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain

pytestmark = pytest.mark.django_db(transaction=True)
LATER = factories.NEED_BY + datetime.timedelta(days=9)

ANSWER = Response(
    order_number="4500071791",
    revision=1,
    number="AB-1",
    answered=datetime.date.today(),
    status=HeaderStatus.ACCEPTED_WITH_CHANGES,
    currency="EUR",
    lines=(
        LineAnswer(
            number="10", status=LineStatus.CHANGED, quantity=Decimal(60), unit="H87", price=Decimal("12.50"),
            promised=factories.NEED_BY, supplier_part="MG1/28",
        ),
        LineAnswer(
            number="10", status=LineStatus.BACKORDERED, quantity=Decimal(40), unit="H87", price=Decimal("12.50"),
            promised=LATER, supplier_part="MG1/28",
        ),
        LineAnswer(number="20", status=LineStatus.CHANGED, quantity=Decimal(60), unit="H87", price=Decimal("124")),
    ),
)  # fmt: skip
"""Line 10 in two parts, the rest later; line 20 for another price."""


@pytest.mark.parametrize("kind", ["order_json", "csv", "xlsx", "x12", "edifact", "ubl", "cxml"])
def test_the_same_answer_is_the_same_in_every_standard(config: Path, tmp_path: Path, kind: str) -> None:
    road.supplier(tmp_path / "out")
    order = road.approved()
    drain()
    content = plugins.format(kind).write(ANSWER, {}, FixedContext()).content
    message = receive.receive(
        content, name="answer", source="folder:S", actor="supplier:S", endpoint=Endpoint.objects.get()
    )
    order.refresh_from_db()
    assert (message.format, message.state, order.answer_state) == (kind, "processed", "different")
    row = Row.objects.get()
    assert row.revision == order.revisions.get() and row.state == "open"
    found = {(d["line"], d["field"]): d for d in row.differences}
    assert Decimal(found["20", "price"]["answered"]) == 124 and Decimal(found["20", "price"]["money"]) == 360
    assert "40 on" in found["10", "date"]["answered"] and "9 days later" in found["10", "date"]["text"]
    assert ("10", "quantity") not in found
    assert row.content["lines"][0]["quantity"] == "60"
