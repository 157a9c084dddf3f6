"""The versions of an order and what each changed, and the messages that brought them or their answers."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from orderwire.document.change import FieldChange, changes
from orderwire.records import Message, Revision
from orderwire.tracking.fields import field_word
from orderwire.tracking.order import OrderView
from orderwire.tracking.people import names
from orderwire.tracking.words import Money, day

MOST_CHANGES = 200
_DATES = {"requested", "issued", "valid_from", "valid_to", "due", "date"}
"""Fields of an order that are a day, and never a text that looks like one."""
_ONLY_SCHEDULE = re.compile(r"(lines\[[^\]]+\])\.schedules\[1\]\.quantity")


@dataclass(frozen=True)
class Change:
    """One change in words, old and new."""

    what: str
    kind: str
    old: str
    new: str


@dataclass(frozen=True)
class Version:
    """One version: who made it, its identity, what it changed against the one before, and who approved it."""

    revision: Revision
    current: bool
    by: str
    money: Money
    changes: tuple[Change, ...]
    more: int
    approvals: tuple[str, ...]
    held: bool


def versions(view: OrderView) -> list[Version]:
    """All versions, newest first. One query for names."""
    people = names(r.created_by for r in view.revisions)
    made = []
    for at, revision in enumerate(view.revisions):
        older = view.revisions[at + 1] if at + 1 < len(view.revisions) else None
        found = told_once(changes(view.content(older), view.content(revision))) if older else ()
        made.append(
            Version(
                revision,
                revision.number == view.order.revision,
                people[revision.created_by],
                Money(revision.total, revision.currency),
                tuple(change_words(c) for c in found[:MOST_CHANGES]),
                max(0, len(found) - MOST_CHANGES),
                tuple(
                    f"{'approved' if a.decision == 'granted' else 'not approved'} by {a.approver}"
                    for a in view.approvals
                    if a.revision_id == revision.pk
                ),
                revision.number == view.holding.version,
            )
        )
    return made


def messages(view: OrderView) -> list[Message]:
    """What came in for this order, newest first."""
    known = {r.message_id for r in view.revisions} | {a.message_id for a in view.answers}
    return list(Message.objects.filter(Q(pk__in=[pk for pk in known if pk])).order_by("-received_at"))


def told_once(found: Iterable[FieldChange]) -> tuple[FieldChange, ...]:
    """The changes without the quantity of a line's only schedule, where the line's own says the same."""
    every = tuple(found)
    own = {change.path: (change.old, change.new) for change in every}

    def again(change: FieldChange) -> bool:
        of = _ONLY_SCHEDULE.fullmatch(change.path)
        return of is not None and own.get(f"{of[1]}.quantity") == (change.old, change.new)

    return tuple(change for change in every if not again(change))


def change_words(change: FieldChange) -> Change:
    """One change in words."""
    name = change.path.rpartition(".")[2]
    return Change(field_word(change.path), change.kind, _value(change.old, name), _value(change.new, name))


def _value(value: Any, name: str = "") -> str:
    """A JSON value of the field `name` in words, short enough for a cell."""
    if value is None:
        return ""
    if isinstance(value, dict):
        text = ", ".join(f"{k.replace('_', ' ')} {_value(v, k)}" for k, v in value.items() if v not in (None, [], {}))
    elif isinstance(value, list):
        text = "; ".join(_value(v) for v in value)
    elif name in _DATES:
        text = day(datetime.date.fromisoformat(value))
    else:
        text = str(value)
    return text if len(text) <= 160 else text[:159] + "…"
