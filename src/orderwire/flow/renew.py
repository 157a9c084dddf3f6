"""Renew: a supplier whose answer link no longer works gets the mail again, with a fresh one."""

import datetime
import uuid

from django.db import transaction
from django.utils import timezone

from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow import distribute
from orderwire.flow.links import locked, usable
from orderwire.records import AnswerLink, Delivery

RENEW_PAUSE = datetime.timedelta(minutes=10)
LINKS_PER_DAY = 5


def renew(link_id: uuid.UUID, *, actor: str) -> Delivery | None:
    """Send the newest version that this supplier was sent again, or the cancellation that waits for his answer, with a
    fresh link, to the address on record.

    At most one every ten minutes, and none after five links for one order in a day; None where that, the state of the
    order, or a mail that is on its way already, forbids it.
    Raises Refused where there is no such link.
    """
    with transaction.atomic():
        link, order = locked(link_id)
        asked = order.state == OrderState.CANCELLING
        kind = Delivery.Kind.CANCELLATION if asked else Delivery.Kind.ORDER
        sent = Delivery.objects.filter(order=order, leg__recipient=link.partner, kind=kind)
        sent = sent.exclude(state=DeliveryState.WITHDRAWN)
        if link.delivery is not None and link.delivery.state != DeliveryState.WITHDRAWN:
            sent = sent.filter(endpoint=link.delivery.endpoint)
        delivery = sent.order_by("-revision__number", "-pk").first()
        on_its_way = (DeliveryState.READY, DeliveryState.SENDING, DeliveryState.SUPERSEDED, DeliveryState.CANCELLED)
        if (
            delivery is None
            or delivery.state in on_its_way
            or not (asked or order.state == OrderState.APPROVED)
            or _too_often(link)
        ):
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
