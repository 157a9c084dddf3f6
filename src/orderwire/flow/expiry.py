"""Certificates and keys that end: people are told 60, 30, 14, 7 and 1 days before, and when it has happened, each once.

An alarm is a clock that has rung (`Timer`), open until what it speaks of was replaced. Nothing is sent with what has
ended: the channel itself refuses that.
"""

import datetime
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from orderwire import plugins
from orderwire.channels import Expires, Expiry
from orderwire.flow.distribute.claimed import BadSettings, Place
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.locks import Lock
from orderwire.records import Endpoint, EndpointVersion, Timer

DAYS = (60, 30, 14, 7, 1, 0)
KIND = "expiry_alarm"
EVERY = 24 * 3600.0

logger = logging.getLogger(__name__)
_looked: list[float] = []


def daily() -> None:
    """Look once a day, and when a process starts."""
    if _looked and time.monotonic() - _looked[-1] < EVERY:
        return
    if look(timezone.now()):
        _looked[:] = [time.monotonic()]


def look(now: datetime.datetime) -> bool:
    """Ring for what comes nearer to its end, and close the alarms of what was replaced. False, and nothing is done,
    while another process looks."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [Lock.EXPIRE])
        if not cursor.fetchone()[0]:
            return False
        open_now = {_key(alarm.data): alarm for alarm in Timer.objects.filter(kind=KIND, stopped_at=None)}
        there = set()
        for endpoint, ends in _all_ends():
            for end in ends:
                key = (endpoint.pk, end.what[:200], end.at.isoformat())
                there.add(key)
                near = [days for days in DAYS if end.at - now <= datetime.timedelta(days=days)]
                before = open_now.get(key)
                if near and (before is None or min(near) < before.data["days"]):
                    _ring(endpoint, end, min(near), before, now)
        gone = [alarm.pk for key, alarm in open_now.items() if key not in there]
        Timer.objects.filter(pk__in=gone).update(stopped_at=now)
    return True


def ends_of(version: EndpointVersion) -> tuple[Expiry, ...]:
    """What ends of a version; settings are opened only where something may. Raises BadSettings where they cannot be
    used, or the channel is not installed."""
    try:
        channel = plugins.channel(version.channel)
    except KeyError as failure:
        raise BadSettings(failure.args[0]) from failure
    if not isinstance(channel, Expires):
        return ()
    config = Place.of(version).config
    try:
        return channel.expiries(config)
    except Exception as failure:  # noqa: BLE001 - a stranger's channel; its text may hold a secret
        logger.error("What ends at %s could not be read: %s", version, type(failure).__name__)
        return ()


def _all_ends() -> Iterator[tuple[Endpoint, tuple[Expiry, ...]]]:
    kinds = [channel.kind for channel in plugins.channels() if isinstance(channel, Expires)]
    used = EndpointVersion.objects.filter(channel__in=kinds, endpoint__active=True, endpoint__partner__active=True)
    for version in used.select_related("endpoint").order_by("pk").iterator(chunk_size=200):
        if version.number != version.endpoint.version:
            continue
        with suppress(BadSettings):  # its next sending tells
            yield version.endpoint, ends_of(version)


def _ring(endpoint: Endpoint, end: Expiry, days: int, before: Timer | None, now: datetime.datetime) -> None:
    if before is not None:
        before.stopped_at = now
        before.save(update_fields=["stopped_at"])
    what = end.what[:200]
    data = {"endpoint": endpoint.pk, "what": what, "at": end.at.isoformat(), "days": days}
    Timer.objects.create(kind=KIND, due_at=end.at, fired_at=now, data=data)
    event = events.EndpointExpires(what=what, at=end.at, days=days)
    append(event, actor="system:worker", subjects={"partner": endpoint.partner_id, "endpoint": endpoint.pk})


def _key(data: dict[str, Any]) -> tuple[int, str, str]:
    return data["endpoint"], data["what"], data["at"]
