"""How a document travels: the protocol that every channel keeps. One channel is one file or folder here.

A channel knows parcels, never orders, records or formats. It registers as an entry point of the group
`orderwire.channels`; the built-in ones use the same way as a stranger's. `orderwire.testing.ChannelConformance`
gives a channel its tests.
"""

import datetime
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel


class Refused(Exception):
    """Permanent: the same bytes sent again would be refused again. The text says why, in words for a buyer.

    `code` is the partner's own code (an SMTP reply code), None where there is none.
    """

    def __init__(self, reason: str, code: str | None = None):
        super().__init__(reason)
        self.reason, self.code = reason, code


class Unavailable(Exception):
    """Try later: nothing was taken over by the partner. `retry_after` is the partner's own wish."""

    def __init__(self, reason: str, retry_after: datetime.timedelta | None = None, code: str | None = None):
        super().__init__(reason)
        self.reason, self.retry_after, self.code = reason, retry_after, code


class Unknown(Exception):
    """All or some bytes left and the partner's word is missing: the parcel may or may not have arrived."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class Proof(StrEnum):
    """How much is proven; each step needs its own evidence (never more than that is shown)."""

    SENT = "sent"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"


@dataclass(frozen=True)
class File:
    """One file of a parcel."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Parcel:
    """What is sent: files and, for channels that people read, a subject and two bodies.

    `message_id` stays the same over every retry of a delivery and is what makes a resend harmless where the channel
    knows duplicates; `duplicate` is True when an earlier try may already have arrived. `to` goes to these addresses
    instead of the endpoint's own, in channels that have addresses (a reminder to another person).
    """

    message_id: str
    files: tuple[File, ...]
    subject: str = ""
    text: str = ""
    html: str = ""
    language: str = "en"
    reference: str = ""
    duplicate: bool = False
    to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """The partner's word that closes an attempt: what is proven, in words, and the raw evidence."""

    proof: Proof
    text: str
    external_id: str = ""
    evidence: bytes = b""
    sent: bytes | None = None
    """The exact bytes on the wire where they differ from the parcel's files (an e-mail message)."""


@dataclass(frozen=True)
class Inbound:
    """One file that a poll found. `commit()` is called after the bytes are stored durably: only then may it vanish."""

    name: str
    content: bytes
    sender: str
    commit: Any = field(compare=False)


class Session(Protocol):
    """An open connection to one endpoint; several parcels go through it."""

    def send(self, parcel: Parcel) -> Receipt:
        """Hand one parcel over. Raises Refused, Unavailable or Unknown; returns only with the partner's yes."""
        ...


@runtime_checkable
class Channel(Protocol):
    """A channel. Instances have no state and are shared between threads.

    `resendable`: a second send with the same message_id does no harm (the partner or the place recognizes it).
    `batch` is how many parcels one claim takes. `retry` is the schedule: seconds to wait after each failure in a row;
    after the last the delivery has failed and a person decides. `for_people`: parcels carry subject and bodies.
    `receives`: partners may leave something for us, which `poll` finds; every endpoint of it is polled.
    """

    kind: str
    label: str
    version: str
    config_model: type[BaseModel]
    resendable: bool
    for_people: bool
    receives: bool
    batch: int
    retry: tuple[int, ...]

    def timeout(self, config: BaseModel) -> float:
        """The longest that one send may take, in seconds; the lease on a delivery is derived from it."""
        ...

    def open(self, config: BaseModel) -> AbstractContextManager[Session]:
        """Connect. Raises Unavailable or Refused before anything was sent."""
        ...

    def probe(self, config: BaseModel) -> str:
        """Test the connection without sending an order; the answer in words. Raises Refused or Unavailable."""
        ...

    def poll(self, config: BaseModel) -> Iterator[Inbound]:
        """What the partner left for us. Channels that cannot receive yield nothing."""
        ...
