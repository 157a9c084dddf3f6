"""The folder channel on a real file system: whole files or none, the same name on every try, nothing outside."""

import errno
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from orderwire.channels import File, Inbound, Parcel, Proof, Refused, Unavailable, Unknown
from orderwire.channels.folder import Folder, FolderConfig
from orderwire.testing.channels import ChannelConformance, parcel

CHANNEL = Folder()
EDI = File("4500071791-v1.edi", "application/EDI-X12", b"ISA*00*~")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    path = tmp_path / "out"
    path.mkdir()
    return path


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    for name in ("inbox", "done"):
        (tmp_path / name).mkdir()
    return tmp_path / "inbox"


def send(config: FolderConfig, *parcels: Parcel) -> list[Any]:
    with CHANNEL.open(config) as session:
        return [session.send(p) for p in parcels]


def poll(inbox: Path, **changes: Any) -> list[Inbound]:
    given = {"inbox": inbox, "done": inbox.parent / "done", "settle": 0, **changes}
    return list(CHANNEL.poll(FolderConfig.model_validate(given)))


class TestConformance(ChannelConformance):
    channel = CHANNEL

    @pytest.fixture(autouse=True)
    def sink(self, out: Path) -> None:
        self.out = out

    def config(self) -> FolderConfig:
        return FolderConfig(out=self.out)

    def unreachable(self) -> FolderConfig:
        return FolderConfig(out=self.out / "nowhere")

    def arrived(self) -> list[str]:
        return os.listdir(self.out)


def test_the_file_is_there_whole_and_nothing_else(out: Path) -> None:
    (receipt,) = send(FolderConfig(out=out), Parcel("a@b", (EDI,), reference="4500071791"))
    (name,) = os.listdir(out)
    assert name.startswith("4500071791-v1-") and name.endswith(".edi")
    assert (out / name).read_bytes() == EDI.content
    assert (receipt.proof, receipt.external_id) == (Proof.HANDED_OVER, name)


def test_the_file_shows_its_name_only_when_its_bytes_are_on_the_disk(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    synced = os.fsync

    def fsync(descriptor: int) -> None:
        synced(descriptor)
        seen.append(sorted(os.listdir(out)))

    monkeypatch.setattr(os, "fsync", fsync)
    send(FolderConfig(out=out), Parcel("a@b", (EDI,)))
    (hidden,), (final,) = seen
    assert hidden.startswith(".") and hidden.endswith(".part")
    assert not final.startswith(".")


def test_several_files_of_one_name_keep_apart(out: Path) -> None:
    send(FolderConfig(out=out), Parcel("a@b", (EDI, File(EDI.filename, EDI.media_type, b"other"))))
    assert sorted((out / name).read_bytes() for name in os.listdir(out)) == [EDI.content, b"other"]


def test_the_same_name_with_other_bytes_is_refused_and_left_alone(out: Path) -> None:
    send(FolderConfig(out=out), Parcel("a@b", (EDI,)))
    (name,) = os.listdir(out)
    with pytest.raises(Refused, match="other content") as caught:
        send(FolderConfig(out=out), Parcel("a@b", (File(EDI.filename, EDI.media_type, b"changed!"),)))
    assert name in caught.value.reason
    assert (out / name).read_bytes() == EDI.content


def test_a_link_in_the_place_of_the_file_is_not_followed(out: Path, tmp_path: Path) -> None:
    send(FolderConfig(out=out), Parcel("a@b", (EDI,)))
    (name,) = os.listdir(out)
    (out / name).rename(tmp_path / "elsewhere")
    (out / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused):
        send(FolderConfig(out=out), Parcel("a@b", (EDI,)))


def test_without_a_unique_part_two_files_are_refused(out: Path) -> None:
    with pytest.raises(Refused, match="digest"):
        send(FolderConfig(out=out, pattern="PO_{reference}.edi"), Parcel("a@b", (EDI, EDI), reference="1"))


def test_a_partners_own_pattern_is_kept(out: Path) -> None:
    send(FolderConfig(out=out, pattern="PO_{reference}.edi"), Parcel("a@b", (EDI,), reference="45/1 ü"))
    assert os.listdir(out) == ["PO_45_1_u.edi"]


def test_a_parcel_without_files_is_refused(out: Path) -> None:
    with pytest.raises(Refused, match="no file"):
        send(FolderConfig(out=out), Parcel("a@b", ()))


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "full"), (errno.EROFS, "may not be written"), (errno.EIO, "Input/output error")],
)
def test_a_disk_that_fails_is_unavailable_and_leaves_nothing_behind(
    out: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    for attempt in (lambda: send(FolderConfig(out=out), parcel()), lambda: CHANNEL.probe(FolderConfig(out=out))):
        with pytest.raises(Unavailable, match=words):
            attempt()
        assert os.listdir(out) == []


def test_a_disk_that_does_not_confirm_the_new_name_leaves_a_doubt_that_a_resend_settles(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, calls = os.fsync, []

    def fail_second(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(errno.EIO, "Input/output error")
        synced(descriptor)

    monkeypatch.setattr(os, "fsync", fail_second)
    with pytest.raises(Unknown):
        send(FolderConfig(out=out), parcel())
    (receipt,) = send(FolderConfig(out=out), parcel(duplicate=True))
    assert "Already there" in receipt.text
    assert len(os.listdir(out)) == 1


def test_a_folder_that_is_a_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="Create or mount it"):
        send(FolderConfig(out=tmp_path / "file"), parcel())


@given(filename=st.text(max_size=300), reference=st.text(max_size=300), message_id=st.text(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_of_a_partner_makes_a_path(out: Path, filename: str, reference: str, message_id: str) -> None:
    config = FolderConfig(out=out, pattern="{reference}{stem}-{digest}{extension}")
    around = sorted(os.listdir(out.parent))
    given_id = message_id.encode("utf-8", "replace").decode()
    (receipt,) = send(config, Parcel(given_id, (File(filename, "x/y", b"x"),), reference=reference))
    assert sorted(os.listdir(out.parent)) == around
    assert (out / receipt.external_id).read_bytes() == b"x"
    assert not receipt.external_id.startswith(".") and "/" not in receipt.external_id
    assert (out / receipt.external_id).resolve().parent == out.resolve()


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"out": "relative/path"},
        {"out": "/a/../b"},
        {"out": "/a", "inbox": "/a"},
        {"out": "/a", "pattern": "../{digest}"},
        {"out": "/a", "pattern": "order.edi"},
        {"out": "/a", "pattern": "{stem.__class__}"},
        {"out": "/a", "pattern": "{stem:>99999999}"},
        {"out": "/a", "pattern": "{stem}{stem}"},
        {"out": "/a", "pattern": ".{digest}"},
        {"out": "/a", "pattern": "{digest"},
    ],
)
def test_settings_that_could_not_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FolderConfig.model_validate(wrong)


def test_an_endpoint_that_only_receives_refuses_to_send(inbox: Path) -> None:
    with pytest.raises(Refused, match="only receives"):
        send(FolderConfig(inbox=inbox), parcel())


# Receiving


def test_a_file_is_found_and_leaves_only_when_it_is_committed(inbox: Path) -> None:
    (inbox / "855.edi").write_bytes(b"ISA*")
    (found,) = poll(inbox)
    assert (found.name, found.content, found.sender) == ("855.edi", b"ISA*", str(inbox))
    assert (inbox / "855.edi").exists()
    found.commit()
    assert os.listdir(inbox) == []
    assert (inbox.parent / "done" / "855.edi").read_bytes() == b"ISA*"
    assert poll(inbox) == []


def test_without_a_done_folder_a_committed_file_is_deleted(inbox: Path) -> None:
    (inbox / "a").write_bytes(b"x")
    (found,) = poll(inbox, done=None)
    found.commit()
    found.commit()
    assert os.listdir(inbox) == []


def test_a_second_file_of_one_name_does_not_overwrite_the_first_in_done(inbox: Path) -> None:
    for content in (b"1", b"2", b"3"):
        (inbox / "855.edi").write_bytes(content)
        poll(inbox)[0].commit()
    assert {p.name: p.read_bytes() for p in (inbox.parent / "done").iterdir()} == {
        "855.edi": b"1", "855-2.edi": b"2", "855-3.edi": b"3",
    }  # fmt: skip


def test_a_file_replaced_after_the_poll_is_not_put_away_unread(inbox: Path) -> None:
    (inbox / "a").write_bytes(b"old")
    (found,) = poll(inbox)
    (inbox / "a").unlink()
    (inbox / "a").write_bytes(b"newer")
    found.commit()
    assert [f.content for f in poll(inbox)] == [b"newer"]


def test_a_file_that_still_changes_is_left(inbox: Path) -> None:
    (inbox / "fresh").write_bytes(b"half")
    (inbox / "settled").write_bytes(b"whole")
    os.utime(inbox / "settled", (time.time() - 60, time.time() - 60))
    assert [f.name for f in poll(inbox, settle=30)] == ["settled"]


def test_hidden_and_unfinished_names_are_left(inbox: Path) -> None:
    for name in (".hidden", "a.part", "b.TMP", "c.filepart"):
        (inbox / name).write_bytes(b"x")
    (inbox / "folder").mkdir()
    assert poll(inbox) == []


def test_with_a_done_marker_only_marked_files_are_taken_and_the_marker_goes_too(inbox: Path) -> None:
    for name in ("a.edi", "b.edi", "b.edi.done"):
        (inbox / name).write_bytes(b"x")
    (found,) = poll(inbox, done_marker=True, settle=3600)
    assert found.name == "b.edi"
    found.commit()
    assert os.listdir(inbox) == ["a.edi"]


def test_links_devices_and_huge_files_are_refused_by_name_after_the_good_ones(inbox: Path) -> None:
    (inbox / "passwd").symlink_to("/etc/passwd")
    (inbox / "big").write_bytes(bytes(101))
    (inbox / "good").write_bytes(b"x")
    os.mkfifo(inbox / "pipe")
    found = []
    with pytest.raises(Refused) as caught:
        for item in CHANNEL.poll(FolderConfig(inbox=inbox, settle=0, most=100)):
            found.append(item.name)
    assert found == ["good"]
    assert all(
        name in caught.value.reason for name in ("passwd is a link", "pipe is a link or a device", "big has 101")
    )


def test_a_name_of_any_bytes_is_shown_as_text(inbox: Path) -> None:
    (inbox / os.fsdecode(b"a\xff\n\x1b[31m")).write_bytes(b"x")
    (found,) = poll(inbox)
    assert found.name.isprintable()
    found.commit()
    assert os.listdir(inbox) == []


def test_an_inbox_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read"):
        poll(tmp_path / "nowhere")
    with pytest.raises(Unavailable, match="is not there"):
        CHANNEL.probe(FolderConfig(inbox=tmp_path / "nowhere"))


def test_a_file_that_cannot_be_put_away_is_said_and_found_again(inbox: Path) -> None:
    (inbox / "a").write_bytes(b"x")
    (found,) = poll(inbox)
    (inbox.parent / "done").rmdir()
    with pytest.raises(Unavailable, match="is not there"):
        found.commit()
    assert len(poll(inbox)) == 1
