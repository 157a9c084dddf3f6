"""What it takes to say an event: the names of people and places, and the words themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orderwire.document.states import Tone
from orderwire.records import Event

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """What an event says, before it is placed in time."""

    title: str
    text: str = ""
    mark: str = "dot"
    tone: Tone = "quiet"
    proof: int = 0
    evidence: str = ""


@dataclass(frozen=True)
class Letter:
    """What a reminder is for: `to` as the step of the rules says it, what has no answer, and how often it went."""

    to: str
    cancellation: bool
    turn: int


@dataclass(frozen=True)
class Teller:
    """What the sentences need besides the event's own facts: people's and the supplier's names, versions by id, and
    letters by the id of their delivery and their step."""

    people: Mapping[str, str]
    supplier: str
    versions: Mapping[str, int]
    recipients: Mapping[str, str]
    letters: Mapping[tuple[str, str], Letter] = field(default_factory=dict)

    def who(self, event: Event) -> str:
        """The actor's name."""
        return self.people.get(event.actor, event.actor)

    def version(self, event: Event) -> str:
        """ "Version 2" of an event about a revision."""
        number = self.versions.get(str(event.subjects.get("revision", "")))
        return f"Version {number}" if number else "Order"

    def to(self, event: Event) -> str:
        """Who a delivery goes to."""
        return self.recipients.get(str(event.subjects.get("delivery", "")), self.supplier)


Teach = Callable[[Facts, Event, Teller], Told]


def end(text: str) -> str:
    """A sentence with its full stop."""
    text = " ".join(str(text).split())
    text = text[:1].upper() + text[1:]
    return text if not text or text[-1] in ".!?”" else f"{text}."


def why(title: str, mark: str, tone: Tone) -> Teach:
    """Words for an event that tells no more than a reason."""
    return lambda d, e, t: Told(
        title.format(who=t.who(e), to=t.to(e), supplier=t.supplier, version=t.version(e)),
        end(d.get("reason") or ""),
        mark,
        tone,
    )
