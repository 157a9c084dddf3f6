"""A printed version that takes up what the supplier proposed says so, and when he proposed it."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.flow import acknowledge, decide
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_print_names_the_day_of_the_proposal_and_asks_for_no_answer(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    road.desk(factories.supplier("Tecnosellos"), out, format="pdf")
    order = road.approved()
    drain()
    [first] = out.iterdir()
    assert "takes up your proposal" not in _text(first)
    order.refresh_from_db()
    other = LineAnswer(number="10", status=LineStatus.CHANGED, price=Decimal("12.40"))
    status, answered = HeaderStatus.ACCEPTED_WITH_CHANGES, datetime.date(2026, 11, 20)
    sent = Response(order_number=order.number, status=status, answered=answered, lines=(other,))
    row = acknowledge.take(sent, supplier=order.supplier, source="folder", actor="supplier:Tecnosellos")
    if row.state == "open":
        decide.decide(row.pk, actor="user:ines", decisions=[decide.LineDecision(line="10", choice="accept")], reason="")
    drain()
    [second] = set(out.iterdir()) - {first}
    text = _text(second)
    assert "This version takes up your proposal of 20 November 2026; nothing is left to answer." in text
    assert "Please answer by" not in text


def _text(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())
