"""Makes the parcel of a delivery, once; every try sends the same bytes.

Nothing leaves unless it reads back: each machine document is parsed again by our own reader and compared with the
order as that format can carry it. A difference holds the delivery.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from orderwire import plugins
from orderwire.channels import File, Parcel
from orderwire.document.canonical import fingerprint
from orderwire.document.order import Order
from orderwire.flow import clock, links
from orderwire.flow.distribute.claimed import Claimed, Place
from orderwire.formats import CannotCarry, Format, Written
from orderwire.formats.letter import Letter, compose
from orderwire.records import Approval, Blob, Delivery, Partner
from orderwire.records.blob import keep


class NotSendable(Exception):
    """Our own checks stop this delivery; the text says why and what to do."""


NEXT_CONTROL_NUMBER = """
insert into ow_control_number (scope, name, last) values (%s, %s, 1)
on conflict (scope, name) do update set last = mod(ow_control_number.last, 999999999) + 1
returning last
"""
"""X12 ISA13 has nine digits and then starts again at 1."""


@dataclass
class WriteContext:
    """formats.Context over the database. A number is given out once: gaps are allowed."""

    scope: str
    links: Mapping[str, str] = field(default_factory=dict)
    now: datetime.datetime = field(default_factory=timezone.now)

    def control_number(self, name: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(NEXT_CONTROL_NUMBER, [self.scope, name])
            return int(cursor.fetchone()[0])


def control_scope(format_kind: str, partner_id: int) -> str:
    """Control numbers count per partner and format, over all of the partner's endpoints."""
    return f"{format_kind}:{partner_id}"


def prepare(place: Place, claimed: Claimed) -> Parcel:
    """The parcel to send: the one kept from an earlier try, or a new one that is kept before it is returned.

    Raises NotSendable.
    """
    if claimed.order_id is not None:
        _check(place, claimed)
    if claimed.parcel is None:
        claimed.parcel = _render(place, claimed)
    kept = claimed.parcel
    blobs = Blob.objects.in_bulk([f["sha256"] for f in kept["files"]])
    files = tuple(File(f["filename"], f["media_type"], blobs[f["sha256"]].open_bytes()) for f in kept["files"])
    letter = _letter(place, claimed, kept) if place.channel.for_people and claimed.content else None
    return Parcel(
        message_id=claimed.message_id,
        files=files,
        subject=letter.subject if letter else "",
        text=letter.text if letter else "",
        html=letter.html if letter else "",
        language=kept.get("language", "en"),
        reference=claimed.order_number or "",
        duplicate=claimed.duplicate,
    )


def _check(place: Place, claimed: Claimed) -> None:
    """Approval is bound to the content and to the address: a change of either stops the delivery here."""
    if claimed.endpoint_version != claimed.current_version:
        raise NotSendable(
            f"The address changed after the plan was made (version {claimed.endpoint_version} is now"
            f" {claimed.current_version}). Plan the order again."
        )
    if not claimed.approved:
        raise NotSendable(f"Version {claimed.revision} has no approval of exactly this content. Approve it again.")
    order = _order(claimed)
    if fingerprint(order) != claimed.sha256:
        raise NotSendable("The stored order is not what was approved: its fingerprint differs. Do not send it by hand.")


def _order(claimed: Claimed) -> Order:
    return Order.model_validate_json(bytes(claimed.content or b""))


def _render(place: Place, claimed: Claimed) -> dict[str, Any]:
    order = _order(claimed)
    partner = Partner.objects.get(pk=claimed.recipient_id or place.version.endpoint.partner_id)
    with transaction.atomic():
        texts = _links(place, claimed, order, partner)
        kinds = [place.version.format, *place.version.also]
        written = [_write(plugins.format(kind), place, claimed, order, partner, texts) for kind in kinds]
        secret = "answer_url" in texts
        parcel = {
            "files": [
                {
                    "filename": w.filename,
                    "media_type": w.media_type,
                    "sha256": keep(w.content, w.media_type, sealed=secret),
                }
                for w in written
            ],
            "controls": {k: v for w in written for k, v in w.controls.items()},
            "findings": [f"{f.where}: {f.text}" for w in written for f in w.findings],
            "answer_by": texts.get("answer_by"),
            "language": partner.language,
            "time_zone": partner.time_zone,
        }
        Delivery.objects.filter(pk=claimed.id, fence=claimed.fence).update(parcel=parcel)
    return parcel


def _links(place: Place, claimed: Claimed, order: Order, partner: Partner) -> dict[str, str]:
    """What a human document prints besides the order. An answer is asked for only where the plan says so."""
    approval = Approval.objects.filter(revision_id=claimed.revision_id or 0, decision="granted").latest("recorded_at")
    texts = {
        "language": partner.language,
        "approved_by": approval.approver,
        "approved_at": approval.approved_at.isoformat(),
        "timezone": partner.time_zone,
    }
    if claimed.answer_required:
        answer_by = clock.due(timezone.now(), working_days=claimed.answer_due_days or 2, time_zone=partner.time_zone)
        texts["answer_by"] = answer_by.isoformat()
        if place.channel.for_people:
            texts["answer_url"] = _answer_url(place, claimed, texts["answer_by"])
    if claimed.duplicate:
        texts["duplicate"] = "yes"
    return texts


def _answer_url(place: Place, claimed: Claimed, answer_by: str | None) -> str:
    """The link of this delivery; asked again it is the same one."""
    due = datetime.datetime.fromisoformat(answer_by) if answer_by else None
    recipient = ", ".join(place.version.config.get("recipients", ()))
    _, token = links.make(Delivery.objects.get(pk=claimed.id), answer_by=due, recipient=recipient)
    return links.url(token)


def _letter(place: Place, claimed: Claimed, kept: Mapping[str, Any]) -> Letter:
    texts = {"timezone": kept.get("time_zone", "UTC")}
    if kept.get("answer_by"):
        texts["answer_by"] = kept["answer_by"]
        with transaction.atomic():
            texts["answer_url"] = _answer_url(place, claimed, kept["answer_by"])
    return compose(
        _order(claimed),
        language=kept.get("language", "en"),
        links=texts,
        attached=[f["filename"] for f in kept["files"]],
        duplicate=claimed.duplicate,
        prices=bool(claimed.prices),
    )


def _write(
    fmt: Format, place: Place, claimed: Claimed, order: Order, partner: Partner, texts: Mapping[str, str]
) -> Written:
    profile: dict[str, Any] = {"language": partner.language} if fmt.kind == "pdf" else {}
    profile |= place.version.profile.get(fmt.kind, {}) | (claimed.profile or {}).get(fmt.kind, {})
    if not claimed.prices:
        profile["prices"] = False
    context = WriteContext(control_scope(fmt.kind, partner.pk), texts)
    try:
        written = fmt.write(order, profile, context)
    except CannotCarry as failure:
        raise NotSendable(f"{fmt.label} cannot carry this order. {failure}") from failure
    if fmt.reads:
        _read_back(fmt, written, order, profile)
    return written


def _read_back(fmt: Format, written: Written, order: Order, profile: Mapping[str, Any]) -> None:
    expected, _ = fmt.project(order, profile)
    result = fmt.read(written.content, profile)
    if len(result.documents) == 1 and result.documents[0].document == expected:
        return
    found = [f"{f.where}: {f.text}" for d in result.documents for f in d.findings][:3]
    raise NotSendable(
        f"The {fmt.label} file does not read back as the order, so it was not sent. {'; '.join(found)}"
        " This is a fault of ours: report it with the order's number."
    )
