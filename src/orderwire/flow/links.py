"""Answer links: what lets a supplier answer one version of one order without an account.

A token is 256 bits, derived from the link's id and a secret, so that the same mail can be made again after a crash;
at rest there is only its SHA-256. A link never opens another order, another version or anything else of the supplier.
"""

import base64
import datetime
import hashlib
import hmac
import re
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from orderwire.flow import Refused, evidence
from orderwire.ledger.append import append
from orderwire.ledger.events import LinkCreated, LinkRevoked
from orderwire.records import AnswerLink, Delivery, Order

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def make(delivery: Delivery, *, answer_by: datetime.datetime | None, recipient: str) -> tuple[AnswerLink, str]:
    """The link that travels with a delivery, and its token; inside the caller's transaction.

    Called again for the same delivery it gives the same link, so that a mail can be rendered again; a new one where
    that works no longer. Raises Refused for a delivery that carries no order.
    """
    if delivery.order is None or delivery.revision is None or delivery.leg is None:
        raise Refused("This delivery carries no order that could be answered.")
    before = AnswerLink.objects.filter(delivery=delivery).first()
    if before and usable(before):
        return before, _token(before.id)
    if before:
        AnswerLink.objects.filter(pk=before.pk).update(delivery=None)
    id = uuid.uuid4()
    token = _token(id)
    now = timezone.now()
    link = AnswerLink.objects.create(
        id=id,
        token_sha256=digest(token),
        order=delivery.order,
        revision=delivery.revision,
        partner=delivery.leg.recipient,
        delivery=delivery,
        recipient=recipient,
        expires_at=now + datetime.timedelta(days=settings.ORDERWIRE_ANSWER_LINK_DAYS),
        answer_by=answer_by,
    )
    append(
        LinkCreated(expires_at=link.expires_at),
        actor="system:worker",
        order=delivery.order,
        subjects={"revision": delivery.revision.pk, "partner": link.partner.pk, "delivery": delivery.pk},
    )
    return link, token


def url(token: str) -> str:
    """The address that a mail prints."""
    return f"{settings.ORDERWIRE_URL}/a/{token}"


def digest(token: str) -> str:
    """What is kept of a token. 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str) -> AnswerLink | None:
    """The link of a token, None where there is none or it no longer works."""
    link = by_digest(digest(token)) if _TOKEN.fullmatch(token) else None
    return link if link and usable(link) else None


def by_digest(token_sha256: str) -> AnswerLink | None:
    """The link of a token's hash, also one that works no longer.

    The database compares hashes, so its timing says nothing about a token; the last comparison is constant in time.
    """
    links = AnswerLink.objects.select_related("order", "revision", "partner", "delivery")
    link = links.filter(token_sha256=token_sha256).first()
    return link if link and hmac.compare_digest(link.token_sha256, token_sha256) else None


def usable(link: AnswerLink) -> bool:
    """True while a link opens its order: neither expired nor revoked."""
    return link.revoked_at is None and timezone.now() < link.expires_at


def opened(link: AnswerLink, *, actor: str, by_person: bool) -> None:
    """A person looked at the order: the delivery is proven as opened, once.

    Mail scanners fetch links too: what no person confirmed (`by_person` False) proves nothing and is not recorded.
    """
    if not by_person:
        return
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=link.order_id)
        now = timezone.now()
        AnswerLink.objects.filter(pk=link.pk).update(opens=F("opens") + 1)
        first = AnswerLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=now)
        if first and link.delivery is not None:
            evidence.opened(link.delivery, order=order, actor=actor, means="answer page", external_id=str(link.pk))


def revoke(link_id: uuid.UUID, *, actor: str, reason: str) -> AnswerLink:
    """Make a link useless at once. Raises Refused where there is none."""
    with transaction.atomic():
        link, order = locked(link_id)
        if link.revoked_at is None:
            link.revoked_at = timezone.now()
            link.save(update_fields=["revoked_at"])
            subjects = {"revision": link.revision_id, "partner": link.partner_id}
            append(LinkRevoked(reason=reason), actor=actor, order=order, subjects=subjects)  # type: ignore[arg-type]
        return link


def locked(link_id: uuid.UUID) -> tuple[AnswerLink, Order]:
    """A link and its order for changing them; the order is locked first, as by everybody. Raises Refused."""
    order = Order.objects.select_for_update(no_key=True, of=("self",)).filter(links=link_id).first()
    if order is None:
        raise Refused("There is no such link.", kind="not_found")
    return AnswerLink.objects.select_for_update(of=("self",)).select_related("delivery").get(pk=link_id), order


def _token(id: uuid.UUID) -> str:
    raw = salted_hmac("orderwire.answer-link", str(id), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
