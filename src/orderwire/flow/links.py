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

from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow import Refused
from orderwire.flow.acknowledge import evidence
from orderwire.ledger.append import append
from orderwire.ledger.events import LinkCreated, LinkRevoked
from orderwire.records import AnswerLink, Delivery, Order

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
RENEW_PAUSE = datetime.timedelta(minutes=10)
LINKS_PER_DAY = 5


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
        link, order = _locked(link_id)
        if link.revoked_at is None:
            link.revoked_at = timezone.now()
            link.save(update_fields=["revoked_at"])
            subjects = {"revision": link.revision_id, "partner": link.partner_id}
            append(LinkRevoked(reason=reason), actor=actor, order=order, subjects=subjects)  # type: ignore[arg-type]
        return link


def renew(link_id: uuid.UUID, *, actor: str) -> Delivery | None:
    """Send the newest version that this supplier was sent again, with a fresh link, to the address on record.

    At most one every ten minutes, and none after five links for one order in a day; None where that, the state of the
    order, or a mail that is on its way already, forbids it.
    Raises Refused where there is no such link.
    """
    # Distribution makes links, so it cannot be imported before this module is there.
    from orderwire.flow import distribute

    with transaction.atomic():
        link, order = _locked(link_id)
        sent = Delivery.objects.filter(order=order, leg__recipient=link.partner, kind=Delivery.Kind.ORDER)
        if link.delivery is not None:
            sent = sent.filter(endpoint=link.delivery.endpoint)
        delivery = sent.order_by("-revision__number", "-pk").first()
        on_its_way = (DeliveryState.READY, DeliveryState.SENDING, DeliveryState.SUPERSEDED, DeliveryState.CANCELLED)
        if delivery is None or delivery.state in on_its_way or order.state != OrderState.APPROVED or _too_often(link):
            return None
        # Kept here, so that asking again before the mail is rendered finds it.
        AnswerLink.objects.filter(pk=link.pk).update(renewed_at=timezone.now())
        held = AnswerLink.objects.filter(delivery=delivery).first()
        if held is None or not usable(held):
            Delivery.objects.filter(pk=delivery.pk).update(parcel=None)  # rendered again, with a link that works
        return distribute.resend(delivery.pk, actor=actor, reason="the supplier asked for a fresh link")


def _too_often(link: AnswerLink) -> bool:
    now = timezone.now()
    others = AnswerLink.objects.filter(order=link.order, partner=link.partner)
    if others.filter(renewed_at__gt=now - RENEW_PAUSE).exists():
        return True
    return others.filter(created_at__gt=now - datetime.timedelta(days=1)).count() >= LINKS_PER_DAY


def _locked(link_id: uuid.UUID) -> tuple[AnswerLink, Order]:
    """The order is locked before its link, as by everybody."""
    order = Order.objects.select_for_update(no_key=True, of=("self",)).filter(links=link_id).first()
    if order is None:
        raise Refused("There is no such link.", kind="not_found")
    return AnswerLink.objects.select_for_update(of=("self",)).select_related("delivery").get(pk=link_id), order


def _token(id: uuid.UUID) -> str:
    raw = salted_hmac("orderwire.answer-link", str(id), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
