"""The timeline of an order: the ledger's events as sentences, newest first by day, and what lies ahead on top."""

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.utils import timezone

from orderwire.document.states import DeliveryState, Tone
from orderwire.flow import remind
from orderwire.governance.reminding import SUPPLIERS
from orderwire.records import Event, Notice
from orderwire.tracking.channels import channel_word
from orderwire.tracking.order import WAITS, OrderView, their_zone
from orderwire.tracking.people import names
from orderwire.tracking.telling import tell
from orderwire.tracking.told import Letter, Teller, Told
from orderwire.tracking.words import due, short, when
from orderwire.yaml_file import Unreadable

REMINDERS = 4
"""Letters ahead that an order's page shows; the page of reminders has all."""


@dataclass(frozen=True)
class Item:
    """One entry: title, time in words, one line, the mark, and bars with the word of the evidence (0: none).
    `now`: what lies ahead may be done at once."""

    title: str
    time: str
    text: str = ""
    mark: str = "dot"
    css: str = "soft"
    proof: int = 0
    evidence: str = ""
    ahead: bool = False
    now: bool = False


@dataclass(frozen=True)
class Day:
    """The entries of one day under its name."""

    name: str
    items: list[Item]


def teller(view: OrderView, events: Collection[Event]) -> Teller:
    """The names that the events of one order need. Two queries at most."""
    reminded = any(event.kind == "notice.queued" for event in events)
    letters = Notice.objects.filter(order=view.order) if reminded else Notice.objects.none()
    return Teller(
        people=names(event.actor for event in events),
        supplier=short(view.order.supplier_name),
        versions={str(r.pk): r.number for r in view.revisions},
        recipients={str(t.delivery.pk): short(t.to) for t in view.trips},
        letters={(str(n.delivery_id), n.step): Letter(n.to, n.cancellation_id is not None, n.turn) for n in letters},
    )


def days(view: OrderView, events: list[Event], now: datetime.datetime | None = None) -> list[Day]:
    """What lies ahead, then what happened, newest first. `events` are those of the order, newest first."""
    now = now or timezone.now()
    telling = teller(view, events)
    found: list[Day] = []
    if coming := ahead(view, now):
        found.append(Day("Ahead", coming))
    today = timezone.localdate(now)
    by_day: dict[datetime.date, list[Item]] = {}
    for at, told in sorted([*_told(events, telling), *_mail(view, events)], key=lambda pair: pair[0], reverse=True):
        local = timezone.localtime(at)
        by_day.setdefault(local.date(), []).append(
            Item(
                told.title,
                f"{local:%H:%M}",
                told.text,
                told.mark,
                _CSS[told.tone] if told.mark not in ("dot",) else "",
                told.proof,
                told.evidence,
            )
        )
    for date, items in by_day.items():
        found.append(Day(_day_name(date, today), _folded(items)))
    return found


def _told(events: Collection[Event], telling: Teller) -> Iterator[tuple[datetime.datetime, Told]]:
    for event in events:
        yield event.at, tell(event, telling)


def _mail(view: OrderView, events: Collection[Event]) -> Iterator[tuple[datetime.datetime, Told]]:
    """What the ledger does not tell because nothing followed from it: letters, and one of several mails that came
    back."""
    for letter in view.letters:
        text = f"“{short_text(letter.subject or letter.text)}” It is no answer."
        yield letter.at, Told(f"{letter.sender} wrote", text, "ask" if letter.seen_at is None else "dot", "warn")
    failed = {e.data.get("reason") for e in events if e.kind == "delivery.failed"}
    for trip in view.trips:
        for receipt in trip.receipts:
            if receipt.kind in _BACK and receipt.text not in failed:
                title, mark, tone = _BACK[receipt.kind]
                yield receipt.at, Told(title.format(short(trip.to)), receipt.text, mark, tone)


_BACK: Mapping[str, tuple[str, str, Tone]] = {
    "bounced": ("A mail to {} came back", "fail", "bad"),
    "delayed": ("A mail to {} is late", "late", "warn"),
    "complaint": ("A reader at {} complained", "ask", "warn"),
}


def short_text(text: str, most: int = 120) -> str:
    """The beginning of what somebody wrote, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0]}…"


def ahead(view: OrderView, now: datetime.datetime) -> list[Item]:
    """What will happen by itself, the farthest first, so that time runs up the page."""
    order = view.order
    coming: list[tuple[datetime.datetime, Item]] = []
    for trip in view.current:
        at = trip.delivery.due_at
        if at and trip.state in (DeliveryState.READY, DeliveryState.RETRY) and order.state == "approved":
            title = (
                f"Try {trip.delivery.tries + 1} to reach {short(trip.to)}"
                if trip.delivery.tries
                else f"Send to {short(trip.to)}"
            )
            text = (
                f"{channel_word(trip.channel)}; by itself." if at > now else f"{channel_word(trip.channel)}; due now."
            )
            coming.append((at, Item(title, when(at, now=now), text, "next", ahead=True)))
    waits = order.answer_state == "waiting" and order.state in ("approved", "held")
    if order.answer_due_at and waits and order.answer_due_at > now:
        zone = their_zone(order)
        text = "If none comes, the order moves to your inbox as late."
        coming.append(
            (order.answer_due_at, Item("Answer due", due(order.answer_due_at, zone, now=now), text, "next", ahead=True))
        )
    row = view.cancellation
    if row is not None and row.state in WAITS and row.due_at and row.due_at > now:
        text = f"{short(order.supplier_name)}’s word about the cancellation; without it, the order moves to your inbox."
        zone = their_zone(order)
        coming.append((row.due_at, Item("Their word due", due(row.due_at, zone, now=now), text, "next", ahead=True)))
    coming += _reminders(view, now)
    return [item for _, item in sorted(coming, key=lambda pair: pair[0], reverse=True)]


def _reminders(view: OrderView, now: datetime.datetime) -> list[tuple[datetime.datetime, Item]]:
    """The next letters; a broken reminders.yaml is told by orderwire check and on the page of reminders."""
    if view.order.answer_due_at is None and view.cancellation is None:
        return []
    try:
        found = remind.preview([view.order.pk])[:REMINDERS]
    except Unreadable:
        return []
    zone = their_zone(view.order)
    first = next((each for each in found if not each.queued and each.to in SUPPLIERS), None)
    return [
        (
            each.at,
            Item(
                "Reminder" if each.to in SUPPLIERS else "Escalation",
                due(each.at, zone, now=now),
                f"{each.words}.{f' {each.problem}' if each.problem else ''}",
                "next",
                ahead=True,
                now=each is first,
            ),
        )
        for each in found
    ]


def _day_name(date: datetime.date, today: datetime.date) -> str:
    name = f"{date:%A} {date.day} {date:%B}" + ("" if date.year == today.year else f" {date.year}")
    prefix = {0: "Today, ", 1: "Yesterday, "}.get((today - date).days, "")
    return prefix + name


def _folded(items: list[Item]) -> list[Item]:
    """Repeated neighbors become one with a count, so that eight tries do not hide the rest."""
    found: list[tuple[Item, int]] = []
    for item in items:
        if found and (found[-1][0].title, found[-1][0].text) == (item.title, item.text):
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((item, 1))
    return [
        i if n == 1 else Item(f"{i.title} · {n} times", i.time, i.text, i.mark, i.css, i.proof, i.evidence)
        for i, n in found
    ]


_CSS: Mapping[Tone, str] = {"quiet": "soft", "move": "soft", "ok": "ok", "warn": "warn", "bad": "bad"}
