"""Whatever comes in is kept first and understood later; what is good goes on, and what is not is told to the point."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from orderwire import plugins
from orderwire.document.party import Address, Identifier, Party
from orderwire.flow import Refused, create, distribute, receive
from orderwire.flow.distribute.numbers import Numbers, WriteContext
from orderwire.records import Event, Message, Order, Partner
from tests.database import factories
from tests.database.flow import road
from tests.pure.formats.x12 import support

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def partner(config: Path, tmp_path: Path) -> Partner:
    return road.supplier(tmp_path / "out")


PARTNER = Party(
    name="Nordhaven",
    identifiers=(Identifier(scheme="gln", value="4012345000009"), Identifier(scheme="eas:0088", value="4012345000009")),
    address=Address(city="Bremen", country="DE"),
)


def take(content: bytes, **how: Any) -> Message:
    given: dict[str, Any] = {"name": "in.dat", "source": road.SOURCE, "actor": road.ACTOR}
    return receive.receive(content, **given | how)


def written(kind: str, document: Any) -> bytes:
    numbers = WriteContext(Numbers("test"))
    return plugins.format(kind).write(document, {}, numbers).content


def outcomes(message: Message) -> list[str]:
    return [document["outcome"] for document in message.documents]


def texts(message: Message) -> str:
    """Every finding of a message as where: text."""
    found = [*message.findings, *(f for document in message.documents for f in document["findings"])]
    return "\n".join(f"{f['where']}: {f['text']}" for f in found)


def envelope(number: str, **approval: Any) -> dict[str, Any]:
    order = factories.document(number).model_dump(mode="json", exclude_defaults=True)
    given = {"approver": "j.petersen", "at": road.claim().at, "reference": "WF-1"} | approval
    return {"schema": "orderwire/order/1", "type": "order", "order": order, "approval": given}


def orders() -> set[str]:
    return set(Order.objects.values_list("number", flat=True))


# ── stored first ─────────────────────────────────────────────────────────────


def test_bytes_are_kept_before_anybody_looks_at_them(monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps(envelope("A")).encode()

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("orderwire.reading.detect", killed)
    with pytest.raises(KeyboardInterrupt):
        take(content)
    message = Message.objects.get()
    assert (message.state, message.blob.open_bytes(), message.settled_at) == ("stored", content, None)
    assert road.kinds() == ["message.stored"]

    monkeypatch.undo()
    assert receive.unfinished() == [], "its own process may still be at it"
    Message.objects.update(received_at=timezone.now() - receive.datetime.timedelta(minutes=2))
    (found,) = receive.unfinished()
    assert receive.process(found).state == "processed"
    assert (orders(), receive.unfinished()) == ({"A"}, [])


def test_a_process_that_died_between_two_orders_of_a_file_is_followed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps([envelope("A"), envelope("B"), envelope("C")]).encode()
    true_create = create.create

    def dies_at_c(document: Any, **how: Any) -> Any:
        if document.number == "C":
            raise KeyboardInterrupt
        return true_create(document, **how)

    monkeypatch.setattr("orderwire.flow.create.create", dies_at_c)
    monkeypatch.setattr("orderwire.flow.create.create_new", lambda *_, **__: {})
    with pytest.raises(KeyboardInterrupt):
        take(content)
    assert orders() == {"A", "B"}
    monkeypatch.undo()
    message = receive.process(Message.objects.get())
    assert (message.state, outcomes(message), orders()) == ("processed", ["created"] * 3, {"A", "B", "C"})
    assert "order.duplicate" not in road.kinds()


@pytest.mark.parametrize("content, reason", [(b"", "The file is empty"), (b"x" * 1001, "larger than 0 MiB")])
def test_nothing_is_stored_of_what_cannot_be_kept(content: bytes, reason: str, settings: Any) -> None:
    settings.ORDERWIRE_MAX_UPLOAD = 1000
    with pytest.raises(Refused, match=reason):
        take(content)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\0b.json", "CON", "x" * 4000, "\u202egnp.exe", "\ud800.json", "", "a\nb: c"]
)
def test_a_hostile_file_name_is_data_and_nothing_else(name: str) -> None:
    message = take(json.dumps(envelope("A")).encode(), name=name)
    message.refresh_from_db()
    assert (message.state, orders()) == ("processed", {"A"})
    assert len(message.name) <= 255 and "\0" not in message.name


# ── batches ──────────────────────────────────────────────────────────────────


def test_the_good_orders_of_a_json_list_go_on_and_each_bad_one_names_its_place() -> None:
    short = envelope("SHORT")
    del short["order"]["lines"][0]["price"]
    unknown = envelope("UNIT")
    unknown["order"]["lines"][1]["unit"] = "QQQ"
    sums = envelope("SUMS") | {"totals": {"total": "1.00"}}
    message = take(json.dumps([envelope("A"), short, unknown, sums, {"hello": 1}, envelope("B")]).encode())
    assert message.state == "partly"
    assert outcomes(message) == ["created", "refused", "refused", "refused", "refused", "created"]
    assert orders() == {"A", "B"}
    said = texts(message)
    for place in ("document 2", "lines[1].price", "document 3", "QQQ", "document 4", "do not add up", "document 5"):
        assert place in said, said
    assert [d["number"] for d in message.documents][:4] == ["A", "SHORT", "UNIT", "SUMS"]
    assert [d.get("order_id") is not None for d in message.documents] == [True, False, False, False, False, True]


def test_conflict_duplicate_and_revision_in_one_file_each_get_their_own_answer() -> None:
    take(json.dumps([envelope("A"), envelope("B"), envelope("C")]).encode())
    conflict, revised, first = envelope("B"), envelope("C"), envelope("D")
    conflict["order"]["notes"] = [{"text": "New"}]
    revised["order"]["revision"] = 2
    second = json.loads(json.dumps(first))
    second["order"]["revision"] = 2
    message = take(json.dumps([envelope("A"), conflict, revised, first, second, first]).encode())
    assert outcomes(message) == ["duplicate", "conflict", "revised", "created", "revised", "created"]
    assert message.state == "partly"
    assert message.documents[1]["changes"] == [
        {"path": "notes", "kind": "added", "old": None, "new": [{"text": "New"}]}
    ]
    assert {o.number: o.revision for o in Order.objects.all()} == {"A": 1, "B": 1, "C": 2, "D": 2}


@pytest.mark.parametrize("size", [1, 3, 450])
def test_a_file_of_any_size_has_the_same_outcome_for_each_order(size: int) -> None:
    message = take("\n".join(json.dumps(envelope(f"N-{n}")) for n in range(size)).encode())
    assert (message.state, set(outcomes(message)), Order.objects.count()) == ("processed", {"created"}, size)
    assert all(road.states(order) == ["ready"] for order in Order.objects.all()[:5])


def both(kind: str) -> bytes:
    one, other = written(kind, factories.document("A")), written(kind, factories.document("B"))
    if kind == "csv":
        return one + other.partition(b"\n")[2]
    return one


@pytest.mark.parametrize("kind", ["order_json", "csv", "xlsx", "x12"])
def test_every_format_brings_orders(kind: str) -> None:
    message = take(both(kind))
    assert (message.state, message.format) == ("processed", kind)
    assert orders() == ({"A", "B"} if kind == "csv" else {"A"})


def test_a_release_number_that_is_too_long_is_refused_by_name() -> None:
    blanket = [{"kind": "blanket", "number": "1"}]
    bad = envelope("B")
    bad["order"] |= {"kind": "release", "release_number": "x" * 100, "references": blanket}
    message = take(json.dumps([envelope("A"), bad]).encode())
    assert (message.state, outcomes(message), orders()) == ("partly", ["created", "refused"], {"A"})
    assert "Shorten the release number" in texts(message)


def test_a_csv_with_one_bad_row_loses_only_that_order() -> None:
    rows = both("csv").decode().replace(",H87,", ",QQQ,", 1)
    message = take(rows.encode())
    assert sorted(outcomes(message)) == ["created", "refused"]
    assert "row 2" in texts(message).lower() or "line 2" in texts(message).lower()


BROKEN: dict[str, bytes] = {
    "json cut short": json.dumps(envelope_ := {"number": "A", "lines": [1, 2]}).encode()[:-4],
    "json in latin-1": b'{"number": "M\xfcller"}',
    "json in utf-16": '{"number": "A"}'.encode("utf-16"),
    "json that is a number": b"12",
    "deep json": b"[" * 100_000,
    "json with twice the same key": b'{"number": "A", "number": "B", "lines": []}',
    "json with NUL": b'{"number": "A\\u0000B", "lines": [], "x\\u0000": "\\u0000"}',
    "json with half a character": b'{"number": "\\ud800", "lines": [], "\\udfff": 1}',
    "nothing we know": b"\x89PNG\r\n\x1a\n....",
    "blank": b"   \n ",
    "csv without our columns": b"a,b,c\n1,2,3\n",
    "short ISA": b"ISA*00*~",
    "an envelope without end": support.order_file()[:200],
    "a workbook that is none": b"PK\x03\x04" + b"\0" * 200,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_broken_is_refused_with_place_and_remedy_and_its_bytes_stay(name: str) -> None:
    message = take(BROKEN[name])
    message.refresh_from_db()
    assert message.state == "refused"
    assert message.blob.open_bytes() == BROKEN[name]
    assert texts(message).strip()
    assert not Order.objects.exists()
    told = Event.objects.get(kind="message.refused")
    assert told.data["findings"] and told.subjects == {"message": str(message.pk)}


def bomb() -> bytes:
    """A workbook of a few kilobytes whose one sheet is 300 MB."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(300):
                sheet.write(b" " * 1_000_000)
    return target.getvalue()


def test_a_zip_bomb_is_refused_unopened() -> None:
    message = take(bomb(), name="orders.xlsx")
    assert (message.state, message.format) == ("refused", "xlsx")
    assert texts(message)


# ── faults of ours ───────────────────────────────────────────────────────────


def broken(*_: object, **__: object) -> Any:
    raise ZeroDivisionError


def test_a_fault_of_ours_fails_one_document_and_the_message_can_be_processed_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    true_create: Callable[..., Any] = create.create

    def fragile(document: Any, **how: Any) -> Any:
        return broken() if document.number == "B" else true_create(document, **how)

    monkeypatch.setattr("orderwire.flow.create.create", fragile)
    monkeypatch.setattr("orderwire.flow.create.create_new", broken)
    message = take(json.dumps([envelope("A"), envelope("B"), envelope("C")]).encode())
    assert (message.state, outcomes(message)) == ("partly", ["created", "failed", "created"])
    assert "fault of ours; it is kept and can be processed again" in texts(message)
    assert "ZeroDivisionError" in caplog.text

    monkeypatch.undo()
    again = receive.process(Message.objects.get(pk=message.pk))
    assert (again.state, outcomes(again), orders()) == ("processed", ["created"] * 3, {"A", "B", "C"})


def test_a_database_that_is_away_is_no_fault_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> Any:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr("orderwire.flow.create.create", away)
    with pytest.raises(OperationalError):
        take(json.dumps(envelope("A")).encode())
    message = Message.objects.get()
    assert message.state == "stored", "so it is read again"
    monkeypatch.undo()
    assert (receive.process(message).state, orders()) == ("processed", {"A"})


def test_a_fault_of_ours_refuses_a_message_instead_of_trying_it_for_ever(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(receive, "_unseen", broken)
    message = take(json.dumps(envelope("A")).encode())
    message.refresh_from_db()
    assert message.state == "refused" and "fault of ours" in texts(message)
    assert "ZeroDivisionError" in caplog.text
    assert road.kinds() == ["message.stored", "message.refused"]


def test_a_reader_that_fails_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(plugins.format("order_json")), "read", broken)
    message = take(json.dumps(envelope("A")).encode())
    assert message.state == "refused"
    assert "format order_json failed to read the file (ZeroDivisionError" in texts(message)


def test_a_broken_policy_is_told_and_the_order_can_come_again(config: Path) -> None:
    (config / "policy.yaml").write_text("limits: [")
    message = take(json.dumps([envelope("A"), envelope("B")]).encode())
    assert message.state == "refused"
    assert "The approval policy cannot be used: policy.yaml" in texts(message)
    road.trusting(config)
    assert receive.process(Message.objects.get(pk=message.pk)).state == "processed"
    assert orders() == {"A", "B"}


def test_an_order_that_came_by_file_leaves_like_any_other() -> None:
    take(json.dumps(envelope("A")).encode())
    order = Order.objects.get()
    assert order.revisions.get().message == Message.objects.get()
    assert (order.created_by, order.source) == (road.ACTOR, road.SOURCE)
    assert distribute.resend is not None and road.states(order) == ["ready"]
