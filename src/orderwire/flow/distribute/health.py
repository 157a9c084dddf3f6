"""How an endpoint is doing: a circuit breaker that opens after refused connections and tries again by itself."""

import datetime
import random

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.ledger.entry import Subject
from orderwire.records import Endpoint, EndpointVersion

TRIP_AFTER = 3
FIRST_PAUSE = 15.0
LONGEST_PAUSE = 900.0
JITTER = 0.2
"""Partners that fell silent together do not all come back in the same second."""
FOREVER = datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)


def ready(endpoint_id: int) -> EndpointVersion | None:
    """The endpoint's current version when it may be used now."""
    return (
        EndpointVersion.objects.select_related("endpoint", "endpoint__partner")
        .filter(endpoint_id=endpoint_id, number=F("endpoint__version"), endpoint__active=True)
        .exclude(endpoint__paused_until__gt=timezone.now())
        .first()
    )


def reached(endpoint_id: int) -> None:
    """A connection worked: the breaker closes. A person's own pause stays."""
    now = timezone.now()
    with transaction.atomic():
        rested = Endpoint.objects.select_for_update(no_key=True).filter(pk=endpoint_id, failures__gte=TRIP_AFTER)
        if endpoint := rested.exclude(paused_until=FOREVER).first():
            endpoint.paused_until, endpoint.pause_reason = None, ""
            endpoint.save(update_fields=["paused_until", "pause_reason"])
            resumed = events.EndpointResumed(reason="A connection worked again.")
            append(resumed, actor="system:worker", subjects=_subjects(endpoint))
        Endpoint.objects.filter(pk=endpoint_id).update(failures=0, last_success_at=now)


def missed(endpoint_id: int, reason: str) -> None:
    """A connection failed: after three in a row the endpoint rests, twice as long each time."""
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        endpoint.failures += 1
        if endpoint.failures >= TRIP_AFTER and endpoint.paused_until != FOREVER:
            endpoint.paused_until = timezone.now() + rest(endpoint.failures)
            endpoint.pause_reason = reason[:200]
            if endpoint.failures == TRIP_AFTER:
                append(events.EndpointPaused(reason=reason), actor="system:worker", subjects=_subjects(endpoint))
        endpoint.last_failure_at, endpoint.last_failure = timezone.now(), reason[:400]
        endpoint.save(update_fields=["failures", "paused_until", "pause_reason", "last_failure_at", "last_failure"])


def rest(failures: int) -> datetime.timedelta:
    """How long an endpoint rests after so many failed connections in a row."""
    seconds = min(FIRST_PAUSE * 2 ** min(failures - TRIP_AFTER, 10), LONGEST_PAUSE)
    return datetime.timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))


def pause(endpoint_id: int, *, reason: str, actor: str = "system:worker", gone: bool = False) -> None:
    """Send nothing to this endpoint until somebody resumes it. `gone`: the partner himself has switched it off, so what
    waits goes the next way (`flow.fallback`)."""
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        endpoint.paused_until, endpoint.pause_reason, endpoint.gone = FOREVER, reason[:200], gone
        if gone:
            endpoint.last_failure_at, endpoint.last_failure = timezone.now(), reason[:400]
        endpoint.save(update_fields=["paused_until", "pause_reason", "gone", "last_failure_at", "last_failure"])
        append(events.EndpointPaused(reason=reason), actor=actor, subjects=_subjects(endpoint))


def resume(endpoint_id: int, *, actor: str) -> None:
    """Sending goes on now, with whatever waits."""
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        endpoint.paused_until, endpoint.pause_reason, endpoint.failures, endpoint.gone = None, "", 0, False
        endpoint.save(update_fields=["paused_until", "pause_reason", "failures", "gone"])
        append(events.EndpointResumed(), actor=actor, subjects=_subjects(endpoint))


def _subjects(endpoint: Endpoint) -> dict[Subject, str | int]:
    return {"endpoint": endpoint.pk, "partner": endpoint.partner_id}
