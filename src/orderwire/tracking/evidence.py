"""Evidence: everything about one version and one recipient as one file that an outsider can prove without us."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q

from orderwire.channels.file_names import clean
from orderwire.flow import Refused, links
from orderwire.flow.distribute.claimed import BadSettings, Place
from orderwire.flow.fallback.chain import INSTEAD_OF
from orderwire.ledger import prove
from orderwire.ledger.entry import Entry
from orderwire.ledger.evidence.file import (
    LARGEST,
    Agreed,
    Back,
    Carried,
    Head,
    Kept,
    Manifest,
    Part,
    Reader,
    Sealed,
    SentFile,
    Try,
    Word,
    pack,
)  # fmt: skip
from orderwire.ledger.seal import signing_key
from orderwire.records import AnswerLink, Blob, Delivery, EndpointVersion, Event, Order, Revision

KINDS = (Delivery.Kind.ORDER, Delivery.Kind.CANCELLATION)
_PEM = "-----BEGIN CERTIFICATE-----"


def delivery_of(order: Order, *, version: int | None, recipient: str | None) -> Delivery:
    """The newest delivery of the order, or of a version, to the recipient or else the supplier. Raises Refused."""
    found = Delivery.objects.filter(order=order, kind__in=KINDS)
    if version is not None:
        found = found.filter(revision__number=version)
    found = found.filter(primary=True) if recipient is None else found.filter(leg__recipient__number=recipient)
    newest = found.order_by("-revision__number", "-pk").first()
    if newest is None:
        which = f"version {version}" if version is not None else "any version"
        raise Refused(
            f"Nothing of {which} of order {order} was planned for {recipient or 'its supplier'}.", kind="not_found"
        )
    return newest


def evidence_file(delivery: Delivery, *, with_links: bool = False) -> tuple[str, bytes]:
    """Name and bytes of the file about this delivery's version and recipient, all ways it took included.

    Mails whose answer link still works are left out, and named by their hash: who has one can answer in the supplier's
    name. `with_links` puts them in. Raises Refused where the delivery carries no order, or nothing is sealed yet.
    """
    if delivery.order is None or delivery.revision is None or delivery.leg is None:
        raise Refused("This delivery carries no order, so there is no evidence file of it.", kind="not_found")
    order, revision, to = delivery.order, delivery.revision, delivery.leg.recipient
    files = _Parts(with_links)
    same = Delivery.objects.filter(revision=revision, leg__recipient=to, kind__in=KINDS).select_related("endpoint")
    rows = list(same.order_by("pk"))
    events = list(_events(order, revision, rows))
    proofs = prove.include_all(e.pk for e in events)
    if not proofs:
        raise Refused(
            "The ledger is not sealed yet.", remedy="Try again in a few seconds; the worker seals.", kind="conflict"
        )
    content = files.keep("version.json", bytes(revision.content))
    carried = tuple(_carried(row, files) for row in rows)
    sealed = tuple(_sealed(e, proofs[e.pk], files) for e in events if e.pk in proofs)
    head = next(iter(proofs.values()))
    manifest = Manifest(
        order=order.number,
        version=revision.number,
        revision=revision.pk,
        content=content,
        recipient=to.number,
        recipient_name=to.name,
        approvals=tuple(_words(revision)),
        deliveries=carried,
        events=sealed,
        unsealed=len(events) - len(sealed),
        head=Head(
            size=head.head.size,
            root=head.head.root.hex(),
            time=_time(head.head.time),
            key_id=head.head.key_id,
            signature=head.signature.hex(),
            public_key=head.public_key.hex(),
        ),
        parts=files.listed(),
    )
    name = f"evidence-{clean(order.number)}-v{revision.number}-{clean(to.number)}.zip"
    data = pack(manifest, files.contents, signing_key())
    if len(data) > LARGEST:
        raise Refused(f"The evidence has {len(data):,} bytes, more than the {LARGEST:,} that one file may have.")
    return name, data


@dataclass
class _Parts:
    """The parts as they come together."""

    with_links: bool
    contents: dict[str, bytes] = field(default_factory=dict)

    def keep(self, name: str, content: bytes) -> Kept:
        """Put bytes in."""
        self.contents[name] = content
        return Kept(sha256=hashlib.sha256(content).hexdigest(), part=name)

    def blob(self, name: str, sha256: str, open_link: AnswerLink | None = None) -> Kept:
        """Put kept bytes in, unless they carry a link that still opens the order."""
        blob = Blob.objects.get(pk=sha256)
        if blob.sealed and open_link is not None and not self.with_links:
            until = _time(open_link.expires_at)
            return Kept(
                sha256=sha256, why=f"they carry an answer link that works until {until}, or until it is revoked"
            )
        return self.keep(name, blob.open_bytes())

    def listed(self) -> tuple[Part, ...]:
        """All parts with their hashes."""
        return tuple(
            Part(name=name, sha256=hashlib.sha256(content).hexdigest(), size=len(content))
            for name, content in sorted(self.contents.items())
        )


def _events(order: Order, revision: Revision, rows: Iterable[Delivery]) -> Iterator[Event]:
    """What happened to the order, without what is about other versions and other recipients."""
    deliveries = [str(row.pk) for row in rows]
    about = Q(subjects__delivery__isnull=True) | Q(subjects__delivery__in=deliveries)
    version = Q(subjects__revision__isnull=True) | Q(subjects__revision=str(revision.pk))
    yield from Event.objects.filter(about & version, order=order).order_by("pk")


def _sealed(event: Event, proof: prove.Inclusion, files: _Parts) -> Sealed:
    row = Entry(event.kind, event.at, event.actor, event.order_number, event.subjects, event.data)
    name = f"ledger/{proof.position:09}-{event.kind}.json"
    files.keep(name, row.leaf_bytes())
    return Sealed(position=proof.position, part=name, proof=tuple(step.hex() for step in proof.proof))


def _words(revision: Revision) -> Iterator[Word]:
    for approval in revision.approvals.order_by("pk"):
        yield Word(
            decision=approval.decision,
            approver=approval.approver,
            sha256=approval.revision_sha256,
            approved_at=_time(approval.approved_at),
            source=approval.source,
            reference=approval.reference,
            reason=approval.reason,
        )


def _carried(row: Delivery, files: _Parts) -> Carried:
    version = EndpointVersion.objects.get(endpoint=row.endpoint_id, number=row.endpoint_version)
    folder, link = f"delivery-{row.pk}", _open_link(row)
    sent = (row.parcel or {}).get("files", [])
    return Carried(
        delivery=row.pk,
        kind=row.kind,
        channel=version.channel,
        format=version.format,
        endpoint=row.endpoint.name,
        endpoint_version=row.endpoint_version,
        state=row.state,
        message_id=row.message_id,
        instead_of=row.says.get(INSTEAD_OF),
        files=tuple(
            SentFile(
                filename=f["filename"],
                media_type=f["media_type"],
                content=files.blob(f"{folder}/file-{n}-{clean(f['filename'])}", f["sha256"], link),
            )
            for n, f in enumerate(sent, 1)
        ),
        tries=tuple(_tries(row, folder, files, link)),
        receipts=tuple(_receipts(row, folder, files)),
        readers=tuple(
            Reader(address=r.address, state=r.state, code=r.code, text=r.text) for r in row.recipients.order_by("pk")
        ),
        certificates=tuple(
            files.keep(f"{folder}/certificate-{n}.pem", text.encode())
            for n, text in enumerate(_certificates(version.config), 1)
        ),
        agreed=_agreed(version),
    )


def _tries(row: Delivery, folder: str, files: _Parts, link: AnswerLink | None) -> Iterator[Try]:
    for a in row.attempts.order_by("number"):
        yield Try(
            number=a.number,
            message_id=a.message_id,
            payload_sha256=a.payload_sha256,
            started_at=_time(a.started_at) if a.started_at else None,
            finished_at=_time(a.finished_at) if a.finished_at else None,
            outcome=a.outcome,
            code=a.code,
            text=a.text,
            wire=files.blob(f"{folder}/try-{a.number}.wire", a.sent_sha256, link) if a.sent_sha256 else None,
        )


def _receipts(row: Delivery, folder: str, files: _Parts) -> Iterator[Back]:
    for n, r in enumerate(row.receipts.order_by("at", "pk"), 1):
        yield Back(
            kind=r.kind,
            at=_time(r.at),
            external_id=r.external_id,
            text=r.text,
            content=files.blob(f"{folder}/receipt-{n}-{clean(r.kind)}", r.blob_id) if r.blob_id else None,
        )


def _open_link(row: Delivery) -> AnswerLink | None:
    """The answer link that travels with a delivery, while it still opens the order."""
    return next((link for link in AnswerLink.objects.filter(delivery=row) if links.usable(link)), None)


def _agreed(version: EndpointVersion) -> Agreed | None:
    """What was agreed for AS2; None for other channels, and where the settings cannot be read any more."""
    try:
        config = Place.of(version).config
    except BadSettings:
        return None
    names = Agreed.model_fields
    if not all(hasattr(config, name) for name in names):
        return None
    return Agreed(**{name: getattr(config, name) for name in names})


def _certificates(config: Any) -> Iterator[str]:
    """Certificates in an endpoint's settings; they are public, and everything else there is not looked at."""
    if isinstance(config, str) and config.lstrip().startswith(_PEM) and "PRIVATE KEY" not in config:
        yield config
    elif isinstance(config, dict):
        for name in sorted(config):
            yield from _certificates(config[name])
    elif isinstance(config, list):
        for item in config:
            yield from _certificates(item)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
