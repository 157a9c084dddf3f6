"""A file leaves a partner's folder only when its bytes are ours, and one partner's trouble is not another's."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from orderwire.channels import Inbound, Unavailable
from orderwire.channels.folder import Folder
from orderwire.flow import collect, receive
from orderwire.records import Endpoint, Message, Order, Partner
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _clean(config: Path, tmp_path: Path) -> None:
    road.supplier(tmp_path / "out")
    collect._left.clear()
    collect._asked.clear()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder in which a plant of the house leaves orders."""
    return plant("plant", tmp_path / "in")


def plant(number: str, folder: Path) -> Path:
    folder.mkdir()
    partner = Partner.objects.create(number=number, name=number.title(), role="internal")
    factories.endpoint(partner, channel="folder", format="order_json", inbox=str(folder), settle=0)
    return folder


def drop(folder: Path, number: str) -> Path:
    order = factories.document(number).model_dump(mode="json", exclude_defaults=True)
    file = folder / f"{number}.json"
    file.write_text(json.dumps({"schema": "orderwire/order/1", "type": "order", "order": order}))
    return file


def numbers() -> set[str]:
    return set(Order.objects.values_list("number", flat=True))


def test_what_lies_in_the_folder_is_taken_once(inbox: Path) -> None:
    drop(inbox, "A")
    drop(inbox, "B")
    for _ in range(3):
        collect.collect()
    assert (numbers(), list(inbox.iterdir()), Message.objects.count()) == ({"A", "B"}, [], 2)
    message = Message.objects.order_by("pk")[0]
    assert (message.name, message.source, message.actor, message.state) == (
        "A.json", "folder:plant", "system:plant", "processed",
    )  # fmt: skip


def test_a_full_inbox_keeps_nobody_elses_waiting(inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = plant("other", tmp_path / "other")
    monkeypatch.setattr(collect, "LONGEST", -1)
    for number in ("A", "B", "C"):
        drop(inbox, number)
    drop(other, "X")
    collect.collect()
    assert len(numbers()) == 2 and "X" in numbers()
    collect.collect()
    collect.collect()
    assert numbers() == {"A", "B", "C", "X"}


def test_a_file_stays_until_its_bytes_are_stored(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = drop(inbox, "A")

    def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(receive, "store", full)
    collect.collect()
    assert file.exists() and not Message.objects.exists()
    monkeypatch.undo()
    collect.collect()
    assert (numbers(), file.exists()) == ({"A"}, False)


def test_a_process_that_dies_after_storing_leaves_a_message_that_is_read_later(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(inbox, "A")

    def killed(message: Message) -> Message:
        raise KeyboardInterrupt

    monkeypatch.setattr(receive, "process", killed)
    with pytest.raises(KeyboardInterrupt):
        collect.collect()
    monkeypatch.undo()
    assert (Message.objects.get().state, list(inbox.iterdir())) == ("stored", [])
    Message.objects.update(received_at=Message.objects.get().received_at - receive.datetime.timedelta(minutes=2))
    collect.collect()
    assert (numbers(), Message.objects.count()) == ({"A"}, 1)


def test_a_file_that_cannot_be_put_away_is_stored_once_and_its_neighbors_come_in(
    inbox: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stuck, other = drop(inbox, "A"), drop(inbox, "B")
    rename = Path.unlink

    def refuses(self: Path, missing_ok: bool = False) -> None:
        if self == stuck:
            raise PermissionError(13, "Permission denied")
        rename(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuses)
    for _ in range(3):
        collect.collect()
    assert (numbers(), stuck.exists(), other.exists()) == ({"A", "B"}, True, False)
    assert Message.objects.count() == 2
    assert "is stored, but still there" in caplog.text

    monkeypatch.undo()
    collect.collect()
    assert (stuck.exists(), Message.objects.count()) == (False, 2)
    drop(inbox, "A")
    collect.collect()
    assert Message.objects.count() == 3, "put there again, it came again"


def test_a_channel_with_a_fault_of_its_own_does_not_keep_the_others_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = plant("bad", tmp_path / "bad"), plant("good", tmp_path / "good")
    drop(bad, "A")
    drop(good, "B")
    poll = Folder.poll

    def fragile(self: Folder, config: Any, cursor: str = "") -> Iterator[Inbound]:
        if str(config.inbox) == str(bad):
            raise ZeroDivisionError
        return poll(self, config, cursor)

    monkeypatch.setattr(Folder, "poll", fragile)
    collect.collect()
    assert numbers() == {"B"}
    assert "ZeroDivisionError" in caplog.text


def test_a_folder_that_is_gone_is_told_and_the_next_is_looked_at(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gone, good = plant("gone", tmp_path / "gone"), plant("good", tmp_path / "good")
    gone.rmdir()
    drop(good, "B")
    collect.collect()
    assert numbers() == {"B"}
    assert "Nothing collected from Gone" in caplog.text


def test_a_message_that_cannot_be_processed_does_not_keep_the_next_from_it(
    inbox: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for number in ("A", "B"):
        drop(inbox, number)
    process = receive.process

    def fragile(message: Message) -> Message:
        if message.name == "A.json":
            raise ZeroDivisionError
        return process(message)

    monkeypatch.setattr(receive, "process", fragile)
    collect.collect()
    Message.objects.update(received_at=Message.objects.first().received_at - receive.datetime.timedelta(minutes=2))  # type: ignore[union-attr]
    collect.collect()
    assert numbers() == {"B"}
    monkeypatch.undo()
    collect.collect()
    assert numbers() == {"A", "B"}


def test_a_file_too_large_to_keep_stays_where_it_is(
    inbox: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ORDERWIRE_MAX_UPLOAD = 100
    file = drop(inbox, "A")
    collect.collect()
    assert file.exists() and not Message.objects.exists()
    assert "was left where it is: The file is larger" in caplog.text


@pytest.mark.parametrize("why", ["inactive", "paused"])
def test_nothing_is_taken_from_an_endpoint_at_rest(why: str, inbox: Path) -> None:
    from orderwire.flow import distribute

    drop(inbox, "A")
    endpoint = Endpoint.objects.get(partner__number="plant")
    if why == "inactive":
        Endpoint.objects.filter(pk=endpoint.pk).update(active=False)
    else:
        distribute.pause(endpoint.pk, actor="user:ines", reason="x")
    collect.collect()
    assert not Message.objects.exists()


def test_an_endpoint_that_cannot_be_sent_to_still_brings_what_lies_there(inbox: Path) -> None:
    drop(inbox, "A")
    rest = timezone.now() + datetime.timedelta(minutes=15)
    Endpoint.objects.filter(partner__number="plant").update(paused_until=rest, failures=9)
    collect.collect()
    assert numbers() == {"A"}


def test_looking_at_many_empty_places_asks_the_database_no_more_than_at_one(
    inbox: Path, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    for n in range(3):
        plant(f"p{n}", tmp_path / f"p{n}")
    with django_assert_num_queries(4):  # places, unread messages, and what came too early: documents and answers
        collect.collect()


def test_settings_that_cannot_be_used_are_told_without_their_secrets(
    inbox: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bad = Partner.objects.create(number="bad", name="Bad", role="internal")
    factories.endpoint(bad, channel="folder", format="order_json", inbox="/x", password="hunter2")
    drop(inbox, "A")
    collect.collect()
    assert numbers() == {"A"}
    assert "password: Extra inputs are not permitted" in caplog.text
    assert "hunter2" not in caplog.text


def test_two_collectors_take_each_file_once(inbox: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    for n in range(20):
        drop(inbox, f"N-{n}")

    def one(_: int) -> None:
        try:
            collect.collect()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(one, range(4)))
    collect.collect()
    assert (Message.objects.count(), Order.objects.count()) == (20, 20)


def test_a_partner_cannot_be_away_for_longer_than_a_round(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(inbox, "A")

    def away(self: Folder, config: Any) -> Iterator[Inbound]:
        raise Unavailable("not now")

    monkeypatch.setattr(Folder, "poll", away)
    collect.collect()
    monkeypatch.undo()
    collect.collect()
    assert numbers() == {"A"}


def test_a_partner_who_minds_is_not_asked_in_every_round(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    polls: list[int] = []
    poll = Folder.poll

    def counted(self: Folder, config: Any, cursor: str = "") -> Iterator[Inbound]:
        polls.extend([1] if config.inbox else [])
        return poll(self, config, cursor)

    monkeypatch.setattr(Folder, "poll", counted)
    monkeypatch.setattr(Folder, "every", lambda self, config: 60, raising=False)
    collect.collect()
    drop(inbox, "A")
    collect.collect()
    assert (len(polls), numbers()) == (1, set())
    collect._asked.update({endpoint: at - 60 for endpoint, at in collect._asked.items()})
    collect.collect()
    assert numbers() == {"A"}
