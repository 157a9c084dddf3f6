"""`python -m orderwire.demo.suppliers`: all simulated suppliers, and the colleague who approves, in one process, until
SIGTERM."""

import argparse
import logging
import os
import re
import signal
import sys
import time
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from types import FrameType

import httpx2

from orderwire.demo.colleague import Colleague
from orderwire.demo.company import ON_EDI, PORTAL_USER, SUPPLIERS
from orderwire.demo.doors import Doors
from orderwire.demo.house import House, here
from orderwire.demo.orders import TANAKA
from orderwire.demo.suppliers import person
from orderwire.demo.suppliers.browser import Browser
from orderwire.demo.suppliers.edi import Desk
from orderwire.demo.suppliers.habits import BY_PAGE, OTHERWISE, WHILE_YOU_WATCH, Habit
from orderwire.testing.journal import Caught, Journal

LINK = re.compile(r"https?://\S+?(/a/[A-Za-z0-9_-]{43})")
ORDER = re.compile(r"\b45000\d{5}\b")
LOOK_EVERY = 2.0
LOOK_AGAIN = 15.0
"""Seconds after which Mr Mori opens an order again: it may have been changed or cancelled."""

logger = logging.getLogger("orderwire.demo.suppliers")


@dataclass
class Desks:
    """Everybody's order desk. `hurry` shortens all that is only there to be watched."""

    house: House
    url: str
    hurry: bool
    waiting: list[tuple[float, str, Habit]] = field(default_factory=list)
    portal: Browser | None = None
    look_at: dict[str, float] = field(default_factory=dict)
    look_on: float = 0

    def __post_init__(self) -> None:
        self.journal = Journal(self.house.journal)
        self.read = 0  # after a restart all is looked at again: what is answered has no form any more
        self.edi = [Desk(self.house, key, self.after(5)) for key in ON_EDI]
        self.addresses = {supplier.to for supplier in SUPPLIERS.values()}
        self.ids: set[str] = set()
        self.changed: set[str] = set()
        self.colleague = Colleague(Doors(self.house, self.url), self.after(WHILE_YOU_WATCH))

    def after(self, seconds: float) -> float:
        """How long a simulated person takes."""
        return min(seconds, 0.5) if self.hurry else seconds

    def round(self) -> None:
        """Everybody looks once at what came."""
        for mail in self.journal.read()[self.read :]:
            self.read += 1
            self._open(mail)
        now = time.monotonic()
        for due in [w for w in self.waiting if w[0] <= now]:
            person.by_link(self.url, due[1], due[2])
            self.waiting.remove(due)
        for desk in self.edi:
            desk.look()
        if now >= self.look_on:
            self.look_on = now + self.after(LOOK_EVERY)
            self._portal()
            self.colleague.look()

    def _open(self, mail: Caught) -> None:
        again = mail.message_id in self.ids
        self.ids.add(mail.message_id)
        parsed = BytesParser(policy=policy.default).parsebytes(mail.raw)
        body = parsed.get_body(("plain",))
        link = LINK.search(body.get_content()) if body else None
        if link is None or not self.addresses & set(mail.rcpt_to):
            return
        number = ORDER.search(str(parsed["Subject"]))
        habit = BY_PAGE.get(number[0], OTHERWISE) if number else OTHERWISE
        if habit.way == "ignore" and again:
            habit = OTHERWISE
        if habit.way == "changes" and number and number[0] in self.changed:
            habit = Habit(after=WHILE_YOU_WATCH, withdrawn=habit.withdrawn)  # what was decided is good enough
        self.changed |= {number[0]} if number else set()
        self.waiting.append((time.monotonic() + self.after(habit.after), link[1], habit))

    def _portal(self) -> None:
        """Mr Mori looks into the portal."""
        password = self.house.notes().get("portal_password")
        if password is None:
            return
        if self.portal is None:
            self.portal = person.sign_in(self.url, PORTAL_USER, password)
        self.portal.open("/portal/")
        habit, now = BY_PAGE[TANAKA.number], time.monotonic()
        for page in [link for link in self.portal.links if link.startswith("/portal/o/")]:
            if self.look_at.setdefault(page, now + self.after(habit.after)) <= now:
                self.look_at[page] = now + LOOK_AGAIN
                person.in_portal(self.portal, page, habit)


def main() -> int:
    """Play until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m orderwire.demo.suppliers", description=__doc__)
    parser.add_argument("--hurry", action="store_true", help="nobody watches: answer at once")
    options = parser.parse_args()
    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    house = here()
    house.journal.touch()
    desks = Desks(house, os.environ["ORDERWIRE_URL"], options.hurry)
    while not stopping:
        try:
            desks.round()
        except httpx2.TransportError:
            time.sleep(0.5)  # the pages are not up yet, or are being started again
        time.sleep(0.1 if options.hurry else 0.3)
    return 0


if __name__ == "__main__":
    sys.exit(main())
