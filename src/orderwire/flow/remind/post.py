"""At what time a letter goes: in office hours, and nobody gets more than one in an hour. What falls together travels
together."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from orderwire.flow.clock import Calendar, next_open

HOUR = datetime.timedelta(hours=1)
FULL = 500
"""Orders in one letter, which a mail server takes and a person can still read; the others go with the next."""


@dataclass
class Mail:
    """A letter to one address about so many `orders`: sent, or still to go. `delivery_id` is None while it is only
    planned."""

    at: datetime.datetime
    endpoint_id: int
    open: bool = True
    delivery_id: int | None = None
    orders: int = 1


@dataclass
class Post:
    """The letters of each address; `known` gives those that there are when an address is first asked for."""

    known: Callable[[str], list[Mail]]
    _mails: dict[str, list[Mail]] = field(default_factory=dict)

    def place(
        self, address: str, endpoint_id: int, wanted: datetime.datetime, calendar: Calendar, now: datetime.datetime
    ) -> Mail:
        """The letter that goes at `wanted` or soon after: one that is waiting already, or a new one."""
        if address not in self._mails:
            self._mails[address] = self.known(address)
        mails = self._mails[address]
        while True:
            wanted = next_open(wanted, calendar)
            for mail in mails:
                joins = mail.open and mail.orders < FULL and mail.endpoint_id == endpoint_id and mail.at > now
                if joins and wanted <= mail.at < wanted + HOUR:
                    mail.orders += 1
                    return mail
            near = [mail.at for mail in mails if abs(mail.at - wanted) < HOUR]
            if not near:
                break
            wanted = max(near) + HOUR
        made = Mail(wanted, endpoint_id)
        mails.append(made)
        return made
