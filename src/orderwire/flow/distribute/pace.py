"""How many parcels an endpoint takes now where it takes only so many in a minute (`Endpoint.per_minute`).

Virtual scheduling (the generic cell rate algorithm of ITU-T I.371): `slot_at` is when the next slot is free. A twelfth
of a minute's parcels may go at once after a rest, and the rest is spread, so that no minute ever sees more.
"""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from orderwire.records import Endpoint

MINUTE = 60.0


@dataclass(frozen=True)
class Pace:
    """`burst` parcels at once after a rest, then one every `interval`."""

    burst: int
    interval: datetime.timedelta

    @classmethod
    def of(cls, per_minute: int) -> "Pace":
        """The pace that keeps every minute at `per_minute` parcels or fewer."""
        burst = max(1, per_minute // 12)
        return cls(burst, datetime.timedelta(seconds=MINUTE / (per_minute - burst + 1)))

    def free(self, slot_at: datetime.datetime | None, now: datetime.datetime) -> tuple[int, datetime.datetime]:
        """How many slots are free now, and when the first of them became free."""
        rested = now - self.interval * (self.burst - 1)
        first = max(slot_at, rested) if slot_at else rested
        return (0 if first > now else (now - first) // self.interval + 1), first


def slots(endpoint_id: int, wanted: int) -> int:
    """How many of the parcels that are wanted may be taken now. The endpoint is locked until the caller's transaction
    ends, so that its other shards do not take the same slots."""
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
    if endpoint.per_minute is None:
        return wanted
    free, _ = Pace.of(endpoint.per_minute).free(endpoint.slot_at, timezone.now())
    return min(free, wanted)


def took(endpoint_id: int, count: int) -> None:
    """So many slots are used; the lock of `slots` is still held."""
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    if endpoint.per_minute is None or not count:
        return
    pace = Pace.of(endpoint.per_minute)
    _, first = pace.free(endpoint.slot_at, timezone.now())
    Endpoint.objects.filter(pk=endpoint_id).update(slot_at=first + pace.interval * count)
