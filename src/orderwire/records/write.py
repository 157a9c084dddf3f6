"""The hot path: a new order with all that belongs to it, written in one statement instead of some twenty.

The ORM costs several milliseconds per order here, this about one (bench: create). A test compares the columns with
the models, so that a migration cannot leave this behind. Everything else is written through the ORM. The statement is
kept under 4,096 characters: psycopg parses longer ones anew each time.
"""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from orderwire.records import hot


@dataclass(frozen=True)
class LineRow:
    """Columns of ow_order_line."""

    position: int
    number: str
    description: str
    quantity: Decimal
    unit: str
    price: Decimal
    price_basis: Decimal
    amount: Decimal
    need_by: datetime.date | None
    buyer_part: str
    supplier_part: str


@dataclass(frozen=True)
class ApprovalRow:
    """Columns of ow_approval; the revision is the new one."""

    revision_sha256: str
    decision: str
    approver: str
    user_id: int | None
    source: str
    reference: str
    reason: str
    approved_at: datetime.datetime


@dataclass(frozen=True)
class PlanRow:
    """Columns of ow_plan; the revision is the new one."""

    rules_id: int
    binding: str
    explanation: dict[str, Any]
    problem: str


@dataclass(frozen=True)
class LegRow:
    """Columns of ow_leg, and of the delivery that carries it out."""

    position: int
    recipient_id: int
    purpose: str
    endpoint_id: int
    endpoint_version: int
    profile: dict[str, Any]
    prices: bool
    dispatch_at: datetime.datetime | None
    answer_required: bool
    answer_due_days: int | None
    ladder: tuple[int, ...]
    is_primary: bool
    due_at: datetime.datetime
    shard_key: int


@dataclass(frozen=True)
class EventRow:
    """Columns of ow_event. `about` names the new rows that the event is about: revision, plan."""

    at: datetime.datetime
    kind: str
    actor: str
    data: dict[str, Any]
    about: frozenset[str]


@dataclass(frozen=True)
class NewOrder:
    """A new order as its rows. `order` and `revision` are columns by name."""

    order: dict[str, Any]
    revision: dict[str, Any]
    lines: Sequence[LineRow]
    events: Sequence[EventRow]
    approvals: Sequence[ApprovalRow] = ()
    plan: PlanRow | None = None
    legs: Sequence[LegRow] = field(default=())


LEG_COLUMNS = ",".join(f.name for f in fields(LegRow)[:10])
"""The last of these is answer_due_days; what follows belongs to the leg's ladder and its delivery."""
ORDER_COLUMNS = (
    "entity", "number", "state", "delivery_state", "answer_state", "reason", "supplier_id", "created_by", "source",
    "test", "revision", "kind", "supplier_name", "buyer_name", "currency", "total", "line_count", "need_by", "channel",
    "created_at", "changed_at", "last_event",
)  # fmt: skip
REVISION_COLUMNS = ("number", "content", "sha256", "currency", "total", "message_id", "created_by", "created_at")

TYPES = {
    "l": "int text text numeric text numeric numeric numeric date text text",
    "a": "text text text int8 text text text timestamptz",
    "p": "int8 text jsonb text",
    "g": "int int8 text int8 int jsonb bool timestamptz bool int jsonb bool timestamptz int",
    "e": "timestamptz text text jsonb bool bool",
}
"""Types of the fields of LineRow, ApprovalRow, PlanRow, LegRow, and of an event's columns, each sent as an array."""


def _unnest(name: str) -> str:
    return "unnest(" + ", ".join(f"%({name}{n})s::{kind}[]" for n, kind in enumerate(TYPES[name].split())) + ")"


INSERT = f"""
with o as (
insert into ow_order ({",".join(ORDER_COLUMNS)}) values ({",".join(f"%({c})s" for c in ORDER_COLUMNS)})
on conflict (entity, number) do nothing
returning id
), r as (
insert into ow_revision (order_id,{",".join(REVISION_COLUMNS)})
select o.id,{",".join(f"%(r_{c})s" for c in REVISION_COLUMNS)} from o
returning id
), l as (
insert into ow_order_line (revision_id,{",".join(f.name for f in fields(LineRow))})
select r.id, u.* from r, {_unnest("l")} as u
), a as (
insert into ow_approval (revision_id,{",".join(f.name for f in fields(ApprovalRow))},recorded_at)
select r.id, u.*, %(created_at)s from r, {_unnest("a")} as u
), p as (
insert into ow_plan (revision_id,{",".join(f.name for f in fields(PlanRow))},created_at)
select r.id, u.*, %(created_at)s from r, {_unnest("p")} as u
returning id
), legs as (
select * from {_unnest("g")} as u({",".join(f.name for f in fields(LegRow))})
), g as (
insert into ow_leg (plan_id,{LEG_COLUMNS},ladder)
select p.id,{LEG_COLUMNS},array(select jsonb_array_elements_text(ladder)::int8) from p, legs
returning id, plan_id, position
), d as (
insert into ow_delivery (kind,leg_id,order_id,revision_id,endpoint_id,endpoint_version,"primary",shard_key,state,
due_at,fence,tries,failures,reason,duplicate,message_id)
select 'order',g.id,o.id,r.id,endpoint_id,endpoint_version,is_primary,shard_key,'ready',due_at,0,0,0,'',false,
left(%(r_sha256)s::text,24)||'.'||endpoint_id||'.'||g.plan_id
from o, r, g join legs using (position)
), e as (
insert into ow_event (at,kind,actor,order_id,order_number,subjects,data)
select at,kind,actor,o.id,%(number)s,jsonb_strip_nulls(jsonb_build_object(
'revision',case when about_revision then r.id::text end,'plan',case when about_plan then p.id::text end)),data
from o cross join r left join p on true, {_unnest("e")} as u(at,kind,actor,data,about_revision,about_plan)
)
select o.id, r.id, pg_notify(%(notify)s, o.id::text) from o, r
"""


def new_order(new: NewOrder, *, notify: str) -> tuple[int, int] | None:
    """Write all rows and tell open pages (`notify` is the channel); returns the ids of order and revision.

    None where the number is taken: then nothing was written. Runs in the caller's transaction.
    """
    found = hot.rows(INSERT, _parameters(new, notify))
    return (int(found[0][0]), int(found[0][1])) if found else None


def _parameters(new: NewOrder, notify: str) -> dict[str, Any]:
    given: dict[str, Any] = {name: new.order[name] for name in ORDER_COLUMNS}
    given |= {f"r_{name}": new.revision[name] for name in REVISION_COLUMNS}
    given["notify"] = notify
    plans = [new.plan] if new.plan else []
    tables = (
        ("l", LineRow, new.lines),
        ("a", ApprovalRow, new.approvals),
        ("p", PlanRow, plans),
        ("g", LegRow, new.legs),
    )
    for prefix, kind, items in tables:
        for n, column in enumerate(fields(kind)):
            given[f"{prefix}{n}"] = [_value(getattr(item, column.name)) for item in items]
    given |= {
        "e0": [e.at for e in new.events],
        "e1": [e.kind for e in new.events],
        "e2": [e.actor for e in new.events],
        "e3": [json.dumps(e.data) for e in new.events],
        "e4": ["revision" in e.about for e in new.events],
        "e5": ["plan" in e.about for e in new.events],
    }
    return given


def _value(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | tuple) else value
