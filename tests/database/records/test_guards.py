"""The database itself refuses what must not be: other arrows, changed history, approval of nothing."""

import datetime
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from orderwire.document.states import CancellationState, DeliveryState, OrderState
from orderwire.records import Approval, Cancellation, Delivery, Event, Leaf, Order, Revision, TreeHead
from orderwire.records.guards import APPEND_ONLY, TRANSITIONS
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db
STATES = {"ow_order": OrderState, "ow_delivery": DeliveryState, "ow_cancellation": CancellationState}
NOW = datetime.datetime.now(datetime.UTC)


@pytest.fixture
def order(config: Path, tmp_path: Path) -> Order:
    road.supplier(tmp_path / "out")
    return road.approved()


def run(statement: str, *values: Any) -> None:
    """One statement, and what would be checked at the end of its transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def rows_of(order: Order) -> dict[str, int]:
    """One row of each table with states."""
    asked = Cancellation.objects.create(
        order=order, revision=order.revisions.get(), number=1, scope="order", code="other", asked_by="user:ines",
        asked_at=NOW,
    )  # fmt: skip
    return {"ow_order": order.pk, "ow_delivery": Delivery.objects.get().pk, "ow_cancellation": asked.pk}


def arrows(table: str) -> Iterator[tuple[Any, Any]]:
    return itertools.permutations(STATES[table], 2)


@pytest.mark.parametrize("table", TRANSITIONS)
def test_every_arrow_of_the_table_is_possible_and_no_other(table: str, order: Order) -> None:
    row = rows_of(order)[table]
    for old, new in arrows(table):
        road.forge(table, f"update {table} set state = %s where id = %s", old.value, row)
        if new in TRANSITIONS[table][old]:
            run(f"update {table} set state = %s where id = %s", new.value, row)
        else:
            with pytest.raises(IntegrityError, match=f"there is no way from {old.value} to {new.value}"):
                run(f"update {table} set state = %s where id = %s", new.value, row)


@pytest.mark.parametrize("table", TRANSITIONS)
def test_the_triggers_in_the_database_are_those_of_the_state_tables(table: str) -> None:
    """A migration must run `install` again when a state table changes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_get_triggerdef(oid) from pg_trigger where tgname = 'transitions' and tgrelid = %s::regclass",
            [table],
        )
        ((definition,),) = cursor.fetchall()
    arrow = r"old\.state\)::text <> '(\w+)'::text\) OR \(\(new\.state\)::text <> '(\w+)'::text\)"
    found = set(re.findall(arrow, definition))
    assert found == {(old.value, new.value) for old, news in TRANSITIONS[table].items() for new in news}


@pytest.mark.parametrize("table", ["ow_order", "ow_delivery"])
def test_a_word_that_is_no_state_is_refused(table: str, order: Order) -> None:
    with pytest.raises(IntegrityError):
        run(f"update {table} set state = 'lost'")


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", ["update {} set {} = {}", "delete from {}"])
def test_history_is_written_once(table: str, change: str, order: Order) -> None:
    event = Event.objects.first()
    assert event is not None
    Leaf.objects.create(position=0, event=event, hash=b"x")
    TreeHead.objects.create(
        size=1, root=b"", frontier=b"", horizon=1, at=NOW, key_id="k", public_key=b"", signature=b""
    )
    factories.message()
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        assert cursor.fetchone()[0], "there must be a row to protect"
        cursor.execute("select attname from pg_attribute where attrelid = %s::regclass and attnum = 1", [table])
        column = cursor.fetchone()[0]
    with pytest.raises(IntegrityError, match=f"rows of {table} are written once"):
        run(change.format(table, column, column))


def test_an_order_cannot_be_approved_without_an_approval(config: Path, tmp_path: Path) -> None:
    road.supplier(tmp_path / "out")
    row = road.waiting()
    with pytest.raises(IntegrityError, match="version 1 has no approval of its content"):
        run("update ow_order set state = 'approved' where id = %s", row.pk)


def test_an_approved_order_cannot_be_inserted_from_nothing(order: Order) -> None:
    columns = [f.column for f in Order._meta.concrete_fields if f.column not in ("id", "number")]
    listed = ", ".join(columns)
    with pytest.raises(IntegrityError, match="order forged cannot be approved"):
        run(f"insert into ow_order (number, {listed}) select 'forged', {listed} from ow_order")


def test_an_approved_order_cannot_take_another_version_without_its_approval(order: Order) -> None:
    with pytest.raises(IntegrityError, match="version 7 has no approval"):
        run("update ow_order set revision = 7 where id = %s", order.pk)


@pytest.mark.parametrize("wrong", ["sha256", "decision", "revision"])
def test_an_approval_of_other_content_a_no_and_a_yes_to_another_version_do_not_help(
    wrong: str, config: Path, tmp_path: Path
) -> None:
    road.supplier(tmp_path / "out")
    row, other = road.waiting(), road.waiting(factories.document("OTHER"))
    revision = Revision.objects.get(order=other if wrong == "revision" else row)
    Approval.objects.create(
        revision=revision,
        revision_sha256="0" * 64 if wrong == "sha256" else revision.sha256,
        decision="refused" if wrong == "decision" else "granted",
        approver="Mallory",
        approved_at=NOW,
    )
    with pytest.raises(IntegrityError, match="has no approval of its content"):
        run("update ow_order set state = 'approved' where id = %s", row.pk)


def test_two_orders_never_share_a_number_and_two_versions_never_one_place(order: Order) -> None:
    with pytest.raises(IntegrityError, match="ow_revision_number"):
        run(
            "insert into ow_revision (order_id, number, content, sha256, currency, total, created_by, created_at)"
            " select order_id, number, content, sha256, currency, total, created_by, created_at from ow_revision"
        )
