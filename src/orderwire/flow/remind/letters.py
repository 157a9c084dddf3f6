"""The letter of a notice as it is now: written for every try, so that nobody is reminded of what he has answered."""

from collections import Counter
from collections.abc import Sequence
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

LINKED = 100
"""Orders of one letter that get a link: each is written down, while the sender's time runs. The first mail of every
order has its own."""


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
    before = _earlier([n for n, _ in about])
    items = [_item(n, each, before[n.pk], linked=place < LINKED) for place, (n, each) in enumerate(about)]
    composed = compose(items, language=first.language, time_zone=_zone(first, w), company=settings.ORDERWIRE_COMPANY)
    return Posted(composed, tuple(first.delivery.says["to"]), first.language)


def _earlier(notices: Sequence[Notice]) -> Counter[int]:
    """By notice how many went to the supplier about the same before it. One query."""
    sent = Notice.objects.filter(
        order__in=[n.order_id for n in notices], to__in=SUPPLIERS, delivery__accepted_at__isnull=False
    ).values_list("order_id", "revision_id", "cancellation_id", "pk")
    ours = {(n.order_id, n.revision_id, n.cancellation_id): n.pk for n in notices}
    return Counter(ours[same] for *about, pk in sent if (same := tuple(about)) in ours and pk < ours[same])


def _item(notice: Notice, w: Waiting, reminders: int, *, linked: bool) -> Reminded:
    """One order as the letter tells of it."""
    theirs = notice.to in SUPPLIERS
    page = f"{settings.ORDERWIRE_URL}/orders/{w.order.pk}/"
    return Reminded(
        order=w.document,
        due=w.due,
        late=w.due <= timezone.now(),
        supplier=w.supplier.name,
        country=w.supplier.country,
        escalation=not theirs,
        cancellation=w.cancellation is not None,
        reminders=reminders,
        prices=w.prices or not theirs,
        url=page if not theirs else _link(notice, w) if linked else "",
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
