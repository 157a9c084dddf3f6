"""The demo from outside: what it prints, what its story leads to, and that nothing of it stays behind."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psutil
import pytest

from orderwire.database import temporary_data
from orderwire.demo import company, orders, run
from orderwire.demo.story import ENDS
from orderwire.testing.journal import Journal

PATIENCE = 90.0
LINE = re.compile(r"http://127\.0\.0\.1:\d+/enter/\S+\n")


def demo(*options: str, data: Path) -> "subprocess.Popen[str]":
    """Start it as a person would, with settings of a real installation that it must not touch."""
    elsewhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "ORDERWIRE_COMPANY": "Somebody else"}
    return subprocess.Popen(
        [sys.executable, "-m", "orderwire", "demo", *options],
        env={**os.environ, **elsewhere, "ORDERWIRE_DATA": str(data), "TMPDIR": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes(data: Path) -> list[str]:
    """Everything that works for a data folder: its programs name it in their environment, the database works in it."""
    found = []
    for process in psutil.process_iter():
        try:
            mine = process.environ().get("ORDERWIRE_DATA", ""), process.cwd()
            if any(place.startswith(str(data)) for place in mine):
                found.append(" ".join(process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def until(question: Callable[[], bool]) -> None:
    """Wait for a yes."""
    deadline = time.monotonic() + PATIENCE
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@contextmanager
def running(data: Path, *options: str) -> Iterator["tuple[subprocess.Popen[str], str]"]:
    """A demo whose line was printed."""
    process = demo(*options, data=data)
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline()
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=PATIENCE)


@pytest.fixture
def data() -> Iterator[Path]:
    with temporary_data() as folder:
        yield folder


def test_the_story_ends_as_promised_also_when_it_is_told_twice_at_the_same_time(data: Path) -> None:
    told = [demo("--once", "--json", data=data) for _ in range(2)]
    for process in told:
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, err) == (0, "")
        counts = json.loads(out)
        assert out.count("\n") == 1
        attempts, ledger = counts.pop("attempts"), counts.pop("ledger")
        assert counts == {
            "orders": len(ENDS),
            "revisions": len(ENDS) + 5,
            "deliveries": {
                # Beside the orders: two cancellations and two reminders by mail, a copy to the treasury, a cancellation
                # as ORDCHG, and our 997 or CONTRL for each file that came by X12 or EDIFACT.
                "email": {"accepted": 6, "answered": 9, "failed": 1, "in_doubt": 1, "opened": 1},
                "folder": {"accepted": 5, "answered": 5, "delivered": 3, "retry": 1, "superseded": 1},
                "portal": {"answered": 1},
            },
            "in_doubt": 1,
            "answers": {"accepted": 9, "accepted_with_changes": 4, "received": 1, "rejected": 2},
            "amendments": 5,
            "cancellations": {"accepted": 1, "accepted_at_cost": 1, "refused": 1},
            "reminders": 2,
            "goods": 2,
            "needs": 1,
        }
        # Mr Mori may find his order in the portal and answer before the worker comes to publish it.
        assert attempts >= sum(sum(states.values()) for states in counts["deliveries"].values()) - 1
        assert ledger["ok"] and ledger["sealed"] == ledger["events"] > 100
    assert processes(data) == []
    assert list(data.iterdir()) == []


def test_it_prints_one_line_goes_on_where_it_was_and_leaves_no_process(data: Path) -> None:
    house = data / "demo"
    with running(data) as (process, line):
        assert LINE.fullmatch(line)
        assert httpx2.get(line.strip(), trust_env=False).status_code == 200
        until(lambda: len(json.loads((house / "notes.json").read_text()).get("told", ())) == 10)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (0, "", "")
    assert processes(data) == []
    mails = Counter(mail.message_id for mail in Journal(house / "mail.jsonl").read())
    assert set(mails.values()) == {1}

    with running(data) as (process, line):
        assert LINE.fullmatch(line)
        second = demo(data=data)
        out, err = second.communicate(timeout=PATIENCE)
        assert (second.returncode, out) == (1, "")
        assert "runs already" in err
        process.kill()
        process.communicate(timeout=PATIENCE)
        until(lambda: processes(data) == [])
    again = Counter(mail.message_id for mail in Journal(house / "mail.jsonl").read())
    assert again == mails

    with running(data, "--fresh") as (process, line):
        assert LINE.fullmatch(line)
        process.terminate()
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (0, "", "")
    assert processes(data) == []


def test_a_folder_of_somebody_else_is_never_deleted(data: Path) -> None:
    (data / "demo").mkdir()
    (data / "demo" / "thesis.txt").write_text("three years of work")
    process = demo("--fresh", data=data)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (1, "")
    assert "not the demo's own folder" in err
    assert (data / "demo" / "thesis.txt").exists()


def test_options_that_clash_are_wrong_usage(data: Path) -> None:
    for options in (("--json",), ("--once", "--fresh"), ("--once", "--open")):
        process = demo(*options, data=data)
        assert process.communicate(timeout=PATIENCE)[0] == ""
        assert process.returncode == 2


def test_a_port_that_is_taken_is_passed_over_unless_mails_name_it() -> None:
    with socket.socket() as other:
        other.bind((run.HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        assert run._free(taken, 50) > taken
        with pytest.raises(run.Busy, match=f"port {taken} is taken"):
            run._free(taken, 1)


def test_the_story_has_the_suppliers_and_currencies_that_it_promises() -> None:
    told = [order for order in vars(orders).values() if isinstance(order, orders.Order)]
    assert {order.number for order in told} == set(ENDS)
    assert len({order.currency for order in told}) >= 8
    assert {"zh", "ar", "el", "pl"} <= {supplier.language for supplier in company.SUPPLIERS.values()}
    assert any(len(order.lines) == 10 and any(len(line.schedules) > 1 for line in order.lines) for order in told)
