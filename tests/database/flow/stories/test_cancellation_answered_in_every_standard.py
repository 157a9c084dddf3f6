"""The supplier answers a cancellation in his own standard: the bytes that he sends decide about the withdrawal, and a
plain answer to the order, which some standards cannot tell from it, decides about the order alone."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orderwire import plugins, reading
from orderwire.document.order_change import OrderChange
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.flow import acknowledge, cancel, decide
from orderwire.records import Cancellation, Order
from orderwire.testing.formats import FixedContext
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain
from tests.pure.formats.edifact import files as edifact

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "4500071791"
DAY = factories.NEED_BY
STANDARDS = ["order_json", "csv", "x12", "edifact", "ubl", "cxml"]
SAID: dict[str, tuple[dict[str, Any], str, str]] = {
    "yes": ({"status": HeaderStatus.ACCEPTED}, "accepted", "cancelled"),
    "at a price": ({"status": HeaderStatus.ACCEPTED, "charge": Decimal("125.50")}, "accepted_at_cost", "cancelling"),
    "no": ({"status": HeaderStatus.REJECTED, "reason": "It is on the lorry"}, "refused", "approved"),
}


@pytest.fixture
def cancelling(config: Path, tmp_path: Path) -> Order:
    """An order that the supplier has and is asked to cancel."""
    road.supplier(tmp_path / "out")
    order = road.approved()
    drain()
    cancel.ask(order.pk, actor="user:ines", code="not_needed")
    drain()
    order.refresh_from_db()
    assert order.state == "cancelling"
    return order


def came(order: Order, content: bytes, kind: str) -> None:
    """What the reader makes of these bytes is handed on as the supplier's answer."""
    (found,) = plugins.format(kind).read(content, {}).documents
    assert isinstance(found.document, Response), found.findings
    acknowledge.take(found.document, supplier=order.supplier, source="folder", actor="supplier:Tecnosellos")
    order.refresh_from_db()


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("kind", STANDARDS)
def test_the_word_of_the_supplier_decides_in_whatever_standard_it_comes(
    cancelling: Order, kind: str, said: str
) -> None:
    fields, state, becomes = SAID[said]
    sent = Response(order_number=NUMBER, answers="cancellation", change_number=f"{NUMBER}-C1", answered=DAY, **fields)
    came(cancelling, plugins.format(kind).write(sent, {}, FixedContext()).content, kind)
    row = Cancellation.objects.get()
    assert (row.state, cancelling.state) == (state, becomes)
    assert row.cost == sent.charge
    assert row.answer == (sent.reason or "")


ORDRSP = ("BGM+231+AB-1+{code}", "DTM+137:20261122:102", f"RFF+ON:{NUMBER}", "UNS+S", "CNT+2:0")


def ordrsp(code: str, *more: str) -> bytes:
    rows = [row.format(code=code) for row in ORDRSP]
    return edifact.file(edifact.message(*rows[:3], *more, *rows[3:], kind="ORDRSP"))


@pytest.mark.parametrize(("code", "state", "becomes"), [("29", "accepted", "cancelled"), ("27", "refused", "approved")])
def test_an_ordrsp_that_names_our_ordchg_answers_the_cancellation(
    cancelling: Order, code: str, state: str, becomes: str
) -> None:
    came(cancelling, ordrsp(code, f"RFF+PP:{NUMBER}-C1"), "edifact")
    assert (Cancellation.objects.get().state, cancelling.state) == (state, becomes)


@pytest.mark.parametrize(("code", "answered"), [("29", "accepted"), ("27", "rejected")])
def test_an_ordrsp_that_names_only_the_order_never_ends_it(cancelling: Order, code: str, answered: str) -> None:
    came(cancelling, ordrsp(code), "edifact")
    assert (cancelling.state, cancelling.answer_state) == ("cancelling", answered)
    assert Cancellation.objects.get().state == "asked", "the buyer sees the answer, and is still asked to be answered"


# ── what the buyer took of the supplier's differences ────────────────────────


@pytest.mark.parametrize(
    ("kind", "mark"), [("x12", b"BCH*06*"), ("edifact", b"+6'"), ("ubl", b"Confirmation of the answer"),
                       ("cxml", b'name="confirms"')],
)  # fmt: skip
def test_a_version_that_only_agrees_goes_out_as_a_confirmation(
    config: Path, tmp_path: Path, kind: str, mark: bytes
) -> None:
    road.desk(factories.supplier("Tecnosellos"), tmp_path / "out", format=kind)
    order = road.approved()
    drain()
    before = {path.name for path in (tmp_path / "out").iterdir()}
    other = LineAnswer(number="10", status=LineStatus.CHANGED, price=Decimal("12.40"))
    sent = Response(order_number=NUMBER, status=HeaderStatus.ACCEPTED_WITH_CHANGES, lines=(other,))
    order.refresh_from_db()
    row = acknowledge.take(sent, supplier=order.supplier, source="folder", actor="supplier:Tecnosellos")
    if row.state == "open":
        decide.decide(row.pk, actor="user:ines", decisions=[decide.LineDecision(line="10", choice="accept")], reason="")
    drain()
    [path] = [path for path in (tmp_path / "out").iterdir() if path.name not in before]
    (found,) = reading.read(path.read_bytes()).documents
    assert isinstance(found.document, OrderChange) and found.document.confirms
    assert mark in path.read_bytes()
