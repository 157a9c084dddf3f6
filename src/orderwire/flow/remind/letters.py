"""The letter of a notice as it is now: written for every try, so that nobody is reminded of what he has answered."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from orderwire.flow import links
from orderwire.flow.remind.waiting import Waiting, waiting
from orderwire.flow.remind.wanted import still
from orderwire.formats.letter import Letter
from orderwire.formats.letter.notice import Reminded, compose
from orderwire.governance.reminding import SUPPLIERS
from orderwire.records import Notice, Order


@dataclass(frozen=True)
class Posted:
    """A letter, to whom it goes and in which language."""

    letter: Letter
    to: tuple[str, ...]
    language: str


def letter(delivery_id: int) -> Posted | None:
    """What a delivery of kind notice says; None where nobody waits for anything that it would say."""
    rows = (
        Notice.objects.filter(pk__in=still(delivery_id)).select_related("order", "delivery").order_by("order__number")
    )
    notices = list(rows)
    found = waiting([n.order for n in notices])
    about = [(n, found[n.order_id]) for n in notices if n.order_id in found]
    if not about:
        return None
    first, w = about[0]
    items = [_item(n, each) for n, each in about]
    composed = compose(items, language=first.language, time_zone=_zone(first, w), company=settings.ORDERWIRE_COMPANY)
    return Posted(composed, tuple(first.delivery.says["to"]), first.language)


def _item(notice: Notice, w: Waiting) -> Reminded:
    """One order as the letter tells of it."""
    theirs = notice.to in SUPPLIERS
    earlier = Notice.objects.filter(
        order=w.order, revision=notice.revision, cancellation=notice.cancellation, to__in=SUPPLIERS,
        delivery__accepted_at__isnull=False, pk__lt=notice.pk,
    )  # fmt: skip
    return Reminded(
        order=w.document,
        due=w.due,
        late=w.due <= timezone.now(),
        supplier=w.supplier.name,
        country=w.supplier.country,
        escalation=not theirs,
        cancellation=w.cancellation is not None,
        reminders=earlier.count(),
        prices=w.prices or not theirs,
        url=_link(notice, w) if theirs else f"{settings.ORDERWIRE_URL}/orders/{w.order.pk}/",
    )


def _link(notice: Notice, w: Waiting) -> str:
    """The page on which he answers this version, where he answers on a page; a new link where the old one ended."""
    if not w.by_people or w.delivery is None or w.delivery.revision_id != w.revision.pk:
        return ""
    with transaction.atomic():
        Order.objects.select_for_update(no_key=True).get(pk=w.order.pk)
        _, token = links.make(w.delivery, answer_by=w.due, recipient=notice.recipient)
    return links.url(token)


def _zone(notice: Notice, w: Waiting) -> str:
    """The time zone in which the reader reads."""
    if notice.to in SUPPLIERS:
        return w.supplier.time_zone
    return str(notice.delivery.says.get("time_zone", "UTC"))
