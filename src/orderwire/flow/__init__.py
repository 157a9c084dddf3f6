"""The road of an order, one verb a file, one transaction each, called alike by every door:

receive → create → approve → route → distribute → acknowledge; decide and amend follow what the supplier says,
fulfill keeps what moves, remind asks again. Hold stops an order and resume starts it; cancel ends it, with his word.
"""

from django.db import InterfaceError, InternalError, OperationalError

DATABASE_AWAY = (OperationalError, InterfaceError, InternalError)
"""The database is away, or it gave up on us (a deadlock; a transaction in which we were silent for too long, which is
an InternalError). The same may work later, so it is nobody's fault."""


class Refused(Exception):
    """The verb cannot be done. `reason` says why and `remedy` what to do, both for the person who asked.

    `kind` is a stable word for API callers: not_found, not_allowed, conflict, invalid.
    """

    def __init__(self, reason: str, *, remedy: str = "", kind: str = "invalid"):
        super().__init__(f"{reason} {remedy}".strip())
        self.reason, self.remedy, self.kind = reason, remedy, kind


class NotYet(Refused):
    """What the document speaks of is not here yet (an order, a version, a cancellation): it may wait for it.

    `number` is the order it waits for, as orders are kept.
    """

    def __init__(self, reason: str, *, number: str, remedy: str = ""):
        super().__init__(reason, remedy=remedy, kind="conflict")
        self.number = number
