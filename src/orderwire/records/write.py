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


ORDER_COLUMNS = (
    "number", "entity", "state", "delivery_state", "answer_state", "reason", "supplier_id", "created_by", "source",
    "test", "revision", "kind", "supplier_name", "buyer_name", "currency", "total", "line_count", "need_by", "channel",
    "created_at", "changed_at", "last_event",
)  # fmt: skip
REVISION_COLUMNS = ("number", "content", "sha256", "currency", "total", "message_id", "created_by", "created_at")
LEG_COLUMNS = ",".join(f.name for f in fields(LegRow)[:10])
"""Up to answer_due_days; what follows belongs to the leg's ladder and its delivery."""

TYPES = {
    "o": "text text text text text text int8 text text bool int text text text text numeric int date text timestamptz "
    "timestamptz text",
    "r": "text int bytea text text numeric int8 text timestamptz",
    "l": "text int text text numeric text numeric numeric numeric date text text",
    "a": "text text text text int8 text text text timestamptz",
    "p": "text int8 text jsonb text",
    "g": "text int int8 text int8 int jsonb bool timestamptz bool int jsonb bool timestamptz int",
    "e": "text int timestamptz text text jsonb bool bool",
}
"""Types of the arrays: ORDER_COLUMNS, then k (the order's number) and the fields of each kind of row."""


def _unnest(name: str) -> str:
    return "unnest(" + ",".join(f"%({name}{n})s::{kind}[]" for n, kind in enumerate(TYPES[name].split())) + ")"


def _names(row: type) -> str:
    return ",".join(f.name for f in fields(row))


INSERT = f"""
with o as (
insert into ow_order ({",".join(ORDER_COLUMNS)}) select * from {_unnest("o")}
on conflict (entity, number) do nothing
returning id, number
), r as (
insert into ow_revision (order_id,{",".join(REVISION_COLUMNS)})
select o.id,{",".join("u." + c for c in REVISION_COLUMNS)}
from o join {_unnest("r")} as u(k,{",".join(REVISION_COLUMNS)}) on k = o.number
returning id, order_id, sha256
), n as (
select o.number as key, o.id as order_id, r.id as revision_id, sha256 from o join r on r.order_id = o.id
), l as (
insert into ow_order_line (revision_id,{_names(LineRow)})
select revision_id,{_names(LineRow)} from n join {_unnest("l")} as u(k,{_names(LineRow)}) on k = key
order by k, position
), a as (
insert into ow_approval (revision_id,{_names(ApprovalRow)},recorded_at)
select revision_id,{_names(ApprovalRow)},now() from n join {_unnest("a")} as u(k,{_names(ApprovalRow)}) on k = key
), p as (
insert into ow_plan (revision_id,{_names(PlanRow)},created_at)
select revision_id,{_names(PlanRow)},now() from n join {_unnest("p")} as u(k,{_names(PlanRow)}) on k = key
returning id, revision_id
), w as (
select n.*, p.id as plan_id, u.*
from p join n using (revision_id) join {_unnest("g")} as u(k,{_names(LegRow)}) on k = key
), g as (
insert into ow_leg (plan_id,{LEG_COLUMNS},ladder)
select plan_id,{LEG_COLUMNS},array(select jsonb_array_elements_text(ladder)::int8) from w order by plan_id, position
returning id, plan_id, position
), d as (
insert into ow_delivery (kind,leg_id,order_id,revision_id,endpoint_id,endpoint_version,"primary",shard_key,state,
due_at,fence,tries,failures,reason,duplicate,message_id)
select 'order',g.id,order_id,w.revision_id,endpoint_id,endpoint_version,is_primary,shard_key,'ready',due_at,0,0,0,'',
false,left(w.sha256,24)||'.'||endpoint_id||'.'||w.plan_id
from g join w using (plan_id, position) order by plan_id, position
), e as (
insert into ow_event (at,kind,actor,order_id,order_number,subjects,data)
select at,kind,actor,order_id,key,jsonb_strip_nulls(jsonb_build_object(
'revision',case when about_revision then revision_id::text end,'plan',case when about_plan then p.id::text end)),data
from n left join p using (revision_id)
join {_unnest("e")} as u(k,place,at,kind,actor,data,about_revision,about_plan) on k = key
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
    given: dict[str, Any] = {}
    for n, name in enumerate(ORDER_COLUMNS):
        given[f"o{n}"] = [each.order[name] for each in new]
    given["r0"] = given["o0"]
    for n, name in enumerate(REVISION_COLUMNS, 1):
        given[f"r{n}"] = [each.revision[name] for each in new]
    for prefix, row, children in (
        ("l", LineRow, [(each.order["number"], item) for each in new for item in each.lines]),
        ("a", ApprovalRow, [(each.order["number"], item) for each in new for item in each.approvals]),
        ("p", PlanRow, [(each.order["number"], each.plan) for each in new if each.plan]),
        ("g", LegRow, [(each.order["number"], item) for each in new for item in each.legs]),
    ):
        given[f"{prefix}0"] = [number for number, _ in children]
        for n, column in enumerate(fields(row), 1):
            given[f"{prefix}{n}"] = [_value(getattr(item, column.name)) for _, item in children]
    told = [(each.order["number"], event) for each in new for event in each.events]
    columns: list[list[Any]] = [[number for number, _ in told], list(range(len(told)))]
    columns += [[e.at for _, e in told], [e.kind for _, e in told], [e.actor for _, e in told]]
    columns += [[json.dumps(e.data) for _, e in told]]
    columns += [["revision" in e.about for _, e in told], ["plan" in e.about for _, e in told]]
    return given | {f"e{n}": column for n, column in enumerate(columns)}


def _value(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | tuple) else value
