"""Tasks of what comes and goes beside orders: changes of addresses to be confirmed, and letters that nobody read."""

import datetime
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from orderwire.records import Endpoint, User
from orderwire.tracking import attention
from orderwire.tracking.people import names
from orderwire.tracking.task import Task, ended
from orderwire.tracking.timeline import short_text
from orderwire.tracking.words import day

EXCERPT = 160
_OVER = "Nothing is sent there until it is replaced."
_SOON = "Ask for the new one, or make it where it is yours, and add it in time."


def changes(user: User) -> Iterator[Task]:
    """Changes of addresses that wait for a second person; for who proposed one, that it still does."""
    found = list(attention.changes().select_related("partner").order_by("proposed_at")[: attention.CAP])
    people = names(change.proposed_by for change in found)
    for change in found:
        mine = change.proposed_by == f"user:{user.username}"
        by = "You" if mine else people[change.proposed_by]
        what = f"the way {change.content['name']}" if change.endpoint_id else f"a new way, {change.content['name']}"
        wants = "A colleague has to confirm it." if mine else "Nothing changes before you or a colleague confirms it."
        yield Task(
            mark="held",
            tone="quiet",
            title="A change of an address waits for a second person",
            why=f"{by} proposed {what}. {wants}",
            since=change.proposed_at,
            label="See the change" if mine else "Look and confirm",
            url=reverse("change", args=[change.pk]),
            about=change.partner.name,
            key=f"change-{change.pk}",
        )


def expiring(now: datetime.datetime) -> Iterator[Task]:
    """Certificates and keys that end soon: nothing is sent any more with one that has ended. Two queries."""
    alarms = list(attention.expiring().order_by("due_at")[: attention.CAP])
    known = Endpoint.objects.select_related("partner").in_bulk({alarm.data["endpoint"] for alarm in alarms})
    for alarm in alarms:
        endpoint, what = known[alarm.data["endpoint"]], str(alarm.data["what"])
        over = alarm.due_at <= now
        on = day(timezone.localdate(alarm.due_at))
        yield Task(
            mark="fail" if over else "late",
            tone="bad" if over else "warn",
            title="A certificate or key has ended" if over else "A certificate or key ends soon",
            why=f"{what[:1].upper()}{what[1:]} {'ended' if over else 'ends'} on {on}. {_OVER if over else _SOON}",
            since=alarm.fired_at or now,
            label="See the connection",
            url=f"{reverse('supplier', args=[endpoint.partner_id])}#way-{endpoint.pk}",
            group="past" if over else "none",
            about=endpoint.partner.name,
            aside=endpoint.name,
            key=f"expiry-{alarm.pk}",
        )


def letters() -> Iterator[Task]:
    """What people wrote about orders; it is no answer, and nothing follows from it by itself. One query."""
    found = attention.letters().select_related("order", "message").order_by("at")
    for letter in found[: attention.CAP]:
        order = letter.order
        url = reverse("message", args=[letter.message_id])
        if order is not None:
            url = f"{reverse('order_section', args=[order.pk, 'messages'])}#letter-{letter.pk}"
        brief = short_text(letter.text or letter.subject, EXCERPT)
        yield Task(
            mark="ask",
            tone="warn",
            title="Somebody wrote about an order" if order else "Somebody wrote, about no order that we know",
            why=f"“{ended(brief)}”" if brief else "The letter has no text.",
            since=letter.at,
            label="Read it",
            url=url,
            order=order,
            about=letter.sender,
            aside="" if order else "a letter",
            key=f"letter-{letter.pk}",
        )
