"""What the database itself enforces, as SQL made from the state tables: append-only tables, allowed transitions,
and that nothing is approved without an approval of exactly that content. Migrations run `install`."""

from collections.abc import Mapping
from typing import Any

from orderwire.document.states import CANCELLATION_TRANSITIONS, DELIVERY_TRANSITIONS, ORDER_TRANSITIONS

APPEND_ONLY = ("ow_event", "ow_leaf", "ow_tree_head", "ow_revision", "ow_order_line", "ow_approval", "ow_blob",
               "ow_plan", "ow_leg", "ow_endpoint_version", "ow_rule_set_version")  # fmt: skip
"""Rows of these tables are written once."""

TRANSITIONS: dict[str, Mapping[Any, frozenset[Any]]] = {
    "ow_order": ORDER_TRANSITIONS,
    "ow_delivery": DELIVERY_TRANSITIONS,
    "ow_cancellation": CANCELLATION_TRANSITIONS,
}

XID = """
alter table ow_event add column xid xid8 not null default pg_current_xact_id();
create index ow_event_xid on ow_event (xid);
"""
"""The writing transaction of an event; the sealer's order depends on it. Run once."""

FUNCTIONS = """
create or replace function ow_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are written once: add a new one instead', tg_table_name using errcode = '23514';
end $$;

create or replace function ow_no_such_arrow() returns trigger language plpgsql as $$
begin
  raise exception '%: there is no way from % to %', tg_table_name, old.state, new.state using errcode = '23514';
end $$;

create or replace function ow_needs_approval() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from ow_revision r join ow_approval a
                   on a.revision_id = r.id and a.revision_sha256 = r.sha256 and a.decision = 'granted'
                 where r.order_id = new.id and r.number = new.revision) then
    raise exception 'order % cannot be approved: version % has no approval of its content', new.number, new.revision
      using errcode = '23514';
  end if;
  return null;
end $$;

drop trigger if exists needs_approval on ow_order;
create constraint trigger needs_approval after insert or update of state, revision on ow_order
  deferrable initially deferred for each row when (new.state = 'approved') execute function ow_needs_approval();
"""


def install(*, without: tuple[str, ...] = ()) -> str:
    """SQL that (re)creates every guard; a migration runs it again whenever a state table changes. `without` are tables
    that a later migration makes."""
    parts = [FUNCTIONS]
    for table in APPEND_ONLY:
        parts.append(
            f"drop trigger if exists append_only on {table};\n"
            f"create trigger append_only before update or delete on {table} "
            f"for each row execute function ow_append_only();"
        )
    for table, arrows in TRANSITIONS.items():
        if table in without:
            continue
        pairs = ", ".join(f"('{old}', '{new}')" for old, news in arrows.items() for new in sorted(news))
        parts.append(
            f"drop trigger if exists transitions on {table};\n"
            f"create trigger transitions before update of state on {table} for each row "
            f"when (old.state <> new.state and (old.state, new.state) not in ({pairs})) "
            f"execute function ow_no_such_arrow();"
        )
    return "\n".join(parts)
