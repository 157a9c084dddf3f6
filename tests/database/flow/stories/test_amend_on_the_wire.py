"""What a supplier gets of an amendment: the change from the version that he holds, in his own format, in order."""

import email
import email.policy
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from orderwire import reading
from orderwire.document.edits import Edits, edited
from orderwire.document.order import Order as Document
from orderwire.document.order_change import HeadPart, LineAction, LineChange, LinePart, OrderChange
from orderwire.document.terms import Note
from orderwire.flow import amend, approve
from orderwire.records import Delivery, Order
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import Serve, drain, due, orders_in

from ..distribute.conftest import serve  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

MACHINES = ["x12", "edifact", "ubl", "cxml"]
SETTING = "update ow_endpoint_version set profile = %s::jsonb"


@pytest.fixture
def out(config: Path, tmp_path: Path) -> Path:
    """Where the supplier's folder is."""
    return tmp_path / "out"


def content(order: Order, number: int) -> Document:
    return Document.model_validate_json(bytes(order.revisions.get(number=number).content))


def next_version(order: Order, edits: Edits, *, base: int | None = None) -> int:
    """Propose and approve."""
    order.refresh_from_db()
    base = base or order.revision
    made = amend.propose(order.pk, edited(content(order, base), edits), base=base, actor="user:ines", reason="Plan")
    return granted(order, made.revision)


def granted(order: Order, number: int) -> int:
    order.refresh_from_db()
    if order.state == "pending_approval":
        user = road.User.objects.filter(username="anna").first() or road.person("anna", "finance-leads")
        approve.grant(order.pk, user=user, sha256=road.sha256(order))
    return number


def price(value: str) -> Edits:
    return Edits(lines=(LineChange(number="10", part=LinePart(price=Decimal(value))),))


def quantity(value: int) -> Edits:
    return Edits(lines=(LineChange(number="20", part=LinePart(quantity=Decimal(value))),))


def sent_first(out: Path, format: str, profile: dict[str, Any] | None = None) -> Order:
    """An order of two lines whose first version the supplier has."""
    road.desk(factories.supplier("Tecnosellos"), out, format=format)
    if profile:
        road.forge("ow_endpoint_version", SETTING, json.dumps({format: profile}))
    order = road.approved(number="A")
    drain()
    return order


def changes_in(out: Path) -> list[OrderChange]:
    found = [reading.read(path.read_bytes()).documents[0].document for path in out.iterdir() if path.name[0] != "."]
    return sorted((d for d in found if isinstance(d, OrderChange)), key=lambda d: d.revision or 0)


def unreachable(out: Path) -> Path:
    return out.rename(out.with_name("away"))


@pytest.mark.parametrize("format", MACHINES)
def test_the_supplier_who_holds_version_1_gets_the_change_from_1_to_4(out: Path, format: str) -> None:
    """Versions 2 and 3 could not be sent and were replaced: he never hears of them, and misses nothing of theirs."""
    form = "full" if format == "cxml" else "delta"
    order = sent_first(out, format, {"change": form})
    away = unreachable(out)
    next_version(order, price("9.50"))
    drain()
    next_version(order, quantity(70))
    assert road.states(order) == ["accepted", "superseded", "ready"]
    next_version(order, Edits(head=HeadPart(notes=(Note(text="Ring before you deliver"),))))
    away.rename(out)
    due()
    drain()
    assert road.states(order) == ["accepted", "superseded", "superseded", "accepted"]
    [change] = changes_in(out)
    assert (change.revision, change.form, change.order_number) == (4, form, "A")
    lines = {item.number: item.line for item in change.lines if item.line}
    assert (lines["10"].price, lines["20"].quantity) == (Decimal("9.5"), 70)
    assert {item.action for item in change.lines} == {LineAction.CHANGED}


@pytest.mark.parametrize("format", MACHINES)
def test_a_change_of_the_header_alone_is_sent_too(out: Path, format: str) -> None:
    order = sent_first(out, format)
    next_version(order, Edits(head=HeadPart(notes=(Note(text="Ring before you deliver"),))))
    drain()
    last = Delivery.objects.order_by("-pk")[0]
    assert (last.state, last.reason) == ("accepted", "")
    [change] = changes_in(out)
    assert change.revision == 2


@pytest.mark.parametrize("format", MACHINES)
def test_a_line_that_goes_and_one_that_comes_are_told_as_such(out: Path, format: str) -> None:
    order = sent_first(out, format)
    new = LineChange(number="30", action=LineAction.ADDED, line=factories.line("30"))
    next_version(order, Edits(lines=(LineChange(number="20", action=LineAction.DELETED), new)))
    drain()
    [change] = changes_in(out)
    told = {item.number: item.action for item in change.lines}
    assert (told["20"], told["30"]) == (LineAction.DELETED, LineAction.ADDED)


@pytest.mark.parametrize("format", MACHINES)
def test_what_was_taken_back_before_it_left_says_the_same_again(out: Path, format: str) -> None:
    order = sent_first(out, format)
    amend.propose(order.pk, edited(content(order, 1), price("99")), base=1, actor="user:ines", reason="They want more")
    made = amend.take_back(order.pk, 1, actor="user:ines", reason="No")
    granted(order, made.revision)
    drain()
    last = Delivery.objects.order_by("-pk")[0]
    assert (last.state, last.reason, last.revision.number) == ("accepted", "", 3)


def test_each_version_that_was_sent_is_the_base_of_the_next(out: Path) -> None:
    order = sent_first(out, "ubl", {"change": "delta"})
    for edits in (price("9.50"), quantity(70)):
        next_version(order, edits)
        drain()
    assert [[item.number for item in change.lines] for change in changes_in(out)] == [["10"], ["20"]]


def test_a_partner_who_wants_orders_gets_the_whole_order_under_its_number(out: Path) -> None:
    order = sent_first(out, "order_json")
    next_version(order, price("9.50"))
    drain()
    assert orders_in(out) == [("A", 1), ("A", 2)]


def test_a_person_reads_what_it_was_and_what_it_is_on_the_printed_change(out: Path) -> None:
    order = sent_first(out, "pdf")
    away = unreachable(out)
    next_version(order, price("11.00"))
    drain()
    away.rename(out)
    next_version(order, price("9.50"))
    drain()
    texts = [
        "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(path.read_bytes())).pages)
        for path in out.iterdir()
    ]
    [change] = [text for text in texts if "9.50" in text]
    assert "12.50" in change and "11.00" not in change


def test_the_mail_names_the_version_that_the_supplier_holds(config: Path, serve: Serve) -> None:  # noqa: F811
    server = serve()
    order = road.approved(number="A")
    drain()
    next_version(order, price("11.00"))
    next_version(order, price("9.50"))
    drain()
    first, second = (_text(caught.raw) for caught in server.messages())
    assert "It replaces version" not in first
    assert "This is version 3. It replaces version 1;" in second


def _text(raw: bytes) -> str:
    found = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain",))
    assert found is not None
    return str(found.get_content()).replace("\n", " ")
