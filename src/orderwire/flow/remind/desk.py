"""Reads what turns are decided with: the rules, the addresses, and the letters that are there."""

import datetime
from collections.abc import Iterable

from django.db.models import Count, Q
from django.utils import timezone

from orderwire.document.amount import NO_RATES, Rates
from orderwire.document.states import DeliveryState
from orderwire.flow import configuration
from orderwire.flow.remind.book import Book
from orderwire.flow.remind.post import HOUR, Mail, Post
from orderwire.flow.remind.turn import Desk
from orderwire.records import Delivery
from orderwire.yaml_file import Unreadable

_OPEN = (DeliveryState.READY, DeliveryState.RETRY, DeliveryState.SENDING)


def desk(suppliers: Iterable[int]) -> Desk:
    """A desk for the orders of these suppliers. Raises Unreadable where reminders.yaml cannot be used."""
    return Desk(Book.of(configuration.reminders(), suppliers), Post(mails), _rates())


def mails(address: str) -> list[Mail]:
    """The letters to an address that are on their way or went in the last hour."""
    late = timezone.now() - HOUR
    found = Delivery.objects.filter(
        Q(state__in=_OPEN) | Q(accepted_at__gt=late), kind=Delivery.Kind.NOTICE, notices__recipient=address
    ).annotate(orders=Count("notices"))
    return [
        Mail(
            datetime.datetime.fromisoformat(row.says["at"]),
            row.endpoint_id,
            row.state == DeliveryState.READY and row.tries == 0,
            row.pk,
            row.orders,
        )
        for row in found.order_by("pk")
    ]


def _rates() -> Rates:
    try:
        return configuration.policy().exchange
    except Unreadable:  # a step from a total on then holds for every order in another currency
        return NO_RATES
