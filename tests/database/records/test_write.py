"""The hot path writes what the models say: no column forgotten, and every value as the ORM would have written it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.forms.models import model_to_dict

from orderwire.flow import approve
from orderwire.records import Approval, Delivery, Event, Leg, Order, OrderLine, Plan, Revision
from orderwire.records.write import INSERT
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db

WRITTEN = {
    table: frozenset(column.strip().strip('"') for column in columns.split(","))
    for table, columns in re.findall(r"insert into (\w+) \(([^)]+)\)", INSERT)
}
MODELS: dict[str, type[Model]] = {
    model._meta.db_table: model for model in (Order, Revision, OrderLine, Approval, Plan, Leg, Delivery, Event)
}


def forgotten() -> set[tuple[str, str]]:
    """Columns that must have a value and that neither the statement nor the database gives one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns where table_name = any(%s)"
            " and is_nullable = 'NO' and column_default is null and is_identity = 'NO'",
            [list(WRITTEN)],
        )
        return {(table, column) for table, column in cursor.fetchall() if column not in WRITTEN[table]}


def test_the_statement_writes_the_eight_tables_of_a_new_order() -> None:
    assert WRITTEN.keys() == MODELS.keys()


@pytest.mark.parametrize("table", sorted(MODELS))
def test_every_column_that_is_written_is_a_column_of_the_model(table: str) -> None:
    known = {field.column for field in MODELS[table]._meta.concrete_fields}
    assert WRITTEN[table] <= known


def test_every_column_that_needs_a_value_gets_one() -> None:
    assert forgotten() == set()


@pytest.mark.parametrize("table", sorted(MODELS))
def test_a_migration_that_adds_a_column_without_default_is_noticed(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"alter table {table} add column novel text not null")
    assert forgotten() == {(table, "novel")}


@pytest.fixture
def both(config: Path, tmp_path: Path) -> tuple[Order, Order]:
    """The same order, once written by the statement and once approved here and planned through the ORM."""
    rules = road.default("rules.yaml").replace("total: {min: EUR 50000}", "total: {min: EUR 30000}")
    (config / "rules.yaml").write_text(rules)
    road.supplier(tmp_path / "out", categories=["seals"])
    finance = factories.supplier("Finance", role="internal")
    type(finance).objects.filter(pk=finance.pk).update(number="finance")
    road.desk(finance, tmp_path / "finance", format="csv")
    lines = (
        factories.line("10", supplier_part="MG1/28", buyer_part="207", quantity=3000),
        factories.line("20", requested=None, price="17.123456789", price_basis="7"),
    )
    fast = road.approved(number="F-1", lines=lines)
    slow = road.waiting(factories.document("S-1", lines=lines))
    approve.grant(slow.pk, user=road.person("ines", "finance-leads"), sha256=road.sha256(slow))
    slow.refresh_from_db()
    return fast, slow


OWN = {"id", "order", "revision", "plan", "leg", "number", "message_id", "content", "sha256", "revision_sha256",
       "binding", "created_at", "changed_at", "recorded_at", "approved_at", "at", "due_at", "dispatch_at", "shard_key",
       "explanation", "order_number", "subjects", "source", "created_by", "actor"}  # fmt: skip
"""What differs by nature between two orders."""


def plain(row: Model) -> dict[str, Any]:
    """The values of a row, without what is each order's own."""
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in OWN}


def of(order: Order) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for model, where in (
        (OrderLine, {"revision__order": order}),
        (Plan, {"revision__order": order}),
        (Leg, {"plan__revision__order": order}),
        (Delivery, {"order": order}),
        (Revision, {"order": order}),
    ):
        yield model.__name__, [plain(row) for row in model._default_manager.filter(**where).order_by("pk")]


def test_both_ways_write_the_same_values(both: tuple[Order, Order]) -> None:
    fast, slow = (dict(of(order)) for order in both)
    assert [len(rows) for rows in fast.values()] == [2, 1, 2, 2, 1]
    assert fast == slow
    orders = [model_to_dict(order, exclude=OWN) for order in both]
    assert orders[0] == orders[1]


def test_both_ways_leave_nothing_empty_that_the_other_fills(both: tuple[Order, Order]) -> None:
    for model, where in ((Delivery, "order"), (Leg, "plan__revision__order"), (Plan, "revision__order")):
        fast, slow = (model._default_manager.filter(**{where: order}).first() for order in both)
        for field in model._meta.concrete_fields:
            given = getattr(fast, field.attname), getattr(slow, field.attname)
            assert type(given[0]) is type(given[1]), field.name


def test_what_the_statement_leaves_out_has_the_value_that_the_model_would_give(both: tuple[Order, Order]) -> None:
    rows: list[Model] = [both[0], both[0].revisions.get(), Delivery.objects.filter(order=both[0])[0]]
    for row in rows:
        fresh = type(row)()
        for field in row._meta.concrete_fields:
            timed = getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False)
            if field.column not in WRITTEN[row._meta.db_table] and not field.primary_key and not timed:
                assert getattr(row, field.attname) == getattr(fresh, field.attname), field.name


def test_a_later_version_is_written_as_the_first_was(both: tuple[Order, Order]) -> None:
    """The first version goes through the statement, later ones through the ORM: the rows are the same."""
    fast = both[0]
    content = road.Document.model_validate_json(bytes(fast.revisions.get().content))
    road.bring(content.model_copy(update={"revision": 2}))
    first, second = fast.revisions.order_by("number")
    assert [plain(line) for line in first.lines.order_by("position")] == [
        plain(line) for line in second.lines.order_by("position")
    ]
    granted = [plain(a) | {"approver": a.approver} for r in (first, second) for a in r.approvals.all()]
    assert granted[0] == granted[1]


def test_events_of_the_statement_name_their_revision_and_plan(both: tuple[Order, Order]) -> None:
    fast = both[0]
    revision, plan = fast.revisions.get(), Plan.objects.get(revision__order=fast)
    found = {e.kind: e.subjects for e in Event.objects.filter(order=fast)}
    assert found == {
        "order.created": {"revision": str(revision.pk)},
        "approval.external": {"revision": str(revision.pk)},
        "plan.made": {"revision": str(revision.pk), "plan": str(plan.pk)},
    }
