"""What changes of an order are measured against: the version approved last, and the last that somebody looked at."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from orderwire.document.states import DeliveryState
from orderwire.records import Approval, Attempt, Delivery, Order, Plan, Revision

BY_POLICY = "policy:"
"""How the source of an approval begins that the policy gave, without anybody looking."""


@dataclass(frozen=True)
class Approved:
    """`newest` is the newest approved version; `baseline` the newest that a person or a trusted source approved, whose
    name is `by`."""

    newest: Revision
    baseline: Revision
    by: str


def left(revision: str) -> Q:
    """Whether somebody has the revision of this name in the query, may have it, or is being sent it this moment."""
    open_end = Q(outcome=None) | Q(outcome__in=[Attempt.Outcome.ACCEPTED, Attempt.Outcome.UNKNOWN])
    begun = Attempt.objects.filter(open_end, delivery__revision=OuterRef(revision), started_at__isnull=False)
    return Q(Exists(begun) | Exists(Delivery.objects.filter(revision=OuterRef(revision), state=DeliveryState.SENDING)))


def approved(order: Order) -> Approved | None:
    """The order's approved versions, None where there is none."""
    return approved_of([order]).get(order.pk)


def approved_of(orders: Collection[Order]) -> dict[int, Approved]:
    """The approved versions of each order that has any, by its id. A plan proves that an approval was complete.

    Who left the house before his version left answers for nothing (`approve.account_closed`)."""
    granted = Approval.objects.filter(
        Q(user=None) | Q(user__is_active=True) | left("revision"),
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
