"""What a writer may ask for while it writes: control numbers that are given out once, the time, the texts to print."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from orderwire.records.hot import rows

HIGHEST = 999_999_999
"""X12 ISA13 has nine digits and then starts again at 1."""

TAKE = f"""
insert into ow_control_number as n (scope, name, last) values (%(scope)s, %(name)s, %(count)s)
on conflict (scope, name) do update
  set last = case when n.last + %(count)s > {HIGHEST} then %(count)s else n.last + %(count)s end
returning last
"""


@dataclass
class Numbers:
    """Control numbers of one partner and format, taken `block` at a time. Gaps are allowed, repeats never."""

    scope: str
    block: int = 1
    _free: dict[str, list[int]] = field(default_factory=dict)

    def take(self, name: str) -> int:
        """The next number of the named sequence."""
        free = self._free.setdefault(name, [])
        if not free:
            last = int(rows(TAKE, {"scope": self.scope, "name": name, "count": self.block})[0][0])
            free.extend(range(last, last - self.block, -1))
        return free.pop()


@dataclass
class WriteContext:
    """formats.Context over the database."""

    numbers: Numbers
    links: Mapping[str, str] = field(default_factory=dict)
    now: datetime.datetime = field(default_factory=timezone.now)

    def control_number(self, name: str) -> int:
        """The next number of the named sequence of this partner."""
        return self.numbers.take(name)


def scope(format_kind: str, partner_id: int) -> str:
    """Control numbers count per partner and format, over all of the partner's endpoints."""
    return f"{format_kind}:{partner_id}"
