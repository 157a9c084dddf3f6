"""An ERP's records become orders and versions here, and how they stand goes back to it: once, and always the newest."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orderwire import plugins
from orderwire.document.fulfillment import ShipNotice
from orderwire.document.order import Order as Document
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.document.states import OrderState
from orderwire.document.status import sentences
from orderwire.flow import Refused, collect, distribute, feed, fulfill, hear
from orderwire.flow.acknowledge import take
from orderwire.flow.feed.again import pull_again
from orderwire.records import Counterpart, Delivery, Endpoint, Message, Order, Partner
from orderwire.tracking.erp import completeness
from orderwire.tracking.erp import endpoints as erp_endpoints
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.feed.ledger_erp import AT, PaperErp, sealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def erp(monkeypatch: pytest.MonkeyPatch, config: Path) -> PaperErp:
    policy = (config / "policy.yaml").read_text().replace(road.SOURCE, "paper:ERP")
    (config / "policy.yaml").write_text(policy)
    made = PaperErp()
    installed, everything = plugins.channel, plugins.channels()
    monkeypatch.setattr(plugins, "channel", lambda kind: made if kind == "paper" else installed(kind))
    monkeypatch.setattr(plugins, "channels", lambda: (*everything, made))
    return made


@pytest.fixture
def desk(erp: PaperErp, tmp_path: Path) -> Endpoint:
    """The ERP's endpoint, and a supplier whose orders leave at once."""
    road.supplier(tmp_path / "supplier")
    partner = Partner.objects.create(number="ERP", name="Our ERP", role=Partner.Role.INTERNAL)
    return factories.endpoint(partner, channel="paper", format="order_json", since="2026-11-01", every=0)


def pull() -> None:
    collect.collect()


def rounds() -> None:
    """The ledger is sealed, the feed looks, and what waits is sent (retries too); until nothing changes any more."""
    for _ in range(3):
        sealed()
        feed.feed()
        waiting = Delivery.objects.filter(state__in=["ready", "retry"])
        waiting.update(due_at=timezone.now() - timedelta(hours=1))  # the clock of the database stands still in a test
        for endpoint_id, key in waiting.values_list("endpoint_id", "shard_key").distinct():
            distribute.drain(endpoint_id, key % 2)


def order(number: str = "4500071791") -> Order:
    return Order.objects.get(number=number)


def answer(order: Order, status: LineStatus = LineStatus.CHANGED, **fields: Any) -> None:
    revision = order.revision
    line = LineAnswer(number="10", status=status, **fields)
    said = Response(
        order_number=order.number,
        revision=revision,
        status=HeaderStatus.ACCEPTED_WITH_CHANGES,
        supplier_order_number="S-77",
        lines=(line,),
    )
    take(said, supplier=order.supplier, source="test", actor="supplier:S")


def test_a_record_becomes_an_approved_order_that_is_sent_and_the_erp_hears_of_it(erp: PaperErp, desk: Endpoint) -> None:
    erp.put("r1", factories.document())
    pull()
    made = order()
    assert (made.state, made.source, made.revision) == (OrderState.APPROVED, "paper:ERP", 1)
    known = Counterpart.objects.get()
    assert (known.endpoint_id, known.order_id, known.external_id, known.revision) == (desk.pk, made.pk, "r1", 1)
    rounds()
    told = erp.states[-1]
    assert (told.external_id, told.number, told.version, told.delivery, told.held) == (
        "r1",
        made.number,
        1,
        "accepted",
        1,
    )
    assert any("Handed over" in line for line in sentences(told))
    before = len(erp.states)
    rounds()
    assert len(erp.states) == before, "nothing changed, so nothing is told"


def test_the_raw_record_is_kept_before_it_is_read_and_one_that_cannot_be_read_is_refused_by_name(
    erp: PaperErp, desk: Endpoint
) -> None:
    erp.put("r1", factories.document(), broken=True)
    erp.put("r2", factories.document("4500071792"))
    pull()
    first, second = Message.objects.filter(parent=None).order_by("pk")
    assert first.state == "refused" and "smudged" in first.findings[0]["text"]
    assert b'"broken":true' in first.blob.open_bytes()
    assert second.state == "processed" and Order.objects.count() == 1
    pull()
    assert Message.objects.filter(parent=None).count() == 2, "what was read is not brought again"


def test_a_changed_record_is_the_next_version_and_one_that_says_the_same_is_none(erp: PaperErp, desk: Endpoint) -> None:
    erp.put("r1", factories.document())
    pull()
    erp.put("r1", factories.document(), note="only a comment of a colleague")
    pull()
    assert order().revision == 1
    changed = factories.document(lines=(factories.line("10", quantity=80), factories.line("20")))
    erp.put("r1", changed)
    pull()
    assert order().revision == 2
    erp.put("r1", factories.document())
    pull()
    assert order().revision == 3, "what it said first is something new after what it said in between"


def test_what_was_changed_here_is_not_undone_by_a_record_that_still_says_the_old(erp: PaperErp, desk: Endpoint) -> None:
    erp.put("r1", factories.document())
    pull()
    road_version = factories.document(lines=(factories.line("10", quantity=80), factories.line("20")), revision=2)
    road.bring(road_version)
    erp.put("r1", factories.document(), note="touched")
    pull()
    assert order().revision == 2
    erp.put("r1", road_version)
    pull()
    assert order().revision == 2, "the ERP now says what was agreed here"
    erp.put("r1", factories.document())
    pull()
    assert order().revision == 3


def test_a_state_of_a_record_that_waited_behind_a_crash_does_not_undo_a_later_one(
    erp: PaperErp, desk: Endpoint
) -> None:
    erp.put("r1", factories.document())
    pull()
    late = factories.document(lines=(factories.line("10", quantity=80),))
    erp.put("r1", late)
    (inbound,) = [i for i in erp.poll(desk_config(desk)) if b'"version":"2"' in i.content]
    waiting = hear.receive.store(
        inbound.content, name="late", source="paper:ERP", actor="system:ERP", endpoint=desk, transport="paper"
    )
    erp.put("r1", factories.document(lines=(factories.line("10", quantity=60),)))
    pull()
    assert order().revision == 2
    hear.process(waiting)
    newest = order()
    content = Document.model_validate_json(bytes(newest.revisions.get(number=newest.revision).content))
    assert content.lines[0].quantity == 60


def desk_config(desk: Endpoint) -> Any:
    return PaperErp.config_model.model_validate(desk.current.opened())


def test_a_withdrawn_record_cancels_its_order_and_one_that_was_never_here_does_nothing(
    erp: PaperErp, desk: Endpoint
) -> None:
    erp.put("r1", factories.document())
    erp.put("r2", factories.document("4500071792"))
    erp.put("r2")
    pull()
    assert Message.objects.filter(parent=None).last().state == "processed"  # type: ignore[union-attr]
    assert not Order.objects.filter(number="4500071792").exists()
    rounds()
    erp.put("r1")
    pull()
    assert order().state == OrderState.CANCELLING
    rounds()
    assert erp.states[-1].cancellation == "asked"


def test_two_records_with_one_number_are_a_conflict_in_words(erp: PaperErp, desk: Endpoint) -> None:
    erp.put("r1", factories.document())
    pull()
    erp.put("r2", factories.document(lines=(factories.line("10", quantity=80),)))
    pull()
    part = Message.objects.exclude(parent=None).order_by("-pk")[0]
    assert part.state == "refused" and "is the record r1" in str(part.documents)
    assert order().revision == 1


def test_an_answer_and_goods_are_told_line_by_line(erp: PaperErp, desk: Endpoint) -> None:
    erp.put("r1", factories.document())
    pull()
    rounds()
    made = order()
    answer(made, quantity=90, promised=factories.NEED_BY, price="13.00", reason="Raw material")
    notice = ShipNotice.model_validate(
        {"number": "SN-1", "lines": [{"order_number": made.number, "number": "10", "quantity": "40", "unit": "H87"}]}
    )
    fulfill.shipped(notice, partner=made.supplier, source="test", actor="supplier:S", message=factories.message())
    rounds()
    told = erp.states[-1]
    line = told.lines[0]
    assert (told.answer, told.supplier_order_number) == ("different", "S-77")
    assert [(p.quantity, p.promised, str(p.price)) for p in line.confirmed] == [(90, factories.NEED_BY, "13")]
    assert (line.shipped, line.reason) == (40, "Raw material")
    assert any("decide" in text for text in told.attention)
    assert told.sequence > erp.states[0].sequence


def test_while_the_erp_is_away_changes_wait_as_one_delivery_and_the_newest_is_told(
    erp: PaperErp, desk: Endpoint
) -> None:
    erp.put("r1", factories.document())
    pull()
    rounds()
    erp.away = True
    answer(order(), quantity=90)
    rounds()
    answer(order(), quantity=95)
    rounds()
    waiting = Delivery.objects.filter(kind="status", state__in=["ready", "retry"])
    assert waiting.count() == 1 and waiting.get().failures >= 1
    erp.away, before = False, len(erp.states)
    Endpoint.objects.update(paused_until=None)
    rounds()
    assert len(erp.states) == before + 1
    assert erp.states[-1].lines[0].confirmed[0].quantity == 95


def test_what_changes_while_a_status_travels_is_told_afterwards(erp: PaperErp, desk: Endpoint) -> None:
    erp.put("r1", factories.document())
    pull()
    rounds()
    made = order()
    original = erp.link

    def slow(config: Any) -> Any:
        if not any(s.answer == "different" for s in erp.states) and made.answer_state == "waiting":
            made.answer_state = ""
            answer(order(), quantity=90)
        return original(config)

    erp.link = slow  # type: ignore[method-assign]
    made.refresh_from_db()
    Counterpart.objects.update(stale=True, told_sha256="")
    rounds()
    rounds()
    assert erp.states[-1].answer == "different"


def test_a_status_that_failed_for_good_goes_again_with_the_next_change(erp: PaperErp, desk: Endpoint) -> None:
    erp.put("r1", factories.document())
    pull()
    rounds()
    Delivery.objects.filter(kind="status").update(state="failed", due_at=None)
    Counterpart.objects.update(told_sha256="")
    answer(order(), quantity=90)
    rounds()
    assert (
        Delivery.objects.filter(kind="status").count()
        == Delivery.objects.filter(kind="status", state="accepted").count()
    )
    assert erp.states[-1].answer == "different"


def test_a_round_in_which_nothing_happened_asks_three_questions(erp: PaperErp, desk: Endpoint) -> None:
    erp.put("r1", factories.document())
    pull()
    rounds()
    sealed()
    feed.feed()
    feed.feed()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        feed.feed()
    reads = [q["sql"] for q in asked.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(reads) <= 4, reads


@pytest.mark.parametrize("form", ["order_json", "csv"])
def test_orders_dropped_into_a_folder_are_told_back_as_files_where_the_profile_says_so(
    config: Path, tmp_path: Path, form: str
) -> None:
    policy = (config / "policy.yaml").read_text().replace(road.SOURCE, "folder:ERP")
    (config / "policy.yaml").write_text(policy)
    road.supplier(tmp_path / "supplier")
    partner = Partner.objects.create(number="ERP", name="Our ERP", role=Partner.Role.INTERNAL)
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    desk = factories.endpoint(
        partner, channel="folder", format="csv", inbox=str(tmp_path / "in"), out=str(tmp_path / "out"), settle=0
    )
    version = desk.current
    Endpoint.objects.filter(pk=desk.pk).update(version=2)
    version.pk, version.number, version.format, version.profile = None, 2, form, {form: {"status": True}}
    version.save(force_insert=True)
    (tmp_path / "in" / "orders.csv").write_text(CSV)
    pull()
    assert Order.objects.count() == 2 == Counterpart.objects.count()
    rounds()
    files = sorted((tmp_path / "out").iterdir())
    assert files and all("status" in f.name for f in files)
    before = len(files)
    rounds()
    assert len(list((tmp_path / "out").iterdir())) == before
    if form == "csv":
        rows = list(csv.DictReader(files[-1].read_text().splitlines()))
        assert rows[0]["order_number"] in ("A-1", "A-2") and rows[0]["line"]


CSV = (
    "order_number,issued,currency,buyer_name,supplier_name,line_number,description,quantity,unit,price,requested_date\n"
    "A-1,2026-11-20,EUR,Nordhaven,Tecnosellos,10,Seal,5,H87,12.50,2027-01-15\n"
    "A-2,2026-11-20,EUR,Nordhaven,Tecnosellos,10,Seal,7,H87,12.50,2027-01-15\n"
)


def test_what_the_erp_has_is_compared_with_what_is_here(erp: PaperErp, desk: Endpoint) -> None:
    for number in range(3):
        erp.put(f"r{number}", factories.document(f"450007179{number}"))
    erp.put("r3", factories.document("4500071793"), broken=True)
    pull()
    rounds()
    found = completeness(erp_endpoints()[0], AT, AT + timedelta(days=1))
    assert (found.there, found.here, found.unread, found.refused) == (4, 3, (), ("4500071793",))
    assert found.last_pull and found.last_push and found.backlog == 0 and not found.complete
    erp.put("r0", factories.document("4500071790", lines=(factories.line("10", quantity=3),)))
    erp.put("r4", factories.document("4500071794"))
    found = completeness(erp_endpoints()[0], AT, AT + timedelta(days=1))
    assert found.unread == ("4500071790", "4500071794"), "an order in another version is not here"
    erp.away = True
    assert "holiday" in completeness(erp_endpoints()[0], AT, AT).problem


def test_everything_is_read_again_from_a_day_on_and_repetitions_change_nothing(erp: PaperErp, desk: Endpoint) -> None:
    erp.put("r1", factories.document())
    pull()
    before = road.kinds(order())
    pull_again(desk.pk, AT - timedelta(days=1))
    pull()
    assert Message.objects.filter(parent=None).count() == 2
    assert Message.objects.filter(parent=None).order_by("-pk")[0].state == "duplicate"
    assert [kind for kind in road.kinds(order()) if kind != "order.duplicate"] == before
    with pytest.raises(Refused, match="no ERP"):
        pull_again(Endpoint.objects.exclude(pk=desk.pk)[0].pk, AT)


def test_two_systems_with_the_same_numbers_are_told_apart(erp: PaperErp, desk: Endpoint) -> None:
    erp.put("r1", factories.document())
    pull()
    other = Partner.objects.create(number="ERP2", name="The sister's ERP", role=Partner.Role.INTERNAL)
    sister = factories.endpoint(other, channel="folder", format="order_json")
    Counterpart.objects.update(endpoint=sister)
    erp.put("r1", factories.document(lines=(factories.line("10", quantity=3),)))
    pull()
    part = Message.objects.exclude(parent=None).order_by("-pk")[0]
    assert part.state == "refused" and "another system" in str(part.documents)
    assert order().revision == 1
