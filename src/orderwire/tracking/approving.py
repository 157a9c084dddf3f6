"""What an approver of an amendment looks at: how it differs from what somebody approved last, in words and money."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from orderwire.document.change import changes
from orderwire.document.order import Order as Document
from orderwire.flow.approved import Approved, approved_of
from orderwire.ledger.events import AmendmentProposed, ApprovalRequested
from orderwire.records import Event, Order, Revision
from orderwire.tracking.versions import Change, change_words, told_once
from orderwire.tracking.words import Money, plural

MOST_ROWS = 200


@dataclass(frozen=True)
class Row:
    """One change, old and new. `earlier` is the version that brought it where the policy let that pass."""

    change: Change
    earlier: int | None = None


@dataclass(frozen=True)
class Difference:
    """A version that waits for approval beside `baseline`, which `by` approved. `why` is the proposer's reason, `asked`
    why the policy asks; `drift` says what earlier versions moved without asking, empty where none did."""

    version: int
    baseline: int
    by: str
    rows: tuple[Row, ...]
    more: int
    before: Money
    after: Money
    drift: str
    why: str
    asked: str

    @property
    def summary(self) -> str:
        """In one sentence, for lists."""
        count = plural(len(self.rows) + self.more, "change")
        return f"{count} since version {self.baseline}, which {self.by} approved: {self.effect}."

    @property
    def effect(self) -> str:
        """What it does to the total: "EUR 120.00 more (+1.4 %)"."""
        return effect(self.before, self.after)


def difference(order: Order) -> Difference | None:
    """What is to be approved of one order; None where nothing of it was approved before."""
    return differences([order]).get(order.pk)


def differences(orders: Collection[Order]) -> dict[int, Difference]:
    """For each order that waits with a new version of something approved, by its id; a fixed number of queries."""
    waiting = [order for order in orders if order.state == "pending_approval"]
    known = approved_of(waiting)
    current = {
        revision.order_id: revision
        for revision in Revision.objects.filter(order__in=known).order_by("number").select_related("order")
        if revision.number == revision.order.revision
    }
    said = _said(current.values())
    return {pk: _difference(known[pk], revision, said) for pk, revision in current.items()}


def effect(before: Money, after: Money) -> str:
    """What became of an amount, in words."""
    if before.currency != after.currency:
        return f"{after} instead of {before}"
    gap = after.value - before.value
    if not gap:
        return "the total stays"
    share = f" ({gap / before.value * 100:+.1f}\u00a0%)" if before.value else ""
    return f"{Money(abs(gap), after.currency)} {'more' if gap > 0 else 'less'}{share}"


def _difference(known: Approved, revision: Revision, said: dict[tuple[int, str], str]) -> Difference:
    old, before, new = (_content(row) for row in (known.baseline, known.newest, revision))
    found = told_once(changes(old, new))
    now = {change.path for change in changes(before, new)}
    rows = tuple(
        Row(change_words(change), None if change.path in now else known.newest.number) for change in found[:MOST_ROWS]
    )
    return Difference(
        revision.number,
        known.baseline.number,
        known.by,
        rows,
        len(found) - len(rows),
        _money(known.baseline),
        _money(revision),
        _drift(known),
        said.get((revision.pk, AmendmentProposed.kind), ""),
        said.get((revision.pk, ApprovalRequested.kind), ""),
    )


def _drift(known: Approved) -> str:
    if known.newest == known.baseline:
        return ""
    moved = effect(_money(known.baseline), _money(known.newest))
    return f"Of this, the policy let pass up to version {known.newest.number} without asking: {moved}."


def _money(revision: Revision) -> Money:
    return Money(Decimal(revision.total), revision.currency)


def _content(revision: Revision) -> Document:
    return Document.model_validate_json(bytes(revision.content))


def _said(revisions: Collection[Revision]) -> dict[tuple[int, str], str]:
    """The reasons in the ledger, by version and kind of event."""
    ids = {str(revision.pk): revision.pk for revision in revisions}
    kinds = (AmendmentProposed.kind, ApprovalRequested.kind)
    found = Event.objects.filter(order__in={r.order_id for r in revisions}, kind__in=kinds).order_by("pk")
    return {
        (ids[event.subjects["revision"]], event.kind): str(event.data.get("reason", ""))
        for event in found
        if event.subjects.get("revision") in ids
    }
