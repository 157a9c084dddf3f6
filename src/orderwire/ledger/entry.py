"""One row of the ledger: an event with when, by whom and about what, and the bytes of it that are sealed.

An event is written in the same transaction as the transition it tells of. Its class (`events.py`) gives `kind`, the
`subjects` it is about and its own few facts as plain JSON: numbers with a fraction are text, times are RFC 3339 text.
"""

import datetime
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from orderwire.document.base import plain

Subject = Literal[
    "revision", "approval", "plan", "delivery", "attempt", "message", "response", "partner", "endpoint", "cancellation",
    "goods", "need",
]  # fmt: skip
SUBJECTS: frozenset[str] = frozenset(get_args(Subject))
ACTOR = re.compile(r"(user|supplier|system|api):\S(.*\S)?")
LONGEST = 2000

KINDS: dict[str, type["Event"]] = {}
"""Every event class by its kind."""


def _words(value: object) -> object:
    """Partners' words may hold anything, and an event must never fail for them: what JSONB cannot keep is replaced."""
    if not isinstance(value, str):
        return value
    clean = "".join(c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") else "\ufffd" for c in value)
    return clean if len(clean) <= LONGEST else clean[: LONGEST - 1] + "…"


Amount = Annotated[Decimal, PlainSerializer(plain, return_type=str)]
"""An exact amount, of any size; text in the facts."""

Words = Annotated[str, BeforeValidator(_words)]
"""Text for people, at most 2,000 characters, safe to store."""


class Event(BaseModel):
    """What all events share: frozen, no unknown facts, a kind of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[str]
    subjects: ClassVar[frozenset[Subject]] = frozenset()

    def __init_subclass__(cls, *, kind: str, about: tuple[Subject, ...] = (), **options: Any) -> None:
        super().__init_subclass__(**options)
        if kind in KINDS:
            raise TypeError(f"two events have the kind {kind}")
        cls.kind, cls.subjects = kind, frozenset(about)
        KINDS[kind] = cls

    def data(self) -> dict[str, Any]:
        """The facts as plain JSON; absent facts are left out."""
        return self.model_dump(mode="json", exclude_none=True)


@dataclass(frozen=True)
class Entry:
    """One row as written and as read back; a leaf is made of exactly this.

    `at` is aware; `actor` is user:…, supplier:…, system:… or api:…; `order` is the order's number or None;
    `subjects` gives each subject's id as text. Raises ValueError where the row could not be proven later.
    """

    kind: str
    at: datetime.datetime
    actor: str
    order: str | None = None
    subjects: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)

    def leaf_bytes(self) -> bytes:
        """The bytes whose `merkle.leaf_hash` is sealed: sorted JSON, UTF-8, the time in UTC with microseconds."""
        if self.at.tzinfo is None:
            raise ValueError(f"{self.kind}: the time {self.at} has no zone")
        _plain(self.data, self.kind)
        row = {
            "kind": self.kind,
            "at": self.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")[:-6] + "Z",
            "actor": self.actor,
            "order": self.order,
            "subjects": {name: str(value) for name, value in self.subjects.items()},
            "data": self.data,
        }
        return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def entry(
    event: Event,
    *,
    at: datetime.datetime,
    actor: str,
    order: str | None = None,
    subjects: Mapping[Subject, str | int] | None = None,
) -> Entry:
    """The row to write for an event; it may have more subjects than its class asks for.

    Raises ValueError for an actor of another form, a subject that is missing and one that nobody knows.
    """
    if not ACTOR.fullmatch(actor):
        raise ValueError(f"{event.kind}: the actor {actor!r} is not user:…, supplier:…, system:… or api:…")
    given: dict[str, str] = {name: str(value) for name, value in (subjects or {}).items()}
    if not event.subjects <= given.keys() <= SUBJECTS:
        raise ValueError(f"{event.kind} is about {sorted(event.subjects)}, not {sorted(given)}")
    return Entry(event.kind, at, actor, order, given, event.data())


def _plain(value: object, where: str) -> None:
    """A database may rewrite 1.0 as 1, and JSON has no other types: what would not come back as it was is refused."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if not isinstance(name, str):
                raise ValueError(f"{where}: {name!r} is not a text key")
            _plain(item, f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _plain(item, f"{where}[{index}]")
    elif not (value is None or isinstance(value, str | int)):
        raise ValueError(f"{where}: {type(value).__name__} is not exact in JSON; write it as text")
