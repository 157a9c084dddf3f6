"""Deliveries: where an order's parts are on their way, each try and each proof; send again, settle a doubt."""

import datetime
from typing import Any, Self

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from orderwire.api.access import caller, needs
from orderwire.api.answering import WRITE, given, responses
from orderwire.api.paging import Body, Id, Moment, Number, OptionalReason, Reason, Word
from orderwire.document.states import DeliveryState
from orderwire.flow import Refused, distribute, fallback
from orderwire.records import Delivery, EndpointVersion
from orderwire.tracking.evidence import evidence_file

_ZIP: dict[str, Any] = {
    "responses": {200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}}
}

router = Router(tags=["deliveries"])
of_order = Router(tags=["deliveries"])


class DeliveryOut(Schema):
    """One part of a plan carried out. Its state says no more than the evidence."""

    id: int
    kind: str = Field(description="order, cancellation, notice, functional_ack or status")
    order: str | None = None
    revision: int | None = None
    recipient: str
    endpoint: str
    channel: str
    format: str
    primary: bool = Field(description="The one that brings the order to its supplier.")
    state: DeliveryState
    reason: str = ""
    duplicate: bool = Field(description="Marked as a possible duplicate.")
    message_id: str
    tries: int
    due_at: datetime.datetime | None = None
    accepted_at: datetime.datetime | None = None
    proven_at: datetime.datetime | None = None
    created_at: datetime.datetime
    changed_at: datetime.datetime

    @classmethod
    def facts(cls, row: Delivery, version: EndpointVersion) -> dict[str, object]:
        """What the row says."""
        return {
            "id": row.pk,
            "kind": row.kind,
            "order": row.order.number if row.order else None,
            "revision": row.revision.number if row.revision else None,
            "recipient": row.leg.recipient.number if row.leg else row.endpoint.partner.number,
            "endpoint": row.endpoint.name,
            "channel": version.channel,
            "format": version.format,
            "primary": row.primary,
            "state": DeliveryState(row.state),
            "reason": row.reason,
            "duplicate": row.duplicate,
            "message_id": row.message_id,
            "tries": row.tries,
            "due_at": row.due_at,
            "accepted_at": row.accepted_at,
            "proven_at": row.proven_at,
            "created_at": row.created_at,
            "changed_at": row.changed_at,
        }


class Deliveries(Schema):
    """All deliveries of an order, of every version, oldest first."""

    deliveries: list[DeliveryOut]


class AttemptOut(Schema):
    """One try. Without an outcome it is under way, or nobody knows how it ended."""

    number: int
    trigger: str
    message_id: str
    payload_sha256: str
    intent_at: datetime.datetime
    started_at: datetime.datetime | None = None
    finished_at: datetime.datetime | None = None
    outcome: str | None = None
    code: str = ""
    text: str = ""


class ReceiptOut(Schema):
    """One proof that came back; `evidence_sha256` names the kept bytes."""

    kind: str
    external_id: str = ""
    text: str = ""
    evidence_sha256: str | None = None
    at: datetime.datetime


class FileOut(Schema):
    """A file that travels, by its hash."""

    filename: str
    media_type: str
    sha256: str


class DeliveryDetail(DeliveryOut):
    """A delivery with what it carries, its tries and its proofs."""

    files: list[FileOut] = []
    attempts: list[AttemptOut]
    receipts: list[ReceiptOut]

    @classmethod
    def of(cls, row: Delivery) -> Self:
        """The whole delivery."""
        attempts = [
            AttemptOut(
                number=a.number,
                trigger=a.trigger,
                message_id=a.message_id,
                payload_sha256=a.payload_sha256,
                intent_at=a.intent_at,
                started_at=a.started_at,
                finished_at=a.finished_at,
                outcome=a.outcome,
                code=a.code,
                text=a.text,
            )
            for a in row.attempts.order_by("number")
        ]
        receipts = [
            ReceiptOut(kind=r.kind, external_id=r.external_id, text=r.text, evidence_sha256=r.blob_id, at=r.at)
            for r in row.receipts.order_by("at", "pk")
        ]
        files = [FileOut(**file) for file in (row.parcel or {}).get("files", [])]
        version = row.endpoint.versions.get(number=row.endpoint_version)
        return cls.model_validate(
            {**cls.facts(row, version), "files": files, "attempts": attempts, "receipts": receipts}
        )


class Resend(Body):
    """Why it is sent again."""

    reason: Reason


class AnotherWay(Body):
    """Why it goes another way than the one it went."""

    reason: Reason


class ResendFailed(Body):
    """What failed since a time. Without `dry_run: false` it is only counted and listed."""

    since: Moment
    partner: Word | None = Field(None, description="Only to this partner, by its number.")
    reason: Reason
    dry_run: bool = True


class Failed(Schema):
    """One delivery that failed."""

    id: int
    order: str | None
    recipient: str
    endpoint: str
    reason: str


class ResentFailed(Schema):
    """`count` failed and can be sent again; `deliveries` are the oldest of them, at most a thousand."""

    count: int
    deliveries: list[Failed]
    dry_run: bool
    sent: int = Field(description="How many of the list are on their way again.")
    refused: list[str] = Field(description="Why others are not.")


class Settle(Body):
    """What became of a delivery in doubt: it arrived, or it is sent again, marked as a possible duplicate."""

    arrived: bool
    reason: OptionalReason = ""


@of_order.get(
    "/{path:number}/deliveries",
    response=responses(Deliveries, 404),
    **needs("deliveries:read"),
    summary="List an order's deliveries",
)
def list_deliveries(request: HttpRequest, number: Number) -> HttpResponse:
    """Deliveries of every version of the order."""
    found = list(_rows().filter(order=caller(request).order(number)).order_by("pk"))
    wanted = {row.endpoint_id for row in found}
    versions = {(v.endpoint_id, v.number): v for v in EndpointVersion.objects.filter(endpoint__in=wanted)}
    shown = [
        DeliveryOut.model_validate(DeliveryOut.facts(row, versions[row.endpoint_id, row.endpoint_version]))
        for row in found
    ]
    return given(Deliveries(deliveries=shown))


@router.post(
    "/resend",
    response=responses(ResentFailed, *WRITE),
    **needs("deliveries:write"),
    summary="Send again what failed since a time",
)
def resend_all(request: HttpRequest, body: ResendFailed) -> HttpResponse:
    """Newest versions of orders in force, and cancellations, that failed; a thousand in one call, the oldest first."""
    did = distribute.resend_failed(
        body.since, actor=caller(request).actor, reason=body.reason, partner=body.partner, dry_run=body.dry_run
    )
    rows = [
        Failed(
            id=row.pk,
            order=row.order.number if row.order else None,
            recipient=row.endpoint.partner.number,
            endpoint=row.endpoint.name,
            reason=row.reason,
        )
        for row in did.found
    ]
    return given(
        ResentFailed(count=did.count, deliveries=rows, dry_run=body.dry_run, sent=did.sent, refused=list(did.refused))
    )


@router.get(
    "/{delivery_id}", response=responses(DeliveryDetail, 404), **needs("deliveries:read"), summary="Read one delivery"
)
def read_delivery(request: HttpRequest, delivery_id: Id) -> HttpResponse:
    """One delivery with its tries and proofs."""
    return given(_detail(delivery_id))


@router.get(
    "/{delivery_id}/evidence",
    response=responses(DeliveryDetail, 404, 409),
    **needs("deliveries:read", **_ZIP),
    summary="Fetch the evidence file",
)
def read_evidence(request: HttpRequest, delivery_id: Id) -> HttpResponse:
    """Everything about this delivery's version and recipient, with ledger proofs, as one ZIP for `audit verify`."""
    name, content = evidence_file(_row(delivery_id))
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="application/zip", headers=headers)


@router.post(
    "/{delivery_id}/resend",
    response=responses(DeliveryDetail, 404, *WRITE),
    **needs("deliveries:write"),
    summary="Send again",
)
def resend_delivery(request: HttpRequest, delivery_id: Id, body: Resend) -> HttpResponse:
    """Send the same bytes under the same id; marked where an earlier try may have arrived."""
    distribute.resend(delivery_id, actor=caller(request).actor, reason=body.reason)
    return given(_detail(delivery_id))


@router.post(
    "/{delivery_id}/another-way",
    response=responses(DeliveryDetail, 404, *WRITE),
    **needs("deliveries:write"),
    summary="Send another way",
)
def another_way(request: HttpRequest, delivery_id: Id, body: AnotherWay) -> HttpResponse:
    """Withdraw it and send the same over the next endpoint of the plan; gives the delivery that takes its place."""
    made = fallback.climb(delivery_id, actor=caller(request).actor, reason=body.reason)
    return given(_detail(made.pk))


@router.post(
    "/{delivery_id}/settle",
    response=responses(DeliveryDetail, 404, *WRITE),
    **needs("deliveries:write"),
    summary="Settle a doubt",
)
def settle_delivery(request: HttpRequest, delivery_id: Id, body: Settle) -> HttpResponse:
    """Say what became of a delivery that is in doubt."""
    distribute.settle_doubt(delivery_id, arrived=body.arrived, actor=caller(request).actor, reason=body.reason)
    return given(_detail(delivery_id))


def _rows() -> QuerySet[Delivery]:
    return Delivery.objects.select_related("order", "revision", "leg__recipient", "endpoint__partner")


def _detail(delivery_id: int) -> DeliveryDetail:
    return DeliveryDetail.of(_row(delivery_id))


def _row(delivery_id: int) -> Delivery:
    row = _rows().filter(pk=delivery_id).first()
    if row is None:
        raise Refused("There is no such delivery.", kind="not_found")
    return row
