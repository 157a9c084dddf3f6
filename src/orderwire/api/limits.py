"""How often a key may call: a bucket that holds a minute's calls and refills evenly. Counted per web process, in
memory, so an installation with several web processes allows as many times more."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable

MOST_BUCKETS = 10_000


class Limit:
    """At most `per_minute` calls in a row for each caller, then one each 60 / per_minute seconds."""

    def __init__(self, per_minute: int):
        self.per_minute = per_minute
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: Hashable, now: float | None = None) -> int:
        """0 when the caller may go on, else the seconds to wait."""
        now = time.monotonic() if now is None else now
        rate = self.per_minute / 60
        with self._lock:
            left, at = self._buckets.pop(caller, (float(self.per_minute), now))
            left = min(float(self.per_minute), left + (now - at) * rate)
            free = left >= 1
            self._buckets[caller] = (left - 1 if free else left, now)
            while len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        return 0 if free else math.ceil((1 - left) / rate)
