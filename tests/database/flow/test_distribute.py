"""What is due leaves once, in its order, as it was approved; and whatever goes wrong is written down and settled."""

import dataclasses
import datetime
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from orderwire import channels, engine, plugins
from orderwire.document.states import DeliveryState
from orderwire.flow import Refused, approve, distribute, hold, route
from orderwire.flow.distribute import health, parcels
from orderwire.flow.distribute.claim import claim
from orderwire.flow.distribute.claimed import Claimed, Place
from orderwire.flow.distribute.result import Outcome, Result, record
from orderwire.formats import ReadDocument, ReadResult
from orderwire.records import (
    Attempt,
    Delivery,
    Drain,
    Endpoint,
    EndpointVersion,
    Event,
    Order,
    Partner,
    Revision,
    Timer,
)
from orderwire.testing.smtp import MailServer, Rule
from tests.database import factories
from tests.database.flow import road

draining = import_module("orderwire.flow.distribute.drain")
"""The module; the package gives its one verb that name."""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _configured(config: Path) -> None:
    """A policy that trusts the source, in a folder of this test."""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The folder of the one supplier that there is."""
    road.supplier(tmp_path / "out")
    return tmp_path / "out"


Serve = Callable[..., MailServer]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """`serve(Rule(…), …)` starts a mail server and a supplier that receives our JSON there."""
    with ExitStack() as stack:

        def start(*script: Rule, **mail: Any) -> MailServer:
            server = stack.enter_context(MailServer(tmp_path / "journal.jsonl", script=script))
            mailbox(server.port, **mail)
            return server

        yield start


def mailbox(port: int, partner: Partner | None = None, **mail: Any) -> Endpoint:
    given = {"host": "127.0.0.1", "port": port, "security": "none", "from_address": "orders@buyer.example",
             "recipients": ["sales@supplier.example"], "timeout": 5, "final_timeout": 5}  # fmt: skip
    return factories.endpoint(partner or factories.supplier(), channel="email", format="order_json", **given | mail)


def drain(endpoint: Endpoint | None = None) -> None:
    """Every shard of one endpoint, or of all."""
    for each in [endpoint] if endpoint else Endpoint.objects.order_by("pk"):
        for shard in range(each.max_parallel):
            distribute.drain(each.pk, shard)


def due(order: Order | None = None) -> None:
    """The clock has gone on: what waits for another try is due."""
    found = Delivery.objects.filter(state="retry", due_at__isnull=False)
    (found.filter(order=order) if order else found).update(due_at=timezone.now() - datetime.timedelta(seconds=1))


def orders_in(folder: Path) -> list[tuple[str, int]]:
    """Number and version of every order in a folder."""
    found = [json.loads(path.read_text())["order"] for path in sorted(folder.iterdir()) if path.name[0] != "."]
    return sorted((o["number"], o.get("revision", 1)) for o in found)


def place(endpoint: Endpoint | None = None) -> Place:
    version = health.ready((endpoint or Endpoint.objects.get()).pk)
    assert version is not None
    return Place.of(version)


def claimed(endpoint: Endpoint | None = None) -> list[Claimed]:
    """What a worker would take from all shards."""
    where = place(endpoint)
    return [c for shard in range(where.shards) for c in claim(where, shard)]


def lapsed() -> None:
    """The leases of a dead worker have run out."""
    Delivery.objects.filter(state="sending").update(due_at=timezone.now() - datetime.timedelta(seconds=1))


def only(order: Order) -> Delivery:
    return Delivery.objects.get(order=order)


def changed_address(endpoint: Endpoint, **config: Any) -> None:
    old = endpoint.current
    EndpointVersion.objects.create(
        endpoint=endpoint, number=2, channel=old.channel, format=old.format, config={**old.config, **config}
    )
    Endpoint.objects.filter(pk=endpoint.pk).update(version=2)


# ── what leaves ──────────────────────────────────────────────────────────────


def test_an_approved_order_is_in_the_folder_whole_and_its_answer_is_awaited(out: Path) -> None:
    order = road.approved()
    drain()
    order.refresh_from_db()
    delivery = only(order)
    assert orders_in(out) == [("4500071791", 1)]
    assert (delivery.state, order.delivery_state, order.answer_state) == ("accepted", "accepted", "waiting")
    assert delivery.accepted_at is not None and delivery.due_at is None
    assert Timer.objects.get().due_at == order.answer_due_at
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.number) == ("accepted", 1)
    assert attempt.started_at and attempt.finished_at
    assert road.kinds(order)[-2:] == ["delivery.attempted", "delivery.accepted"]
    said = Event.objects.get(kind="delivery.attempted").data
    assert (said["message_id"], said["sha256"]) == (delivery.message_id, attempt.payload_sha256)


def test_an_approved_order_is_mailed_with_a_link_and_the_mail_is_kept_sealed(serve: Serve) -> None:
    server = serve()
    order = road.approved()
    drain()
    (mail,) = server.messages()
    delivery = only(order)
    assert delivery.state == "accepted"
    assert delivery.message_id in mail.message_id
    assert Attempt.objects.get().sent_sha256 == mail.sha256 or Attempt.objects.get().sent_sha256
    assert b"orders@buyer.example" in mail.raw


def test_the_oldest_goes_first_and_every_order_keeps_its_shard(out: Path) -> None:
    rows = [road.approved(number=f"N-{n}") for n in range(12)]
    for n, row in enumerate(reversed(rows)):
        Delivery.objects.filter(order=row).update(due_at=timezone.now() - datetime.timedelta(minutes=100 - n))
    where = place()
    seen: list[int] = []
    for shard in range(where.shards):
        expected = [
            d.pk
            for d in Delivery.objects.order_by("due_at", "pk")
            if route.shard_key(d.order.number) % where.shards == shard  # type: ignore[union-attr]
        ]
        taken = claim(where, shard)
        assert [c.id for c in taken] == sorted(expected)
        seen += expected
    assert sorted(seen) == sorted(Delivery.objects.values_list("pk", flat=True)), "no shard is forgotten, none twice"


def test_a_batch_is_the_oldest_that_are_due(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Endpoint.objects.update(max_parallel=1)
    rows = [road.approved(number=f"N-{n}") for n in range(5)]
    for n, row in enumerate(reversed(rows)):
        Delivery.objects.filter(order=row).update(due_at=timezone.now() - datetime.timedelta(minutes=100 - n))
    monkeypatch.setattr(type(place().channel), "batch", 2)
    assert {c.order_number for c in claimed()} == {"N-4", "N-3"}
    assert {c.order_number for c in claimed()} == {"N-2", "N-1"}


def test_what_one_worker_has_no_other_takes(out: Path) -> None:
    for n in range(6):
        road.approved(number=f"N-{n}")
    assert len(claimed()) == 6
    assert claimed() == []


def test_two_deliveries_of_one_order_to_one_place_never_travel_together(out: Path) -> None:
    """The second waits until the first is through, in whatever order they are due."""
    order = road.approved()
    first = only(order)
    leg = first.leg
    assert leg is not None
    leg.pk, leg.position = None, 2
    leg.save()
    second = Delivery.objects.create(
        leg=leg, order=order, revision=first.revision, endpoint=first.endpoint, endpoint_version=1,
        shard_key=first.shard_key, due_at=first.due_at - datetime.timedelta(hours=1), message_id="second",
    )  # fmt: skip
    (one,) = claimed()
    assert one.id == first.pk
    assert claimed() == []
    record("folder", [Result(one, Outcome.ACCEPTED, "done", state=DeliveryState.ACCEPTED)])
    assert [c.id for c in claimed()] == [second.pk]


def test_nothing_leaves_of_an_order_on_hold_until_it_goes_on(out: Path) -> None:
    order = road.approved()
    hold.hold(order.pk, actor="user:ines", reason="Price talks")
    drain()
    assert orders_in(out) == []
    hold.resume(order.pk, actor="user:ines")
    drain()
    assert orders_in(out) == [("4500071791", 1)]


def test_nothing_leaves_before_its_time(out: Path, config: Path) -> None:
    rules = road.default("rules.yaml").replace(
        "        fallback: next\n", "        fallback: next\n        delay: 2 h\n"
    )
    (config / "rules.yaml").write_text(rules)
    order = road.approved()
    drain()
    assert orders_in(out) == []
    hold.hold(order.pk, actor="user:ines", reason="x")
    hold.resume(order.pk, actor="user:ines")
    drain()
    assert orders_in(out) == [], "a hold does not make it earlier"


# ── our own checks ───────────────────────────────────────────────────────────


def test_a_file_that_does_not_read_back_as_the_order_is_held(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fmt = plugins.format("order_json")
    true_read = type(fmt).read

    def one_cent_less(self: Any, content: bytes, profile: Any) -> ReadResult:
        result = true_read(self, content, profile)
        (read,) = result.documents
        wrong = read.document.model_copy(update={"currency": "USD"})  # type: ignore[union-attr]
        return dataclasses.replace(result, documents=(dataclasses.replace(read, document=wrong),))

    monkeypatch.setattr(type(fmt), "read", one_cent_less)
    order = road.approved()
    drain()
    order.refresh_from_db()
    delivery = only(order)
    assert (delivery.state, order.delivery_state, orders_in(out)) == ("held", "held", [])
    assert "does not read back as the order, so it was not sent" in delivery.reason
    assert road.kinds(order)[-1] == "delivery.held"
    assert not Attempt.objects.exists()

    monkeypatch.undo()
    distribute.resend(delivery.pk, actor="user:ines", reason="Format mended")
    drain()
    assert orders_in(out) == [("4500071791", 1)]


def test_a_document_that_reads_as_two_is_held_too(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fmt = plugins.format("order_json")
    true_read = type(fmt).read

    def twice(self: Any, content: bytes, profile: Any) -> ReadResult:
        found: tuple[ReadDocument, ...] = true_read(self, content, profile).documents
        return ReadResult("order_json", found * 2)

    monkeypatch.setattr(type(fmt), "read", twice)
    assert (drain(), road.states(road.approved()))[1] == ["ready"]
    drain()
    assert Delivery.objects.get().state == "held"


@pytest.mark.parametrize("when", ["before the first try", "between two tries", "before a resend"])
def test_an_address_that_changed_after_the_plan_stops_the_send(when: str, out: Path, tmp_path: Path) -> None:
    order = road.approved()
    endpoint = Endpoint.objects.get()
    if when == "between two tries":
        out.rename(tmp_path / "away")
        drain()
        assert only(order).state == "retry"
        (tmp_path / "away").rename(out)
        due()
    if when == "before a resend":
        drain()
        distribute.resend(only(order).pk, actor="user:ines", reason="They lost it")
    (tmp_path / "elsewhere").mkdir()
    changed_address(endpoint, out=str(tmp_path / "elsewhere"))
    drain()
    delivery = only(order)
    assert (delivery.state, orders_in(tmp_path / "elsewhere")) == ("held", [])
    assert "address changed after the plan was made (version 1 is now 2). Plan the order again" in delivery.reason

    route.replan(order.pk, actor="user:ines")
    drain()
    assert orders_in(tmp_path / "elsewhere") == [("4500071791", 1)]


def test_a_new_plan_sends_nothing_again_to_who_has_it(out: Path, tmp_path: Path, config: Path) -> None:
    finance = Partner.objects.create(number="finance", name="Finance", role="internal")
    road.desk(finance, tmp_path / "finance")
    supplier_desk = Endpoint.objects.get(partner__role="supplier")
    dear = (factories.line("10", quantity=5000, price=12),)
    order = road.approved(lines=dear)
    drain(Endpoint.objects.get(partner=finance))
    (tmp_path / "elsewhere").mkdir()
    changed_address(supplier_desk, out=str(tmp_path / "elsewhere"))
    drain()
    assert road.states(order) == ["held", "accepted"]
    route.replan(order.pk, actor="user:ines")
    drain()
    assert road.states(order) == ["superseded", "accepted", "accepted"]
    assert (len(orders_in(tmp_path / "finance")), len(orders_in(tmp_path / "elsewhere"))) == (1, 1)
    with pytest.raises(Refused, match="sent already"):
        route.replan(order.pk, actor="user:ines")


def test_content_changed_in_the_database_does_not_leave(out: Path) -> None:
    order = road.approved()
    with transaction.atomic():
        road.forge(
            "ow_revision", "update ow_revision set content = replace(encode(content, 'escape'), '12.5', '21.5')::bytea"
        )
    drain()
    assert orders_in(out) == []
    assert "not what was approved: its fingerprint differs" in only(order).reason


def test_an_approval_that_is_gone_stops_the_send(out: Path) -> None:
    order = road.approved()
    with transaction.atomic():
        road.forge("ow_approval", "delete from ow_approval")
    drain()
    assert (only(order).state, orders_in(out)) == ("held", [])
    assert "no approval of exactly this content" in only(order).reason


def test_a_fault_of_ours_while_making_one_document_does_not_stop_its_neighbors(
    out: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fmt = plugins.format("order_json")
    true_write = type(fmt).write

    def fragile(self: Any, document: Any, *rest: Any) -> Any:
        if document.number == "N-1":
            raise RuntimeError("division by zero somewhere")
        return true_write(self, document, *rest)

    monkeypatch.setattr(type(fmt), "write", fragile)
    rows = [road.approved(number=f"N-{n}") for n in range(4)]
    drain()
    assert [only(row).state for row in rows] == ["accepted", "held", "accepted", "accepted"]
    assert "fault of ours" in only(rows[1]).reason
    assert "could not be made" in caplog.text


def test_a_document_that_kills_its_maker_three_times_is_held_and_its_neighbors_go(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fmt = plugins.format("order_json")
    true_write = type(fmt).write

    def deadly(self: Any, document: Any, *rest: Any) -> Any:
        if document.number == "POISON":
            raise KeyboardInterrupt("the process ends here")
        return true_write(self, document, *rest)

    monkeypatch.setattr(type(fmt), "write", deadly)
    Endpoint.objects.update(max_parallel=1)
    poison, good = road.approved(number="POISON"), road.approved(number="GOOD")
    for _ in range(4):
        with pytest.raises(KeyboardInterrupt):
            drain()
        lapsed()
    drain()
    assert (only(poison).state, only(good).state) == ("held", "accepted")
    assert "Making its document stopped the sender 3 times" in only(poison).reason


# ── what the other side says ─────────────────────────────────────────────────


def test_an_absent_folder_is_tried_again_by_the_schedule_until_a_person_must_act(out: Path) -> None:
    out.rmdir()
    version = EndpointVersion.objects.get()
    with transaction.atomic():
        road.forge(
            "ow_endpoint_version", "update ow_endpoint_version set retry = '{60, 600}' where id = %s", version.pk
        )
    order = road.approved()
    waits = []
    for _ in range(2):
        drain()
        delivery = only(order)
        assert delivery.state == "retry" and delivery.due_at is not None
        waits.append((delivery.due_at - timezone.now()).total_seconds())
        due()
        Endpoint.objects.update(paused_until=None)
    assert 45 < waits[0] < 75 and 470 < waits[1] < 725
    drain()
    order.refresh_from_db()
    assert (only(order).state, order.delivery_state) == ("failed", "failed")
    assert "is not there. Create or mount it Given up after 3 tries." in only(order).reason
    assert road.kinds(order)[-6:] == [
        "delivery.attempted", "delivery.retry", "delivery.attempted", "delivery.retry", "delivery.attempted",
        "delivery.failed",
    ]  # fmt: skip
    assert [a.outcome for a in Attempt.objects.order_by("pk")] == ["unavailable"] * 3


def test_a_recipient_that_the_server_does_not_know_is_a_failure_for_a_person(serve: Serve) -> None:
    serve(Rule("rcpt", "550 5.1.1 no such user"))
    order = road.approved()
    drain()
    order.refresh_from_db()
    delivery = only(order)
    assert (delivery.state, order.delivery_state, order.answer_state) == ("failed", "failed", "not_asked")
    assert "no such user" in delivery.reason
    assert Attempt.objects.get().outcome == "refused"
    assert Event.objects.get(kind="delivery.failed").data["code"]


def test_a_greylisting_server_gets_the_same_mail_later(serve: Serve) -> None:
    server = serve(Rule("rcpt", "451 4.7.1 later", times=1))
    order = road.approved()
    drain()
    assert (only(order).state, only(order).failures) == ("retry", 1)
    first = only(order).parcel
    due()
    drain()
    assert only(order).state == "accepted"
    assert len(server.messages()) == 1
    assert only(order).parcel == first, "made once, sent as it was"
    assert not only(order).duplicate


def test_a_mail_whose_fate_is_unknown_is_in_doubt_and_never_sent_again_by_itself(serve: Serve) -> None:
    server = serve(Rule("taken", "cut", times=1))
    order = road.approved()
    drain()
    order.refresh_from_db()
    assert (only(order).state, order.delivery_state, order.answer_state) == ("in_doubt", "in_doubt", "not_asked")
    assert Attempt.objects.get().outcome == "unknown"
    due()
    lapsed()
    drain()
    assert len(server.messages()) == 1


def test_a_doubt_ends_when_somebody_says_it_arrived_and_the_answer_is_awaited(serve: Serve) -> None:
    server = serve(Rule("taken", "cut", times=1))
    order = road.approved()
    drain()
    settled = distribute.settle_doubt(only(order).pk, arrived=True, actor="user:ines", reason="Marta called")
    order.refresh_from_db()
    assert (settled.state, order.delivery_state, order.answer_state) == ("accepted", "accepted", "waiting")
    assert order.answer_due_at is not None and Timer.objects.get().due_at == order.answer_due_at
    assert road.kinds(order)[-2:] == ["delivery.in_doubt", "delivery.settled"]
    drain()
    assert len(server.messages()) == 1
    with pytest.raises(Refused, match="no doubt to settle"):
        distribute.settle_doubt(settled.pk, arrived=False, actor="user:ines")


def test_a_doubt_may_be_settled_by_sending_again_marked_and_with_the_same_id(serve: Serve) -> None:
    server = serve(Rule("taken", "cut", times=1))
    order = road.approved()
    drain()
    distribute.settle_doubt(only(order).pk, arrived=False, actor="user:ines")
    drain()
    first, second = server.messages()
    assert first.message_id == second.message_id
    assert (only(order).state, only(order).duplicate) == ("accepted", True)
    assert first.raw != second.raw, "the second says that it may be one too many"


def test_sending_again_keeps_the_id_and_the_bytes_and_marks_the_copy(serve: Serve) -> None:
    server = serve()
    order = road.approved()
    drain()
    before = only(order).parcel
    distribute.resend(only(order).pk, actor="user:ines", reason="They lost it")
    assert road.kinds(order)[-1] == "delivery.resent"
    with pytest.raises(Refused, match="on its way already"):
        distribute.resend(only(order).pk, actor="user:ines", reason="again")
    drain()
    first, second = server.messages()
    assert (first.message_id, only(order).parcel) == (second.message_id, before)
    assert (only(order).state, only(order).duplicate, only(order).tries) == ("accepted", True, 2)


def test_sending_again_after_a_refusal_is_no_duplicate(serve: Serve) -> None:
    server = serve(Rule("rcpt", "550 5.1.1 no such user", times=1))
    order = road.approved()
    drain()
    distribute.resend(only(order).pk, actor="user:ines", reason="They made the mailbox")
    drain()
    assert len(server.messages()) == 1
    assert not only(order).duplicate


def test_the_same_file_again_into_a_folder_is_there_once(out: Path) -> None:
    order = road.approved()
    drain()
    distribute.resend(only(order).pk, actor="user:ines", reason="They lost it")
    drain()
    assert orders_in(out) == [("4500071791", 1)]


@pytest.mark.parametrize("state", ["hold", "newer version", "replaced"])
def test_what_must_not_leave_is_not_sent_again_either(state: str, out: Path) -> None:
    order = road.approved()
    if state != "replaced":
        drain()
    old = only(order)
    if state == "hold":
        hold.hold(order.pk, actor="user:ines", reason="x")
    else:
        road.approved(revision=2)
    with pytest.raises(Refused, match=r"not approved now|newer version|not to be sent any more"):
        distribute.resend(old.pk, actor="user:ines", reason="please")


def test_a_delivery_that_is_not_there_is_not_found() -> None:
    for verb in (distribute.resend, lambda pk, **how: distribute.settle_doubt(pk, arrived=True, actor=how["actor"])):
        with pytest.raises(Refused) as refused:
            verb(404, actor="user:ines", reason="x")  # type: ignore[operator]
        assert refused.value.kind == "not_found"


def test_a_channel_with_a_fault_of_its_own_leaves_a_doubt_only_where_a_copy_would_hurt(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from orderwire.channels.email.session import MailSession
    from orderwire.channels.folder.outbox import Outbox

    def broken(self: Any, parcel: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(MailSession, "send", broken)
    monkeypatch.setattr(Outbox, "send", broken)
    serve()
    road.supplier(tmp_path / "out", "Other")
    mailed = road.approved()
    filed = road.approved(number="F-1", supplier=factories.document().supplier.model_copy(update={"name": "Other"}))
    drain()
    assert (only(mailed).state, only(filed).state) == ("in_doubt", "retry")
    assert "fault of ours" in only(mailed).reason
    assert caplog.text.count("failed on delivery") == 2


# ── workers that die ─────────────────────────────────────────────────────────


def made(where: Place, ours: list[Claimed]) -> list[tuple[Claimed, channels.Parcel]]:
    """The parcels of what was claimed."""
    batch, held = parcels.parcels(where, ours)
    assert not held
    return batch


def died(*, started: bool) -> None:
    """A worker took everything due, wrote its attempts and died before, or after, the first byte."""
    where = place()
    draining._intended(where, made(where, claimed()))
    Attempt.objects.update(started_at=timezone.now() if started else None)
    lapsed()


def test_a_worker_that_died_before_the_first_byte_leaves_no_doubt(serve: Serve) -> None:
    server = serve()
    order = road.approved()
    died(started=False)
    drain()
    assert (only(order).state, only(order).duplicate, len(server.messages())) == ("accepted", False, 1)
    assert [a.outcome for a in Attempt.objects.order_by("pk")] == ["not_started", "accepted"]


def test_a_worker_that_died_in_the_middle_of_a_mail_leaves_a_doubt(serve: Serve) -> None:
    server = serve()
    order = road.approved()
    died(started=True)
    drain()
    assert (only(order).state, len(server.messages())) == ("in_doubt", 0)
    assert Attempt.objects.get().outcome == "unknown"


def test_where_the_operator_prefers_it_a_mail_in_doubt_goes_out_marked(serve: Serve, settings: Any) -> None:
    settings.ORDERWIRE_EMAIL_IN_DOUBT = "resend"
    server = serve()
    order = road.approved()
    died(started=True)
    drain()
    assert (only(order).state, only(order).duplicate, len(server.messages())) == ("accepted", True, 1)


def test_a_worker_that_died_while_writing_files_is_followed_by_one_that_writes_them(out: Path) -> None:
    order = road.approved()
    died(started=True)
    drain()
    assert (only(order).state, orders_in(out)) == ("accepted", [("4500071791", 1)])


def test_a_worker_that_wakes_up_after_its_lease_changes_nothing(out: Path) -> None:
    order = road.approved()
    (late,) = claimed()
    lapsed()
    drain()
    before = only(order)
    late.attempt_id = 0
    record("folder", [Result(late, Outcome.REFUSED, "too late", state=DeliveryState.FAILED)])
    assert (only(order).state, only(order).changed_at) == ("accepted", before.changed_at)
    assert "delivery.failed" not in road.kinds(order)


def test_a_worker_without_lease_does_not_start_to_send(out: Path) -> None:
    order = road.approved()
    (late,) = claimed()
    late.lease_ends = 0.0
    where = place()
    batch = draining._intended(where, made(where, [late]))
    with where.channel.open(where.config) as session:
        draining._send_together(where, session, batch)
    assert (only(order).state, orders_in(out)) == ("ready", [])
    assert Attempt.objects.get().outcome == "not_started"


def test_an_answer_that_comes_while_we_still_send_is_not_taken_back(out: Path) -> None:
    order = road.approved()
    (ours,) = claimed()
    Delivery.objects.update(state="answered", due_at=None)
    receipt = channels.Receipt(channels.Proof.HANDED_OVER, "written")
    record("folder", [Result(ours, Outcome.ACCEPTED, "written", state=DeliveryState.ACCEPTED, receipt=receipt)])
    order.refresh_from_db()
    assert (only(order).state, order.delivery_state) == ("answered", "answered")


# ── versions ─────────────────────────────────────────────────────────────────


def test_a_version_that_waits_for_another_try_is_replaced_and_never_sent(out: Path, tmp_path: Path) -> None:
    out.rename(tmp_path / "away")
    order = road.approved()
    drain()
    assert road.states(order) == ["retry"]
    road.approved(revision=2)
    (tmp_path / "away").rename(out)
    Endpoint.objects.update(paused_until=None)
    due()
    drain()
    assert (road.states(order), orders_in(out)) == (["superseded", "accepted"], [("4500071791", 2)])


def test_a_version_that_is_being_sent_when_the_next_is_planned_is_not_tried_again(out: Path) -> None:
    order = road.approved()
    (old,) = claimed()
    road.approved(revision=2)
    again = Result(
        old, Outcome.UNAVAILABLE, "folder away", state=DeliveryState.RETRY, due_at=timezone.now(), failures=1
    )
    record("folder", [again])
    drain()
    assert (road.states(order), orders_in(out)) == (["superseded", "accepted"], [("4500071791", 2)])
    assert road.kinds(order).count("delivery.superseded") == 1
    order.refresh_from_db()
    assert order.delivery_state == "accepted"


def test_a_version_that_is_made_ready_when_the_next_is_planned_does_not_start(out: Path) -> None:
    order = road.approved()
    (old,) = claimed()
    where = place()
    batch = made(where, [old])
    road.approved(revision=2)
    assert draining._intended(where, batch) == []
    drain()
    assert (road.states(order), orders_in(out)) == (["superseded", "accepted"], [("4500071791", 2)])


@pytest.mark.parametrize("started", [False, True])
def test_a_dead_workers_version_is_not_sent_after_the_next_was_planned(started: bool, out: Path) -> None:
    order = road.approved()
    died(started=started)
    road.approved(revision=2)
    lapsed()
    drain()
    drain()
    assert (road.states(order), orders_in(out)) == (["superseded", "accepted"], [("4500071791", 2)])
    assert Attempt.objects.order_by("pk")[0].outcome == ("unknown" if started else "not_started")


def test_an_order_that_is_stopped_while_its_document_is_made_does_not_start(out: Path) -> None:
    order = road.approved()
    (ours,) = claimed()
    where = place()
    batch = made(where, [ours])
    hold.hold(order.pk, actor="user:ines", reason="Stop!")
    assert draining._intended(where, batch) == []
    assert not Attempt.objects.exists()
    drain()
    assert (road.states(order), orders_in(out)) == (["ready"], [])
    hold.resume(order.pk, actor="user:ines")
    drain()
    assert orders_in(out) == [("4500071791", 1)]


# ── endpoints ────────────────────────────────────────────────────────────────


def test_three_failed_connections_open_the_breaker_and_the_next_good_one_closes_it(out: Path) -> None:
    out.rmdir()
    orders = [road.approved(number=f"N-{n}") for n in range(3)]
    for n in range(3):
        Delivery.objects.exclude(order=orders[n]).filter(state="ready").update(due_at=None)
        Delivery.objects.filter(order=orders[n]).update(due_at=timezone.now())
        drain()
    endpoint = Endpoint.objects.get()
    assert endpoint.failures == 3
    assert endpoint.paused_until is not None
    assert 5 < (endpoint.paused_until - timezone.now()).total_seconds() <= 15
    assert "is not there" in endpoint.pause_reason
    assert road.kinds().count("endpoint.paused") == 1
    due()
    drain()
    assert Attempt.objects.count() == 3, "nothing is tried while the endpoint rests"

    out.mkdir()
    Endpoint.objects.update(paused_until=timezone.now() - datetime.timedelta(seconds=1))
    drain()
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.paused_until, endpoint.pause_reason) == (0, None, "")
    assert endpoint.last_success_at is not None
    assert road.kinds().count("endpoint.resumed") == 1
    assert len(orders_in(out)) == 3


def test_a_rest_doubles_to_a_quarter_of_an_hour_and_a_persons_pause_is_never_shortened(out: Path) -> None:
    endpoint = Endpoint.objects.get()
    rests = []
    for _ in range(12):
        health.missed(endpoint.pk, "away")
        endpoint.refresh_from_db()
        rests.append(endpoint.paused_until and round((endpoint.paused_until - timezone.now()).total_seconds()))
    assert rests == [None, None, 15, 30, 60, 120, 240, 480, 900, 900, 900, 900]
    distribute.pause(endpoint.pk, actor="user:ines", reason="They move house")
    health.missed(endpoint.pk, "away")
    health.reached(endpoint.pk)
    endpoint.refresh_from_db()
    assert endpoint.paused_until == health.FOREVER


def test_a_paused_endpoint_gets_nothing_until_it_is_resumed(out: Path) -> None:
    endpoint = Endpoint.objects.get()
    distribute.pause(endpoint.pk, actor="user:ines", reason="They move house")
    road.approved()
    distribute.sweep()
    drain()
    assert (orders_in(out), Drain.objects.count()) == ([], 0)
    distribute.resume_endpoint(endpoint.pk, actor="user:ines")
    drain()
    assert len(orders_in(out)) == 1
    assert [k for k in road.kinds() if k.startswith("endpoint")] == ["endpoint.paused", "endpoint.resumed"]


def test_settings_that_the_channel_cannot_use_pause_the_endpoint_with_the_reason(out: Path) -> None:
    endpoint = Endpoint.objects.get()
    order = road.approved()
    with transaction.atomic():
        road.forge("ow_endpoint_version", "update ow_endpoint_version set config = '{\"out\": 7}'")
    drain()
    endpoint.refresh_from_db()
    assert endpoint.paused_until == health.FOREVER
    assert "settings cannot be used: out:" in endpoint.pause_reason
    assert road.states(order) == ["ready"]


def test_one_dead_partner_does_not_keep_another_waiting(out: Path, tmp_path: Path) -> None:
    road.supplier(tmp_path / "other", "Other")
    dead = [road.approved(number=f"N-{n}") for n in range(3)]
    alive = road.approved(number="A", supplier=factories.document().supplier.model_copy(update={"name": "Other"}))
    out.rmdir()
    drain()
    assert {only(row).state for row in dead} == {"retry"}
    assert only(alive).state == "accepted"


def test_a_997_is_delivered_like_anything_else(out: Path) -> None:
    from orderwire.records.blob import keep

    endpoint = Endpoint.objects.get()
    file = {"filename": "997.edi", "media_type": "application/edi-x12", "sha256": keep(b"ISA*997~")}
    ack = Delivery.objects.create(
        kind="functional_ack", endpoint=endpoint, endpoint_version=1, shard_key=5, due_at=timezone.now(),
        message_id="ack.1.1", parcel={"files": [file], "controls": {}},
    )  # fmt: skip
    drain()
    ack.refresh_from_db()
    assert (ack.state, [path.read_bytes() for path in out.iterdir()]) == ("accepted", [b"ISA*997~"])
    assert Event.objects.get(kind="delivery.accepted").subjects == {"delivery": str(ack.pk)}
    distribute.resend(ack.pk, actor="user:ines", reason="They lost it")
    drain()
    ack.refresh_from_db()
    assert (ack.state, ack.tries) == ("accepted", 2)


# ── sweep and drain ──────────────────────────────────────────────────────────


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = 'drain' and status = 'todo'")
        return int(cursor.fetchone()[0])


@pytest.fixture
def _no_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")


@pytest.mark.usefixtures("_no_jobs")
def test_each_shard_with_something_due_is_asked_once(out: Path) -> None:
    for n in range(10):
        road.approved(number=f"N-{n}")
    for _ in range(3):
        distribute.sweep()
    assert (jobs(), Drain.objects.count()) == (2, 2)


@pytest.mark.usefixtures("_no_jobs")
def test_lost_jobs_are_asked_for_again_when_their_time_is_up(out: Path) -> None:
    road.approved()
    distribute.sweep()
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    distribute.sweep()
    assert jobs() == 0
    Drain.objects.update(queued_until=timezone.now() - datetime.timedelta(seconds=1))
    distribute.sweep()
    assert (jobs(), Drain.objects.count()) == (1, 1)


@pytest.mark.usefixtures("_no_jobs")
@pytest.mark.parametrize("why", ["hold", "unapproved next version", "not yet", "inactive", "done"])
def test_nobody_is_asked_for_what_cannot_leave(why: str, out: Path) -> None:
    order = road.approved()
    if why == "hold":
        hold.hold(order.pk, actor="user:ines", reason="x")
        Delivery.objects.update(state="ready", due_at=timezone.now())
    elif why == "unapproved next version":
        road.waiting(factories.document(revision=2))
    elif why == "not yet":
        Delivery.objects.update(due_at=timezone.now() + datetime.timedelta(hours=1))
    elif why == "inactive":
        Endpoint.objects.update(active=False)
    else:
        drain()
    distribute.sweep()
    assert jobs() == 0


def test_a_drain_ends_and_says_so_when_nothing_is_due(out: Path) -> None:
    road.approved()
    distribute.sweep()
    drain()
    assert not Drain.objects.exists()


def test_a_drain_without_time_ends_and_leaves_the_rest_due(out: Path, settings: Any) -> None:
    settings.ORDERWIRE_LEASE_MARGIN = 0
    road.approved()
    drain()
    assert orders_in(out) == []
    settings.ORDERWIRE_LEASE_MARGIN = 60
    drain()
    assert len(orders_in(out)) == 1


def test_a_drain_sends_more_than_one_batch(out: Path) -> None:
    Endpoint.objects.update(max_parallel=1)
    batch = place().channel.batch
    for n in range(batch + 3):
        road.approved(number=f"N-{n}")
    distribute.drain(Endpoint.objects.get().pk, 0)
    assert len(orders_in(out)) == batch + 3


def overdue(order: Order) -> None:
    Timer.objects.filter(order=order).update(due_at=timezone.now() - datetime.timedelta(seconds=1))


def test_a_clock_fires_once_and_marks_the_answer_overdue(out: Path) -> None:
    order = road.approved()
    drain()
    distribute.sweep()
    order.refresh_from_db()
    assert order.answer_state == "waiting"
    overdue(order)
    for _ in range(3):
        distribute.sweep()
    order.refresh_from_db()
    assert (order.answer_state, order.last_event) == ("overdue", "No answer in time")
    assert road.kinds(order).count("answer.overdue") == 1


def test_a_clock_that_was_stopped_or_answered_stays_silent(out: Path) -> None:
    order = road.approved()
    drain()
    overdue(order)
    Order.objects.update(answer_state="accepted")
    distribute.sweep()
    order.refresh_from_db()
    assert order.answer_state == "accepted"
    assert "answer.overdue" not in road.kinds(order)


def test_the_clock_of_an_older_version_says_nothing_about_the_newer(out: Path) -> None:
    order = road.approved()
    drain()
    overdue(order)
    road.approved(revision=2)
    drain()
    distribute.sweep()
    order.refresh_from_db()
    assert (order.revision, order.answer_state) == (2, "waiting")


def test_a_person_who_has_the_order_open_does_not_stop_the_other_clocks(out: Path) -> None:
    busy, free = road.approved(number="BUSY"), road.approved(number="FREE")
    drain()
    overdue(busy)
    overdue(free)
    from concurrent.futures import ThreadPoolExecutor

    def sweeping() -> None:
        distribute.sweep()
        connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as thread:
        Order.objects.select_for_update().get(pk=busy.pk)
        thread.submit(sweeping).result(20)
    assert {o.number: o.answer_state for o in Order.objects.all()} == {"BUSY": "waiting", "FREE": "overdue"}
    distribute.sweep()
    busy.refresh_from_db()
    assert busy.answer_state == "overdue"


def test_control_numbers_are_never_given_out_twice(out: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from orderwire.flow.distribute.numbers import Numbers

    def some(block: int) -> list[int]:
        try:
            numbers = Numbers("x12:1", block)
            return [numbers.take("isa") for _ in range(100)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        given = [number for part in threads.map(some, [1, 1, 4, 20, 25, 50, 100, 1]) for number in part]
    assert sorted(given) == list(range(1, 801))
    with connection.cursor() as cursor:
        cursor.execute("update ow_control_number set last = 999999997")
    left = Numbers("x12:1", 2)
    assert [left.take("isa") for _ in range(4)] == [999999998, 999999999, 1, 2], "nine digits, then from the start"


# ── every transition has its event ───────────────────────────────────────────


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


def test_pending_jobs_are_counted() -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    engine.defer_drains([(1, 0), (1, 1)])
    assert engine.pending() == 2
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
