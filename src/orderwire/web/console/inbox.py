"""Inbox: what needs a person, oldest and most money first; in the margin what went by itself."""

import datetime
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from orderwire.document.amount import NO_RATES, Amount, Rates
from orderwire.flow import configuration
from orderwire.records import User
from orderwire.tracking import health, lately
from orderwire.tracking.inbox import piles
from orderwire.tracking.task import Pile, Task
from orderwire.tracking.words import Money, capped, plural
from orderwire.web.access import buyer
from orderwire.yaml_file import Unreadable


@dataclass(frozen=True)
class Shown:
    """A task with its times worded."""

    task: Task
    age: str
    late: bool
    clock: str


@require_GET
@buyer
def inbox(request: HttpRequest) -> HttpResponse:
    """The page."""
    assert isinstance(request.user, User)
    now = timezone.now()
    rates = _rates()
    found = piles(request.user, rates)
    since = now - datetime.timedelta(hours=24)
    context = {
        "piles": [(p.title, [_shown(t, p, now) for t in p.tasks]) for p in found],
        "count": sum(len(p.tasks) for p in found),
        "things": plural(sum(len(p.tasks) for p in found), "thing needs a person", "things need a person"),
        "worth": _worth([t for p in found for t in p.tasks], rates),
        "handled": [(words, capped(n, lately.CAP), url) for words, n, url in lately.handled(since)],
        "since": f"yesterday {timezone.localtime(since):%H:%M}",
        "channels": health.channels(),
        "news": lately.news(),
    }
    return render(request, "console/inbox.html", context)


def _rates() -> Rates:
    """The policy's exchange rates; without a readable policy none (orderwire check tells what is wrong with it)."""
    try:
        return configuration.policy().exchange
    except Unreadable:
        return NO_RATES


def _shown(task: Task, pile: Pile, now: datetime.datetime) -> Shown:
    return Shown(task, task.age(now), pile.title == "Past due", task.clock(now))


def _worth(tasks: list[Task], rates: Rates) -> str:
    """What waits, once per order: exact in one currency, "about EUR …" over several where there are rates."""
    orders = {t.order.pk: t.money for t in tasks if t.order and t.money}
    sums: Counter[str] = Counter()
    totals: dict[str, Decimal] = {}
    for money in orders.values():
        sums[money.currency] += 1
        totals[money.currency] = totals.get(money.currency, Decimal(0)) + money.value
    if not totals:
        return ""
    if len(totals) == 1:
        [(currency, value)] = totals.items()
        return str(Money(value, currency))
    exact = [rates.exact(Amount(value, currency), rates.base) for currency, value in totals.items()]
    if all(e is not None for e in exact):
        total = sum((Decimal(e.numerator) / Decimal(e.denominator) for e in exact if e is not None), Decimal(0))
        return f"about {rates.base}\u00a0{total:,.0f}"
    shown = [f"{currency}\u00a0{totals[currency]:,.0f}" for currency, _ in sums.most_common(3)]
    more = f" and {plural(len(totals) - 3, 'more currency', 'more currencies')}" if len(totals) > 3 else ""
    return ", ".join(shown) + more
