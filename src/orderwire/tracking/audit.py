"""The ledger's entries of one order, each with its facts and whether it is sealed."""

import json
from dataclasses import dataclass

from orderwire.records import Event, Leaf
from orderwire.tracking.order import OrderView
from orderwire.tracking.people import names
from orderwire.tracking.telling import tell
from orderwire.tracking.timeline import teller


@dataclass(frozen=True)
class Entry:
    """One event. `position` is its place in the sealed tree, None where it is not sealed yet."""

    event: Event
    title: str
    by: str
    facts: str
    position: int | None


def entries(view: OrderView, events: list[Event]) -> list[Entry]:
    """Events as the ledger has them, newest first. Two queries."""
    sealed = dict(Leaf.objects.filter(event__in=[e.pk for e in events]).values_list("event_id", "position"))
    telling, people = teller(view, events), names(e.actor for e in events)
    return [
        Entry(
            e,
            tell(e, telling).title,
            people[e.actor],
            json.dumps({**e.subjects, **e.data}, indent=1, ensure_ascii=False, sort_keys=True),
            sealed.get(e.pk),
        )
        for e in events
    ]
