"""What changes of an order are measured against: the version approved last, and the last that somebody looked at."""

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
    """The order's approved versions, None where there is none. A plan proves that the approval was complete."""
    granted = (
        Approval.objects.filter(
            Exists(Plan.objects.filter(revision=OuterRef("revision"))),
            revision__order=order,
            decision=Approval.Decision.GRANTED,
        )
        .select_related("revision")
        .order_by("-revision__number", "-pk")
    )
    base = granted.exclude(source__startswith=BY_POLICY).first()
    newest = granted.first()
    return Approved(newest.revision, base.revision, base.approver) if newest and base else None
