"""Makes the documents of one delivery.

Nothing leaves unless it reads back: each machine document is parsed again by our own reader and compared with the
order as that format can carry it. A difference holds the delivery.
"""

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from pydantic import ValidationError

from orderwire import plugins
from orderwire.channels import File
from orderwire.document.order import Order
from orderwire.document.states import DocumentType
from orderwire.flow import clock, ladder, links
from orderwire.flow.distribute import said
from orderwire.flow.distribute.claimed import Claimed, Place, in_words
from orderwire.flow.distribute.numbers import Numbers, WriteContext, scope
from orderwire.flow.distribute.recipients import whole
from orderwire.flow.distribute.result import LOCK_ORDERS
from orderwire.flow.distribute.withdrawn import Withdrawn, withdrawn
from orderwire.formats import CannotCarry, Content, Format, Written
from orderwire.records import Approval, Delivery, Partner


class NotSendable(Exception):
    """Our own checks stop this delivery; the text says why and what to do."""


@dataclass(frozen=True)
class Made:
    """The files of a delivery, what is kept of them on its row, and whether they carry a secret (an answer link)."""

    files: tuple[File, ...]
    kept: dict[str, Any]
    secret: bool


@dataclass
class Desk:
    """What the deliveries of one batch have in common: read once, numbers taken in one piece."""

    place: Place
    partners: dict[int, Partner]
    approvals: dict[int, Approval]
    held: dict[int, tuple[said.Held, ...]]
    withdrawn: dict[int, Withdrawn]
    proposed_on: dict[int, str]
    size: int
    _numbers: dict[str, Numbers] = field(default_factory=dict)

    @classmethod
    def of(cls, place: Place, batch: list[Claimed]) -> "Desk":
        """Read what these deliveries need."""
        recipients = {c.recipient_id or place.version.endpoint.partner_id for c in batch}
        granted = Approval.objects.filter(revision__in={c.revision_id for c in batch}, decision="granted")
        latest = {a.revision_id: a for a in granted.order_by("recorded_at")}
        partners = Partner.objects.in_bulk(recipients)
        proposed_on = said.proposed_on(c.says for c in batch)
        return cls(place, partners, latest, said.held(batch), withdrawn(batch), proposed_on, max(1, len(batch)))

    def numbers(self, format_kind: str, partner_id: int) -> Numbers:
        """The partner's control numbers in this format."""
        name = scope(format_kind, partner_id)
        return self._numbers.setdefault(name, Numbers(name, self.size))


def check(place: Place, claimed: Claimed) -> None:
    """Approval is bound to the content and to the address: a change of either stops the delivery here. A cancellation
    and a notice need no approval of their own, but the same address. A status goes back to where the order came from.

    Raises NotSendable.
    """
    if claimed.kind == Delivery.Kind.STATUS:
        return
    if not claimed.endpoint_version == claimed.current_version == place.version.number:
        what = "Plan the order" if claimed.kind == Delivery.Kind.ORDER else "Send it"
        raise NotSendable(
            f"The address changed after the plan was made (version {claimed.endpoint_version} is now"
            f" {claimed.current_version}). {what} again."
        )
    if claimed.kind != Delivery.Kind.ORDER:
        return
    if not claimed.approved:
        raise NotSendable(f"Version {claimed.revision} has no approval of exactly this content. Approve it again.")
    if hashlib.sha256(bytes(claimed.content or b"")).hexdigest() != claimed.sha256:
        raise NotSendable("The stored order is not what was approved: its fingerprint differs. Do not send it by hand.")


def render(desk: Desk, claimed: Claimed) -> Made:
    """The documents of a delivery that has none yet and passed the check; a notice is only a letter, which is written
    for each try, and so is a status. Raises NotSendable."""
    if claimed.kind in (Delivery.Kind.NOTICE, Delivery.Kind.STATUS):
        return Made((), {"files": [], "controls": {}, "findings": []}, secret=False)
    place = desk.place
    order = Order.model_validate_json(bytes(claimed.content or b""))
    partner = desk.partners[claimed.recipient_id or place.version.endpoint.partner_id]
    texts = _links(desk, claimed, partner)
    formats = [plugins.format(kind) for kind in (place.version.format, *place.version.also)]
    if claimed.kind == Delivery.Kind.CANCELLATION:
        formats = _that_cancel(formats)
    written = [_write(desk, fmt, claimed, order, partner, texts) for fmt in formats]
    files = tuple(File(w.filename, w.media_type, w.content) for w in written)
    kept = {
        "files": [
            {"filename": f.filename, "media_type": f.media_type, "sha256": hashlib.sha256(f.content).hexdigest()}
            for f in files
        ],
        "controls": {k: v for w in written for k, v in w.controls.items()},
        "findings": [f"{f.where}: {f.text}" for w in written for f in w.findings],
        "answer_by": texts.get("answer_by"),
        "remind": _remind(texts.get("answer_by"), partner) if claimed.kind == Delivery.Kind.ORDER else {},
        "replaces": said.replaces(desk.held.get(claimed.id, ()), claimed.revision or 0),
        "language": partner.language,
        "time_zone": partner.time_zone,
    }
    if cancels := desk.withdrawn.get(claimed.id):
        kept["cancels"] = {"reason": cancels.document(order, partner.language).reason, "asks": cancels.asks}
    return Made(files, kept, secret="answer_url" in texts)


def _links(desk: Desk, claimed: Claimed, partner: Partner) -> dict[str, str]:
    """What a human document prints besides the order. An answer is asked for only where the plan says so."""
    approval = desk.approvals[claimed.revision_id or 0]
    texts = {
        "language": partner.language,
        "approved_by": approval.approver,
        "approved_at": approval.approved_at.isoformat(),
        "timezone": partner.time_zone,
    }
    if claimed.id in desk.withdrawn:
        _ask_to_agree(desk, claimed, texts)
    elif claimed.answer_required:
        days = 2 if claimed.answer_due_days is None else claimed.answer_due_days
        answer_by = clock.due(timezone.now(), working_days=days, calendar=clock.calendar(partner))
        texts["answer_by"] = answer_by.isoformat()
        if desk.place.channel.for_people:
            texts["answer_url"] = answer_url(desk.place, claimed, texts["answer_by"])
    texts |= said.answering(claimed.says)
    if day := desk.proposed_on.get(claimed.says.get(said.AGREES, 0)):
        texts["proposed_on"] = day
    if claimed.duplicate:
        texts["duplicate"] = "yes"
    return texts


def _ask_to_agree(desk: Desk, claimed: Claimed, texts: dict[str, str]) -> None:
    """A supplier is asked whether he agrees to a cancellation; colleagues are only told."""
    cancels = desk.withdrawn[claimed.id]
    if cancels.asks and cancels.due_at:
        texts["answer_by"] = cancels.due_at.isoformat()
        if desk.place.channel.for_people:
            texts["answer_url"] = answer_url(desk.place, claimed, texts["answer_by"])


def _that_cancel(formats: list[Format]) -> list[Format]:
    """Those of the endpoint's formats that have a cancellation. Raises NotSendable where none has."""
    found = [fmt for fmt in formats if DocumentType.CANCELLATION in fmt.writes]
    if not found:
        raise NotSendable(
            f"{formats[0].label} has no document that cancels an order. Tell them in another way and record the answer,"
            " or give them an address with the format pdf and send it again."
        )
    return found


def _remind(answer_by: str | None, partner: Partner) -> dict[str, Any]:
    """The first reminder that comes where the answer fails to."""
    if answer_by is None:
        return {}
    due = datetime.datetime.fromisoformat(answer_by)
    return ladder.first("order", due, clock.calendar(partner), after=timezone.now())


def answer_url(place: Place, claimed: Claimed, answer_by: str) -> str:
    """The link of this delivery; asked again it is the same one."""
    recipient = ", ".join(place.version.config.get("recipients", ()))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK_ORDERS, [[claimed.order_id]])
        delivery = Delivery.objects.get(pk=whole(claimed))
        _, token = links.make(delivery, answer_by=datetime.datetime.fromisoformat(answer_by), recipient=recipient)
    return links.url(token)


def _write(
    desk: Desk, fmt: Format, claimed: Claimed, order: Order, partner: Partner, texts: Mapping[str, str]
) -> Written:
    profile: dict[str, Any] = {"language": partner.language} if fmt.kind == "pdf" else {}
    profile |= desk.place.version.profile.get(fmt.kind, {}) | (claimed.profile or {}).get(fmt.kind, {})
    cancels = desk.withdrawn.get(claimed.id)
    if not claimed.prices and cancels is None:
        if "prices" not in fmt.profile_model.model_fields:
            raise NotSendable(
                f"{fmt.label} cannot leave out prices, as the rules want for this copy."
                " Give the recipient an address with the format pdf, or let the rule send prices."
            )
        profile["prices"] = False
    try:
        fmt.profile_model.model_validate(profile)
    except ValidationError as failure:
        raise NotSendable(
            f"The profile of {fmt.label} cannot be used: {in_words(failure)}."
            " Correct it at the connection, or in the rule that sends this copy."
        ) from None
    context = WriteContext(desk.numbers(fmt.kind, partner.pk), texts)
    document: Content
    if cancels is not None:
        document, context.links = cancels.document(order, partner.language), {**texts, **cancels.links()}
    else:
        # To whom an order is in force again after all it is said whole: he may have struck it off.
        before = said.before(desk.held.get(claimed.id, ()), fmt) if "keeps" not in claimed.says else None
        document = said.said(order, before, fmt=fmt, profile=profile, on=context.now.date(), says=claimed.says)
        if before is not None and document is not order:
            context.links = {**texts, **said.links(before)}
    try:
        written = fmt.write(document, profile, context)
    except CannotCarry as failure:
        what = "order" if cancels is None else "cancellation"
        raise NotSendable(f"{fmt.label} cannot carry this {what}. {failure}") from failure
    if fmt.reads:
        _read_back(fmt, written, document, profile)
    return written


def _read_back(fmt: Format, written: Written, document: Content, profile: Mapping[str, Any]) -> None:
    expected, _ = fmt.project(document, profile)
    result = fmt.read(written.content, profile)
    if len(result.documents) == 1 and result.documents[0].document == expected:
        return
    found = [f"{f.where}: {f.text}" for d in result.documents for f in d.findings][:3]
    raise NotSendable(
        f"The {fmt.label} file does not read back as the order, so it was not sent. {'; '.join(found)}"
        " This is a fault of ours: report it with the order's number."
    )
