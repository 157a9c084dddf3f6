"""When each step of the reminders comes, counted in the supplier's working days from the day that his answer is due."""

import datetime
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from orderwire.flow import configuration
from orderwire.flow.clock import Calendar
from orderwire.governance.reminding import Rung, Subject
from orderwire.records import Timer
from orderwire.yaml_file import Unreadable

AHEAD = datetime.timedelta(minutes=5)
"""A timer fires so long before its mail leaves, so that the orders of one recipient find together."""
KIND = "remind"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Round:
    """Everything that goes out at one moment, before the recipients' own office hours."""

    at: datetime.datetime
    rungs: tuple[Rung, ...]


def rounds(found: Sequence[Rung], due: datetime.datetime, calendar: Calendar) -> tuple[Round, ...]:
    """When the turns of the steps come: when the supplier opens on their day."""
    times = _openings(tuple(rung.days for rung in found), due.astimezone(calendar.zone).date(), calendar)
    grouped = groupby(zip(times, found, strict=True), key=lambda each: each[0])
    return tuple(Round(at, tuple(rung for _, rung in group)) for at, group in grouped)


@lru_cache(maxsize=4096)
def _openings(days: tuple[int, ...], due: datetime.date, calendar: Calendar) -> tuple[datetime.datetime, ...]:
    """The same for all orders of a supplier that are due on one day, and asked for every order that is sent."""
    return tuple(calendar.opening(calendar.shift(due, each)) for each in days)


def first(of: Subject, due: datetime.datetime, calendar: Calendar, *, after: datetime.datetime) -> dict[str, Any]:
    """The first round that is still to come, as it is kept until its timer is set; empty where nobody is reminded, also
    because the file cannot be used (then the answer's own clock starts the ladder when it runs out)."""
    try:
        steps = configuration.reminders().ladders[of]
    except Unreadable as failure:
        logger.warning("reminders.yaml cannot be used, nobody is reminded: %s", failure)
        return {}
    return next((kept(each) for each in rounds(steps, due, calendar) if each.at > after), {})


def kept(found: Round) -> dict[str, Any]:
    """A round as JSON."""
    return {"step": found.rungs[0].step.id, "turn": found.rungs[0].turn, "at": instant(found.at)}


def timer(
    found: Mapping[str, Any],
    *,
    order_id: int | None,
    due: datetime.datetime,
    delivery_id: int | None = None,
    cancellation_id: int | None = None,
) -> Timer:
    """The timer of a round. It holds only while the answer is due at this very time: who asks anew sets a new one."""
    data = {**found, "due": instant(due)} | ({"cancellation": cancellation_id} if cancellation_id else {})
    at = datetime.datetime.fromisoformat(found["at"]) - AHEAD
    return Timer(kind=KIND, order_id=order_id, delivery_id=delivery_id, due_at=at, data=data)


def instant(at: datetime.datetime) -> str:
    """A moment as text that is the same wherever it was written."""
    return at.astimezone(datetime.UTC).isoformat()
