"""The hot path: a new order with all that belongs to it, written in one statement instead of some twenty.

The ORM costs several milliseconds per order here, this about one (bench: create). A test compares the columns with
the models, so that a migration cannot leave this behind. Everything else is written through the ORM.
"""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import psycopg
from django.db import connection


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
    primary: bool
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
    "entity", "number", "state", "delivery_state", "answer_state", "reason", "supplier_id", "created_by", "source",
    "test", "revision", "kind", "supplier_name", "buyer_name", "currency", "total", "line_count", "need_by", "channel",
    "created_at", "changed_at", "last_event",
)  # fmt: skip
REVISION_COLUMNS = ("number", "content", "sha256", "currency", "total", "message_id", "created_by", "created_at")

INSERT = f"""
with o as (
  insert into ow_order ({", ".join(ORDER_COLUMNS)}) values ({", ".join(f"%({c})s" for c in ORDER_COLUMNS)})
  returning id
), r as (
  insert into ow_revision (order_id, {", ".join(REVISION_COLUMNS)})
  select o.id, {", ".join(f"%(r_{c})s" for c in REVISION_COLUMNS)} from o
  returning id
), l as (
  insert into ow_order_line (revision_id, position, number, description, quantity, unit, price, price_basis, amount,
                             need_by, buyer_part, supplier_part)
  select r.id, u.* from r, unnest(%(l_position)s::int[], %(l_number)s::text[], %(l_description)s::text[],
    %(l_quantity)s::numeric[], %(l_unit)s::text[], %(l_price)s::numeric[], %(l_price_basis)s::numeric[],
    %(l_amount)s::numeric[], %(l_need_by)s::date[], %(l_buyer_part)s::text[], %(l_supplier_part)s::text[]) as u
), a as (
  insert into ow_approval (revision_id, revision_sha256, decision, approver, user_id, source, reference, reason,
                           approved_at, recorded_at)
  select r.id, u.*, %(created_at)s from r, unnest(%(a_revision_sha256)s::text[], %(a_decision)s::text[],
    %(a_approver)s::text[], %(a_user_id)s::bigint[], %(a_source)s::text[], %(a_reference)s::text[],
    %(a_reason)s::text[], %(a_approved_at)s::timestamptz[]) as u
), p as (
  insert into ow_plan (revision_id, rules_id, binding, explanation, problem, created_at)
  select r.id, u.*, %(created_at)s from r, unnest(%(p_rules_id)s::bigint[], %(p_binding)s::text[],
    %(p_explanation)s::jsonb[], %(p_problem)s::text[]) as u
  returning id
), legs as (
  select * from unnest(%(g_position)s::int[], %(g_recipient_id)s::bigint[], %(g_purpose)s::text[],
    %(g_endpoint_id)s::bigint[], %(g_endpoint_version)s::int[], %(g_profile)s::jsonb[], %(g_prices)s::bool[],
    %(g_dispatch_at)s::timestamptz[], %(g_answer_required)s::bool[], %(g_answer_due_days)s::int[],
    %(g_ladder)s::jsonb[], %(g_primary)s::bool[], %(g_due_at)s::timestamptz[], %(g_shard_key)s::int[])
  as u(position, recipient_id, purpose, endpoint_id, endpoint_version, profile, prices, dispatch_at, answer_required,
       answer_due_days, ladder, is_primary, due_at, shard_key)
), g as (
  insert into ow_leg (plan_id, position, recipient_id, purpose, endpoint_id, endpoint_version, profile, prices,
                      dispatch_at, answer_required, answer_due_days, ladder)
  select p.id, position, recipient_id, purpose, endpoint_id, endpoint_version, profile, prices, dispatch_at,
         answer_required, answer_due_days,
         array(select jsonb_array_elements_text(ladder)::bigint)
  from p, legs
  returning id, plan_id, position
), d as (
  insert into ow_delivery (kind, leg_id, order_id, revision_id, endpoint_id, endpoint_version, "primary", shard_key,
                           state, due_at, fence, tries, failures, reason, duplicate, message_id)
  select 'order', g.id, o.id, r.id, legs.endpoint_id, legs.endpoint_version, legs.is_primary, legs.shard_key,
         'ready', legs.due_at, 0, 0, 0, '', false,
         left(%(r_sha256)s::text, 24) || '.' || legs.endpoint_id || '.' || g.plan_id
  from o, r, g join legs using (position)
), e as (
  insert into ow_event (at, kind, actor, order_id, order_number, subjects, data)
  select u.at, u.kind, u.actor, o.id, %(number)s,
         jsonb_strip_nulls(jsonb_build_object(
           'revision', case when u.revision then r.id::text end, 'plan', case when u.plan then p.id::text end)),
         u.data
  from o cross join r left join p on true,
       unnest(%(e_at)s::timestamptz[], %(e_kind)s::text[], %(e_actor)s::text[], %(e_data)s::jsonb[],
              %(e_revision)s::bool[], %(e_plan)s::bool[]) as u(at, kind, actor, data, revision, plan)
)
select o.id, r.id, pg_notify(%(channel_name)s, o.id::text) from o, r
"""


def new_order(rows: NewOrder, *, notify: str) -> tuple[int, int]:
    """Write all rows and tell open pages (`notify` is the channel); returns the ids of order and revision.

    Runs in the caller's transaction. Raises psycopg.errors.UniqueViolation for a number that is taken.
    """
    # Django's own cursor puts the values into the text, so the server would parse and plan it anew each time.
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(INSERT, _parameters(rows, notify), prepare=True)
        found = cursor.fetchone()
    assert found is not None
    return int(found[0]), int(found[1])


def _parameters(rows: NewOrder, notify: str) -> dict[str, Any]:
    given: dict[str, Any] = {name: rows.order[name] for name in ORDER_COLUMNS}
    given |= {f"r_{name}": rows.revision[name] for name in REVISION_COLUMNS}
    given["channel_name"] = notify
    for prefix, kind, items in (
        ("l", LineRow, rows.lines),
        ("a", ApprovalRow, rows.approvals),
        ("p", PlanRow, [rows.plan] if rows.plan else []),
        ("g", LegRow, rows.legs),
    ):
        for name in kind.__dataclass_fields__:
            given[f"{prefix}_{name}"] = [_value(getattr(item, name)) for item in items]
    given |= {
        "e_at": [e.at for e in rows.events],
        "e_kind": [e.kind for e in rows.events],
        "e_actor": [e.actor for e in rows.events],
        "e_data": [json.dumps(e.data) for e in rows.events],
        "e_revision": ["revision" in e.about for e in rows.events],
        "e_plan": ["plan" in e.about for e in rows.events],
    }
    return given


def _value(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | tuple) else value
