"""How far an ERP was read. What its transactions write late carries an earlier time than what is read already, so the
last moments are always listed again, and what was seen of them is remembered here."""

import datetime
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from orderwire.channels.erp.record import Entry


@dataclass(frozen=True)
class Cursor:
    """`upto` is the newest change that was read, `seen` the marks of what was read of the moments before it."""

    upto: datetime.datetime | None = None
    seen: tuple[tuple[datetime.datetime, str], ...] = ()

    @classmethod
    def of(cls, text: str) -> "Cursor":
        """From what was kept; empty at the beginning."""
        if not text:
            return cls()
        kept = json.loads(text)
        seen = ((datetime.datetime.fromisoformat(at), mark) for at, marks in kept["seen"].items() for mark in marks)
        return cls(datetime.datetime.fromisoformat(kept["upto"]), tuple(seen))

    def text(self) -> str:
        """As it is kept."""
        seen: dict[str, list[str]] = {}
        for at, mark in self.seen:
            seen.setdefault(at.isoformat(), []).append(mark)
        return json.dumps({"upto": self.upto.isoformat(), "seen": seen}) if self.upto else ""

    def start(self, overlap: datetime.timedelta) -> datetime.datetime | None:
        """From where to list."""
        return self.upto - overlap if self.upto else None

    def fresh(self, entries: Iterable[Entry]) -> Iterable[Entry]:
        """Those that were not read yet."""
        known = {mark for _, mark in self.seen}
        return (entry for entry in entries if _mark(entry) not in known)

    def after(self, entry: Entry, overlap: datetime.timedelta, now: datetime.datetime) -> "Cursor":
        """Once this entry is read. The marks that the next listing cannot reach any more are dropped. A time that is
        still to come, of a clock that was wrong, does not hide what changes until then."""
        upto = min(max(self.upto or entry.changed, entry.changed), now)
        seen = (*self.seen, (entry.changed, _mark(entry)))
        return Cursor(upto, tuple((at, mark) for at, mark in seen if at >= upto - overlap))


def _mark(entry: Entry) -> str:
    return hashlib.sha256(f"{entry.id}\n{entry.version}".encode(errors="surrogatepass")).hexdigest()[:12]
