"""Fallback: what did not reach its recipient goes the next way that was approved with the plan (`Leg.ladder`).

Refused, given up, come back, not proven in time: failed → climb → the next endpoint. Never two live orders: the earlier
delivery is withdrawn in the same transaction, and one whose receipt is proven late (`late`) stops what has not left.
In doubt nothing climbs by itself: a person asks, then decides.
"""

from orderwire.flow.fallback.chain import that_left
from orderwire.flow.fallback.climb import climb, ended, failed
from orderwire.flow.fallback.gone import leave
from orderwire.flow.fallback.late import arrived
from orderwire.flow.fallback.window import overdue, proven, windows

__all__ = ["arrived", "climb", "ended", "failed", "leave", "overdue", "proven", "that_left", "windows"]
