"""How channels and endpoints are doing, from what the last sends left on them."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.utils import timezone

from orderwire.document.states import Mark, Tone
from orderwire.flow.distribute.health import FOREVER
from orderwire.records import Endpoint, EndpointVersion
from orderwire.tracking.channels import channel_word
from orderwire.tracking.words import age, plural, when


@dataclass(frozen=True)
class Health:
    """A name with a mark and words."""

    name: str
    words: str
    mark: Mark
    tone: Tone


def channels() -> list[Health]:
    """One line per channel in use. One query."""
    now = timezone.now()
    found = (
        EndpointVersion.objects.filter(
            number=F("endpoint__version"), endpoint__active=True, endpoint__partner__active=True
        )
        .values("channel")
        .annotate(
            all=Count("id"),
            paused=Count("id", filter=Q(endpoint__paused_until__gt=now)),
            failing=Count("id", filter=Q(endpoint__failures__gt=0)),
        )
        .order_by("channel")
    )
    return [_channel(row) for row in found]


def _channel(row: dict[str, int | str]) -> Health:
    name, every = channel_word(str(row["channel"])), int(row["all"])
    paused, failing = int(row["paused"]), int(row["failing"])
    if paused:
        return Health(name, f"{paused} of {every} paused", "held", "warn")
    if failing:
        return Health(name, f"{failing} of {every} not reached, retrying", "move", "move")
    return Health(name, f"all {every}" if every > 1 else plural(every, "address", "addresses"), "done", "quiet")


def endpoint(row: Endpoint, now: datetime.datetime | None = None) -> Health:
    """One endpoint in words."""
    now = now or timezone.now()
    if not row.active:
        return Health(row.name, "Not in use", "end", "quiet")
    if row.paused_until and row.paused_until > now:
        why = row.pause_reason or "by a person"
        if row.paused_until == FOREVER:
            return Health(row.name, f"Paused: {why}", "held", "warn")
        rests = f"Rests until {when(row.paused_until, now=now)} after {plural(row.failures, 'try', 'tries')}"
        return Health(row.name, f"{rests}: {why}", "late", "warn")
    if row.failures:
        return Health(row.name, f"Not reached, {plural(row.failures, 'try', 'tries')} in a row", "late", "warn")
    if row.last_success_at:
        return Health(row.name, f"Works; last handed over {age(now - row.last_success_at)} ago", "done", "quiet")
    return Health(row.name, "Not used yet", "none", "quiet")
