"""How a document travels: the protocol that every channel keeps. One channel is one file or folder here.

A channel knows parcels, never orders, records or formats. It registers as an entry point of the group
`orderwire.channels`; the built-in ones use the same way as a stranger's. `orderwire.testing.ChannelConformance`
gives a channel its tests.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
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


class Gone(Refused):
    """Refused, and so will be everything that is sent there: the partner switched the address off. It rests until a
    person looked."""


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
    instead of the endpoint's own, in channels that have addresses (a reminder to another person), and to none of
    `never`, which are known to be dead. `token` proves, where it comes back in a `Report`, that it speaks of this
    parcel; it is made of letters, digits and dashes and does not depend on their case.
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
    never: tuple[str, ...] = ()
    token: str = ""


@dataclass(frozen=True)
class Reached:
    """How one of several recipients of a parcel fared: taken over, refused for good (`final`), or to be tried again."""

    address: str
    taken: bool
    final: bool = True
    code: str = ""
    text: str = ""


@dataclass(frozen=True)
class Receipt:
    """The partner's word that closes an attempt: what is proven, in words, and the raw evidence.

    `recipients` tells them apart in a channel that has several; those that may be tried again get the parcel again,
    alone.
    """

    proof: Proof
    text: str
    external_id: str = ""
    evidence: bytes = b""
    sent: bytes | None = None
    """The exact bytes on the wire where they differ from the parcel's files (an e-mail message)."""
    recipients: tuple[Reached, ...] = ()


@dataclass(frozen=True)
class Inbound:
    """One file that a poll found. `commit()` is called after the bytes are stored durably: only then may it vanish.

    `cursor` is where the next poll may begin once this is stored; it is kept for the endpoint and given back.
    """

    name: str
    content: bytes
    sender: str
    commit: Any = field(compare=False)
    cursor: str = ""


@dataclass(frozen=True)
class Report:
    """What a partner's system says later about a parcel: an asynchronous MDN, a bounce, a status.

    `proof` is what it proves; None where the parcel, or one recipient of it (`address`), was refused: for good
    (`final`), or it is only late. The parcel is named by `message_id` (the partner is known by his signature or his
    connection), or by `token` where anybody could have written this. `complaint`: it arrived, and its reader wants no
    more of our mail. `claims` are what it says about the bytes, for a channel that `Compares`.
    """

    text: str
    proof: Proof | None = None
    message_id: str = ""
    token: str = ""
    address: str = ""
    final: bool = True
    code: str = ""
    external_id: str = ""
    evidence: bytes = b""
    complaint: bool = False
    claims: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """What a person wrote. It is shown with the order that it speaks of, and is never an answer or a change.

    `message_id`: of the parcel that it replies to, where it says so; `token` where it came back to an address of ours.
    """

    sender: str
    subject: str
    text: str
    message_id: str = ""
    token: str = ""


@dataclass(frozen=True)
class Heard:
    """What kept bytes hold: documents for the readers, reports about what we sent, a person's words.

    `identity` is the transport's own id, unique per sender: the same again is a duplicate and gets the first answer.
    `later` is an answer that the transport sends by itself afterwards (an asynchronous MDN). `refused` says why the
    transport takes nothing of it; `data` is for the channel's own `answer`. `token` is None where the partner's own
    connection brought this; else anybody could have, and its files are his whose delivery the token names, or nobody's.
    `once`: the answer is for the bytes, whatever becomes of the documents, so that the identity is used up by it.
    """

    files: tuple[File, ...] = ()
    reports: tuple[Report, ...] = ()
    note: Note | None = None
    identity: str = ""
    later: Parcel | None = None
    refused: str = ""
    data: Any = None
    token: str | None = None
    once: bool = False


@dataclass(frozen=True)
class Request:
    """An HTTP request of a partner's machine. Names of headers are in lower case; `path` is what follows the kind."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What a partner's machine gets back."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """What became of the documents of a request: whether all could be used, and why not, in words for the partner.

    `message` is our number of it, which he may quote. `contradicts`: it has the id of an earlier one and
    other content.
    """

    good: bool
    findings: tuple[str, ...] = ()
    message: int = 0
    duplicate: bool = False
    contradicts: bool = False


@dataclass(frozen=True)
class Expiry:
    """Something an endpoint needs that ends: `what` in words ("their signing certificate"), and when."""

    what: str
    at: datetime.datetime


@dataclass(frozen=True)
class Wording:
    """How people read of a channel. What is empty is said in general words, with its label."""

    by: str = ""
    """How something was sent, to stand in a sentence: "into their folder"."""
    taken: str = ""
    """What it means that something was handed over, and no more: "it lies in their folder"."""
    came: str = ""
    """How something came in: "by SFTP"."""
    says: str = ""
    """What the channel is, in a sentence for who chooses one."""


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

    def poll(self, config: BaseModel, cursor: str = "") -> Iterator[Inbound]:
        """What the partner left for us, after `cursor`. Channels that cannot receive yield nothing."""
        ...


@runtime_checkable
class Paced(Protocol):
    """A channel whose partners mind being asked in every round, which is every other second."""

    def every(self, config: BaseModel) -> float:
        """Seconds between two polls of this endpoint."""
        ...


@runtime_checkable
class Hears(Protocol):
    """A channel whose inbound bytes are more than a file for the readers: a mail, a signed message, a record."""

    def hear(self, content: bytes, config: BaseModel) -> Heard:
        """What the kept bytes hold. Never raises for what a stranger wrote: `Heard.refused` says what is wrong."""
        ...


@runtime_checkable
class Follows(Hears, Protocol):
    """A channel that hands over to somebody in between, who is asked later whether it arrived."""

    def follow(self, config: BaseModel, sent: Sequence[str]) -> Iterator[Inbound]:
        """The last word on each of these parcels (by message_id) for which there is one; `hear` reports from it."""
        ...


@runtime_checkable
class Shares(Protocol):
    """A channel that reads inboxes which several endpoints may name: each inbox is read once, through one of them.

    `inbox` is the setting that an endpoint with an inbox has; the others are not asked.
    """

    inbox: str

    def place(self, config: BaseModel) -> str:
        """Which inbox the settings name: the same text for the same one, empty for none."""
        ...


@runtime_checkable
class Listens(Hears, Protocol):
    """A channel whose partners call us over HTTP, at /exchange/<kind>/."""

    def addressed(self, request: Request) -> Mapping[str, Any]:
        """The settings that the endpoint has which this request is for. Raises Refused where it names none."""
        ...

    def kept(self, request: Request) -> bytes:
        """The request as the bytes that are stored and later given to `hear`. Raises Refused where they hold a secret
        that must not be stored."""
        ...

    def answer(self, heard: Heard, taken: Taken, config: BaseModel) -> Answer:
        """What goes back, after the bytes are durable. For a duplicate the first answer goes back again instead."""
        ...

    def turned_away(self, request: Request, reason: str) -> Answer:
        """What goes back to a request that is for no endpoint, or too large."""
        ...


@runtime_checkable
class Compares(Protocol):
    """A channel whose reports say which bytes arrived (the MIC of an MDN)."""

    def compare(self, report: Report, parcel: Parcel, config: BaseModel) -> Report:
        """The report with what it proves, after its `claims` were compared with what was sent, under the settings that
        it was sent with."""
        ...


@runtime_checkable
class Expires(Protocol):
    """A channel whose settings hold certificates or keys that end."""

    def expiries(self, config: BaseModel) -> tuple[Expiry, ...]:
        """What ends, and when."""
        ...


@runtime_checkable
class Worded(Protocol):
    """A channel with words of its own in sentences about what it carried."""

    @property
    def wording(self) -> Wording:
        """The words."""
        ...
