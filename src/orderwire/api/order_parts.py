"""What an order consists of, as the API says it: versions, approvals, the plan, and what the supplier holds."""

import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from ninja import Schema
from pydantic import Field, WithJsonSchema

from orderwire.api.access import Caller
from orderwire.document.money import exponent
from orderwire.flow.holding import Doubt, Holding
from orderwire.records import Approval, Plan, Revision

OrderDocument = Annotated[dict[str, Any], WithJsonSchema({"x-document": "Order"})]
AmountText = Annotated[str, Field(description="An exact amount as text.", examples=["1250.00"])]


def amount(value: Decimal, currency: str) -> str:
    """With the decimals of its currency."""
    return format(value.quantize(exponent(currency)), "f")


class RevisionOut(Schema):
    """One version; `sha256` is its identity and what an approval names."""

    revision: int
    sha256: str
    currency: str
    total: AmountText
    created_by: str = ""
    created_at: datetime.datetime
    message: int | None = Field(None, description="The message that brought it.")

    @classmethod
    def of(cls, row: Revision, who: Caller) -> Self:
        """A version as its caller may see it."""
        inside = who.partner_id is None
        return cls(
            revision=row.number,
            sha256=row.sha256,
            currency=row.currency,
            total=amount(row.total, row.currency),
            created_by=row.created_by if inside else "",
            created_at=row.created_at,
            message=row.message_id if inside else None,
        )


class Revisions(Schema):
    """All versions, oldest first."""

    revisions: list[RevisionOut]


class RevisionDetail(RevisionOut):
    """A version with its content."""

    document: OrderDocument


class ApprovalOut(Schema):
    """One person's word on one version."""

    revision: int
    sha256: str
    decision: str
    approver: str
    source: str = Field("", description="The system that the approval came from; empty where it was given here.")
    reference: str = ""
    reason: str = ""
    approved_at: datetime.datetime

    @classmethod
    def of(cls, row: Approval) -> Self:
        """A recorded approval or refusal."""
        return cls(
            revision=row.revision.number,
            sha256=row.revision_sha256,
            decision=row.decision,
            approver=row.approver,
            source=row.source,
            reference=row.reference,
            reason=row.reason,
            approved_at=row.approved_at,
        )


class LegOut(Schema):
    """Who gets the version, through what, and what is asked of them."""

    recipient: str
    purpose: str
    endpoint: str
    channel: str
    format: str
    prices: bool
    answer_required: bool
    answer_within_days: int | None = None
    answer_level: str = Field("document", description="What counts as an answer: to the document, or to every line.")


class PlanOut(Schema):
    """Where the current version goes and why: `explanation` tells each rule with each of its conditions."""

    rules_version: int | None = None
    problem: str = ""
    legs: list[LegOut]
    explanation: dict[str, Any]

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """A plan with its legs."""
        legs = []
        for leg in plan.legs.select_related("recipient", "endpoint").order_by("position"):
            version = leg.endpoint.versions.get(number=leg.endpoint_version)
            legs.append(
                LegOut(
                    recipient=leg.recipient.number,
                    purpose=leg.purpose,
                    endpoint=leg.endpoint.name,
                    channel=version.channel,
                    format=version.format,
                    prices=leg.prices,
                    answer_required=leg.answer_required,
                    answer_level=leg.answer_level,
                    answer_within_days=leg.answer_due_days,
                )
            )
        number = plan.rules.number if plan.rules else None
        return cls(rules_version=number, problem=plan.problem, legs=legs, explanation=plan.explanation)


class HoldingWarningOut(Schema):
    """One thing to look at."""

    kind: Doubt
    text: str


class HoldingOut(Schema):
    """Which version evidence says that the supplier has: `version` is absent where nothing proves one. `proof_level`: 0
    nothing, 1 it may have left, 2 handed over, 3 receipt proven, 4 seen or answered. `possibly` is a newer version that
    may have arrived as well."""

    version: int | None = None
    newest: int
    current: bool
    since: datetime.datetime | None = None
    proof_level: int
    how: str = ""
    possibly: int | None = None
    warnings: list[HoldingWarningOut] = []

    @classmethod
    def of(cls, found: Holding) -> Self:
        """As it is computed now."""
        warnings = [HoldingWarningOut(kind=w.kind, text=w.text) for w in found.warnings]
        return cls(**{**vars(found), "current": found.current, "warnings": warnings})
