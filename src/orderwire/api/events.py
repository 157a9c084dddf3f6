"""The ledger for other systems: every event in its sealed order, and the proof that one was not changed.

Sealed events have a position, which never changes and has no gaps, so a reader who goes on with `next` misses none.
Events that are not sealed yet stand at the end of the last page without a position, and come again once they have one.
"""

import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from orderwire.api.access import needs
from orderwire.api.answering import given, responses
from orderwire.api.paging import BIGGEST, MOST, Id, Word, only
from orderwire.flow import Refused
from orderwire.ledger import prove
from orderwire.ledger.entry import Entry
from orderwire.records import Event, Leaf

router = Router(tags=["events"])

Hex = Annotated[str, Field(pattern="^[0-9a-f]+$")]


class EventOut(Schema):
    """One recorded transition. Kinds and their facts: docs/reference/events.md."""

    id: int
    position: int | None = Field(None, description="Place in the sealed ledger, from 0; absent until it is sealed.")
    at: datetime.datetime
    kind: str
    actor: str
    order: str | None = None
    subjects: dict[str, str]
    data: dict[str, Any]

    @classmethod
    def of(cls, row: Event, position: int | None) -> "EventOut":
        """A row of the ledger."""
        return cls(
            id=row.pk,
            position=position,
            at=row.at,
            kind=row.kind,
            actor=row.actor,
            order=row.order_number,
            subjects=row.subjects,
            data=row.data,
        )


class Events(Schema):
    """A page of the ledger."""

    events: list[EventOut]
    next: int = Field(description="`after` of the next call, whether or not there is more yet.")
    more: bool = Field(description="There are more sealed events now.")


class EventFilters(Schema):
    """Which events."""

    after: int = Field(0, ge=0, le=BIGGEST, description="`next` of the call before; 0 begins with the first event.")
    limit: int = Field(50, ge=1, le=MOST)
    order: Word | None = Field(None, description="Only events of the order with this number.")
    kind: Word | None = Field(None, description="Only events of this kind.")


class Head(Schema):
    """A signed tree head: the ledger's size and root at a time (RFC 6962)."""

    size: int
    root: Hex
    time: datetime.datetime
    key_id: str
    signed: str = Field(description="The exact bytes that are signed (Ed25519), as text.")
    signature: Hex
    public_key: Hex


class Proof(Schema):
    """What an outsider needs to check an event: hash the entry's bytes with a leading 0x00, join the path (RFC 6962
    section 2.1.1), compare with the root, check the signature."""

    event: int
    position: int
    entry: str = Field(description="The exact bytes of the event that are sealed, as text.")
    leaf: Hex
    path: list[Hex]
    head: Head


@router.get("", response=responses(Events), **needs("events:read"), summary="Read the ledger")
def list_events(request: HttpRequest, filters: Query[EventFilters]) -> HttpResponse:
    """Events in sealed order from `after` on; ask again with `next` to follow the ledger."""
    only(request, EventFilters)
    leaves = Leaf.objects.filter(position__gte=filters.after).select_related("event").order_by("position")
    fresh = Event.objects.filter(leaf=None).order_by("pk")
    if filters.order is not None:
        leaves, fresh = leaves.filter(event__order_number=filters.order), fresh.filter(order_number=filters.order)
    if filters.kind is not None:
        leaves, fresh = leaves.filter(event__kind=filters.kind), fresh.filter(kind=filters.kind)
    sealed = list(leaves[: filters.limit + 1])
    page = sealed[: filters.limit]
    more = len(sealed) > len(page)
    shown = [EventOut.of(leaf.event, leaf.position) for leaf in page]
    if not more:
        shown += [EventOut.of(row, None) for row in fresh[: filters.limit - len(page)]]
    after = page[-1].position + 1 if page else filters.after
    return given(Events(events=shown, next=after, more=more))


@router.get("/{event_id}", response=responses(EventOut, 404), **needs("events:read"), summary="Read one event")
def read_event(request: HttpRequest, event_id: Id) -> HttpResponse:
    """One event."""
    row = _event(event_id)
    return given(EventOut.of(row, Leaf.objects.filter(event=row).values_list("position", flat=True).first()))


@router.get("/{event_id}/proof", response=responses(Proof, 404, 409), **needs("events:read"), summary="Prove one event")
def prove_event(request: HttpRequest, event_id: Id) -> HttpResponse:
    """The proof that the event stands in the ledger under the newest signed head; 409 while it is not sealed yet."""
    row = _event(event_id)
    found = prove.include(row.pk)
    if found is None:
        raise Refused("The event is not sealed yet.", remedy="Ask again in a few seconds.", kind="conflict")
    entry = Entry(row.kind, row.at, row.actor, row.order_number, row.subjects, row.data)
    head = Head(
        size=found.head.size,
        root=found.head.root.hex(),
        time=found.head.time,
        key_id=found.head.key_id,
        signed=found.head.to_bytes().decode(),
        signature=found.signature.hex(),
        public_key=found.public_key.hex(),
    )
    return given(
        Proof(
            event=row.pk,
            position=found.position,
            entry=entry.leaf_bytes().decode(),
            leaf=found.leaf.hex(),
            path=[step.hex() for step in found.proof],
            head=head,
        )
    )


def _event(event_id: int) -> Event:
    row = Event.objects.filter(pk=event_id).first()
    if row is None:
        raise Refused("There is no such event.", kind="not_found")
    return row
