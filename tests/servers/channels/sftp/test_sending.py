"""Sending by SFTP: one whole file, however often the line is cut."""

import asyncio
import contextlib
import errno
import os
import socket
import threading
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.channels import File, Parcel, Proof, Refused, Unavailable, Unknown
from orderwire.channels.sftp import SftpConfig
from orderwire.testing.channels import ChannelConformance, parcel
from tests.servers.channels.sftp.servers import (
    CHANNEL,
    Fault,
    OpenSsh,
    Scripted,
    config,
    send,
    visible,
)

EDI = File("4500071791-v1.edi", "application/EDI-X12", b"ISA*00*~")
LARGE = File("large.pdf", "application/pdf", os.urandom(300_000))
GOOD = Parcel("a@b", (EDI,), reference="4500071791")


class _Conformance(ChannelConformance):
    channel = CHANNEL
    there: Any

    def config(self) -> SftpConfig:
        return config(self.there)

    def unreachable(self) -> SftpConfig:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        return config(self.there, port=port)

    def arrived(self) -> list[str]:
        return os.listdir(self.there.root / "out")


class TestScripted(_Conformance):
    @pytest.fixture(autouse=True)
    def sink(self, server: Scripted) -> None:
        self.there = server


class TestOpenSsh(_Conformance):
    @pytest.fixture(autouse=True)
    def sink(self, sshd: OpenSsh) -> None:
        self.there = sshd


# Sending


def test_a_file_is_there_whole_under_its_own_name(sshd: OpenSsh) -> None:
    (receipt,) = send(sshd, Parcel("a@b", (EDI, LARGE), reference="4500071791"))
    files = visible(sshd.root / "out")
    assert receipt.external_id.startswith("4500071791-v1-") and receipt.external_id in files
    assert sorted(files.values()) == sorted([EDI.content, LARGE.content])
    assert receipt.proof is Proof.HANDED_OVER and len(os.listdir(sshd.root / "out")) == 2


def test_the_same_again_writes_nothing_and_says_so_and_other_bytes_are_refused(sshd: OpenSsh) -> None:
    (first,) = send(sshd, GOOD)
    (again,) = send(sshd, GOOD)
    assert "Already there" in again.text and again.external_id == first.external_id
    with pytest.raises(Refused, match="other content"):
        send(sshd, Parcel("a@b", (File(EDI.filename, EDI.media_type, b"changed!"),)))
    assert visible(sshd.root / "out") == {first.external_id: EDI.content}


def test_drafts_may_have_a_folder_of_their_own(sshd: OpenSsh) -> None:
    (sshd.root / "drafts").mkdir()
    (sshd.root / "drafts" / f".{send(sshd, GOOD)[0].external_id}.{'0' * 16}.part").write_bytes(b"half")
    for path in (sshd.root / "out").iterdir():
        path.unlink()
    send(sshd, GOOD, drafts="drafts")
    assert len(visible(sshd.root / "out")) == 1 and os.listdir(sshd.root / "drafts") == []


def test_nothing_has_its_name_before_its_bytes_are_there(server: Scripted) -> None:
    seen: list[dict[str, bytes]] = []
    server.faults = [Fault("rename", what=lambda _: seen.append(visible(server.root / "out")))]
    send(server, Parcel("a@b", (LARGE,)))
    assert seen == [{}] and server.journal.index("fsync") < server.journal.index("rename")
    assert list(visible(server.root / "out").values()) == [LARGE.content]


@pytest.mark.parametrize("kind", ["write", "fsync", "rename"])
def test_a_cut_before_the_rename_leaves_nothing_but_a_try_to_come(server: Scripted, kind: str) -> None:
    server.faults = [Fault(kind)]
    with pytest.raises(Unknown if kind == "rename" else Unavailable):
        send(server, Parcel("a@b", (LARGE,)))
    assert visible(server.root / "out") == {}
    server.faults = []
    send(server, Parcel("a@b", (LARGE,)))
    assert list(visible(server.root / "out").values()) == [LARGE.content]
    assert len(os.listdir(server.root / "out")) == 1, "what the cut left unfinished is gone"


def test_a_lost_word_after_the_rename_is_a_doubt_that_the_next_try_settles(server: Scripted) -> None:
    server.faults = [Fault("rename", late=True)]
    with pytest.raises(Unknown, match="may have been there"):
        send(server, GOOD)
    (receipt,) = send(server, GOOD)
    assert "Already there" in receipt.text and len(visible(server.root / "out")) == 1


def test_the_rest_of_a_batch_goes_out_after_a_cut(server: Scripted) -> None:
    server.faults = [Fault("write")]
    with CHANNEL.open(config(server)) as session:
        with pytest.raises(Unavailable):
            session.send(parcel(1))
        session.send(parcel(2))
        session.send(parcel(3))
    assert len(visible(server.root / "out")) == 2 and server.connections == 2


@given(cuts=st.lists(st.tuples(st.integers(1, 16), st.booleans()), max_size=4), files=st.integers(1, 2))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_often_the_line_is_cut_there_is_one_whole_file(
    server: Scripted, cuts: list[tuple[int, bool]], files: int
) -> None:
    for path in (server.root / "out").iterdir():
        path.unlink()
    content = [EDI, File("second.edi", "", b"2" * 70_000)][:files]
    whole = {EDI.content, b"2" * 70_000}
    for at, late in cuts:
        server.faults = [Fault(at=at, late=late)]
        with contextlib.suppress(Unavailable, Unknown):
            send(server, Parcel("a@b", tuple(content)))
        assert set(visible(server.root / "out").values()) <= whole
    server.faults = []
    send(server, Parcel("a@b", tuple(content)))
    assert sorted(visible(server.root / "out").values()) == sorted(f.content for f in content)
    assert len(os.listdir(server.root / "out")) == files


def test_two_who_send_the_same_at_once_make_one_file(server: Scripted) -> None:
    meet = threading.Barrier(2)

    async def wait(_: Any) -> None:
        await asyncio.get_running_loop().run_in_executor(None, meet.wait, 4)

    server.faults = [Fault("write", what=wait), Fault("write", at=2, what=wait)]
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.append(_said(server))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 2 and list(visible(server.root / "out").values()) == [EDI.content]


def _said(server: Scripted) -> str:
    try:
        return str(send(server, GOOD)[0].text)
    except Unavailable as failure:  # each tidies what he takes for the other's remains
        return failure.reason


def test_a_name_that_appears_meanwhile_is_never_overwritten(server: Scripted) -> None:
    (name,) = (send(server, GOOD)[0].external_id,)
    target = server.root / "out" / name
    target.unlink()
    server.faults = [Fault("rename", what=lambda _: target.write_bytes(b"somebody else's"))]
    with pytest.raises(Refused, match="other content"):
        send(server, GOOD)
    assert visible(server.root / "out") == {name: b"somebody else's"}
    assert len(os.listdir(server.root / "out")) == 1


def test_a_link_in_the_place_of_the_file_is_not_followed(server: Scripted, tmp_path: Path) -> None:
    (receipt,) = send(server, GOOD)
    path = server.root / "out" / receipt.external_id
    path.rename(server.root / "elsewhere")
    path.symlink_to("../elsewhere")
    with pytest.raises(Refused, match="other content"):
        send(server, GOOD)


def test_a_full_disk_is_said_and_leaves_nothing(server: Scripted) -> None:
    def full(_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for kind in ("write", "fsync", "close"):
        server.faults = [Fault(kind, what=full)]
        with pytest.raises(Unavailable, match="disk"):
            send(server, GOOD)
        assert visible(server.root / "out") == {}
    server.faults = []
    send(server, GOOD)
    assert len(os.listdir(server.root / "out")) == 1


def test_a_server_that_keeps_less_than_it_got_is_found_out(server: Scripted) -> None:
    def cut_short(_: Any) -> None:
        (draft,) = (server.root / "out").iterdir()
        os.truncate(draft, 3)

    server.faults = [Fault("close", late=True, what=cut_short)]
    with pytest.raises(Unavailable, match="kept 3 of 8 bytes"):
        send(server, GOOD)
    assert os.listdir(server.root / "out") == []


def test_a_slow_server_is_left_within_the_time_and_not_asked_again(server: Scripted) -> None:
    left, waited = threading.Event(), []

    async def slow(_: Any) -> None:
        waited.append(await asyncio.get_running_loop().run_in_executor(None, left.wait, 20))

    server.faults = [Fault("write", what=slow)]
    with CHANNEL.open(config(server, timeout=1)) as session:
        for number in (1, 2):
            with pytest.raises(Unavailable, match="did not answer within 1 seconds"):
                session.send(parcel(number))
        left.set()
    server.settled()
    assert waited == [True], "it was left before it did anything"
    assert server.connections == 1


def test_a_server_without_plain_rename_gets_the_other_one(server: Scripted) -> None:
    def no(_: Any) -> None:
        raise asyncssh.SFTPOpUnsupported("no rename here")

    server.faults = [Fault("rename", what=no)]
    send(server, GOOD)
    assert list(visible(server.root / "out").values()) == [EDI.content]
    assert "posix_rename" in server.journal


@pytest.mark.parametrize(("out", "words"), [("nowhere", "is not there"), ("locked", "does not let us write")])
def test_a_folder_that_cannot_be_used_is_said_with_the_remedy(server: Scripted, out: str, words: str) -> None:
    def denied(_: Any) -> None:
        raise asyncssh.SFTPPermissionDenied("no")

    server.faults = [Fault("open", what=denied)] if out == "locked" else []
    with pytest.raises(Unavailable, match=words):
        send(server, GOOD, out=out)


def test_a_parcel_without_files_is_refused(server: Scripted) -> None:
    with pytest.raises(Refused, match="no file"):
        send(server, Parcel("a@b", ()))
