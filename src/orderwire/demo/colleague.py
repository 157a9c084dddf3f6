"""Jens Petersen, simulated: he approves the new versions of orders that Ines makes. New orders he leaves to her."""

import time
from dataclasses import dataclass, field

from orderwire.demo.doors import Doors


@dataclass
class Colleague:
    """Looks at what waits for approval; `pause` in seconds is how long he thinks about it."""

    doors: Doors
    pause: float
    due: dict[tuple[str, int], float] = field(default_factory=dict)

    def look(self) -> None:
        """One round. His own versions he may not approve, and each he tries once."""
        now = time.monotonic()
        for number, version in self.doors.unapproved(key="jens"):
            if version > 1 and self.due.setdefault((number, version), now + self.pause) <= now:
                self.due[number, version] = float("inf")
                self.doors.decide(number, "approve", key="jens")
