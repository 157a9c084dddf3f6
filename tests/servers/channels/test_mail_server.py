"""The catching mail server as a program of its own: what it prints, keeps and does wrong on demand."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from orderwire.channels import Unknown
from orderwire.channels.email import Email, EmailConfig
from orderwire.testing.channels import parcel
from orderwire.testing.journal import Journal

Start = Callable[..., tuple[subprocess.Popen[str], EmailConfig]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def run(*options: str) -> tuple[subprocess.Popen[str], EmailConfig]:
            command = [sys.executable, "-m", "orderwire.testing.smtp", "--journal", str(tmp_path / "journal"), *options]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            stack.callback(process.kill)
            assert process.stdout is not None
            word, _, address = process.stdout.readline().partition(" ")
            assert word == "listening"
            port = int(address.rpartition(":")[2])
            return process, EmailConfig(
                host="127.0.0.1", port=port, security="none", from_address="a@b.example", recipients=("c@d.example",)
            )

        yield run


def test_it_keeps_a_line_for_each_message_and_ends_quietly_when_told(start: Start, tmp_path: Path) -> None:
    process, config = start()
    with Email().open(config) as session:
        sent = [session.send(parcel(n)).sent for n in (1, 2)]
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert [caught.raw for caught in Journal(tmp_path / "journal").read()] == sent
    first = json.loads((tmp_path / "journal").read_text().splitlines()[0])
    assert (first["mail_from"], first["rcpt_to"]) == ("a@b.example", ["c@d.example"])
    assert first["message_id"] == "<conformance-1@orderwire.example>"


def test_it_ends_while_a_client_is_connected(start: Start) -> None:
    process, config = start()
    with Email().open(config):
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_it_takes_no_message_of_a_client_that_hangs_up_and_none_with_bare_line_ends(
    start: Start, tmp_path: Path
) -> None:
    _process, config = start()
    talk = b"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"
    with socket.create_connection((config.host, config.port)) as cut:
        cut.sendall(talk + b"Subject: half")
    with socket.create_connection((config.host, config.port)) as bare, bare.makefile("rb") as replies:
        bare.sendall(talk + b"Subject: x\r\n\r\na\n.\nMAIL FROM:<evil@x>\r\n.\r\nQUIT\r\n")
        said = replies.read().decode()
    assert "554 5.6.0" in said and said.rstrip().splitlines()[-1].startswith("221")
    with Email().open(config) as session:
        session.send(parcel())
    assert len(Journal(tmp_path / "journal").read()) == 1


def test_a_script_can_take_a_message_and_say_nothing(start: Start, tmp_path: Path) -> None:
    _process, config = start("--script", json.dumps([{"at": "taken", "do": "cut", "match": "", "times": 1}]))
    with Email().open(config) as session:
        with pytest.raises(Unknown):
            session.send(parcel(1))
        session.send(parcel(2))
    assert len(Journal(tmp_path / "journal").read()) == 2
