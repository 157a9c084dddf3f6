"""No state changes without an event of the same transaction."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from orderwire.flow import approve, distribute, hold, route
from orderwire.records import (
    Attempt,
    Delivery,
    Endpoint,
    Event,
    Order,
    Revision,
)
from orderwire.testing.smtp import MailServer, Rule
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import Serve, changed_address, claimed, drain, due, lapsed, mailbox, only

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def watched() -> Iterator[Callable[[], list[tuple[str, str, str]]]]:
    """Notes every change of state; gives those that no event of the same transaction tells of.

    That a worker took a delivery (ready → sending) is told by the attempt that follows.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            create table watched (kind text, id bigint, old text, new text, xid xid8 default pg_current_xact_id());
            create function watch() returns trigger language plpgsql as $$ begin
              insert into watched (kind, id, old, new) values (tg_argv[0], new.id, old.state, new.state); return null;
            end $$;
            create trigger watch after update of state on ow_order for each row
              when (old.state <> new.state) execute function watch('order');
            create trigger watch after update of state on ow_delivery for each row
              when (old.state <> new.state and new.state <> 'sending') execute function watch('delivery');
            """
        )
    try:
        yield untold
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "drop trigger watch on ow_order; drop trigger watch on ow_delivery;"
                "drop function watch; drop table watched"
            )


def untold() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select w.kind, w.old, w.new from watched w where not exists (
              select 1 from ow_event e where e.xid = w.xid
                and case w.kind when 'order' then e.order_id = w.id else e.subjects ->> 'delivery' = w.id::text end)
            """
        )
        return list(cursor.fetchall())


def test_every_transition_of_a_long_story_has_its_event(
    watched: Callable[[], list[tuple[str, str, str]]], serve: Serve, out: Path, tmp_path: Path, config: Path
) -> None:
    def for_mail(**fields: Any) -> Order:
        named = factories.document().supplier.model_copy(update={"name": "Mail"})
        return road.approved(supplier=named, **fields)

    with ExitStack() as stack:
        script = [
            Rule("taken", "cut", times=2), Rule("rcpt", "451 4.7.1 later", times=1),
            Rule("rcpt", "550 5.1.1 nobody", times=1),
        ]  # fmt: skip
        server = stack.enter_context(MailServer(tmp_path / "mail.jsonl", script=script))
        mailbox(server.port, factories.supplier("Mail"))
        for n in range(5):
            for_mail(number=f"M-{n}")
            drain()
        doubts = list(Delivery.objects.filter(state="in_doubt").order_by("pk"))
        distribute.settle_doubt(doubts[0].pk, arrived=True, actor="user:ines")
        distribute.settle_doubt(doubts[1].pk, arrived=False, actor="user:ines")
        due()
        drain()
        distribute.resend(Delivery.objects.get(state="failed").pk, actor="user:ines", reason="again")
        drain()
    ines = road.person("ines", "finance-leads")
    waits = road.waiting(factories.document("W-1"))
    approve.grant(waits.pk, user=ines, sha256=road.sha256(waits))
    no = road.waiting(factories.document("W-2"))
    approve.refuse(no.pk, user=ines, sha256=road.sha256(no), reason="Too dear")
    hold.hold(waits.pk, actor="user:ines", reason="x")
    hold.resume(waits.pk, actor="user:ines")
    drain()
    road.approved(number="W-1", revision=2)
    (tmp_path / "elsewhere").mkdir()
    changed_address(
        Endpoint.objects.get(partner__name="Tecnosellos", name__startswith="folder"), out=str(tmp_path / "elsewhere")
    )
    drain()
    route.replan(Order.objects.get(number="W-1").pk, actor="user:ines")
    died_here = road.approved(number="W-3")
    claimed(Endpoint.objects.get(pk=only(died_here).endpoint_id))
    lapsed()
    drain()
    assert {"accepted", "superseded"} <= set(Delivery.objects.values_list("state", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from watched")
        assert cursor.fetchone()[0] > 20
    assert watched() == []


def test_every_event_of_a_delivery_tells_of_a_state_it_really_had(out: Path) -> None:
    order = road.approved()
    drain()
    distribute.resend(only(order).pk, actor="user:ines", reason="again")
    drain()
    attempts = [e.subjects["attempt"] for e in Event.objects.filter(kind="delivery.attempted").order_by("pk")]
    assert attempts == [str(a.pk) for a in Attempt.objects.order_by("pk")]
    assert Revision.objects.get(pk=int(Event.objects.filter(kind="delivery.accepted")[0].subjects["revision"]))


def test_a_try_that_a_person_asked_for_says_so_and_the_next_one_does_not(out: Path) -> None:
    order = road.approved()
    drain()
    distribute.resend(only(order).pk, actor="user:ines", reason="They lost it")
    drain()
    assert list(only(order).attempts.order_by("number").values_list("trigger", flat=True)) == ["scheduled", "manual"]
    assert not only(order).by_hand
