"""What changes of an order are measured against: the version approved last, and the last that somebody looked at."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from orderwire.records import Approval, Order, Plan, Revision

BY_POLICY = "policy:"
"""How the source of an approval begins that the policy gave, without anybody looking."""


@dataclass(frozen=True)
class Approved:
    """`newest` is the newest approved version; `baseline` the newest that a person or a trusted source approved, whose
    name is `by`."""

    newest: Revision
    baseline: Revision
    by: str


def approved(order: Order) -> Approved | None:
    """The order's approved versions, None where there is none."""
    return approved_of([order]).get(order.pk)


def approved_of(orders: Collection[Order]) -> dict[int, Approved]:
    """The approved versions of each order that has any, by its id. A plan proves that an approval was complete."""
    granted = Approval.objects.filter(
        Exists(Plan.objects.filter(revision=OuterRef("revision"))),
        revision__order__in=[order.pk for order in orders],
        decision=Approval.Decision.GRANTED,
    ).order_by("-revision__number", "-pk")
    newest: dict[int, int] = {}
    baseline: dict[int, tuple[int, str]] = {}
    for order_id, revision_id, source, approver in granted.values_list(
        "revision__order_id", "revision_id", "source", "approver"
    ):
        newest.setdefault(order_id, revision_id)
        if not source.startswith(BY_POLICY):
            baseline.setdefault(order_id, (revision_id, approver))
    known = Revision.objects.in_bulk({*newest.values(), *(revision_id for revision_id, _ in baseline.values())})
    return {
        order_id: Approved(known[newest[order_id]], known[revision_id], by)
        for order_id, (revision_id, by) in baseline.items()
    }
