"""The hot path: new orders with all that belongs to them, one or many, written in one statement instead of some twenty.

The ORM costs several milliseconds per order here, this about one (bench: create). A test compares the columns with
the models, so that a migration cannot leave this behind. Everything else is written through the ORM.
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
    answer_level: str
    ladder: tuple[int, ...]
    ladder_versions: tuple[int, ...]
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


ORDER_COLUMNS = (
    "number", "entity", "state", "delivery_state", "answer_state", "reason", "supplier_id", "created_by", "source",
    "test", "revision", "kind", "supplier_name", "buyer_name", "currency", "total", "line_count", "need_by", "channel",
    "created_at", "changed_at", "last_event",
)  # fmt: skip
REVISION_COLUMNS = ("number", "content", "sha256", "currency", "total", "message_id", "created_by", "created_at")
LEG_COLUMNS = ",".join(f.name for f in fields(LegRow)[:11])
"""Up to answer_level; what follows belongs to the leg's ladder and its delivery."""

TYPES = {
    "at": "timestamptz", "approved_at": "timestamptz", "created_at": "timestamptz", "changed_at": "timestamptz",
    "dispatch_at": "timestamptz", "due_at": "timestamptz", "need_by": "date", "position": "int", "place": "int",
    "revision": "int", "line_count": "int", "endpoint_version": "int", "answer_due_days": "int", "shard_key": "int",
    "supplier_id": "int8", "message_id": "int8", "user_id": "int8", "rules_id": "int8", "recipient_id": "int8",
    "endpoint_id": "int8", "total": "numeric", "quantity": "numeric", "price": "numeric", "price_basis": "numeric",
    "amount": "numeric", "test": "bool", "prices": "bool", "answer_required": "bool", "is_primary": "bool",
    "about_revision": "bool", "about_plan": "bool", "explanation": "jsonb", "profile": "jsonb", "ladder": "jsonb",
    "ladder_versions": "jsonb", "data": "jsonb",
}  # fmt: skip
"""Types of the columns that are not text."""


def _names(row: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(row))


def _given(name: str, columns: Sequence[str], **types: str) -> str:
    """The rows of one kind, sent as one JSON array; k is the number of their order."""
    typed = ", ".join(f"{c} {types.get(c) or TYPES.get(c, 'text')}" for c in columns)
    return f"json_to_recordset(%({name})s::json) as u({typed})"


def _list(columns: Sequence[str]) -> str:
    return ",".join(columns)


LINE, APPROVAL, PLAN, LEG = (_names(row) for row in (LineRow, ApprovalRow, PlanRow, LegRow))
EVENT = ("k", "place", "at", "kind", "actor", "data", "about_revision", "about_plan")

INSERT = f"""
with o as (
  insert into ow_order ({_list(ORDER_COLUMNS)})
  select {_list(ORDER_COLUMNS)} from {_given("orders", ORDER_COLUMNS)}
  on conflict (entity, number) do nothing
  returning id, number
), r as (
  insert into ow_revision (order_id,{_list(REVISION_COLUMNS)})
  select o.id,u.number,convert_to(content, 'UTF8'),{",".join("u." + c for c in REVISION_COLUMNS[2:])}
  from o join {_given("revisions", ("k", *REVISION_COLUMNS), number="int")} on k = o.number
  returning id, order_id, sha256
), n as (
  select o.number as key, o.id as order_id, r.id as revision_id, sha256 from o join r on r.order_id = o.id
), l as (
  insert into ow_order_line (revision_id,{_list(LINE)})
  select revision_id,{_list(LINE)} from n join {_given("lines", ("k", *LINE))} on k = key
  order by k, position
), a as (
  insert into ow_approval (revision_id,{_list(APPROVAL)},recorded_at)
  select revision_id,{",".join("u." + c for c in APPROVAL)},now()
  from n join {_given("approvals", ("k", *APPROVAL))} on k = key
), p as (
  insert into ow_plan (revision_id,{_list(PLAN)},created_at)
  select revision_id,{_list(PLAN)},now() from n join {_given("plans", ("k", *PLAN))} on k = key
  returning id, revision_id
), w as (
  select n.*, p.id as plan_id, u.*
  from p join n using (revision_id) join {_given("legs", ("k", *LEG))} on k = key
), g as (
  insert into ow_leg (plan_id,{LEG_COLUMNS},ladder,ladder_versions)
  select plan_id,{LEG_COLUMNS},array(select jsonb_array_elements_text(ladder)::int8),
    array(select jsonb_array_elements_text(ladder_versions)::int4) from w order by plan_id, position
  returning id, plan_id, position
), d as (
  insert into ow_delivery (kind,leg_id,order_id,revision_id,endpoint_id,endpoint_version,"primary",shard_key,state,
    due_at,fence,tries,failures,reason,duplicate,message_id)
  select 'order',g.id,order_id,w.revision_id,endpoint_id,endpoint_version,is_primary,shard_key,'ready',due_at,0,0,0,
    '',false,left(w.sha256,24)||'.'||endpoint_id||'.'||w.plan_id
  from g join w using (plan_id, position) order by plan_id, position
), e as (
  insert into ow_event (at,kind,actor,order_id,order_number,subjects,data)
  select at,kind,actor,order_id,key,jsonb_strip_nulls(jsonb_build_object(
    'revision', case when about_revision then revision_id::text end, 'plan', case when about_plan then p.id::text end)),
    data
  from n left join p using (revision_id) join {_given("events", EVENT)} on k = key
  order by place
)
select key, order_id, pg_notify(%(notify)s, case when (select count(*) from n) = 1 then order_id::text else '' end)
from n
"""


def new_orders(new: Sequence[NewOrder], *, notify: str) -> dict[str, int]:
    """Write new orders of different numbers, all rows of all of them, in the caller's transaction, and tell open
    pages (`notify` is the channel). Returns number -> id; of a number that is taken nothing is written.
    """
    return {number: order_id for number, order_id, _ in hot.rows(INSERT, _parameters(new) | {"notify": notify})}


def _parameters(new: Sequence[NewOrder]) -> dict[str, Any]:
    rows: dict[str, list[dict[str, Any]]] = {
        "orders": [each.order for each in new],
        "revisions": [],
        "lines": [],
        "approvals": [],
        "plans": [],
        "legs": [],
        "events": [],
    }
    for each in new:
        k = each.order["number"]
        rows["revisions"].append(each.revision | {"k": k, "content": each.revision["content"].decode()})
        rows["lines"] += [{"k": k, **vars(line)} for line in each.lines]
        rows["approvals"] += [{"k": k, **vars(approval)} for approval in each.approvals]
        rows["plans"] += [{"k": k, **vars(each.plan)}] if each.plan else []
        rows["legs"] += [{"k": k, **vars(leg)} for leg in each.legs]
        for event in each.events:
            about = {"about_revision": "revision" in event.about, "about_plan": "plan" in event.about}
            told = {"at": event.at, "kind": event.kind, "actor": event.actor, "data": event.data}
            rows["events"].append({"k": k, "place": len(rows["events"]), **told, **about})
    return {name: json.dumps(items, default=str, ensure_ascii=False) for name, items in rows.items()}
