"""What an approver of an amendment is shown."""

from decimal import Decimal
from pathlib import Path

import pytest

from orderwire.document.edits import Edits, edited
from orderwire.document.order import Order as Document
from orderwire.document.order_change import HeadPart, LineAction, LineChange, LinePart
from orderwire.document.terms import Note
from orderwire.flow import amend
from orderwire.records import Order
from orderwire.tracking import approving
from orderwire.tracking.words import Money
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db

NOTE = Edits(head=HeadPart(notes=(Note(text="Ring before you deliver"),)))


@pytest.fixture(autouse=True)
def _configured(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A policy that trusts the source, and a supplier."""
    settings.ORDERWIRE_CONFIG = tmp_path  # type: ignore[attr-defined]
    road.trusting(tmp_path)
    road.supplier(tmp_path / "out")


def propose(order: Order, edits: Edits, reason: str = "Plan") -> None:
    order.refresh_from_db()
    before = Document.model_validate_json(bytes(order.revisions.get(number=order.revision).content))
    amend.propose(order.pk, edited(before, edits), base=order.revision, actor="user:ines", reason=reason)
    order.refresh_from_db()


def test_an_approver_sees_only_what_differs_from_what_was_approved() -> None:
    order = road.approved()
    propose(order, NOTE)
    new = LineChange(number="30", action=LineAction.ADDED, line=factories.line("30", quantity=2, price=Decimal(100)))
    dearer = LineChange(number="10", part=LinePart(price=Decimal(14)))
    propose(order, Edits(lines=(dearer, new)), "New price list")
    seen = approving.difference(order)
    assert seen is not None
    assert (seen.version, seen.baseline, seen.by, seen.why) == (3, 1, "j.petersen", "New price list")
    assert {(row.change.what, row.change.old, row.change.new, row.earlier) for row in seen.rows} >= {
        ("Notes", "", "text Ring before you deliver", 2),
        ("Line 10, price", "12.5", "14", None),
    }
    assert (str(seen.before), str(seen.after)) == ("EUR\u00a08,330.00", "EUR\u00a08,680.00")
    assert seen.effect == "EUR\u00a0350.00 more (+4.2\u00a0%)"
    assert seen.summary.startswith("3 changes since version 1, which j.petersen approved: ")
    assert seen.drift == "Of this, the policy let pass up to version 2 without asking: the total stays."
    assert "Line 30 is new" in seen.asked


def test_a_quantity_of_a_line_with_one_day_is_told_once() -> None:
    order = road.approved()
    document = Document.model_validate_json(bytes(order.revisions.get().content))
    line = document.lines[0]
    assert len(line.schedules) == 1
    propose(order, Edits(lines=(LineChange(number=line.number, part=LinePart(quantity=line.quantity * 3)),)))
    seen = approving.difference(order)
    assert seen is not None and [row.change.what for row in seen.rows] == [f"Line {line.number}, quantity"]


def test_nothing_is_compared_where_nothing_was_approved_or_nothing_waits() -> None:
    fresh = road.waiting(factories.document("B"))
    done = road.approved()
    propose(done, NOTE)
    assert done.state == "approved"
    assert approving.differences([fresh, done]) == {}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (("100", "EUR"), ("100", "EUR"), "the total stays"),
        (("100", "EUR"), ("90", "EUR"), "EUR\u00a010.00 less (-10.0\u00a0%)"),
        (("0", "EUR"), ("5", "EUR"), "EUR\u00a05.00 more"),
        (("100", "EUR"), ("90", "USD"), "USD\u00a090.00 instead of EUR\u00a0100.00"),
    ],
)
def test_the_effect_on_the_total_is_said_in_money(before: tuple[str, str], after: tuple[str, str], words: str) -> None:
    assert approving.effect(*(Money(Decimal(value), currency) for value, currency in (before, after))) == words
