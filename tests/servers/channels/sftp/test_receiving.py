"""Receiving by SFTP: whole files, real files, and none lost."""

import os
import time
from typing import Any

import asyncssh
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.channels import Inbound, Refused, Unavailable
from tests.servers.channels.sftp.servers import CHANNEL, Fault, OpenSsh, Scripted, config, visible

LARGE = os.urandom(300_000)


def poll(server: Scripted | OpenSsh, **changes: Any) -> list[Inbound]:
    given_settings = {"out": None, "inbox": "inbox", "done": "done", "settle": 0, **changes}
    return list(CHANNEL.poll(config(server, **given_settings)))


def test_a_file_is_found_and_leaves_only_when_it_is_committed(either: Any) -> None:
    (either.root / "inbox" / "855.edi").write_bytes(LARGE)
    (found,) = poll(either)
    assert (found.name, found.content, found.sender) == ("855.edi", LARGE, "inbox")
    assert (either.root / "inbox" / "855.edi").exists()
    found.commit()
    found.commit()
    assert visible(either.root / "inbox") == {} and visible(either.root / "done") == {"855.edi": LARGE}


def test_the_commit_uses_the_connection_that_is_open(server: Scripted) -> None:
    for number in range(3):
        (server.root / "inbox" / f"{number}.edi").write_bytes(b"x")
    for found in CHANNEL.poll(config(server, out=None, inbox="inbox", settle=0)):
        found.commit()
    assert visible(server.root / "inbox") == {} and server.connections == 1


def test_a_second_file_of_one_name_does_not_overwrite_the_first_in_done(either: Any) -> None:
    for content in (b"1", b"2", b"3"):
        (either.root / "inbox" / "855.edi").write_bytes(content)
        poll(either)[0].commit()
    assert visible(either.root / "done") == {"855.edi": b"1", "855-2.edi": b"2", "855-3.edi": b"3"}


def test_a_file_that_grows_is_left_until_two_looks_saw_it_alike(server: Scripted) -> None:
    path = server.root / "inbox" / "855.edi"
    for size in range(1, 4):
        path.write_bytes(b"x" * size)
        os.utime(path, (1, 1))  # a clock that says: long ago
        assert poll(server, settle=0.001) == []
    assert [f.content for f in poll(server, settle=0.001)] == [b"xxx"]
    assert poll(server, settle=3600) == []


def test_a_file_that_grows_while_it_is_read_is_left(server: Scripted) -> None:
    path = server.root / "inbox" / "855.edi"
    path.write_bytes(b"half")

    def grow(_: Any) -> None:
        path.write_bytes(b"half and half")

    for kind in ("open", "read"):
        server.faults = [Fault(kind, what=grow)]
        assert poll(server) == [], kind
        path.write_bytes(b"half")


@given(steps=st.lists(st.sampled_from(["write", "look"]), max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_part_of_a_file_is_taken_while_it_grows_between_looks(server: Scripted, steps: list[str]) -> None:
    path, name, size = server.root / "inbox", f"{time.monotonic_ns()}.edi", 1
    (path / name).write_bytes(b"x")
    before = 0  # the size at our last look
    for step in steps:
        if step == "write":
            size += 1
            (path / name).write_bytes(b"x" * size)
            os.utime(path / name, (1, 1))
        else:
            found = {f.name: f.content for f in poll(server, settle=0.000001)}
            assert (name in found) == (size == before), "only what two looks saw alike"
            before = size
    (path / name).unlink()


def test_with_a_done_marker_only_marked_files_are_taken_and_the_marker_goes_too(either: Any) -> None:
    for name in ("a.edi", "b.edi", "b.edi.done"):
        (either.root / "inbox" / name).write_bytes(b"x")
    (found,) = poll(either, done_marker=True, settle=3600)
    assert found.name == "b.edi"
    found.commit()
    assert os.listdir(either.root / "inbox") == ["a.edi"]


def test_links_devices_and_huge_files_are_refused_by_name_after_the_good_ones(either: Any) -> None:
    inbox = either.root / "inbox"
    (inbox / "passwd").symlink_to("/etc/passwd")
    (inbox / "big").write_bytes(bytes(101))
    (inbox / "good").write_bytes(b"x")
    (inbox / "folder").mkdir()
    (inbox / ".hidden").write_bytes(b"x")
    (inbox / "a.part").write_bytes(b"x")
    os.mkfifo(inbox / "pipe")
    found = []
    with pytest.raises(Refused) as caught:
        for item in CHANNEL.poll(config(either, out=None, inbox="inbox", settle=0, most=100)):
            found.append(item.name)
    assert found == ["good"]
    for words in ("passwd is a link", "pipe is a link or a device", "big has 101"):
        assert words in caught.value.reason


def test_a_name_of_any_bytes_is_shown_as_text_and_put_away(either: Any) -> None:
    (either.root / "inbox" / os.fsdecode(b"a\xff\n\x1b[31m.edi")).write_bytes(b"x")
    (found,) = poll(either)
    assert found.name.isprintable()
    found.commit()
    assert os.listdir(either.root / "inbox") == []
    assert os.listdir(os.fsencode(either.root / "done")) == [b"a\xff\n\x1b[31m.edi"]


def test_names_that_lead_elsewhere_are_not_followed(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    (server.root / "secret").write_bytes(b"x")

    (server.root / "inbox" / "sub").mkdir()
    real = os.lstat(server.root / "secret")

    async def names(self: Any, path: bytes) -> Any:
        for name in (b"sub/../../secret", b"../secret", b"/etc/passwd", b"a\0b", b"..", b"."):
            yield asyncssh.SFTPName(name, attrs=asyncssh.SFTPAttrs.from_local(real))

    monkeypatch.setattr(asyncssh.SFTPServer, "scandir", names)
    assert poll(server) == []
    assert "open" not in server.journal


def test_a_folder_without_end_is_left_after_enough_names(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    given_names = 0

    async def endless(self: Any, path: bytes) -> Any:
        nonlocal given_names
        while True:
            given_names += 1
            yield asyncssh.SFTPName(b".%d" % given_names, attrs=asyncssh.SFTPAttrs())

    monkeypatch.setattr(asyncssh.SFTPServer, "scandir", endless)
    assert poll(server) == []
    assert given_names < 25_000


def test_a_file_replaced_after_the_poll_is_not_put_away_unread(server: Scripted) -> None:
    path = server.root / "inbox" / "a"
    path.write_bytes(b"old")
    (found,) = poll(server)
    path.write_bytes(b"newer")
    found.commit()
    assert [f.content for f in poll(server)] == [b"newer"]


def test_what_cannot_be_put_away_is_said_and_found_again(either: Any) -> None:
    (either.root / "inbox" / "a").write_bytes(b"x")
    (found,) = poll(either)
    (either.root / "done").rmdir()
    with pytest.raises(Unavailable, match="cannot be put away"):
        found.commit()
    assert len(poll(either)) == 1


def test_a_cut_while_reading_takes_nothing(server: Scripted) -> None:
    (server.root / "inbox" / "a").write_bytes(LARGE)
    for kind in ("lstat", "open", "read", "fstat"):
        server.faults = [Fault(kind)]
        with pytest.raises(Unavailable):
            poll(server)
    server.faults = []
    assert len(poll(server)) == 1


def test_an_inbox_that_is_gone_is_unavailable(either: Any) -> None:
    with pytest.raises(Unavailable, match="nowhere on the partner's server cannot be read"):
        poll(either, inbox="nowhere")
