"""Whatever buyers, approvers, the buying system and the network do in whatever order: the supplier ends with the newest
approved version, versions reach him in the order of their numbers, and never one that nobody let pass."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.document.edits import Edits, edited
from orderwire.document.order import Order as Document
from orderwire.document.order_change import HeadPart, LineChange, LinePart
from orderwire.document.terms import Note
from orderwire.flow import Refused, amend, approve, hold
from orderwire.records import Approval, Attempt, Endpoint, Order, User
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain, due

pytestmark = pytest.mark.django_db(transaction=True)

number = count(1)


@dataclass
class World:
    """One order, its supplier's folder, and who approves. A step that cannot be done changes nothing."""

    order: Order
    out: Path
    desk: Endpoint
    lead: User

    def propose(self, pick: int) -> None:
        """A dearer or cheaper line, or a note, on any version."""
        base = 1 + pick % self.order.revisions.count()
        line = LineChange(number="10", part=LinePart(price=Decimal(10 + pick % 5)))
        note = Edits(head=HeadPart(notes=(Note(text=f"Note {pick % 3}"),)))
        edits = note if pick % 2 else Edits(lines=(line,))
        self._try(lambda: amend.propose(
            self.order.pk, edited(self._content(base), edits), base=base, actor="user:ines", reason="Plan"
        ))  # fmt: skip

    def take_back(self, pick: int) -> None:
        to = 1 + pick % self.order.revisions.count()
        self._try(lambda: amend.take_back(self.order.pk, to, actor="user:ines", reason="Back"))

    def bring(self, pick: int) -> None:
        """The buying system sends its next version, approved there."""
        after = self._content(self.order.revision)
        line = after.lines[0].model_copy(update={"price": Decimal(20 + pick % 3)})
        update = {"revision": self.order.revision + 1, "lines": (line, *after.lines[1:])}
        self._try(lambda: road.bring(after.model_copy(update=update)))

    def approve(self, pick: int) -> None:
        self._try(lambda: approve.grant(self.order.pk, user=self.lead, sha256=road.sha256(self.order)))

    def refuse(self, pick: int) -> None:
        self._try(lambda: approve.refuse(self.order.pk, user=self.lead, sha256=road.sha256(self.order), reason="No"))

    def hold(self, pick: int) -> None:
        self._try(lambda: hold.hold(self.order.pk, actor="user:ines", reason="Wait"))

    def resume(self, pick: int) -> None:
        self._try(lambda: hold.resume(self.order.pk, actor="user:ines"))

    def send(self, pick: int) -> None:
        due(self.order)
        drain(self.desk)

    def away(self, pick: int) -> None:
        """The supplier's folder is there or not."""
        here, gone = self.out, self.out.with_name("away")
        here.rename(gone) if here.exists() else gone.rename(here)

    def end(self) -> None:
        """Everything goes on as far as it can."""
        if not self.out.exists():
            self.away(0)
        self.resume(0)
        if self.order.state == "refused":
            self.propose(1)
            if self.order.state == "refused":
                self.propose(2)
        self.approve(0)
        self.send(0)

    def _content(self, version: int) -> Document:
        return Document.model_validate_json(bytes(self.order.revisions.get(number=version).content))

    def _try(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Refused as refused:
            assert refused.reason
        self.order.refresh_from_db()


STEPS = ["propose", "propose", "take_back", "bring", "approve", "approve", "refuse", "hold", "resume", "send", "send",
         "away"]  # fmt: skip


@given(story=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 29)), max_size=14))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_supplier_ends_with_the_newest_approved_version_whatever_happens(
    config: Path, tmp_path: Path, story: list[tuple[str, int]]
) -> None:
    name = f"P-{next(number)}"
    out = tmp_path / name / "out"
    partner = road.supplier(out, name=name)
    lead = User.objects.filter(username="anna").first() or road.person("anna", "finance-leads")
    party = factories.document().supplier.model_copy(update={"name": name})
    world = World(road.approved(number=name, supplier=party), out, Endpoint.objects.get(partner=partner), lead)
    for step, pick in story:
        getattr(world, step)(pick)
    world.end()

    reached = [
        attempt.delivery.revision
        for attempt in Attempt.objects.filter(delivery__order=world.order, outcome="accepted").order_by("pk")
    ]
    versions = [revision.number for revision in reached]
    assert all(before < after for before, after in pairwise(versions)), versions
    for revision in reached:
        granted = Approval.objects.filter(revision=revision, decision="granted", revision_sha256=revision.sha256)
        assert granted.exists(), revision.number
    assert world.order.state == "approved"
    assert versions[-1] == world.order.revision
    files = [path for path in out.iterdir() if not path.name.startswith(".")]
    assert len(files) == len(versions)
