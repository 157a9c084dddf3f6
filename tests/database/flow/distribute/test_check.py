"""Nothing leaves that is not exactly what was approved, for exactly that address."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, transaction

from orderwire import plugins
from orderwire.flow import Refused, distribute, route
from orderwire.flow.distribute import parcels
from orderwire.flow.distribute.claim import claim
from orderwire.formats import ReadDocument, ReadResult
from orderwire.records import (
    Attempt,
    Delivery,
    Endpoint,
    Partner,
)
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import changed_address, drain, due, lapsed, only, orders_in, place

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_a_profile_that_a_rule_spoils_holds_with_the_key_and_without_what_was_written(
    config: Path, out: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rules = road.default("rules.yaml")
    spoilt = re.sub(r"^( +)via: preferred$", r"\g<0>\n\1profile: {shared_secret: wharf-crane-55}", rules, flags=re.M)
    assert spoilt != rules
    (config / "rules.yaml").write_text(spoilt)
    order = road.approved()
    drain()
    delivery = only(order)
    assert (delivery.state, orders_in(out)) == ("held", [])
    assert "profile of" in delivery.reason and "shared_secret" in delivery.reason
    assert "Correct it at the connection, or in the rule" in delivery.reason
    assert "wharf-crane" not in delivery.reason + caplog.text


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


def test_an_address_read_before_it_changed_is_not_used_for_the_new_plan(out: Path, tmp_path: Path) -> None:
    order = road.approved()
    where = place()
    (tmp_path / "new").mkdir()
    changed_address(Endpoint.objects.get(), out=str(tmp_path / "new"))
    route.replan(order.pk, actor="user:ines")
    ours = [c for shard in range(where.shards) for c in claim(where, shard)]
    batch, held = parcels.parcels(where, ours)
    assert (len(ours), batch, len(held)) == (1, [], 1)


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


def test_a_database_that_is_away_while_a_document_is_made_holds_nothing(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: Any, document: Any, *rest: Any) -> Any:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(type(plugins.format("order_json")), "write", away)
    order = road.approved()
    with pytest.raises(OperationalError):
        drain()
    monkeypatch.undo()
    lapsed()
    drain()
    assert only(order).state == "accepted"


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
